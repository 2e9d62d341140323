/* base/address_key.c: when are two addresses one place, and what kind of place is it? */
#include "base/address.h"

#include "base/arena.h"
#include "base/country.h"
#include "base/letters.h"

#include <string.h>

/* Words that people shorten, each to the shortest usual form. */
static const char *const shorter[][2] = {
    {"alley", "aly"},     {"apartment", "apt"}, {"appartement", "apt"},
    {"avda", "av"},       {"ave", "av"},        {"avenida", "av"},
    {"avenue", "av"},     {"boulevard", "bd"},  {"blvd", "bd"},
    {"building", "bldg"}, {"calle", "c"},       {"chemin", "ch"},
    {"circle", "cir"},    {"close", "cl"},      {"corso", "cso"},
    {"court", "ct"},      {"crescent", "cres"}, {"drive", "dr"},
    {"east", "e"},        {"etage", "et"},      {"expressway", "expy"},
    {"flat", "apt"},      {"floor", "fl"},      {"freeway", "fwy"},
    {"gardens", "gdns"},  {"grove", "gr"},      {"heights", "hts"},
    {"highway", "hwy"},   {"house", "hse"},     {"impasse", "imp"},
    {"lane", "ln"},       {"mount", "mt"},      {"north", "n"},
    {"northeast", "ne"},  {"northwest", "nw"},  {"number", ""},
    {"no", ""},           {"nr", ""},           {"numero", ""},
    {"parade", "pde"},    {"parkway", "pkwy"},  {"piazza", "pza"},
    {"place", "pl"},      {"platz", "pl"},      {"plaza", "plz"},
    {"road", "rd"},       {"route", "rte"},     {"rua", "r"},
    {"rue", "r"},         {"saint", "st"},      {"sainte", "ste"},
    {"sankt", "st"},      {"south", "s"},       {"southeast", "se"},
    {"southwest", "sw"},  {"square", "sq"},     {"strada", "str"},
    {"strasse", "str"},   {"street", "st"},     {"suite", "ste"},
    {"terrace", "ter"},   {"ulica", "ul"},      {"unit", "apt"},
    {"via", "v"},         {"viale", "vle"},     {"west", "w"},
    {"weg", "weg"},
};

/* Ways to say "post office box"; the second form counts only with a number after it. */
static const char *const boxes[] = {
    "po box",
    "p o box",
    "pobox",
    "post office box",
    "postal box",
    "gpo box",
    "locked bag",
    "private bag",
    "postfach",
    "boite postale",
    "apartado postal",
    "apartado de correos",
    "caixa postal",
    "casella postale",
    "postboks",
    "postlada",
    "postilokero",
    "skrytka pocztowa",
    "postafiok",
    "casilla de correo",
    "私書箱",
    "а я",
    "абонентский ящик",
};
static const char *const numbered_boxes[] = {
    "pob", "po", "bp", "cp", "box", "apartado", "casilla", "postbus", "postbox", "boks", "pb"};

static void put_words(struct arena *arena, struct buf *b, struct text t);
static struct text words(struct arena *arena, struct text t);
static bool is_box(struct text line);

struct text address_key(struct arena *arena, const struct postal_address *a)
{
    struct buf b = buf_new(arena);
    const struct country *country = country_find(a->country);
    struct text code = {0}, mine = country ? text_of(country->alpha2) : a->country;
    buf_put(&b, text_lower(arena, mine));
    buf_putc(&b, '|');
    bool placed = postal_code_normalise(arena, mine, a->postal_code, &code);
    if (placed) {
        for (size_t i = 0; i < code.len; i++)
            if (code.at[i] != ' ' && code.at[i] != '-') buf_putc(&b, code.at[i]);
        if (text_eq(mine, T("US"))) b.len = 3 + 5; /* ZIP+4 is not always known */
    } else {
        put_words(arena, &b, a->city);
    }
    buf_putc(&b, '|');
    size_t before = b.len;
    const struct text lines[] = {a->line1, a->line2, a->line3};
    for (size_t i = 0; i < 3; i++) put_words(arena, &b, lines[i]);
    if (b.len == before) put_words(arena, &b, placed ? a->city : a->dependent_locality);
    return text_trim(text_lower(arena, buf_text(&b)));
}

bool address_is_po_box(struct arena *arena, const struct postal_address *a)
{
    const struct text lines[] = {a->line1, a->line2, a->line3};
    for (size_t i = 0; i < 3; i++)
        if (is_box(words(arena, lines[i]))) return true;
    return false;
}

bool address_is_military(const struct postal_address *a)
{
    static const char *const areas[] = {"AA", "AE", "AP"};
    static const char *const offices[] = {"APO", "FPO", "DPO"};
    if (text_eq_nocase(a->country, T("GB")))
        return text_eq_nocase(text_head(text_trim(a->postal_code), 4), T("BFPO"));
    if (!text_eq_nocase(a->country, T("US"))) return false;
    struct text area = text_trim(a->admin_area), city = text_trim(a->city);
    for (size_t i = 0; i < 3; i++)
        if (text_eq_nocase(area, text_of(areas[i])) || text_eq_nocase(city, text_of(offices[i])))
            return true;
    return false;
}

/* Folded words with one space between; "P.O. Box" is "po box". */
static struct text words(struct arena *arena, struct text t)
{
    struct buf b = buf_new(arena);
    struct text folded = letters_fold(arena, t);
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.at[i];
        bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        bool initial = b.len >= 1 && (b.len < 2 || b.at[b.len - 2] == ' ') && b.at[b.len - 1] > '9';
        if (kept)
            buf_putc(&b, c);
        else if (c == '\'' || (c == '.' && initial))
            continue; /* "O'Neill", "P.O." */
        else if (b.len && b.at[b.len - 1] != ' ')
            buf_putc(&b, ' ');
    }
    return text_trim(buf_text(&b));
}

/* "ae" for "ä" and the like: both spellings lose the second letter. */
static struct text without_umlaut(struct arena *arena, struct text word)
{
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < word.len; i++) {
        buf_putc(&b, word.at[i]);
        bool vowel = strchr("aou", word.at[i]) != NULL;
        if (vowel && i + 1 < word.len && word.at[i + 1] == 'e') i++;
    }
    return buf_text(&b);
}

static void put_words(struct arena *arena, struct buf *b, struct text t)
{
    for (struct text rest = words(arena, t); rest.len;) {
        struct text word = text_split(rest, ' ', &rest);
        if (text_ends(word, T("strasse")) && word.len > 7) word = text_head(word, word.len - 4);
        for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++)
            if (text_is(word, shorter[i][0])) {
                word = text_of(shorter[i][1]);
                break;
            }
        if (!word.len) continue;
        if (b->len && b->at[b->len - 1] != '|') buf_putc(b, ' ');
        buf_put(b, without_umlaut(arena, word));
    }
}

/* Does `line` have `phrase` as whole words; `*after` is what follows. */
static bool has_words(struct text line, struct text phrase, struct text *after)
{
    for (size_t at = 0; at < line.len; at++) {
        ptrdiff_t found = text_find(text_skip(line, at), phrase);
        if (found < 0) return false;
        at += (size_t)found;
        *after = text_skip(line, at + phrase.len);
        bool starts = at == 0 || line.at[at - 1] == ' ' || (unsigned char)line.at[at] >= 0x80;
        bool ends = !after->len || after->at[0] == ' ' || (unsigned char)phrase.at[0] >= 0x80 ||
                    (after->at[0] >= '0' && after->at[0] <= '9');
        if (starts && ends) return true;
    }
    return false;
}

static bool is_box(struct text line)
{
    struct text after;
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        if (has_words(line, text_of(boxes[i]), &after)) return true;
    for (size_t i = 0; i < sizeof numbered_boxes / sizeof *numbered_boxes; i++) {
        struct text box = text_of(numbered_boxes[i]);
        if (!text_starts(line, box)) continue; /* "Rue de la Box 3" is a street */
        after = text_trim(text_skip(line, box.len));
        if (after.len && after.at[0] >= '0' && after.at[0] <= '9') return true;
    }
    return false;
}
