/* stages/2_processing/changing_work.h: work that is under way follows its order's change; the
 * inside of changing. */
#pragma once

#include "domain/orders/order.h"

/* Address and method of work that is still here; labels are given back, and bought anew for the
   new address (LABEL_READDRESSED). ERR_CONFLICT "too_late" when all of it has left. */
must_check enum err changing_readdress(struct ctx *c, const struct order *o, int64_t *fulfillments);
/* Work whose version rises when the change is written: once, however much of it changed. */
struct touched {
    int64_t *ids; /* fulfillments; may repeat */
    size_t count, capacity;
};
/* Beside these lines: units that lie in a tote or package and go back into their bin. */
must_check enum err changing_going_back(struct ctx *c, int64_t order_id, const struct list *lines,
                                        int64_t **units);
/* Another text for what is to be done to a line. ERR_CONFLICT "too_late" when it is done. */
must_check enum err changing_reword(struct ctx *c, const struct order_line *l, struct text wording,
                                    struct touched *t);
/* The task of a new service line, in the work that brings what it is done to; without such work its
   release makes it. ERR_CONFLICT "too_late" when that is being packed, or has left. */
must_check enum err changing_serve(struct ctx *c, const struct order_line *l, int32_t service_kind,
                                   struct touched *t);
must_check enum err changing_touch(struct ctx *c, const struct touched *t);
