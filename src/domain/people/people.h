/* domain/people/people.h: the merchant, its staff and its keys, and this installation's secrets. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum price_policy { PRICE_ACCEPT, PRICE_HOLD, PRICE_REFUSE };
enum stock_policy { STOCK_ALL, STOCK_SPLIT, STOCK_BACKORDER, STOCK_HOLD };
enum sourcing_rule { /* as plan/sourcing.h has them */
                     SOURCE_FEWEST_SPLITS,
                     SOURCE_SINGLE_SITE,
                     SOURCE_NEAREST,
                     SOURCE_CHEAPEST,
                     SOURCE_PRIORITY
};
enum capture_policy { CAPTURE_ON_SHIP, CAPTURE_ON_ORDER, CAPTURE_BY_HAND };
enum scope {
    SCOPE_ORDERS_READ,
    SCOPE_ORDERS_WRITE,
    SCOPE_STOCK_READ,
    SCOPE_STOCK_WRITE,
    SCOPE_WORK_READ,
    SCOPE_WORK_WRITE,
    SCOPE_SHIPPING_WRITE,
    SCOPE_PAYMENTS_WRITE,
    SCOPE_CUSTOMERS_READ,
    SCOPE_CUSTOMERS_WRITE,
    SCOPE_CATALOG_READ,
    SCOPE_CATALOG_WRITE,
    SCOPE_CARE_WRITE,
    SCOPE_EVENTS_READ,
    SCOPE_ADMIN
};
/* Who is served first when goods come that several wait for; ties go to the oldest order. */
enum fill_policy {
    FILL_OLDEST,
    FILL_EXPRESS,  /* orders that leave by express */
    FILL_WISH_DAY, /* the earliest day that a customer wished for; orders without one last */
    FILL_WHOLE     /* orders of which nothing is missing then, before parts of others */
};
extern const struct words fill_policy_words;
extern const struct words price_policy_words, stock_policy_words, capture_policy_words, scope_words,
    sourcing_policy_words;
#define SCOPE_ALL ((INT64_C(1) << 15) - 1)

struct merchant {
    int64_t merchant_id;
    struct text code, name, currency, country, email, street;
    struct text gs1_prefix; /* company prefix of 4 to 12 digits: packages get SSCCs; absent: none */
    int32_t price_policy, stock_policy, confirm_channels, capture_policy;
    int64_t grace_us;
    int32_t sourcing_policy, fill_policy;
    int64_t created_us;
};
extern const struct fields merchant_fields;

struct api_key {
    int64_t key_id, merchant_id;
    struct text name, key_hash;
    int64_t scopes, created_us, expires_us, revoked_us;
    int64_t person_id; /* whose it is: facts name that person; NONE: a program's */
    int64_t owner_id;  /* whose goods and orders it sees; 0: all of them */
};
extern const struct fields api_key_fields;

must_check enum err merchant_insert(struct ctx *c, const struct merchant *m);
must_check enum err merchant_update(struct ctx *c, const struct merchant *m);
must_check enum err merchant_get(struct ctx *c, struct merchant *out); /* c->merchant_id */
must_check enum err merchant_list(struct ctx *c, struct list *out);    /* cross-merchant, few */

must_check enum err api_key_insert(struct ctx *c, const struct api_key *k);
must_check enum err api_key_find(struct ctx *c, int64_t key_id, struct api_key *out, bool *found);
must_check enum err api_key_list(struct ctx *c, struct list *out);
must_check enum err api_key_revoke(struct ctx *c, int64_t key_id);

/* The installation's secret of that name; made by `fresh` (32 random bytes, hex) on first use. */
must_check enum err secret_get(struct ctx *c, struct text name, struct text fresh,
                               struct text *out);

/* A merchant whose orders were driven on a virtual clock lives ahead of the system's clock from
   then on; without that, new facts would stand before the simulated ones. Microseconds, 0 or more.
 */
must_check enum err clock_ahead(struct ctx *c, int64_t *ahead_us);
must_check enum err clock_keep(struct ctx *c, int64_t ahead_us); /* queued */
