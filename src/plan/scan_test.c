#include "plan/scan.h"

#include "base/arena.h"
#include "base/source.h"
#include "base/time.h"
#include "harness.h"
#include "plan/gs1.h"
#include "plan/tracking_number.h"

#include <string.h>

#define TODAY civil_to_day(2026, 11, 23)

struct expected {
    const char *in;
    enum scan_kind kind;
    const char *value;
};

/* The best reading's first fact. */
static void best_is(struct arena *a, struct expected e)
{
    struct scan s = scan_parse(a, text_of(e.in), TODAY);
    CHECK(s.count > 0);
    if (!s.count) return;
    CHECK_TEXT(scan_kind_word(e.kind), text_of(scan_kind_word(s.at[0].facts[0].kind)));
    CHECK_TEXT(e.value, s.at[0].facts[0].value);
}

TEST(scan, reads_what_scanners_send)
{
    static const struct expected table[] = {
        {"]C10109520123456788", SCAN_GTIN, "09520123456788"},
        {"]d2010952012345678810ABC\x1d"
         "17271231",
         SCAN_GTIN, "09520123456788"},
        {"]Q3010952012345678821S1", SCAN_GTIN, "09520123456788"},
        {"]e00109520123456788", SCAN_GTIN, "09520123456788"},
        {"]E09520123456788", SCAN_GTIN, "09520123456788"},
        {"]E402345673", SCAN_GTIN, "00000002345673"},
        {"]C0ABC-1", SCAN_SKU, "ABC-1"},
        {"  9520123456788\r\n", SCAN_GTIN, "09520123456788"},
        {"9520123456789", SCAN_SKU, "9520123456789"},
        {"123456789012345675", SCAN_SSCC, "123456789012345675"},
        {"00123456789012345675", SCAN_SSCC, "123456789012345675"},
        {"(01)09520123456788(10)L1", SCAN_GTIN, "09520123456788"},
        {"https://id.gs1.org/01/9520123456788/10/L1", SCAN_GTIN, "09520123456788"},
        {"https://shop.example.com/p/5", SCAN_SKU, "https://shop.example.com/p/5"},
        {"waybill:bin/A-01-02", SCAN_BIN, "A-01-02"},
        {"WAYBILL:TOTE/T-7", SCAN_TOTE, "T-7"},
        {"waybill:sku/red/shoe 42", SCAN_SKU, "red/shoe 42"},
        {"waybill:pkg/", SCAN_SKU, "waybill:pkg/"},
        {"LP000123", SCAN_PLATE, "LP000123"},
        {"1Z999AA10123456784", SCAN_TRACKING, "1Z999AA10123456784"},
        {"RB123456785GB", SCAN_TRACKING, "RB123456785GB"},
        {"420100019400111206206406260787", SCAN_TRACKING, "9400111206206406260787"},
        {"986578788855", SCAN_TRACKING, "986578788855"},
        {"blue-chair_42", SCAN_SKU, "blue-chair_42"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) best_is(&a, table[i]);
    CHECK_I64(0, (int64_t)scan_parse(&a, T(" \r\n"), TODAY).count);
    CHECK_I64(0, (int64_t)scan_parse(&a, (struct text){0}, TODAY).count);
    arena_free(&a);
}

TEST(scan, one_symbol_carries_many_facts)
{
    struct arena a = {0};
    struct scan s = scan_parse(&a,
                               T("]C101095201234567883103000195"
                                 "17270200"
                                 "10LOT-7\x1d"
                                 "3712"),
                               TODAY);
    CHECK_TEXT("C1", s.symbology);
    CHECK_I64(5, (int64_t)s.at[0].count);
    CHECK_I64(195, scan_find(&s, SCAN_WEIGHT)->number);
    CHECK_I64(civil_to_day(2027, 2, 28), scan_find(&s, SCAN_EXPIRY)->number);
    CHECK_TEXT("LOT-7", scan_find(&s, SCAN_LOT)->value);
    CHECK_I64(12, scan_find(&s, SCAN_QUANTITY)->number);
    s = scan_parse(&a, T("3301000001"), TODAY);
    CHECK(!scan_find(&s, SCAN_WEIGHT));
    s = scan_parse(&a, T("(00)123456789012345675(3305)000001"), TODAY);
    CHECK_I64(1, scan_find(&s, SCAN_WEIGHT)->number);
    arena_free(&a);
}

TEST(scan, our_identifiers_come_back_in_any_case)
{
    struct arena a = {0};
    struct source source;
    source_virtual(&source, 3, 1000000);
    for (int round = 0; round < 200 && !test_failed(); round++) {
        int64_t id = (int64_t)(source_random(&source) >> 1);
        struct text label = id_text(&a, "pkg", id);
        struct scan s = scan_parse(&a, label, TODAY);
        CHECK(s.at[0].facts->kind == SCAN_PACKAGE);
        CHECK_I64(id, s.at[0].facts->number);
        s = scan_parse(&a, text_upper(&a, label), TODAY);
        CHECK_I64(id, s.at[0].facts->number);
        s = scan_parse(&a, text_printf(&a, "waybill:pkg/%.*s", TEXT_ARG(label)), TODAY);
        CHECK_I64(id, s.at[0].facts->number);
        s = scan_parse(&a, id_text(&a, "xyz", id), TODAY);
        CHECK(s.at[0].facts->kind == SCAN_OTHER_ID);
        CHECK_I64(id, s.at[0].facts->number);
    }
    arena_free(&a);
}

TEST(scan, a_house_parcel_is_a_parcel_first)
{
    struct arena a = {0};
    for (int64_t serial = 0; serial < 2000 && !test_failed(); serial += 7) {
        struct text number = tracking_number_house(&a, serial * 1234567, "DE");
        if (!number.at) break;
        struct scan s = scan_parse(&a, number, TODAY);
        CHECK(s.at[0].facts->kind == SCAN_TRACKING);
        CHECK_TEXT("house", s.at[0].facts->ai);
        CHECK_TEXT(text_cstr(&a, number), s.at[0].facts->value);
    }
    arena_free(&a);
}

/* Each input sits at the end of its own allocation, so that the sanitizer sees a step too far. */
TEST(scan, any_bytes_are_safe_and_readings_come_best_first)
{
    static const char *const starts[] = {"",    "]C1", "]",      "(01)",     "https://a/01/",
                                         "420", "1Z",  "WB",     "waybill:", "pkg_",
                                         "01",  "LP",  "]d2\x1d"};
    struct source source;
    source_virtual(&source, 4, 0);
    for (int round = 0; round < 6000 && !test_failed(); round++) {
        struct arena a = {0};
        char raw[80];
        const char *start = starts[source_below(&source, 13)];
        size_t n = strlen(start), len = n + (size_t)source_below(&source, 40);
        memcpy(raw, start, n);
        for (; n < len; n++)
            raw[n] = source_below(&source, 3)
                         ? "0123456789ABZ()/?=&%_\x1d "[source_below(&source, 23)]
                         : (char)source_random(&source);
        char *exact = memcpy(arena_alloc(&a, 40000 + len, 1), raw, len); /* a block of its own */
        exact = memmove(exact + 40000, exact, len);
        struct scan s = scan_parse(&a, (struct text){exact, len}, TODAY);
        CHECK(s.count <= SCAN_READINGS_MAX);
        for (size_t i = 0; i < s.count; i++) {
            CHECK(s.at[i].count > 0 && s.at[i].confidence > 0 && s.at[i].confidence <= 100);
            CHECK(i == 0 || s.at[i - 1].confidence >= s.at[i].confidence);
            for (size_t k = 0; k < s.at[i].count; k++)
                if (s.at[i].facts[k].kind == SCAN_GTIN) CHECK(gs1_check_ok(s.at[i].facts[k].value));
        }
        bool graphic = false;
        for (size_t i = 0; i < s.text.len; i++) graphic = graphic || s.text.at[i] > ' ';
        if (graphic && s.text.len == strspn(text_cstr(&a, s.text),
                                            "0123456789ABZ()/?=&%_ :.CQWPLabhilpstwkgdy"))
            CHECK(s.count > 0);
        arena_free(&a);
    }
}
