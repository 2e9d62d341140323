/* domain/audit/audit_checks.h: invariants that one statement cannot ask; only for domain/audit. */
#pragma once

#include "domain/audit/audit.h"

/* I-51: the links of every order's chain, hashed again. */
must_check enum err audit_check_chain(struct ctx *c, const struct audit_scope *scope,
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
