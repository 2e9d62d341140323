/* faces/api/invoices.c: invoices and credit notes, as records and on paper. */
#include "faces/api/invoices.h"

#include "base/money.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/customers/customer.h"
#include "domain/orders/order.h"
#include "domain/payments/invoice.h"
#include "domain/payments/policy.h"
#include "domain/payments/tax.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "faces/api/tax.h"
#include "wire/bill_sheet.h"

struct line_view {
    int64_t line_no, part_no;
    struct text name, sku;
    int64_t quantity;
    struct text percent, tax_name;
    struct money net, tax, total;
};
static const struct field line_table[] = {
    FIELD(struct line_view, line_no, .about = "of the order; 0 is shipping"),
    FIELD(struct line_view, part_no, .about = "the kit's part that bears the tax; else line_no"),
    FIELD(struct line_view, name),
    FIELD(struct line_view, sku),
    FIELD(struct line_view, quantity, .about = "0: of a credit that is for no units"),
    FIELD(struct line_view, percent, .about = "absent: the tax came with the order, or none"),
    FIELD(struct line_view, tax_name),
    FIELD(struct line_view, net),
    FIELD(struct line_view, tax),
    FIELD(struct line_view, total),
};
static const struct fields line_fields = FIELDS("invoice_line", struct line_view, line_table);

struct invoice_view {
    int64_t invoice_id;
    struct text number;
    int32_t kind;
    int64_t order_id, order_number, issued_day, package_id, refund_id, about_id;
    struct text about;
    struct list lines, taxes;
    struct money net, tax, total;
    int32_t tax_mode, tax_scope, tax_rounding;
    int64_t issued_us;
};
#define HEAD                                                                                       \
    FIELD_ID(struct invoice_view, invoice_id, "id", "inv"),                                        \
        FIELD(struct invoice_view, number, .about = "without gaps in its series"),                 \
        FIELD_ENUM(struct invoice_view, kind, invoice_kind_words),                                 \
        FIELD_ID(struct invoice_view, order_id, "order_id", "ord"),                                \
        FIELD(struct invoice_view, order_number, .flags = F_NULL),                                 \
        FIELD_DAY(struct invoice_view, issued_day, "issued_on"),                                   \
        FIELD_ID(struct invoice_view, package_id, "package_id", "pkg", .flags = F_NULL,            \
                 .about = "whose goods it is for; absent: what no parcel brought"),                \
        FIELD_ID(struct invoice_view, refund_id, "refund_id", "rfd", .flags = F_NULL,              \
                 .about = "that it credits; absent: the order itself became cheaper"),             \
        FIELD_ID(struct invoice_view, about_id, "about_id", "inv", .flags = F_NULL,                \
                 .about = "of a credit note: the newest invoice that it is about"),                \
        FIELD(struct invoice_view, net), FIELD(struct invoice_view, tax),                          \
        FIELD(struct invoice_view, total)
static const struct field row_table[] = {
    HEAD, FIELD_INSTANT(struct invoice_view, issued_us, "issued_at")};
static const struct fields row_fields = FIELDS("invoice_head", struct invoice_view, row_table);
static const struct field view_table[] = {
    HEAD,
    FIELD(struct invoice_view, about, .about = "number of about_id"),
    FIELD_LIST(struct invoice_view, lines, line_fields),
    FIELD_LIST(struct invoice_view, taxes, tax_view_fields, .about = "by rate"),
    FIELD_ENUM(struct invoice_view, tax_mode, tax_policy_words),
    FIELD_ENUM(struct invoice_view, tax_scope, tax_scope_words,
               .about = "by this rule the order's tax was rounded"),
    FIELD_ENUM(struct invoice_view, tax_rounding, tax_rounding_words),
    FIELD_INSTANT(struct invoice_view, issued_us, "issued_at"),
};
static const struct fields view_fields = FIELDS("invoice", struct invoice_view, view_table);

static struct invoice_view head_of(struct arena *a, const struct invoice *i)
{
    const char *currency = text_cstr(a, i->currency);
    return (struct invoice_view){.invoice_id = i->invoice_id,
                                 .number = invoice_number(a, i),
                                 .kind = i->kind,
                                 .order_id = i->order_id,
                                 .order_number = NONE,
                                 .issued_day = i->issued_day,
                                 .package_id = i->package_id,
                                 .refund_id = i->refund_id,
                                 .about_id = i->about_id,
                                 .net = money(i->net_minor, currency),
                                 .tax = money(i->tax_minor, currency),
                                 .total = money(i->total_minor, currency),
                                 .tax_mode = i->tax_mode,
                                 .tax_scope = i->tax_scope,
                                 .tax_rounding = i->tax_rounding,
                                 .issued_us = i->issued_us};
}

/* --- one ------------------------------------------------------------------------------------- */

static struct text percent_of(struct arena *a, int64_t rate_ppm)
{
    return rate_ppm == NONE ? (struct text){0} : tax_percent(a, rate_ppm);
}

static void fill_lines(struct ctx *c, const struct invoice *i, const struct list *lines,
                       struct invoice_view *v)
{
    const char *currency = text_cstr(c->arena, i->currency);
    const struct invoice_line *at = lines->at;
    struct line_view *views = arena_new(c->arena, struct line_view, lines->count + 1);
    struct order_tax *taxes = arena_new(c->arena, struct order_tax, lines->count + 1);
    struct money included;
    for (size_t k = 0; k < lines->count; k++) {
        views[k] = (struct line_view){at[k].line_no,
                                      at[k].part_no,
                                      at[k].name,
                                      at[k].sku,
                                      at[k].quantity,
                                      percent_of(c->arena, at[k].rate_ppm),
                                      at[k].tax_name,
                                      money(at[k].net_minor, currency),
                                      money(at[k].tax_minor, currency),
                                      money(at[k].net_minor + at[k].tax_minor, currency)};
        taxes[k] = (struct order_tax){.name = at[k].tax_name,
                                      .rate_ppm = at[k].rate_ppm,
                                      .mode = i->tax_mode,
                                      .net_minor = at[k].net_minor,
                                      .tax_minor = at[k].tax_minor};
    }
    v->lines = (struct list){views, lines->count};
    v->taxes = tax_views(c, &(struct list){taxes, lines->count}, currency, &included);
}

static enum err load_view(struct ctx *c, int64_t invoice_id, struct invoice *i,
                          struct invoice_view *v, struct order *o)
{
    struct list lines;
    struct invoice about;
    TRY(invoice_get(c, invoice_id, i));
    TRY(invoice_lines_of(c, &invoice_id, 1, &lines));
    TRY(order_get(c, i->order_id, o));
    *v = head_of(c->arena, i);
    v->order_number = o->number;
    if (i->about_id != NONE) {
        TRY(invoice_get(c, i->about_id, &about));
        v->about = invoice_number(c->arena, &about);
    }
    fill_lines(c, i, &lines, v);
    return OK;
}

static enum err invoice_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct invoice i;
    struct order o;
    struct invoice_view *v = arena_new(c->arena, struct invoice_view, 1);
    TRY(load_view(c, in->ids[0], &i, v, &o));
    out->record = v;
    return OK;
}

/* --- on paper -------------------------------------------------------------------------------- */

static struct text amount_of(struct ctx *c, struct money m)
{
    return money_amount(c->arena, m.minor, m.currency);
}

static size_t put_facts(struct ctx *c, const struct invoice_view *v, struct bill_fact *facts)
{
    size_t n = 0;
    facts[n++] = (struct bill_fact){T("Date"), day_text(c->arena, v->issued_day)};
    facts[n++] =
        (struct bill_fact){T("Order"), text_printf(c->arena, "%lld", (long long)v->order_number)};
    if (v->about.len) facts[n++] = (struct bill_fact){T("For invoice"), v->about};
    return n;
}

/* Net and tax of each rate, then the total. */
static size_t put_sums(struct ctx *c, const struct invoice_view *v, struct bill_fact *sums,
                       size_t most)
{
    const struct tax_view *taxes = v->taxes.at;
    size_t n = 0;
    sums[n++] = (struct bill_fact){T("Net"), amount_of(c, v->net)};
    for (size_t i = 0; i < v->taxes.count && n + 1 < most; i++) {
        if (!taxes[i].tax.minor && !taxes[i].percent.len) continue;
        struct text name = taxes[i].name.len ? taxes[i].name : T("Tax");
        sums[n++] = (struct bill_fact){taxes[i].percent.len
                                           ? text_printf(c->arena, "%.*s %.*s %% on %.*s",
                                                         TEXT_ARG(name), TEXT_ARG(taxes[i].percent),
                                                         TEXT_ARG(amount_of(c, taxes[i].net)))
                                           : name,
                                       amount_of(c, taxes[i].tax)};
    }
    sums[n++] = (struct bill_fact){v->kind == INVOICE_BILL ? T("Total") : T("Total credit"),
                                   money_text(c->arena, v->total.minor, v->total.currency)};
    return n;
}

static size_t seller_lines(struct text seller, struct text *out, size_t most)
{
    size_t n = 0;
    while (seller.len && n < most) out[n++] = text_split(seller, '\n', &seller);
    return n;
}

/* From rows that never change alone: whenever it is drawn, it is the same document. */
enum err invoice_draw(struct ctx *c, int64_t invoice_id, bool is_masked, struct text *pdf)
{
    enum { SUMS = 12 };
    struct invoice i;
    struct order o;
    struct invoice_view v;
    struct address to;
    struct text seller[3], buyer[ADDRESS_LINES_MAX];
    struct bill_fact facts[3], sums[SUMS];
    TRY(load_view(c, invoice_id, &i, &v, &o));
    TRY(address_get(c, i.bill_to_id, &to));
    if (is_masked) to.at = (struct postal_address){.city = to.at.city, .country = to.at.country};
    const struct line_view *at = v.lines.at;
    struct bill_line *lines = arena_new(c->arena, struct bill_line, v.lines.count + 1);
    for (size_t k = 0; k < v.lines.count; k++)
        lines[k] = (struct bill_line){
            .sku = at[k].sku,
            .name = text_head(at[k].name, BILL_NAME_MAX),
            .quantity = at[k].quantity ? text_printf(c->arena, "%lld", (long long)at[k].quantity)
                                       : (struct text){0},
            .rate = at[k].percent.len ? text_printf(c->arena, "%.*s %%", TEXT_ARG(at[k].percent))
                                      : (struct text){0},
            .net = amount_of(c, at[k].net),
            .tax = amount_of(c, at[k].tax),
            .total = amount_of(c, at[k].total)};
    struct bill_sheet sheet = {
        .title = i.kind == INVOICE_BILL ? T("Invoice") : T("Credit note"),
        .number = v.number,
        .seller = seller,
        .seller_count = seller_lines(i.seller, seller, 3),
        .buyer = buyer,
        .buyer_count =
            address_lines(c->arena, &to.at, !text_eq(to.at.country, i.seller_country), buyer),
        .facts = facts,
        .fact_count = put_facts(c, &v, facts),
        .lines = lines,
        .line_count = v.lines.count,
        .sums = sums,
        .sum_count = put_sums(c, &v, sums, SUMS)};
    if (sheet.buyer_count > BILL_ADDRESS_MAX) sheet.buyer_count = BILL_ADDRESS_MAX;
    return bill_render(c, &sheet, SHEET_PDF, 300, pdf);
}

static enum err invoice_pdf(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(invoice_draw(c, in->ids[0], false, &out->content));
    out->content_type = text_of(sheet_content_type(SHEET_PDF));
    return OK;
}

/* --- many ------------------------------------------------------------------------------------ */

static void show_all(struct ctx *c, const struct list *found, struct reply *out)
{
    const struct invoice *at = found->at;
    struct invoice_view *views = arena_new(c->arena, struct invoice_view, found->count + 1);
    for (size_t i = 0; i < found->count; i++) views[i] = head_of(c->arena, &at[i]);
    out->list = (struct list){views, found->count};
}

static enum err invoices_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page *q = in->query;
    int64_t limit = page_limit(q->limit), before = INT64_MAX;
    struct list found;
    TRY(page_after(c, q->after, "inv", &before));
    TRY(invoice_list(c, before, limit + 1, &found));
    bool more = page_cut(&found, limit);
    show_all(c, &found, out);
    if (more)
        out->next = id_text(c->arena, "inv",
                            ((const struct invoice *)found.at)[found.count - 1].invoice_id);
    return OK;
}

static enum err invoices_of_order(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    struct list found;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(invoices_of_orders(c, in->ids, 1, &found));
    show_all(c, &found, out);
    return OK;
}

static const struct field query_table[] = {PAGE_FIELDS(struct page)};
static const struct fields query_fields = FIELDS("invoice_query", struct page, query_table);

#define READ SCOPE(ORDERS_READ)
const struct route invoices_routes[] = {
    {"GET", "/v1/invoices", "invoices list", READ, ROUTE_LIST | ROUTE_BY_OWNER, NULL, &query_fields,
     &row_fields, invoices_list, "Invoices and credit notes, newest first."},
    {"GET", "/v1/invoices/{inv}", "invoices show", READ, ROUTE_OWNED, NULL, NULL, &view_fields,
     invoice_show, "An invoice or credit note with its lines and its tax by rate."},
    {"GET", "/v1/invoices/{inv}/document.pdf", "invoices print", READ | SCOPE(CUSTOMERS_READ),
     ROUTE_RAW | ROUTE_OWNED, NULL, NULL, NULL, invoice_pdf, "The document on paper."},
    {"GET", "/v1/orders/{ord}/invoices", "orders invoices", READ, ROUTE_LIST | ROUTE_OWNED, NULL,
     NULL, &row_fields, invoices_of_order, "Invoices and credit notes of an order, oldest first."},
    {0},
};
