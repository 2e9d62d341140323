#include "plan/tracking_number.h"

#include "base/arena.h"
#include "base/source.h"
#include "harness.h"

#include <stdio.h>
#include <string.h>

static bool recognized(struct tracking_matches *m, const char *carrier, bool right)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->at[i].carrier, carrier) == 0 && (!right || m->at[i].check_ok)) return true;
    return false;
}

TEST(tracking_number, house_numbers_count_up_and_come_back)
{
    struct arena a = {0};
    struct source s;
    source_virtual(&s, 1, 0);
    CHECK_TEXT("WB000000005DE", tracking_number_house(&a, 0, "DE"));
    CHECK_TEXT("WB123456785GB", tracking_number_house(&a, 12345678, "GB"));
    CHECK_TEXT("WC000000005DE", tracking_number_house(&a, 100000000, "DE"));
    CHECK(!tracking_number_house(&a, -1, "DE").at);
    CHECK(!tracking_number_house(&a, TRACKING_SERIAL_MAX + 1, "DE").at);
    CHECK(!tracking_number_house(&a, 1, "D").at);
    for (int round = 0; round < 500 && !test_failed(); round++) {
        int64_t serial = source_below(&s, TRACKING_SERIAL_MAX + 1), back = -1;
        struct text number = tracking_number_house(&a, serial, "FR");
        CHECK(tracking_number_check(number, &back));
        CHECK_I64(serial, back);
        char bad[16];
        memcpy(bad, number.at, number.len);
        size_t at = 2 + (size_t)source_below(&s, 8);
        bad[at] = (char)('0' + (bad[at] - '0' + 1 + source_below(&s, 9)) % 10);
        struct text wrong = {bad, number.len};
        /* 0 and 10, 5 and 11 share a check digit, so S10 misses a few */
        if (tracking_number_s10_digit(text_head(text_skip(wrong, 2), 8)) !=
            tracking_number_s10_digit(text_head(text_skip(number, 2), 8)))
            CHECK(!tracking_number_check(wrong, NULL));
        struct tracking_matches m = tracking_number_recognize(&a, number, NULL);
        CHECK(m.count && strcmp(m.at[0].carrier, "house") == 0);
    }
    CHECK(!tracking_number_check(T("WB123456786GB"), NULL));
    CHECK(!tracking_number_check(T("RB123456785GB"), NULL));
    CHECK(!tracking_number_check(T("WB12345678"), NULL));
    arena_free(&a);
}

TEST(tracking_number, a_wrong_check_digit_of_a_1z_is_a_warning)
{
    struct arena a = {0};
    struct tracking_matches m = tracking_number_recognize(&a, T("1z999aa10123456784"), NULL);
    CHECK(m.count && m.at[0].check_ok && strcmp(m.at[0].format, "ups_1z") == 0);
    CHECK_TEXT("https://www.ups.com/track?tracknum=1Z999AA10123456784",
               tracking_number_url(&a, &m.at[0], m.number));
    m = tracking_number_recognize(&a, T("1Z12345E0205271688"), NULL);
    CHECK(m.count && !m.at[0].check_ok && strcmp(m.at[0].carrier, "ups") == 0);
    m = tracking_number_recognize(&a, T("RB123456785GB"), NULL);
    CHECK(m.count && m.at[0].check_ok && strcmp(m.at[0].format, "s10") == 0);
    arena_free(&a);
}

TEST(tracking_number, the_zip_before_a_usps_number_is_taken_off)
{
    struct arena a = {0};
    struct tracking_matches m =
        tracking_number_recognize(&a, T("420100019400111206206406260787"), NULL);
    CHECK_TEXT("9400111206206406260787", m.number);
    CHECK(m.count && strcmp(m.at[0].carrier, "usps") == 0);
    m = tracking_number_recognize(&a, T("4201000112349400111206206406260787"), NULL);
    CHECK_TEXT("9400111206206406260787", m.number);
    arena_free(&a);
}

TEST(tracking_number, the_preferred_carrier_wins_an_ambiguous_number)
{
    struct arena a = {0};
    struct source s;
    source_virtual(&s, 2, 0);
    int both = 0;
    for (int round = 0; round < 3000; round++) {
        struct arena_mark mark = arena_mark(&a);
        struct text number = text_printf(&a, "%012lld", (long long)source_below(&s, 600000000000));
        struct tracking_matches m = tracking_number_recognize(&a, number, "purolator");
        if (recognized(&m, "fedex", true) && recognized(&m, "purolator", true)) {
            both++;
            CHECK(strcmp(m.at[0].carrier, "purolator") == 0);
        }
        for (size_t i = 1; i < m.count; i++) CHECK(m.at[i - 1].confidence >= m.at[i].confidence);
        arena_rewind(&a, mark);
    }
    CHECK(both > 5);
    arena_free(&a);
}

TEST(tracking_number, knows_the_numbers_of_the_world)
{
    struct arena a = {0};
    char line[256];
    int seen = 0, wrong = 0;
    FILE *f = fopen("../shared/data/tracking_numbers/vectors.csv", "r");
    if (!f) SKIP("no ../shared/data/tracking_numbers");
    while (fgets(line, sizeof line, f)) {
        struct text left = text_of(line);
        while (left.len && (left.at[left.len - 1] == '\n' || left.at[left.len - 1] == '\r'))
            left.len--;
        struct text carrier = text_split(left, ',', &left), id = text_split(left, ',', &left);
        text_split(left, ',', &left);
        struct text expected = text_split(left, ',', &left);
        if (text_is(carrier, "courier")) continue;
        const char *name = text_is(carrier, "s10") ? "post" : text_cstr(&a, carrier);
        struct tracking_matches m = tracking_number_recognize(&a, left, NULL);
        bool valid = text_is(expected, "valid");
        seen++;
        if (recognized(&m, name, true) == valid) continue;
        /* a number that is wrong in one form may be right in another of the same carrier */
        wrong++;
        if (valid) test_fail(__FILE__, seen, "%s %.*s: %.*s", name, TEXT_ARG(id), TEXT_ARG(left));
    }
    fclose(f);
    CHECK(seen > 150 && wrong <= 6);
    arena_free(&a);
}
