/* domain/people/people_test.c: who may come in, and until when. */
#include "domain/people/person.h"

#include "domain/people/people.h"
#include "shop.h"

static enum err insert(struct ctx *c, void *arg)
{
    TRY(person_free(c, arg));
    return person_insert(c, arg);
}

static struct person clerk(struct world *w, int64_t id, const char *login)
{
    return (struct person){.merchant_id = w->ctx.merchant_id,
                           .person_id = id,
                           .login = text_of(login),
                           .name = T("Kim"),
                           .role = ROLE_CLERK,
                           .password_hash = T("hash"),
                           .locked_until_us = NONE,
                           .created_us = 1,
                           .disabled_us = NONE};
}

TEST_BOTH(people, a_login_and_a_badge_belong_to_one)
{
    shop_open(w);
    struct person kim = clerk(w, 5, "kim");
    kim.badge_hash = T("b1");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &kim));
    struct person lee = clerk(w, 6, "kim");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "login_taken", db_tx(&w->ctx, insert, &lee));
    lee.login = T("lee");
    lee.badge_hash = T("b1");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "badge_taken", db_tx(&w->ctx, insert, &lee));
    lee.badge_hash = (struct text){0};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &lee));
}

struct trying {
    int64_t person_id;
    bool is_right;
};
static enum err try_in(struct ctx *c, void *arg)
{
    const struct trying *t = arg;
    return person_tried(c, t->person_id, t->is_right);
}

static bool is_locked(struct world *w)
{
    struct person p;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, person_get(&w->ctx, 5, &p));
    return p.locked_until_us != NONE && p.locked_until_us > w->ctx.now_us;
}

TEST_BOTH(people, who_guesses_is_kept_out_for_a_while)
{
    shop_open(w);
    struct person kim = clerk(w, 5, "kim");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &kim));
    for (int i = 0; i < PERSON_TRIES_MAX - 1; i++)
        CHECK_OK(&w->ctx, db_tx(&w->ctx, try_in, &(struct trying){5, false}));
    CHECK(!is_locked(w));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, try_in, &(struct trying){5, true}));
    for (int i = 0; i < PERSON_TRIES_MAX - 1; i++) /* counted from none again */
        CHECK_OK(&w->ctx, db_tx(&w->ctx, try_in, &(struct trying){5, false}));
    CHECK(!is_locked(w));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, try_in, &(struct trying){5, false}));
    CHECK(is_locked(w));
    source_advance_us(&w->source, PERSON_LOCK_US);
    w->ctx.now_us = source_now_us(&w->source);
    CHECK(!is_locked(w));
}

struct key_act {
    struct api_key key;
    bool is_new;
};
static enum err key_do(struct ctx *c, void *arg)
{
    const struct key_act *k = arg;
    return k->is_new ? api_key_insert(c, &k->key) : api_key_revoke(c, k->key.key_id);
}

TEST_BOTH(people, a_key_is_revoked_once_and_by_its_own_merchant)
{
    shop_open(w);
    struct key_act k = {{.key_id = 5,
                         .merchant_id = w->ctx.merchant_id,
                         .name = T("till"),
                         .key_hash = T("h"),
                         .scopes = 1,
                         .created_us = 1,
                         .expires_us = NONE,
                         .revoked_us = NONE,
                         .person_id = NONE},
                        true};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, key_do, &k));
    k.is_new = false;
    w->ctx.merchant_id++;
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "key_not_found", db_tx(&w->ctx, key_do, &k));
    w->ctx.merchant_id--;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, key_do, &k));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "key_revoked", db_tx(&w->ctx, key_do, &k));
}

struct secret_call {
    const char *fresh;
    struct text got;
};
static enum err secret(struct ctx *c, void *arg)
{
    struct secret_call *s = arg;
    return secret_get(c, T("links"), text_of(s->fresh), &s->got);
}

TEST_BOTH(people, an_installation_keeps_the_first_secret_it_made)
{
    struct secret_call first = {.fresh = "one"}, second = {.fresh = "two"};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, secret, &first));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, secret, &second));
    CHECK(text_is(first.got, "one") && text_is(second.got, "one"));
}
