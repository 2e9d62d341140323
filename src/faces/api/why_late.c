/* faces/api/why_late.c: the promised day against what each step took. */
#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "faces/api/why.h"
#include "faces/api/why_tree.h"
#include "queries.h"
#include "store/db.h"

/* What ends each step; the last event of the kind counts, of one that can happen again. */
static const struct {
    int32_t kind;
    const char *step, *done;
} steps[] = {
    {EVENT_ORDER_PLACED, "receipt", "placed"},
    {EVENT_FULFILLMENT_RELEASED, "processing", "released to its site"},
    {EVENT_PICK_STARTED, "waiting for a picker", "picking began"},
    {EVENT_FULFILLMENT_PICKED, "picking", "picked"},
    {EVENT_FULFILLMENT_PACKED, "packing", "packed"},
    {EVENT_PACKAGE_HANDED_OVER, "shipping", "handed over"},
    {EVENT_ORDER_DELIVERED, "delivery", "delivered"},
};
enum { STEPS = sizeof steps / sizeof *steps };

struct course {
    int64_t order_id, number, promised_day;
    struct list events;
    struct why why;
    const struct event *ends[STEPS]; /* NULL: not there yet */
};

static enum err read_course(struct ctx *c, int64_t order_id, struct course *k)
{
    struct list promises;
    *k = (struct course){.order_id = order_id, .promised_day = NONE};
    TRY(why_of(c, order_id, &k->why));
    TRY(event_timeline(c, order_id, &k->events));
    TRY(promises_of(c, &order_id, 1, &promises));
    const struct promise *p = promises.at;
    for (size_t i = 0; i < promises.count; i++)
        if (p[i].quantity > p[i].released && p[i].promised_day > k->promised_day)
            k->promised_day = p[i].promised_day;
    k->number = k->why.number;
    const struct event *e = k->events.at;
    for (size_t i = 0; i < k->events.count; i++)
        for (size_t s = 0; s < STEPS; s++) {
            bool is_first = steps[s].kind == EVENT_PICK_STARTED && k->ends[s];
            if (e[i].kind == steps[s].kind && !is_first) k->ends[s] = &e[i];
        }
    return OK;
}

static struct text took(struct arena *a, int64_t us)
{
    return us < MINUTE_US ? T("less than a minute") : span_text(a, us);
}

/* Holds that lay in a step: each from its placing to its release. */
static void tell_holds(struct arena *a, struct why_node *of, const struct course *k,
                       int64_t from_us, int64_t until_us)
{
    const struct event *e = k->events.at;
    for (size_t i = 0; i < k->events.count; i++) {
        int64_t end_us = until_us;
        bool is_over = false;
        if (e[i].kind != EVENT_ORDER_HELD || e[i].at_us < from_us || e[i].at_us > until_us)
            continue;
        for (size_t n = i + 1; n < k->events.count && !is_over; n++)
            if (e[n].kind == EVENT_ORDER_FREED && text_eq(e[n].word, e[i].word)) {
                end_us = e[n].at_us;
                is_over = true;
            }
        struct why_node *n =
            why_add(a, of,
                    text_printf(a, "%sheld for %.*s: %.*s", is_over ? "" : "still ",
                                TEXT_ARG(e[i].word), TEXT_ARG(took(a, end_us - e[i].at_us))));
        n->id = text_printf(a, "event %lld", (long long)e[i].position);
        why_sign(n, e[i].at_us, e[i].actor_id, e[i].command_id);
    }
}

static size_t longest_of(const struct course *k, int64_t now_us)
{
    int64_t from_us = k->ends[0] ? k->ends[0]->at_us : now_us, most_us = -1;
    size_t longest = 0;
    for (size_t s = 1; s < STEPS; s++) {
        int64_t until_us = k->ends[s] ? k->ends[s]->at_us : now_us;
        if (until_us - from_us > most_us) {
            most_us = until_us - from_us;
            longest = s;
        }
        if (!k->ends[s]) break;
        from_us = until_us;
    }
    return longest;
}

static void tell_steps(struct arena *a, struct why_node *root, const struct course *k,
                       int64_t now_us)
{
    size_t longest = longest_of(k, now_us);
    int64_t from_us = k->ends[0] ? k->ends[0]->at_us : now_us;
    for (size_t s = 0; s < STEPS; s++) {
        const struct event *end = k->ends[s];
        int64_t until_us = end ? end->at_us : now_us;
        struct text span = took(a, until_us > from_us ? until_us - from_us : 0);
        const char *most = s == longest && s ? ", the longest step" : "";
        struct why_node *n = why_add(a, root,
                                     s == 0 ? T("placed")
                                     : end  ? text_printf(a, "%s took %.*s%s: %s", steps[s].step,
                                                          TEXT_ARG(span), most, steps[s].done)
                                            : text_printf(a, "%s has taken %.*s so far%s",
                                                          steps[s].step, TEXT_ARG(span), most));
        if (end) {
            n->id = text_printf(a, "event %lld", (long long)end->position);
            why_sign(n, end->at_us, end->actor_id, end->command_id);
        }
        if (s) tell_holds(a, n, k, from_us, until_us);
        if (!end) return;
        from_us = until_us > from_us ? until_us : from_us;
    }
}

static struct text days(struct arena *a, int64_t n)
{
    return text_printf(a, "%lld %s", (long long)n, n == 1 ? "day" : "days");
}

static struct text verdict(struct arena *a, const struct course *k, int64_t now_us)
{
    const struct event *end = k->ends[STEPS - 1];
    struct text promised = day_text(a, k->promised_day);
    int64_t late = day_of_us(end ? end->at_us : now_us) - k->promised_day;
    if (k->promised_day == NONE)
        return text_printf(a, "order %lld was promised for no day", (long long)k->number);
    return text_printf(a, "order %lld, promised for %.*s, %s%.*s%s", (long long)k->number,
                       TEXT_ARG(promised),
                       late > 0 ? (end ? "arrived " : "is ") : (end ? "arrived in time" : "has "),
                       TEXT_ARG(late > 0 ? days(a, late)
                                : end    ? T("")
                                         : days(a, -late)),
                       late > 0 ? " late"
                       : end    ? ""
                                : " left");
}

static void tell_waits(struct arena *a, struct why_node *root, const struct why *why)
{
    const struct why_wait *waits = why->waits.at;
    for (size_t i = 0; i < why->waits.count; i++) {
        struct why_node *n =
            why_add(a, root, text_printf(a, "now it waits for %.*s", TEXT_ARG(waits[i].words)));
        n->at_us = waits[i].since_us;
        n->actor = waits[i].owner;
    }
}

struct late {
    int64_t order_id;
    int32_t stage;
    int64_t promised_day;
};
static const struct field late_table[] = {
    FIELD(struct late, order_id),
    FIELD_ENUM(struct late, stage, stage_words),
    FIELD_DAY(struct late, promised_day, "promised_day"),
};
static const struct fields late_fields = FIELDS("why_late", struct late, late_table);

static enum err why_all_late(struct ctx *c, struct why_node **out)
{
    struct list late, orders = {0};
    struct arena *a = c->arena;
    int64_t today = day_of_us(c->now_us);
    TRY(db_rows(c, &Q_why_late_orders, ARGS(I64(c->merchant_id), I64(today)), &late_fields, &late));
    const struct late *at = late.at;
    int64_t *ids = arena_new(a, int64_t, late.count + 1);
    for (size_t i = 0; i < late.count; i++) ids[i] = at[i].order_id;
    if (late.count) TRY(order_list_of(c, ids, late.count, &orders));
    *out = why_root(a, late.count == 0   ? T("no order is late")
                       : late.count == 1 ? T("1 order is late")
                                         : text_printf(a, "%zu orders are late", late.count));
    for (size_t i = 0; i < late.count; i++) {
        const struct order *o = orders.at;
        size_t k = 0;
        while (k < orders.count && o[k].order_id != at[i].order_id) k++;
        struct why_node *n = why_add(a, *out,
                                     text_printf(a, "order %lld: %.*s late, %s, promised for %.*s",
                                                 (long long)(k < orders.count ? o[k].number : 0),
                                                 TEXT_ARG(days(a, today - at[i].promised_day)),
                                                 word_of(&stage_words, at[i].stage),
                                                 TEXT_ARG(day_text(a, at[i].promised_day))));
        n->id = id_text(a, "ord", at[i].order_id);
    }
    return OK;
}

enum err why_late(struct ctx *c, int64_t order_id, struct why_node **out)
{
    struct course k;
    if (order_id == NONE) return why_all_late(c, out);
    TRY(read_course(c, order_id, &k));
    *out = why_root(c->arena, verdict(c->arena, &k, c->now_us));
    (*out)->id = id_text(c->arena, "ord", order_id);
    tell_steps(c->arena, *out, &k, c->now_us);
    tell_waits(c->arena, *out, &k.why);
    return why_finish(c, *out);
}
