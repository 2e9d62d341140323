/* wire/http_client.h: one question to somebody else's server.
 *
 * Rules: never inside db_tx, for a stranger's server may take its whole timeout while the writer
 * waits. First commit what you are about to ask, with its idempotency key; then call; then record
 * the answer in a second transaction. The caller's job runner asserts this; the wire cannot see it.
 *
 * A call is sent at most once: no retries, no redirects, no proxies from the environment. TLS is
 * verified. Any HTTP status is an answer, also 500. Without an answer it matters whether the call
 * may have taken effect:
 *
 *   ERR_UPSTREAM "unreachable"       surely not sent: no address, no connection, TLS refused
 *   ERR_UNKNOWN  "no_answer"         sent, at least in part, and the answer was lost: look it up
 *   ERR_UNKNOWN  "answer_too_large"  sent; the answer is longer than answer_max
 *   ERR_INVALID  "bad_url", "bad_header", "address_refused"    nothing was sent
 *
 * Unless allow_private, the addresses of this machine and its networks are refused when the socket
 * is made, whatever name led to them, and only ports 80, 443 and 8443 are called: so a URL that a
 * merchant typed in cannot look behind the firewall. */
#pragma once

#include "base/ctx.h"
#include "wire/http_message.h"

#include <stdbool.h>
#include <stddef.h>

struct sockaddr;

enum {
    HTTP_CALL_TIMEOUT_MS = 30000,
    HTTP_CALL_CONNECT_TIMEOUT_MS = 5000,
    HTTP_ANSWER_MAX = 8 * 1024 * 1024,
    HTTP_URL_MAX = 8192,
};

struct http_call {
    const char *method; /* NULL is GET */
    struct text url;    /* http or https; no user name in it, no fragment */
    struct http_headers headers;
    struct text body;       /* absent: none; an empty one is sent with length 0 */
    int timeout_ms;         /* of all; 0 is HTTP_CALL_TIMEOUT_MS */
    int connect_timeout_ms; /* 0 is HTTP_CALL_CONNECT_TIMEOUT_MS */
    size_t answer_max;      /* of the body; 0 is HTTP_ANSWER_MAX */
    bool allow_private;     /* for addresses from the configuration, never from a request */
};

struct http_answer {
    int status;
    struct http_headers headers;
    struct text body; /* in c->arena, like the headers */
};

must_check enum err http_call(struct ctx *c, const struct http_call *call, struct http_answer *out);

/* Is this an address of the public internet? (The guard, open to tests and to settings' checks.) */
bool http_address_public(const struct sockaddr *address);
