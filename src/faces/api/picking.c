/* faces/api/picking.c: the pick list, waves and scans over HTTP and on the command line. */
#include "faces/api/picking.h"
#include "faces/api/gathering.h"

#include "domain/orders/order.h"
#include "domain/sites/site.h"
#include "faces/api/actor_names.h"
#include "faces/api/page.h"
#include "stages/3_picking/picking.h"
#include "wire/pick_sheet.h"

/* --- work ------------------------------------------------------------------------------------ */

enum err floor_site(struct ctx *c, struct text code, int64_t *site_id)
{
    struct list sites;
    TRY(site_list(c, &sites));
    const struct site *at = sites.at;
    for (size_t i = 0; i < sites.count; i++) {
        if (code.len && !text_eq(at[i].code, code)) continue;
        *site_id = at[i].site_id;
        return OK;
    }
    return fail_at(c, ERR_NOT_FOUND, "site_not_found", "site", "there is no site \"%.*s\"",
                   TEXT_ARG(text_head(code, 40)));
}

enum err floor_fault(struct ctx *c, const struct fault *fault)
{
    if (fault->code != OK) c->fault = *fault;
    return fault->code;
}

enum { TOTE_MAX = 40 };
struct work_query {
    struct text site, state, tote;
    int64_t limit;
};
static const struct field work_query_table[] = {
    FIELD(struct work_query, site, .max = 40, .about = "its code; the first site when absent"),
    FIELD(struct work_query, tote, .max = TOTE_MAX,
          .about = "the work whose goods are in this tote, in any state"),
    FIELD(struct work_query, state, .max = 20, .about = "released when absent"),
    FIELD(struct work_query, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX,
          .about = "50 when absent"),
};
static const struct fields work_query_fields =
    FIELDS("work_query", struct work_query, work_query_table);

struct work_view {
    int64_t fulfillment_id, order_id, site_id;
    int32_t method, state;
    int64_t version, wave_id, due_us, promised_day;
    struct text tote;
    int64_t units, picked, packed, tasks_open, services_open;
};
static const struct field work_view_table[] = {
    FIELD_ID(struct work_view, fulfillment_id, "id", "ful"),
    FIELD_ID(struct work_view, order_id, "order_id", "ord"),
    FIELD_ID(struct work_view, site_id, "site_id", "sit", .flags = F_WIDE),
    FIELD_ENUM(struct work_view, method, method_words),
    FIELD_ENUM(struct work_view, state, fulfillment_state_words),
    FIELD(struct work_view, version, .about = "rises with holds, cancels and changes"),
    FIELD_ID(struct work_view, wave_id, "wave_id", "wav", .flags = F_NULL),
    FIELD_INSTANT(struct work_view, due_us, "due_at"),
    FIELD_DAY(struct work_view, promised_day, "promised_date"),
    FIELD(struct work_view, tote),
    FIELD(struct work_view, units),
    FIELD(struct work_view, picked),
    FIELD(struct work_view, packed),
    FIELD(struct work_view, tasks_open),
    FIELD(struct work_view, services_open),
};
static const struct fields work_view_fields =
    FIELDS("fulfillment", struct work_view, work_view_table);

static struct work_view view_of(const struct fulfillment *f)
{
    return (struct work_view){f->fulfillment_id, f->order_id,   f->site_id,      f->method,
                              f->state,          f->version,    f->wave_id,      f->due_us,
                              f->promised_day,   f->tote,       f->units,        f->picked,
                              f->packed,         f->tasks_open, f->services_open};
}

static enum err work_in_tote(struct ctx *c, int64_t site_id, struct text tote, struct reply *out)
{
    struct fulfillment f;
    bool found;
    struct work_view *view = arena_new(c->arena, struct work_view, 1);
    TRY(fulfillment_by_tote(c, site_id, tote, &f, &found));
    if (found) *view = view_of(&f);
    out->list = (struct list){view, found};
    return OK;
}

static enum err work_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct work_query *q = in->query;
    int64_t site_id;
    int32_t state = FULFILLMENT_RELEASED;
    struct list list;
    TRY(floor_site(c, q->site, &site_id));
    if (q->tote.len) return work_in_tote(c, site_id, q->tote, out);
    if (q->state.len) state = word_find(&fulfillment_state_words, q->state);
    if (state < 0 || state >= FULFILLMENT_HANDED_OVER)
        return fail_at(c, ERR_INVALID, "unknown_word", "state",
                       "planned, released, picking, picked, packing, packed or cancelling");
    TRY(fulfillment_list(c, site_id, (enum fulfillment_state)state, page_limit(q->limit), &list));
    struct work_view *views = arena_new(c->arena, struct work_view, list.count + 1);
    for (size_t i = 0; i < list.count; i++)
        views[i] = view_of(&((const struct fulfillment *)list.at)[i]);
    out->list = (struct list){views, list.count};
    return OK;
}

static enum err show_work(struct ctx *c, int64_t fulfillment_id, struct reply *out)
{
    struct fulfillment f;
    struct work_view *view = arena_new(c->arena, struct work_view, 1);
    TRY(fulfillment_get(c, fulfillment_id, &f));
    *view = view_of(&f);
    out->record = view;
    out->version = f.version;
    return OK;
}

static enum err work_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show_work(c, in->ids[0], out);
}

static enum err name_workers(struct ctx *c, struct list *items)
{
    struct pick_item *at = items->at;
    int64_t *ids = arena_new(c->arena, int64_t, items->count + 1);
    struct actors known;
    for (size_t i = 0; i < items->count; i++) ids[i] = at[i].worker_id;
    TRY(actors_load(c, ids, items->count, &known));
    for (size_t i = 0; i < items->count; i++)
        at[i].worker = actor_name(c->arena, &known, at[i].worker_id);
    return OK;
}

static enum err work_picks(struct ctx *c, const struct request *in, struct reply *out)
{
    struct fulfillment f;
    TRY(fulfillment_get(c, in->ids[0], &f));
    TRY(picking_items(c, &f.fulfillment_id, 1, true, &out->list));
    return name_workers(c, &out->list);
}

struct tote_body {
    struct text tote;
};
static const struct field tote_table[] = {
    FIELD(struct tote_body, tote, .flags = F_REQUIRED, .max = TOTE_MAX, .about = "the code on it")};
static const struct fields tote_fields = FIELDS("tote", struct tote_body, tote_table);

static enum err work_tote(struct ctx *c, const struct request *in, struct reply *out)
{
    struct fulfillment f;
    TRY(fulfillment_get(c, in->ids[0], &f));
    TRY(fulfillment_set_tote(c, &f, ((const struct tote_body *)in->body)->tote));
    return show_work(c, in->ids[0], out);
}

/* --- waves ----------------------------------------------------------------------------------- */

struct wave_body {
    struct text site, method;
    int64_t due_before_us, fulfillments_max, units_max, weight_max_g, volume_max_ml, waves_max;
};
#define MOST .flags = F_NULL, .min = 1, .max = INT32_MAX
static const struct field wave_body_table[] = {
    FIELD(struct wave_body, site, .max = 40, .about = "its code; the first site when absent"),
    FIELD(struct wave_body, method, .max = 20, .about = "only this delivery method"),
    FIELD_INSTANT(struct wave_body, due_before_us, "due_before",
                  .about = "only what has to leave before this instant"),
    FIELD(struct wave_body, fulfillments_max, MOST, .about = "orders on one cart"),
    FIELD(struct wave_body, units_max, MOST, .about = "on one cart; what a cart holds when absent"),
    FIELD(struct wave_body, weight_max_g, MOST, .about = "on one cart, in grams"),
    FIELD(struct wave_body, volume_max_ml, MOST, .about = "on one cart, in millilitres"),
    FIELD(struct wave_body, waves_max, MOST, .about = "as many as it takes when absent"),
};
static const struct fields wave_body_fields =
    FIELDS("wave_filter", struct wave_body, wave_body_table);

struct wave_view {
    int64_t wave_id, site_id, number, fulfillments, tasks, units, stops, length;
    struct text length_unit;
    int64_t due_us, created_us, worker_id;
    struct text worker;
};
static const struct field wave_view_table[] = {
    FIELD_ID(struct wave_view, wave_id, "id", "wav"),
    FIELD_ID(struct wave_view, site_id, "site_id", "sit", .flags = F_WIDE),
    FIELD(struct wave_view, number),
    FIELD(struct wave_view, fulfillments),
    FIELD(struct wave_view, tasks),
    FIELD(struct wave_view, units, .about = "still to pick"),
    FIELD(struct wave_view, stops, .flags = F_NULL, .about = "bins to go to"),
    FIELD(struct wave_view, length, .flags = F_NULL, .about = "of the walk"),
    FIELD(struct wave_view, length_unit,
          .about = "mm; steps from bin to bin where bins have no place on the floor"),
    FIELD_INSTANT(struct wave_view, due_us, "due_at"),
    FIELD_INSTANT(struct wave_view, created_us, "created_at"),
    FIELD_ID(struct wave_view, worker_id, "worker_id", "usr", .flags = F_NULL | F_WIDE),
    FIELD(struct wave_view, worker, .about = "who walks it"),
};
static const struct fields wave_view_fields = FIELDS("wave", struct wave_view, wave_view_table);

struct wave_views {
    struct list waves;
};
static const struct field wave_views_table[] = {
    FIELD_LIST(struct wave_views, waves, wave_view_fields)};
static const struct fields wave_views_fields = FIELDS("waves", struct wave_views, wave_views_table);

static int64_t most(int64_t n) { return n == NONE ? 0 : n; }

static enum err waves_plan(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct wave_body *b = in->body;
    struct wave_filter filter = {.method = NONE,
                                 .due_before_us = b->due_before_us,
                                 .fulfillments_max = most(b->fulfillments_max),
                                 .units_max = most(b->units_max),
                                 .weight_max_g = most(b->weight_max_g),
                                 .volume_max_ml = most(b->volume_max_ml),
                                 .waves_max = most(b->waves_max)};
    struct wave_plan *plans;
    int64_t site_id;
    size_t n;
    TRY(floor_site(c, b->site, &site_id));
    if (b->method.len) filter.method = word_find(&method_words, b->method);
    if (filter.method == -1)
        return fail_at(c, ERR_INVALID, "unknown_word", "method", "there is no such method");
    TRY(wave_plan(c, site_id, &filter, &plans, &n));
    struct wave_views *answer = arena_new(c->arena, struct wave_views, 1);
    struct wave_view *views = arena_new(c->arena, struct wave_view, n + 1);
    for (size_t i = 0; i < n; i++)
        views[i] = (struct wave_view){plans[i].wave.wave_id,
                                      site_id,
                                      plans[i].wave.number,
                                      plans[i].fulfillments,
                                      plans[i].tasks,
                                      plans[i].units,
                                      plans[i].stops,
                                      plans[i].length,
                                      plans[i].is_mm ? T("mm") : T("steps"),
                                      plans[i].wave.due_us,
                                      plans[i].wave.created_us,
                                      NONE,
                                      {0}};
    answer->waves = (struct list){views, n};
    out->record = answer;
    return OK;
}

static struct wave_view wave_view_of(const struct wave *w)
{
    return (struct wave_view){.wave_id = w->wave_id,
                              .site_id = w->site_id,
                              .number = w->number,
                              .stops = NONE,
                              .length = NONE,
                              .due_us = w->due_us,
                              .created_us = w->created_us,
                              .worker_id = w->worker_id};
}

static enum err name_walkers(struct ctx *c, struct wave_view *views, size_t n)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    struct actors known;
    for (size_t i = 0; i < n; i++) ids[i] = views[i].worker_id;
    TRY(actors_load(c, ids, n, &known));
    for (size_t i = 0; i < n; i++)
        views[i].worker = actor_name(c->arena, &known, views[i].worker_id);
    return OK;
}

static enum err waves_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct work_query *q = in->query;
    struct list list;
    int64_t site_id;
    TRY(floor_site(c, q->site, &site_id));
    TRY(wave_list(c, site_id, page_limit(q->limit), &list));
    struct wave_view *views = arena_new(c->arena, struct wave_view, list.count + 1);
    for (size_t i = 0; i < list.count; i++)
        views[i] = wave_view_of(&((const struct wave *)list.at)[i]);
    TRY(name_walkers(c, views, list.count));
    out->list = (struct list){views, list.count};
    return OK;
}

struct wave_detail {
    struct wave_view *wave;
    struct list items;
};
static const struct field wave_detail_table[] = {
    FIELD_RECORD(struct wave_detail, wave, wave_view_fields),
    FIELD_LIST(struct wave_detail, items, pick_item_fields, .about = "in walking order"),
};
static const struct fields wave_detail_fields =
    FIELDS("wave_detail", struct wave_detail, wave_detail_table);

static enum err waves_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct wave wave;
    struct list fulfillments;
    struct wave_detail *detail = arena_new(c->arena, struct wave_detail, 1);
    TRY(wave_get(c, in->ids[0], &wave));
    TRY(fulfillments_of_wave(c, wave.wave_id, &fulfillments));
    TRY(picking_items_of_wave(c, wave.wave_id, true, &detail->items));
    TRY(name_workers(c, &detail->items));
    detail->wave = arena_new(c->arena, struct wave_view, 1);
    *detail->wave = wave_view_of(&wave);
    TRY(name_walkers(c, detail->wave, 1));
    detail->wave->fulfillments = (int64_t)fulfillments.count;
    const struct pick_item *items = detail->items.at;
    for (size_t i = 0; i < detail->items.count; i++) {
        if (items[i].state != TASK_READY && items[i].state != TASK_LEASED) continue;
        detail->wave->tasks++;
        detail->wave->units += items[i].quantity - items[i].done;
    }
    out->record = detail;
    return OK;
}

static enum err waves_sheet(struct ctx *c, const struct request *in, struct reply *out)
{
    struct wave wave;
    struct site site;
    struct list items;
    TRY(wave_get(c, in->ids[0], &wave));
    TRY(site_get(c, wave.site_id, &site));
    TRY(picking_items_of_wave(c, wave.wave_id, false, &items));
    const struct pick_item *at = items.at;
    struct pick_line *lines = arena_new(c->arena, struct pick_line, items.count + 1);
    for (size_t i = 0; i < items.count; i++)
        lines[i] = (struct pick_line){
            .bin = at[i].bin.len ? at[i].bin : T("?"),
            .sku = at[i].sku,
            .name = at[i].name,
            .order = text_printf(c->arena, "%lld", (long long)at[i].order_number),
            .tote = at[i].tote,
            .quantity = at[i].quantity - at[i].done};
    struct pick_list sheet = {.site = site.name,
                              .wave = text_printf(c->arena, "%lld", (long long)wave.number),
                              .lines = lines,
                              .line_count = items.count};
    TRY(pick_sheet_render(c, &sheet, SHEET_PDF, 300, &out->content));
    out->content_type = text_of(sheet_content_type(SHEET_PDF));
    return OK;
}

/* --- picks ----------------------------------------------------------------------------------- */

struct claim_body {
    struct text site;
    int64_t wave_id, worker_id, most;
};
static const struct field claim_table[] = {
    FIELD(struct claim_body, site, .max = 40, .about = "its code; work that is in no wave"),
    FIELD_ID(struct claim_body, wave_id, "wave_id", "wav", .flags = F_NULL,
             .about = "or the work of this wave"),
    FIELD_ID(struct claim_body, worker_id, "worker_id", "usr", .flags = F_NULL,
             .about = "who asks, when absent"),
    FIELD(struct claim_body, most, .flags = F_NULL, .min = 1, .max = PICK_CLAIM_MAX,
          .about = "20 when absent"),
};
static const struct fields claim_fields = FIELDS("pick_claim", struct claim_body, claim_table);

struct pick_items {
    struct list items;
};
static const struct field pick_items_table[] = {
    FIELD_LIST(struct pick_items, items, pick_item_fields, .about = "in walking order")};
static const struct fields pick_items_fields =
    FIELDS("pick_items", struct pick_items, pick_items_table);

static int64_t worker_of(const struct ctx *c, int64_t worker_id)
{
    return worker_id == NONE ? c->actor_id : worker_id;
}

static enum err picks_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct claim_body *b = in->body;
    struct pick_items *answer = arena_new(c->arena, struct pick_items, 1);
    struct pick_claim claim = {.site_id = NONE,
                               .wave_id = b->wave_id,
                               .worker_id = worker_of(c, b->worker_id),
                               .most = b->most == NONE ? 20 : b->most};
    if (b->wave_id == NONE) TRY(floor_site(c, b->site, &claim.site_id));
    TRY(picking_claim(c, &claim, &answer->items));
    TRY(name_workers(c, &answer->items));
    out->record = answer;
    return OK;
}

static enum err picks_start(struct ctx *c, const struct request *in, struct reply *out)
{
    struct fault fault;
    TRY(picking_start(c, &in->ids[0], 1, &fault));
    TRY(floor_fault(c, &fault));
    return show_work(c, in->ids[0], out);
}

struct scan_body {
    struct text scan, bin_scan;
    int64_t quantity, version, worker_id;
};
static const struct field scan_table[] = {
    FIELD(struct scan_body, scan, .flags = F_REQUIRED, .max = 4096,
          .about = "as the scanner sent it: SKU, GTIN, GS1 symbol or our label"),
    FIELD(struct scan_body, bin_scan, .max = 4096, .about = "of the bin, when it was scanned"),
    FIELD(struct scan_body, quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,
          .about = "what the symbol says, or one, when absent"),
    FIELD(struct scan_body, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
    FIELD_ID(struct scan_body, worker_id, "worker_id", "usr", .flags = F_NULL,
             .about = "who picks, when somebody else asks for them"),
};
static const struct fields scan_fields = FIELDS("pick_scan", struct scan_body, scan_table);

static enum err picks_scan(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct scan_body *b = in->body;
    struct pick_result *result = arena_new(c->arena, struct pick_result, 1);
    struct pick_scan scan = {in->ids[0],
                             in->ids[1],
                             b->scan,
                             b->bin_scan,
                             b->quantity,
                             b->version,
                             worker_of(c, b->worker_id)};
    out->record = result;
    return picking_scan(c, &scan, result);
}

struct short_body {
    int64_t found;
    int32_t reason;
    int64_t version, worker_id;
};
static const struct field short_table[] = {
    FIELD(struct short_body, found, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "units taken now"),
    FIELD_ENUM(struct short_body, reason, short_reason_words, .flags = F_REQUIRED,
               .about = "why units are missing"),
    FIELD(struct short_body, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
    FIELD_ID(struct short_body, worker_id, "worker_id", "usr", .flags = F_NULL,
             .about = "who picks, when somebody else asks for them"),
};
static const struct fields short_fields = FIELDS("pick_short", struct short_body, short_table);

struct short_answer {
    int64_t missing;
    int32_t fulfillment_state;
    struct list items;
};
static const struct field short_answer_table[] = {
    FIELD(struct short_answer, missing, .about = "units that no other bin of the site has"),
    FIELD_ENUM(struct short_answer, fulfillment_state, fulfillment_state_words),
    FIELD_LIST(struct short_answer, items, pick_item_fields, .about = "where to look instead"),
};
static const struct fields short_answer_fields =
    FIELDS("pick_short_result", struct short_answer, short_answer_table);

static enum err picks_short(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct short_body *b = in->body;
    struct short_answer *answer = arena_new(c->arena, struct short_answer, 1);
    struct pick_short_result result;
    struct pick_short ask = {in->ids[0], in->ids[1], b->version, worker_of(c, b->worker_id),
                             b->found,   b->reason};
    TRY(picking_short(c, &ask, &result));
    TRY(name_workers(c, &result.items));
    *answer = (struct short_answer){result.missing, result.fulfillment_state, result.items};
    out->record = answer;
    return OK;
}

struct back_body {
    int64_t quantity, bin_id;
};
static const struct field undo_table[] = {FIELD(struct back_body, quantity, .flags = F_REQUIRED,
                                                .min = 1, .max = QUANTITY_MAX,
                                                .about = "units that are put back")};
static const struct fields undo_fields = FIELDS("pick_undo", struct back_body, undo_table);
static const struct field put_back_table[] = {FIELD_ID(struct back_body, bin_id, "bin_id", "bin",
                                                       .flags = F_NULL,
                                                       .about = "the task's own when absent")};
static const struct fields put_back_fields = FIELDS("put_back", struct back_body, put_back_table);

static enum err picks_undo(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct back_body *b = in->body;
    TRY(picking_undo(c, in->ids[0], in->ids[1], b->quantity));
    return show_work(c, in->ids[0], out);
}

static enum err picks_put_back(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct back_body *b = in->body;
    TRY(picking_put_back(c, in->ids[0], in->ids[1], b ? b->bin_id : NONE));
    return show_work(c, in->ids[0], out);
}

static enum err picks_give_back(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(picking_give_back(c, in->ids[0], in->ids[1], c->actor_id));
    return show_work(c, in->ids[0], out);
}

struct confirm_row {
    int64_t fulfillment_id, task_id, quantity, bin_id, version;
    struct text lot;
};
static const struct field confirm_table[] = {
    FIELD_ID(struct confirm_row, fulfillment_id, "fulfillment_id", "ful", .flags = F_REQUIRED,
             .about = "whose work it is"),
    FIELD_ID(struct confirm_row, task_id, "task_id", "tsk", .flags = F_REQUIRED,
             .about = "the pick"),
    FIELD(struct confirm_row, quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,
          .about = "all that is left when absent"),
    FIELD_ID(struct confirm_row, bin_id, "bin_id", "bin", .flags = F_NULL,
             .about = "where it was taken from; the task's bin when absent"),
    FIELD(struct confirm_row, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
    FIELD(struct confirm_row, lot, .max = 40, .about = "lot or serial number that was taken"),
};
static const struct fields confirm_fields =
    FIELDS("pick_confirm", struct confirm_row, confirm_table);

static enum err picks_confirm(struct ctx *c, const struct request *in, struct reply *out)
{
    size_t n = in->rows.count;
    const struct confirm_row *rows = in->rows.at;
    struct pick_confirm *jobs = arena_new(c->arena, struct pick_confirm, n + 1);
    struct fault *faults = arena_new(c->arena, struct fault, n + 1);
    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct pick_confirm){rows[i].fulfillment_id,
                                        rows[i].task_id,
                                        rows[i].quantity,
                                        rows[i].bin_id,
                                        rows[i].lot,
                                        rows[i].version,
                                        in->row_actors ? in->row_actors[i] : c->actor_id};
    TRY(picking_confirm(c, jobs, n, faults));
    for (size_t i = 0; i < n; i++) {
        out->rows[i].fault = faults[i];
        out->rows[i].status = faults[i].code == OK ? 200 : 0;
    }
    return OK;
}

#define TASK_PATH "/v1/fulfillments/{ful}/tasks/{tsk}"
#define READ SCOPE(WORK_READ)
#define WRITE SCOPE(WORK_WRITE)
const struct route picking_routes[] = {
    {"GET", "/v1/fulfillments", "work list", READ, ROUTE_LIST, NULL, &work_query_fields,
     &work_view_fields, work_list, "What a site has to do, most urgent first."},
    {"GET", "/v1/fulfillments/{ful}", "work show", READ, 0, NULL, NULL, &work_view_fields,
     work_show, "One order's work at one site."},
    {"GET", "/v1/fulfillments/{ful}/picks", "pick list", READ, ROUTE_LIST, NULL, NULL,
     &pick_item_fields, work_picks, "Its picks and put-backs, done ones too."},
    {"POST", "/v1/fulfillments/{ful}/tote", "work tote", WRITE, ROUTE_WRITE, &tote_fields, NULL,
     &work_view_fields, work_tote, "Say which tote its goods go into."},
    {"POST", "/v1/waves/plan", "waves plan", WRITE, ROUTE_WRITE, &wave_body_fields, NULL,
     &wave_views_fields, waves_plan, "Make waves of the released work, one per cart."},
    {"GET", "/v1/waves", "waves list", READ, ROUTE_LIST, NULL, &work_query_fields,
     &wave_view_fields, waves_list, "The newest waves of a site."},
    {"GET", "/v1/waves/{wav}", "waves show", READ, 0, NULL, NULL, &wave_detail_fields, waves_show,
     "A wave and its pick list in walking order."},
    {"GET", "/v1/waves/{wav}/pick-list.pdf", "waves print", READ, ROUTE_RAW, NULL, NULL, NULL,
     waves_sheet, "The pick list on paper."},
    {"POST", "/v1/picks/claim", "pick claim", WRITE, ROUTE_WRITE, &claim_fields, NULL,
     &pick_items_fields, picks_claim, "The next picks for a worker, leased for 15 minutes."},
    {"POST", "/v1/picks/confirm", "pick confirm", WRITE, ROUTE_WRITE | ROUTE_BULK, &confirm_fields,
     NULL, NULL, picks_confirm, "Confirm many picks at once; each is answered for itself.",
     fulfillments_together},
    {"POST", "/v1/fulfillments/{ful}/start-pick", "pick start", WRITE, ROUTE_WRITE, NULL, NULL,
     &work_view_fields, picks_start, "Begin to pick it."},
    {"POST", TASK_PATH "/scan", "pick scan", WRITE, ROUTE_WRITE, &scan_fields, NULL,
     &pick_result_fields, picks_scan, "Confirm what was scanned: into the tote, or why not."},
    {"POST", TASK_PATH "/short", "pick short", WRITE, ROUTE_WRITE, &short_fields, NULL,
     &short_answer_fields, picks_short, "The bin did not have it all: where to look instead."},
    {"POST", TASK_PATH "/undo", "pick undo", WRITE, ROUTE_WRITE, &undo_fields, NULL,
     &work_view_fields, picks_undo, "Put picked units back; they are picked again."},
    {"POST", TASK_PATH "/put-back", "pick put-back", WRITE, ROUTE_WRITE, &put_back_fields, NULL,
     &work_view_fields, picks_put_back, "Finish a put-back of cancelled work."},
    {"POST", TASK_PATH "/give-back", "pick give-back", WRITE, ROUTE_WRITE, NULL, NULL,
     &work_view_fields, picks_give_back, "Give a leased task back."},
    {0},
};
