/* How an order ends: told, delivered, closed, asked about; and what is done about concerns. */
#include "stages/7_completion/completion_test.h"

#include "base/time.h"
#include "domain/customers/message.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/stock.h"
#include "domain/orders/work.h"
#include "domain/payments/refund.h"
#include "stages/7_completion/cases.h"
#include "stages/7_completion/completing.h"
#include "stages/7_completion/feedback.h"
#include "stages/7_completion/telling.h"

/* --- helpers --------------------------------------------------------------------------------- */

struct few {
    const int64_t *ids;
    size_t n;
};

static enum err deliver_in_tx(struct ctx *c, void *arg)
{
    const struct few *few = arg;
    struct list lines, promises, work;
    TRY(order_lines_of(c, few->ids, few->n, &lines));
    TRY(promises_of(c, few->ids, few->n, &promises));
    TRY(fulfillments_of_orders(c, few->ids, few->n, &work));
    const struct order_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++) {
        int64_t q = l[i].quantity;
        if (line_is_physical(&l[i]))
            TRY(order_progress(
                c, l[i].order_id, l[i].line_no,
                (struct progress){.picked = q, .packed = q, .shipped = q, .delivered = q}));
    }
    const struct promise *p = promises.at;
    for (size_t i = 0; i < promises.count; i++) TRY(promise_consume(c, &p[i], p[i].quantity));
    struct fulfillment *f = work.at;
    for (enum fulfillment_verb verb = FULFILLMENT_START_PICK; verb <= FULFILLMENT_DELIVER; verb++) {
        for (size_t i = 0; i < work.count; i++) TRY(fulfillment_do(c, &f[i], verb));
        TRY(db_flush(c));
    }
    return OK;
}

void deliver_all(struct world *w, const int64_t *order_ids, size_t n)
{
    struct few few = {order_ids, n};
    shop_release(w, order_ids, n);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, deliver_in_tx, &few));
}

int64_t delivered_order(struct world *w, const char *sku, int64_t quantity)
{
    int64_t id = shop_order(w, sku, quantity);
    deliver_all(w, &id, 1);
    return id;
}

struct list claim_jobs(struct world *w, int32_t kind)
{
    struct list jobs = {0};
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, job_claim(&w->ctx, (enum job_kind)kind, 100, MINUTE_US, &jobs));
    return jobs;
}

struct list messages_for(struct world *w, int64_t order_id)
{
    struct list messages = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, messages_of(&w->ctx, &order_id, 1, &messages));
    return messages;
}

int64_t count_kind(struct world *w, int64_t order_id, int32_t event_kind)
{
    struct list events = {0};
    int64_t n = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, order_id, &events));
    for (size_t i = 0; i < events.count; i++)
        n += ((const struct event *)events.at)[i].kind == event_kind;
    return n;
}

struct event happened(enum event_kind kind, int64_t order_id, int64_t position)
{
    return (struct event){
        .kind = (int32_t)kind, .order_id = order_id, .position = position, .subject_id = position};
}

static enum err delivered_in_tx(struct ctx *c, void *arg)
{
    struct event e = happened(EVENT_ORDER_DELIVERED, *(int64_t *)arg, 1);
    e.at_us = c->now_us;
    return complete_on_delivered(c, &e, 1);
}

struct some_events {
    const struct event *events;
    size_t count;
};

static enum err without_goods_in_tx(struct ctx *c, void *arg)
{
    const struct some_events *t = arg;
    return complete_without_goods(c, t->events, t->count);
}

struct opening_case {
    struct case_wish wish;
    int64_t case_id;
};

static enum err open_case_in_tx(struct ctx *c, void *arg)
{
    struct opening_case *o = arg;
    return case_open(c, &o->wish, &o->case_id);
}

static int64_t opened_case(struct world *w, int64_t order_id, enum case_kind kind)
{
    struct opening_case o = {.wish = {order_id, (int32_t)kind, T("the handle is off"), 0, false}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, open_case_in_tx, &o));
    return o.case_id;
}

struct resolving {
    struct case_answer in;
    struct case_outcome out;
};

static enum err resolve_in_tx(struct ctx *c, void *arg)
{
    struct resolving *r = arg;
    return case_resolve(c, &r->in, &r->out);
}

static enum err resolve(struct world *w, struct resolving *r)
{
    return db_tx(&w->ctx, resolve_in_tx, r);
}

static struct resolving resolving(int64_t order_id, int64_t case_id, enum case_resolution what)
{
    return (struct resolving){.in = {.order_id = order_id,
                                     .case_id = case_id,
                                     .resolution = (int32_t)what,
                                     .refund_minor = NONE,
                                     .return_reason = -1}};
}

struct giving {
    int64_t order_id, score;
    struct text words;
    int64_t case_id;
};

static enum err give_in_tx(struct ctx *c, void *arg)
{
    struct giving *g = arg;
    return feedback_give(c, g->order_id, g->score, g->words, &g->case_id);
}

/* --- completing ------------------------------------------------------------------------------ */

TEST_BOTH(completing, a_delivered_order_closes_when_its_grace_is_over)
{
    shop_open(w);
    int64_t id = delivered_order(w, "LAMP", 30);
    CHECK_I64(STAGE_COMPLETING, shop_state(w, id).stage);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, delivered_in_tx, &id));
    source_advance_us(&w->source, 3 * DAY_US - 1);
    CHECK_I64(0, (int64_t)claim_jobs(w, JOB_COMPLETE).count);
    source_advance_us(&w->source, 1);
    struct list jobs = claim_jobs(w, JOB_COMPLETE);
    CHECK_I64(1, (int64_t)jobs.count);
    CHECK_OK(&w->ctx, completing_job(&w->ctx, jobs.at, jobs.count));
    CHECK_I64(STAGE_COMPLETED, shop_state(w, id).stage);
    CHECK_I64(1, count_kind(w, id, EVENT_ORDER_COMPLETED));
    struct list work;
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &id, 1, &work));
    CHECK_I64(FULFILLMENT_CLOSED, ((const struct fulfillment *)work.at)->state);
    source_advance_us(&w->source, DAY_US);
    CHECK_I64(0, (int64_t)claim_jobs(w, JOB_COMPLETE).count);
}

TEST_BOTH(completing, an_order_without_goods_closes_when_nothing_holds_it)
{
    shop_open(w);
    struct draft d[3] = {shop_draft(w, "MUG", 1), shop_draft(w, "MUG", 1), shop_draft(w, "MUG", 1)};
    struct draft_line *charge = d[0].lines.at, *owed = d[1].lines.at;
    *charge = *owed = (struct draft_line){.name = T("Gift card"),
                                          .quantity = 1,
                                          .unit_price = money(2500, "GBP"),
                                          .discount = {.minor = NONE},
                                          .tax = {.minor = NONE}};
    d[1].payment_method = PAY_BANK_TRANSFER; /* waits for its money */
    struct outcome o[3];
    if (!shop_place(w, d, 3, o)) return;
    struct event e[4] = {happened(EVENT_ORDER_PLACED, o[0].order_id, 1),
                         happened(EVENT_ORDER_PLACED, o[1].order_id, 2),
                         happened(EVENT_ORDER_PLACED, o[2].order_id, 3),
                         happened(EVENT_ORDER_FREED, o[0].order_id, 4)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, without_goods_in_tx, &(struct some_events){e, 4}));
    source_advance_us(&w->source, 3 * DAY_US);
    struct list jobs = claim_jobs(w, JOB_COMPLETE);
    CHECK_I64(1, (int64_t)jobs.count);
    CHECK_I64(o[0].order_id, ((const struct job *)jobs.at)->subject_id);
    CHECK_OK(&w->ctx, completing_job(&w->ctx, jobs.at, jobs.count));
    CHECK_I64(STAGE_COMPLETED, shop_state(w, o[0].order_id).stage);
    CHECK_I64(COMMERCIAL_PLACED, shop_state(w, o[1].order_id).commercial);
    CHECK_I64(COMMERCIAL_PLACED, shop_state(w, o[2].order_id).commercial);
}

TEST_BOTH(completing, an_open_case_keeps_the_order_open)
{
    shop_open(w);
    int64_t id = delivered_order(w, "MUG", 1), other = delivered_order(w, "BOOK", 1);
    int64_t case_id = opened_case(w, id, CASE_DAMAGED);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, delivered_in_tx, &id));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, delivered_in_tx, &other));
    source_advance_us(&w->source, 3 * DAY_US);
    struct list jobs = claim_jobs(w, JOB_COMPLETE);
    CHECK_I64(2, (int64_t)jobs.count);
    CHECK_OK(&w->ctx, completing_job(&w->ctx, jobs.at, jobs.count));
    CHECK_I64(STAGE_COMPLETING, shop_state(w, id).stage);
    CHECK_I64(STAGE_COMPLETED, shop_state(w, other).stage);
    struct resolving r = resolving(id, case_id, CASE_ANSWER);
    r.in.answer = T("glue is on its way");
    CHECK_OK(&w->ctx, resolve(w, &r));
    jobs = claim_jobs(w, JOB_COMPLETE);
    CHECK_I64(1, (int64_t)jobs.count);
    CHECK_OK(&w->ctx, completing_job(&w->ctx, jobs.at, jobs.count));
    CHECK_I64(STAGE_COMPLETED, shop_state(w, id).stage);
}

TEST_BOTH(completing, what_is_not_delivered_stays)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, delivered_in_tx, &id));
    source_advance_us(&w->source, 4 * DAY_US);
    struct list jobs = claim_jobs(w, JOB_COMPLETE);
    CHECK_OK(&w->ctx, completing_job(&w->ctx, jobs.at, jobs.count));
    CHECK_I64(COMMERCIAL_PLACED, shop_state(w, id).commercial);
}

TEST_BOTH(completing, asks_how_it_was_once)
{
    shop_open(w);
    int64_t ids[3];
    for (size_t i = 0; i < 3; i++) {
        ids[i] = delivered_order(w, "PEN", 1);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, delivered_in_tx, &ids[i]));
        CHECK_OK(&w->ctx, db_tx(&w->ctx, delivered_in_tx, &ids[i])); /* told twice */
    }
    opened_case(w, ids[1], CASE_QUESTION);
    struct giving g = {ids[2], 9, {0}, 0};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, give_in_tx, &g));
    CHECK_I64(NONE, g.case_id);
    source_advance_us(&w->source, FOLLOW_UP_US);
    struct list jobs = claim_jobs(w, JOB_FOLLOW_UP);
    CHECK_I64(6, (int64_t)jobs.count);
    CHECK_OK(&w->ctx, follow_up_job(&w->ctx, jobs.at, jobs.count));
    struct list asked = messages_for(w, ids[0]);
    CHECK_I64(1, (int64_t)asked.count);
    CHECK_I64(MESSAGE_FEEDBACK, ((const struct message *)asked.at)->template);
    CHECK_I64(0, (int64_t)messages_for(w, ids[1]).count);
    CHECK_I64(0, (int64_t)messages_for(w, ids[2]).count);
    source_advance_us(&w->source, FOLLOW_UP_US);
    CHECK_I64(1, (int64_t)claim_jobs(w, JOB_FOLLOW_UP).count);
}

/* --- feedback -------------------------------------------------------------------------------- */

TEST_BOTH(feedback, is_given_once_and_a_low_score_is_a_case)
{
    shop_open(w);
    int64_t id = delivered_order(w, "MUG", 1), early = shop_order(w, "MUG", 1);
    struct giving g = {id, 4, T(" too slow "), 0}, before = {early, 4, {0}, 0};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_delivered", db_tx(&w->ctx, give_in_tx, &before));
    g.score = 11;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", db_tx(&w->ctx, give_in_tx, &g));
    g.score = FEEDBACK_LOW;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, give_in_tx, &g));
    struct care_case concern = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, case_get(&w->ctx, id, g.case_id, &concern));
    CHECK_I64(CASE_NOT_SATISFIED, concern.kind);
    CHECK_TEXT("too slow", concern.words);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "feedback_given", db_tx(&w->ctx, give_in_tx, &g));
    CHECK_I64(1, count_kind(w, id, EVENT_FEEDBACK_GIVEN));
}

TEST_BOTH(feedback, sums_up_to_a_net_score)
{
    shop_open(w);
    const int64_t scores[] = {10, 9, 9, 8, 6, 0, 10};
    for (size_t i = 0; i < 7; i++) {
        struct giving g = {delivered_order(w, "PEN", 1), scores[i], {0}, 0};
        CHECK_OK(&w->ctx, db_tx(&w->ctx, give_in_tx, &g));
    }
    struct feedback_sum sum = {0};
    struct list newest;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, feedback_sum(&w->ctx, 0, &sum));
    CHECK_I64(7, sum.answers);
    CHECK_I64(4, sum.promoters);
    CHECK_I64(2, sum.detractors);
    CHECK_I64(28, sum.net_score);
    CHECK_OK(&w->ctx, feedback_list(&w->ctx, INT64_MAX, 3, &newest));
    CHECK_I64(3, (int64_t)newest.count);
    CHECK_I64(10, ((const struct feedback *)newest.at)->score);
}

/* --- cases ----------------------------------------------------------------------------------- */

TEST_BOTH(cases, the_same_concern_is_one_case)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    int64_t first = opened_case(w, id, CASE_LATE), again = opened_case(w, id, CASE_LATE);
    CHECK_I64(first, again);
    CHECK(first != opened_case(w, id, CASE_DAMAGED));
    struct opening_case o = {.wish = {id, CASE_OTHER, T("  "), 0, true}};
    CHECK_FAULT(&w->ctx, ERR_INVALID, "required", db_tx(&w->ctx, open_case_in_tx, &o));
    for (size_t i = 2; i < CASES_OPEN_MAX; i++) {
        o.wish.words = text_printf(&w->arena, "concern %zu", i);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, open_case_in_tx, &o));
    }
    o.wish.words = T("one more");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many_cases", db_tx(&w->ctx, open_case_in_tx, &o));
    o.wish.is_from_customer = false;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, open_case_in_tx, &o));
}

TEST_BOTH(cases, the_most_urgent_come_first)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1), overdue = 0;
    int64_t late = opened_case(w, id, CASE_OTHER), soon = opened_case(w, id, CASE_DAMAGED);
    struct list open;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, cases_open(&w->ctx, 0, 0, 1, &open));
    const struct care_case *first = open.at;
    CHECK_I64(1, (int64_t)open.count);
    CHECK_I64(soon, first->case_id);
    CHECK_OK(&w->ctx, cases_open(&w->ctx, first->due_us, first->case_id, 5, &open));
    CHECK_I64(1, (int64_t)open.count);
    CHECK_I64(late, ((const struct care_case *)open.at)->case_id);
    CHECK_OK(&w->ctx, cases_overdue(&w->ctx, &overdue));
    CHECK_I64(0, overdue);
    w->ctx.now_us += 25 * HOUR_US;
    CHECK_OK(&w->ctx, cases_overdue(&w->ctx, &overdue));
    CHECK_I64(1, overdue);
}

TEST_BOTH(cases, an_answer_needs_words_and_ends_it)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1), case_id = opened_case(w, id, CASE_QUESTION);
    struct resolving r = resolving(id, case_id, CASE_ANSWER);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "required", resolve(w, &r));
    r.in.answer = T("by Friday");
    CHECK_OK(&w->ctx, resolve(w, &r));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "case_resolved", resolve(w, &r));
    r.in.case_id = 99;
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "case_not_found", resolve(w, &r));
    struct care_case concern = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, case_get(&w->ctx, id, case_id, &concern));
    CHECK_I64(CASE_ANSWER, concern.resolution);
    CHECK_TEXT("by Friday", concern.answer);
}

TEST_BOTH(cases, never_refunds_more_than_was_taken)
{
    shop_open(w);
    int64_t id = delivered_order(w, "MUG", 1), case_id = opened_case(w, id, CASE_DAMAGED);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE payment SET authorised_minor = 899, captured_minor ="
                                      " 899, refunded_minor = 100"));
    struct resolving r = resolving(id, case_id, CASE_REFUND);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "required", resolve(w, &r));
    r.in.refund_minor = 800;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large", resolve(w, &r));
    CHECK_TEXT("at most 7.99 GBP", text_of(w->ctx.fault.hint));
    r.in.refund_minor = 799;
    r.in.currency = T("EUR");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "invalid_value", resolve(w, &r));
    r.in.currency = T("GBP");
    CHECK_OK(&w->ctx, resolve(w, &r));
    struct list events;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, id, &events));
    const struct event *last = &((const struct event *)events.at)[events.count - 1];
    CHECK_I64(EVENT_CASE_RESOLVED, last->kind);
    CHECK_I64(799, last->amount_minor);
    CHECK_I64(case_id, last->subject_id);
}

static enum err owe_in_tx(struct ctx *c, void *arg)
{
    struct refund owed;
    struct refund_claim claim = {
        .order_id = *(int64_t *)arg, .amount_minor = 500, .cause = REFUND_FOR_RETURN};
    return refund_owe(c, &claim, 1, &owed);
}

TEST_BOTH(cases, never_refunds_what_is_promised_back_already_nor_more_than_it_is_worth)
{
    shop_open(w);
    int64_t id = delivered_order(w, "MUG", 2), case_id = opened_case(w, id, CASE_DAMAGED);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, owe_in_tx, &id)); /* and nobody has seen to it yet */
    struct resolving r = resolving(id, case_id, CASE_REFUND);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE payment SET authorised_minor = 5000, captured_minor "
                                      "= 5000"));
    r.in.refund_minor = 2 * 899 - 500 + 1;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large", resolve(w, &r));
    CHECK_TEXT("at most 12.98 GBP", text_of(w->ctx.fault.hint));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE payment SET authorised_minor = 899, captured_minor "
                                      "= 899"));
    r.in.refund_minor = 400;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large", resolve(w, &r));
    CHECK_TEXT("at most 3.99 GBP", text_of(w->ctx.fault.hint));
    r.in.refund_minor = 399;
    CHECK_OK(&w->ctx, resolve(w, &r));
}

TEST_BOTH(cases, sends_again_what_was_lost_with_its_engraving)
{
    struct shop s = shop_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    struct draft_line *line = d.lines.at;
    struct draft_service engraving = {T("engraving"), T("For Ada")};
    line->services = (struct list){&engraving, 1};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    deliver_all(w, &o.order_id, 1);
    struct case_line lines[1] = {{1, 2}};
    struct resolving r =
        resolving(o.order_id, opened_case(w, o.order_id, CASE_MISSING), CASE_RESHIP);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "required", resolve(w, &r));
    lines[0].quantity = 4;
    r.in.lines = (struct list){lines, 1};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "quantity_too_large", resolve(w, &r));
    CHECK_TEXT("lines[0].quantity", text_of(w->ctx.fault.field));
    lines[0] = (struct case_line){2, 1}; /* the engraving itself */
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "line_not_found", resolve(w, &r));
    lines[0] = (struct case_line){1, 2};
    CHECK_OK(&w->ctx, resolve(w, &r));
    CHECK(r.out.reship_order_id != NONE && r.out.reship_number > o.number);
    struct order order = {0};
    struct list again, promises;
    int64_t id = r.out.reship_order_id;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_get(&w->ctx, id, &order));
    CHECK_I64(0, order.total_minor);
    CHECK_OK(&w->ctx, order_lines_of(&w->ctx, &id, 1, &again));
    CHECK_I64(2, (int64_t)again.count);
    const struct order_line *l = again.at;
    CHECK_I64(s.mug, l[0].product_id);
    CHECK_I64(2, l[0].allocated);
    CHECK_I64(LINE_SERVICE, l[1].kind);
    CHECK_I64(1, l[1].parent_line);
    CHECK_TEXT("For Ada", l[1].wording);
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &id, 1, &promises));
    CHECK_I64(1, (int64_t)promises.count);
    CHECK_I64(1, shop_release(w, &id, 1));
    CHECK_I64(1, count_kind(w, id, EVENT_ORDER_PLACED));
}

TEST_BOTH(cases, a_reship_says_what_no_site_has)
{
    shop_open(w);
    int64_t id = delivered_order(w, "LAMP", 100);
    struct case_line lines[1] = {{1, 30}};
    struct resolving r = resolving(id, opened_case(w, id, CASE_DAMAGED), CASE_RESHIP);
    r.in.lines = (struct list){lines, 1};
    CHECK_OK(&w->ctx, resolve(w, &r)); /* 20 are left, in Manchester */
    CHECK_I64(10, r.out.short_of);
    CHECK_I64(20, shop_state(w, r.out.reship_order_id).allocated);
    CHECK_I64(1, count_kind(w, r.out.reship_order_id, EVENT_ORDER_SHORT));
}

TEST_BOTH(cases, a_reship_leaves_what_came_for_who_waits)
{
    shop_open(w);
    int64_t id = delivered_order(w, "LAMP", 100);
    struct case_line lines[1] = {{1, 30}};
    struct resolving r = resolving(id, opened_case(w, id, CASE_DAMAGED), CASE_RESHIP);
    r.in.lines = (struct list){lines, 1};
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET earmarked = 5 WHERE sellable = 20 "
                                      "AND promised = 0"));
    CHECK_OK(&w->ctx, resolve(w, &r));
    CHECK_I64(15, r.out.short_of);
    CHECK_I64(15, shop_state(w, r.out.reship_order_id).allocated);
}

TEST_BOTH(cases, a_reship_takes_nothing_from_a_site_that_is_closed_for_it)
{
    shop_open(w);
    int64_t id = delivered_order(w, "LAMP", 100);
    struct case_line lines[1] = {{1, 30}};
    struct resolving r = resolving(id, opened_case(w, id, CASE_DAMAGED), CASE_RESHIP);
    r.in.lines = (struct list){lines, 1};
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET is_closed = 1"));
    CHECK_OK(&w->ctx, resolve(w, &r));
    CHECK_I64(30, r.out.short_of);
    CHECK_I64(0, shop_state(w, r.out.reship_order_id).allocated);
}

TEST_BOTH(cases, asks_goods_back_at_most_once)
{
    shop_open(w);
    int64_t id = delivered_order(w, "MUG", 3);
    struct case_line lines[2] = {{1, 2}, {1, 1}};
    struct resolving r = resolving(id, opened_case(w, id, CASE_WRONG_ITEM), CASE_RETURN);
    r.in.lines = (struct list){lines, 2};
    CHECK_FAULT(&w->ctx, ERR_INVALID, "invalid_value", resolve(w, &r));
    r.in.lines.count = 1;
    CHECK_OK(&w->ctx, resolve(w, &r));
    struct list returns, back;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, returns_of_orders(&w->ctx, &id, 1, &returns));
    CHECK_I64(1, (int64_t)returns.count);
    CHECK_I64(RETURN_BECAUSE_WRONG_ITEM, ((const struct order_return *)returns.at)->reason);
    CHECK_OK(&w->ctx, return_lines_of(&w->ctx, &r.out.return_id, 1, &back));
    CHECK_I64(2, ((const struct return_line *)back.at)->quantity);
    CHECK_I64(RETURN_REQUESTED, ((const struct return_line *)back.at)->state);
    CHECK_I64(1, count_kind(w, id, EVENT_RETURN_REQUESTED));
    r = resolving(id, opened_case(w, id, CASE_DAMAGED), CASE_RETURN);
    r.in.lines = (struct list){lines, 1};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "quantity_too_large", resolve(w, &r));
}
