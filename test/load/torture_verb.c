/* test/load/torture_verb.c: `waybill torture`. */
#include "torture_verb.h"

#include "faces/cli/cli.h"
#include "torture.h"
#include "wire/json.h"

#include <signal.h>
#include <stdlib.h>

static const struct field report_table[] = {
    FIELD(struct torture_report, kills),
    FIELD(struct torture_report, postmaster_kills),
    FIELD(struct torture_report, rounds, .about = "of races for the last units"),
    FIELD(struct torture_report, clients),
    FIELD(struct torture_report, asked),
    FIELD(struct torture_report, acknowledged),
    FIELD(struct torture_report, unanswered, .about = "asked again after the death"),
    FIELD(struct torture_report, stored),
    FIELD(struct torture_report, lost, .about = "acknowledged and not stored"),
    FIELD(struct torture_report, doubled),
    FIELD(struct torture_report, changed, .about = "another answer to the same key"),
    FIELD(struct torture_report, oversold, .about = "rounds"),
    FIELD(struct torture_report, undersold,
          .about = "rounds in which units stayed that were wanted"),
    FIELD(struct torture_report, picked_twice, .about = "rounds"),
    FIELD(struct torture_report, failures, .about = "answers that nobody may get"),
    FIELD(struct torture_report, audits),
    FIELD(struct torture_report, audit_differences),
    FIELD(struct torture_report, ready_ms_median, .about = "from the start to the first answer"),
    FIELD(struct torture_report, ready_ms_most),
    FIELD(struct torture_report, milliseconds),
};
const struct fields torture_report_fields = FIELDS("torture", struct torture_report, report_table);

bool torture_is_clean(const struct torture_report *r)
{
    return !r->lost && !r->doubled && !r->changed && !r->oversold && !r->undersold &&
           !r->picked_twice && !r->failures && !r->audit_differences;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

enum err torture_run(struct ctx *c, const struct torture_options *o, struct torture_report *out)
{
    struct torture_site t = {.c = c, .options = o, .report = out};
    int64_t begun_ms = torture_now_ms();
    *out = (struct torture_report){.clients = o->clients};
    enum err e = torture_open(&t);
    if (e == OK) e = torture_start(&t);
    if (e == OK) e = torture_races(&t);
    if (e == OK) e = torture_kills(&t);
    size_t starts = (size_t)(out->kills + out->postmaster_kills);
    if (starts) {
        qsort(t.ready_ms, starts, sizeof *t.ready_ms, compare);
        out->ready_ms_median = t.ready_ms[starts / 2];
        out->ready_ms_most = t.ready_ms[starts - 1];
    }
    torture_close(&t);
    out->milliseconds = torture_now_ms() - begun_ms;
    return e;
}

static bool number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    return !text || (text_to_i64(text_of(text), out) && *out >= least && *out <= most);
}

static int through(struct cli *cli, int argc, char **argv, const char *port)
{
    bool wrong = false;
    struct through_options o = {.seconds = 10, .clients = 8};
    struct through_report report;
    bool ok =
        number(port, 1, 65535, &o.port) &&
        number(cli_option(&argc, argv, "--seconds", &wrong), 1, 1000000, &o.seconds) &&
        number(cli_option(&argc, argv, "--clients", &wrong), 1, TORTURE_CLIENTS_MAX, &o.clients);
    o.acknowledged = cli_option(&argc, argv, "--acknowledged", &wrong);
    o.key = cli->key;
    if (!ok || wrong || !o.key || cli_unknown(argc, argv) || argc > 1)
        return cli_misuse(cli, argv[0],
                          "--through PORT takes --key KEY, --seconds N, --clients 1 to %d and "
                          "--acknowledged FILE",
                          TORTURE_CLIENTS_MAX);
    signal(SIGPIPE, SIG_IGN);
    enum err e = torture_through(&cli->ctx, &o, &report);
    if (e != OK) return cli_fail(cli, e);
    if (cli->is_json)
        cli_put(cli, text_printf(
                         &cli->arena, "%.*s\n",
                         TEXT_ARG(record_to_json(&cli->arena, &through_report_fields, &report))));
    else
        cli_show_record(cli, &through_report_fields, &report);
    return through_is_clean(&report) ? 0 : 1;
}

int verb_torture(struct cli *cli, int argc, char **argv)
{
    bool wrong = false;
    const char *port = cli_option(&argc, argv, "--through", &wrong);
    if (port) return through(cli, argc, argv, port);
    int64_t seed = 1;
    struct torture_options o = {.kills = 20, .rounds = 1000, .clients = 8};
    struct torture_report report;
    bool ok =
        number(cli_option(&argc, argv, "--kills", &wrong), 0, 100000, &o.kills) &&
        number(cli_option(&argc, argv, "--rounds", &wrong), 0, 10000000, &o.rounds) &&
        number(cli_option(&argc, argv, "--clients", &wrong), 2, TORTURE_CLIENTS_MAX, &o.clients) &&
        number(cli_option(&argc, argv, "--seed", &wrong), 0, INT64_MAX, &seed);
    o.restart = cli_option(&argc, argv, "--restart", &wrong);
    o.seed = (uint64_t)seed;
    if (cli->has_database) o.database = cli->database;
    if (!ok || wrong || cli_unknown(argc, argv) || argc > 1)
        return cli_misuse(cli, argv[0],
                          "it takes --kills N, --rounds N, --clients 2 to %d, --seed N and "
                          "--restart COMMAND",
                          TORTURE_CLIENTS_MAX);
    signal(SIGPIPE, SIG_IGN);
    enum err e = torture_run(&cli->ctx, &o, &report);
    if (e != OK) return cli_fail(cli, e);
    if (cli->is_json)
        cli_put(cli, text_printf(
                         &cli->arena, "%.*s\n",
                         TEXT_ARG(record_to_json(&cli->arena, &torture_report_fields, &report))));
    else
        cli_show_record(cli, &torture_report_fields, &report);
    return torture_is_clean(&report) ? 0 : 1;
}
