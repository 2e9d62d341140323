/* A parcel to an address that no van finds gets no label before somebody has answered for it. */
#include "domain/events/event.h"
#include "stages/2_processing/holding.h"
#include "stages/5_shipping/shipping.h"
#include "test/parcel_fixture.h"

#include <string.h>

/* As an import of old orders takes it: a country and no more. */
static int64_t parcel_to_nowhere(struct world *w)
{
    static struct postal_address nowhere = {.country = {"GB", 2}};
    struct draft d = shop_draft(w, "BOOK", 1);
    d.ship_to = &nowhere;
    d.is_lenient = true;
    return parcel_of_draft(w, &d);
}

struct asked {
    struct label_wish wish;
    struct fault fault;
};

static enum err ask(struct ctx *c, void *arg)
{
    struct asked *a = arg;
    return shipping_label_now(c, &a->wish, 1, &a->fault);
}

static enum err let_go(struct ctx *c, void *arg)
{
    struct list live;
    TRY(holds_of(c, arg, 1, true, &live));
    return holds_free(c, live.at, live.count);
}

static enum err freed(struct ctx *c, void *arg)
{
    struct event e = {.order_id = *(const int64_t *)arg, .word = T("address")};
    return shipping_label_on_freed(c, &e, 1);
}

static int64_t live_holds(struct world *w, int64_t order_id)
{
    struct list live;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, holds_of(&w->ctx, &order_id, 1, true, &live));
    for (size_t i = 0; i < live.count; i++)
        CHECK_I64(HOLD_ADDRESS, ((const struct hold *)live.at)[i].reason);
    return (int64_t)live.count;
}

TEST_BOTH(shipping, a_parcel_without_a_street_waits_for_somebody_and_is_labelled_when_answered_for)
{
    parcel_shop(w);
    int64_t id = parcel_to_nowhere(w), order_id = parcel_get(w, id).order_id;
    struct asked a = {.wish = {.package_id = id}};
    for (int turn = 0; turn < 2; turn++) { /* asking again makes no second hold */
        CHECK_OK(&w->ctx, db_tx(&w->ctx, ask, &a));
        CHECK_I64(ERR_CONFLICT, a.fault.code);
        CHECK(strcmp(a.fault.reason, "address_incomplete") == 0);
        CHECK_I64(PACKAGE_SEALED, parcel_get(w, id).state);
        CHECK_I64(1, live_holds(w, order_id));
    }
    CHECK_OK(&w->ctx, db_tx(&w->ctx, let_go, &order_id));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, freed, &order_id));
    CHECK_I64(PACKAGE_LABELLED, parcel_get(w, id).state);
    CHECK_TEXT("house", parcel_label(w, id).carrier);
    CHECK_I64(0, live_holds(w, order_id));
    parcel_audit(w);
}

/* Who answers for the address answers for our own vans, not for a carrier's. */
TEST_BOTH(shipping, another_carrier_gets_no_parcel_without_a_street_whoever_answered_for_it)
{
    parcel_shop(w);
    int64_t id = parcel_to_nowhere(w), order_id = parcel_get(w, id).order_id;
    struct asked a = {.wish = {.package_id = id, .carrier = T("test"), .service = T("ground")}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask, &a));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, let_go, &order_id));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask, &a));
    CHECK(strcmp(a.fault.reason, "address_incomplete") == 0);
    CHECK_I64(0, parcel_label(w, id).label_id);
}
