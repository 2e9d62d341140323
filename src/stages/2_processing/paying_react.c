/* stages/2_processing/paying_react.c: what happens to money after something happened to goods. */
#include "base/money.h"
#include "base/sort.h"
#include "domain/orders/package.h"
#include "domain/orders/worth.h"
#include "domain/people/people.h"
#include "stages/2_processing/paying.h"
#include "stages/2_processing/paying_money.h"
#include "stages/2_processing/refunding.h"
#include "store/db.h"

static enum err load(struct ctx *c, const struct event *events, size_t count,
                     struct order_money **all, size_t *orders)
{
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) ids[i] = events[i].order_id;
    return money_load(c, ids, count, true, all, orders);
}

static size_t orders_of_events(struct arena *a, const struct event *events, size_t count,
                               int64_t **out)
{
    int64_t *ids = *out = arena_new(a, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) ids[i] = events[i].order_id;
    sort_i64(ids, count);
    return unique_i64(ids, count);
}

enum err paying_on_placed(struct ctx *c, const struct event *events, size_t count)
{
    struct list payments, intents;
    int64_t *ids;
    size_t n = orders_of_events(c->arena, events, count, &ids);
    TRY(payments_take(c, ids, n, &payments));
    const struct payment *paid = payments.at;
    int64_t *payment_ids = arena_new(c->arena, int64_t, payments.count + 1);
    for (size_t i = 0; i < payments.count; i++) payment_ids[i] = paid[i].payment_id;
    TRY(intents_of_payments(c, payment_ids, payments.count, &intents));
    const struct payment_intent *at = intents.at;
    for (size_t i = 0; i < intents.count; i++) {
        /* Only what came with the order (purpose 0); the rest has its job from who asked. */
        if (at[i].state != INTENT_ASKED || at[i].purpose_id != 0) continue;
        TRY(job_put(c, JOB_PAYMENT, at[i].intent_id, c->now_us));
        TRY(event_put(c, EVENT_PAYMENT_ASKED, at[i].order_id, at[i].intent_id,
                      EVENT_BODY(.word = text_of(word_of(&intent_kind_words, at[i].kind)),
                                 .amount_minor = at[i].amount_minor,
                                 .other_id = at[i].payment_id)));
    }
    return OK;
}

/* --- packages -------------------------------------------------------------------------------- */

/* The packages of a batch of orders, and which of them have been charged for. */
struct parcels {
    struct list packages, lines; /* by order, package; by package, line */
    bool *is_charged;            /* beside packages */
    bool at_door;                /* charged when delivered, not when handed over */
    bool no_cards;               /* the merchant captures by hand */
    bool more_waits;             /* a later event of the batch is about the same order */
};

static bool counts_here(const struct parcels *g, const struct payment *p)
{
    return (p->method == PAY_ON_DELIVERY) == g->at_door;
}

/* A live intent with the package as its purpose: it is charged. */
static void find_charged(struct parcels *g, const struct order_money *m)
{
    const struct payment_intent *intents = m->intents.at;
    const struct package *packages = g->packages.at;
    for (size_t i = 0; i < m->intents.count; i++) {
        if (intents[i].order_id != m->order->order_id) continue;
        const struct payment *p = NULL;
        for (size_t k = 0; k < m->purse_count; k++)
            if (m->purses[k].payment->payment_id == intents[i].payment_id) p = m->purses[k].payment;
        if (!p || !counts_here(g, p)) continue;
        for (size_t k = 0; k < g->packages.count; k++)
            if (packages[k].package_id == intents[i].purpose_id) g->is_charged[k] = true;
    }
}

static void add_units(const struct parcels *g, int64_t package_id, const struct order_money *m,
                      int64_t *units)
{
    const struct package_line *at = g->lines.at;
    for (size_t i = 0; i < g->lines.count; i++)
        for (size_t k = 0; at[i].package_id == package_id && k < m->line_count; k++)
            if (m->lines[k].line_no == at[i].line_no) units[k] += at[i].quantity;
}

/* Are all units in packages that are charged for, or at least all out, with no other package of the
   order waiting in this batch? Then what earlier captures failed to bring is due too. */
static bool is_last(const struct parcels *g, const struct order_money *m, const int64_t *units)
{
    const struct order_state *s = m->state;
    if (!g->more_waits && (g->at_door ? s->delivered : s->shipped) >= s->units - s->cancelled)
        return true;
    int64_t open = 0;
    for (size_t i = 0; i < m->line_count; i++)
        if (line_is_physical(&m->lines[i]))
            open += m->lines[i].quantity - m->lines[i].cancelled - units[i];
    return open <= 0;
}

/* Goods left on account: the customer owes it now. */
static enum err claim(struct ctx *c, struct order_money *m, int64_t amount, int64_t package_id)
{
    for (size_t i = 0; amount > 0 && i < m->purse_count; i++) {
        struct payment *p = m->purses[i].payment;
        if (p->method != PAY_ON_ACCOUNT) continue;
        m->purses[i].committed += amount;
        TRY(payment_change(c, p, (struct payment_change){.authorised = amount}));
        struct money_fact fact = {INTENT_AUTHORISE, amount, package_id, 0, {0}};
        TRY(money_done(c, p, &fact, NULL));
        return money_move(c, p, NONE, ACCOUNT_CUSTOMER, ACCOUNT_RECEIVABLE, amount);
    }
    return OK;
}

static enum err collect(struct ctx *c, struct order_money *m, int64_t amount, int64_t package_id)
{
    for (size_t i = 0; amount > 0 && i < m->purse_count; i++) {
        struct payment *p = m->purses[i].payment;
        if (p->method != PAY_ON_DELIVERY) continue;
        m->purses[i].committed += amount;
        TRY(payment_change(c, p, (struct payment_change){amount, amount, 0, 0}));
        struct money_fact fact = {INTENT_CAPTURE, amount, package_id, 0, {0}};
        TRY(money_done(c, p, &fact, NULL));
        return money_move(c, p, NONE, ACCOUNT_CUSTOMER, ACCOUNT_CARRIER, amount);
    }
    return OK;
}

static enum err charge(struct ctx *c, struct parcels *g, struct order_money *m, size_t at)
{
    const struct package *packages = g->packages.at;
    int64_t package_id = packages[at].package_id;
    int64_t *units = arena_new(c->arena, int64_t, m->line_count + 1);
    for (size_t i = 0; i < g->packages.count; i++)
        if (g->is_charged[i] && packages[i].order_id == m->order->order_id)
            add_units(g, packages[i].package_id, m, units);
    int64_t before = worth_of_units(c->arena, m->order, m->lines, m->line_count, units);
    add_units(g, package_id, m, units);
    g->is_charged[at] = true;
    int64_t worth = worth_of_units(c->arena, m->order, m->lines, m->line_count, units) - before;
    /* What was paid ahead (a gift card, a transfer) pays the first packages. */
    int64_t most = money_uncommitted(m), ahead = before + worth - money_committed(m);
    if (ahead < worth) worth = ahead > 0 ? ahead : 0;
    int64_t amount = worth > most || is_last(g, m, units) ? most : worth;
    if (amount <= 0) return OK;
    if (g->at_door) return collect(c, m, amount, package_id);
    if (!g->no_cards) TRY(money_capture(c, m, amount, package_id, &amount));
    return claim(c, m, amount, package_id);
}

/* Those of the orders that are paid here: at the door few are. */
static enum err paid_here(struct ctx *c, const struct parcels *g, int64_t *ids, size_t *n)
{
    struct list payments;
    size_t kept = 0;
    TRY(payments_of(c, ids, *n, &payments));
    const struct payment *at = payments.at;
    for (size_t i = 0; i < payments.count; i++)
        if (counts_here(g, &at[i]) && (!kept || ids[kept - 1] != at[i].order_id))
            ids[kept++] = at[i].order_id;
    *n = kept;
    return OK;
}

static enum err charge_all(struct ctx *c, const struct event *events, size_t count, bool at_door)
{
    struct order_money *all;
    size_t orders;
    struct parcels g = {.at_door = at_door};
    struct merchant merchant;
    int64_t *ids;
    size_t sought = orders_of_events(c->arena, events, count, &ids);
    TRY(paid_here(c, &g, ids, &sought));
    if (!sought) return OK;
    TRY(money_load(c, ids, sought, true, &all, &orders));
    TRY(merchant_get(c, &merchant));
    g.no_cards = merchant.capture_policy == CAPTURE_BY_HAND;
    TRY(packages_of_orders(c, ids, sought, &g.packages));
    const struct package *packages = g.packages.at;
    int64_t *package_ids = arena_new(c->arena, int64_t, g.packages.count + 1);
    for (size_t i = 0; i < g.packages.count; i++) package_ids[i] = packages[i].package_id;
    TRY(package_lines_of(c, package_ids, g.packages.count, &g.lines));
    g.is_charged = arena_new(c->arena, bool, g.packages.count + 1);
    for (size_t i = 0; i < orders; i++) find_charged(&g, &all[i]);
    for (size_t i = 0; i < count; i++) {
        struct order_money *m = money_in(all, orders, events[i].order_id);
        g.more_waits = false;
        for (size_t k = i + 1; k < count && !g.more_waits; k++)
            g.more_waits = events[k].order_id == events[i].order_id;
        for (size_t k = 0; m && k < g.packages.count; k++)
            if (packages[k].package_id == events[i].subject_id && !g.is_charged[k])
                TRY(charge(c, &g, m, k));
    }
    return OK;
}

enum err paying_capture_on_shipped(struct ctx *c, const struct event *events, size_t count)
{
    return charge_all(c, events, count, false);
}

enum err paying_collect_on_delivered(struct ctx *c, const struct event *events, size_t count)
{
    return charge_all(c, events, count, true);
}

/* --- giving back ----------------------------------------------------------------------------- */

/* What is reserved beyond what the order still owes goes back; the newest first. */
static enum err lower_reserved(struct ctx *c, struct order_money *m)
{
    int64_t spare = -money_uncommitted(m);
    for (size_t i = 0; i < m->purse_count; i++) {
        const struct purse *purse = &m->purses[i];
        spare += purse->capturable;
        if (purse->committed != purse->payment->captured_minor) return OK; /* its answer first */
    }
    for (size_t i = m->purse_count; i-- > 0 && spare > 0;) {
        int64_t part = m->purses[i].capturable < spare ? m->purses[i].capturable : spare;
        if (part <= 0) continue;
        spare -= part;
        TRY(money_ask(c, &m->purses[i], INTENT_VOID, part, 0, T("not needed")));
    }
    return OK;
}

enum err paying_on_cancelled(struct ctx *c, const struct event *events, size_t count)
{
    struct order_money *all;
    size_t orders;
    TRY(load(c, events, count, &all, &orders));
    for (size_t i = 0; i < orders; i++) {
        struct order_money *m = &all[i];
        for (size_t k = 0; k < m->purse_count; k++) {
            struct purse *purse = &m->purses[k];
            if (m->state->commercial == COMMERCIAL_CANCELLED && purse->capturable > 0)
                TRY(money_ask(c, purse, INTENT_VOID, purse->capturable, 0, T("order cancelled")));
        }
        if (m->state->commercial == COMMERCIAL_PLACED) TRY(lower_reserved(c, m));
        enum refund_cause cause = REFUND_FOR_CANCEL;
        for (size_t k = 0; k < count; k++)
            if (events[k].order_id == m->order->order_id && events[k].kind == EVENT_ORDER_CHANGED &&
                !text_is(events[k].word, "cancelled"))
                cause = REFUND_FOR_CHANGE;
        TRY(refund_excess(c, m, cause));
    }
    return OK;
}

/* Cards are asked for the difference; other orders that are paid first wait for it. */
static enum err ask_more(struct ctx *c, struct order_money *m)
{
    int64_t due = money_due(m), hold_id;
    int32_t by = m->order->payment_method;
    bool pays_first = by == PAY_CARD || by == PAY_BANK_TRANSFER;
    bool all_left = m->state->shipped >= m->state->units - m->state->cancelled;
    if (!pays_first || due <= m->policy->tolerance_minor || all_left) return OK;
    if (m->state->commercial != COMMERCIAL_PLACED) return OK;
    struct list holds;
    TRY(holds_of(c, &m->order->order_id, 1, true, &holds));
    const struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++)
        if (at[i].reason == HOLD_PAYMENT) return OK;
    struct text amount = money_text(c->arena, due, text_cstr(c->arena, m->order->currency));
    struct text note = text_printf(c->arena, "%.*s still to pay", TEXT_ARG(amount));
    TRY(hold_put(c, m->order->order_id, HOLD_PAYMENT, note, 0, NONE, &hold_id));
    TRY(event_put(
        c, EVENT_ORDER_HELD, m->order->order_id, hold_id,
        EVENT_BODY(.word = text_of(word_of(&hold_reason_words, HOLD_PAYMENT)), .note = note)));
    struct text token = {0};
    for (size_t i = 0; i < m->purse_count; i++)
        if (m->purses[i].payment->method == PAY_CARD &&
            m->purses[i].payment->authorised_minor > m->purses[i].payment->voided_minor)
            token = m->purses[i].payment->token;
    if (!token.len || m->purse_count >= PAYMENTS_MAX) return OK;
    struct payment p = paying_new(c, m, PAY_CARD, due);
    p.token = token;
    TRY(payment_insert(c, &p));
    struct purse purse = {.payment = &p};
    return money_ask(c, &purse, INTENT_AUTHORISE, due, 0, T("the order changed"));
}

enum err paying_on_changed(struct ctx *c, const struct event *events, size_t count)
{
    struct order_money *all;
    size_t orders;
    TRY(load(c, events, count, &all, &orders));
    for (size_t i = 0; i < orders; i++) {
        if (all[i].state->commercial == COMMERCIAL_DRAFT) continue;
        TRY(refund_excess(c, &all[i], REFUND_FOR_CHANGE));
        TRY(ask_more(c, &all[i]));
    }
    return money_free_holds(c, all, orders);
}
