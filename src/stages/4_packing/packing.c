/* stages/4_packing/packing.c: the packer's hands: open, put in, take out. */
#include "stages/4_packing/packing.h"

#include "base/lifecycle.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product_code.h"
#include "domain/inventory/serial.h"
#include "domain/inventory/stock.h"
#include "plan/scan_item.h"
#include "stages/4_packing/packing_load.h"

static const struct field result_table[] = {
    FIELD_ID(struct pack_result, package_id, "package_id", "pkg"),
    FIELD(struct pack_result, line_no),
    FIELD_ID(struct pack_result, product_id, "product_id", "prd"),
    FIELD(struct pack_result, packed, .about = "units put in now"),
    FIELD(struct pack_result, in_package, .about = "units in this package"),
    FIELD(struct pack_result, left, .about = "units that still lie in the tote"),
    FIELD(struct pack_result, expected_g, .about = "weight so far, with the carton"),
    FIELD(struct pack_result, serial, .about = "the number taken down, where units have one"),
};
const struct fields pack_result_fields = FIELDS("pack_result", struct pack_result, result_table);

enum err packing_start(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                       struct fault *faults)
{
    struct pack_work w;
    TRY(pack_work_load(c, fulfillment_ids, n, &w));
    for (size_t i = 0; i < n; i++) {
        struct fulfillment *f = pack_fulfillment(&w, fulfillment_ids[i]);
        faults[i] = (struct fault){0};
        enum err e = pack_may_work(c, &w, f, true, NONE);
        if (e != OK) {
            faults[i] = c->fault;
            c->fault = (struct fault){0};
            continue;
        }
        TRY(pack_begin(c, f));
    }
    return OK;
}

static enum err check_size(struct ctx *c, const struct pack_open *in)
{
    enum { SIDE_MAX_MM = 100000 };
    const int64_t sides[] = {in->length_mm, in->width_mm, in->height_mm};
    static const char *const names[] = {"length_mm", "width_mm", "height_mm"};
    for (size_t i = 0; i < 3; i++)
        if (sides[i] < 0 || sides[i] > SIDE_MAX_MM)
            return fail_at(c, ERR_INVALID, "out_of_range", names[i], "0 to %d millimetres",
                           SIDE_MAX_MM);
    return OK;
}

enum err packing_open(struct ctx *c, const struct pack_open *in, struct package *out)
{
    struct pack_work w;
    TRY(check_size(c, in));
    TRY(fulfillments_lock(c, &in->fulfillment_id, 1)); /* numbers are counted by one at a time */
    TRY(pack_work_load(c, &in->fulfillment_id, 1, &w));
    struct fulfillment *f = pack_fulfillment(&w, in->fulfillment_id);
    TRY(pack_may_work(c, &w, f, true, in->version));
    *out = (struct package){.merchant_id = c->merchant_id,
                            .package_id = source_id(c->source),
                            .fulfillment_id = f->fulfillment_id,
                            .order_id = f->order_id,
                            .site_id = f->site_id,
                            .state = PACKAGE_OPEN,
                            .number = (int32_t)pack_count(&w, f->order_id, f->fulfillment_id) + 1,
                            .carton_id = in->carton_id,
                            .length_mm = in->length_mm,
                            .width_mm = in->width_mm,
                            .height_mm = in->height_mm,
                            .weight_g = NONE,
                            .manifest_id = NONE,
                            .packer_id = c->actor_id,
                            .sealed_us = NONE,
                            .handed_over_us = NONE,
                            .delivered_us = NONE,
                            .inside_id = NONE};
    if (in->carton_id != NONE) {
        const struct carton *carton = carton_in(pack_cartons(&w, f->site_id), in->carton_id);
        if (!carton)
            return fail_at(c, ERR_NOT_FOUND, "carton_not_found", "carton_id",
                           "this site has no such carton");
        out->length_mm = carton->length_mm;
        out->width_mm = carton->width_mm;
        out->height_mm = carton->height_mm;
        out->expected_g = carton->tare_g;
    }
    TRY(pack_begin(c, f));
    return package_insert(c, out);
}

/* --- scans ----------------------------------------------------------------------------------- */

struct putting {
    const struct pack_scan *in;
    struct pack_work w;
    struct package package;
    struct fulfillment *f;
    struct fulfillment_line *lines;
    size_t line_count;
    struct scan scan;
    struct scan_said said;
    struct text serial; /* absent: none told */
};

static enum err load_putting(struct ctx *c, struct putting *p)
{
    TRY(package_get(c, p->in->package_id, &p->package));
    TRY(pack_work_load(c, &p->package.fulfillment_id, 1, &p->w));
    p->f = pack_fulfillment(&p->w, p->package.fulfillment_id);
    TRY(pack_may_work(c, &p->w, p->f, false, p->in->version));
    if (p->package.state != PACKAGE_OPEN)
        return fail(c, ERR_CONFLICT, "wrong_state", "this package is %s already",
                    word_of(&package_state_words, p->package.state));
    p->lines = pack_lines(&p->w, p->f->fulfillment_id, &p->line_count);
    p->scan = scan_parse(c->arena, p->in->scan, day_of_us(c->now_us));
    p->said = scan_said(&p->scan);
    const struct scan_fact *serial = scan_find(&p->scan, SCAN_SERIAL);
    p->serial = text_trim(p->in->serial);
    if (!p->serial.len && serial) p->serial = serial->value;
    if (p->scan.count) return OK;
    return fail_at(c, ERR_INVALID, "required", "scan", "nothing readable was scanned");
}

static bool is_meant(const struct putting *p, const struct fulfillment_line *l)
{
    const struct product *product = product_in(&p->w.products, l->product_id);
    if (!product || (p->in->line_no != NONE && p->in->line_no != l->line_no)) return false;
    struct scan_item item = {product->product_id, product->sku, product->gtin};
    return scan_names(&p->said, &item);
}

static enum err wrong_item(struct ctx *c, const struct putting *p)
{
    struct product other;
    bool found;
    TRY(product_find_by_code(c, p->said.product_id, p->said.gtin, p->said.sku, &other, &found));
    if (!found)
        return fail_at(c, ERR_CONFLICT, "wrong_item", "scan", "\"%.*s\" is no product of ours",
                       TEXT_ARG(text_head(p->scan.text, 40)));
    return fail_at(c, ERR_CONFLICT, "wrong_item", "scan",
                   "this is %.*s (%.*s); it does not belong to this order%s", TEXT_ARG(other.sku),
                   TEXT_ARG(text_head(other.name, 40)), p->in->line_no == NONE ? "" : "'s line");
}

static enum err choose_quantity(struct ctx *c, const struct putting *p, int64_t *quantity)
{
    int64_t left = 0;
    size_t meant = 0;
    for (size_t i = 0; i < p->line_count; i++) {
        if (!is_meant(p, &p->lines[i])) continue;
        left += p->lines[i].picked - p->lines[i].packed;
        meant++;
    }
    if (!meant) return wrong_item(c, p);
    *quantity = p->in->quantity != NONE ? p->in->quantity
                : p->said.quantity > 0  ? p->said.quantity
                                        : 1;
    if (*quantity < 1)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "how many? at least 1");
    if (*quantity <= left) return OK;
    return fail_at(c, ERR_CONFLICT, "too_many", "quantity",
                   "%lld of it are left in the tote, not %lld", (long long)left,
                   (long long)*quantity);
}

/* What is in the package, by the lines read and those put in now. */
static enum err sum_up(struct ctx *c, const struct putting *p, struct pack_result *out)
{
    struct list lines;
    struct pack_weight weight = {0};
    const struct carton *carton =
        carton_in(pack_cartons(&p->w, p->f->site_id), p->package.carton_id);
    TRY(package_lines_of(c, &p->package.package_id, 1, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        const struct package_line *l = &((const struct package_line *)lines.at)[i];
        out->in_package += l->quantity;
        pack_weigh(&weight, product_in(&p->w.products, l->product_id), l->quantity);
    }
    out->left = p->f->picked - p->f->packed;
    out->expected_g = weight.goods_g + (carton ? carton->tare_g : 0);
    return OK;
}

/* The number of a unit that is in the package already: a symbol with nothing else in it, or one
   that names a product of which nothing lies in the tote any more. */
static enum err is_number_alone(struct ctx *c, const struct putting *p, bool *yes)
{
    const struct product *at = p->w.products.at;
    bool has_serials = false, is_known = false;
    int64_t left = 0;
    *yes = false;
    for (size_t i = 0; i < p->w.products.count; i++)
        has_serials = has_serials || product_has_serials(&at[i]);
    for (size_t i = 0; i < p->line_count; i++) {
        if (!is_meant(p, &p->lines[i])) continue;
        left += p->lines[i].picked - p->lines[i].packed;
        is_known = true;
    }
    if (!has_serials || left || (is_known && !p->serial.len)) return OK;
    *yes = is_known;
    if (is_known) return OK;
    struct product other;
    TRY(product_find_by_code(c, p->said.product_id, p->said.gtin, p->said.sku, &other, &is_known));
    *yes = !is_known;
    return OK;
}

static enum err number_alone(struct ctx *c, const struct putting *p, struct pack_result *out)
{
    struct text serial = p->serial.len ? p->serial : p->scan.text;
    struct pack_serials ask = {.package_id = p->in->package_id,
                               .line_no = p->in->line_no,
                               .serials = {&serial, 1},
                               .version = p->in->version};
    struct pack_numbered done;
    TRY(packing_serials(c, &ask, &done));
    *out = (struct pack_result){
        .package_id = p->in->package_id, .line_no = done.line_no, .serial = serial};
    for (size_t i = 0; i < p->line_count; i++)
        if (p->lines[i].line_no == done.line_no) out->product_id = p->lines[i].product_id;
    return sum_up(c, p, out);
}

static enum err check_serial(struct ctx *c, const struct putting *p, int64_t units)
{
    if (!p->serial.len || units == 1) return OK;
    return fail_at(c, ERR_INVALID, "serial_one", "quantity",
                   "a serial number stands for one unit, not %lld", (long long)units);
}

enum err packing_scan(struct ctx *c, const struct pack_scan *in, struct pack_result *out)
{
    struct putting p = {.in = in};
    int64_t left = 0;
    bool is_alone;
    TRY(load_putting(c, &p));
    TRY(is_number_alone(c, &p, &is_alone));
    if (is_alone) return number_alone(c, &p, out);
    TRY(choose_quantity(c, &p, &left));
    TRY(check_serial(c, &p, left));
    *out = (struct pack_result){.package_id = in->package_id, .packed = left};
    for (size_t i = 0; i < p.line_count && left; i++) {
        struct fulfillment_line *l = &p.lines[i];
        int64_t units = l->picked - l->packed;
        if (!is_meant(&p, l) || !units) continue;
        if (units > left) units = left;
        left -= units;
        out->line_no = l->line_no;
        out->product_id = l->product_id;
        TRY(pack_take(c, p.f, l, in->package_id, units));
        TRY(package_line_add(c, in->package_id, l->line_no, l->product_id, units));
        const struct product *product = product_in(&p.w.products, l->product_id);
        if (!p.serial.len || !product_has_serials(product)) continue;
        TRY(pack_serial_one(c, &p.package, product, l->line_no, p.serial));
        out->serial = p.serial;
    }
    TRY(work_flush(c));
    return sum_up(c, &p, out);
}

/* --- out again ------------------------------------------------------------------------------- */

enum err packing_take_out(struct ctx *c, int64_t package_id, int64_t line_no)
{
    struct package p;
    struct list lines;
    TRY(package_get(c, package_id, &p));
    if (p.state != PACKAGE_OPEN)
        return fail(c, ERR_CONFLICT, "wrong_state", "this package is %s; open it again first",
                    word_of(&package_state_words, p.state));
    TRY(package_lines_of(c, &package_id, 1, &lines));
    const struct package_line *l = NULL;
    for (size_t i = 0; i < lines.count; i++)
        if (((const struct package_line *)lines.at)[i].line_no == line_no)
            l = &((const struct package_line *)lines.at)[i];
    if (!l)
        return fail_at(c, ERR_NOT_FOUND, "line_not_found", "line_no",
                       "nothing of line %lld is in this package", (long long)line_no);
    struct cell tote = {p.fulfillment_id, NONE, {0}}, from = {package_id, NONE, {0}};
    TRY(stock_move(c, l->product_id, from, tote, l->quantity, STOCK_UNPACK, p.order_id,
                   package_id));
    TRY(package_line_take(c, l));
    TRY(serials_unpack(c, package_id, line_no));
    TRY(order_progress(c, p.order_id, line_no, (struct progress){.packed = -l->quantity}));
    TRY(fulfillment_progress(c, p.fulfillment_id, (struct work_progress){.packed = -l->quantity}));
    return fulfillment_line_progress(c, p.fulfillment_id, line_no, 0, -l->quantity);
}

enum err packing_discard(struct ctx *c, int64_t package_id)
{
    struct package p;
    struct list lines, labels;
    TRY(package_get(c, package_id, &p));
    TRY(package_check_own(c, &p, "see to"));
    TRY(package_check_empty(c, &p));
    TRY(fulfillments_lock(c, &p.fulfillment_id, 1));
    TRY(package_lines_of(c, &package_id, 1, &lines));
    TRY(labels_of(c, &package_id, 1, &labels));
    if (p.state != PACKAGE_OPEN || lines.count)
        return fail(c, ERR_CONFLICT, "not_empty", "only an open package that holds nothing goes");
    for (size_t i = 0; i < labels.count; i++)
        if (((const struct label *)labels.at)[i].state < LABEL_VOIDED)
            return fail(c, ERR_CONFLICT, "label_exists", "its label is not given back yet");
    TRY(package_discard(c, package_id));
    struct pack_work none = {0};
    return pack_finish(c, &none, &p.fulfillment_id, 1);
}

enum err packing_reopen(struct ctx *c, int64_t package_id)
{
    struct package before, after;
    struct fulfillment f;
    TRY(package_get(c, package_id, &before));
    TRY(fulfillment_get(c, before.fulfillment_id, &f));
    TRY(package_check_own(c, &before, "see to"));
    TRY(package_check_empty(c, &before));
    after = before;
    TRY(package_do(c, &after, PACKAGE_REOPEN));
    after.weight_g = after.sealed_us = NONE;
    TRY(package_write(c, &before, &after));
    if (f.state == FULFILLMENT_PACKED) return fulfillment_do(c, &f, FULFILLMENT_REOPEN_PACK);
    if (f.state == FULFILLMENT_PACKING || f.state == FULFILLMENT_PICKING ||
        f.state == FULFILLMENT_CANCELLING)
        return OK;
    return fail(c, ERR_CONFLICT, "wrong_state", "this fulfillment is %s",
                word_of(&fulfillment_state_words, f.state));
}
