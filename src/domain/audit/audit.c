#include "domain/audit/audit.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/cart.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "domain/orders/work.h"
#include "domain/payments/payment.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* The numbers that audit.sql writes down. */
static_assert(PLACE_SUPPLIER == 1 && PLACE_ADJUSTMENT == 3 && PLACE_SCRAP == 4, "places");
static_assert(STOCK_PICK == 2 && STOCK_PACK == 3 && STOCK_SHIP == 4, "reasons of entries");
static_assert(CART_LIVE == 0 && CART_ORDERED == 1 && JOB_CART == 10, "carts");
static_assert(CONDITION_SELLABLE == 0, "conditions");
static_assert(COMMERCIAL_DRAFT == 0 && COMMERCIAL_PLACED == 1 && COMMERCIAL_CLOSED == 2 &&
                  COMMERCIAL_CANCELLED == 3,
              "commercial");
static_assert(LINE_GOODS == 0 && LINE_KIT == 1 && LINE_COMPONENT == 2 && LINE_SERVICE == 3,
              "lines");
static_assert(PAY_CARD == 0 && PAY_BANK_TRANSFER == 2 && HOLD_PAYMENT == 0, "payment");
static_assert(FULFILLMENT_CANCELLING == 6 && FULFILLMENT_REJECTED == 10 &&
                  FULFILLMENT_CANCELLED == 11,
              "fulfillments");
static_assert(TASK_PICK == 0 && TASK_PUT_BACK == 5, "kinds of tasks");
static_assert(TASK_READY == 0 && TASK_LEASED == 1 && TASK_DONE == 2, "tasks");
static_assert(PACKAGE_LABELLED == 2 && PACKAGE_HANDED_OVER == 3 && PACKAGE_DELIVERED == 5 &&
                  PACKAGE_BACK == 7,
              "packages");
static_assert(PACKAGE_IN_TRANSIT == 4 && PACKAGE_RETURNING == 6 && JOB_PAYMENT == 0 &&
                  INTENT_ASKED == 0 && INTENT_UNKNOWN == 3,
              "what is on its way");
static_assert(LABEL_BOUGHT == 2 && LABEL_PRINTED == 3 && LABEL_USED == 4, "labels");
static_assert(TRACKING_RETURN_TO_SENDER == 8 && TRACKING_DELIVERED == 9 && TRACKING_RETURNED == 10,
              "tracking");
static_assert(INTENT_AUTHORISE == 0 && INTENT_CAPTURE == 1 && INTENT_REFUND == 2 &&
                  INTENT_VOID == 3 && INTENT_DONE == 1 && INTENT_FAILED == 2,
              "intents");
static_assert(ACCOUNT_CUSTOMER == 0 && ACCOUNT_PROVIDER == 1 && ACCOUNT_CASH == 2 &&
                  ACCOUNT_BANK == 3 && ACCOUNT_RECEIVABLE == 4 && ACCOUNT_CARRIER == 5 &&
                  ACCOUNT_STORE_CREDIT == 6 && ACCOUNT_COUNT == 11,
              "accounts");
static_assert(PAY_CASH == 1 && PAY_ON_ACCOUNT == 3 && PAY_ON_DELIVERY == 4 && PAY_GIFT_CARD == 5 &&
                  PAY_STORE_CREDIT == 6,
              "payment methods");
static_assert(EVENT_ORDER_DRAFTED == 0 && EVENT_ORDER_PLACED == 1 && EVENT_ORDER_CANCELLED == 8 &&
                  EVENT_ORDER_COMPLETED == 9 && EVENT_ORDER_REOPENED == 10,
              "events");
static_assert(JOB_BACKORDER == 6, "jobs");
static_assert(RETURN_DECLINED == 2 && RETURN_RESOLVED == 6 && RETURN_CANCELLED == 7 &&
                  HEAP_CUSTOMER == 0 && HEAP_WAITING == 1 && HEAP_QUARANTINED == 2 &&
                  HEAP_REPAIRING == 3 && HEAP_RESTOCKED == 4 && HEAP_SCRAPPED == 5 &&
                  HEAP_SENT_BACK == 6,
              "returns");

struct difference {
    struct text what, kind;
    int64_t id, line_no, product_id, expected, actual;
};
static const struct field difference_table[] = {
    FIELD(struct difference, what),
    FIELD(struct difference, kind),
    FIELD(struct difference, id, .flags = F_NULL),
    FIELD(struct difference, line_no, .flags = F_NULL),
    FIELD(struct difference, product_id, .flags = F_NULL),
    FIELD(struct difference, expected, .flags = F_NULL),
    FIELD(struct difference, actual, .flags = F_NULL),
};
static const struct fields difference_fields =
    FIELDS("difference", struct difference, difference_table);

const struct audit_invariant *audit_find(struct text id)
{
    for (const struct audit_invariant *i = audit_invariants; i->id; i++)
        if (text_eq_nocase(id, text_of(i->id))) return i;
    return NULL;
}

void audit_differs(struct audit_finding *f, const struct audit_example *example)
{
    f->differences++;
    if (f->example_count < AUDIT_EXAMPLES_MAX) f->examples[f->example_count++] = *example;
}

static enum err take_row(struct ctx *c, void *arg, const void *record)
{
    struct audit_finding *f = arg;
    const struct difference *d = record;
    struct audit_example e = {.expected = d->expected, .actual = d->actual};
    if (!d->what.at) { /* the last row: how many were looked at */
        f->rows += d->id;
        return OK;
    }
    struct text id = id_text(c->arena, text_cstr(c->arena, d->kind), d->id);
    struct buf b = buf_new(c->arena);
    buf_printf(&b, "%.*s", TEXT_ARG(id));
    if (d->line_no != NONE) buf_printf(&b, " line %lld", (long long)d->line_no);
    if (d->product_id != NONE)
        buf_printf(&b, ", %.*s", TEXT_ARG(id_text(c->arena, "prd", d->product_id)));
    snprintf(e.subject, sizeof e.subject, "%s", b.at);
    snprintf(e.what, sizeof e.what, "%.*s", TEXT_ARG(d->what));
    audit_differs(f, &e);
    return OK;
}

static enum err ask(struct ctx *c, struct audit_question question, const struct audit_scope *scope,
                    struct audit_finding *f)
{
    const struct query *q = question.query;
    struct value m = I64(c->merchant_id), now = I64(scope->now_us);
    struct value args[4] = {m, now};
    if (question.reach == AUDIT_ORDERS) {
        args[1] = I64(scope->from_order);
        args[2] = I64(scope->to_order);
        args[3] = now;
    }
    if (question.reach == AUDIT_PRODUCTS) {
        args[1] = I64(scope->products ? 0 : 1);
        args[2] = I64S(scope->products, scope->product_count);
    }
    return db_scan(c, q, (struct values){args, q->args}, &difference_fields, take_row, f);
}

/* Real time: nothing that is stored depends on it. */
static int64_t stopwatch_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

enum err audit_ask_part(struct ctx *c, const struct audit_invariant *i, enum audit_reach reach,
                        const struct audit_scope *scope, struct audit_finding *f)
{
    struct arena_mark mark = arena_mark(c->arena);
    int64_t begun_us = stopwatch_us();
    enum err e = OK;
    for (size_t q = 0; e == OK && i->questions[q].query; q++)
        if (i->questions[q].reach == reach) e = ask(c, i->questions[q], scope, f);
    if (e == OK && i->check && i->check_reach == reach) e = i->check(c, scope, f);
    f->took_us += stopwatch_us() - begun_us;
    arena_rewind(c->arena, mark);
    return e;
}

enum err audit_ask(struct ctx *c, const struct audit_invariant *i, struct audit_finding *f)
{
    struct audit_scope all = {.to_order = INT64_MAX,
                              .now_us = source_now_us(c->source) + 5 * MINUTE_US};
    for (int32_t reach = AUDIT_WHOLE; reach <= AUDIT_INSTALLATION; reach++)
        TRY(audit_ask_part(c, i, (enum audit_reach)reach, &all, f));
    return OK;
}
