#include "plan/scan_item.h"

#include "base/arena.h"
#include "harness.h"

static bool names(const char *raw, struct scan_item item)
{
    struct arena a = {0};
    struct scan s = scan_parse(&a, text_of(raw), 20500);
    struct scan_said said = scan_said(&s);
    bool yes = scan_names(&said, &item);
    arena_free(&a);
    return yes;
}

TEST(scan_item, a_thing_is_known_by_every_code_on_it)
{
    struct scan_item mug = {7, T("MUG-1"), T("05012345678900")};
    CHECK(names("MUG-1", mug));
    CHECK(names(" MUG-1\r\n", mug));
    CHECK(names("5012345678900", mug));
    CHECK(names("]E05012345678900", mug));
    CHECK(names("]C1010501234567890010LOT7", mug));
    CHECK(names("waybill:sku/MUG-1", mug));
    CHECK(!names("MUG-2", mug));
    CHECK(!names("9780306406157", mug));
    CHECK(!names("", mug));
}

TEST(scan_item, digits_may_be_a_sku_of_ours_and_a_missing_gtin_matches_nothing)
{
    CHECK(names("5012345678900", (struct scan_item){7, T("5012345678900"), {0}}));
    CHECK(!names("5012345678900", (struct scan_item){7, T("MUG-1"), {0}}));
}

TEST(scan_item, lot_and_quantity_of_the_same_symbol_are_kept)
{
    struct arena a = {0};
    struct scan s = scan_parse(&a, T("(01)05012345678900(10)L7(30)12"), 20500);
    struct scan_said said = scan_said(&s);
    CHECK_TEXT("05012345678900", said.gtin);
    CHECK_TEXT("L7", said.lot);
    CHECK_I64(12, said.quantity);
    arena_free(&a);
}
