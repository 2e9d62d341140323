/* wire/scan_test.c: the judges of our barcodes are other people's programs. */
#include "wire/scan_test.h"

#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool scan_possible(void)
{
    return system("command -v zbarimg >/dev/null && command -v pdftoppm >/dev/null") == 0;
}

/* zbarimg complains about a missing desktop bus on stderr. */
static struct text scan(struct arena *a, struct text file, const char *path, struct text command)
{
    FILE *f = fopen(path, "wb");
    if (!f) return T("cannot write the picture");
    if (file.len) fwrite(file.at, 1, file.len, f);
    fclose(f);
    f = popen(text_cstr(a, command), "r");
    struct buf b = buf_new(a);
    for (int ch; f && (ch = fgetc(f)) != EOF;) buf_putc(&b, (char)ch);
    if (f) pclose(f);
    unlink(path);
    return buf_text(&b);
}

static const char *path_of(struct arena *a, const char *ending)
{
    return text_cstr(a, text_printf(a, "/tmp/scan_test_%d.%s", (int)getpid(), ending));
}

struct text scan_png(struct arena *a, struct text png)
{
    const char *path = path_of(a, "png");
    return scan(a, png, path, text_printf(a, "zbarimg -q %s 2>/dev/null | LC_ALL=C sort", path));
}

struct text scan_pdf(struct arena *a, struct text pdf, int dpi)
{
    const char *path = path_of(a, "pdf");
    return scan(a, pdf, path,
                text_printf(a,
                            "pdftoppm -r %d -png -singlefile %s %s 2>/dev/null && "
                            "zbarimg -q %s.png 2>/dev/null | LC_ALL=C sort; rm -f %s.png",
                            dpi, path, path, path, path));
}

static bool apart(struct box a, struct box b)
{
    double slack = 0.05;
    return a.x + a.w <= b.x + slack || b.x + b.w <= a.x + slack || a.y + a.h <= b.y + slack ||
           b.y + b.h <= a.y + slack;
}

static bool is_content(const struct sheet_item *item)
{
    return item->kind == SHEET_TEXT || item->kind == SHEET_BARCODE;
}

void check_sheet(const struct sheet *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct sheet_item *a = &s->items[i];
        if (a->box.x < -0.01 || a->box.y < -0.01 || a->box.x + a->box.w > s->width_mm + 0.01 ||
            a->box.y + a->box.h > s->height_mm + 0.01)
            test_fail(__FILE__, __LINE__, "item %zu at %.1f,%.1f leaves the sheet", i, a->box.x,
                      a->box.y);
        for (size_t j = 0; is_content(a) && j < s->count; j++) {
            const struct sheet_item *b = &s->items[j];
            bool rule = b->kind == SHEET_FILL && (b->box.w < 1 || b->box.h < 1);
            bool solid = is_content(b) || b->kind == SHEET_SHAPE || rule;
            if (i != j && a->page == b->page && solid && !apart(a->box, b->box))
                test_fail(__FILE__, __LINE__, "items %zu and %zu overlap at %.1f,%.1f of page %zu",
                          i, j, a->box.x, a->box.y, a->page + 1);
        }
    }
}
