/* app/config.h: how `waybill serve` is set up: by options, else by the environment. */
#pragma once

#include "faces/cli/cli.h"

struct config {
    const char *listen; /* --listen, WAYBILL_LISTEN: 127.0.0.1:8080 */
    unsigned threads;   /* --threads, WAYBILL_THREADS: of the HTTP server; 0: 8 */
    int writers;        /* --writers, WAYBILL_WRITERS: PostgreSQL connections that write; 0: 2 */
    int64_t queue_ms;   /* --queue, WAYBILL_QUEUE_MS: longest wait before 503; 0: 2000 */
    int log_level;      /* --log, WAYBILL_LOG: error, warn, info, debug */
    unsigned drain_s;   /* --drain: seconds of /readyz saying 503 before the door closes */
};

must_check enum err config_read(struct cli *cli, int *argc, char **argv, struct config *out);
