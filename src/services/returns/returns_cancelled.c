/* services/returns/returns_cancelled.c: a wish to cancel that came too late becomes a return. */
#include "services/returns/returns.h"

#include "domain/orders/order.h"

/* What is refused (asked back before, too many) stays as it is: the wish itself is recorded. */
static enum err unless_refused(struct ctx *c, enum err e)
{
    if (e != ERR_CONFLICT) return e;
    c->fault = (struct fault){0};
    return OK;
}

enum err returns_on_cancel_asked(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct list lines;
        int64_t return_id;
        size_t n = 0;
        TRY(order_lines_of(c, &events[i].order_id, 1, &lines));
        const struct order_line *l = lines.at;
        struct return_wish_line *wanted =
            arena_new(c->arena, struct return_wish_line, lines.count + 1);
        for (size_t k = 0; k < lines.count; k++)
            if (line_is_physical(&l[k]) && l[k].shipped > l[k].returned)
                wanted[n++] = (struct return_wish_line){l[k].line_no, l[k].shipped - l[k].returned};
        struct return_wish wish = {.order_id = events[i].order_id,
                                   .case_id = NONE,
                                   .reason = RETURN_BECAUSE_UNWANTED,
                                   .note = T("cancelled after it had left"),
                                   .lines = {wanted, n},
                                   .is_beyond_policy = true};
        if (n) TRY(unless_refused(c, returns_request(c, &wish, &return_id)));
    }
    return OK;
}

enum err returns_on_cancelled(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct list returns;
        TRY(returns_of_orders(c, &events[i].order_id, 1, &returns));
        const struct order_return *r = returns.at;
        for (size_t k = 0; k < returns.count; k++)
            if (r[k].settled_us == NONE)
                TRY(unless_refused(c, returns_cancel(c, r[k].return_id, T("it never left"))));
    }
    return OK;
}
