/* faces/api/goods_in.c: expected deliveries, what came of them, and where it is put. */
#include "services/stockkeeping/goods_in.h"
#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/inventory/serial.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/people/owner.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/picking.h"
#include "faces/api/stockkeeping.h"
#include "services/stockkeeping/putting_away.h"

/* --- expected deliveries --------------------------------------------------------------------- */

static const struct field draft_line_table[] = {
    FIELD(struct asn_line_draft, sku, .flags = F_REQUIRED, .max = SKU_MAX,
          .about = "of the product"),
    FIELD(struct asn_line_draft, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units that are announced"),
    FIELD(struct asn_line_draft, lot, .max = 64, .about = "any lot when absent"),
};
static const struct fields draft_line_fields =
    FIELDS("new_asn_line", struct asn_line_draft, draft_line_table);
static const struct field draft_table[] = {
    FIELD(struct asn_draft, site, .max = 64, .about = "its code; the one site when absent"),
    FIELD(struct asn_draft, supplier, .flags = F_REQUIRED, .max = SUPPLIER_MAX,
          .about = "who sends it"),
    FIELD(struct asn_draft, reference, .flags = F_REQUIRED, .max = ASN_REFERENCE_MAX,
          .about = "the supplier's own number, once per supplier"),
    FIELD_DAY(struct asn_draft, expected_day, "expected_date", .about = "when it should come"),
    FIELD(struct asn_draft, note, .flags = F_FREE, .max = ASN_NOTE_MAX,
          .about = "for the people at the door"),
    FIELD_LIST(struct asn_draft, lines, draft_line_fields, .flags = F_REQUIRED,
               .max = ASN_LINES_MAX, .about = "what is announced"),
};
static const struct fields draft_fields_of_asn = FIELDS("new_asn", struct asn_draft, draft_table);

static const struct field fix_line_table[] = {
    FIELD(struct asn_line_fix, line_no, .flags = F_NULL,
          .about = "of the delivery; absent: the line of the product, or a new one"),
    FIELD(struct asn_line_fix, sku, .max = SKU_MAX, .about = "of the product"),
    FIELD(struct asn_line_fix, quantity, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "units announced in all, with what has come; 0: it does not come"),
};
static const struct fields fix_line_fields =
    FIELDS("changed_asn_line", struct asn_line_fix, fix_line_table);
static const struct field fix_table[] = {
    FIELD_DAY(struct asn_fix, expected_day, "expected_date",
              .about = "when it should come now; absent: as it was"),
    {.name = "has_no_day",
     .json = "has_no_date",
     .offset = offsetof(struct asn_fix, has_no_day),
     .kind = F_BOOL,
     .is_set = true,
     .about = "nobody knows any more when it comes"},
    FIELD(struct asn_fix, note, .flags = F_FREE, .max = ASN_NOTE_MAX,
          .about = "for the people at the door"),
    FIELD_LIST(struct asn_fix, lines, fix_line_fields, .max = ASN_LINES_MAX,
               .about = "lines of which more or less comes, and new ones"),
};
static const struct fields fix_fields = FIELDS("asn_change", struct asn_fix, fix_table);

struct line_view {
    int64_t line_no, product_id;
    struct text sku, name, code, lot;
    int64_t expected, received, damaged, missing, surplus, earmarked;
};
static const struct field line_table[] = {
    FIELD(struct line_view, line_no),
    FIELD_ID(struct line_view, product_id, "product_id", "prd", .flags = F_NULL | F_WIDE),
    FIELD(struct line_view, sku),
    FIELD(struct line_view, name, .flags = F_WIDE),
    FIELD(struct line_view, code, .about = "as scanned: no product of ours"),
    FIELD(struct line_view, lot, .about = "empty: any"),
    FIELD(struct line_view, expected, .about = "0: was not announced"),
    FIELD(struct line_view, received),
    FIELD(struct line_view, damaged, .about = "of those received"),
    FIELD(struct line_view, missing),
    FIELD(struct line_view, surplus),
    FIELD(struct line_view, earmarked,
          .about = "of those still to come: orders that wait were promised them"),
};
static const struct fields line_fields = FIELDS("asn_line", struct line_view, line_table);

struct asn_view {
    int64_t asn_id;
    struct text site, supplier, reference, note, owner;
    int32_t state;
    int64_t expected_day, created_us, closed_us;
    struct asn_sum sum;
    struct list lines;
};
static const struct field view_table[] = {
    FIELD_ID(struct asn_view, asn_id, "id", "asn"),
    FIELD(struct asn_view, site),
    FIELD(struct asn_view, supplier),
    FIELD(struct asn_view, reference),
    FIELD(struct asn_view, owner, .about = "code of whose goods come; null: the merchant's own"),
    FIELD_ENUM(struct asn_view, state, asn_state_words),
    FIELD_DAY(struct asn_view, expected_day, "expected_date"),
    FIELD(struct asn_view, note, .flags = F_WIDE),
    FIELD_INSTANT(struct asn_view, created_us, "created_at", .flags = F_WIDE),
    FIELD_INSTANT(struct asn_view, closed_us, "closed_at"),
    {.name = "expected",
     .json = "expected",
     .offset = offsetof(struct asn_view, sum.expected),
     .kind = F_I64,
     .is_set = true,
     .about = "units announced"},
    {.name = "received",
     .json = "received",
     .offset = offsetof(struct asn_view, sum.received),
     .kind = F_I64,
     .is_set = true},
    {.name = "damaged",
     .json = "damaged",
     .offset = offsetof(struct asn_view, sum.damaged),
     .kind = F_I64,
     .is_set = true},
    {.name = "missing",
     .json = "missing",
     .offset = offsetof(struct asn_view, sum.missing),
     .kind = F_I64,
     .is_set = true,
     .about = "announced and not there, so far"},
    {.name = "surplus",
     .json = "surplus",
     .offset = offsetof(struct asn_view, sum.surplus),
     .kind = F_I64,
     .is_set = true,
     .about = "more than announced"},
    {.name = "unannounced",
     .json = "unannounced",
     .offset = offsetof(struct asn_view, sum.unannounced),
     .kind = F_I64,
     .is_set = true,
     .about = "units of products that were not announced"},
    {.name = "unknown",
     .json = "unknown",
     .offset = offsetof(struct asn_view, sum.unknown),
     .kind = F_I64,
     .is_set = true,
     .about = "units that are no product of ours: no stock"},
    FIELD_LIST(struct asn_view, lines, line_fields),
};
static const struct fields view_fields = FIELDS("asn", struct asn_view, view_table);
static const struct fields row_fields = {
    "asn_summary", view_table, sizeof view_table / sizeof *view_table - 8, sizeof(struct asn_view)};

struct text site_code_in(const struct list *sites, int64_t site_id)
{
    const struct site *at = sites->at;
    for (size_t i = 0; i < sites->count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return (struct text){0};
}

static struct asn_view view_of(const struct asn *a, const struct list *sites)
{
    return (struct asn_view){.asn_id = a->asn_id,
                             .site = site_code_in(sites, a->site_id),
                             .supplier = a->supplier,
                             .reference = a->reference,
                             .note = a->note,
                             .state = a->state,
                             .expected_day = a->expected_day,
                             .created_us = a->created_us,
                             .closed_us = a->closed_us};
}

static enum err show_lines(struct ctx *c, const struct list *lines, struct list *out)
{
    struct list products;
    const struct asn_line *at = lines->at;
    int64_t *ids = arena_new(c->arena, int64_t, lines->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (at[i].product_id != NONE) ids[n++] = at[i].product_id;
    sort_i64(ids, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &products));
    struct line_view *views = arena_new(c->arena, struct line_view, lines->count + 1);
    for (size_t i = 0; i < lines->count; i++) {
        const struct product *p =
            at[i].product_id == NONE ? NULL : product_in(&products, at[i].product_id);
        int64_t more = at[i].received - at[i].expected;
        views[i] = (struct line_view){.line_no = at[i].line_no,
                                      .product_id = at[i].product_id,
                                      .sku = p ? p->sku : (struct text){0},
                                      .name = p ? p->name : (struct text){0},
                                      .code = at[i].code,
                                      .lot = at[i].lot,
                                      .expected = at[i].expected,
                                      .received = at[i].received,
                                      .damaged = at[i].damaged,
                                      .missing = more < 0 ? -more : 0,
                                      .surplus = more > 0 ? more : 0,
                                      .earmarked = at[i].earmarked};
    }
    *out = (struct list){views, lines->count};
    return OK;
}

static enum err show(struct ctx *c, int64_t asn_id, struct reply *out)
{
    struct asn a;
    struct owner_codes codes;
    struct list lines, sites;
    struct asn_view *view = arena_new(c->arena, struct asn_view, 1);
    TRY(asn_get(c, asn_id, &a));
    TRY(site_list(c, &sites));
    TRY(asn_lines_of(c, asn_id, &lines));
    TRY(owner_codes_load(c, &a.owner_id, 1, &codes));
    *view = view_of(&a, &sites);
    view->owner = owner_code(&codes, a.owner_id);
    asn_add_up(&lines, &view->sum);
    TRY(show_lines(c, &lines, &view->lines));
    out->record = view;
    return OK;
}

static enum err announce(struct ctx *c, const struct request *in, struct reply *out)
{
    struct asn made;
    TRY(asn_announce(c, in->body, &made));
    return show(c, made.asn_id, out);
}

static enum err asn_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show(c, in->ids[0], out);
}

struct page_query {
    struct text after;
    int64_t limit;
};
static const struct field page_table[] = {PAGE_FIELDS(struct page_query)};
static const struct fields page_fields = FIELDS("asn_query", struct page_query, page_table);

static enum err asns_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    int64_t limit = page_limit(q->limit), before = INT64_MAX;
    struct list rows, sites;
    TRY(page_after(c, q->after, "asn", &before));
    TRY(asn_list(c, before, limit + 1, &rows));
    TRY(site_list(c, &sites));
    const struct asn *at = rows.at;
    if (page_cut(&rows, limit)) out->next = id_text(c->arena, "asn", at[limit - 1].asn_id);
    struct owner_codes codes;
    int64_t *owner_ids = arena_new(c->arena, int64_t, rows.count + 1);
    struct asn_view *views = arena_new(c->arena, struct asn_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) owner_ids[i] = at[i].owner_id;
    TRY(owner_codes_load(c, owner_ids, rows.count, &codes));
    for (size_t i = 0; i < rows.count; i++) {
        views[i] = view_of(&at[i], &sites);
        views[i].owner = owner_code(&codes, at[i].owner_id);
    }
    out->list = (struct list){views, rows.count};
    return OK;
}

/* --- arrivals -------------------------------------------------------------------------------- */

#define ARRIVAL_FIELDS                                                                             \
    FIELD(struct arrival, scan, .max = 4096,                                                       \
          .about = "what the scanner sent: GS1 with lot, date and count, a GTIN, a SKU"),          \
        FIELD(struct arrival, sku, .max = SKU_MAX, .about = "instead of a scan"),                  \
        FIELD(struct arrival, quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,            \
              .about = "what the symbol says when absent, else one"),                              \
        FIELD(struct arrival, bin, .max = 64,                                                      \
              .about = "its code or label; the first receiving bin when absent"),                  \
        FIELD(struct arrival, lot, .max = 64, .about = "the symbol's when absent"),                \
        FIELD(struct arrival, serial, .max = SERIAL_MAX,                                           \
              .about = "of the one unit, where units have numbers; the symbol's when absent"),     \
        FIELD_DAY(struct arrival, expiry_day, "expiry_date",                                       \
                  .about = "of the lot; the symbol's when absent"),                                \
        FIELD_ENUM(struct arrival, condition, stock_condition_words, .flags = F_NULL,              \
                   .about = "damaged: as it came; what the bin is for when absent")
static const struct field arrival_table[] = {ARRIVAL_FIELDS};
static const struct fields arrival_fields = FIELDS("arrival", struct arrival, arrival_table);

struct arrivals {
    struct list lines;
};
static const struct field arrivals_table[] = {
    FIELD_LIST(struct arrivals, lines, arrival_fields, .flags = F_REQUIRED, .max = ASN_LINES_MAX,
               .about = "what came in; done together, or not at all"),
};
static const struct field arriveds_table[] = {FIELD_LIST(
    struct arrivals, lines, arrived_fields, .about = "what came in; done together, or not at all")};
static const struct fields arrivals_fields = FIELDS("arrivals", struct arrivals, arrivals_table);
static const struct fields arriveds_fields =
    FIELDS("arrivals_taken", struct arrivals, arriveds_table);

static enum err receive(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct arrivals *b = in->body;
    struct arrivals *done = arena_new(c->arena, struct arrivals, 1);
    struct arrived *rows = arena_new(c->arena, struct arrived, b->lines.count + 1);
    if (!b->lines.count) return fail_at(c, ERR_INVALID, "required", "lines", "nothing came");
    TRY(asn_receive(c, in->ids[0], b->lines.at, b->lines.count, rows));
    done->lines = (struct list){rows, b->lines.count};
    out->record = done;
    return OK;
}

static enum err scan(struct ctx *c, const struct request *in, struct reply *out)
{
    struct arrived *row = arena_new(c->arena, struct arrived, 1);
    TRY(asn_receive(c, in->ids[0], in->body, 1, row));
    out->record = row;
    return OK;
}

static enum err close_it(struct ctx *c, const struct request *in, struct reply *out)
{
    struct asn a;
    TRY(asn_close(c, in->ids[0], &a));
    return show(c, a.asn_id, out);
}

static enum err change_it(struct ctx *c, const struct request *in, struct reply *out)
{
    struct asn a;
    TRY(asn_change(c, in->ids[0], in->body, &a));
    return show(c, a.asn_id, out);
}

static enum err call_off(struct ctx *c, const struct request *in, struct reply *out)
{
    struct asn a;
    TRY(asn_call_off(c, in->ids[0], &a));
    return show(c, a.asn_id, out);
}

/* --- put away and replenish ------------------------------------------------------------------ */

struct task_view {
    int64_t task_id;
    int32_t kind, state;
    struct text site, sku, name, lot;
    int32_t condition;
    struct text from, to;
    int64_t quantity, done, worker_id, lease_until_us, created_us;
};
static const struct field task_table[] = {
    FIELD_ID(struct task_view, task_id, "id", "tsk"),
    FIELD_ENUM(struct task_view, kind, stock_task_kind_words, .flags = F_WIDE),
    FIELD_ENUM(struct task_view, state, stock_task_state_words),
    FIELD(struct task_view, site, .flags = F_WIDE),
    FIELD(struct task_view, sku),
    FIELD(struct task_view, name, .flags = F_WIDE),
    FIELD(struct task_view, lot),
    FIELD_ENUM(struct task_view, condition, stock_condition_words),
    FIELD(struct task_view, from, .about = "the bin it lies in"),
    FIELD(struct task_view, to, .about = "the bin proposed; absent: no bin is known, say which"),
    FIELD(struct task_view, quantity),
    FIELD(struct task_view, done),
    FIELD_ID(struct task_view, worker_id, "worker_id", "usr", .flags = F_NULL | F_WIDE),
    FIELD_INSTANT(struct task_view, lease_until_us, "lease_until_at", .flags = F_WIDE),
    FIELD_INSTANT(struct task_view, created_us, "created_at", .flags = F_WIDE),
};
static const struct fields task_fields = FIELDS("stock_task", struct task_view, task_table);

struct text bin_code_in(const struct list *bins, int64_t bin_id)
{
    const struct bin *at = bins->at;
    for (size_t i = 0; i < bins->count; i++)
        if (at[i].bin_id == bin_id) return at[i].code;
    return (struct text){0};
}

static enum err task_views(struct ctx *c, const struct stock_task *at, size_t n, struct list *out)
{
    struct list products, bins, sites;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *places = arena_new(c->arena, int64_t, n * 2 + 1);
    size_t place_count = 0;
    for (size_t i = 0; i < n; i++) {
        ids[i] = at[i].product_id;
        places[place_count++] = at[i].from_place;
        if (at[i].to_place != NONE) places[place_count++] = at[i].to_place;
    }
    sort_i64(ids, n);
    sort_i64(places, place_count);
    TRY(products_of(c, ids, unique_i64(ids, n), &products));
    TRY(bins_of(c, places, unique_i64(places, place_count), &bins));
    TRY(site_list(c, &sites));
    struct task_view *views = arena_new(c->arena, struct task_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] = (struct task_view){.task_id = at[i].task_id,
                                      .kind = at[i].kind,
                                      .state = at[i].state,
                                      .site = site_code_in(&sites, at[i].site_id),
                                      .sku = p ? p->sku : (struct text){0},
                                      .name = p ? p->name : (struct text){0},
                                      .lot = at[i].lot,
                                      .condition = at[i].condition,
                                      .from = bin_code_in(&bins, at[i].from_place),
                                      .to = bin_code_in(&bins, at[i].to_place),
                                      .quantity = at[i].quantity,
                                      .done = at[i].done,
                                      .worker_id = at[i].worker_id,
                                      .lease_until_us = at[i].lease_until_us,
                                      .created_us = at[i].created_us};
    }
    *out = (struct list){views, n};
    return OK;
}

static enum err task_answer(struct ctx *c, const struct stock_task *t, struct reply *out)
{
    struct list views;
    TRY(task_views(c, t, 1, &views));
    out->record = views.at;
    return OK;
}

struct task_query {
    struct text site, after;
    int64_t limit;
};
static const struct field task_query_table[] = {
    FIELD(struct task_query, site, .max = 64, .about = "its code; the first site when absent"),
    PAGE_FIELDS(struct task_query),
};
static const struct fields stock_task_query_fields =
    FIELDS("stock_task_query", struct task_query, task_query_table);

static enum err stock_tasks_show(struct ctx *c, const struct request *in, enum stock_task_kind kind,
                                 struct reply *out)
{
    const struct task_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0, site_id;
    struct list rows;
    TRY(floor_site(c, q->site, &site_id));
    TRY(page_after(c, q->after, "tsk", &after));
    TRY(stock_tasks_open(c, site_id, kind, after, limit + 1, &rows));
    const struct stock_task *at = rows.at;
    if (page_cut(&rows, limit)) out->next = id_text(c->arena, "tsk", at[limit - 1].task_id);
    return task_views(c, rows.at, rows.count, &out->list);
}

static enum err put_aways(struct ctx *c, const struct request *in, struct reply *out)
{
    return stock_tasks_show(c, in, STOCK_PUT_AWAY, out);
}

static enum err replenishments(struct ctx *c, const struct request *in, struct reply *out)
{
    return stock_tasks_show(c, in, STOCK_REPLENISH, out);
}

static const struct field confirm_table[] = {
    FIELD(struct stock_task_scan, quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,
          .about = "all that is left when absent"),
    FIELD(struct stock_task_scan, bin, .max = 200,
          .about = "code or label of the bin it went into; the proposed one when absent"),
    FIELD(struct stock_task_scan, scan, .max = 4096, .about = "of the goods, to be sure"),
};
static const struct fields confirm_fields =
    FIELDS("stock_task_confirm", struct stock_task_scan, confirm_table);

static enum err confirm(struct ctx *c, const struct request *in, struct reply *out)
{
    struct stock_task t;
    struct stock_task_scan scan = *(const struct stock_task_scan *)in->body;
    scan.task_id = in->ids[0];
    scan.worker_id = c->actor_id;
    TRY(stock_task_confirm(c, &scan, &t));
    return task_answer(c, &t, out);
}

static enum err take(struct ctx *c, const struct request *in, struct reply *out)
{
    struct stock_task t;
    TRY(stock_task_lease(c, in->ids[0], c->actor_id, &t));
    return task_answer(c, &t, out);
}

static enum err drop(struct ctx *c, const struct request *in, struct reply *out)
{
    struct stock_task t;
    TRY(stock_task_drop(c, in->ids[0], &t));
    return task_answer(c, &t, out);
}

#define READ SCOPE(STOCK_READ)
#define WRITE SCOPE(STOCK_WRITE)
const struct route goods_in_routes[] = {
    {"GET", "/v1/asns", "asn list", READ, ROUTE_LIST | ROUTE_BY_OWNER, NULL, &page_fields,
     &row_fields, asns_show, "List expected deliveries, newest first."},
    {"POST", "/v1/asns", "asn add", WRITE, ROUTE_WRITE | ROUTE_BY_OWNER, &draft_fields_of_asn, NULL,
     &view_fields, announce, "Announce a delivery: who sends what, under which number."},
    {"GET", "/v1/asns/{asn}", "asn show", READ, ROUTE_OWNED, NULL, NULL, &view_fields, asn_show,
     "Show an expected delivery, and what came of it."},
    {"POST", "/v1/asns/{asn}/scan", "asn scan", WRITE, ROUTE_WRITE, &arrival_fields, NULL,
     &arrived_fields, scan,
     "Take in what was scanned; a task proposes the bin to put it away into."},
    {"POST", "/v1/asns/{asn}/receipts", "asn receive", WRITE, ROUTE_WRITE, &arrivals_fields, NULL,
     &arriveds_fields, receive, "Take in many lines at once, all or none."},
    {"POST", "/v1/asns/{asn}/change", "asn change", WRITE, ROUTE_WRITE | ROUTE_OWNED, &fix_fields,
     NULL, &view_fields, change_it,
     "Another day, or other quantities: who waits for it is told his new day."},
    {"POST", "/v1/asns/{asn}/close", "asn close", WRITE, ROUTE_WRITE, NULL, NULL, &view_fields,
     close_it, "End a delivery; what is missing, too much or unknown stays written beside it."},
    {"POST", "/v1/asns/{asn}/cancel", "asn cancel", WRITE, ROUTE_WRITE | ROUTE_OWNED, NULL, NULL,
     &view_fields, call_off, "Call off a delivery of which nothing has come."},
    {"GET", "/v1/putaways", "putaway list", READ, ROUTE_LIST, NULL, &stock_task_query_fields,
     &task_fields, put_aways, "List what waits to be put away at a site, oldest first."},
    {"POST", "/v1/putaways/{tsk}/take", "putaway take", WRITE, ROUTE_WRITE, NULL, NULL,
     &task_fields, take, "Take a task for half an hour."},
    {"POST", "/v1/putaways/{tsk}/confirm", "putaway confirm", WRITE, ROUTE_WRITE, &confirm_fields,
     NULL, &task_fields, confirm, "Say that units lie in their bin now; they can be sold."},
    {"POST", "/v1/putaways/{tsk}/drop", "putaway drop", WRITE, ROUTE_WRITE, NULL, NULL,
     &task_fields, drop, "Drop a task; what was not moved stays where it is."},
    {"GET", "/v1/replenishments", "replenish list", READ, ROUTE_LIST, NULL,
     &stock_task_query_fields, &task_fields, replenishments,
     "List what is to be brought from the reserve to pick faces, oldest first."},
    {"POST", "/v1/replenishments/{tsk}/take", "replenish take", WRITE, ROUTE_WRITE, NULL, NULL,
     &task_fields, take, "Take a task for half an hour."},
    {"POST", "/v1/replenishments/{tsk}/confirm", "replenish confirm", WRITE, ROUTE_WRITE,
     &confirm_fields, NULL, &task_fields, confirm, "Say that units lie in the pick face now."},
    {"POST", "/v1/replenishments/{tsk}/drop", "replenish drop", WRITE, ROUTE_WRITE, NULL, NULL,
     &task_fields, drop, "Drop a task; what was not moved stays where it is."},
    {0},
};
