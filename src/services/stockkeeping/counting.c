#include "services/stockkeeping/counting.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "services/stockkeeping/rooms.h"

#include <stdlib.h>
#include <string.h>

/* --- begin ----------------------------------------------------------------------------------- */

static enum err no_bin(struct ctx *c, const struct site *site, struct text code)
{
    return fail_at(c, ERR_INVALID, "unknown_bin", "bin", "%.*s has no bin \"%.*s\"",
                   TEXT_ARG(site->code), TEXT_ARG(text_head(code, 40)));
}

static enum err add_bins(struct ctx *c, const struct stock_count *k, const struct site *site,
                         const struct list *codes)
{
    struct list bins;
    const struct text *at = codes->at;
    TRY(bins_by_codes(c, &site->site_id, 1, at, codes->count, &bins));
    for (size_t i = 0; i < codes->count; i++) {
        const struct bin *bin = LIST_FIND_TEXT(&bins, struct bin, code, at[i]);
        if (!bin) return fail_under(c, no_bin(c, site, at[i]), "bins[%zu]", i);
        TRY(count_bin_add(c, k->count_id, bin->bin_id));
    }
    return OK;
}

static enum err add_products(struct ctx *c, const struct stock_count *k, const struct list *skus,
                             bool with_bins)
{
    struct list products;
    const struct text *at = skus->at;
    TRY(products_by_sku(c, at, skus->count, &products));
    int64_t *ids = arena_new(c->arena, int64_t, skus->count + 1);
    for (size_t i = 0; i < skus->count; i++) {
        const struct product *p = product_sku_in(&products, at[i]);
        if (!p)
            return fail_under(c,
                              fail_at(c, ERR_INVALID, "unknown_sku", "sku",
                                      "there is no product \"%.*s\"",
                                      TEXT_ARG(text_head(at[i], SKU_MAX))),
                              "skus[%zu]", i);
        ids[i] = p->product_id;
        TRY(count_product_add(c, k->count_id, p->product_id));
    }
    sort_i64(ids, skus->count);
    return with_bins ? count_bins_of_products(c, k->count_id, k->site_id, ids,
                                              unique_i64(ids, skus->count))
                     : OK;
}

enum err count_begin(struct ctx *c, const struct count_draft *in, struct stock_count *out)
{
    struct site site = {0};
    struct count_progress progress;
    TRY(room_site(c, in->site, &site));
    *out = (struct stock_count){.merchant_id = c->merchant_id,
                                .count_id = source_id(c->source),
                                .site_id = site.site_id,
                                .state = COUNT_OPEN,
                                .is_blind = in->is_blind,
                                .is_of_some = in->skus.count > 0,
                                .note = in->note,
                                .created_us = c->now_us,
                                .closed_us = NONE};
    TRY(count_insert(c, out));
    if (in->bins.count) TRY(add_bins(c, out, &site, &in->bins));
    if (in->skus.count) TRY(add_products(c, out, &in->skus, !in->bins.count));
    if (!in->bins.count && !in->skus.count && in->zone.len)
        TRY(count_bins_of_zone(c, out->count_id, site.site_id, in->zone));
    else if (!in->bins.count && !in->skus.count)
        TRY(count_bins_all(c, out->count_id, site.site_id));
    TRY(count_progress_of(c, out->count_id, &progress));
    if (!progress.bins)
        return fail(c, ERR_INVALID, "nothing_to_count", "no bin of %.*s is meant by that",
                    TEXT_ARG(site.code));
    return event_put(
        c, EVENT_COUNT_BEGUN, NONE, out->count_id,
        EVENT_BODY(.quantity = progress.bins, .other_id = site.site_id, .note = in->note));
}

/* --- entries --------------------------------------------------------------------------------- */

/* What a sheet needs, read as a set. */
struct entering {
    struct stock_count count;
    struct site site;
    struct list products, bins, cells, lines, moves;
    int64_t *scope; /* products of a count of some */
    size_t scope_count;
    int64_t *bin_ids, *product_ids;
    size_t bin_count, product_count;
    struct count_line *made;
    size_t made_count, made_capacity;
};

static enum err open_count(struct ctx *c, int64_t count_id, struct stock_count *out)
{
    TRY(count_get(c, count_id, true, out));
    if (out->state == COUNT_OPEN) return OK;
    return fail(c, ERR_CONFLICT, "count_closed", "this count is closed");
}

static enum err load_names(struct ctx *c, struct entering *e, const struct count_sheet *in)
{
    const struct count_entry *at = in->entries.at;
    size_t n = in->entries.count, count = 0;
    struct text *skus = arena_new(c->arena, struct text, n + 1);
    struct text *codes = arena_new(c->arena, struct text, n + in->bins.count + 1);
    for (size_t i = 0; i < n; i++) {
        skus[i] = at[i].sku;
        codes[count++] = at[i].bin;
    }
    for (size_t i = 0; i < in->bins.count; i++)
        codes[count++] = ((const struct text *)in->bins.at)[i];
    TRY(site_get(c, e->count.site_id, &e->site));
    TRY(products_by_sku(c, skus, n, &e->products));
    TRY(bins_by_codes(c, &e->count.site_id, 1, codes, count, &e->bins));
    e->bin_ids = arena_new(c->arena, int64_t, e->bins.count + 1);
    for (size_t i = 0; i < e->bins.count; i++)
        e->bin_ids[i] = ((const struct bin *)e->bins.at)[i].bin_id;
    e->bin_count = e->bins.count;
    sort_i64(e->bin_ids, e->bin_count);
    return OK;
}

static enum err load(struct ctx *c, struct entering *e, const struct count_sheet *in)
{
    struct list scope;
    const struct count_entry *at = in->entries.at;
    int64_t since_us = c->now_us;
    TRY(load_names(c, e, in));
    TRY(stock_of_places_take(c, e->bin_ids, e->bin_count, &e->cells));
    TRY(count_lines_of_bins(c, e->count.count_id, e->bin_ids, e->bin_count, &e->lines));
    if (e->count.is_of_some) {
        TRY(count_products(c, e->count.count_id, &scope));
        e->scope = scope.at;
        e->scope_count = scope.count;
    }
    for (size_t i = 0; i < in->entries.count; i++)
        if (at[i].counted_us != NONE && at[i].counted_us < since_us) since_us = at[i].counted_us;
    if (since_us < c->now_us)
        TRY(count_moves_since(c, since_us, e->bin_ids, e->bin_count, &e->moves));
    return OK;
}

static bool is_meant(const struct entering *e, int64_t product_id)
{
    return !e->count.is_of_some || find_i64(e->scope, e->scope_count, product_id) >= 0;
}

static bool same_cell(const struct stock *s, const struct count_line *l)
{
    return s->place_id == l->bin_id && s->product_id == l->product_id &&
           s->condition == l->condition && text_eq(s->lot, l->lot);
}

/* What the books said of the cell when it was counted. */
static int64_t expected_of(const struct entering *e, const struct count_line *l)
{
    const struct stock *cells = e->cells.at;
    const struct count_move *moves = e->moves.at;
    int64_t units = 0;
    for (size_t i = 0; i < e->cells.count; i++)
        if (same_cell(&cells[i], l)) units = cells[i].on_hand;
    for (size_t i = 0; i < e->moves.count; i++)
        if (moves[i].at_us > l->counted_us && moves[i].place_id == l->bin_id &&
            moves[i].product_id == l->product_id && moves[i].condition == l->condition &&
            text_eq(moves[i].lot, l->lot))
            units -= moves[i].difference;
    return units;
}

static enum err make_line(struct ctx *c, struct entering *e, struct count_line l)
{
    l.merchant_id = c->merchant_id;
    l.count_id = e->count.count_id;
    l.counted_by = c->actor_id;
    l.expected = expected_of(e, &l);
    l.state = l.expected == l.counted ? COUNT_SAME : COUNT_DIFFERS;
    for (size_t i = 0; i < e->made_count; i++) {
        struct count_line *o = &e->made[i];
        if (o->bin_id != l.bin_id || o->product_id != l.product_id) continue;
        if (o->condition != l.condition || !text_eq(o->lot, l.lot)) continue;
        return fail_at(c, ERR_INVALID, "counted_twice", "sku",
                       "the same goods stand twice on this sheet: add them up");
    }
    *arena_push(c->arena, e->made, e->made_count, e->made_capacity) = l;
    return OK;
}

static enum err decide(struct ctx *c, struct entering *e, const struct count_entry *in)
{
    const struct product *p = product_sku_in(&e->products, in->sku);
    const struct bin *bin = LIST_FIND_TEXT(&e->bins, struct bin, code, in->bin);
    if (!bin) return no_bin(c, &e->site, in->bin);
    if (!p)
        return fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"",
                       TEXT_ARG(text_head(in->sku, SKU_MAX)));
    if (!is_meant(e, p->product_id))
        return fail_at(c, ERR_INVALID, "not_in_count", "sku", "%.*s is not counted here",
                       TEXT_ARG(p->sku));
    if (p->tracking == TRACKED_BY_LOT && !in->lot.len)
        return fail_at(c, ERR_INVALID, "lot_required", "lot", "%.*s is tracked by lot",
                       TEXT_ARG(p->sku));
    enum stock_condition condition = in->condition < 0
                                         ? condition_in(&e->site, bin, CONDITION_SELLABLE)
                                         : (enum stock_condition)in->condition;
    return make_line(
        c, e,
        (struct count_line){.bin_id = bin->bin_id,
                            .product_id = p->product_id,
                            .lot = in->lot.at ? in->lot : T(""),
                            .condition = (int32_t)condition,
                            .counted = in->quantity,
                            .counted_us = in->counted_us == NONE ? c->now_us : in->counted_us});
}

static bool is_counted(const struct entering *e, const struct stock *s)
{
    const struct count_line *before = e->lines.at;
    for (size_t i = 0; i < e->made_count; i++)
        if (same_cell(s, &e->made[i])) return true;
    for (size_t i = 0; i < e->lines.count; i++)
        if (same_cell(s, &before[i]) && before[i].state != COUNT_AGAIN) return true;
    return false;
}

/* Nobody saw what the books have here: none. */
static enum err finish_bin(struct ctx *c, struct entering *e, struct text code)
{
    const struct bin *bin = LIST_FIND_TEXT(&e->bins, struct bin, code, code);
    const struct stock *cells = e->cells.at;
    if (!bin) return no_bin(c, &e->site, code);
    for (size_t i = 0; i < e->cells.count; i++) {
        const struct stock *s = &cells[i];
        if (s->place_id != bin->bin_id || !s->on_hand || !is_meant(e, s->product_id)) continue;
        if (is_counted(e, s)) continue;
        TRY(make_line(c, e,
                      (struct count_line){.bin_id = s->place_id,
                                          .product_id = s->product_id,
                                          .lot = s->lot,
                                          .condition = s->condition,
                                          .counted_us = c->now_us}));
    }
    TRY(count_bin_add(c, e->count.count_id, bin->bin_id));
    return count_bin_mark(c, e->count.count_id, bin->bin_id, c->now_us);
}

enum err count_enter(struct ctx *c, int64_t count_id, const struct count_sheet *in,
                     struct count_entered *out)
{
    struct entering e = {0};
    struct count_progress progress;
    if (in->entries.count > COUNT_ENTRIES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "entries", "%zu entries, at most %d",
                       in->entries.count, COUNT_ENTRIES_MAX);
    TRY(open_count(c, count_id, &e.count));
    TRY(load(c, &e, in));
    for (size_t i = 0; i < in->entries.count; i++) {
        enum err bad = decide(c, &e, &((const struct count_entry *)in->entries.at)[i]);
        if (bad != OK) return fail_under(c, bad, "entries[%zu]", i);
    }
    for (size_t i = 0; i < in->bins.count; i++) {
        enum err bad = finish_bin(c, &e, ((const struct text *)in->bins.at)[i]);
        if (bad != OK) return fail_under(c, bad, "bins[%zu]", i);
    }
    *out = (struct count_entered){0};
    for (size_t i = 0; i < e.made_count; i++) {
        TRY(count_line_put(c, &e.made[i]));
        if (e.made[i].state == COUNT_SAME)
            out->same++;
        else
            out->differ++;
    }
    TRY(count_progress_of(c, count_id, &progress));
    out->bins_left = progress.bins_left;
    return OK;
}

/* --- the second look ------------------------------------------------------------------------- */

static enum err chosen_lines(struct ctx *c, const struct stock_count *k, const struct list *codes,
                             struct count_line **out, size_t *n)
{
    struct list lines, bins;
    if (!codes->count) {
        TRY(count_lines_in(c, k->count_id, COUNT_DIFFERS, 0, COUNT_LINES_MAX, &lines));
    } else {
        TRY(bins_by_codes(c, &k->site_id, 1, codes->at, codes->count, &bins));
        int64_t *ids = arena_new(c->arena, int64_t, bins.count + 1);
        for (size_t i = 0; i < bins.count; i++) ids[i] = ((const struct bin *)bins.at)[i].bin_id;
        TRY(count_lines_of_bins(c, k->count_id, ids, bins.count, &lines));
    }
    *out = lines.at;
    *n = 0;
    for (size_t i = 0; i < lines.count; i++)
        if ((*out)[i].state == COUNT_DIFFERS) (*out)[(*n)++] = (*out)[i];
    return OK;
}

static int by_cell(const void *a, const void *b)
{
    const struct stock *x = a, *y = b;
    if (x->place_id != y->place_id) return x->place_id < y->place_id ? -1 : 1;
    if (x->product_id != y->product_id) return x->product_id < y->product_id ? -1 : 1;
    int order = text_cmp(x->lot, y->lot);
    return order ? order : x->condition - y->condition;
}

static int64_t on_hand_of(const struct list *cells, const struct count_line *l)
{
    struct stock key = {.place_id = l->bin_id,
                        .product_id = l->product_id,
                        .lot = l->lot,
                        .condition = l->condition};
    const struct stock *s =
        cells->count ? bsearch(&key, cells->at, cells->count, sizeof key, by_cell) : NULL;
    return s ? s->on_hand : 0;
}

static enum err ask_again(struct ctx *c, struct count_line *l, struct count_decided *out)
{
    l->state = COUNT_AGAIN;
    out->again++;
    TRY(count_line_put(c, l));
    return OK;
}

static enum err book(struct ctx *c, const struct stock_count *k, struct count_line *l,
                     struct count_decided *out)
{
    int64_t difference = l->counted - l->expected;
    struct cell bin = {l->bin_id, k->site_id, l->lot, (enum stock_condition)l->condition};
    l->state = COUNT_ACCEPTED;
    out->accepted++;
    *(difference > 0 ? &out->units_found : &out->units_lost) += difference > 0 ? difference
                                                                               : -difference;
    TRY(stock_correct(c, l->product_id, bin, difference, STOCK_COUNT, k->count_id));
    TRY(count_line_put(c, l));
    return event_put(c, EVENT_STOCK_ADJUSTED, NONE, l->product_id,
                     EVENT_BODY(.quantity = difference, .word = T("count"), .other_id = l->bin_id));
}

/* A bin with a line to be counted again is to be walked to again. */
static enum err reopen_bins(struct ctx *c, const struct stock_count *k,
                            const struct count_line *lines, size_t n)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (lines[i].state == COUNT_AGAIN) ids[count++] = lines[i].bin_id;
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    for (size_t i = 0; i < count; i++) TRY(count_bin_mark(c, k->count_id, ids[i], NONE));
    return OK;
}

static enum err decide_lines(struct ctx *c, int64_t count_id, const struct list *bins,
                             bool is_accepted, struct count_decided *out)
{
    struct stock_count k;
    struct count_line *lines;
    struct list cells = {0};
    size_t n;
    *out = (struct count_decided){0};
    TRY(open_count(c, count_id, &k));
    TRY(chosen_lines(c, &k, bins, &lines, &n));
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = lines[i].bin_id;
    sort_i64(ids, n);
    if (is_accepted) TRY(stock_of_places_take(c, ids, unique_i64(ids, n), &cells));
    if (cells.count) qsort(cells.at, cells.count, sizeof(struct stock), by_cell);
    for (size_t i = 0; i < n; i++) {
        int64_t after = on_hand_of(&cells, &lines[i]) + lines[i].counted - lines[i].expected;
        if (!is_accepted || after < 0)
            TRY(ask_again(c, &lines[i], out));
        else
            TRY(book(c, &k, &lines[i], out));
    }
    return reopen_bins(c, &k, lines, n);
}

enum err count_accept(struct ctx *c, int64_t count_id, const struct list *bins,
                      struct count_decided *out)
{
    return decide_lines(c, count_id, bins, true, out);
}

enum err count_again(struct ctx *c, int64_t count_id, const struct list *bins,
                     struct count_decided *out)
{
    return decide_lines(c, count_id, bins, false, out);
}

enum err count_end(struct ctx *c, int64_t count_id, bool leave_rest, struct stock_count *out)
{
    struct count_progress p;
    TRY(open_count(c, count_id, out));
    TRY(count_progress_of(c, count_id, &p));
    if (p.differ || p.again) {
        fail(c, ERR_CONFLICT, "not_decided", "%lld differences wait, %lld are to be counted again",
             (long long)p.differ, (long long)p.again);
        return hint(c, "accept them, or count the bins again");
    }
    if (p.bins_left && !leave_rest) {
        fail(c, ERR_CONFLICT, "not_counted", "%lld of %lld bins are still to be counted",
             (long long)p.bins_left, (long long)p.bins);
        return hint(c, "count them, or leave_rest");
    }
    out->state = COUNT_CLOSED;
    out->closed_us = c->now_us;
    TRY(count_close_row(c, out));
    return event_put(c, EVENT_COUNT_ENDED, NONE, count_id,
                     EVENT_BODY(.quantity = p.bins - p.bins_left, .other_id = out->site_id));
}
