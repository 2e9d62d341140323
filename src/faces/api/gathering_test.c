/* Bulk requests of the stages that wait at once are run at once, and nobody can tell. */
#include "crowd.h"
#include "domain/events/event.h"
#include "parcel_fixture.h"
#include "stages/3_picking/picking.h"
#include "test/sim/life.h"
#include "work_fixture.h"

#include "base/source.h"
#include "base/time.h"

#include <string.h>

static const char *row(struct crowd *k, const char *name, const char *prefix, int64_t id)
{
    return text_cstr(&k->w->arena, text_printf(&k->w->arena, "{\"%s\":\"%.*s\"}", name,
                                               TEXT_ARG(id_text(&k->w->arena, prefix, id))));
}

static const char *pick(struct crowd *k, int64_t fulfillment_id)
{
    struct arena *a = &k->w->arena;
    struct task t = work_task(k->w, fulfillment_id, TASK_PICK, 0);
    return text_cstr(a, text_printf(a, "{\"fulfillment_id\":\"%.*s\",\"task_id\":\"%.*s\"}",
                                    TEXT_ARG(id_text(a, "ful", fulfillment_id)),
                                    TEXT_ARG(id_text(a, "tsk", t.task_id))));
}

static const char *two_rows(struct crowd *k, const char *one, const char *other)
{
    return text_cstr(&k->w->arena, text_printf(&k->w->arena, "%s\n%s", one, other));
}

static size_t events_of(struct crowd *k, int64_t after, struct list *out)
{
    struct ctx *c = &k->w->ctx;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, event_feed(c, after, EVENT_PAGE_MAX, out));
    return out->count;
}

static int64_t last_position(struct crowd *k)
{
    int64_t position = 0;
    CHECK_OK(&k->w->ctx, store_reader(&k->w->ctx));
    CHECK_OK(&k->w->ctx, event_last_position(&k->w->ctx, &position));
    return position;
}

/* What was told of an order behind `after` names who asked, by one command that is nobody else's.
 */
static void check_told_by(struct crowd *k, int64_t after, int64_t order_id, const struct guest *by)
{
    struct list told = {0};
    int64_t command_id = 0, n = 0;
    events_of(k, after, &told);
    const struct event *e = told.at;
    for (size_t i = 0; i < told.count; i++) {
        if (e[i].order_id == order_id) {
            CHECK_I64(by->call.actor_id, e[i].actor_id);
            if (!command_id) command_id = e[i].command_id;
            CHECK_I64(command_id, e[i].command_id);
            n++;
        }
    }
    CHECK(n > 0 && command_id > 0);
    for (size_t i = 0; i < told.count; i++)
        CHECK(e[i].order_id == order_id || e[i].command_id != command_id);
}

static int64_t of_pickers(struct world *w, size_t n)
{
    static struct crowd k;
    int64_t ids[GUESTS_MAX];
    crowd_open(&k, w);
    work_orders(w, "MUG", n, ids);
    int64_t after = last_position(&k);
    for (size_t i = 0; i < n; i++) crowd_asks(&k, "/v1/picks/confirm", pick(&k, ids[i]), NULL);
    int64_t statements = crowd_let_in(&k);
    for (size_t i = 0; i < n; i++) {
        CHECK(crowd_says(&k.at[i], 200, "200"));
        struct fulfillment f = work_get(w, ids[i]);
        CHECK_I64(FULFILLMENT_PICKED, f.state);
        CHECK_I64(k.at[i].call.actor_id, work_task(w, ids[i], TASK_PICK, 0).worker_id);
        check_told_by(&k, after, f.order_id, &k.at[i]);
    }
    work_audit(w);
    crowd_close(&k);
    return statements;
}

TEST_BOTH(gathering, forty_pickers_cost_as_many_statements_as_five)
{
    struct world other = {0};
    int64_t few = of_pickers(w, 5);
    if (!world_open(&other, w->engine)) return;
    int64_t many = of_pickers(&other, 40);
    world_close(&other);
    CHECK(few > 0);
    CHECK_I64(few, many);
}

TEST_BOTH(gathering, a_bad_pick_is_answered_alone_and_the_second_of_two_hears_that_it_is_done)
{
    static struct crowd k;
    int64_t ids[3];
    crowd_open(&k, w);
    work_orders(w, "MUG", 3, ids);
    int64_t after = last_position(&k);
    const char *first = pick(&k, ids[0]), *second = pick(&k, ids[1]), *third = pick(&k, ids[2]);
    struct guest *good = crowd_asks(&k, "/v1/picks/confirm", first, "one");
    struct guest *unknown = crowd_asks(
        &k, "/v1/picks/confirm", two_rows(&k, second, "{\"fulfillment_id\":\"ful_1\"}"), NULL);
    struct guest *again = crowd_asks(&k, "/v1/picks/confirm", first, NULL);
    struct guest *nobody = crowd_asks(
        &k, "/v1/picks/confirm",
        "{\"fulfillment_id\":\"ful_00000000000zz\",\"task_id\":\"tsk_00000000000zz\"}", NULL);
    struct guest *both = crowd_asks(&k, "/v1/picks/confirm", two_rows(&k, third, first), NULL);
    crowd_let_in(&k);
    CHECK(crowd_says(good, 200, "200"));
    CHECK(crowd_says(unknown, 200, "200") && crowd_says(unknown, 200, "task_id"));
    CHECK(crowd_says(again, 200, "task_done"));
    CHECK(crowd_says(nobody, 200, "task_not_found"));
    CHECK(crowd_says(both, 200, "task_done"));
    for (size_t i = 0; i < 3; i++) CHECK(work_get(w, ids[i]).state >= FULFILLMENT_PICKED);
    check_told_by(&k, after, work_get(w, ids[0]).order_id, good);
    check_told_by(&k, after, work_get(w, ids[2]).order_id, both);
    work_audit(w);
    crowd_ask(&k, good);
    CHECK(good->answer.is_replayed);
    crowd_close(&k);
}

struct totes {
    const int64_t *ids; /* of fulfillments of one task each */
    const struct task *tasks;
    size_t n;
};

static enum err fill(struct ctx *c, void *arg)
{
    const struct totes *t = arg;
    struct pick_confirm *jobs = arena_new(c->arena, struct pick_confirm, t->n);
    struct fault *faults = arena_new(c->arena, struct fault, t->n);
    for (size_t i = 0; i < t->n; i++)
        jobs[i] = (struct pick_confirm){.fulfillment_id = t->ids[i],
                                        .task_id = t->tasks[i].task_id,
                                        .quantity = NONE,
                                        .bin_id = NONE,
                                        .version = NONE,
                                        .worker_id = NONE};
    return picking_confirm(c, jobs, t->n, faults);
}

/* The last two bring the same tote, the first one that nobody has picked. */
static int64_t of_totes(struct world *w, size_t n)
{
    static struct crowd k;
    int64_t ids[GUESTS_MAX];
    struct task tasks[GUESTS_MAX];
    crowd_open(&k, w);
    work_orders(w, "MUG", n - 1, ids);
    for (size_t i = 1; i + 1 < n; i++) tasks[i] = work_task(w, ids[i], TASK_PICK, 0);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill, &(struct totes){ids + 1, tasks + 1, n - 2}));
    int64_t after = last_position(&k);
    for (size_t i = 0; i < n; i++)
        crowd_asks(&k, "/v1/packs", row(&k, "fulfillment_id", "ful", ids[i < n - 1 ? i : i - 1]),
                   NULL);
    int64_t statements = crowd_let_in(&k);
    CHECK(crowd_says(&k.at[0], 200, "wrong_state") && crowd_says(&k.at[n - 1], 200, "wrong_state"));
    CHECK_I64(FULFILLMENT_RELEASED, work_get(w, ids[0]).state);
    for (size_t i = 1; i + 1 < n; i++) {
        struct fulfillment f = work_get(w, ids[i]);
        CHECK(crowd_says(&k.at[i], 200, "\"status\":200"));
        CHECK_I64(FULFILLMENT_PACKED, f.state);
        CHECK_I64(1, (int64_t)work_packages(w, f.order_id).count);
        check_told_by(&k, after, f.order_id, &k.at[i]);
    }
    work_audit(w);
    crowd_close(&k);
    return statements;
}

TEST_BOTH(gathering, forty_packers_cost_as_many_statements_as_six_and_no_tote_is_packed_twice)
{
    struct world other = {0};
    int64_t few = of_totes(w, 6);
    if (!world_open(&other, w->engine)) return;
    int64_t many = of_totes(&other, 40);
    world_close(&other);
    CHECK(few > 0);
    CHECK_I64(few, many);
}

static int64_t of_packers(struct world *w, size_t n)
{
    static struct crowd k;
    int64_t ids[GUESTS_MAX], packages[GUESTS_MAX];
    crowd_at(&k, w, parcel_shop(w));
    parcels_sealed(w, "MUG", n, packages);
    for (size_t i = 0; i < n; i++) ids[i] = parcel_get(w, packages[i]).order_id;
    int64_t after = last_position(&k);
    for (size_t i = 0; i < n; i++)
        crowd_asks(&k, "/v1/labels", row(&k, "package_id", "pkg", packages[i]), NULL);
    int64_t statements = crowd_let_in(&k);
    for (size_t i = 0; i < n; i++) {
        CHECK(crowd_says(&k.at[i], 200, "201"));
        CHECK_I64(LABEL_BOUGHT, parcel_label(w, packages[i]).state);
        check_told_by(&k, after, ids[i], &k.at[i]);
    }
    /* The ramp and the road, as they come. */
    after = last_position(&k);
    for (size_t i = 0; i < n; i++) {
        struct text number = parcel_label(w, packages[i]).tracking_number;
        k.at[i].call.target = T("/v1/handovers");
        k.at[i].call.body = text_printf(&w->arena, "{\"scan\":\"%.*s\"}", TEXT_ARG(number));
        k.at[i].is_answered = false;
    }
    crowd_let_in(&k);
    for (size_t i = 0; i < n; i++) {
        CHECK(crowd_says(&k.at[i], 200, "handed_over"));
        check_told_by(&k, after, ids[i], &k.at[i]);
    }
    after = last_position(&k);
    for (size_t i = 0; i < n; i++) {
        struct text number = parcel_label(w, packages[i]).tracking_number;
        k.at[i].call.target = T("/v1/tracking-events");
        k.at[i].call.body = text_printf(&w->arena,
                                        "{\"tracking_number\":\"%.*s\",\"occurred_at\":\"%.*s\","
                                        "\"status\":\"delivered\"}",
                                        TEXT_ARG(number),
                                        TEXT_ARG(instant_text(&w->arena, w->ctx.now_us)));
        k.at[i].is_answered = false;
    }
    crowd_let_in(&k);
    for (size_t i = 0; i < n; i++) {
        CHECK(crowd_says(&k.at[i], 200, "201"));
        CHECK_I64(PACKAGE_DELIVERED, parcel_get(w, packages[i]).state);
        check_told_by(&k, after, ids[i], &k.at[i]);
    }
    parcel_audit(w);
    crowd_close(&k);
    return statements;
}

TEST_BOTH(gathering, labels_of_forty_cost_as_many_statements_as_of_five_and_all_arrive)
{
    struct world other = {0};
    int64_t few = of_packers(w, 5);
    if (!world_open(&other, w->engine)) return;
    int64_t many = of_packers(&other, 40);
    world_close(&other);
    CHECK(few > 0);
    CHECK_I64(few, many);
}

/* Two parcels of one order scanned at two doors: one after the other, each by its own hand. */
TEST_BOTH(gathering, two_hands_at_one_order_are_two_commands)
{
    static struct crowd k;
    int64_t pair[2], others[2];
    crowd_at(&k, w, parcel_shop(w));
    parcel_pair(w, "MUG", pair);
    parcels_sealed(w, "PEN", 2, others);
    int64_t after = last_position(&k);
    for (size_t i = 0; i < 2; i++) {
        crowd_asks(&k, "/v1/labels", row(&k, "package_id", "pkg", pair[i]), NULL);
        crowd_asks(&k, "/v1/labels", row(&k, "package_id", "pkg", others[i]), NULL);
    }
    crowd_let_in(&k);
    struct list told = {0};
    events_of(&k, after, &told);
    const struct event *e = told.at;
    size_t seen = 0;
    for (size_t i = 0; i < told.count; i++)
        for (size_t p = 0; p < 2; p++) {
            if (e[i].kind != EVENT_LABEL_BOUGHT || e[i].subject_id != pair[p]) continue;
            CHECK_I64(k.at[2 * p].call.actor_id, e[i].actor_id);
            seen++;
        }
    CHECK_I64(2, (int64_t)seen);
    parcel_audit(w);
    crowd_close(&k);
}

static const char *on_its_way(struct crowd *k, int64_t label_of)
{
    struct arena *a = &k->w->arena;
    return text_cstr(a, text_printf(a,
                                    "{\"tracking_number\":\"%.*s\",\"occurred_at\":\"%.*s\","
                                    "\"status\":\"in_transit\"}",
                                    TEXT_ARG(parcel_label(k->w, label_of).tracking_number),
                                    TEXT_ARG(instant_text(a, k->w->ctx.now_us))));
}

/* A return's label is none of a package: nobody else's command speaks for it. */
TEST_BOTH(gathering, a_scan_of_a_return_is_told_by_who_reported_it)
{
    static struct crowd k;
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "LAMP", 1, "tok_ok");
    int64_t id = life_place(&l, &d), back;
    life_bring(&l, id);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_return_label(&l, back));
    d = life_card_draft(&l, "LAMP", 1, "tok_ok");
    int64_t other = life_place(&l, &d);
    life_ship(&l, other);
    crowd_at(&k, w, l.shop);
    int64_t after = last_position(&k), parcel = life_package(&l, other, 0).package_id;
    struct guest *first = crowd_asks(&k, "/v1/tracking-events", on_its_way(&k, parcel), NULL);
    struct guest *second = crowd_asks(&k, "/v1/tracking-events", on_its_way(&k, back), NULL);
    crowd_let_in(&k);
    CHECK(crowd_says(first, 200, "201") && crowd_says(second, 200, "201"));
    check_told_by(&k, after, other, first);
    check_told_by(&k, after, id, second);
    crowd_close(&k);
}
