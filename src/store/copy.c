#include "store/copy.h"

#include "base/hash.h"
#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "store/driver.h"
#include "store/migrate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const struct copy_omission copy_omissions[] = {
    {"copy_progress", "how far this copy is"},
    {"node", "numbers of the processes that run on that database"},
    {"turn", "which of those processes reacts to events now"},
    {"schema_migration", "the steps of the schema: the target has made its own"},
    {NULL, NULL},
};

static bool stays_behind(const char *table)
{
    for (const struct copy_omission *o = copy_omissions; o->name; o++)
        if (strcmp(o->name, table) == 0) return true;
    return false;
}

/* --- the source, held still ------------------------------------------------------------------ */

/* Locks before the first look, so that what is seen is what they guard. Pages may take longer than
   a request ever should. */
static const char hold_postgres[] =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    "SET LOCAL statement_timeout TO 0; SET LOCAL idle_in_transaction_session_timeout TO 0;"
    "LOCK TABLE node IN SHARE ROW EXCLUSIVE MODE";
static const char look_postgres[] =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    "SET LOCAL statement_timeout TO 0; SET LOCAL idle_in_transaction_session_timeout TO 0";

/* A connection that sees one instant until it is closed. */
static enum err see_one_instant(struct ctx *c, const char *postgres)
{
    bool is_server = c->db->driver->engine == DB_POSTGRES;
    TRY(c->db->driver->script(c, is_server ? postgres : "BEGIN"));
    c->db->in_tx = true; /* a lost link is not made anew */
    return OK;
}

static enum err check_primary(struct ctx *c)
{
    int64_t is_replica = 0;
    if (c->db->driver->engine != DB_POSTGRES) return OK;
    TRY(c->db->driver->ask(c, "SELECT pg_is_in_recovery()::int", &is_replica));
    if (!is_replica) return OK;
    fail(c, ERR_CONFLICT, "database_replica", "%s is a replica", store_address(c->store));
    return hint(c, "nothing can be held still there: name the primary");
}

static void sleep_us(int64_t us)
{
    struct timespec t = {us / SECOND_US, (long)(us % SECOND_US * 1000)};
    nanosleep(&t, NULL);
}

/* Nobody can renew a lease while `node` is locked; one that was given back ends within a second. */
static enum err check_nobody_runs(struct ctx *c)
{
    int64_t until_us = NONE;
    TRY(db_number(c, &Q_copy_nodes, NO_ARGS, &until_us));
    int64_t left_us = until_us == NONE ? 0 : until_us - source_now_us(c->source);
    if (left_us > 0 && left_us <= 2 * SECOND_US) sleep_us(left_us);
    if (left_us <= 2 * SECOND_US) return OK;
    fail(c, ERR_BUSY, "database_in_use", "a process works on %s: its lease lasts %lld s more",
         store_address(c->store), (long long)(left_us / SECOND_US));
    return hint(c, "stop every `waybill serve` on it; after a crash wait for the lease to end");
}

static enum err open_source(struct copy *k, struct list *tables)
{
    struct ctx *c = k->from;
    struct store_options options = {.read_only = true, .is_alone = true};
    TRY(store_open(c, text_of(k->from_address), options, &k->from_store));
    TRY(dump_tables(c, tables));
    if (!dump_find(tables, "schema_migration") || !dump_find(tables, "node")) {
        fail(c, ERR_NOT_FOUND, "no_installation", "there is no installation in %s",
             store_address(k->from_store));
        return hint(c, "--from names the database that `waybill serve` had as --db");
    }
    TRY(check_primary(c));
    TRY(see_one_instant(c, hold_postgres));
    TRY(migrate_check(c));
    return check_nobody_runs(c);
}

/* Every change ends in these tables; they are small. */
static enum err hash_source(struct copy *k, const struct list *tables)
{
    static const char *const names[] = {"merchant", "secret", "event_head", "counter", "command"};
    struct buf b = buf_new(k->from->arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct dump_table *t = dump_find(tables, names[i]);
        struct dump_sum sum = {0};
        if (!t) continue;
        if (strcmp(names[i], "command") == 0)
            TRY(dump_count(k->from, t, &sum.rows));
        else
            TRY(dump_sum(k->from, t, NULL, NULL, &sum));
        buf_printf(&b, "%s %lld %llx %llx\n", names[i], (long long)sum.rows,
                   (unsigned long long)sum.low, (unsigned long long)sum.high);
    }
    k->source_hash = hash_i64(buf_text(&b));
    return OK;
}

/* --- the target ------------------------------------------------------------------------------ */

struct progress {
    struct text name, after_key;
    int64_t source_hash, rows_done;
    int32_t is_done;
};
static const struct field progress_table[] = {
    FIELD(struct progress, name),      FIELD(struct progress, source_hash),
    FIELD(struct progress, rows_done), FIELD(struct progress, after_key),
    FIELD(struct progress, is_done),
};
static const struct fields progress_fields = FIELDS("copy", struct progress, progress_table);

enum err copy_is_whole(struct ctx *c)
{
    struct list rows;
    TRY(db_rows(c, &Q_copy_progress_list, NO_ARGS, &progress_fields, &rows));
    const struct progress *p = rows.at; /* one without a name stays behind */
    if (rows.count <= 1 && (!rows.count || !p->name.len)) return OK;
    fail(c, ERR_CONFLICT, "copy_unfinished", "a copy into %s has not come to its end",
         store_address(c->store));
    return hint(c, "give the same `waybill copy --from ... --to ...` again: it goes on");
}

static enum err check_empty(struct ctx *c, const struct copy *k)
{
    for (size_t i = 0; i < k->table_count; i++) {
        bool is_empty = true;
        TRY(dump_is_empty(c, k->tables[i].to, &is_empty));
        if (is_empty) continue;
        fail(c, ERR_CONFLICT, "target_not_empty", "%s holds other data: the table %s is not empty",
             store_address(c->store), k->tables[i].to->name);
        return hint(c, "name a new file or an empty database; its tables are made by the copy");
    }
    return OK;
}

static enum err begin_progress(struct ctx *c, void *arg)
{
    struct copy *k = arg;
    TRY(check_empty(c, k));
    TRY(db_put(c, &Q_copy_progress_put, ARGS(TXT(T("")), I64(k->source_hash))));
    for (size_t i = 0; i < k->table_count; i++)
        TRY(db_put(c, &Q_copy_progress_put,
                   ARGS(TXT(text_of(k->tables[i].to->name)), I64(k->source_hash))));
    return OK;
}

static struct copy_table *table_named(struct copy *k, struct text name)
{
    for (size_t i = 0; i < k->table_count; i++)
        if (text_is(name, k->tables[i].to->name)) return &k->tables[i];
    return NULL;
}

/* What was copied to the end before is only compared again. */
static enum err take_ended(struct copy *k)
{
    k->is_ended = true;
    for (size_t i = 0; i < k->table_count; i++) {
        k->tables[i].copied = k->tables[i].rows;
        k->tables[i].is_done = true;
    }
    k->copied = k->was_there = k->rows;
    return OK;
}

/* A copy that began earlier goes on, when it is of this very source. */
static enum err take_up(struct copy *k)
{
    struct ctx *c = k->to;
    struct list rows;
    TRY(db_rows(c, &Q_copy_progress_list, NO_ARGS, &progress_fields, &rows));
    const struct progress *p = rows.at;
    bool is_ours = rows.count && p->source_hash == k->source_hash;
    if (rows.count == 1 && is_ours) return take_ended(k);
    if (rows.count <= 1) return k->is_preview ? check_empty(c, k) : db_tx(c, begin_progress, k);
    for (size_t i = 0; i < rows.count; i++) {
        if (!p[i].name.len) continue;
        struct copy_table *t = table_named(k, p[i].name);
        if (!t || p[i].source_hash != k->source_hash) {
            fail(c, ERR_CONFLICT, "copy_unfinished",
                 "%s is partly filled from another source, or from this one before it changed",
                 store_address(c->store));
            return hint(c, "empty it, or name another: a copy goes on from the same state only");
        }
        t->copied = p[i].rows_done;
        t->is_done = p[i].is_done;
        t->after_key = p[i].after_key;
        k->was_there += t->copied;
    }
    k->copied = k->was_there;
    return OK;
}

static enum err open_target(struct copy *k, struct list *tables)
{
    struct ctx *c = k->to;
    struct store_options options = {.read_only = k->is_preview};
    bool is_file = !strstr(k->to_address, "://");
    k->is_new = k->is_preview && is_file && access(k->to_address, F_OK) != 0;
    if (k->is_new) return OK;
    TRY(store_open(c, text_of(k->to_address), options, &k->to_store));
    TRY(dump_tables(c, tables));
    k->is_new = k->is_preview && !dump_find(tables, "schema_migration");
    if (k->is_new) return OK;
    return k->is_preview ? migrate_check(c) : OK;
}

/* --- opening --------------------------------------------------------------------------------- */

static enum err pair_tables(struct copy *k, const struct list *from, const struct list *to)
{
    const struct dump_table *at = from->at;
    k->tables = arena_new(k->from->arena, struct copy_table, from->count);
    k->table_count = 0;
    for (size_t i = 0; i < from->count; i++) {
        if (stays_behind(at[i].name)) continue;
        struct copy_table *t = &k->tables[k->table_count++];
        *t =
            (struct copy_table){.from = &at[i], .to = k->is_new ? NULL : dump_find(to, at[i].name)};
        TRY(dump_count(k->from, t->from, &t->rows));
        k->rows += t->rows;
        if (k->heard && !k->heard(k->arg, k))
            return fail(k->from, ERR_BUSY, "interrupted", "stopped while rows were counted");
    }
    return OK;
}

static enum err open_both(struct copy *k)
{
    struct list from = {0}, to = {0};
    if (strcmp(k->from_address, k->to_address) == 0)
        return fail(k->from, ERR_INVALID, "same_database",
                    "--from and --to name the same database");
    TRY(open_source(k, &from));
    enum err e = open_target(k, &to);
    if (e == OK && !k->is_new) e = dump_same_schema(k->to, &from, &to);
    if (e == OK) {
        TRY(pair_tables(k, &from, &to));
        TRY(hash_source(k, &from));
        if (!k->is_new) e = take_up(k);
    }
    if (e != OK) k->from->fault = k->to->fault;
    return e;
}

enum err copy_open(struct copy *k)
{
    k->phase = COPY_COUNTS;
    k->from->now_us = k->to->now_us = source_now_us(k->from->source);
    return open_both(k);
}

void copy_close(struct copy *k)
{
    if (k->to_store) store_close(k->to_store);
    if (k->from_store) store_close(k->from_store);
    k->from_store = k->to_store = NULL;
    k->from->db = k->to->db = NULL;
    k->from->store = k->to->store = NULL;
}

/* --- rows ------------------------------------------------------------------------------------ */

enum { PAGE_BYTES = 4 * 1024 * 1024, PAGE_ROWS_FIRST = 256, PAGE_ROWS_MAX = 8192 };

struct step {
    struct copy_table *table;
    const struct dump_page *page;
    struct text key;
    bool is_last;
};

static enum err write_step(struct ctx *c, void *arg)
{
    const struct step *s = arg;
    int64_t changed = 0, before = s->table->copied;
    TRY(db_exec(c, &Q_copy_progress_advance,
                ARGS(TXT(text_of(s->table->to->name)), I64(before),
                     I64(before + (int64_t)s->page->count), TXT(s->key), I64(s->is_last)),
                &changed));
    if (changed) return dump_write(c, s->table->to, s->page);
    fail(c, ERR_CONFLICT, "copy_raced", "another copy fills %s", store_address(c->store));
    return hint(c, "let one of them end");
}

/* Pages of about the same size: photos and long answers come few at a time. */
static size_t next_most(const struct dump_page *p)
{
    size_t most = p->count ? PAGE_BYTES / (p->bytes / p->count + 1) : PAGE_ROWS_FIRST;
    return most < 1 ? 1 : most > PAGE_ROWS_MAX ? PAGE_ROWS_MAX : most;
}

static enum err copy_page(struct copy *k, struct copy_table *t, struct arena *keys, size_t *most)
{
    struct dump_page page;
    const struct value *after = NULL;
    if (t->after_key.len) TRY(dump_key_parse(k->from, t->from, t->after_key, &after));
    TRY(dump_read(k->from, t->from, after, *most, &page));
    struct step step = {t, &page, T(""), page.count < *most};
    if (page.count)
        step.key = dump_key_text(k->from->arena, t->from,
                                 page.rows + (page.count - 1) * t->from->column_count);
    enum err e = db_tx(k->to, write_step, &step);
    if (e != OK) {
        k->from->fault = k->to->fault;
        return e == ERR_UNKNOWN ? hint(k->from, "give the same command again: it goes on") : e;
    }
    t->copied += (int64_t)page.count;
    k->copied += (int64_t)page.count;
    t->is_done = step.is_last;
    *most = next_most(&page);
    arena_reset(keys);
    t->after_key = text_copy(keys, step.key);
    return OK;
}

static enum err copy_table(struct copy *k, struct copy_table *t, struct arena *keys)
{
    size_t most = PAGE_ROWS_FIRST;
    while (!t->is_done) {
        struct arena_mark from = arena_mark(k->from->arena), to = arena_mark(k->to->arena);
        enum err e = copy_page(k, t, keys, &most);
        arena_rewind(k->from->arena, from);
        arena_rewind(k->to->arena, to);
        if (e != OK) return e;
        if (k->heard && !k->heard(k->arg, k)) {
            fail(k->from, ERR_BUSY, "interrupted", "stopped after %lld of %lld rows",
                 (long long)k->copied, (long long)k->rows);
            return hint(k->from, "give the same command again: it goes on");
        }
    }
    return OK;
}

enum err copy_rows(struct copy *k)
{
    struct arena keys = {0};
    enum err e = OK;
    k->phase = COPY_ROWS;
    for (size_t i = 0; i < k->table_count && e == OK; i++) e = copy_table(k, &k->tables[i], &keys);
    arena_free(&keys);
    return e;
}

/* --- both sides compared --------------------------------------------------------------------- */

/* The target is summed by a thread of its own, beside the source. */
struct checking {
    struct copy *copy;
    struct ctx ctx;
    struct arena arena;
    pthread_t thread;
    atomic_llong rows; /* of the target, in tables that are done */
    atomic_llong at;   /* in the one being read */
    atomic_bool is_stopped, is_ended;
    int64_t from_rows;
    enum err result;
};

static bool hear_target(void *arg, int64_t rows)
{
    struct checking *h = arg;
    atomic_store(&h->at, rows);
    return !atomic_load(&h->is_stopped);
}

static void *sum_target(void *arg)
{
    struct checking *h = arg;
    struct copy *k = h->copy;
    enum err e = store_reader(&h->ctx);
    if (e == OK) e = see_one_instant(&h->ctx, look_postgres);
    for (size_t i = 0; i < k->table_count && e == OK; i++) {
        e = dump_sum(&h->ctx, k->tables[i].to, hear_target, h, &k->tables[i].to_sum);
        atomic_store(&h->at, 0);
        atomic_fetch_add(&h->rows, k->tables[i].to_sum.rows);
    }
    h->result = e;
    atomic_store(&h->is_ended, true);
    return NULL;
}

static bool tell(struct checking *h, int64_t from_rows)
{
    struct copy *k = h->copy;
    k->checked = (from_rows + atomic_load(&h->rows) + atomic_load(&h->at)) / 2;
    if (k->heard && !k->heard(k->arg, k)) atomic_store(&h->is_stopped, true);
    return !atomic_load(&h->is_stopped);
}

static bool hear_source(void *arg, int64_t rows)
{
    struct checking *h = arg;
    return tell(h, h->from_rows + rows);
}

static enum err sum_source(struct checking *h)
{
    struct copy *k = h->copy;
    for (size_t i = 0; i < k->table_count; i++) {
        TRY(dump_sum(k->from, k->tables[i].from, hear_source, h, &k->tables[i].from_sum));
        h->from_rows += k->tables[i].from_sum.rows;
    }
    return OK;
}

static enum err sum_both(struct copy *k, struct checking *h)
{
    if (pthread_create(&h->thread, NULL, sum_target, h))
        return fail(k->from, ERR_BUSY, "no_thread", "the system gives no thread");
    enum err e = sum_source(h);
    if (e != OK) atomic_store(&h->is_stopped, true);
    while (!atomic_load(&h->is_ended)) {
        sleep_us(20 * 1000);
        tell(h, h->from_rows);
    }
    pthread_join(h->thread, NULL);
    if (e == OK && h->result != OK) k->from->fault = h->ctx.fault;
    return e == OK ? h->result : e;
}

enum err copy_check(struct copy *k, size_t *differ, dump_differ_fn *report, void *arg)
{
    struct checking *h = arena_new(k->from->arena, struct checking, 1);
    h->copy = k;
    h->ctx = (struct ctx){.arena = &h->arena, .source = k->to->source, .store = k->to_store};
    k->phase = COPY_CHECKS;
    *differ = 0;
    enum err e = sum_both(k, h);
    for (size_t i = 0; i < k->table_count && e == OK; i++) {
        const struct copy_table *t = &k->tables[i];
        if (dump_sum_same(&t->from_sum, &t->to_sum)) continue;
        ++*differ;
        if (report) e = dump_compare(k->from, k->to, t->from, t->to, report, arg);
    }
    arena_free(&h->arena);
    return e;
}

/* --- the end --------------------------------------------------------------------------------- */

static enum err forget_progress(struct ctx *c, void *arg)
{
    (void)arg;
    return db_exec(c, &Q_copy_progress_end, NO_ARGS, NULL);
}

/* Without it a server guesses at the size of its new tables until it has looked by itself. */
static enum err teach_server(struct ctx *c, void *arg)
{
    const struct copy *k = arg;
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < k->table_count; i++)
        buf_printf(&b, "%s\"%s\"", i ? ", " : "ANALYZE ", k->tables[i].to->name);
    return db_script(c, buf_text(&b).at);
}

enum err copy_end(struct copy *k)
{
    enum err e = db_tx(k->to, forget_progress, NULL);
    if (e == OK && store_engine(k->to_store) == DB_POSTGRES) e = db_tx(k->to, teach_server, k);
    if (e != OK) k->from->fault = k->to->fault;
    return e;
}
