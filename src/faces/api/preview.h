/* faces/api/preview.h: what a command would change, exactly, and nothing kept.
 *
 *   unit of work ─┬─ trial ─┬─ the command ─> its answer
 *                 │         ├─ the reactions to what it tells, and to what they tell
 *                 │         ├─ which orders and products were touched, by name
 *                 │         └─ their state afterwards                    all undone
 *                 └─ their state before ─> compared ─> {stock, money, dates, messages, work,
 * events}
 *
 * Jobs do not run, for they ask others: a payment that would be asked for is told as "will ask".
 * Nothing names an identifier that the command would make, so that the same command done in
 * earnest makes exactly this difference. The number of statements does not grow with the orders. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct preview_stock {
    struct text sku, site, bin; /* bin absent: what the site can promise */
    struct text lot, condition; /* of a bin's cell, where it has them */
    struct text what;           /* sellable, promised, on_hand, allotted */
    int64_t before, after;
    struct text words;
};
struct preview_money {
    int64_t order; /* its number */
    struct text what;
    struct money before, after; /* no currency: none */
    struct text words;
};
struct preview_change { /* of dates and of work */
    int64_t order;      /* its number; NONE: of no order */
    struct text what, before, after, words;
};
struct preview_message {
    int64_t order;
    struct text template, recipient, words;
};
struct preview_event {
    struct text kind;
    int64_t order;
};
struct preview {
    struct list stock, money, dates, messages, work, events;
};
extern const struct fields preview_fields;

/* Ascending, without repeats. */
struct preview_keys {
    int64_t *orders, *products, *credits, *deliveries;
    size_t order_count, product_count, credit_count, delivery_count;
};
/* What stands in the database about them. */
struct preview_state {
    struct list availability, cells; /* by product */
    struct list orders, states, lines, holds, promises, payments, intents, entries,
        messages;           /* by order */
    struct list told_dates; /* of units that wait */
    struct list work, tasks, packages, labels;
    struct list returns, return_lines, cases, refunds, invoices; /* of the orders */
    struct list credits, deliveries, delivery_lines;
    struct list jobs;                  /* made since `since_id`: timers */
    struct list products, sites, bins; /* names */
};

/* Inside db_trial, after the work: what it touched. */
must_check enum err preview_keys_of(struct ctx *c, struct preview_keys *out);
/* `since_id`: an identifier made before anything else was. */
must_check enum err preview_read(struct ctx *c, const struct preview_keys *keys, int64_t since_id,
                                 struct preview_state *out);
/* Names are taken from `after`. */
void preview_compare(struct arena *a, const struct preview_state *before,
                     const struct preview_state *after, const struct list *events,
                     struct preview *out);
/* "stock: MUG at LON: promised 3 → 5", a line each; "nothing would change". */
void preview_put_people(struct buf *b, const struct preview *p);
