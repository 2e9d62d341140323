#include "app/node.h"

#include "app/pulse.h"
#include "base/field.h"
#include "base/log.h"
#include "base/source.h"
#include "queries.h"
#include "store/db.h"
#include "store/migrate.h"

#include <signal.h>
#include <unistd.h>

static const struct field node_table[] = {
    FIELD(struct node, node_id),
    FIELD(struct node, lease_until_us),
    FIELD(struct node, fence),
};
const struct fields node_fields = FIELDS("node", struct node, node_table);

/* The smallest number that nobody has. */
static enum err take(struct ctx *c, void *arg)
{
    struct node *out = arg;
    struct list list;
    TRY(db_rows(c, &Q_node_list, NO_ARGS, &node_fields, &list));
    const struct node *known = list.at;
    int64_t until_us = c->now_us + NODE_LEASE_US, changed = 0, id = 0;
    struct value steps = I64(migration_count);
    size_t i = 0;
    while (i < list.count && known[i].node_id == id && known[i].lease_until_us > c->now_us)
        i++, id++;
    if (id == NODES_MAX)
        return fail(c, ERR_BUSY, "nodes_full", "%d processes use this database", NODES_MAX);
    bool is_old = i < list.count && known[i].node_id == id;
    if (is_old)
        TRY(db_exec(c, &Q_node_take, ARGS(I64(id), I64(known[i].fence), I64(until_us), steps),
                    &changed));
    else
        TRY(db_exec(c, &Q_node_insert, ARGS(I64(id), I64(until_us), steps), &changed));
    if (!changed)
        return fail(c, ERR_BUSY, "raced", "another process took number %lld", (long long)id);
    *out = (struct node){id, until_us, is_old ? known[i].fence + 1 : 1};
    return OK;
}

enum err node_take(struct ctx *c, struct node *out) { return db_tx(c, take, out); }

static enum err renew(struct ctx *c, void *arg)
{
    struct node *n = arg;
    int64_t until_us = c->now_us + NODE_LEASE_US, changed = 0;
    TRY(db_exec(c, &Q_node_renew, ARGS(I64(n->node_id), I64(n->fence), I64(until_us)), &changed));
    if (!changed || n->lease_until_us <= c->now_us)
        return fail(c, ERR_CONFLICT, "node_lost", "the lease on number %lld ran out",
                    (long long)n->node_id);
    n->lease_until_us = until_us;
    return OK;
}

enum err node_renew(struct ctx *c, struct node *n)
{
    struct node renewed = *n;
    enum err e = db_tx(c, renew, &renewed);
    if (e == OK) *n = renewed;
    return e;
}

static enum err give_back(struct ctx *c, void *arg)
{
    struct node *n = arg;
    return db_exec(c, &Q_node_renew,
                   ARGS(I64(n->node_id), I64(n->fence), I64(c->now_us + SECOND_US)), NULL);
}

enum err node_give_back(struct ctx *c, struct node *n) { return db_tx(c, give_back, n); }

/* --- kept ------------------------------------------------------------------------------------ */

/* Its own clock is the system's, whatever the installation has lived through, and has no lease: or
   it could not get another. */
static struct {
    bool is_on;
    struct node node;
    struct source clock, *source;
    struct store *store;
    struct pulse pulse;
    pthread_t thread;
} kept;

static struct ctx kept_ctx(struct arena *a)
{
    return (struct ctx){.arena = a, .source = &kept.clock, .store = kept.store};
}

/* Leases are compared by different machines' clocks. */
static enum err check_clock(struct ctx *c)
{
    int64_t theirs_us = 0;
    TRY(store_reader(c));
    TRY(db_ask(c, "SELECT 0", "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
               &theirs_us));
    int64_t ahead_us = source_now_us(c->source) - theirs_us;
    if (ahead_us < NODE_SKEW_US && ahead_us > -NODE_SKEW_US) return OK;
    fail(c, ERR_CONFLICT, "clock_differs", "this machine's clock is %lld s %s the database's",
         (long long)((ahead_us < 0 ? -ahead_us : ahead_us) / SECOND_US),
         ahead_us < 0 ? "behind" : "ahead of");
    return hint(c, "let both take the time from the network (chrony, systemd-timesyncd)");
}

static enum err begin_term(struct ctx *c)
{
    TRY(node_take(c, &kept.node));
    source_lease(kept.source, kept.node.node_id, kept.node.lease_until_us, true);
    return OK;
}

/* While this process was away the schema may have gone where it cannot follow. */
static void begin_again(struct ctx *c)
{
    log_line(LOG_ERROR, "node", "the lease on number %lld ran out", (long long)kept.node.node_id);
    enum err e = migrate_fits(c);
    if (e == OK) e = begin_term(c);
    if (e == OK) log_line(LOG_WARN, "node", "goes on as number %lld", (long long)kept.node.node_id);
    if (e != ERR_CONFLICT) return;
    log_line(LOG_ERROR, "node", "stops: %s", c->fault.detail);
    kill(getpid(), SIGTERM);
}

static void *keep_on(void *arg)
{
    struct arena a = {0};
    uint64_t seen = 0;
    (void)arg;
    while (pulse_wait(&kept.pulse, &seen, NODE_RENEW_US / 1000)) {
        arena_reset(&a);
        struct ctx c = kept_ctx(&a);
        enum err e = node_renew(&c, &kept.node);
        bool is_over = source_now_us(&kept.clock) > kept.node.lease_until_us;
        if (e == OK)
            source_lease(kept.source, kept.node.node_id, kept.node.lease_until_us, false);
        else
            log_line(LOG_WARN, "node", "cannot renew number %lld: %s: %s",
                     (long long)kept.node.node_id, c.fault.reason, c.fault.detail);
        if (e == ERR_CONFLICT || (e != OK && is_over)) begin_again(&c);
        if (e == OK && check_clock(&c) == ERR_CONFLICT)
            log_line(LOG_ERROR, "node", "%s", c.fault.detail);
    }
    arena_free(&a);
    return NULL;
}

enum err node_keep(struct ctx *c)
{
    assert(!kept.is_on);
    kept.source = c->source;
    kept.store = c->store;
    source_real(&kept.clock, 0);
    struct ctx own = kept_ctx(c->arena);
    enum err e = check_clock(&own);
    if (e == OK) e = begin_term(&own);
    c->fault = own.fault;
    if (e != OK) return e;
    pulse_open(&kept.pulse);
    pthread_create(&kept.thread, NULL, keep_on, NULL);
    kept.is_on = true;
    return OK;
}

void node_let_go(void)
{
    struct arena a = {0};
    if (!kept.is_on) return;
    pulse_end(&kept.pulse);
    pthread_join(kept.thread, NULL);
    pulse_close(&kept.pulse);
    struct ctx c = kept_ctx(&a);
    if (node_give_back(&c, &kept.node) != OK)
        log_line(LOG_DEBUG, "node", "number %lld is not given back", (long long)kept.node.node_id);
    arena_free(&a);
    kept.is_on = false;
}
