#include "domain/audit/audit_checks.h"

#include "base/hash.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "queries.h"
#include "store/db.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

/* --- chains ---------------------------------------------------------------------------------- */

struct link {
    int64_t order_id, version;
    int32_t kind;
    int64_t subject_id, at_us, actor_id, command_id;
    struct text body, hash, chain_hash;
};
static const struct field link_table[] = {
    FIELD(struct link, order_id),   FIELD(struct link, version, .flags = F_NULL),
    FIELD(struct link, kind),       FIELD(struct link, subject_id, .flags = F_NULL),
    FIELD(struct link, at_us),      FIELD(struct link, actor_id),
    FIELD(struct link, command_id), FIELD(struct link, body),
    FIELD(struct link, hash),       FIELD(struct link, chain_hash),
};
static const struct fields link_fields = FIELDS("link", struct link, link_table);

struct chain_walk {
    struct audit_finding *f;
    int64_t order_id, version;
    unsigned char hash[HASH_BYTES];   /* of the last event */
    unsigned char newest[HASH_BYTES]; /* what the chain keeps; zeroes when it keeps none */
};

static void broken(struct ctx *c, struct chain_walk *w, const char *what, int64_t expected,
                   int64_t actual)
{
    struct audit_example e = {.expected = expected, .actual = actual};
    struct text id = id_text(c->arena, "ord", w->order_id);
    snprintf(e.subject, sizeof e.subject, "%.*s version %lld", TEXT_ARG(id), (long long)w->version);
    snprintf(e.what, sizeof e.what, "%s", what);
    audit_differs(w->f, &e);
}

/* The order's events are over: is the newest link the last one? */
static void end_chain(struct ctx *c, struct chain_walk *w)
{
    if (w->version && memcmp(w->hash, w->newest, HASH_BYTES) != 0)
        broken(c, w, "not the chain's newest link", NONE, NONE);
}

static void keep(unsigned char out[HASH_BYTES], struct text hash)
{
    memset(out, 0, HASH_BYTES);
    if (hash.len == HASH_BYTES) memcpy(out, hash.at, HASH_BYTES);
}

static enum err take_link(struct ctx *c, void *arg, const void *record)
{
    struct chain_walk *w = arg;
    const struct link *l = record;
    unsigned char hash[HASH_BYTES];
    if (l->order_id != w->order_id || !w->version) {
        end_chain(c, w);
        w->order_id = l->order_id;
        w->version = 0;
        keep(w->newest, l->chain_hash);
    }
    struct event e = {.kind = l->kind,
                      .order_id = l->order_id,
                      .version = l->version,
                      .subject_id = l->subject_id,
                      .at_us = l->at_us,
                      .actor_id = l->actor_id,
                      .command_id = l->command_id,
                      .body = l->body};
    struct text before = {(const char *)w->hash, w->version ? HASH_BYTES : 0};
    event_hash(before, &e, hash);
    w->version++;
    w->f->rows++;
    if (l->version != w->version)
        broken(c, w, "version", w->version, l->version);
    else if (l->hash.len != HASH_BYTES || memcmp(hash, l->hash.at, HASH_BYTES) != 0)
        broken(c, w, "hash of the event", NONE, NONE);
    keep(w->hash, l->hash); /* one change breaks one link, not all behind it */
    return OK;
}

enum err audit_check_chain(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    struct chain_walk w = {.f = f};
    TRY(db_scan(c, &Q_audit_chain,
                ARGS(I64(c->merchant_id), I64(scope->from_order), I64(scope->to_order)),
                &link_fields, take_link, &w));
    end_chain(c, &w);
    return OK;
}

/* --- the engine ------------------------------------------------------------------------------ */

static enum err count_bad(struct ctx *c, struct audit_finding *f, const char *what,
                          const char *sqlite, const char *postgres)
{
    struct audit_example e = {.expected = 0};
    TRY(db_ask(c, sqlite, postgres, &e.actual));
    f->rows++;
    if (e.actual == 0) return OK;
    snprintf(e.subject, sizeof e.subject, "the database");
    snprintf(e.what, sizeof e.what, "%s", what);
    audit_differs(f, &e);
    return OK;
}

enum err audit_check_engine(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    (void)scope;
    TRY(count_bad(c, f, "pages and rows that are damaged",
                  "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
                  "SELECT coalesce(max(checksum_failures), 0) FROM pg_stat_database"
                  " WHERE datname = current_database()"));
    return count_bad(c, f, "indexes or references that lead nowhere",
                     "SELECT count(*) FROM pragma_foreign_key_check",
                     "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                     " JOIN pg_namespace n ON n.oid = c.relnamespace"
                     " WHERE NOT i.indisvalid AND n.nspname = current_schema()");
}

/* --- the schema ------------------------------------------------------------------------------ */

struct step {
    int64_t number;
    struct text name;
    int64_t checksum;
};
static const struct field step_table[] = {
    FIELD(struct step, number),
    FIELD(struct step, name),
    FIELD(struct step, checksum),
};
static const struct fields step_fields = FIELDS("migration", struct step, step_table);

static void wrong_step(struct audit_finding *f, int number, const char *name, const char *what)
{
    struct audit_example e = {.expected = NONE, .actual = NONE};
    snprintf(e.subject, sizeof e.subject, "step %d %s", number, name);
    snprintf(e.what, sizeof e.what, "%s", what);
    audit_differs(f, &e);
}

enum err audit_check_schema(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    (void)scope;
    struct list list;
    TRY(db_rows(c, &Q_migration_list, NO_ARGS, &step_fields, &list));
    const struct step *applied = list.at;
    for (size_t i = 0; i < list.count; i++)
        if (applied[i].number < 1 || applied[i].number > migration_count)
            wrong_step(f, (int)applied[i].number, "", "not known to this program");
    for (int i = 0; i < migration_count; i++) {
        const struct step *found = NULL;
        for (size_t k = 0; k < list.count; k++)
            if (applied[k].number == migrations[i].number) found = &applied[k];
        f->rows++;
        if (!found)
            wrong_step(f, migrations[i].number, migrations[i].name, "not applied");
        else if (found->checksum != hash_i64(text_of(migrations[i].sql)))
            wrong_step(f, migrations[i].number, migrations[i].name, "not what was applied");
    }
    return OK;
}
