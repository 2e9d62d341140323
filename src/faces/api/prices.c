#include "faces/api/prices.h"

#include "wire/json.h"

static const struct field price_view_table[] = {
    FIELD(struct price_view, from_quantity, .flags = F_NULL, .min = 1, .max = 1000000000,
          .about = "the price counts from this quantity on; 1 when absent"),
    FIELD(struct price_view, unit_price, .flags = F_REQUIRED, .min = 0, .max = JSON_NUMBER_MAX,
          .about = "of one unit"),
};
const struct fields price_view_fields = FIELDS("price", struct price_view, price_view_table);

struct list prices_view(struct ctx *c, const struct list *prices, int64_t product_id)
{
    struct list own = LIST_RUN(prices, struct price, product_id, product_id);
    const struct price *at = own.at;
    struct price_view *views = arena_new(c->arena, struct price_view, own.count + 1);
    for (size_t i = 0; i < own.count; i++)
        views[i] = (struct price_view){
            at[i].from_quantity, money(at[i].unit_minor, text_cstr(c->arena, at[i].currency))};
    return (struct list){views, own.count};
}

static int64_t from_of(const struct price_view *v)
{
    return v->from_quantity == NONE ? 1 : v->from_quantity;
}

enum err prices_put(struct ctx *c, int64_t product_id, const struct list *views)
{
    const struct price_view *at = views->at;
    for (size_t i = 0; i < views->count; i++) {
        for (size_t j = 0; j < i; j++)
            if (from_of(&at[j]) == from_of(&at[i]) &&
                text_is(text_of(at[j].unit_price.currency), at[i].unit_price.currency)) {
                enum err e = fail(c, ERR_INVALID, "given_twice", "two prices from %lld on",
                                  (long long)from_of(&at[i]));
                return fail_under(c, e, "prices[%zu]", i);
            }
        struct price row = {c->merchant_id, product_id, text_of(at[i].unit_price.currency),
                            from_of(&at[i]), at[i].unit_price.minor};
        TRY(price_put(c, &row));
    }
    return OK;
}
