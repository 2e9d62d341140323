/* domain/audit/audit_events.c: every event of an order, read once: chain, version, state, clock. */
#include "domain/audit/audit_checks.h"

#include "base/hash.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

/* Rows that are no event stand before those of their order, with versions that no event has. */
enum { ROW_CLOCK = -2, ROW_STATE = -1 };

struct told {
    int64_t order_id, position, version;
    int32_t kind; /* of ROW_STATE the commercial state */
    int64_t subject_id, at_us, actor_id, command_id;
    struct text body, hash;
};
static const struct field told_table[] = {
    FIELD(struct told, order_id),
    FIELD(struct told, position),
    FIELD(struct told, version, .flags = F_NULL),
    FIELD(struct told, kind),
    FIELD(struct told, subject_id, .flags = F_NULL),
    FIELD(struct told, at_us),
    FIELD(struct told, actor_id),
    FIELD(struct told, command_id),
    FIELD(struct told, body),
    FIELD(struct told, hash),
};
static const struct fields told_fields = FIELDS("told", struct told, told_table);

/* What is known of the order whose rows are being read. */
struct tale {
    int64_t order_id;
    bool has_state;
    int64_t commercial;
    int64_t events, newest; /* how many, and the highest version */
    int64_t position;       /* of the last event */
    int64_t placed, cancelled, closed;
    unsigned char hash[HASH_BYTES]; /* of the last event */
};

struct pass {
    const struct audit_event_findings *f;
    int64_t now_us;
    struct tale tale;
};

static void tell(struct ctx *c, struct audit_finding *f, const struct tale *t, const char *what,
                 int64_t expected, int64_t actual)
{
    struct audit_example e = {.expected = expected, .actual = actual};
    if (!f) return;
    snprintf(e.subject, sizeof e.subject, "%.*s", TEXT_ARG(id_text(c->arena, "ord", t->order_id)));
    snprintf(e.what, sizeof e.what, "%s", what);
    audit_differs(f, &e);
}

static void tell_link(struct ctx *c, struct audit_finding *f, const struct tale *t,
                      const char *what, int64_t expected, int64_t actual)
{
    struct audit_example e = {.expected = expected, .actual = actual};
    if (!f) return;
    snprintf(e.subject, sizeof e.subject, "%.*s version %lld",
             TEXT_ARG(id_text(c->arena, "ord", t->order_id)), (long long)t->events);
    snprintf(e.what, sizeof e.what, "%s", what);
    audit_differs(f, &e);
}

static void count(struct audit_finding *f)
{
    if (f) f->rows++;
}

/* --- an order -------------------------------------------------------------------------------- */

/* An event of a cancel in part changes no state. */
static int64_t commercial_of(const struct tale *t)
{
    if (t->commercial == COMMERCIAL_CANCELLED && t->cancelled) return COMMERCIAL_CANCELLED;
    if (t->closed > 0) return COMMERCIAL_CLOSED;
    return t->placed ? COMMERCIAL_PLACED : COMMERCIAL_DRAFT;
}

static void end_tale(struct ctx *c, const struct pass *p)
{
    const struct tale *t = &p->tale;
    const struct audit_event_findings *f = p->f;
    if (t->events != t->newest)
        tell(c, f->versions, t, "events of the order", t->newest, t->events);
    if (t->has_state && !t->events) tell(c, f->versions, t, "an order that nothing tells of", 1, 0);
    if (t->has_state && commercial_of(t) != t->commercial)
        tell(c, f->states, t, "commercial state by its events", commercial_of(t), t->commercial);
}

static void keep(unsigned char out[HASH_BYTES], struct text hash)
{
    memset(out, 0, HASH_BYTES);
    if (hash.len == HASH_BYTES) memcpy(out, hash.at, HASH_BYTES);
}

static void follow_link(struct ctx *c, struct pass *p, const struct told *e)
{
    struct tale *t = &p->tale;
    unsigned char hash[HASH_BYTES];
    const struct event event = {.kind = e->kind,
                                .order_id = e->order_id,
                                .version = e->version,
                                .subject_id = e->subject_id,
                                .at_us = e->at_us,
                                .actor_id = e->actor_id,
                                .command_id = e->command_id,
                                .body = e->body};
    struct text before = {(const char *)t->hash, t->events > 1 ? HASH_BYTES : 0};
    event_hash(before, &event, hash);
    if (e->version != t->events)
        tell_link(c, p->f->chains, t, "version", t->events, e->version);
    else if (e->position <= t->position)
        tell_link(c, p->f->chains, t, "position, which is not behind that of the version before",
                  t->position, e->position);
    else if (e->hash.len != HASH_BYTES || memcmp(hash, e->hash.at, HASH_BYTES) != 0)
        tell_link(c, p->f->chains, t, "hash of the event", NONE, NONE);
    t->position = e->position;
    keep(t->hash, e->hash); /* one change breaks one link, not all behind it */
}

static void take_event(struct ctx *c, struct pass *p, const struct told *e)
{
    struct tale *t = &p->tale;
    t->events++;
    if (e->version != NONE && e->version > t->newest) t->newest = e->version;
    t->placed += e->kind == EVENT_ORDER_PLACED;
    t->cancelled += e->kind == EVENT_ORDER_CANCELLED;
    t->closed += (e->kind == EVENT_ORDER_COMPLETED) - (e->kind == EVENT_ORDER_REOPENED);
    if (e->at_us > p->now_us)
        tell(c, p->f->times, t, "an event of the future", p->now_us, e->at_us);
    if (p->f->chains) follow_link(c, p, e);
    count(p->f->chains);
    count(p->f->versions);
    count(p->f->times);
}

static enum err take_row(struct ctx *c, void *arg, const void *record)
{
    struct pass *p = arg;
    const struct told *e = record;
    if (e->version == ROW_CLOCK) {
        p->now_us += e->at_us;
        return OK;
    }
    if (e->order_id != p->tale.order_id) {
        end_tale(c, p);
        p->tale = (struct tale){.order_id = e->order_id};
    }
    if (e->version == ROW_STATE) {
        p->tale.has_state = true;
        p->tale.commercial = e->kind;
        count(p->f->states);
        count(p->f->versions);
    } else {
        take_event(c, p, e);
    }
    return OK;
}

/* --- the pass -------------------------------------------------------------------------------- */

enum err audit_event_pass(struct ctx *c, const struct audit_scope *scope,
                          const struct audit_event_findings *f)
{
    struct pass p = {.f = f, .now_us = scope->now_us};
    TRY(db_scan(c, &Q_audit_events,
                ARGS(I64(c->merchant_id), I64(scope->from_order), I64(scope->to_order)),
                &told_fields, take_row, &p));
    end_tale(c, &p);
    return OK;
}

enum err audit_check_states(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    return audit_event_pass(c, scope, &(struct audit_event_findings){.states = f});
}

enum err audit_check_versions(struct ctx *c, const struct audit_scope *scope,
                              struct audit_finding *f)
{
    return audit_event_pass(c, scope, &(struct audit_event_findings){.versions = f});
}

enum err audit_check_times(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    return audit_event_pass(c, scope, &(struct audit_event_findings){.times = f});
}

enum err audit_check_chains(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    return audit_event_pass(c, scope, &(struct audit_event_findings){.chains = f});
}
