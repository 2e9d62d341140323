/* drivers/payments/offline.c: money that people move and record. Nothing is sent out: whatever is
 * asked waits until staff record it. */
#include "drivers/payments/provider.h"

static enum err offline_ask(struct ctx *c, const struct payment_provider *self,
                            const struct payment_ask *ask, struct payment_answer *answer)
{
    (void)c, (void)self;
    *answer = (struct payment_answer){.outcome = PAYMENT_PENDING, .provider_ref = ask->once_key};
    return OK;
}

const struct payment_provider payment_offline_provider = {
    .name = "offline", .is_manual = true, .ask = offline_ask, .find = offline_ask};
