/* faces/api/serials.c: units by their own numbers: taken down, looked up, asked back. */
#include "domain/inventory/serial.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "faces/api/page.h"
#include "faces/api/picking.h"
#include "faces/api/returns.h"
#include "stages/4_packing/packing.h"

/* --- taken down ------------------------------------------------------------------------------ */

static const struct field take_table[] = {
    FIELD(struct pack_serials, line_no, .flags = F_NULL,
          .about = "of the order; any line of the product when absent"),
    FIELD(struct pack_serials, sku, .max = SKU_MAX,
          .about = "whose numbers; needed when several products in the package lack some"),
    FIELD_TEXTS(struct pack_serials, serials, .max = SERIALS_MAX, .about = "one for each unit"),
    FIELD_LIST(struct pack_serials, ranges, serial_range_fields, .max = 1000,
               .about = "numbers in a row, both ends with it"),
    FIELD(struct pack_serials, version, .flags = F_NULL, .about = "of the fulfillment, as read"),
};
static const struct fields take_fields = FIELDS("package_serials", struct pack_serials, take_table);

static enum err serials_take(struct ctx *c, const struct request *in, struct reply *out)
{
    struct pack_serials ask = *(const struct pack_serials *)in->body;
    struct pack_numbered *done = arena_new(c->arena, struct pack_numbered, 1);
    ask.package_id = in->ids[0];
    out->record = done;
    return packing_serials(c, &ask, done);
}

struct page_query {
    struct text after;
    int64_t limit;
};
static const struct field page_table[] = {PAGE_FIELDS(struct page_query)};
static const struct fields page_fields = FIELDS("serials_query", struct page_query, page_table);

struct packed_view {
    int64_t line_no;
    struct text sku, serial;
    int64_t packed_us, returned_us;
};
static const struct field packed_table[] = {
    FIELD(struct packed_view, line_no),
    FIELD(struct packed_view, sku),
    FIELD(struct packed_view, serial),
    FIELD_INSTANT(struct packed_view, packed_us, "packed_at"),
    FIELD_INSTANT(struct packed_view, returned_us, "returned_at"),
};
static const struct fields packed_fields =
    FIELDS("packed_serial", struct packed_view, packed_table);

static enum err load_products(struct ctx *c, const struct list *units, struct list *products)
{
    const struct serial_unit *at = units->at;
    int64_t *ids = arena_new(c->arena, int64_t, units->count + 1);
    for (size_t i = 0; i < units->count; i++) ids[i] = at[i].product_id;
    sort_i64(ids, units->count);
    return products_of(c, ids, unique_i64(ids, units->count), products);
}

/* The cursor is the line and the number: "2.SN0998". */
static enum err serials_packed(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    struct package package;
    struct list units, products;
    struct text serial = {0};
    int64_t limit = page_limit(q->limit), line_no = 0;
    if (q->after.len && !text_to_i64(text_split(q->after, '.', &serial), &line_no))
        return fail_at(c, ERR_INVALID, "invalid_cursor", "after", "not a `next` of this list");
    TRY(package_get(c, in->ids[0], &package));
    TRY(serials_in(c, package.package_id, line_no, serial, limit + 1, &units));
    const struct serial_unit *at = units.at;
    if (page_cut(&units, limit))
        out->next = text_printf(c->arena, "%lld.%.*s", (long long)at[limit - 1].line_no,
                                TEXT_ARG(at[limit - 1].serial));
    TRY(load_products(c, &units, &products));
    struct packed_view *views = arena_new(c->arena, struct packed_view, units.count + 1);
    for (size_t i = 0; i < units.count; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] = (struct packed_view){.line_no = at[i].line_no,
                                        .sku = p ? p->sku : (struct text){0},
                                        .serial = at[i].serial,
                                        .packed_us = at[i].packed_us,
                                        .returned_us = at[i].ended_us};
    }
    out->list = (struct list){views, units.count};
    return OK;
}

/* --- looked up ------------------------------------------------------------------------------- */

enum whereabouts { IN_HOUSE, IN_PACKAGE, OUT, CAME_BACK };
static const char *const whereabouts[] = {"in_house", "packed", "out", "returned"};
static const struct words whereabouts_words = WORDS("serial_state", whereabouts);

struct unit_view {
    struct text serial, sku, name;
    int32_t state;
    int64_t order_number, order_id, line_no;
    struct text customer;
    int64_t package_id, received_us, packed_us, handed_over_us, delivered_us, return_id,
        returned_us;
};
static const struct field unit_table[] = {
    FIELD(struct unit_view, serial, .flags = F_WIDE),
    FIELD(struct unit_view, sku),
    FIELD(struct unit_view, name, .flags = F_WIDE),
    FIELD_ENUM(struct unit_view, state, whereabouts_words,
               .about = "in_house: in no package; out: its package left; returned: it ended"),
    FIELD(struct unit_view, order_number, .flags = F_NULL),
    FIELD_ID(struct unit_view, order_id, "order_id", "ord", .flags = F_NULL | F_WIDE),
    FIELD(struct unit_view, line_no, .flags = F_NULL | F_WIDE),
    FIELD(struct unit_view, customer, .about = "the name on the order"),
    FIELD_ID(struct unit_view, package_id, "package_id", "pkg", .flags = F_NULL),
    FIELD_INSTANT(struct unit_view, received_us, "received_at",
                  .about = "absent when it was first seen at packing"),
    FIELD_INSTANT(struct unit_view, packed_us, "packed_at", .flags = F_WIDE),
    FIELD_INSTANT(struct unit_view, handed_over_us, "handed_over_at"),
    FIELD_INSTANT(struct unit_view, delivered_us, "delivered_at", .flags = F_WIDE),
    FIELD_ID(struct unit_view, return_id, "return_id", "ret", .flags = F_NULL),
    FIELD_INSTANT(struct unit_view, returned_us, "returned_at"),
};
static const struct fields unit_fields = FIELDS("serial_unit", struct unit_view, unit_table);

static void add_package(struct unit_view *v, const struct list *packages, int64_t package_id)
{
    const struct package *at = packages->at;
    for (size_t i = 0; i < packages->count; i++) {
        if (at[i].package_id != package_id) continue;
        v->handed_over_us = at[i].handed_over_us;
        v->delivered_us = at[i].delivered_us;
        if (v->state == IN_PACKAGE && at[i].handed_over_us != NONE) v->state = OUT;
    }
}

static void add_order(struct unit_view *v, const struct list *orders)
{
    const struct order *at = orders->at;
    for (size_t i = 0; i < orders->count; i++) {
        if (at[i].order_id != v->order_id) continue;
        v->order_number = at[i].number;
        v->customer = at[i].customer_name;
    }
}

/* Rows of units with all around them. */
static enum err unit_views(struct ctx *c, const struct list *units, struct list *out)
{
    const struct serial_unit *at = units->at;
    size_t n = units->count, count = 0;
    struct list products, packages, orders;
    int64_t *package_ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *order_ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (at[i].package_id == NONE) continue;
        package_ids[count] = at[i].package_id;
        order_ids[count++] = at[i].order_id;
    }
    TRY(load_products(c, units, &products));
    sort_i64(package_ids, count);
    sort_i64(order_ids, count);
    TRY(packages_of(c, package_ids, unique_i64(package_ids, count), &packages));
    TRY(order_list_of(c, order_ids, unique_i64(order_ids, count), &orders));
    struct unit_view *views = arena_new(c->arena, struct unit_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] = (struct unit_view){.serial = at[i].serial,
                                      .sku = p ? p->sku : (struct text){0},
                                      .name = p ? p->name : (struct text){0},
                                      .state = at[i].ended_us != NONE     ? CAME_BACK
                                               : at[i].package_id != NONE ? IN_PACKAGE
                                                                          : IN_HOUSE,
                                      .order_number = NONE,
                                      .order_id = at[i].order_id,
                                      .line_no = at[i].line_no,
                                      .package_id = at[i].package_id,
                                      .received_us = at[i].received_us,
                                      .packed_us = at[i].packed_us,
                                      .handed_over_us = NONE,
                                      .delivered_us = NONE,
                                      .return_id = at[i].return_id,
                                      .returned_us = at[i].ended_us};
        add_package(&views[i], &packages, at[i].package_id);
        add_order(&views[i], &orders);
    }
    *out = (struct list){views, n};
    return OK;
}

static enum err not_found(struct ctx *c, struct text serial)
{
    fail(c, ERR_NOT_FOUND, "serial_not_found", "no unit has the number \"%.*s\"",
         TEXT_ARG(text_head(serial, SERIAL_MAX)));
    return hint(c, "small and capital letters differ; look at the unit again");
}

static enum err serial_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list units;
    TRY(serials_named(c, in->words[0], &units));
    if (!units.count) return not_found(c, in->words[0]);
    return unit_views(c, &units, &out->list);
}

/* --- asked back ------------------------------------------------------------------------------ */

struct back_body {
    int32_t reason;
    struct text sku, note;
    bool beyond_policy;
};
static const struct field back_table[] = {
    FIELD_ENUM(struct back_body, reason, return_reason_words, .flags = F_REQUIRED,
               .about = "why it comes back"),
    FIELD(struct back_body, sku, .max = SKU_MAX,
          .about = "needed when units of several products have this number"),
    FIELD(struct back_body, note, .flags = F_FREE, .max = RETURN_NOTE_MAX,
          .about = "the customer's words"),
    FIELD(struct back_body, beyond_policy,
          .about = "take it although the rules say no: too late, or not returnable"),
};
static const struct fields back_fields = FIELDS("serial_return", struct back_body, back_table);

/* The unit with this number that a customer has. */
static enum err find_out(struct ctx *c, struct text serial, struct text sku, struct unit_view *unit)
{
    struct list units, views;
    size_t n = 0;
    TRY(serials_named(c, serial, &units));
    if (!units.count) return not_found(c, serial);
    TRY(unit_views(c, &units, &views));
    const struct unit_view *at = views.at;
    for (size_t i = 0; i < views.count; i++) {
        if (at[i].state != OUT || (sku.len && !text_eq(sku, at[i].sku))) continue;
        *unit = at[i];
        n++;
    }
    if (n == 1) return OK;
    if (n > 1)
        return fail_at(c, ERR_CONFLICT, "serial_of_what", "sku",
                       "units of %zu products have this number: which?", n);
    fail(c, ERR_CONFLICT, "serial_not_sold", "no customer has the unit \"%.*s\": it is %s",
         TEXT_ARG(serial), word_of(&whereabouts_words, at[0].state));
    return hint(c, "look at the unit again; waybill serials show tells where it was");
}

static enum err serial_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct back_body *b = in->body;
    struct unit_view unit = {0};
    int64_t return_id;
    TRY(find_out(c, in->words[0], b->sku, &unit));
    struct return_wish_line line = {.line_no = unit.line_no, .quantity = 1};
    struct return_wish wish = {.order_id = unit.order_id,
                               .case_id = NONE,
                               .reason = b->reason,
                               .note = b->note,
                               .lines = {&line, 1},
                               .is_beyond_policy = b->beyond_policy};
    TRY(returns_request(c, &wish, &return_id));
    return return_show(c, return_id, out);
}

const struct route serials_routes[] = {
    {"POST", "/v1/packages/{pkg}/serials", "pack serials", SCOPE(WORK_WRITE), ROUTE_WRITE,
     &take_fields, NULL, &pack_numbered_fields, serials_take,
     "Take down the numbers of units in an open package, one by one or in ranges."},
    {"GET", "/v1/packages/{pkg}/serials", "serials list", SCOPE(WORK_READ),
     ROUTE_LIST | ROUTE_OWNED, NULL, &page_fields, &packed_fields, serials_packed,
     "The numbers of the units in a package."},
    {"GET", "/v1/serials/{serial}", "serials show", SCOPE(ORDERS_READ), ROUTE_LIST, NULL, NULL,
     &unit_fields, serial_show,
     "Where the unit with this number is: order, package, customer, days; also where it was."},
    {"POST", "/v1/serials/{serial}/return", "serials return", SCOPE(CARE_WRITE), ROUTE_WRITE,
     &back_fields, NULL, &return_view_fields, serial_return,
     "The customer wants to give this unit back: its number finds the order."},
    {0},
};
