/* store/queue.h: units of work that wait for a writer. Only store/ includes this.
 *
 *   merchant 1   unit unit unit unit ─┐
 *   merchant 2   unit                ─┼─ in turns, by weight ──> a group for one writer
 *   behind       unit                ─┘  (reactions and jobs: a share of the time while others
 * come)
 *
 * A merchant's units keep their order; nobody waits behind all that another merchant has sent.
 * While people come, reactions and jobs have an eighth of a writer's time, more when they are late:
 * a rush is taken in first, and a day that stays busy ends in balance. Who comes again as soon as
 * they are answered leaves gaps in which nobody waits; those are not for reactions either.
 * How long what waits will take is told by how long groups took when there was much to do; whoever
 * lets requests in asks queue_has_room first, so that the queue stays short of that time. */
#pragma once

#include "store/db.h"

#include <pthread.h>

struct lane { /* under the store's lock, as all of this */
    int64_t merchant_id, weight;
    struct unit *head, *tail;
    struct lane *next;
};

struct queue {
    struct lane *first, *last; /* whose turn it is, and who comes last: none of them is empty */
    struct lane *spare;
    struct lane behind;
    int64_t lanes, weight; /* weight: of what waits and of what is in hand, without `behind` */
    int64_t each_ns;       /* what a weight of 1 takes one writer */
    int64_t behind_from_us, came_us; /* `came`: the last that was not behind */
};

struct taken {
    struct unit *first; /* NULL: the store stops */
    int64_t weight, begun_us, late_us;
    bool is_behind,
        is_telling; /* it tells how long groups take: there was more than it could hold */
};

enum {
    GROUP_WEIGHT = 1024,    /* more do not share a commit: those behind them wait */
    GROUP_US = 100000,      /* nor what takes longer */
    BEHIND_QUIET_US = 5000, /* without anybody: all of the time is for reactions and jobs */
    EACH_NS_USUAL = 250000,
    ROOM_LEAST = 64, /* of weight, however slow it is */
    QUEUE_US_USUAL = 2000000
};

void queue_free(struct queue *q);
void queue_put(struct queue *q, struct unit *u, int64_t now_us);
bool queue_is_empty(const struct queue *q);
/* When something may be taken, if nothing comes before: 0 now, INT64_MAX never. */
int64_t queue_ready_us(const struct queue *q, int64_t now_us);
/* Of a queue that is ready, or that is not empty. `is_mixed`: any units share a group; else only
 * those alike. */
struct taken queue_take(struct queue *q, bool is_mixed, int64_t now_us);
void queue_done(struct queue *q, const struct taken *t, int64_t now_us);
/* `most_us`: how long the last to be let in may have to wait. */
bool queue_has_room(const struct queue *q, int64_t merchant_id, int64_t weight, int writers,
                    int64_t most_us);
bool unit_is_alike(const struct unit *a, const struct unit *b);
