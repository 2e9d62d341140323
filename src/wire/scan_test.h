/* wire/scan_test.h: what a scanner reads from a rendered sheet, and whether its layout is clean;
 * for tests only. */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "wire/sheet.h"

/* Are zbarimg and pdftoppm installed? */
bool scan_possible(void);

/* What zbarimg reads, a line a symbol ("CODE-128:123\n"), sorted; PDFs are rendered first. */
struct text scan_png(struct arena *a, struct text png);
struct text scan_pdf(struct arena *a, struct text pdf, int dpi);

#define SCAN_MISSING "zbarimg (zbar-tools) or pdftoppm (poppler-utils) is not installed"

/* Fails the running test when an item leaves its sheet, or a text or barcode touches another one, a
   shape or a rule. */
void check_sheet(const struct sheet *s);
