/* domain/events/command.h: what was asked, under which key, and what was answered.
 *
 *   key seen before, same request   the kept answer, nothing done again
 *   key seen before, another one    ERR_INVALID "idempotency_mismatch"
 *   key not seen                    the command runs; its answer is kept in the same unit of work
 *
 * Commands stand in the order of time. A key is found by day and hash in a narrow table, so that
 * clients' random keys touch few pages; a look-up goes KEY_DAYS back. A key belongs to who used it:
 * another actor's is another key. Near midnight it stands under both days, or two that come at once
 * would not meet. */
#pragma once

#include "base/ctx.h"

#include <stdint.h>

enum { KEY_DAYS = 30, KEY_BYTES_MAX = 255 };

struct command {
    struct text way;      /* the verb of the command line, or method and path */
    struct text key;      /* absent: no answer is kept */
    int64_t request_hash; /* of method, path and canonical body */
    int64_t command_id, actor_id;
    int32_t status;
    struct text answer;
};
extern const struct fields command_fields;

/* Of each command `in`, its key, actor and request ask: found[i] says that out[i] holds the earlier
   one. What has no key is not found. */
must_check enum err command_find(struct ctx *c, const struct command *in, size_t n,
                                 struct command *out, bool *found);
/* ERR_INVALID when it was another request. */
must_check enum err command_same(struct ctx *c, const struct command *in,
                                 const struct command *earlier);
/* Inside a unit of work: queued. The unit ends in ERR_BUSY "raced" when a twin was faster. */
must_check enum err command_put(struct ctx *c, const struct command *in);
