#include "domain/inventory/cart.h"

#include "queries.h"
#include "store/db.h"

static const char *const states[] = {"live", "ordered", "expired", "given_back", "replaced"};
const struct words cart_state_words = WORDS("cart_state", states);

static const struct field cart_table[] = {
    FIELD_ID(struct cart, cart_id, "id", "bsk"),
    FIELD(struct cart, reference),
    FIELD(struct cart, channel),
    FIELD_ENUM(struct cart, state, cart_state_words),
    FIELD_ID(struct cart, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD_INSTANT(struct cart, expires_us, "expires_at"),
    FIELD_INSTANT(struct cart, created_us, "created_at"),
    FIELD(struct cart, owner_id),
};
const struct fields cart_fields = FIELDS("cart_row", struct cart, cart_table);

static const struct field line_table[] = {
    FIELD_ID(struct cart_line, cart_id, "cart_id", "bsk"),
    FIELD_ID(struct cart_line, product_id, "product_id", "prd"),
    FIELD_ID(struct cart_line, site_id, "site_id", "sit"),
    FIELD(struct cart_line, quantity),
};
const struct fields cart_line_fields = FIELDS("cart_line_row", struct cart_line, line_table);

enum err cart_insert(struct ctx *c, const struct cart *k, const struct demand *demands, size_t n)
{
    struct value m = I64(c->merchant_id), id = I64(k->cart_id);
    TRY(db_put(c, &Q_cart_insert,
               ARGS(m, id, TXT(k->reference), I64(k->channel), I64(k->expires_us),
                    I64(k->created_us), I64(k->owner_id))));
    for (size_t i = 0; i < n; i++)
        TRY(db_put(c, &Q_cart_line_insert,
                   ARGS(m, id, I64(demands[i].product_id), I64(demands[i].site_id),
                        I64(demands[i].quantity))));
    return OK;
}

enum err cart_find(struct ctx *c, int64_t owner_id, struct text reference, struct cart *out,
                   bool *found)
{
    return db_find(c, &Q_cart_by_reference,
                   ARGS(I64(c->merchant_id), TXT(reference), I64(owner_id)), &cart_fields, out,
                   found);
}

enum err carts_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_carts_of, ARGS(I64(c->merchant_id), I64S(ids, n)), &cart_fields, out);
}

enum err cart_lines_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_cart_lines_of, ARGS(I64(c->merchant_id), I64S(ids, n)), &cart_line_fields,
                   out);
}

/* Exactly one row, or somebody else ended the cart. */
static enum err take(struct ctx *c, const struct query *q, const struct value *row)
{
    bool took = false;
    TRY(db_each(c, q, row, 1, &took, NULL));
    return took ? OK : fail(c, ERR_BUSY, "raced", "the cart was ended by somebody else meanwhile");
}

enum err cart_end(struct ctx *c, const struct cart *k, const struct list *lines,
                  enum cart_state state, int64_t order_id)
{
    const struct cart_line *at = lines->at;
    TRY(take(c, &Q_cart_end,
             VALUES(I64(c->merchant_id), I64(k->cart_id), I64(state), I64(order_id))));
    for (size_t i = 0; i < lines->count; i++)
        if (at[i].cart_id == k->cart_id)
            TRY(availability_give(c, at[i].product_id, at[i].site_id, at[i].quantity));
    return OK;
}

enum err cart_extend(struct ctx *c, const struct cart *k, int64_t expires_us)
{
    return take(c, &Q_cart_extend, VALUES(I64(c->merchant_id), I64(k->cart_id), I64(expires_us)));
}
