/* domain/events/command.h: what was asked under which key, and what was answered.
 *
 *   key seen before, same request   the kept answer, nothing done again
 *   key seen before, another one    ERR_INVALID "idempotency_mismatch"
 *   key not seen                    the command runs; its answer is kept in the same unit of work
 *
 * Rows are found by day and hash of the key, so that clients' random keys make no random index; a
 * look-up goes KEY_DAYS back. A key belongs to who used it: another actor's is another key. Near
 * midnight a row stands under both days, or two that come at once would not meet. */
#pragma once

#include "base/ctx.h"

#include <stdint.h>

enum { KEY_DAYS = 30, KEY_BYTES_MAX = 255 };

struct command {
    struct text key;
    int64_t request_hash; /* of method, path and canonical body */
    int64_t command_id, actor_id;
    int32_t status;
    struct text answer;
};
extern const struct fields command_fields;

/* `in->key` and `in->request_hash` ask; *found says that `out` holds the earlier one. */
must_check enum err command_find(struct ctx *c, const struct command *in, struct command *out,
                                 bool *found);
/* Inside a unit of work: queued. The unit ends in ERR_BUSY "raced" when a twin was faster. */
must_check enum err command_put(struct ctx *c, const struct command *in);
/* Inside a unit of work, queued: what c->command_id was; `key` may be absent. */
must_check enum err command_made_put(struct ctx *c, struct text way, struct text key);
