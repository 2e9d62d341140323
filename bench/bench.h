/* bench/bench.h: `waybill bench`: figures as ratios of one run, floor and candidate in turns. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct bench_options {
    bool is_quick;   /* under a minute */
    bool is_exact;   /* only what comes out the same on every machine: statements and bytes */
    const char *dir; /* scratch databases go here and are removed */
};

struct bench_speed {
    int64_t clients, rate, p50_us, p99_us, server_memory_kb;
};

struct bench_report {
    int64_t orders, rounds, group;
    /* medians over the rounds, orders per second */
    int64_t intake_rate, floor_rate, log_rate;
    int64_t intake_ratio_bp; /* intake / floor, 1/10,000 */
    int64_t cpu_ns_per_order, written_per_order, statements_per_batch;
    int64_t facts_bytes_per_order, rows_per_order;
    int64_t lone_rate; /* one order per commit, one after the other */
    struct list http;  /* struct bench_speed: 1, 64 and 512 clients */
    int64_t memory_kb;
};
extern const struct fields bench_report_fields;

must_check enum err bench_run(struct ctx *c, struct bench_options options,
                              struct bench_report *out);

/* Where the load goes: a server on the loopback, and a key for it. */
struct bench_target {
    int port;
    struct text key;
};
/* `orders` orders, from number `first` on, by `clients` connections. */
must_check enum err bench_http(struct ctx *c, struct bench_target target, int clients,
                               int64_t first, int64_t orders, struct bench_speed *out);
/* Start this program as a server on a fresh shop in `dir`, load it with 1, 64 and 512 clients, stop
   it. Results are struct bench_speed. */
must_check enum err bench_serve(struct ctx *c, const char *dir, bool is_quick, struct list *out);

/* A shop with `products` products, plenty of each; sets c->merchant_id. */
must_check enum err bench_shop(struct ctx *c, int64_t products);
struct draft;
/* Order number `n` of the bench: 1 to 4 lines of products that are asked for unevenly. */
struct draft bench_draft(struct ctx *c, int64_t n, int64_t products);
void bench_drop(const char *path); /* a database file with what lies beside it */
