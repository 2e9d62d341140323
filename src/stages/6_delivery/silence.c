#include "stages/6_delivery/silence.h"

#include "base/sort.h"
#include "domain/orders/package.h"
#include "stages/6_delivery/delivery.h"
#include "store/db.h"

struct round {
    const struct job *jobs;
    size_t count;
};

enum err silence_on_handed_over(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(job_put(c, JOB_SILENCE, events[i].subject_id, events[i].at_us + SILENCE_US));
    return OK;
}

static bool is_on_the_way(const struct package *p)
{
    return p->state == PACKAGE_HANDED_OVER || p->state == PACKAGE_IN_TRANSIT ||
           p->state == PACKAGE_RETURNING;
}

/* Taken back and handed over again: the newer hand-over has its own job. */
static bool is_newest(const struct round *r, const struct package *p)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->jobs[i].subject_id == p->package_id &&
            r->jobs[i].due_us >= p->handed_over_us + SILENCE_US)
            return true;
    return false;
}

/* The last that was heard of it. A carrier that tells late has told. */
static int64_t last_word(const struct package *p, const struct list *words, struct text *place)
{
    const struct tracking_event *at = words->at;
    int64_t last_us = p->handed_over_us;
    for (size_t i = 0; i < words->count; i++) {
        if (at[i].package_id != p->package_id || at[i].recorded_us < last_us) continue;
        last_us = at[i].recorded_us;
        *place = at[i].place;
    }
    return last_us;
}

static enum err listen_in_tx(struct ctx *c, void *arg)
{
    const struct round *r = arg;
    struct list packages, words;
    int64_t *ids = arena_new(c->arena, int64_t, r->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) ids[i] = r->jobs[i].subject_id;
    sort_i64(ids, r->count);
    TRY(packages_of(c, ids, unique_i64(ids, r->count), &packages));
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++)
        if (is_on_the_way(&p[i])) ids[n++] = p[i].package_id;
    if (n) TRY(tracking_events_of(c, ids, n, &words));
    for (size_t i = 0; i < packages.count; i++) {
        struct text place = {0};
        if (!is_on_the_way(&p[i]) || !is_newest(r, &p[i])) continue;
        int64_t last_us = last_word(&p[i], &words, &place), due_us = last_us + SILENCE_US;
        if (due_us <= c->now_us) {
            TRY(event_put(c, EVENT_TRACKING_SILENT, p[i].order_id, p[i].package_id,
                          EVENT_BODY(.quantity = (c->now_us - last_us) / DAY_US, .note = place)));
            due_us = c->now_us + SILENCE_US;
        }
        TRY(job_put(c, JOB_SILENCE, p[i].package_id, due_us));
    }
    for (size_t i = 0; i < r->count; i++) TRY(job_done(c, &r->jobs[i]));
    return OK;
}

enum err silence_job(struct ctx *c, const struct job *jobs, size_t count)
{
    struct round r = {jobs, count};
    return db_tx(c, listen_in_tx, &r);
}
