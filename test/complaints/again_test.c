/* Complaints about cancelling what cannot be, doing twice and undoing, in the words of those who
 * made them. */
#include "faces/jobs/react.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

TEST_BOTH(complaint, c06_fewer_are_there_than_are_promised_and_it_is_cancelled_all_the_same)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 100, "tok_slow"); /* promised, not begun */
    int64_t id = life_place(&l, &d);
    CHECK_I64(100, shop_state(w, id).allocated);
    CHECK_OK(&w->ctx, life_adjust(&l, "MUG", "LON", "A-01-01", 60, ADJUST_STOLEN));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    CHECK(l.cancelled.is_cancelled);
    CHECK_I64(100, shop_state(w, id).cancelled);
    CHECK_I64(40, life_free_units(&l, l.shop.mug, l.shop.london));
    world_audit(w);
}

TEST_BOTH(complaint, c06_what_cannot_be_cancelled_any_more_says_what_to_do_instead)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    int64_t id = life_place(&l, &d);
    life_bring(&l, id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_late", life_cancel(&l, id, "no"));
    CHECK(text_find(text_of(w->ctx.fault.hint), T("return")) >= 0);
    world_audit(w);
}

/* Every event that there is, told once more to every reaction. */
static enum err replay_in_tx(struct ctx *c, void *arg)
{
    struct list all;
    int64_t after = 0;
    (void)arg;
    do {
        TRY(event_feed(c, after, EVENT_PAGE_MAX, &all));
        const struct event *e = all.at;
        struct event *wanted = arena_new(c->arena, struct event, all.count + 1);
        for (const struct reaction *r = reactions; r->name && all.count; r++) {
            size_t n = 0;
            for (size_t i = 0; i < all.count; i++)
                for (size_t k = 0; k < r->kind_count; k++)
                    if (r->kinds[k] == e[i].kind) wanted[n++] = e[i];
            TRY(db_flush(c));
            if (n) TRY(r->run(c, wanted, n));
        }
        if (all.count) after = e[all.count - 1].position;
    } while (all.count == EVENT_PAGE_MAX);
    return OK;
}

/* What an order holds of stock, work, money and mails. */
static struct text picture(struct life *l, int64_t id)
{
    struct order_state s = shop_state(l->w, id);
    struct paying_view v = life_money(l, id);
    return text_printf(
        &l->w->arena,
        "%lld of %lld, %lld picked, %lld shipped, %lld cancelled; %zu works; %lld free; "
        "%zu payments, %zu questions, %lld captured, %lld back; %lld %lld %lld mails",
        (long long)s.allocated, (long long)s.units, (long long)s.picked, (long long)s.shipped,
        (long long)s.cancelled, life_work(l, id).count,
        (long long)life_free_units(l, l->shop.mug, l->shop.london), v.payments.count,
        v.intents.count, (long long)v.balance.captured, (long long)v.balance.refunded,
        (long long)life_mails(l, id, MESSAGE_RECEIVED),
        (long long)life_mails(l, id, MESSAGE_SHIPPED),
        (long long)life_mails(l, id, MESSAGE_CANCELLED));
}

static void replay(struct life *l, int64_t id)
{
    struct text before = picture(l, id);
    CHECK_OK(&l->w->ctx, db_tx(&l->w->ctx, replay_in_tx, NULL));
    life_quiet(l);
    struct text after = picture(l, id);
    if (!text_eq(before, after))
        test_fail(__FILE__, __LINE__, "%.*s\nand then\n%.*s", TEXT_ARG(before), TEXT_ARG(after));
}

TEST_BOTH(complaint, c16_the_same_again_at_every_stage_leaves_no_second_promise)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    d.reference = T("W-77");
    int64_t id = life_place(&l, &d);
    replay(&l, id);
    CHECK_I64(id, life_place(&l, &d));
    CHECK(l.placed.is_known);
    CHECK_I64(97, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    replay(&l, id);
    life_pack_all(&l, id);
    replay(&l, id);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    replay(&l, id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_cancel(&l, id, "no"));
    replay(&l, id);
    world_audit(w);
}

TEST_BOTH(complaint, c45_a_hand_over_is_undone_until_the_carrier_has_scanned_it)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t id = life_place(&l, &d);
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_take_back(&l, box)); /* the courier never came */
    CHECK_I64(0, shop_state(w, id).shipped);
    CHECK_I64(PACKAGE_LABELLED, life_package(&l, id, 0).state);
    world_audit(w);
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER)); /* the next day he did */
    CHECK_I64(2, shop_state(w, id).shipped);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_IN_TRANSIT, 0));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "already_scanned", life_take_back(&l, box));
    CHECK_I64(2, shop_state(w, id).shipped);
    world_audit(w);
}
