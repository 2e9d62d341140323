/* faces/api/returns_view.c: a return as people see it, and its printed label. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "faces/api/returns.h"
#include "wire/label.h"

struct line_view {
    int64_t line_no;
    struct text sku, name;
    int64_t quantity;
    int32_t state;
    int64_t received, waiting, quarantined, repairing, restocked, scrapped, sent_back, ended;
    struct money refund;
};
static const struct field line_table[] = {
    FIELD(struct line_view, line_no, .about = "of the order"),
    FIELD(struct line_view, sku),
    FIELD(struct line_view, name),
    FIELD(struct line_view, quantity, .about = "that is to come back"),
    FIELD_ENUM(struct line_view, state, return_state_words),
    FIELD(struct line_view, received),
    FIELD(struct line_view, waiting, .about = "here, and nobody has decided what becomes of them"),
    FIELD(struct line_view, quarantined, .about = "kept apart until inspected"),
    FIELD(struct line_view, repairing),
    FIELD(struct line_view, restocked, .about = "good to sell again"),
    FIELD(struct line_view, scrapped),
    FIELD(struct line_view, sent_back, .about = "with the customer again"),
    FIELD(struct line_view, ended, .about = "units that the customer has an answer for"),
    FIELD(struct line_view, refund, .about = "owed or paid for them"),
};
static const struct fields line_fields = FIELDS("return_line", struct line_view, line_table);

struct step_view {
    int64_t at_us, line_no, quantity;
    int32_t from, to;
    struct text site, bin, lot;
    int32_t seen;
    struct text note;
    int64_t actor_id;
};
static const struct field step_table[] = {
    FIELD_INSTANT(struct step_view, at_us, "at"),
    FIELD(struct step_view, line_no),
    FIELD(struct step_view, quantity),
    FIELD_ENUM(struct step_view, from, return_heap_words, .about = "customer: it came in"),
    FIELD_ENUM(struct step_view, to, return_heap_words, .about = "what was decided"),
    FIELD(struct step_view, site, .about = "code of the site where the goods were"),
    FIELD(struct step_view, bin, .about = "code of the bin they came to"),
    FIELD(struct step_view, lot),
    FIELD_ENUM(struct step_view, seen, return_seen_words, .flags = F_NULL,
               .about = "what it looked like"),
    FIELD(struct step_view, note),
    FIELD_ID(struct step_view, actor_id, "actor_id", "usr", .flags = F_NULL),
};
static const struct fields step_fields = FIELDS("return_step", struct step_view, step_table);

struct end_view {
    int64_t at_us, line_no, quantity;
    int32_t resolution;
    struct money refund, fee;
    int64_t order_id;
    struct text note;
};
static const struct field end_table[] = {
    FIELD_INSTANT(struct end_view, at_us, "at"),
    FIELD(struct end_view, line_no),
    FIELD(struct end_view, quantity),
    FIELD_ENUM(struct end_view, resolution, return_resolution_words),
    FIELD(struct end_view, refund, .about = "owed to the customer by this"),
    FIELD(struct end_view, fee, .about = "kept of it"),
    FIELD_ID(struct end_view, order_id, "order_id", "ord", .flags = F_NULL,
             .about = "the exchange or replacement"),
    FIELD(struct end_view, note),
};
static const struct fields end_fields = FIELDS("return_outcome", struct end_view, end_table);

struct return_view {
    int64_t return_id, order_id, number, case_id, package_id;
    int32_t reason;
    struct text note, answer, site;
    struct money fee;
    struct text tracking_number;
    int64_t created_us, settled_us, at_door_us;
    struct list lines, steps, outcomes;
};
static const struct field view_table[] = {
    FIELD_ID(struct return_view, return_id, "id", "ret"),
    FIELD_ID(struct return_view, order_id, "order_id", "ord"),
    FIELD(struct return_view, number, .about = "of the order"),
    FIELD_ID(struct return_view, case_id, "case_id", "cas", .flags = F_NULL,
             .about = "the concern that asked for it"),
    FIELD_ID(struct return_view, package_id, "package_id", "pkg", .flags = F_NULL,
             .about = "the parcel that came back undelivered"),
    FIELD_ENUM(struct return_view, reason, return_reason_words),
    FIELD(struct return_view, note),
    FIELD(struct return_view, answer, .about = "what the customer was told"),
    FIELD(struct return_view, site, .about = "code of the site it is to go to"),
    FIELD(struct return_view, fee, .about = "kept of its refunds"),
    FIELD(struct return_view, tracking_number, .about = "of its label"),
    FIELD_INSTANT(struct return_view, created_us, "created_at"),
    FIELD_INSTANT(struct return_view, settled_us, "settled_at", .flags = F_NULL,
                  .about = "when every line had its end"),
    FIELD_INSTANT(struct return_view, at_door_us, "at_door_at", .flags = F_NULL,
                  .about = "when its carrier brought it, by its own word"),
    FIELD_LIST(struct return_view, lines, line_fields),
    FIELD_LIST(struct return_view, steps, step_fields, .flags = F_WIDE,
               .about = "the way of the goods; of one return only, not in lists"),
    FIELD_LIST(struct return_view, outcomes, end_fields, .flags = F_WIDE,
               .about = "what the customer got; of one return only, not in lists"),
};
const struct fields return_view_fields = FIELDS("return", struct return_view, view_table);

/* --- loading --------------------------------------------------------------------------------- */

struct viewing {
    const struct list *returns;
    struct list orders, lines, order_lines, products, sites, labels, facts, ends, bins;
    bool is_whole;
};

static enum err load_names(struct ctx *c, struct viewing *v)
{
    const struct return_line *l = v->lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, v->lines.count + v->facts.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < v->lines.count; i++) ids[n++] = l[i].product_id;
    sort_i64(ids, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &v->products));
    const struct return_fact *f = v->facts.at;
    n = 0;
    for (size_t i = 0; i < v->facts.count; i++) ids[n++] = f[i].to_place;
    sort_i64(ids, n);
    if (n) TRY(bins_of(c, ids, unique_i64(ids, n), &v->bins));
    return site_list(c, &v->sites);
}

static enum err load(struct ctx *c, struct viewing *v)
{
    size_t n = v->returns->count;
    const struct order_return *at = v->returns->at;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *orders = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = at[i].return_id;
    for (size_t i = 0; i < n; i++) orders[i] = at[i].order_id;
    sort_i64(orders, n);
    sort_i64(ids, n);
    TRY(order_list_of(c, orders, unique_i64(orders, n), &v->orders));
    TRY(return_lines_of(c, ids, n, &v->lines));
    TRY(labels_of(c, ids, n, &v->labels));
    if (v->is_whole) {
        TRY(return_facts_of(c, ids, n, &v->facts));
        TRY(return_ends_of(c, ids, n, &v->ends));
    }
    return load_names(c, v);
}

static const struct order *order_in(const struct viewing *v, int64_t order_id)
{
    const struct order *at = v->orders.at;
    for (size_t i = 0; i < v->orders.count; i++)
        if (at[i].order_id == order_id) return &at[i];
    return NULL;
}

static struct text site_code(const struct viewing *v, int64_t site_id)
{
    const struct site *at = v->sites.at;
    for (size_t i = 0; i < v->sites.count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return (struct text){0};
}

static struct text bin_code(const struct viewing *v, int64_t bin_id)
{
    const struct bin *at = v->bins.at;
    for (size_t i = 0; i < v->bins.count; i++)
        if (at[i].bin_id == bin_id) return at[i].code;
    return (struct text){0};
}

static void add_lines(struct ctx *c, const struct viewing *v, const char *currency,
                      struct return_view *view)
{
    const struct return_line *at = v->lines.at;
    struct line_view *lines = arena_new(c->arena, struct line_view, v->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < v->lines.count; i++) {
        if (at[i].return_id != view->return_id) continue;
        const struct product *p = product_in(&v->products, at[i].product_id);
        lines[n++] = (struct line_view){.line_no = at[i].line_no,
                                        .sku = p ? p->sku : (struct text){0},
                                        .name = p ? p->name : (struct text){0},
                                        .quantity = at[i].quantity,
                                        .state = at[i].state,
                                        .received = at[i].received,
                                        .waiting = at[i].waiting,
                                        .quarantined = at[i].quarantined,
                                        .repairing = at[i].repairing,
                                        .restocked = at[i].restocked,
                                        .scrapped = at[i].scrapped,
                                        .sent_back = at[i].sent_back,
                                        .ended = at[i].ended,
                                        .refund = money(at[i].refund_minor, currency)};
    }
    view->lines = (struct list){lines, n};
}

static void add_steps(struct ctx *c, const struct viewing *v, const char *currency,
                      struct return_view *view)
{
    const struct return_fact *f = v->facts.at;
    const struct return_end *e = v->ends.at;
    struct step_view *steps = arena_new(c->arena, struct step_view, v->facts.count + 1);
    struct end_view *ends = arena_new(c->arena, struct end_view, v->ends.count + 1);
    for (size_t i = 0; i < v->facts.count; i++)
        steps[i] = (struct step_view){.at_us = f[i].at_us,
                                      .line_no = f[i].line_no,
                                      .quantity = f[i].quantity,
                                      .from = f[i].from_heap,
                                      .to = f[i].to_heap,
                                      .site = site_code(v, f[i].site_id),
                                      .bin = bin_code(v, f[i].to_place),
                                      .lot = f[i].lot.len ? f[i].lot : (struct text){0},
                                      .seen = f[i].seen,
                                      .note = f[i].note,
                                      .actor_id = f[i].actor_id ? f[i].actor_id : NONE};
    for (size_t i = 0; i < v->ends.count; i++)
        ends[i] = (struct end_view){.at_us = e[i].at_us,
                                    .line_no = e[i].line_no,
                                    .quantity = e[i].quantity,
                                    .resolution = e[i].kind,
                                    .refund = money(e[i].refund_minor, currency),
                                    .fee = money(e[i].fee_minor, currency),
                                    .order_id = e[i].order_id,
                                    .note = e[i].note};
    view->steps = (struct list){steps, v->facts.count};
    view->outcomes = (struct list){ends, v->ends.count};
}

static enum err views_of(struct ctx *c, struct viewing *v, struct list *out)
{
    TRY(load(c, v));
    const struct order_return *at = v->returns->at;
    const struct label *labels = v->labels.at;
    struct return_view *views = arena_new(c->arena, struct return_view, v->returns->count + 1);
    for (size_t i = 0; i < v->returns->count; i++) {
        const struct order *o = order_in(v, at[i].order_id);
        const char *currency = o ? text_cstr(c->arena, o->currency) : "";
        views[i] = (struct return_view){.return_id = at[i].return_id,
                                        .order_id = at[i].order_id,
                                        .number = o ? o->number : 0,
                                        .case_id = at[i].case_id,
                                        .package_id = at[i].package_id,
                                        .reason = at[i].reason,
                                        .note = at[i].note,
                                        .answer = at[i].answer,
                                        .site = site_code(v, at[i].site_id),
                                        .fee = money(at[i].fee_minor, currency),
                                        .created_us = at[i].created_us,
                                        .settled_us = at[i].settled_us,
                                        .at_door_us = at[i].at_door_us};
        for (size_t k = 0; k < v->labels.count; k++)
            if (labels[k].package_id == at[i].return_id && label_is_live(&labels[k]))
                views[i].tracking_number = labels[k].tracking_number;
        add_lines(c, v, currency, &views[i]);
        if (v->is_whole) add_steps(c, v, currency, &views[i]);
    }
    *out = (struct list){views, v->returns->count};
    return OK;
}

enum err return_show(struct ctx *c, int64_t return_id, struct reply *out)
{
    struct order_return r;
    struct list views;
    TRY(return_get(c, return_id, &r));
    TRY(views_of(c, &(struct viewing){.returns = &(struct list){&r, 1}, .is_whole = true}, &views));
    out->record = views.at;
    return OK;
}

enum err return_get_one(struct ctx *c, const struct request *in, struct reply *out)
{
    return return_show(c, in->ids[0], out);
}

/* --- lists ----------------------------------------------------------------------------------- */

struct return_query {
    int64_t limit;
    struct text after;
    bool all;
};
static const struct field query_table[] = {
    FIELD(struct return_query, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX,
          .about = "50 when absent"),
    FIELD(struct return_query, after, .max = 80, .about = "`next` of the page before"),
    FIELD(struct return_query, all,
          .about = "also those that are settled and whose goods have found their place"),
};
const struct fields return_query_fields = FIELDS("return_query", struct return_query, query_table);

enum err return_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct return_query *q = in->query;
    struct list rows;
    int64_t after = 0, limit = q->limit == NONE ? PAGE_DEFAULT : q->limit;
    if (q->after.len && !id_parse(q->after, "ret", &after)) {
        fail_at(c, ERR_INVALID, "invalid_value", "after", "this cursor was not given by this list");
        return hint(c, "leave it out for the first page");
    }
    TRY((q->all ? return_page : return_list_open)(c, after, limit, &rows));
    TRY(views_of(c, &(struct viewing){.returns = &rows}, &out->list));
    if ((int64_t)rows.count == limit)
        out->next = id_text(c->arena, "ret",
                            ((const struct order_return *)rows.at)[rows.count - 1].return_id);
    return OK;
}

enum err return_list_of_order(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order o;
    struct list rows;
    TRY(order_get(c, in->ids[0], &o));
    TRY(returns_of_orders(c, in->ids, 1, &rows));
    return views_of(c, &(struct viewing){.returns = &rows}, &out->list);
}

struct scan_query {
    struct text code;
};
static const struct field scan_table[] = {
    FIELD(struct scan_query, code, .flags = F_REQUIRED, .max = 100, .about = "as it was scanned"),
};
const struct fields return_scan_fields = FIELDS("return_scan_query", struct scan_query, scan_table);

struct scan_view {
    int64_t return_id, order_id;
};
static const struct field scan_view_table[] = {
    FIELD_ID(struct scan_view, return_id, "return_id", "ret", .flags = F_NULL,
             .about = "absent: of this order nothing is to come back; receive it unasked"),
    FIELD_ID(struct scan_view, order_id, "order_id", "ord"),
};
const struct fields return_scan_view_fields =
    FIELDS("return_scan", struct scan_view, scan_view_table);

enum err return_scan(struct ctx *c, const struct request *in, struct reply *out)
{
    struct scan_view *view = arena_new(c->arena, struct scan_view, 1);
    TRY(returns_scan(c, ((const struct scan_query *)in->query)->code, &view->return_id,
                     &view->order_id));
    out->record = view;
    return OK;
}

/* --- the label ------------------------------------------------------------------------------- */

static enum err live_label(struct ctx *c, int64_t return_id, struct label *out)
{
    struct list labels;
    TRY(labels_of(c, &return_id, 1, &labels));
    const struct label *at = labels.at;
    for (size_t i = 0; i < labels.count; i++)
        if (label_is_live(&at[i])) {
            *out = at[i];
            return OK;
        }
    fail(c, ERR_NOT_FOUND, "label_not_found", "the return has no label");
    return hint(c, "ask for one when it is approved");
}

enum err return_label_draw(struct ctx *c, int64_t return_id, struct text *pdf)
{
    struct order_return r;
    struct order o;
    struct site site;
    struct merchant m;
    struct address from;
    struct label l;
    struct text sender[ADDRESS_LINES_MAX], recipient[ADDRESS_LINES_MAX];
    TRY(return_get(c, return_id, &r));
    TRY(live_label(c, r.return_id, &l));
    TRY(order_get(c, r.order_id, &o));
    TRY(address_get(c, o.ship_to_id, &from));
    TRY(site_get(c, r.site_id, &site));
    TRY(merchant_get(c, &m));
    struct postal_address to = {
        .recipient = m.name,
        .organization = text_printf(c->arena, "Returns, %.*s", TEXT_ARG(site.name)),
        .line1 = site.street,
        .city = site.city,
        .postal_code = site.postal_code,
        .country = site.country.len ? site.country : m.country};
    bool is_abroad = !text_eq(to.country, from.at.country);
    struct parcel_label label = {
        .carrier = l.carrier,
        .service = l.service,
        .sender = sender,
        .sender_count = address_lines(c->arena, &from.at, is_abroad, sender),
        .recipient = recipient,
        .recipient_count = address_lines(c->arena, &to, is_abroad, recipient),
        .country = to.country,
        .postal_code = to.postal_code,
        .tracking = l.tracking_number,
        .order = text_printf(c->arena, "%lld", (long long)o.number),
        .instructions = id_text(c->arena, "ret", r.return_id)};
    return label_render(c, &label, SHEET_PDF, 0, pdf);
}

enum err return_label_pdf(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(return_label_draw(c, in->ids[0], &out->content));
    out->content_type = text_of(sheet_content_type(SHEET_PDF));
    return OK;
}
