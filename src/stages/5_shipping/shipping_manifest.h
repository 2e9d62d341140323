/* stages/5_shipping/shipping_manifest.h: today's open manifests, found or made for a batch. */
#pragma once

#include "stages/5_shipping/shipping.h"

struct manifests {
    struct list open;
    struct manifest *made;
    size_t made_count, made_capacity;
};

must_check enum err manifests_load(struct ctx *c, struct manifests *out);
/* Good until the next call; what is made is written by manifests_save. */
const struct manifest *manifests_of(struct ctx *c, struct manifests *m, int64_t site_id,
                                    struct text carrier);
must_check enum err manifests_save(struct ctx *c, struct manifests *m);
