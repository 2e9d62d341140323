/* plan/rates.c: zones, breaks and surcharges looked up in a price list. */
#include "plan/rates.h"

#include "base/arena.h"

#include <string.h>

enum { POSTAL_MAX = 16 };
#define RATE_SIDE_MAX_MM 100000
#define RATE_WEIGHT_MAX_G 100000000

static const char union_members[] =
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

bool country_in_union(struct text country)
{
    if (country.len != 2) return false;
    for (const char *at = union_members; at[0]; at += at[2] ? 3 : 2)
        if (at[0] == country.at[0] && at[1] == country.at[1]) return true;
    return false;
}

/* "sw1a 1aa" as "SW1A1AA": prefixes are compared without blanks and hyphens. */
static struct text postal_clean(struct text postal_code, char out[POSTAL_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < postal_code.len && n < POSTAL_MAX; i++) {
        char c = postal_code.at[i];
        if (c == ' ' || c == '-') continue;
        out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
    return (struct text){out, n};
}

const char *rate_zone_of(const struct rate_table *table, const struct rate_destination *to)
{
    char clean[POSTAL_MAX];
    struct text postal = postal_clean(to->postal_code, clean);
    const char *zone = NULL;
    size_t best = 0;
    for (size_t i = 0; i < table->zone_count; i++) {
        const struct rate_zone *z = &table->zones[i];
        size_t rank = strcmp(z->country, "*") == 0                                     ? 1
                      : strcmp(z->country, "EU") == 0 && country_in_union(to->country) ? 2
                      : text_is(to->country, z->country)                               ? 3
                                                                                       : 0;
        if (!rank || !text_starts(postal, text_of(z->prefix))) continue;
        rank = rank * 100 + strlen(z->prefix);
        if (rank > best) {
            best = rank;
            zone = z->zone;
        }
    }
    return zone;
}

int64_t rate_dimensional_g(int64_t length_mm, int64_t width_mm, int64_t height_mm, int64_t divisor)
{
    if (length_mm <= 0 || width_mm <= 0 || height_mm <= 0 || divisor <= 0) return 0;
    /* mm3 / (1000 mm3 per cm3) / (cm3 per kg) * 1000 g per kg */
    return (length_mm * width_mm * height_mm + divisor - 1) / divisor;
}

static bool base_price(const struct rate_table *table, const char *service, const char *zone,
                       int64_t billed_g, int64_t *price)
{
    const struct rate_break *last = NULL;
    for (size_t i = 0; i < table->break_count; i++) {
        const struct rate_break *b = &table->breaks[i];
        if (strcmp(b->service, service) != 0 || strcmp(b->zone, zone) != 0) continue;
        last = b;
        if (billed_g <= b->up_to_g) {
            *price = b->price_minor;
            return true;
        }
    }
    if (!last || !last->per_kg_minor) return false;
    *price = last->price_minor + (billed_g - last->up_to_g + 999) / 1000 * last->per_kg_minor;
    return true;
}

struct sides {
    int64_t longest, girth; /* girth: longest + 2 * the other two */
};

static struct sides sides_of(const struct rate_parcel *p)
{
    int64_t longest = p->length_mm;
    if (p->width_mm > longest) longest = p->width_mm;
    if (p->height_mm > longest) longest = p->height_mm;
    int64_t sum = p->length_mm + p->width_mm + p->height_mm;
    return (struct sides){longest, longest + 2 * (sum - longest)};
}

static int64_t surcharge_price(const struct rate_surcharge *s, const struct rate_parcel *p)
{
    struct sides sides = sides_of(p);
    int64_t share;
    switch (s->kind) {
    case RATE_OVERSIZE:
        return (s->over_mm && sides.longest > s->over_mm) ||
                       (s->over_girth_mm && sides.girth > s->over_girth_mm)
                   ? s->flat_minor
                   : 0;
    case RATE_HEAVY: return p->weight_g > s->over_g ? s->flat_minor : 0;
    case RATE_SIGNATURE: return p->wants_signature ? s->flat_minor : 0;
    case RATE_COLLECT:
        return p->collect_minor ? s->flat_minor + money_bp(p->collect_minor, s->share_bp) : 0;
    case RATE_INSURANCE:
        share = money_bp(p->insured_minor, s->share_bp);
        return !p->insured_minor ? 0 : share > s->flat_minor ? share : s->flat_minor;
    case RATE_REMOTE: return s->flat_minor;
    case RATE_RESIDENTIAL: return p->is_residential ? s->flat_minor : 0;
    case RATE_SURCHARGE_COUNT: break;
    }
    return 0;
}

static int64_t surcharges(const struct rate_table *table, const char *service, const char *zone,
                          const struct rate_parcel *parcel)
{
    int64_t total = 0;
    for (size_t i = 0; i < table->surcharge_count; i++) {
        const struct rate_surcharge *s = &table->surcharges[i];
        if (s->service[0] && strcmp(s->service, service) != 0) continue;
        if (s->zone[0] && strcmp(s->zone, zone) != 0) continue;
        total += surcharge_price(s, parcel);
    }
    return total;
}

static const struct rate_lane *lane_of(const struct rate_table *table, const char *service,
                                       const char *zone)
{
    for (size_t i = 0; i < table->lane_count; i++)
        if (strcmp(table->lanes[i].service, service) == 0 &&
            strcmp(table->lanes[i].zone, zone) == 0)
            return &table->lanes[i];
    return NULL;
}

/* What keeps a service from taking this parcel, or NULL. */
static const char *service_refuses(const struct rate_service *s, const struct rate_parcel *p,
                                   int64_t billed_g)
{
    struct sides sides = sides_of(p);
    if (s->max_weight_g && billed_g > s->max_weight_g) return "too heavy";
    if (s->max_length_mm && sides.longest > s->max_length_mm) return "too long";
    if (s->max_girth_mm && sides.girth > s->max_girth_mm) return "too big around";
    if (p->wants_signature && !s->can_sign) return "no signature";
    if (p->collect_minor && !s->can_collect) return "no cash on delivery";
    if (p->insured_minor && !s->can_insure) return "no insurance";
    return NULL;
}

static enum err input_check(struct ctx *c, const struct rate_parcel *p,
                            const struct rate_destination *to)
{
    const int64_t sides[3] = {p->length_mm, p->width_mm, p->height_mm};
    int zeros = !sides[0] + !sides[1] + !sides[2];
    if (p->weight_g < 0 || p->weight_g > RATE_WEIGHT_MAX_G)
        return fail_at(c, ERR_INVALID, "weight", "weight_g", "%lld g is not 0 to %d",
                       (long long)p->weight_g, RATE_WEIGHT_MAX_G);
    for (int i = 0; i < 3; i++)
        if (sides[i] < 0 || sides[i] > RATE_SIDE_MAX_MM || (zeros && zeros < 3))
            return fail_at(c, ERR_INVALID, "size", "length_mm",
                           "sizes are not all 1 to %d mm or all 0", RATE_SIDE_MAX_MM);
    bool letters = to->country.len == 2;
    for (size_t i = 0; letters && i < 2; i++)
        letters = to->country.at[i] >= 'A' && to->country.at[i] <= 'Z';
    if (!letters)
        return fail_at(c, ERR_INVALID, "country", "country", "\"%.*s\" is not two capital letters",
                       TEXT_ARG(text_head(to->country, 20)));
    if (p->collect_minor < 0 || p->insured_minor < 0)
        return fail_at(c, ERR_INVALID, "amount", "collect_minor", "an amount is below zero");
    return OK;
}

static bool quote_before(const struct rate_quote *a, const struct rate_quote *b)
{
    if (a->price_minor != b->price_minor) return a->price_minor < b->price_minor;
    if (a->promised_day != b->promised_day) return a->promised_day < b->promised_day;
    return strcmp(a->service, b->service) < 0;
}

/* Dates of a quote: working days of the service without the carrier's holidays. */
static enum err quote_dates(struct ctx *c, const struct rate_service *service, int64_t ship_day,
                            const struct work_calendar *holidays, struct rate_quote *q)
{
    struct work_calendar calendar = {service->delivery_week, NULL, 0};
    if (!calendar.week) calendar.week = WEEK_MONDAY_TO_SATURDAY;
    if (holidays) {
        calendar.holidays = holidays->holidays;
        calendar.holiday_count = holidays->holiday_count;
    }
    TRY(calendar_add(c, &calendar, ship_day, q->days_min, &q->earliest_day));
    return calendar_add(c, &calendar, ship_day, q->days_max, &q->promised_day);
}

/* Fill `q` or say in `why` what keeps the service from it. */
static enum err quote_make(struct ctx *c, const struct rate_table *table,
                           const struct rate_service *service, const char *zone,
                           const struct rate_parcel *parcel, struct rate_quote *q, const char **why)
{
    const struct rate_lane *lane = lane_of(table, service->code, zone);
    int64_t dimensional = rate_dimensional_g(parcel->length_mm, parcel->width_mm, parcel->height_mm,
                                             service->divisor);
    *q = (struct rate_quote){.carrier = table->carrier,
                             .service = service->code,
                             .name = service->name,
                             .zone = zone,
                             .can_sign = service->can_sign};
    q->billed_g = dimensional > parcel->weight_g ? dimensional : parcel->weight_g;
    *why = lane ? service_refuses(service, parcel, q->billed_g) : "does not go there";
    if (*why) return OK;
    if (!base_price(table, service->code, zone, q->billed_g, &q->base_minor)) {
        *why = "no price for this weight";
        return OK;
    }
    q->fuel_minor = money_bp(q->base_minor, service->fuel_bp);
    q->surcharge_minor = surcharges(table, service->code, zone, parcel);
    q->price_minor = q->base_minor + q->fuel_minor + q->surcharge_minor;
    q->days_min = lane->days_min;
    q->days_max = lane->days_max;
    if (strlen(table->currency) != 3)
        return fail(c, ERR_INVALID, "currency", "\"%s\" is no currency", table->currency);
    memcpy(q->currency, table->currency, sizeof q->currency);
    return OK;
}

enum err rates_quote(struct ctx *c, const struct rate_table *table,
                     const struct rate_parcel *parcel, const struct rate_destination *to,
                     int64_t ship_day, const struct work_calendar *holidays,
                     struct rate_quotes *out)
{
    struct buf why_none = buf_new(c->arena);
    *out = (struct rate_quotes){0};
    TRY(input_check(c, parcel, to));
    const char *zone = rate_zone_of(table, to);
    if (!zone) {
        out->why_none =
            text_printf(c->arena, "%s does not go to %.*s", table->carrier, TEXT_ARG(to->country));
        return OK;
    }
    size_t most = table->service_count < RATES_QUOTES_MAX ? table->service_count : RATES_QUOTES_MAX;
    out->at = arena_new(c->arena, struct rate_quote, most);
    for (size_t i = 0; i < most; i++) {
        struct rate_quote q;
        const char *why = NULL;
        TRY(quote_make(c, table, &table->services[i], zone, parcel, &q, &why));
        if (why) {
            buf_printf(&why_none, "%s%s: %s", why_none.len ? "; " : "", table->services[i].code,
                       why);
            continue;
        }
        TRY(quote_dates(c, &table->services[i], ship_day, holidays, &q));
        size_t at = out->count++;
        for (; at && quote_before(&q, &out->at[at - 1]); at--) out->at[at] = out->at[at - 1];
        out->at[at] = q;
    }
    if (!out->count) out->why_none = buf_text(&why_none);
    return OK;
}

const struct rate_quote *rate_choose(const struct rate_quotes *quotes, const char *service,
                                     int64_t wish_day, bool *is_late)
{
    const struct rate_quote *earliest = NULL;
    *is_late = false;
    for (size_t i = 0; i < quotes->count; i++) {
        const struct rate_quote *q = &quotes->at[i];
        if (service && service[0] && strcmp(service, q->service) != 0) continue;
        if (!wish_day || q->promised_day <= wish_day) return q;
        if (!earliest || q->promised_day < earliest->promised_day) earliest = q;
    }
    *is_late = earliest != NULL;
    return earliest;
}

static const char *zone_between(struct text from_country, struct text to_country)
{
    bool is_union = country_in_union(from_country) && country_in_union(to_country);
    return text_eq(from_country, to_country) ? "domestic" : is_union ? "eu" : "world";
}

void rates_transit(const struct rate_table *table, const char *service, struct text from_country,
                   struct text to_country, struct promise_transit *out)
{
    const char *zone = zone_between(from_country, to_country);
    for (size_t i = 0; i < table->service_count; i++)
        if (strcmp(table->services[i].code, service) == 0)
            out->calendar.week = table->services[i].delivery_week;
    for (size_t i = 0; i < table->lane_count; i++) {
        const struct rate_lane *lane = &table->lanes[i];
        if (strcmp(lane->service, service) != 0 || strcmp(lane->zone, zone) != 0) continue;
        out->days_min = lane->days_min;
        out->days_max = lane->days_max;
    }
}

int64_t rates_from(const struct rate_table *table, const char *service, struct text from_country,
                   struct text to_country)
{
    const char *zone = zone_between(from_country, to_country);
    for (size_t i = 0; i < table->break_count; i++) {
        const struct rate_break *b = &table->breaks[i];
        if (strcmp(b->service, service) == 0 && strcmp(b->zone, zone) == 0) return b->price_minor;
    }
    return 0;
}
