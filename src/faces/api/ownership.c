#include "faces/api/ownership.h"

#include "domain/people/owner.h"
#include "faces/api/route_tree.h"
#include "queries.h"
#include "store/db.h"

/* Which statement knows whose a thing is, by the name of its path parameter. */
static const struct {
    const char *name;
    const struct query *owner_of;
} rules[] = {
    {"ord", &Q_owner_of_order},   {"pkg", &Q_owner_of_package}, {"ret", &Q_owner_of_return},
    {"inv", &Q_owner_of_invoice}, {"rfd", &Q_owner_of_refund},  {"clm", &Q_owner_of_claim},
    {"bsk", &Q_owner_of_cart},    {"prd", &Q_owner_of_product}, {"asn", &Q_owner_of_asn},
};

enum { RULED = ROUTE_OWNED | ROUTE_BY_OWNER };

/* No owner has the code ".". Lists tell everybody's things, or one owner's. */
static enum err own_entered(struct ctx *c, const struct route *r)
{
    if (c->owner_id) {
        fail_at(c, ERR_INVALID, "unknown_owner", "owner", "the key is bound to an owner");
        return hint(c, "leave owner out");
    }
    c->is_own = true;
    if (!(r->flags & ROUTE_LIST) || route_parameter(r, 0).at) return OK;
    fail_at(c, ERR_INVALID, "no_owner_here", "owner", "a list has everybody's, or one owner's");
    return hint(c, "leave owner out; what is nobody else's has none in the list");
}

enum err ownership_enter(struct ctx *c, const struct route *r, int64_t bound_id, struct text asked)
{
    struct owner_book book;
    c->owner_id = bound_id;
    c->is_own = false;
    bool is_open = r->flags & (RULED | ROUTE_SHARED) && !(r->flags & ROUTE_HOUSE);
    if (bound_id && !is_open) {
        fail(c, ERR_DENIED, "house_only", "this is for the people of the house");
        return hint(c, "ask with a key that is bound to no owner");
    }
    if (!asked.len) return OK;
    if (!(r->flags & RULED)) {
        fail_at(c, ERR_INVALID, "no_owner_here", "owner", "this is not kept apart by owner");
        return hint(c, "leave owner out");
    }
    if (text_is(asked, ".")) return own_entered(c, r);
    TRY(owner_book_open(c, &asked, 1, &book));
    return owner_named(c, &book, asked, &c->owner_id);
}

enum err ownership_check(struct ctx *c, const struct request *in)
{
    bool is_kept_apart = c->owner_id || c->is_own;
    if (!is_kept_apart || !(in->route->flags & ROUTE_OWNED)) return OK;
    struct text name = route_parameter(in->route, 0);
    int64_t owner_id = text_is(name, "own") ? in->ids[0] : NONE;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (text_is(name, rules[i].name))
            TRY(db_number(c, rules[i].owner_of, ARGS(I64(c->merchant_id), I64(in->ids[0])),
                          &owner_id));
    if (owner_id == c->owner_id) return OK;
    return fail(c, ERR_NOT_FOUND, "not_found", "there is no such thing");
}
