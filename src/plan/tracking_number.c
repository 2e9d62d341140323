/* plan/tracking_number.c: the table of forms, their check digits, and the house carrier's own. */
#include "plan/tracking_number.h"

#include "base/arena.h"

#include <string.h>

enum check {
    CHECK_NONE,
    CHECK_MOD10, /* GS1: 3, 1 from the right */
    CHECK_UPS,   /* 1, 2 from the left, letters as (code - 63) mod 10 */
    CHECK_S10,
    CHECK_FEDEX, /* 1, 3, 7 from the right, mod 11 mod 10 */
    CHECK_MOD7,
    CHECK_MOD37, /* ISO 7064 mod 37,36 */
    CHECK_LUHN
};

/* `form`: # digit, @ letter, * either, [..] one of a set, {n} repeats, everything else itself.
   The check runs over `len` characters from `from` on (after `before`, when there is one). */
struct form {
    const char *carrier, *format, *name, *form;
    enum check check;
    unsigned char from, len;
    const char *before;
    unsigned char sure; /* confidence with a right check digit, or without any */
    bool is_plain;      /* unmistakable by its letters: a wrong check digit is only a warning */
    const char *url;
};

#define URL_UPS "https://www.ups.com/track?tracknum=%s"
#define URL_USPS "https://tools.usps.com/go/TrackConfirmAction?tLabels=%s"
#define URL_FEDEX "https://www.fedex.com/fedextrack/?trknbr=%s"
#define URL_DHL "https://www.dhl.com/global-en/home/tracking.html?tracking-id=%s"
#define URL_DPD "https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber=%s"
#define URL_POST "https://parcelsapp.com/en/tracking/%s"
#define URL_CANADA "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=%s"
#define URL_PUROLATOR "https://www.purolator.com/en/shipping/tracker?searchValue=%s"
#define URL_ODFL "https://www.odfl.com/us/en/tools/trace-track-ltl-freight/trace.html?proNumbers=%s"
#define URL_ONTRAC "https://www.ontrac.com/tracking/?number=%s"
#define URL_CANPAR "https://www.canpar.com/en/track/tracking.jsp?reference=%s"

static const struct form forms[] = {
    {"house", "house", "Waybill", "W[B-Z]#{9}@@", CHECK_S10, 2, 8, "", 99, true, ""},
    {"ups", "ups_1z", "UPS 1Z", "1Z*{15}#", CHECK_UPS, 2, 15, "", 98, true, URL_UPS},
    {"ups", "ups_waybill", "UPS Waybill", "[AHJKTV]#{10}", CHECK_UPS, 1, 9, "", 70, false, URL_UPS},
    {"post", "s10", "Post (UPU S10)", "@@#{9}@@", CHECK_S10, 2, 8, "", 96, true, URL_POST},
    {"usps", "usps_impb", "USPS IMpb", "9[1-5]#{20}", CHECK_MOD10, 0, 21, "", 95, false, URL_USPS},
    {"usps", "usps_impb", "USPS IMpb", "9[1-5]#{24}", CHECK_MOD10, 0, 25, "", 95, false, URL_USPS},
    {"usps", "usps_impb", "USPS IMpb", "9[1-5]#{28}", CHECK_MOD10, 0, 29, "", 95, false, URL_USPS},
    {"usps", "usps_20", "USPS 20", "#{20}", CHECK_MOD10, 0, 19, "", 70, false, URL_USPS},
    {"usps", "usps_legacy", "USPS Legacy", "#{20}", CHECK_MOD10, 0, 19, "91", 50, false, URL_USPS},
    {"fedex", "fedex_12", "FedEx Express", "#{12}", CHECK_FEDEX, 0, 11, "", 60, false, URL_FEDEX},
    {"fedex", "fedex_ground", "FedEx Ground", "#{15}", CHECK_MOD10, 0, 14, "", 70, false,
     URL_FEDEX},
    {"fedex", "fedex_34", "FedEx Express", "[0-8]#{33}", CHECK_FEDEX, 20, 13, "", 90, false,
     URL_FEDEX},
    {"fedex", "fedex_astra_32", "FedEx ASTRA", "3#{31}", CHECK_FEDEX, 16, 11, "", 85, false,
     URL_FEDEX},
    {"fedex", "fedex_ground_96", "FedEx Ground 96", "96#{20}", CHECK_MOD10, 7, 14, "", 92, false,
     URL_FEDEX},
    {"fedex", "fedex_ground_gsn", "FedEx Ground GSN", "96#{32}", CHECK_FEDEX, 20, 13, "", 92, false,
     URL_FEDEX},
    {"fedex", "fedex_ground_sscc_18", "FedEx Ground SSCC", "#{18}", CHECK_MOD10, 0, 17, "", 35,
     false, URL_FEDEX},
    {"dhl", "dhl_express", "DHL Express", "#{10}", CHECK_MOD7, 0, 9, "", 50, false, URL_DHL},
    {"dhl", "dhl_express", "DHL Express", "#{11}", CHECK_MOD7, 0, 10, "", 50, false, URL_DHL},
    {"dhl", "dhl_express_piece", "DHL Express piece", "J@{2}#{9}", CHECK_NONE, 0, 0, "", 60, true,
     URL_DHL},
    {"dhl", "dhl_express_piece", "DHL Express piece", "J@{2}#{10}", CHECK_NONE, 0, 0, "", 60, true,
     URL_DHL},
    {"dhl", "dhl_express_piece", "DHL Express piece", "J@{3}#{9}", CHECK_NONE, 0, 0, "", 60, true,
     URL_DHL},
    {"dhl", "dhl_express_piece", "DHL Express piece", "J@{3}#{10}", CHECK_NONE, 0, 0, "", 60, true,
     URL_DHL},
    {"dhl", "dhl_ecommerce_14", "DHL eCommerce", "#{14}", CHECK_NONE, 0, 0, "", 8, false, URL_DHL},
    {"dpd", "dpd_14", "DPD", "#{14}*", CHECK_MOD37, 0, 14, "", 75, false, URL_DPD},
    {"dpd", "dpd_28", "DPD", "#{27}*", CHECK_MOD37, 0, 27, "", 85, false, URL_DPD},
    {"canada_post", "canada_post", "Canada Post", "#{16}", CHECK_MOD10, 0, 15, "", 65, false,
     URL_CANADA},
    {"canpar", "canpar_22", "Canpar", "[CDKLSUXZ]#{21}", CHECK_NONE, 0, 0, "", 70, true,
     URL_CANPAR},
    {"amazon", "amazon_logistics", "Amazon Logistics", "TB[ACM]#{12}", CHECK_NONE, 0, 0, "", 90,
     true, ""},
    {"amazon", "amazon_international", "Amazon International", "[AFC]#{10}", CHECK_NONE, 0, 0, "",
     30, true, ""},
    {"gofo", "gofo_us", "GOFO Express", "GFUS#{14}", CHECK_NONE, 0, 0, "", 90, true,
     "https://www.gofoexpress.com/tracking.html?searchID=%s"},
    {"landmark", "landmark_global", "Landmark Global", "LTN#{8}N1", CHECK_NONE, 0, 0, "", 90, true,
     "https://track.landmarkglobal.com/?search=%s"},
    {"lasership", "lasership_lx", "LaserShip", "L[AIEHNX][1-3]#{7}", CHECK_NONE, 0, 0, "", 70, true,
     ""},
    {"lasership", "lasership_1ls7", "LaserShip", "1LS7[12]#{10}", CHECK_NONE, 0, 0, "", 90, true,
     ""},
    {"lasership", "lasership_1ls7", "LaserShip", "1LS7[12]##01[1-4]#{6}-1", CHECK_NONE, 0, 0, "",
     90, true, ""},
    {"lasership", "lasership_1lscx", "LaserShip", "1LSCX*{10}", CHECK_NONE, 0, 0, "", 90, true, ""},
    {"old_dominion", "old_dominion", "Old Dominion", "77[78]#{8}", CHECK_LUHN, 0, 10, "", 60, false,
     URL_ODFL},
    {"old_dominion", "old_dominion", "Old Dominion", "072#{8}", CHECK_LUHN, 0, 10, "", 60, false,
     URL_ODFL},
    {"old_dominion", "old_dominion", "Old Dominion", "780#{8}", CHECK_LUHN, 0, 10, "", 60, false,
     URL_ODFL},
    {"old_dominion", "old_dominion", "Old Dominion Guaranteed", "80#{9}", CHECK_LUHN, 0, 10, "", 55,
     false, URL_ODFL},
    {"ontrac", "ontrac_c", "OnTrac", "C#{14}", CHECK_UPS, 1, 13, "4", 85, false, URL_ONTRAC},
    {"ontrac", "ontrac_d", "OnTrac", "D#{14}", CHECK_UPS, 1, 13, "5", 85, false, URL_ONTRAC},
    {"purolator", "purolator_12", "Purolator", "[0-5]#{11}", CHECK_LUHN, 0, 11, "", 55, false,
     URL_PUROLATOR},
    {"purolator", "purolator_alpha", "Purolator", "@{3}#{9}", CHECK_NONE, 0, 0, "", 40, true,
     URL_PUROLATOR},
    {"speedee", "speedee", "Spee-Dee", "SP#{18}", CHECK_NONE, 0, 0, "", 90, true,
     "https://www.speedeedelivery.com/track/?tracking=%s"},
    {"yodel", "yodel", "Yodel", "JD#{16}", CHECK_NONE, 0, 0, "", 90, true,
     "https://www.yodel.co.uk/tracking/%s"},
    {"yodel", "yodel", "Yodel", "JJD#{16}", CHECK_NONE, 0, 0, "", 90, true,
     "https://www.yodel.co.uk/tracking/%s"},
    {"yunexpress", "yunexpress", "YunExpress", "YT#{16}", CHECK_NONE, 0, 0, "", 90, true,
     "https://www.yuntrack.com/parcelTracking?id=%s"},
};

/* DHL eCommerce: two letters, then 10 to 39 letters and digits with a digit among them. */
static const struct form dhl_letters = {
    "dhl", "dhl_ecommerce", "DHL eCommerce", "", CHECK_NONE, 0, 0, "", 55, true, URL_DHL};
static const char dhl_starts[] = "GM LX RX UV CN SG TH IN HK MY";

static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

static bool code_among(const char *list, struct text code)
{
    for (; list[0] && code.len == 2; list += list[2] ? 3 : 2)
        if (list[0] == code.at[0] && list[1] == code.at[1]) return true;
    return false;
}

bool tracking_country_known(struct text code) { return code_among(countries, code); }

/* Does `c` fit the form's element at `*form`? Moves `*form` behind it. */
static bool element_fits(const char **form, char c)
{
    const char *f = *form;
    bool fits = *f == '#'   ? is_digit(c)
                : *f == '@' ? is_letter(c)
                : *f == '*' ? is_digit(c) || is_letter(c)
                            : *f == c;
    if (*f == '[') {
        fits = false;
        for (f++; *f != ']'; f++) {
            if (f[1] == '-') {
                fits = fits || (c >= f[0] && c <= f[2]);
                f += 2;
            } else {
                fits = fits || c == *f;
            }
        }
    }
    *form = f + 1;
    return fits;
}

static bool form_fits(const char *form, struct text t)
{
    size_t at = 0;
    while (*form) {
        const char *after = form;
        element_fits(&after, 0);
        int times = 1;
        const char *next = after;
        if (*after == '{') {
            times = 0;
            for (next = after + 1; *next != '}'; next++) times = times * 10 + *next - '0';
            next++;
        }
        for (; times > 0; times--, at++) {
            const char *element = form;
            if (at >= t.len || !element_fits(&element, t.at[at])) return false;
        }
        form = next;
    }
    return at == t.len;
}

static int value_of(char c) { return is_digit(c) ? c - '0' : (c - 'A' + 2) % 10; }

static char digit(int n) { return (char)('0' + n); }

static char mod10_digit(struct text t)
{
    int sum = 0;
    for (size_t i = 0; i < t.len; i++)
        sum = (sum + (t.at[t.len - 1 - i] - '0') * (i % 2 ? 1 : 3)) % 10;
    return digit((10 - sum) % 10);
}

static char ups_digit(struct text t)
{
    int sum = 0;
    for (size_t i = 0; i < t.len; i++) sum += value_of(t.at[i]) * (i % 2 ? 2 : 1);
    return digit((10 - sum % 10) % 10);
}

char tracking_number_s10_digit(struct text digits8)
{
    static const int weights[] = {8, 6, 4, 2, 3, 5, 9, 7};
    int sum = 0;
    if (digits8.len != 8) return 0;
    for (size_t i = 0; i < 8; i++) {
        if (!is_digit(digits8.at[i])) return 0;
        sum += (digits8.at[i] - '0') * weights[i];
    }
    int c = 11 - sum % 11;
    return digit(c == 10 ? 0 : c == 11 ? 5 : c);
}

static char fedex_digit(struct text t)
{
    static const int weights[] = {1, 3, 7};
    int sum = 0;
    for (size_t i = 0; i < t.len; i++) sum += (t.at[t.len - 1 - i] - '0') * weights[i % 3];
    return digit(sum % 11 % 10);
}

static char mod7_digit(struct text t)
{
    int rest = 0;
    for (size_t i = 0; i < t.len; i++) rest = (rest * 10 + t.at[i] - '0') % 7;
    return digit(rest);
}

static char mod37_digit(struct text t)
{
    int rest = 36;
    for (size_t i = 0; i < t.len; i++) {
        rest += is_digit(t.at[i]) ? t.at[i] - '0' : t.at[i] - 'A' + 10;
        if (rest > 36) rest -= 36;
        rest *= 2;
        if (rest > 36) rest -= 37;
    }
    rest = 37 - rest;
    if (rest == 36) rest = 0;
    return rest < 10 ? digit(rest) : (char)('A' + rest - 10);
}

static char luhn_digit(struct text t)
{
    int sum = 0;
    for (size_t i = 0; i < t.len; i++) {
        int n = (t.at[t.len - 1 - i] - '0') * (i % 2 ? 1 : 2);
        sum += n > 9 ? n - 9 : n;
    }
    return digit((10 - sum % 10) % 10);
}

static bool check_right(const struct form *f, struct text number)
{
    char run[TRACKING_NUMBER_MAX + 4];
    size_t n = strlen(f->before);
    memcpy(run, f->before, n);
    memcpy(run + n, number.at + f->from, f->len);
    struct text t = {run, n + f->len};
    char got = number.at[f->from + f->len];
    switch (f->check) {
    case CHECK_NONE: return true;
    case CHECK_MOD10: return got == mod10_digit(t);
    case CHECK_UPS: return got == ups_digit(t);
    case CHECK_S10: return got == tracking_number_s10_digit(t);
    case CHECK_FEDEX: return got == fedex_digit(t);
    case CHECK_MOD7: return got == mod7_digit(t);
    case CHECK_MOD37: return got == mod37_digit(t);
    case CHECK_LUHN: return got == luhn_digit(t);
    }
    return false;
}

static void match_add(struct tracking_matches *m, const struct form *f, bool check_ok,
                      const char *preferred)
{
    if (m->count == TRACKING_MATCHES_MAX) return;
    int confidence = check_ok ? f->sure : f->sure / 3;
    bool wanted = preferred && strcmp(preferred, f->carrier) == 0;
    /* the carrier in use beats every form that is only digits, not one that is plainly another's */
    if (wanted && check_ok && f->check != CHECK_NONE && confidence < 94) confidence = 94;
    if (wanted) confidence++;
    size_t at = m->count++;
    for (; at && m->at[at - 1].confidence < confidence; at--) m->at[at] = m->at[at - 1];
    m->at[at] = (struct tracking_match){
        f->carrier, f->format, f->name, f->url, check_ok, f->check != CHECK_NONE, confidence};
}

/* Bare number: upper case, no blanks, no FNC1; absent when it cannot be one. */
static struct text number_clean(struct arena *a, struct text in)
{
    char clean[TRACKING_NUMBER_MAX];
    size_t n = 0;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.at[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\x1d') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if ((!is_digit(c) && !is_letter(c) && c != '-') || n == sizeof clean)
            return (struct text){0};
        clean[n++] = c;
    }
    return n ? text_copy(a, (struct text){clean, n}) : (struct text){0};
}

/* USPS puts 420 and the ZIP before the number: 9 digits of it when that leaves a right one. */
static struct text routing_strip(struct text t)
{
    if (!text_starts(t, T("420"))) return t;
    static const size_t zips[] = {9, 5};
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < 2; i++) {
            struct text rest = text_skip(t, 3 + zips[i]);
            if (rest.len != 22 && rest.len != 26 && rest.len != 30) continue;
            if (rest.at[0] != '9' || rest.at[1] < '1' || rest.at[1] > '5') continue;
            bool digits = true;
            for (size_t k = 0; k < t.len; k++) digits = digits && is_digit(t.at[k]);
            if (!digits) return t;
            bool right = mod10_digit(text_head(rest, rest.len - 1)) == rest.at[rest.len - 1];
            if (right || pass) return rest;
        }
    return t;
}

static bool dhl_letters_fit(struct text t)
{
    bool digit_seen = false, clean = t.len >= 12 && t.len <= 41;
    for (size_t i = 2; i < t.len; i++) {
        digit_seen = digit_seen || is_digit(t.at[i]);
        clean = clean && (is_digit(t.at[i]) || is_letter(t.at[i]));
    }
    return clean && digit_seen && code_among(dhl_starts, text_head(t, 2));
}

struct tracking_matches tracking_number_recognize(struct arena *a, struct text in,
                                                  const char *preferred)
{
    struct tracking_matches m = {0};
    m.number = routing_strip(number_clean(a, in));
    if (m.number.len < 8) return m;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct form *f = &forms[i];
        if (!form_fits(f->form, m.number)) continue;
        bool right = f->check == CHECK_NONE || check_right(f, m.number);
        if (f->check == CHECK_S10 && !tracking_country_known(text_skip(m.number, 11))) continue;
        if (right || (f->is_plain && strcmp(f->carrier, "house") != 0))
            match_add(&m, f, right, preferred);
    }
    if (dhl_letters_fit(m.number) && !(m.count && m.at[0].confidence > 90))
        match_add(&m, &dhl_letters, true, preferred);
    return m;
}

struct text tracking_number_url(struct arena *a, const struct tracking_match *match,
                                struct text number)
{
    struct text url = text_of(match->url);
    ptrdiff_t at = text_find(url, T("%s"));
    if (at < 0) return (struct text){0};
    return text_printf(a, "%.*s%.*s%.*s", (int)at, url.at, TEXT_ARG(number),
                       TEXT_ARG(text_skip(url, (size_t)at + 2)));
}

struct text tracking_number_house(struct arena *a, int64_t serial, const char *country)
{
    if (serial < 0 || serial > TRACKING_SERIAL_MAX) return (struct text){0};
    if (!country || strlen(country) != 2 || !is_letter(country[0]) || !is_letter(country[1]))
        return (struct text){0};
    struct text body = text_printf(a, "%08lld", (long long)(serial % 100000000));
    return text_printf(a, "W%c%.*s%c%s", (int)('B' + serial / 100000000), TEXT_ARG(body),
                       tracking_number_s10_digit(body), country);
}

bool tracking_number_check(struct text in, int64_t *serial)
{
    int64_t low;
    if (!form_fits(forms[0].form, in) || !check_right(&forms[0], in)) return false;
    if (!tracking_country_known(text_skip(in, 11))) return false;
    if (!text_to_i64(text_head(text_skip(in, 2), 8), &low)) return false;
    if (serial) *serial = (int64_t)(in.at[1] - 'B') * 100000000 + low;
    return true;
}
