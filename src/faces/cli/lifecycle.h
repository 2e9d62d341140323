/* faces/cli/lifecycle.h: `waybill lifecycle`: the lives of all things, as the program lives them.
 *
 * The pictures are drawn from the tables that change the states (base/lifecycle.h), so they cannot
 * be out of date. */
#pragma once

#include "base/lifecycle.h"
#include "faces/cli/cli.h"

extern const struct lifecycle *const lifecycles[]; /* ends with NULL */

int verb_lifecycle(struct cli *cli, int argc, char **argv);

const struct lifecycle *lifecycle_find(struct text name); /* "fulfillment"; NULL: there is none */
/* States that no verb leaves. */
uint32_t lifecycle_final(const struct lifecycle *l);
/* States that a chain of verbs leads to from the first. */
uint32_t lifecycle_reached(const struct lifecycle *l);
