/* faces/cli/mapping_orders.c: rows gathered into orders.
 *
 *   row ── key ──> open group ── window full, or end of file ──> order to the sink
 *
 * The group that was touched longest ago leaves first. Every key ever seen stays in a table of
 * hashes, so that a row that comes too late is refused instead of making a second order. */
#include "base/hash.h"
#include "faces/cli/mapping_parts.h"

#include <stdio.h>
#include <string.h>

struct place {
    const char *file;
    int64_t row, line;
};

struct group {
    struct arena own;            /* reused from order to order */
    struct arena *arena;         /* own, or the reading's when all groups stay open */
    struct group *older, *newer; /* open groups by their last row */
    struct text key;
    int64_t hash;
    bool has_head, is_refused;
    struct line_sign sign;
    struct mapped_order order;
    struct mapped_line *lines;
    struct mapped_payment *payments;
    struct place *rows; /* in the order, not reported yet */
    size_t line_count, line_capacity, payment_count, payment_capacity, row_count, row_capacity;
    int64_t main_rows;  /* of `rows`, those of the main file */
    struct fault fault; /* why it is refused */
    int64_t fault_row;
};

struct seen {
    int64_t hash;
    struct group *group; /* NULL once it was given away */
    bool is_taken;
};

struct orders {
    struct reading *r;
    struct group *oldest, *newest, *spare;
    size_t open_count, seen_count, seen_size; /* size is a power of two */
    struct seen *seen;
    struct arena seen_arena;
};

static struct seen *seen_slot(const struct orders *o, int64_t hash)
{
    size_t at = (size_t)hash & (o->seen_size - 1);
    while (o->seen[at].is_taken && o->seen[at].hash != hash) at = (at + 1) & (o->seen_size - 1);
    return &o->seen[at];
}

/* Grow in a fresh arena, so that the old table's memory is given back. */
static void seen_grow(struct orders *o)
{
    struct arena older = o->seen_arena;
    struct seen *from = o->seen;
    size_t n = o->seen_size;
    o->seen_arena = (struct arena){0};
    o->seen_size = n ? n * 2 : 1024;
    o->seen = arena_new(&o->seen_arena, struct seen, o->seen_size);
    for (size_t i = 0; i < n; i++)
        if (from[i].is_taken) *seen_slot(o, from[i].hash) = from[i];
    arena_free(&older);
}

static void unlink_group(struct orders *o, struct group *g)
{
    *(g->older ? &g->older->newer : &o->oldest) = g->newer;
    *(g->newer ? &g->newer->older : &o->newest) = g->older;
    g->older = g->newer = NULL;
}

static void link_newest(struct orders *o, struct group *g)
{
    g->older = o->newest;
    *(o->newest ? &o->newest->newer : &o->oldest) = g;
    o->newest = g;
}

static enum err report(struct reading *r, const struct place *at, const struct fault *f,
                       bool is_skipped)
{
    return refuse(r, &(struct refused_row){.file = at->file,
                                           .row = at->row,
                                           .line = at->line,
                                           .column = f->field,
                                           .reason = f->reason,
                                           .detail = f->detail,
                                           .is_skipped = is_skipped});
}

/* The rows of a refused order that are not wrong themselves. */
static enum err group_refuse(struct orders *o, struct group *g)
{
    struct reading *r = o->r;
    fail(r->c, ERR_INVALID, "order_refused", "order \"%.*s\": row %lld is wrong (%s)",
         (int)(g->key.len < 60 ? g->key.len : 60), g->key.at, (long long)g->fault_row,
         g->fault.reason);
    struct fault f = r->c->fault;
    r->counts->groups_refused++;
    r->counts->refused += g->main_rows;
    for (size_t i = 0; i < g->row_count; i++) TRY(report(r, &g->rows[i], &f, false));
    return OK;
}

static enum err total_sum(struct ctx *c, struct mapped_order *order, int64_t *lines_minor)
{
    int64_t sum = 0;
    bool over = false;
    for (size_t i = 0; i < order->line_count; i++)
        over |= __builtin_add_overflow(sum, order->lines[i].total_minor, &sum);
    *lines_minor = sum;
    for (size_t i = 0; i < order->line_count; i++)
        over |= __builtin_add_overflow(sum, order->lines[i].tax_minor, &sum);
    over |= __builtin_add_overflow(sum, order->shipping_minor, &sum);
    if (over || sum > MONEY_MINOR_MAX || sum < -MONEY_MINOR_MAX)
        return fail(c, ERR_INVALID, "amount_too_large", "the order's total is out of range");
    order->total_minor = sum;
    return OK;
}

static void group_fault(struct reading *r, struct group *g, int64_t row)
{
    if (!g->is_refused) {
        g->fault = r->c->fault;
        g->fault_row = row;
    }
    g->is_refused = true;
}

static enum err group_give(struct orders *o, struct group *g)
{
    struct reading *r = o->r;
    int64_t lines_minor = 0;
    g->order.lines = g->lines;
    g->order.line_count = g->line_count;
    g->order.payments = g->payments;
    g->order.payment_count = g->payment_count;
    if (!g->is_refused && total_sum(r->c, &g->order, &lines_minor) != OK)
        group_fault(r, g, g->order.first_row);
    if (g->is_refused) return group_refuse(o, g);
    if (g->line_count == 0) {
        r->counts->groups_empty++;
        return OK;
    }
    r->counts->used += g->main_rows;
    r->counts->lines += (int64_t)g->line_count;
    *(g->order.is_credit_note ? &r->counts->credit_notes : &r->counts->sales) += 1;
    *(g->order.is_credit_note ? &r->counts->credits_minor : &r->counts->sales_minor) += lines_minor;
    return r->sink->order ? r->sink->order(r->c, r->sink->arg, &g->order) : OK;
}

static enum err group_end(struct orders *o, struct group *g)
{
    unlink_group(o, g);
    seen_slot(o, g->hash)->group = NULL;
    o->open_count--;
    enum err e = group_give(o, g);
    struct arena own = g->own;
    arena_reset(&own);
    *g = (struct group){.own = own, .newer = o->spare};
    o->spare = g;
    return e;
}

/* The group of a key; NULL when it was given away already. */
static enum err group_find(struct orders *o, struct text key, bool is_credit_note,
                           struct group **out)
{
    struct reading *r = o->r;
    struct group *g = o->newest;
    *out = g;
    if (g && g->order.is_credit_note == is_credit_note && text_eq(g->key, key)) return OK;
    if (2 * (o->seen_count + 1) > o->seen_size) seen_grow(o);
    struct text marked = text_printf(&r->scratch, "%d%.*s", is_credit_note, TEXT_ARG(key));
    int64_t hash = hash_i64(marked);
    struct seen *at = seen_slot(o, hash);
    *out = g = at->group;
    if (at->is_taken) {
        if (g) unlink_group(o, g), link_newest(o, g);
        return OK;
    }
    if (r->mapping->grouping != GROUP_MEMORY && o->open_count == r->mapping->window)
        TRY(group_end(o, o->oldest));
    g = o->spare ? o->spare : arena_new(&r->arena, struct group, 1);
    if (o->spare) o->spare = g->newer;
    g->newer = NULL;
    g->arena = r->mapping->grouping == GROUP_MEMORY ? &r->arena : &g->own;
    g->key = text_copy(g->arena, key);
    g->hash = hash;
    g->order.is_credit_note = is_credit_note;
    g->order.first_row = r->row.number;
    *at = (struct seen){hash, g, true};
    o->seen_count++;
    o->open_count++;
    r->counts->groups++;
    link_newest(o, g);
    *out = g;
    return OK;
}

static struct place here(const struct reading *r)
{
    return (struct place){r->sources[0].path, r->row.number, r->row.line};
}

/* Only what is wrong with the row passes; a broken file or a full disk stops the reading. */
static bool is_of_row(enum err e) { return e == ERR_INVALID; }

static enum err line_take(struct reading *r, struct group *g, int64_t row)
{
    struct mapped_line line;
    int64_t shipping_minor;
    if (g->line_count == MAPPING_LINES_MAX)
        return fail(r->c, ERR_INVALID, "too_many_lines", "an order of more than 20000 lines");
    TRY(order_line(r, g->arena, g->order.is_credit_note, &g->sign, &line, &shipping_minor));
    line.row = row;
    if (__builtin_add_overflow(g->order.shipping_minor, shipping_minor, &g->order.shipping_minor))
        return fail(r->c, ERR_INVALID, "amount_too_large", "the order's freight is out of range");
    *arena_push(g->arena, g->lines, g->line_count, g->line_capacity) = line;
    return OK;
}

/* Make `row` the present one of its join, and forget joins that may hang on the one before. */
static void join_stand_on(struct reading *r, int join, struct join_row *row)
{
    for (int i = 1; i <= (int)r->mapping->join_count; i++) {
        if (i != join && (i == r->mapping->line_join || i == r->mapping->payment_join)) continue;
        r->sources[i].current = i == join ? row : NULL;
        r->sources[i].is_looked_up = i == join;
    }
    row->entry->is_used = true;
}

static enum err joined_rows(struct reading *r, int join, struct join_row **first, size_t *count)
{
    struct text key;
    TRY(value_of(r, &r->scratch, &r->mapping->joins[join].on, &key));
    *count = 0;
    *first = NULL;
    return text_empty(key) ? OK : join_find(r, join, key, first, count);
}

/* One row of the joined lines: in the order, skipped by a rule, or the order's ruin. */
static enum err joined_line(struct reading *r, struct group *g, struct join_row *row)
{
    const struct rule *skip = NULL;
    struct place at = {r->sources[r->mapping->line_join].path, row->entry->row, 0};
    join_stand_on(r, r->mapping->line_join, row);
    enum err e = rule_holds(r, RULE_SKIP, true, &skip);
    if (e == OK && skip) {
        struct fault f = {.detail = "by a skip rule of the mapping"};
        snprintf(f.reason, sizeof f.reason, "%.*s", TEXT_ARG(skip->word));
        return report(r, &at, &f, true);
    }
    if (e == OK) e = line_take(r, g, row->entry->row);
    if (e == OK) {
        *arena_push(g->arena, g->rows, g->row_count, g->row_capacity) = at;
        return OK;
    }
    if (!is_of_row(e)) return e;
    group_fault(r, g, row->entry->row);
    return report(r, &at, &r->c->fault, false);
}

static enum err joined_lines(struct reading *r, struct group *g)
{
    struct join_row *row;
    size_t count;
    TRY(joined_rows(r, r->mapping->line_join, &row, &count));
    for (size_t i = 0; i < count; i++) TRY(joined_line(r, g, row + i));
    if (g->line_count || g->is_refused) return OK;
    return fail(r->c, ERR_INVALID, "no_lines", "an order without lines");
}

static enum err payments_take(struct reading *r, struct group *g)
{
    struct join_row *row = NULL;
    size_t count = 1;
    int join = r->mapping->payment_join;
    if (!slot_is_set(r, PAYMENT_AMOUNT)) return OK;
    if (join) TRY(joined_rows(r, join, &row, &count));
    if (count > MAPPING_PAYMENTS_MAX)
        return fail(r->c, ERR_INVALID, "too_many_payments", "an order of more than 1000 payments");
    for (size_t i = 0; i < count; i++) {
        struct mapped_payment p = {0};
        if (join) join_stand_on(r, join, row + i);
        TRY(order_payment(r, g->arena, &p));
        *arena_push(g->arena, g->payments, g->payment_count, g->payment_capacity) = p;
    }
    return OK;
}

static enum err row_build(struct reading *r, struct group *g)
{
    if (r->row.count != r->header_count)
        return fail(r->c, ERR_INVALID, "column_count", "%zu columns where the header has %zu",
                    r->row.count, r->header_count);
    if (!g->has_head) {
        TRY(order_head(r, g->arena, &g->order, g->key));
        TRY(payments_take(r, g));
        g->has_head = true;
    }
    return r->mapping->line_join ? joined_lines(r, g) : line_take(r, g, r->row.number);
}

/* The joined lines of an order that a rule leaves out go with it. */
static enum err joined_skip(struct reading *r, const struct fault *f)
{
    struct join_row *row;
    size_t count;
    if (r->mapping->payment_join) {
        TRY(joined_rows(r, r->mapping->payment_join, &row, &count));
        for (size_t i = 0; i < count; i++) row[i].entry->is_used = true;
    }
    if (!r->mapping->line_join) return OK;
    TRY(joined_rows(r, r->mapping->line_join, &row, &count));
    for (size_t i = 0; i < count; i++) {
        row[i].entry->is_used = true;
        struct place at = {r->sources[r->mapping->line_join].path, row[i].entry->row, 0};
        TRY(report(r, &at, f, true));
    }
    return OK;
}

static enum err row_skip(struct reading *r, const struct rule *rule)
{
    struct fault f = {.detail = "by a skip rule of the mapping"};
    struct place at = here(r);
    snprintf(f.reason, sizeof f.reason, "%.*s", TEXT_ARG(rule->word));
    r->counts->skipped++;
    TRY(report(r, &at, &f, true));
    return joined_skip(r, &f);
}

static enum err row_refuse(struct reading *r)
{
    struct place at = here(r);
    r->counts->refused++;
    return report(r, &at, &r->c->fault, false);
}

/* What tells orders apart. Where lines are joined each row is an order, told by its reference. */
static enum err row_key(struct reading *r, struct text *key, bool *is_credit_note)
{
    const struct rule *credit;
    enum slot slot = slot_is_set(r, ORDER_GROUP) ? ORDER_GROUP : ORDER_REFERENCE;
    if (r->mapping->grouping == GROUP_EACH || !slot_is_set(r, slot))
        *key = text_printf(&r->scratch, "%lld", (long long)r->row.number);
    else
        TRY(value_slot(r, &r->scratch, slot, key));
    if (text_empty(*key))
        return fail(r->c, ERR_INVALID, "group_missing", "no order is named in this row");
    TRY(rule_holds(r, RULE_CREDIT_NOTE, false, &credit));
    *is_credit_note = credit != NULL;
    return OK;
}

static enum err row_too_late(struct reading *r, struct text key)
{
    int shown = (int)(key.len < 60 ? key.len : 60);
    if (r->mapping->line_join)
        fail(r->c, ERR_INVALID, "order_repeated", "order \"%.*s\" came before", shown, key.at);
    else
        fail(r->c, ERR_INVALID, "rows_apart",
             "rows of \"%.*s\" lie too far apart: the mapping needs rows = memory, or a wider "
             "window",
             shown, key.at);
    return row_refuse(r);
}

static enum err row_take(struct orders *o)
{
    struct reading *r = o->r;
    struct group *g = NULL;
    struct text key = T("");
    bool is_credit_note = false;
    const struct rule *skip = NULL;
    enum err e = row_key(r, &key, &is_credit_note);
    if (e != OK) return is_of_row(e) ? row_refuse(r) : e;
    TRY(group_find(o, key, is_credit_note, &g));
    if (!g || (r->mapping->line_join && g->order.first_row != r->row.number))
        return row_too_late(r, key);
    g->order.last_row = r->row.number;
    if (r->row.count == r->header_count) e = rule_holds(r, RULE_SKIP, false, &skip);
    if (e == OK && skip) return row_skip(r, skip);
    if (e == OK) e = row_build(r, g);
    if (r->stopped != OK || (e != OK && !is_of_row(e))) return e;
    if (e != OK) {
        group_fault(r, g, r->row.number);
        return row_refuse(r);
    }
    g->main_rows++;
    *arena_push(g->arena, g->rows, g->row_count, g->row_capacity) = here(r);
    return OK;
}

/* Lines and payments whose order is not in the main file. */
static enum err orphans_refuse(struct reading *r, int join)
{
    const struct source_file *s = &r->sources[join];
    fail(r->c, ERR_INVALID, "no_order", "its order is not in the main file");
    struct fault f = r->c->fault;
    if (join) join_sort_back(r, join);
    for (size_t i = 0; join && i < s->row_count; i++) {
        struct place at = {s->path, s->rows[i].row, 0};
        if (!s->rows[i].is_used) TRY(report(r, &at, &f, false));
    }
    return OK;
}

static enum err all_rows(struct orders *o)
{
    struct reading *r = o->r;
    for (bool more = true;;) {
        TRY(reading_next(r, &more));
        if (!more) break;
        TRY(row_take(o));
    }
    while (o->oldest) TRY(group_end(o, o->oldest));
    TRY(orphans_refuse(r, r->mapping->line_join));
    if (r->mapping->payment_join != r->mapping->line_join)
        TRY(orphans_refuse(r, r->mapping->payment_join));
    return OK;
}

static void groups_free(struct group *g)
{
    for (; g; g = g->newer) arena_free(&g->own);
}

enum err read_orders(struct reading *r)
{
    static const enum slot needed[] = {ORDER_PLACED, LINE_SKU, LINE_QUANTITY, ORDER_GROUP};
    const struct mapping *m = r->mapping;
    struct orders o = {.r = r};
    bool alone = m->grouping == GROUP_EACH || m->line_join;
    TRY(require_slots(r, needed, alone ? 3 : 4));
    if (!slot_is_set(r, LINE_UNIT) && !slot_is_set(r, LINE_TOTAL))
        TRY(require_slots(r, (const enum slot[]){LINE_UNIT}, 1));
    enum err e = all_rows(&o);
    if (m->line_join) {
        r->counts->line_rows = (int64_t)r->sources[m->line_join].row_count;
        r->counts->line_rows_left_out = r->counts->line_rows - r->counts->lines;
    }
    groups_free(o.oldest);
    groups_free(o.spare);
    arena_free(&o.seen_arena);
    return e;
}
