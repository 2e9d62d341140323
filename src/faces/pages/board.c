/* faces/pages/board.c: / and /board.json: all open orders by stage, the newest ones or those of one
 * stage, what waits and what happened last. Twelve statements, whatever their number. */
#include "domain/orders/board.h"

#include "base/sort.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/skip.h"
#include "domain/orders/order.h"
#include "domain/people/owner.h"
#include "faces/api/actor_names.h"
#include "faces/pages/page_handlers.h"
#include "queries.h"
#include "store/db.h"
#include "wire/json.h"

enum { BOARD_NEWEST = 12, BOARD_OF_STAGE = 50, BOARD_EVENTS = 12 };

static const struct field query_table[] = {
    FIELD_ENUM(struct board_query, stage, stage_words, .flags = F_NULL,
               .about = "list the orders of this stage, oldest first"),
};
const struct fields board_query_fields = FIELDS("board_query", struct board_query, query_table);

struct board_stage {
    int32_t stage;
    int64_t orders, units;
    struct text units_words; /* "1 unit" */
    bool is_chosen;          /* its orders are those in the list */
    struct text href;        /* chooses it, or all again */
};
static const struct field stage_table[] = {
    FIELD_ENUM(struct board_stage, stage, stage_words),
    FIELD(struct board_stage, orders),
    FIELD(struct board_stage, units),
    FIELD(struct board_stage, units_words),
    FIELD(struct board_stage, is_chosen),
    FIELD(struct board_stage, href),
};
static const struct fields stage_fields = FIELDS("board_stage", struct board_stage, stage_table);

struct board_order {
    int64_t number;
    int32_t stage;
    int64_t holds, units;
    struct text total, owner; /* its code; absent: the merchant's own */
    int64_t created_us;
    struct text came; /* the time, or the day when it was another */
};
static const struct field order_table[] = {
    FIELD(struct board_order, number), FIELD_ENUM(struct board_order, stage, stage_words),
    FIELD(struct board_order, holds),  FIELD(struct board_order, units),
    FIELD(struct board_order, total),  FIELD_INSTANT(struct board_order, created_us, "created_at"),
    FIELD(struct board_order, came),   FIELD(struct board_order, owner),
};
static const struct fields board_order_fields =
    FIELDS("board_order", struct board_order, order_table);

struct board_wait {
    struct text reason;
    int64_t orders;
};
static const struct field wait_table[] = {
    FIELD(struct board_wait, reason),
    FIELD(struct board_wait, orders),
};
static const struct fields board_wait_fields = FIELDS("board_wait", struct board_wait, wait_table);

struct board_event {
    int64_t at_us, position, number;
    struct text kind, actor, when;
};
static const struct field event_table[] = {
    FIELD_INSTANT(struct board_event, at_us, "at"),
    FIELD(struct board_event, position),
    FIELD(struct board_event, kind),
    FIELD(struct board_event, number, .flags = F_NULL),
    FIELD(struct board_event, actor),
    FIELD(struct board_event, when),
};
static const struct fields board_event_fields =
    FIELDS("board_event", struct board_event, event_table);

struct board {
    struct page_frame frame;
    int64_t at_us, orders, units;
    int64_t skipped;                       /* events that a reaction failed at */
    int32_t stage;                         /* whose orders are listed; -1: the newest of all */
    struct text orders_words, units_words; /* "1 open order", "2 units" */
    struct text list_title, list_empty;
    struct list stages, newest, waits, events;
};
#define BOARD_FACTS                                                                                \
    FIELD_INSTANT(struct board, at_us, "at"), FIELD(struct board, orders),                         \
        FIELD(struct board, units), FIELD(struct board, skipped),                                  \
        FIELD(struct board, orders_words), FIELD(struct board, units_words),                       \
        FIELD(struct board, list_title), FIELD(struct board, list_empty),                          \
        FIELD_LIST(struct board, stages, stage_fields),                                            \
        FIELD_LIST(struct board, newest, board_order_fields),                                      \
        FIELD_LIST(struct board, waits, board_wait_fields),                                        \
        FIELD_LIST(struct board, events, board_event_fields)
static const struct field twin_table[] = {FRAME_TEXT(struct board, merchant_name), BOARD_FACTS};
static const struct fields board_fields = FIELDS("live_board", struct board, twin_table);
static const struct field page_table[] = {PAGE_FRAME(struct board), BOARD_FACTS};
const struct fields board_page_fields = FIELDS("board_page", struct board, page_table);

static struct text counted(struct arena *a, int64_t n, const char *thing)
{
    return text_printf(a, "%lld %s%s", (long long)n, thing, n == 1 ? "" : "s");
}

static enum err load_stages(struct ctx *c, struct board *b)
{
    struct list counts;
    struct board_stage *stages = arena_new(c->arena, struct board_stage, STAGE_COMPLETED);
    TRY(order_board(c, &counts));
    const struct stage_count *at = counts.at;
    for (int32_t s = 0; s < STAGE_COMPLETED; s++) stages[s].stage = s;
    for (size_t i = 0; i < counts.count; i++) {
        stages[at[i].stage].orders = at[i].orders;
        stages[at[i].stage].units = at[i].units;
        b->orders += at[i].orders;
        b->units += at[i].units;
    }
    for (int32_t s = 0; s < STAGE_COMPLETED; s++) {
        const char *word = word_of(&stage_words, s);
        stages[s].units_words = counted(c->arena, stages[s].units, "unit");
        stages[s].is_chosen = s == b->stage;
        stages[s].href = s == b->stage ? T("/") : text_printf(c->arena, "/?stage=%s", word);
    }
    b->orders_words = counted(c->arena, b->orders, "open order");
    b->units_words = counted(c->arena, b->units, "unit");
    b->stages = (struct list){stages, STAGE_COMPLETED};
    return OK;
}

/* "10:15", or "21 Nov" of another day, "21 Nov 2025" of another year: UTC, as the clock above. */
static struct text moment(struct ctx *c, int64_t us)
{
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil at = civil_of_us(us), now = civil_of_us(c->now_us);
    if (day_of_us(us) == day_of_us(c->now_us))
        return text_printf(c->arena, "%02d:%02d", at.hour, at.minute);
    if (at.year == now.year) return text_printf(c->arena, "%d %s", at.day, months[at.month - 1]);
    return text_printf(c->arena, "%d %s %d", at.day, months[at.month - 1], at.year);
}

static enum err listed(struct ctx *c, struct board *b, struct list *orders)
{
    b->list_title = T("Newest orders");
    b->list_empty = T("No order has come in yet.");
    if (b->stage < 0) return order_recent(c, INT64_MAX, BOARD_NEWEST, orders);
    enum order_stage stage = (enum order_stage)b->stage;
    const struct board_stage *stages = b->stages.at;
    int64_t all = stages[stage].orders;
    const char *word = word_of(&stage_words, stage);
    TRY(order_list_by_stage(c, stage, 0, BOARD_OF_STAGE, orders));
    b->list_empty = text_printf(c->arena, "No order is in %s.", word);
    b->list_title = text_printf(c->arena, "In %s, oldest first", word);
    if ((int64_t)orders->count < all)
        b->list_title = text_printf(c->arena, "In %s, the oldest %zu of %lld", word, orders->count,
                                    (long long)all);
    return OK;
}

static enum err load_orders(struct ctx *c, struct board *b)
{
    struct list orders, states;
    int64_t ids[BOARD_OF_STAGE];
    TRY(listed(c, b, &orders));
    const struct order *at = orders.at;
    struct owner_codes codes;
    int64_t *owner_ids = arena_new(c->arena, int64_t, orders.count + 1);
    for (size_t i = 0; i < orders.count; i++) owner_ids[i] = at[i].owner_id;
    TRY(owner_codes_load(c, owner_ids, orders.count, &codes));
    for (size_t i = 0; i < orders.count; i++) ids[i] = at[i].order_id;
    TRY(order_states_of(c, ids, orders.count, &states));
    const struct order_state *state = states.at;
    struct board_order *rows = arena_new(c->arena, struct board_order, orders.count + 1);
    for (size_t i = 0; i < orders.count; i++) {
        rows[i].number = at[i].number;
        rows[i].owner = owner_code(&codes, at[i].owner_id);
        rows[i].total =
            money_text(c->arena, at[i].total_minor, text_cstr(c->arena, at[i].currency));
        rows[i].created_us = at[i].created_us;
        rows[i].came = moment(c, at[i].created_us);
        for (size_t k = 0; k < states.count; k++) {
            if (state[k].order_id != at[i].order_id) continue;
            rows[i].stage = state[k].stage;
            rows[i].holds = state[k].holds;
            rows[i].units = state[k].units - state[k].cancelled;
        }
    }
    b->newest = (struct list){rows, orders.count};
    return OK;
}

static enum err load_events(struct ctx *c, struct board *b)
{
    struct list events, orders = {0};
    int64_t last, ids[BOARD_EVENTS];
    size_t n = 0;
    TRY(event_last_position(c, &last));
    TRY(event_feed(c, last > BOARD_EVENTS ? last - BOARD_EVENTS : 0, BOARD_EVENTS, &events));
    const struct event *at = events.at;
    for (size_t i = 0; i < events.count; i++)
        if (at[i].order_id != NONE) ids[n++] = at[i].order_id;
    sort_i64(ids, n);
    TRY(events_name(c, &events));
    if (n) TRY(order_list_of(c, ids, unique_i64(ids, n), &orders));
    struct board_event *rows = arena_new(c->arena, struct board_event, events.count + 1);
    for (size_t i = 0; i < events.count; i++) { /* newest first */
        const struct event *e = &at[events.count - 1 - i];
        rows[i] = (struct board_event){
            .at_us = e->at_us,
            .position = e->position,
            .number = NONE,
            .kind = text_spaced(c->arena, text_of(word_of(&event_words, e->kind))),
            .when = moment(c, e->at_us)};
        if (e->actor_id > 0) rows[i].actor = e->actor;
        for (size_t k = 0; k < orders.count; k++)
            if (((const struct order *)orders.at)[k].order_id == e->order_id)
                rows[i].number = ((const struct order *)orders.at)[k].number;
    }
    b->events = (struct list){rows, events.count};
    return OK;
}

/* The machine's own merchant; the first one where there are several. */
/* The short of stock first; who is held for stock is one of them. */
static enum err load_waits(struct ctx *c, struct board *b)
{
    struct list holds;
    int64_t lacking = 0;
    TRY(shortages_board(c, &lacking));
    TRY(holds_board(c, &holds));
    const struct hold_count *at = holds.at;
    struct board_wait *waits = arena_new(c->arena, struct board_wait, holds.count + 1);
    size_t n = 0;
    if (lacking) waits[n++] = (struct board_wait){T("short of stock"), lacking};
    for (size_t i = 0; i < holds.count; i++) {
        if (at[i].reason == HOLD_STOCK && at[i].orders <= lacking) continue;
        struct text reason = text_of(word_of(&hold_reason_words, at[i].reason));
        waits[n++] = (struct board_wait){text_spaced(c->arena, reason), at[i].orders};
    }
    b->waits = (struct list){waits, n};
    return OK;
}

static enum err load(struct ctx *c, const struct request *in, struct board *b)
{
    const struct board_query *query = in->query;
    struct merchant merchant = {0};
    struct list merchants;
    if (!c->merchant_id) {
        TRY(merchant_list(c, &merchants));
        if (!merchants.count)
            return fail(c, ERR_NOT_FOUND, "merchant_not_found", "there is no merchant yet");
        c->merchant_id = ((const struct merchant *)merchants.at)->merchant_id;
    }
    TRY(merchant_get(c, &merchant));
    *b = (struct board){.frame = page_frame_of(c->arena, &merchant, T("Orders, right now")),
                        .at_us = c->now_us,
                        .stage = query ? query->stage : -1};
    if (b->stage >= STAGE_COMPLETED) b->stage = -1; /* what is over is not on the board */
    b->frame.contact_href = (struct text){0};       /* who looks at this is the shop */
    TRY(skip_count(c, &b->skipped));
    TRY(load_stages(c, b));
    TRY(load_orders(c, b));
    TRY(load_waits(c, b));
    return load_events(c, b);
}

enum err board_page(struct ctx *c, const struct request *in, struct reply *out)
{
    struct board b;
    enum err e = load(c, in, &b);
    if (e == ERR_NOT_FOUND) return page_say(c, 404, NULL, out);
    TRY(e);
    return page_render(c, "board.html", &board_page_fields, &b, 200, out);
}

enum err board_json(struct ctx *c, const struct request *in, struct reply *out)
{
    struct board b;
    TRY(load(c, in, &b));
    out->content = record_to_json(c->arena, &board_fields, &b);
    out->content_type = T("application/json");
    return OK;
}
