/* bench/bench.h: `waybill bench`: figures as ratios of one run, floor and candidate in turns. */
#pragma once

#include "base/ctx.h"

struct bench_options {
    bool is_quick;   /* under a minute */
    const char *dir; /* scratch databases go here and are removed */
};

struct bench_report {
    int64_t orders, rounds, group;
    /* medians over the rounds, orders per second */
    int64_t intake_rate, floor_rate, log_rate;
    int64_t intake_ratio_bp; /* intake / floor, 1/10,000 */
    int64_t cpu_ns_per_order, written_per_order, statements_per_batch;
    int64_t facts_bytes_per_order, rows_per_order;
    int64_t lone_rate; /* one order per commit, one after the other */
    int64_t http_rate[3], http_p50_us[3], http_p99_us[3]; /* 1, 64, 512 clients */
    int64_t memory_kb;
};
extern const struct fields bench_report_fields;
extern const int bench_clients[3];

must_check enum err bench_run(struct ctx *c, struct bench_options options,
                              struct bench_report *out);
/* Orders over HTTP into the store of `c` by `clients` connections for `orders` orders. */
must_check enum err bench_http(struct ctx *c, int clients, int64_t orders, int64_t *rate,
                               int64_t *p50_us, int64_t *p99_us);

/* A shop with `products` products, plenty of each; sets c->merchant_id. */
must_check enum err bench_shop(struct ctx *c, int64_t products);
struct draft;
/* Order number `n` of the bench: 1 to 4 lines of products that are asked for unevenly. */
struct draft bench_draft(struct ctx *c, int64_t n, int64_t products);
