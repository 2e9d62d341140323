/* app/streams.h: who listens to /v1/events/stream, and the thread that feeds them. */
#pragma once

#include "app/pulse.h"
#include "faces/api/dispatch.h"
#include "wire/http_server.h"

struct streams;

enum { STREAMS_MAX = 500 };

struct streams *streams_open(struct server *server, struct pulse *pulse);
/* Answer this request by a stream, or refuse it. */
void streams_join(struct streams *s, struct http_request *req, const struct call *call);
void streams_run(struct streams *s); /* until the pulse ends */
void streams_close(struct streams *s);
