#include "faces/pages/order_parts.h"

#include "base/money.h"
#include "base/sort.h"
#include "domain/inventory/stock.h"
#include "domain/orders/worth.h"
#include "domain/people/owner.h"
#include "domain/sites/site.h"

static enum err load_goods(struct ctx *c, const struct list *lines, struct order_set *s)
{
    const struct order_line *l = lines->at;
    const struct substitution *q = s->substitutions.at;
    size_t n = 0, services = 0, asked = s->substitutions.count;
    int64_t *ids = arena_new(c->arena, int64_t, lines->count + asked + 1);
    for (size_t i = 0; i < asked; i++) ids[n++] = q[i].substitute_id;
    for (size_t i = 0; i < lines->count; i++) {
        if (l[i].kind == LINE_SERVICE) services++;
        if (l[i].kind != LINE_SERVICE && l[i].product_id != NONE) ids[n++] = l[i].product_id;
    }
    sort_i64(ids, n);
    if (n) TRY(products_of(c, ids, unique_i64(ids, n), &s->products));
    return services ? service_list(c, &s->offers) : OK;
}

static enum err load_packages(struct ctx *c, const int64_t *ids, size_t n, struct list *packages,
                              struct order_set *s)
{
    TRY(packages_of_orders(c, ids, n, packages));
    if (!packages->count) return OK;
    const struct package *p = packages->at;
    int64_t *package_ids = arena_new(c->arena, int64_t, packages->count);
    for (size_t i = 0; i < packages->count; i++) package_ids[i] = p[i].package_id;
    sort_i64(package_ids, packages->count);
    TRY(package_lines_of(c, package_ids, packages->count, &s->package_lines));
    return labels_shown(c, packages, &s->labels);
}

static const struct address *address_in(const struct list *addresses, int64_t address_id)
{
    const struct address *at = addresses->at;
    for (size_t i = 0; i < addresses->count; i++)
        if (at[i].address_id == address_id) return &at[i];
    return NULL;
}

static enum err load_addresses(struct ctx *c, struct order_set *s)
{
    struct list addresses;
    int64_t *ids = arena_new(c->arena, int64_t, s->count + 1);
    for (size_t i = 0; i < s->count; i++) ids[i] = s->at[i].order.ship_to_id;
    sort_i64(ids, s->count);
    TRY(addresses_of(c, ids, unique_i64(ids, s->count), &addresses));
    for (size_t i = 0; i < s->count; i++) {
        const struct address *at = address_in(&addresses, s->at[i].order.ship_to_id);
        if (at) s->at[i].ship_to = *at;
    }
    return OK;
}

static void add_wait(struct list *waits, const struct order_line *l, int64_t units, int64_t day)
{
    struct order_wait *at = waits->at;
    for (size_t i = 0; i < waits->count; i++)
        if (at[i].line == l && at[i].day == day) {
            at[i].units += units;
            return;
        }
    at[waits->count++] = (struct order_wait){l, units, day};
}

struct list order_waits(struct arena *a, const struct order_parts *o)
{
    struct list out = {arena_new(a, struct order_wait, o->line_count + o->earmark_count + 1), 0};
    if (o->state.commercial != COMMERCIAL_PLACED) return out;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        int64_t open = line_is_physical(l) ? l->quantity - l->cancelled - l->allocated : 0;
        if (open <= 0) continue;
        for (size_t e = 0; e < o->earmark_count; e++) {
            int64_t units = o->earmarks[e].units + o->earmarks[e].arrived;
            if (o->earmarks[e].line_no != l->line_no) continue;
            add_wait(&out, l, units, o->earmarks[e].promised_day);
            open -= units;
        }
        if (open > 0) add_wait(&out, l, open, NONE);
    }
    return out;
}

static void add_waits(struct arena *a, struct order_parts *o)
{
    struct list waits = order_waits(a, o);
    const struct order_wait *at = waits.at;
    for (size_t i = 0; i < waits.count; i++) {
        if (at[i].day == NONE) {
            o->promised_day = NONE;
            return;
        }
        if (at[i].day > o->promised_day) o->promised_day = at[i].day;
    }
}

/* All lists are ascending by order: hand each order its share. */
static void share_out(struct arena *a, struct order_set *s, const struct list *states,
                      const struct list *lines, const struct list *packages,
                      const struct list *promises, const struct list *earmarks)
{
    const struct order_state *state = states->at;
    const struct order_line *line = lines->at;
    const struct package *package = packages->at;
    const struct promise *promise = promises->at;
    size_t st = 0, l = 0, k = 0, p = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct order_parts *o = &s->at[i];
        int64_t id = o->order.order_id;
        while (st < states->count && state[st].order_id < id) st++;
        if (st < states->count && state[st].order_id == id) o->state = state[st];
        while (l < lines->count && line[l].order_id < id) l++;
        o->lines = line + l;
        for (; l < lines->count && line[l].order_id == id; l++) o->line_count++;
        while (k < packages->count && package[k].order_id < id) k++;
        o->packages = package + k;
        for (; k < packages->count && package[k].order_id == id; k++) o->package_count++;
        while (p < promises->count && promise[p].order_id < id) p++;
        for (; p < promises->count && promise[p].order_id == id; p++)
            if (promise[p].promised_day > o->promised_day)
                o->promised_day = promise[p].promised_day;
        struct list own = LIST_RUN(earmarks, struct earmark, order_id, id);
        o->earmarks = own.at;
        o->earmark_count = own.count;
        add_waits(a, o);
    }
}

static enum err load_owners(struct ctx *c, struct order_set *s)
{
    struct owner_codes codes;
    int64_t *ids = arena_new(c->arena, int64_t, s->count + 1);
    for (size_t i = 0; i < s->count; i++) ids[i] = s->at[i].order.owner_id;
    TRY(owner_codes_load(c, ids, s->count, &codes));
    s->owners = codes.owners;
    return OK;
}

struct merchant order_voice(const struct order_set *s, const struct order_parts *o)
{
    return owner_voice(&s->owners, o->order.owner_id, &s->merchant);
}

enum err order_parts_load(struct ctx *c, const int64_t *order_ids, size_t n, struct order_set *out)
{
    struct list orders, states, lines, packages, promises, earmarks;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    *out = (struct order_set){0};
    for (size_t i = 0; i < n; i++) ids[i] = order_ids[i];
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(merchant_get(c, &out->merchant));
    TRY(order_list_of(c, ids, n, &orders));
    out->count = orders.count;
    out->at = arena_new(c->arena, struct order_parts, orders.count + 1);
    for (size_t i = 0; i < orders.count; i++) {
        out->at[i].order = ((const struct order *)orders.at)[i];
        out->at[i].promised_day = NONE;
    }
    TRY(load_owners(c, out));
    TRY(order_states_of(c, ids, n, &states));
    TRY(order_lines_of(c, ids, n, &lines));
    TRY(substitutions_of(c, ids, n, &out->substitutions));
    TRY(load_goods(c, &lines, out));
    TRY(load_packages(c, ids, n, &packages, out));
    TRY(promises_of(c, ids, n, &promises));
    TRY(load_addresses(c, out));
    TRY(earmarks_of(c, ids, n, &earmarks));
    share_out(c->arena, out, &states, &lines, &packages, &promises, &earmarks);
    return OK;
}

const struct order_parts *order_parts_find(const struct order_set *s, int64_t order_id)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->at[i].order.order_id == order_id) return &s->at[i];
    return NULL;
}

static const struct service_offer *offer_in(const struct order_set *s, int64_t service_id)
{
    const struct service_offer *at = s->offers.at;
    for (size_t i = 0; i < s->offers.count; i++)
        if (at[i].service_id == service_id) return &at[i];
    return NULL;
}

struct text order_line_name(const struct order_set *s, const struct order_line *l)
{
    if (l->name.len) return l->name;
    if (l->kind == LINE_SERVICE) {
        const struct service_offer *offer = offer_in(s, l->product_id);
        return offer ? offer->name : T("service");
    }
    const struct product *p = product_in(&s->products, l->product_id);
    return p ? p->name : T("item");
}

static struct text product_name(const struct order_set *s, int64_t product_id)
{
    const struct product *p = product_in(&s->products, product_id);
    return p ? p->name : T("item");
}

struct text order_line_words(struct arena *a, const struct order_set *s, const struct order_line *l)
{
    const struct substitution *q = substitution_for(&s->substitutions, l->order_id, l->line_no);
    if (l->wording.len || !q) return l->wording;
    return text_printf(a, "instead of %lld × %.*s", (long long)q->replaced,
                       TEXT_ARG(product_name(s, q->product_id)));
}

struct text substitution_words(struct arena *a, const struct order_set *s,
                               const struct order_parts *o, const struct substitution *q)
{
    struct text cost = {0};
    if (q->cost_minor == 0)
        cost = T(" at no charge");
    else if (q->cost_minor != NONE)
        cost = text_printf(a, " for %.*s",
                           TEXT_ARG(money_text(a, q->cost_minor, text_cstr(a, o->order.currency))));
    return text_printf(a, "%lld × %.*s%.*s instead of %lld × %.*s", (long long)q->units,
                       TEXT_ARG(product_name(s, q->substitute_id)), TEXT_ARG(cost),
                       (long long)q->replaced, TEXT_ARG(product_name(s, q->product_id)));
}

int64_t order_line_kept(const struct order_parts *o, const struct order_line *l)
{
    bool is_off = l->kind == LINE_GOODS && o->state.commercial != COMMERCIAL_CANCELLED;
    return is_off ? l->quantity - l->cancelled : l->quantity;
}

struct order_amounts order_amounts(const struct order_parts *o)
{
    const struct order *of = &o->order;
    struct order_amounts sum = {of->goods_minor, of->discount_minor, of->tax_minor,
                                of->total_minor};
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        int64_t kept = order_line_kept(o, l), goods;
        if (kept == l->quantity) continue;
        goods = l->total_minor - l->tax_minor + l->discount_minor;
        int64_t off_goods = goods - money_share(goods, kept, l->quantity);
        int64_t off_tax = l->tax_minor - line_share(l, l->tax_minor, kept, l->quantity);
        int64_t off_total = l->total_minor - line_share(l, l->total_minor, kept, l->quantity);
        sum.goods_minor -= off_goods;
        sum.discount_minor -= off_goods + off_tax - off_total;
        sum.tax_minor -= off_tax;
        sum.total_minor -= off_total;
    }
    return sum;
}

struct text order_line_sku(const struct order_set *s, const struct order_line *l)
{
    if (l->kind == LINE_SERVICE || l->kind == LINE_CHARGE) return (struct text){0};
    const struct product *p = product_in(&s->products, l->product_id);
    return p ? p->sku : (struct text){0};
}

const struct package_line *package_content(const struct order_set *s, int64_t package_id,
                                           size_t *count)
{
    const struct package_line *at = s->package_lines.at;
    size_t first = 0;
    *count = 0;
    while (first < s->package_lines.count && at[first].package_id != package_id) first++;
    while (first + *count < s->package_lines.count && at[first + *count].package_id == package_id)
        ++*count;
    return at ? at + first : NULL;
}

const struct label *package_label(const struct order_set *s, int64_t package_id)
{
    const struct label *at = s->labels.at;
    for (size_t i = 0; i < s->labels.count; i++)
        if (at[i].package_id == package_id && at[i].state < LABEL_VOIDED) return &at[i];
    return NULL;
}

struct text carrier_text(const struct order_set *s, const struct label *label)
{
    return text_is(label->carrier, "house") ? s->merchant.name : label->carrier;
}

enum err pickup_place(struct ctx *c, const struct order_set *s, const struct order_parts *o,
                      struct list *lines)
{
    struct list sites;
    int64_t site_id = NONE;
    *lines = (struct list){0};
    for (size_t i = 0; i < o->package_count; i++)
        if (o->packages[i].state >= PACKAGE_SEALED) site_id = o->packages[i].site_id;
    if (site_id == NONE) return OK;
    TRY(site_list(c, &sites));
    const struct site *at = sites.at;
    for (size_t i = 0; i < sites.count; i++) {
        if (at[i].site_id != site_id) continue;
        const struct postal_address place = {.organization = at[i].name,
                                             .line1 = at[i].street,
                                             .postal_code = at[i].postal_code,
                                             .city = at[i].city,
                                             .country = at[i].country};
        *lines = address_text(c->arena, &s->merchant, &place);
    }
    return OK;
}

struct text method_text(int32_t method)
{
    switch ((enum delivery_method)method) {
    case METHOD_STANDARD: return T("Standard delivery");
    case METHOD_EXPRESS: return T("Express delivery");
    case METHOD_SIGNATURE: return T("Delivery against signature");
    case METHOD_ADULT_SIGNATURE: return T("Delivery to an adult, against signature");
    case METHOD_PICKUP: return T("Collection in the shop");
    }
    return (struct text){0};
}

struct list address_text(struct arena *a, const struct merchant *m, const struct postal_address *at)
{
    struct text *lines = arena_new(a, struct text, ADDRESS_LINES_MAX);
    size_t n = address_lines(a, at, !text_eq(at->country, m->country), lines);
    return (struct list){lines, n};
}
