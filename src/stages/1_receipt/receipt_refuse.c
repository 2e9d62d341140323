#include "stages/1_receipt/receipt_refuse.h"

#include "base/sort.h"
#include "base/time.h"
#include "domain/inventory/expected.h"
#include "stages/1_receipt/receipt_substitute.h"

#include <stdio.h>

/* Free at all sites for the order, after what its lines before this one take. */
static int64_t free_of(const struct known *k, const struct candidate *o, size_t line)
{
    const struct site *sites = k->sites.at;
    int64_t product_id = o->lines[line].product_id, units = 0;
    for (size_t s = 0; s < k->sites.count; s++) {
        int64_t kept = reserve_of(&k->reserves, product_id, sites[s].site_id, o->order.channel);
        int64_t here = availability_free(&k->stock, product_id, sites[s].site_id) - kept;
        if (here > 0) units += here;
    }
    for (size_t l = 0; l < line; l++)
        if (line_is_physical(&o->lines[l]) && o->lines[l].product_id == product_id)
            units -= o->lines[l].quantity;
    return units > 0 ? units : 0;
}

size_t receipt_draft_line(const struct candidate *o, size_t line)
{
    int64_t of = o->lines[line].kind == LINE_COMPONENT ? o->lines[line].parent_line
                                                       : o->lines[line].line_no;
    size_t at = 0;
    for (size_t l = 0; l < o->line_count && o->lines[l].line_no < of; l++)
        at += o->lines[l].kind == LINE_GOODS || o->lines[l].kind == LINE_KIT ||
              o->lines[l].kind == LINE_CHARGE;
    return at;
}

/* By the catalogue's lists of this batch: parts of kits stand in the second. */
struct text receipt_sku(const struct known *k, int64_t product_id)
{
    const struct product *part = product_in(&k->by_id, product_id), *at = k->products.at;
    for (size_t i = 0; i < k->products.count && !part; i++)
        if (at[i].product_id == product_id) part = &at[i];
    return part ? text_head(part->sku, SKU_MAX) : T("it");
}

static void say_what_to_do(struct ctx *c, const struct order_line *l, int64_t units, bool is_coming,
                           struct text instead)
{
    if (instead.len) {
        hint(c, "order %.*s instead%s, or leave it out", TEXT_ARG(instead),
             units       ? ", or fewer"
             : is_coming ? ", or it when more has come"
                         : "");
        return;
    }
    const char *wait = is_coming ? ", or when more has come" : "";
    if (l->kind == LINE_COMPONENT)
        hint(c, "order fewer of the kit%s, or leave it out", wait);
    else if (units)
        hint(c, "order %lld of it now%s, or leave it out", (long long)units, wait);
    else
        hint(c, "%s",
             is_coming ? "order it when more has come, or leave it out"
                       : "leave it out, or choose another product");
}

static void refuse_line(struct ctx *c, const struct known *k, const struct candidate *o,
                        size_t line, int64_t units, const struct list *expected,
                        const struct receipt_choices *choices)
{
    const struct order_line *l = &o->lines[line];
    char field[40];
    int64_t day, coming = expected_units(expected, l->product_id, &day);
    struct text sku = receipt_sku(k, l->product_id), more = T("");
    if (coming && day != NONE)
        more = text_printf(c->arena, "; %lld more are expected on %.*s", (long long)coming,
                           TEXT_ARG(day_text(c->arena, day)));
    else if (coming)
        more = text_printf(c->arena, "; %lld more are expected", (long long)coming);
    snprintf(field, sizeof field, "lines[%zu].quantity", receipt_draft_line(o, line));
    fail_at(c, ERR_CONFLICT, "insufficient_stock", field, "%.*s: %lld of %lld are free%.*s",
            TEXT_ARG(sku), (long long)units, (long long)l->quantity, TEXT_ARG(more));
    say_what_to_do(c, l, units, coming > 0, receipt_instead_of(c, k, o, choices, line));
}

static void refuse(struct ctx *c, const struct known *k, const struct candidate *o,
                   const struct list *expected, const struct receipt_choices *choices,
                   struct outcome *out)
{
    struct fault *faults = NULL;
    size_t n = 0, capacity = 0;
    for (size_t l = 0; l < o->line_count && n < FAULTS_MAX; l++) {
        if (!line_is_physical(&o->lines[l])) continue;
        int64_t units = free_of(k, o, l);
        if (units >= o->lines[l].quantity) continue;
        refuse_line(c, k, o, l, units, expected, choices);
        *arena_push(c->arena, faults, n, capacity) = c->fault;
    }
    if (!n) { /* what was missing has come free since: the others of the batch gave it back */
        fail_at(c, ERR_CONFLICT, "insufficient_stock", "lines", "%lld units are not there",
                (long long)out->short_of);
        hint(c, "ask again");
        *arena_push(c->arena, faults, n, capacity) = c->fault;
    }
    out->lacking = (struct list){faults, n};
    out->fault = faults[0];
    c->fault = (struct fault){0};
}

static int64_t first_day(const struct known *k, const struct candidate *o,
                         const struct list *expected)
{
    int64_t first = NONE;
    for (size_t l = 0; l < o->line_count; l++) {
        const struct order_line *line = &o->lines[l];
        const struct preorder *p = preorder_in(&k->preorders, line->product_id);
        int64_t day;
        if (!line_is_physical(line) || line->allocated >= line->quantity) continue;
        expected_units(expected, line->product_id, &day);
        if (p && p->release_day != NONE) day = p->release_day;
        if (day != NONE) first = first == NONE || day < first ? day : first;
    }
    return first;
}

enum err receipt_refuse(struct ctx *c, struct known *k, const struct candidate *all, size_t n,
                        const size_t *index, struct outcome *outcomes)
{
    int64_t *ids = NULL;
    size_t count = 0, capacity = 0;
    struct receipt_choices choices = {0};
    bool is_refused = false;
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; outcomes[index[i]].short_of && l < all[i].line_count; l++)
            if (line_is_physical(&all[i].lines[l]))
                *arena_push(c->arena, ids, count, capacity) = all[i].lines[l].product_id;
    if (!count) return OK;
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    TRY(expected_of(c, ids, count, &k->expected));
    for (size_t i = 0; i < n; i++)
        is_refused = is_refused ||
                     (outcomes[index[i]].short_of && outcomes[index[i]].fault.code != OK);
    if (is_refused) TRY(receipt_load_choices(c, ids, count, &choices));
    for (size_t i = 0; i < n; i++) {
        struct outcome *o = &outcomes[index[i]];
        if (!o->short_of) continue;
        if (o->fault.code == OK)
            o->expected_day = first_day(k, &all[i], &k->expected);
        else if (!o->fault.reason[0])
            refuse(c, k, &all[i], &k->expected, &choices, o);
    }
    return OK;
}
