/* services/returns/returns_receive.c: what came in, at whichever site it came. */
#include "base/source.h"
#include "domain/inventory/serial.h"
#include "domain/inventory/stock.h"
#include "domain/orders/package.h"
#include "domain/sites/site.h"
#include "services/returns/returns_load.h"

struct arriving {
    struct return_work work;
    struct bin bin;
    struct list lots;    /* that went out and did not come back */
    struct list serials; /* the same: struct serial_unit, by line, then number */
    int64_t units;
};

static enum err choose_bin(struct ctx *c, int64_t site_id, int64_t bin_id, struct bin *out)
{
    struct list bins;
    struct site site;
    TRY(site_get(c, site_id, &site));
    if (bin_id != NONE) {
        TRY(bins_of(c, &bin_id, 1, &bins));
        *out = bins.count ? *(const struct bin *)bins.at : (struct bin){0};
        if (bins.count && out->site_id == site_id) return OK;
        return fail_at(c, ERR_NOT_FOUND, "bin_not_found", "bin", "the site has no such bin");
    }
    static const enum bin_kind kinds[] = {BIN_RETURNS, BIN_QUARANTINE, BIN_RECEIVING, BIN_BULK,
                                          BIN_PICK}; /* its condition keeps it from being sold */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        TRY(bins_of_kind_at(c, &site_id, 1, kinds[i], &bins));
        if (!bins.count) continue;
        *out = *(const struct bin *)bins.at;
        return OK;
    }
    fail_at(c, ERR_CONFLICT, "no_returns_bin", "bin", "the site has no bin for returns");
    return hint(c, "name the bin that it goes to");
}

static enum err take_in(struct ctx *c, struct arriving *a, const struct return_arrival *in,
                        struct return_line *l, struct text lot, int64_t quantity)
{
    struct cell from = {PLACE_CUSTOMER, NONE, lot, CONDITION_SELLABLE};
    struct cell to = {a->bin.bin_id, a->bin.site_id, lot, CONDITION_QUARANTINED};
    struct return_fact f = {.merchant_id = c->merchant_id,
                            .return_id = l->return_id,
                            .fact_id = source_id(c->source),
                            .line_no = l->line_no,
                            .quantity = quantity,
                            .from_heap = HEAP_CUSTOMER,
                            .to_heap = HEAP_WAITING,
                            .site_id = a->bin.site_id,
                            .from_place = PLACE_CUSTOMER,
                            .to_place = a->bin.bin_id,
                            .lot = lot,
                            .seen = in->seen,
                            .note = in->note,
                            .at_us = c->now_us,
                            .actor_id = c->actor_id};
    a->units += quantity;
    TRY(return_fact_put(c, &f, l));
    TRY(stock_shift(c, l->product_id, from, to, quantity, STOCK_RETURN, a->work.order.order_id,
                    l->return_id));
    return order_progress(c, a->work.order.order_id, l->line_no,
                          (struct progress){.returned = quantity});
}

/* --- numbers --------------------------------------------------------------------------------- */

static enum err load_serials(struct ctx *c, struct arriving *a)
{
    struct list packages;
    TRY(packages_of_orders(c, &a->work.order.order_id, 1, &packages));
    const struct package *at = packages.at;
    int64_t *ids = arena_new(c->arena, int64_t, packages.count + 1);
    for (size_t i = 0; i < packages.count; i++) ids[i] = at[i].package_id;
    return serials_out(c, ids, packages.count, &a->serials);
}

static struct serial_unit *unit_out(const struct list *units, int64_t line_no, struct text serial)
{
    struct serial_unit *at = units->at;
    for (size_t i = 0; i < units->count; i++)
        if (at[i].line_no == line_no && at[i].ended_us == NONE && text_eq(at[i].serial, serial))
            return &at[i];
    return NULL;
}

static enum err end_unit(struct ctx *c, struct serial_unit *u, int64_t return_id)
{
    u->ended_us = c->now_us;
    return serial_end(c, u, return_id);
}

/* A parcel that came back with all that was in it: nobody has to read the numbers again. */
static enum err end_whole(struct ctx *c, struct arriving *a, const struct return_arrival *in,
                          bool *done)
{
    struct serial_unit *at = a->serials.at;
    int64_t units = 0, package_id = a->work.head.package_id;
    for (size_t i = 0; i < a->serials.count; i++)
        units += at[i].package_id == package_id && at[i].line_no == in->line_no;
    *done = package_id != NONE && !in->serials.count && units == in->quantity;
    for (size_t i = 0; i < a->serials.count && *done; i++)
        if (at[i].package_id == package_id && at[i].line_no == in->line_no)
            TRY(end_unit(c, &at[i], a->work.head.return_id));
    return OK;
}

static enum err end_serials(struct ctx *c, struct arriving *a, size_t i,
                            const struct return_arrival *in)
{
    struct serial_unit *at = a->serials.at;
    const struct text *told = in->serials.at;
    int64_t out = 0;
    bool done;
    for (size_t k = 0; k < a->serials.count; k++)
        out += at[k].line_no == in->line_no && at[k].ended_us == NONE;
    TRY(end_whole(c, a, in, &done));
    if (done) return OK;
    if ((int64_t)in->serials.count > in->quantity ||
        (out >= in->quantity && (int64_t)in->serials.count < in->quantity)) {
        return_fail(c, ERR_CONFLICT, "serials_missing", i, "serials",
                    "these units were sold by number: a number for each, and no more");
        return hint(c, "%zu numbers for %lld units; scan what is printed on each",
                    in->serials.count, (long long)in->quantity);
    }
    for (size_t k = 0; k < in->serials.count; k++) {
        struct text serial = text_trim(told[k]);
        struct serial_unit *u = unit_out(&a->serials, in->line_no, serial);
        if (u) {
            TRY(end_unit(c, u, a->work.head.return_id));
            continue;
        }
        return_fail(c, ERR_CONFLICT, "serial_not_sold", i, "serials",
                    "a number that was not sold with this line, or is back already");
        return hint(c, "it is \"%.*s\"; waybill serials show tells where it was sold",
                    TEXT_ARG(text_head(serial, SERIAL_MAX)));
    }
    return OK;
}

static enum err arrive(struct ctx *c, struct arriving *a, size_t i, const struct return_arrival *in)
{
    struct return_line *l;
    int64_t left = in->quantity;
    TRY(return_work_line(c, &a->work, i, in->line_no, &l));
    if (in->quantity < 1)
        return return_fail(c, ERR_INVALID, "out_of_range", i, "quantity", "at least 1");
    if (in->quantity > l->quantity - l->received) {
        return_fail(c, ERR_CONFLICT, "over_return", i, "quantity", "more than was to come back");
        return hint(c, "%lld are still to come; what is beyond needs a return of its own",
                    (long long)(l->quantity - l->received));
    }
    TRY(end_serials(c, a, i, in));
    if (l->state != RETURN_RESOLVED) TRY(return_line_do(c, l, RETURN_RECEIVE));
    while (left > 0) {
        struct text lot = in->lot.len ? in->lot : T("");
        int64_t taken =
            line_lot_take(&a->lots, a->work.order.order_id, l->line_no, in->lot, left, &lot);
        if (!taken && in->lot.len) {
            return_fail(c, ERR_CONFLICT, "other_lot", i, "lot", "this lot was not sent to them");
            return hint(c, "look at the label again, or leave the lot out");
        }
        if (!taken) taken = left; /* picked before lots were kept */
        TRY(take_in(c, a, in, l, lot, taken));
        left -= taken;
    }
    return OK;
}

enum err returns_receive(struct ctx *c, int64_t return_id, int64_t site_id, int64_t bin_id,
                         const struct list *arrivals)
{
    struct arriving a = {0};
    const struct return_arrival *at = arrivals->at;
    TRY(return_work_load(c, return_id, &a.work));
    TRY(choose_bin(c, site_id, bin_id, &a.bin));
    TRY(line_lots_out(c, &a.work.order.order_id, 1, &a.lots));
    TRY(load_serials(c, &a));
    for (size_t i = 0; i < arrivals->count; i++) TRY(arrive(c, &a, i, &at[i]));
    if (!a.units) return fail_at(c, ERR_INVALID, "required", "lines", "nothing came");
    TRY(event_put(c, EVENT_RETURN_RECEIVED, a.work.head.order_id, return_id,
                  EVENT_BODY(.quantity = a.units, .other_id = site_id)));
    return return_work_save(c, &a.work);
}
