/* bench/verb.h: `waybill bench [--quick] [--json] [--dir FOLDER]`: exit code as all verbs. */
#pragma once

#include "faces/cli/cli.h"

int verb_bench(struct cli *cli, int argc, char **argv);
