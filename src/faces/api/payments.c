/* faces/api/payments.c: an order's money over HTTP and on the command line. */
#include "base/money.h"
#include "faces/api/refunds.h"
#include "faces/api/route.h"
#include "stages/2_processing/crediting.h"
#include "stages/2_processing/paying.h"

struct payment_view {
    int64_t payment_id;
    int32_t method;
    struct text provider;
    struct money amount, authorised, captured, refunded, voided;
    int64_t created_us;
};
static const struct field payment_table[] = {
    FIELD_ID(struct payment_view, payment_id, "id", "pay"),
    FIELD_ENUM(struct payment_view, method, payment_method_words),
    FIELD(struct payment_view, provider),
    FIELD(struct payment_view, amount),
    FIELD(struct payment_view, authorised,
          .about = "reserved by the provider, or claimed on account; captured is part of it"),
    FIELD(struct payment_view, captured),
    FIELD(struct payment_view, refunded),
    FIELD(struct payment_view, voided),
    FIELD_INSTANT(struct payment_view, created_us, "created_at"),
};
static const struct fields payment_view_fields =
    FIELDS("payment", struct payment_view, payment_table);

struct intent_view {
    int64_t intent_id, payment_id;
    int32_t kind, state;
    struct money amount;
    struct text provider_ref, reason;
    int64_t asked_us, answered_us;
};
static const struct field intent_table[] = {
    FIELD_ID(struct intent_view, intent_id, "id", "int"),
    FIELD_ID(struct intent_view, payment_id, "payment_id", "pay"),
    FIELD_ENUM(struct intent_view, kind, intent_kind_words),
    FIELD_ENUM(struct intent_view, state, intent_state_words),
    FIELD(struct intent_view, amount),
    FIELD(struct intent_view, provider_ref, .about = "the provider's number, or the bank's"),
    FIELD(struct intent_view, reason),
    FIELD_INSTANT(struct intent_view, asked_us, "asked_at"),
    FIELD_INSTANT(struct intent_view, answered_us, "answered_at"),
};
static const struct fields intent_view_fields =
    FIELDS("payment_intent", struct intent_view, intent_table);

struct order_payments {
    int64_t order_id;
    struct money owed, credited, authorised, captured, refunded, due, owed_back;
    struct list payments, intents, refunds;
};
static const struct field order_payments_table[] = {
    FIELD_ID(struct order_payments, order_id, "order_id", "ord"),
    FIELD(struct order_payments, owed, .about = "the order without its cancelled units"),
    FIELD(struct order_payments, credited,
          .about = "by how much refunds for returns, cases and goodwill lower it"),
    FIELD(struct order_payments, authorised, .about = "reserved or claimed, and not captured yet"),
    FIELD(struct order_payments, captured),
    FIELD(struct order_payments, refunded),
    FIELD(struct order_payments, due,
          .about = "the balance: owed, less credited, less what was captured and not refunded"),
    FIELD(struct order_payments, owed_back, .about = "refunds that are promised and not done"),
    FIELD_LIST(struct order_payments, payments, payment_view_fields),
    FIELD_LIST(struct order_payments, intents, intent_view_fields,
               .about = "what providers were asked and have not refused"),
    FIELD_LIST(struct order_payments, refunds, refund_view_fields,
               .about = "what was and is owed back"),
};
static const struct fields order_payments_fields =
    FIELDS("order_payments", struct order_payments, order_payments_table);

struct payment_body {
    int32_t method;
    struct money amount;
    struct text token, code, reference;
};
static const struct field payment_body_table[] = {
    FIELD_ENUM(struct payment_body, method, payment_method_words, .flags = F_REQUIRED,
               .about = "card asks for a new authorisation; cash and bank_transfer were received; "
                        "gift_card and store_credit are spent now"),
    FIELD(struct payment_body, amount,
          .about = "for card, gift_card and store_credit: absent is all that is due, or left"),
    FIELD(struct payment_body, token, .max = PAYMENT_TOKEN_MAX,
          .about = "the provider's handle of the card"),
    FIELD(struct payment_body, code, .max = CREDIT_CODE_MAX, .about = "of the gift card"),
    FIELD(struct payment_body, reference, .max = PAYMENT_REFERENCE_MAX,
          .about = "of the bank statement or till; the same one twice is refused"),
};
static const struct fields payment_body_fields =
    FIELDS("payment_new", struct payment_body, payment_body_table);

struct refund_body {
    struct money amount;
    int64_t payment_id;
    int32_t target;
    struct text reason;
};
static const struct field refund_body_table[] = {
    FIELD(struct refund_body, amount, .flags = F_REQUIRED,
          .about = "at most what was captured and is not refunded"),
    FIELD_ID(struct refund_body, payment_id, "payment_id", "pay", .flags = F_NULL,
             .about = "only from this payment; absent: newest first"),
    FIELD_ENUM(struct refund_body, target, refund_target_words,
               .about = "absent: where it came from; store_credit: the customer's, made if needed"),
    FIELD(struct refund_body, reason, .max = PAYMENT_REFERENCE_MAX, .about = "for the records"),
};
static const struct fields refund_body_fields =
    FIELDS("refund_new", struct refund_body, refund_body_table);

struct capture_body {
    struct money amount;
};
static const struct field capture_body_table[] = {
    FIELD(struct capture_body, amount, .about = "absent: all that is owed and reserved"),
};
static const struct fields capture_body_fields =
    FIELDS("capture_new", struct capture_body, capture_body_table);

static enum err view(struct ctx *c, int64_t order_id, struct reply *out)
{
    struct paying_view v;
    TRY(paying_look(c, order_id, &v));
    const char *currency = text_cstr(c->arena, v.order.currency);
#define MONEY(minor) money((minor), currency)
    const struct payment *p = v.payments.at;
    const struct payment_intent *in = v.intents.at;
    struct payment_view *payments = arena_new(c->arena, struct payment_view, v.payments.count + 1);
    struct intent_view *intents = arena_new(c->arena, struct intent_view, v.intents.count + 1);
    const struct refund *r = v.refunds.at;
    struct refund_view *refunds = arena_new(c->arena, struct refund_view, v.refunds.count + 1);
    for (size_t i = 0; i < v.refunds.count; i++) refunds[i] = refund_view_of(&r[i], currency);
    struct order_payments *answer = arena_new(c->arena, struct order_payments, 1);
    for (size_t i = 0; i < v.payments.count; i++)
        payments[i] = (struct payment_view){p[i].payment_id,
                                            p[i].method,
                                            p[i].provider,
                                            MONEY(p[i].amount_minor),
                                            MONEY(p[i].authorised_minor),
                                            MONEY(p[i].captured_minor),
                                            MONEY(p[i].refunded_minor),
                                            MONEY(p[i].voided_minor),
                                            p[i].created_us};
    for (size_t i = 0; i < v.intents.count; i++)
        intents[i] = (struct intent_view){
            in[i].intent_id,           in[i].payment_id,   in[i].kind,   in[i].state,
            MONEY(in[i].amount_minor), in[i].provider_ref, in[i].reason, in[i].asked_us,
            in[i].answered_us};
    *answer = (struct order_payments){.order_id = order_id,
                                      .owed = MONEY(v.balance.owed),
                                      .credited = MONEY(v.balance.credited),
                                      .owed_back = MONEY(v.balance.owed_back),
                                      .refunds = {refunds, v.refunds.count},
                                      .authorised = MONEY(v.balance.authorised),
                                      .captured = MONEY(v.balance.captured),
                                      .refunded = MONEY(v.balance.refunded),
                                      .due = MONEY(v.balance.due),
                                      .payments = {payments, v.payments.count},
                                      .intents = {intents, v.intents.count}};
#undef MONEY
    out->record = answer;
    return OK;
}

/* An act with this amount, or with none when it was left out. */
static struct paying_act act_on(const struct request *in, const struct money *amount)
{
    bool is_given = amount && *amount->currency;
    return (struct paying_act){.order_id = in->ids[0],
                               .payment_id = NONE,
                               .amount_minor = is_given ? amount->minor : NONE,
                               .currency = is_given ? text_of(amount->currency) : (struct text){0}};
}

static enum err list(struct ctx *c, const struct request *in, struct reply *out)
{
    return view(c, in->ids[0], out);
}

static enum err pay(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct payment_body *body = in->body;
    struct paying_act act = act_on(in, &body->amount);
    act.method = body->method;
    bool is_credit = body->method == PAY_GIFT_CARD || body->method == PAY_STORE_CREDIT;
    act.token = is_credit ? body->code : body->token;
    act.note = body->reference;
    TRY((is_credit                  ? paying_credit
         : body->method == PAY_CARD ? paying_card
                                    : paying_record)(c, &act));
    return view(c, in->ids[0], out);
}

static enum err refund(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct refund_body *body = in->body;
    struct paying_act act = act_on(in, &body->amount);
    act.payment_id = body->payment_id;
    act.note = body->reason;
    act.target = body->target;
    TRY(paying_refund(c, &act));
    return view(c, in->ids[0], out);
}

static enum err capture(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct capture_body *body = in->body;
    struct paying_act act = act_on(in, body ? &body->amount : NULL);
    TRY(paying_capture(c, &act));
    return view(c, in->ids[0], out);
}

static enum err give_back(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(paying_void(c, in->ids[0]));
    return view(c, in->ids[0], out);
}

const struct route payments_routes[] = {
    {"GET", "/v1/orders/{ord}/payments", "payments list", SCOPE(ORDERS_READ), ROUTE_OWNED, NULL,
     NULL, &order_payments_fields, list, "What is owed, reserved, captured and refunded."},
    {"POST", "/v1/orders/{ord}/payments", "payments record", SCOPE(PAYMENTS_WRITE), ROUTE_WRITE,
     &payment_body_fields, NULL, &order_payments_fields, pay,
     "Record money that came in, or ask another card for what is due."},
    {"POST", "/v1/orders/{ord}/refunds", "payments refund", SCOPE(PAYMENTS_WRITE), ROUTE_WRITE,
     &refund_body_fields, NULL, &order_payments_fields, refund,
     "Pay back a part or all of what was captured."},
    {"POST", "/v1/orders/{ord}/capture", "payments capture", SCOPE(PAYMENTS_WRITE), ROUTE_WRITE,
     &capture_body_fields, NULL, &order_payments_fields, capture,
     "Take reserved money now instead of when packages leave."},
    {"POST", "/v1/orders/{ord}/void", "payments void", SCOPE(PAYMENTS_WRITE), ROUTE_WRITE, NULL,
     NULL, &order_payments_fields, give_back,
     "Give back reserved money; the order waits for payment again."},
    {0},
};
