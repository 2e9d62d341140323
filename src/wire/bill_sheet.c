/* wire/bill_sheet.c: heads, rows and sums of invoices. */
#include "wire/bill_sheet.h"

#include "wire/paper.h"

enum { SHORT_MAX = 100, FACTS_MAX = 12 };

/* Columns of the table, from the left edge; the name takes what is left. */
static const double quantity_w = 14, rate_w = 16, amount_w = 27;
static const double row_pad = 1.3, row_least_h = 7.5;

/* --- checks ---------------------------------------------------------------------------------- */

static enum err check_line(struct ctx *c, const struct bill_line *line)
{
    TRY(paper_check(c, "sku", line->sku, SHORT_MAX, false));
    TRY(paper_check(c, "name", line->name, BILL_NAME_MAX, true));
    TRY(paper_check(c, "quantity", line->quantity, SHORT_MAX, false));
    TRY(paper_check(c, "rate", line->rate, SHORT_MAX, false));
    TRY(paper_check(c, "net", line->net, SHORT_MAX, false));
    TRY(paper_check(c, "tax", line->tax, SHORT_MAX, false));
    return paper_check(c, "total", line->total, SHORT_MAX, true);
}

static enum err check_facts(struct ctx *c, const char *what, const struct bill_fact *facts,
                            size_t n)
{
    if (n > FACTS_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many_facts", what, "%zu, at most %d", n, FACTS_MAX);
    for (size_t i = 0; i < n; i++) {
        TRY(paper_check(c, what, facts[i].name, SHORT_MAX, true));
        TRY(paper_check(c, what, facts[i].value, SHORT_MAX, true));
    }
    return OK;
}

static enum err check_bill(struct ctx *c, const struct bill_sheet *b)
{
    TRY(paper_check(c, "title", b->title, SHORT_MAX, true));
    TRY(paper_check(c, "number", b->number, SHORT_MAX, true));
    TRY(paper_check_lines(c, "seller", b->seller, b->seller_count, BILL_ADDRESS_MAX));
    TRY(paper_check_lines(c, "buyer", b->buyer, b->buyer_count, BILL_ADDRESS_MAX));
    TRY(paper_check(c, "footer", b->footer, BILL_NAME_MAX, false));
    TRY(check_facts(c, "facts", b->facts, b->fact_count));
    TRY(check_facts(c, "sums", b->sums, b->sum_count));
    if (b->line_count > BILL_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many_lines", "lines", "%zu lines, at most %d",
                       b->line_count, BILL_LINES_MAX);
    for (size_t i = 0; i < b->line_count; i++)
        if (check_line(c, &b->lines[i]) != OK) return fail_under(c, c->fault.code, "lines[%zu]", i);
    return OK;
}

/* --- heads ----------------------------------------------------------------------------------- */

/* Returns where the table may begin. */
static double put_first_head(struct sheet *s, const struct bill_sheet *b)
{
    struct arena *a = s->c->arena;
    double x = PAPER_EDGE, y = PAPER_EDGE, right = PAPER_W - PAPER_EDGE - 80;
    struct sheet_style name = {
        .size_pt = 18, .least_pt = 11, .wrap_pt = 13, .lines = 2, .bold = true};
    struct sheet_style small = {
        .size_pt = 9, .least_pt = 6, .wrap_pt = 7, .lines = 2 * BILL_ADDRESS_MAX, .address = true};
    if (b->seller_count) {
        y += sheet_text(s, (struct box){x, y - 1.5, 95, 14}, name, b->seller[0]) - 1;
        sheet_text(s, (struct box){x, y, 95, PAPER_EDGE + 32 - y}, small,
                   paper_lines(a, b->seller + 1, b->seller_count - 1));
    }
    struct sheet_style title = {.size_pt = 18, .least_pt = 10, .bold = true, .align = ALIGN_END};
    struct sheet_style strong = {.size_pt = 12, .least_pt = 7, .bold = true, .align = ALIGN_END};
    struct sheet_style line = {.size_pt = 10, .least_pt = 6, .align = ALIGN_END};
    y = PAPER_EDGE;
    sheet_text(s, (struct box){right, y - 1, 80, 8}, title, b->title);
    y += 8;
    y += sheet_text(s, (struct box){right, y, 80, 5.5}, strong, b->number);
    for (size_t i = 0; i < b->fact_count; i++)
        y += sheet_text(
            s, (struct box){right, y, 80, 5}, line,
            text_printf(a, "%.*s %.*s", TEXT_ARG(b->facts[i].name), TEXT_ARG(b->facts[i].value)));
    double least = PAPER_EDGE + 34;
    y = y + 3 > least ? y + 3 : least;
    paper_rule(s, y, 0.5);
    y += 3;
    struct sheet_style address = {
        .size_pt = 11, .least_pt = 7, .wrap_pt = 9, .lines = 2 * BILL_ADDRESS_MAX, .address = true};
    sheet_text(s, (struct box){x, y, 110, 34}, address, paper_lines(a, b->buyer, b->buyer_count));
    return y + 38;
}

static double put_next_head(struct sheet *s, const struct bill_sheet *b)
{
    struct sheet_style right = {.size_pt = 11, .least_pt = 7, .align = ALIGN_END};
    sheet_text(s, (struct box){PAPER_EDGE, PAPER_EDGE, PAPER_INNER, 5.5}, right,
               text_printf(s->c->arena, "%.*s %.*s", TEXT_ARG(b->title), TEXT_ARG(b->number)));
    return PAPER_EDGE + 8;
}

/* --- columns --------------------------------------------------------------------------------- */

struct columns {
    struct box quantity, name, rate, net, tax, total;
};

static struct columns columns_at(double y, double h)
{
    double x = PAPER_EDGE, wide = PAPER_INNER - quantity_w - 2 - rate_w - 3 * amount_w;
    struct columns at = {.quantity = {x, y, quantity_w, h}};
    x += quantity_w + 2;
    at.name = (struct box){x, y, wide, h};
    x += wide;
    at.rate = (struct box){x, y, rate_w - 1, h};
    x += rate_w;
    at.net = (struct box){x, y, amount_w - 1, h};
    at.tax = (struct box){x + amount_w, y, amount_w - 1, h};
    at.total = (struct box){x + 2 * amount_w, y, amount_w - 1, h};
    return at;
}

static double put_columns(struct sheet *s, double y)
{
    sheet_fill(s, (struct box){PAPER_EDGE, y, PAPER_INNER, 6.5});
    struct sheet_style word = {
        .size_pt = 9, .bold = true, .reversed = true, .middle = true, .align = ALIGN_END};
    struct columns at = columns_at(y, 6.5);
    sheet_text(s, at.rate, word, T("Rate"));
    sheet_text(s, at.net, word, T("Net"));
    sheet_text(s, at.tax, word, T("Tax"));
    sheet_text(s, at.total, word, T("Total"));
    word.align = ALIGN_CENTRE;
    sheet_text(s, at.quantity, word, T("Qty"));
    word.align = ALIGN_START;
    sheet_text(s, at.name, word, T("Item"));
    return y + 6.5;
}

static const struct sheet_style name_style = {
    .size_pt = 10, .least_pt = 8, .wrap_pt = 10, .lines = 3};
static const struct sheet_style sku_style = {.size_pt = 8, .least_pt = 6};
static const struct sheet_style amount_style = {.size_pt = 10, .least_pt = 6, .align = ALIGN_END};

static double row_height(struct sheet *s, const struct bill_line *line)
{
    struct columns at = columns_at(0, 16);
    double h = 2 * row_pad + sheet_text_height(s, at.name, name_style, line->name);
    if (!text_empty(line->sku)) h += 4;
    return h > row_least_h ? h : row_least_h;
}

static void put_row(struct sheet *s, const struct bill_line *line, double y, double h)
{
    struct columns at = columns_at(y + row_pad, 16);
    struct sheet_style middle = {.size_pt = 10, .least_pt = 6, .align = ALIGN_CENTRE};
    sheet_text(s, at.quantity, middle, line->quantity);
    double name = sheet_text(s, at.name, name_style, line->name);
    at.name.y += name;
    at.name.h = 4;
    sheet_text(s, at.name, sku_style, line->sku);
    struct box *boxes[] = {&at.rate, &at.net, &at.tax, &at.total};
    const struct text texts[] = {line->rate, line->net, line->tax, line->total};
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        boxes[i]->h = 5;
        sheet_text(s, *boxes[i], amount_style, texts[i]);
    }
    paper_rule(s, y + h - 0.15, 0.15);
}

static void put_sums(struct sheet *s, const struct bill_sheet *b, double y)
{
    if (y + 6.0 * (double)b->sum_count + 8 > PAPER_FOOT) {
        sheet_next_page(s);
        y = put_next_head(s, b);
    }
    y += 3;
    for (size_t i = 0; i < b->sum_count; i++) {
        bool is_total = i + 1 == b->sum_count;
        struct sheet_style style = {
            .size_pt = is_total ? 12 : 10, .least_pt = 6, .bold = is_total, .align = ALIGN_END};
        double right = PAPER_W - PAPER_EDGE;
        sheet_text(s, (struct box){PAPER_EDGE, y, PAPER_INNER - 46, 6}, style, b->sums[i].name);
        sheet_text(s, (struct box){right - 44, y, 43, 6}, style, b->sums[i].value);
        y += 6;
    }
}

/* --- the whole ------------------------------------------------------------------------------- */

enum err bill_layout(struct ctx *c, const struct bill_sheet *b, struct sheet *s)
{
    TRY(check_bill(c, b));
    sheet_open(s, c, PAPER_W, PAPER_H);
    s->grey = true;
    double y = put_columns(s, put_first_head(s, b));
    for (size_t i = 0; s->err == OK && i < b->line_count; i++) {
        double h = row_height(s, &b->lines[i]);
        if (y + h > PAPER_FOOT) {
            sheet_next_page(s);
            y = put_columns(s, put_next_head(s, b));
        }
        put_row(s, &b->lines[i], y, h);
        y += h;
    }
    put_sums(s, b, y);
    paper_feet(s, b->footer);
    return s->err;
}

enum err bill_render(struct ctx *c, const struct bill_sheet *b, enum sheet_format format, int dpi,
                     struct text *out)
{
    struct sheet s;
    TRY(bill_layout(c, b, &s));
    return sheet_render(&s, format, dpi, out);
}
