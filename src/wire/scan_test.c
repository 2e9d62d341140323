/* wire/scan_test.c: the judges of our barcodes are other people's programs. */
#include "wire/scan_test.h"

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
