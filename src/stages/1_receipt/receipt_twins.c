#include "stages/1_receipt/receipt_twins.h"

#include "base/sort.h"

static int difference(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int compare_references(size_t a, size_t b, const void *arg)
{
    const struct draft *drafts = arg, *x = &drafts[a], *y = &drafts[b];
    int d = difference(x->channel, y->channel);
    if (!d) d = difference(x->owner_id, y->owner_id);
    return d ? d : text_cmp(x->reference, y->reference);
}

const size_t *twins_by_reference(struct arena *a, const struct draft *drafts, size_t n)
{
    size_t *earlier = arena_new(a, size_t, n + 1);
    sort_earlier(n, compare_references, drafts, earlier);
    return earlier;
}

bool twins_known(const struct known *k, const struct draft *drafts, const size_t *earlier, size_t i,
                 struct outcome *outcomes)
{
    const struct draft *d = &drafts[i];
    if (!d->reference.len) return false;
    const struct order *found = reference_find(k, d->owner_id, d->channel, d->reference);
    if (found) {
        outcomes[i].is_known = true;
        outcomes[i].order_id = found->order_id;
        outcomes[i].number = found->number;
        return true;
    }
    for (size_t j = i; earlier[j] != j;) {
        j = earlier[j];
        if (outcomes[j].fault.code != OK) continue;
        outcomes[i].is_known = true;
        outcomes[i].order_id = outcomes[j].order_id;
        return true;
    }
    return false;
}

static int compare_customers(size_t a, size_t b, const void *arg)
{
    const struct candidate *all = arg, *x = &all[a], *y = &all[b];
    int d = difference(x->is_new_customer, y->is_new_customer);
    if (!d) d = difference(x->order.owner_id, y->order.owner_id);
    return d ? d : text_cmp(x->customer.reference, y->customer.reference);
}

void twins_share_customers(struct arena *a, struct candidate *all, size_t n)
{
    size_t *earlier = arena_new(a, size_t, n + 1);
    sort_earlier(n, compare_customers, all, earlier);
    for (size_t i = 0; i < n; i++) {
        if (!all[i].is_new_customer || earlier[i] == i) continue;
        all[i].is_new_customer = false;
        all[i].order.customer_id = all[earlier[i]].order.customer_id;
    }
}

static int compare_likeness(size_t a, size_t b, const void *arg)
{
    const struct candidate *all = arg;
    return difference(all[a].order.likeness, all[b].order.likeness);
}

const size_t *twins_by_likeness(struct arena *a, const struct candidate *all, size_t n)
{
    size_t *earlier = arena_new(a, size_t, n + 1);
    sort_earlier(n, compare_likeness, all, earlier);
    return earlier;
}

void twins_hold(struct ctx *c, struct candidate *all, const size_t *earlier, size_t i,
                const size_t *index, const struct outcome *outcomes)
{
    struct candidate *o = &all[i];
    if (o->draft->is_lenient) return;
    for (size_t j = i; earlier[j] != j;) {
        j = earlier[j];
        if (outcomes[index[j]].fault.code != OK || all[j].draft->is_lenient) continue;
        o->holds |= 1 << HOLD_DUPLICATE;
        o->hold_note[HOLD_DUPLICATE] =
            text_printf(c->arena, "looks like order %lld", (long long)all[j].order.number);
        return;
    }
}
