/* test/sim/life_cells_test.c: what seldom happens, and has its place in the state tables: told
 * twice, given up half way, found again. Every cell is lived somewhere (test/last/lives_test.c). */
#include "domain/events/job.h"
#include "faces/api/dispatch.h"
#include "life.h"

#include <stdarg.h>
#include <stdio.h>

static struct text said; /* by the last answer */

/* POST, or GET without a body; what follows from it has happened then. */
static int tell(struct life *l, const char *body, const char *target, ...)
    __attribute__((format(printf, 3, 4)));
static int tell(struct life *l, const char *body, const char *target, ...)
{
    struct server server;
    struct answer a = {0};
    char room[300];
    va_list args;
    va_start(args, target);
    vsnprintf(room, sizeof room, target, args);
    va_end(args);
    struct call call = {.method = body ? T("POST") : T("GET"),
                        .target = text_copy(&l->w->arena, text_of(room)),
                        .body = body ? text_of(body) : (struct text){0},
                        .is_trusted = true,
                        .merchant_id = l->shop.merchant_id};
    server_open(&server, l->w->store, &l->w->source, route_tables);
    dispatch(&server, &l->w->arena, &call, &a);
    server_close(&server);
    life_quiet(l);
    said = a.body;
    return a.status;
}

static const char *name(struct life *l, const char *prefix, int64_t id)
{
    return text_cstr(&l->w->arena, id_text(&l->w->arena, prefix, id));
}

static int64_t told_id(struct life *l, const char *prefix)
{
    int64_t id = NONE;
    ptrdiff_t at = text_find(said, text_printf(&l->w->arena, "\"id\":\"%s_", prefix));
    CHECK(at >= 0);
    struct text rest = at < 0 ? said : text_skip(said, (size_t)at + 6);
    ptrdiff_t end = text_find(rest, T("\""));
    CHECK(id_parse(text_head(rest, end < 0 ? 0 : (size_t)end), prefix, &id));
    return id;
}

static bool is_said(const char *word) { return text_find(said, text_of(word)) >= 0; }

static int64_t shipped(struct life *l, int64_t units)
{
    struct draft d = life_card_draft(l, "MUG", units, "tok_ok");
    int64_t id = life_place(l, &d);
    life_ship(l, id);
    return id;
}

static int64_t brought(struct life *l, int64_t units)
{
    struct draft d = life_card_draft(l, "MUG", units, "tok_ok");
    int64_t id = life_place(l, &d);
    life_bring(l, id);
    return id;
}

/* --- tasks ----------------------------------------------------------------------------------- */

TEST_BOTH(life, a_pick_that_somebody_has_in_hand_is_refused_when_the_order_is_cancelled)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 1, "tok_ok");
    int64_t id = life_place(&l, &d);
    struct list items;
    CHECK_OK(&w->ctx, life_claim(&l, l.shop.london, PICKER, &items));
    CHECK(items.count > 0);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_I64(TASK_LEASED, t.state);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_scan(&l, &t, "MUG", 1));
}

/* --- orders ---------------------------------------------------------------------------------- */

TEST_BOTH(life, a_draft_is_cancelled_like_an_order)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 1, "tok_ok");
    d.is_draft = true;
    d.payment_token = (struct text){0};
    int64_t draft = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_cancel(&l, draft, "never mind"));
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, draft));
}

/* --- parcels --------------------------------------------------------------------------------- */

TEST_BOTH(life, a_parcel_comes_back_from_wherever_it_was_last_heard_of)
{
    struct life l = life_open(w);
    int64_t ids[3];
    for (int i = 0; i < 3; i++) ids[i] = shipped(&l, 1);
    struct package fresh = life_package(&l, ids[0], 0), under_way = life_package(&l, ids[1], 0),
                   lost = life_package(&l, ids[2], 0);
    for (int i = 0; i < 2; i++)
        CHECK_OK(&w->ctx, life_report(&l, under_way.package_id, TRACKING_IN_TRANSIT, 0));
    CHECK_OK(&w->ctx, life_report(&l, lost.package_id, TRACKING_FAILURE, 0));
    CHECK_I64(PACKAGE_LOST, life_package(&l, ids[2], 0).state);
    CHECK_OK(&w->ctx, life_come_back(&l, fresh.package_id));
    CHECK_OK(&w->ctx, life_come_back(&l, under_way.package_id));
    CHECK_OK(&w->ctx, life_come_back(&l, lost.package_id));
    for (int i = 0; i < 3; i++) CHECK_I64(PACKAGE_BACK, life_package(&l, ids[i], 0).state);
}

TEST_BOTH(life, a_label_is_printed_again_and_stays_one_label)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 1, "tok_ok");
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    struct package p = life_package(&l, id, 0);
    for (int i = 0; i < 2; i++)
        CHECK_I64(200, tell(&l, NULL, "/v1/packages/%s/label.zpl", name(&l, "pkg", p.package_id)));
}

TEST_BOTH(life, a_claim_is_told_to_the_carrier_twice_and_is_one)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, 1);
    const char *box = name(&l, "pkg", life_package(&l, id, 0).package_id);
    CHECK_I64(201, tell(&l, "{\"kind\":\"damaged\"}", "/v1/packages/%s/claims", box));
    const char *claim = name(&l, "clm", told_id(&l, "clm"));
    for (int i = 0; i < 2; i++)
        CHECK_I64(200, tell(&l, "{\"reference\":\"C-1\"}", "/v1/claims/%s/file", claim));
    CHECK_I64(200, tell(&l, "{\"note\":\"packed badly\"}", "/v1/claims/%s/refuse", claim));
    CHECK_I64(201, tell(&l, "{\"kind\":\"late\"}", "/v1/packages/%s/claims", box));
    const char *other = name(&l, "clm", told_id(&l, "clm"));
    CHECK_I64(409, tell(&l, "{}", "/v1/claims/%s/file", claim));
    CHECK(is_said("claim_exists"));
    CHECK_I64(200, tell(&l, "{}", "/v1/claims/%s/file", other));
    CHECK_I64(200, tell(&l, "{}", "/v1/claims/%s/withdraw", other));
    CHECK_I64(200, tell(&l, "{}", "/v1/claims/%s/file", claim));
}

/* --- returns --------------------------------------------------------------------------------- */

static const char *asked_back(struct life *l, int64_t units, int64_t *id)
{
    int64_t order = brought(l, units);
    CHECK_OK(&l->w->ctx, life_ask_back(l, order, 1, units, RETURN_BECAUSE_DAMAGED, id));
    CHECK_OK(&l->w->ctx, life_approve(l, *id));
    return name(l, "ret", *id);
}

TEST_BOTH(life, a_return_ends_before_it_is_here)
{
    struct life l = life_open(w);
    int64_t never_sent, lost, kept;
    asked_back(&l, 1, &never_sent);
    CHECK_OK(&w->ctx, life_give_up(&l, never_sent));
    CHECK_I64(RETURN_CANCELLED, life_return_line(&l, never_sent, 1).state);
    const char *name_of = asked_back(&l, 1, &lost);
    for (int i = 0; i < 2; i++) CHECK_I64(200, tell(&l, "", "/v1/returns/%s/send", name_of));
    CHECK_OK(&w->ctx, life_give_up(&l, lost));
    CHECK_I64(RETURN_CANCELLED, life_return_line(&l, lost, 1).state);
    name_of = asked_back(&l, 1, &kept);
    CHECK_I64(200, tell(&l, "", "/v1/returns/%s/send", name_of));
    CHECK_OK(&w->ctx, life_settle(&l, kept, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(RETURN_RESOLVED, life_return_line(&l, kept, 1).state);
}

TEST_BOTH(life, a_return_comes_in_parts_also_after_somebody_looked)
{
    struct life l = life_open(w);
    int64_t id;
    asked_back(&l, 3, &id);
    for (int i = 0; i < 2; i++) CHECK_OK(&w->ctx, life_take_in(&l, id, l.shop.london, 1, 1));
    CHECK_OK(&w->ctx, life_decide(&l, id, 1, 2, HEAP_RESTOCKED));
    CHECK_I64(RETURN_INSPECTED, life_return_line(&l, id, 1).state);
    CHECK_OK(&w->ctx, life_take_in(&l, id, l.shop.london, 1, 1));
    CHECK_I64(3, life_return_line(&l, id, 1).received);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_to_cancel", life_give_up(&l, id));
}

/* --- goods in -------------------------------------------------------------------------------- */

TEST_BOTH(life, a_delivery_that_never_came_is_closed_and_a_put_away_is_dropped)
{
    struct life l = life_open(w);
    char body[200];
    const char *site = name(&l, "sit", l.shop.london);
    CHECK_I64(201, tell(&l,
                        "{\"site\":\"LON\",\"supplier\":\"Ink\",\"reference\":\"D1\",\"lines\":"
                        "[{\"sku\":\"MUG\",\"quantity\":4}]}",
                        "/v1/asns"));
    CHECK_I64(200, tell(&l, "", "/v1/asns/%s/close", name(&l, "asn", told_id(&l, "asn"))));
    CHECK(is_said("\"missing\":4"));
    CHECK_I64(200,
              tell(&l, "{\"code\":\"DOCK\",\"kind\":\"receiving\"}\n", "/v1/sites/%s/bins", site));
    snprintf(body, sizeof body,
             "{\"lines\":[{\"sku\":\"MUG\",\"site\":\"LON\",\"bin\":\"DOCK\",\"quantity\":2}]}");
    CHECK_I64(200, tell(&l, body, "/v1/stock/receipts"));
    CHECK_I64(200, tell(&l, NULL, "/v1/putaways?site=LON"));
    const char *task = name(&l, "tsk", told_id(&l, "tsk"));
    CHECK_I64(200, tell(&l, "", "/v1/putaways/%s/drop", task));
    CHECK(is_said("\"dropped\""));
}
