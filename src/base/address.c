/* base/address.c: what an address must have, and its tidy form. Printing: address_lines.c;
 * likeness: address_key.c. */
#include "base/address.h"

#include "base/arena.h"
#include "base/contact.h"
#include "base/country.h"
#include "base/letters.h"

#include <string.h>

struct part {
    const char *name, *words;
    size_t offset, max;
    char letter; /* in forms; 0 when it is not printed */
};
#define PART(letter_, member, words_, max_)                                                        \
    {                                                                                              \
#member, words_, offsetof(struct postal_address, member), max_, letter_                    \
    }
static const struct part parts[] = {
    PART('N', recipient, "a recipient", ADDRESS_PART_MAX),
    PART('O', organization, "an organization", ADDRESS_PART_MAX),
    PART('A', line1, "a street", ADDRESS_PART_MAX),
    PART(0, line2, "a second line", ADDRESS_PART_MAX),
    PART(0, line3, "a third line", ADDRESS_PART_MAX),
    PART('D', dependent_locality, "a district", ADDRESS_PART_MAX),
    PART('C', city, "a city", ADDRESS_PART_MAX),
    PART('S', admin_area, "a state or province", ADDRESS_PART_MAX),
    PART('Z', postal_code, "a postal code", ADDRESS_PART_MAX),
    PART('X', sorting_code, "a sorting code", ADDRESS_PART_MAX),
    PART(0, country, "a country", ADDRESS_PART_MAX),
    PART(0, phone, "a phone number", ADDRESS_PART_MAX),
    PART(0, email, "an e-mail address", ADDRESS_EMAIL_MAX),
    PART(0, instructions, "instructions", ADDRESS_INSTRUCTIONS_MAX),
};
enum { PARTS = sizeof parts / sizeof *parts };

/* The checks of one address, and where its fields are in the request. */
struct checking {
    struct ctx *c;
    const struct postal_address *a;
    const char *prefix;
    const struct country *country;
    struct address_format format;
};

static struct text *part_at(const struct part *p, const struct postal_address *a);
static const char *path(const struct checking *k, const char *name);
static enum err check_characters(const struct checking *k);
static enum err check_country(struct checking *k);
static enum err check_required(const struct checking *k);
static enum err check_postal_code(const struct checking *k);
static enum err check_admin_area(const struct checking *k);
static enum err check_contact(const struct checking *k);
static struct text tidy(struct arena *arena, struct text t, bool keep_breaks);
static struct text area_find(struct arena *arena, struct text country, struct text area);
static bool compact_code(struct arena *arena, struct text raw, struct text *out);
static bool fits(struct text form, struct text code, struct buf *out);

static bool has_breaks(const struct part *p)
{
    return p->offset == offsetof(struct postal_address, instructions);
}

static const struct address_format *format_of(const char *alpha2)
{
    size_t low = 0, high = address_format_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = memcmp(alpha2, address_formats[middle].country, 2);
        if (order == 0) return &address_formats[middle];
        if (order < 0) high = middle;
        if (order > 0) low = middle + 1;
    }
    return NULL;
}

struct address_format address_format(struct text country)
{
    const struct country *known = country_by_code(country);
    const struct address_format *own = known ? format_of(known->alpha2) : NULL;
    struct address_format f = own ? *own : (struct address_format){.country = ""};
    if (known) memcpy(f.country, known->alpha2, sizeof f.country);
    if (!f.upper) f.upper = f.form ? "" : "C";
    if (!f.form) f.form = "%N%n%O%n%A%n%Z %C%n%S";
    if (!f.required) f.required = "AC";
    if (!f.area_word) f.area_word = "state or province";
    if (!f.postal_word) f.postal_word = "postal code";
    return f;
}

enum err address_check(struct ctx *c, const struct postal_address *a, const char *field_prefix,
                       bool lenient)
{
    struct checking k = {.c = c, .a = a, .prefix = field_prefix};
    TRY(check_characters(&k));
    TRY(check_country(&k));
    if (lenient) return OK;
    TRY(check_required(&k));
    TRY(check_postal_code(&k));
    TRY(check_admin_area(&k));
    return check_contact(&k);
}

/* "00000": typed into forms that insist, where the country has no codes. */
static bool is_filler(struct text code)
{
    for (size_t i = 0; i < code.len; i++)
        if (code.at[i] != '0' && code.at[i] != '-') return false;
    return true;
}

void address_normalise(struct arena *arena, const struct postal_address *in,
                       struct postal_address *out)
{
    *out = *in;
    for (size_t i = 0; i < PARTS; i++) {
        struct text *t = part_at(&parts[i], out);
        *t = tidy(arena, *t, has_breaks(&parts[i]));
    }
    const struct country *country = country_find(out->country);
    if (country) out->country = text_of(country->alpha2);
    out->admin_area = admin_area_code(arena, out->country, out->admin_area);
    struct address_format f = address_format(out->country);
    struct text code = {0};
    if (postal_code_normalise(arena, out->country, out->postal_code, &code))
        out->postal_code = code;
    else if (country && !f.postal && is_filler(out->postal_code))
        out->postal_code = (struct text){0};
    struct text *lines[] = {&out->line1, &out->line2, &out->line3};
    size_t used = 0;
    for (size_t i = 0; i < 3; i++) {
        struct text line = *lines[i];
        *lines[i] = (struct text){0};
        if (line.len) *lines[used++] = line;
    }
    struct text phone = phone_normalise(arena, out->phone, out->country);
    if (phone.at) out->phone = phone;
    struct text domain, local = text_split(out->email, '@', &domain);
    if (domain.at)
        out->email =
            text_printf(arena, "%.*s@%.*s", TEXT_ARG(local), TEXT_ARG(text_lower(arena, domain)));
}

/* Codes written with the country before them ("D-10115", "CH 8001", "LV-1073"). */
static struct text without_prefix(struct text code, const char *country)
{
    static const char *const plates[][2] = {
        {"AT", "A"}, {"BE", "B"},  {"DE", "D"}, {"ES", "E"}, {"FI", "SF"}, {"FR", "F"}, {"HU", "H"},
        {"IT", "I"}, {"LI", "FL"}, {"LU", "L"}, {"NO", "N"}, {"PT", "P"},  {"SE", "S"},
    };
    if (text_starts(code, text_of(country))) return text_skip(code, 2);
    for (size_t i = 0; i < sizeof plates / sizeof *plates; i++)
        if (plates[i][0][0] == country[0] && plates[i][0][1] == country[1] &&
            text_starts(code, text_of(plates[i][1])))
            return text_skip(code, strlen(plates[i][1]));
    return code;
}

bool postal_code_normalise(struct arena *arena, struct text country, struct text raw,
                           struct text *out)
{
    struct address_format f = address_format(country);
    struct text code;
    if (!f.postal || !compact_code(arena, raw, &code)) return false;
    struct text bare = without_prefix(code, f.country);
    for (struct text rest = text_of(f.postal); rest.at;) {
        struct text form = text_split(rest, '|', &rest);
        struct buf b = buf_new(arena);
        bool fit = fits(form, code, &b);
        if (!fit) b.len = 0;
        if (fit || (bare.len != code.len && fits(form, bare, &b))) {
            *out = buf_text(&b);
            return true;
        }
    }
    return false;
}

struct text admin_area_code(struct arena *arena, struct text country, struct text area)
{
    struct text code = area_find(arena, country, area);
    return code.at ? code : area;
}

/* Absent when the area is not in the country's list, or there is none. */
static struct text area_find(struct arena *arena, struct text country, struct text area)
{
    struct text name = text_trim(area), dash = text_skip(name, 3);
    if (name.len > 3 && name.at[2] == '-' && text_eq_nocase(text_head(name, 2), country))
        name = dash; /* ISO 3166-2: "US-CA" */
    struct text folded = letters_fold(arena, name);
    for (const struct address_areas *at = address_areas; *at->country && name.len; at++) {
        if (!text_eq_nocase(country, text_of(at->country))) continue;
        for (struct text rest = text_of(at->list); rest.at;) {
            struct text full, code = text_split(text_split(rest, '|', &rest), '=', &full);
            if (text_eq_nocase(code, name) || text_eq(letters_fold(arena, full), folded))
                return code;
        }
    }
    return (struct text){0};
}

static struct text *part_at(const struct part *p, const struct postal_address *a)
{
    return (struct text *)((uintptr_t)a + p->offset);
}

static const char *path(const struct checking *k, const char *name)
{
    bool bare = !k->prefix || !*k->prefix;
    return text_printf(k->c->arena, "%s%s%s", bare ? "" : k->prefix, bare ? "" : ".", name).at;
}

static bool is_forbidden(int32_t c, bool breaks)
{
    if (breaks && (c == '\n' || c == '\r')) return false;
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFFFE ||
           c == 0xFFFF;
}

/* Nearly all parts are of printable ASCII, and need no second look. */
static bool is_plain(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < 0x20 || t.at[i] > 0x7E) return false;
    return true;
}

static enum err check_characters(const struct checking *k)
{
    for (size_t i = 0; i < PARTS; i++) {
        const struct part *p = &parts[i];
        struct text t = *part_at(p, k->a);
        if (t.len <= p->max && is_plain(t)) continue;
        if (!text_is_utf8(t))
            return fail_at(k->c, ERR_INVALID, "address_characters", path(k, p->name),
                           "not well-formed UTF-8");
        size_t n = text_chars(t);
        if (n > p->max)
            return fail_at(k->c, ERR_INVALID, "address_too_long", path(k, p->name),
                           "%zu characters, at most %zu fit", n, p->max);
        bool breaks = has_breaks(p);
        while (t.len)
            if (is_forbidden(letter_next(&t), breaks)) {
                fail_at(k->c, ERR_INVALID, "address_characters", path(k, p->name),
                        "a line break or control character");
                return hint(k->c, "use line1, line2 and line3, one line each");
            }
    }
    return OK;
}

static enum err check_country(struct checking *k)
{
    struct text given = text_trim(k->a->country);
    if (!given.len) {
        fail_at(k->c, ERR_INVALID, "address_incomplete", path(k, "country"), "no country");
        return hint(k->c, "two letters like GB");
    }
    k->country = country_by_code(given);
    if (!k->country) {
        const struct country *meant = country_find(given);
        fail_at(k->c, ERR_INVALID, "country_unknown", path(k, "country"),
                "\"%.*s\" is not a country code", TEXT_ARG(given));
        return meant ? hint(k->c, "write %s for %s", meant->alpha2, meant->name)
                     : hint(k->c, "two letters of ISO 3166-1, like GB");
    }
    k->format = address_format(text_of(k->country->alpha2));
    return OK;
}

/* Where an area is asked for instead of a city (Hong Kong, Nauru), shops send it as the city. */
static bool is_given(const struct checking *k, const struct part *p)
{
    if (text_trim(*part_at(p, k->a)).len) return true;
    if (p->letter == 'A') return text_trim(k->a->line2).len || text_trim(k->a->line3).len;
    return p->letter == 'S' && !strchr(k->format.required, 'C') && text_trim(k->a->city).len;
}

static enum err check_required(const struct checking *k)
{
    const struct address_format *f = &k->format;
    for (size_t i = 0; i < PARTS; i++) {
        const struct part *p = &parts[i];
        if (!p->letter || !strchr(f->required, p->letter) || is_given(k, p)) continue;
        const char *words = p->letter == 'S'   ? text_printf(k->c->arena, "a %s", f->area_word).at
                            : p->letter == 'Z' ? text_printf(k->c->arena, "a %s", f->postal_word).at
                                               : p->words;
        fail_at(k->c, ERR_INVALID, "address_incomplete", path(k, p->name),
                "an address in %s needs %s", k->country->name, words);
        struct text example = {0};
        if (p->letter == 'Z' && f->example) example = text_of(f->example);
        if (p->letter == 'S')
            for (const struct address_areas *at = address_areas; *at->country; at++)
                if (!strcmp(at->country, f->country)) {
                    struct text rest;
                    example = text_split(text_of(at->list), '=', &rest);
                }
        return example.len ? hint(k->c, "like %.*s", TEXT_ARG(example)) : ERR_INVALID;
    }
    return OK;
}

static enum err check_postal_code(const struct checking *k)
{
    struct text given = text_trim(k->a->postal_code), out;
    const struct address_format *f = &k->format;
    if (!given.len) return OK;
    if (!f->postal && text_chars(given) > ADDRESS_POSTAL_CODE_MAX)
        return fail_at(k->c, ERR_INVALID, "postal_code_invalid", path(k, "postal_code"),
                       "longer than %d characters", ADDRESS_POSTAL_CODE_MAX);
    if (!f->postal || postal_code_normalise(k->c->arena, k->a->country, given, &out)) return OK;
    fail_at(k->c, ERR_INVALID, "postal_code_invalid", path(k, "postal_code"),
            "\"%.*s\" is not a %s of %s", TEXT_ARG(given), f->postal_word, k->country->name);
    /* spreadsheets take "02134" for a number */
    struct text longer = text_printf(k->c->arena, "0%.*s", TEXT_ARG(given));
    if (postal_code_normalise(k->c->arena, k->a->country, longer, &out))
        return hint(k->c, "has a leading zero been lost? %.*s", TEXT_ARG(out));
    return f->example ? hint(k->c, "like %s", f->example) : ERR_INVALID;
}

static enum err check_admin_area(const struct checking *k)
{
    struct text given = text_trim(k->a->admin_area);
    for (const struct address_areas *at = address_areas; *at->country && given.len; at++) {
        if (!at->is_complete || strcmp(at->country, k->country->alpha2)) continue;
        struct text rest;
        if (area_find(k->c->arena, text_of(at->country), given).at) return OK;
        fail_at(k->c, ERR_INVALID, "admin_area_unknown", path(k, "admin_area"),
                "\"%.*s\" is not a %s of %s", TEXT_ARG(given), k->format.area_word,
                k->country->name);
        return hint(k->c, "like %.*s", TEXT_ARG(text_split(text_of(at->list), '=', &rest)));
    }
    return OK;
}

static enum err check_contact(const struct checking *k)
{
    struct text phone = text_trim(k->a->phone), email = text_trim(k->a->email);
    if (email.len) TRY(email_check(k->c, email, path(k, "email")));
    if (!phone.len || phone_normalise(k->c->arena, phone, k->a->country).at) return OK;
    fail_at(k->c, ERR_INVALID, "phone_invalid", path(k, "phone"),
            "\"%.*s\" is not a phone number of %s or of another country with its +code",
            TEXT_ARG(phone), k->country->name);
    return hint(k->c, "with its country code, like +%s...", k->country->dial);
}

static bool has_loose_space(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] == ' ' && (i == 0 || i + 1 == t.len || t.at[i + 1] == ' ')) return true;
    return false;
}

/* One space for any run of white space; a line break becomes a comma; control characters and
   invisible ones go. An empty text becomes the absent one. */
static struct text tidy(struct arena *arena, struct text t, bool keep_breaks)
{
    if (!t.len) return (struct text){0};
    if (is_plain(t) && !has_loose_space(t)) return t;
    struct buf b = buf_new(arena);
    bool space = false, broken = false;
    while (t.len) {
        int32_t c = letter_next(&t);
        bool line = c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
        if (line || c == ' ' || c == '\t' || c == 0xA0 || c == 0x3000) {
            space = true;
            broken |= line;
        } else if (!is_forbidden(c, false) && c != 0xFEFF && !(c >= 0x200B && c <= 0x200F)) {
            if (b.len && broken)
                buf_puts(&b, keep_breaks ? "\n" : b.at[b.len - 1] == ',' ? " " : ", ");
            else if (b.len && space)
                buf_putc(&b, ' ');
            letter_put(&b, c);
            space = broken = false;
        }
    }
    return b.len ? buf_text(&b) : (struct text){0};
}

/* Capitals and digits alone; false when there is anything that no code has. */
static bool compact_code(struct arena *arena, struct text raw, struct text *out)
{
    struct buf b = buf_new(arena);
    for (struct text rest = text_trim(raw); rest.len;) {
        int32_t c = letter_next(&rest);
        if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; /* full-width, from a Japanese keyboard */
        if (c >= 'a' && c <= 'z') c -= 0x20;
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            buf_putc(&b, (char)c);
        else if (c != ' ' && c != '-' && c != '.' && c != 0xA0 && c != 0x3000 && c != 0x3012 &&
                 !(c >= 0x2010 && c <= 0x2015) && c != 0x2212)
            return false;
    }
    *out = buf_text(&b);
    return b.len > 0;
}

/* Is `c` in the class at `*at` ("[A-HJ]...")? Moves past the class. */
static bool in_class(struct text form, size_t *at, char c)
{
    bool found = false;
    for (++*at; form.at[*at] != ']'; ++*at) {
        const char *s = form.at + *at;
        if (s[1] == '-' && s[2] != ']') {
            found |= c >= s[0] && c <= s[2];
            *at += 2;
        } else {
            found |= c == s[0];
        }
    }
    return found;
}

/* Spaces and hyphens of the template are written, not asked for. */
static bool fits(struct text form, struct text code, struct buf *out)
{
    size_t used = 0;
    for (size_t i = 0; i < form.len; i++) {
        char want = form.at[i];
        if (want == ' ' || want == '-') {
            buf_putc(out, want);
            continue;
        }
        if (used == code.len) return false;
        char c = code.at[used++];
        bool digit = c >= '0' && c <= '9', good = c == want;
        if (want == '#') good = digit;
        if (want == '@') good = !digit;
        if (want == '?') good = true;
        if (want == '[') good = in_class(form, &i, c);
        if (!good) return false;
        buf_putc(out, c);
    }
    return used == code.len;
}
