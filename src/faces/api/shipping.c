/* faces/api/shipping.c: packages, quotes, labels, the scan at the ramp, manifests. */
#include "faces/api/shipping.h"
#include "faces/api/actor_names.h"
#include "faces/api/gathering.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/orders/package.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/picking.h"
#include "stages/5_shipping/shipping.h"
#include "store/db.h"
#include "wire/label.h"

struct row_answer row_of(const struct fault *fault, const void *record)
{
    if (fault->code != OK) return (struct row_answer){.fault = *fault};
    return (struct row_answer){.record = record};
}

bool is_row_fault(enum err e)
{
    return e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_NOT_FOUND || e == ERR_TOO_LARGE;
}

/* --- packages -------------------------------------------------------------------------------- */

struct package_view {
    int64_t package_id, order_id, fulfillment_id, site_id;
    int32_t state, number, status;
    struct text carrier, service, tracking_number, label_state;
    struct money label_cost;
    int64_t promised_day;
    struct text sscc;
    int64_t length_mm, width_mm, height_mm, weight_g, manifest_id, sealed_us, handed_over_us,
        delivered_us, packer_id, inside_id, inside_count;
    struct text packer;
    struct list lines;
};
struct package_line_view {
    int64_t line_no, product_id, quantity;
};
static const struct field line_view_table[] = {
    FIELD(struct package_line_view, line_no),
    FIELD_ID(struct package_line_view, product_id, "product_id", "prd"),
    FIELD(struct package_line_view, quantity),
};
static const struct fields line_view_fields =
    FIELDS("package_line", struct package_line_view, line_view_table);

#define PACKAGE_VIEW_FIELDS                                                                        \
    FIELD_ID(struct package_view, package_id, "id", "pkg"),                                        \
        FIELD_ID(struct package_view, order_id, "order_id", "ord"),                                \
        FIELD_ID(struct package_view, fulfillment_id, "fulfillment_id", "ful", .flags = F_WIDE),   \
        FIELD_ID(struct package_view, site_id, "site_id", "sit", .flags = F_WIDE),                 \
        FIELD_ENUM(struct package_view, state, package_state_words),                               \
        FIELD(struct package_view, number, .about = "1, 2, ... of its fulfillment"),               \
        FIELD_ENUM(struct package_view, status, tracking_status_words,                             \
                   .about = "where the carrier has it"),                                           \
        FIELD(struct package_view, carrier), FIELD(struct package_view, service),                  \
        FIELD(struct package_view, tracking_number),                                               \
        FIELD(struct package_view, label_state,                                                    \
              .about = "asked, unknown, bought, printed or used"),                                 \
        FIELD(struct package_view, label_cost, .flags = F_NULL | F_WIDE),                          \
        FIELD_DAY(struct package_view, promised_day, "promised_date"),                             \
        FIELD(struct package_view, sscc, .flags = F_WIDE),                                         \
        FIELD(struct package_view, length_mm, .flags = F_WIDE),                                    \
        FIELD(struct package_view, width_mm, .flags = F_WIDE),                                     \
        FIELD(struct package_view, height_mm, .flags = F_WIDE),                                    \
        FIELD(struct package_view, weight_g, .flags = F_NULL),                                     \
        FIELD_ID(struct package_view, manifest_id, "manifest_id", "man",                           \
                 .flags = F_NULL | F_WIDE),                                                        \
        FIELD_INSTANT(struct package_view, sealed_us, "sealed_at", .flags = F_WIDE),               \
        FIELD_INSTANT(struct package_view, handed_over_us, "handed_over_at"),                      \
        FIELD_INSTANT(struct package_view, delivered_us, "delivered_at"),                          \
        FIELD_ID(struct package_view, packer_id, "packer_id", "usr", .flags = F_NULL | F_WIDE),    \
        FIELD(struct package_view, packer, .about = "who packed it"),                              \
        FIELD_ID(struct package_view, inside_id, "inside_id", "pkg", .flags = F_NULL | F_WIDE,     \
                 .about = "the package that it lies in; that one bears the label of both"),        \
        FIELD(struct package_view, inside_count, .flags = F_WIDE,                                  \
              .about = "packages that lie in this one")
static const struct field package_row_table[] = {PACKAGE_VIEW_FIELDS};
static const struct fields package_row_fields =
    FIELDS("package", struct package_view, package_row_table);
static const struct field package_view_table[] = {
    PACKAGE_VIEW_FIELDS, FIELD_LIST(struct package_view, lines, line_view_fields)};
static const struct fields package_view_fields =
    FIELDS("package_detail", struct package_view, package_view_table);

/* The newest label that counts; labels stand by package. */
static const struct label *label_in(const struct list *labels, int64_t package_id)
{
    const struct label *at = labels->at, *found = NULL;
    for (size_t i = 0; i < labels->count; i++)
        if (at[i].package_id == package_id && at[i].state < LABEL_VOIDED) found = &at[i];
    return found;
}

static void fill_view(struct ctx *c, const struct package *p, const struct label *l,
                      struct package_view *out)
{
    *out = (struct package_view){.package_id = p->package_id,
                                 .order_id = p->order_id,
                                 .fulfillment_id = p->fulfillment_id,
                                 .site_id = p->site_id,
                                 .state = p->state,
                                 .number = p->number,
                                 .status = p->status,
                                 .promised_day = l ? l->promised_day : NONE,
                                 .sscc = p->sscc,
                                 .length_mm = p->length_mm,
                                 .width_mm = p->width_mm,
                                 .height_mm = p->height_mm,
                                 .weight_g = p->weight_g,
                                 .manifest_id = p->manifest_id,
                                 .sealed_us = p->sealed_us,
                                 .handed_over_us = p->handed_over_us,
                                 .delivered_us = p->delivered_us,
                                 .packer_id = p->packer_id,
                                 .inside_id = p->inside_id,
                                 .inside_count = p->inside_count};
    if (!l) return;
    out->label_state = text_of(word_of(&label_state_words, l->state));
    out->carrier = l->carrier;
    out->service = l->service;
    out->tracking_number = l->tracking_number;
    if (l->state >= LABEL_BOUGHT && p->inside_id == NONE) /* a parcel is paid for once */
        out->label_cost = money(l->cost_minor, text_cstr(c->arena, l->currency));
}

static enum err views_of(struct ctx *c, const struct list *packages, struct list *out)
{
    struct list labels;
    struct actors known;
    const struct package *p = packages->at;
    int64_t *ids = arena_new(c->arena, int64_t, packages->count + 1);
    struct package_view *views = arena_new(c->arena, struct package_view, packages->count + 1);
    TRY(labels_shown(c, packages, &labels));
    for (size_t i = 0; i < packages->count; i++) ids[i] = p[i].packer_id;
    TRY(actors_load(c, ids, packages->count, &known));
    for (size_t i = 0; i < packages->count; i++) {
        fill_view(c, &p[i], label_in(&labels, p[i].package_id), &views[i]);
        views[i].packer = actor_name(c->arena, &known, p[i].packer_id);
    }
    *out = (struct list){views, packages->count};
    return OK;
}

static enum err show(struct ctx *c, int64_t package_id, struct reply *out)
{
    struct list packages, views, lines;
    TRY(packages_of(c, &package_id, 1, &packages));
    if (!packages.count)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    TRY(views_of(c, &packages, &views));
    TRY(package_lines_of(c, &package_id, 1, &lines));
    struct package_view *view = views.at;
    struct package_line_view *at = arena_new(c->arena, struct package_line_view, lines.count + 1);
    const struct package_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        at[i] = (struct package_line_view){l[i].line_no, l[i].product_id, l[i].quantity};
    view->lines = (struct list){at, lines.count};
    out->record = view;
    return OK;
}

struct package_query {
    struct text site, scan;
    int32_t state;
    int64_t order_id, limit;
};
static const struct field package_query_table[] = {
    FIELD(struct package_query, site, .max = 40, .about = "its code; the first site when absent"),
    FIELD_ENUM(struct package_query, state, package_state_words, .flags = F_NULL,
               .about = "sealed when absent"),
    FIELD(struct package_query, scan, .max = SHIPPING_SCAN_BYTES_MAX,
          .about = "the package with this tracking number, SSCC or label of ours"),
    FIELD_ID(struct package_query, order_id, "order_id", "ord", .flags = F_NULL,
             .about = "packages of this order, in any state"),
    FIELD(struct package_query, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX,
          .about = "50 when absent"),
};
static const struct fields package_query_fields =
    FIELDS("package_query", struct package_query, package_query_table);

static enum err packages_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct package_query *q = in->query;
    struct list packages;
    int64_t site_id, id;
    struct fault fault;
    int32_t state = PACKAGE_SEALED;
    if (q->scan.len) {
        TRY(shipping_scan(c, &q->scan, 1, &id, &fault));
        TRY(floor_fault(c, &fault));
        TRY(packages_of(c, &id, 1, &packages));
        return views_of(c, &packages, &out->list);
    }
    if (q->order_id != NONE) {
        TRY(packages_of_orders(c, &q->order_id, 1, &packages));
        return views_of(c, &packages, &out->list);
    }
    if (q->state >= 0) state = q->state;
    TRY(floor_site(c, q->site, &site_id));
    TRY(package_list(c, site_id, (enum package_state)state, page_limit(q->limit), &packages));
    return views_of(c, &packages, &out->list);
}

static enum err packages_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show(c, in->ids[0], out);
}

/* --- quotes and labels ----------------------------------------------------------------------- */

struct quote_view {
    struct text carrier, service, name;
    struct money price;
    int64_t earliest_day, promised_day;
    bool is_express, can_sign;
};
static const struct field quote_table[] = {
    FIELD(struct quote_view, carrier),
    FIELD(struct quote_view, service),
    FIELD(struct quote_view, name),
    FIELD(struct quote_view, price, .about = "all in"),
    FIELD_DAY(struct quote_view, earliest_day, "earliest_date"),
    FIELD_DAY(struct quote_view, promised_day, "promised_date"),
    FIELD(struct quote_view, is_express),
    FIELD(struct quote_view, can_sign),
};
static const struct fields quote_fields = FIELDS("carrier_quote", struct quote_view, quote_table);

static enum err packages_quotes(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list quotes;
    TRY(shipping_quote(c, in->ids[0], &quotes));
    const struct carrier_quote *q = quotes.at;
    struct quote_view *views = arena_new(c->arena, struct quote_view, quotes.count + 1);
    for (size_t i = 0; i < quotes.count; i++)
        views[i] = (struct quote_view){
            q[i].carrier,      q[i].service,
            q[i].name,         money(q[i].price_minor, text_cstr(c->arena, q[i].currency)),
            q[i].earliest_day, q[i].promised_day,
            q[i].is_express,   q[i].can_sign};
    out->list = (struct list){views, quotes.count};
    return OK;
}

struct label_body {
    int64_t package_id;
    struct text carrier, service;
};
static const struct field label_body_table[] = {
    FIELD(struct label_body, carrier, .max = 40, .about = "the cheapest in time when absent"),
    FIELD(struct label_body, service, .max = 40,
          .about = "of the carrier; the cheapest in time when absent"),
};
static const struct fields label_body_fields =
    FIELDS("label_wish", struct label_body, label_body_table);
static const struct field label_row_table[] = {
    FIELD_ID(struct label_body, package_id, "package_id", "pkg", .flags = F_REQUIRED,
             .about = "a sealed package"),
    FIELD(struct label_body, carrier, .max = 40, .about = "the cheapest in time when absent"),
    FIELD(struct label_body, service, .max = 40,
          .about = "of the carrier; the cheapest in time when absent"),
};
static const struct fields label_row_fields =
    FIELDS("label_row", struct label_body, label_row_table);

static enum err packages_label(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct label_body *b = in->body;
    struct label_wish wish = {.package_id = in->ids[0]};
    struct fault fault;
    if (b) {
        wish.carrier = b->carrier;
        wish.service = b->service;
    }
    TRY(shipping_label_now(c, &wish, 1, &fault));
    TRY(floor_fault(c, &fault));
    return show(c, in->ids[0], out);
}

static enum err labels_bulk(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct label_body *b = in->rows.at;
    size_t n = in->rows.count;
    struct label_wish *wishes = arena_new(c->arena, struct label_wish, n + 1);
    struct fault *faults = arena_new(c->arena, struct fault, n + 1);
    for (size_t i = 0; i < n; i++)
        wishes[i] = (struct label_wish){b[i].package_id, b[i].carrier, b[i].service};
    TRY(shipping_label_now(c, wishes, n, faults));
    for (size_t i = 0; i < n; i++) out->rows[i] = row_of(&faults[i], NULL);
    return OK;
}

struct reason_body {
    struct text reason, tracking_number;
};
static const struct field reason_table[] = {
    FIELD(struct reason_body, reason, .max = SHIPPING_REASON_CHARS_MAX, .about = "for the records"),
};
static const struct fields reason_fields = FIELDS("reason", struct reason_body, reason_table);
static const struct field correct_table[] = {
    FIELD(struct reason_body, tracking_number, .flags = F_REQUIRED, .max = 60,
          .about = "as printed on the label"),
    FIELD(struct reason_body, reason, .max = SHIPPING_REASON_CHARS_MAX, .about = "for the records"),
};
static const struct fields correct_fields =
    FIELDS("tracking_number", struct reason_body, correct_table);

static struct text reason_of(const struct request *in)
{
    return in->body ? ((const struct reason_body *)in->body)->reason : (struct text){0};
}

static enum err packages_void(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(shipping_void(c, in->ids[0], reason_of(in)));
    return show(c, in->ids[0], out);
}

static enum err packages_correct(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct reason_body *b = in->body;
    TRY(shipping_correct_number(c, in->ids[0], b->tracking_number, b->reason));
    return show(c, in->ids[0], out);
}

static enum err packages_take_back(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(shipping_take_back(c, in->ids[0], reason_of(in)));
    return show(c, in->ids[0], out);
}

/* --- the printed label ----------------------------------------------------------------------- */

struct label_query {
    int64_t dpi;
};
static const struct field label_query_table[] = {
    FIELD(struct label_query, dpi, .flags = F_NULL, .min = SHEET_DPI_LEAST, .max = SHEET_DPI_MOST,
          .about = "of the printer: 203 when absent; not for PDF"),
};
static const struct fields label_query_fields =
    FIELDS("label_query", struct label_query, label_query_table);

static enum err mark_printed(struct ctx *c, void *arg)
{
    return shipping_label_printed(c, *(const int64_t *)arg);
}

/* Drawn outside of any unit of work; only that it was printed is written. */
static enum err draw(struct ctx *c, const struct request *in, struct reply *out,
                     enum sheet_format format)
{
    const struct label_query *q = in->query;
    struct label_sheet s;
    int dpi = q && q->dpi != NONE ? (int)q->dpi : 203;
    TRY(shipping_label_sheet(c, in->ids[0], &s));
    struct parcel_label label = {.carrier = s.carrier,
                                 .service = s.service,
                                 .sender = s.sender,
                                 .sender_count = s.sender_count,
                                 .recipient = s.recipient,
                                 .recipient_count = s.recipient_count,
                                 .country = s.country,
                                 .postal_code = s.postal_code,
                                 .tracking = s.tracking_number,
                                 .sscc = s.sscc,
                                 .order = s.order,
                                 .package = s.package,
                                 .packages = s.packages,
                                 .weight_g = s.weight_g,
                                 .ship_date = day_text(c->arena, s.ship_day),
                                 .instructions = s.instructions,
                                 .cash = s.cash};
    if (s.handling & HANDLING_FRAGILE) label.marks |= LABEL_FRAGILE;
    if (s.handling & HANDLING_UPRIGHT) label.marks |= LABEL_THIS_SIDE_UP;
    TRY(label_render(c, &label, format, format == SHEET_PDF ? 0 : dpi, &out->content));
    out->content_type = text_of(sheet_content_type(format));
    return s.is_new ? db_tx(c, mark_printed, (void *)&(int64_t){in->ids[0]}) : OK;
}

static enum err label_pdf(struct ctx *c, const struct request *in, struct reply *out)
{
    return draw(c, in, out, SHEET_PDF);
}

static enum err label_png(struct ctx *c, const struct request *in, struct reply *out)
{
    return draw(c, in, out, SHEET_PNG);
}

static enum err label_zpl(struct ctx *c, const struct request *in, struct reply *out)
{
    return draw(c, in, out, SHEET_ZPL);
}

/* --- the ramp -------------------------------------------------------------------------------- */

struct scan_row {
    struct text scan;
};
static const struct field scan_table[] = {
    FIELD(struct scan_row, scan, .flags = F_REQUIRED, .max = SHIPPING_SCAN_BYTES_MAX,
          .about = "tracking number, SSCC or label of ours, as the scanner sent it"),
};
static const struct fields scan_fields = FIELDS("handover_scan", struct scan_row, scan_table);

/* Scan after scan in one batch; what is not to go is answered "stop", with the reason. */
static enum err handovers(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct scan_row *rows = in->rows.at;
    size_t n = in->rows.count, count = 0;
    struct text *scans = arena_new(c->arena, struct text, n + 1);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1), *good = arena_new(c->arena, int64_t, n + 1);
    size_t *row = arena_new(c->arena, size_t, n + 1);
    struct fault *faults = arena_new(c->arena, struct fault, n + 1);
    struct fault *refused = arena_new(c->arena, struct fault, n + 1);
    struct list packages, views;
    for (size_t i = 0; i < n; i++) scans[i] = rows[i].scan;
    TRY(shipping_scan(c, scans, n, ids, faults));
    for (size_t i = 0; i < n; i++) {
        if (faults[i].code != OK) continue;
        row[count] = i;
        good[count++] = ids[i];
    }
    TRY(shipping_hand_over(c, good, count, HAND_OVER_CARRIER, refused));
    for (size_t k = 0; k < count; k++)
        if (refused[k].code != OK) faults[row[k]] = refused[k];
    TRY(packages_of(c, good, count, &packages));
    TRY(views_of(c, &packages, &views));
    const struct package_view *v = views.at;
    for (size_t i = 0; i < n; i++) {
        const void *record = NULL;
        for (size_t k = 0; k < views.count && !record; k++)
            if (v[k].package_id == ids[i]) record = &v[k];
        out->rows[i] = row_of(&faults[i], record);
    }
    return OK;
}

/* --- manifests ------------------------------------------------------------------------------- */

struct manifest_view {
    int64_t manifest_id, site_id, number;
    struct text carrier;
    int64_t created_us, closed_us;
    struct list packages;
};
static const struct field manifest_row_table[] = {
    FIELD_ID(struct manifest_view, manifest_id, "id", "man"),
    FIELD_ID(struct manifest_view, site_id, "site_id", "sit"),
    FIELD(struct manifest_view, number),
    FIELD(struct manifest_view, carrier),
    FIELD_INSTANT(struct manifest_view, created_us, "created_at"),
    FIELD_INSTANT(struct manifest_view, closed_us, "closed_at"),
};
static const struct fields manifest_row_fields =
    FIELDS("manifest", struct manifest_view, manifest_row_table);
static const struct field manifest_view_table[] = {
    FIELD_ID(struct manifest_view, manifest_id, "id", "man"),
    FIELD_ID(struct manifest_view, site_id, "site_id", "sit"),
    FIELD(struct manifest_view, number),
    FIELD(struct manifest_view, carrier),
    FIELD_INSTANT(struct manifest_view, created_us, "created_at"),
    FIELD_INSTANT(struct manifest_view, closed_us, "closed_at"),
    FIELD_LIST(struct manifest_view, packages, manifest_line_fields),
};
static const struct fields manifest_view_fields =
    FIELDS("manifest_detail", struct manifest_view, manifest_view_table);

static struct manifest_view manifest_of(const struct manifest *m)
{
    return (struct manifest_view){m->manifest_id, m->site_id,   m->number, m->carrier,
                                  m->created_us,  m->closed_us, {0}};
}

struct manifest_query {
    int64_t limit;
    struct text after;
};
static const struct field manifest_query_table[] = {PAGE_FIELDS(struct manifest_query)};
static const struct fields manifest_query_fields =
    FIELDS("manifest_query", struct manifest_query, manifest_query_table);

static enum err manifests_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct manifest_query *q = in->query;
    struct list rows;
    int64_t before = INT64_MAX, limit = page_limit(q->limit);
    TRY(page_after(c, q->after, "man", &before));
    TRY(shipping_manifest_list(c, before, limit + 1, &rows));
    bool is_more = page_cut(&rows, limit);
    const struct manifest *m = rows.at;
    struct manifest_view *views = arena_new(c->arena, struct manifest_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) views[i] = manifest_of(&m[i]);
    out->list = (struct list){views, rows.count};
    if (is_more) out->next = id_text(c->arena, "man", m[rows.count - 1].manifest_id);
    return OK;
}

static enum err show_manifest(struct ctx *c, int64_t manifest_id, struct reply *out)
{
    struct manifest m;
    struct manifest_view *view = arena_new(c->arena, struct manifest_view, 1);
    struct list lines;
    TRY(shipping_manifest_sheet(c, manifest_id, &m, &lines));
    *view = manifest_of(&m);
    view->packages = lines;
    out->record = view;
    return OK;
}

static enum err manifests_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show_manifest(c, in->ids[0], out);
}

static enum err manifests_close(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(shipping_manifest_close(c, in->ids[0]));
    return show_manifest(c, in->ids[0], out);
}

struct manifest_body {
    struct text site, carrier;
};
static const struct field manifest_body_table[] = {
    FIELD(struct manifest_body, site, .max = 40, .about = "its code; the first site when absent"),
    FIELD(struct manifest_body, carrier, .flags = F_REQUIRED, .max = 40,
          .about = "who fetches the parcels"),
};
static const struct fields manifest_body_fields =
    FIELDS("new_manifest", struct manifest_body, manifest_body_table);

static enum err manifests_open(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct manifest_body *b = in->body;
    struct manifest m;
    int64_t site_id;
    TRY(floor_site(c, b->site, &site_id));
    TRY(shipping_manifest_open(c, site_id, b->carrier, &m));
    struct manifest_view *view = arena_new(c->arena, struct manifest_view, 1);
    *view = manifest_of(&m);
    out->record = view;
    return OK;
}

#define READ SCOPE(WORK_READ)
#define WRITE SCOPE(SHIPPING_WRITE)
const struct route shipping_routes[] = {
    {"GET", "/v1/packages", "ship list", READ, ROUTE_LIST, NULL, &package_query_fields,
     &package_row_fields, packages_list,
     "A site's packages in one state, sealed unless it says; those of an order; or by a scan."},
    {"GET", "/v1/packages/{pkg}", "ship show", READ, ROUTE_OWNED, NULL, NULL, &package_view_fields,
     packages_show, "A package, its label and what is in it."},
    {"GET", "/v1/packages/{pkg}/quotes", "ship quote", READ, ROUTE_LIST, NULL, NULL, &quote_fields,
     packages_quotes, "What each carrier takes for it, cheapest first."},
    {"POST", "/v1/packages/{pkg}/label", "ship label", WRITE, ROUTE_WRITE, &label_body_fields, NULL,
     &package_view_fields, packages_label,
     "Buy its label; with a carrier outside it is asked for, and bought a moment later."},
    {"POST", "/v1/labels", "ship labels", WRITE, ROUTE_WRITE | ROUTE_BULK, &label_row_fields, NULL,
     NULL, labels_bulk, "Buy many labels at once; each is answered for itself.", packages_together},
    {"GET", "/v1/packages/{pkg}/label.pdf", "ship print", READ | WRITE, ROUTE_RAW | ROUTE_OWNED,
     NULL, NULL, NULL, label_pdf, "The label as PDF; it counts as printed."},
    {"GET", "/v1/packages/{pkg}/label.png", NULL, READ | WRITE, ROUTE_RAW | ROUTE_OWNED, NULL,
     &label_query_fields, NULL, label_png, "The label as PNG; it counts as printed."},
    {"GET", "/v1/packages/{pkg}/label.zpl", NULL, READ | WRITE, ROUTE_RAW | ROUTE_OWNED, NULL,
     &label_query_fields, NULL, label_zpl, "The label for a ZPL printer; it counts as printed."},
    {"POST", "/v1/packages/{pkg}/void", "ship void", WRITE, ROUTE_WRITE, &reason_fields, NULL,
     &package_view_fields, packages_void, "Give the label back, while the parcel is here."},
    {"POST", "/v1/packages/{pkg}/tracking-number", "ship correct", WRITE, ROUTE_WRITE,
     &correct_fields, NULL, &package_view_fields, packages_correct,
     "Correct the tracking number; the one before is kept in the history."},
    {"POST", "/v1/handovers", "ship handover", WRITE, ROUTE_WRITE | ROUTE_BULK, &scan_fields, NULL,
     &package_row_fields, handovers, "Hand packages over to the carrier by scanning them.",
     scans_together},
    {"POST", "/v1/packages/{pkg}/take-back", "ship take-back", WRITE, ROUTE_WRITE, &reason_fields,
     NULL, &package_view_fields, packages_take_back,
     "Undo a hand-over, before the carrier's first scan."},
    {"GET", "/v1/manifests", "ship manifests", READ, ROUTE_LIST, NULL, &manifest_query_fields,
     &manifest_row_fields, manifests_list, "Manifests, newest first."},
    {"POST", "/v1/manifests", "ship open", WRITE, ROUTE_WRITE, &manifest_body_fields, NULL,
     &manifest_row_fields, manifests_open, "Today's open manifest of a site and carrier."},
    {"GET", "/v1/manifests/{man}", "ship manifest", READ, 0, NULL, NULL, &manifest_view_fields,
     manifests_show, "What the courier takes along, and signs for."},
    {"POST", "/v1/manifests/{man}/close", "ship close", WRITE, ROUTE_WRITE, NULL, NULL,
     &manifest_view_fields, manifests_close, "Close it: nothing more goes on it."},
    {0},
};
