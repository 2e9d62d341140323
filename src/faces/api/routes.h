/* faces/api/routes.h: the routes of the shop's own books; app/wiring.c lists them. */
#pragma once

#include "faces/api/route.h"

extern const struct route orders_routes[];   /* /v1/orders */
extern const struct route changes_routes[];  /* /v1/orders/{ord}/change, /changes */
extern const struct route holds_routes[];    /* /v1/orders/{ord}/holds */
extern const struct route products_routes[]; /* /v1/products */
extern const struct route
    substitutes_routes[];                     /* /v1/substitutes, /v1/orders/{ord}/substitutions */
extern const struct route offers_routes[];    /* /v1/kits, /v1/services */
extern const struct route customers_routes[]; /* /v1/customers */
extern const struct route sites_routes[];     /* /v1/sites, their bins and cartons */
extern const struct route payments_routes[];  /* /v1/orders/{ord}/payments */
extern const struct route refunds_routes[];   /* /v1/refunds */
extern const struct route invoices_routes[];  /* /v1/invoices */
extern const struct route credits_routes[];   /* /v1/credits: gift cards, store credit */
extern const struct route money_policy_routes[]; /* /v1/money-policy */
extern const struct route tax_routes[];          /* /v1/tax-rates, /v1/orders/{ord}/taxes */
extern const struct route stock_routes[];        /* /v1/stock */
extern const struct route sourcing_routes[];  /* /v1/orders/{ord}/sourcing, /v1/stock/{sku}/rules */
extern const struct route merchant_routes[];  /* /v1/merchant, /v1/board */
extern const struct route carts_routes[];     /* /v1/carts */
extern const struct route shortages_routes[]; /* /v1/shortages */
extern const struct route owners_routes[];    /* /v1/owners */
