#include "services/stockkeeping/lots.h"

#include "base/sort.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "store/db.h"

#define LOOK_AGAIN_US (60 * MINUTE_US)

static enum err plan_expiry(struct ctx *c, const struct lot *lot)
{
    if (lot->sells_until_day == NONE) return OK;
    return job_put(c, JOB_LOT_EXPIRY, lot->lot_id, (lot->sells_until_day + 1) * DAY_US);
}

enum err lots_keep(struct ctx *c, const struct lot_book *book)
{
    TRY(lot_book_save(c, book));
    for (size_t i = 0; i < book->count; i++)
        if (book->lots[i].is_fresh) TRY(plan_expiry(c, &book->lots[i]));
    return OK;
}

/* --- the day comes --------------------------------------------------------------------------- */

struct due {
    const struct job *jobs;
    size_t count;
};

/* What nobody is sent for; *left says whether somebody is. */
static enum err expire(struct ctx *c, const struct lot *lot, const struct list *cells, bool *left)
{
    const struct stock *at = cells->at;
    for (size_t i = 0; i < cells->count; i++) {
        const struct stock *s = &at[i];
        if (s->product_id != lot->product_id || !text_eq(s->lot, lot->lot)) continue;
        if (s->condition != CONDITION_SELLABLE && s->condition != CONDITION_INBOUND) continue;
        if (s->allotted > 0) *left = true;
        int64_t units = s->on_hand - s->allotted;
        if (units <= 0) continue;
        struct cell from = {s->place_id, s->site_id, s->lot, (enum stock_condition)s->condition};
        struct cell to = {s->place_id, s->site_id, s->lot, CONDITION_EXPIRED};
        TRY(stock_shift(c, s->product_id, from, to, units, STOCK_CONDITION, NONE, lot->lot_id));
        TRY(event_put(c, EVENT_LOT_EXPIRED, NONE, s->product_id,
                      EVENT_BODY(.quantity = units, .word = lot->lot, .other_id = s->place_id)));
    }
    return OK;
}

static enum err expire_due(struct ctx *c, void *arg)
{
    const struct due *in = arg;
    struct list lots, cells;
    int64_t *ids = arena_new(c->arena, int64_t, in->count + 1);
    for (size_t i = 0; i < in->count; i++) ids[i] = in->jobs[i].subject_id;
    sort_i64(ids, in->count);
    TRY(lots_by_id(c, ids, unique_i64(ids, in->count), &lots));
    const struct lot *at = lots.at;
    size_t n = 0;
    ids = arena_new(c->arena, int64_t, lots.count + 1);
    for (size_t i = 0; i < lots.count; i++)
        if (lot_is_over(c, &at[i])) ids[n++] = at[i].product_id;
    sort_i64(ids, n);
    TRY(stock_cells_take(c, ids, unique_i64(ids, n), &cells));
    for (size_t i = 0; i < lots.count; i++) {
        bool left = false;
        if (!lot_is_over(c, &at[i])) continue; /* dated anew: another job has its day */
        TRY(expire(c, &at[i], &cells, &left));
        if (left) TRY(job_put(c, JOB_LOT_EXPIRY, at[i].lot_id, c->now_us + LOOK_AGAIN_US));
    }
    for (size_t i = 0; i < in->count; i++) TRY(job_done(c, &in->jobs[i]));
    return OK;
}

enum err lots_expire(struct ctx *c, const struct job *jobs, size_t count)
{
    return db_tx(c, expire_due, &(struct due){jobs, count});
}

/* --- rules ----------------------------------------------------------------------------------- */

enum err stock_watch(struct ctx *c, int64_t product_id, int64_t low_at, int64_t days_left_min,
                     struct stock_rule *out)
{
    struct list rules, lots;
    *out = (struct stock_rule){
        .merchant_id = c->merchant_id, .product_id = product_id, .low_at = NONE};
    TRY(stock_rules_of(c, &product_id, 1, &rules));
    if (rules.count) *out = *(const struct stock_rule *)rules.at;
    if (low_at != NONE) out->low_at = low_at;
    if (days_left_min != NONE && days_left_min != out->days_left_min) {
        out->days_left_min = days_left_min;
        TRY(lots_dated_of(c, product_id, &lots));
        for (size_t i = 0; i < lots.count; i++) {
            struct lot *lot = &((struct lot *)lots.at)[i];
            lot->sells_until_day = lot->expiry_day - days_left_min;
            TRY(lot_date(c, lot));
            TRY(plan_expiry(c, lot));
        }
    }
    TRY(stock_rule_put(c, out));
    struct text note = text_printf(c->arena, "%lld days left", (long long)out->days_left_min);
    return event_put(c, EVENT_STOCK_WATCHED, NONE, product_id,
                     EVENT_BODY(.quantity = out->low_at, .note = note));
}
