/* test/api/served.h: `waybill serve` in a process of its own, on the database of a test.
 *
 * served_start hands the world's database over (one process at a time holds an SQLite file), and
 * served_stop takes it back. In between only the server sees it. */
#pragma once

#include "shop.h"

#include <sys/types.h>

struct served {
    struct world *w;
    pid_t pid;
    int port;
    struct text bearer; /* a key with all scopes, "Bearer ..." */
};

/* w->ctx.merchant_id is whose key it is. False: the test has failed. */
bool served_start(struct served *s, struct world *w);
/* SIGTERM, and the store is open again; the clock has gone on to now. */
void served_stop(struct served *s);

/* A connection; -1: none. */
int served_dial(const struct served *s);
/* Send all of it and hear all until the server hangs up, from any thread with its own arena. */
struct text served_say(const struct served *s, struct arena *a, struct text request);
/* A request with key and body; *status is the answer's, and its body is returned. */
struct text served_ask(const struct served *s, struct arena *a, const char *method,
                       const char *target, struct text body, int *status);
