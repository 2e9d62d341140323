#include "app/config.h"

#include "base/field.h"
#include "base/log.h"

#include <stdlib.h>

static const char *value_of(int *argc, char **argv, const char *option, const char *environment,
                            bool *wrong)
{
    const char *given = cli_option(argc, argv, option, wrong), *set = getenv(environment);
    return given ? given : set && *set ? set : NULL;
}

static enum err read_number(struct cli *cli, const char *option, const char *value, int64_t most,
                            int64_t otherwise, int64_t *out)
{
    *out = otherwise;
    if (!value) return OK;
    if (text_to_i64(text_of(value), out) && *out >= 0 && *out <= most) return OK;
    fail_at(&cli->ctx, ERR_INVALID, "out_of_range", option, "\"%s\" is no number", value);
    return hint(&cli->ctx, "it is 0 to %lld", (long long)most);
}

enum err config_read(struct cli *cli, int *argc, char **argv, struct config *out)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    static const struct words levels = WORDS("log_level", names);
    bool wrong = false;
    int64_t threads, writers, drain_s, queue_ms;
    const char *listen = value_of(argc, argv, "--listen", "WAYBILL_LISTEN", &wrong);
    const char *log = value_of(argc, argv, "--log", "WAYBILL_LOG", &wrong);
    TRY(read_number(cli, "--threads", value_of(argc, argv, "--threads", "WAYBILL_THREADS", &wrong),
                    64, 0, &threads));
    TRY(read_number(cli, "--writers", value_of(argc, argv, "--writers", "WAYBILL_WRITERS", &wrong),
                    32, 0, &writers));
    TRY(read_number(cli, "--drain", value_of(argc, argv, "--drain", "WAYBILL_DRAIN", &wrong), 600,
                    0, &drain_s));
    TRY(read_number(cli, "--queue", value_of(argc, argv, "--queue", "WAYBILL_QUEUE_MS", &wrong),
                    600000, 0, &queue_ms));
    if (wrong) return fail(&cli->ctx, ERR_INVALID, "usage", "an option lacks its value");
    int32_t level = log ? word_find(&levels, text_of(log)) : LOG_INFO;
    if (level < 0) {
        fail_at(&cli->ctx, ERR_INVALID, "usage", "--log", "there is no level \"%s\"", log);
        return hint(&cli->ctx, "error, warn, info or debug");
    }
    *out = (struct config){.listen = listen ? listen : "127.0.0.1:8080",
                           .threads = (unsigned)threads,
                           .writers = (int)writers,
                           .queue_ms = queue_ms,
                           .log_level = level,
                           .drain_s = (unsigned)drain_s};
    return OK;
}
