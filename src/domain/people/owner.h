/* domain/people/owner.h: several owners in one building: whose goods and orders they are.
 *
 *   owner 0 ── the merchant's own house
 *   owner A ──> products ──> cells, entries, promises      a product has one owner, for good
 *          └──> orders, carts, deliveries expected, customers, keys, users
 *
 * The same SKU may be a product of several owners; since each is a product of its own, their stock
 * never mixes. c->owner_id is whom is seen and meant: a key's or user's own, or the one that
 * ?owner= names; 0 sees all of them. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/people/people.h"

enum { OWNER_CODE_MAX = 20, OWNER_NAME_MAX = 200, OWNER_LIST_MAX = 10000 };

struct owner {
    int64_t merchant_id, owner_id;
    struct text code, name, email, street;
    int32_t is_active;
    int64_t created_us;
};
extern const struct fields owner_fields;

/* Owners by code, for a batch that may name some. */
struct owner_book {
    struct list owners; /* ascending by code */
};

/* Queued. A code that another has ends the unit of work: look first. */
must_check enum err owner_insert(struct ctx *c, const struct owner *o);
must_check enum err owner_update(struct ctx *c, const struct owner *o);
/* ERR_NOT_FOUND "owner_not_found". */
must_check enum err owner_get(struct ctx *c, int64_t owner_id, struct owner *out);
must_check enum err owner_by_code(struct ctx *c, struct text code, struct owner *out, bool *found);
must_check enum err owners_of(struct ctx *c, const int64_t *ids, size_t n,
                              struct list *out);                 /* ascending by owner_id */
must_check enum err owner_list(struct ctx *c, struct list *out); /* c->owner_id's; by code */

/* No statement when no code is given. */
must_check enum err owner_book_open(struct ctx *c, const struct text *codes, size_t n,
                                    struct owner_book *out);
/* The owner of that code; without a code *owner_id stays. ERR_INVALID "unknown_owner" at "owner",
   also when *owner_id is another's: whoever is bound to an owner knows of no other. */
must_check enum err owner_named(struct ctx *c, const struct owner_book *b, struct text code,
                                int64_t *owner_id);
/* What an owner's customers read stands under its own name: name, address, sender of mails. */
must_check enum err owner_speaks(struct ctx *c, int64_t owner_id, struct merchant *m);
/* The same, of owners that were read before: ascending by owner_id. */
struct merchant owner_voice(const struct list *owners, int64_t owner_id, const struct merchant *m);
/* The codes of some owners, read as a set. "" for 0. */
struct owner_codes {
    struct list owners; /* ascending by owner_id */
};
must_check enum err owner_codes_load(struct ctx *c, const int64_t *owner_ids, size_t n,
                                     struct owner_codes *out); /* none but 0: no statement */
struct text owner_code(const struct owner_codes *codes, int64_t owner_id);
