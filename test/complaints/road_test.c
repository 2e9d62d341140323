/* What people complained about on the floor and on the road of other systems. */
#include "domain/events/event.h"
#include "drivers/carriers/carrier.h"
#include "faces/api/dispatch.h"
#include "test/api/served.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

/* --- eight scanners --------------------------------------------------------------------------- */

enum { SCANNERS = 8, ORDERS = 24, EACH = 3 };

static atomic_int next_scan;

struct scanner {
    const struct served *s;
    const struct text *targets; /* one per scan */
    pthread_t thread;
    int answered, other;
    struct text first;
    struct arena arena;
};

/* One unit at a time, whatever is next on the wave; a doubled beep is the same scan. */
static void *scan_on(void *arg)
{
    struct scanner *k = arg;
    for (;;) {
        int i = atomic_fetch_add(&next_scan, 1), status = 0;
        if (i >= ORDERS * EACH) return NULL;
        const char *target = text_cstr(&k->arena, k->targets[i % ORDERS]);
        struct text answer = served_ask(k->s, &k->arena, "POST", target,
                                        T("{\"scan\":\"MUG\",\"quantity\":1}"), &status);
        if (status == 200)
            k->answered++;
        else if (k->other++ == 0)
            k->first = answer;
    }
}

TEST_BOTH(complaint, c35_eight_scanners_on_one_wave_lose_no_scan)
{
    struct served s;
    struct scanner scanners[SCANNERS];
    int64_t work[ORDERS];
    struct text targets[ORDERS];
    shop_open(w);
    for (int i = 0; i < ORDERS; i++) {
        work[i] = work_order(w, "MUG", EACH);
        struct task t = work_task(w, work[i], TASK_PICK, 0);
        targets[i] = text_printf(&w->arena, "/v1/fulfillments/%.*s/tasks/%.*s/scan",
                                 TEXT_ARG(id_text(&w->arena, "ful", work[i])),
                                 TEXT_ARG(id_text(&w->arena, "tsk", t.task_id)));
    }
    if (!served_start(&s, w)) return;
    int status, answered = 0, other = 0;
    served_ask(&s, &w->arena, "POST", "/v1/waves/plan", T("{\"fulfillments_max\":24}"), &status);
    CHECK_I64(200, status);
    atomic_store(&next_scan, 0);
    for (int i = 0; i < SCANNERS; i++) {
        scanners[i] = (struct scanner){.s = &s, .targets = targets};
        pthread_create(&scanners[i].thread, NULL, scan_on, &scanners[i]);
    }
    for (int i = 0; i < SCANNERS; i++) {
        struct scanner *k = &scanners[i];
        pthread_join(k->thread, NULL);
        answered += k->answered;
        other += k->other;
        if (k->other) printf("scanner %d: %.*s\n", i, TEXT_ARG(text_head(k->first, 500)));
        arena_free(&k->arena);
    }
    served_stop(&s);
    CHECK_I64(ORDERS * EACH, answered);
    CHECK_I64(0, other);
    if (!w->store) return;
    for (int i = 0; i < ORDERS; i++) {
        CHECK_I64(EACH, work_task(w, work[i], TASK_PICK, 0).done);
        CHECK_I64(FULFILLMENT_PICKED, work_get(w, work[i]).state);
        CHECK_I64(work_get(w, work[0]).wave_id, work_get(w, work[i]).wave_id);
    }
    world_audit(w);
}

/* --- shipped is shipped ----------------------------------------------------------------------- */

TEST_BOTH(complaint, c38_what_is_cancelled_or_refunded_beside_it_never_makes_a_shipment_shipped)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    int64_t lamps = life_free_units(&l, l.shop.lamp, l.shop.london);
    struct draft_line lines[2] = {*(const struct draft_line *)d.lines.at,
                                  *(const struct draft_line *)d.lines.at};
    lines[1].sku = T("LAMP");
    lines[1].quantity = 1;
    d.lines = (struct list){lines, 2};
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    /* one line is cancelled: the work is not shipped by that, and the lamp is for sale again */
    struct cancel_line lamp = {2, NONE};
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &lamp, 1, "no lamp"));
    CHECK(life_fulfillment(&l, id, 0).state < FULFILLMENT_HANDED_OVER);
    CHECK_I64(0, shop_state(w, id).shipped);
    struct task back = life_task(&l, id, TASK_PUT_BACK, 0);
    CHECK_OK(&w->ctx, life_put_back(&l, &back, NONE));
    CHECK_I64(lamps, life_free_units(&l, l.shop.lamp, l.shop.london));
    life_pack_all(&l, id);
    CHECK_I64(0, shop_state(w, id).shipped);
    life_ship(&l, id);
    CHECK_I64(FULFILLMENT_HANDED_OVER, life_fulfillment(&l, id, 0).state);
    CHECK_I64(3, shop_state(w, id).shipped);
    /* all of its money goes back: what has left has left */
    CHECK_OK(&w->ctx, life_pay(&l, paying_refund,
                               PAY_ACT(.order_id = id, .amount_minor = 2697, .note = T("sorry"))));
    CHECK_I64(3, shop_state(w, id).shipped);
    CHECK_I64(PACKAGE_HANDED_OVER, life_package(&l, id, 0).state);
    world_audit(w);
}

/* What was cancelled stays so, whatever is counted anew around it. */
TEST_BOTH(complaint, c38_a_cancelled_order_is_not_revived_by_money_or_scans)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    (void)life_pay(
        &l, paying_record,
        PAY_ACT(.order_id = id, .amount_minor = 500, .method = PAY_CASH, .note = T("found it")));
    life_later(&l, 5 * DAY_US);
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    struct list work = life_work(&l, id);
    const struct fulfillment *f = work.at;
    for (size_t i = 0; i < work.count; i++) CHECK_I64(FULFILLMENT_CANCELLED, f[i].state);
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    world_audit(w);
}

/* --- labels ----------------------------------------------------------------------------------- */

/* Carriers: our own, "test", and "second", another account at the same. */
static void use_carriers(void)
{
    static struct carrier_driver second;
    static const struct carrier_driver *carriers[] = {&carrier_house, &carrier_test, &second, NULL};
    second = carrier_test;
    second.name = "second";
    shipping_use(carriers);
    carrier_test_forget();
}

static int call(struct life *l, int64_t box, const char *verb, const char *body)
{
    struct world *w = l->w;
    struct server server;
    struct answer a;
    struct call ask = {.method = T("POST"),
                       .target = text_printf(&w->arena, "/v1/packages/%.*s/%s",
                                             TEXT_ARG(id_text(&w->arena, "pkg", box)), verb),
                       .body = text_of(body),
                       .is_trusted = true,
                       .merchant_id = l->shop.merchant_id};
    server_open(&server, w->store, &w->source, route_tables);
    dispatch(&server, &w->arena, &ask, &a);
    server_close(&server);
    life_quiet(l);
    return a.status;
}

static struct label newest(struct life *l, int64_t box)
{
    struct list labels = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, labels_of(&l->w->ctx, &box, 1, &labels));
    CHECK(labels.count > 0);
    return labels.count ? ((const struct label *)labels.at)[labels.count - 1] : (struct label){0};
}

static int64_t sold(struct life *l, int64_t box)
{
    return carrier_test_sold(id_text(&l->w->arena, "lbl", newest(l, box).label_id));
}

/* Sealed, and without the label that our own carrier made. */
static int64_t sealed(struct life *l, int64_t *order_id)
{
    struct draft d = shop_draft(l->w, "PEN", 1);
    *order_id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, life_pick_all(l, *order_id));
    life_pack_all(l, *order_id);
    int64_t box = life_package(l, *order_id, 0).package_id;
    if (life_package(l, *order_id, 0).state == PACKAGE_LABELLED)
        CHECK_OK(&l->w->ctx, life_void_label(l, box));
    CHECK_I64(PACKAGE_SEALED, life_package(l, *order_id, 0).state);
    return box;
}

TEST_BOTH(complaint, c62_a_carrier_that_answers_late_or_never_sells_one_label)
{
    static const char *const services[] = {"late", "lost", "garbage", "never"};
    struct life l = life_open(w);
    use_carriers();
    for (size_t i = 0; i < 4 && !test_failed(); i++) {
        bool is_never = i == 3;
        int64_t id, box = sealed(&l, &id);
        struct text body =
            text_printf(&w->arena, "{\"carrier\":\"test\",\"service\":\"%s\"}", services[i]);
        CHECK_I64(200, call(&l, box, "label", text_cstr(&w->arena, body)));
        /* whoever is impatient presses again, at once and later, with another service too */
        CHECK_I64(409, call(&l, box, "label", text_cstr(&w->arena, body)));
        CHECK_I64(409, call(&l, box, "label", "{\"carrier\":\"house\"}"));
        for (int k = 0; k < 3; k++) {
            life_later(&l, 12 * HOUR_US);
            CHECK_I64(409, call(&l, box, "label", text_cstr(&w->arena, body)));
        }
        CHECK_I64(is_never ? LABEL_UNKNOWN : LABEL_BOUGHT, newest(&l, box).state);
        CHECK_I64(1, sold(&l, box));
        CHECK_I64(is_never ? 1 : 2, life_told(&l, id, EVENT_LABEL_BOUGHT)); /* the first: house */
        if (is_never)
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_label",
                        life_hand_over(&l, box, HAND_OVER_CARRIER));
        else
            CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
        if (test_failed()) printf("service %s\n", services[i]);
    }
    world_audit(w);
}

TEST_BOTH(complaint, c63_a_label_is_voided_at_its_own_account_and_bought_again)
{
    static const char *const accounts[] = {"test", "second", "second", "test"};
    struct life l = life_open(w);
    use_carriers();
    int64_t id, box = sealed(&l, &id);
    struct text voided[4];
    for (size_t i = 0; i < 4 && !test_failed(); i++) {
        struct text body =
            text_printf(&w->arena, "{\"carrier\":\"%s\",\"service\":\"plain\"}", accounts[i]);
        CHECK_I64(200, call(&l, box, "label", text_cstr(&w->arena, body)));
        life_later(&l, HOUR_US);
        struct label bought = newest(&l, box);
        CHECK_I64(LABEL_BOUGHT, bought.state);
        CHECK_TEXT(accounts[i], bought.carrier);
        for (size_t k = 0; k < i; k++) CHECK(!text_eq(voided[k], bought.tracking_number));
        voided[i] = bought.tracking_number;
        CHECK_I64(1, sold(&l, box));
        if (i == 3) break;
        CHECK_I64(200, call(&l, box, "void", "{\"reason\":\"wrong box\"}"));
        life_later(&l, HOUR_US);
        CHECK_I64(LABEL_VOIDED, newest(&l, box).state);
        CHECK_TEXT(accounts[i], newest(&l, box).carrier); /* who sold it was asked */
        CHECK(carrier_test_voided(bought.tracking_number));
    }
    CHECK(!carrier_test_voided(voided[3]));
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
    CHECK_I64(409, call(&l, box, "void", "{\"reason\":\"too late\"}"));
    CHECK_I64(PACKAGE_HANDED_OVER, life_package(&l, id, 0).state);
    world_audit(w);
}
