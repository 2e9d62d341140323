/* base/address_lines.c: printing an address by its country's form. A form is a list of lines of
 * parts and the marks between them; a mark is printed only between two parts that are there. */
#include "base/address.h"

#include "base/arena.h"
#include "base/country.h"
#include "base/letters.h"

#include <string.h>

enum { DRAFT_MAX = 16, PREFIX_MAX = 4 };

/* What is being printed. */
struct draft {
    struct arena *arena;
    const struct postal_address *address;
    struct address_format format;
    const char *form;
    bool international;
    struct text area; /* the admin area, or the city where the form has no place for it */
    struct text lines[DRAFT_MAX];
    size_t count, streets_end; /* streets_end: lines up to the last street line */
    size_t streets;
};

static bool is_latin(const struct postal_address *a);
static void print_line(struct draft *d, struct text line);
static void push(struct draft *d, struct text line);
static void push_streets(struct draft *d);
static void put_homeless(struct draft *d, struct buf *b);
static struct text part(struct draft *d, char letter);
static bool has(const struct draft *d, char letter);
static void settle_city(struct draft *d);

size_t address_lines(struct arena *arena, const struct postal_address *a, bool international,
                     struct text lines[ADDRESS_LINES_MAX])
{
    struct draft d = {.arena = arena, .address = a, .international = international};
    d.format = address_format(a->country);
    d.form = d.format.latin_form && is_latin(a) ? d.format.latin_form : d.format.form;
    settle_city(&d);
    for (struct text rest = text_of(d.form); rest.len;) {
        ptrdiff_t end = text_find(rest, T("%n"));
        struct text line = end < 0 ? rest : text_head(rest, (size_t)end);
        print_line(&d, line);
        rest = text_skip(rest, line.len + 2);
    }
    const struct country *country = country_by_code(a->country);
    if (international && (country || a->country.len))
        push(&d, letters_upper(arena, country ? text_of(country->name) : a->country));
    while (d.count > ADDRESS_LINES_MAX && d.streets > 1) { /* too tall: streets share a line */
        size_t last = d.streets_end - 1;
        d.lines[last - 1] =
            text_printf(arena, "%.*s, %.*s", TEXT_ARG(d.lines[last - 1]), TEXT_ARG(d.lines[last]));
        memmove(&d.lines[last], &d.lines[last + 1], (d.count - last - 1) * sizeof *d.lines);
        d.count--, d.streets--, d.streets_end--;
    }
    size_t count = d.count < ADDRESS_LINES_MAX ? d.count : ADDRESS_LINES_MAX;
    memcpy(lines, d.lines, count * sizeof *lines);
    return count;
}

/* Han, kana, Hangul, Thai and so on in any part that stands on the label decide the order. */
static bool is_latin(const struct postal_address *a)
{
    const struct text parts[] = {a->line1, a->line2,     a->line3, a->dependent_locality,
                                 a->city,  a->admin_area};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (struct text rest = parts[i]; rest.len;) {
            int32_t c = letter_next(&rest);
            if (c >= 0x370 && c < LETTER_STRAY && !(c >= 0x1E00 && c <= 0x206F)) return false;
        }
    return true;
}

static bool has(const struct draft *d, char letter)
{
    for (const char *s = d->form; *s; s++)
        if (s[0] == '%' && s[1] == letter) return true;
    return false;
}

/* A form without a city (city states, islands): the city stands where the area would, unless it
   only repeats the country's name. */
static void settle_city(struct draft *d)
{
    d->area = text_trim(d->address->admin_area);
    struct text city = text_trim(d->address->city);
    if (has(d, 'C') || !city.len || text_eq_nocase(city, d->area)) return;
    const struct country *own = country_by_code(d->address->country);
    if (own && country_find(city) == own) return;
    d->area = d->area.len ? text_printf(d->arena, "%.*s, %.*s", TEXT_ARG(city), TEXT_ARG(d->area))
                          : city;
}

static struct text part(struct draft *d, char letter)
{
    const struct postal_address *a = d->address;
    struct text t = {0};
    switch (letter) {
    case 'N': t = a->recipient; break;
    case 'O': t = a->organization; break;
    case 'D': t = a->dependent_locality; break;
    case 'C': t = a->city; break;
    case 'S': t = d->area; break;
    case 'X': t = a->sorting_code; break;
    case 'Z':
        t = a->postal_code;
        if (!postal_code_normalise(d->arena, a->country, t, &t)) t = a->postal_code;
        break;
    default: break;
    }
    t = text_trim(t);
    return strchr(d->format.upper, letter) ? letters_upper(d->arena, t) : t;
}

static void push(struct draft *d, struct text line)
{
    line = text_trim(line);
    if (line.len && d->count < DRAFT_MAX) d->lines[d->count++] = line;
}

static void push_streets(struct draft *d)
{
    const struct text streets[] = {d->address->line1, d->address->line2, d->address->line3};
    bool capitals = strchr(d->format.upper, 'A') != NULL;
    size_t before = d->count;
    for (size_t i = 0; i < 3; i++)
        push(d, capitals ? letters_upper(d->arena, streets[i]) : streets[i]);
    d->streets = d->count - before;
    d->streets_end = d->count;
    if (!has(d, 'D') && !has(d, 'C')) push(d, part(d, 'D'));
    if (has(d, 'C') || has(d, 'S')) return;
    struct buf b = buf_new(d->arena);
    buf_put(&b, d->area);
    put_homeless(d, &b);
    push(d, buf_text(&b));
}

/* What goes before the first part: "FI-" and its like are for mail from abroad; words and the
   Japanese sign are part of the address. */
static bool opening_prints(const struct draft *d, struct text mark, struct text value)
{
    bool is_prefix = mark.len <= PREFIX_MAX && mark.at[0] >= 'A' && mark.at[0] <= 'Z';
    if (!value.len) return mark.len > PREFIX_MAX;
    return !is_prefix || d->international;
}

/* Codes that were given are printed though the form has no place for them. */
static void put_homeless(struct draft *d, struct buf *b)
{
    for (const char *letter = "ZX"; *letter; letter++) {
        struct text value = has(d, *letter) ? (struct text){0} : part(d, *letter);
        if (value.len) buf_printf(b, "%s%.*s", b->len ? " " : "", TEXT_ARG(value));
    }
}

static void print_line(struct draft *d, struct text line)
{
    struct buf b = buf_new(d->arena);
    struct text mark = {0};
    const struct text line_given = line;
    bool any_part = false;
    if (text_eq(line, T("%A"))) {
        push_streets(d);
        return;
    }
    if (text_find(line, T("%C")) >= 0 && !has(d, 'D')) push(d, part(d, 'D'));
    while (line.len) {
        ptrdiff_t at = text_find(line, T("%"));
        size_t n = at < 0 ? line.len : (size_t)at;
        if (n) mark = text_head(line, n);
        line = text_skip(line, n);
        if (line.len < 2) break;
        struct text value = part(d, line.at[1]);
        bool prints = b.len ? value.len > 0
                            : !any_part && mark.len && opening_prints(d, mark, value);
        if (prints) buf_put(&b, mark);
        if (value.len || !any_part) mark = (struct text){0};
        buf_put(&b, value);
        any_part = true;
        line = text_skip(line, 2);
    }
    if (!any_part && !d->international) buf_put(&b, mark); /* "GUERNSEY" */
    char anchor = has(d, 'C') ? 'C' : 'S';
    if (text_find(line_given, anchor == 'C' ? T("%C") : T("%S")) >= 0) put_homeless(d, &b);
    push(d, buf_text(&b));
}
