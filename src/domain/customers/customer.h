/* domain/customers/customer.h: who orders, and where things go. Addresses never change; a new
 * version is a new row. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"

struct customer {
    int64_t merchant_id, customer_id;
    struct text reference, name, email, phone;
    int64_t created_us;
    int64_t owner_id; /* whose customer; 0: the merchant's own */
};
extern const struct fields customer_fields;

struct address {
    int64_t merchant_id, address_id;
    struct postal_address at; /* base/address.h: its members stand in table order */
};
extern const struct fields address_fields;        /* the row */
extern const struct fields postal_address_fields; /* the API's record: struct postal_address */

must_check enum err customer_insert(struct ctx *c, const struct customer *p); /* queued */
must_check enum err customer_get(struct ctx *c, int64_t customer_id, struct customer *out);
must_check enum err customers_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
must_check enum err customers_by_reference(struct ctx *c, const struct text *references, size_t n,
                                           struct list *out); /* by reference and owner */
const struct customer *customer_reference_in(const struct list *customers, int64_t owner_id,
                                             struct text reference);
must_check enum err customer_find_by_email(struct ctx *c, struct text email, struct customer *out,
                                           bool *found);
must_check enum err customer_list(struct ctx *c, int64_t after_id, int64_t limit, struct list *out);

must_check enum err address_insert(struct ctx *c, const struct address *a); /* queued */
must_check enum err address_get(struct ctx *c, int64_t address_id, struct address *out);
must_check enum err addresses_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
