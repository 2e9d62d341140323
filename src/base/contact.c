#include "base/contact.h"

#include "base/country.h"
#include "base/letters.h"

#include <string.h>

static bool phone_digits(struct arena *a, struct text phone, struct text *digits, bool *plus);
static struct text international(struct arena *a, struct text digits);
static bool national(const struct country *c, struct text *digits);
static bool is_atom(struct text local);
static bool is_domain(struct text domain);
static bool is_label(struct text label);

struct text phone_normalise(struct arena *a, struct text phone, struct text country)
{
    const struct country *home = country_by_code(country);
    struct text digits, none = {0};
    bool plus = false;
    if (!phone_digits(a, text_trim(phone), &digits, &plus)) return none;
    if (plus) return international(a, digits);
    if (home && text_is(text_of(home->dial), "1") && text_starts(digits, T("011")))
        return international(a, text_skip(digits, 3));
    if (text_starts(digits, T("00"))) return international(a, text_skip(digits, 2));
    if (!home) return none;
    struct text within = digits;
    if (!national(home, &within)) {
        /* "44 20 7946 0958": the dial code without its plus */
        struct text dial = text_of(home->dial);
        return text_starts(digits, dial) ? international(a, digits) : none;
    }
    size_t n = strlen(home->dial) + within.len;
    if (n < PHONE_DIGITS_MIN || n > PHONE_DIGITS_MAX) return none;
    return text_printf(a, "+%s%.*s", home->dial, TEXT_ARG(within));
}

bool email_valid(struct text email)
{
    struct text domain, local = text_split(email, '@', &domain);
    return email.len <= EMAIL_MAX && domain.at && local.len && local.len <= EMAIL_LOCAL_MAX &&
           text_is_utf8(email) && is_atom(local) && is_domain(domain);
}

enum err email_check(struct ctx *c, struct text email, const char *field)
{
    if (email_valid(email)) return OK;
    fail_at(c, ERR_INVALID, "email_invalid", field, "\"%.*s\" is not an e-mail address",
            (int)text_head(email, 80).len, email.at ? email.at : "");
    return hint(c, "one address like name@example.com");
}

/* Collects digits up to an extension; false on anything that is no part of a phone number. */
static bool phone_digits(struct arena *a, struct text phone, struct text *digits, bool *plus)
{
    struct buf b = buf_new(a);
    struct text rest = letters_fold(a, phone);
    if (text_starts(rest, T("tel:"))) rest = text_skip(rest, 4);
    while (rest.len) {
        struct text here = rest;
        int32_t c = letter_next(&rest);
        if (text_starts(here, T("(0)")) && (*plus || text_starts(buf_text(&b), T("00")))) {
            rest = text_skip(here, 3); /* "+44 (0)20": the trunk prefix is for calls from within */
        } else if (c >= '0' && c <= '9') {
            buf_putc(&b, (char)c);
        } else if (c == '+' && !b.len && !*plus) {
            *plus = true;
        } else if ((c == 'x' || c == '#' || c == ';' || text_starts(here, T("ext"))) && b.len) {
            break;
        } else if (c >= 0x80 ? c < 0x2010 || c > 0x2015 : !strchr(" -.()/\t", (char)c)) {
            return false;
        }
    }
    *digits = buf_text(&b);
    return b.len > 0;
}

static struct text international(struct arena *a, struct text digits)
{
    const struct country *home = NULL;
    bool fits = false, measured = false;
    struct text best = digits;
    for (const struct country *c = countries; *c->alpha2; c++) {
        if (!text_starts(digits, text_of(c->dial))) continue;
        struct text within = text_skip(digits, strlen(c->dial));
        if (home && strlen(c->dial) < strlen(home->dial)) continue;
        home = c;
        measured |= c->digits_max > 0;
        if (c->digits_max == 0 || !national(c, &within)) continue;
        fits = true;
        best = text_printf(a, "%s%.*s", c->dial, TEXT_ARG(within));
    }
    struct text none = {0};
    if (!home || (measured && !fits)) return none;
    if (best.len < PHONE_DIGITS_MIN || best.len > PHONE_DIGITS_MAX) return none;
    return text_printf(a, "+%.*s", TEXT_ARG(best));
}

/* Takes the trunk prefix off; false when the length is not one of the country's. */
static bool national(const struct country *c, struct text *digits)
{
    struct text trunk = text_of(c->trunk);
    size_t max = c->digits_max ? c->digits_max : PHONE_DIGITS_MAX - strlen(c->dial);
    bool zero = digits->len && digits->at[0] == '0';
    if (trunk.len && text_starts(*digits, trunk) && (zero || digits->len > max))
        *digits = text_skip(*digits, trunk.len);
    else if (zero && digits->len > max)
        *digits = text_skip(*digits, 1);
    return digits->len >= (c->digits_min ? c->digits_min : 4) && digits->len <= max;
}

static bool is_atom(struct text local)
{
    if (local.at[0] == '.' || local.at[local.len - 1] == '.') return false;
    for (size_t i = 0; i < local.len; i++) {
        unsigned char c = (unsigned char)local.at[i];
        if (c >= 0x80) continue;
        if (c <= ' ' || c == 0x7F || strchr("\"(),:;<>@[\\]", c)) return false;
        if (c == '.' && local.at[i + 1] == '.') return false;
    }
    return true;
}

static bool is_domain(struct text domain)
{
    size_t labels = 0;
    struct text last = {0};
    for (struct text rest = domain; rest.at; labels++) {
        last = text_split(rest, '.', &rest);
        if (!is_label(last)) return false;
    }
    int64_t number;
    return labels >= 2 && last.len >= 2 && !text_to_i64(last, &number);
}

static bool is_label(struct text label)
{
    if (!label.len || label.len > 63) return false;
    if (label.at[0] == '-' || label.at[label.len - 1] == '-') return false;
    for (size_t i = 0; i < label.len; i++) {
        unsigned char c = (unsigned char)label.at[i];
        bool ascii = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!ascii && c != '-' && c < 0x80) return false;
    }
    return true;
}
