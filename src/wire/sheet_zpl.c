/* wire/sheet_zpl.c: the sheet in ZPL II.
 *
 * Latin text goes out as the printer's font 0, one field a line: our layout has already broken the
 * lines, and ^FB would print surplus lines over the last one. Font 0 is narrower than the font we
 * measure with, so what fits here fits there. Whatever a printer or an emulator might read
 * otherwise than we mean it (other scripts, unusual characters in barcodes) is sent as dots. */
#include "wire/sheet_draw.h"

#include <math.h>
#include <string.h>

/* Top of font 0's cell to its baseline, in cell heights. */
static const double font0_ascent = 0.78;

void zpl_escape(struct buf *b, struct text t)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < t.len; i++) {
        unsigned char byte = (unsigned char)t.at[i];
        if (byte < 0x20 || byte >= 0x7F || strchr("^~_", byte)) {
            buf_putc(b, '_');
            buf_putc(b, hex[byte >> 4]);
            buf_putc(b, hex[byte & 15]);
        } else {
            buf_putc(b, (char)byte);
        }
    }
}

static void put_bitmap(struct buf *b, struct dots area, const uint8_t *dots, bool reversed)
{
    static const char hex[] = "0123456789ABCDEF";
    if (!dots) return;
    int row_bytes = (area.w + 7) / 8, total = row_bytes * area.h;
    buf_printf(b, "^FO%d,%d%s^GFA,%d,%d,%d,", area.x, area.y, reversed ? "^FR" : "", total, total,
               row_bytes);
    for (int y = 0; y < area.h; y++)
        for (int x = 0; x < row_bytes * 8; x += 4) {
            unsigned nibble = 0;
            for (int bit = 0; bit < 4; bit++)
                nibble = nibble << 1 | (x + bit < area.w ? dots[y * area.w + x + bit] : 0u);
            buf_putc(b, hex[nibble]);
        }
    buf_puts(b, "^FS\n");
}

static enum err put_drawn(struct buf *b, const struct sheet *s, const struct sheet_item *item,
                          const struct sheet_line *line, int dpi)
{
    struct dots area;
    const uint8_t *dots;
    TRY(sheet_bitmap(s, item, line, dpi, &area, &dots));
    put_bitmap(b, area, dots, item->reversed);
    return OK;
}

/* --- text --------------------------------------------------------------------------------------
 */

static enum err put_line(struct buf *b, const struct sheet *s, const struct sheet_item *item,
                         const struct sheet_line *line, int dpi)
{
    /* ^FB, which aligns, gives the backslash a meaning. */
    bool block = item->align != ALIGN_START;
    if (!line->latin || (block && memchr(line->text.at, '\\', line->text.len)))
        return put_drawn(b, s, item, line, dpi);
    double unit = dpi / MM_PER_INCH;
    int high = (int)lround(item->size_pt / PT_PER_MM * unit);
    int top = (int)lround(line->baseline_mm * unit - font0_ascent * high);
    struct dots room = sheet_dots(item->room, dpi);
    int left = block ? room.x : (int)lround(line->x_mm * unit);
    buf_printf(b, "^FO%d,%d%s^A0N,%d,%d", left, top < 0 ? 0 : top, item->reversed ? "^FR" : "",
               high, high);
    if (block) buf_printf(b, "^FB%d,1,0,%c", room.w, item->align == ALIGN_CENTRE ? 'C' : 'R');
    buf_puts(b, "^FH_^FD");
    zpl_escape(b, line->text);
    buf_puts(b, "^FS\n");
    return OK;
}

/* --- boxes -------------------------------------------------------------------------------------
 */

static void put_fill(struct buf *b, struct dots d)
{
    buf_printf(b, "^FO%d,%d^GB%d,%d,%d^FS\n", d.x, d.y, d.w, d.h, d.w < d.h ? d.w : d.h);
}

static void put_frame(struct buf *b, const struct sheet_item *item, int dpi)
{
    struct dots d = sheet_dots(item->box, dpi);
    int stroke = (int)lround(item->stroke_mm * dpi / MM_PER_INCH);
    buf_printf(b, "^FO%d,%d^GB%d,%d,%d^FS\n", d.x, d.y, d.w, d.h, stroke > 1 ? stroke : 1);
}

/* --- barcodes ----------------------------------------------------------------------------------
 */

/* Characters that no printer and no emulator takes for anything else. */
static bool plain(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char byte = (unsigned char)t.at[i];
        if (byte < 0x20 || byte > 0x7E || strchr("^~_>\\", byte)) return false;
    }
    return true;
}

static size_t digits_at(struct text t, size_t at)
{
    size_t n = 0;
    while (at + n < t.len && t.at[at + n] >= '0' && t.at[at + n] <= '9') n++;
    return n;
}

/* Element strings with explicit starts and shifts of Code 128, which all printers understand:
   ">;" and ">:" start in C and B, ">5" and ">6" change to C and B, ">8" is FNC1. A change to C
   pays for itself from four digits. */
static void put_gs1(struct buf *b, struct arena *a, struct text content)
{
    struct buf flat = buf_new(a); /* FNC1 between elements is a line feed here */
    struct text rest = content, identifier, value;
    while (barcode_gs1_next(&rest, &identifier, &value)) {
        buf_put(&flat, identifier);
        buf_put(&flat, value);
        if (rest.len && !barcode_gs1_fixed(identifier)) buf_putc(&flat, '\n');
    }
    struct text t = buf_text(&flat);
    bool pairs = digits_at(t, 0) >= 4;
    buf_puts(b, pairs ? ">;>8" : ">:>8");
    for (size_t at = 0; at < t.len;) {
        size_t digits = digits_at(t, at);
        if (t.at[at] == '\n') {
            buf_puts(b, ">8");
            at++;
        } else if (pairs && digits >= 2) {
            buf_put(b, text_head(text_skip(t, at), 2));
            at += 2;
        } else if (pairs) {
            buf_puts(b, ">6");
            pairs = false;
        } else if (digits >= 4 && digits % 2 == 0) {
            buf_puts(b, ">5");
            pairs = true;
        } else {
            buf_putc(b, t.at[at++]);
        }
    }
}

static enum err put_code(struct buf *b, const struct sheet *s, const struct sheet_item *item,
                         int dpi)
{
    const struct barcode *code = &item->code;
    int module;
    struct dots d = sheet_code_dots(item, dpi, &module);
    /* ^BY knows modules of 1 to 10 dots, ^BQ as well. */
    if (!plain(code->content) || module > 10) return put_drawn(b, s, item, NULL, dpi);
    switch (code->kind) {
    case CODE_128:
        buf_printf(b, "^FO%d,%d^BY%d,2,%d^BCN,%d,N,N,N,A^FH_^FD", d.x, d.y, module, d.h, d.h);
        zpl_escape(b, code->content);
        break;
    case CODE_GS1_128:
        buf_printf(b, "^FO%d,%d^BY%d,2,%d^BCN,%d,N,N,N,N^FD", d.x, d.y, module, d.h, d.h);
        put_gs1(b, s->c->arena, code->content);
        break;
    case CODE_QR:
        buf_printf(b, "^FO%d,%d^BQN,2,%d^FH_^FDMA,", d.x, d.y, module);
        zpl_escape(b, code->content);
        break;
    case CODE_DATAMATRIX:
        buf_printf(b, "^FO%d,%d^BXN,%d,200^FH_^FD", d.x, d.y, module);
        zpl_escape(b, code->content);
        break;
    case CODE_KINDS: break;
    }
    buf_puts(b, "^FS\n");
    return OK;
}

static enum err put_item(struct buf *b, const struct sheet *s, const struct sheet_item *item,
                         int dpi)
{
    switch (item->kind) {
    case SHEET_FILL: put_fill(b, sheet_dots(item->box, dpi)); return OK;
    case SHEET_FRAME: put_frame(b, item, dpi); return OK;
    case SHEET_SHAPE: return put_drawn(b, s, item, NULL, dpi);
    case SHEET_BARCODE: return put_code(b, s, item, dpi);
    case SHEET_TEXT:
        for (size_t i = 0; i < item->lines.count; i++)
            TRY(put_line(b, s, item, &item->lines.at[i], dpi));
        return OK;
    }
    return OK;
}

enum err sheet_zpl(const struct sheet *s, int dpi, struct text *out)
{
    struct buf b = buf_new(s->c->arena);
    int wide = (int)lround(s->width_mm * dpi / MM_PER_INCH);
    int high = (int)lround(s->height_mm * dpi / MM_PER_INCH);
    for (size_t page = 0; page < s->pages; page++) {
        buf_printf(&b, "^XA^CI28^PW%d^LL%d^LH0,0^PON^MNY^PR4^MD0\n", wide, high);
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].page == page) TRY(put_item(&b, s, &s->items[i], dpi));
        buf_puts(&b, "^PQ1,0,0,Y^XZ\n");
    }
    *out = buf_text(&b);
    return OK;
}
