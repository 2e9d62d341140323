/* test/load/torture_site.c: the copy, the server in a process of its own, and its deaths. */
#include "torture.h"

#include "domain/audit/audit.h"
#include "domain/people/people.h"
#include "faces/api/credential.h"
#include "faces/cli/cli.h"
#include "store/db.h"
#include "wire/crypto.h"
#include "wire/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000 };

int64_t torture_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wait_ms(int64_t ms)
{
    nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
}

/* --- the copy -------------------------------------------------------------------------------- */

static enum err copy_file(struct ctx *c, const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
    char room[65536];
    ssize_t n = 0;
    if (in < 0 && errno == ENOENT) return OK;
    if (in >= 0) out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (in >= 0 && out >= 0 && (n = read(in, room, sizeof room)) > 0)
        if (write(out, room, (size_t)n) != n) n = -1;
    bool ok = in >= 0 && out >= 0 && n == 0;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return ok ? OK : fail(c, ERR_INVALID, "file", "cannot copy \"%s\": %s", from, strerror(errno));
}

static enum err copy_sqlite(struct torture_site *t)
{
    static const char *const ends[] = {"", "-wal"};
    char from[500], to[500];
    snprintf(t->path, sizeof t->path, "%s/waybill-torture-%ld.db",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid());
    for (size_t i = 0; t->options->database && i < 2; i++) {
        snprintf(from, sizeof from, "%s%s", t->options->database, ends[i]);
        snprintf(to, sizeof to, "%s%s", t->path, ends[i]);
        if (i == 0 && access(from, R_OK) != 0)
            return fail(t->c, ERR_NOT_FOUND, "file", "there is no database \"%s\"", from);
        TRY(copy_file(t->c, from, to));
    }
    return OK;
}

static enum err command(struct torture_site *t, const char *sql)
{
    PGconn *link = PQconnectdb(t->options->database);
    PGresult *r = PQexec(link, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!ok) fail(t->c, ERR_UPSTREAM, "database", "%s: %s", sql, PQerrorMessage(link));
    PQclear(r);
    PQfinish(link);
    return ok ? OK : ERR_UPSTREAM;
}

/* postgresql://user@/NAME?host=...: the same place, another name. */
static enum err copy_postgres(struct torture_site *t)
{
    const char *address = t->options->database, *slash = strchr(strstr(address, "://") + 3, '/');
    char sql[300], name[100];
    if (!slash) return fail(t->c, ERR_INVALID, "usage", "the address names no database");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(slash + 1, "?"), slash + 1);
    snprintf(t->made, sizeof t->made, "waybill_torture_%ld", (long)getpid());
    snprintf(t->path, sizeof t->path, "%.*s%s%s", (int)(slash + 1 - address), address, t->made,
             strchr(slash, '?') ? strchr(slash, '?') : "");
    /* a copy of one's own connection's database needs another one to stand in */
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", t->made);
    return command(t, sql);
}

static enum err put_key(struct ctx *c, void *arg) { return api_key_insert(c, arg); }

/* A store of our own, while no server runs. */
static enum err with_store(struct torture_site *t, work_fn *work, void *arg)
{
    struct arena arena = {0};
    struct source source;
    struct ctx c = {.arena = &arena, .source = &source};
    source_real(&source, 0);
    c.now_us = source_now_us(&source);
    enum err e = store_open(&c, text_of(t->path), (struct store_options){0}, &c.store);
    if (e == OK) e = installation_open(&c, NULL);
    c.now_us = source_now_us(c.source);
    if (e == OK) e = store_reader(&c);
    if (e == OK) e = work(&c, arg);
    t->c->fault = c.fault;
    if (c.store) {
        installation_close(&c);
        store_close(c.store);
    }
    arena_free(&arena);
    return e;
}

static enum err make_key(struct ctx *c, void *arg)
{
    struct torture_site *t = arg;
    struct text key = api_key_new(c->arena, true);
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = c->merchant_id,
                          .name = T("torture"),
                          .key_hash = credential_hash(c->arena, key),
                          .scopes = SCOPE_ALL,
                          .created_us = c->now_us,
                          .expires_us = NONE,
                          .revoked_us = NONE};
    t->merchant_id = c->merchant_id;
    snprintf(t->key, sizeof t->key, "%.*s", TEXT_ARG(key));
    return db_tx(c, put_key, &row);
}

enum err torture_open(struct torture_site *t)
{
    const char *from = t->options->database;
    t->is_postgres =
        from && (strncmp(from, "postgresql://", 13) == 0 || strncmp(from, "postgres://", 11) == 0);
    source_virtual(&t->dice, t->options->seed, 0);
    t->ready_ms = arena_new(t->c->arena, int64_t, (size_t)t->options->kills + 16);
    TRY(t->is_postgres ? copy_postgres(t) : copy_sqlite(t));
    return with_store(t, make_key, t);
}

void torture_close(struct torture_site *t)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", "-lock"};
    char text[500];
    torture_kill(t, SIGTERM);
    if (*t->made) {
        snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %s WITH (FORCE)", t->made);
        struct fault fault = t->c->fault;
        if (command(t, text) == OK || *fault.reason) t->c->fault = fault;
    }
    bool is_bad = !torture_is_clean(t->report);
    for (size_t i = 0; i < 5 && *t->path && !t->is_postgres && !is_bad; i++) {
        snprintf(text, sizeof text, "%s%s", t->path, ends[i]);
        unlink(text);
    }
    if (is_bad && !t->is_postgres) fprintf(stderr, "torture: the copy stays at %s\n", t->path);
}

/* --- the server ------------------------------------------------------------------------------ */

static pid_t spawn(const struct torture_site *t)
{
    char listen[32], mails[500];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", t->port);
    snprintf(mails, sizeof mails, "%s.mail", t->is_postgres ? "/tmp/waybill-torture" : t->path);
    fflush(NULL);
    pid_t child = fork();
    if (child != 0) return child;
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    setenv("WAYBILL_MAIL_FOLDER", mails, 1);
    execl("/proc/self/exe", "waybill", "serve", "--db", t->path, "--listen", listen, "--log",
          "error", (char *)NULL);
    _exit(127);
}

enum err torture_start(struct torture_site *t)
{
    struct torture_line line = {.key = t->key};
    struct text answer;
    int64_t begun_ms = torture_now_ms();
    int status = 0;
    t->port = line.port = http_free_port();
    t->server = spawn(t);
    while (status != 200 && torture_now_ms() - begun_ms < PATIENCE_MS) {
        status = torture_ask(&line, "GET", "/readyz", NULL, (struct text){0}, &answer);
        if (status != 200) wait_ms(2);
        if (waitpid(t->server, NULL, WNOHANG) != t->server) continue;
        t->server = spawn(t); /* the database was not back yet */
        wait_ms(100);
    }
    torture_hang_up(&line);
    arena_free(&line.arena);
    if (status != 200) return fail(t->c, ERR_UPSTREAM, "torture", "the server does not start");
    t->ready_ms[t->report->kills + t->report->postmaster_kills] = torture_now_ms() - begun_ms;
    return OK;
}

void torture_kill(struct torture_site *t, int signal_number)
{
    if (t->server <= 0) return;
    kill(t->server, signal_number);
    waitpid(t->server, NULL, 0);
    t->server = 0;
}

/* The first line of postmaster.pid, in the folder that the database itself names. */
static long postmaster_of(struct torture_site *t)
{
    char path[500], room[40] = "";
    PGconn *link = PQconnectdb(t->options->database);
    PGresult *r = PQexec(link, "SHOW data_directory");
    bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;
    if (ok) snprintf(path, sizeof path, "%s/postmaster.pid", PQgetvalue(r, 0, 0));
    PQclear(r);
    PQfinish(link);
    FILE *f = ok ? fopen(path, "re") : NULL;
    if (f && !fgets(room, sizeof room, f)) *room = 0;
    if (f) fclose(f);
    return strtol(room, NULL, 10);
}

enum err torture_kill_postmaster(struct torture_site *t)
{
    long pid = postmaster_of(t);
    if (pid <= 1) return fail(t->c, ERR_UPSTREAM, "torture", "no postmaster is known");
    kill((pid_t)pid, SIGKILL);
    wait_ms(300); /* its children see that it is gone */
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", t->options->restart, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return OK;
    return fail(t->c, ERR_UPSTREAM, "torture", "\"%s\" did not start it again",
                t->options->restart);
}

/* --- looking --------------------------------------------------------------------------------- */

static enum err audit(struct ctx *c, void *arg)
{
    struct torture_site *t = arg;
    struct audit_report *report = arena_new(c->arena, struct audit_report, 1);
    if (!t->wants_everything) report->since_position = t->audited;
    TRY(audit_run(c, report));
    t->audited = report->head;
    t->report->audits++;
    t->report->audit_differences += report->differences;
    for (size_t i = 0; i < report->count && report->differences; i++)
        if (report->findings[i].differences)
            fprintf(stderr, "torture: audit %s: %s %s\n", report->findings[i].of->id,
                    report->findings[i].examples[0].subject, report->findings[i].examples[0].what);
    return OK;
}

enum err torture_audit(struct torture_site *t, bool is_everything)
{
    t->wants_everything = is_everything;
    return with_store(t, audit, t);
}

struct counting {
    const char *sql;
    int64_t *n;
};

static enum err count(struct ctx *c, void *arg)
{
    const struct counting *k = arg;
    return db_ask(c, k->sql, k->sql, k->n);
}

enum err torture_count(struct torture_site *t, const char *sql, int64_t *n)
{
    struct counting k = {sql, n};
    return with_store(t, count, &k);
}
