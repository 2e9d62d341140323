/* faces/cli/doctor.c: verbs that look after the installation: migrate, doctor, openapi. */
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/people/people.h"
#include "faces/api/openapi.h"
#include "faces/cli/cli_inside.h"
#include "faces/jobs/react.h"
#include "store/db.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

int verb_migrate(struct cli *cli, int argc, char **argv)
{
    if (argc > 1) return cli_misuse(cli, "migrate", "\"%s\" is one argument too many", argv[1]);
    enum err e = cli_open(cli); /* opening applies what is missing */
    if (e != OK) return cli_fail(cli, e);
    if (!cli->is_quiet) printf("%s is up to date\n", store_address(cli->store));
    return 0;
}

/* --- doctor ---------------------------------------------------------------------------------- */

struct findings {
    struct cli *cli;
    int bad;
};

static void found(struct findings *f, bool is_good, const char *what, const char *detail)
{
    if (!is_good) f->bad++;
    if (!is_good || !f->cli->is_quiet)
        printf("%s  %s%s%s\n", is_good ? "ok " : "BAD", what, *detail ? ": " : "", detail);
}

static void bad_query(struct ctx *c, void *arg, const struct query *q)
{
    /* Statements of the store's own tests have their tables only there. */
    if (!text_starts(text_of(q->name), T("scratch_"))) found(arg, false, q->name, c->fault.detail);
}

static void check_engine(struct findings *f)
{
    struct ctx *c = &f->cli->ctx;
    int64_t n = NONE;
    int before = f->bad;
    db_prepare_all(c, bad_query, f);
    if (f->bad == before) found(f, true, "every statement fits the schema", "");
    if (store_engine(c->store) == DB_SQLITE) {
        enum err e =
            db_ask(c, "SELECT quick_check = 'ok' FROM pragma_quick_check LIMIT 1", "SELECT 1", &n);
        found(f, e == OK && n == 1, "the file is whole", e == OK ? "" : c->fault.detail);
        e = db_ask(c, "SELECT count(*) FROM pragma_foreign_key_check", "SELECT 0", &n);
        found(f, e == OK && n == 0, "every reference leads somewhere", "");
    }
}

static void check_disk(struct findings *f)
{
    char said[80];
    struct statvfs disk;
    const char *path = f->cli->database;
    if (store_engine(f->cli->store) != DB_SQLITE || statvfs(path, &disk) != 0) return;
    unsigned long long free_mib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
    snprintf(said, sizeof said, "%llu MiB free", free_mib);
    found(f, free_mib >= 256, "room on the disk", said);
}

static void check_merchant(struct findings *f, const struct merchant *m)
{
    struct ctx *c = &f->cli->ctx;
    char said[160];
    int64_t last = 0;
    struct list dead, keys;
    c->merchant_id = m->merchant_id;
    if (event_last_position(c, &last) != OK || job_list_dead(c, &dead) != OK ||
        api_key_list(c, &keys) != OK) {
        found(f, false, "the merchant's data can be read", c->fault.detail);
        return;
    }
    for (const struct reaction *r = reactions; r->name; r++) {
        int64_t position = 0;
        if (consumer_get(c, text_of(r->name), &position) != OK) continue;
        snprintf(said, sizeof said, "%lld events behind", (long long)(last - position));
        if (last - position > EVENT_PAGE_MAX) found(f, false, r->name, said);
    }
    snprintf(said, sizeof said, "%zu", dead.count);
    found(f, dead.count == 0, "jobs given up", said);
    snprintf(said, sizeof said, "%.*s, %zu API keys, %lld events", TEXT_ARG(m->name), keys.count,
             (long long)last);
    found(f, true, "merchant", said);
}

int verb_doctor(struct cli *cli, int argc, char **argv)
{
    if (argc > 1) return cli_misuse(cli, "doctor", "\"%s\" is one argument too many", argv[1]);
    struct findings f = {cli, 0};
    struct list merchants;
    enum err e = cli_open(cli);
    if (e == OK) e = store_reader(&cli->ctx);
    if (e != OK) return cli_fail(cli, e);
    found(&f, true, "the database opens", store_address(cli->store));
    found(&f, cli->ctx.now_us > civil_to_us((struct civil){.year = 2025, .month = 1, .day = 1}),
          "the clock", text_cstr(&cli->arena, instant_text(&cli->arena, cli->ctx.now_us)));
    check_engine(&f);
    check_disk(&f);
    e = merchant_list(&cli->ctx, &merchants);
    if (e != OK) return cli_fail(cli, e);
    for (size_t i = 0; i < merchants.count; i++)
        check_merchant(&f, &((const struct merchant *)merchants.at)[i]);
    return f.bad ? err_exit(ERR_CONFLICT) : 0;
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
