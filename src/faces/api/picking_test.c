/* An order on its way over HTTP, from the wave to the sealed package. */
#include "faces/api/picking.h"

#include "domain/people/people.h"
#include "faces/api/credential.h"
#include "faces/api/dispatch.h"
#include "wire/crypto.h"
#include "work_fixture.h"

#include <stdio.h>

static const struct route *const tables[] = {picking_routes, packing_routes, NULL};

struct floor {
    struct world *world;
    struct server server;
    struct text key;
};

static enum err put_key(struct ctx *c, void *arg) { return api_key_insert(c, arg); }

static void floor_open(struct floor *f, struct world *w)
{
    *f = (struct floor){.world = w};
    struct text key = api_key_new(&w->arena, true);
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = w->ctx.merchant_id,
                          .name = T("floor"),
                          .key_hash = credential_hash(&w->arena, key),
                          .scopes = SCOPE(WORK_READ) | SCOPE(WORK_WRITE),
                          .created_us = w->ctx.now_us,
                          .expires_us = NONE,
                          .revoked_us = NONE};
    server_open(&f->server, w->store, &w->source, tables);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_key, &row));
    f->key = text_printf(&w->arena, "Bearer %.*s", TEXT_ARG(key));
}

static struct answer ask(struct floor *f, const char *method, struct text target, const char *body)
{
    struct answer a;
    dispatch(&f->server, &f->world->arena,
             &(struct call){.method = text_of(method),
                            .target = target,
                            .body = text_of(body),
                            .authorization = f->key,
                            .request_id = T("r1")},
             &a);
    return a;
}

static bool has(struct text t, const char *part)
{
    if (text_find(t, text_of(part)) >= 0) return true;
    printf("no %s in: %.*s\n", part, TEXT_ARG(t));
    return false;
}

/* "/v1/fulfillments/ful_.../tasks/tsk_.../scan" */
static struct text task_path(struct world *w, const struct task *t, const char *verb)
{
    struct text ful = id_text(&w->arena, "ful", t->fulfillment_id);
    struct text tsk = id_text(&w->arena, "tsk", t->task_id);
    return text_printf(&w->arena, "/v1/fulfillments/%.*s/tasks/%.*s/%s", TEXT_ARG(ful),
                       TEXT_ARG(tsk), verb);
}

static struct text path(struct world *w, const char *stem, const char *prefix, int64_t id,
                        const char *verb)
{
    struct text text = id_text(&w->arena, prefix, id);
    return text_printf(&w->arena, "/v1/%s/%.*s%s", stem, TEXT_ARG(text), verb);
}

TEST_BOTH(floor_api, a_wave_is_planned_printed_claimed_and_scanned)
{
    struct floor f;
    shop_open(w);
    floor_open(&f, w);
    int64_t ful = work_order(w, "MUG", 2);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    CHECK(has(ask(&f, "GET", T("/v1/fulfillments?site=LON"), NULL).body, "\"state\":\"released\""));
    struct answer a = ask(&f, "POST", T("/v1/waves/plan"), "{\"fulfillments_max\":12}");
    CHECK(a.status < 300);
    CHECK(has(a.body, "\"fulfillments\":1"));
    int64_t wave_id = work_get(w, ful).wave_id;
    CHECK(has(ask(&f, "GET", path(w, "waves", "wav", wave_id, ""), NULL).body, "\"A-01-01\""));
    a = ask(&f, "GET", path(w, "waves", "wav", wave_id, "/pick-list.pdf"), NULL);
    CHECK_I64(200, a.status);
    CHECK(text_starts(a.body, T("%PDF")));
    struct text claim = text_printf(&w->arena, "{\"wave_id\":\"%.*s\"}",
                                    TEXT_ARG(id_text(&w->arena, "wav", wave_id)));
    CHECK(has(ask(&f, "POST", T("/v1/picks/claim"), text_cstr(&w->arena, claim)).body,
              "\"state\":\"leased\""));
    a = ask(&f, "POST", task_path(w, &t, "scan"), "{\"scan\":\"BOOK\"}");
    CHECK_I64(409, a.status);
    CHECK(has(a.body, "\"reason\":\"wrong_item\""));
    a = ask(&f, "POST", task_path(w, &t, "scan"), "{\"scan\":\"MUG\",\"bin_scan\":\"A-01-01\"}");
    CHECK(has(a.body, "\"left\":1"));
    a = ask(&f, "POST", task_path(w, &t, "short"), "{\"found\":0,\"reason\":\"not_there\"}");
    CHECK(has(a.body, "\"missing\":1"));
    CHECK(has(a.body, "\"fulfillment_state\":\"picked\""));
    work_audit(w);
    server_close(&f.server);
}

TEST_BOTH(floor_api, a_tote_is_packed_sealed_and_gets_its_slip)
{
    struct floor f;
    struct shop s = shop_open(w);
    floor_open(&f, w);
    struct draft d = shop_draft(w, "MUG", 1);
    struct draft_service wrap = {T("gift_wrap"), T("For Ada")};
    ((struct draft_line *)d.lines.at)->services = (struct list){&wrap, 1};
    int64_t ful = work_of_draft(w, &d);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    (void)s;
    CHECK(ask(&f, "POST", task_path(w, &t, "scan"), "{\"scan\":\"MUG\"}").status < 300);
    struct answer a = ask(&f, "GET", path(w, "fulfillments", "ful", ful, "/proposal"), NULL);
    CHECK(has(a.body, "\"carton\":\"S\""));
    a = ask(&f, "POST", path(w, "fulfillments", "ful", ful, "/packages"), NULL);
    CHECK(has(a.body, "\"state\":\"open\""));
    struct list packages = work_packages(w, work_get(w, ful).order_id);
    CHECK_I64(1, (int64_t)packages.count);
    int64_t pkg = packages.count ? ((const struct package *)packages.at)->package_id : NONE;
    a = ask(&f, "POST", path(w, "packages", "pkg", pkg, "/scan"), "{\"scan\":\"MUG\"}");
    CHECK(has(a.body, "\"left\":0"));
    a = ask(&f, "POST", path(w, "packages", "pkg", pkg, "/seal"), "{\"weight_g\":400}");
    CHECK(has(a.body, "\"reason\":\"services_open\""));
    CHECK(has(ask(&f, "GET", path(w, "fulfillments", "ful", ful, "/services"), NULL).body,
              "\"wording\":\"For Ada\""));
    struct task service = work_task(w, ful, TASK_GIFT_WRAP, 0);
    a = ask(&f, "POST", task_path(w, &service, "finish"), "{\"message\":\"For Ada\"}");
    CHECK(has(a.body, "\"state\":\"done\""));
    a = ask(&f, "POST", path(w, "packages", "pkg", pkg, "/seal"), "{\"weight_g\":400}");
    CHECK(has(a.body, "\"state\":\"sealed\""));
    a = ask(&f, "GET", path(w, "packages", "pkg", pkg, "/slip.pdf"), NULL);
    CHECK_I64(200, a.status);
    CHECK(text_starts(a.body, T("%PDF")));
    CHECK_I64(FULFILLMENT_PACKED, work_get(w, ful).state);
    work_audit(w);
    server_close(&f.server);
}

TEST_BOTH(floor_api, many_picks_and_totes_are_answered_row_by_row)
{
    struct floor f;
    shop_open(w);
    floor_open(&f, w);
    int64_t ids[2];
    work_orders(w, "PEN", 2, ids);
    struct buf picks = buf_new(&w->arena), packs = buf_new(&w->arena);
    for (size_t i = 0; i < 2; i++) {
        struct text ful = id_text(&w->arena, "ful", ids[i]);
        struct task t = work_task(w, ids[i], TASK_PICK, 0);
        struct text tsk = id_text(&w->arena, "tsk", t.task_id);
        buf_printf(&picks, "{\"fulfillment_id\":\"%.*s\",\"task_id\":\"%.*s\"%s}\n", TEXT_ARG(ful),
                   TEXT_ARG(tsk), i ? ",\"quantity\":5" : "");
        buf_printf(&packs, "{\"fulfillment_id\":\"%.*s\"}\n", TEXT_ARG(ful));
    }
    struct answer a = ask(&f, "POST", T("/v1/picks/confirm"), picks.at);
    CHECK(has(a.body, "\"too_many\""));
    a = ask(&f, "POST", T("/v1/packs"), packs.at);
    CHECK(has(a.body, "\"wrong_state\""));
    CHECK_I64(FULFILLMENT_PACKED, work_get(w, ids[0]).state);
    CHECK_I64(FULFILLMENT_RELEASED, work_get(w, ids[1]).state);
    work_audit(w);
    server_close(&f.server);
}
