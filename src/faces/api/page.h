/* faces/api/page.h: pages of lists, and the versions of what has no counter of its own.
 *
 * A list asks for one row more than the page has; when it comes, there is a next page. */
#pragma once

#include "faces/api/route.h"

/* The members `limit` and `after` of a query record. */
#define PAGE_FIELDS(type)                                                                          \
    FIELD(type, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX, .about = "50 when absent"),     \
        FIELD(type, after, .max = 200, .about = "`next` of the page before")

int64_t page_limit(int64_t limit);
/* The identifier that a cursor names; *id stays as it is without one. */
must_check enum err page_after(struct ctx *c, struct text after, const char *prefix, int64_t *id);
/* Drop the row too many; true when there was one. */
bool page_cut(struct list *rows, int64_t limit);

/* A version made of the row itself: it changes with what it says. */
int64_t row_version(struct ctx *c, const struct fields *f, const void *row);
/* ERR_STALE "version_conflict" when If-Match asks for another one. */
must_check enum err version_check(struct ctx *c, const struct request *in, int64_t version);
