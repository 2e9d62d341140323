/* faces/cli/importing_credits.c: credit notes become returns on the orders that they credit.
 *
 * They wait in memory until some thousand are together, then what was sold to their customers is
 * read once. A line goes to the newest earlier order line that sold enough of the product and has
 * not been credited yet; where none sold enough alone, to several, newest first. What fits nowhere
 * is kept aside: a line of the report, and nothing else. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/orders/archive.h"
#include "domain/orders/order.h"
#include "domain/orders/return.h"
#include "faces/cli/importing_parts.h"

#include <stdlib.h>
#include <string.h>

/* What one unit knows. `left` is per sold line: sold, not credited. */
struct matching {
    struct import *imp;
    struct list customers, products, orders; /* by reference, by SKU, named by credit notes */
    struct list sold;                        /* struct sold_line */
    struct list credited;                    /* struct credited_line, by order and line */
    int64_t *left;
    struct share *shares;
    size_t share_count, share_capacity;
};

/* Part of a credit line on one order line. */
struct share {
    size_t credit;
    int64_t order_id, line_no, product_id, quantity, refund_minor;
};

static struct text note_of(struct ctx *c, const struct credit *k)
{
    return text_printf(c->arena, "credit note %.*s", TEXT_ARG(k->reference));
}

static int64_t customer_id_of(const struct matching *m, struct text reference)
{
    const struct customer *known =
        LIST_FIND_TEXT(&m->customers, struct customer, reference, reference);
    return known ? known->customer_id : NONE;
}

static int64_t order_id_of(const struct matching *m, struct text reference)
{
    const struct order *at = m->orders.at;
    for (size_t i = 0; i < m->orders.count; i++)
        if (text_eq(at[i].reference, reference)) return at[i].order_id;
    return NONE;
}

static int32_t channel_of(const struct import *imp)
{
    int32_t channel = word_find(&channel_words, imp->settings->channel);
    return channel < 0 ? CHANNEL_OTHER : channel;
}

static enum err load_names(struct ctx *c, struct matching *m)
{
    struct import *imp = m->imp;
    size_t n = imp->credit_count, skus = 0, customers = 0, orders = 0;
    struct text *sku = arena_new(c->arena, struct text, n + 1);
    struct text *customer = arena_new(c->arena, struct text, n + 1);
    struct text *order = arena_new(c->arena, struct text, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct credit *k = &imp->credits[i];
        if (!k->is_goods) continue;
        sku[skus++] = k->sku;
        if (k->credited_reference.len)
            order[orders++] = k->credited_reference;
        else if (k->customer_reference.len)
            customer[customers++] = k->customer_reference;
    }
    TRY(products_by_sku_of(c, c->owner_id, sku, import_unique(sku, skus), &m->products));
    TRY(customers_by_reference(c, customer, import_unique(customer, customers), &m->customers));
    return order_by_references(c, (enum channel)channel_of(imp), order,
                               import_unique(order, orders), &m->orders);
}

static int compare_sold(const void *a, const void *b)
{
    const struct sold_line *x = a, *y = b;
    if (x->product_id != y->product_id) return x->product_id < y->product_id ? -1 : 1;
    if (x->placed_us != y->placed_us) return x->placed_us > y->placed_us ? -1 : 1;
    if (x->order_id != y->order_id) return x->order_id > y->order_id ? -1 : 1;
    return x->line_no < y->line_no ? -1 : x->line_no > y->line_no;
}

/* Sold lines by product, newest first, both ways of finding them together, each once. */
static enum err load_sold(struct ctx *c, struct matching *m)
{
    struct list by_customer = {0}, by_order = {0};
    size_t n = m->customers.count, orders = m->orders.count, products = m->products.count;
    int64_t *ids = arena_new(c->arena, int64_t, n + orders + 1);
    int64_t *product_ids = arena_new(c->arena, int64_t, products + 1);
    for (size_t i = 0; i < products; i++)
        product_ids[i] = ((const struct product *)m->products.at)[i].product_id;
    for (size_t i = 0; i < n; i++)
        ids[i] = ((const struct customer *)m->customers.at)[i].customer_id;
    if (n) TRY(sold_to_customers(c, ids, n, product_ids, products, &by_customer));
    for (size_t i = 0; i < orders; i++) ids[i] = ((const struct order *)m->orders.at)[i].order_id;
    if (orders) TRY(sold_in_orders(c, ids, orders, product_ids, products, &by_order));
    size_t count = by_customer.count + by_order.count, kept = 0;
    struct sold_line *sold = arena_new(c->arena, struct sold_line, count + 1);
    if (by_customer.count) memcpy(sold, by_customer.at, by_customer.count * sizeof *sold);
    if (by_order.count)
        memcpy(sold + by_customer.count, by_order.at, by_order.count * sizeof *sold);
    qsort(sold, count, sizeof *sold, compare_sold);
    for (size_t i = 0; i < count; i++)
        if (!kept || compare_sold(&sold[kept - 1], &sold[i]) != 0) sold[kept++] = sold[i];
    m->sold = (struct list){sold, kept};
    return OK;
}

static struct list credited(const struct matching *m, int64_t order_id, int64_t line_no)
{
    struct list own = LIST_RUN(&m->credited, struct credited_line, order_id, order_id);
    return LIST_RUN(&own, struct credited_line, line_no, line_no);
}

static enum err load_credited(struct ctx *c, struct matching *m)
{
    const struct sold_line *sold = m->sold.at;
    int64_t *ids = arena_new(c->arena, int64_t, m->sold.count + 1);
    for (size_t i = 0; i < m->sold.count; i++) ids[i] = sold[i].order_id;
    sort_i64(ids, m->sold.count);
    TRY(credited_of_orders(c, ids, unique_i64(ids, m->sold.count), &m->credited));
    m->left = arena_new(c->arena, int64_t, m->sold.count + 1);
    for (size_t i = 0; i < m->sold.count; i++) {
        m->left[i] = sold[i].quantity;
        struct list own = credited(m, sold[i].order_id, sold[i].line_no);
        const struct credited_line *back = own.at;
        for (size_t k = 0; k < own.count; k++) m->left[i] -= back[k].quantity;
    }
    return OK;
}

static bool may_credit(const struct sold_line *s, const struct credit *k, int64_t customer_id,
                       int64_t order_id)
{
    if (s->placed_us > k->placed_us) return false;
    return order_id != NONE ? s->order_id == order_id : s->customer_id == customer_id;
}

static enum err take_share(struct ctx *c, struct matching *m, size_t credit, size_t sold,
                           int64_t quantity)
{
    const struct sold_line *s = &((const struct sold_line *)m->sold.at)[sold];
    struct share *share = arena_push(c->arena, m->shares, m->share_count, m->share_capacity);
    *share = (struct share){credit, s->order_id, s->line_no, s->product_id, quantity, 0};
    m->left[sold] -= quantity;
    return OK;
}

/* The credit's amount over its shares, by quantity, to the last minor unit. */
static void split_amount(struct ctx *c, struct matching *m, size_t first, int64_t amount_minor)
{
    size_t n = m->share_count - first;
    int64_t *weights = arena_new(c->arena, int64_t, n), *parts = arena_new(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) weights[i] = m->shares[first + i].quantity;
    money_split(amount_minor, weights, n, parts);
    for (size_t i = 0; i < n; i++) m->shares[first + i].refund_minor = parts[i];
}

static bool is_credited(struct ctx *c, const struct matching *m, const struct credit *k,
                        const struct sold_line *s)
{
    struct list own = credited(m, s->order_id, s->line_no);
    const struct credited_line *back = own.at;
    for (size_t i = 0; i < own.count; i++)
        if (text_eq(back[i].note, note_of(c, k))) return true;
    return false;
}

static enum err match(struct ctx *c, struct matching *m, size_t credit)
{
    struct credit *k = &m->imp->credits[credit];
    const struct sold_line *sold = m->sold.at;
    const struct product *p = k->is_goods ? product_sku_in(&m->products, k->sku) : NULL;
    k->end = CREDIT_ASIDE;
    if (!p) return OK;
    int64_t customer_id = customer_id_of(m, k->customer_reference);
    int64_t order_id = k->credited_reference.len ? order_id_of(m, k->credited_reference) : NONE;
    if (order_id == NONE && (customer_id == NONE || k->credited_reference.len)) return OK;
    struct list own = LIST_RUN(&m->sold, struct sold_line, product_id, p->product_id);
    if (!own.count) return OK;
    size_t from = (size_t)((const struct sold_line *)own.at - sold), to = from + own.count;
    size_t first = m->share_count, enough = SIZE_MAX;
    int64_t sum = 0;
    for (size_t i = from; i < to; i++) {
        if (!may_credit(&sold[i], k, customer_id, order_id)) continue;
        if (is_credited(c, m, k, &sold[i])) {
            k->end = CREDIT_KNOWN;
            return OK;
        }
        if (m->left[i] > 0) sum += m->left[i];
        if (m->left[i] >= k->quantity && enough == SIZE_MAX) enough = i;
    }
    if (sum < k->quantity) return OK;
    k->end = CREDIT_TAKEN;
    if (enough != SIZE_MAX) TRY(take_share(c, m, credit, enough, k->quantity));
    int64_t wanted = enough != SIZE_MAX ? 0 : k->quantity;
    for (size_t i = from; wanted > 0; i++) {
        if (m->left[i] <= 0 || !may_credit(&sold[i], k, customer_id, order_id)) continue;
        int64_t quantity = m->left[i] < wanted ? m->left[i] : wanted;
        TRY(take_share(c, m, credit, i, quantity));
        wanted -= quantity;
    }
    split_amount(c, m, first, k->amount_minor);
    return OK;
}

static int compare_shares(const void *a, const void *b, void *credits)
{
    const struct share *x = a, *y = b;
    const struct credit *all = credits;
    int order = text_cmp(all[x->credit].reference, all[y->credit].reference);
    if (order) return order;
    if (x->order_id != y->order_id) return x->order_id < y->order_id ? -1 : 1;
    return x->line_no < y->line_no ? -1 : x->line_no > y->line_no;
}

static enum err save_return(struct ctx *c, struct matching *m, const struct share *first,
                            struct return_line *lines, size_t n)
{
    const struct credit *k = &m->imp->credits[first->credit];
    struct order_return r = {.merchant_id = c->merchant_id,
                             .order_id = first->order_id,
                             .return_id = source_id(c->source),
                             .case_id = NONE,
                             .package_id = NONE,
                             .site_id = NONE,
                             .reason = RETURN_BECAUSE_OTHER,
                             .note = note_of(c, k),
                             .created_us = k->placed_us,
                             .settled_us = NONE,
                             .at_door_us = NONE};
    int64_t units = 0;
    for (size_t i = 0; i < n; i++) {
        lines[i].return_id = r.return_id;
        units += lines[i].quantity;
    }
    m->imp->unit.returns++;
    TRY(return_insert(c, &r, lines, n, true));
    return event_put(c, EVENT_RETURN_REQUESTED, r.order_id, r.return_id,
                     EVENT_BODY(.quantity = units, .note = r.note));
}

/* One return per credit note and order; two credit lines on one order line are one line of it. */
static enum err save(struct ctx *c, struct matching *m)
{
    struct share *s = m->shares;
    struct credit *credits = m->imp->credits;
    if (!m->share_count) return OK;
    qsort_r(s, m->share_count, sizeof *s, compare_shares, credits);
    for (size_t i = 0, next; i < m->share_count; i = next) {
        struct text reference = credits[s[i].credit].reference;
        struct return_line *lines = NULL;
        size_t n = 0, capacity = 0;
        for (next = i; next < m->share_count && s[next].order_id == s[i].order_id &&
                       text_eq(credits[s[next].credit].reference, reference);
             next++) {
            if (!n || lines[n - 1].line_no != s[next].line_no)
                *arena_push(c->arena, lines, n, capacity) =
                    return_line_new(c, 0, s[next].line_no, s[next].product_id, 0);
            if (lines[n - 1].credit_minor == NONE) lines[n - 1].credit_minor = 0;
            lines[n - 1].quantity += s[next].quantity;
            lines[n - 1].credit_minor += s[next].refund_minor;
        }
        TRY(save_return(c, m, &s[i], lines, n));
    }
    return OK;
}

enum err import_credits_unit(struct import *imp, struct ctx *c)
{
    struct matching m = {.imp = imp};
    TRY(load_names(c, &m));
    TRY(load_sold(c, &m));
    TRY(load_credited(c, &m));
    for (size_t i = 0; i < imp->credit_count; i++) TRY(match(c, &m, i));
    return save(c, &m);
}

static void report_aside(struct import *imp, const struct credit *k)
{
    if (!k->is_goods)
        import_refuse(imp, imp->options->path, k->row, "", "credit_note_money",
                      "money without goods; give it back with a refund on the order");
    else
        import_refuse(imp, imp->options->path, k->row, "", "credit_note_unmatched",
                      k->customer_reference.len || k->credited_reference.len
                          ? "no earlier order of this customer sold enough of it"
                          : "it names neither an order nor a customer");
}

/* The counts of a credit note go by its best line: taken, else known, else kept aside. */
static void count_credits(struct import *imp)
{
    struct import_counts *n = imp->counts;
    for (size_t i = 0, next; i < imp->credit_count; i = next) {
        bool any[CREDIT_ASIDE + 1] = {false};
        for (next = i; next < imp->credit_count && (next == i || !imp->credits[next].is_first);
             next++) {
            const struct credit *k = &imp->credits[next];
            any[k->end] = true;
            if (k->end == CREDIT_TAKEN) n->credited += k->rows;
            if (k->end == CREDIT_KNOWN) n->known += k->rows;
            if (k->end != CREDIT_ASIDE) continue;
            n->refused += k->rows;
            report_aside(imp, k);
        }
        if (any[CREDIT_TAKEN])
            n->credit_notes++;
        else if (any[CREDIT_KNOWN])
            n->credit_notes_known++;
        else
            n->credit_notes_kept_aside++;
    }
}

enum err import_credits_end(struct import *imp)
{
    if (!imp->credit_count) return OK;
    TRY(import_orders_flush(imp)); /* the orders that stand before them */
    struct ctx work = imp->work;
    imp->work.arena = &imp->credit_arena;
    enum err e = import_unit(imp, import_credits_unit, BATCH_CREDITS);
    work.fault = imp->work.fault;
    imp->work = work;
    if (e == OK) count_credits(imp);
    imp->credits = NULL;
    imp->credit_count = imp->credit_capacity = 0;
    arena_reset(&imp->credit_arena);
    return e;
}

enum err import_credit(struct import *imp, const struct mapped_order *o, int64_t rows)
{
    struct arena *a = &imp->credit_arena;
    struct credit head = {.reference = text_copy(a, o->reference),
                          .credited_reference = text_copy(a, o->credited_reference),
                          .customer_reference = text_copy(a, o->customer.reference),
                          .placed_us = o->placed_us,
                          .is_first = true};
    bool is_row_each = rows == (int64_t)o->line_count;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct mapped_line *l = &o->lines[i];
        struct credit *k = arena_push(a, imp->credits, imp->credit_count, imp->credit_capacity);
        *k = head;
        k->sku = text_copy(a, l->sku);
        k->is_goods = l->kind == MAPPED_GOODS;
        k->quantity = l->quantity;
        k->amount_minor = l->total_minor + l->tax_minor;
        k->row = is_row_each ? l->row : o->first_row;
        k->rows = is_row_each ? 1 : i == 0 ? rows : 0;
        head.is_first = false;
    }
    size_t most = imp->options->server ? BATCH_CREDITS_FULL : IMPORT_CREDITS_MAX;
    return imp->credit_count < most ? OK : import_credits_end(imp);
}
