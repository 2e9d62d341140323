#include "wire/slip.h"

#include "harness.h"
#include "wire/scan_test.h"

static struct arena arena;
static struct ctx context = {.arena = &arena};

/* T() is not a constant expression. */
#define LINE(literal)                                                                              \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
static const struct text shop[] = {LINE("Hafenstraße 12"), LINE("20457 Hamburg")};
static const struct text home[] = {LINE("محمد الأحمدي"), LINE("طريق الملك فهد 12"),
                                   LINE("SAUDI ARABIA")};

static struct packing_slip slip_of(size_t count)
{
    struct slip_line *lines = arena_new(&arena, struct slip_line, count + 1);
    for (size_t i = 0; i < count; i++) {
        lines[i].sku = text_printf(&arena, "SKU-%zu", i);
        lines[i].name = i % 3 ? T("Filter coffee, 500 g")
                              : T("Espresso \"Nachtschicht\", whole beans, roasted on the day of "
                                  "shipping, with notes of dark chocolate, hazelnut and plum");
        lines[i].note = i % 7 ? T("") : T("Engraving: For grandma\nGift: no price");
        lines[i].quantity = (int64_t)i % 5 + 1;
    }
    return (struct packing_slip){.merchant = T("Kaffeerösterei Blume"),
                                 .merchant_lines = shop,
                                 .merchant_count = 2,
                                 .order = T("#1042"),
                                 .order_date = T("23 November 2026"),
                                 .ship_to = home,
                                 .ship_to_count = 3,
                                 .lines = lines,
                                 .line_count = count,
                                 .gift_message = T("Happy birthday!\nYours, Anna"),
                                 .package = 1,
                                 .packages = 2,
                                 .tracking_url = T("https://track.example.com/t/8GQ2ZP0M4X?k=3f9a"),
                                 .footer = T("Returns are free within 30 days.")};
}

/* On which page, from 1, does this line of text stand? 0 when nowhere, -1 when more than once. */
static int64_t page_of(const struct sheet *s, const char *line)
{
    int64_t found = 0;
    for (size_t i = 0; i < s->count; i++)
        for (size_t n = 0; n < s->items[i].lines.count; n++)
            if (text_is(s->items[i].lines.at[n].text, line))
                found = found ? -1 : (int64_t)s->items[i].page + 1;
    return found;
}

TEST(slip, five_hundred_lines_all_appear_once_in_order_under_a_repeated_heading)
{
    struct packing_slip p = slip_of(500);
    struct sheet s;
    CHECK_OK(&context, slip_layout(&context, &p, &s));
    check_sheet(&s);
    int64_t before = 1;
    for (int i = 0; i < 500; i++) {
        int64_t page = page_of(&s, text_cstr(&arena, text_printf(&arena, "SKU-%d", i)));
        CHECK(page >= before);
        before = page;
    }
    CHECK(s.pages > 10);
    size_t heads = 0;
    for (size_t i = 0; i < s.count; i++)
        heads += s.items[i].lines.count && text_is(s.items[i].lines.at[0].text, "Qty");
    CHECK_I64((int64_t)s.pages, (int64_t)heads);
    const char *foot = text_cstr(&arena, text_printf(&arena, "page %zu of %zu", s.pages, s.pages));
    CHECK_I64((int64_t)s.pages, page_of(&s, foot));
    CHECK_I64((int64_t)s.pages, page_of(&s, "Yours, Anna"));
    struct text pdf = {0};
    CHECK_OK(&context, sheet_render(&s, SHEET_PDF, 0, &pdf));
    CHECK(text_starts(pdf, T("%PDF-")));
    arena_free(&arena);
}

TEST(slip, gift_message_that_does_not_fit_moves_to_a_page_of_its_own)
{
    /* Somewhere in these the table ends just above the foot. */
    bool moved = false;
    for (size_t count = 0; count <= 40; count++) {
        struct packing_slip p = slip_of(count);
        struct sheet s;
        CHECK_OK(&context, slip_layout(&context, &p, &s));
        check_sheet(&s);
        const char *sku = text_cstr(&arena, text_printf(&arena, "SKU-%zu", count - 1));
        if (count && page_of(&s, "Yours, Anna") > page_of(&s, sku)) moved = true;
        arena_reset(&arena);
    }
    CHECK(moved);
    arena_free(&arena);
}

TEST(slip, phone_reads_the_tracking_page_and_scanner_the_order_number)
{
    if (!scan_possible()) SKIP(SCAN_MISSING);
    struct packing_slip p = slip_of(3);
    static const char *const want = "CODE-128:#1042\n"
                                    "QR-Code:https://track.example.com/t/8GQ2ZP0M4X?k=3f9a\n";
    struct text file = {0};
    CHECK_OK(&context, slip_render(&context, &p, SHEET_PNG, 203, &file));
    CHECK_TEXT(want, scan_png(&arena, file));
    CHECK_OK(&context, slip_render(&context, &p, SHEET_PDF, 0, &file));
    CHECK_TEXT(want, scan_pdf(&arena, file, 203));
    arena_free(&arena);
}

TEST(slip, order_number_that_is_no_barcode_is_printed_without_one)
{
    struct packing_slip p = slip_of(1);
    p.order = T("Заказ 17");
    p.tracking_url = (struct text){0};
    struct sheet s;
    CHECK_OK(&context, slip_layout(&context, &p, &s));
    for (size_t i = 0; i < s.count; i++) CHECK(s.items[i].kind != SHEET_BARCODE);
    CHECK_I64(1, page_of(&s, "Order Заказ 17"));
    arena_free(&arena);
}

TEST(slip, wrong_input_names_the_field)
{
    struct text out;
    struct packing_slip p = slip_of(2);
    struct slip_line *lines = arena_new(&arena, struct slip_line, 2);
    lines[0] = p.lines[0];
    p.lines = lines;
    lines[1] = (struct slip_line){.name = T("x"), .quantity = 0};
    CHECK_FAULT(&context, ERR_INVALID, "quantity_range",
                slip_render(&context, &p, SHEET_PDF, 0, &out));
    CHECK_TEXT("lines[1].quantity", text_of(context.fault.field));
    lines[1] = (struct slip_line){.name = T(" "), .quantity = 1};
    CHECK_FAULT(&context, ERR_INVALID, "required", slip_render(&context, &p, SHEET_PDF, 0, &out));
    CHECK_TEXT("lines[1].name", text_of(context.fault.field));
    p.line_count = SLIP_LINES_MAX + 1;
    CHECK_FAULT(&context, ERR_TOO_LARGE, "too_many_lines",
                slip_render(&context, &p, SHEET_PDF, 0, &out));
    p = slip_of(1);
    p.tracking_url = (struct text){arena_new(&arena, char, SLIP_URL_MAX + 1), SLIP_URL_MAX + 1};
    CHECK_FAULT(&context, ERR_INVALID, "text_too_long",
                slip_render(&context, &p, SHEET_PDF, 0, &out));
    CHECK_TEXT("tracking_url", text_of(context.fault.field));
    p = slip_of(1);
    p.tracking_url = T("https://example.com/\x01");
    CHECK_FAULT(&context, ERR_INVALID, "barcode_character",
                slip_render(&context, &p, SHEET_PDF, 0, &out));
    CHECK_TEXT("tracking_url", text_of(context.fault.field));
    arena_free(&arena);
}
