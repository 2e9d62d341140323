/* faces/api/order_row.c: an order in a list. */
#include "faces/api/order_view.h"

#include "base/sort.h"
#include "domain/people/owner.h"

struct order_row {
    int64_t order_id, number;
    int32_t channel;
    struct text reference, customer_name, owner;
    int32_t stage, commercial, holds;
    struct money total;
    int64_t units, allocated, shipped, delivered, wish_day, placed_us;
};
static const struct field row_table[] = {
    FIELD_ID(struct order_row, order_id, "id", "ord"),
    FIELD(struct order_row, number),
    FIELD_ENUM(struct order_row, channel, channel_words),
    FIELD(struct order_row, reference),
    FIELD(struct order_row, customer_name),
    FIELD(struct order_row, owner, .about = "code of whose order it is; null: the merchant's own"),
    FIELD_ENUM(struct order_row, stage, stage_words),
    FIELD_ENUM(struct order_row, commercial, commercial_words, .flags = F_WIDE),
    FIELD_FLAGS(struct order_row, holds, hold_reason_words, .about = "why it waits"),
    FIELD(struct order_row, total),
    FIELD(struct order_row, units, .about = "wanted, without cancelled ones"),
    FIELD(struct order_row, allocated, .flags = F_WIDE, .about = "promised"),
    FIELD(struct order_row, shipped),
    FIELD(struct order_row, delivered, .flags = F_WIDE),
    FIELD_DAY(struct order_row, wish_day, "wish_date", .flags = F_WIDE),
    FIELD_INSTANT(struct order_row, placed_us, "placed_at"),
};
const struct fields order_row_fields = FIELDS("order_row", struct order_row, row_table);

static void add_state(struct order_row *row, const struct order_state *s)
{
    row->stage = s->stage;
    row->commercial = s->commercial;
    row->units = s->units - s->cancelled;
    row->allocated = s->allocated;
    row->shipped = s->shipped;
    row->delivered = s->delivered;
}

enum err order_rows(struct ctx *c, const struct list *orders, struct list *out)
{
    const struct order *at = orders->at;
    size_t n = orders->count, count = 0;
    struct list states = {0}, holds = {0};
    struct owner_codes codes;
    int64_t *owner_ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int32_t *reasons = arena_new(c->arena, int32_t, n + 1);
    struct order_row *rows = arena_new(c->arena, struct order_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        ids[i] = at[i].order_id;
        owner_ids[i] = at[i].owner_id;
    }
    TRY(owner_codes_load(c, owner_ids, n, &codes));
    sort_i64(ids, n);
    if (n) {
        TRY(order_states_of(c, ids, n, &states));
        TRY(holds_of(c, ids, n, true, &holds));
    }
    const struct order_state *state = states.at;
    const struct hold *hold = holds.at;
    for (size_t i = 0; i < holds.count; i++)
        reasons[find_i64(ids, n, hold[i].order_id)] |= 1 << hold[i].reason;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t k = find_i64(ids, n, at[i].order_id);
        if (k < 0 || (size_t)k >= states.count) continue; /* read between two commits */
        struct order_row *row = &rows[count++];
        *row = (struct order_row){
            .order_id = at[i].order_id,
            .number = at[i].number,
            .channel = at[i].channel,
            .reference = at[i].reference,
            .customer_name = at[i].customer_name,
            .owner = owner_code(&codes, at[i].owner_id),
            .holds = reasons[k],
            .total = money(at[i].total_minor, text_cstr(c->arena, at[i].currency)),
            .wish_day = at[i].wish_day,
            .placed_us = at[i].placed_us};
        add_state(row, &state[k]);
    }
    *out = (struct list){rows, count};
    return OK;
}
