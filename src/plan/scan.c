/* plan/scan.c: from certain to possible: AIM prefix, own labels, GS1 spellings, keys by length and
 * check digit, tracking numbers, and at last any text as a SKU. */
#include "plan/scan.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "base/source.h"
#include "base/time.h"
#include "plan/gs1.h"
#include "plan/tracking_number.h"

#include <string.h>

/* AIM prefixes after which FNC1 leads: the content is an element string. */
static const char gs1_symbologies[] = "C1 d2 Q3 e0 e1 e2 J1";

struct kind_of {
    const char *word;
    enum scan_kind kind;
};

/* Identifiers of ours ("pkg_...") by prefix. */
static const struct kind_of prefixes[] = {
    {"pkg", SCAN_PACKAGE},     {"bin", SCAN_BIN},
    {"tot", SCAN_TOTE},        {"con", SCAN_TOTE},
    {"ctr", SCAN_TOTE},        {"ord", SCAN_ORDER},
    {"ful", SCAN_FULFILLMENT}, {"fulfil", SCAN_FULFILLMENT},
    {"tsk", SCAN_TASK},        {"wav", SCAN_WAVE},
    {"ret", SCAN_RETURN},      {"sit", SCAN_SITE},
    {"sku", SCAN_SKU},         {"prd", SCAN_SKU},
    {"usr", SCAN_PERSON},
};

/* Labels of ours ("waybill:bin/A-01-02") by word. */
static const struct kind_of labels[] = {
    {"bin", SCAN_BIN},
    {"tote", SCAN_TOTE},
    {"container", SCAN_TOTE},
    {"carton", SCAN_TOTE},
    {"pallet", SCAN_TOTE},
    {"cart", SCAN_TOTE},
    {"pkg", SCAN_PACKAGE},
    {"package", SCAN_PACKAGE},
    {"order", SCAN_ORDER},
    {"ord", SCAN_ORDER},
    {"fulfillment", SCAN_FULFILLMENT},
    {"task", SCAN_TASK},
    {"wave", SCAN_WAVE},
    {"return", SCAN_RETURN},
    {"site", SCAN_SITE},
    {"person", SCAN_PERSON},
    {"user", SCAN_PERSON},
    {"sku", SCAN_SKU},
    {"tracking", SCAN_TRACKING},
    {"lot", SCAN_LOT},
    {"serial", SCAN_SERIAL},
};

static const struct kind_of identifiers[] = {
    {"00", SCAN_SSCC},     {"01", SCAN_GTIN},     {"02", SCAN_CONTENT},   {"10", SCAN_LOT},
    {"21", SCAN_SERIAL},   {"17", SCAN_EXPIRY},   {"15", SCAN_EXPIRY},    {"11", SCAN_PRODUCED},
    {"13", SCAN_PRODUCED}, {"30", SCAN_QUANTITY}, {"37", SCAN_QUANTITY},  {"400", SCAN_PURCHASE},
    {"410", SCAN_PLACE},   {"414", SCAN_PLACE},   {"420", SCAN_POSTCODE}, {"421", SCAN_POSTCODE},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct reader {
    struct arena *arena;
    struct scan *scan;
    int year;
};

const char *scan_kind_word(enum scan_kind kind)
{
    static const char *const words[] = {
#define X(name, word) word,
        SCAN_KIND_LIST(X)
#undef X
    };
    return kind < SCAN_KIND_COUNT ? words[kind] : "";
}

static const struct kind_of *kind_find(const struct kind_of *at, size_t count, struct text word)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(word, at[i].word)) return &at[i];
    return NULL;
}

/* Insert by confidence, behind equals. */
static void reading_add(struct reader *r, struct scan_fact *facts, size_t count, int confidence)
{
    struct scan *s = r->scan;
    if (!s->at) s->at = arena_new(r->arena, struct scan_reading, SCAN_READINGS_MAX);
    if (s->count == SCAN_READINGS_MAX) return;
    size_t at = s->count++;
    for (; at && s->at[at - 1].confidence < confidence; at--) s->at[at] = s->at[at - 1];
    s->at[at] = (struct scan_reading){facts, count, confidence};
}

static void fact_add(struct reader *r, struct scan_fact fact, int confidence)
{
    struct scan_fact *one = arena_new(r->arena, struct scan_fact, 1);
    *one = fact;
    reading_add(r, one, 1, confidence);
}

/* Grams of a weight in millionths of a kilogram, rounded up. */
static int64_t grams_of(int64_t ppm) { return (ppm + 999) / 1000; }

static struct scan_fact fact_of(struct reader *r, struct gs1_fact g)
{
    struct scan_fact fact = {SCAN_IDENTIFIER, g.value, g.ai, 0};
    const struct kind_of *known = kind_find(identifiers, COUNT(identifiers), g.ai);
    if (known) fact.kind = known->kind;
    if (fact.kind == SCAN_EXPIRY || fact.kind == SCAN_PRODUCED)
        gs1_date(g.value, r->year, &fact.number);
    if (fact.kind == SCAN_QUANTITY && !text_to_i64(g.value, &fact.number)) fact.number = 0;
    bool kilograms = text_starts(g.ai, T("310")) || text_starts(g.ai, T("330"));
    if (kilograms && g.ai.len == 4 && gs1_decimal_ppm(g, &fact.number)) {
        fact.kind = SCAN_WEIGHT;
        fact.number = grams_of(fact.number);
    }
    return fact;
}

static void facts_add(struct reader *r, const struct gs1_facts *facts, int confidence)
{
    struct scan_fact *at = arena_new(r->arena, struct scan_fact, facts->count);
    for (size_t i = 0; i < facts->count; i++) at[i] = fact_of(r, facts->at[i]);
    if (gs1_facts_wrong(r->arena, facts).at) confidence -= 5; /* companions are missing */
    reading_add(r, at, facts->count, confidence);
}

typedef enum err (*gs1_parser)(struct ctx *c, struct text in, struct gs1_facts *out);

static bool gs1_add(struct reader *r, gs1_parser parse, struct text in, int confidence)
{
    struct ctx c = {.arena = r->arena};
    struct gs1_facts facts;
    if (parse(&c, in, &facts) != OK) return false;
    facts_add(r, &facts, confidence);
    return true;
}

static bool is_lower_word(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < 'a' || t.at[i] > 'z') return false;
    return t.len >= 2 && t.len <= 8;
}

/* "pkg_" and 13 characters of base 32; scanners with caps lock send capitals. */
static bool id_add(struct reader *r, struct text in)
{
    struct text rest, word = text_lower(r->arena, text_split(in, '_', &rest));
    int64_t id;
    if (!rest.at || !is_lower_word(word)) return false;
    struct text whole = text_printf(r->arena, "%.*s_%.*s", TEXT_ARG(word), TEXT_ARG(rest));
    if (!id_parse(whole, text_cstr(r->arena, word), &id)) return false;
    const struct kind_of *known = kind_find(prefixes, COUNT(prefixes), word);
    fact_add(r, (struct scan_fact){known ? known->kind : SCAN_OTHER_ID, whole, word, id},
             known ? 100 : 80);
    return true;
}

static bool label_add(struct reader *r, struct text in)
{
    struct text value, label = text_head(in, 8);
    if (!text_eq_nocase(label, T("waybill:"))) return false;
    struct text word = text_lower(r->arena, text_split(text_skip(in, 8), '/', &value));
    const struct kind_of *known = kind_find(labels, COUNT(labels), word);
    value = text_trim(value);
    if (!known || text_empty(value)) return false;
    size_t before = r->scan->count;
    if (id_add(r, value) && r->scan->at[before].facts->kind == known->kind) return true;
    r->scan->count = before;
    fact_add(r, (struct scan_fact){known->kind, value, word, 0}, 100);
    return true;
}

static bool all_digits(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < '0' || t.at[i] > '9') return false;
    return t.len > 0;
}

/* UPC-E (number system 0 or 1, six digits, check digit) written out as UPC-A. */
static bool upc_e_expand(struct arena *a, struct text t, struct text *out)
{
    if (t.len != 8 || !all_digits(t) || t.at[0] > '1') return false;
    const char *d = t.at + 1;
    struct text body = {0};
    if (d[5] <= '2')
        body = text_printf(a, "%c%.2s%c0000%.3s", t.at[0], d, d[5], d + 2);
    else if (d[5] == '3')
        body = text_printf(a, "%c%.3s00000%.2s", t.at[0], d, d + 3);
    else if (d[5] == '4')
        body = text_printf(a, "%c%.4s00000%c", t.at[0], d, d[4]);
    else
        body = text_printf(a, "%c%.5s0000%c", t.at[0], d, d[5]);
    *out = text_printf(a, "%.*s%c", TEXT_ARG(body), t.at[7]);
    return gs1_check_ok(*out);
}

static void key_add(struct reader *r, struct text in)
{
    struct text gtin, upc;
    if (!all_digits(in)) return;
    bool is_retail = text_starts(r->scan->symbology, T("E")); /* EAN and UPC say nothing else */
    if (gs1_gtin14(r->arena, in, &gtin))
        fact_add(r, (struct scan_fact){SCAN_GTIN, gtin, T("01"), 0},
                 is_retail     ? 99
                 : in.len == 8 ? 75
                               : 88);
    if (upc_e_expand(r->arena, in, &upc) && gs1_gtin14(r->arena, upc, &gtin))
        fact_add(r, (struct scan_fact){SCAN_GTIN, gtin, T("01"), 0}, 60);
    if (in.len == GS1_SSCC_DIGITS && gs1_check_ok(in))
        fact_add(r, (struct scan_fact){SCAN_SSCC, text_copy(r->arena, in), T("00"), 0}, 90);
}

static void tracking_add(struct reader *r, struct text in)
{
    struct tracking_matches m = tracking_number_recognize(r->arena, in, NULL);
    for (size_t i = 0; i < m.count; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++) again = again || m.at[k].carrier == m.at[i].carrier;
        if (again || m.at[i].confidence < 10) continue;
        /* letters and a check digit are plain; bare digits are likelier goods than parcels */
        int confidence = m.at[i].confidence;
        if (confidence < 90 && confidence > 5) confidence -= 5;
        if (m.at[i].confidence == 99) confidence = 100;
        fact_add(r, (struct scan_fact){SCAN_TRACKING, m.number, text_of(m.at[i].carrier), 0},
                 confidence);
    }
}

static bool plate_add(struct reader *r, struct text in)
{
    struct text digits = text_skip(in, 2);
    bool fits = text_eq_nocase(text_head(in, 2), T("LP")) && in.len >= 6 && in.len <= 20;
    if (!fits || !all_digits(digits)) return false;
    fact_add(r, (struct scan_fact){SCAN_PLATE, text_upper(r->arena, in), T("LP"), 0}, 85);
    return true;
}

/* Take off what scanners and keyboards add: blanks, line ends, the AIM prefix. */
static struct text strip(struct scan *s, struct text raw)
{
    size_t from = 0, to = raw.len < SCAN_BYTES_MAX ? raw.len : SCAN_BYTES_MAX;
    while (from < to && ((unsigned char)raw.at[from] <= ' ' && raw.at[from] != GS1_FNC1)) from++;
    while (to > from && ((unsigned char)raw.at[to - 1] <= ' ')) to--;
    struct text t = {raw.at + from, to - from};
    if (t.len >= 3 && t.at[0] == ']' && ((t.at[1] | 0x20) >= 'a' && (t.at[1] | 0x20) <= 'z') &&
        t.at[2] > ' ' && t.at[2] < 0x7f) {
        s->symbology = (struct text){t.at + 1, 2};
        t = text_skip(t, 3);
    }
    return t;
}

static bool is_printable(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < ' ' || t.at[i] == 0x7f) return false;
    return t.len && text_is_utf8(t);
}

static bool symbology_is_gs1(struct text symbology)
{
    if (symbology.len != 2) return false;
    for (const char *at = gs1_symbologies; at[0]; at += at[2] ? 3 : 2)
        if (at[0] == symbology.at[0] && at[1] == symbology.at[1]) return true;
    return false;
}

struct scan scan_parse(struct arena *a, struct text raw, int64_t today_day)
{
    struct scan s = {0};
    struct reader r = {a, &s, civil_of_us(today_day * DAY_US).year};
    if (!raw.at || !raw.len) return s;
    struct text t = s.text = strip(&s, raw);
    bool has_fnc1 = t.len && memchr(t.at, GS1_FNC1, t.len);
    if (!t.len) return s;
    if (symbology_is_gs1(s.symbology))
        gs1_add(&r, gs1_element_parse, t, 100);
    else if (has_fnc1)
        gs1_add(&r, gs1_element_parse, t, 97);
    bool own = label_add(&r, t) || id_add(&r, t) || plate_add(&r, t);
    if (t.at[0] == '(') gs1_add(&r, gs1_bracketed_parse, t, 98);
    if (text_eq_nocase(text_head(t, 4), T("http"))) gs1_add(&r, gs1_link_parse, t, 98);
    if (!own) {
        key_add(&r, t);
        tracking_add(&r, t);
        /* a scanner set to send neither prefix nor FNC1: believable when it begins with a key */
        bool key_first = text_starts(t, T("01")) || text_starts(t, T("00"));
        if (!symbology_is_gs1(s.symbology) && !has_fnc1 && key_first && t.len > 16)
            gs1_add(&r, gs1_element_parse, t, 86);
    }
    if (is_printable(t)) fact_add(&r, (struct scan_fact){SCAN_SKU, t, {0}, 0}, own ? 1 : 20);
    return s;
}

const struct scan_fact *scan_find(const struct scan *s, enum scan_kind kind)
{
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->at[i].count; k++)
            if (s->at[i].facts[k].kind == kind) return &s->at[i].facts[k];
    return NULL;
}
