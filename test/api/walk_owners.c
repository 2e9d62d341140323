/* test/api/walk_owners.c: a key of an owner who has nothing in this house sees and moves nothing.
 */
#include "domain/people/owner.h"
#include "faces/api/credential.h"
#include "walk_inside.h"
#include "wire/crypto.h"

static enum err make_stranger(struct ctx *c, void *arg)
{
    struct walk *k = arg;
    struct text key = api_key_new(k->check.arena, true);
    struct owner owner = {.merchant_id = c->merchant_id,
                          .owner_id = 4242,
                          .code = T("ELSE"),
                          .name = T("Somebody Else"),
                          .is_active = 1,
                          .created_us = c->now_us};
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = c->merchant_id,
                          .name = T("stranger"),
                          .key_hash = credential_hash(k->check.arena, key),
                          .scopes = SCOPE_ALL,
                          .created_us = c->now_us,
                          .expires_us = NONE,
                          .revoked_us = NONE,
                          .owner_id = owner.owner_id};
    k->stranger = text_printf(k->check.arena, "Bearer %.*s", TEXT_ARG(key));
    TRY(owner_insert(c, &owner));
    return api_key_insert(c, &row);
}

static bool is_among_reasons(const struct answer *a, const char *one, const char *other)
{
    struct text body = a->body;
    return text_find(body, text_of(one)) >= 0 || text_find(body, text_of(other)) >= 0;
}

/* What is told: refused as not there or as the house's, or a list of nothing. */
void walk_as_stranger(struct walk *k, const struct route *r, struct text target, struct text body,
                      struct text content_type)
{
    struct answer a;
    bool is_read = text_is(text_of(r->method), "GET");
    if (r->flags & ROUTE_SHARED || !r->scopes) return;
    if (!k->stranger.at) CHECK_OK(&k->w->ctx, db_tx(&k->w->ctx, make_stranger, k));
    if (!is_read && r->flags & ROUTE_BY_OWNER && !(r->flags & ROUTE_HOUSE)) return; /* makes own */
    if (text_find(target, T("/v1/owners")) == 0 && r->flags & ROUTE_BY_OWNER) return; /* itself */
    struct call call = {.method = text_of(r->method),
                        .target = target,
                        .body = body,
                        .content_type = content_type,
                        .prefer = is_read ? (struct text){0} : T("dry-run"),
                        .authorization = k->stranger,
                        .request_id = T("stranger")};
    dispatch(&k->server, &k->w->arena, &call, &a);
    if (a.status == 403 && text_find(a.body, T("house_only")) >= 0) return;
    if (a.status == 404 && is_among_reasons(&a, "not_found", "product_not_found")) return;
    bool is_empty = is_read && a.status == 200 &&
                    (text_is(a.body, "{\"data\":[],\"next\":null}") || !a.body.len);
    if (!is_empty)
        walk_wrong(k, "a stranger is told %d %.*s", a.status, TEXT_ARG(text_head(a.body, 300)));
}
