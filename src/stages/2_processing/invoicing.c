#include "stages/2_processing/invoicing.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "domain/people/owner.h"
#include "domain/people/people.h"
#include "stages/2_processing/invoicing_rows.h"
#include "store/db.h"

/* What a batch of orders is invoiced with, and the documents that come of it. */
struct office {
    struct merchant merchant;
    struct order_money *orders;
    size_t count;
    struct list taxes, documents, document_lines;
    struct list packages, package_lines; /* by order, package; by package, line */
    struct list products, offers;
    struct list ends; /* struct return_end of refunds for returns */
    struct text seller;
    struct list owners; /* struct owner, of the orders that are not the merchant's own */
    struct pile {       /* documents of one kind, in the order of their numbers */
        struct invoice *at;
        struct invoice_line *lines;
        size_t count, room, line_count, line_room;
    } piles[INVOICE_CREDIT + 1];
};

/* One more document with so many lines at most. */
static void make_room(struct arena *a, struct pile *p, size_t lines)
{
    if (p->count == p->room) {
        struct invoice *before = p->at;
        p->room = p->room * 2 + 8;
        p->at = arena_new(a, struct invoice, p->room);
        for (size_t i = 0; i < p->count; i++) p->at[i] = before[i];
    }
    if (p->line_count + lines > p->line_room) {
        struct invoice_line *before = p->lines;
        p->line_room = p->line_room * 2 + lines;
        p->lines = arena_new(a, struct invoice_line, p->line_room);
        for (size_t i = 0; i < p->line_count; i++) p->lines[i] = before[i];
    }
}

/* --- loading --------------------------------------------------------------------------------- */

/* The orders of the events for which a document may be due. */
static enum err choose(struct ctx *c, const struct event *events, size_t count, int64_t **out,
                       size_t *chosen)
{
    struct money_policy policy;
    struct list documents, states;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    *chosen = 0;
    for (size_t i = 0; i < count; i++) ids[i] = events[i].order_id;
    sort_i64(ids, count);
    size_t n = unique_i64(ids, count), kept = 0;
    TRY(money_policy_get(c, &policy));
    TRY(invoices_of_orders(c, ids, n, &documents));
    bool *is_wanted = arena_new(c->arena, bool, n + 1);
    const struct invoice *d = documents.at;
    for (size_t i = 0; i < documents.count; i++) is_wanted[find_i64(ids, n, d[i].order_id)] = true;
    bool may_begin = policy.invoicing == INVOICES_ISSUED, is_closed = false;
    for (size_t i = 0; may_begin && i < count; i++) {
        if (events[i].kind == EVENT_PACKAGE_HANDED_OVER)
            is_wanted[find_i64(ids, n, events[i].order_id)] = true;
        is_closed = is_closed || events[i].kind == EVENT_ORDER_COMPLETED;
    }
    if (is_closed) {
        TRY(order_states_of(c, ids, n, &states));
        const struct order_state *s = states.at;
        for (size_t i = 0; i < states.count; i++)
            if (!s[i].units && s[i].commercial == COMMERCIAL_CLOSED)
                is_wanted[find_i64(ids, n, s[i].order_id)] = true;
    }
    for (size_t i = 0; i < n; i++)
        if (is_wanted[i]) ids[kept++] = ids[i];
    *out = ids;
    *chosen = kept;
    return OK;
}

static enum err load_names(struct ctx *c, struct office *f)
{
    size_t lines = 0, n = 0, services = 0;
    for (size_t i = 0; i < f->count; i++) lines += f->orders[i].line_count;
    int64_t *ids = arena_new(c->arena, int64_t, lines + 1);
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->orders[i].line_count; k++) {
            const struct order_line *l = &f->orders[i].lines[k];
            services += l->kind == LINE_SERVICE;
            if (l->kind != LINE_SERVICE && l->product_id != NONE) ids[n++] = l->product_id;
        }
    sort_i64(ids, n);
    if (n) TRY(products_of(c, ids, unique_i64(ids, n), &f->products));
    return services ? service_list(c, &f->offers) : OK;
}

/* Which lines the refunds of returns are for. */
static enum err load_ends(struct ctx *c, const int64_t *order_ids, size_t n, struct office *f)
{
    struct list returns;
    bool is_asked = false;
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->orders[i].refund_count; k++)
            is_asked = is_asked || f->orders[i].refunds[k].cause == REFUND_FOR_RETURN;
    if (!is_asked) return OK;
    TRY(returns_of_orders(c, order_ids, n, &returns));
    const struct order_return *at = returns.at;
    int64_t *ids = arena_new(c->arena, int64_t, returns.count + 1);
    for (size_t i = 0; i < returns.count; i++) ids[i] = at[i].return_id;
    sort_i64(ids, returns.count);
    return return_ends_of(c, ids, returns.count, &f->ends);
}

static enum err load(struct ctx *c, const int64_t *ids, size_t n, struct office *f)
{
    TRY(money_load(c, ids, n, false, &f->orders, &f->count));
    TRY(merchant_get(c, &f->merchant));
    TRY(order_taxes_of(c, ids, n, &f->taxes));
    TRY(invoices_of_orders(c, ids, n, &f->documents));
    const struct invoice *d = f->documents.at;
    int64_t *keys = arena_new(c->arena, int64_t, f->documents.count + 1);
    for (size_t i = 0; i < f->documents.count; i++) keys[i] = d[i].invoice_id;
    sort_i64(keys, f->documents.count);
    TRY(invoice_lines_of(c, keys, f->documents.count, &f->document_lines));
    TRY(packages_of_orders(c, ids, n, &f->packages));
    const struct package *p = f->packages.at;
    keys = arena_new(c->arena, int64_t, f->packages.count + 1);
    for (size_t i = 0; i < f->packages.count; i++) keys[i] = p[i].package_id;
    sort_i64(keys, f->packages.count);
    if (f->packages.count) TRY(package_lines_of(c, keys, f->packages.count, &f->package_lines));
    TRY(load_names(c, f));
    TRY(load_ends(c, ids, n, f));
    struct money_policy policy;
    TRY(money_policy_get(c, &policy));
    int64_t *owner_ids = arena_new(c->arena, int64_t, f->count + 1);
    for (size_t i = 0; i < f->count; i++) owner_ids[i] = f->orders[i].order->owner_id;
    struct owner_codes codes;
    TRY(owner_codes_load(c, owner_ids, f->count, &codes));
    f->owners = codes.owners;
    const struct merchant *m = &f->merchant;
    f->seller = text_printf(c->arena, "%.*s%s%.*s%s%.*s", TEXT_ARG(m->name),
                            m->street.len ? "\n" : "", TEXT_ARG(m->street),
                            policy.tax_number.len ? "\n" : "", TEXT_ARG(policy.tax_number));
    return OK;
}

/* An owner sells under its own name; the tax number is known of the merchant alone. */
static struct text seller_of(struct ctx *c, const struct office *f, int64_t owner_id)
{
    const struct owner *o = LIST_FIND(&f->owners, struct owner, owner_id, owner_id);
    if (!o) return f->seller;
    return text_printf(c->arena, "%.*s%s%.*s", TEXT_ARG(o->name), o->street.len ? "\n" : "",
                       TEXT_ARG(o->street));
}

/* --- documents ------------------------------------------------------------------------------- */

static void name_line(const struct office *f, const struct order_line *l, struct invoice_line *out)
{
    const struct product *p = NULL;
    const struct service_offer *offers = f->offers.at;
    out->name = l->name;
    if (l->kind != LINE_SERVICE && l->kind != LINE_CHARGE)
        p = product_in(&f->products, l->product_id);
    if (p) out->sku = p->sku;
    if (p && !out->name.len) out->name = p->name;
    for (size_t i = 0; !out->name.len && i < f->offers.count; i++)
        if (offers[i].service_id == l->product_id) out->name = offers[i].name;
    if (!out->name.len) out->name = T("item");
}

static struct invoice_line line_of(struct ctx *c, const struct office *f, const struct bill *b,
                                   const struct bill_row *row, struct sums s, int64_t units)
{
    struct invoice_line out = {.merchant_id = c->merchant_id,
                               .line_no = row->line_no,
                               .part_no = row->part_no,
                               .name = row->line_no ? T("item") : T("Shipping"),
                               .quantity = units,
                               .rate_ppm = row->rate_ppm,
                               .tax_name = row->tax_name,
                               .net_minor = s.net,
                               .tax_minor = s.tax};
    for (size_t i = 0; i < b->m->line_count; i++)
        if (row->line_no && b->m->lines[i].line_no == row->line_no)
            name_line(f, &b->m->lines[i], &out);
    return out;
}

/* Amounts beside the rows, above 0 as the document says them. The next one may move it. */
static struct invoice *write(struct ctx *c, struct office *f, struct bill *b,
                             enum invoice_kind kind, const struct sums *parts, const int64_t *units)
{
    bool is_bill = kind == INVOICE_BILL;
    struct pile *pile = &f->piles[kind];
    const struct order *o = b->m->order;
    const struct money_policy *policy = b->m->policy;
    struct text series = is_bill ? policy->invoice_series : policy->credit_series;
    make_room(c->arena, pile, b->count);
    struct invoice *out = &pile->at[pile->count++];
    *out = (struct invoice){.merchant_id = c->merchant_id,
                            .invoice_id = source_id(c->source),
                            .order_id = o->order_id,
                            .kind = (int32_t)kind,
                            .series = series.len ? series
                                      : is_bill  ? INVOICE_SERIES
                                                 : CREDIT_SERIES,
                            .package_id = NONE,
                            .refund_id = NONE,
                            .about_id = is_bill ? NONE : b->newest_id,
                            .bill_to_id = o->bill_to_id,
                            .seller = seller_of(c, f, o->owner_id),
                            .seller_country = f->merchant.country,
                            .currency = o->currency,
                            .tax_mode = b->rule.mode,
                            .tax_scope = b->rule.scope,
                            .tax_rounding = b->rule.rounding};
    for (size_t i = 0; i < b->count; i++) {
        if (!parts[i].net && !parts[i].tax) continue;
        struct invoice_line *line = &pile->lines[pile->line_count++];
        *line = line_of(c, f, b, &b->rows[i], parts[i], units ? units[i] : 0);
        line->invoice_id = out->invoice_id;
        out->net_minor += parts[i].net;
        out->tax_minor += parts[i].tax;
    }
    out->total_minor = out->net_minor + out->tax_minor;
    if (is_bill) b->newest_id = out->invoice_id;
    return out;
}

/* From what was billed to the targets: an invoice, a credit note, or nothing. */
static struct invoice *settle(struct ctx *c, struct office *f, struct bill *b, bool may_bill)
{
    int64_t open = bill_open_minor(b), left = bill_left_minor(b), size = open < 0 ? -open : open;
    struct sums *parts = arena_new(c->arena, struct sums, b->count + 1);
    int64_t *units = arena_new(c->arena, int64_t, b->count + 1);
    if (!open || (open > 0 && !may_bill)) return NULL;
    /* What refunds credited before is not taken back twice. */
    bool is_cut = open < 0 && size > left;
    if (is_cut && left <= 0) return NULL;
    if (is_cut) bill_spread(c->arena, b, NONE, left, parts);
    for (size_t i = 0; i < b->count; i++) {
        struct bill_row *row = &b->rows[i];
        int sign = open < 0 ? -1 : 1;
        if (!is_cut) {
            parts[i].net = sign * (row->target.net - row->billed.net);
            parts[i].tax = sign * (row->target.tax - row->billed.tax);
            units[i] = sign * (row->target_units - row->billed_units);
        }
        row->billed.net += sign * parts[i].net;
        row->billed.tax += sign * parts[i].tax;
        row->billed_units += sign * units[i];
    }
    return write(c, f, b, open < 0 ? INVOICE_CREDIT : INVOICE_BILL, parts, units);
}

/* --- packages -------------------------------------------------------------------------------- */

static bool has_left(const struct package *p) { return p->state >= PACKAGE_HANDED_OVER; }

static bool is_billed(const struct list *documents, int64_t package_id)
{
    const struct invoice *at = documents->at;
    for (size_t i = 0; i < documents->count; i++)
        if (at[i].package_id == package_id) return true;
    return false;
}

static void add_content(const struct office *f, int64_t package_id, const struct order_money *m,
                        int64_t *units)
{
    struct list content = LIST_RUN(&f->package_lines, struct package_line, package_id, package_id);
    const struct package_line *at = content.at;
    for (size_t i = 0; i < content.count; i++)
        for (size_t k = 0; k < m->line_count; k++)
            if (m->lines[k].line_no == at[i].line_no) units[k] += at[i].quantity;
}

/* Of those that left and have no invoice, the one that left first; NULL when none has. */
static const struct package *next_package(const struct list *packages, const bool *is_done,
                                          size_t *index)
{
    const struct package *at = packages->at, *first = NULL;
    for (size_t i = 0; i < packages->count; i++) {
        if (is_done[i] || !has_left(&at[i])) continue;
        if (first && first->handed_over_us <= at[i].handed_over_us) continue;
        first = &at[i];
        *index = i;
    }
    return first;
}

static bool is_all_out(const struct order_state *s)
{
    if (s->commercial == COMMERCIAL_CANCELLED || s->commercial == COMMERCIAL_CLOSED) return true;
    return s->commercial == COMMERCIAL_PLACED && s->units > 0 &&
           s->shipped >= s->units - s->cancelled;
}

static void bill_packages(struct ctx *c, struct office *f, struct bill *b)
{
    int64_t order_id = b->m->order->order_id;
    struct list own = LIST_RUN(&f->packages, struct package, order_id, order_id);
    struct list written = LIST_RUN(&f->documents, struct invoice, order_id, order_id);
    const struct package *at = own.at, *p;
    bool *is_done = arena_new(c->arena, bool, own.count + 1);
    int64_t *units = arena_new(c->arena, int64_t, b->m->line_count + 1);
    size_t index = 0, next;
    for (size_t i = 0; i < own.count; i++) {
        is_done[i] = is_billed(&written, at[i].package_id);
        if (is_done[i] && has_left(&at[i])) add_content(f, at[i].package_id, b->m, units);
    }
    while ((p = next_package(&own, is_done, &index))) {
        is_done[index] = true;
        add_content(f, p->package_id, b->m, units);
        bool is_last = is_all_out(b->m->state) && !next_package(&own, is_done, &next);
        if (is_last)
            bill_aim_whole(c->arena, b, false);
        else
            bill_aim(c->arena, b, units);
        struct invoice *made = bill_open_minor(b) > 0 ? settle(c, f, b, true) : NULL;
        if (made) made->package_id = p->package_id;
    }
}

/* --- refunds --------------------------------------------------------------------------------- */

static bool is_credited(const struct list *documents, int64_t refund_id)
{
    const struct invoice *at = documents->at;
    for (size_t i = 0; i < documents->count; i++)
        if (at[i].refund_id == refund_id) return true;
    return false;
}

static void credit_refunds(struct ctx *c, struct office *f, struct bill *b)
{
    const struct return_end *ends = f->ends.at;
    struct list written = LIST_RUN(&f->documents, struct invoice, order_id, b->m->order->order_id);
    for (size_t i = 0; i < b->m->refund_count; i++) {
        const struct refund *r = &b->m->refunds[i];
        int64_t amount = refund_credit(r), left = bill_left_minor(b), line_no = NONE;
        bool is_due = !refund_is_open(r) && r->cause != REFUND_FOR_ROUNDING && amount > 0;
        if (!is_due || is_credited(&written, r->refund_id)) continue;
        if (amount > left && !is_all_out(b->m->state)) continue; /* its invoice is still to come */
        if (amount > left) amount = left;
        if (amount <= 0) continue;
        int64_t *units = arena_new(c->arena, int64_t, b->count + 1), quantity = 0;
        for (size_t k = 0; k < f->ends.count; k++)
            if (r->cause == REFUND_FOR_RETURN && ends[k].end_id == r->purpose_id) {
                line_no = ends[k].line_no;
                quantity = ends[k].quantity;
            }
        /* A kit's part is billed with its kit. */
        for (size_t k = 0; k < b->m->line_count; k++)
            if (b->m->lines[k].line_no == line_no && b->m->lines[k].kind == LINE_COMPONENT) {
                line_no = b->m->lines[k].parent_line;
                quantity = 0;
            }
        struct sums *parts = arena_new(c->arena, struct sums, b->count + 1);
        bill_spread(c->arena, b, line_no, amount, parts);
        for (size_t k = 0; k < b->count; k++) {
            if (b->rows[k].line_no == line_no) units[k] = quantity;
            b->rows[k].credited.net += parts[k].net;
            b->rows[k].credited.tax += parts[k].tax;
        }
        write(c, f, b, INVOICE_CREDIT, parts, units)->refund_id = r->refund_id;
    }
}

/* --- the reaction ---------------------------------------------------------------------------- */

static enum err tell(struct ctx *c, const struct invoice *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_bill = all[i].kind == INVOICE_BILL;
        TRY(event_put(c, is_bill ? EVENT_INVOICE_ISSUED : EVENT_CREDIT_NOTE_ISSUED, all[i].order_id,
                      all[i].invoice_id,
                      EVENT_BODY(.word = invoice_number(c->arena, &all[i]),
                                 .amount_minor = all[i].total_minor,
                                 .other_id = is_bill ? all[i].package_id : all[i].refund_id)));
    }
    return OK;
}

enum err invoicing_on(struct ctx *c, const struct event *events, size_t count)
{
    struct office f = {0};
    int64_t *ids;
    size_t n;
    TRY(choose(c, events, count, &ids, &n));
    if (!n) return OK;
    TRY(load(c, ids, n, &f));
    for (size_t i = 0; i < f.count; i++) {
        struct bill b;
        const struct order_money *m = &f.orders[i];
        if (m->state->commercial == COMMERCIAL_DRAFT) continue;
        bill_open(c->arena, m, &f.taxes, &f.documents, &f.document_lines, &b);
        bill_packages(c, &f, &b);
        bool is_final = is_all_out(m->state);
        bill_aim_whole(c->arena, &b, !is_final);
        settle(c, &f, &b, is_final);
        credit_refunds(c, &f, &b);
    }
    for (size_t i = 0; i <= INVOICE_CREDIT; i++) {
        const struct pile *p = &f.piles[i];
        TRY(invoices_issue(c, p->at, p->count, p->lines, p->line_count));
        TRY(tell(c, p->at, p->count));
    }
    return OK;
}
