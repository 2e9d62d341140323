/* Whatever happens, kept rows are what the database would say (store/kept.h). */
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/orders/order.h"
#include "domain/people/people.h"
#include "queries.h"
#include "store/driver.h"
#include "store/kept.h"
#include "world.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { PRODUCTS = 6 };

struct shelf_shop {
    int64_t ids[PRODUCTS]; /* ascending; the last is not there */
    struct text skus[PRODUCTS];
};

static struct product product_named(struct ctx *c, const struct shelf_shop *s, size_t i,
                                    struct text name)
{
    return (struct product){.merchant_id = c->merchant_id,
                            .product_id = s->ids[i],
                            .sku = s->skus[i],
                            .name = name,
                            .is_active = 1,
                            .created_us = 1};
}

/* A draft of as many units as its place says, under the same number as the product. */
static enum err state_put(struct ctx *c, const struct shelf_shop *s, size_t i)
{
    return db_put(c, &Q_order_state_insert,
                  ARGS(I64(c->merchant_id), I64(s->ids[i]), I64(COMMERCIAL_DRAFT),
                       I64((int64_t)i + 1), I64(0)));
}

static enum err state_progress(struct ctx *c, const struct shelf_shop *s, size_t i, int64_t units)
{
    return db_put(c, &Q_order_state_progress,
                  ARGS(I64(c->merchant_id), I64(s->ids[i]), I64(units), I64(0), I64(0), I64(0),
                       I64(0), I64(0), I64(0), I64(0), I64(0)));
}

static enum err stock_shop(struct ctx *c, void *arg)
{
    struct shelf_shop *s = arg;
    for (size_t i = 0; i < PRODUCTS; i++) {
        s->ids[i] = source_id(c->source);
        s->skus[i] = text_printf(c->arena, "SKU-%zu", i);
        struct product p = product_named(c, s, i, T("as it was made"));
        struct price price = {c->merchant_id, s->ids[i], T("EUR"), 1, 1000 + (int64_t)i};
        if (i == PRODUCTS - 1) continue;
        TRY(product_insert(c, &p));
        TRY(price_put(c, &price));
        TRY(state_put(c, s, i));
    }
    return OK;
}

static void shop_open(struct world *w, struct shelf_shop *s)
{
    w->ctx.merchant_id = source_id(&w->source);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, stock_shop, s));
}

/* --- what is kept against what is there ------------------------------------------------------ */

/* A row with its texts, as bytes: two that are the same read the same. */
static void tell_row(struct buf *b, const struct fields *f, const void *record)
{
    for (size_t i = 0; i < f->count; i++) {
        struct text t;
        if (f->at[i].kind != F_TEXT) {
            buf_printf(b, "%lld|", (long long)field_i64(&f->at[i], record));
            continue;
        }
        memcpy(&t, (const char *)record + f->at[i].offset, sizeof t);
        buf_printf(b, "%s%.*s|", t.at ? "'" : "-", TEXT_ARG(t));
    }
    buf_putc(b, '\n');
}

struct told {
    struct buf *to;
    const struct fields *fields;
};

static enum err tell_scanned(struct ctx *c, void *arg, const void *record)
{
    struct told *t = arg;
    (void)c;
    tell_row(t->to, t->fields, record);
    return OK;
}

/* db_scan always asks the database. */
static enum err compare(struct ctx *c, const struct query *q, struct values args,
                        const struct fields *f)
{
    struct arena apart = {0}; /* a scan rewinds its own */
    struct buf kept = buf_new(&apart), there = buf_new(&apart);
    struct list rows;
    struct told told = {&there, f};
    enum err e = db_rows(c, q, args, f, &rows);
    for (size_t i = 0; e == OK && i < rows.count; i++)
        tell_row(&kept, f, (const char *)rows.at + i * f->size);
    if (e == OK) e = db_scan(c, q, args, f, tell_scanned, &told);
    if (e == OK) CHECK_TEXT(text_cstr(&apart, buf_text(&there)), buf_text(&kept));
    arena_free(&apart);
    return e;
}

static enum err compare_all(struct ctx *c, const struct shelf_shop *s)
{
    struct value m = I64(c->merchant_id);
    TRY(compare(c, &Q_products_of, ARGS(m, I64S(s->ids, PRODUCTS)), &product_fields));
    TRY(compare(c, &Q_products_by_sku, ARGS(m, TEXTS(s->skus, PRODUCTS), I64(OWNER_ANY)),
                &product_fields));
    TRY(compare(c, &Q_order_states_of, ARGS(m, I64S(s->ids, PRODUCTS)), &order_state_fields));
    TRY(compare(c, &Q_orders_lock, ARGS(m, I64S(s->ids, PRODUCTS)), &order_state_fields));
    TRY(compare(c, &Q_prices_of, ARGS(m, I64S(s->ids, PRODUCTS)), &price_fields));
    return compare(c, &Q_kit_parts_of, ARGS(m, I64S(s->ids, PRODUCTS)), &kit_part_fields);
}

struct visit {
    const struct shelf_shop *shop;
    int64_t run; /* statements that reached the database */
};

static enum err look(struct ctx *c, void *arg)
{
    struct visit *v = arg;
    struct list rows;
    int64_t asked = store_queries(c->store), kept = store_queries_kept(c->store);
    TRY(products_of(c, v->shop->ids, PRODUCTS, &rows));
    CHECK_I64(PRODUCTS - 1, (int64_t)rows.count);
    TRY(products_by_sku_of(c, OWNER_ANY, v->shop->skus, PRODUCTS, &rows));
    CHECK_I64(PRODUCTS - 1, (int64_t)rows.count);
    TRY(prices_of(c, v->shop->ids, PRODUCTS, &rows));
    CHECK_I64(PRODUCTS - 1, (int64_t)rows.count);
    v->run = store_queries(c->store) - asked - (store_queries_kept(c->store) - kept);
    return compare_all(c, v->shop);
}

TEST_BOTH(kept, a_second_unit_reads_no_settings_on_sqlite_and_all_of_them_on_postgres)
{
    struct shelf_shop shop;
    shop_open(w, &shop);
    struct visit v = {&shop, 0};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_I64(3, v.run);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_I64(w->engine == DB_SQLITE ? 0 : 3, v.run);
}

static enum err rename_first(struct ctx *c, void *arg)
{
    const struct shelf_shop *s = arg;
    struct product p = product_named(c, s, 0, T("renamed"));
    TRY(product_update(c, &p));
    return compare_all(c, s);
}

static enum err rename_and_fail(struct ctx *c, void *arg)
{
    TRY(rename_first(c, arg));
    return fail(c, ERR_CONFLICT, "test", "on purpose");
}

static struct text first_name(struct world *w, const struct shelf_shop *s)
{
    struct product p = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, product_get(&w->ctx, s->ids[0], &p));
    return p.name;
}

TEST_BOTH(kept, own_writes_are_seen_at_once_and_undone_ones_never)
{
    struct ctx *c = &w->ctx;
    struct shelf_shop shop;
    struct visit v = {&shop, 0};
    shop_open(w, &shop);
    CHECK_OK(c, db_tx(c, look, &v));
    CHECK_I64(ERR_CONFLICT, db_tx(c, rename_and_fail, &shop));
    CHECK_OK(c, db_tx(c, look, &v));
    CHECK_TEXT("as it was made", first_name(w, &shop));
    CHECK_OK(c, db_preview(c, rename_first, &shop));
    CHECK_OK(c, db_tx(c, look, &v));
    CHECK_OK(c, db_tx(c, rename_first, &shop));
    CHECK_OK(c, db_tx(c, look, &v));
    CHECK_TEXT("renamed", first_name(w, &shop));
}

static enum err try_rename(struct ctx *c, void *arg)
{
    TRY(db_trial(c, rename_first, arg));
    return compare_all(c, arg);
}

TEST_BOTH(kept, what_a_trial_wrote_is_forgotten)
{
    struct shelf_shop shop;
    struct visit v = {&shop, 0};
    shop_open(w, &shop);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, try_rename, &shop));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_TEXT("as it was made", first_name(w, &shop));
}

/* --- what orders change ---------------------------------------------------------------------- */

struct glance {
    const struct shelf_shop *shop;
    size_t changed; /* an order; PRODUCTS: none */
    int64_t run;
};

static enum err glance(struct ctx *c, void *arg)
{
    struct glance *g = arg;
    struct list before, after;
    TRY(order_states_of(c, g->shop->ids, PRODUCTS, &before));
    if (g->changed < PRODUCTS) TRY(state_progress(c, g->shop, g->changed, 1));
    int64_t asked = store_queries(c->store), kept = store_queries_kept(c->store);
    TRY(db_flush(c));
    asked = g->changed < PRODUCTS ? store_queries(c->store) : asked;
    TRY(order_states_of(c, g->shop->ids, PRODUCTS, &after));
    g->run = store_queries(c->store) - asked - (store_queries_kept(c->store) - kept);
    CHECK_I64(PRODUCTS - 1, (int64_t)after.count);
    const struct order_state *x = before.at, *y = after.at;
    for (size_t i = 0; i < after.count; i++)
        CHECK_I64(x[i].allocated + (i == g->changed), y[i].allocated);
    return OK;
}

TEST_BOTH(kept, rows_of_orders_are_read_again_when_they_were_written_and_only_then)
{
    struct ctx *c = &w->ctx;
    struct shelf_shop shop;
    bool is_kept = w->engine == DB_SQLITE;
    shop_open(w, &shop);
    struct glance g = {&shop, PRODUCTS, 0};
    CHECK_OK(c, db_tx(c, glance, &g));
    CHECK_I64(is_kept ? 0 : 1, g.run);
    g.changed = 2;
    CHECK_OK(c, db_tx(c, glance, &g));
    CHECK_I64(1, g.run);
    CHECK_OK(c, db_preview(c, glance, &g));
    g.changed = PRODUCTS;
    CHECK_OK(c, db_tx(c, glance, &g));
    CHECK_I64(is_kept ? 0 : 1, g.run);
}

/* --- others write ---------------------------------------------------------------------------- */

/* A process that knows nothing of us. */
static void write_from_outside(struct world *w, const char *sql)
{
    sqlite3 *other = NULL;
    CHECK_I64(SQLITE_OK, sqlite3_open(w->address, &other));
    sqlite3_busy_timeout(other, 5000);
    CHECK_I64(SQLITE_OK, sqlite3_exec(other, sql, NULL, NULL, NULL));
    sqlite3_close(other);
}

TEST(kept, what_another_process_writes_into_the_file_is_seen_by_the_next_unit)
{
    struct world at, *w = &at;
    struct shelf_shop shop;
    struct visit v = {&shop, 0};
    if (!world_open(w, DB_SQLITE)) return;
    shop_open(w, &shop);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    write_from_outside(w,
                       "UPDATE product SET name = 'from outside'; UPDATE price SET unit_minor = 7");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_I64(3, v.run);
    CHECK_TEXT("from outside", first_name(w, &shop));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_I64(0, v.run);
    world_close(w);
}

static void copy_database(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    CHECK(b != NULL);
    CHECK_I64(SQLITE_DONE, sqlite3_backup_step(b, -1));
    CHECK_I64(SQLITE_OK, sqlite3_backup_finish(b));
}

TEST(kept, a_backup_restored_into_the_open_file_is_what_is_read_from_then_on)
{
    struct world at, *w = &at;
    struct shelf_shop shop;
    struct visit v = {&shop, 0};
    sqlite3 *file = NULL, *backup = NULL;
    if (!world_open(w, DB_SQLITE)) return;
    shop_open(w, &shop);
    CHECK_I64(SQLITE_OK, sqlite3_open(w->address, &file));
    CHECK_I64(SQLITE_OK, sqlite3_open(":memory:", &backup));
    copy_database(file, backup);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, rename_first, &shop));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    copy_database(backup, file);
    sqlite3_close(file);
    sqlite3_close(backup);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    CHECK_TEXT("as it was made", first_name(w, &shop));
    world_close(w);
}

static enum err set_price(struct ctx *c, void *arg)
{
    const struct shelf_shop *s = arg;
    return price_put(c, &(struct price){c->merchant_id, s->ids[1], T("EUR"), 1, 4321});
}

TEST_BOTH(kept, what_another_node_writes_is_seen_by_the_next_unit)
{
    struct shelf_shop shop;
    struct visit v = {&shop, 0};
    struct store *node = NULL;
    struct store_options options = {.schema = w->schema[0] ? w->schema : NULL, .is_fast = true};
    if (w->engine == DB_SQLITE) return; /* one process has the file */
    shop_open(w, &shop);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    struct ctx other = {.arena = w->ctx.arena, .source = w->ctx.source};
    CHECK_OK(&other, store_open(&other, text_of(w->address), options, &node));
    other.merchant_id = w->ctx.merchant_id;
    CHECK_OK(&other, db_tx(&other, set_price, &shop));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, look, &v));
    store_close(node);
}

/* --- everything at random -------------------------------------------------------------------- */

struct turn {
    const struct shelf_shop *shop;
    uint64_t dice;
};

static uint64_t roll(struct turn *t, uint64_t sides)
{
    t->dice = t->dice * 6364136223846793005u + 1442695040888963407u;
    return (t->dice >> 33) % sides;
}

/* Deleted before, or there: then it stays as it is. */
static enum err state_again(struct ctx *c, const struct shelf_shop *s, size_t i)
{
    struct list there;
    TRY(order_states_of(c, &s->ids[i], 1, &there));
    return there.count ? OK : state_put(c, s, i);
}

static enum err write_something(struct ctx *c, struct turn *t)
{
    const struct shelf_shop *s = t->shop;
    size_t i = (size_t)roll(t, PRODUCTS - 1);
    struct product p =
        product_named(c, s, i, text_printf(c->arena, "name %llu", (unsigned long long)roll(t, 99)));
    struct price price = {c->merchant_id, s->ids[i], T("EUR"), 1 + (int64_t)roll(t, 3),
                          (int64_t)roll(t, 9999)};
    struct kit_part part = {c->merchant_id, s->ids[i], s->ids[PRODUCTS - 1],
                            1 + (int64_t)roll(t, 9)};
    switch (roll(t, 8)) {
    case 5: return state_progress(c, s, i, (int64_t)roll(t, 3));
    case 6: return db_exec(c, &Q_draft_state_drop, ARGS(I64(c->merchant_id), I64(s->ids[i])), NULL);
    case 7: return state_again(c, s, i);
    case 0: return product_update(c, &p);
    case 1: return price_put(c, &price);
    case 2: return kit_part_put(c, &part);
    case 3: return kit_parts_clear(c, s->ids[i]);
    default: return compare_all(c, s);
    }
}

static enum err some_steps(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    for (uint64_t n = roll(t, 4); n > 0; n--) {
        TRY(write_something(c, t));
        TRY(db_flush(c));
    }
    return compare_all(c, t->shop);
}

static enum err random_unit(struct ctx *c, void *arg)
{
    struct turn *t = arg;
    if (roll(t, 3) == 0) TRY(db_trial(c, some_steps, t));
    TRY(some_steps(c, t));
    return roll(t, 4) == 0 ? fail(c, ERR_CONFLICT, "test", "on purpose") : OK;
}

static void some_units(struct world *w, struct turn *t)
{
    struct ctx *c = &w->ctx;
    bool is_group = roll(t, 3) == 0;
    if (is_group) CHECK_OK(c, db_group_begin(c));
    for (uint64_t n = 1 + roll(t, 3); n > 0; n--) {
        enum err e = roll(t, 4) == 0 ? db_preview(c, random_unit, t) : db_tx(c, random_unit, t);
        if (e != OK) CHECK_TEXT("test", text_of(c->fault.reason));
    }
    if (is_group) CHECK_OK(c, db_group_end(c));
    if (w->engine != DB_SQLITE || roll(t, 4)) return;
    char sql[200];
    snprintf(
        sql, sizeof sql,
        "UPDATE product SET name = 'outside %d'; UPDATE price SET unit_minor = %d; DELETE FROM "
        "kit_part; UPDATE order_state SET holds = %d",
        (int)roll(t, 99), (int)roll(t, 9999), (int)roll(t, 5));
    write_from_outside(w, sql);
}

TEST_BOTH(kept, at_random_it_is_always_what_the_database_says)
{
    struct shelf_shop shop;
    struct turn t = {&shop, 7};
    shop_open(w, &shop);
    for (int i = 0; i < (w->engine == DB_SQLITE ? 150 : 25); i++) some_units(w, &t);
}

/* --- memory ---------------------------------------------------------------------------------- */

struct strangers {
    int64_t first;
    size_t most_bytes;
};

/* SKUs that nobody has, thousands at once: a shop's typing errors of years. */
static enum err ask_for_strangers(struct ctx *c, void *arg)
{
    struct strangers *s = arg;
    struct list rows;
    struct text *skus = arena_new(c->arena, struct text, KEPT_KEYS_MAX);
    for (size_t i = 0; i < KEPT_KEYS_MAX; i++)
        skus[i] = text_printf(c->arena, "NOBODY-%09lld", (long long)s->first++);
    TRY(products_by_sku_of(c, OWNER_ANY, skus, KEPT_KEYS_MAX, &rows));
    CHECK_I64(0, (int64_t)rows.count);
    if (kept_bytes(c->db->kept) > s->most_bytes) s->most_bytes = kept_bytes(c->db->kept);
    return OK;
}

TEST(kept, memory_is_bounded)
{
    struct world at, *w = &at;
    struct shelf_shop shop;
    struct strangers s = {0};
    if (!world_open(w, DB_SQLITE)) return;
    shop_open(w, &shop);
    for (int i = 0; i < 40; i++) {
        struct arena_mark mark = arena_mark(w->ctx.arena);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_for_strangers, &s));
        arena_rewind(w->ctx.arena, mark);
    }
    CHECK(s.most_bytes > KEPT_BYTES_MAX);
    CHECK(s.most_bytes < KEPT_BYTES_MAX + KEPT_KEYS_MAX * 512);
    world_close(w);
}
