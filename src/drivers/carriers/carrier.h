/* drivers/carriers/carrier.h: what the program needs from whoever carries its parcels.
 *
 *   quote ──> buy_label(once_key) ──> hand-over ──> track
 *                  └─ answer lost ──> find_label(once_key)
 *
 * `once_key` names the purchase for good: a carrier that is asked twice under one key sells one
 * label and answers the same. Every account at a carrier is a driver of its own with a name of its
 * own, so that a label is voided where it was bought. Vendor files have no headers; each makes one
 * driver below, and app/wiring.c lists them. Every driver passes carrier_test.c.
 *
 * Prices are minor units, weights _g, lengths _mm. Results live in c->arena. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"

#include <stdbool.h>

enum { CARRIER_REPORTS_MAX = 200, CARRIER_QUOTES_MAX = 64, CARRIER_NUMBER_MAX = 40 };

struct parcel {
    struct text from_country, from_postal_code;
    const struct postal_address *to;
    int64_t length_mm, width_mm, height_mm; /* outer; all 0: not known */
    int64_t weight_g;                       /* gross; 0: not known */
    int64_t ship_day;
    int64_t collect_minor; /* cash on delivery, in the order's currency; 0: none */
    struct text currency;  /* of the prices wanted */
    bool wants_signature;
    struct text service;   /* to buy */
    struct text reference; /* for their invoice: our order number */
    int64_t serial;        /* of the tracking number, for a carrier that takes_serial; NONE */
};

struct carrier_quote {
    struct text carrier, service, name; /* name: for people */
    int64_t price_minor;                /* all in */
    struct text currency;
    int64_t earliest_day, promised_day;
    bool is_express, can_sign;
};

struct label_answer {
    struct text tracking_number;
    int64_t cost_minor;
    struct text currency;
    int64_t promised_day; /* NONE when they do not say */
};

struct carrier_report {
    struct text tracking_number;
    int64_t occurred_us;
    struct text status; /* a word of enum tracking_status */
    struct text code, place, detail;
};

struct carrier_driver {
    const char *name;  /* as in label.carrier */
    bool is_local;     /* asks nobody outside: may be called inside a unit of work */
    bool takes_serial; /* we number its parcels */

    /* List of struct carrier_quote, in any order; none that fits is OK with count 0. */
    enum err (*quote)(struct ctx *c, const struct carrier_driver *self, const struct parcel *parcel,
                      struct list *quotes);
    /* OK: bought. ERR_INVALID: will never be sold like this ("carrier_refused"). ERR_UPSTREAM:
     * surely not bought; ask again later. ERR_UNKNOWN: perhaps bought; find it first. */
    enum err (*buy_label)(struct ctx *c, const struct carrier_driver *self,
                          const struct parcel *parcel, struct text once_key,
                          struct label_answer *answer);
    /* ERR_NOT_FOUND "label_not_found": never bought under this key, so it may be. ERR_UPSTREAM:
     * nobody can tell now. */
    enum err (*find_label)(struct ctx *c, const struct carrier_driver *self, struct text once_key,
                           struct label_answer *answer);
    /* Give the label back; a second time is harmless. ERR_INVALID: they keep the money. */
    enum err (*void_label)(struct ctx *c, const struct carrier_driver *self,
                           struct text tracking_number, struct text once_key);
    /* What they know of the parcel, oldest first: list of struct carrier_report. */
    enum err (*track)(struct ctx *c, const struct carrier_driver *self, struct text tracking_number,
                      struct list *reports);
};

/* Our own van or a carrier by contract: price list of plan/rates.h, our own tracking numbers. */
extern const struct carrier_driver carrier_house;

/* Trouble on demand, for tests and trials; what happens depends on the service bought:
 *   plain    sells                          late     sells, the answer is lost, is found later
 *   never    sells and never answers        lost     loses the question; a second one sells
 *   away     is never reached               refuse   refuses
 *   garbage  sells, answers nonsense, is found later
 *   kept     sells, and takes nothing back
 * Numbers come from the once-key, so the same run gives the same numbers. */
extern const struct carrier_driver carrier_test;
/* How often carrier_test was asked to sell under this key and did: 1 is right; 2 is a blind
 * repetition, which a less careful carrier would have charged twice. */
int64_t carrier_test_sold(struct text once_key);
bool carrier_test_voided(struct text tracking_number);
void carrier_test_forget(void); /* all it ever sold */
