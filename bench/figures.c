#include "bench/figures.h"

#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct figure figures[] = {
    {PART_INTAKE, "intake.ratio_to_floor", ">= 0.70",
     "orders in groups of 512 / the same rows by a bare loop"},
    {PART_INTAKE, "intake.rate", NULL, "orders a second, in this process, 512 a commit"},
    {PART_INTAKE, "intake.floor_rate", NULL, "of the bare SQLite loop"},
    {PART_INTAKE, "intake.commit_ms", NULL, "of 512 orders' rows, by the bare loop"},
    {PART_INTAKE, "intake.log_rate", NULL, "of a raw log with the same facts, 512 a flush"},
    {PART_INTAKE, "intake.lone_rate", NULL, "orders a second, one a commit"},
    {PART_INTAKE, "intake.cpu_us", NULL, "CPU of an order, microseconds"},
    {PART_INTAKE, "intake.statements", "<= 24", "for 512 orders"},
    {PART_INTAKE, "intake.rows", NULL, "written for an order"},
    {PART_INTAKE, "intake.written_to_facts", "<= 10", "bytes written / bytes of the facts"},
    {PART_INTAKE, "intake.written_bytes", NULL, "for an order"},
    {PART_INTAKE, "intake.facts_bytes", NULL, "of an order as one record"},
    {PART_INTAKE, "wide_order.cpu_ratio", "<= 60", "an order of 500 lines / one of 5"},
    {PART_HTTP, "intake_http.ratio_to_floor", ">= 0.45",
     "64 clients / the same front before a raw log"},
    {PART_HTTP, "intake_http.rate", NULL, "durable orders a second"},
    {PART_HTTP, "intake_http.floor_rate", NULL,
     "answers a second after a grouped flush of a raw log"},
    {PART_HTTP, "intake_http.p50_ms", NULL, "of an answer"},
    {PART_HTTP, "intake_http.p99_ms", NULL, ""},
    {PART_HTTP, "intake_http_512.ratio_to_floor", ">= 0.40", "the same with 512 clients"},
    {PART_HTTP, "intake_http_512.rate", NULL, ""},
    {PART_HTTP, "intake_http_512.floor_rate", NULL, ""},
    {PART_HTTP, "intake_http_512.p50_ms", NULL, ""},
    {PART_HTTP, "intake_http_512.p99_ms", NULL, ""},
    {PART_INTAKE | PART_HTTP, "intake_http_512.p99_to_commit", "<= 15",
     "p99 / the median commit of 512 orders"},
    {PART_HTTP, "intake_http_1.rate", NULL, "one client who waits for each answer"},
    {PART_HTTP, "intake_http_1.p50_ms", NULL, ""},
    {PART_HTTP, "memory.idle_mb", "<= 20", "of a server that has done nothing yet"},
    {PART_HTTP, "memory.clients_512_mb", "<= 150", "of the server after 512 clients"},
    {PART_PROGRAM, "start.version_ms", "<= 5", "`waybill --version`"},
    {PART_PROGRAM, "program.bare_size_mb", "<= 3", "stripped, without what the pages are made of"},
    {PART_PROGRAM, "program.size_mb", "<= 5", "stripped, with all that is built in"},
    {PART_LIFE, "life.cpu_ratio", "<= 4", "all seven stages / intake alone"},
    {PART_LIFE, "life.cpu_us", NULL, "CPU of an order from intake to its end"},
    {PART_LIFE, "life.statements", NULL, "for an order, behind its intake"},
    {PART_OVERLOAD, "overload.goodput_ratio", ">= 0.80", "done at five times capacity / at most"},
    {PART_OVERLOAD, "overload.peak_rate", NULL, "orders a second in bulk, by as many as it can do"},
    {PART_OVERLOAD, "overload.refused_ratio", NULL, "answered 503, of what was asked"},
    {PART_OVERLOAD, "overload.turned_away_ratio", NULL, "found all lines busy"},
    {PART_OVERLOAD, "overload.neighbour_p99_ms", NULL,
     "another merchant's single orders meanwhile"},
    {PART_POSTGRES, "postgres.ratio_to_statements", ">= 8", "batched / a round trip for each row"},
    {PART_POSTGRES, "postgres.one_sku_ratio", ">= 0.5", "all orders on one SKU / on 10,000"},
    {PART_POSTGRES, "postgres.rate", NULL, "orders a second, batched, on two connections"},
    {PART_POSTGRES, "postgres.one_sku_rate", NULL, "all of one SKU"},
    {PART_POSTGRES, "postgres.floor_rate", NULL, "row by row, on two connections"},
    {PART_INSTRUCTIONS, "instructions.order", "<= 60000", "over HTTP, to the answer, by callgrind"},
    {PART_INSTRUCTIONS, "instructions.sqlite", NULL, "of these"},
    {PART_INSTRUCTIONS, "instructions.json", NULL, ""},
    {PART_INSTRUCTIONS, "instructions.http", NULL, ""},
    {PART_INSTRUCTIONS, "instructions.libc", NULL, ""},
    {PART_INSTRUCTIONS, "instructions.crypto", NULL, ""},
    {PART_INSTRUCTIONS, "instructions.ours", NULL, ""},
    {PART_INSTRUCTIONS, "instructions.others", NULL, ""},
    {PART_IMPORT, "memory.import_mb", NULL, "most at any moment, of a million rows"},
    {PART_IMPORT, "memory.import_ratio", "<= 1.1", "that / for three tenths of the rows"},
    {PART_IMPORT, "memory.import_rate", NULL, "rows a second"},
    {PART_GROWTH, "growth.ratio", ">= 0.95", "rate at the largest size / at a thirtieth of it"},
    {PART_GROWTH, "growth.ratio_10m", ">= 0.90", "rate at 10 million orders / at a million"},
    {PART_GROWTH, "growth.small_rate", NULL, "orders a second, at the smaller size"},
    {PART_GROWTH, "growth.large_rate", NULL, "at the larger size"},
    {PART_GROWTH, "growth.cpu_ratio", NULL, "CPU at the larger size / at the smaller"},
    {PART_GROWTH, "growth.orders", NULL, "the larger size"},
    {PART_GROWTH, "growth.bytes", NULL, "of the file, for an order"},
    {PART_GROWTH, "reading.order_ratio", "<= 1.3", "one order: among many / among a hundredth"},
    {PART_GROWTH, "reading.order_us", NULL, "among many"},
    {PART_GROWTH, "reading.order_statements", NULL, "the same at both sizes"},
    {PART_GROWTH, "reading.list_ratio", "<= 1.3", "a list of 50 orders"},
    {PART_GROWTH, "reading.list_us", NULL, ""},
    {PART_GROWTH, "reading.list_statements", NULL, ""},
    {PART_GROWTH, "reading.search_ratio", "<= 1.3", "an order by its reference"},
    {PART_GROWTH, "reading.search_us", NULL, ""},
    {PART_GROWTH, "reading.search_statements", NULL, ""},
    {PART_GROWTH, "reading.board_ratio", "<= 1.3", "the dashboard, as much open work"},
    {PART_GROWTH, "reading.board_us", NULL, ""},
    {PART_GROWTH, "reading.board_statements", NULL, ""},
    {PART_GROWTH, "start.first_answer_ms", "<= 100", "of `serve` on a database of 1 GB"},
    {PART_GROWTH, "audit.seconds", "<= 60", "of a million orders"},
    {PART_GROWTH, "audit.us", NULL, "an order"},
    {PART_GROWTH, "audit.memory_mb", NULL, "most at any moment"},
    {PART_GROWTH, "audit.memory_ratio", "<= 1.1", "most / that for a tenth of the orders"},
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
        if (!f->counts[i] || !bench_wants(f, figures[i].key)) continue;
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
        if (!f->counts[i] || !bench_wants(f, figures[i].key)) continue;
        struct buf number = buf_new(a);
        put_number(&number, median_of(f, i));
        struct text n = buf_text(&number);
        buf_printf(&b, "%-32s %9.*s  %-8s %s\n", figures[i].key, TEXT_ARG(n),
                   figures[i].reach ? figures[i].reach : "", figures[i].about);
    }
    return buf_text(&b);
}
