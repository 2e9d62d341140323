/* faces/api/users.c: staff: who they are, what they may do, and what they show to log in. */
#include "base/contact.h"
#include "base/hash.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/people/owner.h"
#include "domain/people/people.h"
#include "domain/people/person.h"
#include "faces/api/sessions.h"
#include "store/db.h"
#include "wire/crypto.h"

static const struct field view_table[] = {
    FIELD_ID(struct user_view, person_id, "id", "usr"),
    FIELD(struct user_view, login, .about = "the name to log in with"),
    FIELD(struct user_view, name, .about = "as facts show it"),
    FIELD(struct user_view, email),
    FIELD_ENUM(struct user_view, role, role_words),
    FIELD_FLAGS(struct user_view, scopes, scope_words, .flags = F_WIDE,
                .about = "what the role may do"),
    FIELD(struct user_view, has_password),
    FIELD(struct user_view, has_pin),
    FIELD(struct user_view, has_badge),
    FIELD_INSTANT(struct user_view, locked_until_us, "locked_until",
                  .about = "too many wrong tries; null: not locked"),
    FIELD_INSTANT(struct user_view, created_us, "created_at"),
    FIELD_INSTANT(struct user_view, disabled_us, "disabled_at",
                  .about = "may not log in since then; null: may"),
    FIELD_ID(struct user_view, owner_id, "owner_id", "own", .flags = F_NULL | F_WIDE,
             .about = "whose goods and orders they see; null: everybody's"),
};
const struct fields user_view_fields = FIELDS("user", struct user_view, view_table);

struct user_wish {
    struct text login, name, email;
    int32_t role;
    struct text password, pin, badge, owner;
};
#define USER_SECRETS                                                                               \
    FIELD(struct user_wish, password, .max = PASSWORD_BYTES_MAX, .flags = F_SECRET,                \
          .about = "10 characters or more; opens all that the role may do"),                       \
        FIELD(struct user_wish, pin, .max = PIN_CHARS_MAX, .flags = F_SECRET,                      \
              .about = "4 to 12 digits, for scanners: alone it opens the work on the floor"),      \
        FIELD(struct user_wish, badge, .max = BADGE_CHARS_MAX, .flags = F_SECRET,                  \
              .about = "what is printed on the badge, 6 characters or more: like the PIN; with "   \
                       "the PIN it opens all that the role may do")
static const struct field new_table[] = {
    FIELD(struct user_wish, login, .flags = F_REQUIRED, .max = PERSON_LOGIN_MAX,
          .about = "the name to log in with: letters, digits and . - _ @"),
    FIELD(struct user_wish, name, .flags = F_REQUIRED, .max = PERSON_NAME_MAX,
          .about = "as facts show it"),
    FIELD(struct user_wish, email, .max = EMAIL_MAX, .about = "of the person, not of the shop"),
    FIELD_ENUM(struct user_wish, role, role_words, .flags = F_REQUIRED,
               .about = "what they may do; an owner may do all"),
    USER_SECRETS,
    FIELD(struct user_wish, owner, .max = OWNER_CODE_MAX,
          .about = "code of the owner whose goods and orders alone they see; \"\": everybody's"),
};
static const struct fields new_fields = FIELDS("user_new", struct user_wish, new_table);
static const struct field change_table[] = {
    FIELD(struct user_wish, login, .max = PERSON_LOGIN_MAX, .about = "the name to log in with"),
    FIELD(struct user_wish, name, .max = PERSON_NAME_MAX, .about = "as facts show it"),
    FIELD(struct user_wish, email, .max = EMAIL_MAX, .about = "\"\" takes it away"),
    FIELD_ENUM(struct user_wish, role, role_words, .flags = F_NULL, .about = "what they may do"),
    USER_SECRETS,
    FIELD(struct user_wish, owner, .max = OWNER_CODE_MAX,
          .about = "code of the owner whose goods and orders alone they see; \"\": everybody's"),
};
static const struct fields change_fields = FIELDS("user_change", struct user_wish, change_table);

struct user_view user_view_of(const struct person *p)
{
    return (struct user_view){.person_id = p->person_id,
                              .login = p->login,
                              .name = p->name,
                              .email = p->email,
                              .role = p->role,
                              .scopes = (int32_t)role_scopes((enum role)p->role),
                              .has_password = p->password_hash.len > 0,
                              .has_pin = p->pin_hash.len > 0,
                              .has_badge = p->badge_hash.len > 0,
                              .locked_until_us = p->locked_until_us,
                              .created_us = p->created_us,
                              .disabled_us = p->disabled_us,
                              .owner_id = p->owner_id ? p->owner_id : NONE};
}

static enum err answer(struct ctx *c, const struct person *p, struct reply *out)
{
    struct user_view *view = arena_new(c->arena, struct user_view, 1);
    *view = user_view_of(p);
    out->record = view;
    return OK;
}

/* --- what may be given ----------------------------------------------------------------------- */

static enum err check_login(struct ctx *c, struct text login)
{
    for (size_t i = 0; i < login.len; i++) {
        char ch = login.at[i];
        bool is_good = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' ||
                       ch == '-' || ch == '_' || ch == '@';
        if (is_good) continue;
        fail_at(c, ERR_INVALID, "invalid_value", "login", "character %zu may not stand in it",
                i + 1);
        return hint(c, "letters, digits and . - _ @");
    }
    if (login.len) return OK;
    return fail_at(c, ERR_INVALID, "required", "login", "a user logs in by a name");
}

static enum err check_pin(struct ctx *c, struct text pin)
{
    bool is_good = pin.len >= PIN_CHARS_MIN && pin.len <= PIN_CHARS_MAX;
    for (size_t i = 0; i < pin.len; i++) is_good = is_good && pin.at[i] >= '0' && pin.at[i] <= '9';
    if (is_good) return OK;
    return fail_at(c, ERR_INVALID, "pin_invalid", "pin", "a PIN has %d to %d digits", PIN_CHARS_MIN,
                   PIN_CHARS_MAX);
}

struct text pin_text(struct arena *a, int64_t person_id, struct text pin)
{
    struct text id = id_text(a, "usr", person_id);
    return text_printf(a, "pin:%.*s:%.*s", TEXT_ARG(id), TEXT_ARG(pin));
}

static enum err read_secret(struct ctx *c, void *arg)
{
    return secret_get(c, T("badges"), random_hex(c->arena, 32), arg);
}

static struct text hash_badge(struct arena *a, struct text secret, struct text badge)
{
    unsigned char hash[HASH_BYTES];
    const struct text parts[] = {T("badge:"), text_trim(badge)};
    hash_bytes(hash, sizeof hash, text_head(secret, HASH_WIDE_BYTES), parts, 2);
    return hex_encode(a, (struct text){(const char *)hash, sizeof hash});
}

enum err badge_hash(struct ctx *c, struct text badge, struct text *out)
{
    struct text secret;
    TRY(db_tx(c, read_secret, &secret));
    *out = hash_badge(c->arena, secret, badge);
    return OK;
}

/* Of the secrets that were given. */
struct hashed {
    int64_t person_id;
    struct text password, pin;
};

/* Outside a unit of work, since hashing takes its time. */
static enum err hash_secrets(struct ctx *c, const struct user_wish *w, int64_t person_id,
                             struct reply *out)
{
    struct hashed *h = arena_new(c->arena, struct hashed, 1);
    *h = (struct hashed){.person_id = person_id};
    out->record = h;
    if (w->password.len) TRY(password_hash(c, w->password, PASSWORD_INTERACTIVE, &h->password));
    if (w->pin.len) {
        TRY(check_pin(c, w->pin));
        TRY(password_hash(c, pin_text(c->arena, person_id, w->pin), PASSWORD_FLOOR, &h->pin));
    }
    return OK;
}

/* Absent: stays; empty: taken away. */
static enum err take_secrets(struct ctx *c, const struct user_wish *w, const struct hashed *h,
                             struct person *p)
{
    struct text secret, badge = text_trim(w->badge);
    if (w->password.at) p->password_hash = h->password;
    if (w->pin.at) p->pin_hash = h->pin;
    if (w->badge.at) p->badge_hash = (struct text){0};
    if (!badge.len) return OK;
    if (text_chars(badge) < BADGE_CHARS_MIN)
        return fail_at(c, ERR_INVALID, "badge_invalid", "badge",
                       "a badge has %d characters or more", BADGE_CHARS_MIN);
    TRY(read_secret(c, &secret));
    p->badge_hash = hash_badge(c->arena, secret, badge);
    return OK;
}

/* --- routes ---------------------------------------------------------------------------------- */

/* "" lets them see everybody's again. */
static enum err bind(struct ctx *c, const struct user_wish *w, struct person *p)
{
    struct owner_book book;
    int64_t owner_id = 0;
    if (!w->owner.at) return OK;
    TRY(owner_book_open(c, &w->owner, 1, &book));
    TRY(owner_named(c, &book, w->owner, &owner_id));
    p->owner_id = owner_id;
    return OK;
}

static enum err user_add(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct user_wish *w = in->body;
    const struct hashed *h = in->prepared;
    if (in->is_preparing) return hash_secrets(c, w, source_id(c->source), out);
    struct person p = {.merchant_id = c->merchant_id,
                       .person_id = h->person_id,
                       .login = text_lower(c->arena, text_trim(w->login)),
                       .name = text_trim(w->name),
                       .email = w->email.len ? w->email : (struct text){0},
                       .role = w->role,
                       .locked_until_us = NONE,
                       .created_us = c->now_us,
                       .disabled_us = NONE};
    TRY(bind(c, w, &p));
    TRY(check_login(c, p.login));
    if (p.email.len) TRY(email_check(c, p.email, "email"));
    TRY(take_secrets(c, w, h, &p));
    TRY(person_free(c, &p));
    TRY(person_insert(c, &p));
    TRY(event_put(c, EVENT_USER_ADDED, NONE, p.person_id,
                  EVENT_BODY(.word = text_of(word_of(&role_words, p.role)), .note = p.login)));
    return answer(c, &p, out);
}

struct changing {
    struct person before, after;
    struct text note;
};

/* The last owner keeps the keys of the house. */
static enum err check_owner_left(struct ctx *c, const struct person *p, bool is_owner)
{
    struct list all;
    if (p->role != ROLE_OWNER || is_owner) return OK;
    TRY(person_list(c, &all));
    const struct person *at = all.at;
    for (size_t i = 0; i < all.count; i++)
        if (at[i].role == ROLE_OWNER && at[i].disabled_us == NONE &&
            at[i].person_id != p->person_id)
            return OK;
    fail(c, ERR_CONFLICT, "last_owner", "nobody else may manage users then");
    return hint(c, "make somebody else an owner first");
}

static enum err update(struct ctx *c, const struct changing *x)
{
    bool is_owner = x->after.role == ROLE_OWNER && x->after.disabled_us == NONE;
    if (x->before.disabled_us == NONE) TRY(check_owner_left(c, &x->before, is_owner));
    TRY(person_free(c, &x->after));
    if (!text_eq(x->before.password_hash, x->after.password_hash))
        TRY(sessions_end_of(c, x->after.person_id));
    TRY(person_update(c, &x->after));
    return event_put(
        c, EVENT_USER_CHANGED, NONE, x->after.person_id,
        EVENT_BODY(.word = text_of(word_of(&role_words, x->after.role)), .note = x->note));
}

static struct text what_changed(struct arena *a, const struct changing *x)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    const struct person *p = &x->before, *q = &x->after;
    if (!text_eq(p->login, q->login)) buf_puts(&b, "login ");
    if (!text_eq(p->name, q->name)) buf_puts(&b, "name ");
    if (!text_eq(p->email, q->email)) buf_puts(&b, "email ");
    if (p->role != q->role) buf_puts(&b, "role ");
    if (p->owner_id != q->owner_id) buf_puts(&b, "owner ");
    if (!text_eq(p->password_hash, q->password_hash)) buf_puts(&b, "password ");
    if (!text_eq(p->pin_hash, q->pin_hash)) buf_puts(&b, "pin ");
    if (!text_eq(p->badge_hash, q->badge_hash)) buf_puts(&b, "badge ");
    return text_trim(buf_text(&b));
}

static enum err user_change(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct user_wish *w = in->body;
    struct changing x;
    if (in->is_preparing) return hash_secrets(c, w, in->ids[0], out);
    TRY(person_get(c, in->ids[0], &x.before));
    struct person *p = &x.after;
    *p = x.before;
    if (w->login.at) p->login = text_lower(c->arena, text_trim(w->login));
    if (text_trim(w->name).len) p->name = text_trim(w->name);
    if (w->email.at) p->email = w->email.len ? w->email : (struct text){0};
    if (w->role != (int32_t)-1) p->role = w->role;
    TRY(bind(c, w, p));
    TRY(check_login(c, p->login));
    if (w->email.len) TRY(email_check(c, w->email, "email"));
    TRY(take_secrets(c, w, in->prepared, p));
    p->wrong_tries = 0;
    p->locked_until_us = NONE;
    x.note = what_changed(c->arena, &x);
    TRY(update(c, &x));
    return answer(c, p, out);
}

static enum err user_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list all;
    (void)in;
    TRY(person_list(c, &all));
    struct user_view *views = arena_new(c->arena, struct user_view, all.count + 1);
    for (size_t i = 0; i < all.count; i++)
        views[i] = user_view_of(&((const struct person *)all.at)[i]);
    out->list = (struct list){views, all.count};
    return OK;
}

static enum err user_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct person p;
    TRY(person_get(c, in->ids[0], &p));
    return answer(c, &p, out);
}

static enum err user_disable(struct ctx *c, const struct request *in, struct reply *out)
{
    struct person p;
    TRY(person_get(c, in->ids[0], &p));
    if (p.disabled_us != NONE)
        return fail(c, ERR_CONFLICT, "user_disabled", "this user was disabled already");
    TRY(check_owner_left(c, &p, false));
    p.disabled_us = c->now_us;
    TRY(person_update(c, &p));
    TRY(sessions_end_of(c, p.person_id));
    TRY(event_put(c, EVENT_USER_DISABLED, NONE, p.person_id, EVENT_BODY(.note = p.login)));
    return answer(c, &p, out);
}

static enum err user_enable(struct ctx *c, const struct request *in, struct reply *out)
{
    struct person p;
    TRY(person_get(c, in->ids[0], &p));
    if (p.disabled_us == NONE)
        return fail(c, ERR_CONFLICT, "user_enabled", "this user may log in as it is");
    p.disabled_us = p.locked_until_us = NONE;
    p.wrong_tries = 0;
    TRY(person_update(c, &p));
    TRY(event_put(c, EVENT_USER_CHANGED, NONE, p.person_id,
                  EVENT_BODY(.word = text_of(word_of(&role_words, p.role)), .note = T("enabled"))));
    return answer(c, &p, out);
}

const struct route users_routes[] = {
    {"GET", "/v1/users", "users list", SCOPE(ADMIN), ROUTE_LIST, NULL, NULL, &user_view_fields,
     user_list, "List the staff."},
    {"POST", "/v1/users", "users add", SCOPE(ADMIN), ROUTE_WRITE | ROUTE_PREPARES, &new_fields,
     NULL, &user_view_fields, user_add, "Add somebody to the staff."},
    {"GET", "/v1/users/{usr}", "users show", SCOPE(ADMIN), 0, NULL, NULL, &user_view_fields,
     user_show, "Show one of the staff."},
    {"POST", "/v1/users/{usr}", "users change", SCOPE(ADMIN), ROUTE_WRITE | ROUTE_PREPARES,
     &change_fields, NULL, &user_view_fields, user_change,
     "Change a user; what is left out stays, a lock after wrong tries ends."},
    {"POST", "/v1/users/{usr}/disable", "users disable", SCOPE(ADMIN), ROUTE_WRITE, NULL, NULL,
     &user_view_fields, user_disable,
     "Let a user in no more: sessions and keys end, facts keep the name."},
    {"POST", "/v1/users/{usr}/enable", "users enable", SCOPE(ADMIN), ROUTE_WRITE, NULL, NULL,
     &user_view_fields, user_enable, "Let a disabled user in again."},
    {0},
};
