/* faces/api/shipping_test.c: from the sealed package to the door, as callers see it. */
#include "faces/api/shipping.h"

#include "faces/api/dispatch.h"
#include "parcel_fixture.h"

#include <stdio.h>

static const struct route *const tables[] = {shipping_routes, delivery_routes, NULL};

struct ramp {
    struct world *w;
    struct shop shop;
    struct server server;
};

static void ramp_open(struct ramp *r, struct world *w)
{
    *r = (struct ramp){.w = w, .shop = parcel_shop(w)};
    server_open(&r->server, w->store, &w->source, tables);
}

static struct answer ask(struct ramp *r, const char *method, const char *target, struct text body)
{
    struct call call = {.method = text_of(method),
                        .target = text_of(target),
                        .body = body,
                        .is_trusted = true,
                        .merchant_id = r->shop.merchant_id};
    struct answer a;
    dispatch(&r->server, &r->w->arena, &call, &a);
    return a;
}

static struct answer get(struct ramp *r, const char *target)
{
    return ask(r, "GET", target, (struct text){0});
}

static struct answer post(struct ramp *r, const char *target, const char *body)
{
    return ask(r, "POST", target, text_of(body));
}

static const char *of_package(struct ramp *r, int64_t id, const char *behind)
{
    struct text word = id_text(&r->w->arena, "pkg", id);
    return text_cstr(&r->w->arena,
                     text_printf(&r->w->arena, "/v1/packages/%.*s%s", TEXT_ARG(word), behind));
}

static bool has(struct answer a, const char *part)
{
    if (text_find(a.body, text_of(part)) >= 0) return true;
    printf("no %s in: %d %.*s\n", part, a.status, TEXT_ARG(text_head(a.body, 2000)));
    return false;
}

TEST_BOTH(api_shipping, a_package_goes_from_the_bench_to_the_door)
{
    struct ramp r;
    ramp_open(&r, w);
    struct arena *a = &w->arena;
    int64_t id = parcel_sealed(w, "MUG", 1);
    CHECK(has(get(&r, "/v1/packages"), "\"state\":\"sealed\""));
    CHECK(has(get(&r, of_package(&r, id, "/quotes")), "\"carrier\":\"house\""));
    CHECK_I64(409, get(&r, of_package(&r, id, "/label.pdf")).status);
    struct answer made = post(&r, of_package(&r, id, "/label"), "{\"service\":\"express\"}");
    CHECK_I64(200, made.status);
    CHECK(has(made, "\"label_state\":\"bought\"") && has(made, "\"service\":\"express\""));
    CHECK_I64(409, post(&r, of_package(&r, id, "/label"), "{}").status);
    CHECK(text_starts(get(&r, of_package(&r, id, "/label.pdf")).body, T("%PDF")));
    CHECK(text_starts(get(&r, of_package(&r, id, "/label.png?dpi=203")).body, T("\x89PNG")));
    struct answer zpl = get(&r, of_package(&r, id, "/label.zpl"));
    CHECK(has(zpl, "^XA") && has(zpl, "Ada Byron"));
    CHECK_I64(LABEL_PRINTED, parcel_label(w, id).state);

    struct text number = parcel_label(w, id).tracking_number;
    struct text scans =
        text_printf(a, "{\"scan\":\"%.*s\"}\n{\"scan\":\"NOBODY-1\"}\n", TEXT_ARG(number));
    struct answer gone = ask(&r, "POST", "/v1/handovers", scans);
    CHECK(has(gone, "\"row\":1,\"status\":201") && has(gone, "\"state\":\"handed_over\""));
    CHECK(has(gone, "\"row\":2,\"status\":404"));
    CHECK(has(get(&r, "/v1/manifests"), "\"carrier\":\"house\""));

    struct text said = text_printf(a,
                                   "{\"tracking_number\":\"%.*s\",\"status\":\"in_transit\","
                                   "\"occurred_at\":\"2026-01-05T08:00:00Z\",\"place\":\"Hull\"}\n"
                                   "{\"tracking_number\":\"%.*s\",\"status\":\"in_transit\","
                                   "\"occurred_at\":\"2026-01-05T08:00:00Z\"}\n",
                                   TEXT_ARG(number), TEXT_ARG(number));
    struct answer heard = ask(&r, "POST", "/v1/tracking-events", said);
    CHECK(has(heard, "\"row\":1,\"status\":201") && has(heard, "\"row\":2,\"status\":200"));
    CHECK(has(get(&r, of_package(&r, id, "/tracking")), "\"place\":\"Hull\""));
    CHECK_I64(409, post(&r, of_package(&r, id, "/take-back"), "{}").status);

    struct answer tried = post(&r, of_package(&r, id, "/attempts"), "{\"reason\":\"nobody_home\"}");
    CHECK(has(tried, "\"status\":\"attempted\""));
    struct text proof = text_printf(a, "{\"package_id\":\"%.*s\",\"name\":\"Ada\"}",
                                    TEXT_ARG(id_text(a, "pkg", id)));
    CHECK(has(ask(&r, "POST", "/v1/deliveries", proof), "\"status\":201"));
    CHECK(has(get(&r, of_package(&r, id, "/proofs")), "\"name\":\"Ada\""));
    CHECK(has(get(&r, of_package(&r, id, "")), "\"state\":\"delivered\""));
    parcel_audit(w);
    server_close(&r.server);
}

TEST_BOTH(api_shipping, who_collects_is_served_in_one_step)
{
    struct ramp r;
    ramp_open(&r, w);
    struct arena *a = &w->arena;
    struct draft d = shop_draft(w, "PEN", 1);
    d.method = METHOD_PICKUP;
    int64_t id = parcel_of_draft(w, &d);
    struct text order = id_text(a, "ord", parcel_get(w, id).order_id);
    struct answer code = post(
        &r, text_cstr(a, text_printf(a, "/v1/orders/%.*s/pickup-code", TEXT_ARG(order))), NULL);
    ptrdiff_t at = text_find(code.body, T("\"code\":\""));
    CHECK(at >= 0);
    if (at < 0) at = 0;
    struct text digits = text_head(text_skip(code.body, (size_t)at + 8), 6);
    struct text wrong = text_printf(a, "{\"order_id\":\"%.*s\",\"pin\":\"%s\"}", TEXT_ARG(order),
                                    text_is(digits, "000000") ? "000001" : "000000");
    struct answer no = ask(&r, "POST", "/v1/deliveries", wrong);
    CHECK(has(no, "\"reason\":\"pin_wrong\"") && has(no, "4 tries are left"));
    CHECK(has(ask(&r, "POST", "/v1/deliveries", wrong), "3 tries are left"));
    struct text right = text_printf(a, "{\"order_id\":\"%.*s\",\"pin\":\"%.*s\"}", TEXT_ARG(order),
                                    TEXT_ARG(digits));
    CHECK(has(ask(&r, "POST", "/v1/deliveries", right), "\"status\":201"));
    CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, id).state);
    parcel_audit(w);
    server_close(&r.server);
}

TEST_BOTH(api_shipping, the_carrier_is_asked_and_its_words_are_taken_once)
{
    struct ramp r;
    ramp_open(&r, w);
    int64_t id = parcel_sent(w, "PEN", 1);
    CHECK(has(post(&r, of_package(&r, id, "/tracking/refresh"), NULL), "\"data\":[]"));
    CHECK_I64(PACKAGE_HANDED_OVER, parcel_get(w, id).state);
    server_close(&r.server);
}
