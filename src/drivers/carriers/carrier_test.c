/* Every carrier driver keeps the same promises; the one for trouble keeps its own. */
#include "drivers/carriers/carrier.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"
#include "plan/tracking_number.h"

struct desk {
    struct arena arena;
    struct source source;
    struct ctx ctx;
};

static struct ctx *desk_open(struct desk *d)
{
    *d = (struct desk){0};
    source_virtual(&d->source, 1, INT64_C(1767600000000000));
    d->ctx = (struct ctx){.arena = &d->arena, .source = &d->source};
    d->ctx.now_us = source_now_us(&d->source);
    return &d->ctx;
}

static const struct postal_address cologne = {.recipient = {"Eva Klein", 9},
                                              .line1 = {"Domplatz 1", 10},
                                              .city = {"Koeln", 5},
                                              .postal_code = {"50667", 5},
                                              .country = {"DE", 2}};

static struct parcel box(const char *service)
{
    return (struct parcel){.from_country = T("DE"),
                           .from_postal_code = T("10115"),
                           .to = &cologne,
                           .length_mm = 300,
                           .width_mm = 200,
                           .height_mm = 100,
                           .weight_g = 1500,
                           .ship_day = 20458,
                           .currency = T("EUR"),
                           .service = text_of(service),
                           .reference = T("1001"),
                           .serial = 42};
}

struct candidate {
    const struct carrier_driver *driver;
    const char *service; /* one that sells */
};
static const struct candidate candidates[] = {{&carrier_house, "standard"},
                                              {&carrier_test, "plain"}};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

TEST(carrier, every_carrier_names_its_price_and_its_day)
{
    for (size_t k = 0; k < CANDIDATES; k++) {
        struct desk d;
        struct ctx *c = desk_open(&d);
        const struct carrier_driver *it = candidates[k].driver;
        struct parcel p = box(candidates[k].service);
        struct list quotes;
        CHECK_OK(c, it->quote(c, it, &p, &quotes));
        CHECK(quotes.count > 0 && quotes.count <= CARRIER_QUOTES_MAX);
        bool is_listed = false;
        for (size_t i = 0; i < quotes.count; i++) {
            const struct carrier_quote *q = &((const struct carrier_quote *)quotes.at)[i];
            CHECK_TEXT(it->name, q->carrier);
            CHECK_TEXT("EUR", q->currency);
            CHECK(q->price_minor > 0 && q->promised_day > p.ship_day);
            CHECK(q->earliest_day <= q->promised_day);
            is_listed = is_listed || text_eq(q->service, p.service);
        }
        CHECK(is_listed);
        arena_free(&d.arena);
    }
}

TEST(carrier, the_same_key_is_the_same_label)
{
    for (size_t k = 0; k < CANDIDATES; k++) {
        struct desk d;
        struct ctx *c = desk_open(&d);
        const struct carrier_driver *it = candidates[k].driver;
        struct parcel p = box(candidates[k].service);
        struct label_answer first = {0}, again = {0}, found = {0};
        struct text key = T("lbl_conformance");
        CHECK_FAULT(c, ERR_NOT_FOUND, "label_not_found",
                    it->find_label(c, it, T("lbl_nobody"), &found));
        CHECK_OK(c, it->buy_label(c, it, &p, key, &first));
        CHECK_OK(c, it->buy_label(c, it, &p, key, &again));
        CHECK(first.tracking_number.len > 0);
        CHECK(first.tracking_number.len <= CARRIER_NUMBER_MAX);
        CHECK(text_eq(first.tracking_number, again.tracking_number));
        CHECK_I64(first.cost_minor, again.cost_minor);
        CHECK_OK(c, it->void_label(c, it, first.tracking_number, key));
        CHECK_OK(c, it->void_label(c, it, first.tracking_number, key));
        arena_free(&d.arena);
    }
}

TEST(carrier, what_it_tracks_is_in_order_and_says_which_parcel)
{
    for (size_t k = 0; k < CANDIDATES; k++) {
        struct desk d;
        struct ctx *c = desk_open(&d);
        const struct carrier_driver *it = candidates[k].driver;
        struct list reports;
        CHECK_OK(c, it->track(c, it, T("X1"), &reports));
        CHECK(reports.count <= CARRIER_REPORTS_MAX);
        const struct carrier_report *at = reports.at;
        for (size_t i = 0; i < reports.count; i++) {
            CHECK_TEXT("X1", at[i].tracking_number);
            CHECK(i == 0 || at[i - 1].occurred_us <= at[i].occurred_us);
        }
        arena_free(&d.arena);
    }
}

TEST(carrier, the_house_carrier_numbers_by_the_serial_it_is_given)
{
    struct desk d;
    struct ctx *c = desk_open(&d);
    struct parcel p = box("express");
    struct label_answer answer = {0};
    int64_t serial = 0;
    CHECK_OK(c, carrier_house.buy_label(c, &carrier_house, &p, T("lbl_1"), &answer));
    CHECK(tracking_number_check(answer.tracking_number, &serial));
    CHECK_I64(42, serial);
    p.service = T("balloon");
    CHECK_FAULT(c, ERR_INVALID, "carrier_refused",
                carrier_house.buy_label(c, &carrier_house, &p, T("lbl_2"), &answer));
    arena_free(&d.arena);
}

TEST(carrier, the_house_carrier_offers_only_who_can_take_a_signature)
{
    struct desk d;
    struct ctx *c = desk_open(&d);
    struct parcel p = box("standard");
    struct list all, signing;
    CHECK_OK(c, carrier_house.quote(c, &carrier_house, &p, &all));
    p.wants_signature = true;
    CHECK_OK(c, carrier_house.quote(c, &carrier_house, &p, &signing));
    CHECK(signing.count < all.count);
    for (size_t i = 0; i < signing.count; i++)
        CHECK(((const struct carrier_quote *)signing.at)[i].can_sign);
    arena_free(&d.arena);
}

TEST(carrier, trouble_comes_as_ordered)
{
    struct desk d;
    struct ctx *c = desk_open(&d);
    const struct carrier_driver *it = &carrier_test;
    struct label_answer a = {0};
    struct parcel p = box("late");
    CHECK_FAULT(c, ERR_UNKNOWN, "carrier_no_answer", it->buy_label(c, it, &p, T("t_late"), &a));
    CHECK_OK(c, it->find_label(c, it, T("t_late"), &a));
    CHECK_I64(1, carrier_test_sold(T("t_late")));
    p = box("never");
    CHECK_FAULT(c, ERR_UNKNOWN, "carrier_no_answer", it->buy_label(c, it, &p, T("t_never"), &a));
    CHECK_FAULT(c, ERR_UPSTREAM, "carrier_away", it->find_label(c, it, T("t_never"), &a));
    p = box("lost");
    CHECK_FAULT(c, ERR_UNKNOWN, "carrier_no_answer", it->buy_label(c, it, &p, T("t_lost"), &a));
    CHECK_FAULT(c, ERR_NOT_FOUND, "label_not_found", it->find_label(c, it, T("t_lost"), &a));
    CHECK_OK(c, it->buy_label(c, it, &p, T("t_lost"), &a));
    p = box("away");
    CHECK_FAULT(c, ERR_UPSTREAM, "carrier_away", it->buy_label(c, it, &p, T("t_away"), &a));
    CHECK_I64(0, carrier_test_sold(T("t_away")));
    p = box("refuse");
    CHECK_FAULT(c, ERR_INVALID, "carrier_refused", it->buy_label(c, it, &p, T("t_no"), &a));
    p = box("garbage");
    CHECK_OK(c, it->buy_label(c, it, &p, T("t_garbage"), &a));
    CHECK(a.cost_minor < 0);
    arena_free(&d.arena);
}
