/* test/sim/sim_run.c: the days of one run; see sim.h. */
#include "sim.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
    QUIET_DAYS = 40,
    STEPS_AN_ORDER = 9,
    STEPS_LEAST = 24,
    WHOLE_AUDIT_STEPS = 8,
    SMALL_ORDERS = 40
};

/* --- a step ---------------------------------------------------------------------------------- */

const struct sim_verb *const sim_tables[SIM_TABLES] = {
    sim_desk_verbs,   sim_stock_verbs,   sim_floor_verbs, sim_road_verbs,
    sim_change_verbs, sim_returns_verbs, sim_care_verbs};

/* Mostly what its stage asks for; sometimes anything. */
static const struct sim_verb *choose(struct sim *s, int stage)
{
    bool is_any = sim_fault(s, "nonsense", 100);
    int64_t sum = 0;
    for (size_t t = 0; t < SIM_TABLES; t++)
        for (const struct sim_verb *v = sim_tables[t]; v->name; v++)
            if ((is_any || v->stages & 1 << stage) && sim_has(s, v->name)) sum += v->weight;
    int64_t at = sum ? sim_below(s, sum) : -1;
    for (size_t t = 0; t < SIM_TABLES && sum; t++)
        for (const struct sim_verb *v = sim_tables[t]; v->name; v++) {
            if (!(is_any || v->stages & 1 << stage) || !sim_has(s, v->name)) continue;
            at -= v->weight;
            if (at < 0) return v;
        }
    return NULL;
}

/* Old orders are mostly left alone, unless something of them is to come back. */
static int choose_order(struct sim *s)
{
    int n = s->model->order_count;
    if (s->return_count && sim_chance(s, 120))
        return s->returns[sim_below(s, (int64_t)s->return_count)].order;
    if (sim_chance(s, 120)) return (int)sim_below(s, n);
    for (int i = 0; i < 6; i++) {
        int order = (int)sim_below(s, n);
        if (model_see(s->model, order).stage < 6) return order;
    }
    return (int)sim_below(s, n);
}

static void act(struct sim *s)
{
    int order = choose_order(s);
    s->doing = "look";
    json_t *view = sim_look(s, order);
    const struct sim_verb *v = choose(s, model_see(s->model, order).stage);
    if (!view || !v || sim_failed(s)) return;
    s->doing = v->name;
    if (s->options->is_loud)
        fprintf(stderr, "step %lld: %s order %lld\n", (long long)s->step_no, v->name,
                (long long)s->orders[order].number);
    v->run(s, order, view);
    if (!sim_failed(s)) sim_look(s, order);
}

static bool is_over(const struct sim *s)
{
    return sim_failed(s) || (s->options->until != NONE && s->step_no >= s->options->until);
}

static void step(struct sim *s, bool is_order)
{
    s->step_no++;
    s->counts->steps++;
    s->is_settled = false;
    arena_reset(&s->step);
    if (is_order || !s->model->order_count)
        sim_order_something(s);
    else
        act(s);
    if (!sim_failed(s)) sim_tell_reports(s);
    s->doing = "reactions";
    if (!sim_failed(s) && sim_chance(s, 500) && sim_quiet(s)) sim_look_at_stock(s);
    if (sim_fault(s, "restart", 4)) sim_restart(s);
    sim_forget_trees(s);
    bool is_small = s->model->order_count < SMALL_ORDERS;
    if (!sim_failed(s)) sim_audit(s, is_small || s->step_no % WHOLE_AUDIT_STEPS == 0);
}

static void evening(struct sim *s)
{
    s->doing = "evening";
    arena_reset(&s->step);
    if (sim_failed(s) || !sim_quiet(s)) return;
    sim_forget_trees(s);
    if (sim_look_at_all(s)) sim_audit(s, true);
    s->day++;
    s->counts->simulated_days++;
}

static void live(struct sim *s)
{
    int64_t orders = s->options->orders, steps = orders * STEPS_AN_ORDER;
    if (steps < STEPS_LEAST) steps = STEPS_LEAST;
    while (s->day < s->options->days && !is_over(s)) {
        for (int64_t i = 0; i < steps && !is_over(s); i++) {
            step(s, sim_below(s, steps) < orders);
            arena_reset(&s->step);
            if (!is_over(s)) sim_later(s, 1 + sim_below(s, 2 * DAY_US / steps));
        }
        if (!is_over(s)) evening(s);
    }
}

/* --- everything heals ------------------------------------------------------------------------ */

static void work_on(struct sim *s, int order)
{
    static void (*const works[])(struct sim *, int, json_t *) = {
        sim_see_to_holds, sim_put_away, sim_buy_missing, sim_pick_all, sim_pack_all, sim_ship_all};
    arena_reset(&s->step);
    for (size_t i = 0; i < sizeof works / sizeof *works && !sim_failed(s); i++) {
        json_t *view = sim_look(s, order);
        if (view) works[i](s, order, view);
        sim_forget_trees(s);
    }
    json_t *view = sim_failed(s) ? NULL : sim_look(s, order);
    if (view) sim_road_verbs[1].run(s, order, view);
    struct sim_order *o = &s->orders[order];
    bool is_missed = s->model->orders[order].gone > o->asked_for;
    if (is_missed && !sim_failed(s)) sim_answer_cases(s, order, true);
    o->asked_for = s->model->orders[order].gone;
    if (!sim_failed(s)) sim_see_to_returns(s, order, NULL);
    if (!sim_failed(s)) sim_see_to_claims(s, order, NULL);
    if (!is_missed && !sim_failed(s)) sim_answer_cases(s, order, false);
    sim_forget_trees(s);
}

/* Goods of a cancelled order are still to be put back. */
static bool is_open(const struct sim *s, int order)
{
    const struct model_order *o = &s->model->orders[order];
    for (int l = 1; l <= MODEL_LINES; l++)
        if (o->lines[l].quantity && o->lines[l].back) return true;
    return o->state == MODEL_PLACED || sim_is_returning(s, order);
}

static void heal(struct sim *s)
{
    int open = 1;
    s->is_healed = true;
    s->doing = "healing";
    sim_mend_link(s);
    for (int day = 0; day < QUIET_DAYS && open && !sim_failed(s); day++) {
        open = 0;
        for (int o = 0; o < s->model->order_count && !sim_failed(s); o++) {
            if (day > 1 && !is_open(s, o) && !s->orders[o].is_unwanted) continue;
            s->is_settled = false;
            work_on(s, o);
            if (!sim_failed(s)) sim_quiet(s);
            sim_forget_trees(s);
            if (!sim_failed(s)) sim_audit(s, false);
        }
        sim_tell_reports(s);
        sim_later(s, DAY_US / 2);
        if (!sim_failed(s)) sim_quiet(s);
        for (int o = 0; o < s->model->order_count; o++) open += is_open(s, o);
    }
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++) {
        if (s->model->orders[o].state == MODEL_CANCELLED) sim_give_back(s, o);
        sim_forget_trees(s);
    }
    sim_later(s, 100 * DAY_US);
    arena_reset(&s->step);
    if (!sim_failed(s)) sim_quiet(s);
}

/* Two runs of a seed tell the same events, to the byte. */
static void hash_events(struct sim *s)
{
    struct text cursor = {0};
    for (size_t n = 500; n == 500 && !sim_failed(s);) {
        json_t *feed = sim_get(s, SIM_TARGET(s, "/v1/events?limit=500%s%.*s",
                                             cursor.len ? "&after=" : "", TEXT_ARG(cursor)));
        char *all = json_dumps(json_object_get(feed, "data"), JSON_COMPACT | JSON_SORT_KEYS);
        n = json_array_size(json_object_get(feed, "data"));
        s->events_hash = s->events_hash * 1099511628211u + (uint64_t)hash_i64(text_of(all));
        free(all);
        cursor = text_copy(&s->step, text_of(json_at(feed, "next")));
        if (!cursor.len) n = 0;
        sim_forget_trees(s);
    }
}

bool sim_run(struct sim *s)
{
    if (sim_open(s)) live(s);
    bool is_cut = s->options->until != NONE && s->step_no >= s->options->until;
    if (is_cut && !sim_failed(s)) evening(s);
    if (!is_cut && !sim_failed(s)) heal(s);
    arena_reset(&s->step);
    if (!is_cut && !sim_failed(s)) sim_look_at_the_end(s);
    if (!sim_failed(s)) hash_events(s);
    return !sim_failed(s);
}
