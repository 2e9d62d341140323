/* test/sim/life_days_returns.c: random days of what comes back; see life_days.h. */
#include "life_days.h"

static void ask(struct days *d, int64_t id)
{
    int64_t back;
    struct return_wish_line lines[2];
    size_t n = 1 + (size_t)days_below(d, 2);
    for (size_t i = 0; i < n; i++)
        lines[i] = (struct return_wish_line){1 + days_below(d, 4), 1 + days_below(d, 3)};
    days_took(d, "ask back", life_ask_lines(&d->l, id, lines, n, &back));
}

static void let_the_carrier_scan(struct days *d, int64_t back)
{
    struct list labels = {0};
    CHECK_OK(&d->l.w->ctx, labels_of(&d->l.w->ctx, &back, 1, &labels));
    const struct label *at = labels.at;
    if (!labels.count) {
        days_took(d, "return label", life_return_label(&d->l, back));
        return;
    }
    struct tracking_report r = {.package_id = NONE,
                                .tracking_number = at[0].tracking_number,
                                .occurred_us = source_now_us(&d->l.w->source) -
                                               days_below(d, 9) * HOUR_US,
                                .status = (int32_t)days_below(d, TRACKING_CANCELLED + 1)};
    days_took(d, "return scan", life_reports(&d->l, &r, 1));
}

static void look_at_goods(struct days *d, int64_t back, const struct return_line *l)
{
    static const enum return_heap heaps[] = {HEAP_RESTOCKED, HEAP_QUARANTINED, HEAP_REPAIRING,
                                             HEAP_SCRAPPED, HEAP_SENT_BACK};
    days_took(d, "inspect",
              life_decide(&d->l, back, l->line_no, 1 + days_below(d, 2), heaps[days_below(d, 5)]));
}

static void give_something(struct days *d, int64_t back, const struct return_line *l)
{
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN"};
    int64_t order_id = NONE, n = 1 + days_below(d, 2);
    bool is_exchange = days_chance(d, 30);
    if (days_chance(d, 15)) {
        days_took(d, "settle as credit",
                  life_settle_to(&d->l, back, l->line_no, n, REFUND_TO_STORE_CREDIT));
    } else if (days_chance(d, 50)) {
        static const enum return_resolution ways[] = {RESOLVED_BY_REFUND, RESOLVED_BY_REFUND,
                                                      RESOLVED_BY_REPAIR, RESOLVED_BY_NOTHING};
        int64_t amount = days_chance(d, 20) ? days_below(d, 2000) : NONE;
        days_took(d, "settle",
                  life_settle(&d->l, back, l->line_no, n, ways[days_below(d, 4)], amount));
    } else {
        struct text goods = text_printf(
            &d->l.w->arena, ",\"goods\":[{\"sku\":\"%s\",\"quantity\":1}]", skus[days_below(d, 4)]);
        struct text body =
            text_printf(&d->l.w->arena, "{\"lines\":[{\"line_no\":%lld,\"quantity\":%lld}]%.*s}",
                        (long long)l->line_no, (long long)n, TEXT_ARG(is_exchange ? goods : T("")));
        days_took(d, "goods for goods",
                  life_goods(&d->l, back, is_exchange ? "exchange" : "replace", body, &order_id));
        days_remember(d, order_id);
    }
}

/* One verb, often one that makes no sense. */
static void do_something(struct days *d, int64_t back)
{
    struct list lines = {0};
    CHECK_OK(&d->l.w->ctx, return_lines_of(&d->l.w->ctx, &back, 1, &lines));
    if (!lines.count) return;
    const struct return_line *l =
        &((const struct return_line *)lines.at)[days_below(d, (int64_t)lines.count)];
    int64_t site = days_chance(d, 60) ? d->l.shop.london : d->l.shop.manchester;
    switch (days_below(d, 12)) {
    case 0: days_took(d, "decline", life_decline(&d->l, back)); break;
    case 1: days_took(d, "give up", life_give_up(&d->l, back)); break;
    case 2:
    case 3: days_took(d, "approve", life_approve(&d->l, back)); break;
    case 4: let_the_carrier_scan(d, back); break;
    case 5:
    case 6:
    case 7:
        days_took(d, "take in", life_take_in(&d->l, back, site, l->line_no, 1 + days_below(d, 2)));
        break;
    case 8:
    case 9: look_at_goods(d, back, l); break;
    default: give_something(d, back, l); break;
    }
}

void days_return(struct days *d, int64_t order_id)
{
    struct list returns = {0};
    CHECK_OK(&d->l.w->ctx, returns_of_orders(&d->l.w->ctx, &order_id, 1, &returns));
    const struct order_return *at = returns.at;
    if (!returns.count || days_chance(d, 25))
        ask(d, order_id);
    else
        do_something(d, at[days_below(d, (int64_t)returns.count)].return_id);
}

static void end_line(struct days *d, const struct return_line *l)
{
    int64_t back = l->return_id, here = l->received > l->ended ? l->received : l->ended;
    if (l->waiting)
        days_took(d, "restock", life_decide(&d->l, back, l->line_no, l->waiting, HEAP_RESTOCKED));
    if (l->received > l->ended)
        days_took(d, "settle",
                  life_settle(&d->l, back, l->line_no, here - l->ended, RESOLVED_BY_REFUND, NONE));
}

void days_end_returns(struct days *d, int64_t order_id)
{
    struct list returns = {0}, lines = {0};
    CHECK_OK(&d->l.w->ctx, returns_of_orders(&d->l.w->ctx, &order_id, 1, &returns));
    const struct order_return *at = returns.at;
    for (size_t i = 0; i < returns.count; i++) {
        if (at[i].settled_us != NONE) continue;
        CHECK_OK(&d->l.w->ctx, return_lines_of(&d->l.w->ctx, &at[i].return_id, 1, &lines));
        const struct return_line *l = lines.at;
        for (size_t k = 0; k < lines.count; k++) end_line(d, &l[k]);
        days_took(d, "give up", life_give_up(&d->l, at[i].return_id)); /* the rest never came */
    }
}
