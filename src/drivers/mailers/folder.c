/* Mail into a folder. The name is claimed first, as a link .keys/KEY: two senders of one key, or
   one sender at two times, then write the same file. */
#include "drivers/mailers/mailer.h"

#include "base/source.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_NAME_MAX = 200,
    WRITE_AND_WAIT = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                     SYNC_FILE_RANGE_WAIT_AFTER
};

static enum err folder_fault(struct ctx *c, struct text folder, const char *step)
{
    return fail(c, ERR_UPSTREAM, "mail_folder", "cannot %s in \"%.*s\": %s", step,
                TEXT_ARG(text_head(folder, 100)), strerror(errno));
}

/* The file's name for this key: the one claimed earlier, or the one of this date. */
static enum err claim_name(struct ctx *c, const struct mailer *self, int folder, int64_t date_us,
                           struct text key, char *name)
{
    struct civil t = civil_of_us(date_us);
    const char *link = text_cstr(c->arena, text_printf(c->arena, ".keys/%.*s", TEXT_ARG(key)));
    snprintf(name, FILE_NAME_MAX, "%04d%02d%02d-%02d%02d%02d-%.*s.eml", t.year, t.month, t.day,
             t.hour, t.minute, t.second, TEXT_ARG(key));
    if (mkdirat(folder, ".keys", 0700) != 0 && errno != EEXIST)
        return folder_fault(c, self->folder, "make .keys");
    if (symlinkat(name, folder, link) == 0) return OK;
    if (errno != EEXIST) return folder_fault(c, self->folder, "claim a name");
    ssize_t n = readlinkat(folder, link, name, FILE_NAME_MAX - 1);
    if (n <= 0) return folder_fault(c, self->folder, "read a claimed name");
    name[n] = 0;
    if (strchr(name, '/'))
        return fail(c, ERR_UPSTREAM, "mail_folder", ".keys/%.*s leads out of the folder",
                    TEXT_ARG(key));
    return OK;
}

static bool write_all(int file, struct text t)
{
    while (t.len) {
        ssize_t n = write(file, t.at, t.len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        t = text_skip(t, (size_t)n);
    }
    return true;
}

static enum err replace_file(struct ctx *c, const struct mailer *self, int folder, const char *name,
                             struct text message)
{
    char tmp[64];
    snprintf(tmp, sizeof tmp, ".%016llx.tmp", (unsigned long long)source_random(c->source));
    int file = openat(folder, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return folder_fault(c, self->folder, "make a file");
    /* Its text is on its way to the disk before its name: nobody ever sees half of it. */
    bool written = write_all(file, message) && sync_file_range(file, 0, 0, WRITE_AND_WAIT) == 0;
    written = close(file) == 0 && written;
    if (written && renameat(folder, tmp, folder, name) == 0) return OK;
    enum err e = folder_fault(c, self->folder, "write a message");
    unlinkat(folder, tmp, 0);
    return e;
}

/* -1: failed. */
static int open_folder(struct ctx *c, const struct mailer *self)
{
    int folder = open(text_cstr(c->arena, self->folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) folder_fault(c, self->folder, "open a folder");
    return folder;
}

static enum err send_to_folder(struct ctx *c, const struct mailer *self, const struct mail *mail,
                               struct text once_key)
{
    struct mail named = *mail;
    struct text message = {0};
    char name[FILE_NAME_MAX];
    TRY(mail_id_of_key(c, once_key, mail->from, &named.message_id));
    TRY(mail_build(c, &named, &message));
    int folder = open_folder(c, self);
    if (folder < 0) return c->fault.code;
    int64_t date_us = mail->date_us ? mail->date_us : c->now_us;
    enum err e = claim_name(c, self, folder, date_us, once_key, name);
    if (e == OK) e = replace_file(c, self, folder, name, message);
    close(folder);
    return e;
}

static enum err keep_folder(struct ctx *c, const struct mailer *self)
{
    int folder = open_folder(c, self);
    if (folder < 0) return c->fault.code;
    enum err e = syncfs(folder) == 0 ? OK : folder_fault(c, self->folder, "keep what was written");
    close(folder);
    return e;
}

struct mailer mailer_folder(struct text folder)
{
    return (struct mailer){
        .name = "folder", .send = send_to_folder, .keep = keep_folder, .folder = folder};
}
