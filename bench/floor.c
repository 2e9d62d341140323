#include "bench/floor_inside.h"

#include "base/arena.h"
#include "base/sort.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

const char *const floor_tables[FLOOR_TABLES] = {
    "orders",  "order_likeness", "order_line",     "order_state", "address",
    "promise", "payment",        "payment_intent", "hold",        "event"};

int64_t bench_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t bench_cpu_us(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (int64_t)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000 + r.ru_utime.tv_usec +
           r.ru_stime.tv_usec;
}

static int64_t from_proc(const char *path, const char *name)
{
    char line[256];
    long long n = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0) n = strtoll(line + strlen(name), NULL, 10);
    if (f) fclose(f);
    return n;
}

int64_t bench_written(void) { return from_proc("/proc/self/io", "wchar:"); }
int64_t bench_memory_kb(const char *path) { return from_proc(path, "VmRSS:"); }

static enum err failed(struct ctx *c, sqlite3 *db, const char *what)
{
    return fail(c, ERR_BUG, "floor", "%s: %s", what, sqlite3_errmsg(db));
}

static enum err load_table(struct ctx *c, struct floor *f, sqlite3 *db, int t)
{
    char sql[2048];
    sqlite3_stmt *s = NULL;
    struct rows *rows = &f->of[t];
    size_t capacity = 0, used = 0;
    /* table_info leaves generated columns out, as an INSERT has to. */
    snprintf(sql, sizeof sql,
             "SELECT group_concat(name, ', '), count(*) FROM pragma_table_info('%s')",
             floor_tables[t]);
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
        return failed(c, db, floor_tables[t]);
    snprintf(rows->columns, sizeof rows->columns, "%s", (const char *)sqlite3_column_text(s, 0));
    rows->width = sqlite3_column_int(s, 1);
    sqlite3_finalize(s);
    /* As they came: a likeness is a hash, and in its own order it would be cheaper to write. */
    bool is_hash = strcmp(floor_tables[t], "order_likeness") == 0;
    snprintf(sql, sizeof sql, "SELECT %s FROM %s%s", rows->columns, floor_tables[t],
             is_hash ? " ORDER BY order_id" : "");
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        return failed(c, db, floor_tables[t]);
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < rows->width; i++) {
            struct cell *cell = arena_push(&f->arena, rows->cells, used, capacity);
            cell->type = sqlite3_column_type(s, i);
            cell->number = sqlite3_column_int64(s, i);
            if (cell->type != SQLITE_TEXT && cell->type != SQLITE_BLOB) {
                f->facts_bytes += cell->type == SQLITE_NULL ? 0 : 4;
                continue;
            }
            int n = sqlite3_column_bytes(s, i);
            cell->at = text_copy(&f->arena, (struct text){sqlite3_column_blob(s, i), (size_t)n}).at;
            cell->number = n;
            f->facts_bytes += n;
        }
        rows->count++;
    }
    sqlite3_finalize(s);
    f->rows += (int64_t)rows->count;
    return OK;
}

enum err floor_load(struct ctx *c, const char *path, int64_t orders, struct floor **out)
{
    sqlite3 *db = NULL;
    struct floor *f = calloc(1, sizeof *f);
    if (!f) abort();
    f->orders = orders;
    enum err e = OK;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        e = failed(c, db, path);
    for (int t = 0; t < FLOOR_TABLES && e == OK; t++) e = load_table(c, f, db, t);
    sqlite3_close(db);
    if (e != OK) {
        floor_free(f);
        return e;
    }
    *out = f;
    return OK;
}

void floor_free(struct floor *f)
{
    arena_free(&f->arena);
    free(f);
}

int64_t floor_orders(const struct floor *f) { return f->orders; }
int64_t floor_rows(const struct floor *f) { return f->rows; }
int64_t floor_facts_bytes(const struct floor *f) { return f->facts_bytes; }

static enum err make_schema(struct ctx *c, sqlite3 *db)
{
    static const char settings[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                   "PRAGMA foreign_keys=ON; PRAGMA mmap_size=0;"
                                   "PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-65536";
    if (sqlite3_exec(db, settings, NULL, NULL, NULL) != SQLITE_OK) return failed(c, db, "settings");
    for (int i = 0; i < migration_count; i++) {
        struct text sql = migration_sql(c->arena, &migrations[i], false);
        if (sqlite3_exec(db, text_cstr(c->arena, sql), NULL, NULL, NULL) != SQLITE_OK)
            return failed(c, db, migrations[i].name);
    }
    return OK;
}

static enum err prepare_inserts(struct ctx *c, const struct floor *f, sqlite3 *db,
                                sqlite3_stmt **inserts)
{
    for (int t = 0; t < FLOOR_TABLES; t++) {
        struct buf sql = buf_new(c->arena);
        buf_printf(&sql, "INSERT INTO %s (%s) VALUES (", floor_tables[t], f->of[t].columns);
        for (int i = 0; i < f->of[t].width; i++) buf_puts(&sql, i ? ",?" : "?");
        buf_putc(&sql, ')');
        if (sqlite3_prepare_v3(db, sql.at, -1, SQLITE_PREPARE_PERSISTENT, &inserts[t], NULL) !=
            SQLITE_OK)
            return failed(c, db, floor_tables[t]);
    }
    return OK;
}

static bool insert(sqlite3_stmt *s, const struct cell *row, int width)
{
    for (int i = 0; i < width; i++) {
        if (row[i].type == SQLITE_INTEGER)
            sqlite3_bind_int64(s, i + 1, row[i].number);
        else if (row[i].type == SQLITE_TEXT)
            sqlite3_bind_text(s, i + 1, row[i].at, (int)row[i].number, SQLITE_STATIC);
        else if (row[i].type == SQLITE_BLOB)
            sqlite3_bind_blob(s, i + 1, row[i].at, (int)row[i].number, SQLITE_STATIC);
        else
            sqlite3_bind_null(s, i + 1);
    }
    bool ok = sqlite3_step(s) == SQLITE_DONE;
    sqlite3_reset(s);
    return ok;
}

static enum err write_groups(struct ctx *c, const struct floor *f, sqlite3 *db,
                             sqlite3_stmt **inserts, int64_t group, int64_t *commit_us)
{
    int64_t groups = (f->orders + group - 1) / group;
    int64_t *commits = arena_new(c->arena, int64_t, (size_t)groups + 1);
    for (int64_t g = 0; g < groups; g++) {
        if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
            return failed(c, db, "BEGIN");
        for (int t = 0; t < FLOOR_TABLES; t++) {
            const struct rows *rows = &f->of[t];
            size_t from = rows->count * (size_t)g / (size_t)groups;
            size_t to = rows->count * (size_t)(g + 1) / (size_t)groups;
            for (size_t r = from; r < to; r++)
                if (!insert(inserts[t], rows->cells + r * (size_t)rows->width, rows->width))
                    return failed(c, db, floor_tables[t]);
        }
        int64_t begin = bench_now_us();
        if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            return failed(c, db, "COMMIT");
        commits[g] = bench_now_us() - begin;
    }
    sort_i64(commits, (size_t)groups);
    *commit_us = commits[groups / 2];
    return OK;
}

enum err floor_write(struct ctx *c, const struct floor *f, const char *path, int64_t group,
                     int64_t *us, int64_t *commit_us)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *inserts[FLOOR_TABLES] = {0};
    unlink(path);
    enum err e = sqlite3_open(path, &db) == SQLITE_OK ? OK : failed(c, db, path);
    if (e == OK) e = make_schema(c, db);
    if (e == OK) e = prepare_inserts(c, f, db, inserts);
    int64_t begin = bench_now_us();
    if (e == OK) e = write_groups(c, f, db, inserts, group, commit_us);
    *us = bench_now_us() - begin;
    for (int t = 0; t < FLOOR_TABLES; t++) sqlite3_finalize(inserts[t]);
    sqlite3_close(db);
    return e;
}

enum err floor_log(struct ctx *c, const char *path, int64_t orders, int64_t bytes, int64_t group,
                   int64_t *us)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    size_t size = (size_t)(bytes * group);
    char *at = arena_new(c->arena, char, size);
    enum err e = file >= 0 && posix_fallocate(file, 0, (off_t)(orders * bytes)) == 0
                     ? OK
                     : fail(c, ERR_UPSTREAM, "disk", "%s: %s", path, strerror(errno));
    int64_t begin = bench_now_us();
    for (int64_t done = 0; done < orders && e == OK; done += group) {
        memset(at, (int)(done & 127), size);
        if (pwrite(file, at, size, (off_t)(done * bytes)) != (ssize_t)size || fdatasync(file) != 0)
            e = fail(c, ERR_UPSTREAM, "disk", "%s: %s", path, strerror(errno));
    }
    *us = bench_now_us() - begin;
    if (file >= 0) close(file);
    return e;
}
