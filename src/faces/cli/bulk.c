#include "faces/cli/bulk.h"

#include "faces/cli/cli.h"
#include "faces/cli/importing.h"
#include "wire/json.h"

#include <string.h>

int verb_import(struct cli *cli, int argc, char **argv)
{
    struct import_options o = {.is_quiet = cli->is_quiet};
    struct import_counts counts;
    bool wrong = false;
    o.mapping = cli_option(&argc, argv, "--map", &wrong);
    o.report = cli_option(&argc, argv, "--report", &wrong);
    o.is_strict = cli_flag(&argc, argv, "--strict");
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
    enum err e = cli_open(cli);
    if (e != OK) return cli_fail(cli, e);
    e = import_file(&cli->ctx, &o, &counts);
    struct fault fault = cli->ctx.fault;
    if (counts.rows && cli->is_json)
        cli_show_record(cli, &import_counts_fields, &counts);
    else if (counts.rows)
        import_print(stdout, &o, &counts);
    fflush(stdout);
    cli->ctx.fault = fault;
    return e == OK ? 0 : cli_fail(cli, e);
}
