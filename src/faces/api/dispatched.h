/* faces/api/dispatched.h: one call on its way, for dispatch.c, encode.c and commanding.c only. */
#pragma once

#include "domain/events/command.h"
#include "faces/api/decode.h"
#include "faces/api/dispatch.h"
#include "store/db.h"

/* In its own arena. */
struct dispatched {
    struct unit unit; /* first: `done` gets its address */
    struct server *server;
    struct call call;
    struct ctx ctx;
    struct matched matched;
    struct decoded decoded;
    struct command command; /* what is kept; its key absent: nothing */
    struct answer answer;
    int64_t merchant_id; /* whose key; a public handler may find another behind its token */
    int64_t began_us;
    int64_t wait_s; /* until the next request is let in; 0: now */
    answered_fn *done;
    void *arg;
};

struct preview;

static inline bool has_flag(const struct dispatched *d, int flag)
{
    return d->matched.route && (d->matched.route->flags & flag);
}
static inline bool is_write(const struct dispatched *d) { return has_flag(d, ROUTE_WRITE); }
static inline struct dispatched *dispatched_of(struct unit *u) { return (struct dispatched *)u; }

/* encode.c: the answer, from what a handler said, or from c->fault: whatever was answered before is
   forgotten. */
void answer_encode(struct dispatched *d, const struct reply *out);
void answer_refuse(struct dispatched *d);
void answer_add_preview(struct dispatched *d, const struct preview *p);

/* commanding.c: units of work, which may run several times: one command, several at once (see
   together_fn), one that is always undone. `arg` is the dispatched. */
must_check enum err command_run(struct ctx *c, void *arg);
must_check enum err commands_run(struct ctx *c, struct unit *const *units, size_t n);
must_check enum err command_try(struct ctx *c, void *arg);
/* What was answered to this key before, if anything. */
must_check enum err command_kept(struct ctx *c, struct dispatched *d, bool *found);
