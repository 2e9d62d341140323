#include "stages/2_processing/earmarking_told.h"

#include "base/list.h"
#include "domain/events/event.h"
#include "store/db.h"

enum err dating_load(struct ctx *c, struct dating *d, const int64_t *order_ids, size_t n)
{
    return told_dates_of(c, order_ids, n, &d->told);
}

static void add(struct ctx *c, struct dating *d, const struct waiting *w, int64_t day,
                int64_t units)
{
    for (size_t i = d->now_count; i > 0; i--) {
        struct told_date *t = &d->now[i - 1];
        if (t->order_id != w->order_id || t->line_no != w->line_no) break;
        if (t->day != day) continue;
        t->units += units;
        return;
    }
    *arena_push(c->arena, d->now, d->now_count, d->now_capacity) =
        (struct told_date){w->order_id, w->line_no, day, units, c->now_us};
}

void dating_line(struct ctx *c, struct dating *d, size_t at, const struct list *changes)
{
    const struct waiting *w = &((const struct waiting *)d->lines.at)[at];
    const struct earmark_change *k = changes->at;
    for (size_t i = 0; i < changes->count; i++) {
        int64_t units = k[i].after.units + k[i].after.arrived;
        if (units) add(c, d, w, k[i].after.promised_day, units);
    }
}

/* The line's rows from `first` on. */
static size_t rows_of(const struct dating *d, size_t first, const struct waiting *w)
{
    size_t n = 0;
    while (first + n < d->now_count && d->now[first + n].order_id == w->order_id &&
           d->now[first + n].line_no == w->line_no)
        n++;
    return n;
}

/* What no delivery brings has no day. */
static void complete(struct ctx *c, struct dating *d)
{
    struct dating all = {.lines = d->lines};
    const struct waiting *w = d->lines.at;
    size_t at = 0;
    for (size_t i = 0; i < d->lines.count; i++) {
        size_t n = rows_of(d, at, &w[i]);
        int64_t open = w[i].missing;
        for (size_t k = at; k < at + n; k++) {
            open -= d->now[k].units;
            add(c, &all, &w[i], d->now[k].day, d->now[k].units);
        }
        if (open > 0) add(c, &all, &w[i], NONE, open);
        at += n;
    }
    d->now = all.now;
    d->now_count = all.now_count;
}

static bool is_news(const struct list *told, const struct told_date *now)
{
    const struct told_date *at = told->at;
    for (size_t i = 0; i < told->count; i++)
        if (at[i].line_no == now->line_no && at[i].day == now->day) return now->units > at[i].units;
    return true;
}

/* When the last of it is there. */
static int64_t last_day(const struct told_date *at, size_t n)
{
    int64_t day = 0;
    for (size_t i = 0; i < n; i++) {
        if (at[i].day == NONE) return NONE;
        if (at[i].day > day) day = at[i].day;
    }
    return day;
}

/* Of the same lines only: others of the order wait for other goods. */
static struct told_date *told_of_lines(struct ctx *c, const struct list *told,
                                       const struct told_date *now, size_t n, size_t *count)
{
    const struct told_date *at = told->at;
    struct told_date *own = arena_new(c->arena, struct told_date, told->count + 1);
    *count = 0;
    for (size_t i = 0; i < told->count; i++)
        for (size_t k = 0; k < n; k++)
            if (now[k].line_no == at[i].line_no) {
                own[(*count)++] = at[i];
                break;
            }
    return own;
}

static int64_t units_by(const struct told_date *at, size_t n, int64_t day)
{
    int64_t units = 0;
    for (size_t i = 0; i < n; i++)
        if (at[i].day != NONE && at[i].day <= day) units += at[i].units;
    return units;
}

/* By some day that `as` names fewer units are there than `as` says. */
static bool is_short_of(const struct told_date *at, size_t n, const struct told_date *as,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (as[i].day != NONE && units_by(at, n, as[i].day) < units_by(as, count, as[i].day))
            return true;
    return false;
}

/* The last day is as it was. NULL: nothing is better or worse, the order has become larger and
   nobody knows when that comes. */
static const char *word_within(const struct told_date *before, size_t count,
                               const struct told_date *now, size_t n)
{
    if (is_short_of(now, n, before, count)) return "changed";
    if (!is_short_of(before, count, now, n)) return NULL;
    bool is_more = units_by(now, n, INT64_MAX) > units_by(before, count, INT64_MAX);
    return is_more ? "known" : "sooner";
}

static const char *word_for(int64_t before, int64_t after)
{
    if (after == NONE) return "unknown";
    if (before == NONE) return "known";
    return after > before ? "later" : "sooner";
}

static enum err tell_order(struct ctx *c, const struct list *told, const struct told_date *now,
                           size_t n, bool *is_told)
{
    size_t count;
    int64_t units = 0;
    *is_told = false;
    for (size_t i = 0; i < n; i++) {
        units += now[i].units;
        *is_told = *is_told || is_news(told, &now[i]);
    }
    if (!*is_told) return OK;
    struct told_date *before = told_of_lines(c, told, now, n, &count);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || now[i].line_no != now[i - 1].line_no)
            TRY(told_date_drop(c, now[i].order_id, now[i].line_no));
    int64_t was = last_day(before, count), is = last_day(now, n);
    const char *word = was == is ? word_within(before, count, now, n) : word_for(was, is);
    if (!word) return OK;
    return event_put(c, EVENT_ORDER_DATED, now[0].order_id, NONE,
                     EVENT_BODY(.quantity = units, .word = text_of(word),
                                .note = told_dates_text(c->arena, now, n)));
}

enum err dating_tell(struct ctx *c, struct dating *d)
{
    bool *is_told = arena_new(c->arena, bool, d->lines.count + d->now_count + 1);
    complete(c, d);
    for (size_t i = 0, next; i < d->now_count; i = next) {
        struct list own = LIST_RUN(&d->told, struct told_date, order_id, d->now[i].order_id);
        for (next = i; next < d->now_count && d->now[next].order_id == d->now[i].order_id;) next++;
        TRY(tell_order(c, &own, &d->now[i], next - i, &is_told[i]));
        for (size_t k = i; k < next; k++) is_told[k] = is_told[i];
    }
    TRY(db_flush(c)); /* what was told is forgotten before it is told anew */
    for (size_t i = 0; i < d->now_count; i++)
        if (is_told[i]) TRY(told_date_put(c, &d->now[i]));
    return OK;
}
