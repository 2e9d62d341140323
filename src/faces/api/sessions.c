/* faces/api/sessions.c: people log in and out.
 *
 *   login + password, or badge + PIN   all that the role may do
 *   login + PIN, or the badge alone    of that only the work on the floor
 *
 * The cookie is HttpOnly and SameSite=Strict. A wrong log-in name takes as long as a wrong
 * password, and both are answered alike. */
#include "faces/api/sessions.h"

#include "base/source.h"
#include "domain/people/people.h"
#include "domain/people/person.h"
#include "faces/api/credential.h"
#include "faces/pages/links.h"
#include "store/db.h"
#include "wire/crypto.h"

struct log_in {
    struct text login, password, badge, pin, merchant;
};
static const struct field log_in_table[] = {
    FIELD(struct log_in, login, .max = PERSON_LOGIN_MAX,
          .about = "with password, or with pin; or badge instead"),
    FIELD(struct log_in, password, .max = PASSWORD_BYTES_MAX, .flags = F_SECRET,
          .about = "opens all that the role may do"),
    FIELD(struct log_in, badge, .max = BADGE_CHARS_MAX, .flags = F_SECRET,
          .about = "as scanned; alone it opens the work on the floor"),
    FIELD(struct log_in, pin, .max = PIN_CHARS_MAX, .flags = F_SECRET,
          .about = "with login the work on the floor, with badge all that the role may do"),
    FIELD(struct log_in, merchant, .max = 80,
          .about = "its code, where there are several; the first when absent"),
};
static const struct fields log_in_fields = FIELDS("session_new", struct log_in, log_in_table);

struct session_view {
    const struct user_view *user;
    struct text key;
    int32_t scopes;
    int64_t expires_us;
};
static const struct field session_table[] = {
    FIELD_RECORD(struct session_view, user, user_view_fields, .about = "null: a program's key"),
    FIELD(struct session_view, key, .about = "the name of the API key; null: a session"),
    FIELD_FLAGS(struct session_view, scopes, scope_words, .about = "what it may do"),
    FIELD_INSTANT(struct session_view, expires_us, "expires_at", .about = "log in again then"),
};
static const struct fields session_fields = FIELDS("session", struct session_view, session_table);

/* --- in -------------------------------------------------------------------------------------- */

struct entering {
    const struct log_in *in;
    struct person person;
    bool is_found, is_right;
    struct session session;
};

static enum err choose_merchant(struct ctx *c, struct text code)
{
    struct list all;
    TRY(merchant_list(c, &all));
    const struct merchant *m = all.at;
    for (size_t i = 0; i < all.count; i++) {
        bool is_it = code.len ? text_eq(m[i].code, code) : m[i].merchant_id == c->merchant_id;
        if (!is_it && (code.len || c->merchant_id)) continue;
        c->merchant_id = m[i].merchant_id;
        return OK;
    }
    return fail_at(c, ERR_INVALID, "merchant_not_found", "merchant", "there is no such merchant");
}

static enum err check_ways(struct ctx *c, const struct log_in *in)
{
    bool has_badge = in->badge.len > 0, has_login = in->login.len > 0;
    if (has_badge != has_login && (has_badge || in->password.len || in->pin.len)) return OK;
    return fail_at(c, ERR_INVALID, "required", has_login && !has_badge ? "password" : "login",
                   "it takes a login with a password or a PIN, or a badge");
}

static enum err refuse(struct ctx *c)
{
    fail(c, ERR_UNAUTHENTICATED, "log_in_wrong", "that is not right");
    return hint(c, "after %d wrong tries the log-in is locked for %d minutes", PERSON_TRIES_MAX,
                (int)(PERSON_LOCK_US / MINUTE_US));
}

/* Takes as long whether there is such a person or not. */
static enum err prove(struct ctx *c, struct entering *x)
{
    const struct log_in *in = x->in;
    const struct person *p = &x->person;
    if (in->password.len)
        return password_verify(c, in->password, p->password_hash, PASSWORD_INTERACTIVE,
                               &x->is_right, NULL);
    if (in->pin.len) {
        struct text pin = pin_text(c->arena, x->is_found ? p->person_id : 0, in->pin);
        return password_verify(c, pin, p->pin_hash, PASSWORD_FLOOR, &x->is_right, NULL);
    }
    x->is_right = x->is_found; /* the badge alone */
    return OK;
}

static enum err find(struct ctx *c, struct entering *x)
{
    struct text hash;
    if (x->in->login.len)
        return person_by_login(c, text_trim(x->in->login), &x->person, &x->is_found);
    TRY(badge_hash(c, x->in->badge, &hash));
    TRY(store_reader(c));
    return person_by_badge(c, hash, &x->person, &x->is_found);
}

static enum err record(struct ctx *c, void *arg)
{
    struct entering *x = arg;
    if (x->is_found) TRY(person_tried(c, x->person.person_id, x->is_right));
    return x->is_right ? session_insert(c, &x->session) : OK;
}

static struct text cookie_of(struct arena *a, struct text token, int64_t seconds)
{
    return text_printf(a, "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
                       SESSION_COOKIE, TEXT_ARG(token), (long long)seconds,
                       links_are_secure() ? "; Secure" : "");
}

static enum err answer(struct ctx *c, const struct person *p, int64_t scopes, int64_t expires_us,
                       struct reply *out)
{
    struct session_view *view = arena_new(c->arena, struct session_view, 1);
    struct user_view *user = arena_new(c->arena, struct user_view, 1);
    *user = user_view_of(p);
    *view = (struct session_view){.user = user, .scopes = (int32_t)scopes};
    view->expires_us = expires_us;
    out->record = view;
    return OK;
}

static enum err begin(struct ctx *c, const struct request *in, struct reply *out)
{
    struct entering x = {.in = in->body};
    TRY(check_ways(c, x.in));
    TRY(choose_merchant(c, x.in->merchant));
    TRY(find(c, &x));
    if (x.is_found && x.person.locked_until_us != NONE && x.person.locked_until_us > c->now_us) {
        fail(c, ERR_DENIED, "log_in_locked", "there were too many wrong tries");
        return hint(c, "wait %d minutes, or let an owner change the password",
                    (int)(PERSON_LOCK_US / MINUTE_US));
    }
    TRY(prove(c, &x));
    if (x.person.disabled_us != NONE || !x.is_found) x.is_right = false;
    bool is_full = x.in->password.len || (x.in->badge.len && x.in->pin.len);
    struct text token = session_token(c->arena);
    int64_t most = role_scopes((enum role)x.person.role) & (is_full ? SCOPE_ALL : floor_scopes);
    x.session = (struct session){.session_id = credential_id(token),
                                 .merchant_id = c->merchant_id,
                                 .person_id = x.person.person_id,
                                 .token_hash = credential_hash(c->arena, token),
                                 .scopes = most,
                                 .created_us = c->now_us,
                                 .expires_us = c->now_us + SESSION_LIFE_US,
                                 .ended_us = NONE};
    TRY(db_tx(c, record, &x));
    if (!x.is_right) return refuse(c);
    out->status = 201;
    out->cookie = cookie_of(c->arena, token, SESSION_LIFE_US / SECOND_US);
    return answer(c, &x.person, most, x.session.expires_us, out);
}

/* --- who, and out ---------------------------------------------------------------------------- */

static enum err me(struct ctx *c, const struct request *in, struct reply *out)
{
    struct person p;
    struct session s;
    bool found = false, is_open = false;
    if (in->session_id) TRY(session_find(c, in->session_id, &s, &is_open));
    if (c->actor_id) TRY(person_find(c, c->actor_id, &p, &found));
    if (found) return answer(c, &p, in->scopes, is_open ? s.expires_us : NONE, out);
    struct list names;
    TRY(actors_of(c, &c->actor_id, 1, &names));
    struct session_view *view = arena_new(c->arena, struct session_view, 1);
    *view = (struct session_view){.scopes = (int32_t)in->scopes, .expires_us = NONE};
    view->key = names.count ? ((const struct actor *)names.at)->name : T("the command line");
    out->record = view;
    return OK;
}

static enum err end(struct ctx *c, const struct request *in, struct reply *out)
{
    if (!in->session_id) {
        fail(c, ERR_CONFLICT, "no_session", "there is no session to end");
        return hint(c, "a key ends by `waybill keys revoke`");
    }
    out->cookie = cookie_of(c->arena, T(""), 0);
    return session_end(c, in->session_id);
}

const struct route sessions_routes[] = {
    {"POST", "/v1/sessions", NULL, 0, ROUTE_PUBLIC | ROUTE_CALLS | ROUTE_MAKES, &log_in_fields,
     NULL, &session_fields, begin, "Log in: a cookie for the consoles, for twelve hours."},
    {"GET", "/v1/sessions/me", "users me", 0, ROUTE_SELF | ROUTE_SHARED, NULL, NULL,
     &session_fields, me, "Who asks, and what they may do."},
    {"DELETE", "/v1/sessions/me", NULL, 0, ROUTE_SELF | ROUTE_WRITE | ROUTE_SHARED, NULL, NULL,
     NULL, end, "Log out."},
    {0},
};
