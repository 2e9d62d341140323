/* test/sim/sim_desk.c: customers order, cancel, confirm, complain; the clerk holds, frees, counts,
 * buys and takes money. */
#include "sim.h"

#include <string.h>

#define GBP "{\"amount\":%lld,\"currency\":\"GBP\"}"

/* --- orders ---------------------------------------------------------------------------------- */

enum { WISHES = 3 };

struct basket {
    struct model_wish wishes[WISHES];
    size_t n;
    int64_t shipping_minor, extra_minor;
    struct buf lines;
};

static void fill(struct sim *s, struct basket *b)
{
    b->n = 1 + (size_t)sim_below(s, WISHES);
    for (size_t i = 0; i < b->n; i++) {
        struct model_wish *w = &b->wishes[i];
        bool is_engraved = sim_chance(s, 100);
        *w = (struct model_wish){.sku = (int)sim_below(s, MODEL_SKUS),
                                 .quantity = sim_chance(s, 60) ? 14 : 1 + sim_below(s, 4)};
        if (sim_chance(s, 150)) w->discount_minor = 1 + sim_below(s, 99);
        if (is_engraved) w->services_minor = 900;
        buf_printf(&b->lines, "%s{\"sku\":\"%s\",\"quantity\":%lld", i ? "," : "", sim_skus[w->sku],
                   (long long)w->quantity);
        if (w->discount_minor)
            buf_printf(&b->lines, ",\"discount\":" GBP, (long long)w->discount_minor);
        if (is_engraved)
            buf_puts(&b->lines, ",\"services\":[{\"code\":\"engraving\",\"wording\":\"Ada\"}]");
        buf_putc(&b->lines, '}');
    }
    b->shipping_minor = sim_chance(s, 500) ? 395 : 0;
    b->extra_minor = b->shipping_minor;
}

static const char *choose_payment(struct sim *s)
{
    static const char *const others[] = {"cash", "bank_transfer", "on_account", "on_delivery"};
    return sim_chance(s, 650) ? "card" : others[sim_below(s, 4)];
}

static const char *choose_method(struct sim *s)
{
    static const char *const methods[] = {"express", "signature", "adult_signature", "pickup"};
    return sim_chance(s, 550) ? "standard" : methods[sim_below(s, 4)];
}

/* What was promised at once has to be all that was free, and no more. */
static void check_promised(struct sim *s, int order, const int64_t *can)
{
    json_t *view = sim_look(s, order);
    if (!view || sim_failed(s)) return;
    const struct model_order *o = &s->model->orders[order];
    for (int sku = 0; sku < MODEL_STOCKED; sku++) {
        int64_t got = o->wanted[sku] - model_missing(s->model, order, sku);
        if (got != can[sku])
            sim_fail(s, "order %lld: %lld of %s promised, %lld could be",
                     (long long)s->orders[order].number, (long long)got, sim_skus[sku],
                     (long long)can[sku]);
    }
}

static struct text body_of(struct sim *s, struct basket *b, const struct sim_order *o,
                           const struct sim_cart *cart, bool is_draft)
{
    struct buf body = buf_new(&s->step);
    bool is_wrapped = sim_chance(s, 120);
    if (is_wrapped) b->extra_minor += 350;
    buf_printf(
        &body,
        "{\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"%lld King Street\","
        "\"city\":\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},"
        "\"customer_name\":\"Ada Byron\",\"customer_email\":\"%s\",\"payment_method\":\"%s\","
        "\"method\":\"%s\",\"channel\":\"%s\",\"lines\":[%.*s]",
        (long long)1 + sim_below(s, 100000), o->email, o->payment, o->method,
        sim_chance(s, 300) ? "phone" : "web", TEXT_ARG(buf_text(&b->lines)));
    if (is_wrapped) buf_puts(&body, ",\"services\":[{\"code\":\"gift_wrap\",\"wording\":\"Hi\"}]");
    if (b->shipping_minor) buf_printf(&body, ",\"shipping\":" GBP, (long long)b->shipping_minor);
    if (strcmp(o->payment, "card") == 0 && !is_draft)
        buf_puts(&body, ",\"payment_token\":\"tok_sim\"");
    if (cart) buf_printf(&body, ",\"cart_id\":\"%s\"", cart->id);
    if (is_draft) buf_puts(&body, ",\"is_draft\":true");
    buf_putc(&body, '}');
    return buf_text(&body);
}

static void begin_order(struct sim *s, int at)
{
    int64_t can[MODEL_STOCKED];
    for (int sku = 0; sku < MODEL_STOCKED; sku++)
        can[sku] = model_can_promise(s->model, sku, s->model->orders[at].wanted[sku]);
    s->counts->orders++;
    check_promised(s, at, can);
}

void sim_order_something(struct sim *s)
{
    struct basket b = {.lines = buf_new(&s->step)};
    int at = s->model->order_count;
    json_t *made = NULL;
    if (at == SIM_ORDERS) return;
    s->doing = "place";
    fill(s, &b);
    struct sim_order *o = &s->orders[at];
    *o = (struct sim_order){.payment = choose_payment(s), .method = choose_method(s)};
    snprintf(o->email, sizeof o->email, "ada%d@example.org", at);
    bool is_draft = sim_chance(s, 80);
    sim_look_at_carts(s, false);
    struct sim_cart *cart = is_draft ? NULL : sim_choose_cart(s);
    struct text body = body_of(s, &b, o, cart, is_draft);
    if (sim_ask(s, "POST", T("/v1/orders"), body, &made) >= 300) return;
    struct text id = text_of(json_at(made, "id"));
    if (is_draft) {
        bool is_card = strcmp(o->payment, "card") == 0;
        int status = sim_post(s, &made, SIM_TARGET(s, "/v1/orders/%.*s/place", TEXT_ARG(id)), "%s",
                              is_card ? "{\"payment_token\":\"tok_sim\"}" : "{}");
        if (status >= 300) return;
    }
    snprintf(o->id, sizeof o->id, "%.*s", TEXT_ARG(id));
    o->number = json_number_at(made, "number");
    if (cart) sim_cart_ordered(s, cart);
    if (model_place(s->model, b.wishes, b.n, b.extra_minor) == at) begin_order(s, at);
}

void sim_take_order(struct sim *s, int instead_of, json_t *view, const char *payment,
                    const struct model_wish *wish)
{
    int at = s->model->order_count;
    if (!view || at == SIM_ORDERS) {
        sim_fail(s, "no order in place of order %lld", (long long)s->orders[instead_of].number);
        return;
    }
    struct sim_order *o = &s->orders[at];
    *o = s->orders[instead_of];
    o->payment = payment;
    o->is_cancelled = o->is_closed = o->was_sent = o->is_unwanted = o->is_cancel_due = false;
    o->asked_for = *o->change = 0;
    snprintf(o->id, sizeof o->id, "%s", json_at(view, "id"));
    o->number = json_number_at(view, "number");
    if (model_place(s->model, wish, 1, 0) == at) begin_order(s, at);
}

/* --- customers ------------------------------------------------------------------------------- */

void sim_check_cancelled(struct sim *s, int order, json_t *done, struct model_cancelled c)
{
    if (*s->model->wrong) sim_fail(s, "%s", s->model->wrong);
    const char *names[] = {"units", "put_back", "left"};
    const int64_t by_model[] = {c.units, c.put_back, c.left};
    for (int i = 0; i < 3; i++)
        if (json_number_at(done, names[i]) != by_model[i])
            sim_fail(s, "cancelled: %s is %lld by the model, the answer says %lld", names[i],
                     (long long)by_model[i], (long long)json_number_at(done, names[i]));
    if (json_is_true(json_object_get(done, "is_cancelled")) != c.is_whole)
        sim_fail(s, "by the model the order is %scancelled", c.is_whole ? "" : "not ");
    s->orders[order].is_cancelled = c.is_whole;
}

static void cancel(struct sim *s, int order, json_t *view)
{
    json_t *done = NULL;
    (void)view;
    int status = sim_post(s, &done, SIM_TARGET(s, "/v1/orders/%s/cancel", s->orders[order].id),
                          "{\"reason\":\"changed my mind\"}");
    if (status >= 300) return;
    struct model_cancelled c = model_cancel(s->model, order);
    s->orders[order].is_unwanted = c.left;
    sim_check_cancelled(s, order, done, c);
}

/* Sometimes more than can be. */
static void cancel_some(struct sim *s, int order, json_t *view)
{
    const struct model_order *o = &s->model->orders[order];
    int wish = (int)sim_below(s, (int64_t)o->asked_count);
    int64_t can = model_can_cancel_wish(s->model, order, wish), units = 1 + sim_below(s, can + 1);
    json_t *done = NULL;
    (void)view;
    int status =
        sim_post(s, &done, SIM_TARGET(s, "/v1/orders/%s/cancel", s->orders[order].id),
                 "{\"reason\":\"too many\",\"lines\":[{\"line_no\":%lld,\"quantity\":%lld}]}",
                 (long long)o->asked[wish].line_no, (long long)units);
    if (status < 300)
        sim_check_cancelled(s, order, done, model_cancel_wish(s->model, order, wish, units));
    else if (units <= can && o->state == MODEL_PLACED)
        sim_fail(s, "%lld of line %lld cannot be cancelled where %lld should", (long long)units,
                 (long long)o->asked[wish].line_no, (long long)can);
}

static void confirm(struct sim *s, int order, json_t *view)
{
    (void)view;
    sim_post(s, NULL, SIM_TARGET(s, "/v1/orders/%s/confirm", s->orders[order].id),
             sim_chance(s, 500)
                 ? "{\"words\":\"yes\"}"
                 : "{\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"221B Baker Street\","
                   "\"city\":\"London\",\"postal_code\":\"NW1 6XE\",\"country\":\"GB\"}}");
}

static void complain(struct sim *s, int order, json_t *view)
{
    static const char *const kinds[] = {"late", "damaged", "missing", "question", "other"};
    (void)view;
    sim_post(s, NULL, SIM_TARGET(s, "/v1/orders/%s/cases", s->orders[order].id),
             "{\"kind\":\"%s\",\"words\":\"where is it?\"}", kinds[sim_below(s, 5)]);
}

static void rate(struct sim *s, int order, json_t *view)
{
    (void)view;
    sim_post(s, NULL, SIM_TARGET(s, "/v1/orders/%s/feedback", s->orders[order].id),
             "{\"score\":%lld,\"words\":\"well\"}", (long long)sim_below(s, 11));
}

static bool refund_case(struct sim *s, int order, const char *case_id, int64_t minor)
{
    int64_t most = model_refundable(s->model, order);
    int status = sim_post(
        s, NULL, SIM_TARGET(s, "/v1/orders/%s/cases/%s/resolve", s->orders[order].id, case_id),
        "{\"resolution\":\"refund\",\"refund\":" GBP "}", (long long)minor);
    if (status < 300 && minor > most)
        sim_fail(s, "%lld for a case of %lld that may go back", (long long)minor, (long long)most);
    if (status < 300) s->model->orders[order].credited_minor += minor;
    return status < 300;
}

void sim_answer_cases(struct sim *s, int order, bool is_open_needed)
{
    const char *id = s->orders[order].id;
    json_t *cases = sim_get(s, SIM_TARGET(s, "/v1/orders/%s/cases", id)), *at;
    size_t i;
    bool is_open = false;
    json_array_foreach(json_object_get(cases, "data"), i, at)
    {
        if (*json_at(at, "resolution")) continue;
        bool is_refund = !is_open_needed && sim_chance(s, 300);
        int64_t minor = 1 + sim_below(s, 300);
        is_open = true;
        if (!is_refund || !refund_case(s, order, json_at(at, "id"), minor))
            sim_post(s, NULL,
                     SIM_TARGET(s, "/v1/orders/%s/cases/%s/resolve", id, json_at(at, "id")),
                     "{\"resolution\":\"answer\",\"answer\":\"we are sorry\"}");
    }
    if (is_open_needed && !is_open) complain(s, order, NULL);
}

static void resolve(struct sim *s, int order, json_t *view)
{
    (void)view;
    sim_answer_cases(s, order, false);
}

/* --- the clerk ------------------------------------------------------------------------------- */

static void hold(struct sim *s, int order, json_t *view)
{
    (void)view;
    sim_post(s, NULL, SIM_TARGET(s, "/v1/orders/%s/holds", s->orders[order].id),
             "{\"reason\":\"manual\",\"note\":\"wait a moment\"}");
}

static void pay(struct sim *s, int order, json_t *view)
{
    struct sim_order *o = &s->orders[order];
    struct text target = SIM_TARGET(s, "/v1/orders/%s/payments", o->id);
    int64_t due = json_minor_at(json_object_get(view, "money"), "due");
    if (strcmp(o->payment, "card") == 0) {
        sim_post(s, NULL, target, "{\"method\":\"card\",\"token\":\"tok_sim\"}");
        return;
    }
    if (due > 1 && !s->is_healed && sim_chance(s, 300)) due /= 2;
    if (due > 0)
        sim_post(s, NULL, target, "{\"method\":\"%s\",\"amount\":" GBP ",\"reference\":\"r%lld\"}",
                 sim_chance(s, 500) ? "cash" : "bank_transfer", (long long)due,
                 (long long)sim_below(s, 1000000000));
}

static void pay_something(struct sim *s, int order, json_t *view)
{
    if (strcmp(s->orders[order].payment, "card") != 0 || sim_chance(s, 300)) pay(s, order, view);
}

void sim_see_to_holds(struct sim *s, int order, json_t *view)
{
    json_t *at;
    size_t i;
    json_array_foreach(json_object_get(view, "holds"), i, at)
    {
        if (*json_at(at, "released_at") || (!s->is_healed && sim_chance(s, 300))) continue;
        if (strcmp(json_at(at, "reason"), "payment") == 0)
            pay(s, order, view);
        else if (strcmp(json_at(at, "reason"), "stock") != 0 || s->is_healed || sim_chance(s, 200))
            sim_post(s, NULL,
                     SIM_TARGET(s, "/v1/orders/%s/holds/%s/release", s->orders[order].id,
                                json_at(at, "id")),
                     "%s", "");
    }
}

/* Cash and transfers go back by hand. */
void sim_give_back(struct sim *s, int order)
{
    json_t *view = sim_look(s, order);
    const json_t *money = json_object_get(view, "money");
    int64_t kept = json_minor_at(money, "captured") - json_minor_at(money, "refunded");
    if (view && kept > 0 && strcmp(s->orders[order].payment, "card") != 0)
        sim_post(s, NULL, SIM_TARGET(s, "/v1/orders/%s/refunds", s->orders[order].id),
                 "{\"amount\":" GBP ",\"reason\":\"cancelled\"}", (long long)kept);
}

static void buy(struct sim *s, int sku, int site, int bin, int64_t units)
{
    int status = sim_post(s, NULL, T("/v1/stock/receipts"),
                          "{\"lines\":[{\"sku\":\"%s\",\"site\":\"%s\",\"bin\":\"%s\","
                          "\"quantity\":%lld}]}",
                          sim_skus[sku], sim_sites[site], sim_bins[bin], (long long)units);
    if (status < 300) model_receive(s->model, sku, site, bin, units);
}

void sim_buy_missing(struct sim *s, int order, json_t *view)
{
    (void)view;
    for (int sku = 0; sku < MODEL_STOCKED; sku++) {
        int64_t missing = model_missing(s->model, order, sku);
        if (missing <= 0) continue;
        /* others may wait longer for it */
        if (s->is_healed) missing += 20;
        buy(s, sku, sim_chance(s, 600) ? 0 : 1, sim_chance(s, 700) ? sku : 4, missing);
    }
}

static void count(struct sim *s, int order, json_t *view)
{
    static const char *const reasons[] = {"count", "damaged", "lost", "found"};
    int sku = (int)sim_below(s, MODEL_STOCKED), site = (int)sim_below(s, MODEL_SITES);
    int bin = sim_chance(s, 800) ? sku : 4, reason = (int)sim_below(s, 4);
    int64_t there = s->model->bins[sku][site][bin];
    int64_t units = reason == 0 ? (there > 2 ? there - sim_below(s, 3) : there + sim_below(s, 3))
                                : 1 + sim_below(s, 2);
    int64_t difference = reason == 0 ? units - there : reason == 3 ? units : -units;
    json_t *done = NULL;
    (void)order;
    (void)view;
    int status = sim_post(s, &done, T("/v1/stock/adjustments"),
                          "{\"lines\":[{\"sku\":\"%s\",\"site\":\"%s\",\"bin\":\"%s\",\"reason\":"
                          "\"%s\",\"quantity\":%lld}]}",
                          sim_skus[sku], sim_sites[site], sim_bins[bin], reasons[reason],
                          (long long)units);
    if (status >= 300) return;
    json_t *line = json_array_get(json_object_get(done, "lines"), 0);
    if (json_number_at(line, "difference") != difference)
        sim_fail(s, "%s of %s at %s: the bin differs by %lld, the answer says %lld",
                 reasons[reason], sim_skus[sku], sim_sites[site], (long long)difference,
                 (long long)json_number_at(line, "difference"));
    if (!model_adjust(s->model, sku, site, bin, difference)) sim_fail(s, "%s", s->model->wrong);
}

static void move(struct sim *s, int order, json_t *view)
{
    int sku = (int)sim_below(s, MODEL_STOCKED), site = (int)sim_below(s, MODEL_SITES);
    int64_t units = 1 + sim_below(s, 4);
    int from = sim_chance(s, 500) ? sku : MODEL_BINS - 1;
    (void)order;
    (void)view;
    int status = sim_post(s, NULL, T("/v1/stock/moves"),
                          "{\"lines\":[{\"sku\":\"%s\",\"site\":\"%s\",\"bin\":\"%s\",\"to_bin\":"
                          "\"%s\",\"quantity\":%lld}]}",
                          sim_skus[sku], sim_sites[site], sim_bins[from], sim_bins[4],
                          (long long)units);
    if (status < 300 && !model_move(s->model, sku, site, from, 4, units))
        sim_fail(s, "%s", s->model->wrong);
}

#define AT(stage) (1 << (stage))
#define ANY 0x1FF
const struct sim_verb sim_desk_verbs[] = {
    {"cancel", AT(1) | AT(2) | AT(3) | AT(4) | AT(5), 2, cancel},
    {"cancel some", AT(1) | AT(2) | AT(3) | AT(4) | AT(5), 2, cancel_some},
    {"confirm", AT(1) | AT(2), 2, confirm},
    {"complain", ANY & ~AT(8), 1, complain},
    {"rate", AT(6) | AT(7), 4, rate},
    {"resolve", ANY, 2, resolve},
    {"hold", AT(1) | AT(2) | AT(3), 2, hold},
    {"free", AT(1) | AT(2), 30, sim_see_to_holds},
    {"pay", AT(1) | AT(6), 4, pay_something},
    {"buy", AT(1), 10, sim_buy_missing},
    {"count", ANY, 1, count},
    {"move", ANY, 1, move},
    {NULL, 0, 0, NULL},
};
