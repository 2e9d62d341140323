/* bench/importing.c: the memory that an import takes: for three times the rows the same. The fewer
   fill the cache of the database already, which a tenth would not. */
#include "bench/bench.h"

#include <stdio.h>
#include <unistd.h>

static enum err write_rows(struct ctx *c, const char *path, int64_t rows)
{
    FILE *file = fopen(path, "w");
    for (int64_t i = 0; file && i < rows; i++)
        fprintf(file, "{\"sku\":\"SKU-%07lld\",\"name\":\"Product %lld\",\"weight_g\":%lld}\n",
                (long long)i, (long long)i, (long long)(100 + i % 900));
    if (file && fclose(file) == 0) return OK;
    return fail(c, ERR_UPSTREAM, "disk", "cannot write %s", path);
}

static enum err import(struct ctx *c, struct bench_options o, int64_t rows, struct bench_child *out)
{
    const char *path = bench_path(c, o, "bench-import.db"), *file = bench_path(c, o, "rows.ndjson");
    TRY(write_rows(c, file, rows));
    bench_drop(path);
    *out = bench_child(
        (const char *const[]){"import", "products", file, "--quiet", "--db", path, NULL});
    unlink(file);
    bench_drop(path);
    if (out->status == 0) return OK;
    return fail(c, ERR_BUG, "bench", "the import of %lld rows ended with %d", (long long)rows,
                out->status);
}

enum err bench_import(struct ctx *c, struct bench_options o, struct figures *f)
{
    struct bench_child less, more;
    int64_t rows = o.is_quick ? 20000 : 1000000;
    TRY(import(c, o, rows / 10 * 3, &less));
    TRY(import(c, o, rows, &more));
    figure_take(f, "memory.import_mb", (double)more.memory_kb / 1024);
    figure_take(f, "memory.import_ratio", (double)more.memory_kb / (double)less.memory_kb);
    figure_take(f, "memory.import_rate", bench_per_second(rows, more.us));
    return OK;
}
