/* test/sim/sim_change.c: customers who want more, less, something else as well, or have it sent
 * elsewhere: at once, or prepared by a clerk and confirmed when the order has moved on. */
#include "sim.h"

#include <string.h>

enum { WISHES_MOST = 5 };

static const char *const methods[] = {"standard", "express", "signature", "pickup"};

/* --- what is wanted -------------------------------------------------------------------------- */

static struct sim_change choose(struct sim *s, int order)
{
    const struct model_order *o = &s->model->orders[order];
    struct sim_change k = {.wish = -1, .sku = -1};
    int64_t what = sim_below(s, 100);
    if (what < 65) {
        k.wish = (int)sim_below(s, (int64_t)o->asked_count);
        int64_t now = model_wanted(s->model, order, k.wish);
        k.quantity = sim_chance(s, 600) ? now + 1 + sim_below(s, 3) : sim_below(s, now + 1);
    }
    if (what >= 50 && what < 80 && o->asked_count < WISHES_MOST) {
        k.sku = (int)sim_below(s, MODEL_SKUS);
        k.added = 1 + sim_below(s, 3);
    }
    if (what >= 75 && what < 95) k.is_elsewhere = true;
    if (what >= 90 || (k.wish < 0 && k.sku < 0 && !k.is_elsewhere))
        k.method = methods[sim_below(s, 4)];
    return k;
}

static struct text body_of(struct sim *s, int order, const struct sim_change *k)
{
    struct buf b = buf_new(&s->step);
    buf_puts(&b, "{\"reason\":\"the customer called\",\"lines\":[");
    if (k->wish >= 0)
        buf_printf(&b, "{\"line_no\":%lld,\"quantity\":%lld}",
                   (long long)s->model->orders[order].asked[k->wish].line_no,
                   (long long)k->quantity);
    if (k->sku >= 0)
        buf_printf(&b, "%s{\"sku\":\"%s\",\"quantity\":%lld}", k->wish >= 0 ? "," : "",
                   sim_skus[k->sku], (long long)k->added);
    buf_putc(&b, ']');
    if (k->is_elsewhere)
        buf_printf(&b,
                   ",\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"%lld Queen Street\","
                   "\"city\":\"Leeds\",\"postal_code\":\"LS1 4AP\",\"country\":\"GB\"}",
                   (long long)1 + sim_below(s, 100000));
    if (k->method) buf_printf(&b, ",\"method\":\"%s\"", k->method);
    buf_putc(&b, '}');
    return buf_text(&b);
}

/* --- what it does ---------------------------------------------------------------------------- */

static int64_t fewer_of(const struct sim *s, int order, const struct sim_change *k)
{
    int64_t fewer = k->wish < 0 ? 0 : model_wanted(s->model, order, k->wish) - k->quantity;
    return fewer > 0 ? fewer : 0;
}

static void check_worth(struct sim *s, int order, const char *what, const json_t *done)
{
    int64_t worth = model_see(s->model, order).owed_minor;
    if (json_minor_at(done, what) != worth)
        sim_fail(s, "order %lld is worth %lld %s by the model, the answer says %lld",
                 (long long)s->orders[order].number, (long long)worth, what,
                 (long long)json_minor_at(done, what));
}

static void take_over(struct sim *s, int order, const struct sim_change *k, json_t *done)
{
    struct model *m = s->model;
    struct model_cancelled c = {0};
    s->counts->changes++;
    check_worth(s, order, "before", done);
    int64_t fewer = fewer_of(s, order, k), more = 0;
    if (k->wish >= 0 && !fewer) more = k->quantity - model_wanted(m, order, k->wish);
    if (more) model_more(m, order, k->wish, more);
    if (k->sku >= 0) model_add(m, order, k->sku, k->added);
    if (fewer) c = model_cancel_wish(m, order, k->wish, fewer);
    if (k->method) s->orders[order].method = k->method;
    if (*m->wrong) sim_fail(s, "%s", m->wrong);
    if (json_number_at(done, "cancelled") != c.units ||
        json_number_at(done, "put_back") != c.put_back)
        sim_fail(s, "%lld cancelled, %lld to put back by the model; the answer says %lld, %lld",
                 (long long)c.units, (long long)c.put_back,
                 (long long)json_number_at(done, "cancelled"),
                 (long long)json_number_at(done, "put_back"));
    s->orders[order].is_cancelled = c.is_whole;
    /* what it let go of, and what it wants more, is shared with all that wait for it */
    sim_look_at_waiting(s, order);
    sim_look(s, order);
    if (!c.is_whole) check_worth(s, order, "after", done);
    bool is_short = more || k->sku >= 0;
    if (is_short && json_number_at(done, "short_of") != model_missing_all(m, order))
        sim_fail(s, "%lld units are missing by the model, the answer says %lld",
                 (long long)model_missing_all(m, order),
                 (long long)json_number_at(done, "short_of"));
}

/* Of goods alone, of an order that is open, and no more taken away than can be. */
static bool must_work(const struct sim *s, int order, const struct sim_change *k)
{
    const struct model_order *o = &s->model->orders[order];
    int64_t fewer = fewer_of(s, order, k);
    return o->state == MODEL_PLACED && (k->wish >= 0 || k->sku >= 0) && !k->is_elsewhere &&
           !k->method && (!fewer || fewer <= model_can_cancel_wish(s->model, order, k->wish));
}

static void refused(struct sim *s, int order, const struct sim_change *k, const json_t *problem)
{
    if (must_work(s, order, k))
        sim_fail(s, "order %lld: the change was refused: %s: %s",
                 (long long)s->orders[order].number, json_at(problem, "reason"),
                 json_at(problem, "detail"));
}

static void change(struct sim *s, int order, json_t *view)
{
    struct sim_change k = choose(s, order);
    json_t *done = NULL;
    (void)view;
    int status = sim_ask(s, "POST", SIM_TARGET(s, "/v1/orders/%s/change", s->orders[order].id),
                         body_of(s, order, &k), &done);
    if (status < 300)
        take_over(s, order, &k, done);
    else
        refused(s, order, &k, done);
}

/* --- prepared -------------------------------------------------------------------------------- */

static void begin(struct sim *s, int order)
{
    struct sim_order *o = &s->orders[order];
    struct sim_change k = choose(s, order);
    json_t *made = NULL;
    int status = sim_ask(s, "POST", SIM_TARGET(s, "/v1/orders/%s/changes", o->id),
                         body_of(s, order, &k), &made);
    if (status >= 300) return;
    o->prepared = k;
    snprintf(o->change, sizeof o->change, "%s", json_at(made, "id"));
}

/* What happened meanwhile has to be looked at first. */
static int with_version(struct sim *s, int order, const char *verb, struct text body, json_t **done)
{
    const struct sim_order *o = &s->orders[order];
    struct text target = SIM_TARGET(s, "/v1/orders/%s/changes/%s/%s", o->id, o->change, verb);
    int status = sim_ask(s, "POST", target, body, done);
    if (status != 409 || strcmp(json_at(*done, "reason"), "changed_meanwhile") != 0) return status;
    json_t *view = sim_look(s, order);
    sim_seen(s, json_number_at(view, "version"));
    return sim_ask(s, "POST", target, body, done);
}

static void edit(struct sim *s, int order)
{
    struct sim_change k = choose(s, order);
    json_t *done = NULL;
    if (with_version(s, order, "edit", body_of(s, order, &k), &done) < 300)
        s->orders[order].prepared = k;
}

static void confirm(struct sim *s, int order)
{
    struct sim_order *o = &s->orders[order];
    json_t *done = NULL;
    int status = with_version(s, order, "confirm", (struct text){0}, &done);
    if (status < 300) {
        *o->change = 0;
        take_over(s, order, &o->prepared, done);
        return;
    }
    bool is_over = strcmp(json_at(done, "reason"), "change_expired") == 0;
    if (!is_over) refused(s, order, &o->prepared, done);
    if (is_over || s->model->orders[order].state != MODEL_PLACED) *o->change = 0;
}

static void discard(struct sim *s, int order)
{
    struct sim_order *o = &s->orders[order];
    sim_post(s, NULL, SIM_TARGET(s, "/v1/orders/%s/changes/%s/discard", o->id, o->change), "%s",
             "");
    *o->change = 0;
}

static void prepare(struct sim *s, int order, json_t *view)
{
    (void)view;
    if (!*s->orders[order].change)
        begin(s, order);
    else if (sim_chance(s, 300))
        edit(s, order);
    else if (sim_chance(s, 150))
        discard(s, order);
    else
        confirm(s, order);
}

#define AT(stage) (1 << (stage))
const struct sim_verb sim_change_verbs[] = {
    {"change", AT(1) | AT(2) | AT(3) | AT(4) | AT(5), 3, change},
    {"prepare", AT(1) | AT(2) | AT(3) | AT(4) | AT(5), 3, prepare},
    {NULL, 0, 0, NULL},
};
