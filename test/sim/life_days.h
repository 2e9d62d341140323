/* test/sim/life_days.h: a shop lives through days in which people do what people do.
 *
 *   every hour: customers order, cancel, confirm, complain; the clerk holds, frees, counts, buys,
 *   takes money; pickers pick, miscount, fall short; packers, shippers, carriers with attempts,
 *   refusals and losses; the bench with returns, exchanges and replacements; all at random moments,
 * in any order, also where it makes no sense
 *
 * What a stage refuses is fine; a constraint of the database that had to stop it, or a fault of the
 * program, is not. The same seed gives the same days. */
#pragma once

#include "life.h"

enum { DAYS = 30, DAYS_ORDERS = 200, DAYS_ORDERS_MAX = 400 };

struct days {
    struct life l;
    uint64_t seed;
    int64_t day;
    int64_t orders[DAYS_ORDERS_MAX];
    size_t count;
    int64_t refused, done; /* verbs */
};

struct days days_open(struct world *w, uint64_t seed);
/* One day of the clock with everything in it. */
void days_pass(struct days *d);
/* From now on everybody does their work: what is short is bought, what waits is seen to. Until
   nothing is open, or for so many days. Returns how many orders are still open. */
int64_t days_end(struct days *d, int64_t days);

/* --- shared by the parts --------------------------------------------------------------------- */

int64_t days_below(struct days *d, int64_t n);
bool days_chance(struct days *d, int64_t percent);
/* Fails the test, with how to replay it, when the answer is one that nobody may get. */
bool days_took(struct days *d, const char *what, enum err e);
void days_remember(struct days *d, int64_t order_id);
/* Buy what this order misses. */
void days_buy(struct days *d, int64_t order_id);
void days_pay(struct days *d, int64_t order_id);
void days_resolve(struct days *d, int64_t order_id, enum case_resolution how);
/* Something about what of the order came back, or is to. */
void days_return(struct days *d, int64_t order_id);
/* Rules about what may come instead of what. */
void days_substitutes(struct days *d);
/* Yes or no to one of the order's questions. */
void days_answer(struct days *d, int64_t order_id);
/* What waits where this order's packages do goes in one parcel; and what is in one comes out. */
void days_combine(struct days *d, int64_t order_id);
void days_separate(struct days *d, int64_t order_id);
/* What is here is restocked and refunded, what is not will not come. */
void days_end_returns(struct days *d, int64_t order_id);
struct list days_tasks(struct days *d, int64_t order_id); /* struct task, of all of its work */
/* To the door, with whatever its method asks for. */
void days_deliver(struct days *d, int64_t order_id, int64_t package_id);
