/* stages/6_delivery/delivery_back.c: a parcel that was refused or not delivered is in the house
 * again: a return of its own, received, and to be looked at before anything is sold again. */
#include "base/lifecycle.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/inventory/serial.h"
#include "domain/inventory/stock.h"
#include "domain/orders/return.h"
#include "domain/sites/site.h"
#include "stages/6_delivery/delivery_apply.h"

#include <string.h>

/* The bin that was named, or the first returns bin of each site. */
static enum err load_bins(struct ctx *c, const struct tracks *t, int64_t bin_id, struct list *bins)
{
    int64_t *sites = arena_new(c->arena, int64_t, t->n + 1);
    if (bin_id != NONE) {
        TRY(bins_of(c, &bin_id, 1, bins));
        if (bins->count) return OK;
        return fail_at(c, ERR_NOT_FOUND, "bin_not_found", "bin_id", "there is no such bin");
    }
    for (size_t i = 0; i < t->n; i++) sites[i] = t->at[i].package->site_id;
    return bins_of_kind_at(c, sites, t->n, BIN_RETURNS, bins);
}

static const struct bin *bin_for(const struct list *bins, int64_t bin_id, int64_t site_id)
{
    const struct bin *at = bins->at;
    for (size_t i = 0; i < bins->count; i++)
        if (bin_id != NONE || at[i].site_id == site_id) return &at[i];
    return NULL;
}

/* Units of a line that came back: counted when all that asks them back is queued. */
struct counted {
    int64_t order_id, line_no, units;
};

/* What the orders' lines have in returns, and the lots that went out. */
struct home_coming {
    struct tracks tracks;
    struct list bins, lots, order_lines, returns, return_lines;
    struct return_line *before; /* return_lines as read */
    struct counted *counted;
    size_t counted_count, counted_capacity;
    struct list serials; /* struct serial_unit, that the parcels hold */
    int64_t *rest;       /* per package line: units that stay in returns that were there */
};

static enum err load_orders(struct ctx *c, struct home_coming *h)
{
    int64_t *ids = arena_new(c->arena, int64_t, h->tracks.n + 1);
    for (size_t i = 0; i < h->tracks.n; i++) ids[i] = h->tracks.at[i].package->order_id;
    sort_i64(ids, h->tracks.n);
    size_t n = unique_i64(ids, h->tracks.n);
    TRY(order_lines_of(c, ids, n, &h->order_lines));
    TRY(line_lots_out(c, ids, n, &h->lots));
    TRY(returns_of_orders(c, ids, n, &h->returns));
    int64_t *parcels = arena_new(c->arena, int64_t, h->tracks.n + 1);
    for (size_t i = 0; i < h->tracks.n; i++) parcels[i] = h->tracks.at[i].package->package_id;
    TRY(serials_out(c, parcels, h->tracks.n, &h->serials));
    h->rest = arena_new(c->arena, int64_t, h->tracks.lines.count + 1);
    const struct order_return *r = h->returns.at;
    ids = arena_new(c->arena, int64_t, h->returns.count + 1);
    for (size_t i = 0; i < h->returns.count; i++) ids[i] = r[i].return_id;
    if (!h->returns.count) return OK;
    TRY(return_lines_of(c, ids, h->returns.count, &h->return_lines));
    n = h->return_lines.count;
    h->before = arena_new(c->arena, struct return_line, n + 1);
    if (n) memcpy(h->before, h->return_lines.at, n * sizeof *h->before);
    return OK;
}

static const struct order_line *line_of(const struct home_coming *h, int64_t order_id,
                                        int64_t line_no)
{
    const struct order_line *at = h->order_lines.at;
    for (size_t i = 0; i < h->order_lines.count; i++)
        if (at[i].order_id == order_id && at[i].line_no == line_no) return &at[i];
    return NULL;
}

static bool is_of(const struct home_coming *h, const struct return_line *l, int64_t order_id)
{
    const struct order_return *r = h->returns.at;
    for (size_t i = 0; i < h->returns.count; i++)
        if (r[i].return_id == l->return_id) return r[i].order_id == order_id;
    return false;
}

static bool is_live(const struct home_coming *h, const struct return_line *l, int64_t order_id,
                    int64_t line_no)
{
    return l->line_no == line_no && is_of(h, l, order_id) && l->state != RETURN_DECLINED &&
           l->state != RETURN_CANCELLED;
}

/* The customer asked to send back what never reached them: that wish is fulfilled by the parcel,
   so it makes room. `rest`: units that stay in other returns all the same. */
static enum err make_room(struct ctx *c, struct home_coming *h, const struct package_line *in,
                          int64_t order_id, int64_t *rest)
{
    const struct order_line *line = line_of(h, order_id, in->line_no);
    struct return_line *at = h->return_lines.at;
    int64_t over = in->quantity - (line ? line->shipped : 0);
    for (size_t i = 0; i < h->return_lines.count; i++)
        if (is_live(h, &at[i], order_id, in->line_no)) over += at[i].quantity - at[i].sent_back;
    for (size_t i = 0; i < h->counted_count; i++) /* returns that packages before it make */
        if (h->counted[i].order_id == order_id && h->counted[i].line_no == in->line_no)
            over += h->counted[i].units;
    for (size_t i = 0; i < h->return_lines.count && over > 0; i++) {
        struct return_line *l = &at[i];
        bool is_open = lifecycle_allows(&return_lifecycle, l->state, RETURN_CANCEL);
        if (l->line_no != in->line_no || !is_of(h, l, order_id) || !is_open || l->ended) continue;
        int64_t cut = l->quantity < over ? l->quantity : over;
        over -= cut;
        if (cut == l->quantity)
            TRY(return_line_do(c, l, RETURN_CANCEL));
        else
            l->quantity -= cut;
        TRY(return_unask(c, order_id, l->line_no, cut));
        TRY(event_put(c, EVENT_RETURN_CANCELLED, order_id, l->return_id,
                      EVENT_BODY(.quantity = cut, .note = T("the parcel came back itself"))));
    }
    *rest = over < 0 ? 0 : over < in->quantity ? over : in->quantity;
    return OK;
}

static void count_units(struct ctx *c, struct home_coming *h, int64_t order_id, int64_t line_no,
                        int64_t units)
{
    *arena_push(c->arena, h->counted, h->counted_count, h->counted_capacity) =
        (struct counted){order_id, line_no, units};
}

/* For all packages before any is taken back: what is asked back is given up before more is asked.
 */
static enum err make_room_for(struct ctx *c, struct home_coming *h, struct track *track)
{
    const struct package *p = track->package;
    struct list within = track_lines(&h->tracks, p->package_id);
    const struct package_line *l = within.at;
    track->comes_back = true;
    for (size_t i = 0; i < within.count; i++) {
        int64_t *rest = &h->rest[&l[i] - (const struct package_line *)h->tracks.lines.at];
        TRY(make_room(c, h, &l[i], p->order_id, rest));
        if (l[i].quantity > *rest)
            count_units(c, h, p->order_id, l[i].line_no, l[i].quantity - *rest);
    }
    return OK;
}

/* Wishes of which nothing is left to come have ended. */
static enum err settle_emptied(struct ctx *c, const struct home_coming *h)
{
    struct order_return *r = h->returns.at;
    const struct return_line *l = h->return_lines.at;
    for (size_t i = 0; i < h->return_lines.count; i++)
        if (memcmp(&h->before[i], &l[i], sizeof *l) != 0)
            TRY(return_line_write(c, &h->before[i], &l[i]));
    for (size_t i = 0; i < h->returns.count; i++) {
        bool is_open = r[i].settled_us != NONE;
        for (size_t k = 0; k < h->return_lines.count; k++)
            if (l[k].return_id == r[i].return_id && l[k].state != RETURN_DECLINED &&
                l[k].state != RETURN_RESOLVED && l[k].state != RETURN_CANCELLED)
                is_open = true;
        if (is_open) continue;
        r[i].settled_us = c->now_us;
        TRY(return_write(c, &r[i]));
        TRY(event_put(c, EVENT_RETURN_SETTLED, r[i].order_id, r[i].return_id,
                      EVENT_BODY(.other_id = r[i].case_id)));
    }
    return OK;
}

/* The units of one line lie in the bin, lot by lot, and wait to be looked at. */
static enum err put_down(struct ctx *c, struct home_coming *h, const struct package *p,
                         struct return_line *l, int64_t quantity, const struct bin *bin)
{
    int64_t left = quantity;
    while (left > 0) {
        struct text lot = T("");
        int64_t taken = line_lot_take(&h->lots, p->order_id, l->line_no, T(""), left, &lot);
        if (!taken) taken = left; /* picked before lots were kept */
        struct cell from = {PLACE_CUSTOMER, NONE, lot, CONDITION_SELLABLE};
        struct cell to = {bin->bin_id, bin->site_id, lot, CONDITION_QUARANTINED};
        struct return_fact f = {.merchant_id = c->merchant_id,
                                .return_id = l->return_id,
                                .fact_id = source_id(c->source),
                                .line_no = l->line_no,
                                .quantity = taken,
                                .from_heap = HEAP_CUSTOMER,
                                .to_heap = HEAP_WAITING,
                                .site_id = bin->site_id,
                                .from_place = PLACE_CUSTOMER,
                                .to_place = bin->bin_id,
                                .lot = lot,
                                .seen = -1,
                                .at_us = c->now_us,
                                .actor_id = c->actor_id};
        TRY(return_fact_put(c, &f, l));
        TRY(stock_shift(c, l->product_id, from, to, taken, STOCK_RETURN, p->order_id,
                        p->package_id));
        left -= taken;
    }
    return OK;
}

/* What the customer had an answer for already (refunded, replaced) is now here as well; what the
   bench took out of the parcel before anybody scanned it has been counted. */
static enum err put_to_others(struct ctx *c, struct home_coming *h, const struct package *p,
                              int64_t line_no, int64_t rest, const struct bin *bin)
{
    struct return_line *at = h->return_lines.at;
    for (size_t i = 0; i < h->return_lines.count && rest > 0; i++) {
        struct return_line *l = &at[i];
        int64_t missing = l->quantity - l->received, units = missing < rest ? missing : rest;
        if (!is_live(h, l, p->order_id, line_no) || units <= 0) continue;
        rest -= units;
        TRY(put_down(c, h, p, l, units, bin));
        if (l->state != RETURN_RESOLVED) TRY(return_line_do(c, l, RETURN_RECEIVE));
        count_units(c, h, p->order_id, line_no, units);
        TRY(event_put(c, EVENT_RETURN_RECEIVED, p->order_id, l->return_id,
                      EVENT_BODY(.quantity = units, .other_id = bin->site_id)));
    }
    return OK;
}

/* What is in a parcel that came back is known: nobody reads its numbers again. They belong to the
   return that it made, or to the one that had its goods. */
static enum err end_serials(struct ctx *c, const struct home_coming *h, const struct package *p,
                            int64_t return_id)
{
    const struct serial_unit *at = h->serials.at;
    const struct order_return *r = h->returns.at;
    for (size_t i = 0; i < h->returns.count && return_id == NONE; i++)
        if (r[i].order_id == p->order_id) return_id = r[i].return_id;
    for (size_t i = 0; i < h->serials.count; i++)
        if (at[i].package_id == p->package_id) TRY(serial_end(c, &at[i], return_id));
    return OK;
}

static enum err take_back(struct ctx *c, struct home_coming *h, struct track *track,
                          const struct bin *bin)
{
    size_t n = 0;
    bool is_new;
    int64_t units = 0;
    const struct package *p = track->package;
    struct list within = track_lines(&h->tracks, p->package_id);
    const struct package_line *l = within.at;
    struct return_line *lines = arena_new(c->arena, struct return_line, within.count + 1);
    struct tracking_event e = {.merchant_id = c->merchant_id,
                               .package_id = p->package_id,
                               .occurred_us = c->now_us - c->now_us % SECOND_US,
                               .status = TRACKING_RETURNED,
                               .code = T("received"),
                               .recorded_us = c->now_us};
    struct order_return head = {.merchant_id = c->merchant_id,
                                .return_id = source_id(c->source),
                                .order_id = p->order_id,
                                .case_id = NONE,
                                .package_id = p->package_id,
                                .site_id = bin->site_id,
                                .reason = RETURN_BECAUSE_UNDELIVERED,
                                .created_us = c->now_us,
                                .settled_us = NONE,
                                .at_door_us = NONE};
    TRY(track_add(c, &h->tracks, track, &e, &is_new));
    for (size_t i = 0; i < within.count; i++) {
        int64_t rest = h->rest[&l[i] - (const struct package_line *)h->tracks.lines.at];
        TRY(put_to_others(c, h, p, l[i].line_no, rest, bin));
        int64_t own = l[i].quantity - rest;
        if (!own) continue;
        units += own;
        lines[n] = return_line_new(c, head.return_id, l[i].line_no, l[i].product_id, own);
        TRY(put_down(c, h, p, &lines[n], own, bin));
        TRY(return_line_do(c, &lines[n++], RETURN_RECEIVE));
    }
    TRY(end_serials(c, h, p, n ? head.return_id : NONE));
    if (!n) return OK;
    TRY(return_insert(c, &head, lines, n, false));
    return event_put(c, EVENT_RETURN_RECEIVED, p->order_id, head.return_id,
                     EVENT_BODY(.quantity = units, .other_id = bin->site_id));
}

enum err delivery_receive_back(struct ctx *c, const int64_t *package_ids, size_t n, int64_t bin_id,
                               struct fault *faults)
{
    struct home_coming h = {0};
    TRY(delivery_batch(c, n));
    memset(faults, 0, n * sizeof *faults);
    TRY(tracks_load(c, package_ids, n, &h.tracks));
    TRY(load_bins(c, &h.tracks, bin_id, &h.bins));
    TRY(load_orders(c, &h));
    const struct bin **bin_of = arena_new(c->arena, const struct bin *, h.tracks.n + 1);
    for (size_t i = 0; i < n; i++) {
        struct track *track = tracks_find(&h.tracks, package_ids[i]);
        const struct bin *bin = NULL;
        enum err e = OK;
        if (!track) {
            e = fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
        } else if (track->comes_back && package_is_combined(track->package)) {
            continue; /* its parcel was opened already */
        } else if (track->comes_back) {
            e = fail(c, ERR_INVALID, "twice", "the package stands here twice");
        } else {
            struct package would = *track->package;
            e = package_do(c, &would, PACKAGE_COME_BACK);
            bin = bin_for(&h.bins, bin_id, track->package->site_id);
        }
        if (e == OK && !bin) {
            fail_at(c, ERR_CONFLICT, "no_returns_bin", "bin_id", "its site has no returns bin");
            e = hint(c, "name the bin that it goes to");
        }
        if (e != OK) delivery_refuse(c, &faults[i], e);
        for (size_t k = 0; k < h.tracks.n && e == OK; k++) {
            if (!track_is_with(track, &h.tracks.at[k])) continue;
            TRY(make_room_for(c, &h, &h.tracks.at[k]));
            bin_of[k] = bin;
        }
    }
    for (size_t k = 0; k < h.tracks.n; k++)
        if (h.tracks.at[k].comes_back) TRY(take_back(c, &h, &h.tracks.at[k], bin_of[k]));
    for (size_t i = 0; i < h.counted_count; i++)
        TRY(order_progress(c, h.counted[i].order_id, h.counted[i].line_no,
                           (struct progress){.returned = h.counted[i].units}));
    TRY(settle_emptied(c, &h));
    return tracks_apply(c, &h.tracks);
}
