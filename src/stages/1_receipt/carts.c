#include "stages/1_receipt/carts.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "store/db.h"

static const struct field want_table[] = {
    FIELD(struct cart_want, sku, .flags = F_REQUIRED, .max = 64, .about = "of a product or kit"),
    FIELD(struct cart_want, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units"),
};
static const struct fields cart_want_fields = FIELDS("cart_want", struct cart_want, want_table);

static const struct field draft_table[] = {
    FIELD(struct cart_draft, reference, .flags = F_REQUIRED, .max = 100,
          .about = "of the shopper; a new cart takes over what his old one holds"),
    FIELD_ENUM(struct cart_draft, channel, channel_words, .about = "where the shopper is"),
    FIELD(struct cart_draft, minutes, .flags = F_NULL, .min = 1, .max = CART_MINUTES_MAX,
          .about = "the goods are kept so long; 15"),
    FIELD(struct cart_draft, is_partial, .about = "take what is there; else all of it or nothing"),
    FIELD_LIST(struct cart_draft, lines, cart_want_fields, .flags = F_REQUIRED,
               .max = CART_LINES_MAX, .about = "all that the cart is to hold"),
};
const struct fields cart_draft_fields = FIELDS("new_cart", struct cart_draft, draft_table);

/* --- what is wanted, by product -------------------------------------------------------------- */

struct wanted {
    int64_t *products, *units; /* ascending; the parts of kits, not the kits */
    size_t count;
    struct list stock, reserves, sites;
};

static enum err load_parts(struct ctx *c, const struct list *products, struct list *parts)
{
    const struct product *at = products->at;
    int64_t *kits = arena_new(c->arena, int64_t, products->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < products->count; i++)
        if (at[i].kind == PRODUCT_KIT) kits[n++] = at[i].product_id;
    *parts = (struct list){0};
    return n ? kit_parts_of(c, kits, n, parts) : OK;
}

static void add(struct wanted *w, int64_t product_id, int64_t units)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->products[i] != product_id) continue;
        w->units[i] += units;
        return;
    }
    w->products[w->count] = product_id;
    w->units[w->count++] = units;
}

static enum err load_wanted(struct ctx *c, const struct cart_draft *in, struct wanted *w)
{
    const struct cart_want *lines = in->lines.at;
    struct list products, parts;
    struct text *skus = arena_new(c->arena, struct text, in->lines.count + 1);
    for (size_t i = 0; i < in->lines.count; i++) skus[i] = lines[i].sku;
    TRY(products_by_sku_of(c, c->owner_id, skus, in->lines.count, &products));
    TRY(load_parts(c, &products, &parts));
    const struct kit_part *part = parts.at;
    w->products = arena_new(c->arena, int64_t, in->lines.count + parts.count + 1);
    w->units = arena_new(c->arena, int64_t, in->lines.count + parts.count + 1);
    for (size_t i = 0; i < in->lines.count; i++) {
        const struct product *p = product_sku_in(&products, lines[i].sku);
        if (!p || !p->is_active) {
            fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"%s",
                    TEXT_ARG(lines[i].sku), p ? " on sale" : "");
            return fail_under(c, ERR_INVALID, "lines[%zu]", i);
        }
        if (p->kind != PRODUCT_KIT) add(w, p->product_id, lines[i].quantity);
        for (size_t k = 0; k < parts.count; k++) {
            if (p->kind != PRODUCT_KIT || part[k].kit_id != p->product_id) continue;
            int64_t units;
            if (__builtin_mul_overflow(part[k].quantity, lines[i].quantity, &units) ||
                units > QUANTITY_MAX)
                return fail_at(c, ERR_INVALID, "out_of_range", "lines", "too many parts");
            add(w, part[k].part_id, units);
        }
    }
    return OK;
}

/* --- reserving ------------------------------------------------------------------------------- */

static int64_t free_at(const struct wanted *w, const struct cart_draft *in, int64_t product_id,
                       int64_t site_id)
{
    int64_t units = availability_free(&w->stock, product_id, site_id) -
                    reserve_of(&w->reserves, product_id, site_id, in->channel);
    return units > 0 ? units : 0;
}

/* Each product from the sites in their order; the order that follows decides anew. */
static size_t choose(struct ctx *c, const struct wanted *w, const struct cart_draft *in,
                     const struct cart *k, struct demand **out, int64_t *short_of)
{
    const struct site *sites = w->sites.at;
    size_t n = 0, capacity = 0;
    *out = NULL;
    for (size_t i = 0; i < w->count; i++) {
        int64_t left = w->units[i];
        for (size_t s = 0; s < w->sites.count && left; s++) {
            int64_t units = free_at(w, in, w->products[i], sites[s].site_id);
            if (units > left) units = left;
            if (!units) continue;
            *arena_push(c->arena, *out, n, capacity) = (struct demand){
                .order_id = k->cart_id,
                .product_id = w->products[i],
                .site_id = sites[s].site_id,
                .quantity = units,
                .reserve = reserve_of(&w->reserves, w->products[i], sites[s].site_id, in->channel)};
            left -= units;
        }
        *short_of += left;
    }
    return n;
}

static enum err tell_end(struct ctx *c, const struct cart *k, enum cart_state state,
                         int64_t order_id)
{
    return event_put(
        c, EVENT_CART_ENDED, order_id, k->cart_id,
        EVENT_BODY(.word = text_of(word_of(&cart_state_words, state)), .other_id = order_id));
}

static enum err end(struct ctx *c, const struct cart *k, enum cart_state state)
{
    struct list lines;
    TRY(cart_lines_of(c, &k->cart_id, 1, &lines));
    TRY(cart_end(c, k, &lines, state, NONE));
    return tell_end(c, k, state, NONE);
}

enum err cart_reserve(struct ctx *c, const struct cart_draft *in, struct cart_outcome *out)
{
    struct wanted w = {0};
    struct demand *demands;
    struct cart old;
    int64_t minutes = in->minutes == NONE ? CART_MINUTES_DEFAULT : in->minutes;
    *out = (struct cart_outcome){.cart = {.cart_id = source_id(c->source),
                                          .owner_id = c->owner_id,
                                          .reference = in->reference,
                                          .channel = in->channel,
                                          .order_id = NONE,
                                          .expires_us = c->now_us + minutes * MINUTE_US,
                                          .created_us = c->now_us}};
    if (!in->lines.count)
        return fail_at(c, ERR_INVALID, "required", "lines", "what is to be kept?");
    TRY(load_wanted(c, in, &w));
    TRY(cart_find(c, c->owner_id, in->reference, &old, &out->is_replacing));
    if (out->is_replacing) TRY(end(c, &old, CART_REPLACED));
    TRY(site_list(c, &w.sites));
    TRY(reserves_of(c, w.products, w.count, &w.reserves));
    TRY(availability_of(c, w.products, w.count, &w.stock));
    size_t n = choose(c, &w, in, &out->cart, &demands, &out->short_of);
    if (out->short_of && !in->is_partial) {
        fail_at(c, ERR_CONFLICT, "insufficient_stock", "lines", "%lld units are not there",
                (long long)out->short_of);
        return hint(c, "ask for less, or for what is there with is_partial");
    }
    TRY(availability_take(c, demands, n));
    for (size_t i = 0; i < n; i++) {
        if (!demands[i].is_promised)
            return fail(c, ERR_BUSY, "raced", "stock was promised to somebody else meanwhile");
        out->units += demands[i].quantity;
    }
    TRY(cart_insert(c, &out->cart, demands, n));
    TRY(job_put(c, JOB_CART, out->cart.cart_id, out->cart.expires_us));
    return event_put(c, EVENT_CART_RESERVED, NONE, out->cart.cart_id,
                     EVENT_BODY(.quantity = out->units, .note = in->reference));
}

static enum err get_live(struct ctx *c, int64_t cart_id, struct cart *out)
{
    struct list carts;
    TRY(carts_of(c, &cart_id, 1, &carts));
    if (!carts.count) return fail(c, ERR_NOT_FOUND, "cart_not_found", "there is no such cart");
    *out = *(const struct cart *)carts.at;
    if (out->state == CART_LIVE && out->expires_us > c->now_us) return OK;
    fail(c, ERR_CONFLICT, "cart_ended", "the cart is %s",
         out->state == CART_LIVE ? "over its time" : word_of(&cart_state_words, out->state));
    return hint(c, "reserve anew: POST /v1/carts");
}

enum err cart_prolong(struct ctx *c, int64_t cart_id, int64_t minutes, struct cart *out)
{
    TRY(get_live(c, cart_id, out));
    int64_t until_us = c->now_us + (minutes == NONE ? CART_MINUTES_DEFAULT : minutes) * MINUTE_US;
    if (until_us <= out->expires_us) return OK; /* a hold is never shortened */
    out->expires_us = until_us;
    return cart_extend(c, out, until_us);
}

enum err cart_give_back(struct ctx *c, int64_t cart_id, struct cart *out)
{
    TRY(get_live(c, cart_id, out));
    out->state = CART_GIVEN_BACK;
    return end(c, out, CART_GIVEN_BACK);
}

/* --- its time is over ------------------------------------------------------------------------ */

struct due {
    const struct job *jobs;
    size_t count;
};

static enum err expire_in_tx(struct ctx *c, void *arg)
{
    const struct due *d = arg;
    struct list carts, lines;
    int64_t *ids = arena_new(c->arena, int64_t, d->count + 1);
    for (size_t i = 0; i < d->count; i++) ids[i] = d->jobs[i].subject_id;
    sort_i64(ids, d->count);
    size_t n = unique_i64(ids, d->count);
    TRY(carts_of(c, ids, n, &carts));
    TRY(cart_lines_of(c, ids, n, &lines));
    const struct cart *at = carts.at;
    for (size_t i = 0; i < carts.count; i++) {
        if (at[i].state != CART_LIVE) continue;
        if (at[i].expires_us > c->now_us) {
            TRY(job_put(c, JOB_CART, at[i].cart_id, at[i].expires_us));
            continue;
        }
        TRY(cart_end(c, &at[i], &lines, CART_EXPIRED, NONE));
        TRY(tell_end(c, &at[i], CART_EXPIRED, NONE));
    }
    for (size_t i = 0; i < d->count; i++) TRY(job_done(c, &d->jobs[i]));
    return OK;
}

enum err carts_expire(struct ctx *c, const struct job *jobs, size_t count)
{
    return db_tx(c, expire_in_tx, &(struct due){jobs, count});
}

/* --- for placing orders ---------------------------------------------------------------------- */

static const struct cart *cart_of(const struct known *k, const struct candidate *o)
{
    const struct cart *at = k->carts.at;
    for (size_t i = 0; o->draft->cart_id > 0 && i < k->carts.count; i++)
        if (at[i].cart_id == o->draft->cart_id) return &at[i];
    return NULL;
}

/* A cart becomes one order: the second who completes it hears of the first. */
static enum err check_cart(struct ctx *c, const struct known *k, const struct candidate *all,
                           size_t i)
{
    const struct cart *cart = cart_of(k, &all[i]);
    int64_t order_id = cart ? cart->order_id : NONE;
    if (!cart || cart->owner_id != all[i].order.owner_id)
        return fail_at(c, ERR_INVALID, "cart_not_found", "cart_id", "there is no such cart");
    for (size_t j = 0; j < i && order_id == NONE; j++)
        if (all[j].draft->cart_id == all[i].draft->cart_id && !all[j].draft->is_draft)
            order_id = all[j].order.order_id;
    if (order_id == NONE) return OK;
    struct text id = id_text(c->arena, "ord", order_id);
    fail_at(c, ERR_CONFLICT, "cart_ordered", "cart_id", "the cart became order %.*s already",
            TEXT_ARG(id));
    return hint(c, "see GET /v1/orders/%.*s", TEXT_ARG(id));
}

enum err carts_load(struct ctx *c, struct known *k, const struct candidate *all, size_t n,
                    const size_t *index, struct outcome *outcomes)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i].draft->cart_id > 0) ids[count++] = all[i].draft->cart_id;
    if (!count) return OK;
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    TRY(carts_of(c, ids, count, &k->carts));
    TRY(cart_lines_of(c, ids, count, &k->cart_lines));
    for (size_t i = 0; i < n; i++) {
        if (all[i].draft->cart_id <= 0) continue;
        enum err e = check_cart(c, k, all, i);
        if (e == OK) continue;
        outcomes[index[i]].fault = c->fault;
        outcomes[index[i]].fault.code = e;
        c->fault = (struct fault){0};
    }
    return OK;
}

void cart_lend(struct known *k, const struct candidate *o, bool is_back)
{
    const struct cart *cart = cart_of(k, o);
    const struct cart_line *at = k->cart_lines.at;
    if (!cart || cart->state != CART_LIVE) return;
    for (size_t i = 0; i < k->cart_lines.count; i++) {
        if (at[i].cart_id != cart->cart_id) continue;
        struct availability *cell = availability_find(&k->stock, at[i].product_id, at[i].site_id);
        if (cell) cell->promised += is_back ? at[i].quantity : -at[i].quantity;
    }
}

enum err cart_to_order(struct ctx *c, const struct known *k, const struct candidate *o)
{
    const struct cart *cart = cart_of(k, o);
    if (!cart || cart->state != CART_LIVE) return OK;
    TRY(cart_end(c, cart, &k->cart_lines, CART_ORDERED, o->order.order_id));
    return tell_end(c, cart, CART_ORDERED, o->order.order_id);
}
