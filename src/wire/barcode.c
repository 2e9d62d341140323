/* wire/barcode.c: zint finds the pattern, we check what goes in and keep what comes out. */
#include "wire/barcode.h"

#include <string.h>
#include <zint.h>

static const struct code_row {
    const char *name;
    int symbology, input_mode, quiet;
    size_t most;
    bool linear;
} code_rows[CODE_KINDS] = {
    [CODE_128] = {"Code 128", BARCODE_CODE128, DATA_MODE, 10, CODE_128_MAX, true},
    /* The brackets of each identifier come on top of the 48 characters in the symbol. */
    [CODE_GS1_128] = {"GS1-128", BARCODE_GS1_128, GS1_MODE | GS1PARENS_MODE, 10,
                      CODE_GS1_128_MAX + 20, true},
    [CODE_QR] = {"QR", BARCODE_QRCODE, UNICODE_MODE, 4, CODE_QR_MAX, false},
    [CODE_DATAMATRIX] = {"Data Matrix", BARCODE_DATAMATRIX, UNICODE_MODE, 2, CODE_DATAMATRIX_MAX,
                         false},
};

enum { ECI_UTF8 = 26 };

static bool is_ascii(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] > 0x7E) return false;
    return true;
}

static bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }

/* Length of "(nn)" to "(nnnn)" at the start of `t`, 0 when there is none. */
static size_t bracketed(struct text t)
{
    if (!t.len || t.at[0] != '(') return 0;
    size_t at = 1;
    while (at < t.len && is_digit(t.at[at])) at++;
    return at >= 3 && at <= 5 && at < t.len && t.at[at] == ')' ? at + 1 : 0;
}

bool barcode_gs1_next(struct text *rest, struct text *identifier, struct text *value)
{
    size_t head = bracketed(*rest);
    if (!head) return false;
    *identifier = text_head(text_skip(*rest, 1), head - 2);
    *rest = text_skip(*rest, head);
    size_t at = 0;
    while (at < rest->len && !bracketed(text_skip(*rest, at))) at++;
    *value = text_head(*rest, at);
    *rest = text_skip(*rest, at);
    return true;
}

bool barcode_gs1_fixed(struct text identifier)
{
    static const char *const fixed[] = {"00", "01", "02", "03", "04", "11", "12", "13",
                                        "14", "15", "16", "17", "18", "19", "20", "31",
                                        "32", "33", "34", "35", "36", "41"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (text_starts(identifier, text_of(fixed[i]))) return true;
    return false;
}

static enum err check_content(struct ctx *c, enum barcode_kind kind, struct text content)
{
    const struct code_row *row = &code_rows[kind];
    if (text_empty(content))
        return fail(c, ERR_INVALID, "barcode_empty", "a %s barcode needs something to say",
                    row->name);
    if (content.len > row->most)
        return fail(c, ERR_INVALID, "barcode_too_long", "%zu bytes in a %s barcode, at most %zu",
                    content.len, row->name, row->most);
    if (!text_is_utf8(content))
        return fail(c, ERR_INVALID, "barcode_not_utf8", "the content of a %s barcode is not UTF-8",
                    row->name);
    for (size_t i = 0; i < content.len; i++) {
        unsigned char byte = (unsigned char)content.at[i];
        if (byte < 0x20 || byte == 0x7F || (row->linear && byte > 0x7E))
            return fail(c, ERR_INVALID, "barcode_character",
                        "byte 0x%02x at position %zu cannot stand in a %s barcode", byte, i + 1,
                        row->name);
    }
    if (kind == CODE_GS1_128 && !bracketed(content)) {
        fail(c, ERR_INVALID, "barcode_gs1", "\"%.*s\" does not start with an identifier",
             TEXT_ARG(content));
        return hint(c, "write identifiers in brackets: (00)340123450000000017");
    }
    return OK;
}

/* FNC1 counts as a character where it separates. */
static enum err check_gs1_length(struct ctx *c, struct text content)
{
    struct text rest = content, identifier, value;
    size_t length = 0;
    while (barcode_gs1_next(&rest, &identifier, &value)) {
        length += identifier.len + value.len;
        if (rest.len && !barcode_gs1_fixed(identifier)) length++;
    }
    if (length > CODE_GS1_128_MAX)
        return fail(c, ERR_INVALID, "barcode_too_long",
                    "%zu characters in a GS1-128 barcode, at most %d", length, CODE_GS1_128_MAX);
    return OK;
}

static void copy_modules(struct arena *a, const struct zint_symbol *symbol, struct barcode *out)
{
    /* A linear symbol repeats its only row; zint reports one. */
    size_t columns = (size_t)symbol->width, rows = (size_t)symbol->rows;
    uint8_t *modules = arena_new(a, uint8_t, columns * rows);
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < columns; x++)
            modules[y * columns + x] = symbol->encoded_data[y][x / 8] >> (x % 8) & 1;
    out->columns = symbol->width;
    out->rows = symbol->rows;
    out->modules = modules;
}

enum err barcode_encode(struct ctx *c, enum barcode_kind kind, struct text content,
                        struct barcode *out)
{
    TRY(check_content(c, kind, content));
    if (kind == CODE_GS1_128) TRY(check_gs1_length(c, content));
    const struct code_row *row = &code_rows[kind];
    struct zint_symbol *symbol = ZBarcode_Create();
    if (!symbol) return fail(c, ERR_BUG, "barcode_memory", "no memory for a barcode");
    symbol->symbology = row->symbology;
    symbol->input_mode = row->input_mode;
    if (kind == CODE_QR) symbol->option_1 = 2; /* level M */
    if (kind == CODE_DATAMATRIX) symbol->option_3 = DM_SQUARE;
    /* Without it zint turns kana and kanji into Shift JIS. */
    if (!row->linear && !is_ascii(content)) symbol->eci = ECI_UTF8;
    const char *source = text_cstr(c->arena, content);
    int status = ZBarcode_Encode(symbol, (const unsigned char *)source, (int)content.len);
    enum err e = OK;
    /* Warnings as well: a symbol that is nearly right is scanned wrongly later. */
    if (status != 0) {
        e = fail(c, ERR_INVALID, "barcode_refused", "%s barcode: %s", row->name, symbol->errtxt);
    } else {
        *out = (struct barcode){.kind = kind,
                                .linear = row->linear,
                                .quiet = row->quiet,
                                .content = text_copy(c->arena, content)};
        copy_modules(c->arena, symbol, out);
    }
    ZBarcode_Delete(symbol);
    return e;
}

enum err barcode_sscc(struct ctx *c, struct text sscc, struct barcode *out)
{
    bool digits = sscc.len == SSCC_DIGITS;
    for (size_t i = 0; digits && i < sscc.len; i++) digits = is_digit(sscc.at[i]);
    if (!digits) {
        fail(c, ERR_INVALID, "sscc_form", "\"%.*s\" is not an SSCC", TEXT_ARG(text_head(sscc, 60)));
        return hint(c, "an SSCC has exactly 18 digits, without the identifier (00)");
    }
    struct text content = text_printf(c->arena, "(00)%.*s", TEXT_ARG(sscc));
    if (barcode_encode(c, CODE_GS1_128, content, out) != OK)
        return fail(c, ERR_INVALID, "sscc_check", "the check digit of SSCC %.*s is wrong",
                    TEXT_ARG(sscc));
    return OK;
}
