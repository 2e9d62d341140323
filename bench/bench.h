/* bench/bench.h: `waybill bench`: figures as ratios of one run, floor and candidate in turns. */
#pragma once

#include "base/ctx.h"
#include "bench/figures.h"

struct bench_options {
    bool is_quick;   /* under a minute */
    bool is_exact;   /* only what comes out the same on every machine: statements and bytes */
    const char *dir; /* scratch databases go here and are removed */
};

struct bench_speed {
    int64_t rate, p50_us, p99_us;
};

must_check enum err bench_run(struct ctx *c, struct bench_options options, struct figures *out);

/* Where the load goes: a server on the loopback, and a key for it. */
struct bench_target {
    int port;
    struct text key;
};
/* `orders` orders, from number `first` on, by `clients` connections. */
must_check enum err bench_http(struct ctx *c, struct bench_target target, int clients,
                               int64_t first, int64_t orders, struct bench_speed *out);
/* One after the other and in turns, this program as a server on a fresh shop in `dir` and the floor
   of bench/front.h, with 1, 64 and 512 clients. */
must_check enum err bench_serve(struct ctx *c, struct bench_options options, struct figures *f);

/* A shop with `products` products, plenty of each; sets c->merchant_id. */
must_check enum err bench_shop(struct ctx *c, int64_t products);
struct draft;
/* Order number `n` of the bench: `lines` lines, or 1 to 4 when that is 0, of products that are
   asked for unevenly. */
struct draft bench_draft(struct ctx *c, int64_t n, int64_t products, int64_t lines);
void bench_drop(const char *path); /* a database file with what lies beside it */
