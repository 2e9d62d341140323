#include "plan/tax.h"

#include "base/money.h"
#include "base/sort.h"

#include <assert.h>
#include <stdbool.h>

__extension__ typedef __int128 wide;

/* The tax of an amount is amount x rate / scale. */
static int64_t scale_of(const struct tax_rule *rule, int64_t rate_ppm)
{
    return rule->mode == TAX_INCLUDED ? TAX_PPM + rate_ppm : TAX_PPM;
}

static int64_t rounded(wide number, int64_t scale, bool half_even)
{
    wide size = number < 0 ? -number : number;
    wide whole = size / scale, twice = size % scale * 2;
    if (twice > scale || (twice == scale && (!half_even || whole % 2))) whole++;
    return (int64_t)(number < 0 ? -whole : whole);
}

int64_t tax_of(const struct tax_rule *rule, int64_t amount_minor, int64_t rate_ppm)
{
    wide exact = (wide)amount_minor * rate_ppm;
    int64_t scale = scale_of(rule, rate_ppm);
    if (rule->rounding != TAX_CASH_STEP || rule->mode == TAX_INCLUDED)
        return rounded(exact, scale, rule->rounding == TAX_HALF_EVEN);
    return rounded(exact, scale * rule->step_minor, false) * rule->step_minor;
}

/* Share the tax of a group: everyone gets what is exact, cut towards zero; what is left goes a cent
   at a time to those who were cut most. */
static void share(struct arena *a, const struct tax_rule *rule, struct tax_item *items,
                  const size_t *group, size_t n)
{
    enum { INDEX_BITS = 32 }; /* a remainder is below 2^22 */
    int64_t rate = items[group[0]].rate_ppm, scale = scale_of(rule, rate), left, unit;
    wide sum = 0;
    for (size_t i = 0; i < n; i++) sum += items[group[i]].amount_minor;
    assert(sum <= MONEY_MINOR_MAX && sum >= -MONEY_MINOR_MAX);
    left = tax_of(rule, (int64_t)sum, rate);
    for (size_t i = 0; i < n; i++) {
        struct tax_item *item = &items[group[i]];
        item->tax_minor = (int64_t)((wide)item->amount_minor * rate / scale);
        left -= item->tax_minor;
    }
    unit = left < 0 ? -1 : 1;
    int64_t *cut = arena_new(a, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        int64_t rest = (int64_t)((wide)items[group[i]].amount_minor * rate % scale) * unit;
        cut[i] = (scale - rest) << INDEX_BITS | (int64_t)i; /* ascending: who was cut most first */
    }
    sort_i64(cut, n);
    int64_t each = left / (int64_t)n; /* only coins leave more than one cent for each */
    left -= each * (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        struct tax_item *item = &items[group[(size_t)(cut[i] & UINT32_MAX)]];
        item->tax_minor += each;
        if (left) item->tax_minor += unit, left -= unit;
    }
}

void tax_compute(struct arena *a, const struct tax_rule *rule, struct tax_item *items, size_t n)
{
    bool *is_done = arena_new(a, bool, n + 1);
    size_t *group = arena_new(a, size_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (is_done[i]) continue;
        size_t count = 0;
        for (size_t j = i; j < n; j++) {
            if (rule->scope == TAX_PER_LINE && items[j].line_no != items[i].line_no) break;
            if (items[j].rate_ppm != items[i].rate_ppm || is_done[j]) continue;
            is_done[j] = true;
            group[count++] = j;
        }
        if (rule->mode == TAX_GIVEN)
            for (size_t j = 0; j < count; j++) items[group[j]].tax_minor = 0;
        else
            share(a, rule, items, group, count);
    }
    for (size_t i = 0; i < n; i++)
        items[i].net_minor = items[i].amount_minor -
                             (rule->mode == TAX_INCLUDED ? items[i].tax_minor : 0);
}
