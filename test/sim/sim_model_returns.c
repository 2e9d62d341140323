/* test/sim/sim_model_returns.c: goods given back, and their worth; see sim_model.h. */
#include "sim_model.h"

#include <string.h>

static struct model_line *order_line(struct model *m, const struct model_return *r, int64_t line_no)
{
    return &m->orders[r->order].lines[line_no];
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

int model_ask_back(struct model *m, int order)
{
    if (m->return_count == MODEL_RETURNS) return -1;
    m->returns[m->return_count] = (struct model_return){.order = order};
    return m->return_count++;
}

/* In returns, and not with the customer again. */
static int64_t asked_of(const struct model *m, int order, int64_t line_no)
{
    int64_t units = 0;
    for (int i = 0; i < m->return_count; i++)
        if (m->returns[i].order == order)
            units += m->returns[i].lines[line_no].asked -
                     m->returns[i].lines[line_no].heaps[MODEL_SENT_BACK];
    return units;
}

int64_t model_can_ask(const struct model *m, int order, int64_t line_no)
{
    return m->orders[order].lines[line_no].shipped - asked_of(m, order, line_no);
}

int64_t model_customer_has(const struct model *m, int order, int64_t line_no)
{
    int64_t units = 0;
    for (int i = 0; i < m->package_count; i++)
        if (m->work[m->packages[i].work].order == order && m->packages[i].where == MODEL_DELIVERED)
            units += m->packages[i].units[line_no];
    for (int i = 0; i < m->return_count; i++) {
        const struct model_return_line *l = &m->returns[i].lines[line_no];
        if (m->returns[i].order != order) continue;
        units += l->heaps[MODEL_SENT_BACK] - (m->returns[i].is_parcel ? 0 : l->received);
    }
    return units;
}

bool model_ask_line(struct model *m, int of, int64_t line_no, int64_t units)
{
    struct model_return *r = &m->returns[of];
    if (line_no < 1 || line_no > MODEL_LINES || units < 1) return model_wrong(m, "no such line");
    if (units > model_can_ask(m, r->order, line_no))
        return model_wrong(m, "line %lld: %lld asked back where %lld could be", (long long)line_no,
                           (long long)units, (long long)model_can_ask(m, r->order, line_no));
    r->lines[line_no].asked += units;
    return true;
}

bool model_ask_less(struct model *m, int of, int64_t line_no, int64_t units)
{
    struct model_return_line *l = &m->returns[of].lines[line_no];
    if (units > l->asked || units < l->received || units < l->ended)
        return model_wrong(m, "line %lld: %lld of a return's %lld units are left",
                           (long long)line_no, (long long)units, (long long)l->asked);
    l->asked = units;
    return true;
}

bool model_get_back(struct model *m, int of, int64_t line_no, int site, int64_t units)
{
    struct model_return *r = &m->returns[of];
    struct model_return_line *l = &r->lines[line_no];
    l->site = site;
    l->received += units;
    l->heaps[MODEL_WAITING] += units;
    order_line(m, r, line_no)->returned += units;
    if (l->received > l->asked) return model_wrong(m, "more came back than was to");
    return true;
}

/* Wishes without an end give way to the parcel's own return. */
int64_t model_answer_back(struct model *m, int package, int64_t line_no)
{
    const struct model_package *p = &m->packages[package];
    const struct model_work *w = &m->work[p->work];
    int64_t over = p->units[line_no] - model_can_ask(m, w->order, line_no), answered = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < m->return_count; i++) {
            const struct model_return_line *l = &m->returns[i].lines[line_no];
            int64_t units = smaller(l->asked - l->received, over - answered);
            if (m->returns[i].order != w->order || l->received || units < 1) continue;
            if (!pass && !l->ended) over -= units;
            if (pass && l->ended && model_get_back(m, i, line_no, w->site, units))
                answered += units;
        }
    return answered;
}

/* A parcel that nobody took: all that was in it, counted as returned already. */
bool model_parcel_back(struct model *m, int of, int package)
{
    struct model_return *r = &m->returns[of];
    const struct model_package *p = &m->packages[package];
    r->is_parcel = true;
    for (int i = 1; i <= MODEL_LINES; i++) {
        struct model_return_line *l = &r->lines[i];
        l->asked = l->received = l->heaps[MODEL_WAITING] = p->units[i] - p->answered[i];
        l->site = m->work[p->work].site;
    }
    return p->where == MODEL_BACK || model_wrong(m, "a return of a parcel that is not back");
}

bool model_decide(struct model *m, int of, int64_t line_no, struct model_decision d)
{
    struct model_return *r = &m->returns[of];
    struct model_return_line *l = &r->lines[line_no];
    int64_t left = d.units;
    for (int heap = MODEL_WAITING; heap <= MODEL_REPAIRING; heap++) {
        bool is_it = d.from < 0 ? heap != (int)d.to : heap == d.from;
        int64_t units = !is_it ? 0 : l->heaps[heap] < left ? l->heaps[heap] : left;
        l->heaps[heap] -= units;
        left -= units;
    }
    l->heaps[d.to] += d.units;
    if (left) return model_wrong(m, "%lld more were decided on than are here", (long long)left);
    if (d.to == MODEL_SENT_BACK) order_line(m, r, line_no)->returned -= d.units;
    if (d.to != MODEL_RESTOCKED) return true;
    int sku = order_line(m, r, line_no)->sku;
    model_receive(m, sku, l->site, d.bin, d.units);
    m->received -= d.units;
    m->left -= d.units;
    return true;
}

/* --- what it is worth ------------------------------------------------------------------------ */

/* Units that money was given for; the others may come back for it. */
static int64_t paid_of(const struct model *m, int order, int64_t line_no)
{
    int64_t units = 0;
    for (int i = 0; i < m->return_count; i++)
        if (m->returns[i].order == order) units += m->returns[i].lines[line_no].paid;
    return units;
}

int64_t model_paid(const struct model_asked *a, int64_t units, int64_t whole)
{
    if (!whole) return 0;
    int64_t later = a->unit_minor * (a->quantity - a->first),
            first = a->first * whole / a->quantity;
    if (units <= first) return model_share(a->minor - later, units, first);
    return a->minor - later + model_share(later, units - first, whole - first);
}

int64_t model_worth_back(const struct model *m, int of, int64_t line_no, int64_t units)
{
    const struct model_return *r = &m->returns[of];
    const struct model_order *o = &m->orders[r->order];
    const struct model_line *l = &o->lines[line_no];
    const struct model_asked *a = &o->asked[l->wish];
    int64_t before = smaller(paid_of(m, r->order, line_no), l->quantity);
    int64_t after = smaller(before + units, l->quantity);
    if (a->sku >= MODEL_STOCKED) return -1; /* a part of a kit */
    return model_paid(a, after, l->quantity) - model_paid(a, before, l->quantity);
}

int64_t model_refundable(const struct model *m, int order)
{
    struct model_sight s = model_see(m, order);
    int64_t left = s.owed_minor - s.credited_minor;
    return left > 0 ? left : 0;
}

int64_t model_take_fee(struct model *m, int of, int64_t worth_minor)
{
    struct model_return *r = &m->returns[of];
    int64_t fee = r->fee_minor < worth_minor ? r->fee_minor : worth_minor;
    r->fee_minor -= fee;
    return fee;
}

bool model_end_units(struct model *m, int of, int64_t line_no, int64_t units, bool is_paid,
                     int64_t refund_minor)
{
    struct model_return *r = &m->returns[of];
    struct model_return_line *l = &r->lines[line_no];
    l->ended += units;
    l->paid += is_paid ? units : 0;
    l->refund_minor += refund_minor;
    m->orders[r->order].credited_minor += refund_minor;
    return l->ended <= l->asked || model_wrong(m, "more units have an end than were asked back");
}
