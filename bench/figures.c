#include "bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct figure figures[] = {
    {"intake.ratio_to_floor", ">= 0.70", "orders in groups of 512 / the same rows by a bare loop"},
    {"intake.rate", NULL, "orders a second, in this process, 512 a commit"},
    {"intake.floor_rate", NULL, "of the bare SQLite loop"},
    {"intake.commit_ms", NULL, "of 512 orders' rows, by the bare loop"},
    {"intake.log_rate", NULL, "of a raw log with the same facts, 512 a flush"},
    {"intake.lone_rate", NULL, "orders a second, one a commit"},
    {"intake.cpu_us", NULL, "CPU of an order, microseconds"},
    {"intake.statements", "<= 24", "for 512 orders"},
    {"intake.rows", NULL, "written for an order"},
    {"intake.written_to_facts", "<= 10", "bytes written / bytes of the facts"},
    {"intake.written_bytes", NULL, "for an order"},
    {"intake.facts_bytes", NULL, "of an order as one record"},
    {"wide_order.cpu_ratio", "<= 60", "an order of 500 lines / one of 5"},
    {"intake_http.ratio_to_floor", ">= 0.45", "64 clients / the same front before a raw log"},
    {"intake_http.rate", NULL, "durable orders a second"},
    {"intake_http.floor_rate", NULL, "answers a second after a grouped flush of a raw log"},
    {"intake_http.p50_ms", NULL, "of an answer"},
    {"intake_http.p99_ms", NULL, ""},
    {"intake_http_512.ratio_to_floor", ">= 0.40", "the same with 512 clients"},
    {"intake_http_512.rate", NULL, ""},
    {"intake_http_512.floor_rate", NULL, ""},
    {"intake_http_512.p50_ms", NULL, ""},
    {"intake_http_512.p99_ms", NULL, ""},
    {"intake_http_512.p99_to_commit", "<= 15", "p99 / the median commit of 512 orders"},
    {"intake_http_1.rate", NULL, "one client who waits for each answer"},
    {"intake_http_1.p50_ms", NULL, ""},
    {"memory.idle_mb", "<= 20", "of a server that has done nothing yet"},
    {"memory.clients_512_mb", "<= 150", "of the server after 512 clients"},
    {"start.version_ms", "<= 5", "`waybill --version`"},
};
const size_t figure_count = sizeof figures / sizeof *figures;
_Static_assert(sizeof figures / sizeof *figures <= FIGURES_MAX, "room for every figure");

static size_t index_of(const char *key)
{
    for (size_t i = 0; i < figure_count; i++)
        if (strcmp(figures[i].key, key) == 0) return i;
    fprintf(stderr, "bench: no figure %s\n", key);
    abort();
}

void figure_take(struct figures *f, const char *key, double value)
{
    size_t i = index_of(key);
    if (f->counts[i] == ROUNDS_MAX) abort();
    f->samples[i][f->counts[i]++] = value;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const struct figures *f, size_t i)
{
    double at[ROUNDS_MAX];
    size_t n = (size_t)f->counts[i];
    if (!n) return 0;
    memcpy(at, f->samples[i], n * sizeof *at);
    qsort(at, n, sizeof *at, compare);
    return at[n / 2];
}

double figure_median(const struct figures *f, const char *key)
{
    return median_of(f, index_of(key));
}

/* Ratios and milliseconds are small and want decimals; rates do not. */
static void put_number(struct buf *b, double value)
{
    buf_printf(b, value < 100 ? "%.3g" : "%.0f", value);
}

struct text figures_as_json(struct arena *a, const struct figures *f)
{
    struct buf b = buf_new(a);
    buf_putc(&b, '{');
    for (size_t i = 0, taken = 0; i < figure_count; i++) {
        if (!f->counts[i]) continue;
        buf_printf(&b, "%s\"%s\":", taken++ ? "," : "", figures[i].key);
        put_number(&b, median_of(f, i));
    }
    buf_puts(&b, "}\n");
    return buf_text(&b);
}

struct text figures_as_table(struct arena *a, const struct figures *f)
{
    struct buf b = buf_new(a);
    buf_printf(&b, "%-32s %9s  %-8s %s\n", "FIGURE", "MEDIAN", "REACH", "");
    for (size_t i = 0; i < figure_count; i++) {
        if (!f->counts[i]) continue;
        struct buf number = buf_new(a);
        put_number(&number, median_of(f, i));
        struct text n = buf_text(&number);
        buf_printf(&b, "%-32s %9.*s  %-8s %s\n", figures[i].key, TEXT_ARG(n),
                   figures[i].reach ? figures[i].reach : "", figures[i].about);
    }
    return buf_text(&b);
}
