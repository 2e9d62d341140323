/* faces/cli/migrate.c: `waybill migrate`: the schema brought up to date, laid apart, distributed.
 */
#include "faces/cli/cli_inside.h"
#include "store/db.h"
#include "store/distribute.h"
#include "store/partition.h"

/* "--partitions 8": a whole number, or NONE when the option is not there. */
static bool take_number(int *argc, char **argv, const char *name, int64_t *out)
{
    bool wrong = false;
    const char *value = cli_option(argc, argv, name, &wrong);
    *out = NONE;
    return !wrong && (!value || (text_to_i64(text_of(value), out) && *out > 0));
}

static void tell(void *arg, struct text call, bool was_done_before)
{
    const struct cli *cli = arg;
    if (cli->is_quiet) return;
    printf("%s%.*s\n", was_done_before ? "-- done: " : "", TEXT_ARG(call));
}

/* The schema and no more: no merchant is made, so that a copy may come into it. */
static enum err open_store(struct cli *cli, struct store_options options, struct store **out)
{
    if (!cli->server_url) return store_open(&cli->ctx, text_of(cli->database), options, out);
    cli_fault(cli, "remote", "tables are made in a database, not by a server");
    return hint(&cli->ctx, "name the database by --db");
}

static void close_store(struct cli *cli, struct store *store)
{
    store_close(store);
    cli->ctx.db = NULL;
    cli->ctx.store = NULL;
}

static int distribute_it(struct cli *cli, struct distribution *d)
{
    struct store *store = NULL;
    d->told = tell;
    d->arg = cli;
    enum err e = open_store(cli, (struct store_options){.read_only = d->is_preview}, &store);
    if (e != OK) return cli_fail(cli, e);
    e = distribute(&cli->ctx, d);
    if (e == OK && !cli->is_quiet)
        printf("-- %s: %s over %lld %s\n", store_address(store),
               d->is_preview ? "to be distributed" : "distributed", (long long)d->nodes,
               d->nodes == 1 ? "node" : "nodes");
    int code = e == OK ? 0 : cli_fail(cli, e);
    close_store(cli, store);
    return code;
}

int verb_migrate(struct cli *cli, int argc, char **argv)
{
    struct distribution d = {.shards = NONE};
    int64_t partitions = NONE;
    bool is_distributed = cli_flag(&argc, argv, "--distributed");
    d.is_preview = cli_flag(&argc, argv, "--preview");
    if (!take_number(&argc, argv, "--shards", &d.shards) ||
        !take_number(&argc, argv, "--partitions", &partitions))
        return cli_misuse(cli, "migrate", "--shards and --partitions take a number from 1 on");
    if (argc > 1) return cli_misuse(cli, "migrate", "\"%s\" is one argument too many", argv[1]);
    if (!is_distributed && (d.is_preview || d.shards != NONE))
        return cli_misuse(cli, "migrate", "--preview and --shards go with --distributed");
    if (is_distributed && partitions != NONE)
        return cli_misuse(cli, "migrate", "--distributed or --partitions, not both");
    if (is_distributed) return distribute_it(cli, &d);
    struct store *store = NULL;
    struct store_options options = {0};
    if (partitions != NONE)
        options.partitions = partitions > PARTITIONS_MAX ? PARTITIONS_MAX + 1 : (int)partitions;
    enum err e = open_store(cli, options, &store); /* opening applies what is missing */
    if (e != OK) return cli_fail(cli, e);
    if (!cli->is_quiet) printf("%s is up to date\n", store_address(store));
    close_store(cli, store);
    return 0;
}
