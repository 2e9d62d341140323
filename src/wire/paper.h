/* wire/paper.h: what our A4 documents share: margins, tables' rules, checks, page numbers. mm. */
#pragma once

#include "wire/sheet.h"

#define PAPER_W 210.0
#define PAPER_H 297.0
#define PAPER_EDGE 15.0
#define PAPER_INNER (PAPER_W - 2 * PAPER_EDGE)
#define PAPER_FOOT (PAPER_H - 22) /* contents end here, the foot begins */

/* A text that is required or not, of at most `most` bytes. */
must_check enum err paper_check(struct ctx *c, const char *field, struct text t, size_t most,
                                bool required);
/* At most `most` lines of at most 200 bytes. */
must_check enum err paper_check_lines(struct ctx *c, const char *field, const struct text *lines,
                                      size_t count, size_t most);

/* Can it be a Code 128 in this width? If not it is printed in letters only, never an error. */
bool paper_is_code(struct ctx *c, struct text t, double wide_mm);

/* Non-empty lines, one below the other. */
struct text paper_lines(struct arena *a, const struct text *lines, size_t count);

void paper_rule(struct sheet *s, double y, double thickness);
/* On every page: a rule, `note` in the middle and "page 2 of 7". */
void paper_feet(struct sheet *s, struct text note);
