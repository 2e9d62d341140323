#include "faces/api/actor_names.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/people/person.h"

static const struct actor *in_staff(const struct actors *known, int64_t id)
{
    return LIST_FIND(&known->staff, struct actor, actor_id, id);
}

enum err actors_load(struct ctx *c, const int64_t *ids, size_t n, struct actors *out)
{
    int64_t *wanted = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0, left = 0;
    *out = (struct actors){0};
    for (size_t i = 0; i < n; i++)
        if (ids[i] > 0) wanted[count++] = ids[i];
    if (!count) return OK;
    sort_i64(wanted, count);
    count = unique_i64(wanted, count);
    TRY(actors_of(c, wanted, count, &out->staff));
    for (size_t i = 0; i < count; i++)
        if (!in_staff(out, wanted[i])) wanted[left++] = wanted[i];
    return left ? customers_of(c, wanted, left, &out->customers) : OK;
}

struct text actor_name(struct arena *a, const struct actors *known, int64_t actor_id)
{
    if (actor_id == 0) return T("the system");
    if (actor_id < 0) return (struct text){0};
    const struct actor *staff = in_staff(known, actor_id);
    if (staff) return staff->name;
    const struct customer *at = known->customers.at;
    for (size_t i = 0; i < known->customers.count; i++)
        if (at[i].customer_id == actor_id)
            return at[i].name.len ? text_printf(a, "the customer %.*s", TEXT_ARG(at[i].name))
                                  : T("the customer");
    return id_text(a, "usr", actor_id);
}

enum err events_name(struct ctx *c, struct list *events)
{
    struct event *at = events->at;
    struct actors known;
    int64_t *ids = arena_new(c->arena, int64_t, events->count + 1);
    for (size_t i = 0; i < events->count; i++) ids[i] = at[i].actor_id;
    TRY(actors_load(c, ids, events->count, &known));
    for (size_t i = 0; i < events->count; i++) {
        bool is_system = at[i].actor_id == NONE || !at[i].actor_id;
        at[i].actor = actor_name(c->arena, &known, is_system ? 0 : at[i].actor_id);
    }
    return OK;
}
