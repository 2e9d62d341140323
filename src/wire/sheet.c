/* wire/sheet.c: the layout. Texts are fitted here, once, so that all back-ends break lines alike.
 *
 * Line heights are our own numbers, not the font's, so that positions do not move with the fonts
 * that are installed. */
#include "wire/sheet.h"

#include "wire/sheet_draw.h"

#include <string.h>

/* In em: from the top of a line to its baseline, and to the next line. */
static const double ascent_em = 0.97, pitch_em = 1.22;
/* Scripts with marks above and below: Arabic, Hebrew, the Indic scripts, Thai, ... */
static const double tall_ascent_em = 1.1, tall_pitch_em = 1.55;
static const double size_step_pt = 0.5;
/* Two dots of a 203 dpi printer, and what a camera reads from paper. */
static const double linear_module_least_mm = 0.249, square_module_least_mm = 0.3;

void sheet_open(struct sheet *s, struct ctx *c, double width_mm, double height_mm)
{
    *s = (struct sheet){.c = c, .width_mm = width_mm, .height_mm = height_mm, .pages = 1};
}

void sheet_next_page(struct sheet *s)
{
    if (s->err != OK) return;
    if (s->pages == SHEET_PAGES_MAX)
        s->err = fail(s->c, ERR_TOO_LARGE, "sheet_pages", "more than %d pages", SHEET_PAGES_MAX);
    else
        s->page = s->pages++;
}

void sheet_turn_to(struct sheet *s, size_t page)
{
    assert(page < s->pages);
    s->page = page;
}

static struct sheet_item *push(struct sheet *s, enum sheet_kind kind, struct box room)
{
    struct sheet_item *item = arena_push(s->c->arena, s->items, s->count, s->capacity);
    *item = (struct sheet_item){.kind = kind, .page = s->page, .room = room, .box = room};
    return item;
}

void sheet_fill(struct sheet *s, struct box box)
{
    if (s->err == OK) push(s, SHEET_FILL, box);
}

void sheet_frame(struct sheet *s, struct box box, double stroke_mm)
{
    if (s->err == OK) push(s, SHEET_FRAME, box)->stroke_mm = stroke_mm;
}

void sheet_shape(struct sheet *s, struct box box, const struct sheet_point *points, size_t count)
{
    if (s->err != OK) return;
    struct sheet_item *item = push(s, SHEET_SHAPE, box);
    item->points = points;
    item->point_count = count;
}

/* --- barcodes ----------------------------------------------------------------------------------
 */

static enum err place_code(struct sheet *s, struct box room, enum sheet_align align,
                           const struct barcode *code, double module_mm)
{
    int across = code->columns + 2 * code->quiet, down = code->rows + 2 * code->quiet;
    double module = module_mm;
    if (module * across > room.w) module = room.w / across;
    if (!code->linear && module * down > room.h) module = room.h / down;
    double least = code->linear ? linear_module_least_mm : square_module_least_mm;
    if (module < least) {
        fail(s->c, ERR_INVALID, "barcode_no_room",
             "\"%.*s\" as a barcode needs %.0f mm, there are %.0f mm",
             TEXT_ARG(text_head(code->content, 60)), least * across, room.w);
        return hint(s->c, "give a shorter code");
    }
    double w = module * across, h = code->linear ? room.h : module * down;
    double hang = module * code->quiet, x = room.x + (room.w - w) / 2;
    if (align == ALIGN_START) x = room.x - hang;
    if (align == ALIGN_END) x = room.x + room.w - w + hang;
    struct sheet_item *item = push(s, SHEET_BARCODE, room);
    item->box = (struct box){x, room.y + (room.h - h) / 2, w, h};
    item->align = align;
    item->module_mm = module;
    item->code = *code;
    return OK;
}

void sheet_barcode(struct sheet *s, struct box room, enum sheet_align align, enum barcode_kind kind,
                   struct text content, double module_mm)
{
    struct barcode code;
    if (s->err == OK) s->err = barcode_encode(s->c, kind, content, &code);
    if (s->err == OK) s->err = place_code(s, room, align, &code, module_mm);
}

void sheet_sscc(struct sheet *s, struct box room, struct text sscc, double module_mm)
{
    struct barcode code;
    if (s->err == OK) s->err = barcode_sscc(s->c, sscc, &code);
    if (s->err == OK) s->err = place_code(s, room, ALIGN_CENTRE, &code, module_mm);
}

/* --- characters --------------------------------------------------------------------------------
 */

static size_t utf8_bytes(const char *at) { return (size_t)(g_utf8_find_next_char(at, NULL) - at); }

static uint32_t next_char(const char **at, const char *end)
{
    const char *now = *at;
    *at = now + utf8_bytes(now);
    if (*at > end) *at = end;
    return g_utf8_get_char(now);
}

/* Zebra's font 0 and its imitations have these; others are sent as bitmaps. */
static bool is_printer_char(uint32_t u)
{
    static const uint16_t more[] = {0x2013, 0x2014, 0x2018, 0x2019, 0x201C,
                                    0x201D, 0x2022, 0x2026, 0x20AC};
    if ((u >= 0x20 && u < 0x7F) || (u >= 0xA0 && u < 0x180)) return u != 0xAD;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (u == more[i]) return true;
    return false;
}

static bool is_tall_char(uint32_t u)
{
    return (u >= 0x590 && u < 0x1100) || (u >= 0x1200 && u < 0x1E00) || (u >= 0xFB1D && u < 0xFE00);
}

/* Would show nothing, or lie about the order of what is shown. */
static bool is_invisible(uint32_t u)
{
    return (u >= 0x202A && u <= 0x202E) || (u >= 0x2066 && u <= 0x2069) || u == 0xFEFF;
}

static bool is_control(uint32_t u)
{
    return u < 0x20 || (u >= 0x7F && u < 0xA0) || u == 0x2028 || u == 0x2029;
}

static bool is_pictograph(uint32_t u)
{
    return (u >= 0x1F000 && u < 0x1FB00) || (u >= 0x2600 && u < 0x27C0) || u == 0xFE0F ||
           u == 0x200D;
}

static bool all_of(struct text t, bool (*is)(uint32_t))
{
    for (const char *at = t.at, *end = at + t.len; at < end;)
        if (!is(next_char(&at, end))) return false;
    return true;
}

static bool any_of(struct text t, bool (*is)(uint32_t))
{
    for (const char *at = t.at, *end = at + t.len; at < end;)
        if (is(next_char(&at, end))) return true;
    return false;
}

static enum err clean(struct ctx *c, struct text t, bool many_lines, struct text *out)
{
    if (t.len > SHEET_TEXT_MAX)
        return fail(c, ERR_TOO_LARGE, "text_too_long", "a text of %zu bytes, at most %d", t.len,
                    SHEET_TEXT_MAX);
    if (!text_is_utf8(t)) return fail(c, ERR_INVALID, "text_not_utf8", "a text is not UTF-8");
    struct buf b = buf_new(c->arena);
    for (const char *at = t.at, *end = at + t.len; at < end;) {
        const char *from = at;
        uint32_t u = next_char(&at, end);
        if (is_invisible(u)) continue;
        if (u == '\n' && many_lines)
            buf_putc(&b, '\n');
        else if (is_control(u))
            buf_putc(&b, ' ');
        else
            buf_put(&b, (struct text){from, (size_t)(at - from)});
    }
    *out = text_trim(buf_text(&b));
    return OK;
}

/* --- fitting -----------------------------------------------------------------------------------
 */

struct fitted {
    struct sheet_line *lines;
    size_t count, capacity;
    double size_pt, height_mm;
    bool wrapped, cut;
};

static double line_ascent(struct text t, double size_pt)
{
    return (any_of(t, is_tall_char) ? tall_ascent_em : ascent_em) * size_pt / PT_PER_MM;
}

static double line_pitch(struct text t, double size_pt)
{
    return (any_of(t, is_tall_char) ? tall_pitch_em : pitch_em) * size_pt / PT_PER_MM;
}

static double text_width_mm(PangoLayout *layout, struct text t)
{
    PangoRectangle logical;
    pango_layout_set_width(layout, -1);
    pango_layout_set_text(layout, t.len ? t.at : "", (int)t.len);
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), NULL, &logical);
    return (double)logical.width / PANGO_SCALE / PT_PER_MM;
}

/* Break `t` at the width of the room, all of it, however many lines that takes. */
static void wrap(struct arena *a, PangoLayout *layout, struct text t, double width_mm,
                 struct fitted *f)
{
    f->count = f->capacity = 0;
    f->lines = NULL;
    f->height_mm = 0;
    f->wrapped = false;
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, (int)(width_mm * PT_PER_MM * PANGO_SCALE));
    pango_layout_set_text(layout, t.at, (int)t.len);
    for (int i = 0; i < pango_layout_get_line_count(layout); i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
        struct sheet_line *to = arena_push(a, f->lines, f->count, f->capacity);
        PangoRectangle logical;
        pango_layout_line_get_extents(line, NULL, &logical);
        to->text = text_trim((struct text){t.at + pango_layout_line_get_start_index(line),
                                           (size_t)pango_layout_line_get_length(line)});
        to->width_mm = (double)logical.width / PANGO_SCALE / PT_PER_MM;
        to->right_to_left = pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL;
        to->opens = pango_layout_line_is_paragraph_start(line);
        if (!to->opens) f->wrapped = true;
        f->height_mm += line_pitch(to->text, f->size_pt);
    }
}

/* The longest beginning of `t` that leaves room for an ellipsis, cut between what people see as
   characters. */
static struct text ellipsise(struct arena *a, PangoLayout *layout, struct text t, double width_mm,
                             double *used_mm)
{
    pango_layout_set_text(layout, t.at, (int)t.len);
    int count;
    const PangoLogAttr *found = pango_layout_get_log_attrs_readonly(layout, &count);
    size_t *ends = arena_new(a, size_t, (size_t)count), stops = 0;
    const char *at = t.at;
    for (int i = 0; i < count; i++) {
        if (found[i].is_cursor_position) ends[stops++] = (size_t)(at - t.at);
        if (i + 1 < count) at += utf8_bytes(at);
    }
    size_t low = 0, high = stops ? stops - 1 : 0;
    struct text best = T("…");
    *used_mm = text_width_mm(layout, best);
    while (low < high) {
        size_t mid = (low + high + 1) / 2;
        struct text tried = text_printf(a, "%.*s…", TEXT_ARG(text_trim(text_head(t, ends[mid]))));
        double width = text_width_mm(layout, tried);
        if (width <= width_mm) {
            low = mid;
            best = tried;
            *used_mm = width;
        } else {
            high = mid - 1;
        }
    }
    return best;
}

/* Keep the lines for which there is room; the last one says that there was more. */
static void cut(struct arena *a, PangoLayout *layout, struct text t, struct box room,
                size_t most_lines, struct fitted *f)
{
    size_t keep = 0;
    double height = 0;
    while (keep < f->count && keep < most_lines) {
        double next = line_pitch(f->lines[keep].text, f->size_pt);
        if (keep && height + next > room.h) break;
        height += next;
        keep++;
    }
    f->height_mm = height;
    if (keep == f->count) return;
    struct sheet_line *last = &f->lines[keep - 1];
    struct text rest = text_copy(a, text_skip(t, (size_t)(last->text.at - t.at)));
    char *bytes = arena_new(a, char, rest.len + 1);
    for (size_t i = 0; i < rest.len; i++) bytes[i] = rest.at[i] == '\n' ? ' ' : rest.at[i];
    last->text = ellipsise(a, layout, (struct text){bytes, rest.len}, room.w, &last->width_mm);
    f->count = keep;
    f->cut = true;
}

/* Every paragraph on one line of its own, as long as it may be: an address loses ends of lines
   rather than its last lines. False when there are too many for the room. */
static bool line_each(struct arena *a, PangoLayout *layout, struct text t, struct box room,
                      size_t most_lines, struct fitted *f)
{
    size_t kept = 0;
    double height = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct sheet_line *line = &f->lines[i];
        if (!line->opens) continue;
        f->lines[kept++] = *line;
        height += line_pitch(line->text, f->size_pt);
    }
    if (kept > most_lines || height > room.h + 0.01) return false;
    for (size_t i = 0; i < kept; i++) {
        struct sheet_line *line = &f->lines[i];
        struct text rest,
            whole = text_split(text_skip(t, (size_t)(line->text.at - t.at)), '\n', &rest);
        line->width_mm = text_width_mm(layout, whole);
        line->text = whole;
        if (line->width_mm > room.w)
            line->text = ellipsise(a, layout, whole, room.w, &line->width_mm);
    }
    f->count = kept;
    f->height_mm = height;
    f->cut = true;
    return true;
}

static void fit(struct arena *a, struct text t, struct box room, struct sheet_style style,
                struct fitted *f)
{
    double least = style.least_pt > 0 ? style.least_pt : style.size_pt;
    double wrap_at = style.wrap_pt > 0 ? style.wrap_pt : style.size_pt;
    size_t most = style.lines > 1 ? (size_t)style.lines : 1;
    PangoLayout *layout = sheet_pango(style.size_pt, style.bold);
    *f = (struct fitted){.size_pt = style.size_pt};
    for (;;) {
        struct arena_mark mark = arena_mark(a);
        sheet_pango_size(layout, f->size_pt, style.bold);
        wrap(a, layout, t, room.w, f);
        bool fits = f->count <= most && f->height_mm <= room.h + 0.01 &&
                    (!f->wrapped || f->size_pt <= wrap_at);
        if (fits) break;
        if (f->size_pt <= least) {
            if (!style.address || !line_each(a, layout, t, room, most, f))
                cut(a, layout, t, room, most, f);
            break;
        }
        arena_rewind(a, mark);
        f->size_pt = f->size_pt - size_step_pt > least ? f->size_pt - size_step_pt : least;
    }
    g_object_unref(layout);
}

static bool has_glyphs(struct text t)
{
    PangoLayout *layout = sheet_pango(10, false);
    pango_layout_set_text(layout, t.at, (int)t.len);
    int unknown = pango_layout_get_unknown_glyphs_count(layout);
    g_object_unref(layout);
    return unknown == 0;
}

static struct text without_pictographs(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    for (const char *at = t.at, *end = at + t.len; at < end;) {
        const char *from = at;
        if (!is_pictograph(next_char(&at, end)))
            buf_put(&b, (struct text){from, (size_t)(at - from)});
    }
    return text_trim(buf_text(&b));
}

/* A flower after a name is no reason to fail, and no reason to print an empty square. */
static enum err settle_glyphs(struct ctx *c, bool vital, struct text *t)
{
    if (all_of(*t, is_printer_char)) return OK;
    bool flowers = any_of(*t, is_pictograph);
    if (flowers && (vital || !has_glyphs(*t))) *t = without_pictographs(c->arena, *t);
    if (!vital || has_glyphs(*t)) return OK;
    fail(c, ERR_INVALID, "font_missing", "no installed font has the characters of \"%.*s\"",
         TEXT_ARG(text_head(*t, 80)));
    return hint(c, "install a font for this script, for example the package fonts-noto-core or "
                   "fonts-noto-cjk");
}

/* Positions, once the size is known. */
static void place_lines(struct fitted *f, struct box room, struct sheet_style style)
{
    double y = room.y;
    if (style.middle && f->height_mm < room.h) y += (room.h - f->height_mm) / 2;
    for (size_t i = 0; i < f->count; i++) {
        struct sheet_line *line = &f->lines[i];
        double spare = room.w - line->width_mm;
        bool right = style.align == ALIGN_END ||
                     (style.align == ALIGN_START && line->right_to_left);
        line->x_mm = room.x + (style.align == ALIGN_CENTRE ? spare / 2 : right ? spare : 0);
        line->baseline_mm = y + line_ascent(line->text, f->size_pt);
        line->latin = !line->right_to_left && all_of(line->text, is_printer_char);
        y += line_pitch(line->text, f->size_pt);
    }
}

static enum err lay_text(struct sheet *s, struct box room, struct sheet_style style,
                         struct text given, struct fitted *f)
{
    struct text t = {0};
    *f = (struct fitted){0};
    TRY(clean(s->c, given, style.lines > 1, &t));
    TRY(settle_glyphs(s->c, style.vital, &t));
    if (text_empty(t)) return OK;
    fit(s->c->arena, t, room, style, f);
    place_lines(f, room, style);
    return OK;
}

double sheet_text_height(struct sheet *s, struct box room, struct sheet_style style, struct text t)
{
    struct fitted f;
    if (s->err == OK) s->err = lay_text(s, room, style, t, &f);
    return s->err == OK ? f.height_mm : 0;
}

double sheet_text(struct sheet *s, struct box room, struct sheet_style style, struct text t)
{
    struct fitted f;
    if (s->err == OK) s->err = lay_text(s, room, style, t, &f);
    if (s->err != OK || !f.count) return 0;
    struct sheet_item *item = push(s, SHEET_TEXT, room);
    double left = room.x + room.w, right = room.x;
    for (size_t i = 0; i < f.count; i++) {
        const struct sheet_line *line = &f.lines[i];
        if (line->x_mm < left) left = line->x_mm;
        if (line->x_mm + line->width_mm > right) right = line->x_mm + line->width_mm;
    }
    double top = f.lines[0].baseline_mm - line_ascent(f.lines[0].text, f.size_pt);
    item->box = (struct box){left, top, right - left, f.height_mm};
    item->size_pt = f.size_pt;
    item->bold = style.bold;
    item->reversed = style.reversed;
    item->align = style.align;
    item->cut = f.cut;
    item->lines.at = f.lines;
    item->lines.count = f.count;
    return f.height_mm;
}

/* --- rendering ---------------------------------------------------------------------------------
 */

const char *sheet_content_type(enum sheet_format format)
{
    switch (format) {
    case SHEET_PDF: return "application/pdf";
    case SHEET_PNG: return "image/png";
    case SHEET_ZPL: return "application/zpl";
    }
    return "application/octet-stream";
}

enum err sheet_render(const struct sheet *s, enum sheet_format format, int dpi, struct text *out)
{
    if (s->err != OK) return s->err;
    if (format != SHEET_PDF && (dpi < SHEET_DPI_LEAST || dpi > SHEET_DPI_MOST)) {
        fail_at(s->c, ERR_INVALID, "dpi_range", "dpi", "%d dpi", dpi);
        return hint(s->c, "label printers have 203, 300 or 600 dpi; possible are %d to %d",
                    SHEET_DPI_LEAST, SHEET_DPI_MOST);
    }
    switch (format) {
    case SHEET_PDF: return sheet_pdf(s, out);
    case SHEET_PNG: return sheet_png(s, dpi, out);
    case SHEET_ZPL: return sheet_zpl(s, dpi, out);
    }
    return fail(s->c, ERR_BUG, "sheet_format", "format %d", (int)format);
}
