/* services/customization/customization.h: engraving, printing, sewing: the customer's words on the
 * goods.
 *
 * What is on the goods cannot be taken off again, so the words are confirmed letter by letter. A
 * piece that went wrong goes back (picking_undo) and another is picked. Inside a unit of work. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct customization {
    int64_t fulfillment_id, task_id;
    struct text words; /* as they stand on the goods, read back by who made it */
    int64_t version;
};
/* ERR_CONFLICT "wording_missing" (the order has none: ask the customer), "wording_differs" with the
   first letter that does; otherwise as service_work_load. */
must_check enum err customization_finish(struct ctx *c, const struct customization *in);
