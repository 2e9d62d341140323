/* test/sim/life_stop_test.c: a stop reaches the hand: every scan, each of the three causes.
 *
 *   work at the scan's stage, read at its version ──> hold, cancel or new address ──> the scan */
#include "../audit_world.h"
#include "life.h"
#include "services/gift_wrap/gift_wrap.h"

#include <stdio.h>
#include <string.h>

enum cause { HELD, CANCELLED, MOVED, CAUSES };
static const char *const causes[] = {"held", "cancelled", "sent elsewhere"};

/* What the person with the scanner knows. */
struct hand {
    struct life *l;
    int64_t order_id, work, box, version;
    struct task task;
};

static enum err scan_pick(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct pick_scan in = {h->work, h->task.task_id, T("MUG"), {0}, 1, h->version, PICKER};
    struct pick_result out;
    return picking_scan(c, &in, &out);
}
static enum err call_short(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct pick_short in = {h->work, h->task.task_id, h->version, PICKER, 0, SHORT_NOT_THERE};
    struct pick_short_result out;
    return picking_short(c, &in, &out);
}
static enum err finish_wrap(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct gift_wrap in = {h->work, h->task.task_id, {0}, T("red"), h->version};
    return gift_wrap_finish(c, &in);
}
static enum err take_box(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct pack_open in = {.fulfillment_id = h->work, .carton_id = NONE, .version = h->version};
    struct package out;
    return packing_open(c, &in, &out);
}
static enum err scan_pack(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct pack_scan in = {h->box, T("MUG"), 1, NONE, h->version};
    struct pack_result out;
    return packing_scan(c, &in, &out);
}
static enum err seal(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct pack_seal in = {.package_id = h->box, .weight_g = NONE, .version = h->version};
    struct pack_sealed out;
    return packing_seal(c, &in, &out);
}
static enum err ask_label(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct label_wish wish = {.package_id = h->box};
    struct fault fault;
    TRY(shipping_label_now(c, &wish, 1, &fault));
    c->fault = fault;
    return fault.code;
}
static enum err hand_over(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct fault fault;
    TRY(shipping_hand_over(c, &h->box, 1, HAND_OVER_CARRIER, &fault));
    c->fault = fault;
    return fault.code;
}
static enum err deliver(struct ctx *c, void *arg)
{
    const struct hand *h = arg;
    struct delivery out;
    return delivery_confirm(c, PROOF(.package_id = h->box, .name = T("Ada")), &out);
}

enum stage { RELEASED, PICKED, WRAPPING, PACKING, FILLED, SEALED, LABELLED };
/* After a new address a parcel is stopped by what is missing: its label. What is delivered in the
   house is stopped by not having left. */
static const struct {
    const char *name;
    work_fn *scan;
    enum stage stage;
    const char *reasons[CAUSES];
} scans[] = {
    {"pick", scan_pick, RELEASED, {"stop", "stop", "stop"}},
    {"short", call_short, RELEASED, {"stop", "stop", "stop"}},
    {"wrap", finish_wrap, WRAPPING, {"stop", "stop", "stop"}},
    {"box", take_box, PACKING, {"stop", "stop", "stop"}},
    {"put in", scan_pack, PACKING, {"stop", "stop", "stop"}},
    {"seal", seal, FILLED, {"stop", "stop", "stop"}},
    {"label", ask_label, SEALED, {"stop", "stop", NULL}},
    {"hand over", hand_over, LABELLED, {"stop", "stop", "no_label"}},
    {"deliver",
     deliver,
     LABELLED,
     {"nothing_to_deliver", "nothing_to_deliver", "nothing_to_deliver"}},
};

static struct hand hand_at(struct life *l, enum stage stage)
{
    struct ctx *c = &l->w->ctx;
    struct draft d = life_card_draft(l, "MUG", 2, "tok_ok");
    struct draft_service wrap = {.code = T("gift_wrap")};
    if (stage == WRAPPING) ((struct draft_line *)d.lines.at)->services = (struct list){&wrap, 1};
    struct hand h = {.l = l, .order_id = life_place(l, &d)};
    life_let_go_all(l, h.order_id, HOLD_DUPLICATE);
    h.task = life_task(l, h.order_id, TASK_PICK, 0);
    h.work = h.task.fulfillment_id;
    if (stage > RELEASED) CHECK_OK(c, life_pick_all(l, h.order_id));
    if (stage == WRAPPING) h.task = life_task(l, h.order_id, TASK_GIFT_WRAP, 0);
    if (stage >= PACKING) {
        CHECK_OK(c, life_start_packing(l, h.work));
        CHECK_OK(c, life_box(l, h.work, &h.box));
    }
    if (stage >= FILLED) CHECK_OK(c, life_put(l, h.box, "MUG", 2, NULL));
    l->is_busy = stage == SEALED; /* nobody has labelled it yet */
    if (stage >= SEALED) CHECK_OK(c, life_seal(l, h.box, NONE));
    h.version = life_fulfillment(l, h.order_id, 0).version;
    return h;
}

static void stop_it(struct hand *h, enum cause cause)
{
    struct ctx *c = &h->l->w->ctx;
    struct postal_address to = {.recipient = T("Ada Byron"),
                                .line1 = T("221B Baker Street"),
                                .city = T("London"),
                                .postal_code = T("NW1 6XE"),
                                .country = T("GB")};
    struct order_change in = {
        .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}, .ship_to = &to};
    int64_t hold_id;
    h->l->is_busy = true; /* the scan comes at once */
    switch (cause) {
    case HELD: CHECK_OK(c, life_hold(h->l, h->order_id, "customer calls", &hold_id)); break;
    case CANCELLED: CHECK_OK(c, life_cancel(h->l, h->order_id, "no")); break;
    case MOVED:
    case CAUSES: CHECK_OK(c, life_change(h->l, h->order_id, &in)); break;
    }
}

TEST_BOTH(complaint, c36_every_scan_is_stopped_by_a_hold_a_cancel_and_a_new_address)
{
    struct life l = life_open(w);
    for (size_t i = 0; i < sizeof scans / sizeof *scans; i++)
        for (int cause = HELD; cause < CAUSES && !test_failed(); cause++) {
            struct hand h = hand_at(&l, scans[i].stage);
            const char *reason = scans[i].reasons[cause];
            stop_it(&h, (enum cause)cause);
            if (reason)
                CHECK_FAULT(&w->ctx, ERR_CONFLICT, reason, db_tx(&w->ctx, scans[i].scan, &h));
            else
                CHECK_OK(&w->ctx, db_tx(&w->ctx, scans[i].scan, &h));
            if (reason && strcmp(reason, "stop") == 0)
                CHECK(text_starts(text_of(w->ctx.fault.detail), T("stop: ")));
            l.is_busy = false;
            life_quiet(&l);
            if (test_failed()) printf("%s, %s\n", scans[i].name, causes[cause]);
        }
    world_audit(w);
}

/* What was cancelled goes back whatever else is wrong with the order; nothing goes out with it. */
TEST_BOTH(complaint, c36_goods_go_back_to_their_bin_from_an_order_that_is_held)
{
    struct life l = life_open(w);
    struct hand h = hand_at(&l, PACKING);
    struct cancel_line one = {1, 1};
    int64_t hold_id;
    CHECK_OK(&w->ctx, life_cancel_lines(&l, h.order_id, &one, 1, "one is enough"));
    CHECK_OK(&w->ctx, life_hold(&l, h.order_id, "customer calls", &hold_id));
    struct task t = life_task(&l, h.order_id, TASK_PUT_BACK, 0);
    CHECK_OK(&w->ctx, life_put_back(&l, &t, NONE));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_start_packing(&l, h.work));
    world_audit(w);
}
