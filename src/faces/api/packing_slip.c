/* faces/api/packing_slip.c: the slip that lies in a package. */
#include "base/sort.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/inventory/serial.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/substitution.h"
#include "domain/orders/work.h"
#include "domain/people/owner.h"
#include "domain/people/people.h"
#include "faces/api/picking.h"
#include "wire/slip.h"

/* Numbers are listed on the slip up to so many of a line; more are told by first and last. */
enum { SLIP_SERIALS_MAX = 20 };

struct slip_work {
    struct package package;
    struct order order;
    struct merchant merchant;
    struct list lines, products, order_lines, tasks, addresses, siblings;
    struct list serials;       /* struct serial_unit, by line, then number */
    struct list substitutions; /* struct substitution */
};

static enum err load_slip(struct ctx *c, int64_t package_id, struct slip_work *s)
{
    TRY(package_get(c, package_id, &s->package));
    TRY(order_get(c, s->package.order_id, &s->order));
    TRY(merchant_get(c, &s->merchant));
    TRY(owner_speaks(c, s->order.owner_id, &s->merchant));
    TRY(package_lines_of(c, &package_id, 1, &s->lines));
    TRY(order_lines_of(c, &s->order.order_id, 1, &s->order_lines));
    TRY(tasks_of(c, &s->package.fulfillment_id, 1, &s->tasks));
    TRY(packages_of_orders(c, &s->order.order_id, 1, &s->siblings));
    struct fulfillment f;
    TRY(fulfillment_get(c, s->package.fulfillment_id, &f));
    TRY(addresses_of(c, &f.ship_to_id, 1, &s->addresses));
    TRY(substitutions_of(c, &s->order.order_id, 1, &s->substitutions));
    size_t n = 0;
    int64_t *ids = arena_new(c->arena, int64_t, s->lines.count + s->substitutions.count + 1);
    for (size_t i = 0; i < s->lines.count; i++)
        ids[n++] = ((const struct package_line *)s->lines.at)[i].product_id;
    for (size_t i = 0; i < s->substitutions.count; i++)
        ids[n++] = ((const struct substitution *)s->substitutions.at)[i].product_id;
    sort_i64(ids, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &s->products));
    return serials_out(c, &package_id, 1, &s->serials);
}

static void add_serials(struct buf *note, const struct slip_work *s, int64_t line_no)
{
    const struct serial_unit *at = s->serials.at, *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < s->serials.count; i++) {
        if (at[i].line_no != line_no) continue;
        if (!first) first = &at[i];
        n++;
    }
    if (!n) return;
    buf_puts(note, note->len ? "; no. " : "no. ");
    if (n > SLIP_SERIALS_MAX) {
        buf_printf(note, "%.*s to %.*s", TEXT_ARG(first->serial), TEXT_ARG(first[n - 1].serial));
        return;
    }
    for (size_t i = 0; i < n; i++)
        buf_printf(note, "%s%.*s", i ? ", " : "", TEXT_ARG(first[i].serial));
}

/* Who unpacks it reads why it is not what was ordered. */
static void add_original(struct buf *note, const struct slip_work *s, int64_t line_no)
{
    const struct substitution *q = substitution_for(&s->substitutions, s->order.order_id, line_no);
    const struct product *p = q ? product_in(&s->products, q->product_id) : NULL;
    if (!p) return;
    buf_printf(note, "%sinstead of %lld × %.*s", note->len ? "; " : "", (long long)q->replaced,
               TEXT_ARG(text_head(p->name, SLIP_NOTE_MAX / 4)));
}

static struct text line_note(struct ctx *c, const struct slip_work *s, int64_t line_no)
{
    const struct order_line *lines = s->order_lines.at;
    struct buf note = buf_new(c->arena);
    for (size_t i = 0; i < s->order_lines.count; i++)
        if (lines[i].line_no == line_no && lines[i].wording.len)
            buf_put(&note, text_head(lines[i].wording, SLIP_NOTE_MAX / 2));
    add_original(&note, s, line_no);
    add_serials(&note, s, line_no);
    return note.len ? text_head(buf_text(&note), SLIP_NOTE_MAX) : (struct text){0};
}

static struct text gift_message(const struct slip_work *s)
{
    const struct task *tasks = s->tasks.at;
    for (size_t i = 0; i < s->tasks.count; i++)
        if (tasks[i].kind == TASK_GIFT_WRAP && tasks[i].wording.len)
            return text_head(tasks[i].wording, SLIP_GIFT_MAX);
    return (struct text){0};
}

static int64_t siblings(const struct slip_work *s)
{
    const struct package *at = s->siblings.at;
    int64_t n = 0;
    for (size_t i = 0; i < s->siblings.count; i++)
        n += at[i].fulfillment_id == s->package.fulfillment_id;
    return n;
}

enum err pack_slip(struct ctx *c, const struct request *in, struct reply *out)
{
    struct slip_work s;
    struct text to[ADDRESS_LINES_MAX], from[1];
    TRY(load_slip(c, in->ids[0], &s));
    const struct package_line *at = s.lines.at;
    struct slip_line *lines = arena_new(c->arena, struct slip_line, s.lines.count + 1);
    for (size_t i = 0; i < s.lines.count; i++) {
        const struct product *p = product_in(&s.products, at[i].product_id);
        lines[i] = (struct slip_line){.sku = p ? p->sku : (struct text){0},
                                      .name = p ? p->name : T("?"),
                                      .note = line_note(c, &s, at[i].line_no),
                                      .quantity = at[i].quantity};
    }
    struct packing_slip slip = {.merchant = s.merchant.name,
                                .merchant_lines = from,
                                .order = text_printf(c->arena, "%lld", (long long)s.order.number),
                                .order_date = day_text(c->arena, day_of_us(s.order.placed_us)),
                                .ship_to = to,
                                .lines = lines,
                                .line_count = s.lines.count,
                                .gift_message = gift_message(&s),
                                .package = s.package.number,
                                .packages = siblings(&s)};
    if (s.merchant.street.len) from[slip.merchant_count++] = s.merchant.street;
    if (s.addresses.count) {
        const struct address *a = s.addresses.at;
        bool is_abroad = !text_eq(a->at.country, s.merchant.country);
        slip.ship_to_count = address_lines(c->arena, &a->at, is_abroad, to);
        if (slip.ship_to_count > SLIP_ADDRESS_MAX) slip.ship_to_count = SLIP_ADDRESS_MAX;
    }
    TRY(slip_render(c, &slip, SHEET_PDF, 300, &out->content));
    out->content_type = text_of(sheet_content_type(SHEET_PDF));
    return OK;
}
