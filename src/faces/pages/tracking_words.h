/* faces/pages/tracking_words.h: states and events in the words of a customer. */
#pragma once

#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"

struct tracking_state {
    const struct order_state *order;
    int32_t method;
    bool is_late, waits_for_customer, waits_for_payment;
    const struct package *packages;
    size_t package_count;
    const struct care_case *missing; /* about what did not come: an open one, else the last; NULL */
};
void tracking_headline(const struct tracking_state *s, struct text *headline,
                       struct text *explanation);

/* What a package's event says, and where it was; absent for what is none of the customer's. */
struct text tracking_event_words(struct arena *a, const struct event *e, bool is_pickup,
                                 struct text *place);
struct text package_status_words(const struct package *p, bool is_pickup);
struct text package_tone(const struct package *p); /* "good", "warn", "bad", "calm" */

struct text case_kind_text(int32_t kind);         /* "Something is missing" */
struct text case_status_text(int32_t resolution); /* -1: "being looked at" */
