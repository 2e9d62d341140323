/* wire/barcode.h: data in, a pattern of dark and light modules out.
 *
 * One module is the narrowest bar or the smallest square; how wide it is in mm is the sheet's
 * business. GS1-128 data is written with its identifiers in brackets, "(00)340123450000000017":
 * lengths, character sets and check digits are verified, FNC1 is placed where GS1 wants it.
 * Check digits are made elsewhere (plan/gs1). Everything returned lives in the context's arena. */
#pragma once

#include "base/ctx.h"

enum barcode_kind {
    CODE_128,        /* printable ASCII */
    CODE_GS1_128,    /* GS1 element strings in brackets */
    CODE_QR,         /* any UTF-8; error correction M */
    CODE_DATAMATRIX, /* any UTF-8; ECC 200, square */
    CODE_KINDS
};

enum {
    CODE_128_MAX = 60,         /* characters */
    CODE_GS1_128_MAX = 48,     /* characters in the symbol, GS1 General Specifications 5.4.4 */
    CODE_QR_MAX = 1000,        /* bytes; more gives modules no phone can read from paper */
    CODE_DATAMATRIX_MAX = 500, /* bytes */
    SSCC_DIGITS = 18,
};

struct barcode {
    enum barcode_kind kind;
    bool linear;            /* one row, stretched to the height of its box */
    int columns, rows;      /* in modules, without quiet zone */
    int quiet;              /* modules that stay white on each side */
    const uint8_t *modules; /* rows x columns, 1 is dark */
    struct text content;    /* what was encoded, as it was given */
};

must_check enum err barcode_encode(struct ctx *c, enum barcode_kind kind, struct text content,
                                   struct barcode *out);

/* GS1-128 with the serial shipping container code alone; `sscc` is 18 digits with a right check. */
must_check enum err barcode_sscc(struct ctx *c, struct text sscc, struct barcode *out);

/* The next element of a bracketed GS1 string: its identifier and value. False at the end. */
bool barcode_gs1_next(struct text *rest, struct text *identifier, struct text *value);
/* Does GS1 fix the length of this identifier's value, so that no separator follows it? */
bool barcode_gs1_fixed(struct text identifier);
