#include "domain/catalog/substitute.h"

#include "queries.h"
#include "store/db.h"

static const char *const prices[] = {"lower", "original", "substitute"};
static const char *const otherwises[] = {"backorder", "cancel"};
const struct words substitute_price_words = WORDS("substitute_price", prices);
const struct words substitute_otherwise_words = WORDS("substitute_otherwise", otherwises);

static const struct field table[] = {
    FIELD(struct substitute, merchant_id),
    FIELD_ID(struct substitute, product_id, "product_id", "prd"),
    FIELD_ID(struct substitute, substitute_id, "substitute_id", "prd"),
    FIELD(struct substitute, rank),
    FIELD(struct substitute, replaced),
    FIELD(struct substitute, units),
    FIELD_ENUM(struct substitute, price, substitute_price_words),
    FIELD_ENUM(struct substitute, otherwise, substitute_otherwise_words),
    FIELD(struct substitute, answer_hours),
    FIELD_DAY(struct substitute, from_day, "from_date"),
    FIELD_DAY(struct substitute, until_day, "until_date"),
    FIELD(struct substitute, is_active),
};
const struct fields substitute_fields = FIELDS("substitute_row", struct substitute, table);

enum err substitute_put(struct ctx *c, const struct substitute *s)
{
    return db_put_record(c, &Q_substitute_put, &substitute_fields, s);
}

enum err substitute_remove(struct ctx *c, int64_t product_id, int64_t substitute_id,
                           bool *was_there)
{
    int64_t changed;
    TRY(db_exec(c, &Q_substitute_remove,
                ARGS(I64(c->merchant_id), I64(product_id), I64(substitute_id)), &changed));
    *was_there = changed == 1;
    return OK;
}

enum err substitutes_all(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_substitutes_all, ARGS(I64(c->merchant_id)), &substitute_fields, out);
}

enum err substitutes_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_substitutes_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &substitute_fields, out);
}

enum err substitutes_by(struct ctx *c, const int64_t *substitute_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_substitutes_by, ARGS(I64(c->merchant_id), I64S(substitute_ids, n)),
                   &substitute_fields, out);
}

bool substitute_holds(const struct substitute *s, int64_t day)
{
    return s->is_active && (s->from_day == NONE || s->from_day <= day) &&
           (s->until_day == NONE || s->until_day >= day);
}

bool substitutes_circle(struct arena *a, const struct list *all, int64_t product_id,
                        int64_t substitute_id)
{
    const struct substitute *at = all->at;
    bool *is_reached = arena_new(a, bool, all->count + 1);
    int64_t *open = arena_new(a, int64_t, all->count + 1);
    size_t n = 0;
    open[n++] = substitute_id;
    while (n) {
        int64_t product = open[--n];
        if (product == product_id) return true;
        for (size_t i = 0; i < all->count; i++) {
            if (is_reached[i] || at[i].product_id != product) continue;
            is_reached[i] = true;
            open[n++] = at[i].substitute_id;
        }
    }
    return false;
}

int64_t substitute_covers(const struct substitute *s, int64_t missing, int64_t free_units)
{
    int64_t times = missing / s->replaced, can = free_units / s->units;
    if (can < times) times = can;
    return times > 0 ? times * s->replaced : 0;
}

int64_t substitute_cost(const struct substitute *s, int64_t original_minor, int64_t list_minor)
{
    switch ((enum substitute_price)s->price) {
    case SUBSTITUTE_PRICE_ORIGINAL: return original_minor;
    case SUBSTITUTE_PRICE_OWN: return list_minor;
    case SUBSTITUTE_PRICE_LOWER: break;
    }
    return list_minor == NONE || original_minor < list_minor ? original_minor : list_minor;
}
