/* stages/5_shipping/shipping_change.c: labels that exist: printed, corrected, given back. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/people/owner.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

static enum err load_one(struct ctx *c, int64_t package_id, struct shipments *all)
{
    TRY(shipments_load(c, &package_id, 1, all));
    if (!all->at[0].package)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    return package_check_own(c, all->at[0].package, "name");
}

static enum err no_label(struct ctx *c)
{
    fail(c, ERR_CONFLICT, "no_label", "the package has no label yet");
    return hint(c, "ask for one first");
}

enum err shipping_void(struct ctx *c, int64_t package_id, struct text why)
{
    struct shipments all;
    TRY(load_one(c, package_id, &all));
    if (!all.at[0].label) return no_label(c);
    return shipping_give_back(c, &all.at[0], why);
}

enum err shipping_give_back(struct ctx *c, const struct shipment *s, struct text why)
{
    int64_t package_id = s->package->package_id;
    const struct carrier_driver *d = shipping_carrier(s->label->carrier);
    struct label after = *s->label;
    struct package package = *s->package;
    /* Asked whether it may be, whoever does it in the end. */
    TRY(label_do(c, &after, LABEL_VOID));
    if (package.state == PACKAGE_LABELLED) {
        TRY(package_do(c, &package, PACKAGE_UNLABEL));
        TRY(package_write(c, s->package, &package));
    } else if (package.state >= PACKAGE_HANDED_OVER) {
        return fail(c, ERR_CONFLICT, "wrong_state", "the package has left the house");
    }
    after.reason = why.len ? why : T("voided");
    if (!d || !d->is_local) {
        after.state = s->label->state;
        TRY(label_write(c, s->label, &after));
        return job_put(c, JOB_LABEL, package_id, c->now_us);
    }
    TRY(d->void_label(c, d, after.tracking_number, id_text(c->arena, "lbl", after.label_id)));
    TRY(label_write(c, s->label, &after));
    return event_put(c, EVENT_LABEL_VOIDED, package.order_id, package_id,
                     EVENT_BODY(.other_id = after.label_id, .note = why));
}

static bool number_is_good(struct text number)
{
    for (size_t i = 0; i < number.len; i++) {
        char b = number.at[i];
        if (!((b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || b == '-')) return false;
    }
    return number.len > 0 && number.len <= CARRIER_NUMBER_MAX;
}

enum err shipping_correct_number(struct ctx *c, int64_t package_id, struct text number,
                                 struct text why)
{
    struct shipments all;
    struct list taken;
    TRY(load_one(c, package_id, &all));
    const struct label *before = all.at[0].label;
    if (!before || before->state < LABEL_BOUGHT) return no_label(c);
    struct buf tidy = buf_new(c->arena);
    for (size_t i = 0; i < number.len; i++)
        if (number.at[i] != ' ') buf_putc(&tidy, number.at[i]);
    number = text_upper(c->arena, buf_text(&tidy));
    if (!number_is_good(number))
        return fail_at(c, ERR_INVALID, "tracking_number", "tracking_number",
                       "a tracking number has 1 to %d letters, digits and hyphens",
                       CARRIER_NUMBER_MAX);
    TRY(packages_by_tracking(c, &number, 1, &taken));
    if (taken.count) {
        if (((const struct label *)taken.at)->label_id == before->label_id) return OK;
        return fail_at(c, ERR_CONFLICT, "tracking_number_taken", "tracking_number",
                       "another package has this number");
    }
    struct label after = *before;
    after.tracking_number = number;
    TRY(label_write(c, before, &after));
    struct text note = text_printf(c->arena, "%.*s%s%.*s", TEXT_ARG(before->tracking_number),
                                   why.len ? ": " : "", TEXT_ARG(why));
    return event_put(c, EVENT_LABEL_CORRECTED, all.at[0].package->order_id, package_id,
                     EVENT_BODY(.word = number, .other_id = before->label_id, .note = note));
}

/* --- the printed label ----------------------------------------------------------------------- */

static void put_sender(struct ctx *c, const struct shipments *all, const struct site *site,
                       int64_t owner_id, bool is_abroad, struct label_sheet *out)
{
    struct merchant voice = owner_voice(&all->owners, owner_id, &all->merchant);
    struct postal_address from = {.organization = voice.name,
                                  .line1 = site->street,
                                  .postal_code = site->postal_code,
                                  .city = site->city,
                                  .country = site->country.len ? site->country
                                                               : all->merchant.country};
    if (!site->street.len && !site->city.len) from.line1 = all->merchant.street;
    out->sender_count = address_lines(c->arena, &from, is_abroad, out->sender);
}

static void add_words(struct buf *b, const char *words)
{
    if (b->len) buf_puts(b, ". ");
    buf_puts(b, words);
}

/* At most n bytes, without half a character at the end. */
static struct text whole_head(struct text t, size_t n)
{
    if (t.len <= n) return t;
    while (n > 0 && ((unsigned char)t.at[n] & 0xC0) == 0x80) n--;
    return text_head(t, n);
}

/* Of all that is in the parcel. */
static enum err put_handling(struct ctx *c, const struct shipments *all, const struct shipment *s,
                             struct label_sheet *out)
{
    struct list lines, products;
    struct buf words = buf_new(c->arena);
    const struct package *inside = all->inside.at;
    int64_t *ids = arena_new(c->arena, int64_t, all->inside.count + 1);
    ids[0] = s->package->package_id;
    for (size_t i = 0; i < all->inside.count; i++) ids[i + 1] = inside[i].package_id;
    sort_i64(ids, all->inside.count + 1);
    TRY(package_lines_of(c, ids, all->inside.count + 1, &lines));
    ids = arena_new(c->arena, int64_t, lines.count + 1);
    const struct package_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++) ids[i] = at[i].product_id;
    TRY(products_of(c, ids, lines.count, &products));
    const struct product *product = products.at;
    for (size_t i = 0; i < products.count; i++) out->handling |= product[i].handling;
    if (s->fulfillment->method == METHOD_SIGNATURE) add_words(&words, "SIGNATURE REQUIRED");
    if (s->fulfillment->method == METHOD_ADULT_SIGNATURE)
        add_words(&words, "ADULT SIGNATURE 18+, CHECK AGE");
    if (out->handling & HANDLING_HAZARD) add_words(&words, "DANGEROUS GOODS");
    if (out->handling & HANDLING_CHILLED) add_words(&words, "KEEP CHILLED");
    if (s->to->at.instructions.len) {
        if (words.len) buf_puts(&words, ". ");
        buf_put(&words, whole_head(s->to->at.instructions, 120));
    }
    if (words.len) out->instructions = buf_text(&words);
    return OK;
}

enum err shipping_label_sheet(struct ctx *c, int64_t package_id, struct label_sheet *out)
{
    struct shipments all;
    struct parcel parcel;
    *out = (struct label_sheet){0};
    TRY(load_one(c, package_id, &all));
    const struct shipment *s = &all.at[0];
    const struct label *l = s->label;
    if (!l || l->state < LABEL_BOUGHT) return no_label(c);
    shipment_parcel(c, &all, s, &parcel);
    bool is_abroad = !text_eq(parcel.from_country, s->to->at.country);
    out->carrier = l->carrier;
    out->service = l->service;
    out->tracking_number = l->tracking_number;
    out->sscc = s->package->sscc;
    out->order = s->orders > 1 ? text_printf(c->arena, "%.*s and %lld more",
                                             TEXT_ARG(parcel.reference), (long long)s->orders - 1)
                               : parcel.reference;
    put_sender(c, &all, s->site, s->order->owner_id, is_abroad, out);
    out->recipient_count = address_lines(c->arena, &s->to->at, is_abroad, out->recipient);
    out->country = s->to->at.country;
    out->postal_code = s->to->at.postal_code;
    out->package = s->package->number;
    out->packages = s->packages;
    out->weight_g = parcel.weight_g;
    out->ship_day = parcel.ship_day;
    if (parcel.collect_minor)
        out->cash =
            money_text(c->arena, parcel.collect_minor, text_cstr(c->arena, s->order->currency));
    out->is_new = l->state == LABEL_BOUGHT;
    return put_handling(c, &all, s, out);
}

enum err shipping_label_printed(struct ctx *c, int64_t package_id)
{
    struct list labels;
    TRY(labels_of(c, &package_id, 1, &labels));
    const struct label *at = labels.at;
    for (size_t i = 0; i < labels.count; i++) {
        if (at[i].state != LABEL_BOUGHT) continue;
        struct label after = at[i];
        TRY(label_do(c, &after, LABEL_PRINT));
        TRY(label_write(c, &at[i], &after));
    }
    return OK;
}
