#include "stages/2_processing/rejecting.h"

#include "base/lifecycle.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/availability.h"
#include "domain/orders/order.h"
#include "domain/orders/work.h"

struct rejecting {
    const struct rejection *in;
    struct fulfillment f;
    struct list lines, tasks, cells; /* of the fulfillment; struct stock of its site */
    int64_t *product_ids;            /* that are the cause, ascending */
    size_t product_count;
};

static enum err too_late(struct ctx *c, const struct fulfillment *f)
{
    fail(c, ERR_CONFLICT, "too_late", "%lld of %lld units are picked already", (long long)f->picked,
         (long long)f->units);
    return hint(c, "possible now: tell the picks short, or cancel the order");
}

/* The products that are the cause: the named one, or all. */
static enum err load_causes(struct ctx *c, struct rejecting *r)
{
    const struct fulfillment_line *lines = r->lines.at;
    struct list products = {0}; /* whoever's: of them the fulfillment brings its owner's */
    if (r->in->sku.len) TRY(products_by_sku_of(c, OWNER_ANY, &r->in->sku, 1, &products));
    r->product_ids = arena_new(c->arena, int64_t, r->lines.count + 1);
    for (size_t i = 0; i < r->lines.count; i++) {
        const struct product *named = products.at;
        bool is_cause = !r->in->sku.len && lines[i].quantity > 0;
        for (size_t k = 0; k < products.count; k++)
            is_cause = is_cause || lines[i].product_id == named[k].product_id;
        for (size_t k = 0; k < r->product_count; k++)
            is_cause = is_cause && r->product_ids[k] != lines[i].product_id;
        if (is_cause) r->product_ids[r->product_count++] = lines[i].product_id;
    }
    if (r->product_count) return OK;
    return fail_at(c, ERR_INVALID, "unknown_sku", "sku", "this fulfillment brings no \"%.*s\"",
                   TEXT_ARG(text_head(r->in->sku, 64)));
}

static enum err load(struct ctx *c, int64_t id, struct rejecting *r)
{
    int32_t to;
    TRY(fulfillment_get(c, id, &r->f));
    TRY(fulfillments_lock(c, &id, 1));
    TRY(fulfillment_get(c, id, &r->f));
    bool is_picking = r->f.state >= FULFILLMENT_PICKING && r->f.state <= FULFILLMENT_PACKED;
    if (is_picking || r->f.picked > 0) return too_late(c, &r->f);
    TRY(lifecycle_next(c, &fulfillment_lifecycle, r->f.state, FULFILLMENT_REJECT, &to));
    TRY(fulfillment_lines_of(c, &id, 1, &r->lines));
    TRY(tasks_of(c, &id, 1, &r->tasks));
    TRY(load_causes(c, r));
    return stock_of_products(c, r->f.site_id, r->product_ids, r->product_count, &r->cells);
}

static bool is_cause(const struct rejecting *r, int64_t product_id)
{
    for (size_t i = 0; i < r->product_count; i++)
        if (r->product_ids[i] == product_id) return true;
    return false;
}

/* Units are taken off a bin, and it is told: who waits for the product sees what is left. */
static enum err take_off(struct ctx *c, struct rejecting *r, struct stock *cell, int64_t units,
                         struct reject_outcome *out)
{
    if (units > cell->on_hand) units = cell->on_hand;
    if (units <= 0) return OK;
    cell->on_hand -= units;
    out->corrected += units;
    TRY(stock_adjust(c, cell->product_id, r->f.site_id, cell->place_id, cell->lot, -units,
                     STOCK_LOST, r->f.fulfillment_id));
    return event_put(c, EVENT_STOCK_ADJUSTED, NONE, cell->product_id,
                     EVENT_BODY(.quantity = -units,
                                .word = text_of(word_of(&stock_reason_words, STOCK_LOST)),
                                .other_id = cell->place_id));
}

/* The units stay where they are, and are not for sale. */
static enum err set_aside(struct ctx *c, struct rejecting *r, struct stock *cell, int64_t units,
                          enum stock_condition condition, struct reject_outcome *out)
{
    struct cell from = {cell->place_id, r->f.site_id, cell->lot, CONDITION_SELLABLE}, to = from;
    if (units > cell->on_hand) units = cell->on_hand;
    if (units <= 0) return OK;
    to.condition = condition;
    cell->on_hand -= units;
    out->corrected += units;
    TRY(stock_shift(c, cell->product_id, from, to, units, STOCK_CONDITION, NONE,
                    r->f.fulfillment_id));
    return event_put(
        c, EVENT_STOCK_CONDITION_CHANGED, NONE, cell->product_id,
        EVENT_BODY(.quantity = units,
                   .word = text_printf(c->arena, "%s to %s",
                                       word_of(&stock_condition_words, CONDITION_SELLABLE),
                                       word_of(&stock_condition_words, condition)),
                   .other_id = cell->place_id, .note = r->in->note));
}

static enum err correct_bin(struct ctx *c, struct rejecting *r, const struct task *t,
                            struct reject_outcome *out)
{
    struct stock *cells = r->cells.at, *cell = NULL;
    for (size_t i = 0; i < r->cells.count; i++)
        if (cells[i].product_id == t->product_id && cells[i].place_id == t->place_id &&
            text_eq(cells[i].lot, t->lot))
            cell = &cells[i];
    int64_t units = t->quantity - t->done;
    if (!cell) return OK;
    switch ((enum reject_reason)r->in->reason) {
    case REJECT_NOT_FOUND: return take_off(c, r, cell, cell->on_hand, out);
    case REJECT_DAMAGED: return set_aside(c, r, cell, units, CONDITION_DAMAGED, out);
    case REJECT_SUSPECT: return set_aside(c, r, cell, units, CONDITION_QUARANTINED, out);
    case REJECT_TOO_BUSY:
    case REJECT_WRONG_SITE:
    case REJECT_NOT_FOR_SALE:
    case REJECT_REASON_COUNT: break;
    }
    return OK;
}

static enum err close_products(struct ctx *c, const struct rejecting *r)
{
    for (size_t i = 0; i < r->product_count; i++) {
        TRY(availability_close(c, r->product_ids[i], r->f.site_id, true));
        TRY(event_put(c, EVENT_STOCK_RULED, NONE, r->product_ids[i],
                      EVENT_BODY(.word = T("closed"), .other_id = r->f.site_id)));
    }
    return OK;
}

static enum err refuse_tasks(struct ctx *c, struct rejecting *r, struct reject_outcome *out)
{
    const struct task *tasks = r->tasks.at;
    struct work_progress by = {0};
    for (size_t i = 0; i < r->tasks.count; i++) {
        struct task after = tasks[i];
        bool is_pick = after.kind == TASK_PICK;
        if (!lifecycle_allows(&task_lifecycle, after.state, TASK_REFUSE)) continue;
        TRY(task_end(c, &tasks[i], &after, TASK_REFUSE));
        out->tasks++;
        by.tasks_open -= is_pick;
        by.services_open -= !is_pick;
        if (!is_pick || after.place_id == NONE) continue;
        TRY(stock_allot(c, after.product_id, after.site_id, after.place_id, after.lot,
                        after.done - after.quantity));
        if (is_cause(r, after.product_id)) TRY(correct_bin(c, r, &tasks[i], out));
    }
    return fulfillment_progress(c, r->f.fulfillment_id, by);
}

static enum err give_back(struct ctx *c, const struct rejecting *r, struct reject_outcome *out)
{
    const struct fulfillment_line *lines = r->lines.at;
    for (size_t i = 0; i < r->lines.count; i++) {
        const struct fulfillment_line *l = &lines[i];
        struct promise p = {.order_id = r->f.order_id,
                            .line_no = l->line_no,
                            .site_id = r->f.site_id,
                            .product_id = l->product_id};
        if (!l->quantity) continue;
        out->units += l->quantity;
        TRY(fulfillment_shrink(c, l->fulfillment_id, l->line_no, l->quantity));
        TRY(promise_release(c, &p, l->quantity));
        TRY(order_progress(c, r->f.order_id, l->line_no,
                           (struct progress){.allocated = -l->quantity, .released = -l->quantity}));
    }
    return OK;
}

static enum err remember(struct ctx *c, const struct rejecting *r)
{
    bool is_for_good = r->in->reason == REJECT_WRONG_SITE;
    int64_t until_us = is_for_good ? INT64_MAX : c->now_us + DAY_US;
    TRY(site_rejection_put(c, &(struct site_rejection){.order_id = r->f.order_id,
                                                       .site_id = r->f.site_id,
                                                       .fulfillment_id = r->f.fulfillment_id,
                                                       .reason = r->in->reason,
                                                       .note = r->in->note,
                                                       .at_us = c->now_us,
                                                       .until_us = until_us,
                                                       .actor_id = c->actor_id}));
    return is_for_good ? OK : job_put(c, JOB_BACKORDER, r->f.order_id, until_us);
}

enum err fulfillment_reject(struct ctx *c, int64_t fulfillment_id, const struct rejection *in,
                            struct reject_outcome *out)
{
    struct rejecting r = {.in = in};
    *out = (struct reject_outcome){0};
    TRY(load(c, fulfillment_id, &r));
    TRY(refuse_tasks(c, &r, out));
    TRY(give_back(c, &r, out));
    if (in->reason == REJECT_NOT_FOR_SALE) TRY(close_products(c, &r));
    TRY(remember(c, &r));
    TRY(fulfillment_touch(c, fulfillment_id));
    TRY(fulfillment_do(c, &r.f, FULFILLMENT_REJECT));
    return event_put(c, EVENT_FULFILLMENT_REJECTED, r.f.order_id, fulfillment_id,
                     EVENT_BODY(.quantity = out->units,
                                .word = text_of(word_of(&reject_reason_words, in->reason)),
                                .note = in->note, .other_id = r.f.site_id));
}
