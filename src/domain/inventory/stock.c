#include "domain/inventory/stock.h"

#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "store/db.h"

static const char *const reasons[] = {"receipt",  "opening", "pick",        "pack",      "ship",
                                      "put_back", "move",    "count",       "damaged",   "lost",
                                      "found",    "return",  "unpack",      "condition", "expired",
                                      "stolen",   "used",    "to_supplier", "new_owner"};
static const char *const conditions[] = {"sellable", "damaged", "quarantined", "inbound",
                                         "expired"};
const struct words stock_reason_words = WORDS("stock_reason", reasons);
const struct words stock_condition_words = WORDS("stock_condition", conditions);

static const struct field stock_table[] = {
    FIELD_ID(struct stock, product_id, "product_id", "prd"),
    FIELD_ID(struct stock, place_id, "bin_id", "bin"),
    FIELD(struct stock, lot),
    FIELD_ENUM(struct stock, condition, stock_condition_words),
    FIELD_ID(struct stock, site_id, "site_id", "sit"),
    FIELD(struct stock, on_hand),
    FIELD(struct stock, allotted),
    FIELD_DAY(struct stock, expiry_day, "expiry_date"),
    FIELD_DAY(struct stock, sells_until_day, "sells_until_date"),
};
const struct fields stock_fields = FIELDS("stock_cell", struct stock, stock_table);

static const struct field entry_table[] = {
    FIELD(struct stock_entry, merchant_id),
    FIELD_ID(struct stock_entry, entry_id, "id", "ste"),
    FIELD_ID(struct stock_entry, product_id, "product_id", "prd"),
    FIELD_ID(struct stock_entry, from_place, "from_place", "plc"),
    FIELD_ID(struct stock_entry, to_place, "to_place", "plc"),
    FIELD(struct stock_entry, quantity),
    FIELD(struct stock_entry, lot),
    FIELD_ENUM(struct stock_entry, reason, stock_reason_words),
    FIELD_ID(struct stock_entry, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD_ID(struct stock_entry, subject_id, "subject_id", "id", .flags = F_NULL),
    FIELD_INSTANT(struct stock_entry, at_us, "at"),
    FIELD(struct stock_entry, actor_id),
    FIELD(struct stock_entry, command_id),
    FIELD_ENUM(struct stock_entry, from_condition, stock_condition_words),
    FIELD_ENUM(struct stock_entry, to_condition, stock_condition_words),
};
const struct fields stock_entry_fields = FIELDS("stock_entry", struct stock_entry, entry_table);

static const struct field availability_table[] = {
    FIELD_ID(struct availability, product_id, "product_id", "prd"),
    FIELD_ID(struct availability, site_id, "site_id", "sit"),
    FIELD(struct availability, sellable),
    FIELD(struct availability, promised),
    FIELD(struct availability, safety),
    FIELD(struct availability, is_closed),
    FIELD(struct availability, earmarked),
};
const struct fields availability_fields =
    FIELDS("availability", struct availability, availability_table);

static const struct field promise_table[] = {
    FIELD(struct promise, merchant_id),
    FIELD_ID(struct promise, order_id, "order_id", "ord"),
    FIELD(struct promise, line_no),
    FIELD_ID(struct promise, site_id, "site_id", "sit"),
    FIELD_ID(struct promise, product_id, "product_id", "prd"),
    FIELD(struct promise, quantity),
    FIELD(struct promise, consumed),
    FIELD(struct promise, released),
    FIELD_DAY(struct promise, promised_day, "promised_date"),
};
const struct fields promise_fields = FIELDS("promise", struct promise, promise_table);

bool stock_is_over(const struct ctx *c, const struct stock *cell)
{
    return cell->sells_until_day != NONE && cell->sells_until_day < day_of_us(c->now_us);
}

static struct text lot_of(struct text lot) { return lot.at ? lot : T(""); }

static enum err cell_add(struct ctx *c, int64_t product_id, struct cell cell, int64_t on_hand,
                         int64_t allotted)
{
    struct value m = I64(c->merchant_id), product = I64(product_id), place = I64(cell.place_id);
    if (cell.site_id == NONE) return OK;
    db_put_first(c, &Q_stock_cell_open);
    if (cell.condition != CONDITION_SELLABLE)
        return db_add(c, &Q_stock_other_add, 5,
                      ARGS(m, product, place, TXT(lot_of(cell.lot)), I64(cell.condition),
                           I64(on_hand), I64(allotted)));
    if (!cell.lot.len)
        return db_add(c, &Q_stock_cell_add, 3,
                      ARGS(m, product, place, I64(on_hand), I64(allotted)));
    return db_add(c, &Q_stock_lot_add, 4,
                  ARGS(m, product, place, TXT(cell.lot), I64(on_hand), I64(allotted)));
}

static enum err cell_open(struct ctx *c, int64_t product_id, struct cell cell)
{
    if (cell.site_id == NONE) return OK;
    return db_put(c, &Q_stock_cell_open,
                  ARGS(I64(c->merchant_id), I64(product_id), I64(cell.place_id),
                       TXT(lot_of(cell.lot)), I64(cell.condition), I64(cell.site_id)));
}

static enum err availability_add(struct ctx *c, int64_t product_id, int64_t site_id,
                                 int64_t sellable, int64_t promised)
{
    db_put_first(c, &Q_availability_open);
    return db_add(
        c, &Q_availability_add, 3,
        ARGS(I64(c->merchant_id), I64(product_id), I64(site_id), I64(sellable), I64(promised)));
}

enum err stock_move(struct ctx *c, int64_t product_id, struct cell from, struct cell to,
                    int64_t quantity, enum stock_reason reason, int64_t order_id,
                    int64_t subject_id)
{
    assert(quantity > 0);
    struct text lot = lot_of(from.lot.len ? from.lot : to.lot);
    struct asker by = ctx_asker(c, order_id);
    TRY(db_put(c, &Q_stock_entry_insert,
               ARGS(I64(c->merchant_id), I64(source_id(c->source)), I64(product_id),
                    I64(from.place_id), I64(to.place_id), I64(quantity), TXT(lot), I64(reason),
                    I64(order_id), I64(subject_id), I64(c->now_us), I64(by.actor_id),
                    I64(by.command_id), I64(from.condition), I64(to.condition))));
    TRY(cell_open(c, product_id, to));
    TRY(cell_add(c, product_id, from, -quantity, 0));
    return cell_add(c, product_id, to, quantity, 0);
}

/* A bin's sellable units count for its site; what is in no bin counts for none. */
static enum err count_end(struct ctx *c, int64_t product_id, struct cell cell, int64_t quantity)
{
    if (cell.site_id == NONE) return OK;
    TRY(db_put(c, &Q_availability_open,
               ARGS(I64(c->merchant_id), I64(product_id), I64(cell.site_id))));
    if (cell.condition != CONDITION_SELLABLE) return OK;
    return availability_add(c, product_id, cell.site_id, quantity, 0);
}

enum err stock_shift(struct ctx *c, int64_t product_id, struct cell from, struct cell to,
                     int64_t quantity, enum stock_reason reason, int64_t order_id,
                     int64_t subject_id)
{
    TRY(stock_move(c, product_id, from, to, quantity, reason, order_id, subject_id));
    TRY(count_end(c, product_id, from, -quantity));
    return count_end(c, product_id, to, quantity);
}

enum err stock_receive(struct ctx *c, int64_t product_id, int64_t site_id, int64_t bin_id,
                       struct text lot, int64_t quantity, enum stock_reason reason,
                       int64_t subject_id)
{
    struct cell from = {PLACE_SUPPLIER, NONE, lot}, to = {bin_id, site_id, lot};
    return stock_shift(c, product_id, from, to, quantity, reason, NONE, subject_id);
}

enum err stock_adjust(struct ctx *c, int64_t product_id, int64_t site_id, int64_t bin_id,
                      struct text lot, int64_t difference, enum stock_reason reason,
                      int64_t subject_id)
{
    return stock_correct(c, product_id, (struct cell){bin_id, site_id, lot}, difference, reason,
                         subject_id);
}

static int64_t counter_place(enum stock_reason reason)
{
    if (reason == STOCK_DAMAGED || reason == STOCK_EXPIRED) return PLACE_SCRAP;
    return reason == STOCK_TO_SUPPLIER ? PLACE_SUPPLIER : PLACE_ADJUSTMENT;
}

enum err stock_correct(struct ctx *c, int64_t product_id, struct cell bin, int64_t difference,
                       enum stock_reason reason, int64_t subject_id)
{
    struct cell other = {counter_place(reason), NONE, bin.lot};
    if (!difference) return OK;
    if (difference > 0)
        return stock_shift(c, product_id, other, bin, difference, reason, NONE, subject_id);
    return stock_shift(c, product_id, bin, other, -difference, reason, NONE, subject_id);
}

enum err stock_allot(struct ctx *c, int64_t product_id, int64_t site_id, int64_t bin_id,
                     struct text lot, int64_t difference)
{
    return cell_add(c, product_id, (struct cell){bin_id, site_id, lot}, 0, difference);
}

enum err stock_of_products(struct ctx *c, int64_t site_id, const int64_t *product_ids, size_t n,
                           struct list *cells)
{
    return db_rows(c, &Q_stock_of_products,
                   ARGS(I64(c->merchant_id), I64(site_id), I64S(product_ids, n)), &stock_fields,
                   cells);
}

enum err stock_of_place(struct ctx *c, int64_t place_id, struct list *cells)
{
    return db_rows(c, &Q_stock_of_place, ARGS(I64(c->merchant_id), I64(place_id)), &stock_fields,
                   cells);
}

enum err stock_entries_of(struct ctx *c, int64_t product_id, int64_t before_id, int64_t limit,
                          struct list *entries)
{
    return db_rows(c, &Q_stock_entries_of,
                   ARGS(I64(c->merchant_id), I64(product_id), I64(before_id), I64(limit)),
                   &stock_entry_fields, entries);
}

enum err availability_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_availability_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &availability_fields, out);
}

enum err availability_list(struct ctx *c, int64_t after_product, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_availability_list,
                   ARGS(I64(c->merchant_id), I64(after_product), I64(limit)), &availability_fields,
                   out);
}
