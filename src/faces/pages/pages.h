/* faces/pages/pages.h: the customers' pages and the board; work without scripts.
 *
 *   /                    the live board, for people at this machine; /board.json the same
 *   /t/TOKEN             an order's page; /t/TOKEN.json the same
 *   /t/TOKEN/confirm, .../cancel, .../instead, .../problem      its forms
 *   /c/TOKEN             look over address, day and instructions, and confirm
 *   /f/TOKEN             feedback
 *   /pages/NAME          style sheet, script, mark
 *
 * A token is all that a customer needs (links.h), so a form needs no other secret. Whoever serves
 * these adds PAGE_CSP, "Referrer-Policy: no-referrer", "X-Robots-Tag: noindex" and, but for
 * /pages/, "Cache-Control: no-store"; and lets / and /board.json only be seen from this machine. */
#pragma once

#include "faces/api/route.h"

extern const struct route pages_routes[];

#define PAGE_CSP                                                                                   \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src "        \
    "'self'; "                                                                                     \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/* HTML for what no route knows: 404, 405, ... */
struct text page_of_status(struct arena *a, int status);
