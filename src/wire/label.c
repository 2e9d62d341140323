/* wire/label.c: the blocks of a parcel label, from the top down.
 *
 * Fixed blocks are laid out first; what is left is shared by the address and the tracking bars. */
#include "wire/label.h"

static const double page_w = 101.6, page_h = 152.4;
static const double edge = 3; /* unprinted: printers lose the outermost mm */
static const double inset = 1.8;
static const double rule = 0.5;
/* GS1 logistic labels: modules of 0.495 to 0.94 mm, bars of at least 32 mm. */
static const double sscc_module = 0.5, sscc_bars_most_h = 32, sscc_bars_least_h = 22;
static const double sscc_text_h = 4.6;
static const double tracking_module = 0.5, tracking_least_h = 20, tracking_most_h = 34;
static const double address_line_h = 3.6; /* below this an address is hard to read */

/* --- checks ------------------------------------------------------------------------------------
 */

static enum err check_text(struct ctx *c, const char *field, struct text t, bool required)
{
    if (required && text_empty(text_trim(t)))
        return fail_at(c, ERR_INVALID, "required", field, "a label needs this");
    if (t.len > LABEL_TEXT_MAX)
        return fail_at(c, ERR_INVALID, "text_too_long", field, "%zu bytes, at most %d", t.len,
                       LABEL_TEXT_MAX);
    if (!text_is_utf8(t)) return fail_at(c, ERR_INVALID, "text_not_utf8", field, "not UTF-8");
    return OK;
}

static enum err check_lines(struct ctx *c, const char *field, const struct text *lines,
                            size_t count)
{
    if (count > LABEL_LINES_MAX)
        return fail_at(c, ERR_INVALID, "too_many_lines", field, "%zu lines, at most %d", count,
                       LABEL_LINES_MAX);
    for (size_t i = 0; i < count; i++)
        if (check_text(c, "", lines[i], false) != OK)
            return fail_under(c, c->fault.code, "%s[%zu]", field, i);
    return OK;
}

static enum err check_label(struct ctx *c, const struct parcel_label *l)
{
    TRY(check_text(c, "carrier", l->carrier, true));
    TRY(check_text(c, "service", l->service, false));
    TRY(check_lines(c, "sender", l->sender, l->sender_count));
    if (!l->recipient_count)
        return fail_at(c, ERR_INVALID, "required", "recipient", "a label needs an address");
    TRY(check_lines(c, "recipient", l->recipient, l->recipient_count));
    TRY(check_text(c, "recipient[0]", l->recipient[0], true));
    TRY(check_text(c, "country", l->country, false));
    TRY(check_text(c, "postal_code", l->postal_code, false));
    TRY(check_text(c, "tracking", l->tracking, true));
    TRY(check_text(c, "sscc", l->sscc, false));
    TRY(check_text(c, "order", l->order, false));
    TRY(check_text(c, "ship_date", l->ship_date, false));
    TRY(check_text(c, "instructions", l->instructions, false));
    TRY(check_text(c, "cash", l->cash, false));
    if (l->package < 0 || l->packages < 0 || l->package > l->packages)
        return fail_at(c, ERR_INVALID, "package_count", "package", "package %lld of %lld",
                       (long long)l->package, (long long)l->packages);
    if (l->weight_g < 0 || l->weight_g > LABEL_WEIGHT_G_MAX)
        return fail_at(c, ERR_INVALID, "weight_range", "weight_g", "%lld g, at most %d",
                       (long long)l->weight_g, LABEL_WEIGHT_G_MAX);
    return OK;
}

/* --- pieces ------------------------------------------------------------------------------------
 */

static void line_across(struct sheet *s, double y)
{
    sheet_fill(s, (struct box){edge, y - rule / 2, page_w - 2 * edge, rule});
}

static void line_down(struct sheet *s, double x, double y, double h)
{
    sheet_fill(s, (struct box){x - 0.15, y, 0.3, h});
}

static void caption(struct sheet *s, double x, double y, double w, const char *word)
{
    struct sheet_style small = {.size_pt = 6, .bold = true};
    sheet_text(s, (struct box){x, y, w, 2.8}, small, text_of(word));
}

/* A failure since `before` is about this input. */
static void blame(struct sheet *s, enum err before, const char *field)
{
    if (before == OK && s->err != OK) fail_under(s->c, s->err, "%s", field);
}

static struct text weight_text(struct arena *a, int64_t weight_g)
{
    long long g = weight_g;
    if (g < 1000) return text_printf(a, "%lld g", g);
    return text_printf(a, "%lld.%02lld kg", (g + 5) / 1000, (g + 5) % 1000 / 10);
}

static struct text joined(struct arena *a, const struct text *lines, size_t count)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < count; i++) {
        if (text_empty(text_trim(lines[i]))) continue;
        if (b.len) buf_putc(&b, '\n');
        buf_put(&b, text_trim(lines[i]));
    }
    return buf_text(&b);
}

/* --- blocks ------------------------------------------------------------------------------------
 */

static void put_header(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    double x = edge + inset, right = page_w - edge, cell = 24;
    bool numbered = l->packages > 0;
    double w = right - inset - x - (numbered ? cell : 0);
    struct sheet_style name = {.size_pt = 22, .least_pt = 9, .bold = true, .middle = true};
    bool service = !text_empty(l->service);
    sheet_text(s, (struct box){x, y + 0.8, w, service ? h - 6.6 : h - 1.6}, name, l->carrier);
    struct sheet_style kind = {.size_pt = 11, .least_pt = 7, .middle = true};
    if (service) sheet_text(s, (struct box){x, y + h - 5.8, w, 5}, kind, l->service);
    if (!numbered) return;
    line_down(s, right - cell, y, h);
    caption(s, right - cell + inset, y + 1, cell - 2 * inset, "PACKAGE");
    struct sheet_style big = {
        .size_pt = 20, .least_pt = 8, .bold = true, .middle = true, .align = ALIGN_CENTRE};
    sheet_text(
        s, (struct box){right - cell + 2, y + 3.6, cell - 4, h - 4.4}, big,
        text_printf(s->c->arena, "%lld/%lld", (long long)l->package, (long long)l->packages));
}

static void put_origin(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    double x = edge + inset, right = page_w - edge, facts = 36;
    double w = right - facts - inset - x;
    caption(s, x, y + 1, w, "FROM");
    struct sheet_style small = {
        .size_pt = 8, .least_pt = 5, .wrap_pt = 6, .lines = 2 * LABEL_LINES_MAX, .address = true};
    sheet_text(s, (struct box){x, y + 3.8, w, h - 4.6}, small,
               joined(s->c->arena, l->sender, l->sender_count));
    line_down(s, right - facts, y, h);
    const struct {
        const char *word;
        struct text value;
    } rows[] = {
        {"SHIP DATE", l->ship_date},
        {"WEIGHT", l->weight_g ? weight_text(s->c->arena, l->weight_g) : T("")},
        {"ORDER", l->order},
    };
    double top = y + 0.8, step = (h - 1.6) / 3;
    struct sheet_style value = {
        .size_pt = 9.5, .least_pt = 5, .wrap_pt = 6.5, .lines = 2, .bold = true, .middle = true};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_empty(rows[i].value)) continue;
        double at = right - facts + inset;
        struct sheet_style word = {.size_pt = 6, .bold = true, .middle = true};
        sheet_text(s, (struct box){at, top, 12, step}, word, text_of(rows[i].word));
        sheet_text(s, (struct box){at + 12.5, top, facts - 2 * inset - 12.5, step}, value,
                   rows[i].value);
        top += step;
    }
}

static void put_address(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    double x = edge + inset, right = page_w - edge - inset, tab = 10;
    struct box head = {edge, y, tab, 6.5};
    sheet_fill(s, head);
    struct sheet_style to = {
        .size_pt = 11, .bold = true, .reversed = true, .middle = true, .align = ALIGN_CENTRE};
    sheet_text(s, head, to, T("TO"));
    x = edge + tab + inset;
    struct sheet_style name = {
        .size_pt = 17, .least_pt = 8, .wrap_pt = 10.5, .lines = 2, .bold = true, .vital = true};
    enum err before = s->err;
    double used = sheet_text(s, (struct box){x, y + 1, right - x, h * 0.34}, name, l->recipient[0]);
    struct sheet_style lines = {.size_pt = 15,
                                .least_pt = 5.5,
                                .wrap_pt = 8.5,
                                .lines = 2 * LABEL_LINES_MAX,
                                .address = true,
                                .vital = true};
    sheet_text(s, (struct box){x, y + 1.4 + used, right - x, h - used - 2.2}, lines,
               joined(s->c->arena, l->recipient + 1, l->recipient_count - 1));
    blame(s, before, "recipient");
}

static const struct sheet_point glass[] = {{0.18, 0},    {0.82, 0},    {0.86, 0.22}, {0.80, 0.42},
                                           {0.66, 0.54}, {0.56, 0.58}, {0.56, 0.86}, {0.82, 0.94},
                                           {0.82, 1},    {0.18, 1},    {0.18, 0.94}, {0.44, 0.86},
                                           {0.44, 0.58}, {0.34, 0.54}, {0.20, 0.42}, {0.14, 0.22}};
static const struct sheet_point arrows[] = {
    {0.24, 0},    {0.46, 0.32}, {0.31, 0.32}, {0.31, 0.80}, {0.69, 0.80}, {0.69, 0.32},
    {0.54, 0.32}, {0.76, 0},    {0.98, 0.32}, {0.83, 0.32}, {0.83, 0.80}, {1, 0.80},
    {1, 1},       {0, 1},       {0, 0.80},    {0.17, 0.80}, {0.17, 0.32}, {0.02, 0.32}};
static const struct sheet_point umbrella[] = {
    {0.47, 0},    {0.53, 0},    {0.53, 0.07}, {0.76, 0.14}, {0.93, 0.32}, {1, 0.55},
    {0.55, 0.55}, {0.55, 0.88}, {0.48, 0.99}, {0.36, 1},    {0.27, 0.92}, {0.25, 0.82},
    {0.34, 0.82}, {0.37, 0.90}, {0.43, 0.90}, {0.46, 0.84}, {0.46, 0.55}, {0, 0.55},
    {0.07, 0.32}, {0.24, 0.14}, {0.47, 0.07}};

static const struct mark {
    int flag;
    const char *word;
    const struct sheet_point *points;
    size_t count;
} marks[] = {
    {LABEL_FRAGILE, "FRAGILE", glass, sizeof glass / sizeof *glass},
    {LABEL_THIS_SIDE_UP, "THIS SIDE UP", arrows, sizeof arrows / sizeof *arrows},
    {LABEL_KEEP_DRY, "KEEP DRY", umbrella, sizeof umbrella / sizeof *umbrella},
};

/* From the right; returns where they begin. */
static double put_marks(struct sheet *s, int flags, double y, double h)
{
    double cell = 17, x = page_w - edge;
    for (size_t i = sizeof marks / sizeof *marks; i-- > 0;) {
        if (!(flags & marks[i].flag)) continue;
        x -= cell;
        line_down(s, x, y, h);
        double side = h - 5.6;
        sheet_shape(s, (struct box){x + (cell - side) / 2, y + 1.4, side, side}, marks[i].points,
                    marks[i].count);
        struct sheet_style word = {.size_pt = 6, .bold = true, .align = ALIGN_CENTRE};
        sheet_text(s, (struct box){x + 0.4, y + h - 3.6, cell - 0.8, 2.8}, word,
                   text_of(marks[i].word));
    }
    return x;
}

static void put_route(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    double right = put_marks(s, l->marks, y, h), x = edge;
    struct sheet_style big = {.size_pt = 30, .least_pt = 10, .bold = true, .middle = true};
    if (!text_empty(l->country)) {
        struct sheet_style land = big;
        land.reversed = true;
        land.align = ALIGN_CENTRE;
        struct box box = {x, y, 21, h};
        sheet_fill(s, box);
        sheet_text(s, (struct box){x + 1, y, 19, h}, land, l->country);
        x += 21;
    }
    x += inset;
    sheet_text(s, (struct box){x, y, right - inset - x, h}, big, l->postal_code);
}

static void put_instructions(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    struct box box = {edge, y, page_w - 2 * edge, h};
    sheet_fill(s, box);
    struct sheet_style style = {.size_pt = 14,
                                .least_pt = 6,
                                .wrap_pt = 8,
                                .lines = 2,
                                .bold = true,
                                .reversed = true,
                                .middle = true,
                                .align = ALIGN_CENTRE};
    sheet_text(s, (struct box){edge + 2, y + 0.3, box.w - 4, h - 0.6}, style, l->instructions);
}

static void put_cash(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    struct sheet_style word = {.size_pt = 8, .bold = true, .middle = true};
    sheet_text(s, (struct box){edge + inset, y, 36, h}, word, T("CASH ON DELIVERY"));
    struct sheet_style amount = {
        .size_pt = 16, .least_pt = 7, .bold = true, .middle = true, .align = ALIGN_END};
    sheet_text(s, (struct box){edge + 40, y, page_w - 2 * edge - 40 - inset, h}, amount, l->cash);
}

/* Groups of four are read aloud without losing the place; others are left as they are. */
static struct text grouped(struct arena *a, struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < '0' || t.at[i] > '9') return t;
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t.len; i++) {
        if (i && i % 4 == 0) buf_putc(&b, ' ');
        buf_putc(&b, t.at[i]);
    }
    return buf_text(&b);
}

static void put_tracking(struct sheet *s, const struct parcel_label *l, double y, double h)
{
    double x = edge, w = page_w - 2 * edge;
    caption(s, x + inset, y + 1.7, 24, "TRACKING NUMBER");
    struct sheet_style number = {
        .size_pt = 12, .least_pt = 6, .bold = true, .middle = true, .align = ALIGN_END};
    sheet_text(s, (struct box){x + 26, y + 0.6, w - 26 - inset, 5.2}, number,
               grouped(s->c->arena, l->tracking));
    enum err before = s->err;
    sheet_barcode(s, (struct box){x + 0.5, y + 6, w - 1, h - 7.4}, ALIGN_CENTRE, CODE_128,
                  l->tracking, tracking_module);
    blame(s, before, "tracking");
}

static void put_sscc(struct sheet *s, const struct parcel_label *l, double y, double bars_h)
{
    double x = edge, w = page_w - 2 * edge;
    enum err before = s->err;
    sheet_sscc(s, (struct box){x + 0.5, y + 1.4, w - 1, bars_h}, l->sscc, sscc_module);
    blame(s, before, "sscc");
    struct sheet_style shown = {
        .size_pt = 10, .least_pt = 8, .bold = true, .middle = true, .align = ALIGN_CENTRE};
    sheet_text(s, (struct box){x + inset, y + 1.6 + bars_h, w - 2 * inset, sscc_text_h}, shown,
               text_printf(s->c->arena, "(00) %.*s", TEXT_ARG(l->sscc)));
}

/* --- the whole ---------------------------------------------------------------------------------
 */

struct heights {
    double header, origin, address, route, instructions, cash, tracking, sscc_bars;
};

static struct heights share(const struct parcel_label *l)
{
    struct heights h = {.header = 15, .origin = 17};
    if (!text_empty(l->country) || !text_empty(l->postal_code) || l->marks) h.route = 14;
    if (!text_empty(l->instructions)) h.instructions = 7.5;
    if (!text_empty(l->cash)) h.cash = 8;
    double rest = page_h - 2 * edge - h.header - h.origin - h.route - h.instructions - h.cash;
    if (!text_empty(l->sscc)) {
        h.sscc_bars = sscc_bars_most_h;
        rest -= sscc_bars_most_h + sscc_text_h + 2.4;
    }
    h.tracking = rest * 0.42;
    if (h.tracking < tracking_least_h) h.tracking = tracking_least_h;
    if (h.tracking > tracking_most_h) h.tracking = tracking_most_h;
    h.address = rest - h.tracking;
    /* A full label: the longest address is worth more than the tallest bars. */
    double missing = address_line_h * (double)l->recipient_count + 3 - h.address;
    if (h.sscc_bars > 0 && missing > 0) {
        double most = sscc_bars_most_h - sscc_bars_least_h;
        if (missing > most) missing = most;
        h.sscc_bars -= missing;
        h.address += missing;
    }
    return h;
}

enum err label_layout(struct ctx *c, const struct parcel_label *l, struct sheet *s)
{
    TRY(check_label(c, l));
    sheet_open(s, c, page_w, page_h);
    struct heights h = share(l);
    double y = edge;
    put_header(s, l, y, h.header);
    line_across(s, y += h.header);
    put_origin(s, l, y, h.origin);
    line_across(s, y += h.origin);
    put_address(s, l, y, h.address);
    line_across(s, y += h.address);
    if (h.route > 0) {
        put_route(s, l, y, h.route);
        line_across(s, y += h.route);
    }
    if (h.instructions > 0) put_instructions(s, l, y, h.instructions);
    y += h.instructions;
    if (h.cash > 0) {
        put_cash(s, l, y, h.cash);
        line_across(s, y += h.cash);
    }
    put_tracking(s, l, y, h.tracking);
    y += h.tracking;
    if (h.sscc_bars > 0) {
        line_across(s, y);
        put_sscc(s, l, y, h.sscc_bars);
    }
    sheet_frame(s, (struct box){edge, edge, page_w - 2 * edge, page_h - 2 * edge}, rule);
    return s->err;
}

enum err label_render(struct ctx *c, const struct parcel_label *l, enum sheet_format format,
                      int dpi, struct text *out)
{
    struct sheet s;
    TRY(label_layout(c, l, &s));
    return sheet_render(&s, format, dpi, out);
}
