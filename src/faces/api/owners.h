/* faces/api/owners.h: the parts of /v1/owners and /v1/owner-activity. */
#pragma once

#include "faces/api/route.h"

extern const struct fields activity_query_fields, activity_fields;
must_check enum err owner_activity(struct ctx *c, const struct request *in, struct reply *out);
