#include "faces/cli/importing.h"

#include "base/source.h"
#include "faces/cli/importing_parts.h"
#include "wire/charset.h"
#include "wire/csv.h"
#include "wire/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const kinds[] = {"orders", "products", "customers", "stock"};
const struct words import_kind_words = WORDS("import_kind", kinds);

static const struct field counts_table[] = {
    FIELD(struct import_counts, rows),
    FIELD(struct import_counts, taken),
    FIELD(struct import_counts, known),
    FIELD(struct import_counts, credited),
    FIELD(struct import_counts, refused),
    FIELD(struct import_counts, skipped),
    FIELD(struct import_counts, orders),
    FIELD(struct import_counts, orders_known),
    FIELD(struct import_counts, orders_refused),
    FIELD(struct import_counts, orders_cancelled),
    FIELD(struct import_counts, orders_held),
    FIELD(struct import_counts, lines),
    FIELD(struct import_counts, units),
    FIELD(struct import_counts, units_short),
    FIELD(struct import_counts, credit_notes),
    FIELD(struct import_counts, credit_notes_known),
    FIELD(struct import_counts, credit_notes_kept_aside),
    FIELD(struct import_counts, returns),
    FIELD(struct import_counts, countries_assumed),
    FIELD(struct import_counts, products),
    FIELD(struct import_counts, products_changed),
    FIELD(struct import_counts, customers),
    FIELD(struct import_counts, bins),
    FIELD(struct import_counts, units_received),
    FIELD(struct import_counts, milliseconds),
    FIELD(struct import_counts, statements),
};
const struct fields import_counts_fields = FIELDS("import", struct import_counts, counts_table);

/* --- units of work --------------------------------------------------------------------------- */

struct running {
    struct import *imp;
    import_unit_fn *fn;
};

/* May run several times: what a try counted and which bins it took is forgotten by the next. */
static enum err run_unit(struct ctx *c, void *arg)
{
    struct running *r = arg;
    r->imp->unit = (struct import_counts){0};
    r->imp->bins.next = r->imp->bins.committed;
    return r->fn(r->imp, c);
}

void import_add_counts(struct import_counts *to, const struct import_counts *by)
{
    for (size_t i = 0; i < import_counts_fields.count; i++) {
        const struct field *f = &import_counts_fields.at[i];
        field_set_i64(f, to, field_i64(f, to) + field_i64(f, by));
    }
}

static enum err commit(struct import *imp)
{
    if (!imp->units_in_group) return OK;
    imp->units_in_group = 0;
    return db_group_end(&imp->work);
}

enum err import_unit(struct import *imp, import_unit_fn *fn, enum import_batch_kind kind)
{
    struct ctx *c = &imp->work;
    struct running r = {imp, fn};
    if (interrupted()) {
        fail(c, ERR_BUSY, "interrupted", "stopped before the end of the file");
        hint(c, "what was imported stays; run the same command again to go on");
        imp->c->fault = c->fault;
        return ERR_BUSY;
    }
    if (imp->options->server) return import_send(imp, kind);
    if (imp->units_in_group == 0) TRY(db_group_begin(c));
    imp->units_in_group++;
    c->now_us = source_now_us(c->source);
    enum err e = db_tx(c, run_unit, &r);
    imp->c->fault = c->fault;
    if (e == OK) {
        imp->bins.committed = imp->bins.next;
        import_add_counts(imp->counts, &imp->unit);
    }
    return imp->units_in_group >= IMPORT_UNITS_A_COMMIT ? (e == OK ? commit(imp) : e) : e;
}

/* --- the report ------------------------------------------------------------------------------ */

void import_refuse(struct import *imp, const char *file, int64_t row, const char *column,
                   const char *reason, const char *detail)
{
    if (!imp->counts->first_refused) {
        imp->counts->first_refused = row;
        snprintf(imp->counts->first_reason, sizeof imp->counts->first_reason, "%s%s%s",
                 column ? column : "", column && *column ? ": " : "", detail);
    }
    if (!imp->report) return;
    struct arena_mark mark = arena_mark(imp->c->arena);
    struct buf b = buf_new(imp->c->arena);
    const struct text fields[] = {text_of(file), text_printf(imp->c->arena, "%lld", (long long)row),
                                  text_of(column), text_of(reason), text_of(detail)};
    csv_put_row(&b, ',', CSV_FOR_PEOPLE, fields, 5);
    fwrite(b.at, 1, b.len, imp->report);
    arena_rewind(imp->c->arena, mark);
}

void import_refuse_fault(struct import *imp, const char *file, int64_t row, const struct fault *f)
{
    char detail[sizeof f->detail + sizeof f->hint + 3];
    snprintf(detail, sizeof detail, "%s%s%s", f->detail, f->hint[0] ? "; " : "", f->hint);
    import_refuse(imp, file, row, f->field, f->reason, detail);
}

enum err import_refuse_line(struct import *imp, int64_t row)
{
    import_refuse_fault(imp, imp->options->path, row, &imp->work.fault);
    imp->work.fault = imp->c->fault = (struct fault){0};
    imp->counts->refused++;
    return OK;
}

enum err import_refused_row(struct ctx *c, void *arg, const struct refused_row *row)
{
    (void)c;
    import_refuse(arg, row->file, row->row, row->column, row->reason, row->detail);
    return OK;
}

/* --- reading --------------------------------------------------------------------------------- */

int import_compare_texts(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

size_t import_unique(struct text *at, size_t n)
{
    size_t kept = 0;
    if (n) qsort(at, n, sizeof *at, import_compare_texts);
    for (size_t i = 0; i < n; i++)
        if (!kept || !text_eq(at[kept - 1], at[i])) at[kept++] = at[i];
    return kept;
}

int64_t import_file_bytes(const struct import *imp)
{
    struct stat at;
    if (stat(imp->options->path, &at) != 0 || !S_ISREG(at.st_mode)) return 0;
    return at.st_size;
}

enum err import_ndjson(struct import *imp, const char *what, import_line_fn *fn)
{
    struct ctx *c = imp->c;
    struct charset_reader *bytes;
    struct ndjson_reader *lines;
    struct ndjson_line line;
    bool more = true;
    meter_begin(&imp->meter, what, 0, 0, imp->options->is_quiet);
    TRY(charset_open(c, imp->options->path, CHARSET_UTF_8, &bytes));
    enum err e = ndjson_open(c, bytes, &lines);
    while (e == OK) {
        e = ndjson_next(c, lines, &line, &more);
        if (e != OK || !more) break;
        imp->counts->rows++;
        e = fn(imp, line.json, line.line);
    }
    charset_close(bytes);
    return e;
}

/* A shop that has sold nothing yet takes the currency of what it is about to import. */
static enum err take_currency(struct ctx *c, void *arg)
{
    struct import *imp = arg;
    struct list sold;
    TRY(order_recent(c, INT64_MAX, 1, &sold));
    if (sold.count) return OK;
    imp->merchant.currency = text_of(imp->settings->currency);
    return merchant_update(c, &imp->merchant);
}

static enum err read_mapped(struct import *imp)
{
    const struct import_options *o = imp->options;
    struct mapping *m;
    TRY(mapping_load(imp->c, o->mapping, &m));
    imp->settings = mapping_settings(m);
    const char *currency = imp->settings->currency;
    bool is_local = !o->server;
    if (is_local && *currency && !text_is(imp->merchant.currency, currency))
        TRY(db_tx(imp->c, take_currency, imp));
    TRY((is_local ? import_bins_open : import_greet_site)(imp, imp->settings->site));
    if (o->kind == IMPORT_STOCK) return import_stocks_mapped(imp, m);
    if (o->kind != IMPORT_ORDERS) return import_catalog_mapped(imp, m);
    /* Reading twice gives products their best name and one receipt each; a pipe is read once, and
       products are made when an order first names them. */
    bool is_made_first = imp->settings->make & MAPPING_MAKE_PRODUCTS && strcmp(o->path, "-") != 0;
    if (is_made_first) TRY(import_make_mapped(imp, m));
    return import_orders_mapped(imp, m);
}

static enum err read_ndjson(struct import *imp)
{
    TRY((imp->options->server ? import_greet_site : import_bins_open)(imp, (struct text){0}));
    switch ((enum import_kind)imp->options->kind) {
    case IMPORT_ORDERS: return import_orders_ndjson(imp);
    case IMPORT_STOCK: return import_stocks_ndjson(imp);
    case IMPORT_PRODUCTS:
    case IMPORT_CUSTOMERS: return import_catalog_ndjson(imp);
    }
    return OK;
}

static enum err open_report(struct import *imp)
{
    const char *path = imp->options->report;
    if (!path) return OK;
    imp->report = fopen(path, "w");
    if (!imp->report)
        return fail_at(imp->c, ERR_INVALID, "report_path", "--report", "cannot write \"%s\": %s",
                       path, strerror(errno));
    fputs("file,row,column,reason,detail\r\n", imp->report);
    return OK;
}

static enum err close_report(struct import *imp, enum err e)
{
    if (!imp->report) return e;
    bool is_bad = ferror(imp->report) != 0;
    is_bad = fclose(imp->report) != 0 || is_bad;
    if (!is_bad || e != OK) return e;
    return fail_at(imp->c, ERR_UPSTREAM, "disk", "--report", "cannot write \"%s\"",
                   imp->options->report);
}

enum err import_file(struct ctx *c, const struct import_options *o, struct import_counts *counts)
{
    *counts = (struct import_counts){0};
    struct import imp = {.c = c, .options = o, .counts = counts, .work = *c};
    int64_t begun_ns = meter_ns(), statements = c->store ? store_queries(c->store) : 0;
    struct source then;
    imp.work.arena = &imp.arena;
    if (o->at_us) {
        source_virtual(&then, (uint64_t)o->at_us, o->at_us);
        imp.work.source = &then;
    }
    interrupted_catch();
    if (o->server)
        TRY(import_greet(&imp));
    else
        TRY(merchant_get(c, &imp.merchant));
    TRY(open_report(&imp));
    enum err e = o->mapping ? read_mapped(&imp) : read_ndjson(&imp);
    struct fault fault = c->fault;
    enum err ended = commit(&imp); /* also after a failure: the units before it are whole */
    if (e == OK)
        e = ended;
    else
        c->fault = fault;
    meter_end(&imp.meter);
    e = close_report(&imp, e);
    arena_free(&imp.arena);
    arena_free(&imp.credit_arena);
    counts->milliseconds = (meter_ns() - begun_ns) / 1000000;
    if (c->store) counts->statements = store_queries(c->store) - statements;
    return e;
}

/* --- what is said ---------------------------------------------------------------------------- */

static void put_line(FILE *to, int64_t n, const char *what)
{
    if (n) fprintf(to, "%12lld  %s\n", (long long)n, what);
}

void import_print(FILE *to, const struct import_options *o, const struct import_counts *n)
{
    bool is_orders = o->kind == IMPORT_ORDERS;
    fprintf(to, "%12lld  rows in %s\n", (long long)n->rows, o->path);
    put_line(to, n->taken, is_orders ? "  became orders" : "  taken");
    put_line(to, n->known, "  were there already");
    put_line(to, n->credited, "  became returns");
    put_line(to, n->refused, "  refused");
    put_line(to, n->skipped, "  skipped by the mapping");
    put_line(to, n->orders, "orders");
    put_line(to, n->lines, "  lines");
    put_line(to, n->units, "  units of goods");
    put_line(to, n->units_short, "  units that nobody has yet");
    put_line(to, n->orders_held, "  wait for somebody (see: waybill orders list)");
    put_line(to, n->orders_cancelled, "  kept as cancelled");
    put_line(to, n->countries_assumed, "  without a country: taken as the site's");
    put_line(to, n->orders_known, "orders that were there already");
    put_line(to, n->orders_refused, "orders refused");
    put_line(to, n->credit_notes, "credit notes matched");
    put_line(to, n->returns, "  returns asked for");
    put_line(to, n->credit_notes_known, "credit notes that were there already");
    put_line(to, n->credit_notes_kept_aside, "credit notes that fit no order");
    put_line(to, n->products, "products made");
    put_line(to, n->products_changed, "products changed");
    put_line(to, n->customers, "customers made");
    put_line(to, n->bins, "bins made");
    put_line(to, n->units_received, "units received into bins");
    int64_t ms = n->milliseconds < 1 ? 1 : n->milliseconds;
    fprintf(to, "%8lld.%03lld  seconds, %lld rows/s", (long long)(ms / 1000),
            (long long)(ms % 1000), (long long)(n->rows * 1000 / ms));
    if (n->orders) fprintf(to, ", %lld orders/s", (long long)(n->orders * 1000 / ms));
    fputc('\n', to);
    if (n->first_refused && !o->report)
        fprintf(to, "              row %lld: %s\n", (long long)n->first_refused, n->first_reason);
    if ((n->refused || n->skipped) && o->report)
        fprintf(to, "              why, row by row: %s\n", o->report);
    else if (n->refused)
        fprintf(to, "              --report FILE says why, row by row\n");
}
