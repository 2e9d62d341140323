#include "faces/pages/mail_order.h"

#include "base/sort.h"
#include "base/time.h"
#include "domain/orders/worth.h"
#include "domain/payments/invoice.h"
#include "faces/api/invoices.h"
#include "faces/api/returns.h"
#include "faces/pages/links.h"
#include "faces/pages/mail_view.h"
#include "stages/6_delivery/delivery.h"
#include "store/db.h"
#include "wire/template.h"

static const char *const names[] = {
    [MESSAGE_RECEIVED] = "mail_received",
    [MESSAGE_CONFIRM] = "mail_confirm",
    [MESSAGE_SHIPPED] = "mail_shipped",
    [MESSAGE_DELIVERED] = "mail_delivered",
    [MESSAGE_FEEDBACK] = "mail_feedback",
    [MESSAGE_DELAYED] = "mail_delayed",
    [MESSAGE_CANCELLED] = "mail_cancelled",
    [MESSAGE_READY] = "mail_ready",
    [MESSAGE_RETURN_APPROVED] = "mail_return_approved",
    [MESSAGE_RETURN_DECLINED] = "mail_return_declined",
    [MESSAGE_RETURN_LABEL] = "mail_return_label",
    [MESSAGE_RETURN_RECEIVED] = "mail_return_received",
    [MESSAGE_REFUNDED] = "mail_refunded",
    [MESSAGE_SUBSTITUTE] = "mail_substitute",
    [MESSAGE_SUBSTITUTED] = "mail_substituted",
    [MESSAGE_DATED] = "mail_dated",
};

static struct money price(const struct order_parts *o, struct arena *a, int64_t minor)
{
    return money(minor, text_cstr(a, o->order.currency));
}

/* Everything that was agreed; the parts of a kit stand for themselves in no invoice. */
static void all_lines(struct arena *a, const struct order_set *s, const struct order_parts *o,
                      struct mail_view *v)
{
    struct mail_line *lines = arena_new(a, struct mail_line, o->line_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        int64_t kept = order_line_kept(o, l);
        if (l->kind == LINE_COMPONENT || !kept) continue;
        struct money unit = {.minor = NONE}, total = {.minor = NONE};
        if (o->order.total_minor) {
            if (l->unit_minor) unit = price(o, a, l->unit_minor);
            total = price(o, a, line_share(l, l->total_minor, kept, l->quantity));
        }
        lines[n++] =
            (struct mail_line){order_line_name(s, l),    order_line_sku(s, l), kept, unit, total,
                               order_line_words(a, s, l)};
    }
    v->lines = (struct list){lines, n};
}

static const struct order_line *line_of(const struct order_parts *o, int64_t line_no)
{
    for (size_t i = 0; i < o->line_count; i++)
        if (o->lines[i].line_no == line_no) return &o->lines[i];
    return NULL;
}

static const struct package *package_of(const struct order_parts *o, int64_t package_id)
{
    for (size_t i = 0; i < o->package_count; i++)
        if (o->packages[i].package_id == package_id) return &o->packages[i];
    return NULL;
}

/* Packages of one mail went, or came, at one instant. */
static bool is_told(const struct message *m, const struct package *first, const struct package *p)
{
    if (p->state < PACKAGE_HANDED_OVER) return false;
    if (!first) return true;
    if (m->template == MESSAGE_DELIVERED) return p->delivered_us == first->delivered_us;
    return p->handed_over_us == first->handed_over_us;
}

static void told_packages(struct arena *a, const struct order_set *s, const struct order_parts *o,
                          const struct message *m, struct mail_view *v)
{
    struct mail_package *packages = arena_new(a, struct mail_package, o->package_count + 1);
    struct mail_line *lines = arena_new(a, struct mail_line, s->package_lines.count + 1);
    const struct package *first = NULL;
    size_t n = 0, line_count = 0;
    for (size_t i = 0; i < o->package_count; i++)
        if (o->packages[i].package_id == m->package_id) first = &o->packages[i];
    for (size_t i = 0; i < o->package_count; i++) {
        const struct package *p = &o->packages[i];
        if (!is_told(m, first, p)) continue;
        const struct label *label = package_label(s, p->package_id);
        if (label)
            packages[n++] =
                (struct mail_package){carrier_text(s, label), label->tracking_number, {0}};
        size_t content;
        const struct package_line *at = package_content(s, p->package_id, &content);
        for (size_t k = 0; k < content; k++) {
            const struct order_line *l = line_of(o, at[k].line_no);
            if (!l) continue;
            lines[line_count] = (struct mail_line){.name = order_line_name(s, l),
                                                   .sku = order_line_sku(s, l),
                                                   .quantity = at[k].quantity,
                                                   .personalisation = order_line_words(a, s, l)};
            lines[line_count].unit_price.minor = lines[line_count].line_total.minor = NONE;
            line_count++;
        }
    }
    v->packages = (struct list){packages, n};
    if (line_count) v->lines = (struct list){lines, line_count};
}

/* --- collection ------------------------------------------------------------------------------ */

struct collection {
    const struct order_set *s;
    const struct order_parts *o;
    struct text code;
    struct list place;
};

static enum err collection_in_tx(struct ctx *c, void *arg)
{
    struct collection *k = arg;
    TRY(pickup_code(c, k->o->order.order_id, &k->code));
    return pickup_place(c, k->s, k->o, &k->place);
}

static enum err fill_collection(struct ctx *c, const struct order_set *s,
                                const struct order_parts *o, struct mail_view *v)
{
    struct collection k = {.s = s, .o = o};
    bool waits = false;
    for (size_t i = 0; i < o->package_count; i++)
        if (o->packages[i].state >= PACKAGE_SEALED && o->packages[i].state < PACKAGE_HANDED_OVER)
            waits = true;
    if (!waits) return fail(c, ERR_CONFLICT, "collected", "it was collected before the mail went");
    TRY(db_tx(c, collection_in_tx, &k));
    v->pickup_code = k.code;
    v->pickup_place = k.place;
    return OK;
}

static void sums(struct arena *a, const struct order_parts *o, struct mail_view *v)
{
    struct order_amounts sum = order_amounts(o);
    v->goods = price(o, a, sum.goods_minor);
    v->services = price(o, a, o->order.service_minor);
    v->shipping = price(o, a, o->order.shipping_minor);
    v->tax = price(o, a, sum.tax_minor);
    v->discount = price(o, a, sum.discount_minor);
    v->total = price(o, a, sum.total_minor);
}

static struct list waits_of(struct arena *a, const struct order_set *s, const struct order_parts *o)
{
    struct list waits = order_waits(a, o);
    const struct order_wait *at = waits.at;
    struct mail_wait *out = arena_new(a, struct mail_wait, waits.count + 1);
    for (size_t i = 0; i < waits.count; i++)
        out[i] = (struct mail_wait){at[i].units, order_line_name(s, at[i].line), at[i].day};
    return (struct list){out, waits.count};
}

static void fill(struct ctx *c, const struct order_set *s, const struct order_parts *o,
                 const struct message *m, struct mail_view *v)
{
    struct arena *a = c->arena;
    int64_t id = o->order.order_id;
    record_clear(&mail_view_fields, v);
    struct merchant voice = order_voice(s, o);
    v->merchant_name = voice.name;
    if (voice.street.len) {
        struct text *street = arena_new(a, struct text, 1);
        *street = voice.street;
        v->merchant_address = (struct list){street, 1};
    }
    v->order_number = text_printf(a, "%lld", (long long)o->order.number);
    v->customer_name = o->order.customer_name;
    v->placed_us = o->order.placed_us;
    v->ship_to = address_text(a, &s->merchant, &o->ship_to.at);
    v->method = method_text(o->order.method);
    v->promised_day = o->promised_day;
    v->order_url = link_url(a, LINK_TRACK, c->merchant_id, id);
    v->waiting = waits_of(a, s, o);
    all_lines(a, s, o, v);
    sums(a, o, v);
    if (m->template == MESSAGE_CONFIRM)
        v->confirm_url = link_url(a, LINK_CONFIRM, c->merchant_id, id);
    if (m->template == MESSAGE_FEEDBACK)
        v->feedback_url = link_url(a, LINK_FEEDBACK, c->merchant_id, id);
    bool is_back = m->template >= MESSAGE_RETURN_APPROVED;
    if (m->template == MESSAGE_CANCELLED || m->template == MESSAGE_DELAYED || is_back)
        v->reason = m->reason;
    if (m->template != MESSAGE_SHIPPED && m->template != MESSAGE_DELIVERED) return;
    told_packages(a, s, o, m, v);
    if (m->template == MESSAGE_SHIPPED) v->tracking_url = v->order_url;
}

/* What may come instead, or does; nothing to ask any more is nothing to send. */
static enum err fill_substitution(struct ctx *c, const struct order_set *s,
                                  const struct order_parts *o, const struct message *m,
                                  struct mail_view *v)
{
    const struct substitution *q = s->substitutions.at;
    for (size_t i = 0; i < s->substitutions.count; i++) {
        if (q[i].order_id != m->order_id || q[i].substitution_id != m->cause) continue;
        v->reason = substitution_words(c->arena, s, o, &q[i]);
        if (m->template == MESSAGE_SUBSTITUTED) return OK;
        if (q[i].state != SUBSTITUTION_ASKED) break;
        v->reason = text_printf(c->arena, "%.*s, if you say so by %.*s.", TEXT_ARG(v->reason),
                                TEXT_ARG(template_date(c->arena, day_of_us(q[i].expires_us))));
        return OK;
    }
    return fail(c, ERR_CONFLICT, "not_needed", "it was answered before the mail went");
}

static void attach_label(struct ctx *c, int64_t return_id, struct mail *out)
{
    struct mail_attachment *label = arena_new(c->arena, struct mail_attachment, 1);
    *label = (struct mail_attachment){.name = T("return-label.pdf"),
                                      .type = T("application/pdf"),
                                      .draw = return_label_draw,
                                      .subject_id = return_id};
    out->attachments = label;
    out->attachment_count = 1;
}

static enum err draw_invoice(struct ctx *c, int64_t invoice_id, struct text *pdf)
{
    return invoice_draw(c, invoice_id, false, pdf);
}

enum err mail_documents_load(struct ctx *c, const int64_t *order_ids, size_t n, struct order_set *s)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = order_ids[i];
    sort_i64(ids, n);
    return invoices_of_orders(c, ids, unique_i64(ids, n), &s->documents);
}

/* The invoices of the packages that it tells of, or the newest credit note. */
static void attach_documents(struct arena *a, const struct order_set *s,
                             const struct order_parts *o, const struct message *m, struct mail *out)
{
    enum { DOCUMENTS = 10 };
    struct list found = LIST_RUN(&s->documents, struct invoice, order_id, m->order_id);
    const struct invoice *at = found.at, *told[DOCUMENTS];
    const struct package *first = package_of(o, m->package_id);
    size_t n = 0;
    for (size_t i = 0; i < found.count && n < DOCUMENTS; i++) {
        const struct package *p = package_of(o, at[i].package_id);
        if (m->template == MESSAGE_SHIPPED && at[i].kind == INVOICE_BILL && p &&
            is_told(m, first, p))
            told[n++] = &at[i];
        if (m->template == MESSAGE_REFUNDED && at[i].kind == INVOICE_CREDIT)
            told[0] = &at[i], n = 1;
    }
    struct mail_attachment *all = arena_new(a, struct mail_attachment, n + 1);
    for (size_t i = 0; i < n; i++) {
        all[i] = (struct mail_attachment){
            .name = text_printf(a, "%s-%lld.pdf",
                                told[i]->kind == INVOICE_BILL ? "invoice" : "credit-note",
                                (long long)told[i]->number),
            .type = T("application/pdf"),
            .draw = draw_invoice,
            .subject_id = told[i]->invoice_id};
    }
    out->attachments = all;
    out->attachment_count = n;
}

enum err mail_of_message(struct ctx *c, const struct order_set *s, const struct message *m,
                         struct mail *out)
{
    static const struct mail_header headers[] = {{{"Auto-Submitted", 14}, {"auto-generated", 14}}};
    const struct order_parts *o = order_parts_find(s, m->order_id);
    struct mail_view view = {0};
    struct merchant voice = o ? order_voice(s, o) : s->merchant;
    *out = (struct mail){.from = voice.email,
                         .from_name = voice.name,
                         .to = m->recipient,
                         .headers = headers,
                         .header_count = 1};
    if (!o) return fail(c, ERR_NOT_FOUND, "order_not_found", "the message's order is not there");
    out->to_name = o->order.customer_name;
    if (!out->from.len)
        return fail(c, ERR_UPSTREAM, "no_sender",
                    "the merchant has no e-mail address to send from");
    fill(c, s, o, m, &view);
    if (m->template == MESSAGE_READY) TRY(fill_collection(c, s, o, &view));
    if (m->template == MESSAGE_SHIPPED || m->template == MESSAGE_REFUNDED)
        attach_documents(c->arena, s, o, m, out);
    if (m->template == MESSAGE_SUBSTITUTE || m->template == MESSAGE_SUBSTITUTED)
        TRY(fill_substitution(c, s, o, m, &view));
    if (m->template == MESSAGE_RETURN_LABEL) attach_label(c, m->package_id, out);
    return mail_view_render(c, names[m->template], &view, out);
}
