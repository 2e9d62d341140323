/* Complaints about other systems that lose sight of units with numbers of their own, in the words
 * of those who made them: docs/complaints.md lists the numbers. */
#include "base/source.h"
#include "domain/inventory/serial.h"
#include "services/stockkeeping/goods_in.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

static void track(struct world *w, const char *sku, const char *how)
{
    CHECK_OK(&w->ctx,
             world_script(w, text_cstr(&w->arena, text_printf(&w->arena,
                                                              "UPDATE product SET tracking = %s"
                                                              " WHERE sku = '%s'",
                                                              how, sku))));
}

struct numbers {
    struct pack_serials ask;
    struct pack_numbered done;
    int64_t statements;
};

static enum err take_numbers(struct ctx *c, void *arg)
{
    struct numbers *n = arg;
    return packing_serials(c, &n->ask, &n->done);
}

static enum err number(struct life *l, int64_t package_id, const char *from, const char *to,
                       struct numbers *out)
{
    struct serial_range *range = arena_new(&l->w->arena, struct serial_range, 1);
    *range = (struct serial_range){text_of(from), text_of(to)};
    *out = (struct numbers){
        .ask = {.package_id = package_id, .line_no = NONE, .ranges = {range, 1}, .version = NONE}};
    int64_t before = store_queries(l->w->store);
    enum err e = db_tx(&l->w->ctx, take_numbers, out);
    out->statements = store_queries(l->w->store) - before;
    return e;
}

/* Picked, and in an open package: all of it. */
static int64_t boxed(struct life *l, int64_t order_id, const char *sku, int64_t units)
{
    int64_t package_id = NONE, grams;
    CHECK_OK(&l->w->ctx, life_pick_all(l, order_id));
    struct fulfillment f = life_fulfillment(l, order_id, 0);
    CHECK_OK(&l->w->ctx, life_start_packing(l, f.fulfillment_id));
    CHECK_OK(&l->w->ctx, life_box(l, f.fulfillment_id, &package_id));
    CHECK_OK(&l->w->ctx, life_put(l, package_id, sku, units, &grams));
    return package_id;
}

static void send(struct life *l, int64_t package_id)
{
    CHECK_OK(&l->w->ctx, life_seal(l, package_id, NONE));
    CHECK_OK(&l->w->ctx, life_hand_over(l, package_id, HAND_OVER_CARRIER));
}

static int64_t placed(struct life *l, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    int64_t id = life_place(l, &d);
    CHECK(id != 0);
    return id;
}

TEST_BOTH(complaint, c69_fifty_thousand_serials_leave_in_one_shipment_with_a_handful_of_statements)
{
    struct life l = life_open(w);
    struct numbers many, few;
    track(w, "PEN", "2");
    CHECK_OK(&w->ctx, world_script(w, "UPDATE product SET weight_g = 0 WHERE sku = 'PEN'"));
    CHECK_OK(&w->ctx, life_receive(&l, "PEN", "LON", "A-01-04", 60000));
    int64_t one = placed(&l, "PEN", 1), all = placed(&l, "PEN", 50000);
    int64_t small = boxed(&l, one, "PEN", 1), large = boxed(&l, all, "PEN", 50000);
    CHECK_OK(&w->ctx, number(&l, small, "SN60001", "SN60001", &few));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serials_missing", life_seal(&l, large, NONE));
    CHECK(text_find(text_of(w->ctx.fault.detail), T("50000 of 50000 PEN")) >= 0);
    CHECK_OK(&w->ctx, number(&l, large, "SN00001", "SN50000", &many));
    CHECK_I64(50000, many.done.captured);
    CHECK_I64(0, many.done.missing);
    CHECK(many.statements <= few.statements + 8); /* long sets are written in a few pieces */
    CHECK(many.statements < 40);
    send(&l, large);
    send(&l, small);
    struct list found;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, serials_named(&w->ctx, T("SN49999"), &found));
    CHECK_I64(1, (int64_t)found.count);
    CHECK_I64(all, ((const struct serial_unit *)found.at)->order_id);
    world_audit(w);
}

struct back {
    int64_t order_id;
    struct text serial; /* absent: none told */
};

static enum err bring_back(struct ctx *c, void *arg)
{
    struct back *b = arg;
    struct list returns;
    struct return_arrival in = {
        .line_no = 1, .quantity = 1, .seen = -1, .serials = {&b->serial, b->serial.len > 0}};
    TRY(returns_of_orders(c, &b->order_id, 1, &returns));
    const struct order_return *r = returns.at;
    return returns_receive(c, r->return_id, r->site_id, NONE, &(struct list){&in, 1});
}

static enum err back(struct life *l, int64_t order_id, const char *serial)
{
    return db_tx(&l->w->ctx, bring_back, &(struct back){order_id, text_of(serial)});
}

TEST_BOTH(complaint, c69_a_unit_that_was_not_sold_to_them_does_not_come_back_as_theirs)
{
    struct life l = life_open(w);
    struct numbers n;
    track(w, "LAMP", "2");
    int64_t ada = placed(&l, "LAMP", 2), bob = placed(&l, "LAMP", 1), id;
    int64_t box = boxed(&l, ada, "LAMP", 2), other = boxed(&l, bob, "LAMP", 1);
    CHECK_OK(&w->ctx, number(&l, box, "L-7", "L-8", &n));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serial_taken", number(&l, other, "L-8", "L-8", &n));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", number(&l, other, "L-1", "L-2", &n));
    CHECK_OK(&w->ctx, number(&l, other, "L-9", "L-9", &n));
    send(&l, box);
    send(&l, other);
    CHECK_OK(&w->ctx, life_ask_back(&l, ada, 1, 1, RETURN_BECAUSE_UNWANTED, &id));
    CHECK_OK(&w->ctx, life_approve(&l, id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serials_missing", back(&l, ada, ""));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serial_not_sold", back(&l, ada, "L-9"));
    CHECK_OK(&w->ctx, back(&l, ada, "L-8"));
    world_audit(w);
    /* its number may be sold again; the one still out may not */
    int64_t eve = placed(&l, "LAMP", 1), again = boxed(&l, eve, "LAMP", 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serial_taken", number(&l, again, "L-7", "L-7", &n));
    CHECK_OK(&w->ctx, number(&l, again, "L-8", "L-8", &n));
    send(&l, again);
    world_audit(w);
}

static enum err arrive(struct ctx *c, void *arg)
{
    const struct text *scan = arg;
    struct asn_line_draft line = {.sku = T("LAMP"), .quantity = 2};
    struct asn_draft draft = {
        .site = T("LON"),
        .supplier = T("Potter"),
        .reference = text_printf(c->arena, "D-%lld", (long long)source_id(c->source)),
        .expected_day = NONE,
        .lines = {&line, 1}};
    struct asn a;
    struct arrived out;
    struct arrival in = {
        .scan = *scan, .bin = T("A-01-03"), .quantity = NONE, .expiry_day = NONE, .condition = -1};
    TRY(asn_announce(c, &draft, &a));
    return asn_receive(c, a.asn_id, &in, 1, &out);
}

static enum err come_in(struct world *w, const char *scan)
{
    struct text t = text_of(scan);
    return db_tx(&w->ctx, arrive, &t);
}

TEST_BOTH(complaint,
          c69_a_number_that_never_came_in_is_not_packed_where_they_are_taken_down_on_entry)
{
    struct life l = life_open(w);
    struct numbers n;
    int64_t grams;
    CHECK_OK(&w->ctx, world_script(w, "UPDATE product SET tracking = 3, gtin = '04006381333931'"
                                      " WHERE sku = 'LAMP'"));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "serial_required", come_in(w, "LAMP"));
    CHECK_OK(&w->ctx, come_in(w, "]C1010400638133393121A1"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serial_here", come_in(w, "]C1010400638133393121A1"));
    CHECK_OK(&w->ctx, come_in(w, "]C1010400638133393121A2"));
    int64_t id = placed(&l, "LAMP", 2), package_id = NONE;
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    struct fulfillment f = life_fulfillment(&l, id, 0);
    CHECK_OK(&w->ctx, life_start_packing(&l, f.fulfillment_id));
    CHECK_OK(&w->ctx, life_box(&l, f.fulfillment_id, &package_id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serial_unknown",
                life_put(&l, package_id, "]C1010400638133393121B9", NONE, &grams));
    CHECK_OK(&w->ctx, life_put(&l, package_id, "]C1010400638133393121A1", NONE, &grams));
    CHECK_OK(&w->ctx, life_put(&l, package_id, "LAMP", 1, &grams));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "serials_missing", life_seal(&l, package_id, NONE));
    CHECK_OK(&w->ctx, life_put(&l, package_id, "A2", NONE, &grams)); /* the number alone */
    /* out again, and in again: the units that came in stay known */
    CHECK_OK(&w->ctx, life_take_out(&l, package_id, 1));
    CHECK_OK(&w->ctx, life_put(&l, package_id, "LAMP", 2, &grams));
    CHECK_OK(&w->ctx, number(&l, package_id, "A1", "A2", &n));
    send(&l, package_id);
    world_audit(w);
}

TEST_BOTH(complaint, c69_the_numbers_in_a_parcel_that_comes_back_undelivered_are_free_again)
{
    struct life l = life_open(w);
    struct numbers n;
    track(w, "LAMP", "2");
    int64_t id = placed(&l, "LAMP", 2), box = boxed(&l, id, "LAMP", 2);
    CHECK_OK(&w->ctx, number(&l, box, "L-1", "L-2", &n));
    send(&l, box);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_RETURN_TO_SENDER, 0));
    CHECK_OK(&w->ctx, life_come_back(&l, box));
    world_audit(w);
    int64_t eve = placed(&l, "LAMP", 1), again = boxed(&l, eve, "LAMP", 1);
    CHECK_OK(&w->ctx, number(&l, again, "L-2", "L-2", &n));
    send(&l, again);
    world_audit(w);
}
