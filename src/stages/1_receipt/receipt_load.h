/* stages/1_receipt/receipt_load.h: what deciding about a batch of drafts needs, read as a set. */
#pragma once

#include "domain/catalog/product.h"
#include "domain/catalog/substitute.h"
#include "domain/customers/customer.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/preorder.h"
#include "domain/orders/sourcing.h"
#include "domain/payments/credit.h"
#include "domain/payments/tax.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "stages/1_receipt/receipt.h"

struct known {
    struct merchant merchant;
    struct list sites;             /* struct site, by priority */
    struct list products;          /* struct product, by SKU and owner */
    struct list parts;             /* struct kit_part, by kit */
    struct list by_id;             /* struct product, by id: the same and the parts */
    struct list offers;            /* struct service_offer */
    struct list prices;            /* struct price, of products and offers */
    struct list customers;         /* struct customer, by reference */
    struct list orders;            /* struct order: references that exist already */
    struct list alike;             /* struct order: placed lately and looking the same */
    const struct draft *drafts;    /* of this batch */
    int64_t *likeness;             /* of each of them */
    struct list stock;             /* struct availability, by product and site */
    struct list reserves;          /* struct channel_reserve, of the products */
    struct list carts, cart_lines; /* struct cart, struct cart_line: that orders come from */
    struct list preorders;         /* struct preorder, of the products that have one */
    struct preordered *ahead;      /* sold before they are there, by this batch */
    size_t ahead_count, ahead_capacity;
    struct list rules, instead; /* struct substitute, struct product: when a draft allows them */
    struct demand *aside;       /* set aside of substitutes, by this batch */
    size_t aside_count, aside_capacity;
    struct list expected; /* struct expected, of what is short */
    struct list loads;    /* struct site_load: one for each site of limited capacity */
    struct list credits;  /* struct credit: that drafts are paid by; what is decided comes off */
    struct money_policy policy;
    struct list rates; /* struct tax_rate; none when no draft needs them */
};

must_check enum err receipt_load(struct ctx *c, const struct draft *drafts, size_t n,
                                 struct known *k);
const struct service_offer *offer_find(const struct known *k, struct text code);
const struct customer *customer_find(const struct known *k, int64_t owner_id,
                                     struct text reference);
const struct order *reference_find(const struct known *k, int64_t owner_id, int32_t channel,
                                   struct text reference);
/* What this order's prices hold of tax. */
enum tax_policy draft_taxes(const struct known *k, const struct draft *d);
/* orders.likeness of one of the drafts that were loaded. */
int64_t draft_likeness(const struct known *k, const struct draft *d);
