/* services/assembly/assembly.h: parts become a kit.
 *
 * The steps follow from the kit's list of parts; who assembles confirms each step. An assembly that
 * a customer ordered for goods that are no kit has one step: put it together. Inside a unit of
 * work. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct assembly_step {
    int64_t step; /* 1, 2, ... */
    struct text sku, name;
    int64_t quantity; /* of this part, for all kits of the line */
    struct text about;
};
extern const struct fields assembly_step_fields;

must_check enum err assembly_steps(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                   struct list *steps);

struct assembly {
    int64_t fulfillment_id, task_id;
    int64_t steps_done; /* the last step that was done; all of them are needed */
    int64_t version;
};
/* ERR_CONFLICT "steps_open" names the next one; otherwise as service_work_load. */
must_check enum err assembly_finish(struct ctx *c, const struct assembly *in);
