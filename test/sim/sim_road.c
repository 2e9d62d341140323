/* test/sim/sim_road.c: labels, the ramp, drivers, and carriers whose word comes doubled, shuffled
 * and late; some parcels are lost, some come back. */
#include "sim.h"

#include <string.h>

enum fate { CARRIER_BRINGS, CARRIER_RETURNS, CARRIER_LOSES, DRIVER_BRINGS, DRIVER_IS_REFUSED };

static bool told(struct sim *s, bool ok) { return ok || sim_fail(s, "%s", s->model->wrong); }

static bool is_state(const json_t *p, const char *state)
{
    return strcmp(json_at(p, "state"), state) == 0;
}

static bool is_collected(const struct sim *s, int order)
{
    return strcmp(s->orders[order].method, "pickup") == 0;
}

/* --- what the carrier is going to say -------------------------------------------------------- */

static void will_say(struct sim *s, int package, const char *status, int64_t occurred_us)
{
    int times = sim_has(s, "shuffle") && sim_chance(s, 200) ? 2 : 1;
    for (int i = 0; i < times; i++) {
        int64_t late_us = sim_has(s, "shuffle") ? sim_below(s, 30 * HOUR_US) : MINUTE_US;
        size_t at = 0;
        while (at < s->report_count && !s->reports[at].is_told) at++;
        if (at == SIM_REPORTS) return;
        if (at == s->report_count) s->report_count++;
        s->reports[at] =
            (struct sim_report){package, status, occurred_us, occurred_us + late_us, false};
    }
}

static void choose_fate(struct sim *s, int package)
{
    struct sim_package *p = &s->packages[package];
    int64_t n = sim_below(s, 100), at_us = source_now_us(&s->source);
    p->left_us = at_us;
    p->fate = n < 60   ? CARRIER_BRINGS
              : n < 66 ? CARRIER_RETURNS
              : n < 70 ? CARRIER_LOSES
              : n < 95 ? DRIVER_BRINGS
                       : DRIVER_IS_REFUSED;
    if (s->is_healed || !sim_has(s, "loss"))
        p->fate = p->fate > CARRIER_LOSES ? DRIVER_BRINGS : CARRIER_BRINGS;
    if (p->fate > CARRIER_LOSES) return;
    static const char *const way[] = {"accepted", "in_transit", "out_for_delivery", "attempted"};
    for (int i = 0; i < 4; i++) {
        at_us += 10 * MINUTE_US + sim_below(s, 8 * HOUR_US);
        if (i < 3 || sim_chance(s, 200)) will_say(s, package, way[i], at_us);
    }
    at_us += 10 * MINUTE_US + sim_below(s, 8 * HOUR_US);
    will_say(s, package,
             p->fate == CARRIER_BRINGS    ? "delivered"
             : p->fate == CARRIER_RETURNS ? "return_to_sender"
                                          : "failure",
             at_us);
}

static void tell(struct sim *s, struct sim_report *r)
{
    struct sim_package *p = &s->packages[r->package];
    struct text at = instant_text(&s->step, r->occurred_us - r->occurred_us % SECOND_US);
    r->is_told = true;
    int status = sim_post(s, NULL, T("/v1/tracking-events"),
                          "{\"%s\":\"%s\",\"status\":\"%s\",\"occurred_at\":\"%.*s\"}",
                          *p->tracking ? "tracking_number" : "package_id",
                          *p->tracking ? p->tracking : p->id, r->status, TEXT_ARG(at));
    if (status >= 300) {
        sim_fail(s, "the carrier's \"%s\" was refused", r->status);
        return;
    }
    if (strcmp(r->status, "delivered") == 0) told(s, model_deliver(s->model, r->package));
    if (strcmp(r->status, "failure") == 0) model_lose(s->model, r->package);
}

/* Not in the order in which it happened. */
void sim_tell_reports(struct sim *s)
{
    const char *before = s->doing;
    s->doing = "carrier tells";
    for (size_t i = 0; i < s->report_count && !sim_failed(s); i++) {
        struct sim_report *r = &s->reports[i];
        int64_t now_us = source_now_us(&s->source);
        bool is_due = r->told_us <= now_us || (s->is_healed && r->occurred_us <= now_us);
        if (!r->is_told && is_due) tell(s, r);
        sim_forget_trees(s);
    }
    s->doing = before;
}

/* --- labels and the ramp --------------------------------------------------------------------- */

static void label(struct sim *s, const json_t *p)
{
    json_t *quotes = sim_get(s, SIM_TARGET(s, "/v1/packages/%s/quotes", json_at(p, "id")));
    const json_t *first = json_array_get(json_object_get(quotes, "data"), 0);
    if (first)
        sim_post(s, NULL, T("/v1/labels"),
                 "{\"package_id\":\"%s\",\"carrier\":\"%s\",\"service\":\"%s\"}", json_at(p, "id"),
                 json_at(first, "carrier"), json_at(first, "service"));
}

static void void_label(struct sim *s, const json_t *p)
{
    int status = sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/void", json_at(p, "id")),
                          "{\"reason\":\"wrong service\"}");
    int at = sim_find_package(s, json_at(p, "id"));
    if (status < 300 && at >= 0) *s->packages[at].tracking = 0;
}

static void hand_over(struct sim *s, const json_t *p)
{
    int at = sim_find_package(s, json_at(p, "id"));
    const char *tracking = json_at(p, "tracking_number");
    if (at < 0 || !*tracking) return;
    int status = sim_post(s, NULL, T("/v1/handovers"), "{\"scan\":\"%s\"}", tracking);
    if (status >= 300) return;
    snprintf(s->packages[at].tracking, sizeof s->packages[at].tracking, "%s", tracking);
    s->orders[s->packages[at].order].was_sent = true;
    if (told(s, model_hand_over(s->model, at))) choose_fate(s, at);
}

static void take_back(struct sim *s, int at)
{
    struct sim_package *p = &s->packages[at];
    for (size_t i = 0; i < s->report_count; i++)
        if (s->reports[i].package == at && s->reports[i].is_told) return;
    int status = sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/take-back", p->id),
                          "{\"reason\":\"left on the ramp\"}");
    if (status >= 300 || !told(s, model_take_back(s->model, at))) return;
    s->orders[p->order].is_cancel_due = s->orders[p->order].is_unwanted;
    for (size_t i = 0; i < s->report_count; i++)
        if (s->reports[i].package == at) s->reports[i].is_told = true; /* never sent */
}

/* --- doors ----------------------------------------------------------------------------------- */

static const char *pin_of(struct sim *s, int order)
{
    json_t *answer = NULL;
    if (!is_collected(s, order)) return "";
    int status = sim_post(
        s, &answer, SIM_TARGET(s, "/v1/orders/%s/pickup-code", s->orders[order].id), "%s", "");
    if (!s->is_healed && sim_chance(s, 50)) return "123456";
    return status < 300 ? json_at(answer, "code") : "";
}

static void open_door(struct sim *s, int order, int at)
{
    struct sim_package *p = &s->packages[at];
    const char *pin = pin_of(s, order);
    int status = sim_post(s, NULL, T("/v1/deliveries"),
                          "{\"package_id\":\"%s\",\"name\":\"Ada Byron\",\"age_checked\":true,"
                          "\"signature\":\"M1 2L3 4\"%s%s%s}",
                          p->id, *pin ? ",\"pin\":\"" : "", pin, *pin ? "\"" : "");
    if (status >= 300 && s->is_healed)
        sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/pin-reset", p->id),
                 "{\"reason\":\"passport\"}");
    if (status >= 300) return;
    if (s->model->packages[at].where == MODEL_IN_HOUSE) told(s, model_hand_over(s->model, at));
    told(s, model_deliver(s->model, at));
}

static void be_refused(struct sim *s, int at)
{
    sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/attempts", s->packages[at].id),
             "{\"outcome\":\"%s\",\"reason\":\"nobody_home\"}",
             sim_chance(s, 400) ? "failed" : "refused");
}

/* The customer sent some of a line back already and owes the rest: whether a parcel with such units
   is that rest, nobody at the door can tell. */
static bool is_half_back(const struct sim *s, int order)
{
    for (size_t i = 0; i < s->return_count; i++) {
        const struct model_return *r = &s->model->returns[s->returns[i].model];
        for (int l = 1; l <= MODEL_LINES && r->order == order && !r->is_parcel; l++)
            if (r->lines[l].received && r->lines[l].asked > r->lines[l].received) return true;
    }
    return false;
}

static void come_back(struct sim *s, int at)
{
    if (is_half_back(s, s->packages[at].order)) return;
    int status =
        sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/received-back", s->packages[at].id), "{}");
    if (status < 300 && told(s, model_come_back(s->model, at)))
        sim_see_to_returns(s, s->packages[at].order, NULL);
}

/* --- verbs ----------------------------------------------------------------------------------- */

static void ship_one(struct sim *s, int order, const json_t *p)
{
    int at = sim_find_package(s, json_at(p, "id"));
    if (at < 0) return;
    if (is_collected(s, order)) {
        if (is_state(p, "sealed")) open_door(s, order, at);
    } else if (is_state(p, "sealed")) {
        label(s, p);
    } else if (is_state(p, "labelled")) {
        if (!s->is_healed && sim_chance(s, 60))
            void_label(s, p);
        else
            hand_over(s, p);
    } else if (is_state(p, "handed_over") && !s->is_healed && sim_chance(s, 60)) {
        take_back(s, at);
    }
}

void sim_ship_all(struct sim *s, int order, json_t *view)
{
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(view, "packages"), i, p) if (!sim_failed(s))
        ship_one(s, order, p);
}

static void drive(struct sim *s, int order, json_t *view)
{
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(view, "packages"), i, p)
    {
        int at = sim_find_package(s, json_at(p, "id"));
        if (at < 0 || sim_failed(s)) continue;
        int fate = s->packages[at].fate;
        bool is_out = is_state(p, "handed_over") || is_state(p, "in_transit");
        if (is_state(p, "returning"))
            come_back(s, at);
        else if (is_out && fate == DRIVER_BRINGS)
            open_door(s, order, at);
        else if (is_out && fate == DRIVER_IS_REFUSED)
            be_refused(s, at);
    }
}

#define AT(stage) (1 << (stage))
const struct sim_verb sim_road_verbs[] = {
    {"ship", AT(4) | AT(3) | AT(2) | AT(1), 25, sim_ship_all},
    {"drive", AT(5) | AT(4), 25, drive},
    {NULL, 0, 0, NULL},
};
