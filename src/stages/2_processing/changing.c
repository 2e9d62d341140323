#include "stages/2_processing/changing.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/inventory/preorder.h"
#include "domain/orders/change.h"
#include "domain/people/people.h"
#include "stages/2_processing/backorder.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/changing_lines.h"
#include "stages/2_processing/paying_money.h"
#include "store/db.h"

enum { NOTE_MAX = 2000, WORDING_MAX = 500, REASON_MAX = 300, WISH_DAYS_MAX = 2 * 366 };

static const struct field line_table[] = {
    FIELD(struct change_line, line_no, .flags = F_NULL,
          .about = "of the order; absent: a new line"),
    FIELD(struct change_line, sku, .max = 64, .about = "of a new line"),
    FIELD(struct change_line, service, .max = 40,
          .about = "of a new service: the code of an offer"),
    FIELD(struct change_line, name, .max = 200, .about = "of a new charge, which has no SKU"),
    FIELD(struct change_line, parent_line, .flags = F_NULL,
          .about = "of a new service: the line that it is done to; absent: the whole order"),
    FIELD(struct change_line, quantity, .flags = F_NULL, .min = 0, .max = QUANTITY_MAX,
          .about = "as it is to be, of a kit whole kits; 0 takes the line away"),
    FIELD(struct change_line, unit_price, .flags = F_NULL,
          .about = "absent: as it is; of a new line the price list's"),
    FIELD(struct change_line, discount, .flags = F_NULL,
          .about =
              "off the whole line; absent: as it is, and units that are added cost the full price"),
    FIELD(struct change_line, wording, .flags = F_FREE, .max = WORDING_MAX,
          .about = "personalisation"),
};
const struct fields change_line_fields = FIELDS("changed_line", struct change_line, line_table);

static const struct field change_table[] = {
    FIELD_LIST(struct order_change, lines, change_line_fields, .max = CHANGE_LINES_MAX,
               .about = "lines that change, and new ones"),
    FIELD_RECORD(struct order_change, ship_to, postal_address_fields,
                 .about = "the address as a whole; absent: as it is"),
    FIELD_ENUM(struct order_change, method, method_words, .flags = F_NULL,
               .about = "how it is delivered; absent: as it is"),
    FIELD_DAY(struct order_change, wish_day, "wish_date",
              .about = "the day on which the customer wants it; absent: as it is"),
    FIELD(struct order_change, note, .flags = F_FREE, .max = NOTE_MAX,
          .about = "for the people who work on it; absent: as it is"),
    FIELD(struct order_change, shipping, .flags = F_NULL, .about = "what delivery costs"),
    FIELD(struct order_change, reason, .max = REASON_MAX, .about = "told to the customer"),
};
const struct fields order_change_fields = FIELDS("order_change", struct order_change, change_table);

/* --- loading --------------------------------------------------------------------------------- */

static enum err load_catalogue(struct ctx *c, struct changing *k)
{
    const struct change_line *in = k->in->lines.at;
    const struct order_line *lines = k->lines.at;
    struct text *skus = arena_new(c->arena, struct text, k->in->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < k->in->lines.count; i++)
        if (in[i].sku.len) skus[n++] = in[i].sku;
    if (n) TRY(products_by_sku_of(c, k->before.owner_id, skus, n, &k->products));
    const struct product *products = k->products.at;
    TRY(service_list(c, &k->offers));
    const struct service_offer *offers = k->offers.at;
    int64_t *ids =
        arena_new(c->arena, int64_t, k->products.count + k->lines.count + k->offers.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < k->products.count; i++) ids[count++] = products[i].product_id;
    if (count) TRY(kit_parts_of(c, ids, count, &k->parts));
    for (size_t i = 0; i < k->lines.count; i++)
        if (lines[i].product_id != NONE) ids[count++] = lines[i].product_id;
    for (size_t i = 0; i < k->offers.count; i++) ids[count++] = offers[i].service_id;
    return count ? prices_of(c, ids, count, &k->prices) : OK;
}

static enum err load(struct ctx *c, int64_t order_id, struct changing *k)
{
    TRY(order_state_get(c, order_id, &k->state));
    TRY(orders_lock(c, &order_id, 1));
    TRY(order_state_get(c, order_id, &k->state));
    k->is_draft = k->state.commercial == COMMERCIAL_DRAFT;
    if (!k->is_draft && k->state.commercial != COMMERCIAL_PLACED) {
        fail(c, ERR_CONFLICT, "wrong_state", "the order is %s",
             word_of(&commercial_words, k->state.commercial));
        return hint(c, "place a new order, or open a case about this one");
    }
    TRY(order_get(c, order_id, &k->before));
    k->after = k->before;
    TRY(order_lines_of(c, &order_id, 1, &k->lines));
    TRY(merchant_get(c, &k->merchant));
    TRY(changing_tax_load(c, &k->before, k->in->lines.count > 0 || k->in->shipping.minor != NONE,
                          &k->taxes));
    k->fewer = arena_new(c->arena, struct cancel_line, k->in->lines.count + 1);
    if (!k->in->lines.count) return OK;
    TRY(changing_going_back(c, order_id, &k->lines, &k->going_back));
    return load_catalogue(c, k);
}

/* --- the rest -------------------------------------------------------------------------------- */

static enum err change_head(struct ctx *c, struct changing *k)
{
    const struct order_change *in = k->in;
    int64_t today = day_of_us(c->now_us);
    if (text_chars(in->reason) > REASON_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "reason", "more than %d characters", REASON_MAX);
    if (in->wish_day != NONE && (in->wish_day < today || in->wish_day > today + WISH_DAYS_MAX))
        return fail_at(c, ERR_INVALID, "out_of_range", "wish_date",
                       "a day from today to %d days ahead", WISH_DAYS_MAX);
    if (in->wish_day != NONE) k->after.wish_day = in->wish_day;
    if (in->note.at) k->after.note = in->note.len ? in->note : (struct text){0};
    if (in->method >= 0) k->after.method = in->method;
    TRY(changing_money(c, k, in->shipping, "shipping", false));
    if (in->shipping.minor == NONE) return OK;
    k->after.shipping_minor = in->shipping.minor;
    k->after.total_minor += in->shipping.minor - k->before.shipping_minor;
    TRY(changing_tax_shipping(c, &k->taxes, &k->after));
    return OK;
}

static enum err change_address(struct ctx *c, struct changing *k)
{
    struct address to = {.merchant_id = c->merchant_id};
    if (!k->in->ship_to) return OK;
    address_normalise(c->arena, k->in->ship_to, &to.at);
    TRY(address_check(c, &to.at, "ship_to", k->after.method == METHOD_PICKUP));
    to.address_id = source_id(c->source);
    k->after.ship_to_id = to.address_id;
    return address_insert(c, &to);
}

static enum err tell(struct ctx *c, const struct changing *k, int64_t difference)
{
    const struct {
        bool is_it;
        const char *word;
    } all[] = {{k->has_lines, "lines"},
               {k->has_prices && !k->has_lines, "price"},
               {k->after.shipping_minor != k->before.shipping_minor, "shipping"},
               {k->after.ship_to_id != k->before.ship_to_id, "ship_to"},
               {k->after.method != k->before.method, "method"},
               {k->after.wish_day != k->before.wish_day, "wish_date"},
               {!text_eq(k->after.note, k->before.note), "note"}};
    bool is_told = false;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].is_it) continue;
        struct event_body body = EVENT_BODY(.word = text_of(all[i].word), .note = k->in->reason);
        if (!is_told && difference) body.amount_minor = difference;
        is_told = true;
        TRY(event_put(c, EVENT_ORDER_CHANGED, k->before.order_id, NONE, body));
    }
    return OK;
}

static enum err hold(struct ctx *c, int64_t order_id, enum hold_reason reason, struct text note)
{
    int64_t hold_id;
    TRY(hold_put(c, order_id, reason, note, 0, NONE, &hold_id));
    return event_put(
        c, EVENT_ORDER_HELD, order_id, hold_id,
        EVENT_BODY(.word = text_of(word_of(&hold_reason_words, reason)), .note = note));
}

/* --- money ----------------------------------------------------------------------------------- */

/* The card that paid is asked for the difference; without one a person sees to it. */
static enum err ask_card(struct ctx *c, const struct order_money *m)
{
    struct paying_act act = {
        .order_id = m->order->order_id, .payment_id = NONE, .amount_minor = NONE};
    for (size_t i = 0; i < m->purse_count; i++) {
        if (m->purses[i].is_authorising) return OK; /* its answer comes first */
        if (m->purses[i].payment->method == PAY_CARD) act.token = m->purses[i].payment->token;
    }
    return act.token.len ? paying_card(c, &act) : OK;
}

static enum err settle(struct ctx *c, struct changing *k, struct change_outcome *out)
{
    struct order_money m;
    struct list holds;
    int64_t order_id = k->before.order_id;
    TRY(money_load_one(c, order_id, true, &m));
    out->after_minor = m.owed;
    int64_t due = money_due(&m);
    int32_t by = k->before.payment_method;
    bool pays_first = by == PAY_CARD || by == PAY_BANK_TRANSFER;
    if (!pays_first || due <= 0 || m.owed <= out->before_minor) return OK;
    out->due_minor = due;
    out->waits_for_payment = true;
    TRY(holds_of(c, &order_id, 1, true, &holds));
    bool is_held = false;
    for (size_t i = 0; i < holds.count; i++)
        is_held = is_held || ((const struct hold *)holds.at)[i].reason == HOLD_PAYMENT;
    if (!is_held)
        TRY(hold(c, order_id, HOLD_PAYMENT,
                 text_printf(c->arena, "%.*s more since it was changed",
                             TEXT_ARG(money_text(c->arena, due,
                                                 text_cstr(c->arena, k->before.currency))))));
    return ask_card(c, &m);
}

/* --- the whole ------------------------------------------------------------------------------- */

/* What is sold before it is there is counted when it is ordered: more of it is a new order. */
static enum err check_ahead(struct ctx *c, const struct changing *k)
{
    struct list preorders, now;
    const struct order_line *before = k->lines.at;
    TRY(preorders_of(c, k->more, k->more_count, &preorders));
    if (!preorders.count) return OK;
    TRY(order_lines_of(c, &k->before.order_id, 1, &now));
    const struct order_line *l = now.at;
    for (size_t i = 0; i < now.count; i++) {
        int64_t missing = l[i].quantity - l[i].cancelled - l[i].allocated;
        if (!line_is_physical(&l[i]) || !preorder_in(&preorders, l[i].product_id)) continue;
        for (size_t b = 0; b < k->lines.count; b++)
            if (before[b].line_no == l[i].line_no)
                missing -= before[b].quantity - before[b].cancelled - before[b].allocated;
        if (missing <= 0) continue;
        fail_at(c, ERR_CONFLICT, "preorder_only_new", "lines",
                "%lld more units would be sold before they are there", (long long)missing);
        return hint(c, "place a new order for them: it is counted under the cap");
    }
    return OK;
}

/* What stands for another line is there, or there is no swap. */
static enum err promise_standing(struct ctx *c, const struct changing *k,
                                 struct change_outcome *out)
{
    struct list lines;
    int64_t promised;
    if (!k->standing_line) return OK;
    out->new_line = k->standing_line;
    TRY(backorder_promise_order(c, k->before.order_id, &k->standing_product, 1, &promised));
    TRY(db_flush(c));
    TRY(order_lines_of(c, &k->before.order_id, 1, &lines));
    const struct order_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++) {
        if (l[i].line_no != k->standing_line || l[i].allocated == l[i].quantity) continue;
        fail(c, ERR_CONFLICT, "insufficient_stock", "%lld of %lld units are there",
             (long long)l[i].allocated, (long long)l[i].quantity);
        return hint(c, "the order waits for what was ordered");
    }
    out->promised = promised;
    return OK;
}

/* What is more is promised like whatever waits for stock: the oldest order first. */
static enum err promise_more(struct ctx *c, struct changing *k, struct change_outcome *out)
{
    struct order_state now;
    int64_t promised, order_id = k->before.order_id;
    if (!k->more_count || k->is_draft) return OK;
    TRY(backorder_promise(c, k->more, k->more_count, &promised));
    TRY(db_flush(c));
    TRY(order_state_get(c, order_id, &now));
    out->promised = now.allocated - k->state.allocated;
    out->short_of = now.units - now.cancelled - now.allocated;
    if (!out->short_of) return OK;
    TRY(check_ahead(c, k));
    if (k->merchant.stock_policy == STOCK_ALL) {
        fail_at(c, ERR_CONFLICT, "insufficient_stock", "lines", "%lld units are not there",
                (long long)out->short_of);
        return hint(c, "add less, or let the merchant's stock policy be split, backorder or hold");
    }
    TRY(event_put(c, EVENT_ORDER_SHORT, order_id, NONE, EVENT_BODY(.quantity = out->short_of)));
    return k->merchant.stock_policy == STOCK_HOLD
               ? hold(c, order_id, HOLD_STOCK,
                      text_printf(c->arena, "%lld units are not there", (long long)out->short_of))
               : OK;
}

static enum err take_away(struct ctx *c, struct changing *k, struct change_outcome *out)
{
    struct cancel_outcome cut;
    if (!k->fewer_count) return OK;
    TRY(order_cancel_lines(c, k->before.order_id, k->fewer, k->fewer_count, k->in->reason, &cut));
    out->cancelled = cut.units;
    out->put_back = cut.put_back;
    out->fulfillments += cut.fulfillments;
    return db_flush(c);
}

static bool is_same(const struct changing *k)
{
    const struct order *a = &k->before, *b = &k->after;
    return !k->in->lines.count && a->ship_to_id == b->ship_to_id && a->method == b->method &&
           a->wish_day == b->wish_day && text_eq(a->note, b->note) &&
           a->shipping_minor == b->shipping_minor;
}

enum err order_change(struct ctx *c, int64_t order_id, const struct order_change *in,
                      struct change_outcome *out)
{
    struct changing k = {.in = in};
    struct order_money m;
    TRY(load(c, order_id, &k));
    TRY(money_load_one(c, order_id, false, &m));
    *out = (struct change_outcome){.order_id = order_id,
                                   .before_minor = m.owed,
                                   .currency = k.before.currency,
                                   .new_line = NONE};
    TRY(change_head(c, &k));
    TRY(change_address(c, &k));
    if (is_same(&k))
        return fail(c, ERR_INVALID, "nothing_to_change", "the change says nothing new");
    TRY(changing_lines(c, &k));
    if (k.after.total_minor < 0 || k.after.total_minor > MONEY_MINOR_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "lines", "the total does not fit");
    TRY(order_agree(c, &k.before, &k.after));
    TRY(changing_touch(c, &k.touched));
    if (!k.is_draft &&
        (k.after.ship_to_id != k.before.ship_to_id || k.after.method != k.before.method))
        TRY(changing_readdress(c, &k.after, &out->fulfillments));
    TRY(db_flush(c));
    TRY(take_away(c, &k, out));
    TRY(promise_standing(c, &k, out));
    TRY(promise_more(c, &k, out));
    TRY(tell(c, &k, k.after.total_minor - k.before.total_minor));
    if (k.held_price.len) TRY(hold(c, order_id, HOLD_PRICE, k.held_price));
    out->after_minor = k.after.total_minor;
    return k.is_draft ? OK : settle(c, &k, out);
}
