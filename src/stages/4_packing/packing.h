/* stages/4_packing/packing.h: stage 4, goods come from totes into packages.
 *
 *   picked ──start──> packing ──open package──scan in──services done──seal──> packed
 *
 * A package is a place; its lines are the stock in it. A proposal says which cartons to take and
 * what goes where; the packer may do otherwise. A package is sealed only when every service of its
 * fulfillment is done and its weight fits what is in it; someone may override the weight, by name
 * and reason. Stops (holds, cancels, changes) are answered at every step. All functions run inside
 * a unit of work; packing_propose only reads. Weights are grams, lengths millimetres. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"

/* --- proposals ------------------------------------------------------------------------------- */

struct pack_content {
    int64_t line_no, product_id, quantity;
    struct text sku, name;
};
extern const struct fields pack_content_fields;

struct pack_box {
    int64_t carton_id; /* NONE: none (as it is, over the counter, or too large for all) */
    struct text carton;
    int64_t length_mm, width_mm, height_mm; /* outer; 0: not known */
    int64_t expected_g, fill_bp;
    struct text advice;   /* "fragile: cushion all sides; keep upright", or why no carton fits */
    struct list contents; /* struct pack_content */
};
extern const struct fields pack_box_fields;

struct pack_proposal {
    int64_t fulfillment_id;
    struct list boxes;  /* struct pack_box */
    struct fault fault; /* code not OK: no proposal */
};
extern const struct fields pack_proposal_fields;

/* Cartons for what is picked and not packed yet (before the picking: for what will be). The same
   number of statements for any `n` at one site. proposals[i] is of fulfillment_ids[i]. */
must_check enum err packing_propose(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                                    struct pack_proposal *proposals);

/* --- by hand --------------------------------------------------------------------------------- */

/* Picked to packing. */
must_check enum err packing_start(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                                  struct fault *faults);

struct pack_open {
    int64_t fulfillment_id;
    int64_t carton_id; /* NONE: own sizes, which may be 0 */
    int64_t length_mm, width_mm, height_mm;
    int64_t version; /* NONE: not asked */
};
must_check enum err packing_open(struct ctx *c, const struct pack_open *in, struct package *out);

struct pack_scan {
    int64_t package_id;
    struct text scan; /* raw */
    int64_t quantity; /* NONE: what the symbol says, else one */
    int64_t line_no;  /* NONE: the first line that waits for this product */
    int64_t version;
    struct text serial; /* of the one unit; absent: what the symbol says, if anything */
};
struct pack_result {
    int64_t package_id, line_no, product_id, packed; /* units put in now */
    int64_t in_package;                              /* units in this package */
    int64_t left;       /* units of the fulfillment that still lie in the tote */
    int64_t expected_g; /* so far */
    struct text serial; /* taken down now */
};
extern const struct fields pack_result_fields;
/* Tote to package. ERR_CONFLICT "wrong_item" says what it is; "too_many" what is left of it. */
must_check enum err packing_scan(struct ctx *c, const struct pack_scan *in,
                                 struct pack_result *out);
/* Numbers of units that lie in an open package: each its own, of one product. ERR_CONFLICT
   "serial_taken" (it is in a package), "serial_unknown" (it did not come in), "too_many" (more
   numbers than units without one), "serial_of_what", "no_serials_here"; and those of serials_spell.
   The same number of statements for one and for SERIALS_MAX. */
struct pack_serials {
    int64_t package_id;
    int64_t line_no;     /* NONE: any of the product */
    struct text sku;     /* absent: the one product in it that lacks numbers */
    struct list serials; /* struct text */
    struct list ranges;  /* struct serial_range */
    int64_t version;
};
struct pack_numbered {
    int64_t package_id, line_no;
    struct text sku;
    int64_t taken, captured, missing;
};
extern const struct fields pack_numbered_fields;
must_check enum err packing_serials(struct ctx *c, const struct pack_serials *in,
                                    struct pack_numbered *out);
/* A line comes out again and back into the tote, while the package is open. */
must_check enum err packing_take_out(struct ctx *c, int64_t package_id, int64_t line_no);
/* A package that holds nothing goes; a sealed one that has no label yet is opened again. */
must_check enum err packing_discard(struct ctx *c, int64_t package_id);
must_check enum err packing_reopen(struct ctx *c, int64_t package_id);

struct pack_seal {
    int64_t package_id;
    int64_t weight_g;             /* measured, or NONE */
    struct text override_by, why; /* both: take it as it is although the weight differs */
    int64_t version;
};
struct pack_sealed {
    struct package package;
    struct text warning; /* "the weight of PEN is not known", or absent */
    int32_t fulfillment_state;
};
/* ERR_CONFLICT "services_open" lists what is to be done; "empty"; "serials_missing" how many of
   what; "weight_differs" says what may be missing or too much; "too_heavy" for the carton. */
must_check enum err packing_seal(struct ctx *c, const struct pack_seal *in,
                                 struct pack_sealed *out);

/* --- many at once ---------------------------------------------------------------------------- */

struct pack_job {
    int64_t fulfillment_id;
    const struct pack_proposal *proposal; /* NULL: made here */
    bool with_services;                   /* its open services count as done by this actor */
};
enum { PACK_BATCH_MAX = 5000 };
/* Start, pack, seal: all that lies in these totes. The same number of statements for any `n`. */
must_check enum err packing_pack(struct ctx *c, const struct pack_job *jobs, size_t n,
                                 struct fault *faults);
