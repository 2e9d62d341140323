/* wire/slip.c: heads, rows and feet of packing slips. */
#include "wire/slip.h"

#include "wire/paper.h"

enum { SHORT_MAX = 100 };

/* Columns of the table, from the left edge. */
static const double quantity_w = 14, sku_w = 40, check_w = 12;
static const double row_pad = 1.5, row_least_h = 8.5;

/* --- checks ------------------------------------------------------------------------------------
 */

static enum err check_line(struct ctx *c, const struct slip_line *line)
{
    TRY(paper_check(c, "sku", line->sku, SHORT_MAX, false));
    TRY(paper_check(c, "name", line->name, SLIP_NAME_MAX, true));
    TRY(paper_check(c, "note", line->note, SLIP_NOTE_MAX, false));
    if (line->quantity < 1)
        return fail_at(c, ERR_INVALID, "quantity_range", "quantity", "%lld, at least 1",
                       (long long)line->quantity);
    return OK;
}

static enum err check_slip(struct ctx *c, const struct packing_slip *p)
{
    TRY(paper_check(c, "merchant", p->merchant, SHORT_MAX * 2, true));
    TRY(paper_check_lines(c, "merchant_lines", p->merchant_lines, p->merchant_count,
                          SLIP_ADDRESS_MAX));
    TRY(paper_check(c, "order", p->order, SHORT_MAX, true));
    TRY(paper_check(c, "order_date", p->order_date, SHORT_MAX, false));
    TRY(paper_check_lines(c, "ship_to", p->ship_to, p->ship_to_count, SLIP_ADDRESS_MAX));
    TRY(paper_check(c, "gift_message", p->gift_message, SLIP_GIFT_MAX, false));
    TRY(paper_check(c, "tracking_url", p->tracking_url, SLIP_URL_MAX, false));
    TRY(paper_check(c, "footer", p->footer, SLIP_NAME_MAX, false));
    if (p->package < 0 || p->packages < 0 || p->package > p->packages)
        return fail_at(c, ERR_INVALID, "package_count", "package", "package %lld of %lld",
                       (long long)p->package, (long long)p->packages);
    if (p->line_count > SLIP_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many_lines", "lines", "%zu lines, at most %d",
                       p->line_count, SLIP_LINES_MAX);
    for (size_t i = 0; i < p->line_count; i++)
        if (check_line(c, &p->lines[i]) != OK) return fail_under(c, c->fault.code, "lines[%zu]", i);
    return OK;
}

/* --- heads -------------------------------------------------------------------------------------
 */

static void put_title(struct sheet *s, const struct packing_slip *p)
{
    double x = PAPER_W - PAPER_EDGE - 74, w = 74, y = PAPER_EDGE;
    struct sheet_style title = {.size_pt = 18, .bold = true, .align = ALIGN_END};
    sheet_text(s, (struct box){x, y - 1, w, 8}, title, T("Packing slip"));
    struct sheet_style line = {.size_pt = 10, .least_pt = 6, .align = ALIGN_END};
    struct sheet_style strong = {.size_pt = 12, .least_pt = 6, .bold = true, .align = ALIGN_END};
    struct arena *a = s->c->arena;
    y += 8;
    y += sheet_text(s, (struct box){x, y, w, 5.5}, strong,
                    text_printf(a, "Order %.*s", TEXT_ARG(p->order)));
    y += sheet_text(s, (struct box){x, y, w, 5}, line, p->order_date);
    if (p->packages > 0)
        y += sheet_text(
            s, (struct box){x, y, w, 5}, line,
            text_printf(a, "Package %lld of %lld", (long long)p->package, (long long)p->packages));
    if (paper_is_code(s->c, p->order, w - 4))
        sheet_barcode(s, (struct box){x + 4, y + 1.5, w - 4, 11}, ALIGN_END, CODE_128, p->order,
                      0.33);
}

/* Returns where the table may begin. */
static double put_first_head(struct sheet *s, const struct packing_slip *p)
{
    double x = PAPER_EDGE, w = 100, y = PAPER_EDGE;
    struct sheet_style name = {
        .size_pt = 20, .least_pt = 11, .wrap_pt = 14, .lines = 2, .bold = true};
    struct sheet_style small = {
        .size_pt = 9, .least_pt = 6, .wrap_pt = 7, .lines = 2 * SLIP_ADDRESS_MAX, .address = true};
    y += sheet_text(s, (struct box){x, y - 1.5, w, 14}, name, p->merchant) - 1;
    sheet_text(s, (struct box){x, y, w, PAPER_EDGE + 39 - y}, small,
               paper_lines(s->c->arena, p->merchant_lines, p->merchant_count));
    put_title(s, p);
    y = PAPER_EDGE + 41;
    paper_rule(s, y, 0.5);
    y += 3;
    struct sheet_style word = {.size_pt = 8, .bold = true};
    struct sheet_style address = {
        .size_pt = 12, .least_pt = 7, .wrap_pt = 9, .lines = 2 * SLIP_ADDRESS_MAX, .address = true};
    sheet_text(s, (struct box){x, y, 60, 4}, word, T("SHIP TO"));
    sheet_text(s, (struct box){x, y + 4.5, 112, 32}, address,
               paper_lines(s->c->arena, p->ship_to, p->ship_to_count));
    if (!text_empty(p->tracking_url)) {
        double side = 32, left = PAPER_W - PAPER_EDGE - side;
        enum err before = s->err;
        sheet_barcode(s, (struct box){left, y - 1, side, side}, ALIGN_END, CODE_QR, p->tracking_url,
                      0.9);
        if (before == OK && s->err != OK) fail_under(s->c, s->err, "tracking_url");
        word.align = ALIGN_END;
        sheet_text(s, (struct box){left - 6, y + side - 0.5, side + 6, 4}, word,
                   T("Track your parcel"));
    }
    return y + 39;
}

static double put_next_head(struct sheet *s, const struct packing_slip *p)
{
    double y = PAPER_EDGE;
    struct sheet_style left = {.size_pt = 11, .least_pt = 7, .bold = true};
    struct sheet_style right = {.size_pt = 11, .least_pt = 7, .align = ALIGN_END};
    sheet_text(s, (struct box){PAPER_EDGE, y, 88, 5.5}, left, p->merchant);
    sheet_text(s, (struct box){PAPER_EDGE + 90, y, PAPER_INNER - 90, 5.5}, right,
               text_printf(s->c->arena, "Packing slip, order %.*s", TEXT_ARG(p->order)));
    return y + 8;
}

static double put_columns(struct sheet *s, double y)
{
    struct box band = {PAPER_EDGE, y, PAPER_INNER, 6.5};
    sheet_fill(s, band);
    struct sheet_style word = {.size_pt = 9, .bold = true, .reversed = true, .middle = true};
    double x = PAPER_EDGE;
    word.align = ALIGN_CENTRE;
    sheet_text(s, (struct box){x, y, quantity_w, band.h}, word, T("Qty"));
    word.align = ALIGN_START;
    x += quantity_w + 2;
    sheet_text(s, (struct box){x, y, sku_w - 2, band.h}, word, T("SKU"));
    x += sku_w;
    sheet_text(s, (struct box){x, y, 60, band.h}, word, T("Item"));
    return y + band.h;
}

/* --- rows --------------------------------------------------------------------------------------
 */

struct row {
    struct box quantity, sku, name, note;
    double h;
};

static const struct sheet_style quantity_style = {
    .size_pt = 12, .least_pt = 6, .bold = true, .align = ALIGN_CENTRE};
static const struct sheet_style sku_style = {.size_pt = 9, .least_pt = 7, .wrap_pt = 8, .lines = 3};
static const struct sheet_style name_style = {
    .size_pt = 10.5, .least_pt = 8, .wrap_pt = 10.5, .lines = 3, .bold = false};
static const struct sheet_style note_style = {.size_pt = 8.5, .least_pt = 7, .lines = 8};

static struct row measure(struct sheet *s, const struct slip_line *line)
{
    double x = PAPER_EDGE, wide = PAPER_INNER - quantity_w - 2 - sku_w - check_w - 2;
    struct row row = {.quantity = {x, row_pad, quantity_w, 6},
                      .sku = {x + quantity_w + 2, row_pad + 0.5, sku_w - 2, 14},
                      .name = {x + quantity_w + 2 + sku_w, row_pad, wide, 15}};
    double sku = 0.5 + sheet_text_height(s, row.sku, sku_style, line->sku);
    double name = sheet_text_height(s, row.name, name_style, line->name);
    row.note = (struct box){row.name.x + 3, row_pad + name + 0.4, wide - 3, 32};
    double note = sheet_text_height(s, row.note, note_style, line->note);
    double right = name + (note > 0 ? note + 0.4 : 0);
    row.h = 2 * row_pad + (sku > right ? sku : right);
    if (row.h < row_least_h) row.h = row_least_h;
    return row;
}

static struct box down(struct box box, double y)
{
    box.y += y;
    return box;
}

static void put_row(struct sheet *s, const struct slip_line *line, const struct row *row, double y)
{
    sheet_text(s, down(row->quantity, y), quantity_style,
               text_printf(s->c->arena, "%lld", (long long)line->quantity));
    sheet_text(s, down(row->sku, y), sku_style, line->sku);
    sheet_text(s, down(row->name, y), name_style, line->name);
    struct box note = down(row->note, y);
    if (sheet_text(s, note, note_style, line->note) > 0)
        sheet_fill(s, (struct box){note.x - 2, note.y + 0.4, 0.4, row->h - note.y + y - row_pad});
    sheet_frame(s, (struct box){PAPER_W - PAPER_EDGE - check_w + 4, y + row_pad + 0.4, 4.5, 4.5},
                0.3);
    paper_rule(s, y + row->h - 0.15, 0.15);
}

static void put_gift(struct sheet *s, const struct packing_slip *p, double y)
{
    if (text_empty(p->gift_message)) return;
    struct sheet_style style = {
        .size_pt = 13, .least_pt = 8, .wrap_pt = 13, .lines = 40, .align = ALIGN_CENTRE};
    struct box room = {PAPER_EDGE + 14, 0, PAPER_INNER - 28, 90};
    double h = sheet_text_height(s, room, style, p->gift_message);
    if (y + h + 20 > PAPER_FOOT) {
        sheet_next_page(s);
        y = put_next_head(s, p);
    }
    sheet_frame(s, (struct box){PAPER_EDGE + 8, y + 5, PAPER_INNER - 16, h + 15}, 0.4);
    struct sheet_style word = {.size_pt = 8, .bold = true, .align = ALIGN_CENTRE};
    sheet_text(s, (struct box){room.x, y + 8, room.w, 4}, word, T("A MESSAGE FOR YOU"));
    sheet_text(s, down(room, y + 13.5), style, p->gift_message);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

enum err slip_layout(struct ctx *c, const struct packing_slip *p, struct sheet *s)
{
    TRY(check_slip(c, p));
    sheet_open(s, c, PAPER_W, PAPER_H);
    s->grey = true;
    double y = put_columns(s, put_first_head(s, p));
    for (size_t i = 0; s->err == OK && i < p->line_count; i++) {
        struct row row = measure(s, &p->lines[i]);
        if (y + row.h > PAPER_FOOT) {
            sheet_next_page(s);
            y = put_columns(s, put_next_head(s, p));
        }
        put_row(s, &p->lines[i], &row, y);
        y += row.h;
    }
    put_gift(s, p, y);
    paper_feet(s, p->footer);
    return s->err;
}

enum err slip_render(struct ctx *c, const struct packing_slip *p, enum sheet_format format, int dpi,
                     struct text *out)
{
    struct sheet s;
    TRY(slip_layout(c, p, &s));
    return sheet_render(&s, format, dpi, out);
}
