#include "stages/1_receipt/receipt_load.h"

#include "base/hash.h"
#include "base/sort.h"
#include "base/time.h"
#include "plan/door_day.h"
#include "stages/1_receipt/receipt_substitute.h"

#include <stdlib.h>
#include <string.h>

static int compare_texts(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

static size_t unique_texts(struct text *at, size_t n)
{
    size_t kept = 0;
    if (n) qsort(at, n, sizeof *at, compare_texts);
    for (size_t i = 0; i < n; i++)
        if (!kept || !text_eq(at[kept - 1], at[i])) at[kept++] = at[i];
    return kept;
}

static enum err load_products(struct ctx *c, const struct draft *drafts, size_t n, struct known *k)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < n; i++) count += drafts[i].lines.count;
    struct text *skus = arena_new(c->arena, struct text, count + 1);
    for (size_t i = 0; i < n; i++) {
        const struct draft_line *lines = drafts[i].lines.at;
        for (size_t l = 0; l < drafts[i].lines.count; l++)
            if (lines[l].sku.len) skus[at++] = lines[l].sku;
    }
    at = unique_texts(skus, at);
    TRY(products_by_sku_of(c, OWNER_ANY, skus, at, &k->products));
    const struct product *products = k->products.at;
    int64_t *kits = arena_new(c->arena, int64_t, k->products.count + 1);
    size_t kit_count = 0;
    for (size_t i = 0; i < k->products.count; i++)
        if (products[i].kind == PRODUCT_KIT) kits[kit_count++] = products[i].product_id;
    if (kit_count) TRY(kit_parts_of(c, kits, kit_count, &k->parts));
    TRY(receipt_load_substitutes(c, drafts, n, k));
    int64_t *ids =
        arena_new(c->arena, int64_t, k->products.count + k->parts.count + k->rules.count + 1);
    size_t id_count = 0;
    for (size_t i = 0; i < k->products.count; i++) ids[id_count++] = products[i].product_id;
    for (size_t i = 0; i < k->parts.count; i++)
        ids[id_count++] = ((const struct kit_part *)k->parts.at)[i].part_id;
    sort_i64(ids, id_count);
    id_count = unique_i64(ids, id_count);
    if (k->parts.count) TRY(products_of(c, ids, id_count, &k->by_id));
    for (size_t i = 0; i < k->rules.count; i++)
        ids[id_count++] = ((const struct substitute *)k->rules.at)[i].substitute_id;
    sort_i64(ids, id_count);
    id_count = unique_i64(ids, id_count);
    TRY(availability_of(c, ids, id_count, &k->stock));
    TRY(reserves_of(c, ids, id_count, &k->reserves));
    TRY(preorders_of(c, ids, id_count, &k->preorders));
    int64_t *priced = arena_new(c->arena, int64_t, id_count + k->offers.count + 1);
    memcpy(priced, ids, id_count * sizeof *ids);
    for (size_t i = 0; i < k->offers.count; i++)
        priced[id_count + i] = ((const struct service_offer *)k->offers.at)[i].service_id;
    return prices_of(c, priced, id_count + k->offers.count, &k->prices);
}

static enum err load_references(struct ctx *c, const struct draft *drafts, size_t n,
                                struct known *k)
{
    size_t capacity = 0;
    struct text *names = arena_new(c->arena, struct text, n + 1);
    for (int32_t channel = 0; channel <= CHANNEL_OTHER; channel++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            if (drafts[i].channel == channel && drafts[i].reference.len)
                names[count++] = drafts[i].reference;
        if (!count) continue;
        struct list found;
        TRY(order_by_references(c, (enum channel)channel, names, count, &found));
        for (size_t i = 0; i < found.count; i++) {
            struct order *all = k->orders.at;
            struct order *slot = arena_push(c->arena, all, k->orders.count, capacity);
            k->orders.at = all;
            *slot = ((const struct order *)found.at)[i];
        }
    }
    return OK;
}

static enum err load_customers(struct ctx *c, const struct draft *drafts, size_t n, struct known *k)
{
    struct text *names = arena_new(c->arena, struct text, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (drafts[i].customer_reference.len) names[count++] = drafts[i].customer_reference;
    count = unique_texts(names, count);
    return count ? customers_by_reference(c, names, count, &k->customers) : OK;
}

/* What makes two orders look the same: who, what, where to. */
static int64_t likeness(struct ctx *c, const struct draft *d)
{
    struct buf b = buf_new(c->arena);
    struct text who = d->customer_email.len   ? d->customer_email
                      : d->customer_phone.len ? d->customer_phone
                                              : d->customer_reference;
    if (!who.len && d->ship_to) who = address_key(c->arena, d->ship_to);
    buf_put(&b, text_lower(c->arena, who));
    if (d->owner_id) {
        buf_putc(&b, '\n');
        buf_put_i64(&b, d->owner_id);
    }
    const struct draft_line *lines = d->lines.at;
    for (size_t i = 0; i < d->lines.count; i++) {
        buf_putc(&b, '\n');
        buf_put(&b, lines[i].sku);
        buf_putc(&b, '*');
        buf_put_i64(&b, lines[i].quantity);
    }
    return hash_i64(buf_text(&b));
}

static enum err load_alike(struct ctx *c, const struct draft *drafts, size_t n, struct known *k)
{
    int64_t *fresh = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    k->drafts = drafts;
    k->likeness = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        k->likeness[i] = likeness(c, &drafts[i]);
        if (!drafts[i].is_lenient) fresh[count++] = k->likeness[i];
    }
    return count ? order_alike(c, fresh, count, &k->alike) : OK;
}

int64_t draft_likeness(const struct known *k, const struct draft *d)
{
    return k->likeness[d - k->drafts];
}

/* A row for each site of limited capacity: what it was given for its next day so far. */
static enum err load_loads(struct ctx *c, struct known *k)
{
    const struct site *sites = k->sites.at;
    int64_t *days = arena_new(c->arena, int64_t, k->sites.count + 1);
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < k->sites.count; i++)
        if (sites[i].capacity_units)
            days[n++] = leave_day(sites[i].work_days, sites[i].cutoff_minute, c->now_us);
    if (!n) return OK;
    struct list found;
    TRY(site_loads_of(c, days, n, &found));
    const struct site_load *at = found.at;
    struct site_load *all = NULL;
    for (size_t i = 0; i < k->sites.count; i++) {
        if (!sites[i].capacity_units) continue;
        struct site_load *slot = arena_push(c->arena, all, k->loads.count, capacity);
        *slot = (struct site_load){leave_day(sites[i].work_days, sites[i].cutoff_minute, c->now_us),
                                   sites[i].site_id, 0};
        for (size_t l = 0; l < found.count; l++)
            if (at[l].site_id == slot->site_id && at[l].leave_day == slot->leave_day)
                slot->units = at[l].units;
    }
    k->loads.at = all;
    return OK;
}

enum tax_policy draft_taxes(const struct known *k, const struct draft *d)
{
    if (d->taxes >= 0) return (enum tax_policy)d->taxes;
    return d->is_lenient ? TAXES_GIVEN : (enum tax_policy)k->policy.taxes;
}

static enum err load_taxes(struct ctx *c, const struct draft *drafts, size_t n, struct known *k)
{
    TRY(money_policy_get(c, &k->policy));
    for (size_t i = 0; i < n; i++)
        if (draft_taxes(k, &drafts[i]) != TAXES_GIVEN) return tax_rates(c, &k->rates);
    return OK;
}

static enum err load_credits(struct ctx *c, const struct draft *drafts, size_t n, struct known *k)
{
    struct credit_keys keys = {0};
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += drafts[i].payments.count;
    if (!count) return OK;
    keys.code_hashes = arena_new(c->arena, struct text, count);
    keys.emails = arena_new(c->arena, struct text, count);
    keys.customer_ids = arena_new(c->arena, int64_t, count);
    for (size_t i = 0; i < n; i++) {
        const struct draft_payment *at = drafts[i].payments.at;
        for (size_t p = 0; p < drafts[i].payments.count; p++) {
            struct text code = credit_code_normal(c->arena, at[p].code);
            const struct customer *who =
                customer_find(k, drafts[i].owner_id, drafts[i].customer_reference);
            if (at[p].method == PAY_GIFT_CARD && code.at)
                keys.code_hashes[keys.codes++] = credit_code_hash(c->arena, code);
            if (at[p].method != PAY_STORE_CREDIT) continue;
            if (who)
                keys.customer_ids[keys.customers++] = who->customer_id;
            else if (drafts[i].customer_email.len)
                keys.emails[keys.emails_count++] = drafts[i].customer_email;
        }
    }
    keys.codes = unique_texts(keys.code_hashes, keys.codes);
    keys.emails_count = unique_texts(keys.emails, keys.emails_count);
    sort_i64(keys.customer_ids, keys.customers);
    keys.customers = unique_i64(keys.customer_ids, keys.customers);
    return credits_for(c, &keys, &k->credits);
}

enum err receipt_load(struct ctx *c, const struct draft *drafts, size_t n, struct known *k)
{
    *k = (struct known){0};
    TRY(merchant_get(c, &k->merchant));
    TRY(load_taxes(c, drafts, n, k));
    TRY(site_list(c, &k->sites));
    TRY(load_loads(c, k));
    TRY(service_list(c, &k->offers));
    TRY(load_products(c, drafts, n, k));
    TRY(load_references(c, drafts, n, k));
    TRY(load_customers(c, drafts, n, k));
    TRY(load_credits(c, drafts, n, k));
    return load_alike(c, drafts, n, k);
}

const struct service_offer *offer_find(const struct known *k, struct text code)
{
    const struct service_offer *at = k->offers.at;
    for (size_t i = 0; i < k->offers.count; i++)
        if (at[i].is_active && text_eq(at[i].code, code)) return &at[i];
    return NULL;
}

const struct customer *customer_find(const struct known *k, int64_t owner_id, struct text reference)
{
    return customer_reference_in(&k->customers, owner_id, reference);
}

const struct order *reference_find(const struct known *k, int64_t owner_id, int32_t channel,
                                   struct text reference)
{
    const struct order *at = k->orders.at;
    for (size_t i = 0; i < k->orders.count; i++)
        if (at[i].channel == channel && at[i].owner_id == owner_id &&
            text_eq(at[i].reference, reference))
            return &at[i];
    return NULL;
}
