#include "base/table.h"

#include "base/arena.h"
#include "harness.h"

static struct text shown(struct arena *a, struct table *t, size_t width)
{
    struct buf b = buf_new(a);
    table_put(&b, t, width, 0);
    return buf_text(&b);
}

TEST(table, columns_align_and_numbers_stand_right)
{
    struct arena a = {0};
    struct table t = {.arena = &a};
    table_column(&t, T("NAME"), false);
    table_column(&t, T("COUNT"), true);
    table_column(&t, T("NOTE"), false);
    table_row(&t, (const struct text[]){T("tea"), T("7"), T("x")});
    table_row(&t, (const struct text[]){T("\xE6\x97\xA5\xE6\x9C\xAC"), T("1234567"), {0}});
    CHECK_TEXT("NAME    COUNT  NOTE\n"
               "tea         7  x\n"
               "\xE6\x97\xA5\xE6\x9C\xAC  1234567\n",
               shown(&a, &t, 0));
    arena_free(&a);
}

TEST(table, the_widest_column_is_cut_to_the_terminal)
{
    struct arena a = {0};
    struct table t = {.arena = &a};
    table_column(&t, T("ID"), false);
    table_column(&t, T("NAME"), false);
    table_row(&t, (const struct text[]){T("12345"), T("a very long name indeed")});
    CHECK_TEXT("ID     NAME\n12345  a very lo\xE2\x80\xA6\n", shown(&a, &t, 17));
    arena_free(&a);
}

TEST(table, stored_text_cannot_steer_the_terminal)
{
    struct arena a = {0};
    CHECK_TEXT(" [2J a b", text_fit(&a, T("\x1B[2J\na\tb"), 0));
    CHECK_TEXT("\xEF\xBF\xBDx", text_fit(&a, T("\xFFx"), 0));
    CHECK_TEXT("a txt.exe", text_fit(&a, T("a\xE2\x80\xAEtxt.exe"), 0));
    CHECK_I64(1, (int64_t)text_width(T("e\xCC\x81")));
    arena_free(&a);
}
