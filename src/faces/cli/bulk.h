/* faces/cli/bulk.h: the verbs that carry much at once: import, export, run; and the
 * address of an order's page. For app/wiring.c. */
#pragma once

struct cli;

int verb_import(struct cli *cli, int argc, char **argv);
int verb_export(struct cli *cli, int argc, char **argv);
int verb_run(struct cli *cli, int argc, char **argv);
int verb_link(struct cli *cli, int argc, char **argv);
