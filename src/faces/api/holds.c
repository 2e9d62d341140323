/* faces/api/holds.c: why an order waits. */
#include "domain/events/event.h"
#include "faces/api/order_view.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "stages/2_processing/holding.h"

static const struct field request_table[] = {
    FIELD_ENUM(struct hold_request, reason, hold_reason_words, .flags = F_REQUIRED,
               .about = "why it has to wait"),
    FIELD(struct hold_request, note, .flags = F_FREE, .max = HOLD_NOTE_MAX,
          .about = "for who sees to it"),
    FIELD_ID(struct hold_request, owner_id, "owner_id", "usr", .flags = F_NULL,
             .about = "who has to see to it"),
    FIELD_INSTANT(struct hold_request, release_due_us, "release_at",
                  .about = "a timer lets it go; else only a person"),
};
static const struct fields request_fields = FIELDS("new_hold", struct hold_request, request_table);

static enum err answer(struct ctx *c, struct hold *h, struct reply *out)
{
    struct list views;
    TRY(hold_views(c, &(struct list){h, 1}, &views));
    out->record = views.at;
    return OK;
}

static enum err hold(struct ctx *c, const struct request *in, struct reply *out)
{
    struct hold made;
    TRY(hold_order(c, in->ids[0], in->body, &made));
    return answer(c, &made, out);
}

static enum err release(struct ctx *c, const struct request *in, struct reply *out)
{
    struct hold freed;
    TRY(hold_free(c, in->ids[0], in->ids[1], &freed));
    return answer(c, &freed, out);
}

static enum err list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    struct list holds;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(holds_of(c, &in->ids[0], 1, false, &holds));
    return hold_views(c, &holds, &out->list);
}

const struct route holds_routes[] = {
    {"GET", "/v1/orders/{ord}/holds", "holds list", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_OWNED,
     NULL, NULL, &hold_view_fields, list, "List an order's holds, live ones and those let go."},
    {"POST", "/v1/orders/{ord}/holds", "orders hold", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_MAKES | ROUTE_OWNED, &request_fields, NULL, &hold_view_fields, hold,
     "Make an order wait; whoever works on it is stopped at the next scan."},
    {"POST", "/v1/orders/{ord}/holds/{hld}/release", "orders release", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, NULL, NULL, &hold_view_fields, release, "Let go of a hold."},
    {0},
};
