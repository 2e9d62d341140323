/* stages/2_processing/changing_lines.h: the lines of an order that changes, and what they cost; the
 * inside of changing. */
#pragma once

#include "domain/orders/order.h"
#include "domain/people/people.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/changing.h"
#include "stages/2_processing/changing_tax.h"
#include "stages/2_processing/changing_work.h"

struct changing {
    const struct order_change *in;
    struct order before, after;
    struct order_state state;
    struct list lines, products, parts, prices, offers;
    int64_t *going_back; /* beside the lines: units that are cancelled when they lie in their bin */
    struct merchant merchant;
    struct order_line *added; /* new lines */
    size_t added_count, added_capacity;
    struct cancel_line *fewer;
    size_t fewer_count;
    int64_t *more; /* products of which more is wanted */
    size_t more_count, more_capacity;
    int64_t standing_line, standing_product; /* a new line that stands for another; 0: none */
    struct touched touched;
    bool is_draft, has_lines, has_prices;
    struct text held_price; /* why a price has to be looked at */
    struct changing_taxes taxes;
};

/* ERR_INVALID "currency_differs", "out_of_range". */
must_check enum err changing_money(struct ctx *c, const struct changing *k, struct money m,
                                   const char *field, bool may_be_negative);
/* All that k->in says of lines: sums in k->after, what is to be taken away in k->fewer. */
must_check enum err changing_lines(struct ctx *c, struct changing *k);
