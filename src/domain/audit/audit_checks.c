#include "domain/audit/audit_checks.h"

#include "base/card.h"
#include "base/hash.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "queries.h"
#include "store/db.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

/* --- what people wrote ------------------------------------------------------------------------ */

struct written {
    int64_t id;
    struct text what, words;
};
static const struct field written_table[] = {
    FIELD(struct written, id),
    FIELD(struct written, what),
    FIELD(struct written, words),
};
static const struct fields written_fields = FIELDS("written", struct written, written_table);

static enum err take_words(struct ctx *c, void *arg, const void *record)
{
    struct audit_finding *f = arg;
    const struct written *w = record;
    f->rows++;
    if (!card_number_in(w->words)) return OK;
    struct audit_example e = {.expected = NONE, .actual = NONE};
    snprintf(e.subject, sizeof e.subject, "%.*s", TEXT_ARG(id_text(c->arena, "ord", w->id)));
    snprintf(e.what, sizeof e.what, "a card number in the %.*s", TEXT_ARG(w->what));
    audit_differs(f, &e);
    return OK;
}

enum err audit_check_card_numbers(struct ctx *c, const struct audit_scope *scope,
                                  struct audit_finding *f)
{
    return db_scan(c, &Q_audit_texts,
                   ARGS(I64(c->merchant_id), I64(scope->from_order), I64(scope->to_order)),
                   &written_fields, take_words, f);
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

/* Table by table SQLite leaves out whether each page is in use: nothing is lost where one is not.
 */
static const char *integrity_check(struct ctx *c, struct text table)
{
    const char *of = "";
    if (table.len) of = text_cstr(c->arena, text_printf(c->arena, "('%.*s')", TEXT_ARG(table)));
    return text_cstr(c->arena, text_printf(c->arena,
                                           "SELECT count(*) FROM pragma_integrity_check%s"
                                           " WHERE integrity_check <> 'ok'",
                                           of));
}

enum err audit_check_engine(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    TRY(count_bad(c, f, "pages and rows that are damaged", integrity_check(c, scope->table),
                  "SELECT coalesce(max(checksum_failures), 0) FROM pg_stat_database"
                  " WHERE datname = current_database()"));
    if (scope->table.len) return OK;
    return count_bad(c, f, "indexes that are not whole", "SELECT 0",
                     "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                     " JOIN pg_namespace n ON n.oid = c.relnamespace"
                     " WHERE NOT i.indisvalid AND n.nspname = current_schema()");
}

/* --- the schema ------------------------------------------------------------------------------ */

struct step {
    int64_t number;
    struct text name;
    int64_t checksum, oldest;
};
static const struct field step_table[] = {
    FIELD(struct step, number),
    FIELD(struct step, name),
    FIELD(struct step, checksum),
    FIELD(struct step, oldest),
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
        if (applied[i].number < 1 ||
            (applied[i].number > migration_count && applied[i].oldest > migration_count))
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
