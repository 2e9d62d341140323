/* domain/audit/audit.h: does the database agree with itself?
 *
 *   orders ── ranges of a few thousand ──┐ several at once
 *   stock ─── one pass through all ways ─┼──> rows looked at, rows that differ, a few by name
 *   the rest ── a statement each ────────┘
 *
 * Every number that is kept beside the facts is computed again from the facts, every rule that the
 * model rests on is asked of all rows. Each statement answers of one instant, so auditing a
 * database that is in use tells no lies. Memory grows with the open work and the bins, not with
 * what ever happened: orders are summed up range by range, and a tote or package that is empty
 * again is forgotten. Nothing is written.
 *
 * Since a position of the events: only the orders that were told of after it, and the stock of the
 * products they and the entries after it name.
 *
 * The one noun that may ask the tables of all others: docs/decisions/002-audit-reads-everything.md
 */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct query;
struct audit_finding;

enum {
    AUDIT_QUERIES_MAX = 6,
    AUDIT_EXAMPLES_MAX = 5,
    AUDIT_INVARIANTS_MAX = 80,
    AUDIT_THREADS_MAX = 16,
    AUDIT_RANGE_ORDERS = 5000
};

enum audit_reach {
    AUDIT_WHOLE,    /* $1 merchant; maybe $2 now: not asked of a part */
    AUDIT_ORDERS,   /* $2 to $3, the first and the last order; maybe $4 now */
    AUDIT_PRODUCTS, /* $2 is 1: all of them; $3 these */
    AUDIT_INSTALLATION
};
/* What is asked for. Orders both included; products ascending. */
struct audit_scope {
    int64_t from_order, to_order;
    const int64_t *products; /* NULL: all */
    size_t product_count;
    int64_t now_us;    /* with room for clocks that differ */
    struct text table; /* of the engine's own check; empty: all of them, and what lies between */
};
struct audit_question {
    const struct query *query;
    enum audit_reach reach;
};
struct audit_invariant {
    const char *id;    /* "I-03" */
    const char *about; /* what holds, in words */
    struct audit_question questions[AUDIT_QUERIES_MAX + 1];
    /* what no statement can say; NULL: nothing */
    enum err (*check)(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f);
    enum audit_reach check_reach;
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

/* What a part of the audit covered. */
struct audit_cover {
    int64_t position, at_us; /* after this one; position NONE: everything */
    int64_t orders, products, packages;
};

struct audit_report {
    /* set before the run */
    const struct audit_invariant *only; /* NULL: all */
    int64_t since_us, since_position;   /* 0: everything; the position counts where both stand */
    int threads;                        /* 0: one */
    /* told by it */
    struct audit_finding findings[AUDIT_INVARIANTS_MAX];
    size_t count;
    int64_t rows, differences, took_us;
    int64_t head; /* the merchant's newest event when it began: where the next one may go on */
    struct audit_cover cover;
};

/* All invariants for c->merchant_id, and those of the installation. Sets c->db to a reader; not
   inside db_tx. Start from a zeroed report: a second call (another merchant) adds to it.
   ERR_INVALID "unknown_position" when there is no such event yet. */
must_check enum err audit_run(struct ctx *c, struct audit_report *report);
/* One invariant about everything, on c->db as it is, also inside a unit of work; adds to `f`. */
must_check enum err audit_ask(struct ctx *c, const struct audit_invariant *i,
                              struct audit_finding *f);
/* The same of a part: its questions of this reach. */
must_check enum err audit_ask_part(struct ctx *c, const struct audit_invariant *i,
                                   enum audit_reach reach, const struct audit_scope *scope,
                                   struct audit_finding *f);
const struct audit_invariant *audit_find(struct text id); /* NULL: there is none */
void audit_differs(struct audit_finding *f, const struct audit_example *example);
