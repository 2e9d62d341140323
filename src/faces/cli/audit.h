/* faces/cli/audit.h: `waybill audit`: what holds, what differs, what is not asked.
 *
 * Reads without the lock, so it may be asked beside a server that is working. Exit code 0 when
 * nothing differs, 1 when something does. */
#pragma once

#include "domain/audit/audit.h"
#include "faces/cli/cli.h"

int verb_audit(struct cli *cli, int argc, char **argv);

/* All merchants of a database. */
must_check enum err audit_database(struct cli *cli, const char *address,
                                   struct audit_report *report);

/* A table, then each difference by name. `width` 0: any; `is_short`: differences and last line. */
void audit_put_people(struct arena *a, struct buf *b, const struct audit_report *report,
                      size_t width, bool is_short);
void audit_put_json(struct buf *b, const struct audit_report *report);
/* An invariant's words and its statements on both engines. */
void audit_put_explained(struct buf *b, const struct audit_invariant *i);
