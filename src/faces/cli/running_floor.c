/* faces/cli/running_floor.c: the warehouse: waves, picks, packing, labels, hand-over. */
#include "faces/cli/running_parts.h"
#include "stages/3_picking/picking.h"
#include "stages/4_packing/packing.h"
#include "stages/5_shipping/shipping.h"

#include <string.h>

enum { CART = 10, WAVES_A_ROUND = 32, PACK_A_UNIT = 400, PALLET_UNITS = 2000 };
#define PICK_US (8 * SECOND_US)
#define METRE_US (SECOND_US)
#define PACK_US (90 * SECOND_US)

/* --- picking --------------------------------------------------------------------------------- */

struct planning {
    struct run *r;
    int64_t site_id;
    struct run_waves *waves;
};

/* Planning looks at all that waits, so it is done for many carts at once. */
static enum err plan_in_tx(struct ctx *c, void *arg)
{
    struct planning *p = arg;
    struct wave_filter filter = {.method = NONE,
                                 .due_before_us = NONE,
                                 .fulfillments_max = CART,
                                 .waves_max = RUN_WAVES_MAX};
    struct wave_plan *plans;
    size_t n;
    TRY(wave_plan(c, p->site_id, &filter, &plans, &n));
    p->waves->next = p->waves->count = 0;
    for (size_t i = 0; i < n && i < RUN_WAVES_MAX; i++) {
        p->waves->ids[p->waves->count] = plans[i].wave.wave_id;
        p->waves->walks_mm[p->waves->count++] = plans[i].is_mm ? plans[i].length : 0;
    }
    return OK;
}

/* Carts that come back from their walks, or work that is in no wave. */
struct picking {
    struct run *r;
    struct cart {
        int64_t wave_id, worker_id;
        bool more; /* the wave may have more than one claim takes */
    } carts[WAVES_A_ROUND];
    size_t cart_count;
    const int64_t *fulfillments;
    size_t fulfillment_count;
    int64_t picks, units; /* out */
};

/* What nobody knows a bin for is looked for and not found. */
static enum err give_up(struct ctx *c, const struct pick_item *item)
{
    struct pick_short_result result;
    struct pick_short in = {.fulfillment_id = item->fulfillment_id,
                            .task_id = item->task_id,
                            .version = NONE,
                            .worker_id = NONE,
                            .found = 0,
                            .reason = SHORT_CANNOT_REACH};
    return picking_short(c, &in, &result);
}

/* `workers` beside the items; NULL: nobody's lease matters. */
static enum err confirm(struct ctx *c, struct picking *p, const struct pick_item *items, size_t n,
                        const int64_t *workers)
{
    struct pick_confirm *jobs = arena_new(c->arena, struct pick_confirm, n + 1);
    struct fault *faults = arena_new(c->arena, struct fault, n + 1);
    size_t count = 0;
    p->picks = p->units = 0;
    for (size_t i = 0; i < n; i++) {
        if (items[i].kind != TASK_PICK || run_is_stuck(p->r, items[i].fulfillment_id)) continue;
        if (items[i].bin_id == NONE) {
            TRY(give_up(c, &items[i]));
            p->picks++;
            continue;
        }
        p->units += items[i].quantity - items[i].done;
        jobs[count++] = (struct pick_confirm){.fulfillment_id = items[i].fulfillment_id,
                                              .task_id = items[i].task_id,
                                              .quantity = NONE,
                                              .bin_id = NONE,
                                              .version = items[i].version,
                                              .worker_id = workers ? workers[i] : NONE};
    }
    if (count) TRY(picking_confirm(c, jobs, count, faults));
    for (size_t i = 0; i < count; i++) {
        if (faults[i].code == OK) {
            p->picks++;
            continue;
        }
        int64_t order_id = NONE;
        for (size_t k = 0; k < n; k++)
            if (items[k].task_id == jobs[i].task_id) order_id = items[k].order_id;
        run_stick(p->r, jobs[i].fulfillment_id, order_id, &faults[i]);
    }
    return OK;
}

/* What happens to an order tells of the picker whose cart it was in. */
static void tell_pickers(struct ctx *c, const struct pick_item *items, size_t n,
                         const int64_t *workers)
{
    struct asker *at = arena_new(c->arena, struct asker, n + 1);
    for (size_t i = 0; i < n; i++) at[i] = (struct asker){items[i].order_id, workers[i], 0};
    ctx_asked_by(c, at, n);
}

/* Each picker takes the next tasks of a wave and walks; what all of them bring is confirmed at
   once, as their requests would be. */
static enum err pick_carts_in_tx(struct ctx *c, void *arg)
{
    struct picking *p = arg;
    struct list items;
    size_t n = 0, room = p->cart_count * PICK_CLAIM_MAX;
    struct pick_item *all = arena_new(c->arena, struct pick_item, room + 1);
    int64_t *workers = arena_new(c->arena, int64_t, room + 1);
    for (size_t i = 0; i < p->cart_count; i++) {
        struct cart *cart = &p->carts[i];
        struct pick_claim claim = {.site_id = NONE,
                                   .wave_id = cart->wave_id,
                                   .worker_id = cart->worker_id,
                                   .most = PICK_CLAIM_MAX};
        TRY(picking_claim(c, &claim, &items));
        cart->more = items.count == PICK_CLAIM_MAX;
        for (size_t k = 0; k < items.count; k++) {
            workers[n] = cart->worker_id;
            all[n++] = ((const struct pick_item *)items.at)[k];
        }
    }
    tell_pickers(c, all, n, workers);
    TRY(confirm(c, p, all, n, workers));
    c->askers = NULL;
    return OK;
}

/* Work outside of waves, and what was left half done. */
static enum err pick_loose_in_tx(struct ctx *c, void *arg)
{
    struct picking *p = arg;
    struct list items;
    c->actor_id = p->r->crew[0];
    TRY(picking_items(c, p->fulfillments, p->fulfillment_count, false, &items));
    return confirm(c, p, items.at, items.count, NULL);
}

static enum err pick(struct run *r, struct picking *p, work_fn *work, int64_t *did)
{
    p->r = r;
    TRY(run_unit(r, work, p));
    run_spend(r, p->picks * PICK_US / r->options->crew);
    r->counts->lines += p->picks;
    r->counts->units += p->units;
    *did += p->picks;
    return OK;
}

static enum err pick_waves(struct run *r, size_t site, int64_t *did)
{
    struct run_waves *w = &r->waves[site];
    struct planning plan = {r, ((const struct site *)r->sites.at)[site].site_id, w};
    if (w->next == w->count) {
        TRY(run_unit(r, plan_in_tx, &plan));
        r->counts->waves += (int64_t)w->count;
    }
    struct picking p = {0};
    for (; p.cart_count < WAVES_A_ROUND && w->next < w->count; w->next++) {
        int64_t walk_mm = w->walks_mm[w->next];
        p.carts[p.cart_count++] = (struct cart){w->ids[w->next], run_next_worker(r), false};
        r->counts->walked_m += walk_mm / 1000;
        run_spend(r, walk_mm / 1000 * METRE_US / r->options->crew);
    }
    while (p.cart_count) {
        size_t kept = 0;
        TRY(pick(r, &p, pick_carts_in_tx, did));
        for (size_t i = 0; i < p.cart_count; i++)
            if (p.carts[i].more && p.picks) p.carts[kept++] = p.carts[i];
        p.cart_count = kept;
    }
    return OK;
}

/* Fulfillments in this state, of one site or of the selected orders; ids in the kept arena. */
static enum err gather(struct run *r, int64_t site_id, enum fulfillment_state state, bool is_loose,
                       int64_t **ids, size_t *count)
{
    struct ctx *c = &r->ctx;
    struct list found;
    arena_reset(&r->arena);
    arena_reset(&r->kept);
    *count = 0;
    TRY(store_reader(c));
    if (r->orders)
        TRY(fulfillments_of_orders(c, r->orders, r->order_count, &found));
    else
        TRY(fulfillment_list(c, site_id, state, WAVE_CANDIDATES_MAX, &found));
    const struct fulfillment *at = found.at;
    *ids = arena_new(&r->kept, int64_t, found.count + 1);
    for (size_t i = 0; i < found.count && *count < PACK_A_UNIT; i++) {
        if (at[i].state != (int32_t)state || at[i].site_id != site_id) continue;
        if (is_loose && !r->orders && at[i].wave_id == NONE) continue;
        if (!run_is_stuck(r, at[i].fulfillment_id)) (*ids)[(*count)++] = at[i].fulfillment_id;
    }
    return OK;
}

static enum err pick_loose(struct run *r, int64_t site_id, int64_t *did)
{
    static const enum fulfillment_state states[] = {FULFILLMENT_RELEASED, FULFILLMENT_PICKING};
    for (size_t i = 0; i < 2; i++) {
        int64_t *ids;
        size_t n;
        TRY(gather(r, site_id, states[i], true, &ids, &n));
        struct picking p = {.fulfillments = ids, .fulfillment_count = n};
        if (n) TRY(pick(r, &p, pick_loose_in_tx, did));
    }
    return OK;
}

/* --- packing --------------------------------------------------------------------------------- */

struct packing {
    struct run *r;
    const int64_t *ids;
    size_t count;
    int64_t packed;
};

/* Too much for a proposal of cartons: pallets, filled line by line. */
static enum err load_pallets(struct ctx *c, int64_t fulfillment_id, struct pack_proposal *out)
{
    struct list lines;
    struct pack_box *boxes = NULL;
    size_t count = 0, capacity = 0;
    int64_t room = 0;
    TRY(fulfillment_lines_of(c, &fulfillment_id, 1, &lines));
    const struct fulfillment_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++) {
        for (int64_t left = at[i].picked - at[i].packed; left > 0;) {
            if (!room) {
                *arena_push(c->arena, boxes, count, capacity) = (struct pack_box){
                    .carton_id = NONE,
                    .contents = {arena_new(c->arena, struct pack_content, lines.count), 0}};
                room = PALLET_UNITS;
            }
            struct list *in = &boxes[count - 1].contents;
            int64_t units = left < room ? left : room;
            ((struct pack_content *)in->at)[in->count++] =
                (struct pack_content){at[i].line_no, at[i].product_id, units, {0}, {0}};
            left -= units;
            room -= units;
        }
    }
    *out = (struct pack_proposal){.fulfillment_id = fulfillment_id, .boxes = {boxes, count}};
    return OK;
}

/* Those that were refused as too many are packed once more, on pallets. */
static enum err pack_pallets(struct ctx *c, struct pack_job *jobs, size_t n, struct fault *faults)
{
    struct pack_job *again = arena_new(c->arena, struct pack_job, n);
    struct fault *answers = arena_new(c->arena, struct fault, n);
    size_t *index = arena_new(c->arena, size_t, n), count = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(faults[i].reason, "too_many_units") != 0) continue;
        struct pack_proposal *proposal = arena_new(c->arena, struct pack_proposal, 1);
        TRY(load_pallets(c, jobs[i].fulfillment_id, proposal));
        again[count] = jobs[i];
        again[count].proposal = proposal;
        index[count++] = i;
    }
    if (count) TRY(packing_pack(c, again, count, answers));
    for (size_t i = 0; i < count; i++) faults[index[i]] = answers[i];
    return OK;
}

static enum err pack_in_tx(struct ctx *c, void *arg)
{
    struct packing *p = arg;
    struct pack_job *jobs = arena_new(c->arena, struct pack_job, p->count);
    struct fault *faults = arena_new(c->arena, struct fault, p->count);
    c->actor_id = p->r->crew[p->r->turn % (size_t)p->r->options->crew];
    for (size_t i = 0; i < p->count; i++)
        jobs[i] = (struct pack_job){.fulfillment_id = p->ids[i], .with_services = true};
    TRY(packing_pack(c, jobs, p->count, faults));
    TRY(pack_pallets(c, jobs, p->count, faults));
    struct list of;
    TRY(fulfillments_of(c, p->ids, p->count, &of));
    const struct fulfillment *at = of.at;
    p->packed = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (faults[i].code == OK) p->packed++;
        for (size_t k = 0; faults[i].code != OK && k < of.count; k++)
            if (at[k].fulfillment_id == p->ids[i])
                run_stick(p->r, p->ids[i], at[k].order_id, &faults[i]);
    }
    return OK;
}

static enum err pack(struct run *r, int64_t site_id, int64_t *did)
{
    for (;;) {
        int64_t *ids;
        struct packing p = {.r = r};
        TRY(gather(r, site_id, FULFILLMENT_PICKED, false, &ids, &p.count));
        if (!p.count) return OK;
        p.ids = ids;
        run_next_worker(r);
        TRY(run_unit(r, pack_in_tx, &p));
        run_spend(r, p.packed * PACK_US / r->options->crew);
        *did += p.packed;
        if (!p.packed) return OK;
    }
}

/* --- shipping -------------------------------------------------------------------------------- */

struct shipping {
    struct run *r;
    int64_t ids[RUN_PAGE], orders[RUN_PAGE];
    size_t count;
    bool is_label; /* otherwise they leave */
    int64_t done;
};

static enum err ship_in_tx(struct ctx *c, void *arg)
{
    struct shipping *s = arg;
    struct fault *faults = arena_new(c->arena, struct fault, s->count);
    struct label_wish *wishes = arena_new(c->arena, struct label_wish, s->count);
    c->actor_id = s->r->crew[0];
    for (size_t i = 0; i < s->count; i++) wishes[i].package_id = s->ids[i];
    if (s->is_label)
        TRY(shipping_label_now(c, wishes, s->count, faults));
    else
        TRY(shipping_hand_over(c, s->ids, s->count, HAND_OVER_CARRIER, faults));
    s->done = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (faults[i].code == OK)
            s->done++;
        else if (strcmp(faults[i].reason, "address_incomplete") != 0) /* the desk sees to those */
            run_stick(s->r, s->ids[i], s->orders[i], &faults[i]);
    }
    return OK;
}

/* Goods for collection wait at the counter without a label. */
static enum err without_pickup(struct run *r, struct shipping *s, const struct list *found,
                               enum package_state state)
{
    const struct package *at = found->at;
    int64_t *ids = arena_new(&r->arena, int64_t, found->count + 1);
    struct list orders;
    for (size_t i = 0; i < found->count; i++) ids[i] = at[i].order_id;
    TRY(order_list_of(&r->ctx, ids, found->count, &orders));
    const struct order *of = orders.at;
    s->count = 0;
    for (size_t i = 0; i < found->count && s->count < RUN_PAGE; i++) {
        if (at[i].state != (int32_t)state || run_is_stuck(r, at[i].package_id)) continue;
        bool is_pickup = false;
        for (size_t k = 0; k < orders.count && !is_pickup; k++)
            is_pickup = of[k].order_id == at[i].order_id && of[k].method == METHOD_PICKUP;
        if (is_pickup) continue;
        s->ids[s->count] = at[i].package_id;
        s->orders[s->count++] = at[i].order_id;
    }
    return OK;
}

static enum err ship(struct run *r, int64_t site_id, enum package_state state, int64_t *did)
{
    struct ctx *c = &r->ctx;
    for (;;) {
        struct shipping s = {.r = r, .is_label = state == PACKAGE_SEALED};
        struct list found;
        arena_reset(&r->arena);
        TRY(store_reader(c));
        if (r->orders)
            TRY(packages_of_orders(c, r->orders, r->order_count, &found));
        else
            TRY(package_list(c, site_id, state, RUN_PAGE, &found));
        TRY(without_pickup(r, &s, &found, state));
        if (!s.count) return OK;
        TRY(run_unit(r, ship_in_tx, &s));
        *did += s.done;
        if (!s.is_label) r->counts->packages += s.done;
        if (!s.done) return OK;
    }
}

enum err run_floor(struct run *r, int64_t *did)
{
    const struct site *sites = r->sites.at;
    for (size_t i = 0; i < r->sites.count; i++) {
        int64_t before = *did;
        if (!r->orders) TRY(pick_waves(r, i, did));
        if (*did == before) TRY(pick_loose(r, sites[i].site_id, did));
        TRY(pack(r, sites[i].site_id, did));
        TRY(ship(r, sites[i].site_id, PACKAGE_SEALED, did));
        TRY(ship(r, sites[i].site_id, PACKAGE_LABELLED, did));
    }
    return OK;
}

static enum err close_in_tx(struct ctx *c, void *arg)
{
    struct run *r = arg;
    struct list found;
    TRY(shipping_manifest_list(c, INT64_MAX, 50, &found));
    const struct manifest *at = found.at;
    for (size_t i = 0; i < found.count; i++) {
        if (at[i].closed_us != NONE) continue;
        TRY(shipping_manifest_close(c, at[i].manifest_id));
        r->counts->manifests++;
    }
    return OK;
}

enum err run_evening(struct run *r) { return run_unit(r, close_in_tx, r); }
