/* test/sim/life_end.c: everybody does their work until nothing is open; see life_days.h. */
#include "life_days.h"

static void see_to_holds(struct days *d, int64_t id)
{
    struct ctx *c = &d->l.w->ctx;
    struct list holds = {0};
    CHECK_OK(c, holds_of(c, &id, 1, true, &holds));
    const struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++) {
        if (at[i].reason == HOLD_PAYMENT)
            days_pay(d, id);
        else
            days_took(d, "let go", life_let_go(&d->l, id, at[i].hold_id));
    }
}

static void pick(struct days *d, int64_t id)
{
    struct list tasks = days_tasks(d, id);
    const struct task *t = tasks.at;
    for (size_t i = 0; i < tasks.count; i++) {
        if (t[i].kind != TASK_PICK || t[i].state >= TASK_DONE) continue;
        /* what is not where it should be is given up, and comes from elsewhere */
        if (t[i].place_id == NONE || !days_took(d, "pick", life_pick(&d->l, &t[i], NONE)))
            days_took(d, "short", life_short(&d->l, &t[i], 0, SHORT_CANNOT_REACH));
    }
}

/* What was cancelled goes back to its bin. */
static void put_back(struct days *d, int64_t id)
{
    struct list tasks = days_tasks(d, id);
    const struct task *t = tasks.at;
    for (size_t i = 0; i < tasks.count; i++)
        if (t[i].kind == TASK_PUT_BACK && t[i].state < TASK_DONE)
            days_took(d, "put back",
                      life_put_back(&d->l, &t[i], t[i].place_id == NONE ? d->l.returns[0] : NONE));
}

static void pack(struct days *d, int64_t id)
{
    struct list work = life_work(&d->l, id);
    const struct fulfillment *f = work.at;
    for (size_t i = 0; i < work.count; i++)
        if (f[i].state == FULFILLMENT_PICKED || f[i].state == FULFILLMENT_PACKING)
            days_took(d, "pack", life_pack(&d->l, f[i].fulfillment_id));
}

/* Boxes that somebody left open. */
static void tidy_boxes(struct days *d, int64_t id)
{
    struct ctx *c = &d->l.w->ctx;
    struct list packages = work_packages(d->l.w, id);
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++) {
        if (p[i].state != PACKAGE_OPEN) continue;
        struct list lines = {0};
        CHECK_OK(c, package_lines_of(c, &p[i].package_id, 1, &lines));
        const struct package_line *l = lines.at;
        for (size_t k = 0; k < lines.count; k++)
            days_took(d, "take out", life_take_out(&d->l, p[i].package_id, l[k].line_no));
        days_took(d, "discard", life_discard(&d->l, p[i].package_id));
    }
}

static void bring(struct days *d, int64_t id, bool to_counter)
{
    struct list packages = work_packages(d->l.w, id);
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++) {
        int64_t box = p[i].package_id;
        if (p[i].state == PACKAGE_SEALED && !to_counter)
            days_took(d, "label", life_label(&d->l, box));
        if (p[i].state == PACKAGE_SEALED || p[i].state == PACKAGE_LABELLED)
            days_took(
                d, "hand over",
                life_hand_over(&d->l, box, to_counter ? HAND_OVER_COUNTER : HAND_OVER_CARRIER));
        if (p[i].state == PACKAGE_HANDED_OVER || p[i].state == PACKAGE_IN_TRANSIT) {
            days_took(d, "reset", life_pin_reset(&d->l, box, "passport"));
            days_deliver(d, id, box);
        }
        if (p[i].state == PACKAGE_RETURNING) days_took(d, "come back", life_come_back(&d->l, box));
    }
}

/* What was lost or came back is a concern that somebody has to answer. */
static void make_good(struct days *d, int64_t id)
{
    int64_t case_id;
    struct list packages = work_packages(d->l.w, id);
    const struct package *p = packages.at;
    bool is_gone = false;
    for (size_t i = 0; i < packages.count; i++)
        is_gone = is_gone || p[i].state == PACKAGE_BACK || p[i].state == PACKAGE_LOST;
    if (is_gone && d->day % 4 == 0)
        days_took(d, "complain", life_complain(&d->l, id, CASE_MISSING, "nothing came", &case_id));
    days_resolve(d, id, CASE_ANSWER);
}

static void work_on(struct days *d, int64_t id)
{
    if (days_chance(d, 50)) days_separate(d, id);
    put_back(d, id);
    days_end_returns(d, id);
    struct order_state s = shop_state(d->l.w, id);
    if (s.commercial != COMMERCIAL_PLACED) return;
    bool to_counter = life_money(&d->l, id).order.method == METHOD_PICKUP;
    if (s.holds) see_to_holds(d, id);
    if (s.allocated < s.units - s.cancelled) days_buy(d, id);
    pick(d, id);
    tidy_boxes(d, id);
    pack(d, id);
    bring(d, id, to_counter);
    make_good(d, id);
}

int64_t days_end(struct days *d, int64_t days)
{
    struct arena *a = &d->l.w->arena;
    int64_t open = 1;
    for (int64_t i = 0; i < days && open && !test_failed(); i++, d->day++) {
        struct arena_mark mark = arena_mark(a);
        life_policy(&d->l, PRICE_HOLD, STOCK_SPLIT);
        for (size_t k = 0; k < d->count && !test_failed(); k++) {
            struct arena_mark one = arena_mark(a);
            work_on(d, d->orders[k]);
            arena_rewind(a, one);
        }
        life_later(&d->l, DAY_US);
        open = 0;
        for (size_t k = 0; k < d->count; k++)
            open += shop_state(d->l.w, d->orders[k]).commercial == COMMERCIAL_PLACED;
        arena_rewind(a, mark);
    }
    return open;
}
