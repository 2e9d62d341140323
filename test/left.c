/* test/left.c: what a test leaves in its database, told to a file, so that the same test on the
 * other engine can be compared with it.
 *
 *   WAYBILL_TEST_LEFT=FILE       a line for each table that is not empty: rows and their sum
 *   WAYBILL_TEST_LEFT_ROWS=1     each row instead, to see which one differs */
#include "left.h"

#include "store/driver.h"
#include "store/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Threads that came as they liked: who was first is nobody's choice. */
static bool was_shared(const struct store *s)
{
    return s->is_started || (s->readers && s->readers->next);
}

/* Of a database and not of what was asked of it. */
static const char *const own[] = {"schema_migration", "secret", "node", "copy_progress"};

static bool is_own(const char *table)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], table) == 0) return true;
    return false;
}

static void put_row(FILE *to, const char *name, const struct dump_table *t, const struct value *row)
{
    fprintf(to, "%s %s:", name, t->name);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct value *v = &row[i];
        fprintf(to, " %s=", t->columns[i].name);
        if (v->kind == V_I64) fprintf(to, "%lld", (long long)v->i64);
        if (v->kind == V_TEXT) fprintf(to, "\"%.*s\"", TEXT_ARG(v->text));
        for (size_t k = 0; v->kind == V_BYTES && k < v->text.len; k++)
            fprintf(to, "%02x", (unsigned char)v->text.at[k]);
    }
    fputc('\n', to);
}

static enum err put_rows(struct ctx *c, FILE *to, const char *name, const struct dump_table *t)
{
    enum { ROWS_MAX = 20000 };
    struct dump_page page;
    TRY(dump_read(c, t, NULL, ROWS_MAX, &page));
    for (size_t i = 0; i < page.count; i++) put_row(to, name, t, page.rows + i * t->column_count);
    return OK;
}

static enum err put_table(struct ctx *c, FILE *to, const char *name, const struct dump_table *t)
{
    bool is_empty;
    struct dump_sum sum;
    if (is_own(t->name)) return OK;
    TRY(dump_is_empty(c, t, &is_empty));
    if (is_empty) return OK;
    if (getenv("WAYBILL_TEST_LEFT_ROWS")) return put_rows(c, to, name, t);
    TRY(dump_sum(c, t, NULL, NULL, &sum));
    fprintf(to, "%s %s %lld %016llx%016llx\n", name, t->name, (long long)sum.rows,
            (unsigned long long)sum.high, (unsigned long long)sum.low);
    return OK;
}

void left_tell(struct world *w)
{
    const char *path = getenv("WAYBILL_TEST_LEFT");
    struct arena a = {0};
    struct list tables = {0};
    char name[300], test[256];
    if (!path || !*path || !w->store || test_failed() || was_shared(w->store)) return;
    FILE *to = fopen(path, "ab");
    if (!to) {
        test_fail(__FILE__, __LINE__, "cannot write %s", path);
        return;
    }
    test_name(test, sizeof test);
    snprintf(name, sizeof name, "%s %s", w->engine == DB_SQLITE ? "sqlite" : "postgres", test);
    struct ctx c = {.arena = &a, .source = &w->source, .store = w->store};
    CHECK_OK(&c, store_reader(&c));
    CHECK_OK(&c, dump_tables(&c, &tables));
    const struct dump_table *t = tables.at;
    for (size_t i = 0; i < tables.count; i++) CHECK_OK(&c, put_table(&c, to, name, &t[i]));
    fclose(to);
    arena_free(&a);
}
