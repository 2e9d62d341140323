#include "domain/inventory/count.h"

#include "base/source.h"
#include "domain/inventory/stock.h"
#include "queries.h"
#include "store/db.h"

static const char *const states[] = {"open", "closed"};
static const char *const line_states[] = {"same", "differs", "accepted", "recount"};
const struct words count_state_words = WORDS("count_state", states);
const struct words count_line_state_words = WORDS("count_line_state", line_states);

static const struct field count_table[] = {
    FIELD(struct stock_count, merchant_id),
    FIELD_ID(struct stock_count, count_id, "id", "cnt"),
    FIELD_ID(struct stock_count, site_id, "site_id", "sit"),
    FIELD_ENUM(struct stock_count, state, count_state_words),
    FIELD(struct stock_count, is_blind),
    FIELD(struct stock_count, is_of_some),
    FIELD(struct stock_count, note),
    FIELD_INSTANT(struct stock_count, created_us, "created_at"),
    FIELD_INSTANT(struct stock_count, closed_us, "closed_at"),
};
const struct fields stock_count_fields = FIELDS("count_row", struct stock_count, count_table);

static const struct field line_table[] = {
    FIELD(struct count_line, merchant_id),
    FIELD_ID(struct count_line, count_id, "count_id", "cnt"),
    FIELD_ID(struct count_line, bin_id, "bin_id", "bin"),
    FIELD_ID(struct count_line, product_id, "product_id", "prd"),
    FIELD(struct count_line, lot),
    FIELD_ENUM(struct count_line, condition, stock_condition_words),
    FIELD_ENUM(struct count_line, state, count_line_state_words),
    FIELD(struct count_line, expected),
    FIELD(struct count_line, counted),
    FIELD_INSTANT(struct count_line, counted_us, "counted_at"),
    FIELD_ID(struct count_line, counted_by, "counted_by", "usr"),
};
const struct fields count_line_fields = FIELDS("count_line_row", struct count_line, line_table);

static const struct field bin_table[] = {
    FIELD_ID(struct count_bin, bin_id, "bin_id", "bin"),
    FIELD(struct count_bin, code),
    FIELD(struct count_bin, zone),
    FIELD_INSTANT(struct count_bin, counted_us, "counted_at"),
};
const struct fields count_bin_fields = FIELDS("count_bin", struct count_bin, bin_table);

static const struct field progress_table[] = {
    FIELD(struct count_progress, bins),  FIELD(struct count_progress, bins_left),
    FIELD(struct count_progress, lines), FIELD(struct count_progress, differ),
    FIELD(struct count_progress, again),
};
const struct fields count_progress_fields =
    FIELDS("count_progress", struct count_progress, progress_table);

static const struct field move_table[] = {
    FIELD_ID(struct count_move, product_id, "product_id", "prd"),
    FIELD_ID(struct count_move, place_id, "bin_id", "bin"),
    FIELD(struct count_move, lot),
    FIELD_ENUM(struct count_move, condition, stock_condition_words),
    FIELD_INSTANT(struct count_move, at_us, "at"),
    FIELD(struct count_move, difference),
};
static const struct fields move_fields = FIELDS("count_move", struct count_move, move_table);

static const struct field id_table[] = {FIELD(struct count_bin, bin_id)};
static const struct fields id_fields = {"count_product", id_table, 1, sizeof(int64_t)};

#define MERCHANT I64(c->merchant_id)

enum err count_insert(struct ctx *c, const struct stock_count *k)
{
    return db_put_record(c, &Q_count_insert, &stock_count_fields, k);
}

enum err count_get(struct ctx *c, int64_t count_id, bool take, struct stock_count *out)
{
    bool found;
    TRY(db_find(c, take ? &Q_count_take : &Q_count_get, ARGS(MERCHANT, I64(count_id)),
                &stock_count_fields, out, &found));
    if (found) return OK;
    return fail(c, ERR_NOT_FOUND, "count_not_found", "there is no such count");
}

enum err count_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_count_list, ARGS(MERCHANT, I64(before_id), I64(limit)),
                   &stock_count_fields, out);
}

enum err count_close_row(struct ctx *c, const struct stock_count *k)
{
    return db_put_sure(c, &Q_count_close_row, ARGS(MERCHANT, I64(k->count_id), I64(c->now_us)));
}

enum err count_bins_all(struct ctx *c, int64_t count_id, int64_t site_id)
{
    int64_t changed;
    return db_exec(c, &Q_count_bins_all, ARGS(MERCHANT, I64(count_id), I64(site_id)), &changed);
}

enum err count_bins_of_zone(struct ctx *c, int64_t count_id, int64_t site_id, struct text zone)
{
    int64_t changed;
    return db_exec(c, &Q_count_bins_of_zone, ARGS(MERCHANT, I64(count_id), I64(site_id), TXT(zone)),
                   &changed);
}

enum err count_bins_of_products(struct ctx *c, int64_t count_id, int64_t site_id,
                                const int64_t *product_ids, size_t n)
{
    int64_t changed;
    return db_exec(c, &Q_count_bins_of_products,
                   ARGS(MERCHANT, I64(count_id), I64(site_id), I64S(product_ids, n)), &changed);
}

enum err count_bin_add(struct ctx *c, int64_t count_id, int64_t bin_id)
{
    return db_put(c, &Q_count_bin_add, ARGS(MERCHANT, I64(count_id), I64(bin_id)));
}

enum err count_product_add(struct ctx *c, int64_t count_id, int64_t product_id)
{
    return db_put(c, &Q_count_product_add, ARGS(MERCHANT, I64(count_id), I64(product_id)));
}

enum err count_products(struct ctx *c, int64_t count_id, struct list *out)
{
    return db_rows(c, &Q_count_products, ARGS(MERCHANT, I64(count_id)), &id_fields, out);
}

enum err count_bin_mark(struct ctx *c, int64_t count_id, int64_t bin_id, int64_t at_us)
{
    return db_put(c, &Q_count_bin_mark, ARGS(MERCHANT, I64(count_id), I64(bin_id), I64(at_us)));
}

static enum err bins(struct ctx *c, const struct query *q, int64_t count_id, int64_t after_bin,
                     int64_t limit, struct list *out)
{
    return db_rows(c, q, ARGS(MERCHANT, I64(count_id), I64(after_bin), I64(limit)),
                   &count_bin_fields, out);
}

enum err count_bins(struct ctx *c, int64_t count_id, int64_t after_bin, int64_t limit,
                    struct list *out)
{
    return bins(c, &Q_count_bins, count_id, after_bin, limit, out);
}

enum err count_bins_left(struct ctx *c, int64_t count_id, int64_t after_bin, int64_t limit,
                         struct list *out)
{
    return bins(c, &Q_count_bins_left, count_id, after_bin, limit, out);
}

enum err count_line_put(struct ctx *c, const struct count_line *l)
{
    return db_put_record(c, &Q_count_line_put, &count_line_fields, l);
}

enum err count_lines_of_bins(struct ctx *c, int64_t count_id, const int64_t *bin_ids, size_t n,
                             struct list *out)
{
    return db_rows(c, &Q_count_lines_of_bins, ARGS(MERCHANT, I64(count_id), I64S(bin_ids, n)),
                   &count_line_fields, out);
}

enum err count_lines_in(struct ctx *c, int64_t count_id, enum count_line_state state,
                        int64_t after_bin, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_count_lines_in,
                   ARGS(MERCHANT, I64(count_id), I64(state), I64(after_bin), I64(limit)),
                   &count_line_fields, out);
}

enum err count_progress_of(struct ctx *c, int64_t count_id, struct count_progress *out)
{
    return db_one(c, &Q_count_progress, ARGS(MERCHANT, I64(count_id)), &count_progress_fields, out);
}

enum err count_moves_since(struct ctx *c, int64_t since_us, const int64_t *bin_ids, size_t n,
                           struct list *out)
{
    return db_rows(c, &Q_count_moves_since,
                   ARGS(MERCHANT, I64(id_at_us(since_us)), I64S(bin_ids, n)), &move_fields, out);
}
