/* stages/4_packing/packing_load.h: what a decision about packing needs, read as a set. */
#pragma once

#include "domain/catalog/product.h"
#include "domain/orders/stop.h"
#include "domain/sites/site.h"
#include "stages/4_packing/packing.h"

struct pack_work {
    struct fulfillment *fulfillments; /* ascending */
    size_t fulfillment_count;
    struct fulfillment_line *lines; /* by fulfillment, then line */
    size_t line_count;
    struct list products; /* struct product, ascending */
    struct stops stops;
    struct list packages;      /* struct package of the orders, by order, then package */
    struct list package_lines; /* struct package_line of those that are open, by package */
    struct list tasks;         /* struct task, of fulfillments that have services open */
    int64_t *sites;            /* ascending */
    size_t site_count;
    struct list *cartons; /* struct carton, per site */
};

must_check enum err pack_work_load(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                                   struct pack_work *out);
struct fulfillment *pack_fulfillment(const struct pack_work *w, int64_t fulfillment_id);
/* The lines of one fulfillment. */
struct fulfillment_line *pack_lines(const struct pack_work *w, int64_t fulfillment_id,
                                    size_t *count);
const struct list *pack_cartons(const struct pack_work *w, int64_t site_id);
const struct carton *carton_in(const struct list *cartons, int64_t carton_id);
int64_t pack_count(const struct pack_work *w, int64_t order_id, int64_t fulfillment_id);

/* Grams of goods; *unknown names the first product whose weight is not known. */
struct pack_weight {
    int64_t goods_g;
    struct text unknown;
};
void pack_weigh(struct pack_weight *sum, const struct product *p, int64_t quantity);
/* Paper and ribbon of one wrapped line; the tolerance takes the rest. */
enum { WRAP_G = 40 };

/* ERR_CONFLICT "services_open", and which. */
must_check enum err pack_services_done(struct ctx *c, const struct pack_work *w,
                                       const struct fulfillment *f);
/* One unit that was put in now. */
must_check enum err pack_serial_one(struct ctx *c, const struct package *package,
                                    const struct product *product, int64_t line_no,
                                    struct text serial);
/* ERR_CONFLICT "serials_missing": how many of which products in a package lack their number. */
must_check enum err pack_serials_whole(struct ctx *c, const struct pack_work *w, int64_t package_id,
                                       const struct list *lines);
/* The same when anything in a tote needs numbers: nobody could have scanned them. */
must_check enum err pack_serials_none(struct ctx *c, const struct pack_work *w,
                                      const struct fulfillment *f);
/* Stops, then the state: packing (or picked, when `may_start`). */
must_check enum err pack_may_work(struct ctx *c, const struct pack_work *w,
                                  const struct fulfillment *f, bool may_start, int64_t version);
must_check enum err pack_begin(struct ctx *c, struct fulfillment *f);
/* Units of a line go from the tote into a package: all but the package's own line. */
must_check enum err pack_take(struct ctx *c, struct fulfillment *f, struct fulfillment_line *l,
                              int64_t package_id, int64_t quantity);
/* End those of which all is in sealed packages; whoever was last tells. Sorts `ids`. */
must_check enum err pack_finish(struct ctx *c, const struct pack_work *w, int64_t *ids, size_t n);
/* Which boxes for one fulfillment; decides only. */
must_check enum err pack_propose_one(struct ctx *c, const struct pack_work *w,
                                     const struct fulfillment *f, struct pack_proposal *out);
must_check enum err pack_tell_sealed(struct ctx *c, const struct package *p, int64_t units,
                                     struct text override);

/* SSCCs of the packages that one unit of work seals; none without a prefix. */
struct pack_numbering {
    struct text prefix; /* of the merchant */
    int64_t next, left; /* serial numbers taken and not used yet */
};
/* `more`: how many may be wanted from here on, so that they are taken at once. */
must_check enum err pack_number(struct ctx *c, struct pack_numbering *n, int64_t more,
                                struct text *sscc);
