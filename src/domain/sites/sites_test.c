/* domain/sites/sites_test.c: places have one name each. */
#include "domain/sites/site.h"
#include "shop.h"

static enum err add_bin(struct ctx *c, void *arg) { return bin_insert(c, arg); }
static enum err add_site(struct ctx *c, void *arg) { return site_insert(c, arg); }

TEST_BOTH(sites, a_code_names_one_bin_of_a_site_and_one_site)
{
    struct shop s = shop_open(w);
    struct list found;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, bins_of(&w->ctx, &s.bins[0][0], 1, &found));
    struct bin bin = *(const struct bin *)found.at;
    bin.bin_id = source_id(&w->source);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, add_bin, &bin));
    bin.code = T("Z-1"); /* new in both sites */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, add_bin, &bin));
    bin.bin_id = source_id(&w->source);
    bin.site_id = s.manchester;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, add_bin, &bin));
    struct site site;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, site_get(&w->ctx, s.london, &site));
    site.site_id = source_id(&w->source);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, add_site, &site));
}

TEST_BOTH(sites, the_first_bin_of_a_kind_is_by_code_and_of_its_own_site)
{
    struct shop s = shop_open(w);
    struct bin early = {.merchant_id = w->ctx.merchant_id,
                        .bin_id = source_id(&w->source),
                        .site_id = s.london,
                        .code = T("A-00"),
                        .zone = T("A"),
                        .kind = BIN_PICK};
    int64_t sites[] = {s.london, s.manchester};
    struct list found;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, add_bin, &early));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, bins_of_kind(&w->ctx, s.london, BIN_PICK, 2, &found));
    const struct bin *at = found.at;
    CHECK_I64(2, (int64_t)found.count);
    CHECK(found.count == 2 && text_is(at[0].code, "A-00") && text_is(at[1].code, "A-01-01"));
    CHECK_OK(&w->ctx, bins_of_kind_at(&w->ctx, sites, 2, BIN_PICK, &found));
    CHECK_I64(25, (int64_t)found.count);
    int64_t before = NONE;
    for (size_t i = 0; i < found.count; i++) {
        const struct bin *b = &((const struct bin *)found.at)[i];
        CHECK(b->site_id == s.london || b->site_id == s.manchester);
        CHECK(i < 13 || b->site_id != before); /* London's first, then Manchester's */
        if (i == 12) before = b->site_id;
    }
}
