/* domain/events/turn.h: which of many processes reacts to a merchant's events.
 *
 * Any may; one at a time does, or they would only race for the same cursors. The turn is a lease:
 * when its holder dies another has it TURN_LEASE_US later. It saves work and decides nothing: each
 * unit of reactions advances its cursors from where they stood, or does not commit (events). */
#pragma once

#include "base/ctx.h"
#include "base/time.h"

#include <stdint.h>

#define TURN_LEASE_US (5 * SECOND_US)
#define TURN_ASK_US SECOND_US /* how often those look whose turn it is not */

/* What a process knows of a merchant's turn; zero at first. */
struct turn {
    int64_t holder_id, lease_until_us, asked_us;
};

/* Taken when it is free, kept when it is ours. Few questions: none while the answer is known. */
must_check enum err turn_take(struct ctx *c, int64_t holder_id, struct turn *known, bool *is_ours);
must_check enum err turn_give_back(struct ctx *c, int64_t holder_id);
