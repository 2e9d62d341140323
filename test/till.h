/* test/till.h: the money of a shop in tests: its reactions and jobs run, and what others do to
 * orders (ship, deliver, cancel) is done directly. */
#pragma once

#include "shop.h"
#include "stages/2_processing/paying.h"
#include "stages/2_processing/refunding.h"

struct till {
    struct world *w;
    struct shop shop;
    int64_t cursor; /* events that the reactions have seen */
};
struct till till_open(struct world *w);

/* Reactions and jobs until nothing is left at this instant. */
void till_run(struct till *t);
/* The same, this much later. */
void till_later(struct till *t, int64_t us);
/* Run the reactions on all events after a position. */
size_t till_react(struct till *t, int64_t after);

typedef enum err react_fn(struct ctx *c, const struct event *events, size_t count);
struct batch {
    react_fn *run;
    struct event *events;
    size_t count;
};
/* Units of work: a reaction on a struct batch, a struct acting, a void of an order's id. */
enum err till_react_in_tx(struct ctx *c, void *arg);
enum err till_act_in_tx(struct ctx *c, void *arg);
enum err till_void_in_tx(struct ctx *c, void *arg);

/* 3 mugs for 26.00 (no third of it is whole) and 3.95 for shipping. */
enum { TOTAL = 2995 };
struct draft till_mugs(struct till *t, enum payment_method method, const char *token);
int64_t till_place(struct till *t, struct draft d);
/* A package with that many mugs leaves; pack_off does not run the reactions. */
int64_t till_ship(struct till *t, int64_t order_id, int64_t quantity);
int64_t till_pack_off(struct till *t, int64_t order_id, int64_t quantity);
void till_deliver(struct till *t, int64_t order_id, int64_t package_id);
void till_cancel(struct till *t, int64_t order_id, int64_t quantity);
void till_call_off(struct till *t, int64_t order_id, int64_t quantity); /* runs no reactions */

typedef enum err act_fn(struct ctx *c, const struct paying_act *act);
struct acting {
    act_fn *act;
    struct paying_act with;
};
#define ACT(...) ((struct paying_act){.payment_id = NONE, __VA_ARGS__})
enum err till_act(struct till *t, act_fn *fn, struct paying_act with);

struct paying_view till_look(struct till *t, int64_t order_id);
size_t till_told(struct till *t, int64_t order_id, enum event_kind kind);
bool till_is_held(struct till *t, int64_t order_id);
int64_t till_holds(struct till *t, int64_t order_id, enum account account);
/* Entries and counters tell the same, and no cent is made or lost. */
void till_check_books(struct till *t, int64_t order_id);
