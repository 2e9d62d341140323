/* bench/bench.h: `waybill bench`: figures as ratios of one run, floor and candidate in turns.
 *
 *   figures.c   the keys, and which part takes each
 *   intake.c    in this process      http.c serve.c  over HTTP        overload.c  more than it can
 *   life.c      all seven stages     growth.c reading.c  as the database grows
 *   program.c   size and start       postgres.c          on PostgreSQL
 *   instructions.c  counted by callgrind                 importing.c  memory of an import */
#pragma once

#include "base/ctx.h"
#include "bench/figures.h"

#include <sys/types.h>

enum { BENCH_PRODUCTS = 10000, BENCH_GROUP = 512, BENCH_ORDERS_MAX = 100000000 };

struct bench_options {
    bool is_quick;        /* under a minute */
    bool is_exact;        /* only what comes out the same on every machine: statements and bytes */
    const char *dir;      /* scratch databases go here and are removed */
    const char *only;     /* keys that begin so; NULL: all, --quick without those that take long */
    const char *postgres; /* a PostgreSQL database in which a schema is made and dropped; or NULL */
    const char *results;  /* a folder for the figures and what plots are drawn from; or NULL */
    int64_t orders;       /* how far the database grows; 0: the usual */
};

/* Takes its figures `f` has not got yet. */
typedef enum err bench_part_fn(struct ctx *c, struct bench_options o, struct figures *f);
bench_part_fn bench_program, bench_intake, bench_life, bench_serve, bench_overload,
    bench_instructions, bench_postgres, bench_import, bench_growth;

/* The figures of `o.only`, of all parts that are needed for them. */
must_check enum err bench_run(struct ctx *c, struct bench_options o, struct figures *out);
int bench_rounds(struct bench_options o);
bool bench_wants(const struct figures *f, const char *key); /* is it among those asked for? */
/* A line of the series `name`: numbers between tabs. */
void bench_series(struct bench_options o, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
double bench_per_second(int64_t n, int64_t us);
const char *bench_path(struct ctx *c, struct bench_options o, const char *name);
void bench_drop(const char *path); /* a database file with what lies beside it */

/* --- the shop -------------------------------------------------------------------------------- */

/* A shop of this code with `products` products, plenty of each; sets c->merchant_id. */
must_check enum err bench_shop(struct ctx *c, const char *code, int64_t products);
struct draft;
/* Order number `n` of the bench: `lines` lines, or 1 to 4 when that is 0, of products that are
   asked for unevenly. */
struct draft bench_draft(struct ctx *c, int64_t n, int64_t products, int64_t lines);
const struct draft *bench_drafts(struct ctx *c, int64_t first, int64_t orders, int64_t lines);
struct bench_pace {
    int64_t us, cpu_us;
};
/* Place them, `group` in a unit of work. */
must_check enum err bench_place(struct ctx *c, const struct draft *drafts, int64_t orders,
                                int64_t group, struct bench_pace *out);
/* A new database at `path` with the shop; the merchant in `own`, whose store the caller closes. */
must_check enum err bench_open(struct ctx *c, const char *path, struct ctx *own);
must_check enum err bench_close(struct ctx *c, struct ctx *own,
                                enum err e); /* hands the fault on */

/* --- a server -------------------------------------------------------------------------------- */

/* This very program in a process of its own. */
struct bench_server {
    pid_t pid;
    int port;
    struct text key;
};
/* A fresh shop at `path`, and a key for it; a second shop as well, unless `neighbour` is NULL. */
must_check enum err bench_prepare(struct ctx *c, const char *path, struct text *key,
                                  struct text *neighbour);
/* `serve`, behind `wrapper` (words before the program; ends with NULL) or alone when that is NULL.
 */
pid_t bench_start(const char *path, int port, const char *const *wrapper);
/* `waybill` with these words (ended by NULL), to its end: exit status, time, most memory. */
struct bench_child {
    int status;
    int64_t us, memory_kb;
};
struct bench_child bench_child(const char *const *words);
bool bench_is_up(int port, int seconds);   /* takes connections */
bool bench_answers(int port, int seconds); /* and says that it is ready */
void bench_end(pid_t pid, int signal);
double bench_memory_mb(pid_t pid);

enum { PERCENTILES = 11 };
extern const double bench_percentiles[PERCENTILES];
struct bench_speed {
    int64_t rate, p50_us, p99_us;
    int64_t at_us[PERCENTILES];
};

/* Where the load goes: a server on the loopback, and a key for it. */
struct bench_target {
    int port;
    struct text key;
};
/* `orders` orders, from number `first` on, by `clients` connections. */
must_check enum err bench_http(struct ctx *c, struct bench_target target, int clients,
                               int64_t first, int64_t orders, struct bench_speed *out);
