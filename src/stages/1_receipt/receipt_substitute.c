#include "stages/1_receipt/receipt_substitute.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/cart.h"
#include "domain/orders/substitution.h"
#include "stages/1_receipt/receipt_refuse.h"

/* --- what was said --------------------------------------------------------------------------- */

static enum err put(struct ctx *c, const struct candidate *o, int64_t line_no, int32_t consent)
{
    return consent_put(c, &(struct substitution_consent){.merchant_id = c->merchant_id,
                                                         .order_id = o->order.order_id,
                                                         .line_no = line_no,
                                                         .consent = consent,
                                                         .said_us = c->now_us,
                                                         .said_by = c->actor_id});
}

enum err receipt_save_consents(struct ctx *c, const struct candidate *o)
{
    const struct draft_line *lines = o->draft->lines.at;
    int32_t whole = o->draft->substitution;
    if (whole != CONSENT_ASK) TRY(put(c, o, 0, whole));
    for (size_t l = 0; l < o->line_count; l++) {
        if (o->lines[l].kind != LINE_GOODS) continue;
        int32_t said = lines[receipt_draft_line(o, l)].substitution;
        if (said >= 0 && said != whole) TRY(put(c, o, o->lines[l].line_no, said));
    }
    return OK;
}

enum err receipt_read_consents(struct ctx *c, int64_t order_id, const int64_t *line_nos,
                               struct draft *d)
{
    struct list said;
    struct draft_line *lines = d->lines.at;
    TRY(consents_of(c, &order_id, 1, &said));
    d->substitution = (int32_t)consent_in(&said, order_id, 0);
    for (size_t i = 0; i < d->lines.count; i++)
        lines[i].substitution = (int32_t)consent_in(&said, order_id, line_nos[i]);
    return OK;
}

/* --- at once --------------------------------------------------------------------------------- */

static bool allows(const struct draft *d)
{
    const struct draft_line *lines = d->lines.at;
    for (size_t i = 0; i < d->lines.count; i++)
        if (lines[i].substitution == CONSENT_ALLOW) return true;
    return d->substitution == CONSENT_ALLOW;
}

enum err receipt_load_substitutes(struct ctx *c, const struct draft *drafts, size_t n,
                                  struct known *k)
{
    bool is_allowed = false;
    const struct product *products = k->products.at;
    int64_t *ids = arena_new(c->arena, int64_t, k->products.count + 1);
    for (size_t i = 0; i < n; i++) is_allowed = is_allowed || allows(&drafts[i]);
    if (!is_allowed) return OK;
    for (size_t i = 0; i < k->products.count; i++) ids[i] = products[i].product_id;
    sort_i64(ids, k->products.count);
    TRY(substitutes_of(c, ids, unique_i64(ids, k->products.count), &k->rules));
    if (!k->rules.count) return OK;
    const struct substitute *at = k->rules.at;
    int64_t *others = arena_new(c->arena, int64_t, k->rules.count);
    for (size_t i = 0; i < k->rules.count; i++) others[i] = at[i].substitute_id;
    sort_i64(others, k->rules.count);
    return products_of(c, others, unique_i64(others, k->rules.count), &k->instead);
}

static int64_t free_for(const struct known *k, const struct candidate *o, int64_t product_id,
                        int64_t site_id)
{
    int64_t units = availability_free(&k->stock, product_id, site_id) -
                    reserve_of(&k->reserves, product_id, site_id, o->order.channel);
    return units > 0 ? units : 0;
}

/* The first rule under which all of it is free. */
static const struct substitute *rule_for(struct ctx *c, const struct known *k,
                                         const struct candidate *o, int64_t product_id,
                                         int64_t missing)
{
    struct list rules = LIST_RUN(&k->rules, struct substitute, product_id, product_id);
    const struct substitute *at = rules.at;
    const struct site *sites = k->sites.at;
    for (size_t i = 0; i < rules.count; i++) {
        const struct product *p = product_in(&k->instead, at[i].substitute_id);
        int64_t units = 0;
        for (size_t s = 0; s < k->sites.count; s++)
            units += free_for(k, o, at[i].substitute_id, sites[s].site_id);
        if (p && p->is_active && p->kind == PRODUCT_GOODS &&
            substitute_holds(&at[i], day_of_us(c->now_us)) &&
            substitute_covers(&at[i], missing, units) == missing)
            return &at[i];
    }
    return NULL;
}

static bool may_replace_line(const struct candidate *o, size_t line)
{
    const struct order_line *l = &o->lines[line];
    const struct draft_line *lines = o->draft->lines.at;
    int32_t said = lines[receipt_draft_line(o, line)].substitution;
    if (l->kind != LINE_GOODS || l->wording.len) return false;
    for (size_t i = 0; i < o->line_count; i++)
        if (o->lines[i].parent_line == l->line_no) return false;
    return (said >= 0 ? said : o->draft->substitution) == CONSENT_ALLOW;
}

/* From the sites in their order; the candidates that follow see less. */
static void set_aside(struct ctx *c, struct known *k, struct candidate *o, size_t line,
                      const struct substitute *rule, int64_t missing)
{
    const struct site *sites = k->sites.at;
    struct substitution *q =
        arena_push(c->arena, o->instead, o->instead_count, o->instead_capacity);
    *q = (struct substitution){.merchant_id = c->merchant_id,
                               .order_id = o->order.order_id,
                               .substitution_id = source_id(c->source),
                               .line_no = o->lines[line].line_no,
                               .state = SUBSTITUTION_ASKED,
                               .product_id = rule->product_id,
                               .substitute_id = rule->substitute_id,
                               .replaced = missing,
                               .units = missing / rule->replaced * rule->units,
                               .cost_minor = NONE,
                               .price = rule->price,
                               .otherwise = rule->otherwise,
                               .cart_id = source_id(c->source),
                               .new_line = NONE,
                               .asked_us = c->now_us,
                               .expires_us = c->now_us + rule->answer_hours * HOUR_US,
                               .ended_us = NONE,
                               .ended_by = NONE,
                               .is_allowed = true};
    int64_t left = q->units;
    for (size_t s = 0; s < k->sites.count && left; s++) {
        int64_t units = free_for(k, o, rule->substitute_id, sites[s].site_id);
        if (units > left) units = left;
        if (!units) continue;
        left -= units;
        availability_find(&k->stock, rule->substitute_id, sites[s].site_id)->promised += units;
        *arena_push(c->arena, k->aside, k->aside_count, k->aside_capacity) =
            (struct demand){.order_id = q->cart_id,
                            .product_id = rule->substitute_id,
                            .site_id = sites[s].site_id,
                            .quantity = units,
                            .reserve = reserve_of(&k->reserves, rule->substitute_id,
                                                  sites[s].site_id, o->order.channel)};
    }
}

bool receipt_may_replace(struct ctx *c, struct known *k, struct candidate *o,
                         const int64_t *missing)
{
    size_t aside = k->aside_count;
    bool is_whole = k->rules.count > 0;
    o->instead_count = 0;
    for (size_t l = 0; l < o->line_count && is_whole; l++) {
        if (!missing[l] || preorder_in(&k->preorders, o->lines[l].product_id)) continue;
        const struct substitute *rule =
            may_replace_line(o, l) ? rule_for(c, k, o, o->lines[l].product_id, missing[l]) : NULL;
        if (rule)
            set_aside(c, k, o, l, rule, missing[l]);
        else
            is_whole = false;
    }
    if (is_whole) return true;
    for (size_t i = aside; i < k->aside_count; i++)
        availability_find(&k->stock, k->aside[i].product_id, k->aside[i].site_id)->promised -=
            k->aside[i].quantity;
    k->aside_count = aside;
    o->instead_count = 0;
    return false;
}

enum err receipt_save_instead(struct ctx *c, const struct known *k, const struct candidate *o)
{
    for (size_t i = 0; i < o->instead_count; i++) {
        const struct substitution *q = &o->instead[i];
        struct cart cart = {.cart_id = q->cart_id,
                            .reference = id_text(c->arena, "sbs", q->substitution_id),
                            .channel = o->order.channel,
                            .order_id = NONE,
                            .expires_us = q->expires_us,
                            .created_us = c->now_us,
                            .owner_id = o->order.owner_id};
        size_t first = 0, n = 0;
        while (k->aside[first].order_id != q->cart_id) first++;
        while (first + n < k->aside_count && k->aside[first + n].order_id == q->cart_id) n++;
        TRY(cart_insert(c, &cart, &k->aside[first], n));
        TRY(substitution_insert(c, q));
        TRY(job_put(c, JOB_CART, cart.cart_id, cart.expires_us));
        TRY(job_put(c, JOB_SUBSTITUTION, q->substitution_id, q->expires_us));
        TRY(event_put(c, EVENT_CART_RESERVED, NONE, cart.cart_id,
                      EVENT_BODY(.quantity = q->units, .note = cart.reference)));
    }
    return OK;
}

/* --- instead of a refusal -------------------------------------------------------------------- */

enum err receipt_load_choices(struct ctx *c, const int64_t *product_ids, size_t n,
                              struct receipt_choices *out)
{
    TRY(substitutes_of(c, product_ids, n, &out->rules));
    if (!out->rules.count) return OK;
    const struct substitute *at = out->rules.at;
    int64_t *ids = arena_new(c->arena, int64_t, out->rules.count);
    for (size_t i = 0; i < out->rules.count; i++) ids[i] = at[i].substitute_id;
    sort_i64(ids, out->rules.count);
    size_t count = unique_i64(ids, out->rules.count);
    TRY(products_of(c, ids, count, &out->products));
    TRY(reserves_of(c, ids, count, &out->reserves));
    return availability_of(c, ids, count, &out->stock);
}

struct text receipt_instead_of(struct ctx *c, const struct known *k, const struct candidate *o,
                               const struct receipt_choices *choices, size_t line)
{
    enum { NAMED_MAX = 3 };
    struct list rules =
        LIST_RUN(&choices->rules, struct substitute, product_id, o->lines[line].product_id);
    const struct substitute *at = rules.at;
    const struct site *sites = k->sites.at;
    struct buf b = buf_new(c->arena);
    size_t named = 0;
    if (o->lines[line].kind != LINE_GOODS) return (struct text){0};
    for (size_t i = 0; i < rules.count && named < NAMED_MAX; i++) {
        const struct product *p = product_in(&choices->products, at[i].substitute_id);
        int64_t units = 0;
        for (size_t s = 0; s < k->sites.count; s++) {
            int64_t here =
                availability_free(&choices->stock, at[i].substitute_id, sites[s].site_id) -
                reserve_of(&choices->reserves, at[i].substitute_id, sites[s].site_id,
                           o->order.channel);
            if (here > 0) units += here;
        }
        if (!p || !p->is_active || units < at[i].units ||
            !substitute_holds(&at[i], day_of_us(c->now_us)))
            continue;
        buf_printf(&b, "%s%.*s (%lld free)", named++ ? " or " : "", TEXT_ARG(p->sku),
                   (long long)units);
    }
    return named ? buf_text(&b) : (struct text){0};
}
