#include "faces/cli/bulk.h"

#include "base/time.h"
#include "domain/people/people.h"
#include "faces/cli/cli.h"
#include "faces/cli/exporting.h"
#include "faces/cli/importing.h"
#include "faces/cli/running.h"
#include "wire/json.h"

#include <errno.h>
#include <string.h>

int verb_import(struct cli *cli, int argc, char **argv)
{
    struct import_options o = {.is_quiet = cli->is_quiet};
    struct import_counts counts;
    bool wrong = false;
    o.mapping = cli_option(&argc, argv, "--map", &wrong);
    o.report = cli_option(&argc, argv, "--report", &wrong);
    o.is_strict = cli_flag(&argc, argv, "--strict");
    const char *at = cli_option(&argc, argv, "--at", &wrong);
    if (at && (!instant_parse(text_of(at), &o.at_us) || o.at_us <= 0))
        return cli_misuse(cli, "import", "\"%s\" is no instant like 2026-11-23T08:00:00Z", at);
    if (wrong) return cli_misuse(cli, "import", "an option has no value");
    const char *unknown = cli_unknown(argc, argv);
    if (unknown && strcmp(unknown, "-") != 0)
        return cli_misuse(cli, "import", "there is no option %s", unknown);
    if (argc != 3) return cli_misuse(cli, "import", "say what is to be imported, and its file");
    o.kind = word_find(&import_kind_words, text_of(argv[1]));
    o.path = argv[2];
    if (o.kind < 0)
        return cli_misuse(cli, "import",
                          "\"%s\" cannot be imported: orders, products, customers "
                          "or stock can",
                          argv[1]);
    if (cli->server_url && at)
        return cli_misuse(cli, "import", "--at works on a database; a server has its own clock");
    enum err e = cli->server_url ? OK : cli_open(cli);
    if (e != OK) return cli_fail(cli, e);
    if (cli->server_url) o.server = cli;
    e = import_file(&cli->ctx, &o, &counts);
    struct fault fault = cli->ctx.fault;
    if (counts.rows && cli->is_json)
        cli_show_record(cli, &import_counts_fields, &counts);
    else if (counts.rows)
        import_print(stdout, &o, &counts);
    fflush(stdout);
    cli->ctx.fault = fault;
    if (e != OK) return cli_fail(cli, e);
    if (!counts.rows || counts.refused < counts.rows) return 0;
    fail(&cli->ctx, ERR_INVALID, "nothing_imported", "no row of %.200s could be taken", o.path);
    if (!o.mapping)
        hint(&cli->ctx, "without --map MAPPING each line is a JSON object: waybill help import");
    return cli_fail(cli, ERR_INVALID);
}

int verb_export(struct cli *cli, int argc, char **argv)
{
    struct export_options o = {.is_quiet = cli->is_quiet};
    bool wrong = false;
    int64_t written = 0;
    const char *format = cli_option(&argc, argv, "--format", &wrong);
    const char *path = cli_option(&argc, argv, "-o", &wrong);
    o.is_for_people = cli_flag(&argc, argv, "--for-people");
    if (wrong) return cli_misuse(cli, "export", "an option has no value");
    if (cli_unknown(argc, argv))
        return cli_misuse(cli, "export", "there is no option %s", cli_unknown(argc, argv));
    o.is_csv = format && strcmp(format, "csv") == 0;
    if (format && !o.is_csv && strcmp(format, "ndjson") != 0)
        return cli_misuse(cli, "export", "the format is ndjson or csv, not \"%s\"", format);
    o.kind = argc == 2 ? word_find(&export_kind_words, text_of(argv[1])) : -1;
    if (o.kind < 0)
        return cli_misuse(cli, "export",
                          "orders, products, customers, stock, returns, substitutes or events");
    enum err e = cli->server_url ? OK : cli_open(cli);
    if (e != OK) return cli_fail(cli, e);
    FILE *to = path ? fopen(path, "w") : stdout;
    if (!to)
        return cli_fail(cli, fail_at(&cli->ctx, ERR_INVALID, "output_path", "-o",
                                     "cannot write \"%s\": %s", path, strerror(errno)));
    e = cli->server_url ? export_from(cli, &o, to, &written)
                        : export_to(&cli->ctx, &o, to, &written);
    if (path && fclose(to) != 0 && e == OK)
        e = fail(&cli->ctx, ERR_UPSTREAM, "disk", "cannot write \"%s\"", path);
    if (e == OK && path && !cli->is_quiet)
        fprintf(stderr, "%lld %s%s in %s\n", (long long)written,
                cli->server_url && o.is_csv ? "lines of " : "", argv[1], path);
    return e == OK ? 0 : cli_fail(cli, e);
}

int verb_run(struct cli *cli, int argc, char **argv)
{
    struct run_options o = {.crew = 4, .seed = 1, .is_quiet = cli->is_quiet || cli->is_json};
    struct run_counts counts;
    struct merchant merchant;
    bool wrong = false;
    int64_t seed = 1;
    const char *orders = cli_option(&argc, argv, "--orders", &wrong);
    const char *crew = cli_option(&argc, argv, "--crew", &wrong);
    const char *seed_text = cli_option(&argc, argv, "--seed", &wrong);
    if (wrong) return cli_misuse(cli, "run", "an option has no value");
    if (argc != 1) return cli_misuse(cli, "run", "what is \"%s\"?", argv[1]);
    if (crew && (!text_to_i64(text_of(crew), &o.crew) || o.crew < 1 || o.crew > RUN_CREW_MAX))
        return cli_misuse(cli, "run", "a crew has 1 to %d people", RUN_CREW_MAX);
    if (seed_text && !text_to_i64(text_of(seed_text), &seed))
        return cli_misuse(cli, "run", "a seed is a number");
    o.seed = (uint64_t)seed;
    enum err e = OK;
    if (cli->server_url) {
        e = fail(&cli->ctx, ERR_INVALID, "remote",
                 "run plays all hands of a house on a clock of its own, which a server that others "
                 "work with must not follow");
        hint(&cli->ctx, "leave --server and WAYBILL_SERVER out, and name a database by --db");
    }
    if (e == OK) e = run_select(&cli->ctx, text_of(orders), &o);
    if (e == OK) e = cli_open(cli);
    if (e == OK) e = merchant_get(&cli->ctx, &merchant);
    if (e == OK) e = run_orders(&cli->ctx, &o, stderr, &counts);
    if (e != OK) return cli_fail(cli, e);
    if (cli->is_json)
        cli_show_record(cli, &run_counts_fields, &counts);
    else
        run_print(stdout, &counts, text_cstr(&cli->arena, merchant.currency));
    fflush(stdout);
    return counts.unfinished ? err_exit(ERR_CONFLICT) : 0;
}

struct link_answer {
    struct text url;
};
static const struct field link_table[] = {FIELD(struct link_answer, url)};
static const struct fields link_fields = FIELDS("link", struct link_answer, link_table);

int verb_link(struct cli *cli, int argc, char **argv)
{
    struct link_answer link;
    struct answer answer;
    struct buf target = buf_new(&cli->arena);
    if (argc != 2 || !*argv[1]) return cli_misuse(cli, "link", "which order?");
    buf_puts(&target, "/v1/orders/");
    buf_put_url(&target, text_of(argv[1]));
    buf_puts(&target, "/link");
    struct call call = {.method = T("GET"), .target = buf_text(&target), .request_id = T("cli")};
    enum err e = cli_ask(cli, &call, &answer);
    if (e == OK && answer.status >= 400) return cli_fail_answer(cli, &answer);
    if (e == OK) e = record_from_reply(&cli->ctx, &link_fields, answer.body, &link);
    if (e != OK) return cli_fail(cli, e);
    cli_put(cli, cli->is_json ? answer.body : link.url);
    cli_put(cli, T("\n"));
    return 0;
}
