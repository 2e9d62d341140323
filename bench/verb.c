/* bench/verb.c: `waybill bench`. */
#include "bench/bench.h"

#include "bench/verb.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int verb_bench(struct cli *cli, int argc, char **argv)
{
    bool wrong = false;
    bool is_quick = cli_flag(&argc, argv, "--quick");
    const char *parent = cli_option(&argc, argv, "--dir", &wrong);
    if (wrong || cli_unknown(argc, argv) || argc > 1)
        return cli_misuse(cli, argv[0], "it takes --quick and --dir FOLDER");
    struct arena *a = &cli->arena;
    /* Beside the user's files, not in memory: what is measured is this disk. */
    char *dir = (char *)(uintptr_t)text_cstr(
        a, text_printf(a, "%s/waybill-bench-XXXXXX", parent ? parent : "."));
    struct ctx c = {.arena = a, .source = &cli->source};
    struct figures found;
    if (!mkdtemp(dir)) {
        fail(&cli->ctx, ERR_INVALID, "bad_folder", "cannot make a folder in \"%s\"",
             parent ? parent : ".");
        return cli_fail(cli, ERR_INVALID);
    }
    enum err e = bench_run(&c, (struct bench_options){.is_quick = is_quick, .dir = dir}, &found);
    rmdir(dir);
    if (e != OK) {
        cli->ctx.fault = c.fault;
        return cli_fail(cli, e);
    }
    cli_put(cli, cli->is_json ? figures_as_json(a, &found) : figures_as_table(a, &found));
    return 0;
}
