#include "store/kept.h"

#include "queries.h"
#include "store/sqlite_keys.h"

#include <stdlib.h>
#include <string.h>

struct row {
    struct row *next;
    size_t text_bytes;
    char *texts; /* behind the record */
    alignas(max_align_t) char record[];
};

/* The rows of one key, in the order of the query. */
struct entry {
    struct entry *next; /* in its bucket */
    uint64_t hash;
    struct row *first, *last;
    size_t count; /* of values */
    struct value values[];
};

/* Of one query. */
struct shelf {
    struct arena arena;
    struct entry **buckets;
    size_t bucket_count, entry_count;
    const struct fields *fields;
    uint64_t tables;
};

struct kept {
    struct shelf shelves[KEPT_QUERIES + 1]; /* by query.kept */
    uint64_t spoiled;                       /* tables that this transaction has written */
    bool is_hot_written;                    /* by this transaction */
    int64_t version;
};

struct kept *kept_new(void)
{
    struct kept *k = calloc(1, sizeof *k);
    if (!k) abort();
    return k;
}

static void empty(struct shelf *s)
{
    arena_free(&s->arena);
    free(s->buckets);
    *s = (struct shelf){.fields = s->fields, .tables = s->tables};
}

void kept_free(struct kept *k)
{
    for (size_t i = 0; k && i <= KEPT_QUERIES; i++) empty(&k->shelves[i]);
    free(k);
}

static void empty_of(struct kept *k, uint64_t tables)
{
    for (size_t i = 0; i <= KEPT_QUERIES; i++)
        if (k->shelves[i].tables & tables) empty(&k->shelves[i]);
}

void kept_begin(struct kept *k, int64_t version)
{
    if (version != k->version) empty_of(k, UINT64_MAX);
    k->version = version;
    k->spoiled = 0;
    k->is_hot_written = false;
}

void kept_spoil(struct kept *k, uint64_t tables)
{
    if (!k || !tables) return;
    empty_of(k, tables & ~k->spoiled);
    k->spoiled |= tables;
}

void kept_undone(struct kept *k)
{
    if (k && k->is_hot_written) empty_of(k, KEPT_HOT);
}

bool kept_serves(const struct db *db, const struct query *q, const struct sink *sink)
{
    if (!q->kept || !db->kept || !db->in_tx || !sink || sink->is_scan) return false;
    const struct shelf *s = &db->kept->shelves[q->kept];
    return !(db->kept->spoiled & q->kept_tables) && (!s->fields || s->fields == sink->fields);
}

/* --- keys ------------------------------------------------------------------------------------ */

/* What one call asks for: the query's arguments, and a set of keys in its order. */
struct question {
    const struct query *query;
    const struct value *args;
    size_t arg_count,
        set; /* index of the set among them; arg_count: none, all rows are one key's */
    size_t count;
    const int64_t *numbers; /* the keys: either these or those */
    const struct text *texts;
    uint64_t seed; /* hash of the other arguments */
};

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15;
    return h ^ h >> 32;
}

static uint64_t mix_text(uint64_t h, struct text t)
{
    for (size_t i = 0; i < t.len; i++) h = (h ^ (unsigned char)t.at[i]) * 0x100000001B3;
    return mix(h, t.len);
}

static uint64_t mix_value(uint64_t h, const struct value *v)
{
    if (v->kind == V_I64) return mix(h, (uint64_t)v->i64);
    return v->kind == V_NULL ? mix(h, 1) : mix_text(h, v->text);
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == V_I64) return a->i64 == b->i64;
    return a->kind == V_NULL || text_eq(a->text, b->text);
}

static struct value key_at(const struct question *ask, size_t i)
{
    if (ask->numbers) return (struct value){.kind = V_I64, .i64 = ask->numbers[i]};
    return (struct value){.kind = V_TEXT, .text = ask->texts[i]};
}

/* Value `i` of the entry of key number `key`. */
static struct value value_at(const struct question *ask, size_t key, size_t i)
{
    return i == ask->set ? key_at(ask, key) : ask->args[i];
}

static struct question question(struct ctx *c, const struct query *q, struct values args)
{
    struct question ask = {.query = q,
                           .args = args.at,
                           .arg_count = args.count,
                           .set = args.count,
                           .count = 1,
                           .seed = args.count};
    for (size_t i = 0; i < args.count; i++) {
        const struct value *v = &args.at[i];
        if (v->kind != V_I64S && v->kind != V_TEXTS) {
            ask.seed = mix_value(ask.seed, v);
            continue;
        }
        struct value set = keys_in_order(c->arena, *v); /* as the rows will come */
        ask.set = i;
        ask.count = set.set.count;
        if (v->kind == V_I64S)
            ask.numbers = set.set.at;
        else
            ask.texts = set.set.at;
    }
    return ask;
}

/* --- entries --------------------------------------------------------------------------------- */

static uint64_t entry_hash(const struct question *ask, size_t key)
{
    if (ask->numbers) return mix(ask->seed, (uint64_t)ask->numbers[key]);
    return ask->texts ? mix_text(ask->seed, ask->texts[key]) : ask->seed;
}

static bool is_of(const struct entry *e, const struct question *ask, size_t key)
{
    bool same = e->count == ask->arg_count;
    for (size_t i = 0; same && i < e->count; i++) {
        struct value v = value_at(ask, key, i);
        same = same_value(&e->values[i], &v);
    }
    return same;
}

static struct entry *entry_find(const struct shelf *s, const struct question *ask, size_t key)
{
    uint64_t hash = entry_hash(ask, key);
    struct entry *e = s->bucket_count ? s->buckets[hash & (s->bucket_count - 1)] : NULL;
    while (e && (e->hash != hash || !is_of(e, ask, key))) e = e->next;
    return e;
}

static void widen(struct shelf *s)
{
    size_t wider = s->bucket_count ? s->bucket_count * 2 : 16;
    struct entry **buckets = calloc(wider, sizeof *buckets);
    if (!buckets) abort();
    for (size_t i = 0; i < s->bucket_count; i++) {
        for (struct entry *e = s->buckets[i], *next; e; e = next) {
            next = e->next;
            e->next = buckets[e->hash & (wider - 1)];
            buckets[e->hash & (wider - 1)] = e;
        }
    }
    free(s->buckets);
    s->buckets = buckets;
    s->bucket_count = wider;
}

static struct entry *entry_add(struct shelf *s, const struct question *ask, size_t key)
{
    if (s->entry_count >= s->bucket_count) widen(s);
    struct entry *e = arena_alloc(&s->arena, sizeof *e + ask->arg_count * sizeof *e->values,
                                  alignof(max_align_t));
    e->hash = entry_hash(ask, key);
    e->count = ask->arg_count;
    for (size_t i = 0; i < e->count; i++) {
        e->values[i] = value_at(ask, key, i);
        if (e->values[i].kind != V_I64 && e->values[i].kind != V_NULL)
            e->values[i].text = text_copy(&s->arena, e->values[i].text);
    }
    struct entry **bucket = &s->buckets[e->hash & (s->bucket_count - 1)];
    e->next = *bucket;
    *bucket = e;
    s->entry_count++;
    return e;
}

static void entry_drop(struct shelf *s, const struct value *merchant, int64_t key)
{
    const struct value set = {.kind = V_I64S};
    const struct value args[] = {*merchant, set};
    const struct question ask = {.args = args,
                                 .arg_count = 2,
                                 .set = 1,
                                 .count = 1,
                                 .numbers = &key,
                                 .seed = mix_value(2, merchant)};
    uint64_t hash = entry_hash(&ask, 0);
    struct entry **at = &s->buckets[hash & (s->bucket_count - 1)];
    while (*at && ((*at)->hash != hash || !is_of(*at, &ask, 0))) at = &(*at)->next;
    if (!*at) return;
    *at = (*at)->next; /* its rows stay in the arena until the shelf is emptied */
    s->entry_count--;
}

void kept_drop(struct kept *k, const struct query *q, const struct value *rows, size_t count)
{
    if (!k || !q->drop_count) return;
    k->is_hot_written = true;
    for (size_t i = 0; i < q->drop_count; i++) {
        struct shelf *s = &k->shelves[q->drops[2 * i]];
        size_t key = q->drops[2 * i + 1];
        if (key >= q->args) empty(s);
        for (size_t n = 0; n < count && s->entry_count; n++)
            entry_drop(s, &rows[n * q->args], rows[n * q->args + key].i64);
    }
}

/* --- rows ------------------------------------------------------------------------------------ */

static struct text text_in(const struct field *f, const void *record)
{
    struct text t = {0};
    if (f->kind == F_TEXT || f->kind == F_JSON)
        memcpy(&t, (const char *)record + f->offset, sizeof t);
    return t;
}

static void set_text(const struct field *f, void *record, const char *at, size_t len)
{
    struct text t = {at, len};
    memcpy((char *)record + f->offset, &t, sizeof t);
}

static void row_keep(struct shelf *s, struct entry *e, const void *record)
{
    const struct fields *f = s->fields;
    size_t bytes = 0, used = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct text t = text_in(&f->at[i], record);
        if (t.at) bytes += t.len + 1;
    }
    struct row *r = arena_alloc(&s->arena, sizeof *r + f->size + bytes, alignof(max_align_t));
    memcpy(r->record, record, f->size);
    r->texts = r->record + f->size;
    r->text_bytes = bytes;
    for (size_t i = 0; i < f->count; i++) {
        struct text t = text_in(&f->at[i], record);
        if (!t.at) continue;
        if (t.len) memcpy(r->texts + used, t.at, t.len);
        set_text(&f->at[i], r->record, r->texts + used, t.len);
        used += t.len + 1;
    }
    if (e->last)
        e->last->next = r;
    else
        e->first = r;
    e->last = r;
}

/* Texts are copied: who asked may hold them for longer than the shelf does. */
static void row_give(struct ctx *c, const struct shelf *s, const struct row *r, void *record)
{
    const struct fields *f = s->fields;
    memcpy(record, r->record, f->size);
    if (!r->text_bytes) return;
    char *texts = arena_alloc(c->arena, r->text_bytes, 1);
    memcpy(texts, r->texts, r->text_bytes);
    for (size_t i = 0; i < f->count; i++) {
        struct text t = text_in(&f->at[i], r->record);
        if (t.at) set_text(&f->at[i], record, texts + (t.at - r->texts), t.len);
    }
}

struct filling {
    struct shelf *shelf;
    const struct question *missing;
    struct entry **entries; /* of the missing keys */
    size_t at;
};

static bool is_row_of(const struct filling *f, const void *record)
{
    const struct question *ask = f->missing;
    if (!ask->numbers && !ask->texts) return true;
    const struct field *field = &f->shelf->fields->at[ask->query->kept_column];
    if (ask->numbers) return field_i64(field, record) == ask->numbers[f->at];
    return text_eq(text_in(field, record), ask->texts[f->at]);
}

/* Rows come in the order of the keys. */
static enum err take_row(struct ctx *c, void *arg, const void *record)
{
    struct filling *f = arg;
    while (f->at < f->missing->count && !is_row_of(f, record)) f->at++;
    if (f->at == f->missing->count)
        return fail(c, ERR_BUG, "sql", "%s: a row of no key that was asked for",
                    f->missing->query->name);
    row_keep(f->shelf, f->entries[f->at], record);
    return OK;
}

static enum err fill(struct ctx *c, struct shelf *s, const struct question *missing,
                     struct entry **entries)
{
    const struct query *q = missing->query;
    struct filling f = {s, missing, entries, 0};
    struct sink sink = {s->fields, take_row, &f, false};
    struct value *args = arena_new(c->arena, struct value, missing->arg_count + 1);
    for (size_t i = 0; i < missing->arg_count; i++) args[i] = missing->args[i];
    if (missing->numbers) args[missing->set] = I64S(missing->numbers, missing->count);
    if (missing->texts) args[missing->set] = TEXTS(missing->texts, missing->count);
    for (size_t i = 0; i < missing->count; i++) entries[i] = entry_add(s, missing, i);
    enum err e = c->db->driver->run(c, q, (struct values){args, missing->arg_count}, &sink, NULL);
    if (e != OK) empty(s);
    return e;
}

static size_t bytes_of(const struct kept *k, uint64_t tables)
{
    size_t bytes = 0;
    for (size_t i = 0; i <= KEPT_QUERIES; i++)
        if (k->shelves[i].tables & tables) bytes += k->shelves[i].arena.bytes;
    return bytes;
}

size_t kept_bytes(const struct kept *k) { return bytes_of(k, UINT64_MAX); }

/* The keys of `ask` that are not there; their places in `places`. */
static struct question missing_of(struct ctx *c, const struct shelf *s, const struct question *ask,
                                  struct entry **entries, size_t *places)
{
    struct question missing = *ask;
    int64_t *numbers = ask->numbers ? arena_new(c->arena, int64_t, ask->count + 1) : NULL;
    struct text *texts = ask->texts ? arena_new(c->arena, struct text, ask->count + 1) : NULL;
    missing.count = 0;
    for (size_t i = 0; i < ask->count; i++) {
        entries[i] = entry_find(s, ask, i);
        if (entries[i]) continue;
        if (numbers) numbers[missing.count] = ask->numbers[i];
        if (texts) texts[missing.count] = ask->texts[i];
        places[missing.count++] = i;
    }
    missing.numbers = numbers;
    missing.texts = texts;
    return missing;
}

enum err kept_run(struct ctx *c, const struct query *q, struct values args, const struct sink *sink,
                  bool *is_run)
{
    struct kept *k = c->db->kept;
    struct shelf *s = &k->shelves[q->kept];
    uint64_t kind = q->kept_tables == KEPT_HOT ? KEPT_HOT : ~KEPT_HOT;
    if (bytes_of(k, kind) > KEPT_BYTES_MAX) empty_of(k, kind);
    s->fields = sink->fields;
    s->tables = q->kept_tables;
    struct question ask = question(c, q, args);
    struct entry **entries = arena_new(c->arena, struct entry *, ask.count + 1);
    size_t *places = arena_new(c->arena, size_t, ask.count + 1);
    struct question missing = missing_of(c, s, &ask, entries, places);
    *is_run = missing.count > 0;
    if (missing.count > KEPT_KEYS_MAX) return c->db->driver->run(c, q, args, sink, NULL);
    if (missing.count) {
        struct entry **fresh = arena_new(c->arena, struct entry *, missing.count);
        TRY(fill(c, s, &missing, fresh));
        for (size_t i = 0; i < missing.count; i++) entries[places[i]] = fresh[i];
    }
    void *record = arena_alloc(c->arena, s->fields->size, alignof(max_align_t));
    for (size_t i = 0; i < ask.count; i++) {
        for (const struct row *r = entries[i]->first; r; r = r->next) {
            row_give(c, s, r, record);
            TRY(sink->row(c, sink->arg, record));
        }
    }
    return OK;
}
