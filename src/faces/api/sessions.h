/* faces/api/sessions.h: staff as users of the API and the consoles. */
#pragma once

#include "faces/api/route.h"

#define SESSION_COOKIE "waybill_session"

extern const struct route users_routes[];    /* /v1/users */
extern const struct route sessions_routes[]; /* /v1/sessions */

struct person;
struct user_view {
    int64_t person_id;
    struct text login, name, email;
    int32_t role, scopes;
    bool has_password, has_pin, has_badge;
    int64_t locked_until_us, created_us, disabled_us, owner_id;
};
extern const struct fields user_view_fields;
struct user_view user_view_of(const struct person *p);
/* What is kept of a badge's code: the same code has the same hash in this installation. */
must_check enum err badge_hash(struct ctx *c, struct text badge, struct text *out);
/* What is hashed of a PIN: its person belongs to it, so that equal PINs are not seen to be. */
struct text pin_text(struct arena *a, int64_t person_id, struct text pin);
