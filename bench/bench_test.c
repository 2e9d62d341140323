/* What an intake costs on every machine alike. Speed itself is reported by `waybill bench`. */
#include "bench/bench.h"

#include "base/source.h"
#include "harness.h"
#include "smtp_sink.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATEMENTS_MAX = 24, WRITTEN_MAX = 10 };

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
