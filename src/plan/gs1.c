/* plan/gs1.c: keys and rules of GS1; the spellings are in gs1_text.c. */
#include "plan/gs1.h"

#include "base/arena.h"
#include "base/time.h"

#include <string.h>

static bool all_digits(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < '0' || t.at[i] > '9') return false;
    return t.len > 0;
}

char gs1_check_digit(struct text digits)
{
    if (!all_digits(digits)) return 0;
    int sum = 0;
    for (size_t i = 0; i < digits.len; i++)
        sum = (sum + (digits.at[digits.len - 1 - i] - '0') * (i % 2 ? 1 : 3)) % 10;
    return (char)('0' + (10 - sum) % 10);
}

bool gs1_check_ok(struct text key)
{
    return key.len >= 2 && all_digits(key) &&
           gs1_check_digit(text_head(key, key.len - 1)) == key.at[key.len - 1];
}

bool gs1_gtin14(struct arena *a, struct text gtin, struct text *out)
{
    if (gtin.len != 8 && (gtin.len < 12 || gtin.len > 14)) return false;
    if (!gs1_check_ok(gtin)) return false;
    *out = text_printf(a, "%0*d%.*s", (int)(GS1_GTIN_DIGITS - gtin.len), 0, TEXT_ARG(gtin));
    if (gtin.len == GS1_GTIN_DIGITS) *out = text_copy(a, gtin);
    return true;
}

struct text gs1_gtin_short(struct text gtin14)
{
    if (gtin14.len != GS1_GTIN_DIGITS || gtin14.at[0] != '0') return gtin14;
    if (gtin14.at[1] != '0') return text_skip(gtin14, 1);
    return text_skip(gtin14, text_starts(gtin14, T("000000")) ? 6 : 2);
}

static bool prefix_valid(struct text prefix)
{
    return all_digits(prefix) && prefix.len >= 4 && prefix.len <= 12;
}

int64_t gs1_sscc_serials(struct text prefix)
{
    if (!prefix_valid(prefix)) return 0;
    int64_t n = 1;
    for (size_t i = prefix.len; i < 16; i++) n *= 10;
    return n;
}

enum err gs1_sscc(struct ctx *c, int extension, struct text prefix, int64_t serial,
                  struct text *out)
{
    if (extension < 0 || extension > 9)
        return fail(c, ERR_INVALID, "gs1_extension", "the extension digit %d is not 0 to 9",
                    extension);
    if (!prefix_valid(prefix))
        return fail(c, ERR_INVALID, "gs1_prefix",
                    "the company prefix \"%.*s\" is not 4 to 12 digits", TEXT_ARG(prefix));
    if (serial < 0 || serial >= gs1_sscc_serials(prefix))
        return fail(c, ERR_CONFLICT, "sscc_exhausted",
                    "serial %lld does not fit behind the company prefix \"%.*s\"",
                    (long long)serial, TEXT_ARG(prefix));
    struct text body = text_printf(c->arena, "%d%.*s%0*lld", extension, TEXT_ARG(prefix),
                                   (int)(16 - prefix.len), (long long)serial);
    *out = text_printf(c->arena, "%.*s%c", TEXT_ARG(body), gs1_check_digit(body));
    return OK;
}

const struct gs1_ai *gs1_ai_find(struct text ai)
{
    if (ai.len < 2 || ai.len > 4 || !all_digits(ai)) return NULL;
    size_t from = 0, to = gs1_table_count;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        const struct gs1_ai *row = &gs1_table[mid];
        size_t len = strlen(row->code);
        int order = memcmp(row->code, ai.at, len < ai.len ? len : ai.len);
        if (order == 0) { /* no code is the beginning of another: this row or none */
            bool decimals = row->flags & GS1_DECIMALS;
            if (ai.len != len + decimals) return NULL;
            return !decimals || ai.at[len] - '0' <= row->decimals_max ? row : NULL;
        }
        if (order < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return NULL;
}

bool gs1_date(struct text yymmdd, int this_year, int64_t *day)
{
    if (yymmdd.len != 6 || !all_digits(yymmdd)) return false;
    const char *d = yymmdd.at;
    int yy = (d[0] - '0') * 10 + d[1] - '0', month = (d[2] - '0') * 10 + d[3] - '0';
    int of_month = (d[4] - '0') * 10 + d[5] - '0', apart = yy - this_year % 100;
    int year = this_year - this_year % 100 + yy;
    if (apart >= 51) year -= 100;
    if (apart <= -50) year += 100;
    if (month < 1 || month > 12) return false;
    if (of_month == 0) {
        *day = civil_to_day(month == 12 ? year + 1 : year, month % 12 + 1, 1) - 1;
        return true;
    }
    if (!civil_valid((struct civil){.year = year, .month = month, .day = of_month})) return false;
    *day = civil_to_day(year, month, of_month);
    return true;
}

bool gs1_decimal_ppm(struct gs1_fact fact, int64_t *ppm)
{
    const struct gs1_ai *ai = gs1_ai_find(fact.ai);
    int64_t number, scale = 1000000;
    if (!ai || !(ai->flags & GS1_DECIMALS) || ai->head != 6 || fact.value.len != 6) return false;
    if (!all_digits(fact.value) || !text_to_i64(fact.value, &number)) return false;
    for (char n = fact.ai.at[fact.ai.len - 1]; n > '0'; n--) scale /= 10;
    *ppm = number * scale;
    return true;
}

static bool in_set(char c, bool with_hash)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
    return c && (strchr("!\"%&'()*+,-./:;<=>?_", c) || (with_hash && c == '#'));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool percent_valid(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] == '%' &&
            (i + 2 >= t.len || hex_digit(t.at[i + 1]) < 0 || hex_digit(t.at[i + 2]) < 0))
            return false;
    return true;
}

const char *gs1_fact_wrong(struct gs1_fact fact)
{
    const struct gs1_ai *ai = gs1_ai_find(fact.ai);
    if (!ai) return "is not an application identifier";
    struct text head = text_head(fact.value, ai->head), tail = text_skip(fact.value, ai->head);
    if (fact.value.len < (size_t)ai->head + ai->tail_min) return "is too short";
    if (tail.len > ai->tail_max) return "is too long";
    if (head.len && !all_digits(head)) return "needs digits";
    if ((ai->flags & GS1_NUMERIC_TAIL) && tail.len && !all_digits(tail)) return "needs digits";
    for (size_t i = 0; i < tail.len; i++)
        if (!in_set(tail.at[i], strcmp(ai->code, "8010") == 0))
            return "holds a character that GS1 does not allow";
    if ((ai->flags & GS1_CHECK) && !gs1_check_ok(head)) return "has a wrong check digit";
    int64_t day;
    if ((ai->flags & (GS1_DATE | GS1_DATE_FULL)) && !gs1_date(text_head(head, 6), 2000, &day))
        return "is no date";
    if ((ai->flags & GS1_DATE_FULL) && head.at[4] == '0' && head.at[5] == '0')
        return "is no full date";
    if ((ai->flags & GS1_PERCENT) && !percent_valid(tail)) return "has a broken % sequence";
    return NULL;
}

bool gs1_find(const struct gs1_facts *facts, const char *ai, struct text *value)
{
    for (size_t i = 0; i < facts->count; i++)
        if (text_is(facts->at[i].ai, ai)) {
            *value = facts->at[i].value;
            return true;
        }
    return false;
}

/* "31nn" covers 3103. */
static bool covers(struct text pattern, struct text ai)
{
    if (pattern.len != ai.len) return false;
    for (size_t i = 0; i < ai.len; i++)
        if (pattern.at[i] != 'n' && pattern.at[i] != ai.at[i]) return false;
    return true;
}

static bool has_covered(const struct gs1_facts *facts, struct text pattern, struct text but_not)
{
    for (size_t i = 0; i < facts->count; i++)
        if (covers(pattern, facts->at[i].ai) && !text_eq(facts->at[i].ai, but_not)) return true;
    return false;
}

/* "00+02,00+8026": one group of which all are there. */
static bool has_needs(const struct gs1_facts *facts, struct text needs)
{
    while (!text_empty(needs)) {
        struct text group = text_split(needs, ',', &needs);
        bool all = true;
        while (all && !text_empty(group)) {
            struct text one = text_split(group, '+', &group);
            all = has_covered(facts, one, (struct text){0});
        }
        if (all) return true;
    }
    return false;
}

struct text gs1_facts_wrong(struct arena *a, const struct gs1_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        struct gs1_fact fact = facts->at[i];
        const char *wrong = gs1_fact_wrong(fact);
        if (wrong) return text_printf(a, "(%.*s) %s", TEXT_ARG(fact.ai), wrong);
        for (size_t j = 0; j < i; j++)
            if (text_eq(facts->at[j].ai, fact.ai) && !text_eq(facts->at[j].value, fact.value))
                return text_printf(a, "(%.*s) is there twice with different values",
                                   TEXT_ARG(fact.ai));
        const struct gs1_ai *ai = gs1_ai_find(fact.ai);
        struct text needs = text_of(ai->needs), excludes = text_of(ai->excludes);
        while (!text_empty(needs)) {
            struct text rule = text_split(needs, ';', &needs);
            if (!has_needs(facts, rule))
                return text_printf(a, "(%.*s) needs one of %.*s", TEXT_ARG(fact.ai),
                                   TEXT_ARG(rule));
        }
        while (!text_empty(excludes)) {
            struct text one = text_split(excludes, ',', &excludes);
            if (has_covered(facts, one, fact.ai))
                return text_printf(a, "(%.*s) excludes %.*s", TEXT_ARG(fact.ai), TEXT_ARG(one));
        }
    }
    return (struct text){0};
}
