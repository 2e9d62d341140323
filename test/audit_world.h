/* test/audit_world.h: nothing differs, at the end of whatever a test did. */
#pragma once

#include "world.h"

/* Audit w->ctx.merchant_id's data and the installation; fails the test for every invariant that
   finds a difference, naming the first few. */
void world_audit(struct world *w);
