#include "base/card.h"

#include <stddef.h>

enum { SHORTEST = 14, LONGEST = 19, PREFIX = 4 };

/* By the first four digits. Thirteen digits are no card any more: they are goods (EAN). */
static const struct network {
    int from, to;
    size_t shortest, longest;
} networks[] = {
    {4000, 4999, 16, 19}, /* Visa */
    {5100, 5599, 16, 16}, /* Mastercard */
    {2221, 2720, 16, 16}, /* Mastercard */
    {3400, 3499, 15, 15}, /* American Express */
    {3700, 3799, 15, 15}, /* American Express */
    {6011, 6011, 16, 19}, /* Discover */
    {6440, 6599, 16, 19}, /* Discover */
    {3528, 3589, 16, 19}, /* JCB */
    {6200, 6299, 16, 19}, /* UnionPay */
    {3000, 3059, 14, 19}, /* Diners Club */
    {3600, 3699, 14, 19}, /* Diners Club */
    {3800, 3999, 14, 19}, /* Diners Club */
};

static bool passes_luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        if (i % 2) d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return sum % 10 == 0;
}

static bool is_card(const char *digits, size_t n)
{
    int prefix = 0;
    if (n < SHORTEST || n > LONGEST) return false;
    for (size_t i = 0; i < PREFIX; i++) prefix = prefix * 10 + digits[i] - '0';
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        const struct network *w = &networks[i];
        if (prefix >= w->from && prefix <= w->to && n >= w->shortest && n <= w->longest)
            return passes_luhn(digits, n);
    }
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Groups of digits from here on, a blank or hyphen between them. */
static bool begins_card(const char *at, size_t n)
{
    char digits[LONGEST];
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_digit(at[i])) {
            if (count == LONGEST) return false;
            digits[count++] = at[i];
            if (i + 1 == n || !is_digit(at[i + 1]))
                if (is_card(digits, count)) return true;
        } else if ((at[i] != ' ' && at[i] != '-') || i + 1 == n || !is_digit(at[i + 1])) {
            return false;
        }
    }
    return false;
}

bool card_number_in(struct text t)
{
    for (size_t i = 0; i + SHORTEST <= t.len; i++)
        if (is_digit(t.at[i]) && (i == 0 || !is_digit(t.at[i - 1])) &&
            begins_card(t.at + i, t.len - i))
            return true;
    return false;
}
