/* domain/audit/audit_checks.h: invariants that one statement cannot ask; only for domain/audit. */
#pragma once

#include "domain/audit/audit.h"

/* I-55: what people wrote about orders. */
must_check enum err audit_check_card_numbers(struct ctx *c, const struct audit_scope *scope,
                                             struct audit_finding *f);
/* I-61: the engine's own check of its files. */
must_check enum err audit_check_engine(struct ctx *c, const struct audit_scope *scope,
                                       struct audit_finding *f);
/* I-62: the steps of the schema against the ones of this program. */
must_check enum err audit_check_schema(struct ctx *c, const struct audit_scope *scope,
                                       struct audit_finding *f);

/* I-01, I-07, I-10: the same pass through all entries of stock, by place, by lot, by product. */
must_check enum err audit_check_places(struct ctx *c, const struct audit_scope *scope,
                                       struct audit_finding *f);
must_check enum err audit_check_lots(struct ctx *c, const struct audit_scope *scope,
                                     struct audit_finding *f);
must_check enum err audit_check_conservation(struct ctx *c, const struct audit_scope *scope,
                                             struct audit_finding *f);
/* All three at once; NULL: not asked. */
must_check enum err audit_stock_pass(struct ctx *c, const struct audit_scope *scope,
                                     struct audit_finding *places, struct audit_finding *lots,
                                     struct audit_finding *conservation);

/* I-18, I-44, I-50, I-51: the same pass through all events of orders. */
must_check enum err audit_check_states(struct ctx *c, const struct audit_scope *scope,
                                       struct audit_finding *f);
must_check enum err audit_check_versions(struct ctx *c, const struct audit_scope *scope,
                                         struct audit_finding *f);
must_check enum err audit_check_times(struct ctx *c, const struct audit_scope *scope,
                                      struct audit_finding *f);
must_check enum err audit_check_chains(struct ctx *c, const struct audit_scope *scope,
                                       struct audit_finding *f);
struct audit_event_findings { /* NULL: not asked */
    struct audit_finding *states, *versions, *times, *chains;
};
must_check enum err audit_event_pass(struct ctx *c, const struct audit_scope *scope,
                                     const struct audit_event_findings *f);
