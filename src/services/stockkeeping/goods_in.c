#include "services/stockkeeping/goods_in.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/earmark.h"
#include "domain/orders/order.h"
#include "plan/scan_item.h"
#include "services/stockkeeping/lots.h"
#include "services/stockkeeping/putting_away.h"
#include "services/stockkeeping/rooms.h"
#include "services/stockkeeping/serials.h"

#include <string.h>

static const struct field arrived_table[] = {
    FIELD(struct arrived, line_no),
    FIELD_ID(struct arrived, product_id, "product_id", "prd", .flags = F_NULL | F_WIDE),
    FIELD(struct arrived, sku),
    FIELD(struct arrived, code, .about = "as scanned: no product of ours, so no stock"),
    FIELD(struct arrived, bin),
    FIELD(struct arrived, lot),
    FIELD(struct arrived, serial),
    FIELD_ENUM(struct arrived, condition, stock_condition_words),
    FIELD(struct arrived, quantity, .about = "taken in now"),
    FIELD(struct arrived, expected, .about = "of the line"),
    FIELD(struct arrived, received, .about = "of the line, with this"),
    FIELD_ID(struct arrived, task_id, "put_away_id", "tsk", .flags = F_NULL | F_WIDE),
    FIELD(struct arrived, to_bin, .about = "where to put it away"),
};
const struct fields arrived_fields = FIELDS("arrived", struct arrived, arrived_table);

/* --- announce -------------------------------------------------------------------------------- */

static enum err check_product(struct ctx *c, const struct product *p, struct text sku)
{
    if (!p)
        return fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"",
                       TEXT_ARG(text_head(sku, 40)));
    if (p->kind == PRODUCT_KIT)
        return fail_at(c, ERR_INVALID, "kit_not_stocked", "sku",
                       "%.*s is a kit; its parts are stocked", TEXT_ARG(p->sku));
    return OK;
}

static enum err announce_lines(struct ctx *c, const struct asn_draft *in, const struct asn *a,
                               int64_t *units)
{
    struct list products;
    const struct asn_line_draft *at = in->lines.at;
    struct text *skus = arena_new(c->arena, struct text, in->lines.count + 1);
    for (size_t i = 0; i < in->lines.count; i++) skus[i] = at[i].sku;
    TRY(products_by_sku_of(c, a->owner_id, skus, in->lines.count, &products));
    *units = 0;
    for (size_t i = 0; i < in->lines.count; i++) {
        const struct product *p = product_sku_in(&products, at[i].sku);
        enum err e = check_product(c, p, at[i].sku);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
        struct asn_line l = {.merchant_id = c->merchant_id,
                             .asn_id = a->asn_id,
                             .line_no = (int64_t)i + 1,
                             .product_id = p->product_id,
                             .lot = at[i].lot.at ? at[i].lot : T(""),
                             .expected = at[i].quantity,
                             .due = at[i].quantity};
        *units += at[i].quantity;
        TRY(asn_line_insert(c, &l));
    }
    return OK;
}

enum err asn_announce(struct ctx *c, const struct asn_draft *in, struct asn *out)
{
    struct site site = {0};
    struct asn twin;
    bool found;
    int64_t units;
    if (!in->lines.count)
        return fail_at(c, ERR_INVALID, "required", "lines", "a delivery of nothing is none");
    TRY(asn_day_check(c, in->expected_day));
    TRY(room_site(c, in->site, &site));
    TRY(asn_find(c, c->owner_id, in->supplier, in->reference, &twin, &found));
    if (found)
        return fail_at(c, ERR_CONFLICT, "duplicate_reference", "reference",
                       "%.*s has announced \"%.*s\" already: %.*s", TEXT_ARG(in->supplier),
                       TEXT_ARG(in->reference), TEXT_ARG(id_text(c->arena, "asn", twin.asn_id)));
    *out = (struct asn){.merchant_id = c->merchant_id,
                        .asn_id = source_id(c->source),
                        .owner_id = c->owner_id,
                        .site_id = site.site_id,
                        .supplier = in->supplier,
                        .reference = in->reference,
                        .state = ASN_EXPECTED,
                        .expected_day = in->expected_day,
                        .note = in->note,
                        .created_us = c->now_us,
                        .closed_us = NONE};
    TRY(asn_insert(c, out));
    TRY(announce_lines(c, in, out, &units));
    return event_put(c, EVENT_ASN_ANNOUNCED, NONE, out->asn_id,
                     EVENT_BODY(.quantity = units, .word = out->supplier, .note = out->reference));
}

/* --- receive --------------------------------------------------------------------------------- */

/* A line as it grows while a batch is decided. */
struct growing {
    struct asn_line line;
    int64_t received, damaged; /* by this batch */
    int64_t good;              /* of them: can be sold, now or once put away */
    bool is_new;
};

/* An arrival with what it names. */
struct placed {
    struct scan_said said;
    const struct product *product; /* NULL: unknown */
    const struct bin *bin;
    struct text lot, serial;
    int64_t quantity, expiry_day;
    enum stock_condition condition;
    struct growing *line; /* the last one that took some of it */
};

struct receiving {
    struct asn asn;
    struct site site;
    struct list by_sku, by_gtin, bins;
    struct bin dock; /* bin_id NONE: the site has no receiving bin */
    struct lot_book lots;
    struct serial_book serials;
    struct growing *lines;
    size_t line_count, line_capacity;
};

static void read_scan(struct ctx *c, const struct arrival *a, struct placed *p)
{
    p->lot = a->lot;
    p->expiry_day = a->expiry_day;
    p->quantity = a->quantity;
    p->said.sku = a->sku;
    p->serial = text_trim(a->serial);
    if (a->scan.len) {
        struct scan s = scan_parse(c->arena, a->scan, day_of_us(c->now_us));
        const struct scan_fact *expiry = scan_find(&s, SCAN_EXPIRY);
        p->said = scan_said(&s);
        const struct scan_fact *serial = scan_find(&s, SCAN_SERIAL);
        if (!p->lot.len) p->lot = p->said.lot;
        if (!p->serial.len && serial) p->serial = serial->value;
        if (p->expiry_day == NONE && expiry) p->expiry_day = expiry->number;
        if (p->quantity == NONE && p->said.quantity > 0) p->quantity = p->said.quantity;
    }
    if (p->quantity == NONE) p->quantity = 1;
}

static const struct product *gtin_in(const struct list *products, int64_t owner_id,
                                     struct text gtin)
{
    const struct product *at = products->at;
    for (size_t i = 0; i < products->count && gtin.len; i++)
        if (at[i].owner_id == owner_id && text_eq(at[i].gtin, gtin)) return &at[i];
    return NULL;
}

static enum err load_products(struct ctx *c, struct receiving *r, struct placed *placed, size_t n)
{
    struct text *skus = arena_new(c->arena, struct text, n + 1);
    struct text *gtins = arena_new(c->arena, struct text, n + 1);
    size_t sku_count = 0, gtin_count = 0, id_count = 0, lot_count = 0;
    for (size_t i = 0; i < n; i++) {
        if (placed[i].said.sku.len) skus[sku_count++] = placed[i].said.sku;
        if (placed[i].said.gtin.len) gtins[gtin_count++] = placed[i].said.gtin;
    }
    TRY(products_by_sku_of(c, r->asn.owner_id, skus, sku_count, &r->by_sku));
    if (gtin_count) TRY(products_by_gtins(c, gtins, gtin_count, &r->by_gtin));
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    struct text *lots = arena_new(c->arena, struct text, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct placed *p = &placed[i];
        p->product = gtin_in(&r->by_gtin, r->asn.owner_id, p->said.gtin);
        if (!p->product) p->product = product_sku_in(&r->by_sku, p->said.sku);
        if (p->product) ids[id_count++] = p->product->product_id;
        if (p->product && p->lot.len) lots[lot_count++] = p->lot;
    }
    if (!lot_count) return OK;
    sort_i64(ids, id_count);
    return lot_book_open(c, ids, unique_i64(ids, id_count), lots, lot_count, &r->lots);
}

static enum err load(struct ctx *c, struct receiving *r, const struct arrival *arrivals,
                     struct placed *placed, size_t n)
{
    struct list lines, docks;
    struct text *codes = arena_new(c->arena, struct text, n + 1);
    size_t code_count = 0;
    TRY(site_get(c, r->asn.site_id, &r->site));
    TRY(asn_lines_of(c, r->asn.asn_id, &lines));
    r->line_capacity = lines.count + n; /* so that they stay where they are */
    r->lines = arena_new(c->arena, struct growing, r->line_capacity + 1);
    for (size_t i = 0; i < lines.count; i++)
        r->lines[r->line_count++].line = ((const struct asn_line *)lines.at)[i];
    for (size_t i = 0; i < n; i++) {
        read_scan(c, &arrivals[i], &placed[i]);
        if (arrivals[i].bin.len) codes[code_count++] = arrivals[i].bin;
    }
    TRY(bins_of_kind(c, r->asn.site_id, BIN_RECEIVING, 1, &docks));
    r->dock.bin_id = NONE;
    if (docks.count) r->dock = *(const struct bin *)docks.at;
    if (code_count) TRY(bins_by_codes(c, &r->asn.site_id, 1, codes, code_count, &r->bins));
    return load_products(c, r, placed, n);
}

static enum err find_bin(struct ctx *c, struct receiving *r, const struct arrival *a,
                         struct placed *p)
{
    const struct bin *at = r->bins.at;
    for (size_t i = 0; i < r->bins.count && a->bin.len; i++)
        if (text_eq(at[i].code, a->bin)) p->bin = &at[i];
    if (!a->bin.len && r->dock.bin_id != NONE) p->bin = &r->dock;
    if (p->bin) return OK;
    if (a->bin.len)
        return fail_at(c, ERR_INVALID, "unknown_bin", "bin", "%.*s has no bin \"%.*s\"",
                       TEXT_ARG(r->site.code), TEXT_ARG(a->bin));
    fail_at(c, ERR_INVALID, "no_receiving_bin", "bin", "%.*s has no bin of kind receiving",
            TEXT_ARG(r->site.code));
    return hint(c, "name the bin that it went into, or add one: waybill bins add");
}

static struct growing *line_new(struct receiving *r, int64_t merchant_id, int64_t product_id,
                                struct text code)
{
    struct growing *g = &r->lines[r->line_count];
    *g = (struct growing){.line = {.merchant_id = merchant_id,
                                   .asn_id = r->asn.asn_id,
                                   .line_no = (int64_t)r->line_count + 1,
                                   .product_id = product_id,
                                   .code = code,
                                   .lot = T("")},
                          .is_new = true};
    r->line_count++;
    return g;
}

static bool is_line_of(const struct growing *g, const struct placed *p, struct text code)
{
    if (!p->product) return g->line.product_id == NONE && text_eq(g->line.code, code);
    if (g->line.product_id != p->product->product_id) return false;
    return !g->line.lot.len || text_eq(g->line.lot, p->lot);
}

/* Lines that still lack some take it first; what is over stays on the last of them. */
static void spread(struct receiving *r, int64_t merchant_id, struct placed *p, struct text code)
{
    int64_t left = p->quantity;
    bool is_damaged = p->condition == CONDITION_DAMAGED;
    bool is_good = p->condition == CONDITION_SELLABLE || p->condition == CONDITION_INBOUND;
    for (size_t i = 0; i < r->line_count && left; i++) {
        struct growing *g = &r->lines[i];
        if (!is_line_of(g, p, code)) continue;
        int64_t lacking = g->line.expected - g->line.received;
        int64_t units = lacking < left ? (lacking > 0 ? lacking : 0) : left;
        p->line = g;
        g->line.received += units;
        g->received += units;
        if (is_damaged) g->damaged += units;
        if (is_good) g->good += units;
        left -= units;
    }
    if (!left) return;
    if (!p->line)
        p->line = line_new(r, merchant_id, p->product ? p->product->product_id : NONE,
                           p->product ? (struct text){0} : code);
    p->line->line.received += left;
    p->line->received += left;
    if (is_damaged) p->line->damaged += left;
    if (is_good) p->line->good += left;
}

static enum err decide(struct ctx *c, struct receiving *r, const struct arrival *a,
                       struct placed *p)
{
    struct lot *lot = NULL;
    struct text code = a->scan.len ? text_head(a->scan, SKU_MAX) : a->sku;
    if (!a->scan.len && !a->sku.len)
        return fail_at(c, ERR_INVALID, "required", "scan", "what came? a scan or a sku");
    if (p->quantity < 1 || p->quantity > QUANTITY_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "1 to %d", QUANTITY_MAX);
    if (p->product) TRY(check_product(c, p->product, a->sku));
    if (p->product) TRY(find_bin(c, r, a, p));
    if (p->product && p->product->tracking == TRACKED_BY_LOT && !p->lot.len)
        return fail_at(c, ERR_INVALID, "lot_required", "lot", "%.*s is tracked by lot",
                       TEXT_ARG(p->product->sku));
    if (p->product) TRY(serial_book_take(c, &r->serials, p->product, p->serial, p->quantity));
    if (p->product && p->lot.len)
        TRY(lot_expect(c, &r->lots, p->product->product_id, p->lot, p->expiry_day, &lot));
    if (p->product) {
        p->condition = condition_in(&r->site, p->bin,
                                    a->condition < 0 ? CONDITION_SELLABLE
                                                     : (enum stock_condition)a->condition);
        if (lot && lot_is_over(c, lot) && p->condition != CONDITION_DAMAGED)
            p->condition = CONDITION_EXPIRED;
    }
    spread(r, c->merchant_id, p, code);
    return OK;
}

static enum err write_lines(struct ctx *c, const struct receiving *r)
{
    struct asn_line_change *changes =
        arena_new(c->arena, struct asn_line_change, r->line_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->line_count; i++) {
        struct growing *g = &r->lines[i];
        if (!g->received) continue;
        if (g->is_new) {
            g->line.damaged = g->damaged;
            TRY(asn_line_insert(c, &g->line));
            continue;
        }
        struct asn_line_change *k = &changes[n++];
        *k = (struct asn_line_change){g->line, g->line, g->good};
        k->before.received -= g->received;
        k->after.damaged += g->damaged;
    }
    return asn_settle(c, &r->asn, changes, n);
}

static enum err write_goods(struct ctx *c, const struct receiving *r, const struct placed *p)
{
    int64_t id = p->product->product_id;
    struct cell from = {PLACE_SUPPLIER, NONE, p->lot};
    struct cell to = {p->bin->bin_id, r->asn.site_id, p->lot, p->condition};
    TRY(stock_shift(c, id, from, to, p->quantity, STOCK_RECEIPT, NONE, r->asn.asn_id));
    return event_put(
        c, EVENT_STOCK_RECEIVED, NONE, id,
        EVENT_BODY(.quantity = p->quantity, .other_id = p->bin->bin_id, .word = r->asn.reference));
}

static bool is_put_away(const struct placed *p)
{
    bool is_good = p->condition == CONDITION_INBOUND || p->condition == CONDITION_SELLABLE;
    return p->product && p->bin->kind == BIN_RECEIVING && is_good;
}

static enum err plan_tasks(struct ctx *c, const struct receiving *r, const struct placed *placed,
                           size_t n, struct arrived *out)
{
    struct list bins;
    struct put_away *tasks = arena_new(c->arena, struct put_away, n + 1);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0, id_count = 0;
    for (size_t i = 0; i < n; i++)
        if (is_put_away(&placed[i]))
            tasks[count++] = (struct put_away){.product_id = placed[i].product->product_id,
                                               .site_id = r->asn.site_id,
                                               .from_place = placed[i].bin->bin_id,
                                               .lot = placed[i].lot,
                                               .condition = (int32_t)placed[i].condition,
                                               .quantity = placed[i].quantity,
                                               .cause_id = r->asn.asn_id};
    TRY(put_away_plan(c, tasks, count));
    for (size_t i = 0; i < count; i++)
        if (tasks[i].to_place != NONE) ids[id_count++] = tasks[i].to_place;
    sort_i64(ids, id_count);
    TRY(bins_of(c, ids, unique_i64(ids, id_count), &bins));
    for (size_t i = 0, k = 0; i < n; i++) {
        out[i].task_id = out[i].to_place = NONE;
        if (!is_put_away(&placed[i])) continue;
        out[i].task_id = tasks[k].task_id;
        out[i].to_place = tasks[k++].to_place;
        for (size_t b = 0; b < bins.count; b++)
            if (((const struct bin *)bins.at)[b].bin_id == out[i].to_place)
                out[i].to_bin = ((const struct bin *)bins.at)[b].code;
    }
    return OK;
}

enum err asn_receive(struct ctx *c, int64_t asn_id, const struct arrival *arrivals, size_t n,
                     struct arrived *out)
{
    struct receiving r = {0};
    if (n > ASN_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "lines", "%zu lines, at most %d", n,
                       ASN_LINES_MAX);
    struct placed *placed = arena_new(c->arena, struct placed, n + 1);
    TRY(asn_take(c, asn_id, &r.asn));
    TRY(asn_do(c, &r.asn, ASN_ARRIVE));
    TRY(load(c, &r, arrivals, placed, n));
    for (size_t i = 0; i < n; i++) {
        enum err e = decide(c, &r, &arrivals[i], &placed[i]);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    TRY(lots_keep(c, &r.lots));
    TRY(serial_book_keep(c, &r.serials, r.asn.asn_id));
    TRY(write_lines(c, &r));
    for (size_t i = 0; i < n; i++)
        if (placed[i].product) TRY(write_goods(c, &r, &placed[i]));
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const struct placed *p = &placed[i];
        out[i].line_no = p->line->line.line_no;
        out[i].product_id = p->line->line.product_id;
        if (p->product) out[i].sku = p->product->sku;
        out[i].code = p->line->line.code;
        if (p->bin) out[i].bin = p->bin->code;
        out[i].lot = p->lot;
        if (p->product && product_has_serials(p->product)) out[i].serial = p->serial;
        out[i].condition = (int32_t)p->condition;
        out[i].quantity = p->quantity;
        out[i].expected = p->line->line.expected;
        out[i].received = p->line->line.received;
    }
    return plan_tasks(c, &r, placed, n, out);
}

/* --- the end --------------------------------------------------------------------------------- */

void asn_add_up(const struct list *lines, struct asn_sum *out)
{
    const struct asn_line *at = lines->at;
    *out = (struct asn_sum){.lines = (int64_t)lines->count};
    for (size_t i = 0; i < lines->count; i++) {
        int64_t more = at[i].received - at[i].expected;
        out->expected += at[i].expected;
        out->received += at[i].received;
        out->damaged += at[i].damaged;
        if (more < 0) out->missing -= more;
        if (at[i].product_id == NONE)
            out->unknown += at[i].received;
        else if (!at[i].expected)
            out->unannounced += at[i].received;
        else if (more > 0)
            out->surplus += more;
    }
}

/* Nothing more comes with it: who waited for it has to wait for another. */
static enum err end_lines(struct ctx *c, const struct asn *a, struct list *lines)
{
    TRY(asn_lines_of(c, a->asn_id, lines));
    const struct asn_line *at = lines->at;
    struct asn_line_change *changes = arena_new(c->arena, struct asn_line_change, lines->count + 1);
    for (size_t i = 0; i < lines->count; i++)
        changes[i] = (struct asn_line_change){.before = at[i], .after = at[i]};
    return asn_settle(c, a, changes, lines->count);
}

enum err asn_close(struct ctx *c, int64_t asn_id, struct asn *out)
{
    struct list lines;
    struct asn_sum sum;
    TRY(asn_take(c, asn_id, out));
    TRY(asn_do(c, out, ASN_CLOSE));
    TRY(end_lines(c, out, &lines));
    asn_add_up(&lines, &sum);
    int64_t differ = sum.missing + sum.surplus + sum.unannounced + sum.unknown;
    struct text note = text_printf(
        c->arena, "%lld missing, %lld too many, %lld unannounced, %lld unknown, %lld damaged",
        (long long)sum.missing, (long long)sum.surplus, (long long)sum.unannounced,
        (long long)sum.unknown, (long long)sum.damaged);
    return event_put(c, EVENT_ASN_CLOSED, NONE, asn_id,
                     EVENT_BODY(.quantity = differ,
                                .word = differ ? T("different") : T("as_announced"), .note = note));
}

enum err asn_call_off(struct ctx *c, int64_t asn_id, struct asn *out)
{
    struct list lines;
    TRY(asn_take(c, asn_id, out));
    TRY(asn_do(c, out, ASN_CANCEL));
    TRY(end_lines(c, out, &lines));
    return event_put(c, EVENT_ASN_CANCELLED, NONE, asn_id,
                     EVENT_BODY(.word = out->supplier, .note = out->reference));
}
