#include "stages/1_receipt/receipt_source.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "domain/orders/sourcing.h"
#include "plan/rates.h"
#include "plan/sourcing.h"
#include "stages/1_receipt/carts.h"
#include "stages/1_receipt/receipt_ahead.h"
#include "stages/1_receipt/receipt_dates.h"
#include "stages/1_receipt/receipt_earmark.h"
#include "stages/1_receipt/receipt_refuse.h"
#include "stages/1_receipt/receipt_substitute.h"

#include <stdlib.h>

/* --- stock of imports ------------------------------------------------------------------------ */

static int64_t free_units(const struct known *k, int64_t product_id)
{
    const struct availability *at = k->stock.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->stock.count; i++)
        if (at[i].product_id == product_id) units += availability_left(&at[i]);
    return units;
}

struct need {
    int64_t product_id, quantity;
};

static int compare_needs(const void *a, const void *b)
{
    const struct need *x = a, *y = b;
    return x->product_id < y->product_id ? -1 : x->product_id > y->product_id;
}

enum err receipt_stock(struct ctx *c, struct known *k, const struct candidate *all, size_t n)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i].draft->is_stocked) count += all[i].line_count;
    if (!count || !k->sites.count) return OK;
    struct need *needs = arena_new(c->arena, struct need, count);
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; all[i].draft->is_stocked && l < all[i].line_count; l++)
            if (line_is_physical(&all[i].lines[l]))
                needs[at++] = (struct need){all[i].lines[l].product_id, all[i].lines[l].quantity};
    qsort(needs, at, sizeof *needs, compare_needs);
    const struct site *site = k->sites.at;
    struct list bins;
    TRY(bin_list(c, site->site_id, (struct text){0}, 1, &bins));
    if (!bins.count) return OK;
    int64_t bin_id = ((const struct bin *)bins.at)->bin_id;
    bool any = false;
    for (size_t i = 0, next; i < at; i = next) {
        int64_t wanted = 0;
        for (next = i; next < at && needs[next].product_id == needs[i].product_id; next++)
            wanted += needs[next].quantity;
        int64_t missing = wanted - free_units(k, needs[i].product_id);
        if (missing <= 0) continue;
        TRY(stock_receive(c, needs[i].product_id, site->site_id, bin_id, (struct text){0}, missing,
                          STOCK_OPENING, NONE));
        any = true;
    }
    if (!any) return OK;
    int64_t *ids = arena_new(c->arena, int64_t, at);
    for (size_t i = 0; i < at; i++) ids[i] = needs[i].product_id;
    struct list stock;
    TRY(availability_of(c, ids, at, &stock));
    /* The other products of the batch keep what was read: both lists are in order, so merge. */
    struct availability *merged =
        arena_new(c->arena, struct availability, stock.count + k->stock.count);
    const struct availability *fresh = stock.at, *old = k->stock.at;
    size_t f = 0, o = 0, m = 0;
    while (f < stock.count || o < k->stock.count) {
        bool take_fresh = o == k->stock.count ||
                          (f < stock.count && (fresh[f].product_id < old[o].product_id ||
                                               (fresh[f].product_id == old[o].product_id &&
                                                fresh[f].site_id <= old[o].site_id)));
        if (take_fresh && o < k->stock.count && fresh[f].product_id == old[o].product_id &&
            fresh[f].site_id == old[o].site_id)
            o++;
        merged[m++] = take_fresh ? fresh[f++] : old[o++];
    }
    k->stock = (struct list){merged, m};
    return OK;
}

/* --- sourcing -------------------------------------------------------------------------------- */

static_assert((int)SOURCE_PRIORITY == (int)SOURCING_PRIORITY &&
                  (int)SOURCE_PRIORITY + 1 == SOURCING_POLICY_COUNT,
              "a merchant's rules are those of the plan");

struct demands {
    struct demand *at;
    size_t count, capacity;
};

/* What a site gives of a line. */
struct share {
    const struct site *site;
    size_t line;
    int64_t quantity;
};
struct shares {
    struct share *at;
    size_t count, capacity;
};

static int64_t free_for(const struct known *k, const struct candidate *o, int64_t product_id,
                        int64_t site_id)
{
    int64_t kept = reserve_of(&k->reserves, product_id, site_id, o->order.channel);
    int64_t units = availability_free(&k->stock, product_id, site_id) - kept;
    return units > 0 ? units : 0;
}

/* One day for all that a site gives to an order. */
static int64_t day_of(struct ctx *c, const struct demands *d, const struct candidate *o,
                      const struct site *site)
{
    const struct demand *last = d->count ? &d->at[d->count - 1] : NULL;
    bool is_told = last && last->order_id == o->order.order_id && last->site_id == site->site_id;
    return is_told ? last->promised_day : receipt_promised_day(c, site, o);
}

static void want(struct ctx *c, struct known *k, struct demands *d, const struct candidate *o,
                 const struct share *s)
{
    const struct order_line *l = &o->lines[s->line];
    int64_t site_id = s->site->site_id;
    struct availability *cell = availability_find(&k->stock, l->product_id, site_id);
    if (cell) cell->promised += s->quantity; /* what the next candidates see */
    int64_t day = day_of(c, d, o, s->site);
    *arena_push(c->arena, d->at, d->count, d->capacity) = (struct demand){
        .order_id = o->order.order_id,
        .line_no = l->line_no,
        .product_id = l->product_id,
        .site_id = site_id,
        .quantity = s->quantity,
        .promised_day = day,
        .reserve = reserve_of(&k->reserves, l->product_id, site_id, o->order.channel)};
}

/* Without a choice: each line from the sites in their order. */
static int64_t take_in_order(struct ctx *c, struct known *k, const struct candidate *o,
                             struct shares *out)
{
    const struct site *sites = k->sites.at;
    int64_t short_of = 0;
    for (size_t l = 0; l < o->line_count; l++) {
        const struct order_line *line = &o->lines[l];
        int64_t left = line_is_physical(line) ? line->quantity : 0;
        for (size_t s = 0; s < k->sites.count && left; s++) {
            int64_t units = free_for(k, o, line->product_id, sites[s].site_id);
            if (units > left) units = left;
            if (!units) continue;
            /* lines of one order share what there is; undone below */
            availability_find(&k->stock, line->product_id, sites[s].site_id)->promised += units;
            *arena_push(c->arena, out->at, out->count, out->capacity) =
                (struct share){&sites[s], l, units};
            left -= units;
        }
        short_of += left;
    }
    for (size_t i = 0; i < out->count; i++) {
        const struct share *s = &out->at[i];
        int64_t product_id = o->lines[s->line].product_id;
        availability_find(&k->stock, product_id, s->site->site_id)->promised -= s->quantity;
    }
    return short_of;
}

/* What the plan needs to know of an order. */
struct question {
    struct sourcing_line *lines;
    size_t *line_at; /* index of the order's line */
    struct sourcing_site *sites;
    struct sourcing_stock *stock;
    size_t line_count, site_count, stock_count;
    int64_t units;
};

static void ask_sites(struct ctx *c, const struct known *k, const struct candidate *o,
                      struct question *q)
{
    const struct site *sites = k->sites.at;
    const struct postal_address *to = &o->ship_to.at;
    q->site_count = k->sites.count < SOURCING_SITES_MAX ? k->sites.count : SOURCING_SITES_MAX;
    q->sites = arena_new(c->arena, struct sourcing_site, q->site_count + 1);
    for (size_t s = 0; s < q->site_count; s++)
        q->sites[s] = (struct sourcing_site){
            .site_id = sites[s].site_id,
            .name = sites[s].name,
            .distance_km = sourcing_distance_km(sites[s].country, sites[s].postal_code, to->country,
                                                to->postal_code),
            .priority = sites[s].priority,
            .cost_minor = sites[s].parcel_minor +
                          rates_from(&rates_house, "standard", sites[s].country, to->country),
            .capacity_units = receipt_capacity(c, k, &sites[s]),
            .promised_day = receipt_promised_day(c, &sites[s], o),
            .is_open = true};
}

static void ask_stock(struct ctx *c, const struct known *k, const struct candidate *o,
                      struct question *q)
{
    q->lines = arena_new(c->arena, struct sourcing_line, o->line_count + 1);
    q->line_at = arena_new(c->arena, size_t, o->line_count + 1);
    q->stock = arena_new(c->arena, struct sourcing_stock, q->site_count * o->line_count + 1);
    int64_t *products = arena_new(c->arena, int64_t, o->line_count + 1);
    for (size_t l = 0; l < o->line_count; l++) {
        const struct order_line *line = &o->lines[l];
        if (!line_is_physical(line)) continue;
        q->units += line->quantity;
        q->line_at[q->line_count] = l;
        products[q->line_count] = line->product_id;
        q->lines[q->line_count++] = (struct sourcing_line){
            .line_id = line->line_no, .sku_id = line->product_id, .quantity = line->quantity};
    }
    sort_i64(products, q->line_count);
    size_t count = unique_i64(products, q->line_count);
    for (size_t s = 0; s < q->site_count; s++)
        for (size_t p = 0; p < count; p++) {
            int64_t units = free_for(k, o, products[p], q->sites[s].site_id);
            if (units > 0)
                q->stock[q->stock_count++] =
                    (struct sourcing_stock){q->sites[s].site_id, products[p], units};
        }
}

static enum err tell_decision(struct ctx *c, const struct candidate *o, const struct known *k,
                              const struct question *q, const struct sourcing_plan *plan)
{
    struct site_considered *all = arena_new(c->arena, struct site_considered, q->site_count + 1);
    for (size_t s = 0; s < q->site_count; s++)
        all[s] = (struct site_considered){q->sites[s].site_id, plan->scores[s].units,
                                          plan->scores[s].given, plan->scores[s].score,
                                          plan->scores[s].why};
    return sourcing_decision_put(c,
                                 &(struct sourcing_decision){.order_id = o->order.order_id,
                                                             .cause = SOURCING_PLACED,
                                                             .policy = k->merchant.sourcing_policy,
                                                             .units = q->units,
                                                             .short_of = plan->unfilled_total,
                                                             .why = plan->why,
                                                             .considered = {all, q->site_count}});
}

static enum err plan_sites(struct ctx *c, struct known *k, struct candidate *o, struct shares *out,
                           int64_t *short_of)
{
    struct question q = {0};
    struct sourcing_plan plan = {0};
    ask_sites(c, k, o, &q);
    ask_stock(c, k, o, &q);
    if (!q.line_count) return OK;
    TRY(sourcing_plan_all(c, q.lines, q.line_count, q.sites, q.site_count, q.stock, q.stock_count,
                          (enum sourcing_policy)k->merchant.sourcing_policy, &plan));
    for (size_t i = 0; i < plan.share_count; i++)
        *arena_push(c->arena, out->at, out->count, out->capacity) =
            (struct share){&((const struct site *)k->sites.at)[plan.shares[i].site],
                           q.line_at[plan.shares[i].line], plan.shares[i].quantity};
    *short_of = plan.unfilled_total;
    if (*short_of && k->merchant.stock_policy == STOCK_ALL) return OK; /* there will be no order */
    return tell_decision(c, o, k, &q, &plan);
}

/* What the merchant's policy has to decide about: sold ahead is not short. */
static int64_t truly_short(const struct outcome *out) { return out->short_of - out->ahead; }

/* What it gets itself is taken before what may come instead. */
static bool is_replaced(struct ctx *c, struct known *k, struct candidate *o,
                        const struct shares *shares, const int64_t *missing)
{
    bool is_whole = false;
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < shares->count; i++) {
            const struct share *s = &shares->at[i];
            availability_find(&k->stock, o->lines[s->line].product_id, s->site->site_id)
                ->promised += turn ? -s->quantity : s->quantity;
        }
        if (!turn) is_whole = receipt_may_replace(c, k, o, missing);
    }
    return is_whole;
}

static enum err source_one(struct ctx *c, struct known *k, struct candidate *o,
                           struct demands *demands, struct outcome *out)
{
    struct shares shares = {0};
    int64_t *missing = arena_new(c->arena, int64_t, o->line_count + 1);
    if (k->sites.count > 1 && o->line_count <= SOURCING_LINES_MAX)
        TRY(plan_sites(c, k, o, &shares, &out->short_of));
    else
        out->short_of = take_in_order(c, k, o, &shares);
    for (size_t l = 0; l < o->line_count; l++)
        missing[l] = line_is_physical(&o->lines[l]) ? o->lines[l].quantity : 0;
    for (size_t i = 0; i < shares.count; i++) missing[shares.at[i].line] -= shares.at[i].quantity;
    receipt_ahead_weigh(c, k, o, missing, out);
    if (out->fault.code != OK) return OK;
    if (truly_short(out) && k->merchant.stock_policy == STOCK_ALL &&
        !is_replaced(c, k, o, &shares, missing)) {
        out->fault.code = ERR_CONFLICT; /* receipt_refuse says why */
        return OK;
    }
    receipt_ahead_take(c, k, o, missing);
    for (size_t i = 0; i < shares.count; i++) {
        want(c, k, demands, o, &shares.at[i]);
        TRY(receipt_load_site(c, k, shares.at[i].site, shares.at[i].quantity));
    }
    return OK;
}

static void hold_short(struct ctx *c, const struct known *k, struct candidate *o, int64_t short_of)
{
    if (!short_of || k->merchant.stock_policy != STOCK_HOLD) return;
    o->holds |= 1 << HOLD_STOCK;
    o->hold_note[HOLD_STOCK] =
        text_printf(c->arena, "%lld units are not there", (long long)short_of);
}

enum err receipt_source(struct ctx *c, struct known *k, struct candidate *all, size_t n,
                        const size_t *index, struct outcome *outcomes)
{
    struct demands demands = {0};
    for (size_t i = 0; i < n; i++) {
        struct outcome *o = &outcomes[index[i]];
        if (all[i].draft->is_draft || o->fault.code != OK) continue;
        cart_lend(k, &all[i], false);
        TRY(source_one(c, k, &all[i], &demands, o));
        if (o->fault.code != OK) {
            cart_lend(k, &all[i], true);
            continue;
        }
        receipt_speak_for(c, all[i].draft);
        TRY(cart_to_order(c, k, &all[i]));
        hold_short(c, k, &all[i], truly_short(o));
    }
    TRY(stock_promise(c, demands.at, demands.count));
    TRY(availability_take(c, k->aside, k->aside_count));
    for (size_t i = 0; i < k->aside_count; i++)
        if (!k->aside[i].is_promised)
            return fail(c, ERR_BUSY, "raced", "stock was promised to another order meanwhile");
    TRY(preorder_take(c, k->ahead, k->ahead_count));
    size_t i = 0;
    for (size_t d = 0; d < demands.count; d++) {
        const struct demand *demand = &demands.at[d];
        while (all[i].order.order_id != demand->order_id) i++; /* both are in order */
        struct outcome *o = &outcomes[index[i]];
        if (!demand->is_promised) {
            /* Lost to another since the batch was read: the whole unit is tried again. */
            return fail(c, ERR_BUSY, "raced", "stock was promised to another order meanwhile");
        }
        o->promised += demand->quantity;
        if (demand->promised_day != NONE && demand->promised_day > o->promised_day)
            o->promised_day = demand->promised_day;
        all[i].lines[demand->line_no - 1].allocated += demand->quantity;
    }
    TRY(receipt_refuse(c, k, all, n, index, outcomes));
    return receipt_earmark(c, k, all, n, index, outcomes);
}

enum err receipt_promised(struct ctx *c, struct candidate *o, struct outcome *outcome)
{
    int64_t order_id = o->order.order_id;
    if (outcome->promised)
        TRY(event_put(c, EVENT_ORDER_ALLOCATED, order_id, NONE,
                      EVENT_BODY(.quantity = outcome->promised)));
    if (outcome->short_of)
        TRY(event_put(c, EVENT_ORDER_SHORT, order_id, NONE,
                      EVENT_BODY(.quantity = outcome->short_of, .note = outcome->dates)));
    return OK;
}
