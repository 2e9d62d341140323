/* faces/api/reactions.h: what follows from events; events.c lists the routes beside the feed. */
#pragma once

#include "faces/api/route.h"

extern const struct fields reaction_view_fields, reaction_retry_fields;

handler_fn reactions_list, reactions_skipped, reactions_retry;
