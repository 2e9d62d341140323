/* faces/cli/running_desk.c: the clerk who answers what waits, and buys what is short. */
#include "domain/catalog/product.h"
#include "domain/events/job.h"
#include "domain/inventory/stock.h"
#include "domain/payments/payment.h"
#include "faces/cli/running_parts.h"
#include "services/stockkeeping/stocking.h"
#include "stages/2_processing/confirming.h"
#include "stages/2_processing/holding.h"
#include "stages/2_processing/paying.h"

#include <stdlib.h>
#include <string.h>

struct desk {
    struct run *r;
    int64_t *ids; /* orders to look at */
    size_t count;
    int64_t answered;
};

/* --- holds ----------------------------------------------------------------------------------- */

static bool is_looked_at(int32_t reason)
{
    return reason == HOLD_PRICE || reason == HOLD_DUPLICATE || reason == HOLD_ADDRESS ||
           reason == HOLD_FRAUD || reason == HOLD_CREDIT;
}

static enum err let_go_in_tx(struct ctx *c, void *arg)
{
    struct desk *d = arg;
    struct list holds;
    size_t n = 0;
    c->actor_id = d->r->crew[0];
    TRY(holds_of(c, d->ids, d->count, true, &holds));
    struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++)
        if (is_looked_at(at[i].reason)) at[n++] = at[i];
    d->answered = (int64_t)n;
    return n ? holds_free(c, at, n) : OK;
}

/* --- one by one: what a person does on the telephone ----------------------------------------- */

struct call {
    struct run *r;
    struct hold hold;
};

static enum err confirm_in_tx(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct confirm_answer answer = {
        .order_id = call->hold.order_id, .wish_day = NONE, .words = T("confirmed by telephone")};
    struct confirm_outcome outcome;
    c->actor_id = call->r->crew[0];
    return confirm_answer(c, &answer, &outcome);
}

/* Cash and transfers come in whole; a card that was declined is followed by one that works. A
   question to the provider that is still open is left to its job. */
static enum err pay_in_tx(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct paying_view view;
    c->actor_id = call->r->crew[0];
    TRY(paying_look(c, call->hold.order_id, &view));
    struct paying_act act = {
        .order_id = call->hold.order_id,
        .payment_id = NONE,
        .method = view.order.payment_method,
        .amount_minor = view.order.total_minor,
        .note = text_printf(c->arena, "transfer for order %lld", (long long)view.order.number)};
    if (view.order.payment_method != PAY_CARD) return paying_record(c, &act);
    act.amount_minor = NONE;
    act.token = T("tok_ok");
    return paying_card(c, &act);
}

static enum err telephone(struct run *r, struct desk *d, int64_t *did)
{
    struct ctx *c = &r->ctx;
    struct list holds;
    TRY(store_reader(c));
    arena_reset(&r->arena);
    TRY(holds_of(c, d->ids, d->count, true, &holds));
    struct hold *copy = arena_new(&r->kept, struct hold, holds.count + 1);
    if (holds.count) memcpy(copy, holds.at, holds.count * sizeof *copy);
    for (size_t i = 0; i < holds.count; i++) {
        struct call call = {r, copy[i]};
        bool is_payment = copy[i].reason == HOLD_PAYMENT;
        if (!is_payment && copy[i].reason != HOLD_CONFIRMATION) continue;
        enum err e = run_unit(r, is_payment ? pay_in_tx : confirm_in_tx, &call);
        if (e == OK) {
            r->counts->answered++;
            ++*did;
        } else if (e != ERR_CONFLICT && e != ERR_INVALID) {
            return e;
        }
    }
    return OK;
}

/* --- what is short --------------------------------------------------------------------------- */

struct need {
    int64_t product_id, quantity;
};

static int compare_needs(const void *a, const void *b)
{
    const struct need *x = a, *y = b;
    return x->product_id < y->product_id ? -1 : x->product_id > y->product_id;
}

/* Units of physical lines that nobody promised, by product. */
static enum err needs_of(struct ctx *c, const struct desk *d, struct need **out, size_t *count)
{
    struct list lines;
    size_t n = 0, kept = 0;
    TRY(order_lines_of(c, d->ids, d->count, &lines));
    const struct order_line *at = lines.at;
    struct need *needs = arena_new(c->arena, struct need, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++) {
        int64_t open = at[i].quantity - at[i].cancelled - at[i].allocated;
        if (line_is_physical(&at[i]) && open > 0)
            needs[n++] = (struct need){at[i].product_id, open};
    }
    qsort(needs, n, sizeof *needs, compare_needs);
    for (size_t i = 0; i < n; i++) {
        if (kept && needs[kept - 1].product_id == needs[i].product_id)
            needs[kept - 1].quantity += needs[i].quantity;
        else
            needs[kept++] = needs[i];
    }
    *out = needs;
    *count = kept;
    return OK;
}

static struct text bin_for(const struct list *cells, const struct list *bins, int64_t product_id)
{
    const struct stock *cell = cells->at;
    const struct bin *bin = bins->at;
    for (size_t i = 0; i < cells->count; i++) {
        if (cell[i].product_id != product_id) continue;
        for (size_t k = 0; k < bins->count; k++)
            if (bin[k].bin_id == cell[i].place_id && bin[k].kind == BIN_PICK) return bin[k].code;
    }
    return (struct text){0};
}

static enum err buy_in_tx(struct ctx *c, void *arg)
{
    struct desk *d = arg;
    const struct site *site = d->r->sites.at;
    struct need *needs;
    size_t n;
    struct list products, cells, bins, first;
    TRY(needs_of(c, d, &needs, &n));
    if (n > STOCKING_LINES_MAX) n = STOCKING_LINES_MAX;
    if (!n) return OK;
    int64_t *ids = arena_new(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) ids[i] = needs[i].product_id;
    TRY(products_of(c, ids, n, &products));
    TRY(stock_of_products(c, site->site_id, ids, n, &cells));
    int64_t *places = arena_new(c->arena, int64_t, cells.count + 1);
    for (size_t i = 0; i < cells.count; i++)
        places[i] = ((const struct stock *)cells.at)[i].place_id;
    TRY(bins_of(c, places, cells.count, &bins));
    TRY(bin_list(c, site->site_id, T(""), 1, &first));
    if (!first.count) return OK;
    struct stocking_line *lines = arena_new(c->arena, struct stocking_line, n);
    struct stocking_outcome *outcomes = arena_new(c->arena, struct stocking_outcome, n);
    size_t count = 0;
    int64_t units = 0;
    for (size_t i = 0; i < n; i++) {
        const struct product *p = product_in(&products, needs[i].product_id);
        struct text bin = bin_for(&cells, &bins, needs[i].product_id);
        if (!p || p->tracking != TRACKED_NOT) continue; /* lots and serials come with papers */
        units += needs[i].quantity;
        lines[count++] =
            (struct stocking_line){.sku = p->sku,
                                   .site = site->code,
                                   .bin = bin.len ? bin : ((const struct bin *)first.at)->code,
                                   .quantity = needs[i].quantity,
                                   .note = T("from the supplier, for orders that wait")};
    }
    d->answered = units;
    return count ? stock_receipt(c, lines, count, outcomes) : OK;
}

/* --- the morning's post ---------------------------------------------------------------------- */

static enum err page(struct run *r, struct desk *waiting, struct desk *short_of, int64_t *did)
{
    if (waiting->count) {
        TRY(run_unit(r, let_go_in_tx, waiting));
        r->counts->answered += waiting->answered;
        *did += waiting->answered;
        TRY(telephone(r, waiting, did));
    }
    if (short_of->count) {
        TRY(run_unit(r, buy_in_tx, short_of));
        r->counts->received += short_of->answered;
        *did += short_of->answered;
    }
    return OK;
}

struct closing {
    const int64_t *ids;
    size_t count;
};

static enum err close_in_tx(struct ctx *c, void *arg)
{
    const struct closing *closing = arg;
    for (size_t i = 0; i < closing->count; i++)
        TRY(job_put(c, JOB_COMPLETE, closing->ids[i], c->now_us));
    return OK;
}

/* Charges and services alone: nothing is carried, so nobody will say that it arrived. */
static enum err close_empty(struct run *r)
{
    int64_t after = 0;
    bool more = true;
    while (more) {
        struct list states;
        TRY(run_states_in(r, STAGE_COMPLETING, &after, &states, &more));
        const struct order_state *s = states.at;
        arena_reset(&r->kept);
        int64_t *ids = arena_new(&r->kept, int64_t, states.count + 1);
        struct closing closing = {.ids = ids};
        for (size_t i = 0; i < states.count; i++)
            if (s[i].units - s[i].cancelled == 0 && s[i].holds == 0)
                ids[closing.count++] = s[i].order_id;
        if (closing.count) TRY(run_unit(r, close_in_tx, &closing));
    }
    return OK;
}

/* Those among them that wait for somebody; where picking has begun, nothing is short any more. */
static void sort_out(struct run *r, enum order_stage stage, const struct list *states,
                     struct desk *waiting, struct desk *short_of)
{
    const struct order_state *s = states->at;
    *waiting = *short_of = (struct desk){.r = r};
    waiting->ids = arena_new(&r->kept, int64_t, states->count + 1);
    short_of->ids = arena_new(&r->kept, int64_t, states->count + 1);
    for (size_t i = 0; i < states->count; i++) {
        if (s[i].holds > 0) waiting->ids[waiting->count++] = s[i].order_id;
        if (stage == STAGE_PROCESSING && s[i].allocated < s[i].units - s[i].cancelled)
            short_of->ids[short_of->count++] = s[i].order_id;
    }
}

static struct desk part_of(const struct desk *all, size_t from)
{
    struct desk part = *all;
    size_t left = from < all->count ? all->count - from : 0;
    part.ids = all->ids + (left ? from : 0);
    part.count = left < RUN_PAGE ? left : RUN_PAGE;
    return part;
}

static enum err desk_stage(struct run *r, enum order_stage stage, int64_t *did)
{
    int64_t after = 0;
    bool more = true;
    while (more) {
        struct list states;
        struct desk waiting, short_of;
        arena_reset(&r->kept);
        TRY(run_states_in(r, stage, &after, &states, &more));
        sort_out(r, stage, &states, &waiting, &short_of);
        for (size_t n = 0; n < waiting.count || n < short_of.count; n += RUN_PAGE) {
            struct desk w = part_of(&waiting, n), s = part_of(&short_of, n);
            TRY(page(r, &w, &s, did));
        }
    }
    return OK;
}

enum err run_desk(struct run *r, int64_t *did)
{
    TRY(close_empty(r));
    TRY(desk_stage(r, STAGE_PROCESSING, did));
    return desk_stage(r, STAGE_SHIPPING, did);
}
