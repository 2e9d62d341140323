/* test/load/torture.h: a real server, many clients, and kill -9.
 *
 *   kills: clients order under keys ──> serve ──kill -9──> serve again ──> what had no answer is
 *          asked again ──> audit ; at the end every order that was answered is there, once
 *   races: M units left, N clients at one barrier, by every way in: exactly M are sold
 *
 * Works on a copy; listens on the loopback only. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/source.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { TORTURE_CLIENTS_MAX = 64 };

struct torture_options {
    const char *database; /* NULL: a fresh one. A path, or a PostgreSQL of which a copy is made */
    int64_t kills, rounds, clients;
    uint64_t seed;
    const char *restart; /* PostgreSQL: the command that starts it; its postmaster is killed too */
};

struct torture_report {
    int64_t kills, postmaster_kills, rounds, clients;
    int64_t asked, acknowledged, unanswered, stored;
    int64_t lost, doubled, changed; /* changed: asked again, another order was answered */
    int64_t oversold, undersold, picked_twice, failures; /* failures: 5xx and nonsense */
    int64_t audits, audit_differences;
    int64_t ready_ms_median, ready_ms_most;
    int64_t milliseconds;
};
extern const struct fields torture_report_fields;

/* The load alone, on the loopback, while somebody else kills what serves it (script/cluster). */
struct through_options {
    int64_t port, seconds, clients;
    const char *key, *acknowledged; /* the file that gets the orders' numbers, or NULL */
};
struct through_report {
    int64_t asked, acknowledged, unanswered, refused, given_up, changed, failures;
    int64_t gap_ms, answer_ms_median, answer_ms_p99, answer_ms_most, milliseconds;
};
extern const struct fields through_report_fields;
must_check enum err torture_through(struct ctx *c, const struct through_options *o,
                                    struct through_report *out);
bool through_is_clean(const struct through_report *r);

/* ERR_ when it could not be done at all; what was found wrong is in the report. */
must_check enum err torture_run(struct ctx *c, const struct torture_options *o,
                                struct torture_report *out);
bool torture_is_clean(const struct torture_report *r);

/* --- shared by the parts --------------------------------------------------------------------- */

struct torture_site {
    struct ctx *c; /* of the main thread */
    const struct torture_options *options;
    struct torture_report *report;
    struct source dice;
    char path[400]; /* of the copy */
    char made[100]; /* the copy's database on PostgreSQL */
    bool is_postgres;
    char key[200];
    int64_t merchant_id;
    int port;
    pid_t server;
    int64_t *ready_ms;
    bool wants_everything; /* the audit at hand */
    int64_t audited;       /* position of the last event that was */
};

/* torture_http.c: one connection, kept open while it lives. */
struct torture_line {
    int port, fd;
    struct arena arena; /* of the last answer */
    const char *key;
};
/* The status; 0: no answer. */
int torture_ask(struct torture_line *l, const char *method, const char *target,
                const char *once_key, struct text body, struct text *answer);
void torture_hang_up(struct torture_line *l);
/* The text behind "name":" in an answer; absent when it is not there. */
struct text torture_word(struct text answer, const char *name);
int64_t torture_number(struct text answer, const char *name); /* NONE */

/* torture_kills.c: the client's n-th order under a key of its own; the status, and the order's id
   when it is 201. 0: no answer, -1: nonsense. */
int torture_order(struct torture_line *l, struct arena *arena, const char *mark, int client,
                  int64_t n, const char *sku, int64_t *id);

/* torture_site.c */
must_check enum err torture_open(struct torture_site *t);
void torture_close(struct torture_site *t);
must_check enum err torture_start(struct torture_site *t);
void torture_kill(struct torture_site *t, int signal_number);
must_check enum err torture_kill_postmaster(struct torture_site *t);
/* While no server runs. Of everything, or of what was touched since the last one. */
must_check enum err torture_audit(struct torture_site *t, bool is_everything);
must_check enum err torture_count(struct torture_site *t, const char *sql, int64_t *n);
int64_t torture_now_ms(void);

/* torture_kills.c, torture_races.c */
must_check enum err torture_kills(struct torture_site *t);
must_check enum err torture_races(struct torture_site *t);
