/* faces/api/system.h: the server about itself; its keys; its events. */
#pragma once

#include "faces/api/route.h"

extern const struct route system_routes[]; /* /healthz /readyz /metrics /docs /v1/openapi.json */
extern const struct route keys_routes[];   /* /v1/keys */
extern const struct route events_routes[]; /* /v1/events, /v1/events/stream */

/* One event as server-sent events have it: id, event, data. */
struct event;
void events_put_sent(struct buf *b, const struct event *e);
#define EVENTS_STREAM_PATH "/v1/events/stream"
