/* faces/api/commanding.c: commands: once for a key, several in one unit, tried and undone. */
#include "base/source.h"
#include "faces/api/dispatched.h"
#include "faces/api/page.h"
#include "faces/api/preview.h"
#include "faces/jobs/react.h"

#include <stdlib.h>
#include <string.h>

/* What is kept: a line of what stands in the headers, then the body. */
static struct text kept_text(struct arena *a, const struct answer *n)
{
    struct buf b = buf_new(a);
    buf_put(&b, n->content_type);
    buf_putc(&b, '\t');
    buf_put(&b, n->etag);
    buf_putc(&b, '\t');
    buf_put(&b, n->location);
    buf_putc(&b, '\n');
    buf_put(&b, n->body);
    return buf_text(&b);
}

static struct text or_absent(struct text t) { return t.len ? t : (struct text){0}; }

static void kept_open(const struct command *kept, struct answer *out)
{
    struct text body, rest;
    struct text head = text_split(kept->answer, '\n', &body);
    *out = (struct answer){.status = kept->status, .body = or_absent(body), .is_replayed = true};
    out->content_type = text_split(head, '\t', &rest);
    out->etag = or_absent(text_split(rest, '\t', &rest));
    out->location = or_absent(rest);
}

/* This very command was answered before. */
static enum err repeat(struct ctx *c, struct dispatched *d, const struct command *kept)
{
    TRY(command_same(c, &d->command, kept));
    if (has_flag(d, ROUTE_ONCE)) {
        fail(c, ERR_CONFLICT, "answer_not_kept",
             "this was done before, and its answer held a secret");
        return hint(c, "if the secret is lost, make a new one and revoke the old");
    }
    kept_open(kept, &d->answer);
    return OK;
}

enum err command_kept(struct ctx *c, struct dispatched *d, bool *found)
{
    struct command kept;
    TRY(command_find(c, &d->command, 1, &kept, found));
    return *found ? repeat(c, d, &kept) : OK;
}

static bool is_storable(struct text t)
{
    return !t.at || (text_is_utf8(t) && !memchr(t.at, 0, t.len));
}

/* What tells nobody anything, and has no key, needs no name: scans that had no effect. A public
   handler found its merchant behind a token; the key stays with whom it was asked for. */
static enum err keep(struct ctx *c, struct dispatched *d)
{
    const struct route *r = d->matched.route;
    bool is_kept = d->command.key.at && d->answer.status < 400, is_told = c->events != NULL;
    struct command made = {.way = r->verb ? text_of(r->verb)
                                          : text_printf(c->arena, "%s %s", r->method, r->path),
                           .command_id = c->command_id,
                           .actor_id = c->actor_id};
    int64_t told_id = c->merchant_id;
    if (d->decoded.in.is_preview) return OK;
    if (is_told && !(is_kept && told_id == d->merchant_id)) TRY(command_put(c, &made));
    if (!is_kept) return OK;
    struct answer shown = d->answer;
    if (has_flag(d, ROUTE_ONCE) || !is_storable(shown.body)) shown.body = T("");
    made.key = d->command.key;
    made.request_hash = d->command.request_hash;
    made.actor_id = d->command.actor_id;
    made.status = shown.status;
    made.answer = kept_text(c->arena, &shown);
    c->merchant_id = d->merchant_id;
    enum err e = command_put(c, &made);
    c->merchant_id = told_id;
    return e;
}

/* If-Match of a write to an order, inside the unit of work. */
static enum err check_version(struct ctx *c, const struct dispatched *d)
{
    const struct request *in = &d->decoded.in;
    int64_t version = 0;
    if (in->if_match == NONE || !route_is_of_order(d->matched.route)) return OK;
    TRY(event_version(c, in->ids[0], &version));
    return version_check(c, in, version);
}

/* The unit of work; it may run several times. */
enum err command_run(struct ctx *c, void *arg)
{
    struct dispatched *d = arg;
    bool found = false;
    c->merchant_id = d->merchant_id;
    TRY(command_kept(c, d, &found));
    if (found) return OK;
    TRY(check_version(c, d));
    struct reply out = {0};
    size_t rows = d->decoded.in.rows.count;
    out.rows = arena_new(c->arena, struct row_answer, rows + 1);
    if (rows || !has_flag(d, ROUTE_BULK)) TRY(d->matched.route->handler(c, &d->decoded.in, &out));
    answer_encode(d, &out);
    return keep(c, d);
}

/* --- several commands at once ---------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct command *x = &(*(struct dispatched *const *)a)->command;
    const struct command *y = &(*(struct dispatched *const *)b)->command;
    if (x->actor_id != y->actor_id) return x->actor_id < y->actor_id ? -1 : 1;
    return text_cmp(x->key, y->key);
}

/* Of two that came at once with one key, the second is a repetition of the first: each alone. */
static enum err check_twins(struct ctx *c, struct dispatched *const *all, size_t n)
{
    struct dispatched **sorted = arena_new(c->arena, struct dispatched *, n + 1);
    size_t keys = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i]->command.key.at) sorted[keys++] = all[i];
    if (keys) qsort(sorted, keys, sizeof *sorted, by_key);
    for (size_t i = 1; i < keys; i++)
        if (by_key(&sorted[i - 1], &sorted[i]) == 0) return ERR_CONFLICT; /* nobody hears of it */
    return OK;
}

/* Those whose key was seen are answered, the others are left to be run. */
static enum err find_all_kept(struct ctx *c, struct unit *const *units, size_t n,
                              struct dispatched **rest, size_t *left)
{
    struct command *asked = arena_new(c->arena, struct command, n);
    struct command *kept = arena_new(c->arena, struct command, n);
    bool *found = arena_new(c->arena, bool, n);
    for (size_t i = 0; i < n; i++) asked[i] = dispatched_of(units[i])->command;
    TRY(command_find(c, asked, n, kept, found));
    *left = 0;
    for (size_t i = 0; i < n; i++) {
        struct dispatched *d = dispatched_of(units[i]);
        d->ctx.now_us = c->now_us;
        if (found[i])
            d->unit.result = repeat(&d->ctx, d, &kept[i]);
        else
            rest[(*left)++] = d;
    }
    return check_twins(c, rest, *left);
}

/* The unit of work of all of them; see together_fn. */
enum err commands_run(struct ctx *c, struct unit *const *units, size_t n)
{
    struct dispatched **rest = arena_new(c->arena, struct dispatched *, n);
    struct member *all = arena_new(c->arena, struct member, n);
    size_t count;
    TRY(find_all_kept(c, units, n, rest, &count));
    for (size_t i = 0; i < count; i++)
        all[i] = (struct member){.ctx = &rest[i]->ctx, .in = &rest[i]->decoded.in};
    if (count) TRY(rest[0]->matched.route->together(c, all, count));
    for (size_t i = 0; i < count; i++) {
        struct dispatched *d = rest[i];
        d->unit.result = all[i].result;
        if (all[i].result != OK) continue;
        answer_encode(d, &all[i].out);
        c->actor_id = d->ctx.actor_id;
        c->command_id = d->ctx.command_id;
        TRY(keep(c, d));
    }
    return OK;
}

/* --- previews -------------------------------------------------------------------------------- */

struct trial {
    struct dispatched *d;
    int64_t since_id, owner_id;
    bool is_own;
    struct list events;
    struct preview_keys keys;
    struct preview_state after;
};

/* Pages for people have no room for a difference. */
static bool has_difference(const struct dispatched *d) { return !has_flag(d, ROUTE_RAW); }

static enum err try_once(struct ctx *c, void *arg)
{
    struct trial *t = arg;
    c->owner_id = t->owner_id;
    c->is_own = t->is_own;
    TRY(command_run(c, t->d));
    c->owner_id = 0;
    c->is_own = false;
    if (!has_difference(t->d)) return OK;
    TRY(react_within(c, &t->events));
    TRY(preview_keys_of(c, &t->keys));
    return preview_read(c, &t->keys, t->since_id, &t->after);
}

/* The unit of work; it may run several times, and is always undone. */
enum err command_try(struct ctx *c, void *arg)
{
    struct dispatched *d = arg;
    struct trial t = {
        .d = d, .since_id = source_id(c->source), .owner_id = c->owner_id, .is_own = c->is_own};
    int64_t actor_id = c->actor_id, command_id = c->command_id;
    enum err e = db_trial(c, try_once, &t);
    c->actor_id = actor_id;
    c->command_id = command_id;
    if (e != OK || !has_difference(d)) return e;
    struct preview_state before;
    struct preview difference;
    TRY(preview_read(c, &t.keys, t.since_id, &before));
    preview_compare(c->arena, &before, &t.after, &t.events, &difference);
    answer_add_preview(d, &difference);
    return OK;
}
