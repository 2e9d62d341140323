#include "stages/2_processing/invoicing_rows.h"

#include "base/money.h"
#include "domain/orders/worth.h"

/* --- rows ------------------------------------------------------------------------------------ */

/* Where it stands, or is to stand; rows ascend by line and part. */
static struct bill_row *row_at(struct bill *b, int64_t line_no, int64_t part_no)
{
    size_t at = 0;
    while (at < b->count && (b->rows[at].line_no < line_no ||
                             (b->rows[at].line_no == line_no && b->rows[at].part_no < part_no)))
        at++;
    struct bill_row *row = &b->rows[at];
    if (at < b->count && row->line_no == line_no && row->part_no == part_no) return row;
    for (size_t i = b->count++; i > at; i--) b->rows[i] = b->rows[i - 1];
    *row = (struct bill_row){.line_no = line_no, .part_no = part_no, .rate_ppm = NONE};
    return row;
}

static const struct order_line *line_in(const struct bill *b, int64_t line_no)
{
    for (size_t i = 0; i < b->m->line_count; i++)
        if (b->m->lines[i].line_no == line_no) return &b->m->lines[i];
    return NULL;
}

static void add_taxes(struct bill *b, const struct list *taxes)
{
    const struct order_tax *at = taxes->at;
    for (size_t i = 0; i < taxes->count; i++) {
        b->rule = at[i];
        if (at[i].line_no > 0 && !line_in(b, at[i].line_no)) continue;
        struct bill_row *row = row_at(b, at[i].line_no, at[i].part_no);
        row->rate_ppm = at[i].rate_ppm;
        row->tax_name = at[i].name;
        row->agreed = (struct sums){at[i].net_minor, at[i].tax_minor};
    }
}

/* Rows that the rates say nothing of; and every cent of the order stands in one. */
static void add_untaxed(struct bill *b)
{
    const struct order *o = b->m->order;
    int64_t rest = o->total_minor;
    for (size_t i = 0; i < b->m->line_count; i++) {
        const struct order_line *l = &b->m->lines[i];
        if (l->kind == LINE_COMPONENT && !l->total_minor) continue;
        struct bill_row *last = NULL;
        int64_t stands = 0;
        rest -= l->total_minor;
        for (size_t k = 0; k < b->count; k++)
            if (b->rows[k].line_no == l->line_no) last = &b->rows[k], stands += gross(last->agreed);
        if (!last) {
            last = row_at(b, l->line_no, l->line_no);
            last->agreed = (struct sums){l->total_minor - l->tax_minor, l->tax_minor};
        } else {
            last->agreed.net += l->total_minor - stands;
        }
    }
    if (!rest && (!b->count || b->rows[0].line_no != 0)) return;
    struct bill_row *shipping = row_at(b, 0, 0);
    shipping->agreed.net = rest - shipping->agreed.tax;
}

static void add_line(struct bill *b, const struct invoice *d, const struct invoice_line *line)
{
    struct bill_row *row = row_at(b, line->line_no, line->part_no);
    bool is_refund = d->refund_id != NONE;
    struct sums *to = is_refund ? &row->credited : &row->billed;
    int by = is_refund || d->kind == INVOICE_BILL ? 1 : -1;
    to->net += by * line->net_minor;
    to->tax += by * line->tax_minor;
    if (!is_refund) row->billed_units += by * line->quantity;
    if (row->rate_ppm != NONE) return;
    row->rate_ppm = line->rate_ppm;
    row->tax_name = line->tax_name;
}

void bill_open(struct arena *a, const struct order_money *m, const struct list *taxes,
               const struct list *documents, const struct list *lines, struct bill *out)
{
    struct list own = LIST_RUN(taxes, struct order_tax, order_id, m->order->order_id);
    struct list written = LIST_RUN(documents, struct invoice, order_id, m->order->order_id);
    const struct invoice *d = written.at;
    size_t room = own.count + m->line_count + 1;
    for (size_t i = 0; i < written.count; i++)
        room += LIST_RUN(lines, struct invoice_line, invoice_id, d[i].invoice_id).count;
    *out = (struct bill){.m = m, .newest_id = NONE};
    out->rows = arena_new(a, struct bill_row, room);
    add_taxes(out, &own);
    add_untaxed(out);
    for (size_t i = 0; i < written.count; i++) {
        struct list rows = LIST_RUN(lines, struct invoice_line, invoice_id, d[i].invoice_id);
        const struct invoice_line *line = rows.at;
        if (d[i].kind == INVOICE_BILL) out->newest_id = d[i].invoice_id;
        for (size_t k = 0; k < rows.count; k++) add_line(out, &d[i], &line[k]);
    }
}

/* --- targets --------------------------------------------------------------------------------- */

/* A part of a line with its taxes: the shares of its rows sum to the share of its total. */
static void aim_line(struct bill *b, const struct order_line *l, int64_t part, int64_t whole)
{
    int64_t left = line_share(l, l->total_minor, part, whole);
    struct bill_row *last = NULL;
    for (size_t i = 0; i < b->count; i++) {
        struct bill_row *row = &b->rows[i];
        if (row->line_no != l->line_no) continue;
        last = row;
        int64_t share = line_share(l, gross(row->agreed), part, whole);
        row->target.tax = line_share(l, row->agreed.tax, part, whole);
        row->target.net = share - row->target.tax;
        row->target_units = money_share(l->quantity, part, whole);
        left -= share;
    }
    if (last) last->target.net += left;
}

void bill_aim(struct arena *a, struct bill *b, const int64_t *units)
{
    const struct order_line *lines = b->m->lines;
    size_t n = b->m->line_count;
    int64_t *part = arena_new(a, int64_t, n + 1), *whole = arena_new(a, int64_t, n + 1), any = 0;
    for (size_t i = 0; i < n; i++) {
        if (!line_is_physical(&lines[i])) continue;
        const struct order_line *kit =
            lines[i].kind == LINE_COMPONENT ? line_in(b, lines[i].parent_line) : NULL;
        size_t at = kit ? (size_t)(kit - lines) : i;
        part[at] += units[i];
        whole[at] += lines[i].quantity;
        any += units[i];
    }
    for (size_t i = 0; i < b->count; i++) {
        b->rows[i].target = any ? b->rows[i].agreed : (struct sums){0};
        b->rows[i].target_units = 0;
        const struct order_line *l = line_in(b, b->rows[i].line_no);
        if (any && l && !whole[l - lines]) b->rows[i].target_units = l->quantity;
    }
    for (size_t i = 0; i < n; i++)
        if (whole[i]) aim_line(b, &lines[i], part[i], whole[i]);
}

void bill_aim_whole(struct arena *a, struct bill *b, bool only_lower)
{
    const struct order_line *lines = b->m->lines;
    bool is_physical = false, is_off = b->m->state->commercial == COMMERCIAL_CANCELLED;
    int64_t *units = arena_new(a, int64_t, b->m->line_count + 1);
    for (size_t i = 0; i < b->m->line_count; i++) {
        is_physical = is_physical || line_is_physical(&lines[i]);
        if (!is_off) units[i] = lines[i].quantity - lines[i].cancelled;
    }
    bill_aim(a, b, units);
    for (size_t i = 0; i < b->count; i++) {
        struct bill_row *row = &b->rows[i];
        const struct order_line *l = line_in(b, row->line_no);
        if (!is_physical && !is_off) {
            row->target = row->agreed;
            row->target_units = l ? l->quantity : 0;
        }
        if (!only_lower || gross(row->target) < gross(row->billed)) continue;
        row->target = row->billed;
        row->target_units = row->billed_units;
    }
}

/* --- sums ------------------------------------------------------------------------------------ */

int64_t bill_open_minor(const struct bill *b)
{
    int64_t sum = 0;
    for (size_t i = 0; i < b->count; i++)
        sum += gross(b->rows[i].target) - gross(b->rows[i].billed);
    return sum;
}

int64_t bill_left_minor(const struct bill *b)
{
    int64_t sum = 0;
    for (size_t i = 0; i < b->count; i++)
        sum += gross(b->rows[i].billed) - gross(b->rows[i].credited);
    return sum;
}

static int64_t left_of(const struct bill_row *row)
{
    int64_t left = gross(row->billed) - gross(row->credited);
    return left > 0 ? left : 0;
}

void bill_spread(struct arena *a, const struct bill *b, int64_t line_no, int64_t amount_minor,
                 struct sums *parts)
{
    int64_t *weights = arena_new(a, int64_t, b->count + 1);
    int64_t *shares = arena_new(a, int64_t, b->count + 1);
    int64_t *taken = arena_new(a, int64_t, b->count + 1);
    for (int round = 0; round < 2 && amount_minor > 0; round++) {
        int64_t room = 0;
        for (size_t i = 0; i < b->count; i++) {
            bool is_in = round || b->rows[i].line_no == line_no;
            weights[i] = is_in ? left_of(&b->rows[i]) - taken[i] : 0;
            room += weights[i];
        }
        int64_t part = amount_minor < room ? amount_minor : room;
        if (!part) continue;
        money_split(part, weights, b->count, shares);
        for (size_t i = 0; i < b->count; i++) taken[i] += shares[i];
        amount_minor -= part;
    }
    for (size_t i = 0; i < b->count; i++) {
        const struct bill_row *row = &b->rows[i];
        int64_t left = left_of(row), tax = row->billed.tax - row->credited.tax;
        parts[i].tax = left ? money_share(tax, taken[i], left) : 0;
        parts[i].net = taken[i] - parts[i].tax;
    }
}
