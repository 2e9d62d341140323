/* stages/7_completion/case_resolving.h: what a resolved case causes; the inside of cases.c. */
#pragma once

#include "domain/orders/order.h"
#include "stages/7_completion/cases.h"

struct case_resolving {
    const struct case_answer *answer;
    struct care_case concern;
    struct order order;
    struct order_state state;
    struct list lines; /* struct order_line, by line_no */
};

must_check enum err case_resolving_load(struct ctx *c, struct case_resolving *r);
/* Not more than what was taken, and neither given back nor promised; refunds under way count. */
must_check enum err case_check_refund(struct ctx *c, struct case_resolving *r);
/* In the unit that resolves the case, so that whoever comes next counts it. */
must_check enum err case_owe(struct ctx *c, const struct case_resolving *r);
/* A new order of the chosen lines at no price, to the same address. */
must_check enum err case_reship(struct ctx *c, const struct case_resolving *r,
                                struct case_outcome *out);
must_check enum err case_ask_back(struct ctx *c, const struct case_resolving *r,
                                  struct case_outcome *out);
/* package_id NONE: a person opened it. */
must_check enum err case_put(struct ctx *c, const struct case_wish *wish, int64_t package_id,
                             int64_t *case_id);
must_check enum err case_end(struct ctx *c, const struct care_case *k, enum case_resolution how,
                             struct text answer, int64_t return_id);
/* The case may have been what kept the order open: it is looked at again when its grace is over. */
must_check enum err case_let_order_close(struct ctx *c, const struct order_state *state);

/* The order's line of that number, or NULL. */
const struct order_line *case_line_find(const struct case_resolving *r, int64_t line_no);
