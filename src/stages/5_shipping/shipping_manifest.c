/* stages/5_shipping/shipping_manifest.c: what one courier takes along, and signs for. */
#include "stages/5_shipping/shipping_manifest.h"

#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

static const struct field manifest_table[] = {
    FIELD(struct manifest, merchant_id),
    FIELD_ID(struct manifest, manifest_id, "id", "man"),
    FIELD_ID(struct manifest, site_id, "site_id", "sit"),
    FIELD(struct manifest, carrier),
    FIELD(struct manifest, number),
    FIELD_INSTANT(struct manifest, created_us, "created_at"),
    FIELD_INSTANT(struct manifest, closed_us, "closed_at"),
};
const struct fields manifest_fields = FIELDS("manifest_row", struct manifest, manifest_table);

static const struct field line_table[] = {
    FIELD_ID(struct manifest_line, package_id, "package_id", "pkg"),
    FIELD(struct manifest_line, tracking_number),
    FIELD(struct manifest_line, service),
    FIELD(struct manifest_line, recipient),
    FIELD(struct manifest_line, city),
    FIELD(struct manifest_line, postal_code),
    FIELD(struct manifest_line, country),
    FIELD(struct manifest_line, weight_g),
};
const struct fields manifest_line_fields =
    FIELDS("manifest_line", struct manifest_line, line_table);

static struct manifest *find_open(struct manifests *m, int64_t site_id, struct text carrier)
{
    struct manifest *at = m->open.at;
    for (size_t i = 0; i < m->open.count; i++)
        if (at[i].site_id == site_id && text_eq(at[i].carrier, carrier)) return &at[i];
    for (size_t i = 0; i < m->made_count; i++)
        if (m->made[i].site_id == site_id && text_eq(m->made[i].carrier, carrier))
            return &m->made[i];
    return NULL;
}

enum err manifests_load(struct ctx *c, struct manifests *out)
{
    int64_t today_us = day_of_us(c->now_us) * DAY_US;
    *out = (struct manifests){0};
    return db_rows(c, &Q_manifests_open, ARGS(I64(c->merchant_id), I64(id_at_us(today_us))),
                   &manifest_fields, &out->open);
}

const struct manifest *manifests_of(struct ctx *c, struct manifests *m, int64_t site_id,
                                    struct text carrier)
{
    struct manifest *found = find_open(m, site_id, carrier);
    if (found) return found;
    struct manifest *new = arena_push(c->arena, m->made, m->made_count, m->made_capacity);
    *new = (struct manifest){.merchant_id = c->merchant_id,
                             .manifest_id = source_id(c->source),
                             .site_id = site_id,
                             .carrier = carrier,
                             .created_us = c->now_us,
                             .closed_us = NONE};
    return new;
}

enum err manifests_save(struct ctx *c, struct manifests *m)
{
    int64_t last = 0;
    if (!m->made_count) return OK;
    TRY(db_number(c, &Q_manifest_numbers, ARGS(I64(c->merchant_id), I64((int64_t)m->made_count)),
                  &last));
    for (size_t i = 0; i < m->made_count; i++) {
        m->made[i].number = last - (int64_t)m->made_count + 1 + (int64_t)i;
        TRY(db_put_record(c, &Q_manifest_insert, &manifest_fields, &m->made[i]));
    }
    return OK;
}

enum err shipping_manifest_open(struct ctx *c, int64_t site_id, struct text carrier,
                                struct manifest *out)
{
    struct manifests m;
    struct site site;
    if (!shipping_carrier(carrier))
        return fail_at(c, ERR_INVALID, "carrier_unknown", "carrier", "there is no carrier \"%.*s\"",
                       TEXT_ARG(text_head(carrier, 40)));
    TRY(site_get(c, site_id, &site));
    TRY(manifests_load(c, &m));
    const struct manifest *found = manifests_of(c, &m, site_id, carrier);
    TRY(manifests_save(c, &m));
    *out = *found;
    return OK;
}

enum err shipping_manifest_get(struct ctx *c, int64_t manifest_id, struct manifest *out)
{
    bool found = false;
    TRY(db_find(c, &Q_manifest_get, ARGS(I64(c->merchant_id), I64(manifest_id)), &manifest_fields,
                out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "manifest_not_found", "there is no such manifest");
}

enum err shipping_manifest_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_manifest_list, ARGS(I64(c->merchant_id), I64(before_id), I64(limit)),
                   &manifest_fields, out);
}

enum err shipping_manifest_close(struct ctx *c, int64_t manifest_id)
{
    struct manifest m;
    struct list packages;
    int64_t changed = 0;
    TRY(shipping_manifest_get(c, manifest_id, &m));
    TRY(packages_of_manifest(c, manifest_id, &packages));
    if (!packages.count)
        return fail(c, ERR_CONFLICT, "manifest_empty", "nothing has been handed over on it");
    TRY(db_exec(c, &Q_manifest_close, ARGS(I64(c->merchant_id), I64(manifest_id), I64(c->now_us)),
                &changed));
    if (!changed)
        return fail(c, ERR_CONFLICT, "manifest_closed", "this manifest was closed already");
    return event_put(c, EVENT_MANIFEST_CLOSED, NONE, manifest_id,
                     EVENT_BODY(.quantity = (int64_t)packages.count));
}

enum err shipping_manifest_sheet(struct ctx *c, int64_t manifest_id, struct manifest *manifest,
                                 struct list *lines)
{
    struct shipments all;
    struct list packages;
    TRY(shipping_manifest_get(c, manifest_id, manifest));
    TRY(packages_of_manifest(c, manifest_id, &packages));
    const struct package *at = packages.at;
    int64_t *ids = arena_new(c->arena, int64_t, packages.count + 1);
    for (size_t i = 0; i < packages.count; i++) ids[i] = at[i].package_id;
    TRY(shipments_load(c, ids, packages.count, &all));
    struct manifest_line *line = arena_new(c->arena, struct manifest_line, packages.count + 1);
    for (size_t i = 0; i < packages.count; i++) {
        const struct shipment *s = &all.at[i];
        struct parcel parcel;
        shipment_parcel(c, &all, s, &parcel);
        const struct postal_address *to = &s->to->at;
        line[i] = (struct manifest_line){
            .package_id = ids[i],
            .tracking_number = s->label ? s->label->tracking_number : (struct text){0},
            .service = s->label ? s->label->service : (struct text){0},
            .recipient = to->recipient.len ? to->recipient : to->organization,
            .city = to->city,
            .postal_code = to->postal_code,
            .country = to->country,
            .weight_g = parcel.weight_g};
    }
    *lines = (struct list){line, packages.count};
    return OK;
}
