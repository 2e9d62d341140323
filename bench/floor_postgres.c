/* bench/floor_postgres.c: the same rows into PostgreSQL, statement by statement. */
#include "bench/floor_inside.h"

#include "store/migrate.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    pthread_t thread;
    const struct floor *floor;
    PGconn *link;
    int number, of; /* takes every of-th order, from number on */
    bool ok;
};

static bool run(PGconn *link, const char *sql)
{
    PGresult *r = PQexec(link, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    return ok;
}

static bool prepare(PGconn *link, const struct floor *f, int table)
{
    char sql[4096], name[16];
    size_t n = (size_t)snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES (",
                                floor_tables[table], f->of[table].columns);
    for (int i = 0; i < f->of[table].width; i++)
        n += (size_t)snprintf(sql + n, sizeof sql - n, "%s$%d", i ? "," : "", i + 1);
    snprintf(sql + n, sizeof sql - n, ")");
    snprintf(name, sizeof name, "t%d", table);
    PGresult *r = PQprepare(link, name, sql, 0, NULL);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    return ok;
}

static bool insert(PGconn *link, const struct floor *f, int table, const struct cell *row)
{
    const char *values[COLUMNS_MAX];
    char numbers[COLUMNS_MAX][24], name[16], *copies[COLUMNS_MAX] = {0};
    int lengths[COLUMNS_MAX] = {0}, formats[COLUMNS_MAX] = {0}, width = f->of[table].width;
    for (int i = 0; i < width; i++) {
        values[i] = NULL;
        if (row[i].type == SQLITE_INTEGER) {
            snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)row[i].number);
            values[i] = numbers[i];
        } else if (row[i].type == SQLITE_TEXT) { /* it ends where its length says */
            values[i] = copies[i] = strndup(row[i].at, (size_t)row[i].number);
        } else if (row[i].type == SQLITE_BLOB) {
            values[i] = row[i].number ? row[i].at : "";
            lengths[i] = (int)row[i].number;
            formats[i] = 1;
        }
    }
    snprintf(name, sizeof name, "t%d", table);
    PGresult *r = PQexecPrepared(link, name, width, values, lengths, formats, 0);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    for (int i = 0; i < width; i++) free(copies[i]);
    return ok;
}

/* A transaction for an order, a round trip for each of its rows. */
static bool write_order(PGconn *link, const struct floor *f, int64_t order)
{
    bool ok = run(link, "BEGIN");
    for (int t = 0; t < FLOOR_TABLES && ok; t++) {
        const struct rows *rows = &f->of[t];
        size_t from = rows->count * (size_t)order / (size_t)f->orders;
        size_t to = rows->count * (size_t)(order + 1) / (size_t)f->orders;
        for (size_t r = from; r < to && ok; r++)
            ok = insert(link, f, t, rows->cells + r * (size_t)rows->width);
    }
    return ok && run(link, "COMMIT");
}

static void *write_share(void *arg)
{
    struct writer *w = arg;
    for (int64_t i = w->number; i < w->floor->orders && w->ok; i += w->of)
        w->ok = write_order(w->link, w->floor, i);
    return NULL;
}

static bool begin(struct ctx *c, struct writer *w, const char *address, const char *schema)
{
    struct text path = text_printf(c->arena, "SET search_path = %s", schema);
    w->link = PQconnectdb(address);
    bool ok = PQstatus(w->link) == CONNECTION_OK && run(w->link, text_cstr(c->arena, path));
    for (int i = 0; i < migration_count && ok && w->number == 0; i++) {
        struct text sql = migration_sql(c->arena, &migrations[i], true);
        ok = run(w->link, text_cstr(c->arena, sql));
    }
    for (int t = 0; t < FLOOR_TABLES && ok; t++) ok = prepare(w->link, w->floor, t);
    return ok;
}

enum err floor_postgres(struct ctx *c, const struct floor *f, const char *address,
                        const char *schema, int connections, int64_t *us)
{
    struct writer *writers = arena_new(c->arena, struct writer, (size_t)connections);
    bool ok = true;
    for (int i = 0; i < connections; i++) {
        writers[i] = (struct writer){.floor = f, .number = i, .of = connections, .ok = true};
        ok = ok && begin(c, &writers[i], address, schema);
    }
    int64_t from = bench_now_us();
    for (int i = 0; i < connections && ok; i++)
        pthread_create(&writers[i].thread, NULL, write_share, &writers[i]);
    for (int i = 0; i < connections && ok; i++) pthread_join(writers[i].thread, NULL);
    *us = bench_now_us() - from;
    enum err e = OK;
    for (int i = 0; i < connections; i++) {
        if (!(ok && writers[i].ok))
            e = fail(c, ERR_BUG, "floor", "PostgreSQL: %s", PQerrorMessage(writers[i].link));
        PQfinish(writers[i].link);
    }
    return e;
}
