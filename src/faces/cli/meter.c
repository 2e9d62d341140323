#include "faces/cli/meter.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, DRAW_EVERY_MS = 100, LINE_EVERY_MS = 5000 };

static volatile sig_atomic_t stop_asked;

static void on_interrupt(int signal_number)
{
    stop_asked = 1;
    signal(signal_number, SIG_DFL);
}

void interrupted_catch(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    stop_asked = 0;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupted(void) { return stop_asked != 0; }

int64_t meter_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void meter_begin(struct meter *p, const char *what, int64_t total, int64_t total_bytes,
                 bool is_quiet)
{
    *p = (struct meter){.what = what,
                        .total = total,
                        .total_bytes = total_bytes,
                        .begun_ns = meter_ns(),
                        .is_terminal = isatty(STDERR_FILENO) != 0,
                        .is_quiet = is_quiet};
    p->drawn_ns = p->begun_ns;
}

static void put_bar(const struct meter *p, int64_t done)
{
    int64_t filled = p->total ? done * BAR_WIDTH / p->total : 0;
    fputs("\r\033[K[", stderr);
    for (int64_t i = 0; i < BAR_WIDTH; i++) fputc(i < filled ? '#' : '.', stderr);
    fputs("] ", stderr);
}

static void put_numbers(const struct meter *p, int64_t done, int64_t things, int64_t spent_ms)
{
    if (spent_ms < 1) spent_ms = 1;
    if (p->total)
        fprintf(stderr, "%lld of %lld rows, ", (long long)done, (long long)p->total);
    else if (done)
        fprintf(stderr, "%lld rows, ", (long long)done);
    fprintf(stderr, "%lld %s, %lld/s", (long long)things, p->what,
            (long long)(things * 1000 / spent_ms));
    if (p->total && p->total_bytes)
        fprintf(stderr, ", %lld of %lld MB",
                (long long)(p->total_bytes / 1000000 * done / p->total),
                (long long)(p->total_bytes / 1000000));
    if (p->total && done) {
        int64_t left_s = spent_ms * (p->total - done) / done / 1000;
        fprintf(stderr, ", %lld:%02lld left", (long long)(left_s / 60), (long long)(left_s % 60));
    }
}

void meter_show(struct meter *p, int64_t done, int64_t things)
{
    int64_t now_ns = meter_ns();
    int64_t every_ms = p->is_terminal ? DRAW_EVERY_MS : LINE_EVERY_MS;
    if (p->is_quiet || (now_ns - p->drawn_ns) / 1000000 < every_ms) return;
    p->drawn_ns = now_ns;
    p->is_drawn = true;
    if (p->total && done > p->total) done = p->total;
    if (p->is_terminal) put_bar(p, done);
    put_numbers(p, done, things, (now_ns - p->begun_ns) / 1000000);
    if (!p->is_terminal) fputc('\n', stderr);
    fflush(stderr);
}

void meter_end(struct meter *p)
{
    if (p->is_drawn && p->is_terminal) fputs("\r\033[K", stderr);
    p->is_drawn = false;
}
