#include "base/err.h"

struct err_row {
    int http, exit;
    bool retry;
    const char *name, *meaning;
};

static const struct err_row rows[ERR_COUNT] = {
#define X(name, http, exit, retry, meaning) [name] = {http, exit, retry, #name, meaning},
    ERR_LIST(X)
#undef X
};

int err_http(enum err e) { return rows[e].http; }
int err_exit(enum err e) { return rows[e].exit; }
bool err_retryable(enum err e) { return rows[e].retry; }
const char *err_name(enum err e) { return rows[e].name; }
const char *err_meaning(enum err e) { return rows[e].meaning; }
