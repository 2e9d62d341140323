#include "faces/jobs/react.h"

#include "base/log.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/skip.h"
#include "store/db.h"

#include <string.h>

/* People wait for the unit that is under way: short ones while a server keeps up, long ones, whose
   events cost less, where nobody waits or too much does. */
enum { ROUNDS_MAX = 100000, PAGE_MAX = EVENT_PAGE_MAX, PAGE_BEHIND = 128 };
#define LATE_US (5 * SECOND_US)

/* A reaction's next batch. */
struct step {
    const struct reaction *reaction;
    const struct list *page;
    int64_t most; /* events of its kinds in one unit */
    int64_t did;
    int64_t position, kind, order_id; /* of the event in hand, when it is one */
    int64_t tries;
    struct fault why; /* it failed */
};

static bool wants(const struct reaction *r, const struct event *e)
{
    for (size_t i = 0; i < r->kind_count; i++)
        if (r->kinds[i] == e->kind) return true;
    return false;
}

/* The events of a page behind `before` that concern `r`, at most `most`; `after` is how far that is
   read. The feed never changes, so a page that was read before the unit is as good as one read in
   it. */
static struct list wanted_of(struct arena *a, const struct reaction *r, const struct list *page,
                             int64_t before, int64_t most, int64_t *after)
{
    const struct event *all = page->at;
    struct event *wanted = NULL;
    size_t n = 0, capacity = 0;
    *after = before;
    for (size_t i = 0; i < page->count; i++) {
        if (all[i].position <= before) continue;
        if (wants(r, &all[i])) {
            if ((int64_t)n == most) break;
            *arena_push(a, wanted, n, capacity) = all[i];
        }
        *after = all[i].position;
    }
    return (struct list){wanted, n};
}

/* Inside the unit: from where the cursor stands now, whoever moved it. */
static enum err take_step(struct ctx *c, void *arg)
{
    struct step *step = arg;
    const struct reaction *r = step->reaction;
    int64_t before, after;
    step->did = 0;
    TRY(consumer_get(c, text_of(r->name), &before));
    struct list wanted = wanted_of(c->arena, r, step->page, before, step->most, &after);
    const struct event *first = wanted.at;
    if (after == before) return OK;
    if (wanted.count) {
        step->position = first->position;
        step->kind = first->kind;
        step->order_id = first->order_id;
        TRY(r->run(c, first, wanted.count));
    }
    step->did = (int64_t)wanted.count;
    return consumer_put(c, text_of(r->name), before, after);
}

static enum err put_skip(struct ctx *c, void *arg)
{
    const struct step *step = arg;
    int64_t before;
    struct text name = text_of(step->reaction->name);
    struct skip s = {.reaction = name,
                     .position = step->position,
                     .kind = (int32_t)step->kind,
                     .order_id = step->order_id,
                     .reason = text_of(step->why.reason),
                     .detail = text_of(step->why.detail),
                     .skipped_us = c->now_us,
                     .tries = step->tries};
    TRY(consumer_get(c, name, &before));
    if (before >= step->position) return OK; /* another node came by */
    TRY(skip_put(c, &s));
    TRY(event_put(c, EVENT_REACTION_SKIPPED, step->order_id, NONE,
                  EVENT_BODY(.other_id = step->position, .word = name, .note = s.detail)));
    return consumer_put(c, name, before, step->position);
}

/* The event is kept for whoever mends what is wrong, and those behind it come to their right. The
   caller hears of it all the same. */
static enum err go_around(struct ctx *c, struct step *step, enum err e)
{
    step->why = c->fault;
    TRY(db_tx(c, put_skip, step));
    c->fault = step->why;
    return e;
}

enum err react_after_all(struct ctx *c, const struct skip *s)
{
    struct list page;
    for (const struct reaction *r = reactions; r->name; r++) {
        if (!text_is(s->reaction, r->name)) continue;
        TRY(event_feed(c, s->position - 1, 1, &page));
        const struct event *e = page.at;
        if (!page.count || e->position != s->position) break;
        TRY(r->run(c, e, 1));
        TRY(skip_done(c, s->reaction, s->position));
        return event_put(c, EVENT_REACTION_RETRIED, s->order_id, NONE,
                         EVENT_BODY(.other_id = s->position, .word = s->reaction));
    }
    return fail(c, ERR_NOT_FOUND, "reaction_not_found", "there is no such reaction");
}

/* All that is there for one reaction. A batch that fails is tried again event by event; the event
   that fails REACT_TRIES_MAX times is gone around. Where others are away (retryable) it waits. */
static enum err react(struct ctx *c, const struct reaction *r, const struct list *page,
                      int64_t *did)
{
    struct step step = {.reaction = r, .page = page, .most = EVENT_PAGE_MAX};
    int64_t position = 0, last = ((const struct event *)page->at)[page->count - 1].position;
    for (;;) {
        struct arena_mark mark = arena_mark(c->arena);
        enum err e = db_tx(c, take_step, &step);
        arena_rewind(c->arena, mark);
        if (e != OK && step.most > 1) {
            step.most = 1;
            continue;
        }
        bool is_poison = e != OK && !err_retryable(e) && ++step.tries >= REACT_TRIES_MAX;
        if (e != OK && !err_retryable(e) && !is_poison) continue;
        if (e != OK) {
            log_line(LOG_ERROR, "react", "%s %s event %lld: %s: %s", r->name,
                     is_poison ? "goes around" : "stands still at", (long long)step.position,
                     c->fault.reason, c->fault.detail);
            return is_poison ? go_around(c, &step, e) : e;
        }
        step.tries = 0;
        *did += step.did;
        if (step.most < EVENT_PAGE_MAX) step.most *= 2;
        TRY(consumer_get(c, text_of(r->name), &position));
        if (position >= last) return OK;
    }
}

/* All reactions of one page in one unit. */
struct joint {
    const struct reaction *table;
    const struct text *names;
    size_t count;
    const struct list *page;
    int64_t did;
};

static enum err take_all(struct ctx *c, void *arg)
{
    struct joint *j = arg;
    int64_t *cursors = arena_new(c->arena, int64_t, j->count), after;
    int64_t *read = arena_new(c->arena, int64_t, j->count);
    j->did = 0;
    TRY(consumer_of(c, j->names, j->count, cursors));
    for (size_t i = 0; i < j->count; i++) {
        const struct reaction *r = &j->table[i];
        read[i] = cursors[i];
        struct list wanted = wanted_of(c->arena, r, j->page, cursors[i], EVENT_PAGE_MAX, &after);
        if (after == cursors[i]) continue;
        /* Each finds what those before it wrote, as if they had committed. */
        TRY(db_flush(c));
        if (wanted.count) TRY(r->run(c, wanted.at, wanted.count));
        j->did += (int64_t)wanted.count;
        read[i] = after;
    }
    for (size_t i = 0; i < j->count; i++) /* of all at once: one statement */
        if (read[i] != cursors[i]) TRY(consumer_put(c, j->names[i], cursors[i], read[i]));
    return OK;
}

/* One that fails must not hold up the others: each in units of its own. */
static enum err react_one_by_one(struct ctx *c, const struct joint *j, int64_t *did)
{
    enum err first = OK;
    struct fault fault = {0};
    for (size_t i = 0; i < j->count; i++) {
        enum err e = react(c, &j->table[i], j->page, did);
        if (first != OK || e == OK) continue;
        first = e;
        fault = c->fault;
    }
    if (first != OK) c->fault = fault;
    return first;
}

static enum err react_to_page(struct ctx *c, const struct reaction *table, int64_t *did)
{
    size_t count = 0;
    int64_t least = INT64_MAX;
    struct list page;
    while (table[count].name) count++;
    *did = 0;
    if (!count) return OK;
    int64_t *cursors = arena_new(c->arena, int64_t, count);
    struct text *names = arena_new(c->arena, struct text, count);
    for (size_t i = 0; i < count; i++) names[i] = text_of(table[i].name);
    TRY(store_reader(c));
    TRY(consumer_of(c, names, count, cursors));
    for (size_t i = 0; i < count; i++)
        if (cursors[i] < least) least = cursors[i];
    int64_t most = c->is_behind && c->late_us < LATE_US ? PAGE_BEHIND : PAGE_MAX;
    TRY(event_feed(c, least, most, &page));
    if (!page.count) return OK;
    c->late_us = source_now_us(c->source) - ((const struct event *)page.at)->at_us;
    struct joint joint = {table, names, count, &page, 0};
    if (db_tx(c, take_all, &joint) != OK) return react_one_by_one(c, &joint, did);
    *did = joint.did;
    return OK;
}

enum err react_with(struct ctx *c, const struct reaction *table, int64_t *did)
{
    struct arena_mark mark = arena_mark(c->arena);
    enum err e = react_to_page(c, table, did);
    arena_rewind(c->arena, mark);
    return e;
}

enum err react_to_events(struct ctx *c, int64_t *did) { return react_with(c, reactions, did); }

enum err react_run_jobs(struct ctx *c, int64_t *did)
{
    enum err first = OK;
    bool is_due[JOB_KIND_COUNT];
    *did = 0;
    TRY(store_reader(c));
    TRY(job_kinds_due(c, source_now_us(c->source), is_due));
    for (const struct job_handler *h = job_handlers; h->run; h++) {
        struct list jobs;
        if (!is_due[h->kind]) continue;
        enum err e = job_claim(c, h->kind, h->batch, h->lease_us, &jobs);
        if (e == OK && jobs.count) {
            *did += (int64_t)jobs.count;
            c->now_us = source_now_us(c->source);
            c->late_us = c->now_us - ((const struct job *)jobs.at)->due_us;
            e = h->run(c, jobs.at, jobs.count);
        }
        if (e == OK) continue;
        log_line(LOG_ERROR, "jobs", "%s: %s: %s", word_of(&job_words, h->kind), c->fault.reason,
                 c->fault.detail);
        if (first == OK) first = e;
    }
    return first;
}

enum err react_round(struct ctx *c, int64_t *did)
{
    int64_t events = 0, jobs = 0;
    struct arena_mark mark = arena_mark(c->arena);
    enum err e = react_to_events(c, &events);
    if (e == OK) e = react_run_jobs(c, &jobs);
    arena_rewind(c->arena, mark);
    *did = events + jobs;
    return e;
}

/* What a unit has told, and how far each reaction has read it. */
struct within {
    struct event *at;
    size_t count, capacity;
    int64_t before; /* position of the newest event outside */
};

static enum err hear(struct ctx *c, struct within *w)
{
    struct list told;
    TRY(events_take(c, w->before + (int64_t)w->count, &told));
    for (size_t i = 0; i < told.count; i++)
        *arena_push(c->arena, w->at, w->count, w->capacity) = ((const struct event *)told.at)[i];
    return OK;
}

static enum err react_once(struct ctx *c, const struct reaction *r, struct within *w,
                           size_t *cursor)
{
    struct event *wanted = arena_new(c->arena, struct event, w->count + 1);
    size_t n = 0;
    for (size_t i = *cursor; i < w->count; i++)
        if (wants(r, &w->at[i])) wanted[n++] = w->at[i];
    *cursor = w->count;
    if (!n) return OK;
    TRY(r->run(c, wanted, n));
    return hear(c, w);
}

enum err react_within(struct ctx *c, struct list *out)
{
    struct within w = {0};
    size_t count = 0;
    while (reactions[count].name) count++;
    size_t *cursors = arena_new(c->arena, size_t, count + 1);
    c->owner_id = 0; /* reactions see everybody's, as they do after the commit */
    TRY(event_last_position(c, &w.before));
    TRY(hear(c, &w));
    c->actor_id = c->command_id = 0;
    for (size_t done = 0, round = 0; done < w.count; round++) {
        if (round == ROUNDS_MAX)
            return fail(c, ERR_BUG, "never_quiet", "reactions follow each other without end");
        size_t last = w.count;
        for (size_t i = 0; i < count; i++)
            if (cursors[i] < last) TRY(react_once(c, &reactions[i], &w, &cursors[i]));
        done = last;
        for (size_t i = 0; i < count; i++)
            if (cursors[i] < done) done = cursors[i];
    }
    *out = (struct list){w.at, w.count};
    return OK;
}

enum err react_behind(struct ctx *c, int64_t *events)
{
    int64_t last;
    size_t count = 0;
    struct arena_mark mark = arena_mark(c->arena);
    *events = 0;
    while (reactions[count].name) count++;
    struct text *names = arena_new(c->arena, struct text, count + 1);
    int64_t *cursors = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) names[i] = text_of(reactions[i].name);
    TRY(store_reader(c));
    TRY(event_last_position(c, &last));
    TRY(consumer_of(c, names, count, cursors));
    for (size_t i = 0; i < count; i++)
        if (last - cursors[i] > *events) *events = last - cursors[i];
    arena_rewind(c->arena, mark);
    return OK;
}

enum err react_until_quiet(struct ctx *c)
{
    for (int i = 0; i < ROUNDS_MAX; i++) {
        int64_t did = 0, behind = 0;
        TRY(react_round(c, &did));
        if (did) continue;
        /* The round may have ended at a full page of events that concern nobody. */
        TRY(react_behind(c, &behind));
        if (!behind) return OK;
    }
    return fail(c, ERR_BUG, "never_quiet", "after %d rounds there was still something to do",
                ROUNDS_MAX);
}
