/* faces/cli/meter.h: how far long work has come, on stderr.
 *
 * On a terminal one line that is drawn over itself (bar, done of total, rate, time left), elsewhere
 * a plain line every few seconds, so that logs stay short. Also hears Ctrl-C: long work asks
 * interrupted() between two units and stops in order; a second Ctrl-C ends the process at once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct meter {
    const char *what;    /* "orders" */
    int64_t total;       /* of `done`; 0 when not known */
    int64_t total_bytes; /* of the file; 0 when there is none */
    int64_t begun_ns, drawn_ns, begun_at;
    bool is_terminal, is_quiet, is_drawn;
};

void meter_begin(struct meter *p, const char *what, int64_t total, int64_t total_bytes,
                 bool is_quiet);
/* `done` moves along `total` (rows of a file); `things` is what the rate counts. */
void meter_show(struct meter *p, int64_t done, int64_t things);
void meter_end(struct meter *p);
/* Real time, for rates only: nothing that is stored depends on it. */
int64_t meter_ns(void);

void interrupted_catch(void);
bool interrupted(void);
