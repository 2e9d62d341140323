#include "bench/bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct part {
    int number;
    bool is_long; /* left out by --quick, unless it is asked for */
    bench_part_fn *run;
} parts[] = {
    {PART_PROGRAM, false, bench_program},
    {PART_INTAKE, false, bench_intake},
    {PART_LIFE, false, bench_life},
    {PART_HTTP, false, bench_serve},
    {PART_OVERLOAD, false, bench_overload},
    {PART_POSTGRES, true, bench_postgres},
    {PART_INSTRUCTIONS, true, bench_instructions},
    {PART_IMPORT, true, bench_import},
    {PART_GROWTH, true, bench_growth},
};

void bench_drop(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[512];
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

double bench_per_second(int64_t n, int64_t us) { return us > 0 ? (double)n * 1e6 / (double)us : 0; }

int bench_rounds(struct bench_options o) { return o.is_exact ? 1 : o.is_quick ? 3 : ROUNDS_MAX; }

const char *bench_path(struct ctx *c, struct bench_options o, const char *name)
{
    return text_cstr(c->arena, text_printf(c->arena, "%s/%s", o.dir, name));
}

void bench_series(struct bench_options o, const char *name, const char *format, ...)
{
    char path[512];
    va_list args;
    if (!o.results) return;
    snprintf(path, sizeof path, "%s/%s.tsv", o.results, name);
    FILE *file = fopen(path, "a");
    if (!file) return;
    va_start(args, format);
    vfprintf(file, format, args);
    va_end(args);
    fputc('\n', file);
    fclose(file);
}

bool bench_wants(const struct figures *f, const char *key)
{
    return !f->only || strncmp(key, f->only, strlen(f->only)) == 0;
}

/* The parts that take the figures asked for. */
static int parts_of(const struct figures *f)
{
    int wanted = 0;
    for (size_t i = 0; i < figure_count; i++)
        if (bench_wants(f, figures[i].key)) wanted |= figures[i].parts;
    return wanted;
}

enum err bench_run(struct ctx *c, struct bench_options o, struct figures *f)
{
    *f = (struct figures){.only = o.only};
    int wanted = o.is_exact ? PART_INTAKE : parts_of(f);
    if (!wanted) {
        fail_at(c, ERR_NOT_FOUND, "no_such_figure", "--only", "no figure begins with \"%s\"",
                o.only);
        return hint(c, "docs/operations/speed.md lists them");
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct part *p = &parts[i];
        if (!(wanted & p->number) || (p->is_long && o.is_quick && !o.only)) continue;
        struct arena_mark mark = arena_mark(c->arena);
        TRY(p->run(c, o, f));
        arena_rewind(c->arena, mark);
    }
    return OK;
}
