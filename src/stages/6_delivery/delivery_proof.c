/* stages/6_delivery/delivery_proof.c: who took it, and what shows that.
 *
 *   method             proof
 *   standard, express  none needed; whatever there is is kept
 *   signature          the name of who signed, and the drawing or a photo of the signed paper
 *   adult_signature    the same, and that the age was checked
 *   pickup             the code that only the customer was told */
#include "base/hash.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/people/people.h"
#include "queries.h"
#include "stages/6_delivery/delivery_apply.h"
#include "store/db.h"

#include <string.h>

static const struct field proof_table[] = {
    FIELD_ID(struct proof, package_id, "package_id", "pkg"),
    FIELD_ID(struct proof, proof_id, "id", "prf"),
    FIELD(struct proof, name),
    FIELD(struct proof, signature),
    FIELD(struct proof, photo_bytes),
    FIELD(struct proof, pin_ok, .flags = F_NULL),
    FIELD(struct proof, age_checked, .flags = F_NULL),
    FIELD(struct proof, latitude_e7, .flags = F_NULL),
    FIELD(struct proof, longitude_e7, .flags = F_NULL),
    FIELD_INSTANT(struct proof, at_us, "at"),
};
const struct fields proof_fields = FIELDS("proof_row", struct proof, proof_table);

struct photo {
    struct text photo;
};
static const struct field photo_table[] = {FIELD(struct photo, photo)};
static const struct fields photo_fields = FIELDS("proof_photo", struct photo, photo_table);

enum err proofs_of(struct ctx *c, int64_t package_id, struct list *out)
{
    return db_rows(c, &Q_proofs_of, ARGS(I64(c->merchant_id), I64(package_id)), &proof_fields, out);
}

enum err proof_photo(struct ctx *c, int64_t package_id, int64_t proof_id, struct text *photo)
{
    struct photo row = {0};
    bool found = false;
    TRY(db_find(c, &Q_proof_photo, ARGS(I64(c->merchant_id), I64(package_id), I64(proof_id)),
                &photo_fields, &row, &found));
    if (!found || !row.photo.len)
        return fail(c, ERR_NOT_FOUND, "photo_not_found", "this proof has no photo");
    *photo = row.photo;
    return OK;
}

/* --- the pickup code ------------------------------------------------------------------------- */

static struct text fresh_secret(struct ctx *c)
{
    return text_printf(
        c->arena, "%016llx%016llx%016llx%016llx", (unsigned long long)source_random(c->source),
        (unsigned long long)source_random(c->source), (unsigned long long)source_random(c->source),
        (unsigned long long)source_random(c->source));
}

enum err pickup_code(struct ctx *c, int64_t order_id, struct text *code)
{
    struct text secret;
    unsigned char hash[HASH_BYTES];
    uint64_t number = 0;
    TRY(secret_get(c, T("pickup"), fresh_secret(c), &secret));
    const struct text parts[] = {T("pickup:"), id_text(c->arena, "ord", order_id)};
    hash_bytes(hash, sizeof hash, text_head(secret, HASH_WIDE_BYTES), parts, 2);
    for (size_t i = 0; i < sizeof number; i++) number = number << 8 | hash[i];
    *code = text_printf(c->arena, "%06llu", (unsigned long long)(number % 1000000));
    return OK;
}

/* Takes as long for a wrong digit at the front as at the end. */
static bool same_code(struct text a, struct text b)
{
    unsigned difference = a.len != PIN_DIGITS || b.len != PIN_DIGITS;
    for (size_t i = 0; i < PIN_DIGITS && i < a.len && i < b.len; i++)
        difference |= (unsigned)(unsigned char)a.at[i] ^ (unsigned)(unsigned char)b.at[i];
    return difference == 0;
}

static enum err count_tries(struct ctx *c, const int64_t *package_ids, size_t n, int64_t *wrong)
{
    struct list attempts;
    TRY(delivery_attempts_of(c, package_ids, n, &attempts));
    const struct delivery_attempt *a = attempts.at;
    *wrong = 0;
    for (size_t i = 0; i < attempts.count; i++) {
        if (a[i].outcome == ATTEMPT_WRONG_PIN) ++*wrong;
        if (a[i].outcome == ATTEMPT_PIN_RESET) *wrong = 0;
    }
    return OK;
}

static enum err put_attempt(struct ctx *c, int64_t package_id, enum attempt_outcome outcome,
                            struct text note)
{
    struct delivery_attempt a = {.merchant_id = c->merchant_id,
                                 .package_id = package_id,
                                 .attempt_id = source_id(c->source),
                                 .outcome = (int32_t)outcome,
                                 .reason = NONE,
                                 .note = note,
                                 .at_us = c->now_us};
    return db_put_record(c, &Q_delivery_attempt_insert, &delivery_attempt_fields, &a);
}

/* A wrong code is an answer, not an error: the try has to be kept. */
static enum err check_pin(struct ctx *c, const struct tracks *t, const struct delivery_proof *proof,
                          struct delivery *out)
{
    struct text code;
    int64_t wrong;
    int64_t *ids = arena_new(c->arena, int64_t, t->packages.count + 1);
    const struct package *p = t->packages.at;
    for (size_t i = 0; i < t->packages.count; i++) ids[i] = p[i].package_id;
    if (!proof->pin.len)
        return fail_at(c, ERR_INVALID, "proof_required", "pin",
                       "the customer's pickup code is missing");
    TRY(count_tries(c, ids, t->packages.count, &wrong));
    out->tries_left = wrong < PIN_TRIES_MAX ? PIN_TRIES_MAX - wrong : 0;
    if (!out->tries_left) {
        fail_at(c, ERR_CONFLICT, "pin_locked", "pin", "%d wrong codes were given", PIN_TRIES_MAX);
        hint(c, "a supervisor looks at the customer's papers and resets the tries");
        delivery_refuse(c, &out->fault, ERR_CONFLICT);
        return OK;
    }
    TRY(pickup_code(c, out->order_id, &code));
    if (same_code(text_trim(proof->pin), code)) return OK;
    out->tries_left--;
    fail_at(c, ERR_INVALID, "pin_wrong", "pin", "this is not the code; %lld tries are left",
            (long long)out->tries_left);
    delivery_refuse(c, &out->fault, ERR_INVALID);
    return put_attempt(c, out->package_ids[0], ATTEMPT_WRONG_PIN, (struct text){0});
}

enum err delivery_pin_reset(struct ctx *c, int64_t package_id, struct text why)
{
    struct tracks t;
    TRY(tracks_load(c, &package_id, 1, &t));
    if (!t.n) return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    if (!text_trim(why).len)
        return fail_at(c, ERR_INVALID, "required", "reason", "say what was looked at");
    return put_attempt(c, package_id, ATTEMPT_PIN_RESET, why);
}

/* --- what may be kept ------------------------------------------------------------------------ */

static enum err check_signature(struct ctx *c, struct text path)
{
    static const char letters[] = "MmLlHhVvCcSsQqTtAaZz0123456789.,+- eE";
    if (path.len > SIGNATURE_BYTES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "signature", "signature", "at most %d bytes",
                       SIGNATURE_BYTES_MAX);
    for (size_t i = 0; i < path.len; i++)
        if (!path.at[i] || !strchr(letters, path.at[i]))
            return fail_at(c, ERR_INVALID, "signature", "signature",
                           "byte %zu is not part of an SVG path", i);
    if (path.len && path.at[0] != 'M' && path.at[0] != 'm')
        return fail_at(c, ERR_INVALID, "signature", "signature", "a path starts with M");
    return OK;
}

static enum err check_photo(struct ctx *c, struct text photo)
{
    if (!photo.len) return OK;
    if (photo.len > PHOTO_BYTES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "photo", "photo", "at most %d bytes", PHOTO_BYTES_MAX);
    if (text_starts(photo, T("\xff\xd8\xff")) || text_starts(photo, T("\x89PNG\r\n\x1a\n")))
        return OK;
    return fail_at(c, ERR_INVALID, "photo", "photo", "it is neither JPEG nor PNG");
}

static enum err check_place(struct ctx *c, const struct delivery_proof *p)
{
    const int64_t degree = 10000000;
    if ((p->latitude_e7 == NONE) != (p->longitude_e7 == NONE))
        return fail_at(c, ERR_INVALID, "place", "latitude", "give both or neither");
    if (p->latitude_e7 == NONE) return OK;
    if (p->latitude_e7 < -90 * degree || p->latitude_e7 > 90 * degree)
        return fail_at(c, ERR_INVALID, "place", "latitude", "it is not -90 to 90 degrees");
    if (p->longitude_e7 < -180 * degree || p->longitude_e7 > 180 * degree)
        return fail_at(c, ERR_INVALID, "place", "longitude", "it is not -180 to 180 degrees");
    return OK;
}

static enum err check_kept(struct ctx *c, const struct delivery_proof *p)
{
    if (!text_is_utf8(p->name) || text_chars(p->name) > PROOF_NAME_CHARS_MAX)
        return fail_at(c, ERR_INVALID, "name", "name", "a name has at most %d characters",
                       PROOF_NAME_CHARS_MAX);
    TRY(check_signature(c, p->signature));
    TRY(check_photo(c, p->photo));
    TRY(check_place(c, p));
    if (p->at_us != NONE && p->at_us > c->now_us + 5 * MINUTE_US)
        return fail_at(c, ERR_INVALID, "in_the_future", "at", "this has not happened yet");
    return OK;
}

static enum err check_demanded(struct ctx *c, const struct delivery_proof *p, int32_t method)
{
    bool is_adult = method == METHOD_ADULT_SIGNATURE;
    if (!is_adult && method != METHOD_SIGNATURE) return OK;
    if (!text_trim(p->name).len)
        return fail_at(c, ERR_INVALID, "proof_required", "name",
                       "the name of who signed is missing");
    if (is_adult && !p->age_checked) {
        fail_at(c, ERR_INVALID, "proof_required", "age_checked", "the age has to be checked");
        return hint(c, "look at a document with a photo and a date of birth");
    }
    if (!text_trim(p->signature).len && !p->photo.len) {
        fail_at(c, ERR_INVALID, "proof_required", "signature", "the signature is missing");
        return hint(c, "send what was drawn, or a photo of the paper that was signed");
    }
    return OK;
}

/* --- confirming ------------------------------------------------------------------------------ */

static bool is_deliverable(const struct package *p, bool is_pickup)
{
    switch ((enum package_state)p->state) {
    case PACKAGE_HANDED_OVER:
    case PACKAGE_IN_TRANSIT:
    case PACKAGE_RETURNING:
    case PACKAGE_LOST: return true;
    case PACKAGE_SEALED:
    case PACKAGE_LABELLED: return is_pickup;
    case PACKAGE_OPEN:
    case PACKAGE_DELIVERED:
    case PACKAGE_BACK: break;
    }
    return false;
}

/* What the proof is for: one parcel, or all of the order that can be delivered now, with what came
   in one parcel with it. */
static enum err choose(struct ctx *c, const struct delivery_proof *proof, struct tracks *t,
                       struct delivery *out)
{
    const struct package *p = t->packages.at;
    out->package_ids = arena_new(c->arena, int64_t, t->packages.count + 1);
    for (size_t i = 0; i < t->packages.count; i++) {
        const struct fulfillment *f = track_fulfillment(t, p[i].fulfillment_id);
        bool is_pickup = f && f->method == METHOD_PICKUP;
        if (!tracks_find(t, p[i].package_id)) continue;
        if (!f || !is_deliverable(&p[i], is_pickup)) continue;
        /* An order of two methods is proved method by method. */
        if (out->count && out->method != f->method) continue;
        if (!out->count || p[i].package_id == proof->package_id) out->order_id = p[i].order_id;
        out->method = f->method;
        out->package_ids[out->count++] = p[i].package_id;
        if (p[i].state < PACKAGE_HANDED_OVER) out->is_in_house = true;
    }
    if (proof->package_id == NONE) out->order_id = proof->order_id;
    if (out->count) return OK;
    fail(c, ERR_CONFLICT, "nothing_to_deliver", "nothing of it is on its way");
    return hint(c, "it has to be handed over first, and not be delivered yet");
}

static enum err load(struct ctx *c, const struct delivery_proof *proof, struct tracks *t)
{
    struct list packages = {0};
    int64_t *ids;
    if (proof->package_id != NONE) {
        TRY(tracks_load(c, &proof->package_id, 1, t));
        if (t->n) return OK;
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    }
    TRY(packages_of_orders(c, &proof->order_id, 1, &packages));
    const struct package *p = packages.at;
    ids = arena_new(c->arena, int64_t, packages.count + 1);
    for (size_t i = 0; i < packages.count; i++) ids[i] = p[i].package_id;
    return tracks_load(c, ids, packages.count, t);
}

static enum err check(struct ctx *c, const struct delivery_proof *proof, struct tracks *t,
                      struct delivery *out)
{
    *out = (struct delivery){.tries_left = PIN_TRIES_MAX};
    TRY(check_kept(c, proof));
    TRY(load(c, proof, t));
    TRY(choose(c, proof, t, out));
    TRY(check_demanded(c, proof, out->method));
    return out->method == METHOD_PICKUP ? check_pin(c, t, proof, out) : OK;
}

enum err delivery_check(struct ctx *c, const struct delivery_proof *proof, struct delivery *out)
{
    struct tracks t;
    return check(c, proof, &t, out);
}

static enum err keep_proof(struct ctx *c, const struct delivery_proof *p, const struct track *t,
                           int64_t at_us, bool is_pickup)
{
    int64_t proof_id = source_id(c->source);
    struct value photo = p->photo.len ? BYTES(p->photo) : TXT((struct text){0});
    TRY(db_put(c, &Q_proof_insert,
               ARGS(I64(c->merchant_id), I64(t->package->package_id), I64(proof_id), TXT(p->name),
                    TXT(p->signature), photo, I64(is_pickup ? 1 : NONE), I64(p->age_checked),
                    I64(p->latitude_e7), I64(p->longitude_e7), I64(at_us))));
    return event_put(c, EVENT_PROOF_TAKEN, t->package->order_id, t->package->package_id,
                     EVENT_BODY(.other_id = proof_id, .note = p->name));
}

enum err delivery_confirm(struct ctx *c, const struct delivery_proof *proof, struct delivery *out)
{
    struct tracks t;
    TRY(check(c, proof, &t, out));
    if (out->fault.code != OK) return OK;
    int64_t at_us = proof->at_us == NONE ? c->now_us : proof->at_us;
    t.source = "proof";
    if (out->is_in_house)
        return fail(c, ERR_CONFLICT, "not_handed_over", "the package has not been handed over yet");
    for (size_t i = 0; i < out->count; i++) {
        struct track *track = tracks_find(&t, out->package_ids[i]);
        bool is_new;
        struct tracking_event e = {.merchant_id = c->merchant_id,
                                   .package_id = out->package_ids[i],
                                   .occurred_us = at_us - at_us % SECOND_US,
                                   .status = TRACKING_DELIVERED,
                                   .code = T("proof"),
                                   .recorded_us = c->now_us};
        TRY(keep_proof(c, proof, track, at_us, out->method == METHOD_PICKUP));
        TRY(track_add(c, &t, track, &e, &is_new));
    }
    return tracks_apply(c, &t);
}
