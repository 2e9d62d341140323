/* faces/api/combining.c: several packages of one customer in one parcel. */
#include "domain/orders/package.h"
#include "faces/api/picking.h"
#include "faces/api/shipping.h"
#include "stages/5_shipping/shipping.h"

struct parcel_row {
    int64_t package_id, parcel_id;
    int32_t state;
    int64_t packages, weight_g;
};
static const struct field parcel_table[] = {
    FIELD_ID(struct parcel_row, package_id, "id", "pkg"),
    FIELD_ID(struct parcel_row, parcel_id, "parcel_id", "pkg",
             .about = "the package that bears the label of all"),
    FIELD_ENUM(struct parcel_row, state, package_state_words, .about = "of the parcel"),
    FIELD(struct parcel_row, packages, .about = "in the parcel, the outer one too"),
    FIELD(struct parcel_row, weight_g, .about = "of all of them"),
};
static const struct fields parcel_fields = FIELDS("parcel", struct parcel_row, parcel_table);

static int64_t grams_of(const struct package *p)
{
    return p->weight_g != NONE && p->weight_g > 0 ? p->weight_g : p->expected_g;
}

static enum err show(struct ctx *c, int64_t package_id, int64_t parcel_id, struct reply *out)
{
    struct package outer;
    struct list inside;
    struct parcel_row *row = arena_new(c->arena, struct parcel_row, 1);
    TRY(package_get(c, parcel_id, &outer));
    TRY(packages_inside(c, &parcel_id, 1, &inside));
    *row = (struct parcel_row){.package_id = package_id,
                               .parcel_id = parcel_id,
                               .state = outer.state,
                               .packages = (int64_t)inside.count + 1,
                               .weight_g = grams_of(&outer)};
    const struct package *in = inside.at;
    for (size_t i = 0; i < inside.count; i++) row->weight_g += grams_of(&in[i]);
    out->record = row;
    return OK;
}

struct combine_body {
    int64_t into;
};
static const struct field combine_table[] = {
    FIELD_ID(struct combine_body, into, "into", "pkg", .flags = F_REQUIRED,
             .about = "a sealed package of the same owner, customer, site, address and method; "
                      "it bears the label of both")};
static const struct fields combine_fields = FIELDS("combine", struct combine_body, combine_table);

static enum err combine(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t into = ((const struct combine_body *)in->body)->into;
    TRY(shipping_combine(c, in->ids[0], into));
    return show(c, in->ids[0], into, out);
}

static enum err separate(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(shipping_separate(c, in->ids[0]));
    return show(c, in->ids[0], in->ids[0], out);
}

struct combinable_query {
    struct text site;
};
static const struct field query_table[] = {FIELD(struct combinable_query, site, .max = 40,
                                                 .about = "its code; the first site when absent")};
static const struct fields query_fields =
    FIELDS("combinable_query", struct combinable_query, query_table);

static const struct field group_table[] = {
    FIELD_ID(struct parcel_group, into_id, "into", "pkg",
             .about = "the one that holds others already, or the oldest"),
    FIELD(struct parcel_group, customer),
    FIELD(struct parcel_group, recipient),
    FIELD(struct parcel_group, postal_code),
    FIELD(struct parcel_group, city),
    FIELD(struct parcel_group, count, .about = "packages that may go in one parcel"),
    FIELD_TEXTS(struct parcel_group, packages, .max = SHIPPING_BATCH_MAX,
                .about = "the others; each combined by a call of its own"),
};
static const struct fields group_fields = FIELDS("combinable", struct parcel_group, group_table);

static enum err combinable(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t site_id;
    TRY(floor_site(c, ((const struct combinable_query *)in->query)->site, &site_id));
    return shipping_combinable(c, site_id, &out->list);
}

#define READ SCOPE(WORK_READ)
#define WRITE SCOPE(WORK_WRITE)
const struct route combining_routes[] = {
    {"GET", "/v1/combinable", "pack combinable", READ, ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &query_fields, &group_fields, combinable,
     "Packages that wait at a site and may go in one parcel: same owner, customer, address and "
     "method."},
    {"POST", "/v1/packages/{pkg}/combine", "pack combine", WRITE, ROUTE_WRITE, &combine_fields,
     NULL, &parcel_fields, combine,
     "Put a sealed package into another one's parcel: one label, one journey."},
    {"POST", "/v1/packages/{pkg}/separate", "pack separate", WRITE, ROUTE_WRITE, NULL, NULL,
     &parcel_fields, separate, "Take it out of the parcel again, until that leaves."},
    {0},
};
