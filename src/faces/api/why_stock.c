/* faces/api/why_stock.c: how the numbers of a product came to be. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/cell.h"
#include "domain/orders/order.h"
#include "domain/sites/site.h"
#include "faces/api/why_tree.h"
#include "queries.h"
#include "store/db.h"

enum { NEWEST_MAX = 200 }; /* entries that are shown one by one */

struct sum {
    int64_t place;
    int32_t reason;
    int64_t quantity, entries, at_us;
};
static const struct field sum_table[] = {
    FIELD(struct sum, place),    FIELD_ENUM(struct sum, reason, stock_reason_words),
    FIELD(struct sum, quantity), FIELD(struct sum, entries),
    FIELD(struct sum, at_us),
};
static const struct fields sum_fields = FIELDS("why_sum", struct sum, sum_table);

struct live {
    int64_t order_id, line_no, site_id, quantity, promised_day;
};
static const struct field live_table[] = {
    FIELD(struct live, order_id),
    FIELD(struct live, line_no),
    FIELD(struct live, site_id),
    FIELD(struct live, quantity),
    FIELD_DAY(struct live, promised_day, "promised_day"),
};
static const struct fields live_fields = FIELDS("why_live", struct live, live_table);

struct asked {
    struct arena *a;
    struct product product;
    struct text bin; /* absent: all */
    struct list availability, cells, bins, sites, sums, entries, lives, orders;
};

/* --- reading --------------------------------------------------------------------------------- */

static enum err find_product(struct ctx *c, struct text sku, struct product *out)
{
    struct list found;
    TRY(products_by_sku(c, &sku, 1, &found));
    if (!found.count) {
        fail_at(c, ERR_NOT_FOUND, "not_found", "sku", "there is no product \"%.*s\"",
                TEXT_ARG(text_head(sku, 64)));
        return hint(c, "waybill products list");
    }
    *out = *(const struct product *)found.at;
    return OK;
}

static enum err read_bins(struct ctx *c, struct asked *q)
{
    const struct stock *cells = q->cells.at;
    int64_t *ids = arena_new(c->arena, int64_t, q->cells.count + 1);
    for (size_t i = 0; i < q->cells.count; i++) ids[i] = cells[i].place_id;
    sort_i64(ids, q->cells.count);
    return bins_of(c, ids, unique_i64(ids, q->cells.count), &q->bins);
}

static enum err read_all(struct ctx *c, struct text sku, struct asked *q)
{
    TRY(find_product(c, sku, &q->product));
    const int64_t id = q->product.product_id;
    struct value m = I64(c->merchant_id);
    TRY(availability_of(c, &id, 1, &q->availability));
    TRY(stock_cells_of(c, &id, 1, &q->cells));
    TRY(read_bins(c, q));
    TRY(site_list(c, &q->sites));
    TRY(db_rows(c, &Q_why_stock_sums, ARGS(m, I64(id)), &sum_fields, &q->sums));
    TRY(stock_entries_of(c, id, INT64_MAX, NEWEST_MAX, &q->entries));
    TRY(db_rows(c, &Q_why_promises, ARGS(m, I64(id)), &live_fields, &q->lives));
    int64_t *orders = arena_new(c->arena, int64_t, q->lives.count + 1);
    for (size_t i = 0; i < q->lives.count; i++)
        orders[i] = ((const struct live *)q->lives.at)[i].order_id;
    size_t n = unique_i64(orders, q->lives.count);
    return n ? order_list_of(c, orders, n, &q->orders) : OK;
}

static const struct bin *bin_of(const struct asked *q, int64_t place_id)
{
    const struct bin *at = q->bins.at;
    for (size_t i = 0; i < q->bins.count; i++)
        if (at[i].bin_id == place_id) return &at[i];
    return NULL;
}

static int64_t number_of(const struct asked *q, int64_t order_id)
{
    const struct order *at = q->orders.at;
    for (size_t i = 0; i < q->orders.count; i++)
        if (at[i].order_id == order_id) return at[i].number;
    return 0;
}

/* --- telling --------------------------------------------------------------------------------- */

static void tell_entries(const struct asked *q, struct why_node *of, const struct sum *sum)
{
    const struct stock_entry *e = q->entries.at;
    int64_t shown = 0;
    for (size_t i = 0; i < q->entries.count; i++) {
        bool is_in = e[i].to_place == sum->place;
        if (e[i].reason != sum->reason || (!is_in && e[i].from_place != sum->place)) continue;
        struct why_node *n =
            why_add(q->a, of,
                    text_printf(q->a, "%s%lld %s", is_in ? "+" : "−", (long long)e[i].quantity,
                                word_of(&stock_reason_words, e[i].reason)));
        n->id = id_text(q->a, "ste", e[i].entry_id);
        why_sign(n, e[i].at_us, e[i].actor_id, e[i].command_id);
        shown++;
    }
    if (shown < sum->entries)
        why_add(q->a, of,
                text_printf(q->a, "and %lld older ones", (long long)(sum->entries - shown)));
}

static void tell_cell(const struct asked *q, struct why_node *of, const struct stock *cell,
                      const struct bin *bin, bool is_first)
{
    const struct sum *sums = q->sums.at;
    struct text where = bin ? bin->code : T("?");
    struct buf b = buf_new(q->a);
    buf_printf(&b, "%.*s", TEXT_ARG(where));
    if (cell->lot.len) buf_printf(&b, ", lot %.*s", TEXT_ARG(cell->lot));
    if (cell->condition != CONDITION_SELLABLE)
        buf_printf(&b, ", %s", word_of(&stock_condition_words, cell->condition));
    buf_printf(&b, ": %lld on hand", (long long)cell->on_hand);
    if (cell->allotted) buf_printf(&b, ", %lld of them to be picked", (long long)cell->allotted);
    struct why_node *n = why_add(q->a, of, buf_text(&b));
    n->id = id_text(q->a, "bin", cell->place_id);
    for (size_t i = 0; i < q->sums.count && is_first; i++) {
        if (sums[i].place != cell->place_id) continue;
        struct why_node *group = why_add(
            q->a, n,
            text_printf(q->a, "%s: %s%lld in %lld %s", word_of(&stock_reason_words, sums[i].reason),
                        sums[i].quantity > 0 ? "+" : "", (long long)sums[i].quantity,
                        (long long)sums[i].entries, sums[i].entries == 1 ? "entry" : "entries"));
        tell_entries(q, group, &sums[i]);
    }
}

static bool is_asked(const struct asked *q, const struct bin *bin)
{
    return !q->bin.at || (bin && text_eq_nocase(bin->code, q->bin));
}

/* Several cells of one bin (lots, conditions) share its entries: they stand below the first. */
static int64_t tell_bins(const struct asked *q, struct why_node *of, int64_t site_id)
{
    const struct stock *cells = q->cells.at;
    int64_t last = NONE, sellable = 0;
    for (size_t i = 0; i < q->cells.count; i++) {
        const struct bin *bin = bin_of(q, cells[i].place_id);
        if (cells[i].site_id != site_id) continue;
        if (cells[i].condition == CONDITION_SELLABLE) sellable += cells[i].on_hand;
        if (!is_asked(q, bin)) continue;
        tell_cell(q, of, &cells[i], bin, cells[i].place_id != last);
        last = cells[i].place_id;
    }
    return sellable;
}

static void tell_promises(const struct asked *q, struct why_node *of, const struct availability *at)
{
    const struct live *live = q->lives.at;
    int64_t told = 0;
    struct why_node *n =
        why_add(q->a, of, text_printf(q->a, "%lld promised", (long long)at->promised));
    for (size_t i = 0; i < q->lives.count; i++) {
        if (live[i].site_id != at->site_id) continue;
        struct buf b = buf_new(q->a);
        buf_printf(&b, "%lld to order %lld, line %lld", (long long)live[i].quantity,
                   (long long)number_of(q, live[i].order_id), (long long)live[i].line_no);
        struct why_node *order = why_add(q->a, n, buf_text(&b));
        order->id = id_text(q->a, "ord", live[i].order_id);
        told += live[i].quantity;
    }
    if (told < at->promised)
        why_add(q->a, n,
                text_printf(q->a, "%lld set aside: in carts, or for an answer of a customer",
                            (long long)(at->promised - told)));
}

static struct text site_code(const struct asked *q, int64_t site_id)
{
    const struct site *at = q->sites.at;
    for (size_t i = 0; i < q->sites.count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return T("?");
}

static void tell_site(const struct asked *q, struct why_node *root, const struct availability *at)
{
    struct text code = site_code(q, at->site_id);
    struct text came = {0};
    if (at->earmarked)
        came = text_printf(q->a, " − %lld came for who waits", (long long)at->earmarked);
    struct why_node *n = why_add(
        q->a, root,
        text_printf(q->a, "%.*s: %lld sellable − %lld promised − %lld kept back%.*s = %lld free",
                    TEXT_ARG(code), (long long)at->sellable, (long long)at->promised,
                    (long long)at->safety, TEXT_ARG(came), (long long)availability_left(at)));
    n->id = id_text(q->a, "sit", at->site_id);
    int64_t in_bins = tell_bins(q, n, at->site_id);
    if (q->bin.at) return;
    if (in_bins != at->sellable)
        why_add(
            q->a, n,
            text_printf(q->a, "%lld in totes and packages", (long long)(at->sellable - in_bins)));
    if (at->promised) tell_promises(q, n, at);
}

enum err why_stock(struct ctx *c, struct text sku, struct text bin, struct why_node **out)
{
    struct asked q = {.a = c->arena, .bin = bin};
    int64_t sellable = 0, promised = 0, left = 0;
    bool is_found = !bin.at;
    TRY(read_all(c, sku, &q));
    const struct availability *at = q.availability.at;
    const struct bin *bins = q.bins.at;
    for (size_t i = 0; i < q.bins.count; i++) is_found = is_found || is_asked(&q, &bins[i]);
    if (!is_found) {
        fail_at(c, ERR_NOT_FOUND, "not_found", "bin", "%.*s was never in a bin \"%.*s\"",
                TEXT_ARG(q.product.sku), TEXT_ARG(text_head(bin, 40)));
        return hint(c, "waybill why stock %.*s names its bins", TEXT_ARG(q.product.sku));
    }
    for (size_t i = 0; i < q.availability.count; i++) {
        sellable += at[i].sellable;
        promised += at[i].promised;
        left += availability_left(&at[i]);
    }
    *out = why_root(c->arena,
                    text_printf(c->arena, "%.*s (%.*s): %lld sellable, %lld promised, %lld free",
                                TEXT_ARG(q.product.sku), TEXT_ARG(q.product.name),
                                (long long)sellable, (long long)promised, (long long)left));
    (*out)->id = id_text(c->arena, "prd", q.product.product_id);
    for (size_t i = 0; i < q.availability.count; i++) tell_site(&q, *out, &at[i]);
    return why_finish(c, *out);
}
