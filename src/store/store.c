/* store/store.c: opening and closing a database, and the connections that read. */
#include "base/log.h"
#include "store/distribute.h"
#include "store/driver.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_llong serials;

static bool is_postgres(struct text address)
{
    return text_starts(address, T("postgresql://")) || text_starts(address, T("postgres://"));
}

/* postgresql://user:secret@host/db?password=secret without the secrets. */
static struct text without_password(struct arena *a, struct text address)
{
    struct text query, host, rest = text_split(address, '?', &query);
    ptrdiff_t scheme = text_find(rest, T("://"));
    rest = text_skip(rest, scheme < 0 ? 0 : (size_t)scheme + 3);
    size_t at = rest.len;
    while (at && rest.at[at - 1] != '@') at--;
    host = text_skip(rest, at);
    struct text secret, user = text_split(text_head(rest, at ? at - 1 : 0), ':', &secret);
    return text_printf(a, "postgresql://%.*s%s%.*s", TEXT_ARG(user), at ? "@" : "", TEXT_ARG(host));
}

static const char *own(struct text t)
{
    char *copy = strndup(t.at, t.len);
    if (!copy) abort();
    return copy;
}

/* What cannot be a database is refused before a lock is put beside it. */
static enum err check_path(struct ctx *c, const struct store *s)
{
    struct stat status;
    if (strstr(s->address, "://")) {
        fail(c, ERR_INVALID, "database_path", "\"%s\" is no database address", s->shown);
        return hint(c, "it is the path of a file, or postgresql://...");
    }
    if (stat(s->address, &status) == 0 && !S_ISREG(status.st_mode)) {
        fail(c, ERR_INVALID, "database_path", "\"%s\" is no file", s->address);
        return hint(c, "name a database, or a file that does not exist yet");
    }
    return OK;
}

/* Only under the lock: to close a file lets go of the locks that this process has on it. A new file
   is for its owner alone, since customers are in it. */
static enum err check_file(struct ctx *c, struct store *s)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic];
    int file = open(s->address, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        fail(c, ERR_INVALID, "database_path", "cannot open \"%s\": %s", s->address,
             strerror(errno));
        return hint(c, "name a file in a folder that exists and may be written");
    }
    ssize_t n = pread(file, head, sizeof head, 0);
    close(file);
    if (n == 0 || (n == sizeof head && memcmp(head, magic, sizeof head) == 0)) return OK;
    unlink(text_cstr(c->arena, text_printf(c->arena, "%s.lock", s->address)));
    fail(c, ERR_INVALID, "database_path", "\"%s\" is a file, but no SQLite database", s->address);
    return hint(c, "name a database, or a file that does not exist yet");
}

/* One process writes a file. The lock is its own file, so that a copy of the database is free. */
enum err store_lock(struct ctx *c, struct store *s)
{
    const char *path = text_cstr(c->arena, text_printf(c->arena, "%s.lock", s->address));
    s->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (s->lock_file < 0) {
        fail(c, ERR_INVALID, "database_path", "cannot make \"%s\": %s", path, strerror(errno));
        return hint(c, "name a file in a folder that exists and may be written");
    }
    if (flock(s->lock_file, LOCK_EX | LOCK_NB) == 0) {
        char pid[24];
        int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
        if (ftruncate(s->lock_file, 0) == 0 && pwrite(s->lock_file, pid, (size_t)n, 0) == n)
            return OK;
        return fail(c, ERR_UPSTREAM, "disk", "cannot write \"%s\": %s", path, strerror(errno));
    }
    char holder[24] = "?";
    ssize_t n = pread(s->lock_file, holder, sizeof holder - 1, 0);
    holder[n > 0 ? strcspn(holder, "\n") : 0] = 0;
    close(s->lock_file);
    s->lock_file = -1;
    fail(c, ERR_BUSY, "database_locked", "\"%s\" is in use by process %s", s->address, holder);
    return hint(c, "stop that process, or send the command to it with --server URL --key KEY");
}

void store_unlock(struct store *s)
{
    if (s->lock_file >= 0) close(s->lock_file);
    s->lock_file = -1;
}

enum err store_open(struct ctx *c, struct text address, struct store_options options,
                    struct store **out)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s) abort();
    bool postgres = is_postgres(address);
    s->driver = postgres ? &postgres_driver : &sqlite_driver;
    if (text_starts(address, T("sqlite://"))) address = text_skip(address, 9);
    s->address = own(address);
    s->shown = own(postgres ? without_password(c->arena, address) : address);
    s->options = options;
    if (options.schema) s->options.schema = own(text_of(options.schema));
    s->serial = atomic_fetch_add(&serials, 1) + 1;
    s->lock_file = -1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &steady);
    pthread_condattr_destroy(&steady);
    enum err e = postgres ? OK : check_path(c, s);
    bool is_held = !options.read_only || (options.is_alone && access(s->address, F_OK) == 0);
    if (e == OK && !postgres && is_held) e = store_lock(c, s);
    if (e == OK && !postgres && !options.read_only) e = check_file(c, s);
    c->store = s;
    if (e == OK && !options.read_only) e = s->driver->open(c, s, true, &s->inline_writer);
    int applied = 0;
    if (e == OK && !options.read_only && !options.no_migrate) {
        e = migrate(c, &applied);
        if (applied) log_line(LOG_INFO, "store", "applied %d steps of the schema", applied);
    }
    if (e == OK) e = store_reader(c);
    if (e == OK && applied) e = distribute_new(c);
    if (e != OK) {
        struct fault fault = c->fault;
        store_close(s);
        c->store = NULL;
        c->fault = fault;
        return e;
    }
    *out = s;
    return OK;
}

void store_close(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->is_stopping = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->thread_count; i++) pthread_join(s->threads[i], NULL);
    for (struct db *db = s->readers, *next; db; db = next) {
        next = db->next;
        s->driver->close(db);
    }
    if (s->inline_writer) s->driver->close(s->inline_writer);
    store_unlock(s);
    queue_free(&s->queue);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    free((void *)(uintptr_t)s->address);
    free((void *)(uintptr_t)s->shown);
    free((void *)(uintptr_t)s->options.schema);
    free(s);
}

enum db_engine store_engine(const struct store *s) { return s->driver->engine; }
const char *store_address(const struct store *s) { return s->shown; }

static _Thread_local struct {
    int64_t serial;
    struct db *db;
} mine;

enum err store_reader(struct ctx *c)
{
    struct store *s = c->store;
    if (mine.serial == s->serial) {
        c->db = mine.db;
        return OK;
    }
    pthread_mutex_lock(&s->lock);
    struct db *db = s->readers;
    while (db && !pthread_equal(db->owner, pthread_self())) db = db->next;
    pthread_mutex_unlock(&s->lock);
    if (!db) {
        TRY(s->driver->open(c, s, false, &db));
        db->owner = pthread_self();
        pthread_mutex_lock(&s->lock);
        db->next = s->readers;
        s->readers = db;
        pthread_mutex_unlock(&s->lock);
    }
    mine.serial = s->serial;
    mine.db = db;
    c->db = db;
    return OK;
}
