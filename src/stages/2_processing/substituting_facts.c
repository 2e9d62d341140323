#include "stages/2_processing/substituting_facts.h"

#include "base/money.h"
#include "base/sort.h"
#include "base/time.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/preorder.h"
#include "domain/orders/sourcing.h"
#include "domain/orders/worth.h"
#include "domain/sites/site.h"

int64_t line_missing(const struct order_line *l)
{
    return l->quantity - l->cancelled - l->allocated;
}

int64_t line_cost(const struct order_line *l, int64_t units)
{
    int64_t net = l->total_minor - l->tax_minor, kept = l->quantity - l->cancelled;
    return line_share(l, net, kept, l->quantity) - line_share(l, net, kept - units, l->quantity);
}

/* --- loading --------------------------------------------------------------------------------- */

static enum err load_goods(struct ctx *c, struct substituting_facts *f, int64_t *ids, size_t n)
{
    const struct substitute *r = f->rules.at;
    TRY(preorders_of(c, ids, n, &f->preorders));
    for (size_t i = 0; i < f->rules.count; i++) ids[n++] = r[i].substitute_id;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(products_of(c, ids, n, &f->products));
    TRY(prices_of(c, ids, n, &f->prices));
    TRY(site_list(c, &f->sites));
    TRY(availability_of(c, ids, n, &f->stock));
    return reserves_of(c, ids, n, &f->reserves);
}

enum err substituting_load(struct ctx *c, const int64_t *order_ids, size_t n,
                           struct substituting_facts *f)
{
    *f = (struct substituting_facts){0};
    TRY(order_list_of(c, order_ids, n, &f->orders));
    TRY(order_states_of(c, order_ids, n, &f->states));
    TRY(order_lines_of(c, order_ids, n, &f->lines));
    TRY(consents_of(c, order_ids, n, &f->consents));
    TRY(substitutions_of(c, order_ids, n, &f->questions));
    const struct order_line *l = f->lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, f->lines.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < f->lines.count; i++)
        if (line_is_physical(&l[i]) && line_missing(&l[i]) > 0) ids[count++] = l[i].product_id;
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    TRY(substitutes_of(c, ids, count, &f->rules));
    if (!f->rules.count) return OK;
    TRY(site_rejections_of(c, order_ids, n, &f->rejections));
    int64_t *all = arena_new(c->arena, int64_t, count + f->rules.count + 1);
    for (size_t i = 0; i < count; i++) all[i] = ids[i];
    return load_goods(c, f, all, count);
}

/* --- choosing -------------------------------------------------------------------------------- */

bool substituting_may(const struct substituting_facts *f, const struct order_line *l)
{
    const struct order_line *at = f->lines.at;
    const struct substitution *q = f->questions.at;
    if (l->kind != LINE_GOODS || l->wording.len || preorder_in(&f->preorders, l->product_id))
        return false;
    for (size_t i = 0; i < f->lines.count; i++)
        if (at[i].order_id == l->order_id && at[i].parent_line == l->line_no) return false;
    for (size_t i = 0; i < f->questions.count; i++)
        if (q[i].order_id == l->order_id && q[i].line_no == l->line_no &&
            (q[i].state == SUBSTITUTION_DECLINED || q[i].state == SUBSTITUTION_EXPIRED))
            return false;
    return true;
}

/* Did the line come about instead of this product, at once or by steps? */
static bool stood_for(const struct substituting_facts *f, const struct order_line *l,
                      int64_t product_id)
{
    int64_t line_no = l->line_no;
    for (size_t steps = 0; steps < f->questions.count; steps++) {
        const struct substitution *q = substitution_for(&f->questions, l->order_id, line_no);
        if (!q) return false;
        if (q->product_id == product_id) return true;
        line_no = q->line_no;
    }
    return false;
}

static bool gave_it_back(const struct ctx *c, const struct substituting_facts *f, int64_t order_id,
                         int64_t site_id)
{
    const struct site_rejection *at = f->rejections.at;
    for (size_t i = 0; i < f->rejections.count; i++)
        if (at[i].order_id == order_id && at[i].site_id == site_id && at[i].until_us > c->now_us)
            return true;
    return false;
}

static int64_t free_at(const struct ctx *c, const struct substituting_facts *f,
                       const struct order *o, int64_t product_id, int64_t site_id)
{
    int64_t units = availability_free(&f->stock, product_id, site_id) -
                    reserve_of(&f->reserves, product_id, site_id, o->channel);
    return units <= 0 || gave_it_back(c, f, o->order_id, site_id) ? 0 : units;
}

static bool weigh(struct ctx *c, const struct substituting_facts *f, const struct substitute *rule,
                  struct substituting_choice *k)
{
    const struct site *sites = f->sites.at;
    int64_t units = 0, list;
    k->rule = rule;
    k->instead = product_in(&f->products, rule->substitute_id);
    if (!substitute_holds(rule, day_of_us(c->now_us)) || !k->instead || !k->instead->is_active ||
        k->instead->kind != PRODUCT_GOODS || stood_for(f, k->line, rule->substitute_id))
        return false;
    for (size_t s = 0; s < f->sites.count; s++)
        units += free_at(c, f, k->order, rule->substitute_id, sites[s].site_id);
    k->replaced = substitute_covers(rule, line_missing(k->line), units);
    k->units = k->replaced / rule->replaced * rule->units;
    if (!k->replaced || k->units > QUANTITY_MAX) return false;
    list = price_in(&f->prices, rule->substitute_id, k->order->currency, k->units);
    if (list != NONE && !money_times(list, k->units, &list)) return false;
    k->cost_minor = substitute_cost(rule, line_cost(k->line, k->replaced), list);
    return k->cost_minor != NONE;
}

bool substituting_choose(struct ctx *c, const struct substituting_facts *f,
                         const struct order_line *l, struct substituting_choice *out)
{
    struct list rules = LIST_RUN(&f->rules, struct substitute, product_id, l->product_id);
    const struct substitute *at = rules.at;
    *out = (struct substituting_choice){
        .order = LIST_FIND(&f->orders, struct order, order_id, l->order_id),
        .line = l,
        .product = product_in(&f->products, l->product_id)};
    for (size_t i = 0; i < rules.count; i++)
        if (weigh(c, f, &at[i], out)) return true;
    return false;
}

size_t substituting_source(struct ctx *c, struct substituting_facts *f,
                           const struct substituting_choice *k, struct demand **out)
{
    const struct site *sites = f->sites.at;
    int64_t product_id = k->rule->substitute_id, left = k->units;
    size_t n = 0, capacity = 0, whole = f->sites.count;
    *out = NULL;
    for (size_t s = f->sites.count; s > 0; s--)
        if (free_at(c, f, k->order, product_id, sites[s - 1].site_id) >= left) whole = s - 1;
    for (size_t s = whole < f->sites.count ? whole : 0; s < f->sites.count && left; s++) {
        int64_t units = free_at(c, f, k->order, product_id, sites[s].site_id);
        if (units > left) units = left;
        if (!units) continue;
        left -= units;
        availability_find(&f->stock, product_id, sites[s].site_id)->promised += units;
        *arena_push(c->arena, *out, n, capacity) = (struct demand){
            .product_id = product_id,
            .site_id = sites[s].site_id,
            .quantity = units,
            .reserve = reserve_of(&f->reserves, product_id, sites[s].site_id, k->order->channel)};
    }
    return n;
}
