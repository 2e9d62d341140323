/* faces/api/owner_activity.c: what was done for each owner, to write the bill of a warehouse by. */
#include "base/time.h"
#include "domain/people/owner.h"
#include "faces/api/owners.h"
#include "queries.h"
#include "store/db.h"

enum { ACTIVITY_DAYS_MAX = 366, MONTH_DAYS = 30 };

struct activity_query {
    int64_t from_day, to_day;
};
static const struct field query_table[] = {
    FIELD_DAY(struct activity_query, from_day, "from",
              .about = "first day (UTC); thirty days up to the last one when absent"),
    FIELD_DAY(struct activity_query, to_day, "to", .about = "last day; today when absent"),
};
const struct fields activity_query_fields =
    FIELDS("owner_activity_query", struct activity_query, query_table);

struct activity {
    int64_t owner_id, received, stored_days, at_end, orders, picks, picked, packed, packages,
        shipped, returned;
};
static const struct field row_table[] = {
    FIELD(struct activity, owner_id),    FIELD(struct activity, received),
    FIELD(struct activity, stored_days), FIELD(struct activity, at_end),
    FIELD(struct activity, orders),      FIELD(struct activity, picks),
    FIELD(struct activity, picked),      FIELD(struct activity, packed),
    FIELD(struct activity, packages),    FIELD(struct activity, shipped),
    FIELD(struct activity, returned)};
static const struct fields row_fields = FIELDS("owner_activity_row", struct activity, row_table);

struct activity_view {
    struct text owner, name;
    int64_t from_day, to_day;
    int64_t received, stored_days, at_end, orders, picks, picked, packed, packages, shipped,
        returned;
};
static const struct field view_table[] = {
    FIELD(struct activity_view, owner, .about = "code; null: the merchant's own"),
    FIELD(struct activity_view, name, .flags = F_WIDE),
    FIELD_DAY(struct activity_view, from_day, "from", .flags = F_WIDE, .about = "first day, UTC"),
    FIELD_DAY(struct activity_view, to_day, "to", .flags = F_WIDE, .about = "last day"),
    FIELD(struct activity_view, received, .about = "units that came in from suppliers"),
    FIELD(struct activity_view, stored_days,
          .about = "unit days: every unit counts for as long as it lay here, to the minute"),
    FIELD(struct activity_view, at_end, .about = "units here at the end, totes and parcels too"),
    FIELD(struct activity_view, orders, .about = "that came in, drafts left out"),
    FIELD(struct activity_view, picks, .about = "times somebody took units from a bin"),
    FIELD(struct activity_view, picked, .about = "units"),
    FIELD(struct activity_view, packed, .about = "units"),
    FIELD(struct activity_view, packages, .about = "handed over, to a carrier or at the counter"),
    FIELD(struct activity_view, shipped, .about = "units in them"),
    FIELD(struct activity_view, returned, .about = "units that came back"),
};
const struct fields activity_fields = FIELDS("owner_activity", struct activity_view, view_table);

static enum err read_days(struct ctx *c, const struct activity_query *q, int64_t *from, int64_t *to)
{
    int64_t today = day_of_us(c->now_us);
    *to = q->to_day == NONE ? today : q->to_day;
    *from = q->from_day == NONE ? *to - MONTH_DAYS + 1 : q->from_day;
    if (*to > today) return fail_at(c, ERR_INVALID, "out_of_range", "to", "that day has not begun");
    if (*from > *to || *to - *from >= ACTIVITY_DAYS_MAX) {
        fail_at(c, ERR_INVALID, "out_of_range", "from", "from is after to, or long before it");
        return hint(c, "1 to %d days, the last one included", ACTIVITY_DAYS_MAX);
    }
    return OK;
}

/* Of today, what has passed of it. */
static int64_t end_of(const struct ctx *c, int64_t day)
{
    int64_t end_us = (day + 1) * DAY_US;
    return end_us > c->now_us ? c->now_us + 1 : end_us;
}

enum err owner_activity(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list rows, owners;
    int64_t from, to;
    TRY(read_days(c, in->query, &from, &to));
    TRY(db_rows(c, &Q_activity_of_owners,
                ARGS(I64(c->merchant_id), I64(from * DAY_US), I64(end_of(c, to)), I64(c->owner_id)),
                &row_fields, &rows));
    const struct activity *at = rows.at;
    int64_t *ids = arena_new(c->arena, int64_t, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) ids[i] = at[i].owner_id;
    TRY(owners_of(c, ids, rows.count, &owners));
    struct activity_view *views = arena_new(c->arena, struct activity_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const struct owner *o = LIST_FIND(&owners, struct owner, owner_id, at[i].owner_id);
        views[i] = (struct activity_view){.owner = o ? o->code : (struct text){0},
                                          .name = o ? o->name : (struct text){0},
                                          .from_day = from,
                                          .to_day = to,
                                          .received = at[i].received,
                                          .stored_days = at[i].stored_days,
                                          .at_end = at[i].at_end,
                                          .orders = at[i].orders,
                                          .picks = at[i].picks,
                                          .picked = at[i].picked,
                                          .packed = at[i].packed,
                                          .packages = at[i].packages,
                                          .shipped = at[i].shipped,
                                          .returned = at[i].returned};
    }
    out->list = (struct list){views, rows.count};
    return OK;
}
