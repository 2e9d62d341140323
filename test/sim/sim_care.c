/* test/sim/sim_care.c: what the office puts right: numbers that were typed wrongly, boxes that are
 * opened again, claims to carriers, goods that are sent once more. */
#include "sim.h"

#include <string.h>

#define GBP "{\"amount\":%lld,\"currency\":\"GBP\"}"

static bool is_state(const json_t *o, const char *state)
{
    return strcmp(json_at(o, "state"), state) == 0;
}

/* --- parcels --------------------------------------------------------------------------------- */

/* The carrier tells of it under the new number from now on. */
static void correct(struct sim *s, int order, json_t *view)
{
    json_t *p;
    size_t i;
    (void)order;
    json_array_foreach(json_object_get(view, "packages"), i, p)
    {
        int at = sim_find_package(s, json_at(p, "id"));
        struct text number = SIM_TARGET(s, "SIMC%010lld", (long long)++s->keys);
        if (at < 0 || !is_state(p, "handed_over") || sim_chance(s, 500)) continue;
        int status = sim_post(s, NULL,
                              SIM_TARGET(s, "/v1/packages/%s/tracking-number", json_at(p, "id")),
                              "{\"tracking_number\":\"%.*s\"}", TEXT_ARG(number));
        if (status < 300)
            snprintf(s->packages[at].tracking, sizeof s->packages[at].tracking, "%.*s",
                     TEXT_ARG(number));
    }
}

static void reopen(struct sim *s, int order, json_t *view)
{
    json_t *p;
    size_t i;
    (void)order;
    json_array_foreach(json_object_get(view, "packages"), i,
                       p) if (is_state(p, "sealed") && sim_chance(s, 500))
        sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/reopen", json_at(p, "id")), "%s", "");
}

/* --- claims ---------------------------------------------------------------------------------- */

static void claim_something(struct sim *s, json_t *view)
{
    static const char *const kinds[] = {"lost", "damaged", "late"};
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(view, "packages"), i, p)
    {
        if (is_state(p, "open") || is_state(p, "sealed") || sim_chance(s, 700)) continue;
        sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/claims", json_at(p, "id")),
                 "{\"kind\":\"%s\"}", kinds[sim_below(s, 3)]);
    }
}

/* No carrier pays more than was claimed. */
static void go_on(struct sim *s, const json_t *claim)
{
    const char *id = json_at(claim, "id");
    int64_t amount = json_minor_at(claim, "amount");
    const char *end = sim_chance(s, 500) ? "refuse" : "withdraw";
    if (is_state(claim, "paid") || is_state(claim, "withdrawn")) return;
    if (is_state(claim, "refused") && (s->is_healed || sim_chance(s, 700))) return;
    if (!s->is_healed && sim_chance(s, 150)) {
        sim_post(s, NULL, SIM_TARGET(s, "/v1/claims/%s/%s", id, end), "{\"note\":\"no proof\"}");
        return;
    }
    if (!is_state(claim, "filed")) {
        sim_post(s, NULL, SIM_TARGET(s, "/v1/claims/%s/file", id), "{\"reference\":\"C%lld\"}",
                 (long long)s->keys);
        return;
    }
    int64_t paid = sim_chance(s, 700) ? amount : sim_below(s, amount + 2);
    json_t *done = NULL;
    int status = sim_post(s, &done, SIM_TARGET(s, "/v1/claims/%s/pay", id), "{\"paid\":" GBP "}",
                          (long long)paid);
    if (status < 300 && (paid > amount || json_minor_at(done, "paid") != paid))
        sim_fail(s, "%lld paid of a claim for %lld, shown is %lld", (long long)paid,
                 (long long)amount, (long long)json_minor_at(done, "paid"));
}

void sim_see_to_claims(struct sim *s, int order, json_t *view)
{
    if (!s->is_healed && sim_chance(s, 200)) claim_something(s, view);
    json_t *all = sim_get(s, SIM_TARGET(s, "/v1/orders/%s/claims", s->orders[order].id)), *at;
    size_t i;
    json_array_foreach(json_object_get(all, "data"), i, at) if (!sim_failed(s)) go_on(s, at);
}

/* --- once more ------------------------------------------------------------------------------- */

static void reship(struct sim *s, int order, json_t *view)
{
    const struct model_order *o = &s->model->orders[order];
    const char *id = s->orders[order].id;
    json_t *made = NULL, *done = NULL;
    int line_no = 1 + (int)sim_below(s, MODEL_LINES);
    (void)view;
    for (int i = 0; i < MODEL_LINES && !o->lines[line_no].shipped; i++)
        line_no = line_no % MODEL_LINES + 1;
    const struct model_line l = o->lines[line_no];
    if (!l.shipped) return;
    int64_t units = 1 + sim_below(s, l.quantity + 1);
    int status = sim_post(s, &made, SIM_TARGET(s, "/v1/orders/%s/cases", id),
                          "{\"kind\":\"damaged\",\"words\":\"it came in pieces\"}");
    if (status >= 300) return;
    struct text case_id = text_copy(&s->step, text_of(json_at(made, "id")));
    status = sim_post(s, &done,
                      SIM_TARGET(s, "/v1/orders/%s/cases/%.*s/resolve", id, TEXT_ARG(case_id)),
                      "{\"resolution\":\"reship\",\"lines\":[{\"line_no\":%d,\"quantity\":%lld}]}",
                      line_no, (long long)units);
    if (status >= 300) {
        if (units <= l.quantity)
            sim_fail(s, "%lld of line %d are not sent again: %s", (long long)units, line_no,
                     json_at(done, "reason"));
        return;
    }
    struct model_wish w = {.sku = l.sku, .quantity = units, .is_free = true};
    sim_take_order(s, order,
                   sim_get(s, SIM_TARGET(s, "/v1/orders/%s", json_at(done, "reship_order_id"))),
                   "on_account", &w);
}

#define AT(stage) (1 << (stage))
const struct sim_verb sim_care_verbs[] = {
    {"correct", AT(4) | AT(5), 2, correct},
    {"reopen", AT(3) | AT(4), 2, reopen},
    {"claim", AT(5) | AT(6) | AT(7), 3, sim_see_to_claims},
    {"reship", AT(5) | AT(6) | AT(7), 2, reship},
    {NULL, 0, 0, NULL},
};
