/* faces/cli/exporting_parts.h: what the files of the exporter share. */
#pragma once

#include "domain/catalog/product.h"
#include "faces/cli/exporting.h"
#include "faces/cli/meter.h"
#include "faces/cli/records.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

struct export
{
    struct ctx *c;
    const struct export_options *options;
    FILE *to;
    struct buf out; /* of the page */
    int64_t written;
    bool has_header;
    struct meter meter;
    /* where the next page begins */
    int64_t after_id;
    char after[SKU_MAX * 4 + 1];
};

/* One record in the format asked for; csv alone, where a record has several rows. */
void export_put(struct export *x, const struct fields *f, const void *record);
void export_put_csv(struct export *x, const struct fields *f, const void *record);

typedef enum err page_fn(struct export *x, bool *more);
/* Rounds of pages: products come goods first, then kits. NULL behind the last. */
page_fn *export_round(int32_t kind, size_t round);

enum { RETURNS_EXPORT_PAGE = 500 };
/* exporting_returns.c */
must_check enum err export_returns_page(struct export *x, bool *more);
/* exporting_orders.c */
must_check enum err export_orders_page(struct export *x, bool *more);
