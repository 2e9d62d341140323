/* stages/5_shipping/shipping_load.h: packages with all that is around them, read as a set.
 *
 * Eight statements for any number of packages, one more when some hold others. Lists are in the
 * arena and ascending by their key; what is looked up in them is found by binary search. */
#pragma once

#include "domain/customers/customer.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "stages/5_shipping/shipping.h"

struct shipment {
    const struct package *package; /* NULL: there is no such package */
    const struct fulfillment *fulfillment;
    const struct order *order;
    const struct address *to;
    const struct site *site;
    const struct label *label;      /* the live or used one; NULL while there is none */
    const struct address *label_to; /* where that was to bring it */
    int64_t packages;               /* of its fulfillment */
    int64_t inside_g;               /* what the packages weigh that lie inside */
    int64_t orders;                 /* whose goods are in the parcel */
    bool is_first;                  /* of its order: collects the cash */
    bool is_again;                  /* the same package stands earlier in the batch */
};

struct shipments {
    struct merchant merchant;
    struct list packages, fulfillments, orders, addresses, sites, labels, of_orders;
    struct list owners;  /* struct owner, of orders that are not the merchant's own */
    struct list inside;  /* struct package, that lie in those asked for, by id */
    struct shipment *at; /* one per id asked for, in that order */
    size_t n;
};

must_check enum err shipments_load(struct ctx *c, const int64_t *package_ids, size_t n,
                                   struct shipments *out);
/* ERR_TOO_LARGE "too_many" when a batch is larger than SHIPPING_BATCH_MAX. */
must_check enum err shipping_batch(struct ctx *c, size_t n);
/* A member of a batch is answered alone: the fault moves from the context to it. */
void shipping_refuse(struct ctx *c, struct fault *fault, enum err e);

/* The parcel as a carrier sees it. */
void shipment_parcel(const struct ctx *c, const struct shipments *all, const struct shipment *s,
                     struct parcel *out);
/* Quotes of the drivers that may be asked here: inside a unit of work the local ones only. */
must_check enum err shipment_quotes(struct ctx *c, const struct parcel *p, struct list *quotes);
struct quote_need shipment_need(const struct shipment *s, struct text carrier, struct text service);
/* Unlabelled, the label given back for `why` (queued): the package is sealed again at once. */
must_check enum err shipping_give_back(struct ctx *c, const struct shipment *s, struct text why);
/* One method and one door: they may lie in one parcel. */
bool shipping_goes_with(struct ctx *c, const struct shipment *a, const struct shipment *b);
/* Order rows are taken first, so that two who finish parts of one order see each other. */
must_check enum err shipping_lock(struct ctx *c, const struct package *packages, size_t n,
                                  int64_t **order_ids, size_t *orders);

/* What a carrier says is checked before it is believed: ERR_UNKNOWN "answer_unreadable". */
must_check enum err shipping_answer_check(struct ctx *c, struct label_answer *a);
void shipping_answer_take(struct ctx *c, const struct label_answer *a, struct label *l);
must_check enum err shipping_tell_bought(struct ctx *c, const struct package *p,
                                         const struct label *l);
must_check enum err shipping_label_package(struct ctx *c, const struct package *p);
