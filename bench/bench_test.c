/* What an intake costs on every machine alike. Speed itself is reported by `waybill bench`. */
#include "bench/bench.h"

#include "base/source.h"
#include "harness.h"

#include <stdlib.h>
#include <unistd.h>

enum { STATEMENTS_MAX = 24, WRITTEN_MAX = 10 };

TEST(bench, taking_orders_in_takes_few_statements_and_few_bytes)
{
    struct arena a = {0};
    struct source source;
    struct bench_report r;
    char dir[] = "/tmp/waybill-bench-XXXXXX";
    if (!mkdtemp(dir)) {
        test_fail(__FILE__, __LINE__, "no folder in /tmp");
        return;
    }
    source_real(&source, 0);
    struct ctx c = {.arena = &a, .source = &source};
    CHECK_OK(&c, bench_run(&c, (struct bench_options){.is_exact = true, .dir = dir}, &r));
    CHECK(r.statements_per_batch > 0 && r.statements_per_batch <= STATEMENTS_MAX);
    /* As the machine counts what this process wrote: log, pages and what was written over. */
    CHECK(r.facts_bytes_per_order > 0);
    CHECK(r.written_per_order >= r.facts_bytes_per_order);
    CHECK(r.written_per_order <= WRITTEN_MAX * r.facts_bytes_per_order);
    rmdir(dir);
    arena_free(&a);
}
