/* The customer moves while a carrier thinks about the label. */
#include "base/time.h"
#include "domain/events/job.h"
#include "domain/orders/package.h"
#include "drivers/carriers/carrier.h"
#include "parcel_fixture.h"
#include "stages/5_shipping/shipping.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

struct asked {
    int64_t package_id;
    const char *service;
};

static enum err ask(struct ctx *c, void *arg)
{
    const struct asked *a = arg;
    struct label_wish wish = {a->package_id, T("test"), text_of(a->service)};
    struct fault fault = {0};
    return shipping_label_ask(c, &wish, 1, &fault);
}

static enum err hear_voided(struct ctx *c, void *arg)
{
    struct event e = {.subject_id = *(int64_t *)arg, .note = T(LABEL_READDRESSED)};
    return shipping_label_on_voided(c, &e, 1);
}

static enum err hand_over(struct ctx *c, void *arg)
{
    struct fault fault = {0};
    TRY(shipping_hand_over(c, arg, 1, HAND_OVER_CARRIER, &fault));
    c->fault = fault;
    return fault.code;
}

static void answer(struct world *w)
{
    struct list jobs = {0};
    struct arena arena = {0};
    struct ctx c = world_ctx(w, &arena);
    source_advance_us(&w->source, 2 * HOUR_US);
    CHECK_OK(&c, job_claim(&c, JOB_LABEL, 100, MINUTE_US, &jobs));
    if (jobs.count) CHECK_OK(&c, shipping_label_job(&c, jobs.at, jobs.count));
    arena_free(&arena);
}

static void move_house(struct world *w, int64_t address_id)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "INSERT INTO address SELECT merchant_id, %lld, recipient, organization, line1, line2,"
             " line3, dependent_locality, city, admin_area, postal_code, sorting_code, country,"
             " phone, email, instructions FROM address"
             " WHERE address_id = (SELECT max(ship_to_id) FROM fulfillment);"
             "UPDATE fulfillment SET ship_to_id = %lld WHERE state < 7;"
             "UPDATE orders SET ship_to_id = %lld",
             (long long)address_id, (long long)address_id, (long long)address_id);
    CHECK_OK(&w->ctx, world_script(w, sql));
}

TEST_BOTH(shipping, a_label_for_an_address_that_changed_meanwhile_is_given_back_and_bought_anew)
{
    static const char *const services[] = {"plain", "late", "kept"};
    parcel_shop(w);
    for (int i = 0; i < 3; i++) {
        struct asked asked = {parcel_sealed(w, "PEN", 1), services[i]};
        bool is_kept = strcmp(services[i], "kept") == 0;
        CHECK_OK(&w->ctx, db_tx(&w->ctx, ask, &asked));
        move_house(w, 77 + i);
        for (int round = 0; round < 3; round++) {
            answer(w);
            CHECK_I64(PACKAGE_SEALED, parcel_get(w, asked.package_id).state);
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_label",
                        db_tx(&w->ctx, hand_over, &asked.package_id));
        }
        struct label old = parcel_label(w, asked.package_id);
        CHECK_I64(LABEL_VOIDED, old.state);
        CHECK(carrier_test_voided(old.tracking_number) == !is_kept);
        CHECK(text_is(old.reason, LABEL_READDRESSED) == !is_kept);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, hear_voided, &asked.package_id));
        struct label fresh = parcel_label(w, asked.package_id);
        CHECK(fresh.label_id != old.label_id);
        CHECK_I64(77 + i, fresh.ship_to_id);
        CHECK_I64(PACKAGE_LABELLED, parcel_get(w, asked.package_id).state);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, hand_over, &asked.package_id));
    }
    parcel_audit(w);
}
