#include "faces/api/metrics.h"

#include "base/time.h"
#include "domain/events/skip.h"
#include "domain/people/people.h"
#include "faces/api/route_tree.h"
#include "store/db.h"

#include <stdio.h>
#include <unistd.h>

enum { BUCKETS = 12, CLASSES = 6 };
static const int64_t bucket_us[BUCKETS] = {500,   1000,   2500,   5000,    10000,   25000,
                                           50000, 100000, 250000, 1000000, 2500000, 10000000};
static const char *const bucket_names[BUCKETS] = {
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "1", "2.5", "10"};

struct route_count {
    atomic_llong by_class[CLASSES]; /* of the status: 2 for 2xx */
    atomic_llong within[BUCKETS];
    atomic_llong count, us;
};

struct route_count *route_count_new(struct arena *a, size_t routes)
{
    return arena_new(a, struct route_count, routes + 1);
}

static void up(atomic_llong *n, int64_t by)
{
    atomic_fetch_add_explicit(n, by, memory_order_relaxed);
}
static long long now(const atomic_llong *n)
{
    return atomic_load_explicit(n, memory_order_relaxed);
}

void route_count_add(struct route_count *counts, size_t number, int status, int64_t us)
{
    struct route_count *at = &counts[number];
    int class = status / 100;
    up(&at->by_class[class >= 0 && class < CLASSES ? class : 0], 1);
    up(&at->count, 1);
    up(&at->us, us);
    for (int i = 0; i < BUCKETS; i++)
        if (us <= bucket_us[i]) {
            up(&at->within[i], 1);
            break;
        }
}

static void put_requests(struct buf *b, const struct server *s)
{
    size_t n = route_tree_count(s->tree);
    buf_puts(b, "# HELP waybill_http_requests_total Answers by route and class of status.\n"
                "# TYPE waybill_http_requests_total counter\n");
    for (size_t i = 0; i <= n; i++) {
        const struct route *r = i < n ? route_tree_at(s->tree, i) : NULL;
        for (int k = 1; k < CLASSES; k++) {
            long long count = now(&s->counts[i].by_class[k]);
            if (!count) continue;
            buf_printf(b,
                       "waybill_http_requests_total{method=\"%s\",route=\"%s\","
                       "status=\"%dxx\"} %lld\n",
                       r ? r->method : "", r ? r->path : "", k, count);
        }
    }
}

static void put_seconds(struct buf *b, const struct server *s)
{
    long long within[BUCKETS] = {0}, count = 0, us = 0, sum = 0;
    for (size_t i = 0; i <= route_tree_count(s->tree); i++) {
        for (int k = 0; k < BUCKETS; k++) within[k] += now(&s->counts[i].within[k]);
        count += now(&s->counts[i].count);
        us += now(&s->counts[i].us);
    }
    buf_puts(b, "# HELP waybill_http_request_seconds From the request's arrival to its answer.\n"
                "# TYPE waybill_http_request_seconds histogram\n");
    for (int k = 0; k < BUCKETS; k++)
        buf_printf(b, "waybill_http_request_seconds_bucket{le=\"%s\"} %lld\n", bucket_names[k],
                   sum += within[k]);
    buf_printf(b,
               "waybill_http_request_seconds_bucket{le=\"+Inf\"} %lld\n"
               "waybill_http_request_seconds_sum %lld.%06lld\n"
               "waybill_http_request_seconds_count %lld\n",
               count, us / 1000000, us % 1000000, count);
}

static long long resident_bytes(void)
{
    long long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    if (fscanf(f, "%lld %lld", &size, &resident) != 2) resident = 0;
    fclose(f);
    return resident * sysconf(_SC_PAGESIZE);
}

/* Of all merchants; nothing when the database cannot be read now. */
static void put_skipped(struct buf *b, const struct server *s)
{
    struct ctx c = {.arena = b->arena, .source = s->source, .store = s->store};
    struct list merchants;
    int64_t all = 0, n;
    if (store_reader(&c) != OK || merchant_list(&c, &merchants) != OK) return;
    for (size_t i = 0; i < merchants.count; i++) {
        c.merchant_id = ((const struct merchant *)merchants.at)[i].merchant_id;
        if (skip_count(&c, &n) == OK) all += n;
    }
    buf_printf(b,
               "# HELP waybill_skipped_events Events that a reaction failed at and went around.\n"
               "# TYPE waybill_skipped_events gauge\n"
               "waybill_skipped_events %lld\n",
               (long long)all);
}

void dispatch_metrics(const struct server *s, struct buf *b)
{
    if (s->store) put_skipped(b, s);
    put_requests(b, s);
    put_seconds(b, s);
    buf_printf(b,
               "# HELP waybill_statements_total Statements run by the database.\n"
               "# TYPE waybill_statements_total counter\n"
               "waybill_statements_total %lld\n",
               (long long)store_queries(s->store));
    buf_printf(b,
               "# HELP process_resident_memory_bytes Memory in use.\n"
               "# TYPE process_resident_memory_bytes gauge\n"
               "process_resident_memory_bytes %lld\n"
               "# HELP process_start_time_seconds When this process started.\n"
               "# TYPE process_start_time_seconds gauge\n"
               "process_start_time_seconds %lld\n",
               resident_bytes(), (long long)(s->started_us / SECOND_US));
}
