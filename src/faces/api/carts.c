/* faces/api/carts.c: goods are set aside for a shopper until he orders, or his time is over. */
#include "stages/1_receipt/carts.h"
#include "domain/catalog/product.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"

struct held_view {
    struct text sku, site;
    int64_t quantity;
};
static const struct field held_table[] = {
    FIELD(struct held_view, sku, .about = "of a product; a kit is held by its parts"),
    FIELD(struct held_view, site),
    FIELD(struct held_view, quantity),
};
static const struct fields held_fields = FIELDS("cart_line", struct held_view, held_table);

struct cart_view {
    int64_t cart_id;
    struct text reference;
    int32_t channel, state;
    int64_t order_id, expires_us, units, short_of;
    struct list lines;
};
static const struct field view_table[] = {
    FIELD_ID(struct cart_view, cart_id, "id", "bsk"),
    FIELD(struct cart_view, reference),
    FIELD_ENUM(struct cart_view, channel, channel_words),
    FIELD_ENUM(struct cart_view, state, cart_state_words),
    FIELD_ID(struct cart_view, order_id, "order_id", "ord", .flags = F_NULL,
             .about = "that it became"),
    FIELD_INSTANT(struct cart_view, expires_us, "expires_at",
                  .about = "until then nobody else gets the goods"),
    FIELD(struct cart_view, units, .about = "set aside"),
    FIELD(struct cart_view, short_of, .about = "units that were not there"),
    FIELD_LIST(struct cart_view, lines, held_fields, .max = 1000),
};
static const struct fields cart_view_fields = FIELDS("cart", struct cart_view, view_table);

static enum err load_lines(struct ctx *c, struct cart_view *v)
{
    struct list lines, products, sites;
    TRY(cart_lines_of(c, &v->cart_id, 1, &lines));
    const struct cart_line *at = lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++) ids[i] = at[i].product_id;
    TRY(products_of(c, ids, lines.count, &products));
    TRY(site_list(c, &sites));
    struct held_view *views = arena_new(c->arena, struct held_view, lines.count + 1);
    v->units = 0;
    for (size_t i = 0; i < lines.count; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] =
            (struct held_view){.sku = p ? p->sku : (struct text){0}, .quantity = at[i].quantity};
        for (size_t s = 0; s < sites.count; s++)
            if (((const struct site *)sites.at)[s].site_id == at[i].site_id)
                views[i].site = ((const struct site *)sites.at)[s].code;
        v->units += at[i].quantity;
    }
    v->lines = (struct list){views, lines.count};
    return OK;
}

static enum err answer(struct ctx *c, const struct cart *k, int64_t short_of, struct reply *out)
{
    struct cart_view *v = arena_new(c->arena, struct cart_view, 1);
    *v = (struct cart_view){.cart_id = k->cart_id,
                            .reference = k->reference,
                            .channel = k->channel,
                            .state = k->state,
                            .order_id = k->order_id,
                            .expires_us = k->expires_us,
                            .short_of = short_of};
    out->record = v;
    return load_lines(c, v);
}

static enum err reserve(struct ctx *c, const struct request *in, struct reply *out)
{
    struct cart_outcome made;
    TRY(cart_reserve(c, in->body, &made));
    return answer(c, &made.cart, made.short_of, out);
}

static enum err show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list carts;
    TRY(carts_of(c, in->ids, 1, &carts));
    if (!carts.count) return fail(c, ERR_NOT_FOUND, "cart_not_found", "there is no such cart");
    return answer(c, carts.at, 0, out);
}

struct extension {
    int64_t minutes;
};
static const struct field extension_table[] = {
    FIELD(struct extension, minutes, .flags = F_NULL, .min = 1, .max = CART_MINUTES_MAX,
          .about = "from now; 15. A hold is never shortened"),
};
static const struct fields extension_fields =
    FIELDS("cart_extension", struct extension, extension_table);

static enum err extend(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct extension *b = in->body;
    struct cart cart;
    TRY(cart_prolong(c, in->ids[0], b ? b->minutes : NONE, &cart));
    return answer(c, &cart, 0, out);
}

static enum err release(struct ctx *c, const struct request *in, struct reply *out)
{
    struct cart cart;
    TRY(cart_give_back(c, in->ids[0], &cart));
    return answer(c, &cart, 0, out);
}

const struct route carts_routes[] = {
    {"POST", "/v1/carts", "carts reserve", SCOPE(ORDERS_WRITE), ROUTE_WRITE | ROUTE_BY_OWNER,
     &cart_draft_fields, NULL, &cart_view_fields, reserve,
     "Set goods aside for a shopper; his own old cart is replaced in the same moment."},
    {"GET", "/v1/carts/{bsk}", "carts show", SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &cart_view_fields, show, "What a cart holds, until when, and what became of it."},
    {"POST", "/v1/carts/{bsk}/extend", "carts extend", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &extension_fields, NULL, &cart_view_fields, extend,
     "Keep the goods longer."},
    {"POST", "/v1/carts/{bsk}/release", "carts release", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, NULL, NULL, &cart_view_fields, release,
     "Give the goods back before the time is over."},
    {0},
};
