/* faces/jobs/react.h: what happens afterwards: reactions to events, and jobs with a due time.
 *
 *   event feed ─(cursor)─> reaction: a batch of events, one unit of work with the cursor's advance,
 *                                    so a database effect happens exactly once
 *   job table  ─(lease)──> job handler: calls out (provider, carrier, mail), then records the
 *                                    answer in a second unit of work
 *
 * An event at which a reaction fails again and again is gone around: kept with the reason, told as
 * an event, shown by doctor, metrics and board, and done by `waybill reactions retry`.
 *
 * The tables in app/wiring.c are the whole list. Reactions are idempotent all the same: they may
 * be replayed from any position. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"
#include "domain/events/job.h"

/* Inside a unit of work. `events` hold only the kinds asked for, in order, bodies opened. */
typedef enum err reaction_fn(struct ctx *c, const struct event *events, size_t count);

struct reaction {
    const char *name;     /* of the cursor: never reused for something else; NULL ends the table */
    const int32_t *kinds; /* enum event_kind, by ON(...) */
    size_t kind_count;
    reaction_fn *run;
};
#define ON(...)                                                                                    \
    (const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t)

/* Outside a unit of work: may call other systems. Ends each job by job_done or job_again inside a
   unit of work of its own. An error here gives the jobs back when their lease ends. */
typedef enum err job_fn(struct ctx *c, const struct job *jobs, size_t count);

struct job_handler {
    enum job_kind kind;
    int64_t lease_us, batch;
    job_fn *run; /* NULL ends the table */
};

enum { REACT_TRIES_MAX = 5 }; /* then an event is gone around (domain/events/skip.h) */

extern const struct reaction reactions[];
extern const struct job_handler job_handlers[];

/* One round for one merchant: every reaction up to the newest event, every due job; *did counts
   events and jobs handled. Rounds until *did is 0 leave nothing to do at this instant. */
must_check enum err react_round(struct ctx *c, int64_t *did);
must_check enum err react_until_quiet(struct ctx *c);
/* The two halves of a round: jobs wait for other people's systems, reactions must not. */
must_check enum err react_to_events(struct ctx *c, int64_t *did);
must_check enum err react_with(struct ctx *c, const struct reaction *table, int64_t *did);
must_check enum err react_run_jobs(struct ctx *c, int64_t *did);
/* Inside a unit of work: what was gone around, done after all. */
struct skip;
must_check enum err react_after_all(struct ctx *c, const struct skip *s);
/* How many events the slowest reaction is behind the newest. */
must_check enum err react_behind(struct ctx *c, int64_t *events);
/* Inside a unit of work that will be undone: every reaction to what the unit has told, and to what
   the reactions tell, until none is left to run; the jobs stay. `out` is all that was told. */
must_check enum err react_within(struct ctx *c, struct list *out);
