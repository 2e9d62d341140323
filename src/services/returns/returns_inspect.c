/* services/returns/returns_inspect.c: what becomes of the goods: a sequence of decisions, each of
 * which moves some units on; none closes the way of the next. */
#include "base/source.h"
#include "domain/inventory/stock.h"
#include "domain/sites/site.h"
#include "services/returns/returns_load.h"

/* Units of a line that lie in a bin and wait for a decision. */
struct holding {
    int64_t line_no, site_id, place_id, quantity;
    int32_t heap;
    struct text lot;
};

struct inspecting {
    struct return_work work;
    struct holding *held;
    size_t count, capacity;
};

static bool is_held(int32_t heap)
{
    return heap == HEAP_WAITING || heap == HEAP_QUARANTINED || heap == HEAP_REPAIRING;
}

static void hold(struct ctx *c, struct inspecting *in, const struct holding *h)
{
    for (size_t i = 0; i < in->count; i++) {
        struct holding *at = &in->held[i];
        if (at->line_no != h->line_no || at->heap != h->heap || at->place_id != h->place_id ||
            !text_eq(at->lot, h->lot))
            continue;
        at->quantity += h->quantity;
        return;
    }
    *arena_push(c->arena, in->held, in->count, in->capacity) = *h;
}

static enum err load_holdings(struct ctx *c, struct inspecting *in)
{
    struct list facts;
    TRY(return_facts_of(c, &in->work.head.return_id, 1, &facts));
    const struct return_fact *f = facts.at;
    for (size_t i = 0; i < facts.count; i++) {
        struct holding h = {f[i].line_no,   f[i].site_id,   f[i].from_place,
                            -f[i].quantity, f[i].from_heap, f[i].lot};
        if (is_held(h.heap)) hold(c, in, &h);
        h.place_id = f[i].to_place;
        h.quantity = f[i].quantity;
        h.heap = f[i].to_heap;
        if (is_held(h.heap)) hold(c, in, &h);
    }
    return OK;
}

/* Where the product is picked at the site, else the site's first pick bin. */
static enum err pick_bin(struct ctx *c, int64_t site_id, int64_t product_id, int64_t *bin_id)
{
    struct list cells, bins;
    TRY(stock_of_products(c, site_id, &product_id, 1, &cells));
    const struct stock *s = cells.at;
    int64_t *ids = arena_new(c->arena, int64_t, cells.count + 1);
    for (size_t i = 0; i < cells.count; i++) ids[i] = s[i].place_id;
    if (cells.count) {
        TRY(bins_of(c, ids, cells.count, &bins));
        const struct bin *b = bins.at;
        for (size_t i = 0; i < bins.count; i++) {
            *bin_id = b[i].bin_id;
            if (b[i].kind == BIN_PICK) return OK;
        }
    }
    TRY(bins_of_kind_at(c, &site_id, 1, BIN_PICK, &bins));
    if (bins.count) {
        *bin_id = ((const struct bin *)bins.at)->bin_id;
        return OK;
    }
    fail_at(c, ERR_CONFLICT, "no_pick_bin", "bin", "the site has no bin to pick from");
    return hint(c, "name the bin that it goes to");
}

/* What is restocked is for sale at once, so it goes where goods are sold from. */
static enum err named_bin(struct ctx *c, size_t i, int64_t site_id, int64_t bin_id,
                          bool is_for_sale)
{
    struct list bins;
    TRY(bins_of(c, &bin_id, 1, &bins));
    const struct bin *b = bins.at;
    if (bins.count && b->site_id == site_id) {
        if (!is_for_sale || b->kind == BIN_PICK || b->kind == BIN_BULK) return OK;
        return_fail(c, ERR_CONFLICT, "wrong_room", i, "bin", "nothing is sold from this bin");
        return hint(c, "restock into a pick or bulk bin; or keep it in quarantine");
    }
    return return_fail(c, ERR_NOT_FOUND, "bin_not_found", i, "bin",
                       "the site where the goods are has no such bin");
}

/* The cell that a decision leads to; the same place when nothing has to be carried. */
static enum err target(struct ctx *c, size_t i, const struct return_decision *d,
                       const struct holding *h, int64_t product_id, struct cell *to)
{
    *to = (struct cell){d->bin_id, h->site_id, h->lot, CONDITION_QUARANTINED};
    if (d->to == HEAP_SCRAPPED) *to = (struct cell){PLACE_SCRAP, NONE, h->lot, 0};
    if (d->to == HEAP_SENT_BACK) *to = (struct cell){PLACE_CUSTOMER, NONE, h->lot, 0};
    if (to->site_id == NONE) return OK;
    if (d->bin_id != NONE) {
        TRY(named_bin(c, i, h->site_id, d->bin_id, d->to == HEAP_RESTOCKED));
    } else if (d->to == HEAP_RESTOCKED) {
        TRY(pick_bin(c, h->site_id, product_id, &to->place_id));
    } else {
        to->place_id = h->place_id;
    }
    if (d->to == HEAP_RESTOCKED) to->condition = CONDITION_SELLABLE;
    return OK;
}

static enum stock_reason reason_of(int32_t heap)
{
    if (heap == HEAP_SCRAPPED) return STOCK_DAMAGED;
    if (heap == HEAP_SENT_BACK) return STOCK_SHIP;
    return heap == HEAP_RESTOCKED ? STOCK_RETURN : STOCK_MOVE;
}

static enum err decide(struct ctx *c, struct inspecting *in, size_t i,
                       const struct return_decision *d, const struct holding *h,
                       struct return_line *l, int64_t quantity)
{
    struct cell from = {h->place_id, h->site_id, h->lot, CONDITION_QUARANTINED}, to;
    TRY(target(c, i, d, h, l->product_id, &to));
    struct return_fact f = {.merchant_id = c->merchant_id,
                            .return_id = l->return_id,
                            .fact_id = source_id(c->source),
                            .line_no = l->line_no,
                            .quantity = quantity,
                            .from_heap = h->heap,
                            .to_heap = d->to,
                            .site_id = h->site_id,
                            .from_place = h->place_id,
                            .to_place = to.place_id,
                            .lot = h->lot,
                            .seen = -1,
                            .note = d->note,
                            .at_us = c->now_us,
                            .actor_id = c->actor_id};
    struct holding after = {l->line_no, h->site_id, to.place_id, quantity, d->to, h->lot};
    if (is_held(d->to)) hold(c, in, &after);
    TRY(return_fact_put(c, &f, l));
    if (to.place_id != from.place_id || to.condition != from.condition)
        TRY(stock_shift(c, l->product_id, from, to, quantity, reason_of(d->to),
                        in->work.order.order_id, l->return_id));
    if (d->to == HEAP_SENT_BACK) { /* the customer has it again, and may send it again */
        TRY(order_progress(c, in->work.order.order_id, l->line_no,
                           (struct progress){.returned = -quantity}));
        TRY(return_unask(c, in->work.order.order_id, l->line_no, quantity));
    }
    return event_put(c, EVENT_RETURN_INSPECTED, in->work.order.order_id, l->return_id,
                     EVENT_BODY(.line_no = l->line_no, .quantity = quantity,
                                .word = text_of(word_of(&return_heap_words, d->to)),
                                .other_id = to.site_id == NONE ? NONE : to.place_id,
                                .note = d->note));
}

static enum err check_decision(struct ctx *c, const struct inspecting *in, size_t i,
                               const struct return_decision *d, const struct return_line *l)
{
    int64_t here = 0;
    bool is_way = d->to >= HEAP_QUARANTINED && d->to <= HEAP_SENT_BACK;
    if (!is_way || d->to == d->from)
        return return_fail(c, ERR_INVALID, "disposition", i, "disposition",
                           "restock, quarantine, repair, scrap or send_back");
    if (d->from >= 0 && !is_held(d->from)) {
        return_fail(c, ERR_INVALID, "disposition", i, "from", "its way is over");
        return hint(c, "waiting, quarantine or repair");
    }
    if (d->quantity < 1)
        return return_fail(c, ERR_INVALID, "out_of_range", i, "quantity", "at least 1");
    for (size_t k = 0; k < in->count; k++)
        if (in->held[k].line_no == l->line_no && in->held[k].heap != d->to &&
            (d->from < 0 || in->held[k].heap == d->from))
            here += in->held[k].quantity;
    if (d->quantity <= here) return OK;
    return_fail(c, ERR_CONFLICT, "not_that_many", i, "quantity", "less of it is here to decide on");
    return hint(c, "at most %lld", (long long)here);
}

static enum err inspect(struct ctx *c, struct inspecting *in, size_t i,
                        const struct return_decision *d)
{
    static const int32_t order[] = {HEAP_WAITING, HEAP_QUARANTINED, HEAP_REPAIRING};
    struct return_line *l;
    int64_t left = d->quantity;
    TRY(return_work_line(c, &in->work, i, d->line_no, &l));
    TRY(check_decision(c, in, i, d, l));
    if (l->state != RETURN_RESOLVED) TRY(return_line_do(c, l, RETURN_INSPECT));
    for (size_t heap = 0; heap < 3 && left > 0; heap++) {
        if ((d->from >= 0 && d->from != order[heap]) || order[heap] == d->to) continue;
        for (size_t k = 0; k < in->count && left > 0; k++) {
            struct holding *h = &in->held[k];
            if (h->line_no != l->line_no || h->heap != order[heap] || h->quantity <= 0) continue;
            int64_t quantity = h->quantity < left ? h->quantity : left;
            left -= quantity;
            struct holding taken = *h; /* the list may move while it grows */
            h->quantity -= quantity;
            TRY(decide(c, in, i, d, &taken, l, quantity));
        }
    }
    return OK;
}

enum err returns_inspect(struct ctx *c, int64_t return_id, const struct list *decisions)
{
    struct inspecting in = {0};
    const struct return_decision *at = decisions->at;
    if (!decisions->count)
        return fail_at(c, ERR_INVALID, "required", "lines", "nothing was decided");
    TRY(return_work_load(c, return_id, &in.work));
    TRY(load_holdings(c, &in));
    for (size_t i = 0; i < decisions->count; i++) TRY(inspect(c, &in, i, &at[i]));
    return return_work_save(c, &in.work);
}
