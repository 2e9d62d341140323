/* test/sim/life_days.c: random orders and random people; see life_days.h. */
#include "life_days.h"

#include <string.h>

int64_t days_below(struct days *d, int64_t n) { return source_below(&d->l.w->source, n); }
bool days_chance(struct days *d, int64_t percent) { return days_below(d, 100) < percent; }

static enum err ask_by_phone(struct ctx *c, void *arg)
{
    struct merchant m;
    (void)arg;
    TRY(merchant_get(c, &m));
    m.confirm_channels = 1 << CHANNEL_PHONE | 1 << CHANNEL_EMAIL;
    return merchant_update(c, &m);
}

struct days days_open(struct world *w, uint64_t seed)
{
    source_virtual(&w->source, seed, source_now_us(&w->source) + HOUR_US);
    struct days d = {.l = life_open(w), .seed = seed};
    days_substitutes(&d);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_by_phone, NULL));
    d.l.is_busy = true;
    return d;
}

bool days_took(struct days *d, const char *what, enum err e)
{
    const struct fault *f = &d->l.w->ctx.fault;
    bool is_answer = e == ERR_CONFLICT || e == ERR_INVALID || e == ERR_NOT_FOUND;
    if (e == OK)
        d->done++;
    else
        d->refused++;
    if (e == OK || (is_answer && strcmp(f->reason, "constraint") != 0)) return e == OK;
    test_fail(__FILE__, __LINE__, "%s: %s %s at %s: %s (WAYBILL_LIFE_SEED=%llu, day %lld)", what,
              err_name(e), f->reason, f->field, f->detail, (unsigned long long)d->seed,
              (long long)d->day);
    return false;
}

void days_remember(struct days *d, int64_t order_id)
{
    if (order_id && order_id != NONE && d->count < DAYS_ORDERS_MAX)
        d->orders[d->count++] = order_id;
}

struct list days_tasks(struct days *d, int64_t order_id)
{
    struct ctx *c = &d->l.w->ctx;
    struct list work = life_work(&d->l, order_id), tasks = {0};
    int64_t *ids = arena_new(c->arena, int64_t, work.count + 1);
    for (size_t i = 0; i < work.count; i++)
        ids[i] = ((const struct fulfillment *)work.at)[i].fulfillment_id;
    if (work.count) CHECK_OK(c, tasks_of(c, ids, work.count, &tasks));
    return tasks;
}

/* --- customers ------------------------------------------------------------------------------- */

static void add_services(struct days *d, struct draft *draft)
{
    struct arena *a = &d->l.w->arena;
    struct draft_line *line = draft->lines.at;
    struct draft_service *s = arena_new(a, struct draft_service, 3);
    s[0] = (struct draft_service){T("gift_wrap"), T("For you")};
    s[1] = (struct draft_service){T("engraving"), T("Ada")};
    s[2] = (struct draft_service){T("special_packaging"), {0}};
    if (days_chance(d, 15)) draft->services = (struct list){&s[days_chance(d, 50) ? 0 : 2], 1};
    if (days_chance(d, 15)) line->services = (struct list){&s[1], 1};
}

static void choose_payment(struct days *d, struct draft *draft)
{
    static const char *const tokens[] = {"tok_ok",
                                         "tok_ok",
                                         "tok_ok",
                                         "tok_decline",
                                         "tok_slow",
                                         "tok_timeout_after_success",
                                         "tok_timeout_before",
                                         "tok_away",
                                         "tok_capture_fails",
                                         "tok_capture_timeout",
                                         "tok_refund_pending",
                                         "tok_refund_timeout"};
    draft->payment_method = (int32_t)days_below(d, PAY_ON_DELIVERY + 1);
    if (days_chance(d, 40)) draft->payment_method = PAY_CARD;
    if (draft->payment_method == PAY_CARD)
        draft->payment_token = text_of(tokens[days_below(d, sizeof tokens / sizeof *tokens)]);
}

static void order_something(struct days *d)
{
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN", "SET"};
    struct draft draft = shop_draft(d->l.w, skus[days_below(d, 5)], 1 + days_below(d, 5));
    size_t n = 1 + (size_t)days_below(d, 3);
    struct draft_line *lines = arena_new(&d->l.w->arena, struct draft_line, n);
    for (size_t i = 0; i < n; i++) {
        lines[i] = *(const struct draft_line *)draft.lines.at;
        lines[i].sku = text_of(skus[days_below(d, 5)]);
        lines[i].quantity = days_chance(d, 8) ? 25 : 1 + days_below(d, 4);
        if (days_chance(d, 20)) lines[i].discount = money(1 + days_below(d, 99), "GBP");
        if (days_chance(d, 4)) lines[i].unit_price = money(150, "GBP");
    }
    draft.lines = (struct list){lines, n};
    draft.method = (int32_t)days_below(d, METHOD_PICKUP + 1);
    draft.channel = (int32_t)days_below(d, CHANNEL_OTHER + 1);
    if (days_chance(d, 50)) draft.shipping = money(395, "GBP");
    draft.substitution = (int32_t)days_below(d, 3);                      /* ask, allow, refuse */
    if (days_chance(d, 30)) draft.customer_email = T("Eve@example.org"); /* comes again */
    choose_payment(d, &draft);
    add_services(d, &draft);
    int64_t id = life_place(&d->l, &draft);
    if (days_took(d, "place", id ? OK : d->l.placed.fault.code)) days_remember(d, id);
}

static void confirm_somewhere(struct days *d, int64_t id)
{
    struct postal_address to = {.recipient = T("Ada Byron"),
                                .line1 = T("221B Baker Street"),
                                .city = T("London"),
                                .postal_code = T("NW1 6XE"),
                                .country = T("GB")};
    struct confirm_answer a = {.order_id = id,
                               .is_by_link = true,
                               .ship_to = days_chance(d, 50) ? &to : NULL,
                               .wish_day = NONE};
    days_took(d, "confirm", life_confirm(&d->l, &a));
}

static void cut_something(struct days *d, int64_t id)
{
    struct cancel_line lines[2];
    size_t n = 1 + (size_t)days_below(d, 2);
    for (size_t i = 0; i < n; i++)
        lines[i] = (struct cancel_line){1 + days_below(d, 4),
                                        days_chance(d, 30) ? NONE : 1 + days_below(d, 3)};
    days_took(d, "cut", life_cancel_lines(&d->l, id, lines, n, "fewer"));
}

static void change_something(struct days *d, int64_t id)
{
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN", "SET"};
    struct postal_address to = {.recipient = T("Ada Byron"),
                                .line1 = T("10 Downing Street"),
                                .city = T("London"),
                                .postal_code = T("SW1A 2AA"),
                                .country = T("GB")};
    struct change_line line = {.line_no = days_chance(d, 40) ? NONE : 1 + days_below(d, 4),
                               .sku = text_of(skus[days_below(d, 5)]),
                               .quantity = days_below(d, 6),
                               .unit_price = {.minor = NONE},
                               .discount = {.minor = NONE}};
    if (line.line_no != NONE && days_chance(d, 30)) line.quantity = NONE;
    if (line.line_no != NONE && days_chance(d, 30))
        line.unit_price = money(100 + days_below(d, 999), "GBP");
    struct order_change in = {.lines = {&line, days_chance(d, 80)},
                              .ship_to = days_chance(d, 25) ? &to : NULL,
                              .method = days_chance(d, 5) ? METHOD_EXPRESS : -1,
                              .wish_day = NONE,
                              .shipping = {.minor = NONE}};
    days_took(d, "change", life_change(&d->l, id, &in));
}

static void be_a_customer(struct days *d, int64_t id)
{
    int64_t case_id;
    switch (days_below(d, 9)) {
    case 8: days_answer(d, id); break;
    case 0: days_took(d, "cancel", life_cancel(&d->l, id, "changed my mind")); break;
    case 1: cut_something(d, id); break;
    case 2:
        if (days_chance(d, 50))
            confirm_somewhere(d, id);
        else
            change_something(d, id);
        break;
    case 3:
        days_took(d, "complain",
                  life_complain(&d->l, id, (enum case_kind)days_below(d, CASE_OTHER + 1),
                                days_chance(d, 50) ? "hm" : "where is it?", &case_id));
        break;
    case 4:
    case 5: days_resolve(d, id, (enum case_resolution)days_below(d, CASE_RETURN + 1)); break;
    default: days_took(d, "rate", life_rate(&d->l, id, days_below(d, 11), "well")); break;
    }
}

/* --- the clerk ------------------------------------------------------------------------------- */

void days_pay(struct days *d, int64_t order_id)
{
    struct paying_view v = life_money(&d->l, order_id);
    struct paying_act act = PAY_ACT(.order_id = order_id, .amount_minor = NONE);
    if (v.order.payment_method == PAY_CARD) {
        act.token = days_chance(d, 70) ? T("tok_ok") : T("tok_decline");
        days_took(d, "card", life_pay(&d->l, paying_card, act));
        return;
    }
    act.method = days_chance(d, 50) ? PAY_CASH : PAY_BANK_TRANSFER;
    act.amount_minor = v.balance.due;
    if (act.amount_minor > 1 && days_chance(d, 30)) act.amount_minor /= 2;
    act.note = text_printf(&d->l.w->arena, "ref %lld", (long long)source_id(&d->l.w->source));
    if (act.amount_minor > 0) days_took(d, "record", life_pay(&d->l, paying_record, act));
}

void days_resolve(struct days *d, int64_t order_id, enum case_resolution how)
{
    struct ctx *c = &d->l.w->ctx;
    struct list cases = {0};
    struct case_line line = {1, 1};
    CHECK_OK(c, cases_of(c, &order_id, 1, &cases));
    const struct care_case *at = cases.at;
    for (size_t i = 0; i < cases.count; i++) {
        if (at[i].resolution >= 0) continue;
        struct case_answer a = {.order_id = order_id,
                                .case_id = at[i].case_id,
                                .resolution = (int32_t)how,
                                .answer = T("we are sorry"),
                                .refund_minor = 1 + days_below(d, 900),
                                .return_reason = -1};
        if (how >= CASE_RESHIP) a.lines = (struct list){&line, 1};
        if (days_took(d, "resolve", life_resolve(&d->l, &a)))
            days_remember(d, d->l.resolved.reship_order_id);
    }
}

void days_buy(struct days *d, int64_t order_id)
{
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN"};
    static const char *const bins[] = {"A-01-01", "A-01-04", "A-02-03", "A-03-04"};
    const int64_t products[] = {d->l.shop.mug, d->l.shop.book, d->l.shop.lamp, d->l.shop.pen};
    struct ctx *c = &d->l.w->ctx;
    struct list lines = {0};
    CHECK_OK(c, order_lines_of(c, &order_id, 1, &lines));
    const struct order_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++) {
        int64_t open = at[i].quantity - at[i].cancelled - at[i].allocated;
        if (!line_is_physical(&at[i]) || open <= 0) continue;
        for (size_t k = 0; k < 4; k++)
            if (products[k] == at[i].product_id)
                days_took(d, "receive",
                          life_receive(&d->l, skus[k], days_chance(d, 60) ? "LON" : "MAN",
                                       days_chance(d, 70) ? bins[k] : "A-02-01", open));
    }
}

static void count_a_bin(struct days *d)
{
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN"};
    static const char *const bins[] = {"A-01-01", "A-01-04", "A-02-03", "A-03-04"};
    int64_t k = days_below(d, 4);
    enum adjust_reason reason = (enum adjust_reason)days_below(d, ADJUST_FOUND + 1);
    days_took(d, "adjust",
              life_adjust(&d->l, skus[k], days_chance(d, 50) ? "LON" : "MAN", bins[k],
                          reason == ADJUST_COUNT ? days_below(d, 60) : 1 + days_below(d, 3),
                          reason));
}

static void let_something_go(struct days *d, int64_t id)
{
    struct ctx *c = &d->l.w->ctx;
    struct list holds = {0};
    CHECK_OK(c, holds_of(c, &id, 1, true, &holds));
    const struct hold *at = holds.at;
    if (!holds.count) return;
    const struct hold *h = &at[days_below(d, (int64_t)holds.count)];
    if (h->reason == HOLD_PAYMENT)
        days_pay(d, id);
    else if (h->reason == HOLD_CONFIRMATION && days_chance(d, 70))
        confirm_somewhere(d, id);
    else
        days_took(d, "let go", life_let_go(&d->l, id, h->hold_id));
}

static void be_the_clerk(struct days *d, int64_t id)
{
    int64_t hold_id;
    switch (days_below(d, 15)) {
    case 6:
    case 7:
    case 8: days_answer(d, id); break;
    case 0: days_took(d, "hold", life_hold(&d->l, id, "wait a moment", &hold_id)); break;
    case 1: count_a_bin(d); break;
    case 2: days_pay(d, id); break;
    case 3: days_buy(d, id); break;
    case 4: days_resolve(d, id, (enum case_resolution)days_below(d, CASE_RETURN + 1)); break;
    case 5:
        life_policy(&d->l, (enum price_policy)days_below(d, 3),
                    (enum stock_policy)days_below(d, 4));
        break;
    default: let_something_go(d, id); break;
    }
}

/* --- the floor ------------------------------------------------------------------------------- */

static void pick_one(struct days *d, const struct task *t)
{
    int64_t left = t->quantity - t->done;
    if (t->kind == TASK_PUT_BACK) {
        if (t->state < TASK_DONE) days_took(d, "put back", life_put_back(&d->l, t, NONE));
        return;
    }
    if (t->state >= TASK_DONE) {
        if (t->done && days_chance(d, 5))
            days_took(d, "undo", life_undo(&d->l, t, 1 + days_below(d, t->done)));
        return;
    }
    if (t->place_id == NONE || days_chance(d, 6)) {
        enum short_reason why = t->place_id == NONE
                                    ? SHORT_CANNOT_REACH
                                    : (enum short_reason)days_below(d, SHORT_CANNOT_REACH + 1);
        days_took(d, "short",
                  life_short(&d->l, t, t->place_id == NONE ? 0 : days_below(d, left), why));
        return;
    }
    int64_t quantity = days_chance(d, 10) ? 1 + days_below(d, left + 1) : NONE; /* miscounts */
    days_took(d, "pick", life_pick(&d->l, t, quantity));
}

static void be_a_picker(struct days *d, int64_t id)
{
    struct list tasks = days_tasks(d, id);
    const struct task *t = tasks.at;
    for (size_t i = 0; i < tasks.count; i++)
        if ((t[i].kind == TASK_PICK || t[i].kind == TASK_PUT_BACK) && days_chance(d, 80))
            pick_one(d, &t[i]);
}

static void be_a_packer(struct days *d, int64_t id)
{
    struct list work = life_work(&d->l, id);
    const struct fulfillment *f = work.at;
    for (size_t i = 0; i < work.count; i++) {
        int64_t box;
        if (f[i].state < FULFILLMENT_PICKED || f[i].state > FULFILLMENT_PACKING) continue;
        if (days_chance(d, 10)) {
            if (!days_took(d, "start", life_start_packing(&d->l, f[i].fulfillment_id))) continue;
            if (!days_took(d, "box", life_box(&d->l, f[i].fulfillment_id, &box))) continue;
            days_took(d, "put", life_put(&d->l, box, days_chance(d, 50) ? "MUG" : "PEN", 1, NULL));
            if (days_chance(d, 50)) days_took(d, "take out", life_take_out(&d->l, box, 1));
            days_took(d, days_chance(d, 50) ? "discard" : "seal", life_discard(&d->l, box));
        } else {
            days_took(d, "pack", life_pack(&d->l, f[i].fulfillment_id));
        }
    }
}

static void be_the_shipper(struct days *d, int64_t id)
{
    if (days_chance(d, 30)) days_combine(d, id);
    if (days_chance(d, 5)) days_separate(d, id);
    struct list packages = work_packages(d->l.w, id);
    const struct package *p = packages.at;
    bool to_counter = life_money(&d->l, id).order.method == METHOD_PICKUP;
    for (size_t i = 0; i < packages.count; i++) {
        if (p[i].state == PACKAGE_HANDED_OVER && days_chance(d, 5))
            days_took(d, "take back", life_take_back(&d->l, p[i].package_id));
        else if (p[i].state == PACKAGE_LABELLED && days_chance(d, 8))
            days_took(d, "void", life_void_label(&d->l, p[i].package_id));
        else if (p[i].state == PACKAGE_SEALED && days_chance(d, 10))
            days_took(d, "reopen", life_reopen(&d->l, p[i].package_id));
        else if (p[i].state == PACKAGE_SEALED && !to_counter)
            days_took(d, "label", life_label(&d->l, p[i].package_id));
        else if (p[i].state < PACKAGE_HANDED_OVER)
            days_took(d, "hand over",
                      life_hand_over(&d->l, p[i].package_id,
                                     to_counter ? HAND_OVER_COUNTER : HAND_OVER_CARRIER));
    }
}

/* --- the road -------------------------------------------------------------------------------- */

void days_deliver(struct days *d, int64_t order_id, int64_t package_id)
{
    struct text code = {0};
    CHECK_OK(&d->l.w->ctx, life_pickup_code(&d->l, order_id, &code));
    if (days_chance(d, 5)) code = T("123456");
    struct delivery_proof *proof =
        PROOF(.package_id = package_id, .name = T("Ada Byron"), .pin = code,
              .age_checked = days_chance(d, 90),
              .signature = days_chance(d, 95) ? T("M4 30L9 5") : (struct text){0});
    days_took(d, "deliver", life_deliver(&d->l, proof));
}

static void be_the_carrier(struct days *d, int64_t id)
{
    struct list packages = work_packages(d->l.w, id);
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++) {
        int64_t box = p[i].package_id, ago_us = days_below(d, 6) * HOUR_US;
        enum tracking_status any = (enum tracking_status)days_below(d, TRACKING_CANCELLED + 1);
        if (p[i].state < PACKAGE_LABELLED) continue;
        if (p[i].state == PACKAGE_RETURNING && days_chance(d, 60))
            days_took(d, "come back", life_come_back(&d->l, box));
        else if (days_chance(d, 25))
            days_deliver(d, id, box);
        else if (days_chance(d, 20))
            days_took(d, "attempt",
                      life_attempt(&d->l, box,
                                   days_chance(d, 30) ? ATTEMPT_REFUSED : ATTEMPT_FAILED,
                                   ATTEMPT_NOBODY_HOME));
        else if (any != TRACKING_FAILURE || days_chance(d, 60))
            days_took(d, "report", life_report(&d->l, box, any, ago_us));
        if (days_chance(d, 2)) days_took(d, "reset", life_pin_reset(&d->l, box, "passport"));
    }
}

/* --- a day ----------------------------------------------------------------------------------- */

/* Mostly who has the order in hand; sometimes anybody. */
static int64_t who(struct days *d, int64_t id)
{
    enum { ANYBODY = 6 };
    static const int64_t by_stage[] = {
        [STAGE_PROCESSING] = 1, [STAGE_PICKING] = 2,    [STAGE_PACKING] = 3,  [STAGE_SHIPPING] = 4,
        [STAGE_DELIVERING] = 5, [STAGE_COMPLETING] = 0, [STAGE_CANCELLED] = 0};
    int64_t stage = life_stage(&d->l, id);
    return days_chance(d, 15) ? days_below(d, ANYBODY) : by_stage[stage];
}

/* Somebody, with some order: old ones are mostly left alone. */
static void act_once(struct days *d)
{
    int64_t window = 60, n = (int64_t)d->count;
    int64_t from = n > window && days_chance(d, 80) ? n - window : 0;
    int64_t id = d->orders[from + days_below(d, n - from)];
    CHECK_OK(&d->l.w->ctx, store_reader(&d->l.w->ctx));
    if (shop_state(d->l.w, id).shipped && days_chance(d, 30)) {
        days_return(d, id);
        return;
    }
    switch (who(d, id)) {
    case 0: be_a_customer(d, id); break;
    case 1: be_the_clerk(d, id); break;
    case 2: be_a_picker(d, id); break;
    case 3: be_a_packer(d, id); break;
    case 4: be_the_shipper(d, id); break;
    default: be_the_carrier(d, id); break;
    }
}

void days_pass(struct days *d)
{
    enum { ROUNDS = 4, ACTS = 24 };
    struct arena *a = &d->l.w->arena;
    for (int round = 0; round < ROUNDS && !test_failed(); round++) {
        struct arena_mark mark = arena_mark(a);
        for (int i = 0; i < 3 + d->day / 8 && d->count < DAYS_ORDERS; i++) order_something(d);
        for (int i = 0; i < ACTS && !test_failed(); i++) {
            act_once(d);
            if (days_chance(d, 15)) life_quiet(&d->l);
        }
        life_later(&d->l, DAY_US / ROUNDS);
        arena_rewind(a, mark);
    }
    d->day++;
}
