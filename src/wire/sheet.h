/* wire/sheet.h: one layout, drawn as PDF, PNG or ZPL.
 *
 * A sheet is a list of items in millimetres from its top left corner, on one or more pages:
 *
 *     sheet_open(&s, c, 101.6, 152.4);
 *     sheet_text(&s, (struct box){4, 4, 60, 8}, (struct sheet_style){.size_pt = 14}, T("Hello"));
 *     sheet_barcode(&s, (struct box){4, 20, 93, 20}, ALIGN_CENTRE, CODE_128,
 *                   T("1Z..."), 0.5);
 *     TRY(sheet_render(&s, SHEET_ZPL, 203, &out));
 *
 * Nothing is ever printed over something else: a text that does not fit its box is first shrunk
 * (to least_pt), then broken into lines (style.lines), then cut with an ellipsis. The first
 * failure sticks: later calls do nothing and sheet_render returns it.
 *
 * Back-ends: PDF is vector and the same bytes for the same sheet; PNG is the first page, black and
 * white at the printer's resolution (grey when sheet.grey); ZPL leaves Latin text and barcodes to
 * the printer and sends everything else as a bitmap. All memory is in the context's arena. */
#pragma once

#include "wire/barcode.h"

enum sheet_format { SHEET_PDF, SHEET_PNG, SHEET_ZPL };

enum {
    SHEET_DPI_LEAST = 72,
    SHEET_DPI_MOST = 600,
    SHEET_TEXT_MAX = 4000, /* bytes in one text */
    SHEET_PAGES_MAX = 500,
};

/* From the top left corner, mm. */
struct box {
    double x, y, w, h;
};

struct sheet_point {
    double x, y; /* 0 to 1 across its box */
};

enum sheet_align {
    ALIGN_START, /* left, or right when the text runs from right to left */
    ALIGN_CENTRE,
    ALIGN_END
};

struct sheet_style {
    double size_pt;  /* wanted */
    double least_pt; /* may shrink to this; 0 is size_pt */
    double wrap_pt;  /* breaks lines only at this size or below; 0 is size_pt */
    int lines;       /* at most; 0 is 1 */
    bool bold;
    bool reversed; /* white, for use on a filled box */
    bool middle;   /* in the middle of the box's height, not at its top */
    bool address;  /* when all else fails, every line keeps its place and loses its end */
    bool vital;    /* refuse to draw it when no installed font has its characters */
    enum sheet_align align;
};

enum sheet_kind { SHEET_TEXT, SHEET_FILL, SHEET_FRAME, SHEET_SHAPE, SHEET_BARCODE };

/* One line of text as it will be drawn. */
struct sheet_line {
    struct text text;
    double x_mm, baseline_mm, width_mm;
    bool right_to_left;
    bool opens; /* the first line of its paragraph */
    bool latin; /* the built-in font of label printers has all its characters */
};

struct sheet_item {
    enum sheet_kind kind;
    size_t page;
    struct box room; /* what the layout gave it */
    struct box box;  /* what it takes: lines of text, or bars with their quiet zone */
    bool reversed, bold;
    bool cut; /* text: an ellipsis stands for the rest */
    enum sheet_align align;
    double size_pt;   /* text, after shrinking */
    double stroke_mm; /* frame */
    double module_mm; /* barcode: width of the narrowest bar */
    struct list_lines {
        struct sheet_line *at;
        size_t count;
    } lines;
    const struct sheet_point *points; /* shape: a closed outline */
    size_t point_count;
    struct barcode code;
};

struct sheet {
    struct ctx *c;
    double width_mm, height_mm;
    bool grey;    /* PNG in shades, for screens and office printers */
    size_t pages; /* 1 after sheet_open */
    size_t page;  /* on which items are put, from 0 */
    enum err err; /* of the first failure */
    struct sheet_item *items;
    size_t count, capacity;
};

void sheet_open(struct sheet *s, struct ctx *c, double width_mm, double height_mm);
void sheet_next_page(struct sheet *s);
/* Go on with an earlier page (from 0): to write "2 of 7" where 7 was not known before. */
void sheet_turn_to(struct sheet *s, size_t page);

/* The height in mm that the text takes; 0 when there is nothing in it. Invalid UTF-8 is refused,
   control characters become spaces, a line feed ends a line where style.lines allows more. */
double sheet_text(struct sheet *s, struct box room, struct sheet_style style, struct text t);
/* The same, without drawing. */
double sheet_text_height(struct sheet *s, struct box room, struct sheet_style style, struct text t);

void sheet_fill(struct sheet *s, struct box box); /* black; a line is a thin box */
void sheet_frame(struct sheet *s, struct box box, double stroke_mm);
void sheet_shape(struct sheet *s, struct box box, const struct sheet_point *points, size_t count);

/* Bars in the middle of their room with their quiet zone inside it; with ALIGN_START or ALIGN_END
   the bars themselves stand flush at that side and the caller keeps the margin beyond it white.
   `module_mm` is what is wanted; narrower when the room asks for it, an error when that would be
   too narrow to scan. */
void sheet_barcode(struct sheet *s, struct box room, enum sheet_align align, enum barcode_kind kind,
                   struct text content, double module_mm);
void sheet_sscc(struct sheet *s, struct box room, struct text sscc, double module_mm);

/* dpi is the printer's; PDF has none and takes 0. */
must_check enum err sheet_render(const struct sheet *s, enum sheet_format format, int dpi,
                                 struct text *out);

const char *sheet_content_type(enum sheet_format format);

/* Text as data of a ZPL field that carries ^FH_: nothing in it can end the field or start a
   command. */
void zpl_escape(struct buf *b, struct text t);
