/* bench/verb.c: `waybill bench`. */
#include "bench/bench.h"

#include "bench/verb.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void keep(const char *folder, const char *name, struct text t)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) return;
    fwrite(t.at, 1, t.len, file);
    fclose(file);
}

static int drop_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s, (void)kind, (void)where;
    remove(path);
    return 0;
}

int verb_bench(struct cli *cli, int argc, char **argv)
{
    bool wrong = false;
    const char *parent = cli_option(&argc, argv, "--dir", &wrong);
    struct bench_options o = {.is_quick = cli_flag(&argc, argv, "--quick"),
                              .only = cli_option(&argc, argv, "--only", &wrong),
                              .postgres = cli_option(&argc, argv, "--postgres", &wrong),
                              .results = cli_option(&argc, argv, "--results", &wrong)};
    const char *orders = cli_option(&argc, argv, "--orders", &wrong);
    bool is_number = !orders || (text_to_i64(text_of(orders), &o.orders) && o.orders >= 1000 &&
                                 o.orders <= BENCH_ORDERS_MAX);
    if (wrong || cli_unknown(argc, argv) || argc > 1)
        return cli_misuse(cli, argv[0],
                          "it takes --quick, --only KEY, --orders N, --dir FOLDER, "
                          "--postgres ADDRESS and --results FOLDER");
    if (!is_number) return cli_misuse(cli, argv[0], "--orders is 1000 to %d", BENCH_ORDERS_MAX);
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
    o.dir = dir;
    enum err e = bench_run(&c, o, &found);
    nftw(dir, drop_one, 8, FTW_DEPTH | FTW_PHYS); /* the servers' mails lie in it, too */
    if (e != OK) {
        cli->ctx.fault = c.fault;
        return cli_fail(cli, e);
    }
    if (o.results) {
        keep(o.results, "figures.json", figures_as_json(a, &found));
        keep(o.results, "figures.txt", figures_as_table(a, &found));
    }
    cli_put(cli, cli->is_json ? figures_as_json(a, &found) : figures_as_table(a, &found));
    return 0;
}
