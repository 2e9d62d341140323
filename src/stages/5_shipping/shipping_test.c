/* Stage 5: labels are bought once, and nothing leaves that should stay. */
#include "stages/5_shipping/shipping.h"

#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/inventory/stock.h"
#include "domain/orders/work.h"
#include "parcel_fixture.h"
#include "plan/tracking_number.h"

/* One stage function on a batch, in a unit of work. */
struct deed {
    const int64_t *ids;
    struct text scan, carrier, service;
    size_t n;
    struct fault *faults;
    void *out;
    enum err (*run)(struct ctx *c, struct deed *d);
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return d->run(c, d);
}

static enum err do_it(struct world *w, struct deed d) { return db_tx(&w->ctx, in_tx, &d); }

static const struct label_wish *wishes_of(struct ctx *c, const struct deed *d)
{
    struct label_wish *wishes = arena_new(c->arena, struct label_wish, d->n);
    for (size_t i = 0; i < d->n; i++)
        wishes[i] = (struct label_wish){d->ids[i], d->carrier, d->service};
    return wishes;
}

static enum err label_now(struct ctx *c, struct deed *d)
{
    return shipping_label_now(c, wishes_of(c, d), d->n, d->faults);
}

static enum err label_ask(struct ctx *c, struct deed *d)
{
    return shipping_label_ask(c, wishes_of(c, d), d->n, d->faults);
}

static enum err hand_over(struct ctx *c, struct deed *d)
{
    return shipping_hand_over(c, d->ids, d->n, HAND_OVER_CARRIER, d->faults);
}

static enum err at_counter(struct ctx *c, struct deed *d)
{
    return shipping_hand_over(c, d->ids, d->n, HAND_OVER_COUNTER, d->faults);
}

static enum err give_back(struct ctx *c, struct deed *d)
{
    return shipping_void(c, d->ids[0], T("wrong box"));
}

static enum err take_back(struct ctx *c, struct deed *d)
{
    return shipping_take_back(c, d->ids[0], T("the courier never came"));
}

static enum err correct(struct ctx *c, struct deed *d)
{
    return shipping_correct_number(c, d->ids[0], d->scan, T("typed wrong"));
}

static enum err printed(struct ctx *c, struct deed *d)
{
    return shipping_label_printed(c, d->ids[0]);
}

static enum err sheet(struct ctx *c, struct deed *d)
{
    return shipping_label_sheet(c, d->ids[0], d->out);
}

static enum err close_manifest(struct ctx *c, struct deed *d)
{
    return shipping_manifest_close(c, d->ids[0]);
}

static enum err scan(struct ctx *c, struct deed *d)
{
    return shipping_scan(c, &d->scan, 1, d->out, d->faults);
}

/* The deed on one package succeeds. */
static void good(struct world *w, enum err (*run)(struct ctx *, struct deed *), int64_t id)
{
    struct fault fault = {0};
    struct deed d = {.ids = &id, .n = 1, .faults = &fault, .run = run};
    CHECK_OK(&w->ctx, do_it(w, d));
    w->ctx.fault = fault;
    CHECK_OK(&w->ctx, fault.code);
}

/* The member is refused, alone. */
static void refused(struct world *w, enum err (*run)(struct ctx *, struct deed *), int64_t id,
                    const char *reason)
{
    struct fault fault = {0};
    struct deed d = {.ids = &id, .n = 1, .faults = &fault, .run = run};
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_TEXT(reason, text_of(fault.reason));
}

static void ask_for(struct world *w, int64_t id, const char *carrier, const char *service)
{
    struct fault fault = {0};
    struct deed d = {.ids = &id,
                     .n = 1,
                     .faults = &fault,
                     .carrier = text_of(carrier),
                     .service = text_of(service),
                     .run = label_ask};
    CHECK_OK(&w->ctx, do_it(w, d));
    w->ctx.fault = fault;
    CHECK_OK(&w->ctx, fault.code);
}

/* What the job runner does: claim, ask outside, record. Time passes until the job is due again. */
static int64_t run_jobs(struct world *w)
{
    struct list jobs = {0};
    struct arena arena = {0};
    struct ctx c = world_ctx(w, &arena);
    source_advance_us(&w->source, 2 * HOUR_US);
    CHECK_OK(&c, job_claim(&c, JOB_LABEL, 100, MINUTE_US, &jobs));
    if (jobs.count) CHECK_OK(&c, shipping_label_job(&c, jobs.at, jobs.count));
    arena_free(&arena);
    return (int64_t)jobs.count;
}

static struct text key_of(struct world *w, int64_t package_id)
{
    return id_text(&w->arena, "lbl", parcel_label(w, package_id).label_id);
}

/* --- labels ---------------------------------------------------------------------------------- */

TEST_BOTH(shipping, a_label_of_the_house_is_bought_on_the_spot)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "MUG", 1), serial = 0;
    good(w, label_now, id);
    struct label l = parcel_label(w, id);
    CHECK_I64(LABEL_BOUGHT, l.state);
    CHECK_TEXT("house", l.carrier);
    CHECK_TEXT("GBP", l.currency);
    CHECK(l.cost_minor > 0 && l.promised_day != NONE);
    CHECK(tracking_number_check(l.tracking_number, &serial));
    CHECK_I64(PACKAGE_LABELLED, parcel_get(w, id).state);
    CHECK_I64(1, parcel_events(w, "label.bought"));
    refused(w, label_now, id, "label_exists");
    refused(w, label_ask, 12345, "package_not_found");
    int64_t next = parcel_sealed(w, "MUG", 1), next_serial = 0;
    good(w, label_now, next);
    CHECK(tracking_number_check(parcel_label(w, next).tracking_number, &next_serial));
    CHECK_I64(serial + 1, next_serial);
    parcel_audit(w);
}

TEST_BOTH(shipping, the_method_chooses_the_service)
{
    static const struct {
        enum delivery_method method;
        const char *service;
    } cases[] = {{METHOD_STANDARD, "economy"},
                 {METHOD_EXPRESS, "express"},
                 {METHOD_SIGNATURE, "standard"},
                 {METHOD_ADULT_SIGNATURE, "standard"}};
    parcel_shop(w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft d = shop_draft(w, "BOOK", 1);
        d.method = (int32_t)cases[i].method;
        d.wish_day = day_of_us(w->ctx.now_us) + 30;
        int64_t id = parcel_of_draft(w, &d);
        good(w, label_now, id);
        CHECK_TEXT(cases[i].service, parcel_label(w, id).service);
    }
    struct draft d = shop_draft(w, "BOOK", 1);
    d.wish_day = day_of_us(w->ctx.now_us) + 1; /* only express is that fast */
    int64_t id = parcel_of_draft(w, &d);
    good(w, label_now, id);
    CHECK_TEXT("express", parcel_label(w, id).service);
}

TEST(shipping, the_cheapest_in_time_is_chosen_else_the_earliest)
{
    struct carrier_quote at[] = {
        {.carrier = T("a"), .service = T("slow"), .price_minor = 100, .promised_day = 20},
        {.carrier = T("b"), .service = T("mid"), .price_minor = 200, .promised_day = 15},
        {.carrier = T("a"),
         .service = T("fast"),
         .price_minor = 900,
         .promised_day = 12,
         .is_express = true,
         .can_sign = true}};
    struct list quotes = {at, 3};
    struct quote_need need = {.day = NONE};
    bool is_late;
    CHECK_TEXT("slow", shipping_choose(&quotes, &need, &is_late)->service);
    need.day = 15;
    CHECK_TEXT("mid", shipping_choose(&quotes, &need, &is_late)->service);
    CHECK(!is_late);
    need.day = 10;
    CHECK_TEXT("fast", shipping_choose(&quotes, &need, &is_late)->service);
    CHECK(is_late);
    need = (struct quote_need){.day = NONE, .wants_signature = true};
    CHECK_TEXT("fast", shipping_choose(&quotes, &need, &is_late)->service);
    need = (struct quote_need){.day = NONE, .carrier = T("b"), .is_express = true};
    CHECK_TEXT("mid", shipping_choose(&quotes, &need, &is_late)->service);
    need.carrier = T("nobody");
    CHECK(shipping_choose(&quotes, &need, &is_late) == NULL);
}

TEST_BOTH(shipping, quotes_of_all_carriers_come_cheapest_first)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "LAMP", 1);
    struct list quotes = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, shipping_quote(&w->ctx, id, &quotes));
    const struct carrier_quote *q = quotes.at;
    bool is_house = false, is_test = false;
    for (size_t i = 0; i < quotes.count; i++) {
        is_house = is_house || text_is(q[i].carrier, "house");
        is_test = is_test || text_is(q[i].carrier, "test");
        CHECK(i == 0 || q[i - 1].price_minor <= q[i].price_minor);
    }
    CHECK(is_house && is_test);
}

TEST_BOTH(shipping, a_label_is_bought_once_though_the_answer_was_lost)
{
    static const char *const services[] = {"plain", "late", "lost", "garbage"};
    parcel_shop(w);
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        int64_t id = parcel_sealed(w, "PEN", 1);
        ask_for(w, id, "test", services[i]);
        CHECK_I64(LABEL_ASKED, parcel_label(w, id).state);
        CHECK_I64(PACKAGE_SEALED, parcel_get(w, id).state);
        CHECK_I64(1, run_jobs(w));
        bool is_plain = i == 0;
        CHECK_I64(is_plain ? LABEL_BOUGHT : LABEL_UNKNOWN, parcel_label(w, id).state);
        refused(w, label_now, id, "label_exists");
        CHECK_I64(is_plain ? 0 : 1, run_jobs(w));
        struct label l = parcel_label(w, id);
        CHECK_I64(LABEL_BOUGHT, l.state);
        CHECK(text_starts(l.tracking_number, T("TST")));
        CHECK_I64(1, carrier_test_sold(key_of(w, id)));
        CHECK_I64(PACKAGE_LABELLED, parcel_get(w, id).state);
        CHECK_I64(0, run_jobs(w));
    }
    CHECK_I64(4, parcel_events(w, "label.bought"));
    parcel_audit(w);
}

TEST_BOTH(shipping, who_died_before_recording_finds_what_was_bought)
{
    struct list jobs = {0};
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "PEN", 1);
    ask_for(w, id, "test", "plain");
    CHECK_OK(&w->ctx, job_claim(&w->ctx, JOB_LABEL, 10, MINUTE_US, &jobs));
    /* The carrier sold it to a worker that then died: nothing was recorded. */
    struct parcel parcel = {.service = T("plain"), .currency = T("GBP"), .serial = NONE};
    struct label_answer answer;
    CHECK_OK(&w->ctx,
             carrier_test.buy_label(&w->ctx, &carrier_test, &parcel, key_of(w, id), &answer));
    CHECK_I64(1, run_jobs(w));
    CHECK_I64(LABEL_BOUGHT, parcel_label(w, id).state);
    CHECK_I64(1, carrier_test_sold(key_of(w, id)));
}

TEST_BOTH(shipping, an_unknown_label_stays_unknown_until_somebody_knows)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "PEN", 1);
    ask_for(w, id, "test", "never");
    for (int i = 0; i < 4; i++) {
        run_jobs(w);
        source_advance_us(&w->source, 12 * HOUR_US);
    }
    CHECK_I64(LABEL_UNKNOWN, parcel_label(w, id).state);
    CHECK_I64(1, carrier_test_sold(key_of(w, id)));
    refused(w, hand_over, id, "no_label");
}

TEST_BOTH(shipping, a_refused_label_can_be_asked_for_elsewhere)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "PEN", 1);
    ask_for(w, id, "test", "refuse");
    run_jobs(w);
    CHECK_I64(LABEL_FAILED, parcel_label(w, id).state);
    CHECK_TEXT("they do not go there", parcel_label(w, id).reason);
    CHECK_I64(1, parcel_events(w, "label.failed"));
    CHECK_I64(PACKAGE_SEALED, parcel_get(w, id).state);
    good(w, label_now, id);
    CHECK_TEXT("house", parcel_label(w, id).carrier);
    parcel_audit(w);
}

TEST_BOTH(shipping, a_lost_question_that_is_refused_when_asked_again_bought_nothing)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "PEN", 1);
    ask_for(w, id, "test", "doubt");
    run_jobs(w);
    CHECK_I64(LABEL_UNKNOWN, parcel_label(w, id).state);
    source_advance_us(&w->source, 12 * HOUR_US);
    run_jobs(w);
    CHECK_I64(LABEL_FAILED, parcel_label(w, id).state);
    CHECK_I64(0, carrier_test_sold(key_of(w, id)));
    good(w, label_now, id);
}

TEST_BOTH(shipping, a_carrier_that_stays_away_is_given_up_and_nothing_was_bought)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "PEN", 1);
    ask_for(w, id, "test", "away");
    for (int i = 0; i < JOB_ATTEMPTS_MAX; i++) {
        CHECK_I64(1, run_jobs(w));
        source_advance_us(&w->source, 12 * HOUR_US);
    }
    CHECK_I64(LABEL_FAILED, parcel_label(w, id).state);
    CHECK_I64(0, carrier_test_sold(key_of(w, id)));
    good(w, label_now, id);
}

TEST_BOTH(shipping, a_label_is_voided_at_the_account_that_sold_it_and_bought_anew)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "PEN", 1);
    ask_for(w, id, "second", "plain");
    run_jobs(w);
    struct text number = parcel_label(w, id).tracking_number;
    good(w, give_back, id);
    CHECK_I64(PACKAGE_SEALED, parcel_get(w, id).state);
    refused(w, hand_over, id, "no_label");
    refused(w, label_now, id, "label_exists"); /* until the carrier has taken it back */
    CHECK(!carrier_test_voided(number));
    CHECK_I64(1, run_jobs(w));
    CHECK(carrier_test_voided(number));
    CHECK_I64(LABEL_VOIDED, parcel_label(w, id).state);
    CHECK_I64(1, parcel_events(w, "label.voided"));
    good(w, label_now, id);
    CHECK_TEXT("house", parcel_label(w, id).carrier);
    good(w, hand_over, id);
    struct deed d = {.ids = &id, .n = 1, .run = give_back};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", do_it(w, d));
    parcel_audit(w);
}

TEST_BOTH(shipping, a_wrong_number_is_corrected_with_its_history)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "PEN", 1), other = parcel_sent(w, "PEN", 1);
    struct text taken = parcel_label(w, other).tracking_number;
    struct deed d = {.ids = &id, .n = 1, .scan = T("1z 999aa1 0123 45 6784"), .run = correct};
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_TEXT("1Z999AA10123456784", parcel_label(w, id).tracking_number);
    CHECK_I64(1, parcel_events(w, "label.corrected"));
    d.scan = taken;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "tracking_number_taken", do_it(w, d));
    d.scan = T("x<y");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "tracking_number", do_it(w, d));
}

TEST_BOTH(shipping, the_label_says_what_the_courier_must_know)
{
    parcel_shop(w);
    struct draft draft = shop_draft(w, "LAMP", 1);
    draft.method = METHOD_ADULT_SIGNATURE;
    draft.payment_method = PAY_ON_DELIVERY;
    int64_t id = parcel_of_draft(w, &draft);
    struct label_sheet s = {0};
    struct deed d = {.ids = &id, .n = 1, .out = &s, .run = sheet};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_label", do_it(w, d));
    good(w, label_now, id);
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK(s.is_new);
    CHECK_TEXT("ADULT SIGNATURE 18+, CHECK AGE", s.instructions);
    CHECK_TEXT("49.99 GBP", s.cash);
    CHECK_TEXT("Ada Byron", s.recipient[0]);
    CHECK_TEXT("Fjell & Co", s.sender[0]);
    CHECK_I64(950, s.weight_g);
    CHECK(s.package == 1 && s.packages == 1);
    CHECK_I64(HANDLING_FRAGILE | HANDLING_UPRIGHT, s.handling);
    good(w, printed, id);
    good(w, printed, id);
    CHECK_I64(LABEL_PRINTED, parcel_label(w, id).state);
}

/* --- hand-over ------------------------------------------------------------------------------- */

TEST_BOTH(shipping, handing_over_moves_goods_promise_and_counters)
{
    struct shop shop = parcel_shop(w);
    int64_t id = parcel_sealed(w, "MUG", 2);
    refused(w, hand_over, id, "no_label");
    good(w, label_now, id);
    good(w, hand_over, id);
    struct package p = parcel_get(w, id);
    CHECK_I64(PACKAGE_HANDED_OVER, p.state);
    CHECK(p.manifest_id != NONE && p.handed_over_us != NONE);
    CHECK_I64(LABEL_USED, parcel_label(w, id).state);
    CHECK_I64(FULFILLMENT_HANDED_OVER, parcel_fulfillment_state(w, id));
    CHECK_I64(2, parcel_line(w, p.order_id, 1).shipped);
    CHECK_I64(STAGE_DELIVERING, shop_state(w, p.order_id).stage);
    CHECK_I64(1, parcel_events(w, "package.handed_over"));
    CHECK_I64(1, parcel_events(w, "fulfillment.handed_over"));
    struct list available;
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &shop.mug, 1, &available));
    const struct availability *a = available.at;
    CHECK_I64(118, a[0].sellable + a[1].sellable);
    CHECK_I64(0, a[0].promised + a[1].promised);
    refused(w, hand_over, id, "wrong_state");
    parcel_audit(w);
}

static enum err hold_it(struct ctx *c, struct deed *d)
{
    int64_t hold_id;
    return hold_put(c, d->ids[0], HOLD_FRAUD, T("call the bank"), 0, NONE, &hold_id);
}

TEST_BOTH(shipping, the_hand_over_stops_on_a_hold)
{
    parcel_shop(w);
    int64_t ids[2] = {parcel_sealed(w, "MUG", 1), parcel_sealed(w, "PEN", 1)};
    good(w, label_now, ids[0]);
    good(w, label_now, ids[1]);
    good(w, hold_it, parcel_get(w, ids[0]).order_id);
    struct fault faults[2];
    struct deed d = {.ids = ids, .n = 2, .faults = faults, .run = hand_over};
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_TEXT("stop", text_of(faults[0].reason));
    CHECK_TEXT("stop: held for fraud: call the bank", text_of(faults[0].detail));
    CHECK_I64(OK, faults[1].code);
    CHECK_I64(PACKAGE_LABELLED, parcel_get(w, ids[0]).state);
    CHECK_I64(PACKAGE_HANDED_OVER, parcel_get(w, ids[1]).state);
    parcel_audit(w);
}

TEST_BOTH(shipping, a_fulfillment_has_left_when_its_last_package_has)
{
    int64_t ids[2];
    parcel_shop(w);
    parcel_pair(w, "MUG", ids);
    good(w, label_now, ids[0]);
    good(w, label_now, ids[1]);
    good(w, hand_over, ids[0]);
    CHECK_I64(FULFILLMENT_PACKED, parcel_fulfillment_state(w, ids[0]));
    CHECK_I64(0, parcel_events(w, "fulfillment.handed_over"));
    good(w, hand_over, ids[1]);
    CHECK_I64(FULFILLMENT_HANDED_OVER, parcel_fulfillment_state(w, ids[0]));
    CHECK_I64(1, parcel_events(w, "fulfillment.handed_over"));
    CHECK_I64(parcel_get(w, ids[0]).manifest_id, parcel_get(w, ids[1]).manifest_id);
    parcel_audit(w);
}

TEST_BOTH(shipping, a_parcel_that_was_not_fetched_is_taken_back)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 2);
    good(w, take_back, id);
    struct package p = parcel_get(w, id);
    CHECK_I64(PACKAGE_LABELLED, p.state);
    CHECK(p.manifest_id == NONE && p.handed_over_us == NONE);
    CHECK_I64(LABEL_PRINTED, parcel_label(w, id).state);
    CHECK_I64(FULFILLMENT_PACKED, parcel_fulfillment_state(w, id));
    CHECK_I64(0, parcel_line(w, p.order_id, 1).shipped);
    CHECK_I64(1, parcel_events(w, "package.taken_back"));
    parcel_audit(w);
    good(w, hand_over, id);
    CHECK_I64(2, parcel_line(w, p.order_id, 1).shipped);
    parcel_audit(w);
}

TEST_BOTH(shipping, who_collects_gets_no_label_and_no_courier)
{
    parcel_shop(w);
    struct draft d = shop_draft(w, "MUG", 1);
    d.method = METHOD_PICKUP;
    int64_t id = parcel_of_draft(w, &d), other = parcel_sealed(w, "PEN", 1);
    refused(w, label_now, id, "pickup_needs_no_label");
    refused(w, hand_over, id, "wrong_counter");
    refused(w, at_counter, other, "wrong_counter");
    good(w, at_counter, id);
    CHECK_I64(PACKAGE_HANDED_OVER, parcel_get(w, id).state);
    CHECK(parcel_get(w, id).manifest_id == NONE);
    parcel_audit(w);
}

TEST_BOTH(shipping, statements_do_not_grow_with_the_batch)
{
    int64_t ids[52], took[2][2];
    struct fault faults[52];
    parcel_shop(w);
    parcels_sealed(w, "PEN", 52, ids);
    struct deed first = {.ids = ids, .n = 1, .faults = faults, .run = label_now};
    CHECK_OK(&w->ctx, do_it(w, first)); /* opens the counters and the manifest */
    first.run = hand_over;
    CHECK_OK(&w->ctx, do_it(w, first));
    for (int i = 0; i < 2; i++) {
        struct deed d = {.ids = ids + 1 + i, .n = i ? 50 : 1, .faults = faults, .run = label_now};
        took[i][0] = parcel_statements(w);
        CHECK_OK(&w->ctx, do_it(w, d));
        took[i][0] = parcel_statements(w) - took[i][0];
        d.run = hand_over;
        took[i][1] = parcel_statements(w);
        CHECK_OK(&w->ctx, do_it(w, d));
        took[i][1] = parcel_statements(w) - took[i][1];
        for (size_t k = 0; k < d.n; k++) CHECK_I64(OK, faults[k].code);
    }
    CHECK_I64(took[0][0], took[1][0]);
    CHECK_I64(took[0][1], took[1][1]);
    CHECK(took[1][0] <= 20 && took[1][1] <= 32);
    parcel_audit(w);
}

TEST_BOTH(shipping, a_scan_finds_the_package_by_number_or_by_code)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "PEN", 1), found = 0;
    struct fault fault;
    struct text number = parcel_label(w, id).tracking_number;
    struct deed d = {.n = 1, .faults = &fault, .out = &found, .run = scan};
    d.scan = number;
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_I64(id, found);
    d.scan = id_text(&w->arena, "pkg", id);
    found = 0;
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_I64(id, found);
    d.scan = T("1Z999AA10123456784");
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_TEXT("package_not_found", text_of(fault.reason));
    d.scan = T("\x01");
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_TEXT("unreadable", text_of(fault.reason));
}

TEST_BOTH(shipping, a_manifest_lists_what_the_courier_takes_and_is_closed_once)
{
    int64_t ids[3];
    struct manifest m;
    struct list lines;
    parcel_shop(w);
    parcels_sealed(w, "PEN", 3, ids);
    parcels_sent(w, ids, 3);
    int64_t manifest_id = parcel_get(w, ids[0]).manifest_id;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, shipping_manifest_sheet(&w->ctx, manifest_id, &m, &lines));
    CHECK_I64(3, (int64_t)lines.count);
    CHECK_TEXT("Ada Byron", ((const struct manifest_line *)lines.at)[0].recipient);
    CHECK(m.closed_us == NONE && m.number == 1);
    struct deed d = {.ids = &manifest_id, .n = 1, .run = close_manifest};
    CHECK_OK(&w->ctx, do_it(w, d));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "manifest_closed", do_it(w, d));
    int64_t late = parcel_sent(w, "PEN", 1);
    CHECK(parcel_get(w, late).manifest_id != manifest_id);
    CHECK_I64(1, parcel_events(w, "manifest.closed"));
}
