/* services/special_packaging/special_packaging.h: fragile, chilled, valuable: more than a carton.
 *
 * What to use follows from the goods; who packs confirms what was used. Inside a unit of work. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct packaging_need {
    struct text
        material;      /* "cushion", "upright_arrows", "hazard_label", "cold_pack", "plain_tape" */
    struct text about; /* what to do with it */
};
extern const struct fields packaging_need_fields;

/* What the goods of this task need (struct packaging_need); cushion at least. */
must_check enum err special_packaging_needs(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                            struct list *needs);

struct special_packaging {
    int64_t fulfillment_id, task_id;
    struct list materials; /* struct text: what was used */
    int64_t version;
};
/* ERR_CONFLICT "material_missing" names what; otherwise as service_work_load. */
must_check enum err special_packaging_finish(struct ctx *c, const struct special_packaging *in);
