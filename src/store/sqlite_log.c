/* store/sqlite_log.c: the system's own VFS, but for the writes to a log; see sqlite.org/vfs.html.
 *
 * What could not be written stays and is tried again before whatever is asked next: nothing is
 * flushed, and so nothing is committed, that has a hole in it. */
#include "store/sqlite_log.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { GATHERED_MAX = 64 * 1024 }; /* the system's VFS takes no more than twice that at once */

struct log {
    sqlite3_file base;
    sqlite3_int64 at; /* where the gathered bytes belong */
    int used;
    char *bytes;          /* GATHERED_MAX */
    sqlite3_int64 real[]; /* the system's sqlite3_file; SQLite aligns files by eights */
};

static struct log *log_of(sqlite3_file *f) { return (struct log *)(void *)f; }
static sqlite3_file *real(sqlite3_file *f) { return (sqlite3_file *)(void *)log_of(f)->real; }

static int put_out(sqlite3_file *f)
{
    struct log *l = log_of(f);
    int code = l->used ? real(f)->pMethods->xWrite(real(f), l->bytes, l->used, l->at) : SQLITE_OK;
    if (code == SQLITE_OK) l->used = 0;
    return code;
}

/* Whatever is left was never flushed: it is of no commit. */
static int on_close(sqlite3_file *f)
{
    free(log_of(f)->bytes);
    return real(f)->pMethods->xClose(real(f));
}

static int on_read(sqlite3_file *f, void *to, int count, sqlite3_int64 at)
{
    struct log *l = log_of(f);
    bool is_apart = !l->used || at >= l->at + l->used || at + count <= l->at;
    int code = is_apart ? SQLITE_OK : put_out(f);
    return code == SQLITE_OK ? real(f)->pMethods->xRead(real(f), to, count, at) : code;
}

static int on_write(sqlite3_file *f, const void *from, int count, sqlite3_int64 at)
{
    struct log *l = log_of(f);
    bool follows = at == l->at + l->used && count <= GATHERED_MAX - l->used;
    if (!follows) {
        int code = put_out(f);
        if (code != SQLITE_OK) return code;
        if (count > GATHERED_MAX) return real(f)->pMethods->xWrite(real(f), from, count, at);
        l->at = at;
    }
    memcpy(l->bytes + l->used, from, (size_t)count);
    l->used += count;
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int code = put_out(f);
    return code == SQLITE_OK ? real(f)->pMethods->xTruncate(real(f), size) : code;
}

static int on_sync(sqlite3_file *f, int flags)
{
    int code = put_out(f);
    return code == SQLITE_OK ? real(f)->pMethods->xSync(real(f), flags) : code;
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
    int code = put_out(f);
    return code == SQLITE_OK ? real(f)->pMethods->xFileSize(real(f), size) : code;
}

static int on_lock(sqlite3_file *f, int how) { return real(f)->pMethods->xLock(real(f), how); }
static int on_unlock(sqlite3_file *f, int how) { return real(f)->pMethods->xUnlock(real(f), how); }

static int on_reserved(sqlite3_file *f, int *is_held)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), is_held);
}

static int on_control(sqlite3_file *f, int what, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), what, arg);
}

static int on_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int on_device(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }

/* Locks and shared memory are the database's own: version 1 is all that a log is asked for. */
static const sqlite3_io_methods methods = {.iVersion = 1,
                                           .xClose = on_close,
                                           .xRead = on_read,
                                           .xWrite = on_write,
                                           .xTruncate = on_truncate,
                                           .xSync = on_sync,
                                           .xFileSize = on_size,
                                           .xLock = on_lock,
                                           .xUnlock = on_unlock,
                                           .xCheckReservedLock = on_reserved,
                                           .xFileControl = on_control,
                                           .xSectorSize = on_sector,
                                           .xDeviceCharacteristics = on_device};

static sqlite3_vfs *base;
static sqlite3_vfs gathering;

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *given)
{
    (void)vfs;
    if (!(flags & SQLITE_OPEN_WAL)) return base->xOpen(base, path, f, flags, given);
    struct log *l = log_of(f);
    *l = (struct log){.bytes = malloc(GATHERED_MAX)};
    if (!l->bytes) abort();
    real(f)->pMethods = NULL;
    int code = base->xOpen(base, path, real(f), flags, given);
    if (code == SQLITE_OK) {
        f->pMethods = &methods;
        return SQLITE_OK;
    }
    if (real(f)->pMethods) real(f)->pMethods->xClose(real(f));
    free(l->bytes);
    return code;
}

static void make(void)
{
    /* Such a library pads a commit behind its flush; readers would find the padding missing. */
    if (sqlite3_compileoption_used("POWERSAFE_OVERWRITE=0")) return;
    base = sqlite3_vfs_find(NULL);
    if (!base) return;
    gathering = *base;
    gathering.zName = "waybill";
    gathering.pNext = NULL;
    gathering.xOpen = on_open;
    gathering.szOsFile = (int)offsetof(struct log, real) + base->szOsFile;
    if (sqlite3_vfs_register(&gathering, 0) != SQLITE_OK) base = NULL;
}

const char *log_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make);
    return base ? gathering.zName : NULL;
}
