#include "faces/api/order_view_lines.h"

#include "base/money.h"
#include "domain/catalog/product.h"
#include "domain/orders/order.h"
#include "domain/orders/substitution.h"

struct line_view {
    int64_t line_no;
    int32_t kind;
    int64_t parent_line, product_id, service_id;
    struct text code, name, wording;
    int64_t quantity;
    struct money unit_price, list_price, discount, tax, total;
    int64_t allocated, released, picked, packed, shipped, delivered, cancelled, returned;
    struct list services; /* struct text: codes */
    int64_t stands_for;
    struct list replaced_by; /* struct text: numbers of lines */
};
static const struct field line_table[] = {
    FIELD(struct line_view, line_no),
    FIELD_ENUM(struct line_view, kind, line_kind_words),
    FIELD(struct line_view, parent_line, .flags = F_NULL,
          .about = "the kit of a component; the line a service is done to"),
    FIELD_ID(struct line_view, product_id, "product_id", "prd", .flags = F_NULL),
    FIELD_ID(struct line_view, service_id, "service_id", "svc", .flags = F_NULL),
    {.name = "code",
     .json = "sku",
     .offset = offsetof(struct line_view, code),
     .kind = F_TEXT,
     .is_set = true,
     .about = "of a service: its code"},
    FIELD(struct line_view, name),
    FIELD(struct line_view, wording, .about = "personalisation, message, engraving"),
    FIELD(struct line_view, quantity),
    FIELD(struct line_view, unit_price),
    FIELD(struct line_view, list_price, .flags = F_NULL, .about = "the price list's, when placed"),
    FIELD(struct line_view, discount),
    FIELD(struct line_view, tax),
    FIELD(struct line_view, total),
    FIELD(struct line_view, allocated, .about = "promised"),
    FIELD(struct line_view, released, .about = "in work, or further"),
    FIELD(struct line_view, picked),
    FIELD(struct line_view, packed),
    FIELD(struct line_view, shipped),
    FIELD(struct line_view, delivered),
    FIELD(struct line_view, cancelled),
    FIELD(struct line_view, returned),
    FIELD(struct line_view, stands_for, .flags = F_NULL,
          .about = "the line whose units were not there: this comes instead"),
    FIELD_TEXTS(struct line_view, replaced_by,
                .about = "numbers of the lines that come instead of cancelled units"),
    FIELD_TEXTS(struct line_view, services, .about = "codes of what is done to this line"),
};
const struct fields line_view_fields = FIELDS("order_line", struct line_view, line_table);

static const struct service_offer *offer_of(const struct line_facts *k, int64_t service_id)
{
    const struct service_offer *at = k->offers.at;
    for (size_t i = 0; i < k->offers.count; i++)
        if (at[i].service_id == service_id) return &at[i];
    return NULL;
}

static void name_line(const struct line_facts *k, const struct order_line *l, struct line_view *v)
{
    v->product_id = v->service_id = NONE;
    v->name = l->name;
    if (l->kind == LINE_SERVICE) {
        const struct service_offer *offer = offer_of(k, l->product_id);
        v->service_id = l->product_id;
        if (offer) v->code = offer->code, v->name = offer->name;
    } else if (l->product_id != NONE) {
        const struct product *p = product_in(&k->products, l->product_id);
        v->product_id = l->product_id;
        if (p) v->code = p->sku, v->name = p->name;
    }
}

static void add_service(struct ctx *c, struct line_view *views, size_t n, const struct line_view *s)
{
    if (s->parent_line < 1 || s->parent_line > (int64_t)n) return;
    struct list *services = &views[s->parent_line - 1].services;
    struct text *codes = arena_new(c->arena, struct text, services->count + 1);
    for (size_t i = 0; i < services->count; i++) codes[i] = ((const struct text *)services->at)[i];
    codes[services->count] = s->code;
    *services = (struct list){codes, services->count + 1};
}

/* What it came instead of, and what came instead of it. */
static void name_substitutes(struct ctx *c, const struct line_facts *k, const struct order_line *l,
                             struct line_view *v)
{
    const struct substitution *q = substitution_for(&k->substitutions, l->order_id, l->line_no);
    const struct substitution *all = k->substitutions.at;
    struct text *numbers = arena_new(c->arena, struct text, k->substitutions.count + 1);
    size_t n = 0;
    v->stands_for = q ? q->line_no : NONE;
    for (size_t i = 0; i < k->substitutions.count; i++)
        if (all[i].state == SUBSTITUTION_ACCEPTED && all[i].line_no == l->line_no)
            numbers[n++] = text_printf(c->arena, "%lld", (long long)all[i].new_line);
    v->replaced_by = (struct list){numbers, n};
}

struct list line_views(struct ctx *c, const struct line_facts *k)
{
    const struct order_line *at = k->lines.at;
    size_t n = k->lines.count;
    struct line_view *views = arena_new(c->arena, struct line_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct order_line *l = &at[i];
        views[i] = (struct line_view){.line_no = l->line_no,
                                      .kind = l->kind,
                                      .parent_line = l->parent_line,
                                      .wording = l->wording,
                                      .quantity = l->quantity,
                                      .unit_price = money(l->unit_minor, k->currency),
                                      .list_price = money(l->list_minor, k->currency),
                                      .discount = money(l->discount_minor, k->currency),
                                      .tax = money(l->tax_minor, k->currency),
                                      .total = money(l->total_minor, k->currency),
                                      .allocated = l->allocated,
                                      .released = l->released,
                                      .picked = l->picked,
                                      .packed = l->packed,
                                      .shipped = l->shipped,
                                      .delivered = l->delivered,
                                      .cancelled = l->cancelled,
                                      .returned = l->returned};
        name_line(k, l, &views[i]);
        name_substitutes(c, k, l, &views[i]);
    }
    for (size_t i = 0; i < n; i++)
        if (at[i].kind == LINE_SERVICE) add_service(c, views, n, &views[i]);
    return (struct list){views, n};
}
