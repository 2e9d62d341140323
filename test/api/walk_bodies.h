/* test/api/walk_bodies.h: what the steps of the walk send, and those to the customers' pages. */
#pragma once

#include "walk.h"

#define SIZE(table) (sizeof(table) / sizeof *(table))

#define ADDRESS                                                                                    \
    "{\"recipient\":\"Ada Byron\",\"line1\":\"10 King Street\",\"city\":\"London\","               \
    "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"}"
/* An order's body from its payment on: ORDER("on_account", "[{...}]") */
#define ORDER(how, lines)                                                                          \
    "{\"ship_to\":" ADDRESS ",\"customer_name\":\"Ada Byron\",\"customer_email\":"                 \
    "\"ada@example.org\",\"payment_method\":\"" how "\",\"lines\":" lines "}"
#define LINE(sku, n) "[{\"sku\":\"" sku "\",\"quantity\":" #n "}]"
#define GBP(n) "{\"amount\":" #n ",\"currency\":\"GBP\"}"

enum { WALK_BEFORE_PAGES = 10, WALK_ITS_PAGES = 22, WALK_ONE_PARCEL = 26 };
/* Orders to confirm, one that has arrived and one that is asked about, for the links to them. */
extern const struct step walk_before_pages[WALK_BEFORE_PAGES], walk_its_pages[WALK_ITS_PAGES];
/* Two orders of one customer in one parcel, and what was in it taken out again. */
extern const struct step walk_one_parcel[WALK_ONE_PARCEL];
