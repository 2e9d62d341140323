/* faces/cli/cli.h: `waybill VERB ...` on the local database or against a server.
 *
 *   verbs of the route tables ("orders show ORDER")  ── call ──┬─ local: dispatch, in process
 *                                                              └─ --server URL: the same over HTTP
 *   own verbs (serve, import, audit ...)             ── run(cli, argc, argv)
 *
 * Options for all verbs (--db, --server, --key, --merchant, --as, --json, --wide, --quiet) are
 * taken out of argv before a verb sees it; argv[0] is the verb. A verb returns the exit code: 0, or
 * that of err_exit: 1 our fault, 2 wrong input, 3 not found, 4 conflict, 5 not allowed, 6 try
 * again. */
#pragma once

#include "base/arena.h"
#include "base/ctx.h"
#include "base/source.h"
#include "faces/api/dispatch.h"

#include <stdbool.h>
#include <stdio.h>

struct cli {
    struct arena arena;
    struct source source;
    struct ctx ctx;
    struct store *store;  /* NULL until cli_open, and with --server */
    struct server server; /* the routes on the local database */
    const char *database, *server_url, *key, *merchant, *user;
    struct text body; /* --json '{...}', --body @file, --body -; absent: none */
    bool is_json, is_wide, is_quiet;
    bool has_database;   /* by --db; otherwise it is the usual one */
    int64_t queue_us;    /* how long what waits may take at most; 0: the usual time */
    int writers;         /* PostgreSQL connections that write; 0: the usual number */
    bool is_terminal;    /* the output is one: progress may be shown */
    size_t width;        /* of the terminal; 0: any */
    const char *program; /* argv[0] */
};

struct verb {
    const char *name;  /* "keys create"; NULL ends the table */
    const char *usage; /* what follows the name: "FILE [--format FORMAT]"; "" */
    const char *about; /* one line; NULL: not listed by help */
    int (*run)(struct cli *cli, int argc, char **argv);
};

/* app/wiring.c */
extern const struct verb verbs[];
/* app/seed.c: what a database needs before its first use; also the merchant named by its code
   (NULL: the first) into c->merchant_id, and on PostgreSQL this process's number. */
must_check enum err installation_open(struct ctx *c, const char *merchant_code);
void installation_close(struct ctx *c);

int cli_main(int argc, char **argv);

/* The local database, made when missing, with its lock. ERR_INVALID "remote" with --server. */
must_check enum err cli_open(struct cli *cli);
void cli_close(struct cli *cli);
/* Ask a route, local or remote. An answer of 400 and more is an answer, not an error. */
must_check enum err cli_ask(struct cli *cli, const struct call *call, struct answer *out);
/* After local writes: do what follows from them, as a server would (SQLite only). */
must_check enum err cli_settle(struct cli *cli);

/* Say on stderr what is wrong, where, and what would be right; returns the exit code. */
int cli_fail(struct cli *cli, enum err e);
int cli_fail_answer(struct cli *cli, const struct answer *a);
enum err cli_answer_fault(struct cli *cli, const struct answer *a); /* in the context */
/* Wrong use of a verb: says so with its usage; returns 2. */
int cli_misuse(struct cli *cli, const char *verb, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

/* Take "--name value" or "--name=value" out of argv; NULL when it is not there. Repeated options
   are taken one by one, in order. `*wrong` is set when the value is missing. */
const char *cli_option(int *argc, char **argv, const char *name, bool *wrong);
bool cli_flag(int *argc, char **argv, const char *name);
/* The first argument that looks like an option, or NULL: for "unknown option". "--" ends options.
 */
const char *cli_unknown(int argc, char **argv);

/* A file's bytes ("-": standard input), at most `most`. */
must_check enum err cli_read(struct cli *cli, const char *path, size_t most, struct text *out);

/* --- showing --------------------------------------------------------------------------------- */

struct fields;
struct list;
void cli_put(struct cli *cli, struct text t); /* to the output */
void cli_show_record(struct cli *cli, const struct fields *f, const void *record);
void cli_show_list(struct cli *cli, const struct fields *f, const struct list *rows);

/* --- verbs that are made here ---------------------------------------------------------------- */

int verb_help(struct cli *cli, int argc, char **argv);
int verb_version(struct cli *cli, int argc, char **argv);
int verb_completion(struct cli *cli, int argc, char **argv);
int verb_migrate(struct cli *cli, int argc, char **argv);
int verb_doctor(struct cli *cli, int argc, char **argv);
int verb_openapi(struct cli *cli, int argc, char **argv);
