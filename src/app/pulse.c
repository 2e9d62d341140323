#include "app/pulse.h"

#include <time.h>

void pulse_open(struct pulse *p)
{
    pthread_condattr_t attributes;
    *p = (struct pulse){0};
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&p->beat, &attributes);
    pthread_condattr_destroy(&attributes);
}

void pulse_close(struct pulse *p)
{
    pthread_cond_destroy(&p->beat);
    pthread_mutex_destroy(&p->lock);
}

void pulse_beat(void *pulse)
{
    struct pulse *p = pulse;
    pthread_mutex_lock(&p->lock);
    p->beats++;
    pthread_cond_broadcast(&p->beat);
    pthread_mutex_unlock(&p->lock);
}

void pulse_end(struct pulse *p)
{
    pthread_mutex_lock(&p->lock);
    p->is_over = true;
    pthread_cond_broadcast(&p->beat);
    pthread_mutex_unlock(&p->lock);
}

bool pulse_wait(struct pulse *p, uint64_t *seen, int64_t most_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + most_ms % 1000 * 1000000;
    until.tv_sec += most_ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&p->lock);
    int late = 0;
    while (p->beats == *seen && !p->is_over && !late)
        late = pthread_cond_timedwait(&p->beat, &p->lock, &until);
    *seen = p->beats;
    bool goes_on = !p->is_over;
    pthread_mutex_unlock(&p->lock);
    return goes_on;
}
