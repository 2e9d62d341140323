/* The small things everything stands on. */
#include "base/field.h"
#include "base/lifecycle.h"
#include "base/money.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "harness.h"

#include <string.h>

TEST(money, reads_a_decimal_exactly_or_not_at_all)
{
    int64_t n = 0;
    CHECK(money_parse(T("19.99"), "GBP", '.', &n));
    CHECK_I64(1999, n);
    CHECK(money_parse(T("1,234.5"), "USD", '.', &n));
    CHECK_I64(123450, n);
    CHECK(money_parse(T("1.234,50"), "EUR", ',', &n));
    CHECK_I64(123450, n);
    CHECK(money_parse(T("500"), "JPY", '.', &n));
    CHECK_I64(500, n);
    CHECK(money_parse(T("-0.125"), "KWD", '.', &n));
    CHECK_I64(-125, n);
    CHECK(!money_parse(T("19.999"), "GBP", '.', &n));
    CHECK(!money_parse(T("1.5"), "JPY", '.', &n));
    CHECK(!money_parse(T("ten"), "GBP", '.', &n));
    CHECK(!money_parse(T(""), "GBP", '.', &n));
    CHECK(!money_parse(T("99999999999999999999"), "GBP", '.', &n));
}

TEST(money, rounds_float_tails_half_away_from_zero)
{
    int64_t n = 0;
    CHECK(money_parse_rounded(T("32.3800011"), "USD", '.', &n));
    CHECK_I64(3238, n);
    CHECK(money_parse_rounded(T("9.80000019"), "USD", '.', &n));
    CHECK_I64(980, n);
    CHECK(money_parse_rounded(T("0.005"), "USD", '.', &n));
    CHECK_I64(1, n);
    CHECK(money_parse_rounded(T("-0.005"), "USD", '.', &n));
    CHECK_I64(-1, n);
    CHECK(money_parse_rounded(T("0.0049"), "USD", '.', &n));
    CHECK_I64(0, n);
}

TEST(money, parts_of_a_split_sum_to_the_whole)
{
    struct source s;
    source_virtual(&s, 7, 0);
    for (int round = 0; round < 2000; round++) {
        int64_t weights[9], parts[9], sum = 0;
        size_t n = (size_t)source_below(&s, 9) + 1;
        int64_t total = source_below(&s, 1000001) - 500000, all = 0;
        for (size_t i = 0; i < n; i++)
            all += weights[i] = source_below(&s, 5) ? source_below(&s, 999) : 0;
        money_split(total, weights, n, parts);
        for (size_t i = 0; i < n; i++) {
            sum += parts[i];
            /* nobody is further than a cent from the exact share */
            if (all)
                CHECK(parts[i] * all - total * weights[i] < all &&
                      total * weights[i] - parts[i] * all < all);
            if (all && !weights[i]) CHECK_I64(0, parts[i]);
        }
        CHECK_I64(total, sum);
        if (test_failed()) return;
    }
}

TEST(money, half_a_cent_of_a_share_is_a_cent_on_both_sides_of_zero)
{
    CHECK_I64(3, money_share(5, 1, 2));
    CHECK_I64(-3, money_share(-5, 1, 2));
    CHECK_I64(2, money_share(5, 1, 3));
    CHECK_I64(1, money_share(4, 1, 3));
    CHECK_I64(867, money_share(2600, 1, 3)); /* 866.67 */
    CHECK_I64(20, money_bp(99, 1975));       /* 19.55 */
}

TEST(money, knows_the_digits_of_a_currency)
{
    CHECK_I64(2, currency_exponent("EUR"));
    CHECK_I64(0, currency_exponent("JPY"));
    CHECK_I64(3, currency_exponent("BHD"));
    CHECK_I64(-1, currency_exponent("XXX"));
    CHECK_I64(-1, currency_exponent("eur"));
    CHECK_I64(-1, currency_exponent(""));
    struct arena a = {0};
    CHECK_TEXT("-0.05 GBP", money_text(&a, -5, "GBP"));
    CHECK_TEXT("1.234", money_amount(&a, 1234, "KWD"));
    arena_free(&a);
}

TEST(time, writes_and_reads_instants)
{
    struct arena a = {0};
    int64_t us = 0;
    CHECK(instant_parse(T("2026-11-23T01:04:05.25+01:00"), &us));
    CHECK_TEXT("2026-11-23T00:04:05.250000Z", instant_text(&a, us));
    CHECK(instant_parse(T("1969-12-31T23:59:59Z"), &us));
    CHECK_I64(-SECOND_US, us);
    CHECK_TEXT("1969-12-31T23:59:59Z", instant_text(&a, us));
    CHECK(!instant_parse(T("2026-02-29T00:00:00Z"), &us));
    CHECK(!instant_parse(T("2026-11-23T01:04:05"), &us));
    CHECK(!instant_parse(T("2026-11-23 01:04Zx"), &us));
    CHECK_I64(0, weekday_of_day(civil_to_day(2026, 11, 23))); /* a Monday */
    arena_free(&a);
}

TEST(time, every_day_of_four_centuries_comes_back)
{
    int64_t day = civil_to_day(1600, 1, 1);
    for (int i = 0; i < 146097 * 2; i += 13) {
        struct civil t = civil_of_us((day + i) * DAY_US + 5);
        CHECK_I64(day + i, civil_to_day(t.year, t.month, t.day));
        CHECK(civil_valid(t));
        if (test_failed()) return;
    }
}

TEST(time, reads_dates_by_a_pattern)
{
    struct civil t;
    CHECK(civil_parse(T("7/4/2016"), T("M/D/Y"), &t));
    CHECK_I64(civil_to_day(2016, 7, 4), civil_to_day(t.year, t.month, t.day));
    CHECK(civil_parse(T("2010-12-01 08:26:00"), T("YYYY-MM-DD hh:mm:ss"), &t));
    CHECK_I64(26, t.minute);
    CHECK(!civil_parse(T("13/40/2016"), T("M/D/Y"), &t));
    CHECK(!civil_parse(T("1/2/2016 "), T("M/D/Y"), &t));
}

TEST(source, identifiers_rise_and_read_back)
{
    struct source s;
    struct arena a = {0};
    source_virtual(&s, 1, 1700000000 * SECOND_US);
    int64_t last = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t id = source_id(&s), back = 0;
        CHECK(id > last);
        last = id;
        CHECK(id_parse(id_text(&a, "ord", id), "ord", &back));
        CHECK_I64(id, back);
        if (i % 1000 == 0) source_advance_us(&s, 1000);
        if (test_failed()) break;
    }
    int64_t id;
    CHECK(!id_parse(T("pkg_0000000000000"), "ord", &id));
    CHECK(!id_parse(T("ord_zzzzzzzzzzzzz"), "ord", &id)); /* beyond 63 bits */
    CHECK(id_parse(T("ord_000000000000O"), "ord", &id));
    CHECK_I64(0, id);
    arena_free(&a);
}

TEST(source, the_same_seed_gives_the_same_run)
{
    struct source x, y;
    source_virtual(&x, 42, 0);
    source_virtual(&y, 42, 0);
    for (int i = 0; i < 100; i++) CHECK(source_random(&x) == source_random(&y));
}

struct sample {
    int64_t n;
    int32_t small;
    bool flag;
    struct text word;
    int64_t at_us;
};
static const struct field sample_table[] = {FIELD(struct sample, n, .flags = F_NULL),
                                            FIELD(struct sample, small), FIELD(struct sample, flag),
                                            FIELD(struct sample, word),
                                            FIELD_INSTANT(struct sample, at_us, "at")};
static const struct fields sample_fields = FIELDS("sample", struct sample, sample_table);

TEST(field, a_record_comes_back_from_its_line)
{
    struct arena a = {0};
    struct sample in = {NONE, -7, true, T("tab\there\nand \\N"), 123}, out = {0};
    struct text line = record_to_line(&a, &sample_fields, &in);
    CHECK(record_from_line(&a, &sample_fields, line, &out));
    CHECK_I64(NONE, out.n);
    CHECK_I64(-7, out.small);
    CHECK(out.flag);
    CHECK_TEXT("tab\there\nand \\N", out.word);
    CHECK_I64(123, out.at_us);
    CHECK(
        record_from_line(&a, &sample_fields, T("5"), &out)); /* written before fields were added */
    CHECK_I64(5, out.n);
    CHECK_I64(NONE, out.at_us);
    CHECK(!record_from_line(&a, &sample_fields, T("five"), &out));
    arena_free(&a);
}

TEST(text, knows_well_formed_utf8)
{
    CHECK(text_is_utf8(T("Grüße 你好 🎁")));
    CHECK(!text_is_utf8(T("\xC0\xAF")));         /* overlong */
    CHECK(!text_is_utf8(T("\xED\xA0\x80")));     /* surrogate */
    CHECK(!text_is_utf8(T("\xF4\x90\x80\x80"))); /* beyond Unicode */
    CHECK(!text_is_utf8(T("cut \xE4\xBD")));
    CHECK_I64(4, (int64_t)text_chars(T("né🎁!")));
}

TEST(text, integers_that_do_not_fit_are_refused)
{
    int64_t n;
    CHECK(text_to_i64(T("-9223372036854775808"), &n));
    CHECK_I64(INT64_MIN, n);
    CHECK(!text_to_i64(T("9223372036854775808"), &n));
    CHECK(!text_to_i64(T("-"), &n));
    CHECK(!text_to_i64(T("1 "), &n));
}

TEST(sort, finds_each_key_once)
{
    int64_t keys[] = {5, 1, 5, -3, 1, 9};
    sort_i64(keys, 6);
    size_t n = unique_i64(keys, 6);
    CHECK_I64(4, (int64_t)n);
    CHECK_I64(0, find_i64(keys, n, -3));
    CHECK_I64(3, find_i64(keys, n, 9));
    CHECK_I64(-1, find_i64(keys, n, 4));
}

TEST(arena, rewinding_gives_the_room_back)
{
    struct arena a = {0};
    arena_new(&a, char, 10);
    struct arena_mark mark = arena_mark(&a);
    for (int i = 0; i < 100; i++) arena_new(&a, char, 5000);
    arena_rewind(&a, mark);
    CHECK_I64(10, (int64_t)a.bytes);
    char *again = arena_new(&a, char, 100000);
    CHECK(again[99999] == 0);
    arena_free(&a);
}

static struct text given(struct arena *a, const struct sample *s)
{
    struct buf b = buf_new(a);
    record_put_given(&b, &sample_fields, s);
    return buf_text(&b);
}

TEST(field, what_is_given_differs_when_a_value_does_and_not_when_an_absent_field_is_added)
{
    struct arena a = {0};
    static const struct sample all[] = {
        {NONE, 0, false, {0}, NONE},      {0, 0, false, {0}, NONE},
        {1, 0, false, {0}, NONE},         {NONE, 1, false, {0}, NONE},
        {NONE, 0, true, {0}, NONE},       {NONE, 0, false, {"", 0}, NONE},
        {NONE, 0, false, {"a", 1}, NONE}, {NONE, 0, false, {"at=1;", 5}, NONE},
        {NONE, 0, false, {0}, 1},         {NONE, 0, false, {"a", 1}, 1},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            CHECK(text_eq(given(&a, &all[i]), given(&a, &all[j])) == (i == j));
    static const struct field older_table[] = {FIELD(struct sample, flag),
                                               FIELD(struct sample, n, .flags = F_NULL)};
    static const struct fields older = FIELDS("sample", struct sample, older_table);
    static const struct field newer_table[] = {
        FIELD_INSTANT(struct sample, at_us, "at"), FIELD(struct sample, flag),
        FIELD(struct sample, word), FIELD(struct sample, n, .flags = F_NULL)};
    static const struct fields newer = FIELDS("sample", struct sample, newer_table);
    struct sample s = {.n = 5, .flag = true, .at_us = NONE};
    struct buf before = buf_new(&a), after = buf_new(&a);
    record_put_given(&before, &older, &s);
    record_put_given(&after, &newer, &s);
    CHECK_TEXT("{flag=1;n=5;}", buf_text(&before));
    CHECK(text_eq(buf_text(&before), buf_text(&after)));
    arena_free(&a);
}
