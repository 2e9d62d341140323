#include "stages/1_receipt/receipt_source.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "plan/sourcing.h"
#include "stages/1_receipt/receipt_dates.h"

#include <stdlib.h>

/* --- stock of imports ------------------------------------------------------------------------ */

static int64_t free_units(const struct known *k, int64_t product_id)
{
    const struct availability *at = k->stock.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->stock.count; i++)
        if (at[i].product_id == product_id) units += at[i].sellable - at[i].promised - at[i].safety;
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

struct demands {
    struct demand *at;
    size_t count, capacity;
};

static enum err want(struct ctx *c, struct known *k, struct demands *d, const struct candidate *o,
                     const struct order_line *l, int64_t site_id, int64_t quantity,
                     int64_t promised_day)
{
    struct availability *cell = availability_find(&k->stock, l->product_id, site_id);
    if (cell) cell->promised += quantity; /* what the next candidates see */
    struct demand *slot = arena_push(c->arena, d->at, d->count, d->capacity);
    *slot = (struct demand){.order_id = o->order.order_id,
                            .line_no = l->line_no,
                            .product_id = l->product_id,
                            .site_id = site_id,
                            .quantity = quantity,
                            .promised_day = promised_day};
    return OK;
}

/* Does the site have every line? Lines may share a product, so they are added up by product. */
static bool has_all(struct known *k, const struct need *needs, size_t n, int64_t site_id)
{
    int64_t wanted = 0;
    for (size_t i = 0; i < n; i++) {
        wanted += needs[i].quantity;
        bool is_last = i + 1 == n || needs[i + 1].product_id != needs[i].product_id;
        if (!is_last) continue;
        if (availability_free(&k->stock, needs[i].product_id, site_id) < wanted) return false;
        wanted = 0;
    }
    return true;
}

/* The first site that has everything; most orders end here. */
static const struct site *whole_site(struct ctx *c, struct known *k, const struct candidate *o)
{
    const struct site *sites = k->sites.at;
    struct need *needs = arena_new(c->arena, struct need, o->line_count + 1);
    size_t n = 0;
    for (size_t l = 0; l < o->line_count; l++)
        if (line_is_physical(&o->lines[l]))
            needs[n++] = (struct need){o->lines[l].product_id, o->lines[l].quantity};
    qsort(needs, n, sizeof *needs, compare_needs);
    for (size_t s = 0; s < k->sites.count; s++)
        if (has_all(k, needs, n, sites[s].site_id)) return &sites[s];
    return NULL;
}

static enum err split_sites(struct ctx *c, struct known *k, struct candidate *o,
                            struct demands *demands, int64_t *short_of)
{
    const struct site *sites = k->sites.at;
    size_t n = k->sites.count < SOURCING_SITES_MAX ? k->sites.count : SOURCING_SITES_MAX;
    size_t physical = 0, cells = 0;
    struct sourcing_line *lines = arena_new(c->arena, struct sourcing_line, o->line_count);
    size_t *line_at = arena_new(c->arena, size_t, o->line_count);
    struct sourcing_site *places = arena_new(c->arena, struct sourcing_site, n + 1);
    struct sourcing_stock *stock =
        arena_new(c->arena, struct sourcing_stock, n * o->line_count + 1);
    for (size_t l = 0; l < o->line_count; l++) {
        if (!line_is_physical(&o->lines[l]) || physical == SOURCING_LINES_MAX) continue;
        lines[physical] = (struct sourcing_line){.line_id = o->lines[l].line_no,
                                                 .sku_id = o->lines[l].product_id,
                                                 .quantity = o->lines[l].quantity};
        line_at[physical++] = l;
    }
    for (size_t s = 0; s < n; s++) {
        places[s] = (struct sourcing_site){.site_id = sites[s].site_id,
                                           .name = sites[s].name,
                                           .priority = sites[s].priority,
                                           .capacity_units = -1,
                                           .is_open = true};
        for (size_t l = 0; l < physical; l++) {
            bool is_first = true;
            for (size_t m = 0; m < l; m++)
                is_first = is_first && lines[m].sku_id != lines[l].sku_id;
            int64_t units =
                is_first ? availability_free(&k->stock, lines[l].sku_id, sites[s].site_id) : 0;
            if (units > 0)
                stock[cells++] = (struct sourcing_stock){sites[s].site_id, lines[l].sku_id, units};
        }
    }
    struct sourcing_plan plan = {0};
    TRY(sourcing_plan(c, lines, physical, places, n, stock, cells, SOURCING_FEWEST_SPLITS, &plan));
    *short_of = plan.unfilled_total;
    bool takes_part = k->merchant.stock_policy != STOCK_ALL || *short_of == 0;
    for (size_t i = 0; takes_part && i < plan.share_count; i++) {
        const struct site *site = &sites[plan.shares[i].site];
        TRY(want(c, k, demands, o, &o->lines[line_at[plan.shares[i].line]], site->site_id,
                 plan.shares[i].quantity, receipt_promised_day(c, site, o)));
    }
    return OK;
}

static enum err source_one(struct ctx *c, struct known *k, struct candidate *o,
                           struct demands *demands, int64_t *short_of)
{
    const struct site *site = whole_site(c, k, o);
    *short_of = 0;
    if (!site) return split_sites(c, k, o, demands, short_of);
    int64_t day = receipt_promised_day(c, site, o);
    for (size_t l = 0; l < o->line_count; l++)
        if (line_is_physical(&o->lines[l]))
            TRY(want(c, k, demands, o, &o->lines[l], site->site_id, o->lines[l].quantity, day));
    return OK;
}

static void refuse_short(struct ctx *c, struct outcome *o)
{
    fail_at(c, ERR_CONFLICT, "insufficient_stock", "lines", "%lld units are not there",
            (long long)o->short_of);
    hint(c, "order less, or let the merchant's stock policy be split, backorder or hold");
    o->fault = c->fault;
    c->fault = (struct fault){0};
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
        if (all[i].draft->is_draft) continue;
        TRY(source_one(c, k, &all[i], &demands, &o->short_of));
        if (o->short_of && k->merchant.stock_policy == STOCK_ALL)
            refuse_short(c, o);
        else
            hold_short(c, k, &all[i], o->short_of);
    }
    TRY(stock_promise(c, demands.at, demands.count));
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
    return OK;
}

enum err receipt_promised(struct ctx *c, struct candidate *o, struct outcome *outcome)
{
    int64_t order_id = o->order.order_id;
    if (outcome->promised)
        TRY(event_put(c, EVENT_ORDER_ALLOCATED, order_id, NONE,
                      EVENT_BODY(.quantity = outcome->promised)));
    if (outcome->short_of)
        TRY(event_put(c, EVENT_ORDER_SHORT, order_id, NONE,
                      EVENT_BODY(.quantity = outcome->short_of)));
    return OK;
}
