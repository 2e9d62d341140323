/* services/claims/claims.h: the carrier's side of a parcel that was lost or broken. The customer's
 * side is a case (stages/7_completion/cases.h); neither waits for the other.
 *
 *   package.lost ─> open ─> filed ─> paid or refused;  package.delivered ─> withdrawn
 *
 * Inside a unit of work. */
#pragma once

#include "domain/events/event.h"
#include "domain/orders/claim.h"

struct claim_wish {
    int64_t package_id;
    int32_t kind;
    int64_t amount_minor; /* NONE: what its goods were sold for */
    struct text note;
};
/* A parcel has one live claim: asking again gives that one. ERR_NOT_FOUND "package_not_found";
   ERR_CONFLICT "not_handed_over" (it never was the carrier's). */
must_check enum err claims_open(struct ctx *c, const struct claim_wish *wish, int64_t *claim_id);
/* Told to the carrier, under a number of theirs; again with another amount or number, too.
   ERR_CONFLICT "claim_exists": another one for the parcel is live. */
must_check enum err claims_file(struct ctx *c, int64_t claim_id, struct text reference,
                                int64_t amount_minor);
/* ERR_INVALID "out_of_range" when it is above what was claimed. */
must_check enum err claims_pay(struct ctx *c, int64_t claim_id, int64_t paid_minor,
                               struct text note);
must_check enum err claims_refuse(struct ctx *c, int64_t claim_id, struct text why);
must_check enum err claims_withdraw(struct ctx *c, int64_t claim_id, struct text why);

/* Reaction to PACKAGE_LOST, PACKAGE_DELIVERED and PACKAGE_RETURNED. */
must_check enum err claims_on_parcel(struct ctx *c, const struct event *events, size_t count);
