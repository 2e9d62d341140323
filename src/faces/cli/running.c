#include "faces/cli/running.h"

#include "base/sort.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/orders/archive.h"
#include "domain/orders/return.h"
#include "domain/people/people.h"
#include "domain/people/person.h"
#include "faces/cli/meter.h"
#include "faces/cli/running_parts.h"
#include "faces/jobs/react.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MORNING = 8, EVENING = 17, QUIET_DAYS_MAX = 60, DRAW_EVERY_MS = 150, LINE_EVERY_MS = 5000 };

static const struct field counts_table[] = {
    FIELD(struct run_counts, orders),     FIELD(struct run_counts, completed),
    FIELD(struct run_counts, unfinished), FIELD(struct run_counts, units),
    FIELD(struct run_counts, lines),      FIELD(struct run_counts, waves),
    FIELD(struct run_counts, walked_m),   FIELD(struct run_counts, packages),
    FIELD(struct run_counts, manifests),  FIELD(struct run_counts, attempts),
    FIELD(struct run_counts, answered),   FIELD(struct run_counts, received),
    FIELD(struct run_counts, returned),   FIELD(struct run_counts, sold_minor),
    FIELD(struct run_counts, days),       FIELD(struct run_counts, milliseconds),
    FIELD(struct run_counts, statements), FIELD(struct run_counts, statements_an_order),
};
const struct fields run_counts_fields = FIELDS("run", struct run_counts, counts_table);

/* --- shared by the parts --------------------------------------------------------------------- */

enum err run_unit(struct run *r, work_fn *work, void *arg)
{
    if (interrupted())
        return fail(&r->ctx, ERR_BUSY, "interrupted", "stopped; run it again to go on");
    arena_reset(&r->arena);
    r->ctx.fault = (struct fault){0};
    r->ctx.now_us = source_now_us(&r->source);
    return db_tx(&r->ctx, work, arg);
}

bool run_is_selected(const struct run *r, int64_t order_id)
{
    return !r->orders || find_i64(r->orders, r->order_count, order_id) >= 0;
}

bool run_is_stuck(const struct run *r, int64_t id)
{
    for (size_t i = 0; i < r->stuck_count; i++)
        if (r->stuck[i].id == id) return true;
    return false;
}

void run_stick(struct run *r, int64_t id, int64_t order_id, const struct fault *f)
{
    if (r->stuck_count == RUN_STUCK_MAX || run_is_stuck(r, id)) return;
    struct stuck *s = &r->stuck[r->stuck_count++];
    *s = (struct stuck){.id = id, .order_id = order_id};
    snprintf(s->reason, sizeof s->reason, "%s", f->reason);
    snprintf(s->detail, sizeof s->detail, "%s", f->detail);
}

void run_spend(struct run *r, int64_t us)
{
    source_advance_us(&r->source, us);
    r->ctx.now_us = source_now_us(&r->source);
}

int64_t run_next_worker(struct run *r) { return r->crew[r->turn++ % (size_t)r->options->crew]; }

enum err run_orders_in(struct run *r, enum order_stage stage, int64_t *after, struct list *orders,
                       bool *more)
{
    struct ctx *c = &r->ctx;
    arena_reset(&r->arena);
    TRY(store_reader(c));
    TRY(order_list_by_stage(c, stage, *after, RUN_PAGE, orders));
    struct order *at = orders->at;
    size_t n = 0;
    *more = orders->count == RUN_PAGE;
    if (orders->count) *after = at[orders->count - 1].order_id;
    for (size_t i = 0; i < orders->count; i++)
        if (run_is_selected(r, at[i].order_id)) at[n++] = at[i];
    orders->count = n;
    return OK;
}

enum err run_states_in(struct run *r, enum order_stage stage, int64_t *after, struct list *states,
                       bool *more)
{
    struct ctx *c = &r->ctx;
    arena_reset(&r->arena);
    TRY(store_reader(c));
    TRY(order_states_by_stage(c, stage, *after, RUN_STATES, states));
    struct order_state *at = states->at;
    size_t n = 0;
    *more = states->count == RUN_STATES;
    if (states->count) *after = at[states->count - 1].order_id;
    for (size_t i = 0; i < states->count; i++)
        if (run_is_selected(r, at[i].order_id)) at[n++] = at[i];
    states->count = n;
    return OK;
}

/* --- the clock ------------------------------------------------------------------------------- */

static bool is_worked(const struct run *r, int64_t day)
{
    const struct site *sites = r->sites.at;
    return !sites->work_days || sites->work_days & 1 << weekday_of_day(day);
}

static void next_morning(struct run *r)
{
    int64_t day = day_of_us(source_now_us(&r->source)) + 1;
    while (!is_worked(r, day)) day++;
    source_set_us(&r->source, day * DAY_US + MORNING * HOUR_US);
    r->ctx.now_us = source_now_us(&r->source);
    r->day = day;
    r->counts->days++;
}

static bool is_evening(struct run *r)
{
    int64_t now_us = source_now_us(&r->source);
    return day_of_us(now_us) > r->day || now_us - r->day * DAY_US >= EVENING * HOUR_US;
}

/* --- the board ------------------------------------------------------------------------------- */

static void board_put(struct run *r, const int64_t stages[STAGE_COMPLETED])
{
    int64_t open = 0, now_us = r->ctx.now_us;
    for (int i = 0; i < STAGE_COMPLETED; i++) open += stages[i];
    struct text now = instant_text(&r->arena, now_us - now_us % MINUTE_US);
    if (!r->is_live) {
        fprintf(stderr, "%.*s  %lld open, %lld picks, %lld packages\n", TEXT_ARG(now),
                (long long)open, (long long)r->counts->lines, (long long)r->counts->packages);
        return;
    }
    if (r->board_lines) fprintf(stderr, "\033[%lldA", (long long)r->board_lines);
    fprintf(stderr, "\033[K  %.*s   day %lld   %lld picks, %lld packages\n", TEXT_ARG(now),
            (long long)r->counts->days, (long long)r->counts->lines,
            (long long)r->counts->packages);
    r->board_lines = 1;
    for (int i = STAGE_PROCESSING; i <= STAGE_COMPLETED; i++) {
        int64_t n = i == STAGE_COMPLETED ? r->counts->orders - open : stages[i];
        if (n < 0) n = 0;
        int64_t width = r->counts->orders ? n * 40 / r->counts->orders : 0;
        if (n && !width) width = 1;
        fprintf(stderr, "\033[K  %-11s %7lld ", word_of(&stage_words, i), (long long)n);
        for (int64_t k = 0; k < width; k++) fputc('#', stderr);
        fputc('\n', stderr);
        r->board_lines++;
    }
    fflush(stderr);
}

static enum err board(struct run *r, bool is_last)
{
    int64_t now_ns = meter_ns(), stages[STAGE_CANCELLED + 1] = {0};
    int64_t every_ms = r->is_live ? DRAW_EVERY_MS : LINE_EVERY_MS;
    struct list counts;
    if (r->options->is_quiet || (!is_last && (now_ns - r->drawn_ns) / 1000000 < every_ms))
        return OK;
    r->drawn_ns = now_ns;
    arena_reset(&r->arena);
    TRY(store_reader(&r->ctx));
    TRY(order_board(&r->ctx, &counts));
    const struct stage_count *at = counts.at;
    for (size_t i = 0; i < counts.count; i++) stages[at[i].stage] = at[i].orders;
    board_put(r, stages);
    return OK;
}

/* --- the days -------------------------------------------------------------------------------- */

static enum err react(struct run *r)
{
    arena_reset(&r->arena);
    return react_until_quiet(&r->ctx);
}

/* Orders that are not at their end; drafts are not ours to place. */
static enum err open_orders(struct run *r, int64_t *open)
{
    *open = 0;
    for (int s = STAGE_PROCESSING; s < STAGE_COMPLETED; s++) {
        int64_t after = 0;
        bool more = true;
        while (more) {
            struct list states;
            TRY(run_states_in(r, (enum order_stage)s, &after, &states, &more));
            *open += (int64_t)states.count;
        }
    }
    return OK;
}

/* What is open, and what it comes to. */
static enum err count_orders(struct run *r, struct run_counts *counts)
{
    for (int s = STAGE_PROCESSING; s < STAGE_COMPLETED; s++) {
        int64_t after = 0;
        bool more = true;
        while (more) {
            struct list orders;
            TRY(run_orders_in(r, (enum order_stage)s, &after, &orders, &more));
            counts->orders += (int64_t)orders.count;
            for (size_t i = 0; i < orders.count; i++)
                counts->sold_minor += ((const struct order *)orders.at)[i].total_minor;
        }
    }
    return OK;
}

static enum err work_day(struct run *r, int64_t *did)
{
    int64_t moved;
    do {
        moved = 0;
        TRY(run_floor(r, &moved));
        TRY(react(r));
        TRY(board(r, false));
        *did += moved;
    } while (moved && !is_evening(r));
    return OK;
}

struct keeping {
    struct run *run;
    int64_t margin_us;
};

static enum err keep_in_tx(struct ctx *c, void *arg)
{
    const struct keeping *k = arg;
    int64_t system_us = source_now_us(k->run->system) - k->run->system->ahead_us;
    int64_t ahead_us = c->now_us + k->margin_us - system_us;
    return clock_keep(c, ahead_us > 0 ? ahead_us : 0);
}

/* What was lived through on this clock must not lie in the future afterwards, not even when the
   run is killed: the margin covers the day to come. */
static enum err keep_clock(struct run *r, int64_t margin_us)
{
    struct keeping k = {r, margin_us};
    TRY(run_unit(r, keep_in_tx, &k));
    return OK;
}

/* A day on which nothing moved: go to the morning after the next thing that is due. */
static enum err skip_quiet_days(struct run *r)
{
    int64_t due_us;
    TRY(store_reader(&r->ctx));
    TRY(job_next_due(&r->ctx, &due_us));
    if (due_us == NONE || due_us > source_now_us(&r->source) + QUIET_DAYS_MAX * DAY_US) return OK;
    if (due_us > source_now_us(&r->source)) source_set_us(&r->source, due_us);
    return react(r);
}

/* Whether anything is to come back at all. */
static enum err count_returns(struct run *r, int64_t *coming)
{
    struct list first;
    arena_reset(&r->arena);
    TRY(store_reader(&r->ctx));
    TRY(return_list_open(&r->ctx, 0, 1, &first));
    *coming = (int64_t)first.count;
    return OK;
}

static enum err all_days(struct run *r)
{
    int64_t quiet = 0, open = r->counts->orders, coming;
    TRY(count_returns(r, &coming));
    while ((open || coming) && quiet < 3) {
        int64_t did = 0, before = open;
        TRY(run_desk(r, &did));
        TRY(react(r));
        TRY(work_day(r, &did));
        TRY(run_evening(r));
        TRY(react(r));
        TRY(keep_clock(r, 30 * DAY_US));
        next_morning(r);
        TRY(run_road(r, &did));
        TRY(react(r));
        TRY(run_returns(r, &did, &coming));
        TRY(react(r));
        if (!did) TRY(skip_quiet_days(r));
        TRY(open_orders(r, &open));
        quiet = did || open != before ? 0 : quiet + 1;
    }
    return OK;
}

/* --- beginning and end ----------------------------------------------------------------------- */

static bool is_meant(const struct run_options *o, const struct order *order)
{
    if (o->from != NONE) return order->number >= o->from && order->number <= o->to;
    return text_eq(order->reference, o->reference);
}

static enum err choose(struct run *r)
{
    const struct run_options *o = r->options;
    struct ctx *c = &r->ctx;
    size_t capacity = 0;
    int64_t after = 0;
    struct list page = {NULL, ORDER_PAGE_MAX};
    if (o->from == NONE && !o->reference.len) return OK;
    while (page.count == ORDER_PAGE_MAX) {
        arena_reset(&r->arena);
        TRY(order_page(c, after, ORDER_PAGE_MAX, &page));
        const struct order *at = page.at;
        for (size_t i = 0; i < page.count; i++) {
            after = at[i].order_id;
            if (is_meant(o, &at[i]) && r->order_count < RUN_ORDERS_MAX)
                *arena_push(&r->chosen, r->orders, r->order_count, capacity) = after;
        }
    }
    if (r->order_count) return OK;
    return fail(c, ERR_NOT_FOUND, "order_not_found", "no order is meant by that");
}

/* Behind everything that is there: orders, events. */
static enum err set_clock(struct run *r)
{
    struct ctx *c = &r->ctx;
    struct list newest;
    int64_t start_us = 0, position, placed_us;
    TRY(order_newest_placed(c, &placed_us));
    TRY(order_recent(c, INT64_MAX, 1, &newest));
    if (newest.count) start_us = ((const struct order *)newest.at)->created_us;
    if (placed_us != NONE && placed_us > start_us) start_us = placed_us;
    TRY(event_last_position(c, &position));
    if (position > 0) {
        TRY(event_feed(c, position - 1, 1, &newest));
        const struct event *last = newest.at;
        if (newest.count && last->at_us > start_us) start_us = last->at_us;
    }
    source_virtual(&r->source, r->options->seed, start_us + MINUTE_US);
    c->source = &r->source;
    c->now_us = source_now_us(&r->source);
    r->day = day_of_us(c->now_us);
    if (is_evening(r) || !is_worked(r, r->day))
        next_morning(r);
    else if (c->now_us < r->day * DAY_US + MORNING * HOUR_US)
        source_set_us(&r->source, r->day * DAY_US + MORNING * HOUR_US);
    return OK;
}

/* The crew are staff with names, who cannot log in; the same people at every run. */
static enum err hire(struct ctx *c, void *arg)
{
    struct run *r = arg;
    for (int64_t i = 0; i < r->options->crew; i++) {
        bool found = false;
        struct person p = {.merchant_id = c->merchant_id,
                           .person_id = source_id(c->source),
                           .login = text_printf(c->arena, "crew-%lld", (long long)i + 1),
                           .name = text_printf(c->arena, "Crew %lld", (long long)i + 1),
                           .role = ROLE_PACKER,
                           .locked_until_us = NONE,
                           .created_us = c->now_us,
                           .disabled_us = NONE};
        struct person before;
        TRY(person_by_login(c, p.login, &before, &found));
        if (!found) TRY(person_insert(c, &p));
        r->crew[i] = found ? before.person_id : p.person_id;
    }
    return OK;
}

static enum err begin(struct run *r)
{
    struct ctx *c = &r->ctx;
    struct list sites;
    TRY(store_reader(c));
    TRY(site_list(c, &sites));
    if (!sites.count) return fail(c, ERR_INVALID, "no_site", "there is no site to work at");
    struct site *copy = arena_new(&r->chosen, struct site, sites.count);
    memcpy(copy, sites.at, sites.count * sizeof *copy);
    for (size_t i = 0; i < sites.count; i++) copy[i].code = text_copy(&r->chosen, copy[i].code);
    r->sites = (struct list){copy, sites.count};
    r->waves = arena_new(&r->chosen, struct run_waves, sites.count);
    r->stuck = arena_new(&r->chosen, struct stuck, RUN_STUCK_MAX);
    TRY(set_clock(r));
    TRY(run_unit(r, hire, r));
    TRY(choose(r));
    TRY(react(r));
    return count_orders(r, r->counts);
}

static const char *why(const struct run *r, const struct list *holds, int64_t order_id,
                       const char **detail)
{
    const struct hold *h = holds->at;
    *detail = "";
    for (size_t i = 0; i < holds->count; i++)
        if (h[i].order_id == order_id) return word_of(&hold_reason_words, h[i].reason);
    for (size_t i = 0; i < r->stuck_count; i++) {
        if (r->stuck[i].order_id != order_id) continue;
        *detail = r->stuck[i].detail;
        return r->stuck[i].reason;
    }
    return "unfinished";
}

static enum err tell_unfinished(struct run *r, FILE *told)
{
    TRY(open_orders(r, &r->counts->unfinished));
    r->counts->completed = r->counts->orders - r->counts->unfinished;
    for (int s = STAGE_PROCESSING; s < STAGE_COMPLETED; s++) {
        int64_t after = 0;
        bool more = true;
        while (more) {
            struct list orders, holds;
            TRY(run_orders_in(r, (enum order_stage)s, &after, &orders, &more));
            const struct order *at = orders.at;
            int64_t *ids = arena_new(&r->arena, int64_t, orders.count + 1);
            for (size_t i = 0; i < orders.count; i++) ids[i] = at[i].order_id;
            TRY(holds_of(&r->ctx, ids, orders.count, true, &holds));
            for (size_t i = 0; i < orders.count; i++) {
                const char *detail, *reason = why(r, &holds, at[i].order_id, &detail);
                fprintf(told, "order %lld stays in %s: %s%s%s\n", (long long)at[i].number,
                        word_of(&stage_words, s), reason, *detail ? ": " : "", detail);
            }
        }
    }
    return OK;
}

enum err run_orders(struct ctx *c, const struct run_options *o, FILE *told,
                    struct run_counts *counts)
{
    *counts = (struct run_counts){0};
    struct run r = {.ctx = *c, .options = o, .counts = counts, .begun_ns = meter_ns()};
    int64_t statements = store_queries(c->store);
    r.ctx.arena = &r.arena;
    r.system = c->source;
    r.is_live = isatty(STDERR_FILENO) != 0;
    interrupted_catch();
    enum err e = begin(&r);
    if (e == OK) e = keep_clock(&r, 30 * DAY_US);
    if (e == OK) e = all_days(&r);
    if (e == OK) e = keep_clock(&r, 0);
    struct fault fault = r.ctx.fault;
    enum err ended = board(&r, true);
    if (e == OK) ended = tell_unfinished(&r, told);
    if (e == OK && ended != OK) fault = r.ctx.fault;
    c->fault = fault;
    counts->milliseconds = (meter_ns() - r.begun_ns) / 1000000;
    counts->statements = store_queries(c->store) - statements;
    if (counts->orders) counts->statements_an_order = counts->statements / counts->orders;
    arena_free(&r.arena);
    arena_free(&r.kept);
    arena_free(&r.chosen);
    return e == OK ? ended : e;
}

enum err run_select(struct ctx *c, struct text words, struct run_options *o)
{
    struct text rest, first = text_split(words, ' ', &rest);
    o->from = o->to = NONE;
    o->reference = (struct text){0};
    if (!words.len || text_is(words, "open")) return OK;
    if (text_is(first, "reference") && rest.len) {
        o->reference = rest;
        return OK;
    }
    struct text range = text_is(first, "number") ? rest : words;
    ptrdiff_t dots = text_find(range, T(".."));
    struct text from = dots < 0 ? range : text_head(range, (size_t)dots);
    struct text to = dots < 0 ? range : text_skip(range, (size_t)dots + 2);
    if (text_to_i64(from, &o->from) && text_to_i64(to, &o->to) && o->from <= o->to) return OK;
    fail_at(c, ERR_INVALID, "usage", "--orders", "\"%.*s\" selects no orders", TEXT_ARG(words));
    return hint(c, "open, 17, 1..500, or \"reference 536365\"");
}

/* --- what is said ---------------------------------------------------------------------------- */

static void put_line(FILE *to, int64_t n, const char *what)
{
    if (n) fprintf(to, "%12lld  %s\n", (long long)n, what);
}

void run_print(FILE *to, const struct run_counts *n, const char *currency)
{
    struct arena a = {0};
    int64_t ms = n->milliseconds < 1 ? 1 : n->milliseconds;
    put_line(to, n->orders, "orders");
    put_line(to, n->completed, "  reached their end");
    put_line(to, n->unfinished, "  did not, see above");
    fprintf(to, "%12.*s  worth\n", TEXT_ARG(money_amount(&a, n->sold_minor, currency)));
    put_line(to, n->lines, "picks");
    put_line(to, n->units, "units");
    put_line(to, n->waves, "waves");
    put_line(to, n->walked_m, "metres walked");
    put_line(to, n->packages, "packages");
    put_line(to, n->manifests, "manifests");
    put_line(to, n->attempts, "doors that did not open at first");
    put_line(to, n->answered, "holds answered");
    put_line(to, n->received, "units bought from the supplier");
    put_line(to, n->returned, "units sent back by customers");
    put_line(to, n->days, "days, simulated");
    fprintf(to, "%8lld.%03lld  seconds, %lld orders/s, %lld statements an order\n",
            (long long)(ms / 1000), (long long)(ms % 1000), (long long)(n->completed * 1000 / ms),
            (long long)n->statements_an_order);
    arena_free(&a);
}
