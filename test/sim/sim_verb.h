/* test/sim/sim_verb.h: `waybill simulate`. */
#pragma once

struct cli;
int verb_simulate(struct cli *cli, int argc, char **argv);
