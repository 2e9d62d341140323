#include "faces/cli/audit.h"

#include "base/source.h"
#include "base/table.h"
#include "base/time.h"
#include "domain/people/people.h"
#include "faces/cli/cli_inside.h"
#include "store/db.h"
#include "wire/json.h"

#include <stdlib.h>
#include <unistd.h>

/* --- for people ------------------------------------------------------------------------------ */

/* What a part of the audit looked at, and what it cannot say. */
static void put_cover(struct arena *a, struct buf *b, const struct audit_cover *cover)
{
    if (cover->position == NONE) return;
    buf_printf(b, "since event %lld", (long long)cover->position);
    if (cover->position) buf_printf(b, " of %.*s", TEXT_ARG(instant_text(a, cover->at_us)));
    buf_printf(b, ": %lld orders, %lld products, %lld packages\n", (long long)cover->orders,
               (long long)cover->products, (long long)cover->packages);
}

static bool is_asked(const struct audit_report *report, const struct audit_finding *f)
{
    if (report->only) return report->only == f->of;
    if (report->cover.position == NONE) return true;
    if (f->of->check &&
        (f->of->check_reach == AUDIT_ORDERS || f->of->check_reach == AUDIT_PRODUCTS))
        return true;
    for (size_t q = 0; f->of->questions[q].query; q++)
        if (f->of->questions[q].reach != AUDIT_WHOLE) return true;
    return false;
}

static void put_table(struct arena *a, struct buf *b, const struct audit_report *report,
                      size_t width)
{
    struct table t = {.arena = a};
    table_column(&t, T("NUMBER"), false);
    table_column(&t, T("WHAT HOLDS"), false);
    table_column(&t, T("ROWS"), true);
    table_column(&t, T("DIFFER"), true);
    table_column(&t, T("MS"), true);
    for (size_t i = 0; i < report->count; i++) {
        const struct audit_finding *f = &report->findings[i];
        if (!is_asked(report, f)) continue;
        table_row(&t, (const struct text[]){
                          text_of(f->of->id), text_of(f->of->about),
                          text_printf(a, "%lld", (long long)f->rows),
                          text_printf(a, "%lld", (long long)f->differences),
                          text_printf(a, "%lld", (long long)((f->took_us + 500) / 1000))});
    }
    table_put(b, &t, width, 0);
}

static void put_example(struct buf *b, const struct audit_example *e)
{
    buf_printf(b, "  %s: %s", e->subject, e->what);
    if (e->expected != NONE && e->actual != NONE)
        buf_printf(b, ", the facts say %lld, kept is %lld", (long long)e->expected,
                   (long long)e->actual);
    else if (e->actual != NONE)
        buf_printf(b, ", kept is %lld %s than the facts say",
                   (long long)(e->actual < 0 ? -e->actual : e->actual),
                   e->actual < 0 ? "less" : "more");
    buf_putc(b, '\n');
}

void audit_put_people(struct arena *a, struct buf *b, const struct audit_report *report,
                      size_t width, bool is_short)
{
    size_t asked = 0, not_asked = 0;
    if (!is_short) put_table(a, b, report, width);
    for (size_t i = 0; i < report->count; i++) {
        const struct audit_finding *f = &report->findings[i];
        if (is_asked(report, f)) asked++;
        if (!f->differences) continue;
        buf_printf(b, "\n%s differs %lld %s: %s\n", f->of->id, (long long)f->differences,
                   f->differences == 1 ? "time" : "times", f->of->about);
        for (size_t k = 0; k < f->example_count; k++) put_example(b, &f->examples[k]);
        if ((size_t)f->differences > f->example_count)
            buf_printf(b, "  and %lld more\n",
                       (long long)f->differences - (long long)f->example_count);
    }
    for (const struct audit_omission *o = audit_omissions; o->id; o++) not_asked++;
    put_cover(a, b, &report->cover);
    if (!is_short && !report->only)
        buf_printf(b, "\n%zu invariants are not asked; --json names them and says why\n",
                   not_asked);
    buf_printf(b, "%zu %s, %lld rows, %lld %s\n", asked, asked == 1 ? "invariant" : "invariants",
               (long long)report->rows, (long long)report->differences,
               report->differences == 1 ? "difference" : "differences");
}

static void put_sql(struct buf *b, const char *engine, const char *sql)
{
    buf_printf(b, "\n%s:\n", engine);
    for (struct text rest = text_of(sql); rest.at;) {
        struct text line = text_split(rest, '\n', &rest);
        buf_printf(b, "    %.*s\n", TEXT_ARG(line));
    }
}

static const char *parameter_words(const struct audit_question *q)
{
    bool has_now = q->query->args == 2 || q->query->args == 4;
    if (q->reach == AUDIT_PRODUCTS) return ", and $2 is 1 for all products, or $3 names some";
    if (q->reach == AUDIT_ORDERS)
        return has_now ? ", $2 to $3 are the orders, and $4 is now"
                       : ", and $2 to $3 are the orders";
    return has_now ? ", and $2 is now" : "";
}

void audit_put_explained(struct buf *b, const struct audit_invariant *i)
{
    buf_printf(b, "%s: %s\n", i->id, i->about);
    for (size_t q = 0; i->questions[q].query; q++) {
        const struct query *query = i->questions[q].query;
        buf_printf(b, "\n%s, where $1 is the merchant%s\n", query->name,
                   parameter_words(&i->questions[q]));
        put_sql(b, "SQLite", query->sqlite);
        put_sql(b, "PostgreSQL", query->postgres);
    }
    if (i->check) buf_puts(b, "\nThe program itself looks through the rows.\n");
}

/* --- for programs ---------------------------------------------------------------------------- */

static void put_number(struct buf *b, const char *name, int64_t n)
{
    if (n == NONE)
        buf_printf(b, "\"%s\":null", name);
    else
        buf_printf(b, "\"%s\":%lld", name, (long long)n);
}

static void put_text(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, "\"%s\":", name);
    json_put_text(b, text_of(value));
}

static void put_finding(struct buf *b, const struct audit_finding *f)
{
    buf_putc(b, '{');
    put_text(b, "id", f->of->id);
    buf_putc(b, ',');
    put_text(b, "about", f->of->about);
    buf_printf(b, ",\"rows\":%lld,\"differences\":%lld,\"ms\":%lld,\"examples\":[",
               (long long)f->rows, (long long)f->differences, (long long)(f->took_us + 500) / 1000);
    for (size_t i = 0; i < f->example_count; i++) {
        buf_puts(b, i ? ",{" : "{");
        put_text(b, "subject", f->examples[i].subject);
        buf_putc(b, ',');
        put_text(b, "what", f->examples[i].what);
        buf_putc(b, ',');
        put_number(b, "expected", f->examples[i].expected);
        buf_putc(b, ',');
        put_number(b, "actual", f->examples[i].actual);
        buf_putc(b, '}');
    }
    buf_puts(b, "]}");
}

void audit_put_json(struct buf *b, const struct audit_report *report)
{
    bool any = false;
    buf_printf(b, "{\"differences\":%lld,\"rows\":%lld,\"ms\":%lld,\"since\":",
               (long long)report->differences, (long long)report->rows,
               (long long)(report->took_us + 500) / 1000);
    if (report->cover.position == NONE)
        buf_puts(b, "null");
    else
        buf_printf(b, "{\"position\":%lld,\"orders\":%lld,\"products\":%lld,\"packages\":%lld}",
                   (long long)report->cover.position, (long long)report->cover.orders,
                   (long long)report->cover.products, (long long)report->cover.packages);
    buf_puts(b, ",\"invariants\":[");
    for (size_t i = 0; i < report->count; i++) {
        if (!is_asked(report, &report->findings[i])) continue;
        if (any) buf_putc(b, ',');
        any = true;
        put_finding(b, &report->findings[i]);
    }
    buf_puts(b, "],\"not_checked\":[");
    for (const struct audit_omission *o = audit_omissions; o->id; o++) {
        buf_puts(b, o == audit_omissions ? "{" : ",{");
        put_text(b, "id", o->id);
        buf_putc(b, ',');
        put_text(b, "about", o->about);
        buf_putc(b, ',');
        put_text(b, "why", o->why);
        buf_putc(b, '}');
    }
    buf_puts(b, "]}\n");
}

/* --- the verb -------------------------------------------------------------------------------- */

static enum err open_reader(struct cli *cli, struct store **out)
{
    struct store_options options = {.read_only = true};
    if (cli->server_url) {
        cli_fault(cli, "remote", "the audit reads a database, not a server");
        return hint(&cli->ctx,
                    "leave --server and WAYBILL_SERVER out, or name the database by --db");
    }
    return store_open(&cli->ctx, text_of(cli->database), options, out);
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > AUDIT_THREADS_MAX ? AUDIT_THREADS_MAX : (int)n;
}

/* All merchants, or the one that --merchant names. */
static enum err run(struct cli *cli, struct audit_report *report)
{
    struct list merchants;
    bool any = false;
    TRY(merchant_list(&cli->ctx, &merchants));
    const struct merchant *at = merchants.at;
    for (size_t i = 0; i < merchants.count; i++) {
        if (cli->merchant && !text_is(at[i].code, cli->merchant)) continue;
        cli->ctx.merchant_id = at[i].merchant_id;
        any = true;
        TRY(audit_run(&cli->ctx, report));
    }
    if (any || !cli->merchant) return OK;
    return fail(&cli->ctx, ERR_NOT_FOUND, "merchant_not_found", "there is no merchant \"%s\"",
                cli->merchant);
}

enum err audit_database(struct cli *cli, const char *address, struct audit_report *report)
{
    struct store *store = NULL;
    const char *merchant = cli->merchant;
    TRY(store_open(&cli->ctx, text_of(address), (struct store_options){.read_only = true}, &store));
    if (!report->threads) report->threads = processors();
    cli->merchant = NULL;
    enum err e = run(cli, report);
    cli->merchant = merchant;
    store_close(store);
    cli->ctx.db = NULL;
    cli->ctx.store = NULL;
    return e;
}

static int explain(struct cli *cli, const char *id)
{
    const struct audit_invariant *i = audit_find(text_of(id));
    struct buf b = buf_new(&cli->arena);
    for (const struct audit_omission *o = audit_omissions; !i && o->id; o++) {
        if (!text_eq_nocase(text_of(id), text_of(o->id))) continue;
        cli_put(cli, text_printf(&cli->arena, "%s: %s: not asked: %s\n", o->id, o->about, o->why));
        return 0;
    }
    if (!i)
        return cli_misuse(cli, "audit",
                          "\"%s\" is no invariant; one is I-03, and `waybill audit` lists them",
                          id);
    audit_put_explained(&b, i);
    cli_put(cli, buf_text(&b));
    return 0;
}

/* A time, or a position of the events. */
static bool read_since(struct text t, struct audit_report *report)
{
    int64_t us = 0;
    bool is_number = t.len > 0 && t.len < 16;
    for (size_t i = 0; i < t.len; i++) is_number = is_number && t.at[i] >= '0' && t.at[i] <= '9';
    if (is_number) {
        report->since_position = strtoll(t.at, NULL, 10);
        return report->since_position > 0;
    }
    if (!instant_parse(t, &us) || us <= 0) return false;
    report->since_us = us;
    return true;
}

int verb_audit(struct cli *cli, int argc, char **argv)
{
    bool wrong = false;
    const char *explained = cli_option(&argc, argv, "--explain", &wrong);
    const char *only = cli_option(&argc, argv, "--only", &wrong);
    const char *since = cli_option(&argc, argv, "--since", &wrong);
    const char *readers = cli_option(&argc, argv, "--readers", &wrong);
    if (wrong)
        return cli_misuse(cli, "audit", "--explain, --only, --since and --readers need a value");
    if (argc > 1) return cli_misuse(cli, "audit", "\"%s\" is one argument too many", argv[1]);
    if (explained) return explain(cli, explained);
    struct audit_report *report = arena_new(&cli->arena, struct audit_report, 1);
    if (only) report->only = audit_find(text_of(only));
    if (only && !report->only)
        return cli_misuse(
            cli, "audit",
            "\"%s\" is no invariant that is asked; one is I-03, and `waybill audit` lists them",
            only);
    if (since && !read_since(text_of(since), report))
        return cli_misuse(cli, "audit",
                          "\"%s\" is neither a time like 2026-11-23T08:00:00Z nor a position of "
                          "the events",
                          since);
    int64_t threads = processors();
    if ((readers && !text_to_i64(text_of(readers), &threads)) || threads < 1 ||
        threads > AUDIT_THREADS_MAX)
        return cli_misuse(cli, "audit", "--readers is a number from 1 to %d", AUDIT_THREADS_MAX);
    report->threads = (int)threads;
    struct store *store = NULL;
    enum err e = open_reader(cli, &store);
    if (e != OK) return cli_fail(cli, e);
    e = run(cli, report);
    store_close(store);
    cli->ctx.db = NULL;
    cli->ctx.store = NULL;
    if (e != OK) return cli_fail(cli, e);
    struct buf b = buf_new(&cli->arena);
    if (cli->is_json)
        audit_put_json(&b, report);
    else
        audit_put_people(&cli->arena, &b, report, cli->width, cli->is_quiet);
    cli_put(cli, buf_text(&b));
    return report->differences ? 1 : 0;
}
