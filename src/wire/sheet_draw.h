/* wire/sheet_draw.h: what the parts of the sheet share; nobody else includes it.
 *
 * sheet.c lays out, sheet_draw.c draws with cairo, sheet_zpl.c speaks to label printers. */
#pragma once

#include "wire/sheet.h"

#include <pango/pangocairo.h>

#define MM_PER_INCH 25.4
#define PT_PER_MM (72 / MM_PER_INCH)

/* One device pixel or printer dot each. */
struct dots {
    int x, y, w, h;
};

/* A pango layout in our font; sizes are in the caller's unit. Release with g_object_unref. */
PangoLayout *sheet_pango(double size, bool bold);
void sheet_pango_size(PangoLayout *layout, double size, bool bold);

/* Dots of a box: edges rounded, so that neighbours stay neighbours; never empty. */
struct dots sheet_dots(struct box box, int dpi);
/* A barcode's bars on a grid of dots: every module is `*module` dots wide. */
struct dots sheet_code_dots(const struct sheet_item *item, int dpi, int *module);

/* One byte per dot, 1 is black: an item or (line != NULL) one of its lines, drawn alone.
   `*area` is where on the page, cropped to the ink; w is 0 when nothing is black. */
must_check enum err sheet_bitmap(const struct sheet *s, const struct sheet_item *item,
                                 const struct sheet_line *line, int dpi, struct dots *area,
                                 const uint8_t **out);

must_check enum err sheet_pdf(const struct sheet *s, struct text *out);
must_check enum err sheet_png(const struct sheet *s, int dpi, struct text *out);
must_check enum err sheet_zpl(const struct sheet *s, int dpi, struct text *out);
