/* test/sim/sim_call.c: calls of the program's routes, some of them sent twice or previewed. */
#include "sim.h"

#include "base/hash.h"
#include "domain/events/event.h"

#include <stdarg.h>
#include <string.h>

int64_t sim_below(struct sim *s, int64_t n) { return source_below(&s->dice, n); }
bool sim_chance(struct sim *s, int64_t per_mille) { return sim_below(s, 1000) < per_mille; }

bool sim_has(const struct sim *s, const char *name)
{
    for (size_t i = 0; i < s->options->without_count; i++)
        if (strcmp(s->options->without[i], name) == 0) return false;
    return true;
}

bool sim_fault(struct sim *s, const char *name, int64_t per_mille)
{
    return !s->is_healed && sim_has(s, name) && sim_chance(s, per_mille);
}

bool sim_again(struct sim *s, enum err e, int *tries)
{
    if (!s->link || !err_retryable(e) || ++*tries > 200) return false;
    s->counts->asked_again++;
    return true;
}

bool sim_failed(const struct sim *s) { return *s->failure; }

bool sim_fail(struct sim *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!*s->failure) {
        int n = snprintf(s->failure, sizeof s->failure, "step %lld, %s: ", (long long)s->step_no,
                         s->doing ? s->doing : "-");
        vsnprintf(s->failure + n, sizeof s->failure - (size_t)n, format, args);
    }
    va_end(args);
    return false;
}

const char *json_at(const json_t *o, const char *name)
{
    const char *word = json_string_value(json_object_get(o, name));
    return word ? word : "";
}

int64_t json_number_at(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

int64_t json_minor_at(const json_t *o, const char *name)
{
    return json_number_at(json_object_get(o, name), "amount");
}

int sim_word(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0) return i;
    return -1;
}

void sim_forget_trees(struct sim *s)
{
    while (s->tree_count) json_decref(s->trees[--s->tree_count]);
}

/* --- one call -------------------------------------------------------------------------------- */

static struct answer call(struct sim *s, const struct sim_call *c, bool is_preview)
{
    struct answer answer = {0};
    struct call in = {.method = text_of(c->method),
                      .target = text_of(c->target),
                      .body = c->body,
                      .content_type = c->is_rows    ? T("application/x-ndjson")
                                      : c->body.len ? T("application/json")
                                                    : (struct text){0},
                      .prefer = is_preview ? T("dry-run") : (struct text){0},
                      .idempotency_key = *c->key && !is_preview ? text_of(c->key)
                                                                : (struct text){0},
                      .if_match = *c->if_match ? text_of(c->if_match) : (struct text){0},
                      .request_id = T("sim"),
                      .is_trusted = true,
                      .merchant_id = s->ctx.merchant_id};
    for (int tries = 0;;) {
        dispatch(&s->server, &s->step, &in, &answer);
        s->counts->calls++;
        /* the database was away: asked again under the same key, as clients do */
        bool is_away = answer.status == 502 || answer.status == 503;
        if (!is_away || !sim_again(s, ERR_UPSTREAM, &tries)) return answer;
    }
}

static json_t *tree_of(struct sim *s, struct text body)
{
    json_error_t error;
    json_t *tree = body.len ? json_loadb(body.at, body.len, 0, &error) : NULL;
    if (body.len && !tree) sim_fail(s, "the answer is no JSON: %s", error.text);
    if (!tree) return NULL;
    if (s->tree_count == SIM_TREES) {
        sim_fail(s, "too many answers in a step");
        json_decref(tree);
        return NULL;
    }
    return s->trees[s->tree_count++] = tree;
}

static bool is_bulk(const char *target)
{
    static const char *const paths[] = {
        "/v1/tracking-events", "/v1/deliveries",    "/v1/packs",      "/v1/labels",
        "/v1/handovers",       "/v1/picks/confirm", "/v1/orders/bulk"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (strcmp(target, paths[i]) == 0) return true;
    return strncmp(target, "/v1/sites/", 10) == 0 && strstr(target, "/bins");
}

/* Money, stock and events must stand as they stood. */
static void preview(struct sim *s, const struct sim_call *c)
{
    int64_t before = 0, after = 0;
    struct answer a;
    if (store_reader(&s->ctx) != OK || event_last_position(&s->ctx, &before) != OK) return;
    a = call(s, c, true);
    s->counts->previews++;
    if (a.status >= 500) sim_fail(s, "preview of %s answered %d", c->target, a.status);
    if (store_reader(&s->ctx) != OK || event_last_position(&s->ctx, &after) != OK) return;
    if (before != after) sim_fail(s, "the preview of %s told events", c->target);
}

static void send_again(struct sim *s, const struct sim_call *c, const char *what)
{
    struct answer a = call(s, c, false);
    s->counts->repeats++;
    if (a.status != c->status || (uint64_t)hash_i64(a.body) != c->answer_hash)
        sim_fail(s, "%s of %s %s answered %d, not %d as before", what, c->method, c->target,
                 a.status, c->status);
}

/* Old messages turn up again, out of order. */
static void keep_call(struct sim *s, const struct sim_call *c)
{
    size_t at = (size_t)sim_below(s, SIM_KEPT_CALLS);
    if (at >= s->kept_call_count) {
        if (s->kept_call_count == SIM_KEPT_CALLS) return;
        at = s->kept_call_count++;
    } else if (sim_fault(s, "late", 300)) {
        send_again(s, &s->kept_calls[at], "a late repetition");
    }
    s->kept_calls[at] = *c;
    s->kept_calls[at].body = text_copy(&s->kept, c->body);
}

static int judge(struct sim *s, const struct sim_call *c, const struct answer *a, json_t **data)
{
    int status = a->status;
    json_t *tree = tree_of(s, a->body);
    if (c->is_rows && tree && status < 300) {
        status = (int)json_number_at(tree, "status");
        json_t *problem = json_object_get(tree, "problem");
        tree = problem ? problem : json_object_get(tree, "data");
    }
    const char *reason = status >= 400 ? json_at(tree, "reason") : "";
    if (status >= 500 || strcmp(reason, "constraint") == 0)
        sim_fail(s, "%s %s answered %d %s: %s <- %.*s", c->method, c->target, status, reason,
                 json_at(tree, "detail"), TEXT_ARG(text_head(c->body, 200)));
    if (s->options->is_loud)
        fprintf(stderr, "  %s %s %.*s -> %d %s\n", c->method, c->target,
                TEXT_ARG(text_head(c->body, 160)), status, reason);
    if (status >= 400) s->counts->refused++;
    if (data) *data = tree;
    return status;
}

int sim_ask(struct sim *s, const char *method, struct text target, struct text body, json_t **data)
{
    struct sim_call c = {.body = body};
    bool is_post = strcmp(method, "POST") == 0;
    snprintf(c.method, sizeof c.method, "%s", method);
    snprintf(c.target, sizeof c.target, "%.*s", TEXT_ARG(target));
    c.is_rows = is_post && is_bulk(c.target);
    snprintf(c.if_match, sizeof c.if_match, "%s", s->if_match);
    *s->if_match = 0;
    if (is_post) snprintf(c.key, sizeof c.key, "sim-%lld", (long long)++s->keys);
    if (is_post && sim_fault(s, "preview", 60)) preview(s, &c);
    struct answer a = call(s, &c, false);
    c.status = a.status;
    c.answer_hash = (uint64_t)hash_i64(a.body);
    int status = judge(s, &c, &a, data);
    bool is_secret = strstr(c.target, "pickup-code") != NULL;
    if (is_post && !is_secret && a.status < 500) {
        if (sim_fault(s, "double", 80)) send_again(s, &c, "the repetition");
        if (a.status < 400 && sim_fault(s, "late", 200)) keep_call(s, &c);
    }
    return status;
}

void sim_seen(struct sim *s, int64_t version)
{
    snprintf(s->if_match, sizeof s->if_match, "\"%lld\"", (long long)version);
}

int sim_post(struct sim *s, json_t **data, struct text target, const char *body, ...)
{
    struct text t = {0};
    char room[4096];
    va_list args;
    va_start(args, body);
    int n = vsnprintf(room, sizeof room, body, args);
    va_end(args);
    t = text_copy(&s->step, (struct text){room, (size_t)n});
    return sim_ask(s, "POST", target, t, data);
}

json_t *sim_get(struct sim *s, struct text target)
{
    json_t *data = NULL;
    int status = sim_ask(s, "GET", target, (struct text){0}, &data);
    return status < 300 ? data : NULL;
}
