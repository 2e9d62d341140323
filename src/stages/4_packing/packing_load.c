#include "stages/4_packing/packing_load.h"

#include "base/sort.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "plan/gs1.h"

#include <string.h>

static enum err load_goods(struct ctx *c, struct pack_work *w, const int64_t *ids, size_t n)
{
    struct list lines;
    TRY(fulfillment_lines_of(c, ids, n, &lines));
    w->lines = lines.at;
    w->line_count = lines.count;
    int64_t *products = arena_new(c->arena, int64_t, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++) products[i] = w->lines[i].product_id;
    sort_i64(products, lines.count);
    TRY(products_of(c, products, unique_i64(products, lines.count), &w->products));
    w->sites = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < w->fulfillment_count; i++) w->sites[i] = w->fulfillments[i].site_id;
    sort_i64(w->sites, w->fulfillment_count);
    w->site_count = unique_i64(w->sites, w->fulfillment_count);
    w->cartons = arena_new(c->arena, struct list, w->site_count + 1);
    for (size_t i = 0; i < w->site_count; i++) TRY(carton_list(c, w->sites[i], &w->cartons[i]));
    return OK;
}

static enum err load_packages(struct ctx *c, struct pack_work *w, int64_t *orders, size_t n)
{
    sort_i64(orders, n);
    n = unique_i64(orders, n);
    TRY(packages_of_orders(c, orders, n, &w->packages));
    const struct package *at = w->packages.at;
    int64_t *open = arena_new(c->arena, int64_t, w->packages.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < w->packages.count; i++)
        if (at[i].state == PACKAGE_OPEN || at[i].state == PACKAGE_SEALED)
            open[count++] = at[i].package_id;
    sort_i64(open, count);
    return count ? package_lines_of(c, open, count, &w->package_lines) : OK;
}

enum err pack_work_load(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                        struct pack_work *out)
{
    struct list fulfillments;
    *out = (struct pack_work){0};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *orders = arena_new(c->arena, int64_t, n + 1);
    memcpy(ids, fulfillment_ids, n * sizeof *ids);
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(fulfillments_of(c, ids, n, &fulfillments));
    out->fulfillments = fulfillments.at;
    out->fulfillment_count = fulfillments.count;
    bool has_services = false;
    for (size_t i = 0; i < out->fulfillment_count; i++) {
        orders[i] = out->fulfillments[i].order_id;
        has_services = has_services || out->fulfillments[i].services_open > 0;
    }
    TRY(stops_load(c, orders, out->fulfillment_count, &out->stops));
    if (has_services) TRY(tasks_of(c, ids, n, &out->tasks));
    TRY(load_goods(c, out, ids, n));
    return load_packages(c, out, orders, out->fulfillment_count);
}

struct fulfillment *pack_fulfillment(const struct pack_work *w, int64_t fulfillment_id)
{
    const struct list all = {w->fulfillments, w->fulfillment_count};
    return LIST_FIND(&all, struct fulfillment, fulfillment_id, fulfillment_id);
}

struct fulfillment_line *pack_lines(const struct pack_work *w, int64_t fulfillment_id,
                                    size_t *count)
{
    const struct list all = {w->lines, w->line_count};
    struct list own = LIST_RUN(&all, struct fulfillment_line, fulfillment_id, fulfillment_id);
    *count = own.count;
    return own.count ? own.at : NULL;
}

const struct list *pack_cartons(const struct pack_work *w, int64_t site_id)
{
    return &w->cartons[find_i64(w->sites, w->site_count, site_id)];
}

const struct carton *carton_in(const struct list *cartons, int64_t carton_id)
{
    const struct carton *at = cartons->at;
    for (size_t i = 0; i < cartons->count; i++)
        if (at[i].carton_id == carton_id) return &at[i];
    return NULL;
}

int64_t pack_count(const struct pack_work *w, int64_t order_id, int64_t fulfillment_id)
{
    struct list own = LIST_RUN(&w->packages, struct package, order_id, order_id);
    const struct package *at = own.at;
    int64_t most = 0;
    for (size_t i = 0; i < own.count; i++)
        if (at[i].fulfillment_id == fulfillment_id && at[i].number > most) most = at[i].number;
    return most;
}

void pack_weigh(struct pack_weight *sum, const struct product *p, int64_t quantity)
{
    if (p && p->weight_g > 0)
        sum->goods_g += p->weight_g * quantity;
    else if (!sum->unknown.at)
        sum->unknown = p ? p->sku : T("a product");
}

enum err pack_services_done(struct ctx *c, const struct pack_work *w, const struct fulfillment *f)
{
    if (f->services_open == 0) return OK;
    struct buf names = buf_new(c->arena);
    for (size_t i = 0; i < w->tasks.count; i++) {
        const struct task *t = &((const struct task *)w->tasks.at)[i];
        if (t->fulfillment_id != f->fulfillment_id || t->kind == TASK_PICK ||
            t->kind == TASK_PUT_BACK || (t->state != TASK_READY && t->state != TASK_LEASED))
            continue;
        if (names.len) buf_puts(&names, ", ");
        buf_printf(&names, "%s of line %lld", word_of(&task_kind_words, t->kind),
                   (long long)t->line_no);
    }
    return fail(c, ERR_CONFLICT, "services_open", "still to be done: %.*s",
                TEXT_ARG(buf_text(&names)));
}

enum err pack_may_work(struct ctx *c, const struct pack_work *w, const struct fulfillment *f,
                       bool may_start, int64_t version)
{
    if (!f) return fail(c, ERR_NOT_FOUND, "fulfillment_not_found", "there is no such fulfillment");
    TRY(stop_check(c, &w->stops, f, version));
    if (f->state == FULFILLMENT_PACKING || (may_start && f->state == FULFILLMENT_PICKED)) return OK;
    if (f->state < FULFILLMENT_PICKED)
        return fail(c, ERR_CONFLICT, "wrong_state", "it is %s: %lld of %lld units are picked",
                    word_of(&fulfillment_state_words, f->state), (long long)f->picked,
                    (long long)f->units);
    return fail(c, ERR_CONFLICT, "wrong_state", "this fulfillment is %s",
                word_of(&fulfillment_state_words, f->state));
}

enum err pack_begin(struct ctx *c, struct fulfillment *f)
{
    if (f->state != FULFILLMENT_PICKED) return OK;
    TRY(fulfillment_do(c, f, FULFILLMENT_START_PACK));
    return event_put(c, EVENT_PACK_STARTED, f->order_id, f->fulfillment_id, NO_BODY);
}

enum err pack_take(struct ctx *c, struct fulfillment *f, struct fulfillment_line *l,
                   int64_t package_id, int64_t quantity)
{
    struct cell tote = {f->fulfillment_id, NONE, {0}}, package = {package_id, NONE, {0}};
    l->packed += quantity;
    f->packed += quantity;
    TRY(stock_move(c, l->product_id, tote, package, quantity, STOCK_PACK, f->order_id, package_id));
    TRY(order_progress(c, f->order_id, l->line_no, (struct progress){.packed = quantity}));
    TRY(fulfillment_progress(c, f->fulfillment_id, (struct work_progress){.packed = quantity}));
    return fulfillment_line_progress(c, f->fulfillment_id, l->line_no, 0, quantity);
}

enum err pack_finish(struct ctx *c, const struct pack_work *w, int64_t *ids, size_t n)
{
    if (!n) return OK;
    struct list list;
    size_t count = 0;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    bool *took = arena_new(c->arena, bool, n);
    int64_t *ended = arena_new(c->arena, int64_t, n);
    TRY(work_flush(c));
    /* Who seals the last two packages at once: the second waits here and then sees the first's. */
    TRY(fulfillments_lock(c, ids, n));
    TRY(fulfillments_finish(c, ids, n, FULFILLMENT_FINISH_PACK, took));
    for (size_t i = 0; i < n; i++)
        if (took[i]) ended[count++] = ids[i];
    if (!count) return OK;
    TRY(fulfillments_of(c, ended, count, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct fulfillment *f = &((const struct fulfillment *)list.at)[i];
        struct fulfillment *known = pack_fulfillment(w, f->fulfillment_id);
        if (known) known->state = f->state;
        TRY(event_put(c, EVENT_FULFILLMENT_PACKED, f->order_id, f->fulfillment_id,
                      EVENT_BODY(.quantity = f->packed)));
    }
    return OK;
}

enum err pack_tell_sealed(struct ctx *c, const struct package *p, int64_t units,
                          struct text override)
{
    struct buf note = buf_new(c->arena);
    buf_printf(&note, "expected %lld g", (long long)p->expected_g);
    if (p->weight_g != NONE) buf_printf(&note, ", measured %lld g", (long long)p->weight_g);
    if (override.len) buf_printf(&note, "; %.*s", TEXT_ARG(override));
    return event_put(c, EVENT_PACKAGE_SEALED, p->order_id, p->package_id,
                     EVENT_BODY(.quantity = units, .note = buf_text(&note)));
}

enum err pack_number(struct ctx *c, struct pack_numbering *n, int64_t more, struct text *sscc)
{
    if (!n->prefix.len) return OK;
    if (!n->left) {
        TRY(sscc_serials(c, more, &n->next));
        n->left = more;
    }
    n->left--;
    return gs1_sscc(c, 0, n->prefix, n->next++, sscc);
}
