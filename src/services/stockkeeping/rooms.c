#include "services/stockkeeping/rooms.h"

#include "domain/events/event.h"

enum err room_site(struct ctx *c, struct text code, struct site *out)
{
    struct list sites;
    TRY(site_list(c, &sites));
    const struct site *at = sites.at;
    if (!code.len && sites.count != 1)
        return fail_at(c, ERR_INVALID, "required", "site", "there are %zu sites: which one?",
                       sites.count);
    for (size_t i = 0; i < sites.count; i++) {
        if (code.len && !text_eq(at[i].code, code)) continue;
        *out = at[i];
        return OK;
    }
    return fail_at(c, ERR_INVALID, "unknown_site", "site", "there is no site \"%.*s\"",
                   TEXT_ARG(text_head(code, 40)));
}

enum stock_condition condition_in(const struct site *site, const struct bin *bin,
                                  enum stock_condition condition)
{
    bool is_fresh = condition == CONDITION_SELLABLE || condition == CONDITION_INBOUND;
    if (!is_fresh) return condition;
    if (bin->kind == BIN_QUARANTINE) return CONDITION_QUARANTINED;
    if (bin->kind == BIN_RECEIVING && site->sells_from == SELLS_FROM_PUT_AWAY)
        return CONDITION_INBOUND;
    return CONDITION_SELLABLE;
}

enum err stock_tell_condition(struct ctx *c, int64_t product_id, int64_t bin_id,
                              enum stock_condition from, enum stock_condition to, int64_t quantity,
                              struct text note)
{
    struct text words = text_printf(c->arena, "%s to %s", word_of(&stock_condition_words, from),
                                    word_of(&stock_condition_words, to));
    return event_put(
        c, EVENT_STOCK_CONDITION_CHANGED, NONE, product_id,
        EVENT_BODY(.quantity = quantity, .word = words, .other_id = bin_id, .note = note));
}
