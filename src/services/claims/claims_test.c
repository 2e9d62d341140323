/* What a carrier owes for a parcel, and who sees to the customer meanwhile. */
#include "services/claims/claims.h"

#include "test/audit_world.h"
#include "test/sim/life.h"
#include "test/substitutes.h"

struct deed {
    int64_t id, amount_minor;
    int32_t kind;
    struct text words;
    int64_t *out;
    enum err (*run)(struct ctx *c, const struct deed *d);
};

static enum err in_tx(struct ctx *c, void *arg)
{
    const struct deed *d = arg;
    return d->run(c, d);
}

static enum err act(struct life *l, struct deed d)
{
    struct ctx *c = &l->w->ctx;
    c->fault = (struct fault){0};
    c->now_us = source_now_us(c->source);
    enum err e = db_tx(c, in_tx, &d);
    if (e == OK) life_quiet(l);
    return e;
}

static enum err opened(struct ctx *c, const struct deed *d)
{
    struct claim_wish wish = {d->id, d->kind, d->amount_minor, d->words};
    return claims_open(c, &wish, d->out);
}

static enum err filed(struct ctx *c, const struct deed *d)
{
    return claims_file(c, d->id, d->words, d->amount_minor);
}

static enum err paid(struct ctx *c, const struct deed *d)
{
    return claims_pay(c, d->id, d->amount_minor, d->words);
}

static enum err refused(struct ctx *c, const struct deed *d)
{
    return claims_refuse(c, d->id, d->words);
}

static enum err withdrawn(struct ctx *c, const struct deed *d)
{
    return claims_withdraw(c, d->id, d->words);
}

static enum err do_claim(struct life *l, enum err (*run)(struct ctx *, const struct deed *),
                         int64_t id, int64_t amount_minor, const char *words)
{
    return act(l, (struct deed){
                      .run = run, .id = id, .amount_minor = amount_minor, .words = text_of(words)});
}

static struct claim claim_at(struct life *l, int64_t order_id, size_t k)
{
    struct list claims = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, claims_of_orders(&l->w->ctx, &order_id, 1, &claims));
    CHECK(claims.count > k);
    return claims.count > k ? ((const struct claim *)claims.at)[k] : (struct claim){0};
}

static struct care_case concern(struct life *l, int64_t order_id, size_t k)
{
    struct list cases = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, cases_of(&l->w->ctx, &order_id, 1, &cases));
    CHECK(cases.count > k);
    return cases.count > k ? ((const struct care_case *)cases.at)[k] : (struct care_case){0};
}

static int64_t lost(struct life *l, const char *sku, int64_t quantity, int64_t *box)
{
    struct draft d = life_card_draft(l, sku, quantity, "tok_ok");
    int64_t id = life_place(l, &d);
    life_ship(l, id);
    *box = life_package(l, id, 0).package_id;
    CHECK_OK(&l->w->ctx, life_report(l, *box, TRACKING_FAILURE, 0));
    CHECK_I64(PACKAGE_LOST, life_package(l, id, 0).state);
    return id;
}

static struct text page(struct life *l, int64_t order_id)
{
    int status;
    struct arena *a = &l->w->arena;
    struct text token = link_token(a, LINK_TRACK, l->w->ctx.merchant_id, order_id);
    return ask(l->w, "GET", text_printf(a, "/t/%.*s", TEXT_ARG(token)), (struct text){0}, &status);
}

TEST_BOTH(claims, a_lost_parcel_is_claimed_and_the_customer_seen_to_before_anybody_asks)
{
    struct life l = life_open(w);
    int64_t box, id = lost(&l, "LAMP", 2, &box), again;
    struct claim k = claim_at(&l, id, 0);
    CHECK_I64(CLAIM_OPEN, k.state);
    CHECK_I64(2 * 4999, k.amount_minor); /* what the goods were sold for */
    CHECK_TEXT("house", k.carrier);
    CHECK(k.tracking_number.len > 0);
    struct care_case seen = concern(&l, id, 0);
    CHECK_I64(CASE_MISSING, seen.kind);
    CHECK_TEXT("parcel 1 was lost by its carrier", seen.words);
    expect(page(&l, id), "We are seeing to it and write to you");
    CHECK_OK(&w->ctx,
             life_report(&l, box, TRACKING_FAILURE, HOUR_US)); /* told again: nothing new */
    CHECK_I64(1, life_told(&l, id, EVENT_CLAIM_OPENED));
    CHECK_I64(1, life_told(&l, id, EVENT_CASE_OPENED));
    CHECK_OK(&w->ctx, act(&l, (struct deed){.run = opened,
                                            .id = box,
                                            .kind = CLAIM_LOST,
                                            .amount_minor = NONE,
                                            .out = &again}));
    CHECK_I64(k.claim_id, again);
    /* sent again at no price; the claim goes on beside it */
    struct case_line line = {1, 2};
    struct case_answer a = {.order_id = id,
                            .case_id = seen.case_id,
                            .resolution = CASE_RESHIP,
                            .answer = T("we send it again"),
                            .refund_minor = NONE,
                            .lines = {&line, 1},
                            .return_reason = -1};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK(l.resolved.reship_order_id != NONE);
    expect(page(&l, id), "We send again what was in it");
    life_bring(&l, l.resolved.reship_order_id);
    life_later(&l, 30 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, l.resolved.reship_order_id));
    CHECK_I64(CLAIM_OPEN, claim_at(&l, id, 0).state);
    world_audit(w);
}

TEST_BOTH(claims, what_the_carrier_pays_is_noted_and_never_above_what_was_claimed)
{
    struct life l = life_open(w);
    int64_t box, id = lost(&l, "LAMP", 1, &box);
    int64_t claim = claim_at(&l, id, 0).claim_id;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", do_claim(&l, paid, claim, 100, ""));
    CHECK_OK(&w->ctx, do_claim(&l, filed, claim, 4000, "C-1"));
    CHECK_TEXT("C-1", claim_at(&l, id, 0).reference);
    CHECK_OK(&w->ctx, do_claim(&l, refused, claim, NONE, "packed badly"));
    CHECK_I64(CLAIM_REFUSED, claim_at(&l, id, 0).state);
    CHECK_OK(&w->ctx, do_claim(&l, filed, claim, NONE, "C-2")); /* a no is not the last word */
    CHECK_I64(4000, claim_at(&l, id, 0).amount_minor);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", do_claim(&l, paid, claim, 4001, ""));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", do_claim(&l, paid, claim, 0, ""));
    CHECK_OK(&w->ctx, do_claim(&l, paid, claim, 3500, "half of the postage"));
    struct claim k = claim_at(&l, id, 0);
    CHECK_I64(CLAIM_PAID, k.state);
    CHECK_I64(3500, k.paid_minor);
    CHECK(k.ended_us != NONE);
    CHECK_I64(1, life_told(&l, id, EVENT_CLAIM_PAID));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", do_claim(&l, paid, claim, 100, ""));
    world_audit(w);
}

TEST_BOTH(claims, a_parcel_that_turns_up_ends_its_claim_and_answers_its_case)
{
    struct life l = life_open(w);
    int64_t box, id = lost(&l, "LAMP", 1, &box);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, 0));
    CHECK_I64(PACKAGE_DELIVERED, life_package(&l, id, 0).state);
    CHECK_I64(CLAIM_WITHDRAWN, claim_at(&l, id, 0).state);
    CHECK_I64(CASE_ANSWER, concern(&l, id, 0).resolution);
    life_later(&l, 30 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(claims, giving_up_a_claim_leaves_the_customers_case_open)
{
    struct life l = life_open(w);
    int64_t box, id = lost(&l, "MUG", 1, &box);
    CHECK_OK(&w->ctx, do_claim(&l, withdrawn, claim_at(&l, id, 0).claim_id, NONE, "too small"));
    CHECK_I64(CLAIM_WITHDRAWN, claim_at(&l, id, 0).state);
    CHECK_I64(-1, concern(&l, id, 0).resolution);
}

TEST_BOTH(claims, a_damaged_parcel_has_its_case_and_the_customers_own_words_come_first)
{
    struct life l = life_open(w);
    int64_t claim, case_id;
    for (int is_told = 0; is_told < 2; is_told++) {
        struct draft d = life_card_draft(&l, "LAMP", 1, "tok_ok");
        int64_t id = life_place(&l, &d);
        life_bring(&l, id);
        if (is_told)
            CHECK_OK(&w->ctx, life_complain(&l, id, CASE_DAMAGED, "it is in pieces", &case_id));
        int64_t box = life_package(&l, id, 0).package_id;
        CHECK_OK(&w->ctx, act(&l, (struct deed){.run = opened,
                                                .id = box,
                                                .kind = CLAIM_DAMAGED,
                                                .amount_minor = NONE,
                                                .out = &claim}));
        CHECK_I64(1, life_told(&l, id, EVENT_CASE_OPENED));
        CHECK_I64(CASE_DAMAGED, concern(&l, id, 0).kind);
        CHECK_TEXT(is_told ? "it is in pieces" : "parcel 1 was damaged by its carrier",
                   concern(&l, id, 0).words);
    }
    struct draft d = shop_draft(w, "MUG", 1);
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_handed_over",
                act(&l, (struct deed){.run = opened,
                                      .id = life_package(&l, id, 0).package_id,
                                      .kind = CLAIM_LOST,
                                      .amount_minor = NONE,
                                      .out = &claim}));
    world_audit(w);
}
