/* Who stops waiting while deliveries are shared out keeps none of them. */
#include "services/stockkeeping/goods_in.h"
#include "stages/2_processing/backorder.h"
#include "stages/2_processing/earmarking.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

#include <pthread.h>

enum { ROUNDS = 16 };

struct racer {
    struct ctx ctx;
    struct arena arena;
    pthread_t thread;
    work_fn *work;
    int64_t id; /* of the product, or of the order */
    enum err result;
};

static enum err share_out(struct ctx *c, void *arg)
{
    return earmark_plan(c, &((struct racer *)arg)->id, 1);
}

static enum err fill(struct ctx *c, void *arg)
{
    int64_t promised;
    return backorder_promise(c, &((struct racer *)arg)->id, 1, &promised);
}

static enum err cancel(struct ctx *c, void *arg)
{
    struct cancel_outcome out;
    return order_cancel(c, ((struct racer *)arg)->id, T("not any more"), &out);
}

static void *race(void *arg)
{
    struct racer *r = arg;
    r->result = db_tx(&r->ctx, r->work, r);
    return NULL;
}

static void race_all(struct world *w, struct racer *racers, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        racers[k].ctx = world_ctx(w, &racers[k].arena);
        pthread_create(&racers[k].thread, NULL, race, &racers[k]);
    }
    for (size_t k = 0; k < n; k++) {
        pthread_join(racers[k].thread, NULL);
        CHECK_OK(&racers[k].ctx, racers[k].result);
        arena_free(&racers[k].arena);
    }
}

static enum err announce_in_tx(struct ctx *c, void *arg)
{
    struct asn *asn = arg;
    struct asn_line_draft line = {.sku = T("LAMP"), .quantity = 2};
    return asn_announce(
        c,
        &(struct asn_draft){.site = T("LON"),
                            .supplier = T("Lumen"),
                            .reference = text_printf(c->arena, "L-%lld", (long long)asn->asn_id),
                            .expected_day = day_of_us(c->now_us) + 7,
                            .lines = {&line, 1}},
        asn);
}

static enum err call_off_in_tx(struct ctx *c, void *arg)
{
    struct asn *asn = arg;
    return asn_call_off(c, asn->asn_id, asn);
}

/* One order waits for two lamps, and a delivery brings them; nobody was told of it yet. */
static int64_t wait_for_two(struct life *l, struct asn *asn)
{
    struct draft d = shop_draft(l->w, "LAMP", 2);
    int64_t id = life_place(l, &d);
    CHECK(id != 0);
    CHECK_OK(&l->w->ctx, db_tx(&l->w->ctx, announce_in_tx, asn));
    return id;
}

static struct life sold_out(struct world *w)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "LAMP", 120);
    CHECK(life_place(&l, &d) != 0);
    l.is_busy = true;
    store_start(w->store);
    return l;
}

TEST_BOTH(earmarking, who_cancels_while_a_delivery_is_shared_out_keeps_nothing_of_it)
{
    struct life l = sold_out(w);
    for (int i = 0; i < ROUNDS; i++) {
        struct asn asn = {.asn_id = i};
        int64_t id = wait_for_two(&l, &asn);
        struct racer racers[] = {{.work = share_out, .id = l.shop.lamp},
                                 {.work = cancel, .id = id}};
        race_all(w, racers, 2);
        CHECK_I64(0, world_ask(w, "SELECT count(*) FROM earmark WHERE units + arrived > 0"));
        CHECK_OK(&w->ctx, db_tx(&w->ctx, call_off_in_tx, &asn));
    }
    world_audit(w);
}

TEST_BOTH(earmarking,
          who_is_sent_what_is_there_while_a_delivery_is_shared_out_has_no_more_than_he_lacks)
{
    struct life l = sold_out(w);
    for (int i = 0; i < ROUNDS; i++) {
        struct asn asn = {.asn_id = i};
        int64_t id = wait_for_two(&l, &asn);
        CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-04", 1));
        struct racer racers[] = {{.work = share_out, .id = l.shop.lamp},
                                 {.work = fill, .id = l.shop.lamp}};
        race_all(w, racers, 2);
        CHECK_I64(1, world_ask(w, "SELECT sum(units + arrived) FROM earmark"));
        CHECK_OK(&w->ctx, life_cancel(&l, id, "enough"));
        CHECK_OK(&w->ctx, db_tx(&w->ctx, call_off_in_tx, &asn));
        CHECK_OK(&w->ctx, life_adjust(&l, "LAMP", "LON", "A-03-04", 1, ADJUST_LOST));
    }
    world_audit(w);
}
