/* test/sim/sim_floor.c: pickers who miscount, pick the wrong thing and fall short; packers. */
#include "sim.h"

#include <string.h>

int sim_find_work(struct sim *s, const char *id, int order, const char *site)
{
    for (int i = 0; i < s->model->work_count; i++)
        if (strcmp(s->work[i].id, id) == 0) return i;
    int at = model_make_work(s->model, order, sim_word(sim_sites, MODEL_SITES, site));
    if (at < 0) return -1;
    snprintf(s->work[at].id, sizeof s->work[at].id, "%s", id);
    s->work[at].order = order;
    return at;
}

int sim_find_package(struct sim *s, const char *id)
{
    for (int i = 0; i < s->model->package_count; i++)
        if (strcmp(s->packages[i].id, id) == 0) return i;
    return -1;
}

static bool told(struct sim *s, bool ok)
{
    return ok || sim_fail(s, "%s", *s->model->wrong ? s->model->wrong : "the model is full");
}

/* --- what is in the boxes -------------------------------------------------------------------- */

static int box_of(struct sim *s, int order, int work, const char *id)
{
    int at = sim_find_package(s, id);
    if (at >= 0) return at;
    at = model_make_package(s->model, work);
    if (!told(s, at >= 0)) return -1;
    s->packages[at] = (struct sim_package){.order = order, .work = work};
    snprintf(s->packages[at].id, sizeof s->packages[at].id, "%s", id);
    s->counts->packages++;
    return at;
}

/* As the packages say; that together it is what was packed, the model says. */
static void read_packages(struct sim *s, int order, const char *work_id, int work)
{
    json_t *view = sim_get(s, SIM_TARGET(s, "/v1/orders/%s", s->orders[order].id)), *p, *line;
    size_t i, k;
    for (int at = 0; at < s->model->package_count; at++)
        if (s->packages[at].work == work)
            memset(s->model->packages[at].units, 0, sizeof s->model->packages[at].units);
    json_array_foreach(json_object_get(view, "packages"), i, p)
    {
        const char *id = json_at(p, "id");
        if (strcmp(json_at(p, "fulfillment_id"), work_id) != 0) continue;
        int at = box_of(s, order, work, id);
        json_t *whole = at < 0 ? NULL : sim_get(s, SIM_TARGET(s, "/v1/packages/%s", id));
        json_array_foreach(json_object_get(whole, "lines"), k, line)
        {
            int64_t line_no = json_number_at(line, "line_no");
            if (line_no >= 1 && line_no <= MODEL_LINES)
                s->model->packages[at].units[line_no] += json_number_at(line, "quantity");
        }
    }
    told(s, model_boxes_agree(s->model, work));
}

/* --- picking --------------------------------------------------------------------------------- */

static struct text task_target(struct sim *s, const json_t *task, const char *verb)
{
    return SIM_TARGET(s, "/v1/fulfillments/%s/tasks/%s/%s", json_at(task, "fulfillment_id"),
                      json_at(task, "task_id"), verb);
}

static void scan(struct sim *s, int work, const json_t *task, int64_t units)
{
    int64_t line_no = json_number_at(task, "line_no");
    int bin = sim_word(sim_bins, MODEL_BINS, json_at(task, "bin"));
    const char *sku = json_at(task, "sku");
    bool is_wrong = !s->is_healed && sim_chance(s, 40);
    json_t *done = NULL;
    if (is_wrong) sku = sim_skus[sim_below(s, MODEL_STOCKED)];
    is_wrong = is_wrong && strcmp(sku, json_at(task, "sku")) != 0;
    int status = sim_post(s, &done, task_target(s, task, "scan"),
                          "{\"scan\":\"%s\",\"bin_scan\":\"%s\",\"quantity\":%lld}", sku,
                          json_at(task, "bin"), (long long)units);
    if (status >= 300) return;
    if (is_wrong) sim_fail(s, "a wrong item was taken for %s", json_at(task, "sku"));
    told(s, model_pick(s->model, work, line_no, bin, units));
    if (json_number_at(done, "done") != json_number_at(task, "done") + units)
        sim_fail(s, "%lld picked, the answer says %lld", (long long)units,
                 (long long)(json_number_at(done, "done") - json_number_at(task, "done")));
}

static void fall_short(struct sim *s, int work, const json_t *task, bool is_lost)
{
    static const char *const reasons[] = {"not_there", "less_than_said", "damaged", "cannot_reach"};
    int bin = sim_word(sim_bins, MODEL_BINS, json_at(task, "bin"));
    int64_t line_no = json_number_at(task, "line_no");
    int64_t left = json_number_at(task, "quantity") - json_number_at(task, "done");
    int reason = bin < 0 || is_lost ? 3 : (int)sim_below(s, 4);
    int64_t found = bin < 0 || is_lost ? 0 : sim_below(s, left);
    const struct model_work *w = &s->model->work[work];
    int sku = sim_word(sim_skus, MODEL_SKUS, json_at(task, "sku"));
    json_t *done = NULL;
    int status = sim_post(s, &done, task_target(s, task, "short"),
                          "{\"found\":%lld,\"reason\":\"%s\"}", (long long)found, reasons[reason]);
    if (status >= 300) return;
    int64_t lost = 0, rest = bin < 0 ? 0 : s->model->bins[sku][w->site][bin] - found;
    if (reason == 0) lost = rest;
    /* the bin may have less than was asked of it, by the books too */
    if (reason == 1 || reason == 2) lost = left - found < rest ? left - found : rest;
    told(s,
         model_short(s->model, work, line_no, bin, found, lost, json_number_at(done, "missing")));
}

static void undo(struct sim *s, int work, const json_t *task)
{
    int bin = sim_word(sim_bins, MODEL_BINS, json_at(task, "bin"));
    int64_t units = 1 + sim_below(s, json_number_at(task, "done"));
    int status =
        sim_post(s, NULL, task_target(s, task, "undo"), "{\"quantity\":%lld}", (long long)units);
    if (status < 300)
        told(s, model_unpick(s->model, work, json_number_at(task, "line_no"), bin, units));
}

static void pick_task(struct sim *s, int work, const json_t *task)
{
    int64_t done = json_number_at(task, "done"), left = json_number_at(task, "quantity") - done;
    const char *state = json_at(task, "state");
    bool is_open = strcmp(state, "ready") == 0 || strcmp(state, "leased") == 0;
    if (!is_open) {
        if (done && !s->is_healed && sim_chance(s, 30)) undo(s, work, task);
        return;
    }
    if (!*json_at(task, "bin") || (!s->is_healed && sim_has(s, "short") && sim_chance(s, 60))) {
        fall_short(s, work, task, false);
        return;
    }
    int bin = sim_word(sim_bins, MODEL_BINS, json_at(task, "bin"));
    int sku = sim_word(sim_skus, MODEL_SKUS, json_at(task, "sku"));
    bool is_missing = s->model->bins[sku][s->model->work[work].site][bin] < left;
    if (is_missing && (s->is_healed || sim_chance(s, 700))) {
        fall_short(s, work, task, true); /* it comes from elsewhere */
        return;
    }
    bool is_miscounted = !s->is_healed && sim_chance(s, 100);
    scan(s, work, task, is_miscounted ? 1 + sim_below(s, left + 1) : left);
}

/* Into the bin that it came from, or into another that is nearer. */
static void put_back(struct sim *s, int work, const json_t *task)
{
    int site = s->model->work[work].site;
    int bin = sim_word(sim_bins, MODEL_BINS, json_at(task, "bin"));
    const char *state = json_at(task, "state");
    if (strcmp(state, "ready") != 0 && strcmp(state, "leased") != 0) return;
    int to = bin < 0 || (!s->is_healed && sim_chance(s, 150)) ? (int)sim_below(s, MODEL_BINS - 1)
                                                              : bin;
    int64_t units = json_number_at(task, "quantity") - json_number_at(task, "done");
    int status = to == bin ? sim_post(s, NULL, task_target(s, task, "put-back"), "{}")
                           : sim_post(s, NULL, task_target(s, task, "put-back"),
                                      "{\"bin_id\":\"%s\"}", s->bin_ids[site][to]);
    if (status < 300)
        told(s, model_put_back(s->model, work, json_number_at(task, "line_no"), to, units));
}

static void pick_work(struct sim *s, int order, const json_t *f)
{
    int work = sim_find_work(s, json_at(f, "id"), order, json_at(f, "site"));
    json_t *picks = sim_get(s, SIM_TARGET(s, "/v1/fulfillments/%s/picks", json_at(f, "id"))), *task;
    size_t i;
    if (work < 0) return;
    json_array_foreach(json_object_get(picks, "data"), i, task)
    {
        if (sim_failed(s)) return;
        bool is_pick = strcmp(json_at(task, "kind"), "pick") == 0;
        if (!is_pick && strcmp(json_at(task, "kind"), "put_back") != 0) continue;
        if (s->is_healed || sim_chance(s, 850)) (is_pick ? pick_task : put_back)(s, work, task);
    }
    read_packages(s, order, json_at(f, "id"), work);
}

static bool is_at(const json_t *f, const char *a, const char *b)
{
    return strcmp(json_at(f, "state"), a) == 0 || strcmp(json_at(f, "state"), b) == 0;
}

void sim_pick_all(struct sim *s, int order, json_t *view)
{
    json_t *f;
    size_t i;
    json_array_foreach(json_object_get(view, "fulfillments"), i, f)
    {
        bool is_open = is_at(f, "released", "picking") || is_at(f, "cancelling", "cancelling") ||
                       (is_at(f, "picked", "picked") && sim_chance(s, 100));
        if (is_open && !sim_failed(s)) pick_work(s, order, f);
    }
}

/* --- packing ---------------------------------------------------------------------------------- */

/* Boxes that a cancellation opened, and what is left in them. */
static void seal_again(struct sim *s, int order, const char *work_id)
{
    json_t *view = sim_get(s, SIM_TARGET(s, "/v1/orders/%s", s->orders[order].id)), *p;
    size_t i;
    json_array_foreach(json_object_get(view, "packages"), i, p)
    {
        bool is_mine = strcmp(json_at(p, "fulfillment_id"), work_id) == 0;
        if (!is_mine || strcmp(json_at(p, "state"), "open") != 0) continue;
        sim_post(s, NULL, SIM_TARGET(s, "/v1/packages/%s/seal", json_at(p, "id")), "{}");
    }
}

void sim_pack_all(struct sim *s, int order, json_t *view)
{
    json_t *f;
    size_t i;
    json_array_foreach(json_object_get(view, "fulfillments"), i, f)
    {
        const char *id = json_at(f, "id");
        if (!is_at(f, "picked", "packing") || sim_failed(s)) continue;
        int work = sim_find_work(s, id, order, json_at(f, "site"));
        int status = sim_post(s, NULL, T("/v1/packs"),
                              "{\"fulfillment_id\":\"%s\",\"with_services\":true}", id);
        if (status >= 300) {
            seal_again(s, order, id);
            continue;
        }
        told(s, model_pack_all(s->model, work));
        read_packages(s, order, id, work);
    }
}

#define AT(stage) (1 << (stage))
const struct sim_verb sim_floor_verbs[] = {
    {"pick", AT(2), 40, sim_pick_all},
    {"pick early", AT(1), 4, sim_pick_all},
    {"put back", AT(3) | AT(4) | AT(5) | AT(8), 6, sim_pick_all},
    {"pack", AT(1) | AT(2) | AT(3), 30, sim_pack_all},
    {NULL, 0, 0, NULL},
};
