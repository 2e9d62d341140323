/* faces/cli/copying.h: `waybill copy`: a whole installation into another database.
 *
 * Exit code 0 when both sides hold the same and both audits find nothing. */
#pragma once

#include "faces/cli/cli.h"

int verb_copy(struct cli *cli, int argc, char **argv);
