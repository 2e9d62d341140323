#include "base/log.h"

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum log_level most_said = LOG_WARN;
static int as_json;

void log_open(enum log_level most, int json)
{
    most_said = most;
    as_json = json < 0 ? !isatty(STDERR_FILENO) : json;
}

static void put_json(struct buf *b, struct text t)
{
    size_t from = 0; /* of what stands as it is */
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_put(b, (struct text){t.at + from, i - from});
        buf_printf(b, c < 0x20 ? "\\u%04x" : "\\%c", c);
        from = i + 1;
    }
    buf_put(b, text_skip(t, from));
}

static const char *const names[] = {"error", "warn", "info", "debug"};

static void write_line(struct buf *line)
{
    pthread_mutex_lock(&lock);
    fwrite(line->at, 1, line->len, stderr);
    pthread_mutex_unlock(&lock);
}

void log_text(enum log_level level, const char *about, struct text said)
{
    static const char pad[] = "     ";
    if (level > most_said) return;
    struct arena a = {0};
    struct buf line = buf_new(&a);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct text at = instant_text(&a, now.tv_sec * SECOND_US + now.tv_nsec / 1000);
    buf_puts(&line, as_json ? "{\"at\":\"" : "");
    buf_put(&line, at);
    buf_puts(&line, as_json ? "\",\"level\":\"" : " ");
    buf_puts(&line, names[level]);
    buf_puts(&line, as_json ? "\",\"about\":\"" : pad + strlen(names[level]) - 1);
    buf_puts(&line, about);
    if (as_json) {
        buf_puts(&line, "\",\"message\":\"");
        put_json(&line, said);
        buf_puts(&line, "\"}\n");
    } else {
        buf_puts(&line, ": ");
        buf_put(&line, said);
        buf_putc(&line, '\n');
    }
    write_line(&line);
    arena_free(&a);
}

void log_line(enum log_level level, const char *about, const char *message, ...)
{
    if (level > most_said) return;
    struct arena a = {0};
    struct buf said = buf_new(&a);
    va_list args;
    va_start(args, message);
    buf_vprintf(&said, message, args);
    va_end(args);
    log_text(level, about, buf_text(&said));
    arena_free(&a);
}
