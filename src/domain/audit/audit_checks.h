/* domain/audit/audit_checks.h: invariants that one statement cannot ask; only for domain/audit. */
#pragma once

#include "domain/audit/audit.h"

/* I-51: the links of every order's chain, hashed again. */
must_check enum err audit_check_chain(struct ctx *c, struct audit_finding *f);
/* I-61: the engine's own check of its files. */
must_check enum err audit_check_engine(struct ctx *c, struct audit_finding *f);
/* I-62: the steps of the schema against the ones of this program. */
must_check enum err audit_check_schema(struct ctx *c, struct audit_finding *f);
