/* test/main.c: runs the registered tests, bottom layer first. */
#include "harness.h"
#include "last/whole.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct test *tests;
static bool failed, skipped, is_whole;
static const struct test *running;

void test_register(struct test *t)
{
    t->next = tests;
    tests = t;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("%s:%d: %s.%s: ", file, line, running->suite, running->name);
    vprintf(fmt, args);
    puts("");
    va_end(args);
    failed = true;
}

void test_skip(const char *why)
{
    printf("skipped %s.%s: %s\n", running->suite, running->name, why);
    skipped = true;
    if (strstr(why, "WAYBILL_TEST_PG") && !strstr(running->name, "postgres"))
        test_fail(running->file, 0,
                  "it needs PostgreSQL and its name does not say so:"
                  " script/test asks for \"postgres\" there");
}

void test_name(char *out, size_t size)
{
    static const char *const engines[] = {"_sqlite", "_postgres"};
    snprintf(out, size, "%s.%s", running->suite, running->name);
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        size_t length = strlen(out), end = strlen(engines[i]);
        if (length > end && strcmp(out + length - end, engines[i]) == 0) out[length - end] = 0;
    }
}

bool test_failed(void) { return failed; }
bool test_is_whole(void) { return is_whole; }

static struct text read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return (struct text){0};
    struct buf b = buf_new(a);
    size_t n;
    char *at;
    while ((at = buf_space(&b, 4096), n = fread(at, 1, 4096, f)) > 0) b.len += n;
    fclose(f);
    return buf_text(&b);
}

void check_golden(const char *file, int line, const char *name, struct text actual)
{
    struct arena a = {0};
    const char *path = text_cstr(&a, text_printf(&a, "test/golden/%s", name));
    struct text want = read_file(&a, path);
    if (getenv("UPDATE_GOLDEN") && !text_eq(want, actual)) {
        FILE *f = fopen(path, "wb");
        if (f) {
            fwrite(actual.at, 1, actual.len, f);
            fclose(f);
        }
    } else if (!text_eq(want, actual)) {
        size_t at = 0, row = 1;
        while (at < want.len && at < actual.len && want.at[at] == actual.at[at])
            row += want.at[at++] == '\n';
        test_fail(file, line, "differs from %s at line %zu (UPDATE_GOLDEN=1 rewrites it):\n%.*s",
                  path, row, TEXT_ARG(text_head(text_skip(actual, at > 60 ? at - 60 : 0), 400)));
    }
    arena_free(&a);
}

static int layer_of(const struct test *t)
{
    static const char *const order[] = {"src/base",   "src/store",   "src/wire",   "src/plan",
                                        "src/domain", "src/drivers", "src/stages", "src/services",
                                        "src/faces",  "src/app"};
    for (int i = 0; i < 10; i++)
        if (strncmp(t->file, order[i], strlen(order[i])) == 0) return i;
    return strncmp(t->file, "test/last/", 10) == 0 ? 11 : 10; /* looks back at all others */
}

static int compare(const void *a, const void *b)
{
    const struct test *x = *(struct test *const *)a, *y = *(struct test *const *)b;
    int order = layer_of(x) - layer_of(y);
    if (!order) order = strcmp(x->suite, y->suite);
    return order ? order : strcmp(x->name, y->name);
}

int main(int argc, char **argv)
{
    size_t count = 0, at = 0;
    int passed = 0, bad = 0, left_out = 0;
    for (struct test *t = tests; t; t = t->next) count++;
    struct test **all = calloc(count + 1, sizeof *all);
    for (struct test *t = tests; t; t = t->next) all[at++] = t;
    qsort(all, count, sizeof *all, compare);
    is_whole = argc < 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    for (at = 0; at < count; at++) {
        char name[256];
        snprintf(name, sizeof name, "%s.%s", all[at]->suite, all[at]->name);
        bool wanted = argc < 2;
        for (int i = 1; i < argc; i++) wanted = wanted || strstr(name, argv[i]);
        if (!wanted) continue;
        running = all[at];
        failed = skipped = false;
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        all[at]->run();
        clock_gettime(CLOCK_MONOTONIC, &to);
        double seconds = (double)(to.tv_sec - from.tv_sec) +
                         (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        if (failed)
            bad++;
        else if (skipped)
            left_out++;
        else
            passed++;
        if (getenv("TEST_VERBOSE") || seconds > 3)
            printf("%s %s (%.1f s)\n", failed ? "FAILED" : "ok", name, seconds);
    }
    free(all);
    if (passed + bad == 0) bad = 1;
    if (left_out)
        printf("%d passed, %d failed, %d skipped\n", passed, bad, left_out);
    else
        printf("%d passed, %d failed\n", passed, bad);
    return bad != 0;
}
