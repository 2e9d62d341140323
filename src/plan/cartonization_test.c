#include "plan/cartonization.h"

#include "base/source.h"
#include "harness.h"

#include <stdio.h>
#include <string.h>

enum { TYPES = 4 };

static const struct carton_type cartons[TYPES] = {
    {.id = 1,
     .length_mm = 200,
     .width_mm = 150,
     .height_mm = 100,
     .tare_g = 90,
     .max_weight_g = 5000,
     .cost_minor = 40},
    {.id = 2,
     .length_mm = 300,
     .width_mm = 230,
     .height_mm = 240,
     .tare_g = 160,
     .max_weight_g = 15000,
     .cost_minor = 80},
    {.id = 3,
     .length_mm = 600,
     .width_mm = 400,
     .height_mm = 400,
     .tare_g = 500,
     .max_weight_g = 25000,
     .cost_minor = 190},
    {.id = 4,
     .length_mm = 374,
     .width_mm = 364,
     .height_mm = 40,
     .tare_g = 140,
     .max_weight_g = 3000,
     .cost_minor = 60},
};

struct table {
    struct arena arena;
    struct ctx ctx;
    struct source source;
    struct carton_plan plan;
};

static struct ctx *table_open(struct table *t, uint64_t seed)
{
    *t = (struct table){0};
    source_virtual(&t->source, seed, 0);
    t->ctx.arena = &t->arena;
    return &t->ctx;
}

static void packs(struct table *t, const struct carton_item *items, size_t n,
                  const struct carton_type *types, size_t type_count, struct carton_policy policy)
{
    CHECK_OK(&t->ctx, cartonization_plan(&t->ctx, items, n, types, type_count, policy, &t->plan));
    struct text wrong = cartonization_wrong(&t->arena, items, n, types, type_count, &t->plan);
    if (wrong.at) test_fail(__FILE__, __LINE__, "%.*s", TEXT_ARG(wrong));
}

static struct carton_item random_item(struct source *s)
{
    int64_t longest = source_below(s, 20) ? 250 : 900;
    struct carton_item item = {.length_mm = 1 + source_below(s, longest),
                               .width_mm = 1 + source_below(s, 250),
                               .height_mm = 1 + source_below(s, 200),
                               .weight_g = source_below(s, 3000),
                               .quantity = 1 + source_below(s, 8)};
    if (source_below(s, 10) == 0) item.length_mm = item.width_mm = item.height_mm = 0;
    if (source_below(s, 4) == 0) item.flags |= CARTON_UPRIGHT;
    if (source_below(s, 4) == 0) item.flags |= CARTON_FRAGILE;
    if (source_below(s, 8) == 0) item.flags |= CARTON_HAZARD;
    if (source_below(s, 12) == 0) item.flags |= CARTON_OWN;
    if (source_below(s, 60) == 0) item.weight_g = 40000;
    return item;
}

/* Share of a unit's base on what is directly below, in basis points. */
static int64_t support_of(const struct carton_package *p, const struct carton_place *a)
{
    int64_t area = 0;
    for (size_t i = 0; i < p->count && a->z_mm; i++) {
        const struct carton_place *b = &p->places[i];
        if (!b->is_placed || b->z_mm + b->height_mm != a->z_mm) continue;
        int64_t x0 = a->x_mm > b->x_mm ? a->x_mm : b->x_mm;
        int64_t y0 = a->y_mm > b->y_mm ? a->y_mm : b->y_mm;
        int64_t x1 = a->x_mm + a->length_mm, y1 = a->y_mm + a->width_mm;
        if (b->x_mm + b->length_mm < x1) x1 = b->x_mm + b->length_mm;
        if (b->y_mm + b->width_mm < y1) y1 = b->y_mm + b->width_mm;
        if (x1 > x0 && y1 > y0) area += (x1 - x0) * (y1 - y0);
    }
    return a->z_mm ? area * 10000 / (a->length_mm * a->width_mm) : 10000;
}

TEST(cartonization, every_promise_holds_for_any_order)
{
    for (uint64_t seed = 1; seed <= 60 && !test_failed(); seed++) {
        struct table t;
        table_open(&t, seed);
        struct carton_item items[25];
        size_t n = 1 + (size_t)source_below(&t.source, 25);
        for (size_t i = 0; i < n; i++) items[i] = random_item(&t.source);
        struct carton_policy policy = {seed % 2 ? CARTON_AIM_COUNT : CARTON_AIM_COST,
                                       seed % 3 ? 0 : 8000};
        packs(&t, items, n, cartons, TYPES, policy);
        struct carton_plan first = t.plan;
        for (size_t i = 0; i < first.count; i++)
            for (size_t k = 0; k < first.at[i].count; k++)
                if (first.at[i].places[k].is_placed && policy.support_bp)
                    CHECK(support_of(&first.at[i], &first.at[i].places[k]) >= 8000);
        packs(&t, items, n, cartons, TYPES, policy);
        CHECK_I64((int64_t)first.count, (int64_t)t.plan.count);
        for (size_t i = 0; i < first.count && !test_failed(); i++)
            CHECK(!memcmp(first.at[i].places, t.plan.at[i].places,
                          first.at[i].count * sizeof *first.at[i].places));
        arena_free(&t.arena);
    }
}

TEST(cartonization, boxes_cut_from_a_full_carton_go_back_into_one)
{
    for (uint64_t seed = 1; seed <= 40 && !test_failed(); seed++) {
        struct table t;
        table_open(&t, seed);
        int64_t nx = 1 + source_below(&t.source, 5), ny = 1 + source_below(&t.source, 4),
                nz = 1 + source_below(&t.source, 4);
        struct carton_item item = {.length_mm = 600 / nx,
                                   .width_mm = 400 / ny,
                                   .height_mm = 400 / nz,
                                   .weight_g = 100,
                                   .quantity = nx * ny * nz};
        packs(&t, &item, 1, cartons, TYPES, (struct carton_policy){0});
        CHECK_I64(1, (int64_t)t.plan.count);
        arena_free(&t.arena);
    }
}

TEST(cartonization, takes_the_least_carton_that_holds_all)
{
    struct table t;
    table_open(&t, 1);
    struct carton_item small = {
        .length_mm = 90, .width_mm = 70, .height_mm = 45, .weight_g = 100, .quantity = 8};
    packs(&t, &small, 1, cartons, TYPES, (struct carton_policy){0});
    CHECK_I64(1, (int64_t)t.plan.count);
    CHECK_I64(1, cartons[t.plan.at[0].type].id);
    CHECK_I64(890, t.plan.at[0].weight_g);
    small.quantity = 400; /* 113 litres, 40 kg: two of the greatest hold them */
    packs(&t, &small, 1, cartons, TYPES, (struct carton_policy){CARTON_AIM_COST, 0});
    CHECK(t.plan.cost_minor <= 3 * 190);
    arena_free(&t.arena);
}

TEST(cartonization, what_fits_nowhere_says_why)
{
    struct table t;
    table_open(&t, 1);
    struct carton_item items[3] = {
        {.length_mm = 900, .width_mm = 30, .height_mm = 30, .weight_g = 500, .quantity = 2},
        {.length_mm = 100, .width_mm = 30, .height_mm = 30, .weight_g = 30000, .quantity = 1},
        {.length_mm = 100, .width_mm = 30, .height_mm = 30, .weight_g = 300, .quantity = 1}};
    packs(&t, items, 3, cartons, TYPES, (struct carton_policy){0});
    CHECK_I64(4, (int64_t)t.plan.count);
    int64_t oversize = 0;
    for (size_t i = 0; i < t.plan.count; i++) oversize += t.plan.at[i].kind == CARTON_OVERSIZE;
    CHECK_I64(3, oversize);
    packs(&t, items, 3, NULL, 0, (struct carton_policy){0});
    CHECK_TEXT("there are no cartons", t.plan.at[0].why);
    struct carton_type two = cartons[0];
    two.count_max = 2;
    items[2].quantity = 500;
    packs(&t, &items[2], 1, &two, 1, (struct carton_policy){0});
    CHECK_TEXT("no carton is left for it", t.plan.at[t.plan.count - 1].why);
    arena_free(&t.arena);
}

TEST(cartonization, refuses_what_cannot_be_meant)
{
    struct table t;
    struct ctx *c = table_open(&t, 1);
    struct carton_policy policy = {0};
    struct carton_item item = {.length_mm = 10, .width_mm = 10, .height_mm = 0, .quantity = 1};
    CHECK_FAULT(c, ERR_INVALID, "size",
                cartonization_plan(c, &item, 1, cartons, TYPES, policy, &t.plan));
    item.height_mm = 10;
    item.quantity = 0;
    CHECK_FAULT(c, ERR_INVALID, "quantity",
                cartonization_plan(c, &item, 1, cartons, TYPES, policy, &t.plan));
    item.quantity = 1;
    item.weight_g = -1;
    CHECK_FAULT(c, ERR_INVALID, "weight",
                cartonization_plan(c, &item, 1, cartons, TYPES, policy, &t.plan));
    item.weight_g = 0;
    struct carton_type flat = {.length_mm = 10, .width_mm = 10};
    CHECK_FAULT(c, ERR_INVALID, "carton_type",
                cartonization_plan(c, &item, 1, &flat, 1, policy, &t.plan));
    struct carton_item many[2] = {item, item};
    many[0].quantity = CARTON_UNITS_MAX;
    CHECK_FAULT(c, ERR_TOO_LARGE, "too_many_units",
                cartonization_plan(c, many, 2, cartons, TYPES, policy, &t.plan));
    arena_free(&t.arena);
}

TEST(cartonization, the_greatest_orders_end_in_time)
{
    struct table t;
    table_open(&t, 9);
    struct carton_item *items = arena_new(&t.arena, struct carton_item, CARTON_ITEMS_MAX);
    items[0] = (struct carton_item){.length_mm = 31,
                                    .width_mm = 22,
                                    .height_mm = 13,
                                    .weight_g = 9,
                                    .quantity = CARTON_UNITS_MAX};
    packs(&t, items, 1, cartons, TYPES, (struct carton_policy){0});
    CHECK(t.plan.count <= 4);
    for (size_t i = 0; i < 300; i++) {
        items[i] = random_item(&t.source);
        items[i].quantity = 1;
    }
    packs(&t, items, 300, cartons, TYPES, (struct carton_policy){0});
    arena_free(&t.arena);
}

/* Every tenth of the real orders, against the cartons that BoxPacker needs for them. */
static void real_orders(uint32_t flags, int column)
{
    static const struct carton_type types[TYPES] = {
        {1, 300, 230, 240, 300, 230, 240, 160, 15000, 0, 0},
        {2, 374, 364, 40, 375, 370, 60, 140, 3000, 0, 0},
        {3, 305, 229, 520, 305, 229, 520, 100, 10000, 0, 0},
        {4, 260, 220, 15, 270, 240, 15, 10, 500, 0, 0}};
    const char *items_path = "../shared/data/pack_cartonization/order_items.csv.gz";
    FILE *f = fopen(items_path, "r");
    if (!f) SKIP("no ../shared/data/pack_cartonization");
    fclose(f);
    FILE *orders = popen("gzip -dc ../shared/data/pack_cartonization/order_items.csv.gz", "r");
    FILE *marks = popen("gzip -dc ../shared/data/pack_cartonization/boxpacker_results.csv.gz", "r");
    struct table t;
    table_open(&t, 1);
    char line[256], mark[256] = "", id[64], last[64] = "order_id";
    static struct carton_item items[CARTON_ITEMS_MAX];
    int64_t ours = 0, theirs = 0;
    size_t n = 0, seen = 0;
    for (bool more = true; more && !test_failed();) {
        long q = 0, w = 0, l = 0, d = 0, g = 0;
        more = fgets(line, sizeof line, orders) != NULL;
        if (more && sscanf(line, "%63[^,],%ld,%*[^,],%ld,%ld,%ld,%ld", id, &q, &w, &l, &d, &g) < 1)
            break;
        if (!more || strcmp(id, last) != 0) {
            if (!fgets(mark, sizeof mark, marks)) mark[0] = 0;
            if (n && seen++ % 10 == 0) {
                struct arena_mark start = arena_mark(&t.arena);
                long two = 0, three = 0;
                sscanf(mark, "%*[^,],%ld,%*[^,],%*[^,],%ld", &two, &three);
                packs(&t, items, n, types, TYPES, (struct carton_policy){0});
                ours += (int64_t)t.plan.count;
                theirs += column == 2 ? two : three;
                CHECK(!strncmp(mark, last, strlen(last)));
                arena_rewind(&t.arena, start);
            }
            n = 0;
            memcpy(last, id, sizeof last);
        }
        if (q)
            items[n++] = (struct carton_item){.length_mm = l,
                                              .width_mm = w,
                                              .height_mm = d,
                                              .weight_g = g,
                                              .quantity = q,
                                              .flags = flags};
    }
    pclose(orders);
    pclose(marks);
    CHECK(seen > 2000 && theirs > 250);
    if (ours > theirs)
        test_fail(__FILE__, __LINE__, "%lld cartons, BoxPacker %lld", (long long)ours,
                  (long long)theirs);
    arena_free(&t.arena);
}

TEST(cartonization, real_parcels_need_no_more_cartons_than_boxpacker) { real_orders(0, 3); }

TEST(cartonization, real_parcels_kept_flat_need_no_more_either) { real_orders(CARTON_UPRIGHT, 2); }
