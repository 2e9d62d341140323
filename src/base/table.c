#include "base/table.h"

#include "base/arena.h"

#include <assert.h>
#include <string.h>

enum { GAP = 2, LEAST = 6 };

/* Ranges of characters that take two cells, and of those that take none. */
static const uint32_t wide[][2] = {
    {0x1100, 0x115F}, {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
static const uint32_t none[][2] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x06D6, 0x06DC}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
    {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};

static bool is_in(uint32_t ch, const uint32_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ch >= ranges[i][0] && ch <= ranges[i][1]) return true;
    return false;
}

/* The character at the start of `t`, which is not empty; `*bytes` is 1 for a broken one. */
static uint32_t decode(struct text t, size_t *bytes)
{
    const unsigned char *at = (const unsigned char *)t.at;
    size_t n = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    *bytes = 1;
    if (n == 1) return at[0];
    if (n > t.len || at[0] < 0xC2) return 0xFFFD;
    uint32_t ch = at[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0xFFFD;
        ch = ch << 6 | (at[i] & 0x3Fu);
    }
    *bytes = n;
    return ch;
}

static size_t char_width(uint32_t ch)
{
    if (ch < 0x300) return 1;
    if (is_in(ch, none, sizeof none / sizeof *none)) return 0;
    return is_in(ch, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t text_width(struct text t)
{
    size_t width = 0, bytes;
    for (; t.len; t = text_skip(t, bytes)) width += char_width(decode(t, &bytes));
    return width;
}

/* Letters that turn the direction of writing could disguise what stands on the line. */
static bool is_control(uint32_t ch)
{
    return ch < 0x20 || (ch >= 0x7F && ch < 0xA0) || (ch >= 0x202A && ch <= 0x202E) ||
           (ch >= 0x2066 && ch <= 0x2069);
}

struct text text_fit(struct arena *a, struct text t, size_t width)
{
    struct buf b = buf_new(a);
    size_t used = 0, bytes;
    bool is_cut = width && text_width(t) > width;
    buf_puts(&b, "");
    for (; t.len; t = text_skip(t, bytes)) {
        uint32_t ch = decode(t, &bytes);
        size_t w = char_width(ch);
        if (is_cut && used + w > width - 1) break;
        if (is_control(ch))
            buf_putc(&b, ' ');
        else if (ch == 0xFFFD && bytes == 1)
            buf_puts(&b, "\xEF\xBF\xBD");
        else
            buf_put(&b, text_head(t, bytes));
        used += w;
    }
    if (is_cut) buf_puts(&b, "\xE2\x80\xA6");
    return buf_text(&b);
}

void table_column(struct table *t, struct text title, bool is_right)
{
    assert(t->columns < TABLE_COLUMNS_MAX && !t->count);
    t->titles[t->columns] = title;
    t->is_right[t->columns++] = is_right;
}

void table_row(struct table *t, const struct text *cells)
{
    size_t size = t->columns * sizeof *cells;
    t->cells = arena_grow(t->arena, t->cells, t->count, &t->capacity, size);
    for (size_t i = 0; i < t->columns; i++)
        t->cells[t->count * t->columns + i] = text_fit(t->arena, cells[i], 0);
    t->count++;
}

static void fit_columns(size_t *widths, size_t n, size_t width)
{
    size_t total = GAP * (n - 1);
    for (size_t i = 0; i < n; i++) total += widths[i];
    while (width && total > width) {
        size_t widest = 0;
        for (size_t i = 1; i < n; i++)
            if (widths[i] > widths[widest]) widest = i;
        if (widths[widest] <= LEAST) return;
        widths[widest]--;
        total--;
    }
}

static void put_spaces(struct buf *b, size_t n)
{
    while (n--) buf_putc(b, ' ');
}

static void put_line(struct buf *b, const struct table *t, const struct text *cells,
                     const size_t *widths, size_t indent)
{
    size_t last = t->columns;
    while (last > 1 && !cells[last - 1].len) last--;
    put_spaces(b, indent);
    for (size_t i = 0; i < last; i++) {
        struct text cell = text_fit(t->arena, cells[i], widths[i]);
        size_t room = widths[i] - text_width(cell);
        if (t->is_right[i]) put_spaces(b, room);
        buf_put(b, cell);
        if (!t->is_right[i] && i + 1 < last) put_spaces(b, room);
        if (i + 1 < last) put_spaces(b, GAP);
    }
    buf_putc(b, '\n');
}

void table_put(struct buf *b, const struct table *t, size_t width, size_t indent)
{
    size_t widths[TABLE_COLUMNS_MAX];
    if (!t->columns) return;
    for (size_t i = 0; i < t->columns; i++) widths[i] = text_width(t->titles[i]);
    for (size_t i = 0; i < t->count * t->columns; i++) {
        size_t w = text_width(t->cells[i]);
        if (w > widths[i % t->columns]) widths[i % t->columns] = w;
    }
    fit_columns(widths, t->columns, width > indent ? width - indent : width);
    put_line(b, t, t->titles, widths, indent);
    for (size_t i = 0; i < t->count; i++) put_line(b, t, t->cells + i * t->columns, widths, indent);
}
