/* faces/cli/running_returns.c: what customers send back, a morning's worth: credit notes of other
 * systems, and whatever was asked for, from the wish to the refund. */
#include "domain/orders/return.h"
#include "faces/cli/running_parts.h"
#include "services/returns/returns.h"

enum { RETURNS_PAGE = 64 };

struct batch {
    struct run *r;
    int64_t ids[RETURNS_PAGE];
    size_t count;
    int64_t units;
};

static enum err approve(struct ctx *c, int64_t return_id, const struct return_line *lines, size_t n)
{
    struct return_answer yes = {.return_id = return_id, .site_id = NONE, .fee_minor = NONE};
    for (size_t i = 0; i < n; i++)
        if (lines[i].state == RETURN_REQUESTED) return returns_approve(c, &yes);
    return OK;
}

/* The site where it is to go; whoever came by parcel is there. */
static enum err take_in(struct ctx *c, const struct run *r, int64_t return_id,
                        const struct return_line *lines, size_t n)
{
    struct order_return head;
    struct return_arrival *in = arena_new(c->arena, struct return_arrival, n);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (lines[i].quantity > lines[i].received)
            in[count++] = (struct return_arrival){.line_no = lines[i].line_no,
                                                  .quantity = lines[i].quantity - lines[i].received,
                                                  .seen = SEEN_AS_NEW};
    if (!count) return OK;
    TRY(return_get(c, return_id, &head));
    const struct site *first = r->sites.at;
    int64_t site_id = head.site_id == NONE ? first->site_id : head.site_id;
    return returns_receive(c, return_id, site_id, NONE, &(struct list){in, count});
}

static enum err settle(struct ctx *c, int64_t return_id, const struct return_line *lines, size_t n)
{
    struct return_decision *stock = arena_new(c->arena, struct return_decision, n);
    struct return_settlement *ends = arena_new(c->arena, struct return_settlement, n);
    size_t stocked = 0, ended = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t waiting = lines[i].waiting + lines[i].quantity - lines[i].received;
        if (waiting)
            stock[stocked++] = (struct return_decision){.line_no = lines[i].line_no,
                                                        .quantity = waiting,
                                                        .from = HEAP_WAITING,
                                                        .to = HEAP_RESTOCKED,
                                                        .bin_id = NONE};
        if (lines[i].quantity > lines[i].ended)
            ends[ended++] =
                (struct return_settlement){.line_no = lines[i].line_no,
                                           .quantity = lines[i].quantity - lines[i].ended,
                                           .kind = RESOLVED_BY_REFUND,
                                           .refund_minor = NONE,
                                           .order_id = NONE,
                                           .target = -1};
    }
    if (stocked) TRY(returns_inspect(c, return_id, &(struct list){stock, stocked}));
    return ended ? returns_resolve(c, return_id, &(struct list){ends, ended}) : OK;
}

static enum err lead(struct ctx *c, struct batch *b, int64_t return_id)
{
    struct list all;
    struct return_line *open;
    size_t n = 0;
    TRY(return_lines_of(c, &return_id, 1, &all));
    const struct return_line *at = all.at;
    open = arena_new(c->arena, struct return_line, all.count + 1);
    for (size_t i = 0; i < all.count; i++) {
        bool has_ended = at[i].state == RETURN_DECLINED || at[i].state == RETURN_CANCELLED ||
                         at[i].state == RETURN_RESOLVED;
        if (has_ended) continue;
        b->units += at[i].quantity - at[i].received;
        open[n++] = at[i];
    }
    TRY(approve(c, return_id, open, n));
    TRY(take_in(c, b->r, return_id, open, n));
    return settle(c, return_id, open, n);
}

static enum err batch_in_tx(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    c->actor_id = b->r->crew[0];
    b->units = 0;
    for (size_t i = 0; i < b->count; i++) TRY(lead(c, b, b->ids[i]));
    return OK;
}

static bool is_refusal(enum err e)
{
    return e == ERR_CONFLICT || e == ERR_INVALID || e == ERR_NOT_FOUND;
}

/* All at once; where one is refused, each for itself, and that one is left alone from then on. */
static enum err work(struct run *r, struct batch *b, int64_t *did)
{
    if (!b->count) return OK;
    enum err e = run_unit(r, batch_in_tx, b);
    if (e == OK) {
        r->counts->returned += b->units;
        *did += (int64_t)b->count;
        return OK;
    }
    for (size_t i = 0; i < b->count; i++) {
        if (!is_refusal(e)) return e;
        struct batch one = {.r = r, .ids = {b->ids[i]}, .count = 1};
        enum err alone = run_unit(r, batch_in_tx, &one);
        if (is_refusal(alone)) {
            run_stick(r, b->ids[i], NONE, &r->ctx.fault);
            continue;
        }
        TRY(alone);
        r->counts->returned += one.units;
        ++*did;
    }
    return OK;
}

/* Whose goods have arrived, or came back undelivered. */
static enum err choose(struct run *r, const struct list *page, struct batch *b, int64_t *open)
{
    struct ctx *c = &r->ctx;
    struct list states;
    const struct order_return *at = page->at;
    int64_t *ids = arena_new(c->arena, int64_t, page->count + 1);
    for (size_t i = 0; i < page->count; i++) ids[i] = at[i].order_id;
    TRY(order_states_of(c, ids, page->count, &states));
    const struct order_state *s = states.at;
    for (size_t i = 0; i < page->count; i++) {
        if (!run_is_selected(r, at[i].order_id) || run_is_stuck(r, at[i].return_id)) continue;
        bool is_there = at[i].package_id != NONE;
        for (size_t k = 0; k < states.count && !is_there; k++)
            is_there = s[k].order_id == at[i].order_id && s[k].commercial != COMMERCIAL_CANCELLED &&
                       s[k].units > 0 && s[k].delivered >= s[k].units - s[k].cancelled;
        ++*open;
        if (is_there) b->ids[b->count++] = at[i].return_id;
    }
    return OK;
}

enum err run_returns(struct run *r, int64_t *did, int64_t *open)
{
    int64_t after = 0;
    struct list page = {NULL, RETURNS_PAGE};
    *open = 0;
    while (page.count == RETURNS_PAGE) {
        struct batch b = {.r = r};
        int64_t before = *did, found = 0;
        arena_reset(&r->arena);
        TRY(store_reader(&r->ctx));
        TRY(return_list_open(&r->ctx, after, RETURNS_PAGE, &page));
        if (page.count) after = ((const struct order_return *)page.at)[page.count - 1].return_id;
        TRY(choose(r, &page, &b, &found));
        TRY(work(r, &b, did));
        *open += found - (*did - before);
    }
    return OK;
}
