#include "wire/pick_sheet.h"

#include "harness.h"
#include "wire/scan_test.h"

static struct arena arena;
static struct ctx context = {.arena = &arena};

static struct pick_list list_of(size_t count)
{
    struct pick_line *lines = arena_new(&arena, struct pick_line, count + 1);
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct pick_line){.bin = text_printf(&arena, "A-%02zu-%02zu-B", i / 20, i % 20),
                                      .sku = T("CB-0001-ESP-250"),
                                      .name = T("Espresso \"Nachtschicht\", whole beans, roasted "
                                                "in Hamburg on the day of shipping, dark"),
                                      .order = T("#1042"),
                                      .tote = T("T-7"),
                                      .quantity = 2};
    return (struct pick_list){.site = T("Hamburg"),
                              .wave = T("W-42"),
                              .printed_at = T("23 November 2026, 09:41"),
                              .lines = lines,
                              .line_count = count};
}

TEST(pick_sheet, scanner_reads_the_wave_and_every_bin)
{
    if (!scan_possible()) SKIP(SCAN_MISSING);
    struct pick_list p = list_of(3);
    static const char *const want = "CODE-128:A-00-00-B\nCODE-128:A-00-01-B\n"
                                    "CODE-128:A-00-02-B\nCODE-128:W-42\n";
    struct text file = {0};
    CHECK_OK(&context, pick_sheet_render(&context, &p, SHEET_PNG, 203, &file));
    CHECK_TEXT(want, scan_png(&arena, file));
    CHECK_OK(&context, pick_sheet_render(&context, &p, SHEET_PDF, 0, &file));
    CHECK_TEXT(want, scan_pdf(&arena, file, 203));
    arena_free(&arena);
}

TEST(pick_sheet, long_list_goes_on_with_nothing_printed_over_anything)
{
    struct pick_list p = list_of(100);
    struct sheet s;
    CHECK_OK(&context, pick_sheet_layout(&context, &p, &s));
    check_sheet(&s);
    size_t bins = 0;
    bool totals = false;
    for (size_t i = 0; i < s.count; i++) {
        if (!s.items[i].lines.count) continue;
        struct text line = s.items[i].lines.at[0].text;
        bins += text_starts(line, T("A-0"));
        totals = totals || text_is(line, "100 lines, 200 units");
    }
    CHECK_I64(100, (int64_t)bins);
    CHECK(totals);
    CHECK(s.pages >= 7);
    arena_free(&arena);
}

TEST(pick_sheet, bin_that_is_no_barcode_is_still_readable)
{
    struct pick_list p = list_of(1);
    struct pick_line line = p.lines[0];
    line.bin = T("Стеллаж 7, верхняя полка, слева от окна");
    p.lines = &line;
    struct sheet s;
    CHECK_OK(&context, pick_sheet_layout(&context, &p, &s));
    check_sheet(&s);
    line.bin = T("WAREHOUSE-NORTH-A-03-12-B"); /* its bars would be wider than the column */
    CHECK_OK(&context, pick_sheet_layout(&context, &p, &s));
    check_sheet(&s);
    arena_free(&arena);
}

TEST(pick_sheet, wrong_input_names_the_field)
{
    struct text out;
    struct pick_list p = list_of(1);
    struct pick_line line = p.lines[0];
    p.lines = &line;
    line.bin = T("");
    CHECK_FAULT(&context, ERR_INVALID, "required",
                pick_sheet_render(&context, &p, SHEET_PDF, 0, &out));
    CHECK_TEXT("lines[0].bin", text_of(context.fault.field));
    p.line_count = PICK_LINES_MAX + 1;
    CHECK_FAULT(&context, ERR_TOO_LARGE, "too_many_lines",
                pick_sheet_render(&context, &p, SHEET_PDF, 0, &out));
    p = list_of(1);
    p.wave = T("");
    CHECK_FAULT(&context, ERR_INVALID, "required",
                pick_sheet_render(&context, &p, SHEET_PDF, 0, &out));
    CHECK_TEXT("wave", text_of(context.fault.field));
    arena_free(&arena);
}
