/* faces/api/delivery.c: tracking, proof of delivery, attempts, what comes back. */
#include "stages/6_delivery/delivery.h"
#include "base/source.h"
#include "domain/orders/order.h"
#include "faces/api/gathering.h"
#include "faces/api/picking.h"
#include "faces/api/shipping.h"
#include "stages/5_shipping/shipping.h"
#include "store/db.h"
#include "wire/crypto.h"

/* --- tracking -------------------------------------------------------------------------------- */

static const struct field report_table[] = {
    FIELD(struct tracking_report, tracking_number, .max = 60, .about = "or package_id"),
    FIELD_ID(struct tracking_report, package_id, "package_id", "pkg", .flags = F_NULL,
             .about = "or tracking_number"),
    FIELD_INSTANT(struct tracking_report, occurred_us, "occurred_at", .flags = F_REQUIRED,
                  .about = "when it happened, by the carrier's clock"),
    FIELD_ENUM(struct tracking_report, status, tracking_status_words, .flags = F_REQUIRED,
               .about = "what happened, in our words"),
    FIELD(struct tracking_report, code, .max = TRACKING_CODE_CHARS_MAX,
          .about = "the carrier's own; with time and status it tells events apart"),
    FIELD(struct tracking_report, place, .max = TRACKING_TEXT_CHARS_MAX, .about = "where"),
    FIELD(struct tracking_report, detail, .max = TRACKING_TEXT_CHARS_MAX,
          .about = "the carrier's own words"),
};
static const struct fields report_fields =
    FIELDS("tracking_report", struct tracking_report, report_table);

struct taken_view {
    int64_t package_id, return_id;
    bool is_known;
};
static const struct field taken_table[] = {
    FIELD_ID(struct taken_view, package_id, "package_id", "pkg", .flags = F_NULL),
    FIELD_ID(struct taken_view, return_id, "return_id", "ret", .flags = F_NULL,
             .about = "instead of a package: the number is that of a return label"),
    FIELD(struct taken_view, is_known, .about = "it was told before: nothing changed"),
};
static const struct fields taken_fields = FIELDS("tracking_taken", struct taken_view, taken_table);

static enum err tracking_add(struct ctx *c, const struct request *in, struct reply *out)
{
    size_t n = in->rows.count;
    struct tracking_taken *taken = arena_new(c->arena, struct tracking_taken, n + 1);
    struct taken_view *views = arena_new(c->arena, struct taken_view, n + 1);
    TRY(tracking_take(c, in->rows.at, n, taken));
    for (size_t i = 0; i < n; i++) {
        views[i] = (struct taken_view){taken[i].package_id, taken[i].return_id, taken[i].is_known};
        out->rows[i] = row_of(&taken[i].fault, &views[i]);
        if (taken[i].is_known) out->rows[i].status = 200;
    }
    return OK;
}

/* Rows that name a parcel by its number are looked up by it. */
static enum err orders_of_reports(struct ctx *c, const struct fields *f, const struct list *rows,
                                  int64_t *order_ids)
{
    const struct tracking_report *at = rows->at;
    struct text *numbers = arena_new(c->arena, struct text, rows->count + 1);
    struct list labels = {0};
    size_t n = 0;
    (void)f;
    for (size_t i = 0; i < rows->count; i++)
        if (at[i].package_id == NONE && at[i].tracking_number.len)
            numbers[n++] = text_upper(c->arena, at[i].tracking_number);
    if (n) TRY(packages_by_tracking(c, numbers, n, &labels));
    const struct label *label = labels.at;
    for (size_t i = 0, k = 0; i < rows->count; i++) {
        order_ids[i] = at[i].package_id;
        if (at[i].package_id != NONE || !at[i].tracking_number.len) continue;
        struct text number = numbers[k++];
        order_ids[i] = ORDER_APART; /* perhaps a return's */
        for (size_t l = 0; l < labels.count; l++)
            if (text_eq(label[l].tracking_number, number)) order_ids[i] = label[l].package_id;
    }
    return orders_of_packages(c, order_ids, rows->count);
}

static enum err tracking_together(struct ctx *c, struct member *all, size_t n)
{
    return rows_together(c, all, n, orders_of_reports);
}

struct scan_view {
    int64_t occurred_us;
    int32_t status;
    struct text code, place, detail;
    int64_t recorded_us;
};
static const struct field scan_view_table[] = {
    FIELD_INSTANT(struct scan_view, occurred_us, "occurred_at"),
    FIELD_ENUM(struct scan_view, status, tracking_status_words),
    FIELD(struct scan_view, code),
    FIELD(struct scan_view, place),
    FIELD(struct scan_view, detail),
    FIELD_INSTANT(struct scan_view, recorded_us, "recorded_at", .flags = F_WIDE),
};
static const struct fields scan_view_fields =
    FIELDS("tracking_event", struct scan_view, scan_view_table);

static enum err show_tracking(struct ctx *c, int64_t package_id, struct reply *out)
{
    struct package p;
    struct list events;
    TRY(package_get(c, package_id, &p));
    TRY(tracking_events_of(c, &package_id, 1, &events));
    const struct tracking_event *e = events.at;
    struct scan_view *views = arena_new(c->arena, struct scan_view, events.count + 1);
    for (size_t i = 0; i < events.count; i++)
        views[i] = (struct scan_view){e[i].occurred_us, e[i].status, e[i].code,
                                      e[i].place,       e[i].detail, e[i].recorded_us};
    out->list = (struct list){views, events.count};
    return OK;
}

static enum err tracking_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show_tracking(c, in->ids[0], out);
}

struct refreshing {
    const struct tracking_report *reports;
    struct tracking_taken *taken;
    size_t n;
};

static enum err take_reports(struct ctx *c, void *arg)
{
    const struct refreshing *r = arg;
    return tracking_take(c, r->reports, r->n, r->taken);
}

/* The carrier is asked outside of any unit of work; what it says is taken in one. */
static enum err tracking_refresh(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list said;
    TRY(shipping_track(c, in->ids[0], &said));
    size_t n = said.count < CARRIER_REPORTS_MAX ? said.count : CARRIER_REPORTS_MAX;
    struct tracking_report *reports = arena_new(c->arena, struct tracking_report, n + 1);
    struct tracking_taken *taken = arena_new(c->arena, struct tracking_taken, n + 1);
    const struct carrier_report *s = said.at;
    for (size_t i = 0; i < n; i++) {
        int32_t status = word_find(&tracking_status_words, s[i].status);
        reports[i] = (struct tracking_report){.package_id = in->ids[0],
                                              .occurred_us = s[i].occurred_us,
                                              .status = status < 0 ? TRACKING_UNKNOWN : status,
                                              .code = s[i].code,
                                              .place = s[i].place,
                                              .detail = s[i].detail};
    }
    if (n) TRY(db_tx(c, take_reports, &(struct refreshing){reports, taken, n}));
    return show_tracking(c, in->ids[0], out);
}

/* --- proof ----------------------------------------------------------------------------------- */

struct confirm_row {
    int64_t package_id, order_id;
    struct text name, signature, photo, pin;
    bool age_checked;
    int64_t latitude_e7, longitude_e7, at_us;
};
static const struct field confirm_table[] = {
    FIELD_ID(struct confirm_row, package_id, "package_id", "pkg", .flags = F_NULL,
             .about = "or order_id: all of it that is on its way or waits at the counter"),
    FIELD_ID(struct confirm_row, order_id, "order_id", "ord", .flags = F_NULL,
             .about = "instead of package_id"),
    FIELD(struct confirm_row, name, .max = PROOF_NAME_CHARS_MAX, .about = "who took it"),
    FIELD(struct confirm_row, signature, .max = SIGNATURE_BYTES_MAX,
          .about = "the drawing as an SVG path; signature methods demand it or a photo"),
    FIELD(struct confirm_row, photo, .max = 7 * 1024 * 1024, .about = "JPEG or PNG in base 64"),
    FIELD(struct confirm_row, pin, .max = 20, .about = "the customer's pickup code"),
    FIELD(struct confirm_row, age_checked,
          .about = "a document with photo and date of birth was seen"),
    FIELD(struct confirm_row, latitude_e7, .flags = F_NULL, .about = "degrees times 10,000,000"),
    FIELD(struct confirm_row, longitude_e7, .flags = F_NULL, .about = "degrees times 10,000,000"),
    FIELD_INSTANT(struct confirm_row, at_us, "at", .about = "now when absent"),
};
static const struct fields confirm_fields =
    FIELDS("delivery_proof", struct confirm_row, confirm_table);

struct delivery_view {
    int64_t order_id;
    int32_t method;
    int64_t packages;
};
static const struct field delivery_view_table[] = {
    FIELD_ID(struct delivery_view, order_id, "order_id", "ord"),
    FIELD_ENUM(struct delivery_view, method, method_words),
    FIELD(struct delivery_view, packages, .about = "delivered with this proof"),
};
static const struct fields delivery_view_fields =
    FIELDS("delivery", struct delivery_view, delivery_view_table);

static enum err proof_of(struct ctx *c, const struct confirm_row *r, struct delivery_proof *out)
{
    *out = (struct delivery_proof){.package_id = r->package_id,
                                   .order_id = r->order_id,
                                   .name = r->name,
                                   .signature = r->signature,
                                   .pin = r->pin,
                                   .age_checked = r->age_checked,
                                   .latitude_e7 = r->latitude_e7,
                                   .longitude_e7 = r->longitude_e7,
                                   .at_us = r->at_us};
    if ((r->package_id == NONE) == (r->order_id == NONE))
        return fail_at(c, ERR_INVALID, "required", "package_id", "give a package or an order");
    if (r->photo.len && !base64_decode(c->arena, r->photo, &out->photo))
        return fail_at(c, ERR_INVALID, "photo", "photo", "it is not base 64");
    return OK;
}

/* Who collects takes the goods over the counter and has them with that, in one unit of work. */
static enum err confirm(struct ctx *c, const struct confirm_row *r, struct delivery *out)
{
    struct delivery_proof proof;
    TRY(proof_of(c, r, &proof));
    TRY(delivery_check(c, &proof, out));
    if (out->fault.code != OK) return OK;
    if (out->is_in_house) {
        struct list packages;
        struct fault *faults = arena_new(c->arena, struct fault, out->count + 1);
        int64_t *ids = arena_new(c->arena, int64_t, out->count + 1);
        size_t n = 0;
        TRY(packages_of(c, out->package_ids, out->count, &packages));
        const struct package *p = packages.at;
        for (size_t i = 0; i < packages.count; i++)
            if (p[i].state < PACKAGE_HANDED_OVER) ids[n++] = p[i].package_id;
        TRY(shipping_hand_over(c, ids, n, HAND_OVER_COUNTER, faults));
        for (size_t i = 0; i < n; i++) TRY(floor_fault(c, &faults[i]));
    }
    return delivery_confirm(c, &proof, out);
}

static enum err deliveries(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct confirm_row *rows = in->rows.at;
    struct delivery_view *views = arena_new(c->arena, struct delivery_view, in->rows.count + 1);
    for (size_t i = 0; i < in->rows.count; i++) {
        struct delivery d = {0};
        enum err e = confirm(c, &rows[i], &d);
        if (e != OK && !is_row_fault(e)) return e;
        if (e != OK) {
            d.fault = c->fault;
            d.fault.code = e;
            c->fault = (struct fault){0};
        }
        views[i] = (struct delivery_view){d.order_id, d.method, (int64_t)d.count};
        out->rows[i] = row_of(&d.fault, &views[i]);
    }
    return OK;
}

struct proof_view {
    int64_t proof_id;
    struct text name, signature;
    bool has_photo, age_checked, pin_ok;
    int64_t latitude_e7, longitude_e7, at_us;
};
static const struct field proof_view_table[] = {
    FIELD_ID(struct proof_view, proof_id, "id", "prf"),
    FIELD(struct proof_view, name),
    FIELD(struct proof_view, signature, .flags = F_WIDE),
    FIELD(struct proof_view, has_photo),
    FIELD(struct proof_view, age_checked),
    FIELD(struct proof_view, pin_ok),
    FIELD(struct proof_view, latitude_e7, .flags = F_NULL | F_WIDE),
    FIELD(struct proof_view, longitude_e7, .flags = F_NULL | F_WIDE),
    FIELD_INSTANT(struct proof_view, at_us, "at"),
};
static const struct fields proof_view_fields = FIELDS("proof", struct proof_view, proof_view_table);

static enum err proofs_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct package package;
    struct list proofs;
    TRY(package_get(c, in->ids[0], &package));
    TRY(proofs_of(c, in->ids[0], &proofs));
    const struct proof *p = proofs.at;
    struct proof_view *views = arena_new(c->arena, struct proof_view, proofs.count + 1);
    for (size_t i = 0; i < proofs.count; i++)
        views[i] = (struct proof_view){p[i].proof_id,
                                       p[i].name,
                                       p[i].signature,
                                       p[i].photo_bytes > 0,
                                       p[i].age_checked == 1,
                                       p[i].pin_ok == 1,
                                       p[i].latitude_e7,
                                       p[i].longitude_e7,
                                       p[i].at_us};
    out->list = (struct list){views, proofs.count};
    return OK;
}

static enum err proofs_photo(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(proof_photo(c, in->ids[0], in->ids[1], &out->content));
    bool is_png = text_starts(out->content, T("\x89PNG"));
    out->content_type = is_png ? T("image/png") : T("image/jpeg");
    return OK;
}

struct code_view {
    struct text code;
};
static const struct field code_table[] = {FIELD(struct code_view, code)};
static const struct fields code_fields = FIELDS("pickup_code", struct code_view, code_table);

static enum err orders_code(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order o;
    struct code_view *view = arena_new(c->arena, struct code_view, 1);
    TRY(order_get(c, in->ids[0], &o));
    if (o.method != METHOD_PICKUP)
        return fail(c, ERR_CONFLICT, "wrong_method", "this order is not collected");
    TRY(pickup_code(c, in->ids[0], &view->code));
    out->record = view;
    return OK;
}

/* --- attempts and what comes back ------------------------------------------------------------ */

struct attempt_body {
    int32_t outcome, reason;
    struct text note;
};
static const struct field attempt_table[] = {
    FIELD_ENUM(struct attempt_body, outcome, attempt_outcome_words,
               .about = "failed: tried again later; refused: it turns back"),
    FIELD_ENUM(struct attempt_body, reason, attempt_reason_words, .flags = F_REQUIRED,
               .about = "why it could not be handed over"),
    FIELD(struct attempt_body, note, .flags = F_FREE, .max = TRACKING_TEXT_CHARS_MAX,
          .about = "what the driver says"),
};
static const struct fields attempt_fields =
    FIELDS("new_attempt", struct attempt_body, attempt_table);

struct attempt_view {
    int64_t attempt_id;
    int32_t outcome;
    struct text reason, note;
    int64_t at_us;
};
static const struct field attempt_view_table[] = {
    FIELD_ID(struct attempt_view, attempt_id, "id", "att"),
    FIELD_ENUM(struct attempt_view, outcome, attempt_outcome_words),
    FIELD(struct attempt_view, reason),
    FIELD(struct attempt_view, note),
    FIELD_INSTANT(struct attempt_view, at_us, "at"),
};
static const struct fields attempt_view_fields =
    FIELDS("delivery_attempt", struct attempt_view, attempt_view_table);

static enum err attempts_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct package package;
    struct list attempts;
    TRY(package_get(c, in->ids[0], &package));
    TRY(delivery_attempts_of(c, in->ids, 1, &attempts));
    const struct delivery_attempt *a = attempts.at;
    struct attempt_view *views = arena_new(c->arena, struct attempt_view, attempts.count + 1);
    for (size_t i = 0; i < attempts.count; i++)
        views[i] = (struct attempt_view){
            .attempt_id = a[i].attempt_id,
            .outcome = a[i].outcome,
            .reason = a[i].reason == NONE ? (struct text){0}
                                          : text_of(word_of(&attempt_reason_words, a[i].reason)),
            .note = a[i].note,
            .at_us = a[i].at_us};
    out->list = (struct list){views, attempts.count};
    return OK;
}

struct state_view {
    int64_t package_id, order_id;
    int32_t state, status;
};
static const struct field state_view_table[] = {
    FIELD_ID(struct state_view, package_id, "id", "pkg"),
    FIELD_ID(struct state_view, order_id, "order_id", "ord"),
    FIELD_ENUM(struct state_view, state, package_state_words),
    FIELD_ENUM(struct state_view, status, tracking_status_words),
};
static const struct fields state_view_fields =
    FIELDS("package_where", struct state_view, state_view_table);

static enum err show_state(struct ctx *c, int64_t package_id, struct reply *out)
{
    struct package p;
    struct state_view *view = arena_new(c->arena, struct state_view, 1);
    TRY(package_get(c, package_id, &p));
    *view = (struct state_view){package_id, p.order_id, p.state, p.status};
    out->record = view;
    return OK;
}

static enum err attempts_add(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct attempt_body *b = in->body;
    TRY(delivery_attempt(c, in->ids[0], (enum attempt_outcome)b->outcome,
                         (enum attempt_reason)b->reason, b->note));
    return show_state(c, in->ids[0], out);
}

struct back_body {
    int64_t bin_id;
};
static const struct field back_table[] = {
    FIELD_ID(struct back_body, bin_id, "bin_id", "bin", .flags = F_NULL,
             .about = "the first returns bin of the site when absent"),
};
static const struct fields back_fields = FIELDS("received_back", struct back_body, back_table);

static enum err packages_back(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct back_body *b = in->body;
    struct fault fault;
    TRY(delivery_receive_back(c, in->ids, 1, b ? b->bin_id : NONE, &fault));
    TRY(floor_fault(c, &fault));
    return show_state(c, in->ids[0], out);
}

struct reset_body {
    struct text reason;
};
static const struct field reset_table[] = {
    FIELD(struct reset_body, reason, .flags = F_REQUIRED, .max = TRACKING_TEXT_CHARS_MAX,
          .about = "what was looked at instead"),
};
static const struct fields reset_fields = FIELDS("pin_reset", struct reset_body, reset_table);

static enum err packages_reset(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(delivery_pin_reset(c, in->ids[0], ((const struct reset_body *)in->body)->reason));
    return show_state(c, in->ids[0], out);
}

#define READ SCOPE(WORK_READ)
#define WRITE SCOPE(SHIPPING_WRITE)
const struct route delivery_routes[] = {
    {"POST", "/v1/tracking-events", "track add", WRITE, ROUTE_WRITE | ROUTE_BULK, &report_fields,
     NULL, &taken_fields, tracking_add,
     "Tell what happened to packages, in any order and as often as you like.", tracking_together},
    {"GET", "/v1/packages/{pkg}/tracking", "track show", READ, ROUTE_LIST | ROUTE_OWNED, NULL, NULL,
     &scan_view_fields, tracking_show, "What carriers and drivers said of it, oldest first."},
    {"POST", "/v1/packages/{pkg}/tracking/refresh", "track refresh", READ | WRITE,
     ROUTE_LIST | ROUTE_CALLS, NULL, NULL, &scan_view_fields, tracking_refresh,
     "Ask its carrier now."},
    {"POST", "/v1/deliveries", "deliver confirm", WRITE, ROUTE_WRITE | ROUTE_BULK, &confirm_fields,
     NULL, &delivery_view_fields, deliveries,
     "Delivered by our own driver or collected at the counter, with the proof."},
    {"GET", "/v1/packages/{pkg}/proofs", "deliver proofs", READ, ROUTE_LIST | ROUTE_OWNED, NULL,
     NULL, &proof_view_fields, proofs_list, "Who took it, and what shows that."},
    {"GET", "/v1/packages/{pkg}/proofs/{prf}/photo", NULL, READ, ROUTE_RAW | ROUTE_OWNED, NULL,
     NULL, NULL, proofs_photo, "The photo of a proof."},
    {"POST", "/v1/orders/{ord}/pickup-code", "deliver code", WRITE, ROUTE_WRITE | ROUTE_ONCE, NULL,
     NULL, &code_fields, orders_code, "The code with which the customer collects."},
    {"POST", "/v1/packages/{pkg}/pin-reset", "deliver reset", SCOPE(ADMIN), ROUTE_WRITE,
     &reset_fields, NULL, &state_view_fields, packages_reset,
     "Give new tries for the pickup code, after looking at the customer's papers."},
    {"POST", "/v1/packages/{pkg}/attempts", "deliver attempt", WRITE, ROUTE_WRITE, &attempt_fields,
     NULL, &state_view_fields, attempts_add, "Our driver could not deliver it, or it was refused."},
    {"GET", "/v1/packages/{pkg}/attempts", "deliver attempts", READ, ROUTE_LIST | ROUTE_OWNED, NULL,
     NULL, &attempt_view_fields, attempts_list, "What was tried."},
    {"POST", "/v1/packages/{pkg}/received-back", "deliver back", WRITE, ROUTE_WRITE, &back_fields,
     NULL, &state_view_fields, packages_back, "It is in the house again: its goods go into a bin."},
    {0},
};
