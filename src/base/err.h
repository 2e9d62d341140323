/* base/err.h: every failure the program can name, named once.
 *
 * A function that can fail returns `enum err` and nothing else; results go to out-parameters, last.
 * The reason (a stable word for programs) and the details (for people) travel in ctx->fault. */
#pragma once

#include <stdbool.h>

#define ERR_LIST(X)                                                                                \
    /* name               http exit retry  meaning */                                              \
    X(OK, 200, 0, false, "done")                                                                   \
    X(ERR_INVALID, 422, 2, false, "the input breaks a stated rule")                                \
    X(ERR_MALFORMED, 400, 2, false, "the input cannot be read")                                    \
    X(ERR_UNAUTHENTICATED, 401, 5, false, "nobody is logged in")                                   \
    X(ERR_DENIED, 403, 5, false, "this actor may not do this")                                     \
    X(ERR_NOT_FOUND, 404, 3, false, "there is no such thing")                                      \
    X(ERR_CONFLICT, 409, 4, false, "its present state forbids this")                               \
    X(ERR_STALE, 412, 4, false, "it changed since it was read")                                    \
    X(ERR_TOO_LARGE, 413, 2, false, "more than the stated limit")                                  \
    X(ERR_BUSY, 503, 6, true, "lost a race or no room; ask again")                                 \
    X(ERR_UPSTREAM, 502, 6, true, "a carrier, bank, mail server or database is away")              \
    X(ERR_UNKNOWN, 502, 6, true, "asked, but the answer was lost; to be reconciled")               \
    X(ERR_BUG, 500, 1, false, "our own fault")

enum err {
#define X(name, http, exit, retry, meaning) name,
    ERR_LIST(X)
#undef X
        ERR_COUNT
};

#define must_check __attribute__((warn_unused_result))

/* The one macro that returns. Everything else that leaves a function says `return`. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum err try_err = (call);                                                                 \
        if (try_err != OK) return try_err;                                                         \
    } while (0)

int err_http(enum err e);
int err_exit(enum err e);
bool err_retryable(enum err e);
const char *err_name(enum err e);    /* "ERR_BUSY" */
const char *err_meaning(enum err e); /* "lost a race or no room; ask again" */
