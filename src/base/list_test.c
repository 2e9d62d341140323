#include "base/list.h"

#include "harness.h"

struct kin {
    int64_t family;
    struct text name;
};

static struct kin kin[] = {
    {2, {"ada", 3}}, {2, {"bo", 2}}, {5, {"bob", 3}}, {9, {"cy", 2}}, {9, {"\xc3\xa9", 2}}};
static const struct list all = {kin, 5}, none = {NULL, 0};

TEST(list, a_key_finds_its_first_record_and_no_neighbour)
{
    CHECK(LIST_FIND(&all, struct kin, family, 2) == &kin[0]);
    CHECK(LIST_FIND(&all, struct kin, family, 5) == &kin[2]);
    CHECK(LIST_FIND(&all, struct kin, family, 9) == &kin[3]);
    for (int64_t absent = 1; absent < 12; absent += 3) /* before, between, after */
        CHECK(LIST_FIND(&all, struct kin, family, absent == 4 ? 6 : absent) == NULL);
    CHECK(LIST_FIND(&none, struct kin, family, 2) == NULL);
}

TEST(list, runs_of_any_length_end_where_the_next_key_begins)
{
    struct kin many[120];
    size_t first[16], n = 0;
    for (int64_t family = 0; family < 15; family++) {
        first[family] = n;
        for (int64_t i = 0; i < family; i++) many[n++] = (struct kin){family * 3, {"x", 1}};
    }
    first[15] = n;
    struct list l = {many, n};
    for (int64_t family = 0; family < 15; family++) {
        struct list run = LIST_RUN(&l, struct kin, family, family * 3);
        CHECK_I64(family, (int64_t)run.count);
        CHECK(!family || run.at == &many[first[family]]);
        CHECK_I64(0, (int64_t)LIST_RUN(&l, struct kin, family, family * 3 + 1).count);
    }
}

TEST(list, a_run_is_all_records_of_a_key)
{
    struct list two = LIST_RUN(&all, struct kin, family, 2);
    struct list last = LIST_RUN(&all, struct kin, family, 9);
    CHECK(two.at == kin && two.count == 2);
    CHECK(last.at == &kin[3] && last.count == 2);
    CHECK(LIST_RUN(&all, struct kin, family, 3).count == 0);
    CHECK(LIST_RUN(&all, struct kin, family, INT64_MAX).count == 0);
    CHECK(LIST_RUN(&none, struct kin, family, 2).count == 0);
    kin[4].family = INT64_MAX;
    CHECK(LIST_RUN(&all, struct kin, family, INT64_MAX).count == 1);
    kin[4].family = 9;
}

TEST(list, texts_are_found_in_bytewise_order)
{
    CHECK(LIST_FIND_TEXT(&all, struct kin, name, T("bob")) == &kin[2]);
    CHECK(LIST_FIND_TEXT(&all, struct kin, name, T("\xc3\xa9")) == &kin[4]);
    CHECK(LIST_FIND_TEXT(&all, struct kin, name, T("b")) == NULL);
    CHECK(LIST_FIND_TEXT(&all, struct kin, name, T("\xff")) == NULL);
    CHECK(LIST_FIND_TEXT(&none, struct kin, name, T("ada")) == NULL);
}
