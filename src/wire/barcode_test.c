#include "wire/barcode.h"

#include "harness.h"

static struct arena arena;
static struct ctx context = {.arena = &arena};

static void refused(const char *reason, enum barcode_kind kind, struct text content)
{
    struct barcode code;
    CHECK_FAULT(&context, ERR_INVALID, reason, barcode_encode(&context, kind, content, &code));
    arena_reset(&arena);
}

TEST(barcode, code_128_begins_and_ends_with_its_published_patterns)
{
    struct barcode code;
    CHECK_OK(&context, barcode_encode(&context, CODE_128, T("AB"), &code));
    /* Start B 211214, A 111323, B 131123, check (104 + 33 + 2 * 34) mod 103 = 102 411131 (FNC1),
       stop 2331112: ISO/IEC 15417 table 1. */
    static const char widths[] = "2112141113231311234111312331112";
    CHECK_I64(4 * 11 + 13, code.columns);
    CHECK_I64(1, code.rows);
    CHECK_I64(10, code.quiet);
    int at = 0;
    for (int i = 0; widths[i]; i++)
        for (int n = 0; n < widths[i] - '0'; n++) CHECK_I64(i % 2 == 0, code.modules[at++]);
    arena_free(&arena);
}

TEST(barcode, sscc_is_156_modules_wide_so_a_label_has_room_for_it)
{
    struct barcode code;
    CHECK_OK(&context, barcode_sscc(&context, T("123456789012345675"), &code));
    CHECK_I64(156, code.columns);
    CHECK_TEXT("(00)123456789012345675", code.content);
    arena_free(&arena);
}

TEST(barcode, sscc_of_wrong_length_letters_or_check_digit_is_refused)
{
    static const char *const wrong[] = {"", "12345678901234567", "1234567890123456750",
                                        "12345678901234567A"};
    struct barcode code;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_FAULT(&context, ERR_INVALID, "sscc_form",
                    barcode_sscc(&context, text_of(wrong[i]), &code));
    CHECK_FAULT(&context, ERR_INVALID, "sscc_check",
                barcode_sscc(&context, T("123456789012345670"), &code));
    arena_free(&arena);
}

TEST(barcode, content_that_cannot_be_scanned_back_is_refused)
{
    refused("barcode_empty", CODE_128, T(""));
    refused("barcode_character", CODE_128, T("A\nB"));
    refused("barcode_character", CODE_128, T("Größe"));
    refused("barcode_not_utf8", CODE_QR, T("a\xff"));
    refused("barcode_too_long", CODE_128,
            T("0123456789012345678901234567890123456789012345678901234567890"));
    refused("barcode_gs1", CODE_GS1_128, T("123456789012345675"));
    refused("barcode_refused", CODE_GS1_128, T("(00)12"));
    refused("barcode_refused", CODE_GS1_128, T("(01)04006381333932"));
    refused("barcode_too_long", CODE_GS1_128,
            T("(10)ABCDEFGHIJ1234567890(21)ABCDEFGHIJ1234567890(400)12345678"));
}

TEST(barcode, two_dimensional_codes_are_square_and_take_any_script)
{
    struct barcode code;
    CHECK_OK(&context, barcode_encode(&context, CODE_QR, T("https://example.com/t/Ж漢"), &code));
    CHECK_I64(code.rows, code.columns);
    CHECK_I64(4, code.quiet);
    CHECK(code.columns >= 21 && (code.columns - 17) % 4 == 0);
    CHECK_OK(&context, barcode_encode(&context, CODE_DATAMATRIX, T("WB-0001"), &code));
    CHECK_I64(code.rows, code.columns);
    /* The finder: left column and bottom row all dark. */
    for (int i = 0; i < code.rows; i++) {
        CHECK_I64(1, code.modules[i * code.columns]);
        CHECK_I64(1, code.modules[(code.rows - 1) * code.columns + i]);
    }
    arena_free(&arena);
}

TEST(barcode, gs1_elements_are_taken_apart_at_their_brackets)
{
    struct text rest = T("(02)04006381333931(10)A(1)B(37)12"), identifier, value;
    CHECK(barcode_gs1_next(&rest, &identifier, &value));
    CHECK_TEXT("02", identifier);
    CHECK_TEXT("04006381333931", value);
    CHECK(barcode_gs1_next(&rest, &identifier, &value));
    CHECK_TEXT("10", identifier);
    CHECK_TEXT("A(1)B", value);
    CHECK(barcode_gs1_next(&rest, &identifier, &value));
    CHECK_TEXT("37", identifier);
    CHECK(!barcode_gs1_next(&rest, &identifier, &value));
    CHECK(barcode_gs1_fixed(T("02")));
    CHECK(barcode_gs1_fixed(T("3103")));
    CHECK(!barcode_gs1_fixed(T("10")));
    CHECK(!barcode_gs1_fixed(T("37")));
}
