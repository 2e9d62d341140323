/* base/zone.c: a TZif reader with POSIX rules. The 64-bit block is used; version 1 files, which no
 * system has shipped for years, are refused. */
#include "base/zone.h"

#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* When a POSIX rule changes the clock: "M3.5.0/1", "J60" or "59". */
struct change {
    enum { CHANGE_MONTH, CHANGE_JULIAN, CHANGE_DAY } kind;
    int month, week, weekday, day;
    int64_t at_s; /* local time of day */
};

struct zone {
    size_t count;
    const int64_t *from_s;   /* ascending instants */
    const int32_t *offset_s; /* from then on */
    int32_t first_s;         /* before the first of them */
    bool has_rule, has_summer;
    int64_t standard_s, summer_s; /* offsets by the rule in the footer */
    struct change begin, end;     /* of summer time */
};

struct cursor {
    const unsigned char *at;
    size_t left;
};

static int64_t big_endian(const unsigned char *at, int bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < bytes; i++) n = n << 8 | at[i];
    return bytes == 4 ? (int64_t)(int32_t)(uint32_t)n : (int64_t)n;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool clock_parse(struct text *t, int64_t *seconds)
{
    int64_t sign = 1, part = 0, unit = 3600, sum = 0;
    if (t->len && (t->at[0] == '-' || t->at[0] == '+')) {
        sign = t->at[0] == '-' ? -1 : 1;
        *t = text_skip(*t, 1);
    }
    for (; unit; unit /= 60) {
        size_t digits = 0;
        for (part = 0; digits < 3 && t->len && t->at[0] >= '0' && t->at[0] <= '9'; digits++) {
            part = part * 10 + (t->at[0] - '0');
            *t = text_skip(*t, 1);
        }
        if (!digits) return false;
        sum += part * unit;
        if (!t->len || t->at[0] != ':') break;
        *t = text_skip(*t, 1);
    }
    *seconds = sign * sum;
    return true;
}

static bool name_skip(struct text *t)
{
    size_t n = 0;
    if (t->len && t->at[0] == '<') {
        while (n < t->len && t->at[n] != '>') n++;
        if (n == t->len) return false;
        n++;
    } else {
        while (n < t->len && ((t->at[n] | 32) >= 'a' && (t->at[n] | 32) <= 'z')) n++;
    }
    *t = text_skip(*t, n);
    return n >= 3;
}

static bool number_parse(struct text *t, int *out)
{
    int n = 0;
    size_t digits = 0;
    for (; digits < 4 && digits < t->len && t->at[digits] >= '0' && t->at[digits] <= '9'; digits++)
        n = n * 10 + (t->at[digits] - '0');
    *t = text_skip(*t, digits);
    *out = n;
    return digits > 0;
}

static bool mark_skip(struct text *t, char mark)
{
    if (!t->len || t->at[0] != mark) return false;
    *t = text_skip(*t, 1);
    return true;
}

static bool change_parse(struct text *t, struct change *out)
{
    *out = (struct change){.at_s = 7200};
    if (mark_skip(t, 'M')) {
        if (!number_parse(t, &out->month) || !mark_skip(t, '.') || !number_parse(t, &out->week) ||
            !mark_skip(t, '.') || !number_parse(t, &out->weekday))
            return false;
        if (out->month < 1 || out->month > 12 || out->week < 1 || out->week > 5 || out->weekday > 6)
            return false;
    } else {
        out->kind = mark_skip(t, 'J') ? CHANGE_JULIAN : CHANGE_DAY;
        if (!number_parse(t, &out->day) || out->day > 365) return false;
    }
    return !mark_skip(t, '/') || clock_parse(t, &out->at_s);
}

/* "GMT0BST,M3.5.0/1,M10.5.0": offsets in POSIX count westwards. */
static bool rule_parse(struct text t, struct zone *z)
{
    int64_t west;
    if (!name_skip(&t) || !clock_parse(&t, &west)) return false;
    z->standard_s = -west;
    z->summer_s = z->standard_s + 3600;
    z->has_rule = true;
    if (!t.len) return true;
    z->has_summer = true;
    if (!name_skip(&t)) return false;
    if (t.len && t.at[0] != ',') {
        if (!clock_parse(&t, &west)) return false;
        z->summer_s = -west;
    }
    return mark_skip(&t, ',') && change_parse(&t, &z->begin) && mark_skip(&t, ',') &&
           change_parse(&t, &z->end) && !t.len;
}

/* Seconds since 1970 of a rule's change in `year`, in local time before it. */
static int64_t change_in(const struct change *at, int year)
{
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int64_t first = civil_to_day(year, 1, 1), day = 0;
    switch (at->kind) {
    case CHANGE_MONTH: {
        int64_t month = civil_to_day(year, at->month, 1);
        int64_t next = at->month == 12 ? civil_to_day(year + 1, 1, 1)
                                       : civil_to_day(year, at->month + 1, 1);
        int want = (at->weekday + 6) % 7; /* ours begin on Monday */
        day = month + (want - weekday_of_day(month) + 7) % 7 + 7 * (at->week - 1);
        while (day >= next) day -= 7;
        break;
    }
    case CHANGE_JULIAN: day = first + at->day - 1 + (leap && at->day >= 60); break;
    case CHANGE_DAY: day = first + at->day; break;
    }
    return day * 86400 + at->at_s;
}

static int64_t rule_offset_s(const struct zone *z, int64_t s)
{
    if (!z->has_summer) return z->standard_s;
    int year = civil_of_us((s + z->standard_s) * SECOND_US).year;
    int64_t begin = change_in(&z->begin, year) - z->standard_s;
    int64_t end = change_in(&z->end, year) - z->summer_s;
    bool summer = begin < end ? s >= begin && s < end : s >= begin || s < end;
    return summer ? z->summer_s : z->standard_s;
}

static size_t block_bytes(const unsigned char *head, int time_bytes)
{
    int64_t utc = big_endian(head + 20, 4), standard = big_endian(head + 24, 4);
    int64_t leaps = big_endian(head + 28, 4), times = big_endian(head + 32, 4);
    int64_t types = big_endian(head + 36, 4), letters = big_endian(head + 40, 4);
    if (utc < 0 || standard < 0 || leaps < 0 || times < 0 || types < 1 || letters < 0)
        return SIZE_MAX;
    return (size_t)(times * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) +
                    standard + utc);
}

static bool header_take(struct cursor *in, const unsigned char **head)
{
    enum { HEAD = 44 };
    if (in->left < HEAD || memcmp(in->at, "TZif", 4) != 0 || in->at[4] < '2') return false;
    *head = in->at;
    in->at += HEAD;
    in->left -= HEAD;
    return true;
}

static bool file_parse(struct arena *a, struct cursor in, struct zone *z)
{
    const unsigned char *head;
    size_t size;
    if (!header_take(&in, &head)) return false;
    size = block_bytes(head, 4); /* the 32-bit block, of no use */
    if (size > in.left) return false;
    in.at += size;
    in.left -= size;
    if (!header_take(&in, &head)) return false;
    size = block_bytes(head, 8);
    if (size > in.left) return false;
    size_t times = (size_t)big_endian(head + 32, 4), types = (size_t)big_endian(head + 36, 4);
    const unsigned char *kinds = in.at + times * 8, *offsets = kinds + times;
    int64_t *from_s = arena_new(a, int64_t, times + 1);
    int32_t *offset_s = arena_new(a, int32_t, times + 1);
    for (size_t i = 0; i < times; i++) {
        if (kinds[i] >= types) return false;
        from_s[i] = big_endian(in.at + i * 8, 8);
        offset_s[i] = (int32_t)big_endian(offsets + kinds[i] * 6, 4);
    }
    z->count = times;
    z->from_s = from_s;
    z->offset_s = offset_s;
    z->first_s = (int32_t)big_endian(offsets, 4);
    const unsigned char *footer = in.at + size;
    in.left -= size;
    if (in.left < 2 || footer[0] != '\n' || footer[in.left - 1] != '\n') return false;
    struct text rule = {(const char *)footer + 1, in.left - 2};
    return text_empty(rule) || rule_parse(rule, z);
}

static bool name_is_plain(struct text name)
{
    if (!name.len || name.len > 64 || name.at[0] == '/' || text_find(name, T("..")) >= 0)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char at = name.at[i], low = (char)(at | 32);
        bool good = (low >= 'a' && low <= 'z') || (at >= '0' && at <= '9') || at == '/' ||
                    at == '_' || at == '-' || at == '+';
        if (!good) return false;
    }
    return true;
}

static enum err unknown(struct ctx *c, struct text name)
{
    fail(c, ERR_INVALID, "zone_unknown", "there is no time zone \"%.*s\"", TEXT_ARG(name));
    return hint(c, "a name like Europe/London, or an offset like +02:00");
}

static enum err file_read(struct ctx *c, struct text name, struct cursor *out)
{
    const char *folder = getenv("TZDIR");
    struct text path =
        text_printf(c->arena, "%s/%.*s", folder ? folder : "/usr/share/zoneinfo", TEXT_ARG(name));
    FILE *f = fopen(path.at, "rbe");
    if (!f) return unknown(c, name);
    unsigned char *bytes = arena_new(c->arena, unsigned char, ZONE_FILE_MAX);
    size_t n = fread(bytes, 1, ZONE_FILE_MAX, f);
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad) return unknown(c, name); /* a folder of zones, "Europe" */
    *out = (struct cursor){bytes, n};
    return OK;
}

enum err zone_open(struct ctx *c, struct text name, const struct zone **out)
{
    struct zone *z = arena_new(c->arena, struct zone, 1);
    *out = z;
    z->has_rule = true;
    if (text_is(name, "UTC") || text_is(name, "Z")) return OK;
    if (name.len && (name.at[0] == '+' || name.at[0] == '-')) {
        struct text rest = name;
        if (clock_parse(&rest, &z->standard_s) && !rest.len && name.len >= 3 &&
            z->standard_s <= 86400 && z->standard_s >= -86400)
            return OK;
        return unknown(c, name);
    }
    if (!name_is_plain(name)) return unknown(c, name);
    struct cursor in = {0};
    *z = (struct zone){0};
    TRY(file_read(c, name, &in));
    if (!file_parse(c->arena, in, z))
        return fail(c, ERR_INVALID, "zone_damaged", "the file of time zone \"%.*s\" is damaged",
                    TEXT_ARG(name));
    return OK;
}

int64_t zone_offset_us(const struct zone *z, int64_t us)
{
    int64_t s = us / SECOND_US - (us % SECOND_US < 0);
    if (z->has_rule && (!z->count || s >= z->from_s[z->count - 1]))
        return rule_offset_s(z, s) * SECOND_US;
    size_t low = 0, high = z->count; /* the first change after s */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->from_s[middle] <= s)
            low = middle + 1;
        else
            high = middle;
    }
    return (low ? z->offset_s[low - 1] : z->first_s) * SECOND_US;
}

int64_t zone_to_utc(const struct zone *z, int64_t local_us)
{
    /* No zone moves its clock twice within two days, so these are the offsets on either side. */
    int64_t before = zone_offset_us(z, local_us - DAY_US);
    int64_t after = zone_offset_us(z, local_us + DAY_US);
    if (zone_offset_us(z, local_us - before) == before) return local_us - before;
    if (zone_offset_us(z, local_us - after) == after) return local_us - after;
    return local_us - before;
}
