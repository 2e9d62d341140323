/* test/sim/sim_shop.c: the store and the shop in it; the process may end and begin again. */
#include "sim.h"

#include "app/wiring.h"
#include "domain/people/people.h"
#include "faces/pages/links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const sim_skus[MODEL_SKUS] = {"MUG", "BOOK", "LAMP", "PEN", "SET"};
const char *const sim_sites[MODEL_SITES] = {"LON", "MAN"};
const char *const sim_bins[MODEL_BINS] = {"A-1", "A-2", "A-3", "A-4", "B-1", "RET"};
static const int64_t start_us = INT64_C(1767600000000000); /* 2026-01-05T08:00:00Z */

/* --- the store ------------------------------------------------------------------------------- */

static bool fail_with_fault(struct sim *s, const char *what)
{
    return sim_fail(s, "%s: %s: %s", what, s->ctx.fault.reason, s->ctx.fault.detail);
}

static bool is_postgres(const struct sim *s)
{
    return strncmp(s->path, "postgresql://", 13) == 0 || strncmp(s->path, "postgres://", 11) == 0;
}

static bool open_store(struct sim *s)
{
    struct store_options options = {.is_fast = true, .schema = *s->schema ? s->schema : NULL};
    s->ctx.db = NULL;
    s->ctx.store = NULL;
    if (store_open(&s->ctx, text_of(s->path), options, &s->store) != OK)
        return fail_with_fault(s, "the database does not open");
    s->ctx.store = s->store;
    server_open(&s->server, s->store, &s->source, route_tables);
    s->server.merchant_id = s->ctx.merchant_id;
    s->is_server_open = true;
    return true;
}

static void close_store(struct sim *s)
{
    if (s->is_server_open) server_close(&s->server);
    if (s->store) store_close(s->store);
    s->is_server_open = false;
    s->store = s->ctx.store = NULL;
    s->ctx.db = NULL;
}

bool sim_restart(struct sim *s)
{
    close_store(s);
    sim_mend_link(s);
    bool ok = open_store(s);
    sim_loosen_link(s);
    return ok;
}

/* From now on the program reaches its database through a link that does not always work. */
static bool open_link(struct sim *s)
{
    if (!s->options->link_rate || !is_postgres(s)) return true;
    if (torture_link_open(&s->ctx, s->path, &s->link) != OK) return fail_with_fault(s, "no link");
    snprintf(s->path, sizeof s->path, "%s", torture_link_address(s->link));
    return sim_restart(s);
}

void sim_loosen_link(struct sim *s)
{
    if (s->link && !s->is_healed)
        torture_link_rate(s->link, s->options->link_rate, s->options->seed + ++s->loosened);
}

void sim_mend_link(struct sim *s)
{
    if (s->link) torture_link_rate(s->link, 0, 1);
}

static enum err make_schema(struct ctx *c, void *arg) { return db_script(c, arg); }

/* PostgreSQL: a schema of the run's own. */
static bool fresh_schema(struct sim *s, bool is_kept)
{
    char sql[200];
    struct store_options options = {.no_migrate = true, .is_fast = true};
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s CASCADE;%s%s", s->schema,
             is_kept ? " CREATE SCHEMA " : "", is_kept ? s->schema : "");
    if (store_open(&s->ctx, text_of(s->path), options, &s->store) != OK)
        return fail_with_fault(s, "the database does not open");
    s->ctx.store = s->store;
    bool ok = db_tx(&s->ctx, make_schema, sql) == OK;
    if (!ok) fail_with_fault(s, "no schema");
    store_close(s->store);
    s->store = s->ctx.store = NULL;
    s->ctx.db = NULL;
    return ok;
}

static void drop_files(const struct sim *s)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", "-lock"};
    char path[400];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
        unlink(path);
    }
}

void sim_close(struct sim *s)
{
    sim_forget_trees(s);
    sim_mend_link(s);
    close_store(s);
    if (*s->path && is_postgres(s) && !sim_failed(s))
        fresh_schema(s, false);
    else if (*s->path && !s->options->database)
        drop_files(s);
    if (s->link) {
        s->counts->link_faults += torture_link_sum(s->link);
        torture_link_close(s->link);
        s->link = NULL;
    }
    sim_world_close(s);
    free(s->model);
    s->model = NULL;
    arena_free(&s->step);
    arena_free(&s->kept);
}

/* --- the shop -------------------------------------------------------------------------------- */

static enum err add_merchant(struct ctx *c, void *arg)
{
    (void)arg;
    c->merchant_id = source_id(c->source);
    struct merchant m = {.merchant_id = c->merchant_id,
                         .code = T("sim"),
                         .name = T("Fjell & Co"),
                         .currency = T("GBP"),
                         .country = T("GB"),
                         .email = T("shop@fjell.example"),
                         .street = T("1 Dock Road, London"),
                         .price_policy = PRICE_HOLD,
                         .stock_policy = STOCK_SPLIT,
                         .capture_policy = CAPTURE_ON_SHIP,
                         .grace_us = DAY_US,
                         .created_us = c->now_us};
    return merchant_insert(c, &m);
}

#define NEED(call)                                                                                 \
    do {                                                                                           \
        if ((call) >= 300) return sim_fail(s, "the shop cannot be made: %s", #call);               \
    } while (0)

static bool add_site(struct sim *s, int site)
{
    json_t *made = NULL;
    NEED(sim_post(s, &made, T("/v1/sites"),
                  "{\"code\":\"%s\",\"name\":\"%s\",\"country\":\"GB\",\"city\":\"London\","
                  "\"postal_code\":\"SW1A 1AA\",\"street\":\"1 Dock Road\"}",
                  sim_sites[site], sim_sites[site]));
    const char *id = json_at(made, "id");
    for (int b = 0; b < MODEL_BINS; b++) {
        json_t *bin = NULL;
        NEED(sim_post(s, &bin, SIM_TARGET(s, "/v1/sites/%s/bins", id),
                      "{\"code\":\"%s\",\"kind\":\"%s\"}", sim_bins[b],
                      b + 1 == MODEL_BINS ? "returns" : "pick"));
        snprintf(s->bin_ids[site][b], SIM_ID, "%s", json_at(bin, "id"));
    }
    NEED(sim_post(s, NULL, SIM_TARGET(s, "/v1/sites/%s/bins", id),
                  "{\"code\":\"DOCK\",\"kind\":\"receiving\"}"));
    NEED(sim_post(s, NULL, SIM_TARGET(s, "/v1/sites/%s/cartons", id),
                  "{\"code\":\"M\",\"length_mm\":400,\"width_mm\":300,\"height_mm\":300,"
                  "\"tare_g\":250,\"max_g\":15000}"));
    return true;
}

static bool add_goods(struct sim *s)
{
    static const int64_t prices[MODEL_SKUS] = {899, 1250, 4999, 199, 1199};
    static const int64_t weights[MODEL_STOCKED] = {350, 600, 1800, 15};
    for (int i = 0; i < MODEL_STOCKED; i++) {
        NEED(sim_post(s, NULL, T("/v1/products"),
                      "{\"sku\":\"%s\",\"name\":\"%s\",\"weight_g\":%lld,\"length_mm\":120,"
                      "\"width_mm\":90,\"height_mm\":90,\"prices\":[{\"unit_price\":{\"amount\":"
                      "%lld,\"currency\":\"GBP\"}}]}",
                      sim_skus[i], sim_skus[i], (long long)weights[i], (long long)prices[i]));
        for (int site = 0; site < MODEL_SITES; site++) {
            int64_t units = site ? 8 + sim_below(s, 8) : 20 + sim_below(s, 20);
            NEED(sim_post(s, NULL, T("/v1/stock/receipts"),
                          "{\"lines\":[{\"sku\":\"%s\",\"site\":\"%s\",\"bin\":\"%s\","
                          "\"quantity\":%lld}]}",
                          sim_skus[i], sim_sites[site], sim_bins[i], (long long)units));
            model_receive(s->model, i, site, i, units);
        }
    }
    NEED(sim_post(s, NULL, T("/v1/kits"),
                  "{\"sku\":\"SET\",\"name\":\"Writing set\",\"parts\":[{\"sku\":\"MUG\","
                  "\"quantity\":1},{\"sku\":\"PEN\",\"quantity\":2}],\"prices\":[{\"unit_price\":"
                  "{\"amount\":1199,\"currency\":\"GBP\"}}]}"));
    s->model->kit[0] = 1;
    s->model->kit[3] = 2;
    memcpy(s->model->prices, prices, sizeof prices);
    return true;
}

static bool add_services(struct sim *s)
{
    NEED(sim_post(s, NULL, T("/v1/services"),
                  "{\"code\":\"gift_wrap\",\"name\":\"Gift wrap\",\"kind\":\"gift_wrap\","
                  "\"minutes\":5,\"text_max\":200,\"prices\":[{\"unit_price\":{\"amount\":350,"
                  "\"currency\":\"GBP\"}}]}"));
    NEED(sim_post(s, NULL, T("/v1/services"),
                  "{\"code\":\"engraving\",\"name\":\"Engraving\",\"kind\":\"customization\","
                  "\"minutes\":9,\"text_max\":40,\"prices\":[{\"unit_price\":{\"amount\":900,"
                  "\"currency\":\"GBP\"}}]}"));
    return true;
}

static bool choose_place(struct sim *s)
{
    const char *folder = getenv("TMPDIR");
    if (s->options->database)
        snprintf(s->path, sizeof s->path, "%s", s->options->database);
    else
        snprintf(s->path, sizeof s->path, "%s/waybill-sim-%ld-%llu.db",
                 folder && *folder ? folder : "/tmp", (long)getpid(),
                 (unsigned long long)s->options->seed);
    if (is_postgres(s)) {
        snprintf(s->schema, sizeof s->schema, "sim_%ld_%llu", (long)getpid(),
                 (unsigned long long)s->options->seed);
        return fresh_schema(s, true);
    }
    if (!s->options->database) drop_files(s);
    if (access(s->path, F_OK) == 0)
        return sim_fail(s, "%s is there already: a simulated shop begins empty", s->path);
    return true;
}

bool sim_open(struct sim *s)
{
    s->doing = "open";
    source_virtual(&s->source, s->options->seed, start_us);
    source_virtual(&s->dice, s->options->seed * 2 + 1, 0);
    s->ctx = (struct ctx){.arena = &s->step, .source = &s->source, .now_us = start_us};
    s->model = calloc(1, sizeof *s->model);
    sim_world_open(s);
    s->is_healed = true;
    if (!choose_place(s) || !open_store(s)) return false;
    if (db_tx(&s->ctx, add_merchant, NULL) != OK) return fail_with_fault(s, "no merchant");
    s->server.merchant_id = s->ctx.merchant_id;
    if (links_use(&s->ctx, T("https://fjell.example")) != OK) return fail_with_fault(s, "links");
    for (int site = 0; site < MODEL_SITES; site++)
        if (!add_site(s, site)) return false;
    if (!add_goods(s) || !add_services(s)) return false;
    s->is_healed = false;
    sim_forget_trees(s);
    return !sim_failed(s) && open_link(s);
}
