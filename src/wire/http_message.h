/* wire/http_message.h: the text of HTTP messages, without sockets: headers, targets, queries.
 *
 * The framing rules stand here: a message that two servers could cut differently is refused,
 * because what a proxy before us takes for a body must never become a second request behind it. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct http_header {
    const char *name; /* as sent; compare without case */
    struct text value;
};
struct http_headers {
    const struct http_header *at;
    size_t count;
};
#define HTTP_HEADERS(...)                                                                          \
    ((struct http_headers){(const struct http_header[]){__VA_ARGS__},                              \
                           sizeof((const struct http_header[]){__VA_ARGS__}) /                     \
                               sizeof(struct http_header)})
#define HTTP_NO_HEADERS ((struct http_headers){NULL, 0})

/* What a server says to a message that it will not take. `reason` NULL: all is well. */
struct http_refusal {
    int status;
    const char *reason, *detail;
};

/* The first header of that name, or the absent text. */
struct text http_headers_find(struct http_headers h, const char *name);
bool http_is_token(struct text t);
struct text
http_trim(struct text t); /* spaces and tabs only: other white space is no white space here */
bool http_is_value(struct text t); /* no control character but tab, no white space at the ends */

/* Values are trimmed already. Names are tokens, values hold no control characters, one
   Content-Length of digits or one Transfer-Encoding that says exactly "chunked", one Host (none is
   fine before HTTP/1.1). */
struct http_refusal http_framing_check(struct http_headers h, bool is_http_1_1);

/* Take a request target apart: "/a%2Fb?x=1", "http://host/a" or "*". Escapes of letters, digits and
   "-._~" are undone in the path, all others stay, so that "%2F" is no slash. Refused: bad escapes,
   NUL, segments "." and "..", text that is not UTF-8 once unescaped. `query` absent without '?'. */
struct http_refusal http_target_parse(struct arena *a, struct text target, struct text *path,
                                      struct text *query);

/* Undo percent escapes (and '+' for a space in forms); false when one is broken or makes a NUL. */
bool http_unescape(struct arena *a, struct text t, bool plus_is_space, struct text *out);
/* The next "name=value" of a query or form; false at the end. Broken escapes stay as they are:
   the server has refused them in queries, and `http_form_valid` tells for bodies. */
bool http_pair_next(struct arena *a, struct text *rest, struct text *name, struct text *value);
bool http_form_valid(struct text form);

const char *http_title(int status); /* "Not Found" */
