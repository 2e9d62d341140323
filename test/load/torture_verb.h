/* test/load/torture_verb.h: `waybill torture`. */
#pragma once

struct cli;
int verb_torture(struct cli *cli, int argc, char **argv);
