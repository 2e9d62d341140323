/* faces/api/counts.c: counting what lies in bins, and the second look at what differs. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/stockkeeping.h"
#include "services/stockkeeping/counting.h"

static const struct field draft_table[] = {
    FIELD(struct count_draft, site, .max = 64, .about = "its code; the one site when absent"),
    FIELD(struct count_draft, zone, .max = 64, .about = "only this zone"),
    FIELD_TEXTS(struct count_draft, bins, .max = 1000, .about = "only these bins"),
    FIELD_TEXTS(struct count_draft, skus, .max = 1000,
                .about = "only these products, in the bins that hold them"),
    FIELD(struct count_draft, is_blind, .about = "who counts does not see what the books say"),
    FIELD(struct count_draft, note, .flags = F_FREE, .max = COUNT_NOTE_MAX,
          .about = "for the people who count"),
};
static const struct fields draft_fields_of_count =
    FIELDS("new_count", struct count_draft, draft_table);

struct count_view {
    int64_t count_id;
    struct text site;
    int32_t state;
    bool is_blind;
    struct text note;
    int64_t created_us, closed_us;
    struct count_progress progress;
};
static const struct field row_table[] = {
    FIELD_ID(struct count_view, count_id, "id", "cnt"),
    FIELD(struct count_view, site),
    FIELD_ENUM(struct count_view, state, count_state_words),
    FIELD(struct count_view, is_blind),
    FIELD(struct count_view, note),
    FIELD_INSTANT(struct count_view, created_us, "created_at"),
    FIELD_INSTANT(struct count_view, closed_us, "closed_at"),
};
static const struct fields row_fields = FIELDS("count_summary", struct count_view, row_table);
#define PROGRESS(member, words)                                                                    \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(struct count_view, progress.member),  \
        .kind = F_I64, .is_set = true, .about = words                                              \
    }
static const struct field view_table[] = {
    FIELD_ID(struct count_view, count_id, "id", "cnt"),
    FIELD(struct count_view, site),
    FIELD_ENUM(struct count_view, state, count_state_words),
    FIELD(struct count_view, is_blind),
    FIELD(struct count_view, note),
    FIELD_INSTANT(struct count_view, created_us, "created_at"),
    FIELD_INSTANT(struct count_view, closed_us, "closed_at"),
    PROGRESS(bins, "to be counted in all"),
    PROGRESS(bins_left, "still to be counted"),
    PROGRESS(lines, "cells that were counted"),
    PROGRESS(differ, "wait for a decision"),
    PROGRESS(again, "to be counted again"),
};
static const struct fields view_fields = FIELDS("count", struct count_view, view_table);

static struct count_view view_of(const struct stock_count *k, const struct list *sites)
{
    return (struct count_view){.count_id = k->count_id,
                               .site = site_code_in(sites, k->site_id),
                               .state = k->state,
                               .is_blind = k->is_blind != 0,
                               .note = k->note,
                               .created_us = k->created_us,
                               .closed_us = k->closed_us};
}

static enum err show(struct ctx *c, int64_t count_id, struct reply *out)
{
    struct stock_count k;
    struct list sites;
    struct count_view *view = arena_new(c->arena, struct count_view, 1);
    TRY(count_get(c, count_id, false, &k));
    TRY(site_list(c, &sites));
    *view = view_of(&k, &sites);
    TRY(count_progress_of(c, count_id, &view->progress));
    out->record = view;
    return OK;
}

static enum err begin(struct ctx *c, const struct request *in, struct reply *out)
{
    struct stock_count made;
    TRY(count_begin(c, in->body, &made));
    return show(c, made.count_id, out);
}

static enum err count_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show(c, in->ids[0], out);
}

struct page_query {
    struct text after;
    int64_t limit;
};
static const struct field page_table[] = {PAGE_FIELDS(struct page_query)};
static const struct fields page_fields = FIELDS("count_query", struct page_query, page_table);

static enum err counts_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    int64_t limit = page_limit(q->limit), before = INT64_MAX;
    struct list rows, sites;
    TRY(page_after(c, q->after, "cnt", &before));
    TRY(count_list(c, before, limit + 1, &rows));
    TRY(site_list(c, &sites));
    const struct stock_count *at = rows.at;
    if (page_cut(&rows, limit)) out->next = id_text(c->arena, "cnt", at[limit - 1].count_id);
    struct count_view *views = arena_new(c->arena, struct count_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) views[i] = view_of(&at[i], &sites);
    out->list = (struct list){views, rows.count};
    return OK;
}

/* --- where to go ----------------------------------------------------------------------------- */

static const struct field bin_table[] = {
    FIELD_ID(struct count_bin, bin_id, "bin_id", "bin", .flags = F_WIDE),
    {.name = "code",
     .json = "bin",
     .offset = offsetof(struct count_bin, code),
     .kind = F_TEXT,
     .is_set = true},
    FIELD(struct count_bin, zone),
};
static const struct fields bin_fields_of_count =
    FIELDS("count_bin_left", struct count_bin, bin_table);

static enum err bins_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0;
    struct stock_count k;
    TRY(count_get(c, in->ids[0], false, &k));
    TRY(page_after(c, q->after, "bin", &after));
    TRY(count_bins_left(c, k.count_id, after, limit + 1, &out->list));
    if (page_cut(&out->list, limit))
        out->next =
            id_text(c->arena, "bin", ((const struct count_bin *)out->list.at)[limit - 1].bin_id);
    return OK;
}

/* --- entries --------------------------------------------------------------------------------- */

static const struct field entry_table[] = {
    FIELD(struct count_entry, bin, .flags = F_REQUIRED, .max = 64, .about = "its code"),
    FIELD(struct count_entry, sku, .flags = F_REQUIRED, .max = SKU_MAX, .about = "of the product"),
    FIELD(struct count_entry, quantity, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "what is there"),
    FIELD(struct count_entry, lot, .max = 64,
          .about = "lot or serial number, where the product is tracked"),
    FIELD_ENUM(struct count_entry, condition, stock_condition_words, .flags = F_NULL,
               .about = "what the bin is for when absent"),
    FIELD_INSTANT(struct count_entry, counted_us, "counted_at",
                  .about = "when, if not now: what moved since is taken into account"),
};
static const struct fields entry_fields = FIELDS("count_entry", struct count_entry, entry_table);
static const struct field sheet_table[] = {
    FIELD_LIST(struct count_sheet, entries, entry_fields, .max = COUNT_ENTRIES_MAX,
               .about = "what was counted, a row per bin and product"),
    FIELD_TEXTS(struct count_sheet, bins, .max = COUNT_ENTRIES_MAX,
                .about = "codes of bins that are finished: what nobody counted there is none"),
};
static const struct fields sheet_fields = FIELDS("count_sheet", struct count_sheet, sheet_table);
static const struct field entered_table[] = {
    FIELD(struct count_entered, same, .flags = F_NULL, .about = "agree with the books"),
    FIELD(struct count_entered, differ, .flags = F_NULL,
          .about = "wait for a decision; a blind count does not say"),
    FIELD(struct count_entered, bins_left, .about = "still to be counted"),
};
static const struct fields entered_fields =
    FIELDS("count_entered", struct count_entered, entered_table);

static enum err enter(struct ctx *c, const struct request *in, struct reply *out)
{
    struct count_entered *done = arena_new(c->arena, struct count_entered, 1);
    TRY(count_enter(c, in->ids[0], in->body, done));
    struct stock_count k;
    TRY(count_get(c, in->ids[0], false, &k));
    if (k.is_blind) done->same = done->differ = NONE;
    out->record = done;
    return OK;
}

/* --- the second look ------------------------------------------------------------------------- */

struct variance {
    struct text bin, sku, name, lot;
    int32_t condition, state;
    int64_t expected, counted, difference, counted_us, counted_by;
};
static const struct field variance_table[] = {
    FIELD(struct variance, bin),
    FIELD(struct variance, sku),
    FIELD(struct variance, name, .flags = F_WIDE),
    FIELD(struct variance, lot),
    FIELD_ENUM(struct variance, condition, stock_condition_words),
    FIELD_ENUM(struct variance, state, count_line_state_words),
    FIELD(struct variance, expected, .about = "by the books, when it was counted"),
    FIELD(struct variance, counted),
    FIELD(struct variance, difference, .about = "what is booked when it is accepted"),
    FIELD_INSTANT(struct variance, counted_us, "counted_at"),
    FIELD_ID(struct variance, counted_by, "counted_by", "usr", .flags = F_WIDE),
};
static const struct fields variance_fields =
    FIELDS("count_variance", struct variance, variance_table);

static enum err variance_views(struct ctx *c, const struct list *lines, struct list *out)
{
    struct list products, bins;
    const struct count_line *at = lines->at;
    size_t n = lines->count;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *places = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        ids[i] = at[i].product_id;
        places[i] = at[i].bin_id;
    }
    sort_i64(ids, n);
    sort_i64(places, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &products));
    TRY(bins_of(c, places, unique_i64(places, n), &bins));
    struct variance *views = arena_new(c->arena, struct variance, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] = (struct variance){.bin = bin_code_in(&bins, at[i].bin_id),
                                     .sku = p ? p->sku : (struct text){0},
                                     .name = p ? p->name : (struct text){0},
                                     .lot = at[i].lot,
                                     .condition = at[i].condition,
                                     .state = at[i].state,
                                     .expected = at[i].expected,
                                     .counted = at[i].counted,
                                     .difference = at[i].counted - at[i].expected,
                                     .counted_us = at[i].counted_us,
                                     .counted_by = at[i].counted_by};
    }
    *out = (struct list){views, n};
    return OK;
}

/* Pages by whole bins, so that a cursor is a bin: the last bin of a full page is shown next. */
static enum err variances(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0;
    struct stock_count k;
    struct list lines;
    TRY(count_get(c, in->ids[0], false, &k));
    TRY(page_after(c, q->after, "bin", &after));
    TRY(count_lines_in(c, k.count_id, COUNT_DIFFERS, after, COUNT_LINES_MAX, &lines));
    const struct count_line *at = lines.at;
    size_t n = lines.count < (size_t)limit ? lines.count : (size_t)limit;
    while (n < lines.count && at[n].bin_id == at[n - 1].bin_id) n++;
    if (n < lines.count) out->next = id_text(c->arena, "bin", at[n - 1].bin_id);
    lines.count = n;
    return variance_views(c, &lines, &out->list);
}

struct choice {
    struct list bins;
};
static const struct field choice_table[] = {
    FIELD_TEXTS(struct choice, bins, .max = 1000, .about = "codes; all that differ when absent"),
};
static const struct fields choice_fields = FIELDS("count_choice", struct choice, choice_table);
static const struct field decided_table[] = {
    FIELD(struct count_decided, accepted, .about = "lines whose difference is booked"),
    FIELD(struct count_decided, units_found),
    FIELD(struct count_decided, units_lost),
    FIELD(struct count_decided, again, .about = "lines to be counted again"),
};
static const struct fields decided_fields =
    FIELDS("count_decided", struct count_decided, decided_table);

static enum err accept(struct ctx *c, const struct request *in, struct reply *out)
{
    struct count_decided *done = arena_new(c->arena, struct count_decided, 1);
    TRY(count_accept(c, in->ids[0], &((const struct choice *)in->body)->bins, done));
    out->record = done;
    return OK;
}

static enum err again(struct ctx *c, const struct request *in, struct reply *out)
{
    struct count_decided *done = arena_new(c->arena, struct count_decided, 1);
    TRY(count_again(c, in->ids[0], &((const struct choice *)in->body)->bins, done));
    out->record = done;
    return OK;
}

struct ending {
    bool leave_rest;
};
static const struct field ending_table[] = {
    FIELD(struct ending, leave_rest, .about = "end it though bins are not counted"),
};
static const struct fields ending_fields = FIELDS("count_end", struct ending, ending_table);

static enum err end(struct ctx *c, const struct request *in, struct reply *out)
{
    struct stock_count k;
    TRY(count_end(c, in->ids[0], ((const struct ending *)in->body)->leave_rest, &k));
    return show(c, k.count_id, out);
}

#define READ SCOPE(STOCK_READ)
#define WRITE SCOPE(STOCK_WRITE)
const struct route counts_routes[] = {
    {"GET", "/v1/counts", "counts list", READ, ROUTE_LIST, NULL, &page_fields, &row_fields,
     counts_show, "List counts, newest first."},
    {"POST", "/v1/counts", "counts add", WRITE, ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE,
     &draft_fields_of_count, NULL, &view_fields, begin,
     "Begin to count bins, products, a zone or the whole site; orders go on."},
    {"GET", "/v1/counts/{cnt}", "counts show", READ, 0, NULL, NULL, &view_fields, count_show,
     "Show how far a count has come."},
    {"GET", "/v1/counts/{cnt}/bins", "counts bins", READ, ROUTE_LIST, NULL, &page_fields,
     &bin_fields_of_count, bins_show, "List the bins that are still to be counted."},
    {"POST", "/v1/counts/{cnt}/entries", "counts enter", WRITE,
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &sheet_fields, NULL, &entered_fields, enter,
     "Say what is there; nothing is booked before it is accepted."},
    {"GET", "/v1/counts/{cnt}/variances", "counts review", READ, ROUTE_LIST, NULL, &page_fields,
     &variance_fields, variances, "List what differs from the books and waits for a decision."},
    {"POST", "/v1/counts/{cnt}/accept", "counts accept", WRITE, ROUTE_WRITE, &choice_fields, NULL,
     &decided_fields, accept, "Book the differences, however much moved since."},
    {"POST", "/v1/counts/{cnt}/recount", "counts recount", WRITE, ROUTE_WRITE, &choice_fields, NULL,
     &decided_fields, again, "Have what differs counted again."},
    {"POST", "/v1/counts/{cnt}/close", "counts close", WRITE, ROUTE_WRITE, &ending_fields, NULL,
     &view_fields, end, "End a count."},
    {0},
};
