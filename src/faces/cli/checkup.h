/* faces/cli/checkup.h: `waybill doctor`: what is wrong with this installation, and what to do.
 *
 * Reads without the lock, so it may be asked beside a server that is working, or one that is stuck.
 * Whether the data agree with themselves is `waybill audit`'s question. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_PROBLEM };
extern const struct words health_words;

struct health_line {
    int32_t health;
    struct text what, found, advice; /* advice: absent when all is well */
};
extern const struct fields health_line_fields;

struct checkup {
    struct health_line *lines;
    size_t count, capacity;
    int64_t warnings, problems;
};

enum { CHECKUP_FREE_MIB_MIN = 256, CHECKUP_FREE_MIB_GOOD = 2048, CHECKUP_LAG_MAX = 1000 };
#define CHECKUP_WORRY_US (15 * 60 * INT64_C(1000000))

/* `path`: the database's file; not looked at on PostgreSQL. All merchants. What cannot be found out
   is a line as well: fails for want of memory only. Sets c->db and c->merchant_id. */
void checkup_run(struct ctx *c, const char *path, struct checkup *out);
