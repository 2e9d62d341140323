/* faces/api/why_price.c: how a price is made up, and why these sites. */
#include "base/money.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/sourcing.h"
#include "domain/orders/worth.h"
#include "domain/payments/invoice.h"
#include "domain/payments/tax.h"
#include "domain/sites/site.h"
#include "faces/api/why.h"
#include "faces/api/why_tree.h"

struct bill {
    struct arena *a;
    struct order order;
    struct order_state state;
    struct list lines, events, products, prices, taxes, documents;
};

static enum err read_bill(struct ctx *c, int64_t order_id, struct bill *b)
{
    b->a = c->arena;
    TRY(order_get(c, order_id, &b->order));
    TRY(order_state_get(c, order_id, &b->state));
    TRY(order_lines_of(c, &order_id, 1, &b->lines));
    TRY(event_timeline(c, order_id, &b->events));
    TRY(order_taxes_of(c, &order_id, 1, &b->taxes));
    TRY(invoices_of_orders(c, &order_id, 1, &b->documents));
    const struct order_line *lines = b->lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, b->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < b->lines.count; i++)
        if (lines[i].product_id != NONE) ids[n++] = lines[i].product_id;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    if (!n) return OK;
    TRY(products_of(c, ids, n, &b->products));
    return prices_of(c, ids, n, &b->prices);
}

static struct text amount(const struct bill *b, int64_t minor)
{
    return money_text(b->a, minor, text_cstr(b->a, b->order.currency));
}

static struct text line_name(const struct bill *b, const struct order_line *l)
{
    const struct product *p = product_in(&b->products, l->product_id);
    return p ? p->sku : l->name.at ? l->name : text_of(word_of(&line_kind_words, l->kind));
}

/* Who agreed to it: the event of the placing, or of the draft. */
static void sign_by_placing(const struct bill *b, struct why_node *n)
{
    const struct event *e = b->events.at;
    for (size_t i = 0; i < b->events.count; i++)
        if (e[i].kind == EVENT_ORDER_PLACED || e[i].kind == EVENT_ORDER_DRAFTED) {
            why_sign(n, e[i].at_us, e[i].actor_id, e[i].command_id);
            n->id = text_printf(b->a, "event %lld", (long long)e[i].position);
        }
}

static void tell_list(const struct bill *b, struct why_node *of, const struct order_line *l)
{
    const struct price *at = b->prices.at;
    if (l->list_minor == NONE) {
        why_add(b->a, of, T("it had no price in the price list at placement"));
        return;
    }
    struct why_node *list = why_add(b->a, of,
                                    text_printf(b->a, "the price list said %.*s each at placement",
                                                TEXT_ARG(amount(b, l->list_minor))));
    sign_by_placing(b, list);
    for (size_t i = 0; i < b->prices.count; i++) {
        if (at[i].product_id != l->product_id || !text_eq(at[i].currency, b->order.currency))
            continue;
        bool is_step = at[i].from_quantity <= l->quantity;
        for (size_t k = 0; k < b->prices.count; k++)
            if (at[k].product_id == l->product_id && text_eq(at[k].currency, at[i].currency) &&
                at[k].from_quantity <= l->quantity && at[k].from_quantity > at[i].from_quantity)
                is_step = false;
        why_add(b->a, list,
                text_printf(b->a, "now from %lld: %.*s%s", (long long)at[i].from_quantity,
                            TEXT_ARG(amount(b, at[i].unit_minor)),
                            is_step ? ", the step of this quantity" : ""));
    }
    if (l->unit_minor != l->list_minor)
        sign_by_placing(b, why_add(b->a, of,
                                   text_printf(b->a, "the order came with %.*s each instead",
                                               TEXT_ARG(amount(b, l->unit_minor)))));
}

/* The rates that a line (0: shipping) bears, with the rule that rounded them. */
static void tell_taxes(const struct bill *b, struct why_node *of, int64_t line_no)
{
    const struct order_tax *t = b->taxes.at;
    for (size_t i = 0; i < b->taxes.count; i++) {
        if (t[i].line_no != line_no) continue;
        if (t[i].rate_ppm == NONE) {
            why_add(b->a, of,
                    text_printf(b->a, "tax of %.*s came with the order",
                                TEXT_ARG(amount(b, t[i].tax_minor))));
            continue;
        }
        struct why_node *n = why_add(
            b->a, of,
            text_printf(b->a, "%s%.*s %.*s %%, class %.*s in %.*s%s%.*s: %.*s %s net %.*s",
                        line_no ? "" : "shipping: ", TEXT_ARG(t[i].name),
                        TEXT_ARG(tax_percent(b->a, t[i].rate_ppm)), TEXT_ARG(t[i].tax_class),
                        TEXT_ARG(t[i].country), t[i].region.len ? "-" : "", TEXT_ARG(t[i].region),
                        TEXT_ARG(amount(b, t[i].tax_minor)),
                        t[i].mode == TAXES_INCLUDED ? "inside the price, on" : "on",
                        TEXT_ARG(amount(b, t[i].net_minor))));
        why_add(b->a, n,
                text_printf(b->a, "rounded %s, %s",
                            t[i].scope == TAXES_PER_LINE ? "for each line" : "once for its rate",
                            t[i].rounding == TAXES_HALF_UP     ? "half a cent up"
                            : t[i].rounding == TAXES_HALF_EVEN ? "half a cent to the even one"
                                                               : "to the smallest coin"));
        sign_by_placing(b, n);
    }
}

static void tell_documents(const struct bill *b, struct why_node *root)
{
    const struct invoice *d = b->documents.at;
    for (size_t i = 0; i < b->documents.count; i++) {
        struct why_node *n = why_add(
            b->a, root,
            text_printf(b->a, "%s %.*s of %.*s: %.*s net + %.*s tax = %.*s",
                        d[i].kind == INVOICE_BILL ? "invoice" : "credit note",
                        TEXT_ARG(invoice_number(b->a, &d[i])),
                        TEXT_ARG(day_text(b->a, d[i].issued_day)),
                        TEXT_ARG(amount(b, d[i].net_minor)), TEXT_ARG(amount(b, d[i].tax_minor)),
                        TEXT_ARG(amount(b, d[i].total_minor))));
        n->id = id_text(b->a, "inv", d[i].invoice_id);
        const struct event *e = b->events.at;
        for (size_t k = 0; k < b->events.count; k++)
            if (e[k].subject_id == d[i].invoice_id)
                why_sign(n, e[k].at_us, e[k].actor_id, e[k].command_id);
    }
}

static void tell_line(const struct bill *b, struct why_node *root, const struct order_line *l)
{
    struct why_node *n = why_add(
        b->a, root,
        text_printf(b->a, "line %lld: %lld × %.*s at %.*s − %.*s discount + %.*s tax = %.*s",
                    (long long)l->line_no, (long long)l->quantity, TEXT_ARG(line_name(b, l)),
                    TEXT_ARG(amount(b, l->unit_minor)), TEXT_ARG(amount(b, l->discount_minor)),
                    TEXT_ARG(amount(b, l->tax_minor)), TEXT_ARG(amount(b, l->total_minor))));
    sign_by_placing(b, n);
    if (l->kind == LINE_COMPONENT)
        why_add(b->a, n,
                text_printf(b->a, "a part of the kit of line %lld, which has the price",
                            (long long)l->parent_line));
    else if (l->kind != LINE_CHARGE)
        tell_list(b, n, l);
    tell_taxes(b, n, l->line_no);
    if (l->cancelled)
        why_add(b->a, n,
                text_printf(b->a, "%lld of %lld cancelled: not owed any more",
                            (long long)l->cancelled, (long long)l->quantity));
    if (l->returned) why_add(b->a, n, text_printf(b->a, "%lld came back", (long long)l->returned));
}

static void tell_changes(const struct bill *b, struct why_node *root)
{
    const struct event *e = b->events.at;
    for (size_t i = 0; i < b->events.count; i++) {
        if (e[i].kind != EVENT_ORDER_CHANGED) continue;
        struct text by = e[i].amount_minor == NONE ? (struct text){0}
                                                   : amount(b, e[i].amount_minor);
        struct why_node *n =
            why_add(b->a, root,
                    text_printf(b->a, "changed: %.*s%s%.*s%s%.*s", TEXT_ARG(e[i].word),
                                e[i].note.len ? ", " : "", TEXT_ARG(e[i].note), by.at ? ", " : "",
                                TEXT_ARG(by)));
        n->id = text_printf(b->a, "event %lld", (long long)e[i].position);
        why_sign(n, e[i].at_us, e[i].actor_id, e[i].command_id);
    }
}

static void tell_owed(const struct bill *b, struct why_node *root)
{
    const struct order *o = &b->order;
    const struct order_line *lines = b->lines.at;
    bool is_less = false;
    for (size_t i = 0; i < b->lines.count; i++) is_less = is_less || lines[i].cancelled;
    if (!is_less) return;
    int64_t owed = worth_owed(b->a, o, &b->state, lines, b->lines.count);
    why_add(b->a, root,
            text_printf(b->a, "without what is cancelled: %.*s − %.*s = %.*s",
                        TEXT_ARG(amount(b, o->total_minor)),
                        TEXT_ARG(amount(b, o->total_minor - owed)), TEXT_ARG(amount(b, owed))));
}

enum err why_price(struct ctx *c, int64_t order_id, int64_t line_no, struct why_node **out)
{
    struct bill b = {0};
    TRY(read_bill(c, order_id, &b));
    const struct order *o = &b.order;
    const struct order_line *lines = b.lines.at;
    bool is_found = line_no == NONE;
    *out = why_root(
        c->arena,
        text_printf(c->arena,
                    "order %lld: %.*s goods − %.*s discount + %.*s services + %.*s shipping + "
                    "%.*s tax = %.*s",
                    (long long)o->number, TEXT_ARG(amount(&b, o->goods_minor)),
                    TEXT_ARG(amount(&b, o->discount_minor)), TEXT_ARG(amount(&b, o->service_minor)),
                    TEXT_ARG(amount(&b, o->shipping_minor)), TEXT_ARG(amount(&b, o->tax_minor)),
                    TEXT_ARG(amount(&b, o->total_minor))));
    (*out)->id = id_text(c->arena, "ord", order_id);
    sign_by_placing(&b, *out);
    for (size_t i = 0; i < b.lines.count; i++) {
        if (line_no != NONE && lines[i].line_no != line_no) continue;
        tell_line(&b, *out, &lines[i]);
        is_found = true;
    }
    if (!is_found) {
        fail_at(c, ERR_NOT_FOUND, "not_found", "line", "order %lld has no line %lld",
                (long long)o->number, (long long)line_no);
        return hint(c, "it has lines 1 to %zu", b.lines.count);
    }
    if (line_no == NONE) {
        tell_taxes(&b, *out, 0);
        tell_documents(&b, *out);
    }
    tell_changes(&b, *out);
    tell_owed(&b, *out);
    return why_finish(c, *out);
}

/* --- sites ----------------------------------------------------------------------------------- */

struct choice {
    struct arena *a;
    struct bill bill;
    struct list promises, decisions, sites, availability;
};

static struct text site_code(const struct choice *k, int64_t site_id)
{
    const struct site *at = k->sites.at;
    for (size_t i = 0; i < k->sites.count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return T("?");
}

static int64_t promised_at(const struct choice *k, int64_t line_no, int64_t site_id, int64_t *day)
{
    const struct promise *p = k->promises.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->promises.count; i++)
        if (p[i].line_no == line_no && p[i].site_id == site_id) {
            units += p[i].quantity - p[i].released;
            *day = p[i].promised_day;
        }
    return units;
}

static void tell_site_of_line(const struct choice *k, struct why_node *of,
                              const struct order_line *l, const struct site *s)
{
    const struct availability *at = k->availability.at;
    int64_t day = NONE, free = 0, units = promised_at(k, l->line_no, s->site_id, &day);
    for (size_t i = 0; i < k->availability.count; i++)
        if (at[i].product_id == l->product_id && at[i].site_id == s->site_id)
            free = availability_left(&at[i]);
    struct buf b = buf_new(k->a);
    buf_printf(&b, "%.*s", TEXT_ARG(site_code(k, s->site_id)));
    if (units) buf_printf(&b, " sends %lld", (long long)units);
    if (units && day != NONE) buf_printf(&b, ", promised for %.*s", TEXT_ARG(day_text(k->a, day)));
    if (!units) buf_puts(&b, " was not chosen");
    buf_printf(&b, "; it has %lld free now, and is number %d in the order of sites",
               (long long)free, s->priority);
    struct why_node *n = why_add(k->a, of, buf_text(&b));
    n->id = id_text(k->a, "sit", s->site_id);
}

/* What was decided at the time, from the table that was written with the promise. */
static void tell_decision(const struct choice *k, struct why_node *root,
                          const struct sourcing_decision *d)
{
    const struct site_considered *at = d->considered.at;
    struct why_node *n =
        why_add(k->a, root,
                text_printf(k->a, "decided when %s, for %.*s%s%.*s",
                            d->cause == SOURCING_PLACED       ? "it was placed"
                            : d->cause == SOURCING_STOCK_CAME ? "stock came"
                                                              : "a site gave it back",
                            TEXT_ARG(units_text(k->a, d->units)), d->why.len ? ": " : "",
                            TEXT_ARG(d->why)));
    n->at_us = d->at_us;
    for (size_t i = 0; i < d->considered.count; i++) {
        struct text code = site_code(k, at[i].site_id);
        struct why_node *site =
            why_add(k->a, n,
                    text_printf(k->a, "%.*s could send %lld, was given %lld%s%.*s", TEXT_ARG(code),
                                (long long)at[i].could, (long long)at[i].given,
                                at[i].why.len ? ": " : "", TEXT_ARG(at[i].why)));
        site->id = id_text(k->a, "sit", at[i].site_id);
    }
    if (d->short_of)
        why_add(k->a, n,
                text_printf(k->a, "no site could promise %lld of them", (long long)d->short_of));
}

enum err why_site(struct ctx *c, int64_t order_id, struct why_node **out)
{
    struct choice k = {.a = c->arena};
    TRY(read_bill(c, order_id, &k.bill));
    TRY(promises_of(c, &order_id, 1, &k.promises));
    TRY(sourcing_decisions_of(c, order_id, &k.decisions));
    TRY(site_list(c, &k.sites));
    const struct order_line *lines = k.bill.lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, k.bill.lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < k.bill.lines.count; i++)
        if (line_is_physical(&lines[i])) ids[n++] = lines[i].product_id;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    if (n) TRY(availability_of(c, ids, n, &k.availability));
    *out = why_root(c->arena, text_printf(c->arena, "order %lld: the sites that send it",
                                          (long long)k.bill.order.number));
    (*out)->id = id_text(c->arena, "ord", order_id);
    for (size_t i = 0; i < k.decisions.count; i++)
        tell_decision(&k, *out, (const struct sourcing_decision *)k.decisions.at + i);
    for (size_t i = 0; i < k.bill.lines.count; i++) {
        if (!line_is_physical(&lines[i])) continue;
        struct why_node *line = why_add(
            c->arena, *out,
            text_printf(c->arena, "line %lld: %lld × %.*s, %lld promised",
                        (long long)lines[i].line_no, (long long)lines[i].quantity,
                        TEXT_ARG(line_name(&k.bill, &lines[i])), (long long)lines[i].allocated));
        sign_by_placing(&k.bill, line);
        for (size_t s = 0; s < k.sites.count; s++)
            tell_site_of_line(&k, line, &lines[i], (const struct site *)k.sites.at + s);
    }
    return why_finish(c, *out);
}
