#include "store/queue.h"

#include "base/time.h"
#include "store/driver.h"

#include <stdlib.h>

/* --- lanes ----------------------------------------------------------------------------------- */

static struct lane *lane_find(const struct queue *q, int64_t merchant_id)
{
    struct lane *l = q->first;
    while (l && l->merchant_id != merchant_id) l = l->next;
    return l;
}

static void lane_append(struct queue *q, struct lane *l)
{
    l->next = NULL;
    *(q->last ? &q->last->next : &q->first) = l;
    q->last = l;
    q->lanes++;
}

static struct lane *lane_add(struct queue *q, int64_t merchant_id)
{
    struct lane *l = q->spare;
    if (l) q->spare = l->next;
    if (!l && !(l = malloc(sizeof *l))) abort();
    *l = (struct lane){.merchant_id = merchant_id};
    lane_append(q, l);
    return l;
}

/* The first lane has had its turn: to the end, or away when nothing is left in it. */
static void lane_rotate(struct queue *q)
{
    struct lane *l = q->first;
    q->first = l->next;
    if (!q->first) q->last = NULL;
    q->lanes--;
    if (l->head) {
        lane_append(q, l);
    } else {
        l->next = q->spare;
        q->spare = l;
    }
}

static void lane_put(struct lane *l, struct unit *u)
{
    u->next = NULL;
    *(l->head ? &l->tail->next : &l->head) = u;
    l->tail = u;
    l->weight += u->weight;
}

static struct unit *lane_take(struct lane *l)
{
    struct unit *u = l->head;
    l->head = u->next;
    if (!l->head) l->tail = NULL;
    u->next = NULL;
    l->weight -= u->weight;
    return u;
}

/* --- in and out ------------------------------------------------------------------------------ */

void queue_free(struct queue *q)
{
    while (q->first) {
        struct lane *l = q->first;
        q->first = l->next;
        l->next = q->spare;
        q->spare = l;
    }
    for (struct lane *l = q->spare, *next; l; l = next) {
        next = l->next;
        free(l);
    }
    *q = (struct queue){0};
}

/* So many times as long as reactions took others come first. */
static int64_t others_share(int64_t late_us)
{
    return late_us < 5 * SECOND_US ? 7 : late_us < 30 * SECOND_US ? 3 : 1;
}

void queue_put(struct queue *q, struct unit *u, int64_t now_us)
{
    if (u->weight < 1) u->weight = 1;
    if (u->ctx->is_behind) {
        lane_put(&q->behind, u);
        return;
    }
    struct lane *l = lane_find(q, u->ctx->merchant_id);
    lane_put(l ? l : lane_add(q, u->ctx->merchant_id), u);
    q->weight += u->weight;
    q->came_us = now_us;
}

bool queue_is_empty(const struct queue *q) { return !q->first && !q->behind.head; }

int64_t queue_ready_us(const struct queue *q, int64_t now_us)
{
    int64_t quiet_us = q->came_us + BEHIND_QUIET_US;
    if (q->first) return 0;
    if (!q->behind.head) return INT64_MAX;
    int64_t at_us = quiet_us < q->behind_from_us ? quiet_us : q->behind_from_us;
    return at_us > now_us ? at_us : 0;
}

bool unit_is_alike(const struct unit *a, const struct unit *b)
{
    return a->together && a->together == b->together && a->kind == b->kind && !a->is_preview &&
           !b->is_preview && a->ctx->merchant_id == b->ctx->merchant_id;
}

struct group {
    struct taken *taken;
    int64_t room;
    struct unit *last;
    size_t count;
};

static void group_add(struct group *g, struct unit *u)
{
    *(g->last ? &g->last->next : &g->taken->first) = u;
    g->last = u;
    g->taken->weight += u->weight;
    if (u->ctx->late_us > g->taken->late_us) g->taken->late_us = u->ctx->late_us;
    g->count++;
}

static bool is_full(const struct group *g)
{
    return g->taken->weight >= g->room || g->count >= GROUP_MAX;
}

static int64_t each_ns(const struct queue *q)
{
    return q->each_ns > 0 ? q->each_ns : EACH_NS_USUAL;
}

static int64_t room_of_group(const struct queue *q)
{
    int64_t room = INT64_C(1000) * GROUP_US / each_ns(q);
    return room < ROOM_LEAST ? ROOM_LEAST : room > GROUP_WEIGHT ? GROUP_WEIGHT : room;
}

/* Every merchant the same weight, until the group is full; what one leaves others have. */
static void take_in_turns(struct queue *q, struct group *g)
{
    while (q->first && !is_full(g)) {
        struct lane *l = q->first;
        int64_t share = g->room / q->lanes, from = g->taken->weight;
        do group_add(g, lane_take(l));
        while (l->head && !is_full(g) && g->taken->weight - from < share);
        lane_rotate(q);
    }
}

/* Where a group cannot share a commit: units that follow each other and are alike. */
static void take_alike(struct queue *q, struct group *g, struct lane *l)
{
    group_add(g, lane_take(l));
    while (l->head && !is_full(g) && g->count < TOGETHER_MAX &&
           unit_is_alike(g->taken->first, l->head))
        group_add(g, lane_take(l));
    if (l == q->first) lane_rotate(q);
}

struct taken queue_take(struct queue *q, bool is_mixed, int64_t now_us)
{
    struct taken t = {.begun_us = now_us};
    struct group g = {.taken = &t, .room = room_of_group(q)};
    t.is_behind = q->behind.head && (!q->first || now_us >= q->behind_from_us);
    if (t.is_behind) {
        while (is_mixed && q->behind.head && !is_full(&g)) group_add(&g, lane_take(&q->behind));
        if (!is_mixed) take_alike(q, &g, &q->behind);
    } else if (is_mixed) {
        take_in_turns(q, &g);
    } else {
        take_alike(q, &g, q->first);
    }
    t.is_telling = !t.is_behind && (q->first || t.weight >= ROOM_LEAST);
    return t;
}

void queue_done(struct queue *q, const struct taken *t, int64_t now_us)
{
    int64_t took_us = now_us - t->begun_us;
    if (t->is_behind) {
        q->behind_from_us = now_us + others_share(t->late_us) * took_us;
        return;
    }
    q->weight -= t->weight;
    if (!t->is_telling) return;
    if (!q->each_ns) q->each_ns = EACH_NS_USUAL;
    q->each_ns += (took_us * 1000 / t->weight - q->each_ns) / 8;
}

bool queue_has_room(const struct queue *q, int64_t merchant_id, int64_t weight, int writers,
                    int64_t most_us)
{
    int64_t room = most_us * 1000 / each_ns(q) * writers;
    if (room < ROOM_LEAST) room = ROOM_LEAST;
    if (q->weight + weight > room) return q->weight == 0; /* something has to be let in */
    if (q->weight <= room / 2) return true;
    /* Half of it is kept for those who have less than their share in it. */
    const struct lane *own = lane_find(q, merchant_id);
    return !own || own->weight + weight <= room / 2 / q->lanes;
}
