#include "base/time.h"

#include "base/arena.h"

#include <stdio.h>

/* Howard Hinnant's "chrono-compatible low-level date algorithms". */
int64_t civil_to_day(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t day_of_us(int64_t us) { return floor_div(us, DAY_US); }

int weekday_of_day(int64_t day) { return (int)(((day + 3) % 7 + 7) % 7); }

int64_t civil_to_us(struct civil t)
{
    return civil_to_day(t.year, t.month, t.day) * DAY_US + t.hour * HOUR_US + t.minute * MINUTE_US +
           t.second * SECOND_US + t.us;
}

struct civil civil_of_us(int64_t us)
{
    int64_t day = day_of_us(us);
    int64_t rest = us - day * DAY_US;
    int64_t z = day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(rest / HOUR_US),
        .minute = (int)(rest / MINUTE_US % 60),
        .second = (int)(rest / SECOND_US % 60),
        .us = (int)(rest % SECOND_US),
    };
}

bool civil_valid(struct civil t)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t.year < 1 || t.year > 9999 || t.month < 1 || t.month > 12 || t.day < 1) return false;
    bool leap = t.year % 4 == 0 && (t.year % 100 != 0 || t.year % 400 == 0);
    if (t.day > days[t.month - 1] + (t.month == 2 && leap)) return false;
    return t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60 && t.second >= 0 &&
           t.second < 60 && t.us >= 0 && t.us < SECOND_US;
}

enum { INSTANT_BYTES = 32 };

/* Returns what is behind the digits and `last`. */
static char *put_digits(char *at, int n, int digits, char last)
{
    for (int i = digits; i-- > 0; n /= 10) at[i] = (char)('0' + n % 10);
    at[digits] = last;
    return at + digits + 1;
}

struct text instant_text(struct arena *a, int64_t us)
{
    struct civil t = civil_of_us(us);
    if (t.year < 0 || t.year > 9999) /* never written by us, but shown when a database holds it */
        return text_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour,
                           t.minute, t.second);
    char *at = arena_take(a, INSTANT_BYTES, 1), *to = at;
    to = put_digits(to, t.year, 4, '-');
    to = put_digits(to, t.month, 2, '-');
    to = put_digits(to, t.day, 2, 'T');
    to = put_digits(to, t.hour, 2, ':');
    to = put_digits(to, t.minute, 2, ':');
    to = put_digits(to, t.second, 2, t.us ? '.' : 'Z');
    if (t.us) to = put_digits(to, t.us, 6, 'Z');
    *to = 0;
    return (struct text){at, (size_t)(to - at)};
}

static bool take(struct text *t, int least, int most, int *out)
{
    int n = 0, digits = 0;
    while (digits < most && t->len && t->at[0] >= '0' && t->at[0] <= '9') {
        n = n * 10 + (t->at[0] - '0');
        *t = text_skip(*t, 1);
        digits++;
    }
    *out = n;
    return digits >= least;
}

static bool skip(struct text *t, char c)
{
    if (!t->len || t->at[0] != c) return false;
    *t = text_skip(*t, 1);
    return true;
}

bool instant_parse(struct text t, int64_t *us)
{
    struct civil c = {0};
    if (!take(&t, 4, 4, &c.year) || !skip(&t, '-') || !take(&t, 2, 2, &c.month) || !skip(&t, '-') ||
        !take(&t, 2, 2, &c.day))
        return false;
    int64_t offset_us = 0;
    if (t.len) {
        if (!skip(&t, 'T') && !skip(&t, 't') && !skip(&t, ' ')) return false;
        if (!take(&t, 2, 2, &c.hour) || !skip(&t, ':') || !take(&t, 2, 2, &c.minute)) return false;
        if (skip(&t, ':') && !take(&t, 2, 2, &c.second)) return false;
        if (skip(&t, '.')) {
            size_t before = t.len;
            if (!take(&t, 1, 6, &c.us)) return false;
            for (size_t n = before - t.len; n < 6; n++) c.us *= 10;
            int rest;
            (void)take(&t, 0, 9, &rest); /* finer than we keep */
        }
        if (t.len == 1 && (t.at[0] == 'Z' || t.at[0] == 'z')) {
            t = text_skip(t, 1);
        } else if (t.len) {
            int sign = t.at[0] == '+' ? 1 : t.at[0] == '-' ? -1 : 0, h, m;
            t = text_skip(t, 1);
            if (!sign || !take(&t, 2, 2, &h) || !skip(&t, ':') || !take(&t, 2, 2, &m) || h > 23 ||
                m > 59)
                return false;
            offset_us = sign * (h * HOUR_US + m * MINUTE_US);
        } else {
            return false; /* a time without a zone is no instant */
        }
    }
    if (t.len || !civil_valid(c)) return false;
    *us = civil_to_us(c) - offset_us;
    return true;
}

struct text day_text(struct arena *a, int64_t day)
{
    struct civil t = civil_of_us(day * DAY_US);
    if (t.year < 0 || t.year > 9999)
        return text_printf(a, "%04d-%02d-%02d", t.year, t.month, t.day);
    char *at = arena_take(a, INSTANT_BYTES, 1), *to = at;
    to = put_digits(to, t.year, 4, '-');
    to = put_digits(to, t.month, 2, '-');
    to = put_digits(to, t.day, 2, 0);
    return (struct text){at, (size_t)(to - at) - 1};
}

bool day_parse(struct text t, int64_t *day)
{
    struct civil c = {0};
    if (t.len != 10 || !civil_parse(t, T("YYYY-MM-DD"), &c)) return false;
    *day = civil_to_day(c.year, c.month, c.day);
    return true;
}

struct text span_text(struct arena *a, int64_t us)
{
    static const struct {
        int64_t us;
        const char *name;
    } units[] = {{DAY_US, "day"}, {HOUR_US, "hour"}, {MINUTE_US, "minute"}, {SECOND_US, "second"}};
    if (us < 0) us = -us;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t n = us / units[i].us;
        if (n > 0 || i == 3)
            return text_printf(a, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
    }
    return T("");
}

bool civil_parse(struct text t, struct text pattern, struct civil *out)
{
    struct civil c = {.month = 1, .day = 1};
    while (pattern.len) {
        char letter = pattern.at[0];
        int *part = letter == 'Y'   ? &c.year
                    : letter == 'M' ? &c.month
                    : letter == 'D' ? &c.day
                    : letter == 'h' ? &c.hour
                    : letter == 'm' ? &c.minute
                    : letter == 's' ? &c.second
                                    : NULL;
        if (!part) {
            if (!skip(&t, letter)) return false;
            pattern = text_skip(pattern, 1);
            continue;
        }
        int run = 0;
        while (pattern.len && pattern.at[0] == letter) {
            run++;
            pattern = text_skip(pattern, 1);
        }
        int most = run > 1 ? run : letter == 'Y' ? 4 : 2;
        int least = run > 1 ? run : letter == 'Y' ? 4 : 1;
        if (!take(&t, least, most, part)) return false;
        if (letter == 'Y' && most == 2) c.year += c.year < 70 ? 2000 : 1900;
    }
    if (t.len || !civil_valid(c)) return false;
    *out = c;
    return true;
}
