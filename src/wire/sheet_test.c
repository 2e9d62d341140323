#include "wire/sheet.h"

#include "harness.h"
#include "wire/scan_test.h"

#include <math.h>
#include <string.h>

/* fontconfig keeps its caches until the process ends, where the leak checker does not see them. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig\n"; }
const char *__lsan_default_options(void);
const char *__lsan_default_options(void) { return "print_suppressions=0"; }

static struct arena arena;
static struct ctx context = {.arena = &arena};

static void open_small(struct sheet *s) { sheet_open(s, &context, 101.6, 50.8); }

static const struct sheet_item *last(const struct sheet *s) { return &s->items[s->count - 1]; }

static struct text zpl_of(const struct sheet *s)
{
    struct text out = {0};
    CHECK_OK(&context, sheet_render(s, SHEET_ZPL, 203, &out));
    return out;
}

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

TEST(sheet, zpl_field_data_cannot_end_its_field_or_start_a_command)
{
    struct buf b = buf_new(&arena);
    zpl_escape(&b, T("^XZ~HS_5E\n\x7f ü\\&"));
    CHECK_TEXT("_5EXZ_7EHS_5F5E_0A_7F _C3_BC\\&", buf_text(&b));
    arena_free(&arena);
}

TEST(sheet, hostile_texts_print_as_text_in_zpl)
{
    struct sheet s;
    open_small(&s);
    struct sheet_style style = {.size_pt = 8};
    sheet_text(&s, (struct box){2, 2, 90, 5}, style, T("a^FS^XZ~JR\n^XA_5EXZ\x01\x1b"));
    sheet_barcode(&s, (struct box){2, 10, 95, 15}, ALIGN_CENTRE, CODE_128, T("A^FS^XZ"), 0.3);
    sheet_barcode(&s, (struct box){2, 28, 20, 20}, ALIGN_CENTRE, CODE_QR, T("~JR^XZ_"), 0.5);
    struct text zpl = zpl_of(&s);
    CHECK(has(zpl, "^FDa_5EFS_5EXZ_7EJR _5EXA_5F5EXZ^FS"));
    CHECK(!has(zpl, "~"));
    /* One start and one end; barcodes with such characters are dots. */
    CHECK_I64(0, text_find(zpl, T("^XA")));
    CHECK(!has(text_skip(zpl, 3), "^XA"));
    CHECK_I64((int64_t)zpl.len - 4, text_find(zpl, T("^XZ")));
    CHECK(!has(zpl, "^BC") && !has(zpl, "^BQ") && has(zpl, "^GFA,"));
    arena_free(&arena);
}

TEST(sheet, backslash_in_aligned_text_is_dots_because_field_blocks_interpret_it)
{
    struct sheet s;
    open_small(&s);
    struct sheet_style style = {.size_pt = 8, .align = ALIGN_CENTRE};
    sheet_text(&s, (struct box){2, 2, 90, 5}, style, T("A\\&B"));
    CHECK(!has(zpl_of(&s), "^FB"));
    style.align = ALIGN_START;
    open_small(&s);
    sheet_text(&s, (struct box){2, 2, 90, 5}, style, T("A\\&B"));
    CHECK(has(zpl_of(&s), "^FDA\\&B^FS"));
    arena_free(&arena);
}

TEST(sheet, zpl_says_everything_the_layout_says)
{
    struct sheet s;
    open_small(&s);
    struct sheet_style style = {.size_pt = 10};
    sheet_text(&s, (struct box){2, 2, 60, 5}, style, T("Größe \"M\" 100%"));
    sheet_fill(&s, (struct box){70, 2, 20, 6});
    style.reversed = true;
    style.align = ALIGN_CENTRE;
    sheet_text(&s, (struct box){70, 2, 20, 6}, style, T("REV"));
    sheet_frame(&s, (struct box){2, 9, 97, 40}, 0.5);
    sheet_barcode(&s, (struct box){3, 10, 60, 12}, ALIGN_CENTRE, CODE_128, T("LP_42"), 0.375);
    sheet_barcode(&s, (struct box){3, 10, 60, 12}, ALIGN_CENTRE, CODE_128, T("LP42"), 0.375);
    sheet_barcode(&s, (struct box){3, 24, 95, 10}, ALIGN_CENTRE, CODE_GS1_128,
                  T("(01)04006381333931(10)AB12345(21)7"), 0.375);
    sheet_sscc(&s, (struct box){3, 36, 95, 12}, T("123456789012345675"), 0.5);
    sheet_barcode(&s, (struct box){65, 10, 14, 14}, ALIGN_CENTRE, CODE_QR,
                  T("HTTPS://EXAMPLE.COM/T/1"), 0.5);
    sheet_barcode(&s, (struct box){82, 10, 14, 14}, ALIGN_CENTRE, CODE_DATAMATRIX, T("TOTE-1"),
                  0.6);
    CHECK_GOLDEN("sheet.zpl", zpl_of(&s));
    arena_free(&arena);
}

TEST(sheet, text_is_shrunk_then_wrapped_then_cut_and_never_leaves_its_box)
{
    static const char *const texts[] = {
        "short",
        "a name that is somewhat longer than its box allows",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "شركة النور للتجارة والتوزيع في المملكة العربية السعودية والخليج",
        "上海市浦东新区世纪大道100号环球金融中心45楼4501室上海市浦东新区世纪大道",
        "line one\nline two\nline three\nline four\nline five\nline six"};
    struct box room = {10, 10, 40, 9};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int lines = 1; lines <= 3; lines++)
            for (int align = ALIGN_START; align <= ALIGN_END; align++) {
                struct sheet s;
                open_small(&s);
                struct sheet_style style = {
                    .size_pt = 14, .least_pt = 7, .lines = lines, .align = (enum sheet_align)align};
                double used = sheet_text(&s, room, style, text_of(texts[i]));
                const struct sheet_item *item = last(&s);
                CHECK(used > 0 && used <= room.h + 0.02);
                CHECK(item->box.x >= room.x - 0.02);
                CHECK(item->box.x + item->box.w <= room.x + room.w + 0.02);
                CHECK(item->box.y >= room.y - 0.02);
                CHECK(item->box.y + item->box.h <= room.y + room.h + 0.02);
                CHECK((int)item->lines.count <= lines);
                CHECK(item->cut ==
                      (text_find(item->lines.at[item->lines.count - 1].text, T("…")) >= 0));
                arena_reset(&arena);
            }
    arena_free(&arena);
}

TEST(sheet, text_that_fits_keeps_its_size_and_words)
{
    struct sheet s;
    open_small(&s);
    struct sheet_style style = {.size_pt = 12, .least_pt = 6};
    sheet_text(&s, (struct box){2, 2, 60, 6}, style, T("  Ann Lee "));
    CHECK(fabs(last(&s)->size_pt - 12) < 0.01);
    CHECK_TEXT("Ann Lee", last(&s)->lines.at[0].text);
    CHECK(last(&s)->lines.at[0].latin);
    sheet_text(&s, (struct box){2, 2, 60, 6}, style, T(" \n "));
    CHECK_I64(1, (int64_t)s.count);
    arena_free(&arena);
}

TEST(sheet, address_keeps_all_its_lines_where_prose_loses_its_end)
{
    struct sheet s;
    open_small(&s);
    struct box room = {2, 2, 30, 12};
    struct sheet_style style = {.size_pt = 10, .least_pt = 8, .lines = 9};
    struct text t = T("A very long company name that needs three lines\nStreet 1\nSpringfield");
    sheet_text(&s, room, style, t);
    CHECK(!text_is(last(&s)->lines.at[last(&s)->lines.count - 1].text, "Springfield"));
    style.address = true;
    sheet_text(&s, room, style, t);
    CHECK_I64(3, (int64_t)last(&s)->lines.count);
    CHECK(text_ends(last(&s)->lines.at[0].text, T("…")));
    CHECK_TEXT("Street 1", last(&s)->lines.at[1].text);
    CHECK_TEXT("Springfield", last(&s)->lines.at[2].text);
    arena_free(&arena);
}

TEST(sheet, flower_no_font_has_is_left_out_and_order_marks_cannot_hide_text)
{
    struct sheet s;
    open_small(&s);
    struct sheet_style style = {.size_pt = 10, .vital = true};
    struct box room = {2, 2, 90, 12};
    sheet_text(&s, room, style, T("Anna \xf0\x9f\x8c\xb8"));
    CHECK_TEXT("Anna", last(&s)->lines.at[0].text);
    sheet_text(&s, room, style,
               T("12 \xe2\x80\xae"
                 "43 teertS"));
    CHECK_TEXT("12 43 teertS", last(&s)->lines.at[0].text);
    arena_free(&arena);
}

TEST(sheet, other_scripts_reach_label_printers_as_dots_and_run_from_their_side)
{
    struct sheet s;
    open_small(&s);
    struct sheet_style style = {.size_pt = 10};
    struct box room = {10, 10, 80, 8};
    sheet_text(&s, room, style, T("שלום"));
    const struct sheet_line *line = &last(&s)->lines.at[0];
    CHECK(line->right_to_left && !line->latin);
    CHECK(fabs(line->x_mm + line->width_mm - (room.x + room.w)) < 0.05);
    struct text zpl = zpl_of(&s);
    CHECK(has(zpl, "^GFA,") && !has(zpl, "^A0N"));
    arena_free(&arena);
}

TEST(sheet, png_has_exactly_the_dots_of_the_printer_and_says_its_resolution)
{
    static const struct {
        int dpi, w, h;
    } sizes[] = {{203, 812, 1218}, {300, 1200, 1800}, {600, 2400, 3600}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct sheet s;
        sheet_open(&s, &context, 101.6, 152.4);
        struct text png = {0};
        CHECK_OK(&context, sheet_render(&s, SHEET_PNG, sizes[i].dpi, &png));
        const unsigned char *at = (const unsigned char *)png.at;
        CHECK_I64(sizes[i].w, at[18] << 8 | at[19]);
        CHECK_I64(sizes[i].h, at[22] << 8 | at[23]);
        CHECK_I64(8, at[24]); /* bits a dot */
        CHECK(memcmp(at + 37, "pHYs", 4) == 0);
        CHECK_I64(lround(sizes[i].dpi / 0.0254), at[43] << 8 | at[44]);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

TEST(sheet, same_sheet_gives_the_same_file)
{
    struct text files[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++) {
        struct sheet s;
        open_small(&s);
        sheet_text(&s, (struct box){2, 2, 60, 8}, (struct sheet_style){.size_pt = 9}, T("Même"));
        sheet_barcode(&s, (struct box){2, 12, 90, 15}, ALIGN_CENTRE, CODE_128, T("SAME"), 0.5);
        CHECK_OK(&context, sheet_render(&s, SHEET_PDF, 0, &files[i]));
    }
    CHECK(files[0].len > 1000 && text_starts(files[0], T("%PDF-")));
    CHECK(text_eq(files[0], files[1]));
    arena_free(&arena);
}

TEST(sheet, every_barcode_scans_from_png_and_pdf)
{
    if (!scan_possible()) SKIP(SCAN_MISSING);
    struct sheet s;
    sheet_open(&s, &context, 101.6, 152.4);
    sheet_barcode(&s, (struct box){2, 5, 97, 20}, ALIGN_CENTRE, CODE_128, T("1Z999AA10123456784"),
                  0.375);
    sheet_barcode(&s, (struct box){2, 35, 97, 20}, ALIGN_CENTRE, CODE_GS1_128,
                  T("(01)04006381333931(10)AB(21)7"), 0.375);
    sheet_sscc(&s, (struct box){2, 65, 97, 25}, T("340123450000000017"), 0.5);
    sheet_barcode(&s, (struct box){30, 100, 40, 40}, ALIGN_CENTRE, CODE_QR,
                  T("https://example.com/t/é"), 1);
    static const char *const want = "CODE-128:00340123450000000017\n"
                                    "CODE-128:010400638133393110AB\x1d"
                                    "217\n"
                                    "CODE-128:1Z999AA10123456784\n"
                                    "QR-Code:https://example.com/t/é\n";
    struct text file = {0};
    CHECK_OK(&context, sheet_render(&s, SHEET_PNG, 203, &file));
    CHECK_TEXT(want, scan_png(&arena, file));
    CHECK_OK(&context, sheet_render(&s, SHEET_PNG, 300, &file));
    CHECK_TEXT(want, scan_png(&arena, file));
    CHECK_OK(&context, sheet_render(&s, SHEET_PDF, 0, &file));
    CHECK_TEXT(want, scan_pdf(&arena, file, 300));
    arena_free(&arena);
}

TEST(sheet, barcode_too_long_for_its_room_is_refused_not_squeezed)
{
    struct sheet s;
    struct text out;
    open_small(&s);
    sheet_barcode(&s, (struct box){2, 2, 40, 10}, ALIGN_CENTRE, CODE_128,
                  T("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 0.5);
    sheet_text(&s, (struct box){2, 2, 9, 9}, (struct sheet_style){.size_pt = 9}, T("after"));
    CHECK_I64(0, (int64_t)s.count);
    CHECK_FAULT(&context, ERR_INVALID, "barcode_no_room", sheet_render(&s, SHEET_ZPL, 203, &out));
    arena_free(&arena);
}

TEST(sheet, wrong_input_says_what_is_wrong)
{
    struct sheet s;
    struct text out;
    struct sheet_style style = {.size_pt = 9, .vital = true};
    struct box room = {2, 2, 50, 9};
    open_small(&s);
    sheet_text(&s, room, style, T("a\xc3"));
    CHECK_FAULT(&context, ERR_INVALID, "text_not_utf8", sheet_render(&s, SHEET_PDF, 0, &out));
    open_small(&s);
    struct text huge = {arena_new(&arena, char, SHEET_TEXT_MAX + 1), SHEET_TEXT_MAX + 1};
    sheet_text(&s, room, style, huge);
    CHECK_FAULT(&context, ERR_TOO_LARGE, "text_too_long", sheet_render(&s, SHEET_PDF, 0, &out));
    open_small(&s);
    sheet_text(&s, room, style, T("\xf3\xb0\x80\x80")); /* private use: in no font */
    CHECK_FAULT(&context, ERR_INVALID, "font_missing", sheet_render(&s, SHEET_PDF, 0, &out));
    open_small(&s);
    CHECK_FAULT(&context, ERR_INVALID, "dpi_range", sheet_render(&s, SHEET_ZPL, 0, &out));
    CHECK_FAULT(&context, ERR_INVALID, "dpi_range", sheet_render(&s, SHEET_PNG, 601, &out));
    for (int i = 1; i < SHEET_PAGES_MAX; i++) sheet_next_page(&s);
    CHECK_I64(OK, s.err);
    sheet_next_page(&s);
    CHECK_I64(ERR_TOO_LARGE, s.err);
    arena_free(&arena);
}
