/* stages/7_completion/feedback.h: what the customer thought of it, once per order.
 *
 * A low score is a concern that nobody wrote down yet: it opens a case by itself. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum { FEEDBACK_SCORE_MAX = 10, FEEDBACK_LOW = 6, FEEDBACK_WORDS_MAX = 2000 };

struct feedback {
    int64_t merchant_id, order_id;
    int32_t score; /* 0 to FEEDBACK_SCORE_MAX: would you order again? */
    struct text words;
    int64_t at_us;
};
extern const struct fields feedback_fields;

struct feedback_sum {
    int64_t answers, promoters, detractors; /* 9 and 10; 0 to 6 */
    int64_t net_score;                      /* promoters - detractors, in percent of the answers */
};
extern const struct fields feedback_sum_fields;

/* Inside a unit of work; *case_id is NONE when the score is not low. ERR_CONFLICT "feedback_given",
   "not_delivered"; ERR_INVALID "out_of_range", "too_long". */
must_check enum err feedback_give(struct ctx *c, int64_t order_id, int64_t score, struct text words,
                                  int64_t *case_id);
must_check enum err feedback_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                struct list *out);
/* Newest orders first. */
must_check enum err feedback_list(struct ctx *c, int64_t before_order_id, int64_t limit,
                                  struct list *out);
must_check enum err feedback_sum(struct ctx *c, int64_t since_us, struct feedback_sum *out);
