/* wire/pick_sheet.c: rows of equal height, so that a finger finds the next one. */
#include "wire/pick_sheet.h"

#include "wire/paper.h"

enum { SHORT_MAX = 100, NAME_MAX = 400 };

static const double row_h = 17;

/* Columns: left edge and width. */
static const struct column {
    double x, w;
    const char *word;
} tick = {PAPER_EDGE, 8, ""}, bin = {PAPER_EDGE + 10, 56, "Bin"},
  quantity = {PAPER_EDGE + 68, 18, "Qty"}, item = {PAPER_EDGE + 89, 54, "Item"},
  order = {PAPER_EDGE + 146, 34, "Order, tote"};

static enum err check_list(struct ctx *c, const struct pick_list *p)
{
    TRY(paper_check(c, "site", p->site, SHORT_MAX, false));
    TRY(paper_check(c, "wave", p->wave, SHORT_MAX, true));
    TRY(paper_check(c, "printed_at", p->printed_at, SHORT_MAX, false));
    TRY(paper_check(c, "picker", p->picker, SHORT_MAX, false));
    if (p->line_count > PICK_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many_lines", "lines", "%zu lines, at most %d",
                       p->line_count, PICK_LINES_MAX);
    return OK;
}

static enum err check_line(struct ctx *c, const struct pick_line *line)
{
    TRY(paper_check(c, "bin", line->bin, SHORT_MAX, true));
    TRY(paper_check(c, "sku", line->sku, SHORT_MAX, false));
    TRY(paper_check(c, "name", line->name, NAME_MAX, false));
    TRY(paper_check(c, "order", line->order, SHORT_MAX, false));
    TRY(paper_check(c, "tote", line->tote, SHORT_MAX, false));
    if (line->quantity < 1)
        return fail_at(c, ERR_INVALID, "quantity_range", "quantity", "%lld, at least 1",
                       (long long)line->quantity);
    return OK;
}

/* --- heads -------------------------------------------------------------------------------------
 */

static double put_columns(struct sheet *s, double y)
{
    const struct column *const columns[] = {&bin, &quantity, &item, &order};
    struct box band = {PAPER_EDGE, y, PAPER_INNER, 6.5};
    sheet_fill(s, band);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct sheet_style word = {.size_pt = 9, .bold = true, .reversed = true, .middle = true};
        if (columns[i] == &quantity) word.align = ALIGN_CENTRE;
        sheet_text(s, (struct box){columns[i]->x, y, columns[i]->w, band.h}, word,
                   text_of(columns[i]->word));
    }
    return y + band.h;
}

static struct text totals(struct arena *a, const struct pick_list *p)
{
    int64_t units = 0;
    for (size_t i = 0; i < p->line_count; i++)
        if (__builtin_add_overflow(units, p->lines[i].quantity, &units)) units = INT64_MAX;
    return text_printf(a, "%zu line%s, %lld unit%s", p->line_count, p->line_count == 1 ? "" : "s",
                       (long long)units, units == 1 ? "" : "s");
}

static double put_first_head(struct sheet *s, const struct pick_list *p)
{
    double x = PAPER_EDGE, y = PAPER_EDGE, w = 104;
    struct sheet_style title = {.size_pt = 20, .least_pt = 10, .bold = true};
    struct sheet_style line = {.size_pt = 10, .least_pt = 6};
    struct arena *a = s->c->arena;
    sheet_text(s, (struct box){x, y - 1.5, w, 9}, title,
               text_printf(a, "Pick list %.*s", TEXT_ARG(p->wave)));
    y += 8;
    y += sheet_text(s, (struct box){x, y, w, 5}, line, p->site);
    y += sheet_text(s, (struct box){x, y, w, 5}, line, totals(a, p));
    sheet_text(s, (struct box){x, y, w, 5}, line, p->printed_at);
    double right = PAPER_W - PAPER_EDGE - 70;
    if (paper_is_code(s->c, p->wave, 70))
        sheet_barcode(s, (struct box){right, PAPER_EDGE, 70, 12}, ALIGN_END, CODE_128, p->wave,
                      0.33);
    y = PAPER_EDGE + 17;
    sheet_text(s, (struct box){right, y, 16, 5}, line, T("Picker"));
    if (text_empty(p->picker))
        sheet_fill(s, (struct box){right + 16, y + 4.4, 54, 0.2});
    else
        sheet_text(s, (struct box){right + 16, y, 54, 5}, line, p->picker);
    return PAPER_EDGE + 27;
}

static double put_next_head(struct sheet *s, const struct pick_list *p)
{
    struct sheet_style left = {.size_pt = 11, .least_pt = 7, .bold = true};
    sheet_text(s, (struct box){PAPER_EDGE, PAPER_EDGE, PAPER_INNER, 5.5}, left,
               text_printf(s->c->arena, "Pick list %.*s", TEXT_ARG(p->wave)));
    return PAPER_EDGE + 8;
}

/* --- rows --------------------------------------------------------------------------------------
 */

static void put_row(struct sheet *s, const struct pick_line *line, double y)
{
    struct arena *a = s->c->arena;
    sheet_frame(s, (struct box){tick.x + 0.5, y + (row_h - 6) / 2, 6, 6}, 0.4);
    struct sheet_style large = {.size_pt = 14, .least_pt = 7, .bold = true, .middle = true};
    bool code = paper_is_code(s->c, line->bin, bin.w);
    sheet_text(s, (struct box){bin.x, y + 0.8, bin.w, code ? 6.2 : row_h - 1.6}, large, line->bin);
    if (code) {
        /* The quiet zone hangs out to the left, so that bars and letters are flush. */
        sheet_barcode(s, (struct box){bin.x, y + 7.2, bin.w, row_h - 8.6}, ALIGN_START, CODE_128,
                      line->bin, 0.33);
    }
    struct sheet_style count = {
        .size_pt = 18, .least_pt = 8, .bold = true, .middle = true, .align = ALIGN_CENTRE};
    sheet_text(s, (struct box){quantity.x, y, quantity.w, row_h}, count,
               text_printf(a, "%lld", (long long)line->quantity));
    struct sheet_style strong = {.size_pt = 10, .least_pt = 7, .bold = true};
    struct sheet_style small = {.size_pt = 9, .least_pt = 7, .lines = 2};
    double used = sheet_text(s, (struct box){item.x, y + 1.4, item.w, 5}, strong, line->sku);
    sheet_text(s, (struct box){item.x, y + 1.6 + used, item.w, row_h - 2.8 - used}, small,
               line->name);
    used = sheet_text(s, (struct box){order.x, y + 1.4, order.w, 5}, strong, line->order);
    if (!text_empty(line->tote))
        sheet_text(s, (struct box){order.x, y + 1.6 + used, order.w, row_h - 2.8 - used}, small,
                   text_printf(a, "Tote %.*s", TEXT_ARG(line->tote)));
    paper_rule(s, y + row_h - 0.2, 0.2);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

enum err pick_sheet_layout(struct ctx *c, const struct pick_list *p, struct sheet *s)
{
    TRY(check_list(c, p));
    for (size_t i = 0; i < p->line_count; i++)
        if (check_line(c, &p->lines[i]) != OK) return fail_under(c, c->fault.code, "lines[%zu]", i);
    sheet_open(s, c, PAPER_W, PAPER_H);
    s->grey = true;
    double y = put_columns(s, put_first_head(s, p));
    for (size_t i = 0; s->err == OK && i < p->line_count; i++) {
        if (y + row_h > PAPER_FOOT) {
            sheet_next_page(s);
            y = put_columns(s, put_next_head(s, p));
        }
        put_row(s, &p->lines[i], y);
        y += row_h;
    }
    paper_feet(s, p->wave);
    return s->err;
}

enum err pick_sheet_render(struct ctx *c, const struct pick_list *p, enum sheet_format format,
                           int dpi, struct text *out)
{
    struct sheet s;
    TRY(pick_sheet_layout(c, p, &s));
    return sheet_render(&s, format, dpi, out);
}
