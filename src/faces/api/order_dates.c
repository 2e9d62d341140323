#include "faces/api/order_dates.h"

#include "base/sort.h"
#include "domain/inventory/earmark.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/sites/site.h"

static const struct field earmark_table_of_view[] = {
    FIELD(struct earmark_view, line_no),
    FIELD_ID(struct earmark_view, asn_id, "delivery_id", "asn"),
    FIELD(struct earmark_view, reference, .about = "the supplier's number of the delivery"),
    FIELD(struct earmark_view, site, .about = "where it comes in, and is sent from; its code"),
    FIELD(struct earmark_view, units, .about = "still to come"),
    FIELD(struct earmark_view, arrived, .about = "came in, and not promised from stock yet"),
    FIELD_DAY(struct earmark_view, expected_day, "expected_date", .about = "of the delivery"),
    FIELD_DAY(struct earmark_view, promised_day, "promised_date",
              .about = "at the door; absent: nobody knows"),
};
const struct fields earmark_view_fields =
    FIELDS("order_earmark", struct earmark_view, earmark_table_of_view);

struct known {
    struct list earmarks, deliveries, sites;
};

static enum err load(struct ctx *c, const int64_t *order_ids, size_t n, struct known *k)
{
    TRY(earmarks_of(c, order_ids, n, &k->earmarks));
    if (!k->earmarks.count) return OK;
    const struct earmark *at = k->earmarks.at;
    int64_t *ids = arena_new(c->arena, int64_t, k->earmarks.count);
    for (size_t i = 0; i < k->earmarks.count; i++) ids[i] = at[i].asn_id;
    sort_i64(ids, k->earmarks.count);
    TRY(asns_of(c, ids, unique_i64(ids, k->earmarks.count), &k->deliveries));
    return site_list(c, &k->sites);
}

static struct earmark_view view_of(const struct known *k, const struct earmark *e)
{
    const struct asn *a = LIST_FIND(&k->deliveries, struct asn, asn_id, e->asn_id);
    const struct site *sites = k->sites.at;
    struct earmark_view v = {.line_no = e->line_no,
                             .asn_id = e->asn_id,
                             .reference = a ? a->reference : (struct text){0},
                             .units = e->units,
                             .arrived = e->arrived,
                             .expected_day = e->expected_day,
                             .promised_day = e->promised_day};
    for (size_t i = 0; i < k->sites.count; i++)
        if (sites[i].site_id == e->site_id) v.site = sites[i].code;
    return v;
}

static void reckon(struct ctx *c, const struct known *k, const struct list *lines,
                   const struct list *promises, struct order_dates *out)
{
    struct list own = LIST_RUN(&k->earmarks, struct earmark, order_id, out->order_id);
    struct list of_order = LIST_RUN(lines, struct order_line, order_id, out->order_id);
    struct list promised = LIST_RUN(promises, struct promise, order_id, out->order_id);
    const struct earmark *e = own.at;
    const struct order_line *l = of_order.at;
    const struct promise *p = promised.at;
    struct earmark_view *views = arena_new(c->arena, struct earmark_view, own.count + 1);
    int64_t last = NONE;
    for (size_t i = 0; i < of_order.count; i++)
        if (line_is_physical(&l[i]))
            out->undated += l[i].quantity - l[i].cancelled - l[i].allocated;
    for (size_t i = 0; i < promised.count; i++)
        if (p[i].quantity > p[i].released && p[i].promised_day > last) last = p[i].promised_day;
    for (size_t i = 0; i < own.count; i++) {
        views[i] = view_of(k, &e[i]);
        if (e[i].promised_day == NONE) continue;
        out->undated -= e[i].units + e[i].arrived;
        if (e[i].promised_day > last) last = e[i].promised_day;
    }
    out->earmarks = (struct list){views, own.count};
    out->promised_day = out->undated > 0 ? NONE : last;
}

enum err order_dates_of(struct ctx *c, const int64_t *order_ids, size_t n, const struct list *lines,
                        const struct list *promises, struct order_dates **out)
{
    struct known k = {0};
    TRY(load(c, order_ids, n, &k));
    *out = arena_new(c->arena, struct order_dates, n + 1);
    for (size_t i = 0; i < n; i++) {
        (*out)[i].order_id = order_ids[i];
        reckon(c, &k, lines, promises, &(*out)[i]);
    }
    return OK;
}
