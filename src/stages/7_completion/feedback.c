#include "stages/7_completion/feedback.h"

#include "base/source.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "stages/7_completion/cases.h"
#include "store/db.h"

static const struct field feedback_table[] = {
    FIELD(struct feedback, merchant_id),
    FIELD_ID(struct feedback, order_id, "order_id", "ord"),
    FIELD(struct feedback, score),
    FIELD(struct feedback, words),
    FIELD_INSTANT(struct feedback, at_us, "given_at"),
};
const struct fields feedback_fields = FIELDS("feedback_row", struct feedback, feedback_table);

static const struct field sum_table[] = {
    FIELD(struct feedback_sum, answers),
    FIELD(struct feedback_sum, promoters, .about = "scores of 9 and 10"),
    FIELD(struct feedback_sum, detractors, .about = "scores of 6 and less"),
    FIELD(struct feedback_sum, net_score, .about = "promoters less detractors, in percent"),
};
const struct fields feedback_sum_fields = FIELDS("feedback_sum", struct feedback_sum, sum_table);

static enum err check(struct ctx *c, int64_t order_id, int64_t score, struct text words)
{
    struct order_state state;
    if (score < 0 || score > FEEDBACK_SCORE_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "score", "a score is 0 to %d",
                       FEEDBACK_SCORE_MAX);
    if (text_chars(words) > FEEDBACK_WORDS_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "words", "more than %d characters",
                       FEEDBACK_WORDS_MAX);
    TRY(order_state_get(c, order_id, &state));
    if (state.delivered > 0) return OK;
    fail(c, ERR_CONFLICT, "not_delivered", "nothing of this order has arrived yet");
    return hint(c, "a concern about it is a case: it can be opened now");
}

enum err feedback_give(struct ctx *c, int64_t order_id, int64_t score, struct text words,
                       int64_t *case_id)
{
    int64_t changed = 0;
    words = text_trim(words);
    if (!words.len) words = (struct text){0};
    *case_id = NONE;
    TRY(check(c, order_id, score, words));
    TRY(db_exec(c, &Q_feedback_insert,
                ARGS(I64(c->merchant_id), I64(order_id), I64(score), TXT(words), I64(c->now_us)),
                &changed));
    if (!changed)
        return fail(c, ERR_CONFLICT, "feedback_given", "this order has its feedback already");
    TRY(event_put(c, EVENT_FEEDBACK_GIVEN, order_id, NONE,
                  EVENT_BODY(.quantity = score, .note = words)));
    if (score > FEEDBACK_LOW) return OK;
    struct case_wish wish = {.order_id = order_id,
                             .kind = CASE_NOT_SATISFIED,
                             .words = words.len
                                          ? words
                                          : text_printf(c->arena, "scored %lld of %d",
                                                        (long long)score, FEEDBACK_SCORE_MAX)};
    return case_open(c, &wish, case_id);
}

enum err feedback_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_feedback_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &feedback_fields, out);
}

enum err feedback_list(struct ctx *c, int64_t before_order_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_feedback_list, ARGS(I64(c->merchant_id), I64(before_order_id), I64(limit)),
                   &feedback_fields, out);
}

enum err feedback_sum(struct ctx *c, int64_t since_us, struct feedback_sum *out)
{
    TRY(db_one(c, &Q_feedback_sum, ARGS(I64(c->merchant_id), I64(id_at_us(since_us))),
               &feedback_sum_fields, out));
    if (out->answers) out->net_score = (out->promoters - out->detractors) * 100 / out->answers;
    return OK;
}
