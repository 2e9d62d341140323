/* faces/cli/mapping_value.c: templates, filters, numbers, dates and conditions, for one row. */
#include "base/country.h"
#include "base/time.h"
#include "faces/cli/mapping_parts.h"

#include <stdio.h>
#include <string.h>

/* The columns of a template, for messages: "UnitPrice". */
static const char *column_of(struct reading *r, const struct template *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->parts[i].source >= 0) return text_cstr(&r->scratch, t->parts[i].text);
    return "";
}

static enum err refused(struct reading *r, const struct template *t, const char *reason,
                        const char *what, struct text value)
{
    return fail_at(r->c, ERR_INVALID, reason, column_of(r, t), "%s \"%.*s\"", what,
                   (int)(value.len < 60 ? value.len : 60), value.at ? value.at : "");
}

bool decimal_parse(struct text t, char mark, int digits, bool *exact, int64_t *out)
{
    char thousands = mark == ',' ? '.' : ',';
    t = text_trim(t);
    bool minus = t.len && t.at[0] == '-', any = false, past = false, half = false;
    if (t.len && (t.at[0] == '-' || t.at[0] == '+')) t = text_skip(t, 1);
    int decimals = 0;
    int64_t n = 0;
    *exact = true;
    for (size_t i = 0; i < t.len; i++) {
        char at = t.at[i];
        if (at == mark && !past) {
            past = true;
            continue;
        }
        if (any && !past && (at == thousands || at == ' ' || at == '\'')) continue;
        if (at < '0' || at > '9') return false;
        any = true;
        if (past && ++decimals > digits) {
            if (decimals == digits + 1) half = at >= '5';
            if (at != '0') *exact = false;
            continue;
        }
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, at - '0', &n))
            return false;
    }
    for (; decimals < digits; decimals++)
        if (__builtin_mul_overflow(n, 10, &n)) return false;
    if (half && __builtin_add_overflow(n, 1, &n)) return false;
    *out = minus ? -n : n;
    return any;
}

static struct text titled(struct arena *a, struct text t)
{
    struct text lower = text_lower(a, t);
    char *at = arena_new(a, char, t.len + 1);
    bool begins = true;
    for (size_t i = 0; i < t.len; i++) {
        char c = lower.at[i];
        at[i] = begins && c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        begins = c == ' ' || c == '-' || c == '\'';
    }
    return (struct text){at, t.len};
}

static struct text digits_only(struct arena *a, struct text t)
{
    char *at = arena_new(a, char, t.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] >= '0' && t.at[i] <= '9') at[n++] = t.at[i];
    return (struct text){at, n};
}

static enum err times(struct reading *r, struct arena *a, const struct template *t, int64_t factor,
                      struct text *io)
{
    bool exact;
    int64_t micro;
    if (text_empty(*io)) return OK;
    if (!decimal_parse(*io, r->mapping->decimal, 6, &exact, &micro) ||
        __builtin_mul_overflow(micro, factor, &micro))
        return refused(r, t, "number_invalid", "this is no number:", *io);
    int64_t whole = money_share(micro, 1, 1000000);
    *io = text_printf(a, "%lld", (long long)whole);
    return OK;
}

static enum err look_up(struct reading *r, const struct template *t,
                        const struct mapping_table *table, struct text *io)
{
    for (size_t i = 0; i < table->count; i++)
        if (text_eq_nocase(table->from[i], *io)) {
            *io = table->to[i];
            return OK;
        }
    if (table->has_rest) {
        if (!table->rest_is_itself) *io = table->rest;
        return OK;
    }
    if (text_empty(*io)) return OK;
    fail_at(r->c, ERR_INVALID, "not_in_table", column_of(r, t), "\"%.*s\" is not in table %.*s",
            (int)(io->len < 60 ? io->len : 60), io->at, TEXT_ARG(table->name));
    return ERR_INVALID;
}

/* Names repeat from row to row, and finding one folds its letters: remember the answers. */
static enum err country_code(struct reading *r, const struct template *t, struct text *io)
{
    for (size_t i = 0; i < r->country_count; i++)
        if (text_eq(r->countries[i].name, *io)) {
            *io = text_of(r->countries[i].found->alpha2);
            return OK;
        }
    if (text_empty(*io)) return OK;
    const struct country *found = country_find(*io);
    if (!found) return refused(r, t, "country_unknown", "no country is called", *io);
    if (r->country_count < COUNTRIES_KEPT)
        r->countries[r->country_count++] = (struct country_name){text_copy(&r->arena, *io), found};
    *io = text_of(found->alpha2);
    return OK;
}

static enum err filter_apply(struct reading *r, struct arena *a, const struct template *t,
                             const struct filter *f, struct text *io)
{
    switch (f->kind) {
    case FILTER_UPPER: *io = text_upper(a, *io); return OK;
    case FILTER_LOWER: *io = text_lower(a, *io); return OK;
    case FILTER_TITLE: *io = titled(a, *io); return OK;
    case FILTER_DIGITS: *io = digits_only(a, *io); return OK;
    case FILTER_PAD:
        if (io->len && io->len < (size_t)f->number)
            *io = text_printf(a, "%0*d%.*s", (int)((size_t)f->number - io->len), 0, TEXT_ARG(*io));
        return OK;
    case FILTER_TIMES: return times(r, a, t, f->number, io);
    case FILTER_DEFAULT:
        if (text_empty(*io)) *io = f->text;
        return OK;
    case FILTER_TABLE: return look_up(r, t, f->table, io);
    case FILTER_COUNTRY: return country_code(r, t, io);
    }
    return OK;
}

static enum err part_value(struct reading *r, struct arena *a, const struct template *t,
                           const struct part *part, struct text *out)
{
    if (part->source == PART_LITERAL) {
        *out = part->text;
        return OK;
    }
    if (part->source == PART_ROW)
        *out = text_printf(a, "%lld", (long long)r->row.number);
    else
        TRY(reading_cell(r, part, out));
    *out = text_trim(*out);
    for (size_t i = 0; i < part->filter_count; i++)
        TRY(filter_apply(r, a, t, &part->filters[i], out));
    return OK;
}

enum err value_of(struct reading *r, struct arena *a, const struct template *t, struct text *out)
{
    *out = T("");
    if (t->count == 1) {
        TRY(part_value(r, a, t, &t->parts[0], out));
        if (out->len && a != &r->scratch) *out = text_copy(a, *out);
        return OK;
    }
    struct buf b = {.arena = a};
    for (size_t i = 0; i < t->count; i++) {
        struct text part;
        TRY(part_value(r, a, t, &t->parts[i], &part));
        buf_put(&b, part);
    }
    if (b.at) *out = text_trim(buf_text(&b));
    return OK;
}

bool slot_is_set(const struct reading *r, enum slot slot) { return r->mapping->slots[slot].line; }

enum err value_slot(struct reading *r, struct arena *a, enum slot slot, struct text *out)
{
    return value_of(r, a, &r->mapping->slots[slot], out);
}

enum err value_money(struct reading *r, enum slot slot, int64_t otherwise, int64_t *out)
{
    const struct mapping *m = r->mapping;
    struct text t;
    *out = otherwise;
    TRY(value_slot(r, &r->scratch, slot, &t));
    if (text_empty(t)) return OK;
    const char *currency = m->settings.currency;
    bool good = m->is_rounded ? money_parse_rounded(t, currency, m->decimal, out)
                              : money_parse(t, currency, m->decimal, out);
    if (good && *out <= MONEY_MINOR_MAX && *out >= -MONEY_MINOR_MAX) return OK;
    bool is_tail = !m->is_rounded && money_parse_rounded(t, currency, m->decimal, out);
    return refused(r, &m->slots[slot], is_tail ? "amount_inexact" : "amount_invalid",
                   is_tail ? "finer than the currency, and the mapping says money = exact:"
                           : "this is no amount of money:",
                   t);
}

enum err value_number(struct reading *r, enum slot slot, bool exact, int64_t otherwise,
                      int64_t *out)
{
    struct text t;
    bool is_exact;
    *out = otherwise;
    TRY(value_slot(r, &r->scratch, slot, &t));
    if (text_empty(t)) return OK;
    if (decimal_parse(t, r->mapping->decimal, 0, &is_exact, out) && (is_exact || !exact)) return OK;
    return refused(r, &r->mapping->slots[slot], "number_invalid", "this is no whole number:", t);
}

enum err value_rate_ppm(struct reading *r, enum slot slot, int64_t *out)
{
    struct text t;
    bool exact;
    *out = 0;
    TRY(value_slot(r, &r->scratch, slot, &t));
    if (text_empty(t)) return OK;
    bool percent = t.at[t.len - 1] == '%';
    struct text number = percent ? text_head(t, t.len - 1) : t;
    if (decimal_parse(number, r->mapping->decimal, percent ? 4 : 6, &exact, out) && *out >= 0 &&
        *out <= 1000000)
        return OK;
    return refused(r, &r->mapping->slots[slot], "rate_invalid",
                   "a discount rate is 0 to 1 or 0% to 100%, not", t);
}

enum err value_instant(struct reading *r, enum slot slot, int64_t otherwise, int64_t *local_us,
                       int64_t *us)
{
    const struct mapping *m = r->mapping;
    struct text t;
    struct civil civil;
    *us = *local_us = otherwise;
    TRY(value_slot(r, &r->scratch, slot, &t));
    if (text_empty(t)) return OK;
    for (size_t i = 0; i < m->date_count; i++) {
        if (!civil_parse(t, m->dates[i], &civil)) continue;
        *local_us = civil_to_us(civil);
        *us = zone_to_utc(m->zone, *local_us);
        return OK;
    }
    if (instant_parse(t, us)) {
        bool is_date = t.len <= 10;
        *local_us = is_date ? *us : *us + zone_offset_us(m->zone, *us);
        if (is_date) *us = zone_to_utc(m->zone, *local_us);
        return OK;
    }
    return refused(r, &m->slots[slot], "date_invalid", "no date by the mapping's patterns:", t);
}

/* "gift_0001_*": * stands for any characters; ASCII case does not matter. */
static bool is_like(struct text t, struct text pattern)
{
    size_t i = 0, k = 0, star = SIZE_MAX, mark = 0;
    while (i < t.len) {
        if (k < pattern.len && pattern.at[k] == '*') {
            star = k++;
            mark = i;
        } else if (k < pattern.len &&
                   text_eq_nocase((struct text){t.at + i, 1}, (struct text){pattern.at + k, 1})) {
            i++;
            k++;
        } else if (star != SIZE_MAX) {
            k = star + 1;
            i = ++mark;
        } else {
            return false;
        }
    }
    while (k < pattern.len && pattern.at[k] == '*') k++;
    return k == pattern.len;
}

static enum err condition_holds(struct reading *r, const struct condition *k, bool *out)
{
    struct text t;
    bool exact, holds = false;
    int64_t micro = 0;
    TRY(value_of(r, &r->scratch, &k->left, &t));
    switch (k->op) {
    case TEST_EMPTY: holds = text_empty(t); break;
    case TEST_IS:
        for (size_t i = 0; i < k->count && !holds; i++) holds = text_eq_nocase(t, k->values[i]);
        break;
    case TEST_LIKE:
        for (size_t i = 0; i < k->count && !holds; i++) holds = is_like(t, k->values[i]);
        break;
    case TEST_LESS:
    case TEST_LESS_EQUAL:
    case TEST_MORE:
    case TEST_MORE_EQUAL:
        /* What is no number is neither less nor more; the field that needs one refuses the row. */
        if (!decimal_parse(t, r->mapping->decimal, 6, &exact, &micro)) break;
        holds = (k->op == TEST_LESS && micro < k->micro) ||
                (k->op == TEST_LESS_EQUAL && micro <= k->micro) ||
                (k->op == TEST_MORE && micro > k->micro) ||
                (k->op == TEST_MORE_EQUAL && micro >= k->micro);
        break;
    }
    *out = holds != k->negated;
    return OK;
}

enum err rule_holds(struct reading *r, enum rule_verb verb, bool of_line, const struct rule **out)
{
    const struct mapping *m = r->mapping;
    *out = NULL;
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct rule *rule = &m->rules[i];
        if (rule->verb != verb || (verb == RULE_SKIP && rule->is_of_line != of_line)) continue;
        bool holds = true;
        for (size_t k = 0; k < rule->count && holds; k++)
            TRY(condition_holds(r, &rule->conditions[k], &holds));
        if (!holds) continue;
        *out = rule;
        return OK;
    }
    return OK;
}
