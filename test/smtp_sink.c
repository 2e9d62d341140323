#include "smtp_sink.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_python(const char *folder, const char *mode, const int *in, const int *out)
{
    dup2(in[0], 0);
    dup2(out[1], 1);
    for (int fd = 3; fd < 256; fd++) close(fd);
    execl("/usr/bin/python3", "python3", "test/smtp_sink.py", folder, mode, (char *)NULL);
    _exit(3);
}

bool smtp_sink_open(struct smtp_sink *s, const char *mode)
{
    int in[2], out[2];
    memset(s, 0, sizeof *s);
    snprintf(s->folder, sizeof s->folder, "/tmp/waybill-smtp-XXXXXX");
    if (!mkdtemp(s->folder) || pipe(in) != 0 || pipe(out) != 0) return false;
    s->pid = fork();
    if (s->pid == 0) run_python(s->folder, mode, in, out);
    close(in[0]);
    close(out[1]);
    s->stop = in[1];
    char line[40] = "";
    FILE *f = fdopen(out[0], "r");
    int port = f && fgets(line, sizeof line, f) ? atoi(line) : 0;
    if (f) fclose(f);
    snprintf(s->url, sizeof s->url, "smtp://127.0.0.1:%d", port);
    if (port > 0) return true;
    smtp_sink_close(s);
    return false;
}

struct text smtp_sink_read(struct arena *a, const struct smtp_sink *s, int n)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%d.eml", s->folder, n);
    return test_file_read(a, path);
}

void smtp_sink_close(struct smtp_sink *s)
{
    close(s->stop);
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    test_folder_remove(s->folder);
}

struct text test_file_read(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return (struct text){0};
    struct buf b = buf_new(a);
    size_t n;
    char *at;
    while ((at = buf_space(&b, 65536), n = fread(at, 1, 65536, f)) > 0) b.len += n;
    fclose(f);
    return buf_text(&b);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void test_folder_remove(const char *folder) { nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS); }
