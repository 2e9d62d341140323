/* test/sim/sim_look.c: what users see, held against the model; the audit; the end. */
#include "sim.h"

#include "domain/audit/audit.h"
#include "domain/events/job.h"
#include "faces/jobs/react.h"

#include <string.h>

static const char *const stages[] = {"received",   "processing", "picking",
                                     "packing",    "shipping",   "delivering",
                                     "completing", "completed",  "cancelled"};

static bool differs(struct sim *s, int order, const char *what, int64_t model, int64_t seen)
{
    if (model == seen) return false;
    sim_fail(s, "order %lld (%s): %s is %lld by the model, shown is %lld",
             (long long)s->orders[order].number, s->orders[order].id, what, (long long)model,
             (long long)seen);
    return true;
}

/* --- an order -------------------------------------------------------------------------------- */

/* Wishes become lines in their order: each its goods, or its kit and that one's parts. */
static void read_lines(struct sim *s, int order, const json_t *view)
{
    struct model_order *o = &s->model->orders[order];
    int wish = -1;
    json_t *line;
    size_t i;
    json_array_foreach(json_object_get(view, "lines"), i, line)
    {
        const char *kind = json_at(line, "kind");
        bool is_goods = strcmp(kind, "goods") == 0, is_part = strcmp(kind, "component") == 0;
        if (is_goods || strcmp(kind, "kit") == 0) {
            if (++wish == (int)o->asked_count) break;
            o->asked[wish].line_no = json_number_at(line, "line_no");
        }
        if (is_goods || is_part)
            model_line(s->model, order, json_number_at(line, "line_no"),
                       sim_word(sim_skus, MODEL_STOCKED, json_at(line, "sku")),
                       json_number_at(line, "quantity"), wish);
    }
    if (!model_lines_end(s->model, order)) sim_fail(s, "%s", s->model->wrong);
    differs(s, order, "the total", o->total_minor, json_minor_at(view, "total"));
}

static void read_promises(struct sim *s, int order, const json_t *view)
{
    int64_t open[MODEL_LINES + 1][MODEL_SITES] = {{0}};
    const struct model_order *o = &s->model->orders[order];
    json_t *p;
    size_t i;
    json_array_foreach(json_object_get(view, "promises"), i, p)
    {
        int64_t line_no = json_number_at(p, "line_no");
        int site = sim_word(sim_sites, MODEL_SITES, json_at(p, "site"));
        if (line_no < 1 || line_no > MODEL_LINES || site < 0) continue;
        open[line_no][site] += json_number_at(p, "quantity") - json_number_at(p, "consumed") -
                               json_number_at(p, "released");
    }
    /* What one line gives up another may have got in the same moment. */
    for (int is_more = 0; is_more < 2; is_more++)
        for (int l = 1; l <= MODEL_LINES; l++)
            for (int site = 0; site < MODEL_SITES && o->lines[l].quantity; site++)
                if (open[l][site] != o->lines[l].open[site] &&
                    is_more == (open[l][site] > o->lines[l].open[site]) &&
                    !model_promise(s->model, order, l, site, open[l][site]))
                    sim_fail(s, "order %lld: %s", (long long)s->orders[order].number,
                             s->model->wrong);
    for (int l = 1; l <= MODEL_LINES; l++)
        if (o->lines[l].quantity)
            differs(s, order, "cancelled and still promised", 0, o->lines[l].falling);
}

static void read_state(struct sim *s, int order, const json_t *view)
{
    struct model_order *o = &s->model->orders[order];
    const char *commercial = json_at(view, "commercial");
    bool is_held = false;
    json_t *h;
    size_t i;
    json_array_foreach(json_object_get(view, "holds"), i, h)
        is_held = is_held || !*json_at(h, "released_at");
    model_held(s->model, order, is_held);
    if (strcmp(commercial, "closed") == 0 && o->state == MODEL_PLACED) {
        struct model_sight sight = model_see(s->model, order);
        if (sight.delivered + o->gone < sight.units - sight.cancelled)
            sim_fail(s, "order %lld was closed with %lld of %lld units delivered",
                     (long long)s->orders[order].number, (long long)sight.delivered,
                     (long long)sight.units);
        model_close(s->model, order);
        s->orders[order].is_closed = true;
    } else if (strcmp(commercial, "placed") == 0 && o->state == MODEL_CLOSED) {
        o->state = MODEL_PLACED; /* a complaint opened it again */
        s->orders[order].is_closed = false;
    }
}

/* Of what was paid in this way, without what the payment gave back itself: store credit and what
   staff paid out count as its refund as well. -1: nobody can tell. */
static int64_t kept_by(struct sim *s, int order, const char *method)
{
    json_t *all = sim_get(s, SIM_TARGET(s, "/v1/orders/%s/payments", s->orders[order].id)), *at;
    int64_t kept = 0, elsewhere = 0, others = 0;
    size_t i;
    json_array_foreach(json_object_get(all, "payments"), i, at)
    {
        bool is_it = strcmp(json_at(at, "method"), method) == 0;
        others += !is_it && json_minor_at(at, "captured");
        if (is_it) kept += json_minor_at(at, "captured") - json_minor_at(at, "refunded");
    }
    json_array_foreach(json_object_get(all, "refunds"), i,
                       at) if (strcmp(json_at(at, "target"), "source") != 0)
        elsewhere += json_minor_at(at, "done");
    return elsewhere && others ? -1 : kept + elsewhere;
}

static void compare(struct sim *s, int order, const json_t *view)
{
    struct model_sight m = model_see(s->model, order);
    json_t *money = json_object_get(view, "money");
    bool wrong = differs(s, order, "allocated", m.allocated, json_number_at(view, "allocated")) ||
                 differs(s, order, "picked", m.picked, json_number_at(view, "picked")) ||
                 differs(s, order, "packed", m.packed, json_number_at(view, "packed")) ||
                 differs(s, order, "shipped", m.shipped, json_number_at(view, "shipped")) ||
                 differs(s, order, "delivered", m.delivered, json_number_at(view, "delivered")) ||
                 differs(s, order, "cancelled", m.cancelled, json_number_at(view, "cancelled")) ||
                 differs(s, order, "returned", m.returned, json_number_at(view, "returned")) ||
                 differs(s, order, "owed", m.owed_minor, json_minor_at(money, "owed"));
    if (wrong || !s->is_settled) return;
    if (differs(s, order, "released", m.released, json_number_at(view, "released"))) return;
    if (differs(s, order, "credited", m.credited_minor, json_minor_at(money, "credited"))) return;
    if (strcmp(stages[m.stage], json_at(view, "stage")) != 0)
        sim_fail(s, "order %lld: its stage is %s by the model, shown is %s",
                 (long long)s->orders[order].number, stages[m.stage], json_at(view, "stage"));
    if (strcmp(s->orders[order].payment, "card") != 0) return;
    int64_t kept = kept_by(s, order, "card"), number = s->orders[order].number;
    if (kept >= 0 && sim_bank_is_quiet(s, number))
        differs(s, order, "taken by the bank", sim_bank_kept(s, number), kept);
}

static json_t *read(struct sim *s, int order)
{
    json_t *view = sim_get(s, SIM_TARGET(s, "/v1/orders/%s", s->orders[order].id));
    s->counts->looks++;
    if (!view) {
        sim_fail(s, "order %s cannot be seen", s->orders[order].id);
        return NULL;
    }
    if (!s->model->orders[order].is_read) read_lines(s, order, view);
    read_promises(s, order, view);
    read_state(s, order, view);
    return view;
}

json_t *sim_look(struct sim *s, int order)
{
    json_t *view = read(s, order);
    if (view && !sim_failed(s)) compare(s, order, view);
    return view;
}

void sim_look_at_waiting(struct sim *s, int first)
{
    read(s, first);
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++)
        if (s->model->orders[o].state == MODEL_PLACED && model_missing_all(s->model, o)) read(s, o);
}

/* --- stock ----------------------------------------------------------------------------------- */

bool sim_look_at_stock(struct sim *s)
{
    json_t *stock = sim_get(s, T("/v1/stock?limit=50")), *p, *site;
    size_t i, k;
    json_array_foreach(json_object_get(stock, "data"), i, p)
    {
        int sku = sim_word(sim_skus, MODEL_STOCKED, json_at(p, "sku"));
        json_array_foreach(json_object_get(p, "sites"), k, site)
        {
            int at = sim_word(sim_sites, MODEL_SITES, json_at(site, "site"));
            if (sku < 0 || at < 0) continue;
            int64_t sellable = s->model->sellable[sku][at];
            int64_t available = model_free(s->model, sku, at);
            if (json_number_at(site, "sellable") != sellable)
                return sim_fail(s, "%s at %s: %lld are there by the model, shown are %lld",
                                sim_skus[sku], sim_sites[at], (long long)sellable,
                                (long long)json_number_at(site, "sellable"));
            if (json_number_at(site, "available") != available)
                return sim_fail(s, "%s at %s: %lld are free by the model, shown are %lld",
                                sim_skus[sku], sim_sites[at], (long long)available,
                                (long long)json_number_at(site, "available"));
        }
    }
    return !sim_failed(s);
}

/* --- all ------------------------------------------------------------------------------------- */

/* Orders that something happened to, as the feed of events tells. */
static void read_touched(struct sim *s, bool *touched)
{
    for (bool more = true; more && !sim_failed(s);) {
        struct text target = *s->cursor ? SIM_TARGET(s, "/v1/events?limit=500&after=%s", s->cursor)
                                        : T("/v1/events?limit=500");
        json_t *feed = sim_get(s, target), *e;
        json_t *rows = json_object_get(feed, "data");
        size_t i;
        more = json_array_size(rows) == 500;
        json_array_foreach(rows, i, e)
        {
            const char *id = json_at(e, "order_id");
            for (int o = s->model->order_count - 1; *id && o >= 0; o--)
                if (strcmp(s->orders[o].id, id) == 0) {
                    touched[o] = true;
                    break;
                }
        }
        if (json_array_size(rows))
            snprintf(s->cursor, sizeof s->cursor, "%lld",
                     (long long)json_number_at(json_array_get(rows, json_array_size(rows) - 1),
                                               "position"));
    }
}

static void read_reactions(struct sim *s)
{
    bool *touched = arena_new(&s->step, bool, SIM_ORDERS);
    sim_look_at_carts(s, true);
    read_touched(s, touched);
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++)
        if (touched[o]) read(s, o);
    model_settle(s->model);
    s->is_settled = true;
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++)
        if (touched[o]) sim_look(s, o);
}

/* Whoever held these jobs is gone: they come again when the lease ends. */
static void drop_jobs(struct sim *s)
{
    static const enum job_kind kinds[] = {JOB_PAYMENT, JOB_LABEL, JOB_MESSAGE, JOB_COMPLETE};
    struct list jobs = {0};
    int64_t did = 0;
    s->ctx.now_us = source_now_us(&s->source);
    s->ctx.actor_id = 0;
    if (react_to_events(&s->ctx, &did) != OK) return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (job_claim(&s->ctx, kinds[i], 1 + sim_below(s, 3), 5 * MINUTE_US, &jobs) == OK)
            s->counts->dropped_jobs += (int64_t)jobs.count;
}

/* The customer did not want it any more when it was on its way, and now it is here again. */
static void cancel_what_came(struct sim *s, int order)
{
    s->orders[order].is_cancel_due = false;
    if (s->model->orders[order].state != MODEL_PLACED) return;
    s->orders[order].is_cancelled = model_cancel(s->model, order).is_whole;
}

bool sim_quiet(struct sim *s)
{
    struct ctx *c = &s->ctx;
    volatile int deaths = 0;
    s->link_tries = 0;
    volatile bool is_done = false;
    if (sim_fault(s, "drop", 40)) drop_jobs(s);
    while (!is_done && !sim_failed(s)) {
        s->may_die = deaths < 2;
        if (setjmp(s->death) == 0) {
            c->now_us = source_now_us(&s->source);
            c->actor_id = 0;
            enum err e = react_until_quiet(c);
            while (e != OK && sim_again(s, e, &s->link_tries)) {
                sim_bank_after(s, true); /* what it answered may not be written down */
                c->now_us = source_now_us(&s->source);
                e = react_until_quiet(c);
            }
            if (e != OK)
                sim_fail(s, "a reaction or job failed: %s: %s", c->fault.reason, c->fault.detail);
            is_done = true;
        } else {
            deaths = deaths + 1;
            s->counts->deaths++;
            sim_bank_after(s, true);
            sim_restart(s);
        }
        s->may_die = false;
    }
    sim_bank_after(s, false);
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++)
        if (s->orders[o].is_cancel_due) cancel_what_came(s, o);
    if (!sim_failed(s)) read_reactions(s);
    return !sim_failed(s);
}

void sim_later(struct sim *s, int64_t us)
{
    int64_t until_us = source_now_us(&s->source) + us, due_us = NONE;
    s->is_settled = false;
    struct arena_mark mark = arena_mark(&s->step);
    for (int i = 0; !sim_failed(s); i++) {
        if (i == 3000) sim_fail(s, "a job comes back for ever");
        if (store_reader(&s->ctx) != OK || job_next_due(&s->ctx, &due_us) != OK) {
            sim_fail(s, "the jobs cannot be read: %s", s->ctx.fault.detail);
            return;
        }
        if (due_us == NONE || due_us >= until_us) break;
        /* due already: its holder is gone, and the lease has to end first */
        if (due_us <= source_now_us(&s->source)) due_us = source_now_us(&s->source) + MINUTE_US;
        if (due_us >= until_us) break;
        source_set_us(&s->source, due_us);
        sim_quiet(s);
        sim_forget_trees(s);
        arena_rewind(&s->step, mark);
    }
    source_set_us(&s->source, until_us);
}

bool sim_look_at_all(struct sim *s)
{
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++) {
        sim_look(s, o);
        sim_forget_trees(s);
    }
    return !sim_failed(s) && sim_look_at_stock(s);
}

/* Not every difference has numbers. */
static struct text said(struct sim *s, const struct audit_example *e)
{
    if (e->actual == NONE) return SIM_TARGET(s, "%s", e->what);
    if (e->expected == NONE)
        return SIM_TARGET(s, "%s is off by %lld", e->what, (long long)e->actual);
    return SIM_TARGET(s, "%s is %lld, not %lld", e->what, (long long)e->actual,
                      (long long)e->expected);
}

bool sim_audit(struct sim *s, bool is_everything)
{
    struct audit_report report = {0};
    struct arena_mark mark = arena_mark(&s->step);
    if (!is_everything) report.since_position = s->audited;
    s->counts->audits++;
    sim_mend_link(s); /* the audit reads for long, and repeats nothing */
    enum err asked = audit_run(&s->ctx, &report);
    sim_loosen_link(s);
    if (asked != OK) return sim_fail(s, "the audit failed: %s", s->ctx.fault.detail);
    s->audited = report.head;
    for (size_t i = 0; i < report.count; i++) {
        const struct audit_finding *f = &report.findings[i];
        if (!f->differences) continue;
        const struct audit_example *e = &f->examples[0];
        sim_fail(s, "audit %s: %lld differences, %s: %.*s", f->of->id, (long long)f->differences,
                 e->subject, TEXT_ARG(said(s, e)));
    }
    arena_rewind(&s->step, mark);
    return !sim_failed(s);
}

/* --- the end --------------------------------------------------------------------------------- */

static void check_mails(struct sim *s, int order)
{
    static const char *const templates[] = {"received", "cancelled", "shipped", "delivered"};
    int64_t n[4] = {0}, sent = 0;
    struct model_sight m = model_see(s->model, order);
    json_t *rows = sim_get(s, SIM_TARGET(s, "/v1/orders/%s/messages", s->orders[order].id)), *at;
    size_t i;
    json_array_foreach(json_object_get(rows, "data"), i, at)
    {
        int template = sim_word(templates, 4, json_at(at, "template"));
        if (strcmp(json_at(at, "state"), "waiting") == 0)
            sim_fail(s, "order %lld: a mail still waits", (long long)s->orders[order].number);
        if (template >= 0) n[template]++;
        sent += strcmp(json_at(at, "state"), "sent") == 0;
    }
    differs(s, order, "mails that it came in", 1, n[0]);
    differs(s, order, "mails that it was cancelled", m.stage == 8, n[1]);
    if (m.shipped && s->orders[order].was_sent && !n[2])
        sim_fail(s, "order %lld left and nobody was told", (long long)s->orders[order].number);
    if (m.delivered && !n[3])
        sim_fail(s, "order %lld arrived and nobody was told", (long long)s->orders[order].number);
    if (sim_mails_to(s, s->orders[order].email) < sent)
        sim_fail(s, "order %lld: %lld mails are said to be sent, %lld came",
                 (long long)s->orders[order].number, (long long)sent,
                 (long long)sim_mails_to(s, s->orders[order].email));
}

static void check_end(struct sim *s, int order)
{
    json_t *view = sim_look(s, order), *money = json_object_get(view, "money");
    struct model_sight m = model_see(s->model, order);
    if (sim_failed(s)) return;
    if (m.stage < 7) {
        sim_fail(s, "order %lld (%s) never ends: it stays in %s",
                 (long long)s->orders[order].number, s->orders[order].id, stages[m.stage]);
        return;
    }
    s->counts->completed += m.stage == 7;
    s->counts->cancelled += m.stage == 8;
    s->counts->units_left += m.shipped;
    int64_t taken = json_minor_at(money, "captured"), given = json_minor_at(money, "refunded");
    if (m.stage == 8)
        differs(s, order, "money kept of a cancelled order", 0, taken - given);
    else if (strcmp(s->orders[order].payment, "card") == 0)
        differs(s, order, "money kept by card", m.owed_minor - m.credited_minor, taken - given);
    check_mails(s, order);
}

bool sim_look_at_the_end(struct sim *s)
{
    struct list dead = {0};
    int64_t due_us = NONE;
    s->doing = "the end";
    for (int o = 0; o < s->model->order_count && !sim_failed(s); o++) {
        check_end(s, o);
        sim_forget_trees(s);
    }
    json_t *returns = sim_get(s, T("/v1/returns?limit=1"));
    if (json_array_size(json_object_get(returns, "data"))) sim_fail(s, "a return never ends");
    for (int sku = 0; sku < MODEL_STOCKED; sku++)
        for (int site = 0; site < MODEL_SITES; site++)
            if (s->model->promised[sku][site])
                sim_fail(s, "%lld of %s stay promised", (long long)s->model->promised[sku][site],
                         sim_skus[sku]);
    if (!model_is_conserved(s->model)) sim_fail(s, "%s", s->model->wrong);
    if (store_reader(&s->ctx) != OK || job_list_dead(&s->ctx, &dead) != OK ||
        job_next_due(&s->ctx, &due_us) != OK)
        return sim_fail(s, "the jobs cannot be read: %s", s->ctx.fault.detail);
    if (dead.count) sim_fail(s, "%zu jobs gave up", dead.count);
    if (due_us != NONE) sim_fail(s, "a job is still due");
    return !sim_failed(s) && sim_look_at_stock(s) && sim_audit(s, true);
}
