/* What the writer's log is like on a disk that becomes full and is emptied again. */
#include "store/scratch_test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY_ROWS = 40000 };

static enum err make_table(struct ctx *c, void *arg) { return db_script(c, arg); }

static enum err put_many(struct ctx *c, void *arg)
{
    const int64_t *first = arg;
    for (int64_t i = 0; i < MANY_ROWS; i++) TRY(SCRATCH_PUT(c, *first + i, 1));
    return OK;
}

/* Files of this process may become so large; 0: as large as they like. */
static void limit_files(int64_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes ? (rlim_t)bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static int64_t count_of(struct ctx *c)
{
    int64_t n = -1;
    return store_reader(c) == OK && db_number(c, &Q_scratch_count, NO_ARGS, &n) == OK ? n : -1;
}

static bool is_whole(struct ctx *c)
{
    int64_t wrong = -1;
    return store_reader(c) == OK &&
           db_ask(c, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
                  "", &wrong) == OK &&
           wrong == 0;
}

/* 0, or the line at which it went wrong. */
#define EXPECT(what)                                                                               \
    if (!(what)) return __LINE__

static int fill_and_empty(struct ctx *c, const char *path, const char *log)
{
    static const char table[] =
        "CREATE TABLE scratch (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL,"
        " small INTEGER, bytes BLOB)";
    struct store *s = NULL;
    struct stat size;
    int64_t one = 1, two = 2, many = 1000;
    EXPECT(store_open(c, text_of(path), (struct store_options){0}, &s) == OK);
    c->store = s;
    EXPECT(db_tx(c, make_table, (void *)(uintptr_t)table) == OK);
    EXPECT(db_tx(c, scratch_put_given, &one) == OK);
    EXPECT(stat(log, &size) == 0);
    limit_files(size.st_size + 300000);
    EXPECT(db_tx(c, put_many, &many) == ERR_UPSTREAM);
    EXPECT(count_of(c) == 1);
    EXPECT(db_tx(c, put_many, &many) == ERR_UPSTREAM);
    limit_files(0);
    EXPECT(db_tx(c, scratch_put_given, &two) == OK);
    EXPECT(count_of(c) == 2 && is_whole(c));
    EXPECT(db_tx(c, put_many, &many) == OK);
    EXPECT(count_of(c) == 2 + MANY_ROWS && is_whole(c));
    store_close(s);
    EXPECT(store_open(c, text_of(path), (struct store_options){.no_migrate = true}, &s) == OK);
    c->store = s;
    EXPECT(count_of(c) == 2 + MANY_ROWS && is_whole(c));
    store_close(s);
    return 0;
}

TEST(store, a_disk_that_is_full_for_a_while_fails_units_and_leaves_no_hole_in_the_log)
{
    struct world w;
    if (!world_open(&w, DB_SQLITE)) return;
    char path[300], log[310];
    int status = 0;
    snprintf(path, sizeof path, "%s-full", w.address);
    snprintf(log, sizeof log, "%s-wal", path);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct arena arena = {0};
        struct ctx c = {.arena = &arena, .source = &w.source};
        signal(SIGXFSZ, SIG_IGN);
        int line = fill_and_empty(&c, path, log);
        if (line) fprintf(stderr, "line %d: %s %s\n", line, c.fault.reason, c.fault.detail);
        _exit(line ? 1 : 0);
    }
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(path);
    unlink(log);
    snprintf(log, sizeof log, "%s-shm", path);
    unlink(log);
    snprintf(log, sizeof log, "%s.lock", path);
    unlink(log);
    world_close(&w);
}
