/* Stage 6: what carriers say, who took it, and what comes back. */
#include "stages/6_delivery/delivery.h"

#include "base/time.h"
#include "domain/inventory/stock.h"
#include "domain/orders/work.h"
#include "domain/sites/site.h"
#include "parcel_fixture.h"
#include "stages/5_shipping/shipping.h"

#include <string.h>

struct taking {
    const struct tracking_report *reports;
    size_t n;
    struct tracking_taken *taken;
};

static enum err take(struct ctx *c, void *arg)
{
    struct taking *t = arg;
    return tracking_take(c, t->reports, t->n, t->taken);
}

/* `hour` after the start of the world's day. */
static struct tracking_report report(int64_t package_id, int hour, enum tracking_status status)
{
    return (struct tracking_report){.package_id = package_id,
                                    .occurred_us = INT64_C(1767600000000000) + hour * HOUR_US,
                                    .status = (int32_t)status,
                                    .place = T("Depot")};
}

static struct tracking_taken hear(struct world *w, struct tracking_report r)
{
    struct tracking_taken taken = {0};
    struct taking t = {&r, 1, &taken};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take, &t));
    w->ctx.fault = taken.fault;
    CHECK_OK(&w->ctx, taken.fault.code);
    return taken;
}

static struct tracking_taken say(struct world *w, int64_t id, int hour, enum tracking_status status)
{
    return hear(w, report(id, hour, status));
}

/* --- tracking -------------------------------------------------------------------------------- */

TEST_BOTH(delivery, a_delivered_package_delivers_its_order)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 2);
    int64_t order_id = parcel_get(w, id).order_id;
    struct tracking_report r = report(NONE, 2, TRACKING_ACCEPTED);
    r.tracking_number = parcel_label(w, id).tracking_number;
    CHECK_I64(id, hear(w, r).package_id);
    CHECK_I64(PACKAGE_IN_TRANSIT, parcel_get(w, id).state);
    say(w, id, 9, TRACKING_DELIVERED);
    struct package p = parcel_get(w, id);
    CHECK_I64(PACKAGE_DELIVERED, p.state);
    CHECK_I64(TRACKING_DELIVERED, p.status);
    CHECK_I64(INT64_C(1767600000000000) + 9 * HOUR_US, p.delivered_us);
    CHECK_I64(2, parcel_line(w, order_id, 1).delivered);
    CHECK_I64(FULFILLMENT_DELIVERED, parcel_fulfillment_state(w, id));
    CHECK_I64(STAGE_COMPLETING, shop_state(w, order_id).stage);
    CHECK_I64(2, parcel_events(w, "tracking.updated"));
    CHECK_I64(1, parcel_events(w, "package.delivered"));
    CHECK_I64(1, parcel_events(w, "order.delivered"));
    parcel_audit(w);
}

TEST_BOTH(delivery, what_was_said_before_is_harmless)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 1);
    CHECK(!say(w, id, 3, TRACKING_DELIVERED).is_known);
    CHECK(say(w, id, 3, TRACKING_DELIVERED).is_known);
    struct tracking_report twice[2] = {report(id, 4, TRACKING_DELIVERED),
                                       report(id, 4, TRACKING_DELIVERED)};
    struct tracking_taken taken[2];
    struct taking t = {twice, 2, taken};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take, &t));
    CHECK(!taken[0].is_known && taken[1].is_known);
    CHECK_I64(1, parcel_events(w, "package.delivered"));
    CHECK_I64(1, parcel_line(w, parcel_get(w, id).order_id, 1).delivered);
    parcel_audit(w);
}

TEST_BOTH(delivery, a_bad_report_is_answered_alone)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 1);
    struct tracking_report r[4] = {
        report(NONE, 1, TRACKING_ACCEPTED), report(id, 24 * 40, TRACKING_ACCEPTED),
        report(4711, 1, TRACKING_ACCEPTED), report(id, 1, TRACKING_ACCEPTED)};
    struct tracking_taken taken[4];
    struct taking t = {r, 4, taken};
    r[0].tracking_number = T("NOBODY1");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take, &t));
    CHECK_TEXT("tracking_number_unknown", text_of(taken[0].fault.reason));
    CHECK_TEXT("in_the_future", text_of(taken[1].fault.reason));
    CHECK_TEXT("package_not_found", text_of(taken[2].fault.reason));
    CHECK_I64(OK, taken[3].fault.code);
    CHECK_I64(PACKAGE_IN_TRANSIT, parcel_get(w, id).state);
}

static bool permute(int *order, int n)
{
    int i = n - 2, k = n - 1;
    while (i >= 0 && order[i] > order[i + 1]) i--;
    if (i < 0) return false;
    while (order[k] < order[i]) k--;
    int swapped = order[i];
    order[i] = order[k];
    order[k] = swapped;
    for (int low = i + 1, high = n - 1; low < high; low++, high--) {
        swapped = order[low];
        order[low] = order[high];
        order[high] = swapped;
    }
    return true;
}

/* Every order of arrival of five events, each on a package of its own. The database's part is the
   same for every set; which sets are told apart is delivery_merge_test's. */
static void shuffle(struct world *w, const enum tracking_status said[5], int64_t ids[120])
{
    struct package first = {0};
    int order[5] = {0, 1, 2, 3, 4};
    size_t n = 0;
    do {
        int64_t id = ids[n++];
        for (int i = 0; i < 5; i++) say(w, id, order[i], said[order[i]]);
        say(w, id, order[2], said[order[2]]); /* and one of them again */
        struct package p = parcel_get(w, id);
        if (n == 1) first = p;
        CHECK_I64(first.state, p.state);
        CHECK_I64(first.status, p.status);
        CHECK_I64(first.delivered_us, p.delivered_us);
    } while (permute(order, 5) && n < 120);
    CHECK_I64(120, (int64_t)n);
    parcel_audit(w);
}

TEST_BOTH(delivery, five_scans_in_any_order_end_the_same)
{
    static const enum tracking_status said[5] = {TRACKING_ACCEPTED, TRACKING_FAILURE,
                                                 TRACKING_DELIVERED, TRACKING_RETURN_TO_SENDER,
                                                 TRACKING_IN_TRANSIT};
    int64_t ids[120];
    parcel_shop(w);
    for (size_t i = 0; i < 4; i++) { /* there are 100 books in London */
        const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN"};
        parcels_sealed(w, skus[i], 30, ids + i * 30);
    }
    parcels_sent(w, ids, 120);
    shuffle(w, said, ids);
}

static enum err handed_over(struct ctx *c, void *arg)
{
    struct event e = {.subject_id = *(const int64_t *)arg};
    return tracking_on_handed_over(c, &e, 1);
}

TEST_BOTH(delivery, the_reaction_to_a_hand_over_takes_up_earlier_scans)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "MUG", 1);
    say(w, id, 1, TRACKING_ACCEPTED);
    say(w, id, 2, TRACKING_DELIVERED);
    CHECK_I64(0, parcel_events(w, "package.delivered"));
    parcels_sent(w, &id, 1);
    for (int i = 0; i < 2; i++) { /* reactions may be replayed */
        CHECK_OK(&w->ctx, db_tx(&w->ctx, handed_over, &id));
        CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, id).state);
        CHECK_I64(1, parcel_line(w, parcel_get(w, id).order_id, 1).delivered);
        CHECK_I64(1, parcel_events(w, "order.delivered"));
    }
    parcel_audit(w);
}

TEST_BOTH(delivery, an_order_of_two_packages_waits_for_the_second)
{
    int64_t ids[2];
    parcel_shop(w);
    parcel_pair(w, "MUG", ids);
    parcels_sent(w, ids, 2);
    say(w, ids[0], 1, TRACKING_DELIVERED);
    CHECK_I64(0, parcel_events(w, "order.delivered"));
    CHECK_I64(FULFILLMENT_HANDED_OVER, parcel_fulfillment_state(w, ids[0]));
    say(w, ids[1], 2, TRACKING_DELIVERED);
    CHECK_I64(1, parcel_events(w, "order.delivered"));
    CHECK_I64(FULFILLMENT_DELIVERED, parcel_fulfillment_state(w, ids[0]));
    parcel_audit(w);
}

static enum err take_from_ramp(struct ctx *c, void *arg)
{
    return shipping_take_back(c, *(const int64_t *)arg, T("never fetched"));
}

TEST_BOTH(delivery, what_the_carrier_has_scanned_is_not_taken_back)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 1);
    say(w, id, 1, TRACKING_PRE_TRANSIT);
    say(w, id, 2, TRACKING_ACCEPTED);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "already_scanned", db_tx(&w->ctx, take_from_ramp, &id));
}

TEST_BOTH(delivery, statements_do_not_grow_with_the_reports)
{
    int64_t ids[52], took[2];
    struct tracking_report reports[50];
    struct tracking_taken taken[50];
    parcel_shop(w);
    parcels_sealed(w, "PEN", 51, ids);
    parcels_sent(w, ids, 51);
    for (int i = 0; i < 2; i++) {
        struct taking t = {reports, i ? 50 : 1, taken};
        for (size_t k = 0; k < t.n; k++)
            reports[k] = report(ids[i + (int)k], 5, TRACKING_DELIVERED);
        took[i] = parcel_statements(w);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, take, &t));
        took[i] = parcel_statements(w) - took[i];
    }
    CHECK_I64(took[0], took[1]);
    CHECK(took[1] <= 20);
    CHECK_I64(51, parcel_events(w, "order.delivered"));
    parcel_audit(w);
}

/* --- proof ----------------------------------------------------------------------------------- */

struct confirming {
    struct delivery_proof proof;
    struct delivery out;
    bool is_counter; /* hand over first, as the counter does */
};

static enum err confirm(struct ctx *c, void *arg)
{
    struct confirming *x = arg;
    if (x->is_counter) {
        TRY(delivery_check(c, &x->proof, &x->out));
        if (x->out.fault.code != OK) return OK;
        struct fault *faults = arena_new(c->arena, struct fault, x->out.count);
        TRY(shipping_hand_over(c, x->out.package_ids, x->out.count, HAND_OVER_COUNTER, faults));
        c->fault = faults[0];
        TRY(faults[0].code);
    }
    return delivery_confirm(c, &x->proof, &x->out);
}

static struct confirming proof_of(int64_t package_id)
{
    return (struct confirming){.proof = {.package_id = package_id,
                                         .order_id = NONE,
                                         .latitude_e7 = NONE,
                                         .longitude_e7 = NONE,
                                         .at_us = NONE}};
}

static int64_t sent_by(struct world *w, enum delivery_method method)
{
    struct draft d = shop_draft(w, "MUG", 1);
    d.method = (int32_t)method;
    int64_t id = parcel_of_draft(w, &d);
    parcels_sent(w, &id, 1);
    return id;
}

TEST_BOTH(delivery, the_proof_that_the_method_demands)
{
    parcel_shop(w);
    struct ctx *c = &w->ctx;
    struct confirming x = proof_of(sent_by(w, METHOD_ADULT_SIGNATURE));
    CHECK_FAULT(c, ERR_INVALID, "proof_required", db_tx(c, confirm, &x));
    CHECK_TEXT("name", text_of(c->fault.field));
    x.proof.name = T("Ada Byron");
    CHECK_FAULT(c, ERR_INVALID, "proof_required", db_tx(c, confirm, &x));
    CHECK_TEXT("age_checked", text_of(c->fault.field));
    x.proof.age_checked = true;
    CHECK_FAULT(c, ERR_INVALID, "proof_required", db_tx(c, confirm, &x));
    CHECK_TEXT("signature", text_of(c->fault.field));
    x.proof.signature = T("M1 1L20.5 -3e1Z");
    CHECK_OK(c, db_tx(c, confirm, &x));
    CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, x.proof.package_id).state);
    struct list proofs;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, proofs_of(c, x.proof.package_id, &proofs));
    CHECK_I64(1, (int64_t)proofs.count);
    CHECK_TEXT("Ada Byron", ((const struct proof *)proofs.at)[0].name);
    CHECK_I64(1, ((const struct proof *)proofs.at)[0].age_checked);
    CHECK_I64(1, parcel_events(w, "delivery.proof_taken"));
    CHECK_FAULT(c, ERR_CONFLICT, "nothing_to_deliver", db_tx(c, confirm, &x));
    x = proof_of(sent_by(w, METHOD_STANDARD));
    CHECK_OK(c, db_tx(c, confirm, &x));
    parcel_audit(w);
}

TEST_BOTH(delivery, a_carriers_own_word_needs_no_proof_of_ours)
{
    parcel_shop(w);
    int64_t id = sent_by(w, METHOD_SIGNATURE);
    say(w, id, 3, TRACKING_DELIVERED);
    CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, id).state);
    CHECK_I64(0, parcel_events(w, "delivery.proof_taken"));
}

TEST_BOTH(delivery, only_drawings_and_photos_are_kept_as_such)
{
    static char photo[64] = "\xff\xd8\xff\xe0";
    parcel_shop(w);
    struct ctx *c = &w->ctx;
    struct confirming x = proof_of(sent_by(w, METHOD_STANDARD));
    x.proof.signature = T("M1 1<script>");
    CHECK_FAULT(c, ERR_INVALID, "signature", db_tx(c, confirm, &x));
    x.proof.signature = T("L1 1");
    CHECK_FAULT(c, ERR_INVALID, "signature", db_tx(c, confirm, &x));
    x.proof.signature = (struct text){0};
    x.proof.photo = T("GIF89a");
    CHECK_FAULT(c, ERR_INVALID, "photo", db_tx(c, confirm, &x));
    x.proof.photo = (struct text){photo, PHOTO_BYTES_MAX + 1};
    CHECK_FAULT(c, ERR_TOO_LARGE, "photo", db_tx(c, confirm, &x));
    x.proof.photo = (struct text){photo, sizeof photo};
    x.proof.latitude_e7 = 515000000;
    CHECK_FAULT(c, ERR_INVALID, "place", db_tx(c, confirm, &x));
    x.proof.longitude_e7 = -1278000;
    x.proof.at_us = c->now_us + HOUR_US;
    CHECK_FAULT(c, ERR_INVALID, "in_the_future", db_tx(c, confirm, &x));
    x.proof.at_us = NONE;
    CHECK_OK(c, db_tx(c, confirm, &x));
    struct list proofs;
    struct text kept;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, proofs_of(c, x.proof.package_id, &proofs));
    const struct proof *p = proofs.at;
    CHECK_I64(sizeof photo, p->photo_bytes);
    CHECK_OK(c, proof_photo(c, x.proof.package_id, p->proof_id, &kept));
    CHECK(kept.len == sizeof photo && memcmp(kept.at, photo, sizeof photo) == 0);
}

struct coding {
    int64_t order_id;
    char code[8];
};

static enum err get_code(struct ctx *c, void *arg)
{
    struct coding *x = arg;
    struct text code;
    TRY(pickup_code(c, x->order_id, &code));
    memcpy(x->code, code.at, code.len);
    return OK;
}

static enum err reset(struct ctx *c, void *arg)
{
    return delivery_pin_reset(c, *(const int64_t *)arg, T("passport seen"));
}

TEST_BOTH(delivery, who_collects_shows_the_code_and_has_five_tries)
{
    parcel_shop(w);
    struct ctx *c = &w->ctx;
    struct draft d = shop_draft(w, "MUG", 1);
    d.method = METHOD_PICKUP;
    int64_t id = parcel_of_draft(w, &d);
    struct coding right = {.order_id = parcel_get(w, id).order_id};
    CHECK_OK(c, db_tx(c, get_code, &right));
    CHECK_I64(PIN_DIGITS, (int64_t)strlen(right.code));
    char wrong[8];
    memcpy(wrong, right.code, sizeof wrong);
    wrong[5] = wrong[5] == '9' ? '0' : (char)(wrong[5] + 1);
    struct confirming x = proof_of(NONE);
    x.proof.order_id = right.order_id;
    x.is_counter = true;
    CHECK_FAULT(c, ERR_INVALID, "proof_required", db_tx(c, confirm, &x));
    x.proof.pin = text_of(wrong);
    for (int i = 1; i <= PIN_TRIES_MAX; i++) {
        CHECK_OK(c, db_tx(c, confirm, &x));
        CHECK_TEXT("pin_wrong", text_of(x.out.fault.reason));
        CHECK_I64(PIN_TRIES_MAX - i, x.out.tries_left);
    }
    x.proof.pin = text_of(right.code);
    CHECK_OK(c, db_tx(c, confirm, &x));
    CHECK_TEXT("pin_locked", text_of(x.out.fault.reason));
    CHECK_I64(PACKAGE_SEALED, parcel_get(w, id).state);
    CHECK_OK(c, db_tx(c, reset, &id));
    CHECK_OK(c, db_tx(c, confirm, &x));
    CHECK_I64(OK, x.out.fault.code);
    CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, id).state);
    CHECK_I64(1, parcel_events(w, "order.delivered"));
    parcel_audit(w);
}

/* --- attempts and returns -------------------------------------------------------------------- */

static enum err nobody_home(struct ctx *c, void *arg)
{
    return delivery_attempt(c, *(const int64_t *)arg, ATTEMPT_FAILED, ATTEMPT_NOBODY_HOME,
                            T("card left"));
}

static enum err refuse(struct ctx *c, void *arg)
{
    return delivery_attempt(c, *(const int64_t *)arg, ATTEMPT_REFUSED, ATTEMPT_REFUSED_BY_CUSTOMER,
                            (struct text){0});
}

struct receiving {
    int64_t id, bin_id;
    struct fault fault;
};

static enum err receive(struct ctx *c, void *arg)
{
    struct receiving *r = arg;
    return delivery_receive_back(c, &r->id, 1, r->bin_id, &r->fault);
}

TEST_BOTH(delivery, nobody_home_is_tried_again_tomorrow)
{
    parcel_shop(w);
    struct ctx *c = &w->ctx;
    int64_t id = sent_by(w, METHOD_STANDARD);
    CHECK_OK(c, db_tx(c, nobody_home, &id));
    CHECK_I64(TRACKING_ATTEMPTED, parcel_get(w, id).status);
    CHECK_I64(PACKAGE_IN_TRANSIT, parcel_get(w, id).state);
    CHECK_I64(1, parcel_events(w, "delivery.failed"));
    source_advance_us(&w->source, DAY_US);
    struct confirming x = proof_of(id);
    CHECK_OK(c, db_tx(c, confirm, &x));
    CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, id).state);
    CHECK_FAULT(c, ERR_CONFLICT, "wrong_state", db_tx(c, nobody_home, &id));
}

TEST_BOTH(delivery, a_refused_parcel_comes_back_and_waits_to_be_looked_at)
{
    struct shop shop = parcel_shop(w);
    struct ctx *c = &w->ctx;
    int64_t id = sent_by(w, METHOD_STANDARD);
    struct receiving r = {.id = id, .bin_id = NONE};
    CHECK_OK(c, db_tx(c, refuse, &id));
    CHECK_I64(PACKAGE_RETURNING, parcel_get(w, id).state);
    CHECK_OK(c, db_tx(c, receive, &r));
    CHECK_TEXT("no_returns_bin", text_of(r.fault.reason));
    r.bin_id = shop.bins[0][5];
    CHECK_OK(c, db_tx(c, receive, &r));
    CHECK_I64(OK, r.fault.code);
    CHECK_I64(PACKAGE_BACK, parcel_get(w, id).state);
    CHECK_I64(TRACKING_RETURNED, parcel_get(w, id).status);
    CHECK_I64(1, parcel_line(w, parcel_get(w, id).order_id, 1).returned);
    CHECK_I64(1, parcel_events(w, "package.returned"));
    struct list available;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, availability_of(c, &shop.mug, 1, &available));
    CHECK_I64(99, ((const struct availability *)available.at)[0].sellable);
    CHECK_OK(c, db_tx(c, receive, &r));
    CHECK_TEXT("wrong_state", text_of(r.fault.reason));
    parcel_audit(w);
}

TEST_BOTH(delivery, a_lost_parcel_may_turn_up)
{
    parcel_shop(w);
    int64_t id = sent_by(w, METHOD_STANDARD);
    say(w, id, 1, TRACKING_FAILURE);
    CHECK_I64(PACKAGE_LOST, parcel_get(w, id).state);
    CHECK_I64(1, parcel_events(w, "package.lost"));
    say(w, id, 20, TRACKING_DELIVERED);
    CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, id).state);
    parcel_audit(w);
}
