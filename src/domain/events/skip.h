/* domain/events/skip.h: events that a reaction went around, because it failed at them again and
 * again: kept with the reason until somebody has them done after all. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct skip {
    struct text reaction; /* its name */
    int64_t position;     /* of the event */
    int32_t kind;         /* enum event_kind */
    int64_t order_id;     /* NONE: of no order */
    struct text reason, detail;
    int64_t skipped_us, tries;
};
extern const struct fields skip_fields;

enum { SKIP_PAGE_MAX = 500 };

/* Inside a unit of work. Once more for the same event: one try more, and the newest reason. */
must_check enum err skip_put(struct ctx *c, const struct skip *s);
/* Those still to be done, oldest first. */
must_check enum err skip_list(struct ctx *c, struct list *out);
must_check enum err skip_count(struct ctx *c, int64_t *n);
/* It was done after all. */
must_check enum err skip_done(struct ctx *c, struct text reaction, int64_t position);
