#include "faces/api/decode.h"

#include "base/hash.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/events/command.h"
#include "domain/orders/order.h"
#include "domain/people/owner.h"
#include "domain/people/person.h"
#include "domain/sites/site.h"
#include "wire/json.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

/* --- head ------------------------------------------------------------------------------------ */

static bool is_visible(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] <= ' ' || t.at[i] > '~') return false;
    return true;
}

static enum err read_key(struct ctx *c, struct text sent, struct text *out)
{
    struct text key = text_trim(sent);
    if (key.len >= 2 && key.at[0] == '"' && key.at[key.len - 1] == '"')
        key = text_head(text_skip(key, 1), key.len - 2);
    if (sent.at && (!key.len || key.len > KEY_BYTES_MAX || !is_visible(key))) {
        fail_at(c, ERR_MALFORMED, "bad_header", "Idempotency-Key",
                "it has to be 1 to %d visible characters", KEY_BYTES_MAX);
        return hint(c, "a random UUID per request is a good key");
    }
    *out = sent.at ? key : (struct text){0};
    return OK;
}

static enum err read_if_match(struct ctx *c, struct text sent, int64_t *out)
{
    struct text t = text_trim(sent);
    *out = NONE;
    if (!sent.at || text_is(t, "*")) return OK;
    if (t.len >= 2 && t.at[0] == '"' && t.at[t.len - 1] == '"')
        t = text_head(text_skip(t, 1), t.len - 2);
    if (text_starts(t, T("v"))) t = text_skip(t, 1);
    if (text_to_i64(t, out) && *out >= 0) return OK;
    fail_at(c, ERR_MALFORMED, "bad_header", "If-Match", "\"%.*s\" is no version", TEXT_ARG(sent));
    return hint(c, "send the ETag as it came: If-Match: \"v3\"");
}

static bool prefers_dry_run(struct arena *a, struct text prefer)
{
    while (prefer.at) {
        struct text wish = text_trim(text_split(prefer, ',', &prefer));
        if (text_eq(text_lower(a, wish), T("dry-run"))) return true;
    }
    return false;
}

/* Take ?preview=1 and ?owner=CODE out of the query: they are the dispatcher's. */
static enum err read_query(struct ctx *c, struct text query, struct decoded *out)
{
    struct buf rest = buf_new(c->arena);
    while (query.at) {
        struct text pair = text_split(query, '&', &query), value;
        struct text name = text_split(pair, '=', &value);
        if (text_is(name, "owner")) {
            struct text whole = pair, ignored;
            if (http_pair_next(c->arena, &whole, &ignored, &out->owner)) continue;
        }
        if (!text_is(name, "preview")) {
            if (pair.len) buf_printf(&rest, "%s%.*s", rest.len ? "&" : "", TEXT_ARG(pair));
            continue;
        }
        bool yes = !value.at || text_is(value, "1") || text_is(value, "true");
        if (!yes && !text_is(value, "0") && !text_is(value, "false"))
            return fail_at(c, ERR_MALFORMED, "invalid_value", "preview", "it is 1 or 0");
        out->asks_preview = out->asks_preview || yes;
        out->in.is_preview = out->in.is_preview || yes;
    }
    out->query = rest.len ? buf_text(&rest) : (struct text){0};
    return OK;
}

enum err decode_head(struct ctx *c, const struct call *call, struct decoded *out)
{
    *out = (struct decoded){.in.if_match = NONE};
    struct text query;
    if (call->target.len > TARGET_MAX)
        return fail(c, ERR_TOO_LARGE, "target_too_long",
                    "path and query have %zu bytes, more than %d", call->target.len, TARGET_MAX);
    out->path = text_split(call->target, '?', &query);
    out->in.is_preview = prefers_dry_run(c->arena, call->prefer);
    TRY(read_key(c, call->idempotency_key, &out->key));
    TRY(read_if_match(c, call->if_match, &out->in.if_match));
    return read_query(c, query, out);
}

/* --- parameters and query -------------------------------------------------------------------- */

static enum err read_id(struct ctx *c, struct text name, const char *prefix, struct text word,
                        int64_t *id)
{
    int64_t number;
    if (id_parse(word, prefix, id)) return OK;
    bool is_order = text_is(name, "ord");
    if (is_order && text_to_i64(word, &number) && number > 0) {
        if (order_find_by_number(c, number, id) == OK) return OK;
        return fail(c, ERR_NOT_FOUND, "not_found", "there is no order number %lld",
                    (long long)number);
    }
    if (text_is(name, "usr")) {
        struct person person;
        bool found = false;
        TRY(person_by_login(c, word, &person, &found));
        *id = person.person_id;
        if (found) return OK;
    }
    const char *also = is_order ? "; the running number of the order will do as well" : "";
    if (text_is(name, "sit")) {
        struct site site;
        bool found = false;
        TRY(site_find_by_code(c, word, &site, &found));
        *id = site.site_id;
        if (found) return OK;
        also = "; the code of the site will do as well";
    }
    if (text_is(name, "own")) {
        struct owner owner;
        bool found = false;
        TRY(owner_by_code(c, word, &owner, &found));
        *id = owner.owner_id;
        if (found && (!c->owner_id || *id == c->owner_id)) return OK;
        also = "; the code of the owner will do as well";
    }
    if (text_is(name, "prd")) {
        struct list found;
        TRY(products_by_sku(c, &word, 1, &found));
        *id = found.count ? ((const struct product *)found.at)->product_id : NONE;
        if (found.count) return OK;
        also = "; the SKU of the product will do as well";
    }
    fail_at(c, ERR_NOT_FOUND, "not_found", prefix, "\"%.*s\" is no such identifier",
            TEXT_ARG(text_head(word, 60)));
    return hint(c, "it begins with %s_%s", prefix, also);
}

static enum err read_parameters(struct ctx *c, const struct matched *m, struct request *in)
{
    for (size_t i = 0; i < ROUTE_IDS_MAX; i++) {
        struct text name = route_parameter(m->route, i);
        if (!name.at) break;
        const char *prefix = route_id_prefix(name);
        in->words[i] = m->words[i];
        in->ids[i] = NONE;
        if (prefix) TRY(read_id(c, name, prefix, m->words[i], &in->ids[i]));
    }
    return OK;
}

static enum err read_query_record(struct ctx *c, const struct route *r, struct text query,
                                  struct request *in)
{
    /* A page is reached by links that others have written: "?utm_source=..." is no error there. */
    bool is_lenient = (r->flags & ROUTE_PUBLIC) && (r->flags & ROUTE_RAW);
    struct name_value *pairs = NULL, pair;
    size_t count = 0, capacity = 0;
    while (http_pair_next(c->arena, &query, &pair.name, &pair.value)) {
        if (r->query && is_lenient && !field_find(r->query, pair.name)) continue;
        *arena_push(c->arena, pairs, count, capacity) = pair;
    }
    if (!r->query) {
        if (!count || is_lenient) return OK;
        char name[64];
        snprintf(name, sizeof name, "%.*s", TEXT_ARG(pairs[0].name));
        fail_at(c, ERR_INVALID, "unknown_field", name, "there is no such parameter");
        return hint(c, "this path takes no parameters%s",
                    r->flags & ROUTE_WRITE ? " but preview=1" : "");
    }
    void *record = arena_alloc(c->arena, r->query->size, alignof(max_align_t));
    TRY(record_from_query(c, r->query, pairs, count, record));
    in->query = record;
    return OK;
}

/* --- body ------------------------------------------------------------------------------------ */

/* `curl -d '{...}'` calls every body a form: what begins like JSON is taken for JSON. */
static bool is_curls_json(struct text kind, struct text body)
{
    body = text_trim(body);
    return text_eq_nocase(kind, T("application/x-www-form-urlencoded")) &&
           (text_starts(body, T("{")) || !body.len);
}

static enum err check_media(struct ctx *c, const struct route *r, struct text sent,
                            struct text body)
{
    static const char *const one[] = {"application/json", "application/merge-patch+json", NULL};
    static const char *const rows[] = {"application/x-ndjson", "application/ndjson",
                                       "application/jsonl", "application/json", NULL};
    bool is_bulk = r->flags & ROUTE_BULK;
    struct text parameters;
    struct text kind = text_trim(text_split(sent, ';', &parameters));
    if (!kind.len || is_curls_json(kind, body)) return OK;
    for (const char *const *known = is_bulk ? rows : one; *known; known++)
        if (text_eq_nocase(kind, text_of(*known))) return OK;
    fail_at(c, ERR_MALFORMED, "media_type", "Content-Type", "\"%.*s\" is not read here",
            TEXT_ARG(text_head(kind, 60)));
    return hint(c, "send %s", is_bulk ? "application/x-ndjson: one JSON object per line" : one[0]);
}

static enum err read_rows(struct ctx *c, const struct route *r, struct text body,
                          struct decoded *out)
{
    size_t size = r->body->size, capacity = 0, numbers = 0, number_capacity = 0;
    struct list *rows = &out->in.rows;
    int64_t line = 0;
    while (body.at) {
        struct text row = text_trim(text_split(body, '\n', &body));
        line++;
        if (!row.len) continue;
        if (rows->count + out->bad_count == BULK_ROWS_MAX) {
            fail(c, ERR_TOO_LARGE, "too_many_rows", "there are more than %d rows", BULK_ROWS_MAX);
            return hint(c, "send them in several requests");
        }
        struct fault before = c->fault;
        rows->at = arena_grow(c->arena, rows->at, rows->count, &capacity, size);
        void *record = (char *)rows->at + size * rows->count;
        if (record_from_json(c, r->body, row, record) != OK) {
            *arena_push(c->arena, out->bad, out->bad_count, out->bad_capacity) =
                (struct bad_row){line, c->fault, faults_of(c)};
            c->faults = NULL;
            c->fault = before;
            continue;
        }
        rows->count++;
        *arena_push(c->arena, out->row_numbers, numbers, number_capacity) = line;
    }
    if (rows->count + out->bad_count) return OK;
    return fail(c, ERR_MALFORMED, "no_rows", "there is no row in the body");
}

static enum err read_body(struct ctx *c, const struct call *call, const struct route *r,
                          struct decoded *out)
{
    struct text body = call->body;
    out->in.raw = body;
    if (r->flags & ROUTE_RAW) return OK;
    if (!r->body) {
        if (!text_trim(body).len || text_is(text_trim(body), "{}")) return OK;
        return fail(c, ERR_MALFORMED, "unexpected_body", "this path takes no body");
    }
    TRY(check_media(c, r, call->content_type, body));
    if (r->flags & ROUTE_BULK) return read_rows(c, r, body, out);
    if (text_is(text_of(r->method), "PATCH")) return OK;
    if (!text_trim(body).len) body = T("{}"); /* so that what is missing is named */
    void *record = arena_alloc(c->arena, r->body->size, alignof(max_align_t));
    TRY(record_from_json(c, r->body, body, record));
    out->in.body = record;
    return OK;
}

enum err decode_rest(struct ctx *c, const struct call *call, const struct matched *m,
                     struct decoded *out)
{
    out->in.route = m->route;
    TRY(read_parameters(c, m, &out->in));
    TRY(read_query_record(c, m->route, out->query, &out->in));
    return read_body(c, call, m->route, out);
}

enum err decode_fingerprint(struct ctx *c, const struct call *call, const struct decoded *d,
                            int64_t *out)
{
    const struct route *r = d->in.route;
    struct text body = call->body;
    struct buf given = buf_new(c->arena);
    /* As it was understood, whatever its spelling. Secrets are left out: a kept fingerprint is
       quick to compute, and would tell a short PIN to who reads the database. */
    if (r->body && d->in.body) {
        record_put_given(&given, r->body, d->in.body);
        body = buf_text(&given);
    } else if (r->body && !(r->flags & (ROUTE_RAW | ROUTE_BULK)) && text_trim(body).len) {
        TRY(json_canonical(c, call->body, &body));
    }
    unsigned char hash[HASH_BYTES];
    hash_of(hash, call->method, T("\n"), d->path, T("?"), d->query, T("\n"), d->owner, body);
    memcpy(out, hash, sizeof *out);
    return OK;
}
