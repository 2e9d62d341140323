/* test/crowd.h: requests that wait at once: all stand in the queue before the writer looks. */
#pragma once

#include "faces/api/dispatch.h"
#include "shop.h"

#include <stdatomic.h>

/* One who asks, with memory of its own. */
struct guest {
    struct arena arena;
    struct call call;
    struct answer answer;
    atomic_bool is_answered;
};

enum { GUESTS_MAX = 40 };
struct crowd {
    struct world *w;
    struct shop shop;
    struct server server;
    struct guest at[GUESTS_MAX];
    size_t count;
    bool is_open; /* the writer looks */
};

/* At a shop that is open; all routes of the program. */
void crowd_at(struct crowd *k, struct world *w, struct shop shop);
void crowd_open(struct crowd *k, struct world *w); /* opens the shop */
void crowd_close(struct crowd *k);

/* Each is an actor of its own. */
struct guest *crowd_asks(struct crowd *k, const char *path, const char *body, const char *key);
/* Returns the statements run. From the second time on they are not sure to be together. */
int64_t crowd_let_in(struct crowd *k);
void crowd_ask(struct crowd *k, struct guest *g); /* alone, afterwards */
bool crowd_says(const struct guest *g, int status, const char *part);
