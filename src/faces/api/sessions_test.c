/* Staff with names, as their browsers, scanners and programs meet them. */
#include "faces/api/sessions.h"

#include "domain/people/person.h"
#include "faces/api/dispatch.h"
#include "faces/api/routes.h"
#include "faces/api/system.h"
#include "shop.h"

#include <stdio.h>

static const struct route *const tables[] = {orders_routes,   holds_routes,    stock_routes,
                                             users_routes,    sessions_routes, keys_routes,
                                             merchant_routes, events_routes,   NULL};

struct house {
    struct world *w;
    struct shop shop;
    struct server server;
};

static void house_open(struct house *h, struct world *w)
{
    *h = (struct house){.w = w, .shop = shop_open(w)};
    server_open(&h->server, w->store, &w->source, tables);
    h->server.merchant_id = h->shop.merchant_id;
}

static struct answer ask(struct house *h, struct call call)
{
    struct answer a;
    dispatch(&h->server, &h->w->arena, &call, &a);
    return a;
}
/* As who stands at the machine itself. */
static struct answer by_hand(struct house *h, const char *method, const char *target,
                             const char *body)
{
    return ask(h, (struct call){.method = text_of(method),
                                .target = text_of(target),
                                .body = text_of(body),
                                .is_trusted = true,
                                .merchant_id = h->shop.merchant_id});
}
static struct answer log_in(struct house *h, const char *body)
{
    return ask(
        h, (struct call){.method = T("POST"), .target = T("/v1/sessions"), .body = text_of(body)});
}
/* What the browser sends back. */
static struct text cookie_of(struct answer a)
{
    struct text rest, value;
    text_split(text_split(a.cookie, ';', &rest), '=', &value);
    return value;
}
static struct answer by_cookie(struct house *h, const char *method, const char *target,
                               struct text cookie, bool is_cross_site)
{
    return ask(h, (struct call){.method = text_of(method),
                                .target = text_of(target),
                                .session = cookie,
                                .is_cross_site = is_cross_site});
}

static bool has(struct answer a, const char *part)
{
    if (text_find(a.body, text_of(part)) >= 0) return true;
    printf("no %s in: %d %.*s\n", part, a.status, TEXT_ARG(text_head(a.body, 2000)));
    return false;
}

static const char ada[] = "{\"login\":\"Ada\",\"name\":\"Ada Byron\",\"role\":\"owner\","
                          "\"password\":\"three little words\"}";
static const char bob[] = "{\"login\":\"bob\",\"name\":\"Bob Dee\",\"role\":\"clerk\","
                          "\"pin\":\"4711\",\"badge\":\"BADGE-0815\"}";

TEST_BOTH(sessions, a_clerk_logs_in_by_password_and_out_again)
{
    struct house h;
    house_open(&h, w);
    CHECK_I64(201, by_hand(&h, "POST", "/v1/users", ada).status);
    struct answer wrong = log_in(&h, "{\"login\":\"ada\",\"password\":\"three little birds\"}");
    CHECK_I64(401, wrong.status);
    CHECK(has(wrong, "log_in_wrong") && !wrong.cookie.at);
    struct answer nobody = log_in(&h, "{\"login\":\"eve\",\"password\":\"three little birds\"}");
    CHECK_I64(401, nobody.status);
    CHECK(has(nobody, "log_in_wrong"));
    struct answer in = log_in(&h, "{\"login\":\"ada\",\"password\":\"three little words\"}");
    CHECK_I64(201, in.status);
    CHECK(text_find(in.cookie, T("; HttpOnly; SameSite=Strict")) > 0);
    CHECK(!(text_find(in.body, T("argon2")) >= 0));
    struct text cookie = cookie_of(in);
    CHECK(has(by_cookie(&h, "GET", "/v1/sessions/me", cookie, false), "\"name\":\"Ada Byron\""));
    CHECK_I64(200, by_cookie(&h, "GET", "/v1/users", cookie, false).status);
    struct answer out = by_cookie(&h, "DELETE", "/v1/sessions/me", cookie, false);
    CHECK_I64(204, out.status);
    CHECK(text_find(out.cookie, T("Max-Age=0")) > 0);
    CHECK_I64(401, by_cookie(&h, "GET", "/v1/sessions/me", cookie, false).status);
    server_close(&h.server);
}

/* Another site's page can make a browser send a form, but not change anything by it. */
TEST_BOTH(sessions, a_page_of_another_site_changes_nothing)
{
    struct house h;
    house_open(&h, w);
    by_hand(&h, "POST", "/v1/users", ada);
    struct text cookie =
        cookie_of(log_in(&h, "{\"login\":\"ada\",\"password\":\"three little words\"}"));
    struct answer a = by_cookie(&h, "DELETE", "/v1/sessions/me", cookie, true);
    CHECK_I64(403, a.status);
    CHECK(has(a, "cross_site"));
    CHECK_I64(200, by_cookie(&h, "GET", "/v1/sessions/me", cookie, false).status);
    server_close(&h.server);
}

TEST_BOTH(sessions, a_badge_alone_opens_the_floor_and_with_its_pin_the_role)
{
    struct house h;
    house_open(&h, w);
    CHECK_I64(201, by_hand(&h, "POST", "/v1/users", bob).status);
    struct text badge = cookie_of(log_in(&h, "{\"badge\":\"BADGE-0815\"}"));
    CHECK_I64(200, by_cookie(&h, "GET", "/v1/stock", badge, false).status);
    CHECK_I64(403, by_cookie(&h, "GET", "/v1/orders", badge, false).status);
    struct text both = cookie_of(log_in(&h, "{\"badge\":\"BADGE-0815\",\"pin\":\"4711\"}"));
    CHECK_I64(200, by_cookie(&h, "GET", "/v1/orders", both, false).status);
    CHECK_I64(403, by_cookie(&h, "GET", "/v1/users", both, false).status);
    struct text pin = cookie_of(log_in(&h, "{\"login\":\"bob\",\"pin\":\"4711\"}"));
    CHECK_I64(403, by_cookie(&h, "GET", "/v1/orders", pin, false).status);
    CHECK_I64(401, log_in(&h, "{\"badge\":\"BADGE-0815\",\"pin\":\"4712\"}").status);
    CHECK(has(by_hand(&h, "POST", "/v1/users",
                      "{\"login\":\"eve\",\"name\":\"Eve\",\"role\":\"picker\","
                      "\"badge\":\"BADGE-0815\"}"),
              "badge_taken"));
    server_close(&h.server);
}

TEST_BOTH(sessions, five_wrong_tries_lock_the_log_in_for_five_minutes)
{
    struct house h;
    house_open(&h, w);
    by_hand(&h, "POST", "/v1/users", bob);
    for (int i = 0; i < PERSON_TRIES_MAX; i++)
        CHECK_I64(401, log_in(&h, "{\"login\":\"bob\",\"pin\":\"0000\"}").status);
    CHECK(has(log_in(&h, "{\"login\":\"bob\",\"pin\":\"4711\"}"), "log_in_locked"));
    source_advance_us(&w->source, PERSON_LOCK_US);
    CHECK_I64(201, log_in(&h, "{\"login\":\"bob\",\"pin\":\"4711\"}").status);
    server_close(&h.server);
}

TEST_BOTH(sessions, who_is_disabled_is_out_at_once_and_their_keys_too)
{
    struct house h;
    house_open(&h, w);
    by_hand(&h, "POST", "/v1/users", ada);
    CHECK(has(by_hand(&h, "POST", "/v1/users/ada/disable", NULL), "last_owner"));
    by_hand(&h, "POST", "/v1/users", bob);
    struct answer user = by_hand(&h, "GET", "/v1/users/bob", NULL);
    ptrdiff_t at = text_find(user.body, T("usr_"));
    struct text id = text_head(text_skip(user.body, (size_t)at), 17), rest;
    id = text_split(id, '"', &rest);
    struct answer made = by_hand(
        &h, "POST", "/v1/keys",
        text_printf(&w->arena,
                    "{\"name\":\"bob's\",\"scopes\":[\"orders:read\",\"admin\"],\"user_id\":"
                    "\"%.*s\"}",
                    TEXT_ARG(id))
            .at);
    struct text key = text_skip(made.body, (size_t)text_find(made.body, T("wbk_")));
    key = text_printf(&w->arena, "Bearer %.*s", TEXT_ARG(text_split(key, '"', &rest)));
    struct text cookie = cookie_of(log_in(&h, "{\"badge\":\"BADGE-0815\",\"pin\":\"4711\"}"));
    struct call call = {.method = T("GET"), .target = T("/v1/orders"), .authorization = key};
    CHECK_I64(200, ask(&h, call).status);
    call.target = T("/v1/users"); /* the key says admin, the clerk's role does not */
    CHECK_I64(403, ask(&h, call).status);
    CHECK_I64(200, by_hand(&h, "POST", "/v1/users/bob/disable", NULL).status);
    call.target = T("/v1/orders");
    CHECK_I64(401, ask(&h, call).status);
    CHECK_I64(401, by_cookie(&h, "GET", "/v1/orders", cookie, false).status);
    CHECK_I64(401, log_in(&h, "{\"badge\":\"BADGE-0815\",\"pin\":\"4711\"}").status);
    CHECK_I64(200, by_hand(&h, "POST", "/v1/users/bob/enable", NULL).status);
    CHECK_I64(401, by_cookie(&h, "GET", "/v1/orders", cookie, false).status);
    CHECK_I64(200, ask(&h, call).status);
    server_close(&h.server);
}

TEST_BOTH(sessions, facts_name_who_did_it)
{
    struct house h;
    house_open(&h, w);
    by_hand(&h, "POST", "/v1/users", ada);
    struct text cookie =
        cookie_of(log_in(&h, "{\"login\":\"ada\",\"password\":\"three little words\"}"));
    struct text order = id_text(&w->arena, "ord", shop_order(w, "MUG", 1));
    struct text path = text_printf(&w->arena, "/v1/orders/%.*s/holds", TEXT_ARG(order));
    struct call hold = {.method = T("POST"),
                        .target = path,
                        .session = cookie,
                        .body = T("{\"reason\":\"manual\",\"note\":\"call first\"}")};
    struct answer held = ask(&h, hold);
    CHECK_I64(201, held.status);
    CHECK(has(by_hand(&h, "GET", "/v1/events", NULL), "\"actor\":\"Ada Byron\""));
    struct text id = text_head(text_skip(held.body, (size_t)text_find(held.body, T("hld_"))), 17),
                rest;
    id = text_split(id, '"', &rest);
    hold.target = text_printf(&w->arena, "%.*s/%.*s/release", TEXT_ARG(path), TEXT_ARG(id));
    hold.body = (struct text){0};
    CHECK(has(ask(&h, hold), "\"releaser\":\"Ada Byron\""));
    server_close(&h.server);
}

static struct answer with_key(struct house *h, const char *target, const char *body,
                              const char *key)
{
    return ask(h, (struct call){.method = T("POST"),
                                .target = text_of(target),
                                .body = text_of(body),
                                .idempotency_key = text_of(key),
                                .is_trusted = true,
                                .merchant_id = h->shop.merchant_id});
}

TEST_BOTH(sessions, a_user_is_added_and_changed_once_and_previewed_without_a_trace)
{
    struct house h;
    house_open(&h, w);
    struct answer would = by_hand(&h, "POST", "/v1/users?preview=1", bob);
    CHECK_I64(201, would.status);
    CHECK(would.is_preview && has(would, "\"login\":\"bob\""));
    CHECK_I64(404, by_hand(&h, "GET", "/v1/users/bob", NULL).status);
    struct answer first = with_key(&h, "/v1/users", bob, "k-bob");
    struct answer again = with_key(&h, "/v1/users", bob, "k-bob");
    CHECK_I64(201, first.status);
    CHECK(again.is_replayed && text_eq(first.body, again.body));
    CHECK_I64(422, with_key(&h, "/v1/users", ada, "k-bob").status);
    would = by_hand(&h, "POST", "/v1/users/bob?preview=1", "{\"role\":\"picker\",\"badge\":\"\"}");
    CHECK(has(would, "\"role\":\"picker\"") && has(would, "\"has_badge\":false"));
    struct answer now = by_hand(&h, "GET", "/v1/users/bob", NULL);
    CHECK(has(now, "\"role\":\"clerk\"") && has(now, "\"has_badge\":true"));
    CHECK_I64(200, with_key(&h, "/v1/users/bob", "{\"pin\":\"0815\"}", "k-pin").status);
    CHECK(with_key(&h, "/v1/users/bob", "{\"pin\":\"0815\"}", "k-pin").is_replayed);
    CHECK_I64(201, log_in(&h, "{\"badge\":\"BADGE-0815\",\"pin\":\"0815\"}").status);
    CHECK(has(by_hand(&h, "POST", "/v1/users?preview=1",
                      "{\"login\":\"eve\",\"name\":\"E\","
                      "\"role\":\"picker\",\"pin\":\"x\"}"),
              "pin_invalid"));
    server_close(&h.server);
}

/* What is kept of a request says nothing about the PIN in it. */
TEST_BOTH(sessions, a_kept_request_does_not_depend_on_its_secrets)
{
    struct house h;
    house_open(&h, w);
    CHECK_I64(201, with_key(&h, "/v1/users", bob, "k-1").status);
    CHECK(with_key(&h, "/v1/users",
                   "{\"login\":\"bob\",\"name\":\"Bob Dee\",\"role\":\"clerk\","
                   "\"pin\":\"9999\",\"badge\":\"BADGE-9999\"}",
                   "k-1")
              .is_replayed);
    server_close(&h.server);
}
