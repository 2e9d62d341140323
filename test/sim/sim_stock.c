/* test/sim/sim_stock.c: goods set aside in carts until a time; deliveries that were announced, and
 * put away; bins counted while orders move, and counted again. */
#include "sim.h"

#include <string.h>

static bool told(struct sim *s, bool ok) { return ok || sim_fail(s, "%s", s->model->wrong); }

/* --- carts ----------------------------------------------------------------------------------- */

static void end_cart(struct sim *s, struct sim_cart *k)
{
    for (int sku = 0; sku < MODEL_STOCKED; sku++)
        for (int site = 0; site < MODEL_SITES; site++)
            told(s, model_set_aside(s->model, sku, site, -k->units[sku][site]));
    *k->id = 0;
}

/* Whose time is over may be free again, and has to be when nothing is left to do. */
void sim_look_at_carts(struct sim *s, bool is_quiet)
{
    for (int i = 0; i < SIM_CARTS && !sim_failed(s); i++) {
        struct sim_cart *k = &s->carts[i];
        if (!*k->id) continue;
        const char *state = json_at(sim_get(s, SIM_TARGET(s, "/v1/carts/%s", k->id)), "state");
        bool is_live = strcmp(state, "live") == 0,
             is_over = k->until_us <= source_now_us(&s->source);
        if (!is_live && (strcmp(state, "expired") != 0 || !is_over))
            sim_fail(s, "cart %s is %s before its time", k->id, state);
        if (is_live && is_over && is_quiet) sim_fail(s, "cart %s never ends", k->id);
        if (!is_live) end_cart(s, k);
    }
}

static void read_cart(struct sim *s, struct sim_cart *k, const json_t *made, const int64_t *can)
{
    int64_t got[MODEL_STOCKED] = {0};
    json_t *line;
    size_t i;
    snprintf(k->id, sizeof k->id, "%s", json_at(made, "id"));
    memset(k->units, 0, sizeof k->units);
    json_array_foreach(json_object_get(made, "lines"), i, line)
    {
        int sku = sim_word(sim_skus, MODEL_STOCKED, json_at(line, "sku"));
        int site = sim_word(sim_sites, MODEL_SITES, json_at(line, "site"));
        int64_t units = json_number_at(line, "quantity");
        if (sku < 0 || site < 0) continue;
        got[sku] += units;
        k->units[sku][site] += units;
        told(s, model_set_aside(s->model, sku, site, units));
    }
    for (int sku = 0; sku < MODEL_STOCKED; sku++)
        if (got[sku] != can[sku])
            sim_fail(s, "%lld of %s set aside, %lld could be", (long long)got[sku], sim_skus[sku],
                     (long long)can[sku]);
}

/* A shopper's next cart takes the place of the one before. */
static void reserve(struct sim *s, int order, json_t *view)
{
    int shopper = (int)sim_below(s, SIM_CARTS), sku = (int)sim_below(s, MODEL_STOCKED);
    int64_t wanted = 1 + sim_below(s, 6), minutes = 5 + sim_below(s, 900);
    bool is_partial = sim_chance(s, 500);
    struct sim_cart *k = &s->carts[shopper];
    json_t *made = NULL;
    (void)order;
    (void)view;
    sim_look_at_carts(s, false);
    int status =
        sim_post(s, &made, T("/v1/carts"),
                 "{\"reference\":\"shopper %d\",\"minutes\":%lld,\"is_partial\":%s,\"lines\":["
                 "{\"sku\":\"%s\",\"quantity\":%lld}]}",
                 shopper, (long long)minutes, is_partial ? "true" : "false", sim_skus[sku],
                 (long long)wanted);
    struct sim_cart before = *k;
    if (*k->id) end_cart(s, k); /* in the model, to see what could be had */
    int64_t can[MODEL_STOCKED] = {0};
    can[sku] = model_can_promise(s->model, sku, wanted);
    if (status < 300) {
        read_cart(s, k, made, can);
        k->until_us = source_now_us(&s->source) + minutes * MINUTE_US;
        return;
    }
    if (can[sku] == wanted || (is_partial && can[sku]))
        sim_fail(s, "%lld of %s are free and no cart gets them", (long long)can[sku],
                 sim_skus[sku]);
    *k = before;
    for (int site = 0; site < MODEL_SITES && *k->id; site++)
        for (sku = 0; sku < MODEL_STOCKED; sku++)
            told(s, model_set_aside(s->model, sku, site, k->units[sku][site]));
}

static void give_back(struct sim *s, int order, json_t *view)
{
    struct sim_cart *k = &s->carts[sim_below(s, SIM_CARTS)];
    (void)order;
    (void)view;
    if (!*k->id) return;
    int status = sim_post(s, NULL, SIM_TARGET(s, "/v1/carts/%s/release", k->id), "%s", "");
    if (status < 300) end_cart(s, k);
}

/* A cart that becomes this order; NULL: none. */
struct sim_cart *sim_choose_cart(struct sim *s)
{
    struct sim_cart *k = &s->carts[sim_below(s, SIM_CARTS)];
    return *k->id && sim_chance(s, 300) ? k : NULL;
}

void sim_cart_ordered(struct sim *s, struct sim_cart *k) { end_cart(s, k); }

/* --- deliveries ------------------------------------------------------------------------------ */

static void announce(struct sim *s, int order, json_t *view)
{
    int sku = (int)sim_below(s, MODEL_STOCKED), site = (int)sim_below(s, MODEL_SITES);
    int64_t units = 1 + sim_below(s, 8), left = units + sim_below(s, 3) - 1;
    json_t *asn = NULL, *came = NULL;
    (void)order;
    (void)view;
    int status = sim_post(s, &asn, T("/v1/asns"),
                          "{\"site\":\"%s\",\"supplier\":\"Ink & Co\",\"reference\":\"D%lld\","
                          "\"lines\":[{\"sku\":\"%s\",\"quantity\":%lld}]}",
                          sim_sites[site], (long long)s->keys, sim_skus[sku], (long long)units);
    if (status >= 300) return;
    struct text id = text_copy(&s->step, text_of(json_at(asn, "id")));
    /* sometimes less comes than was said, or more; sometimes in two scans */
    while (left > 0 && !sim_failed(s)) {
        int64_t part = sim_chance(s, 500) ? left : 1 + sim_below(s, left);
        bool is_damaged = sim_chance(s, 100);
        status = sim_post(s, &came, SIM_TARGET(s, "/v1/asns/%.*s/scan", TEXT_ARG(id)),
                          "{\"sku\":\"%s\",\"quantity\":%lld%s}", sim_skus[sku], (long long)part,
                          is_damaged ? ",\"condition\":\"damaged\"" : "");
        left -= part;
        if (status < 300 && !is_damaged) model_arrive(s->model, sku, site, part);
    }
    if (sim_chance(s, 700))
        sim_post(s, NULL, SIM_TARGET(s, "/v1/asns/%.*s/close", TEXT_ARG(id)), "%s", "");
}

void sim_put_away(struct sim *s, int order, json_t *view)
{
    (void)order;
    (void)view;
    for (int site = 0; site < MODEL_SITES && !sim_failed(s); site++) {
        json_t *rows = sim_get(s, SIM_TARGET(s, "/v1/putaways?site=%s&limit=50", sim_sites[site]));
        json_t *task;
        size_t i;
        json_array_foreach(json_object_get(rows, "data"), i, task)
        {
            int sku = sim_word(sim_skus, MODEL_STOCKED, json_at(task, "sku"));
            int64_t left = json_number_at(task, "quantity") - json_number_at(task, "done");
            int64_t units = s->is_healed || sim_chance(s, 700) ? left : 1 + sim_below(s, left);
            bool is_good = strcmp(json_at(task, "condition"), "inbound") == 0;
            if (sku < 0 || !is_good || (!s->is_healed && sim_chance(s, 300))) continue;
            int status =
                sim_post(s, NULL, SIM_TARGET(s, "/v1/putaways/%s/confirm", json_at(task, "id")),
                         "{\"quantity\":%lld,\"bin\":\"%s\"}", (long long)units, sim_bins[sku]);
            if (status < 300) told(s, model_put_away(s->model, sku, site, sku, units));
        }
    }
}

/* --- counts ---------------------------------------------------------------------------------- */

static void begin_count(struct sim *s)
{
    struct sim_count *k = &s->count;
    json_t *made = NULL;
    *k = (struct sim_count){.site = (int)sim_below(s, MODEL_SITES),
                            .bin = (int)sim_below(s, MODEL_BINS - 1)};
    int status = sim_post(s, &made, T("/v1/counts"), "{\"site\":\"%s\",\"bins\":[\"%s\"]}",
                          sim_sites[k->site], sim_bins[k->bin]);
    if (status < 300) snprintf(k->id, sizeof k->id, "%s", json_at(made, "id"));
}

/* What is there, or nearly. */
static void enter_count(struct sim *s)
{
    struct sim_count *k = &s->count;
    struct buf rows = buf_new(&s->step);
    json_t *done = NULL;
    int64_t differ = 0;
    for (int sku = 0; sku < MODEL_STOCKED; sku++) {
        int64_t there = s->model->bins[sku][k->site][k->bin], seen = there;
        if (!s->is_healed && sim_chance(s, 300)) seen += sim_below(s, 4) - 1;
        if (seen < 0) seen = 0;
        k->difference[sku] = seen - there;
        differ += seen != there;
        buf_printf(&rows, "%s{\"bin\":\"%s\",\"sku\":\"%s\",\"quantity\":%lld}", sku ? "," : "",
                   sim_bins[k->bin], sim_skus[sku], (long long)seen);
    }
    int status = sim_post(s, &done, SIM_TARGET(s, "/v1/counts/%s/entries", k->id),
                          "{\"entries\":[%.*s],\"bins\":[\"%s\"]}", TEXT_ARG(buf_text(&rows)),
                          sim_bins[k->bin]);
    if (status >= 300) return;
    k->is_entered = true;
    if (json_number_at(done, "differ") != differ)
        sim_fail(s, "%lld cells of the bin differ, the answer says %lld", (long long)differ,
                 (long long)json_number_at(done, "differ"));
}

/* However much moved since: only the difference of then is booked. */
static void accept_count(struct sim *s)
{
    struct sim_count *k = &s->count;
    int64_t found = 0, lost = 0;
    json_t *done = NULL;
    int status = sim_post(s, &done, SIM_TARGET(s, "/v1/counts/%s/accept", k->id), "%s", "");
    if (status >= 300) return;
    for (int sku = 0; sku < MODEL_STOCKED; sku++) {
        int64_t by = k->difference[sku];
        if (s->model->bins[sku][k->site][k->bin] + by < 0) continue; /* to be counted again */
        found += by > 0 ? by : 0;
        lost -= by < 0 ? by : 0;
        told(s, model_adjust(s->model, sku, k->site, k->bin, by));
    }
    if (json_number_at(done, "units_found") != found || json_number_at(done, "units_lost") != lost)
        sim_fail(s, "%lld found and %lld lost by the count, the answer says %lld and %lld",
                 (long long)found, (long long)lost, (long long)json_number_at(done, "units_found"),
                 (long long)json_number_at(done, "units_lost"));
    status =
        sim_post(s, NULL, SIM_TARGET(s, "/v1/counts/%s/close", k->id), "{\"leave_rest\":true}");
    if (status < 300)
        *k->id = 0;
    else
        k->is_entered = false;
}

static void count_bin(struct sim *s, int order, json_t *view)
{
    struct sim_count *k = &s->count;
    (void)order;
    (void)view;
    if (!*k->id) {
        begin_count(s);
    } else if (!k->is_entered) {
        enter_count(s);
    } else if (sim_chance(s, 300)) {
        int status = sim_post(s, NULL, SIM_TARGET(s, "/v1/counts/%s/recount", k->id), "%s", "");
        if (status < 300) k->is_entered = false;
    } else {
        accept_count(s);
    }
}

#define ANY 0x1FF
const struct sim_verb sim_stock_verbs[] = {
    {"cart", ANY, 3, reserve},        {"give back", ANY, 1, give_back},
    {"announce", ANY, 1, announce},   {"put away", ANY, 2, sim_put_away},
    {"count bin", ANY, 3, count_bin}, {NULL, 0, 0, NULL},
};
