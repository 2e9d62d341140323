#include "services/returns/returns_load.h"

#include "base/money.h"
#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/orders/worth.h"

#include <stdio.h>
#include <string.h>

enum err return_fail(struct ctx *c, enum err code, const char *reason, size_t i, const char *member,
                     const char *detail)
{
    char field[48];
    snprintf(field, sizeof field, "lines[%zu].%s", i, member);
    return fail_at(c, code, reason, field, "%s", detail);
}

bool return_has_ended(int32_t state)
{
    return state == RETURN_DECLINED || state == RETURN_RESOLVED || state == RETURN_CANCELLED;
}

const struct order_line *return_order_line(const struct return_work *w, int64_t line_no)
{
    const struct order_line *at = w->order_lines.at;
    for (size_t i = 0; i < w->order_lines.count; i++)
        if (at[i].line_no == line_no) return &at[i];
    return NULL;
}

static enum err load_part_prices(struct ctx *c, struct return_work *w)
{
    const struct order_line *at = w->order_lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, w->order_lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < w->order_lines.count; i++)
        if (at[i].kind == LINE_COMPONENT) ids[n++] = at[i].product_id;
    if (!n) return OK;
    sort_i64(ids, n);
    return prices_of(c, ids, unique_i64(ids, n), &w->part_prices);
}

enum err return_work_of_order(struct ctx *c, int64_t order_id, struct return_work *w)
{
    *w = (struct return_work){0};
    TRY(orders_lock(c, &order_id, 1));
    TRY(order_get(c, order_id, &w->order));
    TRY(order_lines_of(c, &order_id, 1, &w->order_lines));
    TRY(load_part_prices(c, w));
    TRY(returns_of_orders(c, &order_id, 1, &w->returns));
    int64_t *ids = arena_new(c->arena, int64_t, w->returns.count + 1);
    const struct order_return *at = w->returns.at;
    for (size_t i = 0; i < w->returns.count; i++) ids[i] = at[i].return_id;
    return w->returns.count ? return_lines_of(c, ids, w->returns.count, &w->all) : OK;
}

enum err return_work_load(struct ctx *c, int64_t return_id, struct return_work *w)
{
    struct order_return head;
    TRY(return_get(c, return_id, &head));
    TRY(return_work_of_order(c, head.order_id, w));
    const struct order_return *at = w->returns.at;
    for (size_t i = 0; i < w->returns.count; i++)
        if (at[i].return_id == return_id) w->head = at[i];
    struct return_line *all = w->all.at;
    for (size_t i = 0; i < w->all.count; i++) {
        if (all[i].return_id != return_id) continue;
        if (!w->count) w->before = &all[i];
        w->count++;
    }
    w->lines = arena_new(c->arena, struct return_line, w->count + 1);
    if (w->count) memcpy(w->lines, w->before, w->count * sizeof *w->lines);
    return OK;
}

enum err return_work_line(struct ctx *c, struct return_work *w, size_t i, int64_t line_no,
                          struct return_line **out)
{
    for (size_t k = 0; k < w->count; k++) {
        if (w->lines[k].line_no != line_no) continue;
        *out = &w->lines[k];
        return OK;
    }
    return return_fail(c, ERR_NOT_FOUND, "line_not_found", i, "line_no",
                       "the return has no such line");
}

enum err return_work_save(struct ctx *c, struct return_work *w)
{
    bool is_settled = true;
    for (size_t i = 0; i < w->count; i++) {
        is_settled = is_settled && return_has_ended(w->lines[i].state);
        if (memcmp(&w->before[i], &w->lines[i], sizeof w->lines[i]) != 0)
            TRY(return_line_write(c, &w->before[i], &w->lines[i]));
    }
    bool is_ending = is_settled && w->head.settled_us == NONE;
    if (is_ending) w->head.settled_us = c->now_us;
    if (is_ending || w->is_head_new) TRY(return_write(c, &w->head));
    if (!is_ending) return OK;
    return event_put(c, EVENT_RETURN_SETTLED, w->head.order_id, w->head.return_id,
                     EVENT_BODY(.other_id = w->head.case_id));
}

/* --- worth ----------------------------------------------------------------------------------- */

/* A part's share of its kit, by list prices; parts without a price count by their number. */
static int64_t share_of_part(struct ctx *c, const struct return_work *w,
                             const struct order_line *kit, const struct order_line *l)
{
    const struct order_line *at = w->order_lines.at;
    size_t n = 0, own = 0;
    int64_t *weights = arena_new(c->arena, int64_t, w->order_lines.count + 1);
    int64_t *parts = arena_new(c->arena, int64_t, w->order_lines.count + 1);
    bool is_priced = true;
    for (size_t i = 0; i < w->order_lines.count; i++) {
        if (at[i].kind != LINE_COMPONENT || at[i].parent_line != kit->line_no) continue;
        int64_t unit = price_in(&w->part_prices, at[i].product_id, w->order.currency, 1);
        is_priced = is_priced && unit != NONE && unit > 0;
        if (at[i].line_no == l->line_no) own = n;
        weights[n++] = unit == NONE ? 0 : unit * at[i].quantity;
    }
    for (size_t i = 0, k = 0; i < w->order_lines.count && !is_priced; i++)
        if (at[i].kind == LINE_COMPONENT && at[i].parent_line == kit->line_no)
            weights[k++] = at[i].quantity;
    money_split(kit->total_minor, weights, n, parts);
    return parts[own];
}

int64_t return_worth(struct ctx *c, const struct return_work *w, const struct order_line *l,
                     int64_t before, int64_t quantity)
{
    const struct order_line *sold = l;
    int64_t total = l->total_minor;
    if (l->kind == LINE_COMPONENT) {
        const struct order_line *kit = return_order_line(w, l->parent_line);
        if (kit) total = share_of_part(c, w, kit, l), sold = kit;
    }
    /* exact in sum, whatever the steps; no more units than were sold */
    int64_t from = before < l->quantity ? before : l->quantity;
    int64_t to = l->quantity - from < quantity ? l->quantity : from + quantity;
    return line_share(sold, total, to, l->quantity) - line_share(sold, total, from, l->quantity);
}

/* --- rules ----------------------------------------------------------------------------------- */

struct return_rule returns_rule_default(struct ctx *c)
{
    return (struct return_rule){c->merchant_id, 0, true, RETURN_DAYS_DEFAULT, 0, 0, false};
}

enum err return_rules_load(struct ctx *c, const struct return_work *w, struct list *rules)
{
    const struct order_line *at = w->order_lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, w->order_lines.count + 1);
    size_t n = 1; /* the first is 0: the merchant's own */
    for (size_t i = 0; i < w->order_lines.count; i++)
        if (at[i].product_id != NONE) ids[n++] = at[i].product_id;
    sort_i64(ids, n);
    return return_rules_of(c, ids, unique_i64(ids, n), rules);
}

static const struct return_rule *rule_in(const struct list *rules, int64_t product_id)
{
    const struct return_rule *at = rules->at;
    for (size_t i = 0; i < rules->count; i++)
        if (at[i].product_id == product_id) return &at[i];
    return NULL;
}

struct return_rule return_rule_of(struct ctx *c, const struct return_work *w,
                                  const struct list *rules, const struct order_line *l)
{
    const struct order_line *kit = l->kind == LINE_COMPONENT ? return_order_line(w, l->parent_line)
                                                             : NULL;
    const struct return_rule *found = rule_in(rules, l->product_id);
    if (!found && kit) found = rule_in(rules, kit->product_id);
    if (!found) found = rule_in(rules, 0);
    return found ? *found : returns_rule_default(c);
}
