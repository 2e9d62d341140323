#include "domain/events/event.h"

#include "base/sort.h"
#include "queries.h"
#include "store/db.h"

#include <string.h>

static const char *const names[] = {
#define X(kind, name, body) [EVENT_##kind] = name,
    EVENT_LIST(X)
#undef X
};
static const char *const meanings[] = {
#define X(kind, name, body) [EVENT_##kind] = body,
    EVENT_LIST(X)
#undef X
};
const struct words event_words = WORDS("event_kind", names);

const char *event_meaning(enum event_kind kind) { return meanings[kind]; }

static const struct field body_table[] = {
    FIELD(struct event_body, line_no, .flags = F_NULL),
    FIELD(struct event_body, quantity, .flags = F_NULL),
    FIELD(struct event_body, amount_minor, .flags = F_NULL),
    FIELD(struct event_body, other_id, .flags = F_NULL),
    FIELD(struct event_body, word),
    FIELD(struct event_body, note),
};
static const struct fields body_fields = FIELDS("event_body", struct event_body, body_table);

static const struct field event_table[] = {
    FIELD(struct event, position),
    FIELD_ENUM(struct event, kind, event_words),
    FIELD_ID(struct event, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD(struct event, version, .flags = F_NULL),
    FIELD(struct event, subject_id, .flags = F_NULL),
    FIELD_INSTANT(struct event, at_us, "at"),
    FIELD(struct event, actor_id),
    FIELD(struct event, command_id),
    FIELD(struct event, body),
    FIELD(struct event, hash),
};
const struct fields event_fields = FIELDS("event_row", struct event, event_table);

static const struct field view_table[] = {
    FIELD(struct event, position, .about = "cursor of the feed; no gaps, in the order of commit"),
    FIELD_ENUM(struct event, kind, event_words),
    FIELD_ID(struct event, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD(struct event, version, .flags = F_NULL, .about = "of the order: 1, 2, 3 without gap"),
    FIELD_ID(struct event, subject_id, "subject_id", "id", .flags = F_NULL),
    FIELD_INSTANT(struct event, at_us, "at"),
    FIELD_ID(struct event, actor_id, "actor_id", "id", .flags = F_NULL,
             .about = "who did it; null: the system"),
    FIELD(struct event, actor, .about = "the name of who did it"),
    FIELD_ID(struct event, command_id, "command_id", "cmd", .flags = F_NULL,
             .about = "that it was a part of; null: a job or reaction"),
    FIELD(struct event, line_no, .flags = F_NULL),
    FIELD(struct event, quantity, .flags = F_NULL),
    FIELD(struct event, amount_minor, .flags = F_NULL),
    FIELD_ID(struct event, other_id, "other_id", "id", .flags = F_NULL),
    FIELD(struct event, word),
    FIELD(struct event, note),
};
const struct fields event_view_fields = FIELDS("event", struct event, view_table);

/* What this unit has to tell, until it commits. */
struct events {
    struct event *at;
    size_t count, capacity;
    int64_t *fresh; /* orders that this unit makes: nobody has told of them */
    size_t fresh_count, fresh_capacity;
};

struct chain {
    int64_t order_id, version;
    struct text hash;
};
static const struct field chain_table[] = {
    FIELD(struct chain, order_id),
    FIELD(struct chain, version),
    FIELD(struct chain, hash),
};
static const struct fields chain_fields = FIELDS("event_chain", struct chain, chain_table);
static const struct fields lock_fields = {"event_chain_lock", chain_table, 1, sizeof(struct chain)};

void event_hash(struct text before, const struct event *e, unsigned char out[HASH_BYTES])
{
    int64_t numbers[] = {e->order_id, e->version,  e->kind,      e->subject_id,
                         e->at_us,    e->actor_id, e->command_id};
    const struct text parts[] = {before, {(const char *)numbers, sizeof numbers}, e->body};
    hash_bytes(out, HASH_BYTES, (struct text){0}, parts, 3);
}

/* Where the chains of these orders stand; those that this unit makes begin. */
static enum err find_chains(struct ctx *c, struct events *told, const int64_t *ids, size_t n,
                            struct chain *chains)
{
    struct value m = I64(c->merchant_id);
    int64_t *old = arena_new(c->arena, int64_t, n);
    size_t old_count = 0;
    struct list locked, known;
    sort_i64(told->fresh, told->fresh_count);
    for (size_t i = 0; i < n; i++) {
        chains[i].order_id = ids[i];
        if (find_i64(told->fresh, told->fresh_count, ids[i]) < 0) old[old_count++] = ids[i];
    }
    if (!old_count) return OK;
    TRY(db_rows(c, &Q_event_chain_lock, ARGS(m, I64S(old, old_count)), &lock_fields, &locked));
    TRY(db_rows(c, &Q_event_chain_of, ARGS(m, I64S(old, old_count)), &chain_fields, &known));
    for (size_t i = 0; i < known.count; i++) {
        const struct chain *found = &((const struct chain *)known.at)[i];
        chains[find_i64(ids, n, found->order_id)] = *found;
    }
    return OK;
}

/* Continue the chains of the orders that this unit tells of. That a version is one event's, a
   unique index sees to. */
static enum err link_chains(struct ctx *c, struct events *told)
{
    int64_t *ids = arena_new(c->arena, int64_t, told->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < told->count; i++)
        if (told->at[i].order_id != NONE) ids[n++] = told->at[i].order_id;
    if (!n) return OK;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    struct chain *chains = arena_new(c->arena, struct chain, n);
    TRY(find_chains(c, told, ids, n, chains));
    for (size_t i = 0; i < told->count; i++) {
        struct event *e = &told->at[i];
        if (e->order_id == NONE) continue;
        struct chain *chain = &chains[find_i64(ids, n, e->order_id)];
        e->version = ++chain->version;
        unsigned char *hash = arena_new(c->arena, unsigned char, HASH_BYTES);
        event_hash(chain->hash, e, hash);
        e->hash = chain->hash = (struct text){(const char *)hash, HASH_BYTES};
    }
    return OK;
}

/* Taking the head's row last keeps it locked for the shortest time. */
static enum err close_events(struct ctx *c)
{
    struct events *told = c->events;
    int64_t last = 0;
    TRY(link_chains(c, told));
    TRY(db_flush(c));
    TRY(db_number(c, &Q_event_head_take, ARGS(I64(c->merchant_id), I64((int64_t)told->count)),
                  &last));
    for (size_t i = 0; i < told->count; i++) {
        const struct event *e = &told->at[i];
        int64_t position = last - (int64_t)told->count + 1 + (int64_t)i;
        struct value hash = e->hash.at ? BYTES(e->hash) : TXT(e->hash);
        TRY(db_put_sure(c, &Q_event_insert,
                        ARGS(I64(c->merchant_id), I64(position), I64(e->kind), I64(e->order_id),
                             I64(e->version), I64(e->subject_id), I64(e->at_us), I64(e->actor_id),
                             I64(e->command_id), TXT(e->body), hash)));
    }
    return OK;
}

/* Trailing absent members need not be stored: reading leaves them absent. */
static struct text body_line(struct arena *a, const struct event_body *body)
{
    struct text line = record_to_line(a, &body_fields, body);
    while (text_ends(line, T("\t\\N"))) line.len -= 3;
    return text_eq(line, T("\\N")) ? T("") : line;
}

enum err event_put(struct ctx *c, enum event_kind kind, int64_t order_id, int64_t subject_id,
                   struct event_body body)
{
    assert(db_in_tx(c));
    if (!c->events) {
        c->events = arena_new(c->arena, struct events, 1);
        c->closing = close_events;
    }
    struct asker by = ctx_asker(c, order_id);
    struct event *e = arena_push(c->arena, c->events->at, c->events->count, c->events->capacity);
    *e = (struct event){.kind = (int32_t)kind,
                        .order_id = order_id,
                        .version = NONE,
                        .subject_id = subject_id,
                        .at_us = c->now_us,
                        .actor_id = by.actor_id,
                        .command_id = by.command_id,
                        .body = body_line(c->arena, &body)};
    return OK;
}

enum err event_first(struct ctx *c, enum event_kind kind, int64_t order_id, struct event_body body)
{
    TRY(event_put(c, kind, order_id, NONE, body));
    struct events *told = c->events;
    *arena_push(c->arena, told->fresh, told->fresh_count, told->fresh_capacity) = order_id;
    return OK;
}

void event_open(struct arena *a, struct event *e)
{
    struct event_body body = {0};
    if (!e->body.len || !record_from_line(a, &body_fields, e->body, &body))
        record_clear(&body_fields, &body);
    e->line_no = body.line_no;
    e->quantity = body.quantity;
    e->amount_minor = body.amount_minor;
    e->other_id = body.other_id;
    e->word = body.word;
    e->note = body.note;
}

static void open_all(struct ctx *c, struct list *events)
{
    for (size_t i = 0; i < events->count; i++)
        event_open(c->arena, &((struct event *)events->at)[i]);
}

enum err events_take(struct ctx *c, int64_t after, struct list *out)
{
    struct events *told = c->events;
    *out = (struct list){0};
    TRY(db_flush(c));
    c->events = NULL;
    c->closing = NULL;
    if (!told) return OK;
    for (size_t i = 0; i < told->count; i++) told->at[i].position = after + 1 + (int64_t)i;
    *out = (struct list){told->at, told->count};
    open_all(c, out);
    return OK;
}

enum err event_feed(struct ctx *c, int64_t after, int64_t limit, struct list *out)
{
    struct value m = I64(c->merchant_id);
    if (c->owner_id)
        TRY(db_rows(c, &Q_event_feed_of_owner, ARGS(m, I64(after), I64(limit), I64(c->owner_id)),
                    &event_fields, out));
    else
        TRY(db_rows(c, &Q_event_feed, ARGS(m, I64(after), I64(limit)), &event_fields, out));
    open_all(c, out);
    return OK;
}

enum err event_timeline(struct ctx *c, int64_t order_id, struct list *out)
{
    TRY(db_rows(c, &Q_event_timeline, ARGS(I64(c->merchant_id), I64(order_id)), &event_fields,
                out));
    open_all(c, out);
    return OK;
}

enum err events_of_kind(struct ctx *c, const int64_t *order_ids, size_t n, enum event_kind kind,
                        int64_t after, struct list *out)
{
    TRY(db_rows(c, &Q_events_of_kind,
                ARGS(I64(c->merchant_id), I64S(order_ids, n), I64(kind), I64(after)), &event_fields,
                out));
    open_all(c, out);
    return OK;
}

enum err event_last_position(struct ctx *c, int64_t *position)
{
    TRY(db_number(c, &Q_event_last_position, ARGS(I64(c->merchant_id)), position));
    if (*position == NONE) *position = 0;
    return OK;
}

enum err event_version(struct ctx *c, int64_t order_id, int64_t *version)
{
    TRY(db_number(c, &Q_event_version, ARGS(I64(c->merchant_id), I64(order_id)), version));
    if (*version == NONE) *version = 0;
    return OK;
}

struct cursor {
    struct text name;
    int64_t position;
};
static const struct field cursor_table[] = {
    FIELD(struct cursor, name),
    FIELD(struct cursor, position),
};
static const struct fields cursor_fields = FIELDS("consumer", struct cursor, cursor_table);

enum err consumer_of(struct ctx *c, const struct text *consumers, size_t n, int64_t *positions)
{
    struct list found;
    TRY(db_rows(c, &Q_consumer_of, ARGS(I64(c->merchant_id), TEXTS(consumers, n)), &cursor_fields,
                &found));
    for (size_t i = 0; i < n; i++) {
        positions[i] = 0;
        for (size_t k = 0; k < found.count; k++) {
            const struct cursor *cursor = &((const struct cursor *)found.at)[k];
            if (text_eq(cursor->name, consumers[i])) positions[i] = cursor->position;
        }
    }
    return OK;
}

enum err consumer_get(struct ctx *c, struct text name, int64_t *position)
{
    return consumer_of(c, &name, 1, position);
}

enum err consumer_put(struct ctx *c, struct text name, int64_t before, int64_t after)
{
    struct value m = I64(c->merchant_id);
    if (before == 0) return db_put_sure(c, &Q_consumer_insert, ARGS(m, TXT(name), I64(after)));
    return db_put_sure(c, &Q_consumer_update, ARGS(m, TXT(name), I64(before), I64(after)));
}
