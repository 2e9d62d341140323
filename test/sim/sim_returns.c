/* test/sim/sim_returns.c: goods come back: asked for, answered, sent, taken in at any site, looked
 * at again and again; for them money, other goods, the same once more, or nothing. */
#include "sim.h"

#include <string.h>

#define GBP "{\"amount\":%lld,\"currency\":\"GBP\"}"

static const char *const heaps[] = {"waiting", "quarantine", "repair",
                                    "restock", "scrap",      "send_back"};

static bool told(struct sim *s, bool ok) { return ok || sim_fail(s, "%s", s->model->wrong); }

static bool is_state(const json_t *line, const char *state)
{
    return strcmp(json_at(line, "state"), state) == 0;
}

/* --- looking --------------------------------------------------------------------------------- */

static void compare_line(struct sim *s, const struct sim_return *r, const json_t *line)
{
    static const char *const names[] = {"waiting",   "quarantined", "repairing",
                                        "restocked", "scrapped",    "sent_back"};
    int64_t line_no = json_number_at(line, "line_no");
    struct model_return_line *l = &s->model->returns[r->model].lines[line_no];
    for (int heap = 0; heap < MODEL_HEAPS; heap++)
        if (json_number_at(line, names[heap]) != l->heaps[heap])
            sim_fail(s, "return %s line %lld: %lld are %s by the model, shown are %lld", r->id,
                     (long long)line_no, (long long)l->heaps[heap], names[heap],
                     (long long)json_number_at(line, names[heap]));
    if (json_number_at(line, "received") != l->received ||
        json_number_at(line, "ended") != l->ended ||
        json_minor_at(line, "refund") != l->refund_minor)
        sim_fail(
            s,
            "return %s line %lld: %lld received, %lld ended, %lld refunded by the model; shown "
            "are %lld, %lld, %lld",
            r->id, (long long)line_no, (long long)l->received, (long long)l->ended,
            (long long)l->refund_minor, (long long)json_number_at(line, "received"),
            (long long)json_number_at(line, "ended"), (long long)json_minor_at(line, "refund"));
}

/* What was asked back may become less: declined, cut off, or the parcel itself came back. */
static void read_return(struct sim *s, struct sim_return *r, const json_t *view, bool is_new)
{
    json_t *line;
    size_t i;
    r->is_settled = *json_at(view, "settled_at");
    json_array_foreach(json_object_get(view, "lines"), i, line)
    {
        int64_t line_no = json_number_at(line, "line_no"), units = json_number_at(line, "quantity");
        bool is_off = is_state(line, "declined") || is_state(line, "cancelled");
        if (line_no < 1 || line_no > MODEL_LINES || sim_failed(s)) return;
        if (is_off) units = 0;
        if (is_new && units)
            told(s, model_ask_line(s->model, r->model, line_no, units));
        else
            told(s, model_ask_less(s->model, r->model, line_no, units));
        compare_line(s, r, line);
    }
}

static struct sim_return *return_of(struct sim *s, int order, const json_t *view)
{
    const char *id = json_at(view, "id");
    for (size_t i = 0; i < s->return_count; i++)
        if (strcmp(s->returns[i].id, id) == 0) {
            read_return(s, &s->returns[i], view, false);
            return &s->returns[i];
        }
    int at = model_ask_back(s->model, order);
    if (at < 0 || s->return_count == MODEL_RETURNS) {
        sim_fail(s, "too many returns");
        return NULL;
    }
    struct sim_return *r = &s->returns[s->return_count++];
    *r = (struct sim_return){.order = order, .model = at};
    snprintf(r->id, sizeof r->id, "%s", id);
    s->counts->returns++;
    int package = *json_at(view, "package_id") ? sim_find_package(s, json_at(view, "package_id"))
                                               : -1;
    if (package >= 0) told(s, model_parcel_back(s->model, at, package));
    read_return(s, r, view, package < 0);
    return r;
}

/* Those of the order, as they are shown; of each the way of its goods is left out. */
static json_t *look(struct sim *s, int order)
{
    json_t *all = sim_get(s, SIM_TARGET(s, "/v1/orders/%s/returns", s->orders[order].id)), *view;
    size_t i;
    json_array_foreach(json_object_get(all, "data"), i, view) if (!sim_failed(s))
        return_of(s, order, view);
    return json_object_get(all, "data");
}

/* Came back, and somebody has yet to say what becomes of it; line_no 0: of all lines. */
static int64_t undecided(const struct sim *s, const struct sim_return *r, int64_t line_no)
{
    const struct model_return *m = &s->model->returns[r->model];
    int64_t units = 0;
    for (int64_t l = line_no ? line_no : 1; l <= (line_no ? line_no : MODEL_LINES); l++)
        for (int heap = MODEL_WAITING; heap <= MODEL_REPAIRING; heap++)
            units += m->lines[l].heaps[heap];
    return units;
}

bool sim_is_returning(const struct sim *s, int order)
{
    for (size_t i = 0; i < s->return_count; i++) {
        const struct sim_return *r = &s->returns[i];
        if (r->order == order && (!r->is_settled || undecided(s, r, 0))) return true;
    }
    return false;
}

/* --- asking ---------------------------------------------------------------------------------- */

static void ask(struct sim *s, int order, json_t *view)
{
    static const char *const reasons[] = {"damaged", "wrong_item", "defective", "unwanted",
                                          "other"};
    const struct model_order *o = &s->model->orders[order];
    int64_t line_no = 1 + sim_below(s, MODEL_LINES), shipped = 0;
    (void)view;
    look(s, order);
    for (int i = 0; i < MODEL_LINES && !shipped; i++) {
        line_no = line_no % MODEL_LINES + 1;
        shipped = o->lines[line_no].quantity ? o->lines[line_no].shipped : 0;
    }
    if (!shipped || sim_failed(s)) return;
    int64_t can = model_can_ask(s->model, order, line_no);
    if (can < 0) return; /* taken back a moment ago: nobody has thought of the return yet */
    int64_t units = 1 + sim_below(s, can + 1);
    json_t *made = NULL;
    int status = sim_post(s, &made, SIM_TARGET(s, "/v1/orders/%s/returns", s->orders[order].id),
                          "{\"reason\":\"%s\",\"beyond_policy\":%s,\"lines\":[{\"line_no\":%lld,"
                          "\"quantity\":%lld}]}",
                          reasons[sim_below(s, 5)], s->is_healed ? "true" : "false",
                          (long long)line_no, (long long)units);
    if (status < 300)
        return_of(s, order, made);
    else if (units <= can && strcmp(json_at(made, "reason"), "return_too_late") != 0)
        sim_fail(s, "%lld of line %lld cannot be asked back: %s", (long long)units,
                 (long long)line_no, json_at(made, "reason"));
}

/* --- the answer ------------------------------------------------------------------------------ */

static int call(struct sim *s, int order, struct sim_return *r, const char *verb, struct text body,
                json_t **done)
{
    json_t *answer = NULL;
    int status = sim_ask(s, "POST", SIM_TARGET(s, "/v1/returns/%s/%s", r->id, verb), body, &answer);
    if (status < 300 && *json_at(answer, "id")) return_of(s, order, answer);
    if (done) *done = answer;
    return status;
}

static void answer(struct sim *s, int order, struct sim_return *r)
{
    int64_t fee = sim_chance(s, 250) ? 1 + sim_below(s, 200) : 0;
    if (!s->is_healed && sim_chance(s, 150)) {
        call(s, order, r, "decline", T("{\"words\":\"worn\"}"), NULL);
        return;
    }
    int status = call(s, order, r, "approve",
                      SIM_TARGET(s, "{\"words\":\"send it\",\"fee\":" GBP "}", (long long)fee),
                      NULL);
    if (status < 300) s->model->returns[r->model].fee_minor = fee;
    if (status < 300 && sim_chance(s, 300)) call(s, order, r, "label", (struct text){0}, NULL);
}

/* --- goods ----------------------------------------------------------------------------------- */

/* All of one line at one site; there, in as many goes as it likes. */
static void receive(struct sim *s, int order, struct sim_return *r, const json_t *line)
{
    struct model_return *m = &s->model->returns[r->model];
    int64_t line_no = json_number_at(line, "line_no");
    int64_t left = m->lines[line_no].asked - m->lines[line_no].received;
    int64_t units = s->is_healed || sim_chance(s, 600) ? left : 1 + sim_below(s, left + 1);
    const struct model_return_line *l = &m->lines[line_no];
    int site = l->received ? l->site : (int)sim_below(s, MODEL_SITES);
    int64_t has = model_customer_has(s->model, order, line_no);
    json_t *done = NULL;
    if (units > has) units = has; /* nobody sends what they have not got */
    if (units < 1 && s->is_healed) call(s, order, r, "cancel", T("{\"reason\":\"no\"}"), NULL);
    if (units < 1) return;
    struct text body = SIM_TARGET(
        s, "{\"site\":\"%s\",\"lines\":[{\"line_no\":%lld,\"quantity\":%lld,\"seen\":\"opened\"}]}",
        sim_sites[site], (long long)line_no, (long long)units);
    struct text target = SIM_TARGET(s, "/v1/returns/%s/receive", r->id);
    int status = sim_ask(s, "POST", target, body, &done);
    if (status < 300 && told(s, model_get_back(s->model, r->model, line_no, site, units)))
        return_of(s, order, done);
    if (status >= 300 && units <= left)
        sim_fail(s, "%lld of line %lld cannot be taken in: %s", (long long)units,
                 (long long)line_no, json_at(done, "reason"));
}

/* Where the last of it was put. */
static int last_bin(const json_t *view, int site)
{
    const json_t *steps = json_object_get(view, "steps");
    const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
    if (strcmp(json_at(last, "site"), sim_sites[site]) != 0) return -1;
    return sim_word(sim_bins, MODEL_BINS, json_at(last, "bin"));
}

static void inspect(struct sim *s, int order, struct sim_return *r, const json_t *line)
{
    struct model_return *m = &s->model->returns[r->model];
    int64_t line_no = json_number_at(line, "line_no"), here = 0;
    const struct model_return_line *l = &m->lines[line_no];
    struct model_decision d = {.from = -1, .to = MODEL_RESTOCKED, .bin = (int)sim_below(s, 5)};
    if (!s->is_healed) d.to = (enum model_heap)(MODEL_QUARANTINED + sim_below(s, 5));
    if (s->is_healed && sim_chance(s, 300)) d.to = MODEL_SCRAPPED;
    if (sim_chance(s, 400)) d.from = (int)sim_below(s, 3);
    for (int heap = MODEL_WAITING; heap <= MODEL_REPAIRING; heap++)
        if (d.from < 0 ? heap != (int)d.to : heap == d.from) here += l->heaps[heap];
    d.units = s->is_healed ? here : 1 + sim_below(s, here + 1);
    bool is_named = d.to == MODEL_RESTOCKED && sim_chance(s, 700);
    struct buf b = buf_new(&s->step);
    json_t *done = NULL;
    if (d.units < 1) return;
    buf_printf(&b, "{\"lines\":[{\"line_no\":%lld,\"quantity\":%lld,\"disposition\":\"%s\"",
               (long long)line_no, (long long)d.units, heaps[d.to]);
    if (d.from >= 0) buf_printf(&b, ",\"from\":\"%s\"", heaps[d.from]);
    if (is_named)
        buf_printf(&b, ",\"site\":\"%s\",\"bin\":\"%s\"", sim_sites[l->site], sim_bins[d.bin]);
    buf_puts(&b, "}]}");
    int status =
        sim_ask(s, "POST", SIM_TARGET(s, "/v1/returns/%s/inspect", r->id), buf_text(&b), &done);
    bool is_sense = d.units <= here && d.from != (int)d.to;
    if (status >= 300) {
        if (is_sense)
            sim_fail(s, "%lld of line %lld cannot be looked at: %s", (long long)d.units,
                     (long long)line_no, json_at(done, "reason"));
        return;
    }
    if (d.to == MODEL_RESTOCKED && !is_named && (d.bin = last_bin(done, l->site)) < 0)
        sim_fail(s, "restocked into no bin that there is");
    else if (told(s, model_decide(s->model, r->model, line_no, d)))
        return_of(s, order, done);
}

/* --- what the customer gets ------------------------------------------------------------------ */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static void settle(struct sim *s, int order, struct sim_return *r, const json_t *line,
                   int64_t units)
{
    struct model *m = s->model;
    int64_t line_no = json_number_at(line, "line_no");
    int64_t worth = model_worth_back(m, r->model, line_no, units);
    bool is_told = worth < 0 || sim_chance(s, 200), is_credit = sim_chance(s, 250);
    const char *kind = sim_chance(s, 750) ? "refund" : sim_chance(s, 500) ? "repair" : "nothing";
    bool is_refund = strcmp(kind, "refund") == 0;
    int64_t named = sim_below(s, 150), most = model_refundable(m, order);
    struct buf b = buf_new(&s->step);
    json_t *done = NULL;
    buf_printf(&b, "{\"lines\":[{\"line_no\":%lld,\"quantity\":%lld,\"resolution\":\"%s\"",
               (long long)line_no, (long long)units, kind);
    if (is_refund && is_told) buf_printf(&b, ",\"refund\":" GBP, (long long)named);
    if (is_refund && is_credit) buf_puts(&b, ",\"refund_to\":\"store_credit\"");
    buf_puts(&b, "}]}");
    int status =
        sim_ask(s, "POST", SIM_TARGET(s, "/v1/returns/%s/resolve", r->id), buf_text(&b), &done);
    bool is_refused = strcmp(json_at(done, "reason"), "refund_too_large") == 0;
    if (is_refused ? named <= most : status < 300 && is_refund && is_told && named > most)
        sim_fail(s, "%lld named of %lld that may go back: %d", (long long)named, (long long)most,
                 status);
    if (status >= 300) return;
    int64_t refund = is_refund ? named : 0;
    if (is_refund && !is_told) refund = smaller(worth - model_take_fee(m, r->model, worth), most);
    if (told(s, model_end_units(m, r->model, line_no, units, is_refund, refund)))
        return_of(s, order, done);
}

/* The newest of what this return led to. */
static json_t *new_order(struct sim *s, const json_t *view)
{
    const json_t *ends = json_object_get(view, "outcomes");
    const json_t *last = json_array_get(ends, json_array_size(ends) - 1);
    return sim_get(s, SIM_TARGET(s, "/v1/orders/%s", json_at(last, "order_id")));
}

static void exchange(struct sim *s, int order, struct sim_return *r, const json_t *line,
                     int64_t units)
{
    struct model *m = s->model;
    int64_t line_no = json_number_at(line, "line_no");
    int64_t worth = model_worth_back(m, r->model, line_no, units);
    int sku = (int)sim_below(s, MODEL_SKUS);
    int64_t quantity = 1 + sim_below(s, 3), price = m->prices[sku] * quantity;
    int64_t most = model_refundable(m, order);
    const char *payment = s->orders[order].payment;
    json_t *done = NULL;
    if (worth < 0) return; /* of a kit's part nobody but its maker knows */
    struct text body =
        SIM_TARGET(s,
                   "{\"lines\":[{\"line_no\":%lld,\"quantity\":%lld}],\"goods\":[{\"sku\":\"%s\","
                   "\"quantity\":%lld}]%s}",
                   (long long)line_no, (long long)units, sim_skus[sku], (long long)quantity,
                   strcmp(payment, "card") == 0 ? ",\"payment_token\":\"tok_sim\"" : "");
    int status = sim_ask(s, "POST", SIM_TARGET(s, "/v1/returns/%s/exchange", r->id), body, &done);
    if (status >= 300) return;
    json_t *made = new_order(s, done);
    int64_t credit = smaller(worth - model_take_fee(m, r->model, worth), most);
    int64_t due = json_minor_at(made, "total"), used = price - due;
    if (used != smaller(credit, price))
        sim_fail(s, "%lld of %lld stand for the goods, by the model %lld", (long long)used,
                 (long long)price, (long long)credit);
    told(s, model_end_units(m, r->model, line_no, units, true, credit - used));
    struct model_wish w = {.sku = sku, .quantity = quantity, .discount_minor = used};
    sim_take_order(s, order, made, due > 0 ? payment : "on_account", &w);
    if (!sim_failed(s)) return_of(s, order, done);
}

static void replace(struct sim *s, int order, struct sim_return *r, const json_t *line,
                    int64_t units)
{
    struct model *m = s->model;
    int64_t line_no = json_number_at(line, "line_no");
    int sku = m->orders[order].lines[line_no].sku;
    json_t *done = NULL;
    struct text body = SIM_TARGET(s, "{\"lines\":[{\"line_no\":%lld,\"quantity\":%lld}]}",
                                  (long long)line_no, (long long)units);
    int status = sim_ask(s, "POST", SIM_TARGET(s, "/v1/returns/%s/replace", r->id), body, &done);
    if (status >= 300) return;
    told(s, model_end_units(m, r->model, line_no, units, false, 0));
    struct model_wish w = {sku, units, m->prices[sku] * units, 0};
    sim_take_order(s, order, new_order(s, done), "on_account", &w);
    if (!sim_failed(s)) return_of(s, order, done);
}

static void end_line(struct sim *s, int order, struct sim_return *r, const json_t *line)
{
    const struct model_return *m = &s->model->returns[r->model];
    const struct model_return_line *l = &m->lines[json_number_at(line, "line_no")];
    int64_t left = (l->received ? l->received : l->asked) - l->ended;
    if (left < 1) return;
    int64_t units = s->is_healed ? left : 1 + sim_below(s, left);
    if (!s->is_healed && sim_chance(s, 150))
        exchange(s, order, r, line, units);
    else if (!s->is_healed && sim_chance(s, 100))
        replace(s, order, r, line, units);
    else if (l->received)
        settle(s, order, r, line, units);
}

/* --- step by step ---------------------------------------------------------------------------- */

static void go_on(struct sim *s, int order, struct sim_return *r, const json_t *line)
{
    int64_t chance = sim_below(s, 100);
    if (is_state(line, "requested")) {
        answer(s, order, r);
    } else if (is_state(line, "approved") || is_state(line, "in_transit")) {
        if (!s->is_healed && chance < 10)
            call(s, order, r, "cancel", T("{\"reason\":\"kept it\"}"), NULL);
        else if (chance < 30)
            call(s, order, r, "send", (struct text){0}, NULL);
        else if (!s->is_healed && chance < 35)
            end_line(s, order, r, line); /* before it is here */
        else
            receive(s, order, r, line);
    } else if (is_state(line, "received") || is_state(line, "inspected")) {
        if (chance < 15)
            receive(s, order, r, line);
        else if (chance < 60)
            inspect(s, order, r, line);
        else if (!s->is_healed && chance < 63)
            call(s, order, r, "cancel", T("{\"reason\":\"the rest is lost\"}"), NULL);
        else
            end_line(s, order, r, line);
    } else if (is_state(line, "resolved") && (s->is_healed || chance < 20)) {
        inspect(s, order, r, line);
    }
}

void sim_see_to_returns(struct sim *s, int order, json_t *view)
{
    json_t *rows = look(s, order), *at, *line;
    size_t i, k;
    (void)view;
    json_array_foreach(rows, i, at)
    {
        struct sim_return *r = sim_failed(s) ? NULL : return_of(s, order, at);
        json_array_foreach(json_object_get(at, "lines"), k, line)
        {
            if (!r || sim_failed(s)) return;
            bool is_over = is_state(line, "resolved") || is_state(line, "declined") ||
                           is_state(line, "cancelled");
            bool is_done = is_over && !undecided(s, r, json_number_at(line, "line_no"));
            if (s->is_healed ? is_done : sim_chance(s, 400)) continue;
            go_on(s, order, r, line);
            break; /* what is shown of the others is old now */
        }
    }
}

#define AT(stage) (1 << (stage))
const struct sim_verb sim_returns_verbs[] = {
    {"ask back", AT(5) | AT(6) | AT(7), 8, ask},
    {"return", AT(5) | AT(6) | AT(7), 25, sim_see_to_returns},
    {NULL, 0, 0, NULL},
};
