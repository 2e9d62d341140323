/* faces/api/decode.h: what a handler is given, from what was sent. */
#pragma once

#include "faces/api/dispatch.h"
#include "faces/api/route_tree.h"

struct bad_row {
    int64_t row;
    struct fault fault;
    const struct faults *faults; /* all that is wrong with the row */
};

struct decoded {
    struct request in;
    struct text path, query; /* of the target; query without ?preview, ?owner */
    struct text owner;       /* ?owner=CODE; absent */
    bool asks_preview;       /* by ?preview=1, not by Prefer */
    struct text key;         /* Idempotency-Key, without quotes; absent */
    int64_t *row_numbers;    /* of in.rows: their lines as sent, from 1 */
    struct bad_row *bad;     /* in ascending order */
    size_t bad_count, bad_capacity;
};

/* The path and the headers: no database. */
must_check enum err decode_head(struct ctx *c, const struct call *call, struct decoded *out);
/* Parameters (running numbers are looked up with the reader in c->db), query and body. */
must_check enum err decode_rest(struct ctx *c, const struct call *call, const struct matched *m,
                                struct decoded *out);
/* Fingerprint of the request: the same for every spelling of the same body. */
must_check enum err decode_fingerprint(struct ctx *c, const struct call *call,
                                       const struct decoded *d, int64_t *out);
