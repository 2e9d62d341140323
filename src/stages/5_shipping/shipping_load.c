#include "stages/5_shipping/shipping_load.h"

#include "base/sort.h"
#include "domain/people/owner.h"

#include <string.h>

void shipping_refuse(struct ctx *c, struct fault *fault, enum err e)
{
    *fault = c->fault;
    fault->code = e;
    c->fault = (struct fault){0};
}

enum err shipping_batch(struct ctx *c, size_t n)
{
    if (n <= SHIPPING_BATCH_MAX) return OK;
    return fail(c, ERR_TOO_LARGE, "too_many", "%zu packages at once, at most %d", n,
                SHIPPING_BATCH_MAX);
}

/* The distinct values of an int64_t member, ascending. */
static int64_t *keys_of(struct arena *a, const struct list *l, size_t size, size_t key_at,
                        size_t *count)
{
    int64_t *keys = arena_new(a, int64_t, l->count + 1);
    for (size_t i = 0; i < l->count; i++)
        memcpy(&keys[i], (const char *)l->at + i * size + key_at, sizeof *keys);
    sort_i64(keys, l->count);
    *count = unique_i64(keys, l->count);
    return keys;
}
#define KEYS_OF(list, type, member, count)                                                         \
    keys_of(c->arena, (list), sizeof(type), offsetof(type, member), (count))

enum err shipping_lock(struct ctx *c, const struct package *packages, size_t n, int64_t **order_ids,
                       size_t *orders)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = packages[i].order_id;
    sort_i64(ids, n);
    *orders = unique_i64(ids, n);
    *order_ids = ids;
    return orders_lock(c, ids, *orders);
}

/* The newest label that still counts; labels stand by package, then in the order they came. */
static const struct label *label_of(const struct list *labels, int64_t package_id)
{
    struct list own = LIST_RUN(labels, struct label, package_id, package_id);
    const struct label *at = own.at, *found = NULL;
    for (size_t i = 0; i < own.count; i++)
        if (at[i].state < LABEL_VOIDED) found = &at[i];
    return found;
}

static const struct site *site_of(const struct list *sites, int64_t site_id)
{
    const struct site *at = sites->at;
    for (size_t i = 0; i < sites->count; i++)
        if (at[i].site_id == site_id) return &at[i];
    return NULL;
}

/* Packages of orders stand by order, then in the order they were opened. */
static void count_siblings(const struct shipments *all, struct shipment *s)
{
    struct list own = LIST_RUN(&all->of_orders, struct package, order_id, s->package->order_id);
    const struct package *at = own.at;
    s->is_first = own.count && at[0].package_id == s->package->package_id;
    for (size_t i = 0; i < own.count; i++)
        s->packages += at[i].fulfillment_id == s->package->fulfillment_id;
}

/* Where the packages are to go, and where their labels were to bring them. */
static enum err load_addresses(struct ctx *c, struct shipments *out)
{
    const struct fulfillment *f = out->fulfillments.at;
    const struct label *l = out->labels.at;
    size_t count = 0;
    int64_t *keys = arena_new(c->arena, int64_t, out->fulfillments.count + out->labels.count + 1);
    for (size_t i = 0; i < out->fulfillments.count; i++) keys[count++] = f[i].ship_to_id;
    for (size_t i = 0; i < out->labels.count; i++) keys[count++] = l[i].ship_to_id;
    sort_i64(keys, count);
    return addresses_of(c, keys, unique_i64(keys, count), &out->addresses);
}

static enum err load_owners(struct ctx *c, struct shipments *out)
{
    const struct order *at = out->orders.at;
    struct owner_codes codes;
    int64_t *ids = arena_new(c->arena, int64_t, out->orders.count + 1);
    for (size_t i = 0; i < out->orders.count; i++) ids[i] = at[i].owner_id;
    TRY(owner_codes_load(c, ids, out->orders.count, &codes));
    out->owners = codes.owners;
    return OK;
}

static int64_t grams_of(const struct package *p)
{
    return p->weight_g != NONE && p->weight_g > 0 ? p->weight_g : p->expected_g;
}

static enum err load_inside(struct ctx *c, struct shipments *out)
{
    const struct package *p = out->packages.at;
    int64_t *ids = arena_new(c->arena, int64_t, out->packages.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < out->packages.count; i++)
        if (p[i].inside_count) ids[n++] = p[i].package_id;
    return n ? packages_inside(c, ids, n, &out->inside) : OK;
}

static enum err weigh_inside(struct ctx *c, const struct shipments *all, struct shipment *s)
{
    const struct package *in = all->inside.at;
    int64_t *orders = arena_new(c->arena, int64_t, (size_t)s->package->inside_count + 1);
    size_t n = 0;
    orders[n++] = s->package->order_id;
    for (size_t i = 0; i < all->inside.count; i++) {
        if (in[i].inside_id != s->package->package_id) continue;
        if (n > (size_t)s->package->inside_count)
            return fail(c, ERR_BUSY, "raced", "what lies in the parcel changes just now");
        s->inside_g += grams_of(&in[i]);
        orders[n++] = in[i].order_id;
    }
    sort_i64(orders, n);
    s->orders = (int64_t)unique_i64(orders, n);
    return OK;
}

enum err shipments_load(struct ctx *c, const int64_t *package_ids, size_t n, struct shipments *out)
{
    size_t count;
    int64_t *keys = arena_new(c->arena, int64_t, n + 1);
    *out = (struct shipments){.n = n};
    memcpy(keys, package_ids, n * sizeof *keys);
    sort_i64(keys, n);
    size_t distinct = unique_i64(keys, n);
    TRY(merchant_get(c, &out->merchant));
    TRY(packages_of(c, keys, distinct, &out->packages));
    TRY(labels_of(c, keys, distinct, &out->labels));
    keys = KEYS_OF(&out->packages, struct package, fulfillment_id, &count);
    TRY(fulfillments_of(c, keys, count, &out->fulfillments));
    keys = KEYS_OF(&out->packages, struct package, order_id, &count);
    TRY(order_list_of(c, keys, count, &out->orders));
    TRY(load_owners(c, out));
    TRY(packages_of_orders(c, keys, count, &out->of_orders));
    TRY(load_addresses(c, out));
    TRY(load_inside(c, out));
    TRY(site_list(c, &out->sites));
    out->at = arena_new(c->arena, struct shipment, n + 1);
    bool *is_seen = arena_new(c->arena, bool, out->packages.count + 1);
    for (size_t i = 0; i < n; i++) {
        struct shipment *s = &out->at[i];
        s->package = LIST_FIND(&out->packages, struct package, package_id, package_ids[i]);
        if (!s->package) continue;
        size_t number = (size_t)(s->package - (const struct package *)out->packages.at);
        s->is_again = is_seen[number];
        is_seen[number] = true;
        s->fulfillment = LIST_FIND(&out->fulfillments, struct fulfillment, fulfillment_id,
                                   s->package->fulfillment_id);
        s->order = LIST_FIND(&out->orders, struct order, order_id, s->package->order_id);
        if (s->fulfillment)
            s->to =
                LIST_FIND(&out->addresses, struct address, address_id, s->fulfillment->ship_to_id);
        s->site = site_of(&out->sites, s->package->site_id);
        s->label = label_of(&out->labels, s->package->package_id);
        if (s->label)
            s->label_to =
                LIST_FIND(&out->addresses, struct address, address_id, s->label->ship_to_id);
        count_siblings(out, s);
        TRY(weigh_inside(c, out, s));
        if (!s->fulfillment || !s->order || !s->to || !s->site)
            return fail(c, ERR_BUG, "package_alone", "package %lld lacks its order or site",
                        (long long)package_ids[i]);
    }
    return OK;
}
