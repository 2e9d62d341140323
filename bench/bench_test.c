/* What an intake costs on every machine alike. Speed itself is reported by `waybill bench`. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/growth.h"
#include "harness.h"
#include "smtp_sink.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATEMENTS_MAX = 22, WRITTEN_MAX = 10 };

TEST(bench, taking_orders_in_takes_few_statements_and_few_bytes)
{
    struct arena a = {0};
    struct source source;
    struct figures f;
    char dir[] = "/tmp/waybill-bench-XXXXXX";
    if (!mkdtemp(dir)) {
        test_fail(__FILE__, __LINE__, "no folder in /tmp");
        return;
    }
    source_real(&source, 0);
    struct ctx c = {.arena = &a, .source = &source};
    CHECK_OK(&c, bench_run(&c, (struct bench_options){.is_exact = true, .dir = dir}, &f));
    double statements = figure_median(&f, "intake.statements");
    double facts = figure_median(&f, "intake.facts_bytes");
    double written =
        figure_median(&f, "intake.written_bytes"); /* logs and pages, as often as they are */
    CHECK(statements > 0 && statements <= STATEMENTS_MAX);
    CHECK(facts > 0 && written >= facts);
    CHECK(written <= WRITTEN_MAX * facts);
    rmdir(dir);
    arena_free(&a);
}

/* Places the orders from number `first` to `last`, and looks around. */
static enum err look_at(struct ctx *c, struct ctx *own, int64_t first, int64_t last,
                        struct figures *f)
{
    struct bench_pace pace;
    struct bench_shelf shelf = {own, last};
    int64_t count = last - first + 1;
    TRY(bench_place(own, bench_drafts(own, first, count, 0), count, BENCH_GROUP, &pace));
    return bench_reading(c, shelf, shelf, 1, f);
}

TEST(bench, looking_takes_as_many_statements_among_many_orders_as_among_few)
{
    static const char *const keys[] = {"reading.order_statements", "reading.list_statements",
                                       "reading.search_statements", "reading.board_statements"};
    struct arena a = {0};
    struct source source;
    struct figures few = {0}, many = {0};
    struct ctx own;
    source_real(&source, 0);
    struct ctx c = {.arena = &a, .source = &source};
    const char path[] = "/tmp/waybill-bench-reading.db";
    enum err e = bench_open(&c, path, &own);
    CHECK_OK(&c, e);
    if (e == OK) {
        e = look_at(&c, &own, 1, 30, &few);
        if (e == OK) e = look_at(&c, &own, 31, 300, &many);
        CHECK_OK(&c, bench_close(&c, &own, e));
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        CHECK(figure_median(&few, keys[i]) > 0);
        CHECK(figure_median(&many, keys[i]) <= figure_median(&few, keys[i]) + 0.5);
    }
    bench_drop(path);
    arena_free(&a);
}

/* Whoever reads a figure finds what it means. */
TEST(bench, every_figure_is_explained_in_the_docs)
{
    struct arena a = {0};
    struct text page = test_file_read(&a, "docs/operations/speed.md");
    for (size_t i = 0; i < figure_count; i++) {
        const char *dot = strrchr(figures[i].key, '.');
        struct text whole = text_printf(&a, "`%s`", figures[i].key);
        struct text tail = text_printf(&a, "`%s`", dot);
        if (text_find(page, whole) < 0 && text_find(page, tail) < 0)
            test_fail(__FILE__, __LINE__, "docs/operations/speed.md does not explain %s",
                      figures[i].key);
    }
    arena_free(&a);
}
