/* wire/sheet_draw.c: cairo draws the sheet, as vectors for PDF and as dots for PNG and bitmaps.
 *
 * Dots are drawn as coverage (an A8 surface: 255 is black) and cut at one half, because a thermal
 * head knows no grey. Boxes and bars are rounded to whole dots first, so they stay sharp. */
#include "wire/sheet_draw.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

struct canvas {
    cairo_t *cr;
    double unit;   /* device units in a mm */
    int dpi;       /* 0: vectors */
    int left, top; /* the dot that is the surface's origin */
};

PangoLayout *sheet_pango(double size, bool bold)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    /* Unhinted metrics, so that lines break alike at every resolution. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    PangoLayout *layout = pango_layout_new(context);
    g_object_unref(context);
    sheet_pango_size(layout, size, bold);
    return layout;
}

void sheet_pango_size(PangoLayout *layout, double size, bool bold)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, "Noto Sans,Liberation Sans,DejaVu Sans,sans-serif");
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static int dot_at(double mm, int dpi) { return (int)lround(mm * dpi / MM_PER_INCH); }

struct dots sheet_dots(struct box box, int dpi)
{
    struct dots d = {.x = dot_at(box.x, dpi), .y = dot_at(box.y, dpi)};
    /* A thin line keeps its own thickness wherever it falls; a wide box keeps its edges. */
    d.w = box.w < 1 ? dot_at(box.w, dpi) : dot_at(box.x + box.w, dpi) - d.x;
    d.h = box.h < 1 ? dot_at(box.h, dpi) : dot_at(box.y + box.h, dpi) - d.y;
    if (d.w < 1) d.w = 1;
    if (d.h < 1) d.h = 1;
    return d;
}

struct dots sheet_code_dots(const struct sheet_item *item, int dpi, int *module)
{
    const struct barcode *code = &item->code;
    struct dots room = sheet_dots(item->room, dpi);
    int across = code->columns + 2 * code->quiet, down = code->rows + 2 * code->quiet;
    int size = dot_at(item->module_mm, dpi);
    while (size > 1 && (size * across > room.w || (!code->linear && size * down > room.h))) size--;
    if (size < 1) size = 1;
    *module = size;
    struct dots d = {.w = size * code->columns, .h = code->linear ? room.h : size * code->rows};
    int spare = room.w - d.w;
    d.x = room.x + (item->align == ALIGN_CENTRE ? spare / 2 : item->align == ALIGN_END ? spare : 0);
    d.y = room.y + (room.h - d.h) / 2;
    return d;
}

/* --- items -------------------------------------------------------------------------------------
 */

static void set_ink(const struct canvas *v, bool reversed)
{
    if (v->dpi) {
        cairo_set_operator(v->cr, reversed ? CAIRO_OPERATOR_DEST_OUT : CAIRO_OPERATOR_OVER);
        cairo_set_source_rgba(v->cr, 0, 0, 0, 1);
    } else {
        double shade = reversed ? 1 : 0;
        cairo_set_source_rgb(v->cr, shade, shade, shade);
    }
}

/* A rectangle of the path, on whole dots where there are dots. */
static void add_box(const struct canvas *v, struct box box)
{
    if (v->dpi) {
        struct dots d = sheet_dots(box, v->dpi);
        cairo_rectangle(v->cr, d.x - v->left, d.y - v->top, d.w, d.h);
    } else {
        cairo_rectangle(v->cr, box.x * v->unit, box.y * v->unit, box.w * v->unit, box.h * v->unit);
    }
}

static void draw_frame(const struct canvas *v, struct box b, double stroke)
{
    add_box(v, (struct box){b.x, b.y, b.w, stroke});
    add_box(v, (struct box){b.x, b.y + b.h - stroke, b.w, stroke});
    add_box(v, (struct box){b.x, b.y, stroke, b.h});
    add_box(v, (struct box){b.x + b.w - stroke, b.y, stroke, b.h});
    cairo_fill(v->cr);
}

static void draw_shape(const struct canvas *v, const struct sheet_item *item)
{
    for (size_t i = 0; i < item->point_count; i++)
        cairo_line_to(v->cr, (item->box.x + item->points[i].x * item->box.w) * v->unit - v->left,
                      (item->box.y + item->points[i].y * item->box.h) * v->unit - v->top);
    cairo_close_path(v->cr);
    cairo_fill(v->cr);
}

static void draw_line(const struct canvas *v, const struct sheet_item *item,
                      const struct sheet_line *line)
{
    PangoLayout *layout = sheet_pango(item->size_pt / PT_PER_MM * v->unit, item->bold);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_context_set_base_dir(pango_layout_get_context(layout),
                               line->right_to_left ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_layout_set_text(layout, line->text.at, (int)line->text.len);
    cairo_move_to(v->cr, line->x_mm * v->unit - v->left, line->baseline_mm * v->unit - v->top);
    pango_cairo_show_layout_line(v->cr, pango_layout_get_line_readonly(layout, 0));
    cairo_new_path(v->cr);
    g_object_unref(layout);
}

/* Runs of dark modules become one rectangle: no hair lines between neighbours. */
static void draw_code(const struct canvas *v, const struct sheet_item *item)
{
    const struct barcode *code = &item->code;
    double x0, y0, wide, high;
    if (v->dpi) {
        int module;
        struct dots d = sheet_code_dots(item, v->dpi, &module);
        x0 = d.x - v->left;
        y0 = d.y - v->top;
        wide = module;
        high = code->linear ? d.h : module;
    } else {
        wide = item->module_mm * v->unit;
        high = code->linear ? item->box.h * v->unit : wide;
        x0 = item->box.x * v->unit + code->quiet * wide;
        y0 = item->box.y * v->unit + (code->linear ? 0 : code->quiet * wide);
    }
    for (int row = 0; row < code->rows; row++) {
        const uint8_t *dark = code->modules + (size_t)row * (size_t)code->columns;
        for (int from = 0, to; from < code->columns; from = to) {
            for (to = from + 1; to < code->columns && dark[to] == dark[from];) to++;
            if (dark[from])
                cairo_rectangle(v->cr, x0 + from * wide, y0 + row * high, (to - from) * wide, high);
        }
    }
    cairo_fill(v->cr);
}

static void draw(const struct canvas *v, const struct sheet_item *item,
                 const struct sheet_line *only)
{
    set_ink(v, item->reversed);
    switch (item->kind) {
    case SHEET_FILL:
        add_box(v, item->box);
        cairo_fill(v->cr);
        break;
    case SHEET_FRAME: draw_frame(v, item->box, item->stroke_mm); break;
    case SHEET_SHAPE: draw_shape(v, item); break;
    case SHEET_BARCODE: draw_code(v, item); break;
    case SHEET_TEXT:
        for (size_t i = 0; i < item->lines.count; i++)
            if (!only || only == &item->lines.at[i]) draw_line(v, item, &item->lines.at[i]);
        break;
    }
}

static void draw_page(const struct canvas *v, const struct sheet *s, size_t page)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].page == page) draw(v, &s->items[i], NULL);
}

/* --- files -------------------------------------------------------------------------------------
 */

static cairo_status_t write_to_buf(void *arg, const unsigned char *bytes, unsigned int length)
{
    buf_put(arg, (struct text){(const char *)bytes, length});
    return CAIRO_STATUS_SUCCESS;
}

static enum err drawn(const struct sheet *s, cairo_status_t status)
{
    if (status == CAIRO_STATUS_SUCCESS) return OK;
    return fail(s->c, ERR_BUG, "drawing", "cairo: %s", cairo_status_to_string(status));
}

enum err sheet_pdf(const struct sheet *s, struct text *out)
{
    struct buf b = buf_new(s->c->arena);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        write_to_buf, &b, s->width_mm * PT_PER_MM, s->height_mm * PT_PER_MM);
    /* The same sheet is the same file: no clock in it. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    struct canvas v = {.cr = cairo_create(surface), .unit = PT_PER_MM};
    for (size_t page = 0; page < s->pages; page++) {
        draw_page(&v, s, page);
        cairo_show_page(v.cr);
    }
    cairo_status_t status = cairo_status(v.cr);
    cairo_destroy(v.cr);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    TRY(drawn(s, status));
    *out = buf_text(&b);
    return OK;
}

/* Coverage to paper, in place: white is 255, and without `grey` there is only black besides. */
static void to_paper(cairo_surface_t *coverage, bool grey)
{
    int w = cairo_image_surface_get_width(coverage), h = cairo_image_surface_get_height(coverage);
    int stride = cairo_image_surface_get_stride(coverage);
    cairo_surface_flush(coverage);
    for (int y = 0; y < h; y++) {
        unsigned char *at = cairo_image_surface_get_data(coverage) + y * stride;
        for (int x = 0; x < w; x++)
            at[x] = grey ? (unsigned char)(255 - at[x]) : at[x] < 128 ? 255 : 0;
    }
    cairo_surface_mark_dirty(coverage);
}

static uint32_t crc32_of(const unsigned char *at, size_t len)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < len; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static void put_be32(unsigned char *to, uint32_t n)
{
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(n >> (24 - 8 * i));
}

/* cairo does not say how large the picture is on paper; printers ask (chunk pHYs, PNG 11.3.5.3). */
static struct text with_resolution(struct arena *a, struct text png, int dpi)
{
    enum { HEAD = 33 }; /* signature and IHDR */
    unsigned char chunk[21] = {0, 0, 0, 9, 'p', 'H', 'Y', 's'};
    uint32_t per_metre = (uint32_t)lround(dpi * 1000 / MM_PER_INCH);
    put_be32(chunk + 8, per_metre);
    put_be32(chunk + 12, per_metre);
    chunk[16] = 1;
    put_be32(chunk + 17, crc32_of(chunk + 4, 13));
    struct buf b = buf_new(a);
    buf_put(&b, text_head(png, HEAD));
    buf_put(&b, (struct text){(const char *)chunk, sizeof chunk});
    buf_put(&b, text_skip(png, HEAD));
    return buf_text(&b);
}

enum err sheet_png(const struct sheet *s, int dpi, struct text *out)
{
    struct buf b = buf_new(s->c->arena);
    cairo_surface_t *coverage = cairo_image_surface_create(
        CAIRO_FORMAT_A8, dot_at(s->width_mm, dpi), dot_at(s->height_mm, dpi));
    struct canvas v = {.cr = cairo_create(coverage), .unit = dpi / MM_PER_INCH, .dpi = dpi};
    draw_page(&v, s, 0);
    cairo_status_t status = cairo_status(v.cr);
    cairo_destroy(v.cr);
    if (status == CAIRO_STATUS_SUCCESS) {
        to_paper(coverage, s->grey);
        status = cairo_surface_write_to_png_stream(coverage, write_to_buf, &b);
    }
    cairo_surface_destroy(coverage);
    TRY(drawn(s, status));
    *out = with_resolution(s->c->arena, buf_text(&b), dpi);
    return OK;
}

/* --- bitmaps for label printers ----------------------------------------------------------------
 */

/* Where the item may leave ink: marks and swashes reach out of a line's box. */
static struct dots reach_of(const struct sheet *s, const struct sheet_item *item,
                            const struct sheet_line *line, int dpi)
{
    struct box box = item->box;
    if (line) {
        double em = item->size_pt / PT_PER_MM;
        box = (struct box){line->x_mm - em, line->baseline_mm - 1.6 * em, line->width_mm + 2 * em,
                           2.6 * em};
    }
    struct dots d = sheet_dots(box, dpi);
    int right = dot_at(s->width_mm, dpi), bottom = dot_at(s->height_mm, dpi);
    if (d.x < 0) {
        d.w += d.x;
        d.x = 0;
    }
    if (d.y < 0) {
        d.h += d.y;
        d.y = 0;
    }
    if (d.x + d.w > right) d.w = right - d.x;
    if (d.y + d.h > bottom) d.h = bottom - d.y;
    return d;
}

/* Black dots out of `coverage`, cropped to those that there are. */
static const uint8_t *crop(struct arena *a, cairo_surface_t *coverage, struct dots *area)
{
    cairo_surface_flush(coverage);
    const unsigned char *at = cairo_image_surface_get_data(coverage);
    int stride = cairo_image_surface_get_stride(coverage);
    int left = area->w, right = -1, top = area->h, bottom = -1;
    for (int y = 0; y < area->h; y++)
        for (int x = 0; x < area->w; x++)
            if (at[y * stride + x] >= 128) {
                if (x < left) left = x;
                if (x > right) right = x;
                if (y < top) top = y;
                if (y > bottom) bottom = y;
            }
    if (right < 0) {
        area->w = area->h = 0;
        return NULL;
    }
    struct dots d = {area->x + left, area->y + top, right - left + 1, bottom - top + 1};
    uint8_t *out = arena_new(a, uint8_t, (size_t)d.w * (size_t)d.h);
    for (int y = 0; y < d.h; y++)
        for (int x = 0; x < d.w; x++) out[y * d.w + x] = at[(y + top) * stride + x + left] >= 128;
    *area = d;
    return out;
}

enum err sheet_bitmap(const struct sheet *s, const struct sheet_item *item,
                      const struct sheet_line *line, int dpi, struct dots *area,
                      const uint8_t **out)
{
    *area = reach_of(s, item, line, dpi);
    *out = NULL;
    if (area->w <= 0 || area->h <= 0) {
        area->w = 0;
        return OK;
    }
    cairo_surface_t *coverage = cairo_image_surface_create(CAIRO_FORMAT_A8, area->w, area->h);
    struct canvas v = {.cr = cairo_create(coverage),
                       .unit = dpi / MM_PER_INCH,
                       .dpi = dpi,
                       .left = area->x,
                       .top = area->y};
    struct sheet_item black = *item;
    black.reversed = false;
    draw(&v, &black, line);
    cairo_status_t status = cairo_status(v.cr);
    cairo_destroy(v.cr);
    if (status == CAIRO_STATUS_SUCCESS) *out = crop(s->c->arena, coverage, area);
    cairo_surface_destroy(coverage);
    return drawn(s, status);
}
