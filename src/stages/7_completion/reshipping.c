/* stages/7_completion/reshipping.c: what was lost, broken or wrong is sent again: a new order of
 * the chosen lines at no price, with the services done to them, promised like any other. */
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/stock.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "stages/7_completion/case_resolving.h"

#include <stdio.h>

struct reship {
    struct order order;
    struct order_line *lines;
    size_t count, capacity;
    struct list stock, sites; /* struct availability, struct site */
    struct demand *demands;
    size_t demand_count, demand_capacity;
};

static struct order_line *add_line(struct ctx *c, struct reship *s, const struct order_line *from,
                                   int64_t quantity, int64_t parent)
{
    struct order_line *l = arena_push(c->arena, s->lines, s->count, s->capacity);
    *l = (struct order_line){.merchant_id = c->merchant_id,
                             .order_id = s->order.order_id,
                             .line_no = (int64_t)s->count,
                             .kind = from->kind == LINE_SERVICE ? LINE_SERVICE : LINE_GOODS,
                             .product_id = from->product_id,
                             .parent_line = parent,
                             .quantity = quantity,
                             .list_minor = NONE,
                             .wording = from->wording};
    return l;
}

static enum err choose_lines(struct ctx *c, const struct case_resolving *r, struct reship *s)
{
    const struct case_line *wanted = r->answer->lines.at;
    const struct order_line *all = r->lines.at;
    char field[40];
    for (size_t i = 0; i < r->answer->lines.count; i++) {
        const struct order_line *l = case_line_find(r, wanted[i].line_no);
        if (!l || !line_is_physical(l)) {
            snprintf(field, sizeof field, "lines[%zu].line_no", i);
            return fail_at(c, ERR_NOT_FOUND, "line_not_found", field,
                           "the order has no goods in line %lld", (long long)wanted[i].line_no);
        }
        if (wanted[i].quantity < 1 || wanted[i].quantity > l->quantity) {
            snprintf(field, sizeof field, "lines[%zu].quantity", i);
            return fail_at(c, ERR_CONFLICT, "quantity_too_large", field,
                           "line %lld is of %lld units", (long long)l->line_no,
                           (long long)l->quantity);
        }
        int64_t parent = add_line(c, s, l, wanted[i].quantity, NONE)->line_no;
        for (size_t k = 0; k < r->lines.count; k++) {
            if (all[k].kind != LINE_SERVICE || all[k].parent_line != l->line_no) continue;
            bool is_each = all[k].quantity == l->quantity;
            add_line(c, s, &all[k], is_each ? wanted[i].quantity : all[k].quantity, parent);
        }
    }
    return OK;
}

static void copy_order(struct ctx *c, const struct case_resolving *r, struct reship *s)
{
    const struct order *from = &r->order;
    struct text once = id_text(c->arena, "cas", r->concern.case_id);
    s->order = (struct order){
        .merchant_id = c->merchant_id,
        .order_id = source_id(c->source),
        .owner_id = from->owner_id,
        .channel = CHANNEL_OTHER,
        .reference = text_printf(c->arena, "reship-%.*s", TEXT_ARG(once)),
        .customer_id = from->customer_id,
        .customer_name = from->customer_name,
        .customer_email = from->customer_email,
        .customer_phone = from->customer_phone,
        .ship_to_id = from->ship_to_id,
        .bill_to_id = from->bill_to_id,
        .currency = from->currency,
        .method = from->method,
        .payment_method = PAY_ON_ACCOUNT,
        .wish_day = NONE,
        .note = text_printf(c->arena, "sent again for order %lld", (long long)from->number),
        .placed_us = c->now_us,
        .created_us = c->now_us};
    s->order.likeness = s->order.order_id; /* it is meant to look like the first one */
}

static int64_t *units_at(const struct reship *s, int64_t product_id, int64_t site_id)
{
    struct availability *at = s->stock.at;
    for (size_t i = 0; i < s->stock.count; i++)
        if (at[i].product_id == product_id && at[i].site_id == site_id) return &at[i].sellable;
    return NULL;
}

/* Set aside what a site has of the lines; returns how many units. `is_trial` gives them back. */
static int64_t take_from(struct ctx *c, struct reship *s, int64_t site_id, int64_t *left,
                         bool is_trial)
{
    int64_t taken = 0;
    int64_t *shares = arena_new(c->arena, int64_t, s->count);
    for (size_t l = 0; l < s->count; l++) {
        int64_t *units = units_at(s, s->lines[l].product_id, site_id);
        if (!line_is_physical(&s->lines[l]) || !units || *units <= 0) continue;
        shares[l] = *units < left[l] ? *units : left[l];
        *units -= shares[l];
        taken += shares[l];
    }
    for (size_t l = 0; l < s->count; l++) {
        if (!shares[l]) continue;
        if (is_trial) {
            *units_at(s, s->lines[l].product_id, site_id) += shares[l];
            continue;
        }
        left[l] -= shares[l];
        *arena_push(c->arena, s->demands, s->demand_count, s->demand_capacity) =
            (struct demand){.order_id = s->order.order_id,
                            .line_no = s->lines[l].line_no,
                            .product_id = s->lines[l].product_id,
                            .site_id = site_id,
                            .quantity = shares[l],
                            .promised_day = NONE};
    }
    return taken;
}

/* From the first site that has all of it; otherwise from the sites in their order. */
static enum err source(struct ctx *c, struct reship *s, int64_t *short_of)
{
    int64_t *ids = arena_new(c->arena, int64_t, s->count + 1);
    int64_t *left = arena_new(c->arena, int64_t, s->count + 1);
    int64_t units = 0;
    size_t n = 0;
    for (size_t l = 0; l < s->count; l++) {
        if (!line_is_physical(&s->lines[l])) continue;
        ids[n++] = s->lines[l].product_id;
        left[l] = s->lines[l].quantity;
        units += left[l];
    }
    sort_i64(ids, n);
    TRY(availability_of(c, ids, unique_i64(ids, n), &s->stock));
    TRY(site_list(c, &s->sites));
    struct availability *stock = s->stock.at;
    for (size_t i = 0; i < s->stock.count; i++)
        stock[i].sellable = stock[i].is_closed ? 0 : availability_left(&stock[i]);
    const struct site *sites = s->sites.at;
    size_t first = s->sites.count;
    for (size_t i = s->sites.count; i-- > 0;)
        if (take_from(c, s, sites[i].site_id, left, true) == units) first = i;
    if (first < s->sites.count)
        units -= take_from(c, s, sites[first].site_id, left, false);
    else
        for (size_t i = 0; i < s->sites.count; i++)
            units -= take_from(c, s, sites[i].site_id, left, false);
    *short_of = units;
    return OK;
}

static enum err promise(struct ctx *c, struct reship *s)
{
    TRY(stock_promise(c, s->demands, s->demand_count));
    for (size_t i = 0; i < s->demand_count; i++) {
        const struct demand *d = &s->demands[i];
        if (!d->is_promised)
            return fail(c, ERR_BUSY, "raced", "stock was promised to another order meanwhile");
        TRY(order_progress(c, d->order_id, d->line_no,
                           (struct progress){.allocated = d->quantity}));
    }
    return OK;
}

static enum err tell_stock(struct ctx *c, const struct reship *s, int64_t short_of)
{
    struct merchant merchant;
    int64_t order_id = s->order.order_id, promised = 0, hold_id;
    for (size_t i = 0; i < s->demand_count; i++) promised += s->demands[i].quantity;
    if (promised)
        TRY(event_put(c, EVENT_ORDER_ALLOCATED, order_id, NONE, EVENT_BODY(.quantity = promised)));
    if (!short_of) return OK;
    TRY(event_put(c, EVENT_ORDER_SHORT, order_id, NONE, EVENT_BODY(.quantity = short_of)));
    TRY(merchant_get(c, &merchant));
    if (merchant.stock_policy != STOCK_HOLD) return OK;
    struct text note = text_printf(c->arena, "%lld units are not there", (long long)short_of);
    TRY(hold_put(c, order_id, HOLD_STOCK, note, 0, NONE, &hold_id));
    return event_put(c, EVENT_ORDER_HELD, order_id, hold_id,
                     EVENT_BODY(.word = T("stock"), .note = note));
}

enum err case_reship(struct ctx *c, const struct case_resolving *r, struct case_outcome *out)
{
    struct reship s = {0};
    copy_order(c, r, &s);
    TRY(choose_lines(c, r, &s));
    TRY(source(c, &s, &out->short_of));
    TRY(order_numbers(c, 1, &s.order.number));
    TRY(order_insert(c, &s.order, s.lines, s.count, COMMERCIAL_PLACED));
    TRY(promise(c, &s));
    TRY(event_first(c, EVENT_ORDER_PLACED, s.order.order_id,
                    EVENT_BODY(.amount_minor = 0,
                               .word = text_of(word_of(&channel_words, s.order.channel)),
                               .other_id = s.order.customer_id)));
    TRY(tell_stock(c, &s, out->short_of));
    out->reship_order_id = s.order.order_id;
    out->reship_number = s.order.number;
    return OK;
}
