/* app/pulse.h: wakes background threads when something was committed. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct pulse {
    pthread_mutex_t lock;
    pthread_cond_t beat;
    uint64_t beats;
    bool is_over;
};

void pulse_open(struct pulse *p);
void pulse_close(struct pulse *p);
void pulse_beat(void *pulse); /* from any thread */
void pulse_end(struct pulse *p);
/* Until a beat after *seen, the end, or so many milliseconds; false at the end. */
bool pulse_wait(struct pulse *p, uint64_t *seen, int64_t most_ms);
