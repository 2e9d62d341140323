#include "faces/cli/copying.h"

#include "base/table.h"
#include "faces/cli/audit.h"
#include "faces/cli/cli_inside.h"
#include "faces/cli/meter.h"
#include "store/copy.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

enum { EXAMPLES_MAX = 10 };

struct copying {
    struct cli *cli;
    struct copy copy;
    struct ctx to;
    struct arena to_arena;
    struct meter meter;
    enum copy_phase shown;
    bool has_audit, is_quiet;
    int64_t rows_ns, check_ns;
    size_t differ, example_count;
    struct text examples[EXAMPLES_MAX];
    struct audit_report *audits[2]; /* of the source, of the target */
};

/* --- meanwhile ------------------------------------------------------------------------------- */

static bool on_heard(void *arg, const struct copy *k)
{
    struct copying *g = arg;
    bool is_new = k->phase != g->shown;
    if (is_new) meter_end(&g->meter);
    if (is_new && k->phase == COPY_ROWS)
        meter_begin(&g->meter, "copied now", k->rows, 0, g->is_quiet);
    if (is_new && k->phase == COPY_CHECKS)
        meter_begin(&g->meter, "compared", k->rows, 0, g->is_quiet);
    g->shown = k->phase;
    if (k->phase == COPY_ROWS) meter_show(&g->meter, k->copied, k->copied - k->was_there);
    if (k->phase == COPY_CHECKS) meter_show(&g->meter, k->checked, k->checked);
    return !interrupted();
}

static enum err on_differ(void *arg, const struct dump_table *t, const struct value *a,
                          const struct value *b)
{
    struct copying *g = arg;
    struct arena *arena = &g->cli->arena;
    if (g->example_count == EXAMPLES_MAX) return OK;
    struct buf what = buf_new(arena);
    for (size_t i = 0; a && b && i < t->column_count; i++)
        if (!dump_value_same(&a[i], &b[i]))
            buf_printf(&what, "%s%s", what.len ? ", " : " differs in ", t->columns[i].name);
    if (!a) buf_puts(&what, " is in the target only");
    if (!b) buf_puts(&what, " is missing in the target");
    g->examples[g->example_count++] = text_printf(arena, "%s: %.*s%.*s", t->name,
                                                  TEXT_ARG(dump_key_shown(arena, t, a ? a : b)),
                                                  TEXT_ARG(buf_text(&what)));
    return OK;
}

/* --- for people ------------------------------------------------------------------------------ */

static void put_tables(struct copying *g, struct buf *b)
{
    const struct copy *k = &g->copy;
    struct arena *a = &g->cli->arena;
    struct table t = {.arena = a};
    table_column(&t, T("TABLE"), false);
    table_column(&t, T("ROWS"), true);
    table_column(&t, k->is_preview ? T("THERE ALREADY") : T("CHECKSUM"), true);
    for (size_t i = 0; i < k->table_count; i++) {
        const struct copy_table *at = &k->tables[i];
        if (!at->rows) continue;
        struct text last = k->is_preview ? text_printf(a, "%lld", (long long)at->copied)
                                         : text_printf(a, "%016llx%016llx",
                                                       (unsigned long long)at->from_sum.high,
                                                       (unsigned long long)at->from_sum.low);
        table_row(&t, (const struct text[]){text_of(at->from->name),
                                            text_printf(a, "%lld", (long long)at->rows), last});
    }
    if (t.count) table_put(b, &t, g->cli->width, 0);
    for (const struct copy_omission *o = copy_omissions; o->name && k->is_preview; o++)
        buf_printf(b, "left out: %s: %s\n", o->name, o->why);
}

static long long per_second(int64_t rows, int64_t ns)
{
    return (long long)((double)rows * 1e9 / (double)(ns > 0 ? ns : 1));
}

static void put_audit(struct buf *b, const char *side, const struct audit_report *r)
{
    buf_printf(b, "audit of the %s: %lld rows, %lld %s\n", side, (long long)r->rows,
               (long long)r->differences, r->differences == 1 ? "difference" : "differences");
}

static void put_people(struct copying *g)
{
    const struct copy *k = &g->copy;
    struct buf b = buf_new(&g->cli->arena);
    if (!g->is_quiet) put_tables(g, &b);
    if (k->is_preview) {
        buf_printf(&b, "%lld rows of %zu tables would be copied%s\n",
                   (long long)(k->rows - k->copied), k->table_count,
                   k->is_new      ? ", into a new database"
                   : k->was_there ? ", which goes on where it stopped"
                                  : "");
        cli_put(g->cli, buf_text(&b));
        return;
    }
    int64_t now = k->copied - k->was_there;
    buf_printf(&b, "%lld rows of %zu tables copied in %.1f s, %lld rows/s", (long long)now,
               k->table_count, (double)g->rows_ns / 1e9, per_second(now, g->rows_ns));
    if (k->was_there) buf_printf(&b, "; %lld were there already", (long long)k->was_there);
    buf_printf(&b, "\nboth sides read again in %.1f s, %lld rows/s: ", (double)g->check_ns / 1e9,
               per_second(k->rows, g->check_ns));
    if (g->differ)
        buf_printf(&b, "%zu tables differ\n", g->differ);
    else
        buf_puts(&b, "counts and checksums of all tables are the same\n");
    for (size_t i = 0; i < g->example_count; i++)
        buf_printf(&b, "  %.*s\n", TEXT_ARG(g->examples[i]));
    if (g->audits[0]) put_audit(&b, "source", g->audits[0]);
    if (g->audits[1]) put_audit(&b, "target", g->audits[1]);
    cli_put(g->cli, buf_text(&b));
}

/* --- for programs ---------------------------------------------------------------------------- */

static void put_json(struct copying *g)
{
    const struct copy *k = &g->copy;
    struct buf b = buf_new(&g->cli->arena);
    buf_printf(&b,
               "{\"preview\":%s,\"rows\":%lld,\"copied\":%lld,\"there_already\":%lld,\"ms\":%lld,"
               "\"compared_ms\":%lld,\"differing_tables\":%zu,\"tables\":[",
               k->is_preview ? "true" : "false", (long long)k->rows,
               (long long)(k->copied - k->was_there), (long long)k->was_there,
               (long long)(g->rows_ns / 1000000), (long long)(g->check_ns / 1000000), g->differ);
    for (size_t i = 0; i < k->table_count; i++) {
        const struct copy_table *t = &k->tables[i];
        buf_printf(&b, "%s{\"name\":\"%s\",\"rows\":%lld,\"there_already\":%lld", i ? "," : "",
                   t->from->name, (long long)t->rows, (long long)(k->is_preview ? t->copied : 0));
        if (!k->is_preview)
            buf_printf(&b, ",\"checksum\":\"%016llx%016llx\",\"same\":%s",
                       (unsigned long long)t->from_sum.high, (unsigned long long)t->from_sum.low,
                       dump_sum_same(&t->from_sum, &t->to_sum) ? "true" : "false");
        buf_putc(&b, '}');
    }
    buf_puts(&b, "],\"left_out\":[");
    for (const struct copy_omission *o = copy_omissions; o->name; o++)
        buf_printf(&b, "%s{\"name\":\"%s\",\"why\":\"%s\"}", o == copy_omissions ? "" : ",",
                   o->name, o->why);
    buf_puts(&b, "],\"differences\":[");
    for (size_t i = 0; i < g->example_count; i++) {
        if (i) buf_putc(&b, ',');
        json_put_text(&b, g->examples[i]);
    }
    buf_puts(&b, "],\"audit_differences\":");
    if (g->audits[0] && g->audits[1])
        buf_printf(&b, "[%lld,%lld]}\n", (long long)g->audits[0]->differences,
                   (long long)g->audits[1]->differences);
    else
        buf_puts(&b, "null}\n");
    cli_put(g->cli, buf_text(&b));
}

/* --- the verb -------------------------------------------------------------------------------- */

static enum err audit_side(struct copying *g, int side, const char *address)
{
    g->audits[side] = arena_new(&g->cli->arena, struct audit_report, 1);
    if (!g->is_quiet && g->meter.is_terminal) fprintf(stderr, "\r\033[Kaudit %d of 2", side + 1);
    enum err e = audit_database(g->cli, address, g->audits[side]);
    if (!g->is_quiet && g->meter.is_terminal) fputs("\r\033[K", stderr);
    return e;
}

static enum err copy_and_check(struct copying *g)
{
    struct copy *k = &g->copy;
    TRY(copy_open(k));
    if (k->is_preview) return OK;
    int64_t begun_ns = meter_ns();
    TRY(copy_rows(k));
    g->rows_ns = meter_ns() - begun_ns;
    TRY(copy_check(k, &g->differ, on_differ, g));
    g->check_ns = meter_ns() - begun_ns - g->rows_ns;
    return g->differ ? OK : copy_end(k);
}

static enum err run(struct copying *g)
{
    enum err e = copy_and_check(g);
    meter_end(&g->meter);
    copy_close(&g->copy);
    if (e != OK || g->copy.is_preview || g->differ || !g->has_audit) return e;
    TRY(audit_side(g, 0, g->copy.from_address));
    return audit_side(g, 1, g->copy.to_address);
}

static bool is_same(const struct copying *g)
{
    bool is_clean = true;
    for (int i = 0; i < 2; i++)
        if (g->audits[i] && g->audits[i]->differences) is_clean = false;
    return is_clean && !g->differ;
}

int verb_copy(struct cli *cli, int argc, char **argv)
{
    struct copying *g = arena_new(&cli->arena, struct copying, 1);
    bool wrong = false;
    const char *from = cli_option(&argc, argv, "--from", &wrong);
    const char *to = cli_option(&argc, argv, "--to", &wrong);
    g->copy.is_preview = cli_flag(&argc, argv, "--preview");
    g->has_audit = !cli_flag(&argc, argv, "--no-audit");
    if (wrong) return cli_misuse(cli, "copy", "--from and --to need an address");
    if (argc > 1) return cli_misuse(cli, "copy", "\"%s\" is one argument too many", argv[1]);
    if (!from || !to)
        return cli_misuse(cli, "copy", "%s is missing: a file, or postgresql://...",
                          from ? "--to" : "--from");
    g->cli = cli;
    g->is_quiet = cli->is_quiet;
    g->to = (struct ctx){.arena = &g->to_arena, .source = &cli->source};
    g->copy.from = &cli->ctx;
    g->copy.to = &g->to;
    g->copy.from_address = from;
    g->copy.to_address = to;
    g->copy.heard = on_heard;
    g->copy.arg = g;
    interrupted_catch();
    enum err e = run(g);
    int code = 0;
    if (e != OK) {
        code = cli_fail(cli, e);
    } else {
        if (cli->is_json)
            put_json(g);
        else
            put_people(g);
        code = is_same(g) ? 0 : 1;
    }
    if (g->differ)
        fputs(g->copy.is_ended
                  ? "waybill: it was copied before, and one of the two has changed since\n"
                  : "waybill: the target is no installation yet; empty it and copy again\n",
              stderr);
    arena_free(&g->to_arena);
    return code;
}
