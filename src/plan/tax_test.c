#include "plan/tax.h"

#include "base/source.h"
#include "harness.h"

#include <string.h>

static const struct tax_rule added = {TAX_ADDED, TAX_PER_LINE, TAX_HALF_UP, 1};

static struct tax_rule rule(enum tax_mode mode, enum tax_scope scope, enum tax_rounding rounding,
                            int64_t step_minor)
{
    return (struct tax_rule){(int32_t)mode, (int32_t)scope, (int32_t)rounding, step_minor};
}

TEST(tax, a_rate_of_nineteen_percent_on_top_and_inside)
{
    struct tax_rule included = rule(TAX_INCLUDED, TAX_PER_LINE, TAX_HALF_UP, 1);
    CHECK_I64(1900, tax_of(&added, 10000, 190000));
    CHECK_I64(1597, tax_of(&included, 10000, 190000)); /* 15.966... */
    CHECK_I64(-1597, tax_of(&included, -10000, 190000));
    CHECK_I64(887500, tax_of(&added, 10000000, 88750)); /* New York: 8.875 % */
    CHECK_I64(0, tax_of(&included, 10000, 0));
}

TEST(tax, half_a_cent_goes_where_the_rule_says)
{
    struct tax_rule even = rule(TAX_ADDED, TAX_PER_LINE, TAX_HALF_EVEN, 1);
    CHECK_I64(1, tax_of(&added, 10, 50000)); /* 0.5 */
    CHECK_I64(0, tax_of(&even, 10, 50000));
    CHECK_I64(2, tax_of(&added, 30, 50000)); /* 1.5 */
    CHECK_I64(2, tax_of(&even, 30, 50000));
    CHECK_I64(2, tax_of(&even, 50, 50000)); /* 2.5 */
    CHECK_I64(-1, tax_of(&added, -10, 50000));
    CHECK_I64(1, tax_of(&even, 11, 50000)); /* more than half */
}

TEST(tax, in_switzerland_what_is_added_is_paid_in_coins)
{
    struct tax_rule coins = rule(TAX_ADDED, TAX_PER_LINE, TAX_CASH_STEP, 5);
    struct tax_rule inside = rule(TAX_INCLUDED, TAX_PER_LINE, TAX_CASH_STEP, 5);
    CHECK_I64(80, tax_of(&coins, 1000, 81000));  /* 0.81 */
    CHECK_I64(85, tax_of(&coins, 1020, 81000));  /* 0.8262 */
    CHECK_I64(75, tax_of(&inside, 1000, 81000)); /* 0.7493: nothing is added */
    struct tax_item three[3] = {
        {1, 1000, 81000, 0, 0}, {2, 1000, 81000, 0, 0}, {3, 1000, 81000, 0, 0}};
    struct arena a = {0};
    coins.scope = TAX_PER_ORDER;
    coins.step_minor = 100;
    tax_compute(&a, &coins, three, 3);
    CHECK_I64(200, three[0].tax_minor + three[1].tax_minor + three[2].tax_minor); /* not 2.43 */
    arena_free(&a);
}

TEST(tax, three_lines_of_ten_cents_differ_by_line_and_by_order)
{
    struct arena a = {0};
    struct tax_item lines[3] = {{1, 10, 70000, 0, 0}, {2, 10, 70000, 0, 0}, {3, 10, 70000, 0, 0}};
    tax_compute(&a, &added, lines, 3);
    CHECK_I64(3, lines[0].tax_minor + lines[1].tax_minor + lines[2].tax_minor); /* 0.7 each */
    struct tax_rule whole = rule(TAX_ADDED, TAX_PER_ORDER, TAX_HALF_UP, 1);
    tax_compute(&a, &whole, lines, 3);
    CHECK_I64(2, lines[0].tax_minor + lines[1].tax_minor + lines[2].tax_minor); /* 2.1 */
    arena_free(&a);
}

TEST(tax, the_parts_of_a_kit_share_the_tax_of_its_line)
{
    struct arena a = {0};
    struct tax_item parts[3] = {
        {1, 334, 190000, 0, 0}, {1, 333, 190000, 0, 0}, {1, 333, 190000, 0, 0}};
    tax_compute(&a, &added, parts, 3);
    CHECK_I64(190, parts[0].tax_minor + parts[1].tax_minor + parts[2].tax_minor);
    CHECK_I64(64, parts[0].tax_minor); /* 63.46 was cut most */
    arena_free(&a);
}

enum { ITEMS = 12 };

static size_t random_order(struct source *s, struct tax_item *items)
{
    static const int64_t rates[] = {0, 21000, 55000, 70000, 88750, 190000, 250000};
    size_t n = 1 + (size_t)source_below(s, ITEMS);
    int64_t line = 1;
    for (size_t i = 0; i < n; i++) {
        if (source_below(s, 3)) line++;
        bool is_large = source_below(s, 10) == 0, is_voucher = source_below(s, 8) == 0;
        int64_t amount = source_below(s, is_large ? INT64_C(1) << 48 : 20000);
        items[i] =
            (struct tax_item){line, is_voucher ? -amount : amount, rates[source_below(s, 7)], 0, 0};
    }
    return n;
}

static struct tax_rule random_rule(struct source *s)
{
    static const int64_t steps[] = {1, 5, 10, 100};
    return rule((enum tax_mode)(1 + source_below(s, 2)), (enum tax_scope)source_below(s, 2),
                (enum tax_rounding)source_below(s, 3), steps[source_below(s, 4)]);
}

/* The shares of all groups are the tax of the groups' sums. */
static void check_groups(const struct tax_rule *r, const struct tax_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t amount = 0, tax = 0;
        for (size_t j = 0; j < n; j++) {
            bool is_mate = items[j].rate_ppm == items[i].rate_ppm &&
                           (r->scope == TAX_PER_ORDER || items[j].line_no == items[i].line_no);
            if (is_mate) amount += items[j].amount_minor, tax += items[j].tax_minor;
        }
        CHECK_I64(tax_of(r, amount, items[i].rate_ppm), tax);
    }
}

TEST(tax, of_any_order_the_parts_sum_and_reversing_gives_back_every_cent)
{
    struct arena a = {0};
    struct source s;
    source_virtual(&s, 11, 0);
    for (int round = 0; round < 3000 && !test_failed(); round++) {
        struct tax_item items[ITEMS], back[ITEMS];
        size_t n = random_order(&s, items);
        struct tax_rule r = random_rule(&s);
        memcpy(back, items, sizeof back);
        for (size_t i = 0; i < n; i++) back[i].amount_minor = -back[i].amount_minor;
        tax_compute(&a, &r, items, n);
        tax_compute(&a, &r, back, n);
        check_groups(&r, items, n);
        for (size_t i = 0; i < n; i++) {
            int64_t inside = r.mode == TAX_INCLUDED ? items[i].tax_minor : 0;
            CHECK_I64(items[i].amount_minor, items[i].net_minor + inside);
            CHECK_I64(0, items[i].tax_minor + back[i].tax_minor);
            CHECK_I64(0, items[i].net_minor + back[i].net_minor);
            if (items[i].rate_ppm == 0) CHECK_I64(0, items[i].tax_minor);
        }
        arena_reset(&a);
    }
    arena_free(&a);
}
