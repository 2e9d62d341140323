/* faces/cli/why.h: `waybill why ORDER`: the story of an order for people; local or by a server. */
#pragma once

#include "faces/api/why.h"
#include "faces/cli/cli.h"

int verb_why(struct cli *cli, int argc, char **argv);
/* Steps by stage, then where it stands and what it waits for, as of `now_us`. */
void why_put_people(struct arena *a, struct buf *b, const struct why *why, int64_t now_us,
                    bool is_wide);
