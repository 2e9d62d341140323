/* faces/api/problem.h: failures as RFC 9457 problem details. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

/* As it is read back by the command line; `type` is /docs/reasons#reason. */
struct problem {
    struct text type, title;
    int64_t status;
    struct text reason, field, detail, hint, request_id;
    bool retryable;
    struct list errors; /* struct problem_part */
};
struct problem_part {
    struct text field, pointer, reason, detail, hint;
};
extern const struct fields problem_fields;

int problem_status(const struct fault *f); /* 405, 408, 415, 429 have no code of their own */
/* `all` (may be NULL): whatever else is wrong with the same input. Our own faults say no more than
   that; the log says it all. */
void problem_put(struct buf *b, struct arena *a, const struct fault *f, const struct faults *all,
                 struct text request_id);
