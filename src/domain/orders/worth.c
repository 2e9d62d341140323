#include "domain/orders/worth.h"

#include "base/list.h"
#include "base/money.h"

static ptrdiff_t line_at(const struct order_line *lines, size_t n, int64_t line_no)
{
    struct list all = {(void *)(uintptr_t)lines, n};
    struct list one = LIST_RUN(&all, struct order_line, line_no, line_no);
    return one.count ? (const struct order_line *)one.at - lines : -1;
}

int64_t line_share(const struct order_line *l, int64_t amount_minor, int64_t units, int64_t whole)
{
    int64_t net = l->unit_minor * l->quantity - l->discount_minor;
    int64_t cheap = l->unit_minor * l->discount_units - l->discount_minor; /* all of these */
    int64_t first = money_share(whole, l->discount_units, l->quantity);
    bool is_split = l->discount_units && first < whole && cheap >= 0 && net > 0;
    if (!is_split) return money_share(amount_minor, units, whole);
    int64_t before = money_share(amount_minor, cheap, net);
    if (units <= first) return money_share(before, units, first);
    return before + money_share(amount_minor - before, units - first, whole - first);
}

int64_t worth_of_units(struct arena *a, const struct order *o, const struct order_line *lines,
                       size_t n, const int64_t *units)
{
    /* of each line that has a price and units: its own, or a kit's parts together */
    int64_t *share = arena_new(a, int64_t, n + 1), *whole = arena_new(a, int64_t, n + 1);
    int64_t worth = 0, extras = o->total_minor, any = 0;
    for (size_t i = 0; i < n; i++) {
        if (!line_is_physical(&lines[i])) continue;
        ptrdiff_t kit = lines[i].kind == LINE_COMPONENT ? line_at(lines, n, lines[i].parent_line)
                                                        : -1;
        size_t at = kit >= 0 ? (size_t)kit : i;
        share[at] += units[i];
        whole[at] += lines[i].quantity;
        any += units[i];
    }
    for (size_t i = 0; i < n; i++) {
        /* what is done to a line goes with its units */
        ptrdiff_t of = lines[i].kind == LINE_SERVICE && lines[i].parent_line != NONE
                           ? line_at(lines, n, lines[i].parent_line)
                           : (ptrdiff_t)i;
        if (of < 0 || !whole[of]) continue;
        worth += line_share(&lines[i], lines[i].total_minor, share[of], whole[of]);
        extras -= lines[i].total_minor;
    }
    return any ? worth + extras : 0;
}

int64_t worth_owed(struct arena *a, const struct order *o, const struct order_state *s,
                   const struct order_line *lines, size_t n)
{
    if (s->commercial == COMMERCIAL_CANCELLED) return 0;
    int64_t *units = arena_new(a, int64_t, n + 1);
    bool is_physical = false;
    for (size_t i = 0; i < n; i++) {
        is_physical = is_physical || line_is_physical(&lines[i]);
        units[i] = lines[i].quantity - lines[i].cancelled;
    }
    return is_physical ? worth_of_units(a, o, lines, n, units) : o->total_minor;
}
