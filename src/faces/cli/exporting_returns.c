/* faces/cli/exporting_returns.c: returns and credit notes, with what became of each line. */
#include "base/sort.h"
#include "domain/orders/order.h"
#include "domain/orders/return.h"
#include "faces/cli/exporting_parts.h"

struct line_record {
    int64_t line_no;
    struct text sku;
    int64_t quantity;
    int32_t state;
    int64_t received, restocked, quarantined, scrapped, sent_back;
    struct money refund;
};
static const struct field line_table[] = {
    FIELD(struct line_record, line_no),
    FIELD(struct line_record, sku),
    FIELD(struct line_record, quantity),
    FIELD_ENUM(struct line_record, state, return_state_words),
    FIELD(struct line_record, received),
    FIELD(struct line_record, restocked),
    FIELD(struct line_record, quarantined),
    FIELD(struct line_record, scrapped),
    FIELD(struct line_record, sent_back),
    FIELD(struct line_record, refund),
};
static const struct fields line_fields = FIELDS("returned_line", struct line_record, line_table);

struct return_record {
    int64_t return_id, number;
    struct text order_reference, credit_note;
    int32_t reason;
    struct text note;
    int64_t created_us, settled_us;
    struct money refund;
    struct list lines;
};
static const struct field record_table[] = {
    FIELD_ID(struct return_record, return_id, "id", "ret"),
    FIELD(struct return_record, number),
    FIELD(struct return_record, order_reference),
    FIELD(struct return_record, credit_note),
    FIELD_ENUM(struct return_record, reason, return_reason_words),
    FIELD(struct return_record, note),
    FIELD_INSTANT(struct return_record, created_us, "created_at"),
    FIELD_INSTANT(struct return_record, settled_us, "settled_at", .flags = F_NULL),
    FIELD(struct return_record, refund),
    FIELD_LIST(struct return_record, lines, line_fields),
};
static const struct fields record_fields =
    FIELDS("returned_goods", struct return_record, record_table);

/* A row per line, for spreadsheets. */
struct row {
    int64_t return_id, number;
    struct text order_reference, credit_note;
    int32_t reason;
    int64_t created_us, settled_us, line_no;
    struct text sku;
    int64_t quantity;
    int32_t state;
    int64_t received, restocked, quarantined, scrapped, sent_back;
    struct money refund;
    struct text currency;
};
static const struct field row_table[] = {
    FIELD_ID(struct row, return_id, "id", "ret"),
    FIELD(struct row, number),
    FIELD(struct row, order_reference),
    FIELD(struct row, credit_note),
    FIELD_ENUM(struct row, reason, return_reason_words),
    FIELD_INSTANT(struct row, created_us, "created_at"),
    FIELD_INSTANT(struct row, settled_us, "settled_at", .flags = F_NULL),
    FIELD(struct row, line_no),
    FIELD(struct row, sku),
    FIELD(struct row, quantity),
    FIELD_ENUM(struct row, state, return_state_words),
    FIELD(struct row, received),
    FIELD(struct row, restocked),
    FIELD(struct row, quarantined),
    FIELD(struct row, scrapped),
    FIELD(struct row, sent_back),
    FIELD(struct row, refund),
    FIELD(struct row, currency),
};
static const struct fields row_fields = FIELDS("returned_row_csv", struct row, row_table);

struct returns_page {
    struct list returns, lines, orders, products;
};

static enum err load(struct ctx *c, struct export *x, struct returns_page *p)
{
    TRY(return_page(c, x->after_id, RETURNS_EXPORT_PAGE, &p->returns));
    const struct order_return *at = p->returns.at;
    size_t n = p->returns.count;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *orders = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = at[i].return_id;
    for (size_t i = 0; i < n; i++) orders[i] = at[i].order_id;
    sort_i64(orders, n);
    TRY(return_lines_of(c, ids, n, &p->lines));
    TRY(order_list_of(c, orders, unique_i64(orders, n), &p->orders));
    const struct return_line *l = p->lines.at;
    int64_t *products = arena_new(c->arena, int64_t, p->lines.count + 1);
    for (size_t i = 0; i < p->lines.count; i++) products[i] = l[i].product_id;
    sort_i64(products, p->lines.count);
    return products_of(c, products, unique_i64(products, p->lines.count), &p->products);
}

static void put_rows(struct export *x, const struct return_record *r, const char *currency)
{
    const struct line_record *l = r->lines.at;
    for (size_t i = 0; i < r->lines.count; i++) {
        struct row row = {r->return_id,   r->number,        r->order_reference, r->credit_note,
                          r->reason,      r->created_us,    r->settled_us,      l[i].line_no,
                          l[i].sku,       l[i].quantity,    l[i].state,         l[i].received,
                          l[i].restocked, l[i].quarantined, l[i].scrapped,      l[i].sent_back,
                          l[i].refund,    text_of(currency)};
        export_put_csv(x, &row_fields, &row);
    }
    x->written++;
}

/* The lines of one return, which stand together from `*next` on. */
static struct list lines_of(struct ctx *c, const struct returns_page *p, int64_t return_id,
                            size_t *next, struct money *refund)
{
    const struct return_line *l = p->lines.at;
    struct line_record *lines = NULL;
    size_t n = 0, capacity = 0;
    for (; *next < p->lines.count && l[*next].return_id == return_id; ++*next) {
        const struct return_line *at = &l[*next];
        const struct product *sold = product_in(&p->products, at->product_id);
        refund->minor += at->refund_minor;
        *arena_push(c->arena, lines, n, capacity) =
            (struct line_record){.line_no = at->line_no,
                                 .sku = sold ? sold->sku : (struct text){0},
                                 .quantity = at->quantity,
                                 .state = at->state,
                                 .received = at->received,
                                 .restocked = at->restocked,
                                 .quarantined = at->quarantined,
                                 .scrapped = at->scrapped,
                                 .sent_back = at->sent_back,
                                 .refund = money(at->refund_minor, refund->currency)};
    }
    return (struct list){lines, n};
}

enum err export_returns_page(struct export *x, bool *more)
{
    struct ctx *c = x->c;
    struct returns_page p;
    size_t next = 0;
    TRY(load(c, x, &p));
    const struct order_return *at = p.returns.at;
    *more = p.returns.count == RETURNS_EXPORT_PAGE;
    for (size_t i = 0; i < p.returns.count; i++) {
        const struct order *o = LIST_FIND(&p.orders, struct order, order_id, at[i].order_id);
        bool is_credit = text_starts(at[i].note, T("credit note "));
        struct money refund = money(0, o ? text_cstr(c->arena, o->currency) : "");
        struct return_record r = {.return_id = at[i].return_id,
                                  .number = o ? o->number : NONE,
                                  .order_reference = o ? o->reference : (struct text){0},
                                  .reason = at[i].reason,
                                  .note = at[i].note,
                                  .created_us = at[i].created_us,
                                  .settled_us = at[i].settled_us};
        if (is_credit) r.credit_note = text_skip(at[i].note, sizeof "credit note " - 1);
        r.lines = lines_of(c, &p, at[i].return_id, &next, &refund);
        r.refund = refund;
        x->after_id = at[i].return_id;
        if (x->options->is_csv)
            put_rows(x, &r, refund.currency);
        else
            export_put(x, &record_fields, &r);
    }
    return OK;
}
