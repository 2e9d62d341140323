#include "plan/sourcing.h"

#include "base/source.h"
#include "harness.h"

enum { SITES = 5, LINES = 6 };

struct world_map {
    struct arena arena;
    struct ctx ctx;
    struct source source;
    struct sourcing_site sites[SITES];
    struct sourcing_line lines[LINES];
    struct sourcing_stock stock[SITES * LINES];
    size_t site_count, line_count, stock_count;
    struct sourcing_plan plan;
};

static void map_random(struct world_map *w, uint64_t seed)
{
    *w = (struct world_map){0};
    struct source *s = &w->source;
    source_virtual(s, seed, 0);
    w->ctx.arena = &w->arena;
    w->site_count = (size_t)source_below(s, SITES + 1);
    w->line_count = 1 + (size_t)source_below(s, LINES);
    for (size_t i = 0; i < w->site_count; i++)
        w->sites[i] = (struct sourcing_site){.site_id = 10 + (int64_t)i,
                                             .name = T("a site"),
                                             .distance_km = source_below(s, 900),
                                             .priority = source_below(s, 3),
                                             .cost_minor = source_below(s, 900),
                                             .unit_cost_minor = source_below(s, 50),
                                             .capacity_units = source_below(s, 20) - 3,
                                             .is_open = source_below(s, 6) != 0};
    for (size_t i = 0; i < w->site_count; i++)
        if (w->sites[i].capacity_units < 0) w->sites[i].capacity_units = -1;
    for (size_t i = 0; i < w->line_count; i++)
        w->lines[i] = (struct sourcing_line){.line_id = (int64_t)i,
                                             .sku_id = 1 + source_below(s, 4),
                                             .quantity = 1 + source_below(s, 5),
                                             .kit = source_below(s, 4) ? 0 : 1};
    for (size_t i = 0; i < w->site_count; i++)
        for (int64_t sku = 1; sku <= 4; sku++)
            w->stock[w->stock_count++] =
                (struct sourcing_stock){10 + (int64_t)i, sku, source_below(s, 12) - 2};
}

static void map_plan(struct world_map *w, enum sourcing_policy policy)
{
    CHECK_OK(&w->ctx, sourcing_plan(&w->ctx, w->lines, w->line_count, w->sites, w->site_count,
                                    w->stock, w->stock_count, policy, &w->plan));
}

/* The kit is whole from one site or not sent at all. */
static void kit_check(const struct world_map *w)
{
    size_t from = SITES;
    int64_t sent = 0, asked = 0;
    for (size_t i = 0; i < w->line_count; i++)
        if (w->lines[i].kit) asked += w->lines[i].quantity;
    for (size_t i = 0; i < w->plan.share_count; i++) {
        if (!w->lines[w->plan.shares[i].line].kit) continue;
        CHECK(from == SITES || from == w->plan.shares[i].site);
        from = w->plan.shares[i].site;
        sent += w->plan.shares[i].quantity;
    }
    CHECK(sent == 0 || sent == asked);
}

TEST(sourcing, never_gives_more_than_there_is_under_any_policy)
{
    for (uint64_t seed = 1; seed <= 1500 && !test_failed(); seed++) {
        struct world_map w;
        map_random(&w, seed);
        for (int policy = 0; policy < SOURCING_POLICY_COUNT; policy++) {
            int64_t by_sku[SITES][5] = {{0}}, by_site[SITES] = {0}, open[LINES] = {0}, left = 0;
            map_plan(&w, (enum sourcing_policy)policy);
            for (size_t i = 0; i < w.line_count; i++) open[i] = w.lines[i].quantity;
            for (size_t i = 0; i < w.plan.share_count; i++) {
                const struct sourcing_share *share = &w.plan.shares[i];
                CHECK(share->quantity > 0 && w.sites[share->site].is_open);
                by_sku[share->site][w.lines[share->line].sku_id] += share->quantity;
                by_site[share->site] += share->quantity;
                open[share->line] -= share->quantity;
            }
            for (size_t i = 0; i < w.stock_count; i++) {
                int64_t have = w.stock[i].available > 0 ? w.stock[i].available : 0;
                CHECK(by_sku[w.stock[i].site_id - 10][w.stock[i].sku_id] <= have);
            }
            size_t used = 0;
            for (size_t i = 0; i < w.site_count; i++) {
                int64_t capacity = w.sites[i].capacity_units;
                CHECK(capacity < 0 || by_site[i] <= capacity);
                CHECK_I64(by_site[i], w.plan.scores[i].given);
                CHECK(w.plan.scores[i].score >= 0 && w.plan.scores[i].score <= 10000);
                CHECK(!text_empty(w.plan.scores[i].why));
                used += by_site[i] > 0;
            }
            for (size_t i = 0; i < w.line_count; i++) {
                CHECK(open[i] >= 0);
                CHECK_I64(open[i], w.plan.unfilled[i]);
                left += open[i];
            }
            CHECK_I64(left, w.plan.unfilled_total);
            CHECK_I64((int64_t)used, (int64_t)w.plan.site_count);
            CHECK(policy != SOURCING_SINGLE_SITE || used <= 1);
            CHECK(!text_empty(w.plan.why));
            kit_check(&w);
        }
        arena_free(&w.arena);
    }
}

/* Without kits and capacities every policy but the single site fills all that stock allows. */
TEST(sourcing, leaves_nothing_unfilled_that_some_site_has)
{
    for (uint64_t seed = 1; seed <= 800 && !test_failed(); seed++) {
        struct world_map w;
        int64_t have[5] = {0}, asked[5] = {0}, short_of = 0;
        map_random(&w, seed);
        for (size_t i = 0; i < w.site_count; i++) w.sites[i].capacity_units = -1;
        for (size_t i = 0; i < w.line_count; i++) {
            w.lines[i].kit = 0;
            asked[w.lines[i].sku_id] += w.lines[i].quantity;
        }
        for (size_t i = 0; i < w.stock_count; i++)
            if (w.stock[i].available > 0 && w.sites[w.stock[i].site_id - 10].is_open)
                have[w.stock[i].sku_id] += w.stock[i].available;
        for (int sku = 1; sku <= 4; sku++)
            if (asked[sku] > have[sku]) short_of += asked[sku] - have[sku];
        size_t fewest = 0;
        for (int policy = 0; policy < SOURCING_POLICY_COUNT; policy++) {
            map_plan(&w, (enum sourcing_policy)policy);
            if (policy == SOURCING_SINGLE_SITE) continue;
            CHECK_I64(short_of, w.plan.unfilled_total);
            if (policy == SOURCING_FEWEST_SPLITS) fewest = w.plan.site_count;
            CHECK(w.plan.site_count >= fewest);
        }
        arena_free(&w.arena);
    }
}

/* Least cost of one line over every set of sites, the cheapest units of a set first. */
static int64_t least_cost(const struct world_map *w, int64_t quantity)
{
    int64_t best = -1;
    for (unsigned set = 0; set < 1u << w->site_count; set++) {
        int64_t open = quantity, cost = 0;
        unsigned left = set;
        while (left) {
            size_t at = SITES;
            for (size_t i = 0; i < w->site_count; i++)
                if ((left >> i & 1) &&
                    (at == SITES || w->sites[i].unit_cost_minor < w->sites[at].unit_cost_minor))
                    at = i;
            left &= ~(1u << at);
            int64_t n = w->stock[at].available < open ? w->stock[at].available : open;
            open -= n;
            if (n) cost += w->sites[at].cost_minor + n * w->sites[at].unit_cost_minor;
        }
        if (!open && (best < 0 || cost < best)) best = cost;
    }
    return best;
}

TEST(sourcing, the_cheapest_is_the_cheapest_of_all_sets)
{
    int compared = 0;
    for (uint64_t seed = 1; seed <= 800 && !test_failed(); seed++) {
        struct world_map w;
        map_random(&w, seed);
        if (w.site_count > 3) w.site_count = 3;
        w.line_count = 1;
        w.lines[0] = (struct sourcing_line){1, 1, 1 + source_below(&w.source, 20), 0};
        w.stock_count = w.site_count;
        for (size_t i = 0; i < w.site_count; i++) {
            w.stock[i] =
                (struct sourcing_stock){10 + (int64_t)i, 1, 1 + source_below(&w.source, 15)};
            w.sites[i].is_open = true;
            w.sites[i].capacity_units = -1;
        }
        map_plan(&w, SOURCING_CHEAPEST);
        int64_t least = least_cost(&w, w.lines[0].quantity);
        if (least >= 0) {
            CHECK_I64(least, w.plan.cost_minor);
            compared++;
        }
        arena_free(&w.arena);
    }
    CHECK(compared > 200);
}

TEST(sourcing, each_policy_has_its_own_favourite)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sourcing_plan plan = {0};
    const struct sourcing_line lines[] = {{1, 7, 2, 0}, {2, 8, 1, 0}};
    const struct sourcing_site sites[] = {
        {1, T("Hamburg"), 10, 3, 500, 10, -1, 20, true, {0}},
        {2, T("Berlin"), 300, 2, 450, 10, -1, 21, true, {0}},
        {3, T("Munich"), 600, 1, 100, 10, -1, 22, true, {0}},
        {4, T("Bremen"), 1, 1, 1, 1, -1, 22, false, T("stocktake")}};
    const struct sourcing_stock stock[] = {{1, 7, 5}, {2, 7, 5}, {2, 8, 5}, {3, 7, 1},
                                           {3, 8, 5}, {4, 7, 9}, {4, 8, 9}};
    CHECK_OK(&c, sourcing_plan(&c, lines, 2, sites, 4, stock, 7, SOURCING_FEWEST_SPLITS, &plan));
    CHECK_I64(1, (int64_t)plan.site_count);
    CHECK_I64(1, (int64_t)plan.shares[0].site);
    CHECK_TEXT("3 from Berlin (fewest parcels)", plan.why);
    CHECK_TEXT("Bremen: takes no work, stocktake", plan.scores[3].why);
    CHECK_I64(21, plan.promised_day);
    CHECK_OK(&c, sourcing_plan(&c, lines, 2, sites, 4, stock, 7, SOURCING_NEAREST, &plan));
    CHECK_TEXT("2 from Hamburg, 1 from Berlin (nearest first)", plan.why);
    CHECK_OK(&c, sourcing_plan(&c, lines, 2, sites, 4, stock, 7, SOURCING_PRIORITY, &plan));
    CHECK_TEXT("2 from Munich, 1 from Berlin (in order of priority)", plan.why);
    CHECK_OK(&c, sourcing_plan(&c, lines, 2, sites, 4, stock, 7, SOURCING_CHEAPEST, &plan));
    CHECK_I64(480, plan.cost_minor);
    CHECK_OK(&c, sourcing_plan(&c, lines, 2, sites, 1, stock, 7, SOURCING_SINGLE_SITE, &plan));
    CHECK_I64(1, plan.unfilled[1]);
    arena_free(&a);
}

TEST(sourcing, a_site_that_sends_anyway_adds_no_parcel)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sourcing_plan plan = {0};
    const struct sourcing_line line = {1, 7, 2, 0};
    struct sourcing_site sites[] = {{.site_id = 1,
                                     .name = T("Hamburg"),
                                     .distance_km = 10,
                                     .cost_minor = 400,
                                     .capacity_units = -1,
                                     .is_open = true},
                                    {.site_id = 2,
                                     .name = T("Berlin"),
                                     .distance_km = 300,
                                     .cost_minor = 500,
                                     .capacity_units = -1,
                                     .is_open = true,
                                     .is_sending = true}};
    const struct sourcing_stock stock[] = {{1, 7, 5}, {2, 7, 5}};
    const enum sourcing_policy berlin[] = {SOURCING_FEWEST_SPLITS, SOURCING_SINGLE_SITE,
                                           SOURCING_CHEAPEST};
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK(&c, sourcing_plan_all(&c, &line, 1, sites, 2, stock, 2, berlin[i], &plan));
        CHECK_I64(1, (int64_t)plan.shares[0].site);
        CHECK_TEXT("Berlin: could send 2 of 2 units, 300 km, sends a parcel anyway; chosen for 2",
                   plan.scores[1].why);
    }
    CHECK_OK(&c, sourcing_plan_all(&c, &line, 1, sites, 2, stock, 2, SOURCING_NEAREST, &plan));
    CHECK_I64(0, (int64_t)plan.shares[0].site);
    sites[0].capacity_units = 0; /* full: left out, while another has it */
    CHECK_OK(&c, sourcing_plan_all(&c, &line, 1, sites, 2, stock, 2, SOURCING_NEAREST, &plan));
    CHECK_I64(1, (int64_t)plan.shares[0].site);
    CHECK_OK(&c, sourcing_plan_all(&c, &line, 1, sites, 2, stock, 1, SOURCING_NEAREST, &plan));
    CHECK_I64(0, (int64_t)plan.shares[0].site);
    CHECK_I64(0, plan.unfilled_total);
    arena_free(&a);
}

TEST(sourcing, refuses_what_cannot_be_meant)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct sourcing_plan plan = {0};
    struct sourcing_line line = {1, 7, 0, 0};
    CHECK_FAULT(&c, ERR_INVALID, "quantity",
                sourcing_plan(&c, &line, 1, NULL, 0, NULL, 0, SOURCING_NEAREST, &plan));
    line.quantity = 1;
    CHECK_FAULT(&c, ERR_INVALID, "policy",
                sourcing_plan(&c, &line, 1, NULL, 0, NULL, 0, SOURCING_POLICY_COUNT, &plan));
    CHECK_FAULT(&c, ERR_TOO_LARGE, "too_many_sites",
                sourcing_plan(&c, &line, 1, NULL, SOURCING_SITES_MAX + 1, NULL, 0, SOURCING_NEAREST,
                              &plan));
    CHECK_FAULT(&c, ERR_TOO_LARGE, "too_many_lines",
                sourcing_plan(&c, &line, SOURCING_LINES_MAX + 1, NULL, 0, NULL, 0, SOURCING_NEAREST,
                              &plan));
    CHECK_OK(&c, sourcing_plan(&c, &line, 1, NULL, 0, NULL, 0, SOURCING_NEAREST, &plan));
    CHECK_I64(1, plan.unfilled_total);
    arena_free(&a);
}
