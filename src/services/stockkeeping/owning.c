#include "services/stockkeeping/owning.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "domain/inventory/lot.h"
#include "domain/inventory/stock.h"
#include "domain/sites/site.h"
#include "services/stockkeeping/rooms.h"

static const struct field line_table[] = {
    FIELD(struct owner_change_line, sku, .flags = F_REQUIRED, .max = SKU_MAX,
          .about = "of both products"),
    FIELD(struct owner_change_line, bin, .flags = F_REQUIRED, .max = 64,
          .about = "where the units lie, and stay"),
    FIELD(struct owner_change_line, lot, .max = LOT_MAX, .about = "it goes along with its date"),
    FIELD(struct owner_change_line, quantity, .flags = F_REQUIRED, .min = 1, .max = 1000000000,
          .about = "units"),
    FIELD_ENUM(struct owner_change_line, condition, stock_condition_words,
               .about = "of the units; sellable when absent"),
};
const struct fields owner_change_line_fields =
    FIELDS("owner_change_line", struct owner_change_line, line_table);

struct owning {
    const struct owner_change *in;
    struct site site;
    struct list products, bins, cells, lots;
    struct lot_book book; /* of the new owner's products */
    int64_t *from, *to;   /* products, a line each */
    const struct bin **at;
};

static struct text lot_of(const struct owner_change_line *l) { return l->lot.at ? l->lot : T(""); }

static enum err check_pair(struct ctx *c, const struct product *from, const struct product *to,
                           struct text sku)
{
    if (!from)
        return fail_at(c, ERR_INVALID, "unknown_sku", "sku", "its owner has no product \"%.*s\"",
                       TEXT_ARG(sku));
    if (!to) {
        fail_at(c, ERR_INVALID, "unknown_sku", "sku", "the new owner has no product \"%.*s\"",
                TEXT_ARG(sku));
        return hint(c, "add it first: waybill products add --owner CODE");
    }
    if (from->kind == PRODUCT_KIT || to->kind == PRODUCT_KIT)
        return fail_at(c, ERR_INVALID, "kit_not_stocked", "sku",
                       "%.*s is a kit; its parts are stocked", TEXT_ARG(sku));
    if (from->tracking == TRACKED_BY_SERIAL_IN)
        return fail_at(c, ERR_INVALID, "serials_stay", "sku",
                       "the numbers of its units were taken in for their owner");
    if ((from->tracking == TRACKED_BY_LOT) == (to->tracking == TRACKED_BY_LOT)) return OK;
    return fail_at(c, ERR_INVALID, "tracking_differs", "sku",
                   "one of the two owners keeps %.*s by lot", TEXT_ARG(sku));
}

static enum err find_products(struct ctx *c, struct owning *w)
{
    const struct owner_change_line *at = w->in->lines.at;
    size_t n = w->in->lines.count;
    for (size_t i = 0; i < n; i++) {
        const struct product *from = product_sku_of(&w->products, c->owner_id, at[i].sku);
        const struct product *to = product_sku_of(&w->products, w->in->to_owner, at[i].sku);
        enum err e = check_pair(c, from, to, at[i].sku);
        w->at[i] = LIST_FIND_TEXT(&w->bins, struct bin, code, at[i].bin);
        if (e == OK && !w->at[i])
            e = fail_at(c, ERR_INVALID, "unknown_bin", "bin", "%.*s has no bin \"%.*s\"",
                        TEXT_ARG(w->site.code), TEXT_ARG(at[i].bin));
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
        w->from[i] = from->product_id;
        w->to[i] = to->product_id;
    }
    return OK;
}

static enum err load(struct ctx *c, struct owning *w)
{
    const struct owner_change_line *at = w->in->lines.at;
    size_t n = w->in->lines.count, lots = 0;
    struct text *words = arena_new(c->arena, struct text, 3 * n + 1);
    struct text *skus = words, *bins = words + n, *codes = words + 2 * n;
    for (size_t i = 0; i < n; i++) {
        skus[i] = at[i].sku;
        bins[i] = at[i].bin;
        if (at[i].lot.len) codes[lots++] = at[i].lot;
    }
    w->from = arena_new(c->arena, int64_t, n + 1);
    w->to = arena_new(c->arena, int64_t, n + 1);
    w->at = arena_new(c->arena, const struct bin *, n + 1);
    TRY(room_site(c, w->in->site, &w->site));
    TRY(products_by_sku_of(c, OWNER_ANY, skus, n, &w->products));
    TRY(bins_by_codes(c, &w->site.site_id, 1, bins, n, &w->bins));
    TRY(find_products(c, w));
    int64_t *from = arena_new(c->arena, int64_t, n + 1), *to = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        from[i] = w->from[i];
        to[i] = w->to[i];
    }
    sort_i64(from, n);
    sort_i64(to, n);
    size_t count = unique_i64(from, n);
    TRY(stock_cells_take(c, from, count, &w->cells));
    if (!lots) return OK;
    TRY(lots_of(c, from, count, codes, lots, &w->lots));
    return lot_book_open(c, to, unique_i64(to, n), codes, lots, &w->book);
}

/* The units of a line are taken off its cell, so that two lines never take the same. */
static enum err take_cell(struct ctx *c, const struct owning *w, size_t i)
{
    const struct owner_change_line *l = &((const struct owner_change_line *)w->in->lines.at)[i];
    struct stock *cells = w->cells.at, *cell = NULL;
    for (size_t k = 0; k < w->cells.count; k++)
        if (cells[k].product_id == w->from[i] && cells[k].place_id == w->at[i]->bin_id &&
            cells[k].condition == l->condition && text_eq(cells[k].lot, lot_of(l)))
            cell = &cells[k];
    int64_t there = cell ? cell->on_hand : 0, allotted = cell ? cell->allotted : 0;
    if (there < l->quantity)
        return fail_at(c, ERR_CONFLICT, "insufficient_on_hand", "quantity",
                       "%.*s holds %lld of them", TEXT_ARG(l->bin), (long long)there);
    if (there - allotted < l->quantity)
        return fail_at(c, ERR_CONFLICT, "allotted", "quantity",
                       "pickers are on their way for %lld of the %lld in %.*s", (long long)allotted,
                       (long long)there, TEXT_ARG(l->bin));
    cell->on_hand -= l->quantity;
    return OK;
}

/* What can be promised is taken by the conditional write that promises, and given back with the
   entry that takes it out: nobody can be promised it in between. */
static enum err take_promisable(struct ctx *c, const struct owning *w)
{
    const struct owner_change_line *at = w->in->lines.at;
    struct demand *demands = arena_new(c->arena, struct demand, w->in->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < w->in->lines.count; i++)
        if (at[i].condition == CONDITION_SELLABLE)
            demands[n++] = (struct demand){.line_no = (int64_t)i,
                                           .product_id = w->from[i],
                                           .site_id = w->site.site_id,
                                           .quantity = at[i].quantity};
    TRY(availability_take(c, demands, n));
    for (size_t i = 0; i < n; i++) {
        if (!demands[i].is_promised) {
            fail_at(c, ERR_CONFLICT, "stock_promised", "quantity",
                    "units of it are promised to customers, or kept for them");
            return fail_under(c, ERR_CONFLICT, "lines[%lld]", (long long)demands[i].line_no);
        }
        TRY(availability_give(c, demands[i].product_id, demands[i].site_id, demands[i].quantity));
    }
    return OK;
}

static enum err keep_lot(struct ctx *c, struct owning *w, size_t i)
{
    const struct owner_change_line *l = &((const struct owner_change_line *)w->in->lines.at)[i];
    const struct lot *lots = w->lots.at;
    int64_t expiry_day = NONE;
    struct lot *kept;
    if (!l->lot.len) return OK;
    for (size_t k = 0; k < w->lots.count; k++)
        if (lots[k].product_id == w->from[i] && text_eq(lots[k].lot, l->lot))
            expiry_day = lots[k].expiry_day;
    return lot_expect(c, &w->book, w->to[i], l->lot, expiry_day, &kept);
}

static enum err tell(struct ctx *c, const struct owning *w, size_t i, int64_t product_id,
                     int64_t difference)
{
    return event_put(c, EVENT_STOCK_ADJUSTED, NONE, product_id,
                     EVENT_BODY(.quantity = difference,
                                .word = text_of(word_of(&stock_reason_words, STOCK_NEW_OWNER)),
                                .other_id = w->at[i]->bin_id, .note = w->in->note));
}

static enum err write(struct ctx *c, const struct owning *w, int64_t change_id, size_t i)
{
    const struct owner_change_line *l = &((const struct owner_change_line *)w->in->lines.at)[i];
    struct cell bin = {w->at[i]->bin_id, w->site.site_id, lot_of(l),
                       (enum stock_condition)l->condition};
    struct cell between = {PLACE_ADJUSTMENT, NONE, lot_of(l), (enum stock_condition)l->condition};
    TRY(stock_shift(c, w->from[i], bin, between, l->quantity, STOCK_NEW_OWNER, NONE, change_id));
    TRY(stock_shift(c, w->to[i], between, bin, l->quantity, STOCK_NEW_OWNER, NONE, change_id));
    TRY(tell(c, w, i, w->from[i], -l->quantity));
    return tell(c, w, i, w->to[i], l->quantity);
}

enum err stock_change_owner(struct ctx *c, const struct owner_change *in, int64_t *change_id)
{
    struct owning w = {.in = in};
    if (in->to_owner == c->owner_id) {
        fail_at(c, ERR_INVALID, "same_owner", "to_owner", "they are his already");
        return hint(c, "--owner says whose they are, --to_owner whose they become");
    }
    if (!in->lines.count)
        return fail_at(c, ERR_INVALID, "required", "lines", "there is nothing to do");
    TRY(load(c, &w));
    for (size_t i = 0; i < in->lines.count; i++) {
        enum err e = take_cell(c, &w, i);
        if (e == OK) e = keep_lot(c, &w, i);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    *change_id = source_id(c->source);
    TRY(lot_book_save(c, &w.book));
    TRY(take_promisable(c, &w));
    for (size_t i = 0; i < in->lines.count; i++) TRY(write(c, &w, *change_id, i));
    return OK;
}
