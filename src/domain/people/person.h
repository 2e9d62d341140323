/* domain/people/person.h: staff with names, and their sessions.
 *
 *   person ── role ──> scopes          who may do what
 *     ├── password | PIN | badge       how one shows who one is; only hashes are kept
 *     ├── session (a cookie)           hours; at most the scopes it began with
 *     └── API keys                     of this person: facts name the person
 *
 * A person is never deleted: facts name them for good. Disabled, they are out at once: their
 * sessions and keys open nothing. PERSON_TRIES_MAX wrong tries lock the log-in for a while. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/time.h"

enum role {
    ROLE_OWNER,
    ROLE_CLERK,
    ROLE_PICKER,
    ROLE_PACKER,
    ROLE_SHIPPER,
    ROLE_STOCK,
    ROLE_CARE,
    ROLE_ACCOUNTS,
    ROLE_VIEWER,
    ROLE_COUNT
};
extern const struct words role_words;
int64_t role_scopes(enum role role);
/* What a badge or a PIN alone opens: the work on the floor, nothing about money or customers. */
extern const int64_t floor_scopes;

enum {
    PERSON_NAME_MAX = 80,
    PERSON_LOGIN_MAX = 80,
    PERSON_TRIES_MAX = 5,
    PERSON_LIST_MAX = 10000,
    PIN_CHARS_MIN = 4,
    PIN_CHARS_MAX = 12,
    BADGE_CHARS_MIN = 6,
    BADGE_CHARS_MAX = 64,
};
#define PERSON_LOCK_US (5 * MINUTE_US)
#define SESSION_LIFE_US (12 * HOUR_US) /* a long shift */

struct person {
    int64_t merchant_id, person_id;
    struct text login, name, email;
    int32_t role;
    struct text password_hash, pin_hash, badge_hash; /* absent: not by this */
    int64_t wrong_tries, locked_until_us, created_us, disabled_us;
    int64_t owner_id; /* whose goods and orders they see; 0: all of them */
};
extern const struct fields person_fields;

struct session {
    int64_t session_id, merchant_id, person_id;
    struct text token_hash;
    int64_t scopes, created_us, expires_us, ended_us;
};

/* A name for an id in facts: staff, or a key's. */
struct actor {
    int64_t actor_id;
    struct text name;
};

/* Queued; ERR_CONFLICT "login_taken", "badge_taken" from person_free, asked before it. */
must_check enum err person_insert(struct ctx *c, const struct person *p);
must_check enum err person_update(struct ctx *c, const struct person *p);
must_check enum err person_free(struct ctx *c, const struct person *p);
must_check enum err person_get(struct ctx *c, int64_t person_id, struct person *out);
must_check enum err person_find(struct ctx *c, int64_t person_id, struct person *out, bool *found);
must_check enum err person_by_login(struct ctx *c, struct text login, struct person *out,
                                    bool *found);
must_check enum err person_by_badge(struct ctx *c, struct text badge_hash, struct person *out,
                                    bool *found);
must_check enum err person_list(struct ctx *c, struct list *out);
/* One wrong try more; after PERSON_TRIES_MAX the log-in is locked. Or none: it was right. */
must_check enum err person_tried(struct ctx *c, int64_t person_id, bool is_right);

must_check enum err session_insert(struct ctx *c, const struct session *s);
/* Before it is known whose it is. */
must_check enum err session_find(struct ctx *c, int64_t session_id, struct session *out,
                                 bool *found);
must_check enum err session_end(struct ctx *c, int64_t session_id);
must_check enum err sessions_end_of(struct ctx *c, int64_t person_id);

/* Ascending; those that are nobody's are left out. One statement. */
must_check enum err actors_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
