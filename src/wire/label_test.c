#include "wire/label.h"

#include "harness.h"
#include "wire/scan_test.h"

#include <math.h>

static struct arena arena;
static struct ctx context = {.arena = &arena};

/* T() is not a constant expression. */
#define LINE(literal)                                                                              \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
static const struct text shop[] = {LINE("Kaffeerösterei Blume GmbH"), LINE("Industriestraße 114"),
                                   LINE("20457 Hamburg"), LINE("DEUTSCHLAND")};
static const struct text home[] = {LINE("Jörg Großmüller"), LINE("Königsallee 27, 3. OG links"),
                                   LINE("40212 Düsseldorf"), LINE("DEUTSCHLAND")};

static struct parcel_label usual(void)
{
    return (struct parcel_label){.carrier = T("WAYBILL EXPRESS"),
                                 .service = T("Next day"),
                                 .sender = shop,
                                 .sender_count = sizeof shop / sizeof *shop,
                                 .recipient = home,
                                 .recipient_count = sizeof home / sizeof *home,
                                 .country = T("DE"),
                                 .postal_code = T("40212"),
                                 .tracking = T("1Z999AA10123456784"),
                                 .sscc = T("123456789012345675"),
                                 .order = T("#1042"),
                                 .package = 1,
                                 .packages = 2,
                                 .weight_g = 3255,
                                 .ship_date = T("2026-11-23"),
                                 .marks = LABEL_FRAGILE | LABEL_THIS_SIDE_UP,
                                 .instructions = T("ADULT SIGNATURE 18+"),
                                 .cash = T("EUR 129.90")};
}

/* As full as a label can be: all blocks, all lines, all of them too long. */
static struct parcel_label crowded(void)
{
    static const struct text lines[LABEL_LINES_MAX] = {
        LINE("Wolfeschlegelsteinhausenbergerdorff-Papadimitrakopoulos Maximiliana Alexandra"),
        LINE("Bundesanstalt für Rindfleischetikettierungsüberwachungsaufgabenübertragung"),
        LINE("شركة النور للتجارة والتوزيع في المملكة العربية السعودية والخليج العربي"),
        LINE("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Road 1234567890"),
        LINE("Building 12, Floor 7, Room 7123, Desk 4, please ring the bell three times"),
        LINE("上海市浦东新区世纪大道100号环球金融中心45楼4501室上海市浦东新区世纪大道"),
        LINE("12345-6789 Winchester-on-the-Severn-upon-the-very-long-lake"),
        LINE("THE UNITED KINGDOM OF GREAT BRITAIN AND NORTHERN IRELAND"),
        LINE("+44 1234 567890")};
    struct parcel_label l = usual();
    l.sender = l.recipient = lines;
    l.sender_count = l.recipient_count = LABEL_LINES_MAX;
    l.carrier = T("Deutsche Schwertransport- und Paketlogistikgesellschaft mbH");
    l.service = T("International Economy Document Express with insurance and proof");
    l.country = T("UNITED KINGDOM");
    l.postal_code = T("12345-6789-ABCDEFGH");
    l.order = T("ORD-2026-11-23-000012345-EXTRA");
    l.package = 1200;
    l.packages = 1200;
    l.ship_date = T("Wednesday, 23 September 2026");
    l.marks = LABEL_FRAGILE | LABEL_THIS_SIDE_UP | LABEL_KEEP_DRY;
    l.instructions =
        T("Leave with the neighbour at number 14 if nobody is home, never in the rain, "
          "and always call half an hour before delivery, also on Sundays");
    l.cash = T("1,234,567,890.00 INDONESIAN RUPIAH IN SMALL NOTES ONLY, NO COINS");
    return l;
}

static void check_layout(const struct parcel_label *l)
{
    struct sheet s;
    CHECK_OK(&context, label_layout(&context, l, &s));
    check_sheet(&s);
    arena_free(&arena);
}

static const struct sheet_item *find(const struct sheet *s, const char *text)
{
    for (size_t i = 0; i < s->count; i++)
        for (size_t n = 0; n < s->items[i].lines.count; n++)
            if (text_is(s->items[i].lines.at[n].text, text)) return &s->items[i];
    return NULL;
}

TEST(label, usual_label_in_zpl)
{
    struct parcel_label l = usual();
    struct text zpl = {0};
    CHECK_OK(&context, label_render(&context, &l, SHEET_ZPL, 203, &zpl));
    CHECK_GOLDEN("label.zpl", zpl);
    arena_free(&arena);
}

TEST(label, nothing_is_printed_over_anything_else)
{
    struct parcel_label l = usual(), full = crowded();
    struct parcel_label least = {
        .carrier = T("Post"), .recipient = home, .recipient_count = 1, .tracking = T("LP1")};
    check_layout(&l);
    check_layout(&full);
    check_layout(&least);
    full.sscc = full.cash = full.instructions = (struct text){0};
    check_layout(&full);
}

TEST(label, every_line_of_a_long_address_is_there)
{
    struct parcel_label l = crowded();
    struct sheet s;
    CHECK_OK(&context, label_layout(&context, &l, &s));
    CHECK(find(&s, "THE UNITED KINGDOM OF GREAT BRITAIN AND NORTHERN IRELAND") != NULL);
    CHECK(find(&s, "+44 1234 567890") != NULL);
    arena_free(&arena);
}

TEST(label, scanner_reads_tracking_number_and_sscc_from_png_and_pdf)
{
    if (!scan_possible()) SKIP(SCAN_MISSING);
    struct parcel_label labels[] = {usual(), crowded()};
    labels[1].tracking = T("00340434161094042557");
    static const char *const want[] = {
        "CODE-128:00123456789012345675\nCODE-128:1Z999AA10123456784\n",
        "CODE-128:00123456789012345675\nCODE-128:00340434161094042557\n"};
    for (int i = 0; i < 2; i++) {
        struct text file = {0};
        CHECK_OK(&context, label_render(&context, &labels[i], SHEET_PNG, 203, &file));
        CHECK_TEXT(want[i], scan_png(&arena, file));
        CHECK_OK(&context, label_render(&context, &labels[i], SHEET_PNG, 300, &file));
        CHECK_TEXT(want[i], scan_png(&arena, file));
        CHECK_OK(&context, label_render(&context, &labels[i], SHEET_PDF, 0, &file));
        CHECK_TEXT(want[i], scan_pdf(&arena, file, 203));
    }
    arena_free(&arena);
}

TEST(label, sscc_has_the_sizes_gs1_asks_for)
{
    struct parcel_label l = usual();
    struct sheet s;
    CHECK_OK(&context, label_layout(&context, &l, &s));
    const struct sheet_item *sscc = NULL;
    for (size_t i = 0; i < s.count; i++)
        if (s.items[i].kind == SHEET_BARCODE) sscc = &s.items[i]; /* the bottom one */
    CHECK(sscc && sscc->code.kind == CODE_GS1_128);
    CHECK(sscc->module_mm >= 0.495 && sscc->module_mm <= 0.94);
    CHECK(sscc->box.h >= 32);
    /* Quiet zones of 10 modules lie inside its box. */
    CHECK(fabs(sscc->box.w - 176 * sscc->module_mm) < 0.01);
    const struct sheet_item *shown = find(&s, "(00) 123456789012345675");
    CHECK(shown && shown->box.y >= sscc->box.y + sscc->box.h);
    CHECK(find(&s, "3.26 kg") != NULL);
    CHECK(find(&s, "1/2") != NULL);
    arena_free(&arena);
}

TEST(label, wrong_input_names_the_field)
{
    static char wide[LABEL_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof wide; i++) wide[i] = 'x';
    struct text lines[LABEL_LINES_MAX + 1] = {T("a"), T("b\xff")};
    struct text out;
#define REFUSED(reason_, field_, change)                                                           \
    do {                                                                                           \
        struct parcel_label l = usual();                                                           \
        change;                                                                                    \
        CHECK_FAULT(&context, ERR_INVALID, reason_,                                                \
                    label_render(&context, &l, SHEET_ZPL, 203, &out));                             \
        CHECK_TEXT(field_, text_of(context.fault.field));                                          \
    } while (0)
    REFUSED("required", "carrier", l.carrier = T(" "));
    REFUSED("required", "tracking", l.tracking = T(""));
    REFUSED("required", "recipient", l.recipient_count = 0);
    REFUSED("too_many_lines", "recipient",
            (l.recipient = lines, l.recipient_count = LABEL_LINES_MAX + 1));
    REFUSED("text_not_utf8", "sender[1]", (l.sender = lines, l.sender_count = 2));
    REFUSED("text_too_long", "order", l.order = ((struct text){wide, sizeof wide}));
    REFUSED("sscc_form", "sscc", l.sscc = T("12345"));
    REFUSED("sscc_check", "sscc", l.sscc = T("123456789012345670"));
    REFUSED("barcode_character", "tracking", l.tracking = T("Ж1"));
    REFUSED("barcode_no_room", "tracking", l.tracking = T("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ"));
    REFUSED("package_count", "package", l.package = 3);
    REFUSED("weight_range", "weight_g", l.weight_g = -1);
#undef REFUSED
    arena_free(&arena);
}
