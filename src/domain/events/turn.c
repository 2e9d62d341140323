#include "domain/events/turn.h"

#include "base/field.h"
#include "queries.h"
#include "store/db.h"

static const struct field turn_table[] = {
    FIELD(struct turn, holder_id),
    FIELD(struct turn, lease_until_us),
};
static const struct fields turn_fields = FIELDS("turn", struct turn, turn_table);

struct taking {
    struct turn row;
    bool is_new, is_taken;
};

static enum err take(struct ctx *c, void *arg)
{
    struct taking *t = arg;
    int64_t changed = 0;
    struct value m = I64(c->merchant_id), holder = I64(t->row.holder_id);
    struct value until = I64(t->row.lease_until_us = c->now_us + TURN_LEASE_US);
    if (t->is_new)
        TRY(db_exec(c, &Q_turn_insert, ARGS(m, holder, until), &changed));
    else
        TRY(db_exec(c, &Q_turn_take, ARGS(m, holder, until, I64(c->now_us)), &changed));
    t->is_taken = changed > 0;
    return OK;
}

enum err turn_take(struct ctx *c, int64_t holder_id, struct turn *known, bool *is_ours)
{
    struct turn row;
    bool found = false;
    *is_ours = known->holder_id == holder_id && known->lease_until_us > c->now_us;
    bool is_fresh = known->lease_until_us > c->now_us + TURN_LEASE_US / 2;
    if (*is_ours ? is_fresh : c->now_us < known->asked_us + TURN_ASK_US) return OK;
    known->asked_us = c->now_us;
    TRY(db_find(c, &Q_turn_get, ARGS(I64(c->merchant_id)), &turn_fields, &row, &found));
    *is_ours = false;
    if (found && row.holder_id != holder_id && row.lease_until_us > c->now_us) return OK;
    struct taking t = {.row = {.holder_id = holder_id}, .is_new = !found};
    TRY(db_tx(c, take, &t));
    *is_ours = t.is_taken;
    if (t.is_taken) {
        known->holder_id = holder_id;
        known->lease_until_us = t.row.lease_until_us;
    }
    return OK;
}

static enum err give_back(struct ctx *c, void *arg)
{
    return db_exec(c, &Q_turn_give_back, ARGS(I64(c->merchant_id), I64(*(int64_t *)arg)), NULL);
}

enum err turn_give_back(struct ctx *c, int64_t holder_id)
{
    return db_tx(c, give_back, &holder_id);
}
