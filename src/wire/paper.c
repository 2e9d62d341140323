/* wire/paper.c: the parts of A4 documents that are alike. */
#include "wire/paper.h"

enum { LINE_MOST = 200 };

static const double module_least_mm = 0.25;

enum err paper_check(struct ctx *c, const char *field, struct text t, size_t most, bool required)
{
    if (required && text_empty(text_trim(t)))
        return fail_at(c, ERR_INVALID, "required", field, "this cannot be empty");
    if (t.len > most)
        return fail_at(c, ERR_INVALID, "text_too_long", field, "%zu bytes, at most %zu", t.len,
                       most);
    if (!text_is_utf8(t)) return fail_at(c, ERR_INVALID, "text_not_utf8", field, "not UTF-8");
    return OK;
}

enum err paper_check_lines(struct ctx *c, const char *field, const struct text *lines, size_t count,
                           size_t most)
{
    if (count > most)
        return fail_at(c, ERR_INVALID, "too_many_lines", field, "%zu lines, at most %zu", count,
                       most);
    for (size_t i = 0; i < count; i++)
        if (paper_check(c, "", lines[i], LINE_MOST, false) != OK)
            return fail_under(c, c->fault.code, "%s[%zu]", field, i);
    return OK;
}

bool paper_is_code(struct ctx *c, struct text t, double wide_mm)
{
    struct barcode code;
    struct fault kept = c->fault;
    bool fits = barcode_encode(c, CODE_128, t, &code) == OK &&
                (code.columns + 2 * code.quiet) * module_least_mm <= wide_mm;
    c->fault = kept;
    return fits;
}

struct text paper_lines(struct arena *a, const struct text *lines, size_t count)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < count; i++) {
        if (text_empty(text_trim(lines[i]))) continue;
        if (b.len) buf_putc(&b, '\n');
        buf_put(&b, text_trim(lines[i]));
    }
    return buf_text(&b);
}

void paper_rule(struct sheet *s, double y, double thickness)
{
    sheet_fill(s, (struct box){PAPER_EDGE, y, PAPER_INNER, thickness});
}

void paper_feet(struct sheet *s, struct text note)
{
    struct sheet_style small = {.size_pt = 8, .least_pt = 6, .wrap_pt = 8, .lines = 2};
    struct sheet_style number = {.size_pt = 8, .align = ALIGN_END};
    for (size_t page = 0; s->err == OK && page < s->pages; page++) {
        sheet_turn_to(s, page);
        paper_rule(s, PAPER_FOOT + 3, 0.2);
        sheet_text(s, (struct box){PAPER_EDGE, PAPER_FOOT + 4.5, PAPER_INNER - 30, 8}, small, note);
        sheet_text(s, (struct box){PAPER_W - PAPER_EDGE - 28, PAPER_FOOT + 4.5, 28, 4}, number,
                   text_printf(s->c->arena, "page %zu of %zu", page + 1, s->pages));
    }
}
