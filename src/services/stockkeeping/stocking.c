#include "services/stockkeeping/stocking.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/cell.h"
#include "domain/inventory/lot.h"
#include "domain/orders/order.h"
#include "domain/sites/site.h"
#include "services/stockkeeping/lots.h"
#include "services/stockkeeping/putting_away.h"
#include "services/stockkeeping/rooms.h"
#include "services/stockkeeping/serials.h"

#include <string.h>

static const char *const adjust_reasons[] = {"count",   "damaged", "lost", "found",
                                             "expired", "stolen",  "used", "to_supplier"};
const struct words adjust_reason_words = WORDS("adjust_reason", adjust_reasons);

#define CONDITION_FIELD                                                                            \
    FIELD_ENUM(struct stocking_line, condition, stock_condition_words, .flags = F_NULL,            \
               .about = "of the units meant; what the bin is for when absent: inbound in a "       \
                        "receiving bin, quarantined in quarantine, else sellable")

#define WHERE_FIELDS                                                                               \
    FIELD(struct stocking_line, sku, .flags = F_REQUIRED, .max = SKU_MAX,                          \
          .about = "of the product"),                                                              \
        FIELD(struct stocking_line, site, .max = 64,                                               \
              .about = "its code; the one site when absent"),                                      \
        FIELD(struct stocking_line, bin, .flags = F_REQUIRED, .max = 64, .about = "its code"),     \
        FIELD(struct stocking_line, lot, .max = STOCKING_LOT_MAX,                                  \
              .about = "where the product is tracked by lot")

static const struct field receipt_table[] = {
    WHERE_FIELDS,
    FIELD(struct stocking_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units"),
    FIELD_DAY(struct stocking_line, expiry_day, "expiry_date", .about = "of the lot"),
    FIELD(struct stocking_line, serial, .max = SERIAL_MAX,
          .about = "of the one unit; needed where the product's numbers are taken down coming in"),
    FIELD_ENUM(struct stocking_line, condition, stock_condition_words, .flags = F_NULL,
               .about = "damaged: as it came; what the bin is for when absent"),
};
static const struct field move_table[] = {
    WHERE_FIELDS,
    FIELD(struct stocking_line, to_bin, .flags = F_REQUIRED, .max = 64,
          .about = "its code, at the same site"),
    FIELD(struct stocking_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units"),
    CONDITION_FIELD,
};
static const struct field condition_table[] = {
    WHERE_FIELDS,
    FIELD(struct stocking_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units"),
    CONDITION_FIELD,
    FIELD_ENUM(struct stocking_line, to_condition, stock_condition_words, .flags = F_REQUIRED,
               .about = "what they are from now on"),
    FIELD(struct stocking_line, note, .flags = F_FREE, .max = STOCKING_NOTE_MAX, .about = "why"),
};
static const struct field adjust_table[] = {
    WHERE_FIELDS,
    FIELD_ENUM(struct stocking_line, reason, adjust_reason_words, .flags = F_REQUIRED,
               .about = "why the number changes"),
    FIELD(struct stocking_line, quantity, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "of a count: what is there now; else how many are gone or found"),
    CONDITION_FIELD,
    FIELD(struct stocking_line, note, .flags = F_FREE, .max = STOCKING_NOTE_MAX,
          .about = "why, in words"),
};
const struct fields stock_receipt_line_fields =
    FIELDS("stock_receipt_line", struct stocking_line, receipt_table);
const struct fields stock_move_line_fields =
    FIELDS("stock_move_line", struct stocking_line, move_table);
const struct fields stock_adjust_line_fields =
    FIELDS("stock_adjustment_line", struct stocking_line, adjust_table);

const struct fields stock_condition_line_fields =
    FIELDS("stock_condition_line", struct stocking_line, condition_table);

static const struct field outcome_table[] = {
    FIELD_ID(struct stocking_outcome, product_id, "product_id", "prd"),
    FIELD(struct stocking_outcome, sku),
    FIELD(struct stocking_outcome, site),
    FIELD(struct stocking_outcome, bin),
    FIELD(struct stocking_outcome, lot),
    FIELD_ENUM(struct stocking_outcome, condition, stock_condition_words, .flags = F_OUT),
    FIELD(struct stocking_outcome, difference, .about = "of the bin"),
    FIELD(struct stocking_outcome, on_hand,
          .about = "in the bin in that condition, after all lines"),
    FIELD(struct stocking_outcome, available, .about = "for promises at the site, after all lines"),
    FIELD_ID(struct stocking_outcome, task_id, "put_away_id", "tsk", .flags = F_NULL | F_WIDE,
             .about = "of what came into a receiving bin"),
};
const struct fields stocking_outcome_fields =
    FIELDS("stock_change", struct stocking_outcome, outcome_table);

/* What a batch names, read as a set; cells change as its lines are decided. */
struct stocked {
    struct list products, sites, bins, cells;
    struct lot_book lots;
    struct serial_book serials;
    struct stock *fresh; /* cells that the batch opens */
    size_t fresh_count, fresh_capacity;
};

/* A line with what it names. */
struct placed {
    const struct product *product;
    const struct site *site;
    const struct bin *bin, *to;
    enum stock_condition condition, to_condition;
};

static const struct site *site_of(const struct stocked *s, struct text code)
{
    const struct site *at = s->sites.at;
    if (!code.len && s->sites.count == 1) return at;
    for (size_t i = 0; i < s->sites.count; i++)
        if (text_eq(at[i].code, code)) return &at[i];
    return NULL;
}

static const struct bin *bin_of(const struct stocked *s, int64_t site_id, struct text code)
{
    struct list own = LIST_RUN(&s->bins, struct bin, site_id, site_id);
    return LIST_FIND_TEXT(&own, struct bin, code, code);
}

static bool is_cell(const struct stock *cell, int64_t product_id, int64_t bin_id, struct text lot,
                    enum stock_condition condition)
{
    struct text own = lot.at ? lot : T("");
    return cell->product_id == product_id && cell->place_id == bin_id &&
           cell->condition == (int32_t)condition && text_eq(cell->lot, own);
}

/* One that is not there yet begins empty. */
static struct stock *cell_of(struct ctx *c, struct stocked *s, const struct placed *p,
                             const struct bin *bin, struct text lot, enum stock_condition condition)
{
    int64_t product_id = p->product->product_id;
    struct list own = LIST_RUN(&s->cells, struct stock, product_id, product_id);
    struct list here = LIST_RUN(&own, struct stock, place_id, bin->bin_id);
    struct stock *at = here.at;
    for (size_t i = 0; i < here.count; i++)
        if (is_cell(&at[i], product_id, bin->bin_id, lot, condition)) return &at[i];
    for (size_t i = 0; i < s->fresh_count; i++)
        if (is_cell(&s->fresh[i], product_id, bin->bin_id, lot, condition)) return &s->fresh[i];
    struct stock *cell = arena_push(c->arena, s->fresh, s->fresh_count, s->fresh_capacity);
    *cell = (struct stock){.product_id = product_id,
                           .place_id = bin->bin_id,
                           .site_id = bin->site_id,
                           .condition = (int32_t)condition,
                           .lot = lot.at ? lot : T("")};
    return cell;
}

/* Of the lines that name a lot, if any does. */
static enum err load_lots(struct ctx *c, const struct stocking_line *lines, size_t n,
                          const int64_t *product_ids, struct stocked *s)
{
    struct text *codes = arena_new(c->arena, struct text, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (lines[i].lot.len) codes[count++] = lines[i].lot;
    if (!count) return OK;
    return lot_book_open(c, product_ids, s->products.count, codes, count, &s->lots);
}

static enum err load(struct ctx *c, const struct stocking_line *lines, size_t n, struct stocked *s)
{
    if (n > STOCKING_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "lines", "%zu lines, at most %d", n,
                       STOCKING_LINES_MAX);
    struct text *skus = arena_new(c->arena, struct text, n + 1);
    struct text *codes = arena_new(c->arena, struct text, n * 2 + 1);
    size_t code_count = 0;
    for (size_t i = 0; i < n; i++) {
        skus[i] = lines[i].sku;
        codes[code_count++] = lines[i].bin;
        if (lines[i].to_bin.len) codes[code_count++] = lines[i].to_bin;
    }
    TRY(products_by_sku(c, skus, n, &s->products));
    TRY(site_list(c, &s->sites));
    int64_t *ids = arena_new(c->arena, int64_t, s->sites.count + s->products.count + 1);
    for (size_t i = 0; i < s->sites.count; i++)
        ids[i] = ((const struct site *)s->sites.at)[i].site_id;
    TRY(bins_by_codes(c, ids, s->sites.count, codes, code_count, &s->bins));
    for (size_t i = 0; i < s->products.count; i++)
        ids[i] = ((const struct product *)s->products.at)[i].product_id;
    TRY(stock_cells_take(c, ids, s->products.count, &s->cells));
    return load_lots(c, lines, n, ids, s);
}

static enum err find_bin(struct ctx *c, const struct stocked *s, const struct site *site,
                         struct text code, const char *field, const struct bin **out)
{
    *out = bin_of(s, site->site_id, code);
    if (*out) return OK;
    fail_at(c, ERR_INVALID, "unknown_bin", field, "%.*s has no bin \"%.*s\"", TEXT_ARG(site->code),
            TEXT_ARG(code));
    return hint(c, "see GET /v1/sites/{sit}/bins, or waybill bins list");
}

static enum err check_lot(struct ctx *c, const struct product *p, const struct stocking_line *l)
{
    if (p->tracking != TRACKED_BY_LOT || l->lot.len) return OK;
    return fail_at(c, ERR_INVALID, "lot_required", "lot", "%.*s is tracked by lot",
                   TEXT_ARG(p->sku));
}

static enum err find(struct ctx *c, const struct stocked *s, const struct stocking_line *l,
                     struct placed *out)
{
    *out = (struct placed){.product = product_sku_in(&s->products, l->sku),
                           .site = site_of(s, l->site)};
    if (!out->product) {
        fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"",
                TEXT_ARG(l->sku));
        return hint(c, "see GET /v1/products, or waybill products list");
    }
    if (out->product->kind == PRODUCT_KIT)
        return fail_at(c, ERR_INVALID, "kit_not_stocked", "sku",
                       "%.*s is a kit; its parts are stocked", TEXT_ARG(l->sku));
    if (!out->site && !l->site.len)
        return fail_at(c, ERR_INVALID, "required", "site", "there are %zu sites: which one?",
                       s->sites.count);
    if (!out->site) {
        fail_at(c, ERR_INVALID, "unknown_site", "site", "there is no site \"%.*s\"",
                TEXT_ARG(l->site));
        return hint(c, "see GET /v1/sites, or waybill sites list");
    }
    TRY(find_bin(c, s, out->site, l->bin, "bin", &out->bin));
    if (l->to_bin.len) TRY(find_bin(c, s, out->site, l->to_bin, "to_bin", &out->to));
    out->condition = l->condition < 0 ? condition_in(out->site, out->bin, CONDITION_SELLABLE)
                                      : (enum stock_condition)l->condition;
    return check_lot(c, out->product, l);
}

static enum err insufficient(struct ctx *c, const struct stocking_line *l, const struct stock *cell)
{
    fail_at(c, ERR_CONFLICT, "insufficient_on_hand", "quantity",
            "%lld%s%s of %.*s are in %.*s%s%.*s, not %lld", (long long)cell->on_hand,
            cell->condition ? " " : "",
            cell->condition ? word_of(&stock_condition_words, cell->condition) : "",
            TEXT_ARG(l->sku), TEXT_ARG(l->bin), l->lot.len ? ", lot " : "", TEXT_ARG(l->lot),
            (long long)l->quantity);
    return hint(c, "count the bin (reason \"count\") when more is there");
}

/* Units that pickers are on their way for stay where they look for them, and as they are. */
static enum err take_free(struct ctx *c, const struct stocking_line *l, struct stock *from)
{
    if (from->on_hand < l->quantity) return insufficient(c, l, from);
    if (from->on_hand - from->allotted < l->quantity) {
        fail_at(c, ERR_CONFLICT, "allotted", "quantity",
                "pickers are on their way for %lld of the %lld in %.*s", (long long)from->allotted,
                (long long)from->on_hand, TEXT_ARG(l->bin));
        return hint(c, "take %lld, or wait for the picks",
                    (long long)(from->on_hand - from->allotted));
    }
    from->on_hand -= l->quantity;
    return OK;
}

static enum err decide_receipt(struct ctx *c, struct stocked *s, const struct stocking_line *l,
                               struct placed *p, int64_t *difference)
{
    struct lot *lot = NULL;
    *difference = l->quantity;
    TRY(serial_book_take(c, &s->serials, p->product, text_trim(l->serial), l->quantity));
    if (l->expiry_day != NONE && l->expiry_day != 0 && !l->lot.len)
        return fail_at(c, ERR_INVALID, "lot_required", "lot", "a date of expiry is a lot's");
    if (l->lot.len)
        TRY(lot_expect(c, &s->lots, p->product->product_id, l->lot,
                       l->expiry_day ? l->expiry_day : NONE, &lot));
    p->to_condition = condition_in(p->site, p->bin, p->condition);
    if (p->to_condition == CONDITION_SELLABLE && lot && lot_is_over(c, lot))
        p->to_condition = CONDITION_EXPIRED;
    cell_of(c, s, p, p->bin, l->lot, p->to_condition)->on_hand += l->quantity;
    return OK;
}

static enum err decide_move(struct ctx *c, struct stocked *s, const struct stocking_line *l,
                            struct placed *p, int64_t *difference)
{
    if (p->bin == p->to)
        return fail_at(c, ERR_INVALID, "same_bin", "to_bin", "it is in that bin already");
    TRY(take_free(c, l, cell_of(c, s, p, p->bin, l->lot, p->condition)));
    p->to_condition = condition_in(p->site, p->to, p->condition);
    cell_of(c, s, p, p->to, l->lot, p->to_condition)->on_hand += l->quantity;
    *difference = l->quantity;
    return OK;
}

static enum err decide_condition(struct ctx *c, struct stocked *s, const struct stocking_line *l,
                                 struct placed *p, int64_t *difference)
{
    enum stock_condition wanted = (enum stock_condition)l->to_condition;
    p->to_condition = condition_in(p->site, p->bin, wanted);
    if (p->to_condition != wanted) {
        fail_at(c, ERR_CONFLICT, "wrong_room", "to_condition", "nothing in %.*s is %s",
                TEXT_ARG(p->bin->code), word_of(&stock_condition_words, (int32_t)wanted));
        return hint(c, "move it to a bin for that first");
    }
    if (p->to_condition == p->condition)
        return fail_at(c, ERR_INVALID, "same_condition", "to_condition", "it is %s already",
                       word_of(&stock_condition_words, (int32_t)wanted));
    TRY(take_free(c, l, cell_of(c, s, p, p->bin, l->lot, p->condition)));
    cell_of(c, s, p, p->bin, l->lot, p->to_condition)->on_hand += l->quantity;
    *difference = l->quantity;
    return OK;
}

static enum err decide_adjust(struct ctx *c, struct stocked *s, const struct stocking_line *l,
                              struct placed *p, int64_t *difference)
{
    struct stock *cell = cell_of(c, s, p, p->bin, l->lot, p->condition);
    p->to_condition = p->condition;
    switch ((enum adjust_reason)l->reason) {
    case ADJUST_COUNT: *difference = l->quantity - cell->on_hand; break;
    case ADJUST_FOUND: *difference = l->quantity; break;
    case ADJUST_DAMAGED:
    case ADJUST_LOST:
    case ADJUST_EXPIRED:
    case ADJUST_STOLEN:
    case ADJUST_USED:
    case ADJUST_TO_SUPPLIER: *difference = -l->quantity; break;
    }
    if (l->reason != ADJUST_COUNT && !l->quantity)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "0 changes nothing");
    if (cell->on_hand + *difference < 0) return insufficient(c, l, cell);
    cell->on_hand += *difference;
    return OK;
}

static struct cell cell_at(const struct bin *bin, struct text lot, enum stock_condition condition)
{
    return (struct cell){bin->bin_id, bin->site_id, lot, condition};
}

static enum err write_receipt(struct ctx *c, const struct stocking_line *l, const struct placed *p,
                              int64_t difference)
{
    int64_t id = p->product->product_id;
    struct cell from = {PLACE_SUPPLIER, NONE, l->lot};
    TRY(stock_shift(c, id, from, cell_at(p->bin, l->lot, p->to_condition), difference,
                    STOCK_RECEIPT, NONE, NONE));
    return event_put(c, EVENT_STOCK_RECEIVED, NONE, id,
                     EVENT_BODY(.quantity = difference, .other_id = p->bin->bin_id));
}

static enum err write_move(struct ctx *c, const struct stocking_line *l, const struct placed *p,
                           int64_t difference)
{
    int64_t id = p->product->product_id;
    TRY(stock_shift(c, id, cell_at(p->bin, l->lot, p->condition),
                    cell_at(p->to, l->lot, p->to_condition), difference, STOCK_MOVE, NONE, NONE));
    TRY(event_put(c, EVENT_STOCK_MOVED, NONE, id,
                  EVENT_BODY(.quantity = difference, .other_id = p->to->bin_id)));
    if (p->condition == p->to_condition) return OK;
    return stock_tell_condition(c, id, p->to->bin_id, p->condition, p->to_condition, difference,
                                (struct text){0});
}

static enum err write_condition(struct ctx *c, const struct stocking_line *l,
                                const struct placed *p, int64_t difference)
{
    int64_t id = p->product->product_id;
    TRY(stock_shift(c, id, cell_at(p->bin, l->lot, p->condition),
                    cell_at(p->bin, l->lot, p->to_condition), difference, STOCK_CONDITION, NONE,
                    NONE));
    return stock_tell_condition(c, id, p->bin->bin_id, p->condition, p->to_condition, difference,
                                l->note);
}

static enum err write_adjust(struct ctx *c, const struct stocking_line *l, const struct placed *p,
                             int64_t difference)
{
    static const enum stock_reason reasons[] = {
        [ADJUST_COUNT] = STOCK_COUNT,     [ADJUST_DAMAGED] = STOCK_DAMAGED,
        [ADJUST_LOST] = STOCK_LOST,       [ADJUST_FOUND] = STOCK_FOUND,
        [ADJUST_EXPIRED] = STOCK_EXPIRED, [ADJUST_STOLEN] = STOCK_STOLEN,
        [ADJUST_USED] = STOCK_USED,       [ADJUST_TO_SUPPLIER] = STOCK_TO_SUPPLIER};
    int64_t id = p->product->product_id;
    if (!difference) return OK;
    TRY(stock_correct(c, id, cell_at(p->bin, l->lot, p->condition), difference, reasons[l->reason],
                      NONE));
    return event_put(c, EVENT_STOCK_ADJUSTED, NONE, id,
                     EVENT_BODY(.quantity = difference,
                                .word = text_of(word_of(&adjust_reason_words, l->reason)),
                                .other_id = p->bin->bin_id, .note = l->note));
}

static int64_t available_at(const struct list *stock, int64_t product_id, int64_t site_id)
{
    const struct availability *at = stock->at;
    for (size_t i = 0; i < stock->count; i++)
        if (at[i].product_id == product_id && at[i].site_id == site_id)
            return at[i].is_closed ? 0 : availability_left(&at[i]);
    return 0;
}

/* What lies in a receiving bin is to be carried to where it is picked from. */
static enum err plan_put_away(struct ctx *c, const struct stocking_line *lines, size_t n,
                              const struct placed *placed, struct stocking_outcome *outcomes)
{
    struct put_away *tasks = arena_new(c->arena, struct put_away, n + 1);
    size_t *of = arena_new(c->arena, size_t, n + 1), count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct placed *p = &placed[i];
        if (p->bin->kind != BIN_RECEIVING) continue;
        if (p->to_condition != CONDITION_INBOUND && p->to_condition != CONDITION_SELLABLE) continue;
        of[count] = i;
        tasks[count++] = (struct put_away){.product_id = p->product->product_id,
                                           .site_id = p->site->site_id,
                                           .from_place = p->bin->bin_id,
                                           .lot = lines[i].lot,
                                           .condition = (int32_t)p->to_condition,
                                           .quantity = lines[i].quantity,
                                           .cause_id = NONE};
    }
    TRY(put_away_plan(c, tasks, count));
    for (size_t i = 0; i < count; i++) outcomes[of[i]].task_id = tasks[i].task_id;
    return OK;
}

struct work {
    enum err (*decide)(struct ctx *c, struct stocked *s, const struct stocking_line *l,
                       struct placed *p, int64_t *difference);
    enum err (*write)(struct ctx *c, const struct stocking_line *l, const struct placed *p,
                      int64_t difference);
    enum err (*follow)(struct ctx *c, const struct stocking_line *lines, size_t n,
                       const struct placed *placed, struct stocking_outcome *outcomes); /* NULL */
};

static enum err show(struct ctx *c, struct stocked *s, const struct stocking_line *lines, size_t n,
                     const struct placed *placed, struct stocking_outcome *outcomes)
{
    struct list stock;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = placed[i].product->product_id;
    sort_i64(ids, n);
    TRY(availability_of(c, ids, unique_i64(ids, n), &stock));
    for (size_t i = 0; i < n; i++) {
        const struct placed *p = &placed[i];
        const struct bin *bin = p->to ? p->to : p->bin;
        struct stocking_outcome *o = &outcomes[i];
        o->product_id = p->product->product_id;
        o->sku = p->product->sku;
        o->site = p->site->code;
        o->bin = bin->code;
        o->lot = lines[i].lot;
        o->on_hand = cell_of(c, s, p, bin, lines[i].lot, p->to_condition)->on_hand;
        o->condition = (int32_t)p->to_condition;
        o->available = available_at(&stock, o->product_id, p->site->site_id);
    }
    return OK;
}

static enum err run(struct ctx *c, const struct work *w, const struct stocking_line *lines,
                    size_t n, struct stocking_outcome *outcomes)
{
    struct stocked s = {0};
    struct placed *placed = arena_new(c->arena, struct placed, n + 1);
    TRY(load(c, lines, n, &s));
    memset(outcomes, 0, n * sizeof *outcomes);
    for (size_t i = 0; i < n; i++) {
        enum err e = find(c, &s, &lines[i], &placed[i]);
        if (e == OK) e = w->decide(c, &s, &lines[i], &placed[i], &outcomes[i].difference);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    TRY(lots_keep(c, &s.lots));
    TRY(serial_book_keep(c, &s.serials, NONE));
    for (size_t i = 0; i < n; i++) TRY(w->write(c, &lines[i], &placed[i], outcomes[i].difference));
    for (size_t i = 0; i < n; i++) outcomes[i].task_id = NONE;
    if (w->follow) TRY(w->follow(c, lines, n, placed, outcomes));
    return show(c, &s, lines, n, placed, outcomes);
}

enum err stock_receipt(struct ctx *c, const struct stocking_line *lines, size_t n,
                       struct stocking_outcome *outcomes)
{
    static const struct work receipt = {decide_receipt, write_receipt, plan_put_away};
    return run(c, &receipt, lines, n, outcomes);
}

enum err stock_move_bin(struct ctx *c, const struct stocking_line *lines, size_t n,
                        struct stocking_outcome *outcomes)
{
    static const struct work move = {decide_move, write_move, NULL};
    return run(c, &move, lines, n, outcomes);
}

enum err stock_adjust_bin(struct ctx *c, const struct stocking_line *lines, size_t n,
                          struct stocking_outcome *outcomes)
{
    static const struct work adjust = {decide_adjust, write_adjust, NULL};
    return run(c, &adjust, lines, n, outcomes);
}

enum err stock_condition_bin(struct ctx *c, const struct stocking_line *lines, size_t n,
                             struct stocking_outcome *outcomes)
{
    static const struct work regrade = {decide_condition, write_condition, NULL};
    return run(c, &regrade, lines, n, outcomes);
}
