/* drivers/carriers/house.c: the carrier by contract: everything is computed here, so an answer is
 * never lost and the same serial always gives the same number. */
#include "drivers/carriers/carrier.h"

#include "plan/rates.h"
#include "plan/tracking_number.h"

#include <string.h>

static enum err rate(struct ctx *c, const struct parcel *p, struct rate_quotes *out)
{
    const struct rate_table *table = rates_house_for(c->arena, text_cstr(c->arena, p->from_country),
                                                     text_cstr(c->arena, p->currency));
    struct rate_parcel parcel = {.weight_g = p->weight_g,
                                 .wants_signature = p->wants_signature,
                                 .collect_minor = p->collect_minor};
    if (p->length_mm && p->width_mm && p->height_mm) {
        parcel.length_mm = p->length_mm;
        parcel.width_mm = p->width_mm;
        parcel.height_mm = p->height_mm;
    }
    struct rate_destination to = {p->to->country, p->to->postal_code};
    return rates_quote(c, table, &parcel, &to, p->ship_day, NULL, out);
}

static enum err house_quote(struct ctx *c, const struct carrier_driver *self,
                            const struct parcel *p, struct list *quotes)
{
    struct rate_quotes rates = {0};
    *quotes = (struct list){0};
    TRY(rate(c, p, &rates));
    struct carrier_quote *at = arena_new(c->arena, struct carrier_quote, rates.count + 1);
    for (size_t i = 0; i < rates.count; i++) {
        const struct rate_quote *q = &rates.at[i];
        at[i] = (struct carrier_quote){.carrier = text_of(self->name),
                                       .service = text_of(q->service),
                                       .name = text_of(q->name),
                                       .price_minor = q->price_minor,
                                       .currency = text_copy(c->arena, text_of(q->currency)),
                                       .earliest_day = q->earliest_day,
                                       .promised_day = q->promised_day,
                                       .is_express = strcmp(q->service, "express") == 0,
                                       .can_sign = q->can_sign};
    }
    *quotes = (struct list){at, rates.count};
    return OK;
}

static enum err house_buy(struct ctx *c, const struct carrier_driver *self, const struct parcel *p,
                          struct text once_key, struct label_answer *answer)
{
    struct rate_quotes rates = {0};
    (void)self;
    (void)once_key;
    TRY(rate(c, p, &rates));
    for (size_t i = 0; i < rates.count; i++) {
        const struct rate_quote *q = &rates.at[i];
        if (!text_is(p->service, q->service)) continue;
        *answer =
            (struct label_answer){.tracking_number = tracking_number_house(
                                      c->arena, p->serial, text_cstr(c->arena, p->from_country)),
                                  .cost_minor = q->price_minor,
                                  .currency = text_copy(c->arena, text_of(q->currency)),
                                  .promised_day = q->promised_day};
        if (answer->tracking_number.at) return OK;
        return fail(c, ERR_INVALID, "carrier_refused", "%lld from %.*s gives no tracking number",
                    (long long)p->serial, TEXT_ARG(p->from_country));
    }
    return fail_at(c, ERR_INVALID, "carrier_refused", "service", "\"%.*s\" cannot take it: %.*s",
                   TEXT_ARG(text_head(p->service, 40)), TEXT_ARG(rates.why_none));
}

static enum err house_find(struct ctx *c, const struct carrier_driver *self, struct text once_key,
                           struct label_answer *answer)
{
    (void)self;
    (void)answer;
    return fail(c, ERR_NOT_FOUND, "label_not_found", "nothing was bought under %.*s",
                TEXT_ARG(text_head(once_key, 40)));
}

static enum err house_void(struct ctx *c, const struct carrier_driver *self,
                           struct text tracking_number, struct text once_key)
{
    (void)c;
    (void)self;
    (void)tracking_number;
    (void)once_key;
    return OK;
}

/* Its drivers report to us; there is nobody else to ask. */
static enum err house_track(struct ctx *c, const struct carrier_driver *self,
                            struct text tracking_number, struct list *reports)
{
    (void)c;
    (void)self;
    (void)tracking_number;
    *reports = (struct list){0};
    return OK;
}

const struct carrier_driver carrier_house = {
    .name = "house",
    .is_local = true,
    .takes_serial = true,
    .quote = house_quote,
    .buy_label = house_buy,
    .find_label = house_find,
    .void_label = house_void,
    .track = house_track,
};
