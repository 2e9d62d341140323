/* domain/audit/audit.h: does the database agree with itself?
 *
 *   invariant ── one statement each ──> rows looked at, rows that differ, the first few by name
 *
 * Every number that is kept beside the facts is computed again from the facts, every rule that the
 * model rests on is asked of all rows. An answer is of one instant, so auditing a database that is
 * in use tells no lies. Memory does not grow with the database: sums are the engine's work, rows
 * that differ and the events' hash chains stream through. Nothing is written.
 *
 * The one noun that may ask the tables of all others: docs/decisions/002-audit-reads-everything.md
 */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct query;
struct audit_finding;

enum { AUDIT_QUERIES_MAX = 6, AUDIT_EXAMPLES_MAX = 5, AUDIT_INVARIANTS_MAX = 64 };

struct audit_invariant {
    const char *id;    /* "I-03" */
    const char *about; /* what holds, in words */
    const struct query *queries[AUDIT_QUERIES_MAX + 1];
    /* what no statement can say; NULL: nothing */
    enum err (*check)(struct ctx *c, struct audit_finding *f);
    bool is_of_installation; /* not of a merchant */
};
extern const struct audit_invariant audit_invariants[]; /* ends with id NULL, ascending */

/* What the model has no answer for, and why: told, so that nobody takes silence for a yes. */
struct audit_omission {
    const char *id, *about, *why;
};
extern const struct audit_omission audit_omissions[]; /* ends with id NULL */

struct audit_example {
    char subject[100]; /* "ord_01... line 2, prd_01..." */
    char what[48];     /* "allocated" */
    /* Both NONE: there is no number in it. Only `expected` NONE: `actual` is what is kept less the
       facts. */
    int64_t expected, actual;
};

struct audit_finding {
    const struct audit_invariant *of;
    int64_t rows, differences, took_us;
    struct audit_example examples[AUDIT_EXAMPLES_MAX];
    size_t example_count;
};

struct audit_report {
    const struct audit_invariant *only; /* set before the run to ask one; NULL: all */
    struct audit_finding findings[AUDIT_INVARIANTS_MAX];
    size_t count;
    int64_t rows, differences;
};

/* All invariants for c->merchant_id, and those of the installation. Sets c->db to a reader; not
   inside db_tx. Start from a zeroed report: a second call (another merchant) adds to it. */
must_check enum err audit_run(struct ctx *c, struct audit_report *report);
/* One invariant, on c->db as it is, also inside a unit of work; adds to `f`. */
must_check enum err audit_ask(struct ctx *c, const struct audit_invariant *i,
                              struct audit_finding *f);
const struct audit_invariant *audit_find(struct text id); /* NULL: there is none */
void audit_differs(struct audit_finding *f, const struct audit_example *example);
