/* faces/cli/bulk.h: the verbs that carry much at once: import, export, run; and the
 * address of an order's page. For app/wiring.c. */
#pragma once

#include "faces/api/route.h"

struct cli;

extern const struct route imports_routes[]; /* /v1/imports */
extern const struct route exports_routes[]; /* /v1/exports */

int verb_import(struct cli *cli, int argc, char **argv);
int verb_export(struct cli *cli, int argc, char **argv);
int verb_run(struct cli *cli, int argc, char **argv);
int verb_link(struct cli *cli, int argc, char **argv);
