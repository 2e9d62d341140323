/* faces/api/packing.c: packages, packing slips and services over HTTP and on the command line. */
#include "stages/4_packing/packing.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/inventory/serial.h"
#include "domain/orders/order.h"
#include "domain/people/people.h"
#include "faces/api/gathering.h"
#include "faces/api/picking.h"
#include "services/assembly/assembly.h"
#include "services/customization/customization.h"
#include "services/gift_wrap/gift_wrap.h"
#include "services/special_packaging/special_packaging.h"
#include "stages/5_shipping/shipping.h"

/* --- packages -------------------------------------------------------------------------------- */

struct package_view {
    int64_t package_id, fulfillment_id, order_id;
    int32_t state, number;
    int64_t carton_id;
    struct text sscc;
    int64_t length_mm, width_mm, height_mm, expected_g, weight_g;
    int64_t sealed_us, inside_id, inside_count, beside;
    struct text warning;
};
static const struct field package_table[] = {
    FIELD_ID(struct package_view, package_id, "id", "pkg"),
    FIELD_ID(struct package_view, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ID(struct package_view, order_id, "order_id", "ord", .flags = F_WIDE),
    FIELD_ENUM(struct package_view, state, package_state_words),
    FIELD(struct package_view, number, .about = "1, 2, ... of the fulfillment"),
    FIELD_ID(struct package_view, carton_id, "carton_id", "crt", .flags = F_NULL | F_WIDE),
    FIELD(struct package_view, sscc),
    FIELD(struct package_view, length_mm),
    FIELD(struct package_view, width_mm),
    FIELD(struct package_view, height_mm),
    FIELD(struct package_view, expected_g),
    FIELD(struct package_view, weight_g, .flags = F_NULL, .about = "measured"),
    FIELD_INSTANT(struct package_view, sealed_us, "sealed_at"),
    FIELD_ID(struct package_view, inside_id, "inside_id", "pkg", .flags = F_NULL | F_WIDE,
             .about = "the package that it lies in; that one bears the label of both"),
    FIELD(struct package_view, inside_count, .flags = F_WIDE,
          .about = "packages that lie in this one"),
    FIELD(struct package_view, beside, .flags = F_NULL,
          .about = "on sealing: how many other packages of this customer wait here, for which "
                   "GET /v1/combinable says whether they go in one parcel"),
    FIELD(struct package_view, warning, .about = "what could not be checked"),
};
static const struct fields package_view_fields =
    FIELDS("packed_package", struct package_view, package_table);

static struct package_view *view_of(struct ctx *c, const struct package *p)
{
    struct package_view *v = arena_new(c->arena, struct package_view, 1);
    *v = (struct package_view){.package_id = p->package_id,
                               .fulfillment_id = p->fulfillment_id,
                               .order_id = p->order_id,
                               .state = p->state,
                               .number = p->number,
                               .carton_id = p->carton_id,
                               .sscc = p->sscc,
                               .length_mm = p->length_mm,
                               .width_mm = p->width_mm,
                               .height_mm = p->height_mm,
                               .expected_g = p->expected_g,
                               .weight_g = p->weight_g,
                               .sealed_us = p->sealed_us,
                               .inside_id = p->inside_id,
                               .inside_count = p->inside_count,
                               .beside = NONE};
    return v;
}

static enum err show_package(struct ctx *c, int64_t package_id, struct reply *out)
{
    struct package p;
    TRY(package_get(c, package_id, &p));
    out->record = view_of(c, &p);
    return OK;
}

static enum err pack_propose(struct ctx *c, const struct request *in, struct reply *out)
{
    struct pack_proposal *p = arena_new(c->arena, struct pack_proposal, 1);
    TRY(packing_propose(c, &in->ids[0], 1, p));
    out->record = p;
    return floor_fault(c, &p->fault);
}

struct started {
    int64_t fulfillment_id;
    int32_t state;
};
static const struct field started_table[] = {
    FIELD_ID(struct started, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ENUM(struct started, state, fulfillment_state_words),
};
static const struct fields started_fields = FIELDS("pack_state", struct started, started_table);

static enum err show_state(struct ctx *c, int64_t fulfillment_id, struct reply *out)
{
    struct fulfillment f;
    struct started *answer = arena_new(c->arena, struct started, 1);
    TRY(fulfillment_get(c, fulfillment_id, &f));
    *answer = (struct started){f.fulfillment_id, f.state};
    out->record = answer;
    return OK;
}

static enum err pack_start(struct ctx *c, const struct request *in, struct reply *out)
{
    struct fault fault;
    TRY(packing_start(c, &in->ids[0], 1, &fault));
    TRY(floor_fault(c, &fault));
    return show_state(c, in->ids[0], out);
}

static const struct field open_table[] = {
    FIELD_ID(struct pack_open, carton_id, "carton_id", "crt", .flags = F_NULL,
             .about = "or sizes of one's own"),
    FIELD(struct pack_open, length_mm, .flags = F_NULL, .min = 1, .max = 100000,
          .about = "inside, without a carton of the list"),
    FIELD(struct pack_open, width_mm, .flags = F_NULL, .min = 1, .max = 100000, .about = "inside"),
    FIELD(struct pack_open, height_mm, .flags = F_NULL, .min = 1, .max = 100000, .about = "inside"),
    FIELD(struct pack_open, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
};
static const struct fields open_fields = FIELDS("pack_open", struct pack_open, open_table);

static int64_t side(int64_t mm) { return mm == NONE ? 0 : mm; }

static enum err pack_open(struct ctx *c, const struct request *in, struct reply *out)
{
    struct package p;
    struct fulfillment f;
    struct pack_open ask = {.carton_id = NONE, .version = NONE};
    TRY(fulfillment_get(c, in->ids[0], &f));
    if (in->body) ask = *(const struct pack_open *)in->body;
    ask.fulfillment_id = in->ids[0];
    ask.length_mm = side(ask.length_mm);
    ask.width_mm = side(ask.width_mm);
    ask.height_mm = side(ask.height_mm);
    TRY(packing_open(c, &ask, &p));
    out->record = view_of(c, &p);
    return OK;
}

static const struct field scan_table[] = {
    FIELD(struct pack_scan, scan, .flags = F_REQUIRED, .max = 4096,
          .about = "as the scanner sent it"),
    FIELD(struct pack_scan, quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,
          .about = "what the symbol says, or one, when absent"),
    FIELD(struct pack_scan, serial, .max = SERIAL_MAX,
          .about = "of the one unit, where units have numbers; what the symbol says when absent"),
    FIELD(struct pack_scan, line_no, .flags = F_NULL,
          .about = "the first line that waits for it, when absent"),
    FIELD(struct pack_scan, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
};
static const struct fields scan_fields = FIELDS("pack_scan", struct pack_scan, scan_table);

static enum err pack_scan(struct ctx *c, const struct request *in, struct reply *out)
{
    struct pack_scan ask = *(const struct pack_scan *)in->body;
    struct pack_result *result = arena_new(c->arena, struct pack_result, 1);
    ask.package_id = in->ids[0];
    out->record = result;
    return packing_scan(c, &ask, result);
}

struct line_body {
    int64_t line_no;
};
static const struct field line_table[] = {
    FIELD(struct line_body, line_no, .flags = F_REQUIRED,
          .about = "of the package: all units of it are taken out")};
static const struct fields line_fields = FIELDS("pack_line", struct line_body, line_table);

static enum err pack_take_out(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(packing_take_out(c, in->ids[0], ((const struct line_body *)in->body)->line_no));
    return show_package(c, in->ids[0], out);
}

static enum err pack_reopen(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(packing_reopen(c, in->ids[0]));
    return show_package(c, in->ids[0], out);
}

static enum err pack_discard(struct ctx *c, const struct request *in, struct reply *out)
{
    struct package p;
    TRY(package_get(c, in->ids[0], &p));
    TRY(packing_discard(c, in->ids[0]));
    return show_state(c, p.fulfillment_id, out);
}

static const struct field seal_table[] = {
    FIELD(struct pack_seal, weight_g, .flags = F_NULL, .min = 1, .max = 100000000,
          .about = "as the scale says"),
    FIELD(struct pack_seal, override_by, .max = 100,
          .about = "who takes it although the weight differs"),
    FIELD(struct pack_seal, why, .flags = F_FREE, .max = 200, .about = "and for what reason"),
    FIELD(struct pack_seal, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
};
static const struct fields seal_fields = FIELDS("pack_seal", struct pack_seal, seal_table);

static enum err pack_seal(struct ctx *c, const struct request *in, struct reply *out)
{
    struct pack_seal ask = {.weight_g = NONE, .version = NONE};
    struct pack_sealed sealed;
    if (in->body) ask = *(const struct pack_seal *)in->body;
    ask.package_id = in->ids[0];
    TRY(packing_seal(c, &ask, &sealed));
    struct package_view *view = view_of(c, &sealed.package);
    view->warning = sealed.warning;
    TRY(shipping_beside(c, ask.package_id, &view->beside));
    out->record = view;
    return OK;
}

struct pack_row {
    int64_t fulfillment_id;
    bool with_services;
};
static const struct field pack_row_table[] = {
    FIELD_ID(struct pack_row, fulfillment_id, "fulfillment_id", "ful", .flags = F_REQUIRED,
             .about = "what is packed as proposed"),
    FIELD(struct pack_row, with_services, .about = "its open services are done as well"),
};
static const struct fields pack_row_fields = FIELDS("pack_run", struct pack_row, pack_row_table);

static enum err pack_run(struct ctx *c, const struct request *in, struct reply *out)
{
    size_t n = in->rows.count;
    const struct pack_row *rows = in->rows.at;
    struct pack_job *jobs = arena_new(c->arena, struct pack_job, n + 1);
    struct fault *faults = arena_new(c->arena, struct fault, n + 1);
    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct pack_job){rows[i].fulfillment_id, NULL, rows[i].with_services};
    TRY(packing_pack(c, jobs, n, faults));
    for (size_t i = 0; i < n; i++) {
        out->rows[i].fault = faults[i];
        out->rows[i].status = faults[i].code == OK ? 200 : 0;
    }
    return OK;
}

/* --- services -------------------------------------------------------------------------------- */

struct service_view {
    int64_t fulfillment_id, task_id;
    int32_t kind, state;
    int64_t line_no, quantity;
    struct text wording;
    struct list needs, steps;
};
static const struct field service_table[] = {
    FIELD_ID(struct service_view, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ID(struct service_view, task_id, "task_id", "tsk"),
    FIELD_ENUM(struct service_view, kind, task_kind_words),
    FIELD_ENUM(struct service_view, state, task_state_words),
    FIELD(struct service_view, line_no),
    FIELD(struct service_view, quantity),
    FIELD(struct service_view, wording, .about = "gift message, or the text to engrave"),
    FIELD_LIST(struct service_view, needs, packaging_need_fields, .about = "materials to use"),
    FIELD_LIST(struct service_view, steps, assembly_step_fields),
};
static const struct fields service_fields =
    FIELDS("service_task", struct service_view, service_table);

/* What a task asks for can only be told while it is open and its goods are here. */
static void describe(struct ctx *c, struct service_view *v)
{
    enum err e = OK;
    if (v->kind == TASK_SPECIAL_PACKAGING)
        e = special_packaging_needs(c, v->fulfillment_id, v->task_id, &v->needs);
    if (v->kind == TASK_ASSEMBLY) e = assembly_steps(c, v->fulfillment_id, v->task_id, &v->steps);
    if (e != OK) c->fault = (struct fault){0};
}

static struct service_view service_of(const struct task *t)
{
    return (struct service_view){.fulfillment_id = t->fulfillment_id,
                                 .task_id = t->task_id,
                                 .kind = t->kind,
                                 .state = t->state,
                                 .line_no = t->line_no,
                                 .quantity = t->quantity,
                                 .wording = t->wording};
}

static enum err services_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct fulfillment f;
    struct list tasks;
    TRY(fulfillment_get(c, in->ids[0], &f));
    TRY(tasks_of(c, &f.fulfillment_id, 1, &tasks));
    struct service_view *views = arena_new(c->arena, struct service_view, tasks.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        if (t->kind == TASK_PICK || t->kind == TASK_PUT_BACK) continue;
        views[n] = service_of(t);
        if (t->state == TASK_READY || t->state == TASK_LEASED) describe(c, &views[n]);
        n++;
    }
    out->list = (struct list){views, n};
    return OK;
}

struct finish_body {
    struct text message, paper, words;
    struct list materials;
    int64_t steps_done, version;
};
static const struct field finish_table[] = {
    FIELD(struct finish_body, message, .flags = F_FREE, .max = 500,
          .about = "gift_wrap: as printed on the card"),
    FIELD(struct finish_body, paper, .max = 100, .about = "gift_wrap: which one was used"),
    FIELD(struct finish_body, words, .flags = F_FREE, .max = 500,
          .about = "customization: as they stand on it"),
    FIELD_TEXTS(struct finish_body, materials, .max = 20,
                .about = "special_packaging: what was used"),
    FIELD(struct finish_body, steps_done, .flags = F_NULL, .min = 0, .max = 5000,
          .about = "assembly: the last step that was done"),
    FIELD(struct finish_body, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
};
static const struct fields finish_fields =
    FIELDS("service_finish", struct finish_body, finish_table);

static enum err finish(struct ctx *c, const struct task *t, const struct finish_body *b)
{
    int64_t ful = t->fulfillment_id, tsk = t->task_id;
    switch ((enum task_kind)t->kind) {
    case TASK_GIFT_WRAP:
        return gift_wrap_finish(c, &(struct gift_wrap){ful, tsk, b->message, b->paper, b->version});
    case TASK_CUSTOMIZATION:
        return customization_finish(c, &(struct customization){ful, tsk, b->words, b->version});
    case TASK_SPECIAL_PACKAGING:
        return special_packaging_finish(
            c, &(struct special_packaging){ful, tsk, b->materials, b->version});
    case TASK_ASSEMBLY: {
        int64_t steps = b->steps_done == NONE ? 0 : b->steps_done;
        return assembly_finish(c, &(struct assembly){ful, tsk, steps, b->version});
    }
    case TASK_PICK:
    case TASK_PUT_BACK: break;
    }
    return fail(c, ERR_CONFLICT, "other_service", "this task is %s, no service",
                word_of(&task_kind_words, t->kind));
}

static enum err services_finish(struct ctx *c, const struct request *in, struct reply *out)
{
    struct task t;
    struct finish_body none = {.steps_done = NONE, .version = NONE};
    struct service_view *view = arena_new(c->arena, struct service_view, 1);
    TRY(task_get(c, in->ids[0], in->ids[1], &t));
    TRY(finish(c, &t, in->body ? in->body : &none));
    TRY(task_get(c, in->ids[0], in->ids[1], &t));
    *view = service_of(&t);
    out->record = view;
    return OK;
}

#define READ SCOPE(WORK_READ)
#define WRITE SCOPE(WORK_WRITE)
const struct route packing_routes[] = {
    {"GET", "/v1/fulfillments/{ful}/proposal", "pack propose", READ, 0, NULL, NULL,
     &pack_proposal_fields, pack_propose, "Which cartons to take, and what goes into which."},
    {"POST", "/v1/fulfillments/{ful}/start-pack", "pack start", WRITE, ROUTE_WRITE, NULL, NULL,
     &started_fields, pack_start, "Begin to pack it."},
    {"POST", "/v1/fulfillments/{ful}/packages", "pack open", WRITE, ROUTE_WRITE, &open_fields, NULL,
     &package_view_fields, pack_open, "Take a carton for it."},
    {"POST", "/v1/packages/{pkg}/scan", "pack scan", WRITE, ROUTE_WRITE, &scan_fields, NULL,
     &pack_result_fields, pack_scan, "Put in what was scanned, or hear why not."},
    {"POST", "/v1/packages/{pkg}/take-out", "pack take-out", WRITE, ROUTE_WRITE, &line_fields, NULL,
     &package_view_fields, pack_take_out, "Take a line out again."},
    {"POST", "/v1/packages/{pkg}/discard", "pack discard", WRITE, ROUTE_WRITE, NULL, NULL,
     &started_fields, pack_discard, "Put an empty carton back."},
    {"POST", "/v1/packages/{pkg}/reopen", "pack reopen", WRITE, ROUTE_WRITE, NULL, NULL,
     &package_view_fields, pack_reopen, "Open a sealed package that has no label yet."},
    {"POST", "/v1/packages/{pkg}/seal", "pack seal", WRITE, ROUTE_WRITE, &seal_fields, NULL,
     &package_view_fields, pack_seal, "Seal it; the weight has to fit what is in it."},
    {"GET", "/v1/packages/{pkg}/slip.pdf", "pack slip", READ, ROUTE_RAW | ROUTE_OWNED, NULL, NULL,
     NULL, pack_slip, "The packing slip that lies in the package."},
    {"POST", "/v1/packs", "pack run", WRITE, ROUTE_WRITE | ROUTE_BULK, &pack_row_fields, NULL, NULL,
     pack_run, "Pack and seal many totes at once; each is answered for itself.",
     fulfillments_together},
    {"GET", "/v1/fulfillments/{ful}/services", "pack services", READ, ROUTE_LIST, NULL, NULL,
     &service_fields, services_list, "What is to be done to its goods before sealing."},
    {"POST", "/v1/fulfillments/{ful}/tasks/{tsk}/finish", "services finish", WRITE, ROUTE_WRITE,
     &finish_fields, NULL, &service_fields, services_finish,
     "A service is done: wrapped, engraved, cushioned, assembled."},
    {0},
};
