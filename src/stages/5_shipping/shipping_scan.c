/* stages/5_shipping/shipping_scan.c: which package a scan at the ramp means. */
#include "base/time.h"
#include "plan/scan.h"
#include "queries.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

#include <string.h>

struct meaning {
    int64_t package_id; /* our own code; NONE */
    struct text sscc, number;
};

struct sscc_row {
    int64_t package_id;
    struct text sscc;
};
static const struct field sscc_table[] = {
    FIELD(struct sscc_row, package_id),
    FIELD(struct sscc_row, sscc),
};
static const struct fields sscc_fields = FIELDS("package_sscc", struct sscc_row, sscc_table);

/* The likeliest reading comes first: our own code, then an SSCC, then a carrier's number; any
   other text may still be a number that somebody typed in. */
static struct meaning read_scan(struct ctx *c, struct text raw)
{
    struct meaning m = {.package_id = NONE};
    struct scan scan = scan_parse(c->arena, raw, day_of_us(c->now_us));
    const struct scan_fact *f = scan_find(&scan, SCAN_PACKAGE);
    if (f && f->number) {
        m.package_id = f->number;
        return m;
    }
    if ((f = scan_find(&scan, SCAN_SSCC))) m.sscc = f->value;
    f = scan_find(&scan, SCAN_TRACKING);
    struct buf number = buf_new(c->arena);
    struct text from = f ? f->value : scan.text;
    for (size_t i = 0; i < from.len && from.len <= 64; i++)
        if (from.at[i] != ' ') buf_putc(&number, from.at[i]);
    if (number.len) m.number = text_upper(c->arena, buf_text(&number));
    return m;
}

static int64_t package_of(const struct meaning *m, const struct list *codes,
                          const struct list *labels)
{
    const struct sscc_row *code = codes->at;
    const struct label *label = labels->at;
    if (m->package_id != NONE) return m->package_id;
    for (size_t i = 0; m->sscc.len && i < codes->count; i++)
        if (text_eq(code[i].sscc, m->sscc)) return code[i].package_id;
    for (size_t i = 0; m->number.len && i < labels->count; i++)
        if (text_eq(label[i].tracking_number, m->number)) return label[i].package_id;
    return NONE;
}

enum err shipping_scan(struct ctx *c, const struct text *scans, size_t n, int64_t *package_ids,
                       struct fault *faults)
{
    struct list codes = {0}, labels = {0};
    size_t code_count = 0, number_count = 0;
    TRY(shipping_batch(c, n));
    memset(faults, 0, n * sizeof *faults);
    struct meaning *at = arena_new(c->arena, struct meaning, n + 1);
    struct text *ssccs = arena_new(c->arena, struct text, n + 1);
    struct text *numbers = arena_new(c->arena, struct text, n + 1);
    for (size_t i = 0; i < n; i++) {
        at[i] = read_scan(c, text_head(scans[i], SHIPPING_SCAN_BYTES_MAX));
        if (at[i].sscc.len) ssccs[code_count++] = at[i].sscc;
        if (at[i].number.len) numbers[number_count++] = at[i].number;
    }
    if (code_count)
        TRY(db_rows(c, &Q_packages_by_sscc, ARGS(I64(c->merchant_id), TEXTS(ssccs, code_count)),
                    &sscc_fields, &codes));
    if (number_count) TRY(packages_by_tracking(c, numbers, number_count, &labels));
    for (size_t i = 0; i < n; i++) {
        package_ids[i] = package_of(&at[i], &codes, &labels);
        if (package_ids[i] != NONE) continue;
        bool is_readable = at[i].sscc.len || at[i].number.len;
        enum err e =
            is_readable
                ? fail_at(c, ERR_NOT_FOUND, "package_not_found", "scan",
                          "no package has the code \"%.*s\"", TEXT_ARG(text_head(scans[i], 40)))
                : fail_at(c, ERR_INVALID, "unreadable", "scan", "this is no code of a package");
        shipping_refuse(c, &faults[i], e);
    }
    return OK;
}
