/* faces/cli/running.h: `waybill run`: a crew that carries every open order to its end.
 *
 *   morning   the carrier tells, customers open the door ; the desk answers what waits
 *   day       waves ─> picks in walking order ─> packing ─> labels ─> hand-over
 *   evening   manifests are closed ; the clock goes to the next working morning
 *
 * Only the real verbs are used, in batches, on a virtual clock that starts behind the newest thing
 * in the database. Reactions and jobs run as a server would run them. The same seed on the same
 * database gives the same run.
 *
 * The desk's rules: holds for price, duplicate, address, fraud and credit are looked at and let go;
 * details are confirmed by telephone; a transfer comes in whole; a declined card is followed by one
 * that works; what is short comes from the supplier the next morning. Holds by hand stay: somebody
 * meant them. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

#include <stdio.h>

enum { RUN_CREW_MAX = 100, RUN_ORDERS_MAX = 100000 };

struct run_options {
    /* which orders: all open ones, numbers from..to, or a reference */
    int64_t from, to; /* NONE: not by number */
    struct text reference;
    int64_t crew; /* 1 to RUN_CREW_MAX */
    uint64_t seed;
    bool is_quiet;
};

struct run_counts {
    int64_t orders, completed, unfinished;
    int64_t units, lines, waves, walked_m, packages, manifests;
    int64_t attempts, answered, received; /* failed deliveries, holds, units from the supplier */
    int64_t returned;                     /* units that customers sent back */
    int64_t sold_minor;
    int64_t days, milliseconds, statements, statements_an_order;
};
extern const struct fields run_counts_fields;

/* Not inside a unit of work. Orders that did not reach their end are told on `told`, one a line
   with why; their number is counts->unfinished. ERR_NOT_FOUND when the selection is empty by
   number or reference; ERR_BUSY "interrupted". */
must_check enum err run_orders(struct ctx *c, const struct run_options *o, FILE *told,
                               struct run_counts *counts);
void run_print(FILE *to, const struct run_counts *n, const char *currency);
/* "open", "17", "1..500", "number 1..500", "reference 536365". */
must_check enum err run_select(struct ctx *c, struct text words, struct run_options *o);
