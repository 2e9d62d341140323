#include "stages/2_processing/confirming.h"
#include "domain/customers/customer.h"
#include "domain/orders/order.h"
#include "faces/api/care.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/changing.h"

struct confirm_body {
    struct postal_address *ship_to;
    struct text instructions;
    int64_t wish_day;
    struct text words;
};
static const struct field confirm_body_table[] = {
    FIELD_RECORD(struct confirm_body, ship_to, postal_address_fields,
                 .about = "the corrected address as a whole; absent: as it is"),
    FIELD(struct confirm_body, instructions, .flags = F_FREE, .max = ADDRESS_INSTRUCTIONS_MAX,
          .about = "for the driver"),
    FIELD_DAY(struct confirm_body, wish_day, "wish_date",
              .about = "the day on which the customer wants it; absent: as it is"),
    FIELD(struct confirm_body, words, .flags = F_FREE, .max = CONFIRM_WORDS_MAX,
          .about = "what the customer said"),
};
static const struct fields confirm_body_fields =
    FIELDS("order_confirmation", struct confirm_body, confirm_body_table);

struct confirm_reply {
    int64_t order_id;
    bool is_redirected, is_rescheduled;
    int64_t holds_released;
};
static const struct field confirm_reply_table[] = {
    FIELD_ID(struct confirm_reply, order_id, "order_id", "ord"),
    FIELD(struct confirm_reply, is_redirected, .about = "goes to another address now"),
    FIELD(struct confirm_reply, is_rescheduled, .about = "is wished for another day now"),
    FIELD(struct confirm_reply, holds_released),
};
static const struct fields confirm_reply_fields =
    FIELDS("order_confirmed", struct confirm_reply, confirm_reply_table);

static enum err confirm(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct confirm_body *body = in->body;
    struct confirm_answer answer = {.order_id = in->ids[0],
                                    .ship_to = body->ship_to,
                                    .instructions = body->instructions,
                                    .wish_day = body->wish_day,
                                    .words = body->words};
    struct confirm_outcome done;
    TRY(confirm_answer(c, &answer, &done));
    struct confirm_reply *reply = arena_new(c->arena, struct confirm_reply, 1);
    *reply = (struct confirm_reply){in->ids[0], done.is_redirected, done.is_rescheduled,
                                    done.holds_released};
    out->record = reply;
    return OK;
}

struct cancel_body {
    struct text reason;
    struct list lines;
};
static const struct field cancel_line_table[] = {
    FIELD(struct cancel_line, line_no, .flags = F_REQUIRED, .about = "of the order"),
    FIELD(struct cancel_line, quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,
          .about = "units, of a kit whole kits; all that are left when absent"),
};
static const struct fields cancel_line_fields =
    FIELDS("cancelled_line", struct cancel_line, cancel_line_table);
static const struct field cancel_body_table[] = {
    FIELD(struct cancel_body, reason, .max = CANCEL_REASON_MAX, .about = "told to the customer"),
    FIELD_LIST(struct cancel_body, lines, cancel_line_fields, .max = ORDER_LINES_MAX,
               .about = "only these; the whole order when absent"),
};
static const struct fields cancel_body_fields =
    FIELDS("order_cancellation", struct cancel_body, cancel_body_table);

struct cancel_reply {
    int64_t order_id;
    bool is_cancelled;
    int64_t units, put_back, left, fulfillments, tasks, packages;
    struct money reserved, taken;
};
static const struct field cancel_reply_table[] = {
    FIELD_ID(struct cancel_reply, order_id, "order_id", "ord"),
    FIELD(struct cancel_reply, is_cancelled, .about = "the order as a whole"),
    FIELD(struct cancel_reply, units, .about = "that are not sent now"),
    FIELD(struct cancel_reply, put_back, .about = "of them: to be put back into their bins first"),
    FIELD(struct cancel_reply, left, .about = "units that had left the house; a return is asked"),
    FIELD(struct cancel_reply, fulfillments, .about = "whose work was stopped"),
    FIELD(struct cancel_reply, tasks, .about = "taken from the hands"),
    FIELD(struct cancel_reply, packages, .about = "opened again; their labels are given back"),
    FIELD(struct cancel_reply, reserved, .about = "with the card's provider; is given back"),
    FIELD(struct cancel_reply, taken, .about = "from the customer; is refunded"),
};
static const struct fields cancel_reply_fields =
    FIELDS("order_cancelled", struct cancel_reply, cancel_reply_table);

static enum err cancel(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct cancel_body *body = in->body;
    struct cancel_outcome done;
    struct order order;
    struct text reason = body ? body->reason : (struct text){0};
    TRY(order_get(c, in->ids[0], &order));
    if (body && body->lines.count)
        TRY(order_cancel_lines(c, in->ids[0], body->lines.at, body->lines.count, reason, &done));
    else
        TRY(order_cancel(c, in->ids[0], reason, &done));
    const char *currency = text_cstr(c->arena, order.currency);
    struct cancel_reply *reply = arena_new(c->arena, struct cancel_reply, 1);
    *reply = (struct cancel_reply){.order_id = in->ids[0],
                                   .is_cancelled = done.is_cancelled,
                                   .units = done.units,
                                   .put_back = done.put_back,
                                   .left = done.left,
                                   .fulfillments = done.fulfillments,
                                   .tasks = done.tasks,
                                   .packages = done.packages,
                                   .reserved = money(done.reserved_minor, currency),
                                   .taken = money(done.taken_minor, currency)};
    out->record = reply;
    return OK;
}

const struct route confirming_routes[] = {
    {"POST", "/v1/orders/{ord}/confirm", "orders confirm", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &confirm_body_fields, NULL, &confirm_reply_fields, confirm,
     "Confirm where and when the order shall arrive, with corrections."},
    {"POST", "/v1/orders/{ord}/cancel", "orders cancel", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &cancel_body_fields, NULL, &cancel_reply_fields, cancel,
     "Cancel an order, or some of its lines, at any stage."},
    {0}};
