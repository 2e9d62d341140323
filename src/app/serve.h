/* app/serve.h: `waybill serve`: the HTTP face and what runs behind it.
 *
 *   HTTP threads ── dispatch_begin ──> writers ── commit ──> pulse ──┬─> reactions
 *                                                                    ├─> jobs
 *                                                                    └─> streams of events
 *
 * SIGTERM or SIGINT: /readyz says 503, the door closes, what was accepted is finished and answered,
 * the background threads end their round, the database is closed. */
#pragma once

#include "faces/cli/cli.h"

int verb_serve(struct cli *cli, int argc, char **argv);
