/* faces/api/refunds.h: a refund as people see it; also part of an order's payments. */
#pragma once

#include "base/money.h"
#include "domain/payments/refund.h"

struct refund_view {
    int64_t refund_id, order_id;
    int32_t state, cause, target;
    struct money amount, done, set_off;
    int64_t attempts;
    struct text note, reason;
    int64_t owed_us, ended_us;
};
extern const struct fields refund_view_fields;
struct refund_view refund_view_of(const struct refund *r, const char *currency);
