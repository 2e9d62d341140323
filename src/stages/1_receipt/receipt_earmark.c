#include "stages/1_receipt/receipt_earmark.h"

#include "domain/inventory/earmark.h"
#include "domain/inventory/expected.h"
#include "domain/orders/told_date.h"
#include "stages/1_receipt/receipt_dates.h"

struct earmarking {
    struct earmark_change *at;
    size_t count, capacity;
    struct told_date *told; /* of one order */
    size_t told_count, told_capacity;
};

static const struct site *site_in(const struct known *k, int64_t site_id)
{
    const struct site *at = k->sites.at;
    for (size_t i = 0; i < k->sites.count; i++)
        if (at[i].site_id == site_id) return &at[i];
    return NULL;
}

static void tell(struct ctx *c, struct earmarking *e, const struct order_line *l, int64_t day,
                 int64_t units)
{
    for (size_t i = 0; i < e->told_count; i++)
        if (e->told[i].line_no == l->line_no && e->told[i].day == day) {
            e->told[i].units += units;
            return;
        }
    *arena_push(c->arena, e->told, e->told_count, e->told_capacity) =
        (struct told_date){l->order_id, l->line_no, day, units, c->now_us};
}

static void take(struct ctx *c, struct earmarking *e, const struct order_line *l,
                 const struct expected *from, int64_t units, int64_t day)
{
    *arena_push(c->arena, e->at, e->count, e->capacity) =
        (struct earmark_change){.after = {.merchant_id = c->merchant_id,
                                          .order_id = l->order_id,
                                          .line_no = l->line_no,
                                          .asn_id = from->asn_id,
                                          .asn_line = from->line_no,
                                          .product_id = l->product_id,
                                          .site_id = from->site_id,
                                          .units = units,
                                          .expected_day = from->expected_day,
                                          .promised_day = day}};
    tell(c, e, l, day, units);
}

static void earmark_line(struct ctx *c, struct known *k, const struct candidate *o,
                         const struct order_line *l, struct earmarking *e, struct outcome *out)
{
    struct list coming = LIST_RUN(&k->expected, struct expected, product_id, l->product_id);
    struct expected *at = coming.at;
    int64_t open = l->quantity - l->allocated;
    for (size_t i = 0; i < coming.count && open; i++) {
        const struct site *site = site_in(k, at[i].site_id);
        int64_t units = at[i].units - at[i].earmarked;
        if (units > open) units = open;
        if (units <= 0 || !site) continue;
        int64_t day = receipt_coming_day(c, site, o, at[i].expected_day);
        take(c, e, l, &at[i], units, day);
        at[i].earmarked += units;
        open -= units;
        if (day == NONE) continue;
        out->earmarked += units;
        if (out->earmarked_day == NONE || day > out->earmarked_day) out->earmarked_day = day;
    }
    if (open) tell(c, e, l, NONE, open);
}

enum err receipt_earmark(struct ctx *c, struct known *k, const struct candidate *all, size_t n,
                         const size_t *index, struct outcome *outcomes)
{
    struct earmarking e = {0};
    if (k->expected.count) expected_less_safety(&k->expected, &k->stock);
    for (size_t i = 0; i < n; i++) {
        struct outcome *o = &outcomes[index[i]];
        o->earmarked_day = NONE;
        if (!o->short_of || o->fault.code != OK) continue;
        e.told_count = 0;
        for (size_t l = 0; l < all[i].line_count; l++) {
            const struct order_line *line = &all[i].lines[l];
            if (line_is_physical(line) && line->allocated < line->quantity)
                earmark_line(c, k, &all[i], line, &e, o);
        }
        o->dates = told_dates_text(c->arena, e.told, e.told_count);
        for (size_t t = 0; t < e.told_count; t++) TRY(told_date_put(c, &e.told[t]));
    }
    return earmarks_save(c, e.at, e.count);
}
