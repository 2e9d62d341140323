/* faces/cli/running_parts.h: what the files of the runner share. */
#pragma once

#include "base/source.h"
#include "base/time.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "domain/sites/site.h"
#include "faces/cli/running.h"
#include "store/db.h"

enum { RUN_PAGE = 400, RUN_STATES = 4000, RUN_STUCK_MAX = 10000, RUN_WAVES_MAX = 160 };

/* Work that was refused: left alone from then on. */
struct stuck {
    int64_t id, order_id; /* of fulfillment or package */
    char reason[40], detail[200];
};

/* Planned and not picked yet, of one site. */
struct run_waves {
    int64_t ids[RUN_WAVES_MAX], walks_mm[RUN_WAVES_MAX];
    size_t next, count;
};

struct run {
    struct ctx ctx;        /* with the virtual clock and an arena of its own */
    struct arena arena;    /* of the unit or page in hand */
    struct arena kept;     /* of the page while its units run */
    struct arena chosen;   /* of the whole run */
    struct source *system; /* the real clock */
    struct source source;
    const struct run_options *options;
    struct run_counts *counts;
    int64_t *orders; /* selected, ascending; NULL: all that are open */
    size_t order_count;
    struct list sites;
    struct run_waves *waves; /* one per site */
    int64_t crew[RUN_CREW_MAX];
    size_t turn; /* whose it is */
    struct stuck *stuck;
    size_t stuck_count, stuck_capacity;
    int64_t day; /* of the clock */
    int64_t begun_ns, drawn_ns, board_lines;
    bool is_live;
};

/* One unit of work at this instant; the arena is emptied before. */
must_check enum err run_unit(struct run *r, work_fn *work, void *arg);
bool run_is_selected(const struct run *r, int64_t order_id);
bool run_is_stuck(const struct run *r, int64_t id);
void run_stick(struct run *r, int64_t id, int64_t order_id, const struct fault *f);
void run_spend(struct run *r, int64_t us); /* the clock goes on */
int64_t run_next_worker(struct run *r);
/* Orders of a stage that are selected, a page at a time: `*after` moves on, 0 at first. */
must_check enum err run_orders_in(struct run *r, enum order_stage stage, int64_t *after,
                                  struct list *orders, bool *more);
/* The same of their states alone, in longer pages. */
must_check enum err run_states_in(struct run *r, enum order_stage stage, int64_t *after,
                                  struct list *states, bool *more);

/* running_floor.c; *did counts what moved */
must_check enum err run_floor(struct run *r, int64_t *did);
must_check enum err run_evening(struct run *r);
/* running_road.c */
must_check enum err run_road(struct run *r, int64_t *did);
/* running_returns.c; *open counts returns that are not settled and may still be */
must_check enum err run_returns(struct run *r, int64_t *did, int64_t *open);
/* running_desk.c */
must_check enum err run_desk(struct run *r, int64_t *did);
