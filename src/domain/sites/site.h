/* domain/sites/site.h: where goods are: sites, bins, and the cartons they pack into. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum site_kind { SITE_WAREHOUSE, SITE_SHOP, SITE_SUPPLIER };
enum bin_kind { BIN_PICK, BIN_BULK, BIN_RECEIVING, BIN_QUARANTINE, BIN_RETURNS };
/* When goods that come in can be promised: once they left the receiving bin, or at once. */
enum sells_from { SELLS_FROM_PUT_AWAY, SELLS_FROM_RECEIPT };
extern const struct words site_kind_words, bin_kind_words, sells_from_words;

struct site {
    int64_t merchant_id, site_id;
    struct text code, name;
    int32_t kind;
    struct text country, postal_code, city, street;
    int32_t priority, cutoff_minute, work_days, sells_from;
    int64_t capacity_units; /* that it can send a day; 0: no limit */
    int64_t parcel_minor;   /* what a parcel costs there, besides its postage */
};
extern const struct fields site_fields;

struct bin {
    int64_t merchant_id, bin_id, site_id;
    struct text code, zone;
    int64_t aisle, bay, level, x_mm, y_mm;
    int32_t kind;
};
extern const struct fields bin_fields;

struct carton {
    int64_t merchant_id, carton_id, site_id;
    struct text code;
    int64_t length_mm, width_mm, height_mm, tare_g, max_g, cost_minor;
};
extern const struct fields carton_fields;

enum { SITES_MAX = 1000 };

must_check enum err site_insert(struct ctx *c, const struct site *s); /* queued */
must_check enum err site_update(struct ctx *c, const struct site *s); /* all but code and kind */
must_check enum err bin_insert(struct ctx *c, const struct bin *b);
must_check enum err carton_insert(struct ctx *c, const struct carton *p);

/* The merchant moved: sites of no address yet go along, from one country to another. */
must_check enum err sites_follow(struct ctx *c, struct text from, struct text to);
must_check enum err site_list(struct ctx *c, struct list *out); /* by priority, then id */
must_check enum err site_get(struct ctx *c, int64_t site_id, struct site *out);
must_check enum err site_find_by_code(struct ctx *c, struct text code, struct site *out,
                                      bool *found);
must_check enum err bins_of(struct ctx *c, const int64_t *bin_ids, size_t n, struct list *out);
must_check enum err bin_find_by_code(struct ctx *c, int64_t site_id, struct text code,
                                     struct bin *out, bool *found);
/* By site, then code: the first of a site is the one to use. */
must_check enum err bins_of_kind_at(struct ctx *c, const int64_t *site_ids, size_t sites,
                                    enum bin_kind kind, struct list *out);
/* Every bin of these sites with one of these codes, by site, then code. */
must_check enum err bins_by_codes(struct ctx *c, const int64_t *site_ids, size_t sites,
                                  const struct text *codes, size_t n, struct list *out);
/* The first bins of a kind, by code. */
must_check enum err bins_of_kind(struct ctx *c, int64_t site_id, enum bin_kind kind, int64_t limit,
                                 struct list *out);
must_check enum err bin_list(struct ctx *c, int64_t site_id, struct text after_code, int64_t limit,
                             struct list *out);
must_check enum err carton_list(struct ctx *c, int64_t site_id, struct list *out);
