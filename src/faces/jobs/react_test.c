/* faces/jobs/react_test.c: what follows from events happens once, and in their order. */
#include "faces/jobs/react.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/events/job.h"
#include "domain/events/skip.h"
#include "store/db.h"
#include "world.h"

static int64_t seen[64];
static size_t seen_count;
static int64_t poison;

static enum err note_it(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].subject_id == poison) return fail(c, ERR_BUG, "poison", "cannot take it");
        TRY(event_put(c, EVENT_STOCK_MOVED, NONE, events[i].subject_id, NO_BODY));
    }
    for (size_t i = 0; i < count; i++) seen[seen_count++] = events[i].subject_id;
    return OK;
}
static enum err ignore(struct ctx *c, const struct event *events, size_t count)
{
    (void)c, (void)events, (void)count;
    return OK;
}
static const struct reaction table[] = {
    {"note_it", ON(EVENT_STOCK_RECEIVED), note_it},
    {"ignore", ON(EVENT_ORDER_PLACED), ignore},
    {0},
};

static enum err receive(struct ctx *c, void *arg)
{
    const int64_t *range = arg;
    for (int64_t i = range[0]; i <= range[1]; i++)
        TRY(event_put(c, EVENT_STOCK_RECEIVED, NONE, i, NO_BODY));
    return OK;
}

static void start(struct world *w, int64_t bad)
{
    w->ctx.merchant_id = 7;
    seen_count = 0;
    poison = bad;
}

TEST_BOTH(react, an_event_has_its_effect_once)
{
    int64_t did = 0, last = 0, idle = 0;
    start(w, 0);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, receive, (int64_t[]){1, 10}));
    CHECK_OK(&w->ctx, react_with(&w->ctx, table, &did));
    CHECK_I64(10, did);
    CHECK_OK(&w->ctx, react_with(&w->ctx, table, &did));
    CHECK_I64(0, did);
    CHECK_I64(10, (int64_t)seen_count);
    for (size_t i = 0; i < seen_count; i++) CHECK_I64((int64_t)i + 1, seen[i]);
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &last));
    CHECK_I64(20, last);
    CHECK_OK(&w->ctx, consumer_get(&w->ctx, T("ignore"), &idle));
    CHECK_I64(20, idle);
}

static size_t units;
static enum err count_unit(struct ctx *c, const struct event *events, size_t count)
{
    (void)c, (void)events, (void)count;
    units++;
    return OK;
}
static const struct reaction counts[] = {{"counts", ON(EVENT_STOCK_RECEIVED), count_unit}, {0}};

TEST_BOTH(react, people_never_wait_for_a_long_unit_unless_too_much_waits_itself)
{
    int64_t did = 0;
    units = 0;
    start(w, 0);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, receive, (int64_t[]){1, 700}));
    w->ctx.is_behind = true;
    for (int i = 1; i <= 2; i++) {
        CHECK_OK(&w->ctx, react_with(&w->ctx, counts, &did));
        CHECK_I64(128, did);
        CHECK_I64(i, (int64_t)units);
    }
    source_advance_us(&w->source, 10 * SECOND_US);
    CHECK_OK(&w->ctx, react_with(&w->ctx, counts, &did)); /* from here on it is known */
    CHECK_OK(&w->ctx, react_with(&w->ctx, counts, &did));
    CHECK_I64(700 - 3 * 128, did);
    w->ctx.is_behind = false;
}

TEST_BOTH(react, a_bad_event_is_gone_around_and_kept_with_its_reason)
{
    int64_t did = 0, position = 0;
    struct list skips;
    start(w, 6);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, receive, (int64_t[]){1, 10}));
    CHECK_FAULT(&w->ctx, ERR_BUG, "poison", react_with(&w->ctx, table, &did));
    CHECK_I64(5, (int64_t)seen_count);
    CHECK_OK(&w->ctx, consumer_get(&w->ctx, T("note_it"), &position));
    CHECK_I64(6, position);
    CHECK_OK(&w->ctx, consumer_get(&w->ctx, T("ignore"), &position));
    CHECK(position >= 10);
    CHECK_OK(&w->ctx, react_with(&w->ctx, table, &did));
    CHECK_I64(9, (int64_t)seen_count);
    CHECK_OK(&w->ctx, skip_list(&w->ctx, &skips));
    CHECK_I64(1, (int64_t)skips.count);
    const struct skip *s = skips.at;
    CHECK_I64(6, s->position);
    CHECK_I64(REACT_TRIES_MAX, s->tries);
    CHECK_TEXT("poison", s->reason);
    CHECK_TEXT("cannot take it", s->detail);
}

static enum err away(struct ctx *c, const struct event *events, size_t count)
{
    (void)events, (void)count;
    return fail(c, ERR_UPSTREAM, "away", "the other side does not answer");
}

static const struct reaction waits[] = {{"waits", ON(EVENT_STOCK_RECEIVED), away}, {0}};

TEST_BOTH(react, whoever_is_away_is_waited_for)
{
    int64_t did = 0, position = 0, skipped = 0;
    start(w, 0);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, receive, (int64_t[]){1, 3}));
    for (int i = 0; i < 2 * REACT_TRIES_MAX; i++)
        CHECK_FAULT(&w->ctx, ERR_UPSTREAM, "away", react_with(&w->ctx, waits, &did));
    CHECK_OK(&w->ctx, consumer_get(&w->ctx, T("waits"), &position));
    CHECK_I64(0, position);
    CHECK_OK(&w->ctx, skip_count(&w->ctx, &skipped));
    CHECK_I64(0, skipped);
}

static enum err keep(struct ctx *c, void *arg) { return skip_put(c, arg); }
static enum err retry(struct ctx *c, void *arg) { return react_after_all(c, arg); }

/* Of the program's own reactions, so that retry finds it by its name. */
TEST_BOTH(react, what_was_gone_around_is_done_after_all)
{
    struct skip s = {.reaction = T("release_on_clear"),
                     .position = 1,
                     .kind = EVENT_STOCK_RECEIVED,
                     .order_id = NONE,
                     .reason = T("poison"),
                     .detail = T("was bad"),
                     .tries = 5};
    int64_t skipped = 1;
    start(w, 0);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, receive, (int64_t[]){1, 1}));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, keep, &s));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, retry, &s));
    CHECK_OK(&w->ctx, skip_count(&w->ctx, &skipped));
    CHECK_I64(0, skipped);
}

/* --- jobs ------------------------------------------------------------------------------------ */

static enum err put_job(struct ctx *c, void *due_us)
{
    return job_put(c, JOB_FOLLOW_UP, 5, *(const int64_t *)due_us);
}
static enum err end_job(struct ctx *c, void *job) { return job_done(c, job); }

static struct list claim(struct world *w)
{
    struct list jobs = {0};
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, job_claim(&w->ctx, JOB_FOLLOW_UP, 10, MINUTE_US, &jobs));
    return jobs;
}

TEST_BOTH(job, one_holder_has_it_until_the_lease_ends_and_only_the_newest_ends_it)
{
    start(w, 0);
    int64_t due_us = source_now_us(&w->source) + HOUR_US;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_job, &due_us));
    source_advance_us(&w->source, HOUR_US - 1);
    CHECK_I64(0, (int64_t)claim(w).count);
    source_advance_us(&w->source, 1); /* due at this very instant */
    struct list first = claim(w);
    CHECK_I64(1, (int64_t)first.count);
    CHECK_I64(0, (int64_t)claim(w).count);
    source_advance_us(&w->source, MINUTE_US - 1);
    CHECK_I64(0, (int64_t)claim(w).count);
    source_advance_us(&w->source, 1);
    struct list second = claim(w); /* the first one did not come back */
    CHECK_I64(1, (int64_t)second.count);
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, end_job, first.at));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_job, second.at));
    source_advance_us(&w->source, HOUR_US);
    CHECK_I64(0, (int64_t)claim(w).count);
}
