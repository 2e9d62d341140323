/* faces/cli/doctor.c: verbs that look after the installation: doctor, openapi. */
#include "base/table.h"
#include "faces/api/openapi.h"
#include "faces/cli/checkup.h"
#include "faces/cli/cli_inside.h"
#include "store/db.h"
#include "wire/json.h"

#include <errno.h>
#include <string.h>

/* --- doctor ---------------------------------------------------------------------------------- */

static void put_people(struct cli *cli, const struct checkup *k)
{
    struct buf b = buf_new(&cli->arena);
    struct table t = {.arena = &cli->arena};
    table_column(&t, T("HEALTH"), false);
    table_column(&t, T("WHAT"), false);
    table_column(&t, T("FOUND"), false);
    table_column(&t, T("WHAT TO DO"), false);
    for (size_t i = 0; i < k->count; i++) {
        const struct health_line *l = &k->lines[i];
        if (cli->is_quiet && l->health == HEALTH_OK) continue;
        table_row(&t, (const struct text[]){text_of(word_of(&health_words, l->health)), l->what,
                                            l->found, l->advice});
    }
    if (t.count) table_put(&b, &t, 0, 0);
    buf_printf(&b, "%lld %s, %lld %s\n", (long long)k->problems,
               k->problems == 1 ? "problem" : "problems", (long long)k->warnings,
               k->warnings == 1 ? "warning" : "warnings");
    cli_put(cli, buf_text(&b));
}

static void put_json(struct cli *cli, const struct checkup *k)
{
    struct buf b = buf_new(&cli->arena);
    struct list lines = {k->lines, k->count};
    buf_printf(&b, "{\"problems\":%lld,\"warnings\":%lld,\"checks\":", (long long)k->problems,
               (long long)k->warnings);
    rows_put_json(&b, &health_line_fields, lines);
    buf_puts(&b, "}\n");
    cli_put(cli, buf_text(&b));
}

int verb_doctor(struct cli *cli, int argc, char **argv)
{
    struct store *store = NULL;
    struct checkup k;
    struct store_options options = {.read_only = true};
    if (argc > 1) return cli_misuse(cli, "doctor", "\"%s\" is one argument too many", argv[1]);
    if (cli->server_url) {
        cli_fault(cli, "remote", "the doctor looks at a machine and its database, not at a server");
        return cli_fail(cli, hint(&cli->ctx, "run it where the server runs, with --db"));
    }
    enum err e = store_open(&cli->ctx, text_of(cli->database), options, &store);
    if (e != OK) return cli_fail(cli, e);
    checkup_run(&cli->ctx, cli->database, &k);
    if (cli->is_json)
        put_json(cli, &k);
    else
        put_people(cli, &k);
    store_close(store);
    cli->ctx.db = NULL;
    cli->ctx.store = NULL;
    return k.problems ? 1 : 0;
}

/* --- openapi --------------------------------------------------------------------------------- */

static enum err write_file(struct cli *cli, const char *path, struct text t)
{
    FILE *f = fopen(path, "wbe");
    bool is_good = f && fwrite(t.at, 1, t.len, f) == t.len;
    if (f && fclose(f) != 0) is_good = false;
    return is_good ? OK : cli_fault(cli, "file", "cannot write \"%s\": %s", path, strerror(errno));
}

int verb_openapi(struct cli *cli, int argc, char **argv)
{
    struct text json = openapi_json(&cli->arena, route_tables, true);
    if (argc > 2) return cli_misuse(cli, "openapi", "\"%s\" is one argument too many", argv[2]);
    if (argc < 2) {
        cli_put(cli, json);
        return 0;
    }
    const char *folder = argv[1];
    struct text to_json = text_printf(&cli->arena, "%s/openapi.json", folder);
    struct text to_reasons = text_printf(&cli->arena, "%s/reasons.md", folder);
    enum err e = write_file(cli, text_cstr(&cli->arena, to_json), json);
    if (e == OK)
        e = write_file(cli, text_cstr(&cli->arena, to_reasons), openapi_reasons_md(&cli->arena));
    return e == OK ? 0 : cli_fail(cli, e);
}
