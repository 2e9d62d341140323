/* test/sim/sim_model.c: see sim_model.h. */
#include "sim_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool wrong(struct model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(struct model *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!*m->wrong) vsnprintf(m->wrong, sizeof m->wrong, format, args);
    va_end(args);
    return false;
}

/* --- stock ----------------------------------------------------------------------------------- */

static void put_in(struct model *m, int sku, int site, int bin, int64_t units)
{
    m->bins[sku][site][bin] += units;
    m->sellable[sku][site] += units;
}

void model_receive(struct model *m, int sku, int site, int bin, int64_t units)
{
    put_in(m, sku, site, bin, units);
    m->received += units;
}

bool model_adjust(struct model *m, int sku, int site, int bin, int64_t difference)
{
    if (m->bins[sku][site][bin] + difference < 0)
        return wrong(m, "%lld units written off a bin with %lld", (long long)-difference,
                     (long long)m->bins[sku][site][bin]);
    put_in(m, sku, site, bin, difference);
    m->written_off -= difference;
    return true;
}

bool model_move(struct model *m, int sku, int site, int from, int to, int64_t units)
{
    if (m->bins[sku][site][from] < units)
        return wrong(m, "%lld units moved out of a bin with %lld", (long long)units,
                     (long long)m->bins[sku][site][from]);
    m->bins[sku][site][from] -= units;
    m->bins[sku][site][to] += units;
    return true;
}

static void open_more(struct model *m, struct model_line *l, int site, int64_t units)
{
    l->open[site] += units;
    m->promised[l->sku][site] += units;
}

int64_t model_free(const struct model *m, int sku, int site)
{
    return m->sellable[sku][site] - m->promised[sku][site];
}

/* --- orders ---------------------------------------------------------------------------------- */

int model_place(struct model *m, const struct model_wish *wishes, size_t n, int64_t extra_minor)
{
    if (m->order_count == MODEL_ORDERS) return -1;
    struct model_order *o = &m->orders[m->order_count];
    memset(o, 0, sizeof *o);
    o->total_minor = extra_minor;
    for (size_t i = 0; i < n; i++) {
        const struct model_wish *w = &wishes[i];
        o->total_minor += (m->prices[w->sku] + w->services_minor) * w->quantity;
        o->total_minor -= w->discount_minor;
        if (w->sku < MODEL_STOCKED) o->wanted[w->sku] += w->quantity;
        for (int part = 0; w->sku >= MODEL_STOCKED && part < MODEL_STOCKED; part++)
            o->wanted[part] += m->kit[part] * w->quantity;
    }
    return m->order_count++;
}

static struct model_line *line_of(struct model *m, int order, int64_t line_no)
{
    static struct model_line none;
    if (line_no >= 1 && line_no <= MODEL_LINES) return &m->orders[order].lines[line_no];
    wrong(m, "order %d has no line %lld", order, (long long)line_no);
    memset(&none, 0, sizeof none);
    return &none;
}

bool model_line(struct model *m, int order, int64_t line_no, int sku, int64_t quantity)
{
    struct model_line *l = line_of(m, order, line_no);
    l->sku = sku;
    l->quantity = quantity;
    return !*m->wrong;
}

bool model_lines_end(struct model *m, int order)
{
    struct model_order *o = &m->orders[order];
    o->is_read = true;
    for (int sku = 0; sku < MODEL_STOCKED; sku++) {
        int64_t units = 0;
        for (int l = 1; l <= MODEL_LINES; l++)
            if (o->lines[l].quantity && o->lines[l].sku == sku) units += o->lines[l].quantity;
        if (units != o->wanted[sku])
            return wrong(m, "%lld of product %d ordered, %lld are shown", (long long)o->wanted[sku],
                         sku, (long long)units);
    }
    return true;
}

int64_t model_can_promise(const struct model *m, int sku, int64_t wanted)
{
    int64_t units = 0;
    for (int site = 0; site < MODEL_SITES; site++) {
        int64_t here = model_free(m, sku, site);
        if (here > 0) units += here;
    }
    return units < wanted ? units : wanted;
}

bool model_promise(struct model *m, int order, int64_t line_no, int site, int64_t open)
{
    struct model_line *l = line_of(m, order, line_no);
    int64_t more = open - l->open[site];
    int64_t free_units = l->quantity ? model_free(m, l->sku, site) : 0;
    if (open < 0) return wrong(m, "%lld units promised", (long long)open);
    if (more > 0 && more > free_units)
        return wrong(m, "product %d at site %d: %lld more promised where %lld were free", l->sku,
                     site, (long long)more, (long long)free_units);
    if (more < 0)
        return wrong(m, "line %lld: %lld units are not promised any more", (long long)line_no,
                     (long long)-more);
    if (more) open_more(m, l, site, more);
    if (model_allocated(l) > l->quantity - l->cancelled)
        return wrong(m, "line %lld: %lld promised of %lld", (long long)line_no,
                     (long long)model_allocated(l), (long long)(l->quantity - l->cancelled));
    return true;
}

int64_t model_allocated(const struct model_line *l)
{
    int64_t units = l->shipped;
    for (int site = 0; site < MODEL_SITES; site++) units += l->open[site];
    return units;
}

int64_t model_missing(const struct model *m, int order, int sku)
{
    const struct model_order *o = &m->orders[order];
    int64_t units = 0;
    for (int l = 1; l <= MODEL_LINES; l++)
        if (o->lines[l].quantity && o->lines[l].sku == sku)
            units += o->lines[l].quantity - o->lines[l].cancelled - model_allocated(&o->lines[l]);
    return units;
}

void model_held(struct model *m, int order, bool is_held) { m->orders[order].is_held = is_held; }

bool model_in_hand(const struct model *m, int order)
{
    for (int l = 1; l <= MODEL_LINES; l++)
        if (m->orders[order].lines[l].picked) return true;
    return false;
}

bool model_cancel(struct model *m, int order, int64_t units)
{
    struct model_order *o = &m->orders[order];
    int64_t left = 0;
    for (int l = 1; l <= MODEL_LINES; l++) {
        struct model_line *at = &o->lines[l];
        if (at->picked) return wrong(m, "order %d was cancelled with goods in hand", order);
        left += at->quantity - at->cancelled;
        at->cancelled = at->quantity;
        at->released = 0;
        for (int site = 0; site < MODEL_SITES && at->quantity; site++)
            open_more(m, at, site, -at->open[site]);
    }
    if (o->state != MODEL_PLACED) return wrong(m, "order %d was cancelled after its end", order);
    o->state = MODEL_CANCELLED;
    if (units != left)
        return wrong(m, "%lld units cancelled, the answer says %lld", (long long)left,
                     (long long)units);
    return true;
}

void model_close(struct model *m, int order) { m->orders[order].state = MODEL_CLOSED; }

/* --- floor ----------------------------------------------------------------------------------- */

int model_make_work(struct model *m, int order, int site)
{
    if (m->work_count == MODEL_WORK) return -1;
    m->work[m->work_count] = (struct model_work){.order = order, .site = site};
    return m->work_count++;
}

bool model_pick(struct model *m, int work, int64_t line_no, int bin, int64_t units)
{
    struct model_work *w = &m->work[work];
    struct model_line *l = line_of(m, w->order, line_no);
    if (*m->wrong) return false;
    int64_t *in_bin = &m->bins[l->sku][w->site][bin];
    if (*in_bin < units)
        return wrong(m, "%lld picked from a bin with %lld", (long long)units, (long long)*in_bin);
    *in_bin -= units;
    l->picked += units;
    w->picked[line_no] += units;
    if (l->picked > l->released)
        return wrong(m, "line %lld: %lld picked of %lld released", (long long)line_no,
                     (long long)l->picked, (long long)l->released);
    return true;
}

bool model_unpick(struct model *m, int work, int64_t line_no, int bin, int64_t units)
{
    struct model_work *w = &m->work[work];
    struct model_line *l = line_of(m, w->order, line_no);
    if (*m->wrong) return false;
    m->bins[l->sku][w->site][bin] += units;
    l->picked -= units;
    w->picked[line_no] -= units;
    if (w->picked[line_no] < w->packed[line_no])
        return wrong(m, "line %lld: packed units were put back", (long long)line_no);
    return true;
}

bool model_short(struct model *m, int work, int64_t line_no, int bin, int64_t found, int64_t lost,
                 int64_t missing)
{
    struct model_work *w = &m->work[work];
    struct model_line *l = line_of(m, w->order, line_no);
    if (*m->wrong || (found && !model_pick(m, work, line_no, bin, found))) return false;
    if (lost && !model_adjust(m, l->sku, w->site, bin, -lost)) return false;
    l->released -= missing;
    open_more(m, l, w->site, -missing);
    if (l->open[w->site] < 0)
        return wrong(m, "line %lld: more missing than promised", (long long)line_no);
    return true;
}

int model_make_package(struct model *m, int work)
{
    if (m->package_count == MODEL_PACKAGES) return -1;
    m->packages[m->package_count] = (struct model_package){.work = work};
    return m->package_count++;
}

bool model_pack(struct model *m, int package, int64_t line_no, int64_t units)
{
    struct model_package *p = &m->packages[package];
    struct model_work *w = &m->work[p->work];
    struct model_line *l = line_of(m, w->order, line_no);
    if (*m->wrong) return false;
    p->units[line_no] += units;
    w->packed[line_no] += units;
    l->packed += units;
    if (w->packed[line_no] > w->picked[line_no])
        return wrong(m, "line %lld: %lld packed of %lld picked", (long long)line_no,
                     (long long)w->packed[line_no], (long long)w->picked[line_no]);
    return true;
}

/* --- road ------------------------------------------------------------------------------------ */

bool model_hand_over(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    struct model_work *w = &m->work[p->work];
    if (p->where != MODEL_IN_HOUSE) return wrong(m, "package %d left twice", package);
    p->where = MODEL_AWAY;
    for (int l = 1; l <= MODEL_LINES; l++) {
        struct model_line *at = &m->orders[w->order].lines[l];
        if (!p->units[l]) continue;
        at->shipped += p->units[l];
        open_more(m, at, w->site, -p->units[l]);
        m->sellable[at->sku][w->site] -= p->units[l];
        m->left += p->units[l];
        if (at->open[w->site] < 0) return wrong(m, "line %d: more left than was promised", l);
    }
    return true;
}

bool model_take_back(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    struct model_work *w = &m->work[p->work];
    if (p->where != MODEL_AWAY) return wrong(m, "package %d was taken back from nowhere", package);
    p->where = MODEL_IN_HOUSE;
    for (int l = 1; l <= MODEL_LINES; l++) {
        struct model_line *at = &m->orders[w->order].lines[l];
        at->shipped -= p->units[l];
        if (!p->units[l]) continue;
        open_more(m, at, w->site, p->units[l]);
        m->sellable[at->sku][w->site] += p->units[l];
        m->left -= p->units[l];
    }
    return true;
}

bool model_deliver(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    struct model_order *o = &m->orders[m->work[p->work].order];
    if (p->where == MODEL_IN_HOUSE) return wrong(m, "package %d arrived without leaving", package);
    if (p->where == MODEL_DELIVERED) return true;
    for (int l = 1; l <= MODEL_LINES; l++) o->lines[l].delivered += p->units[l];
    if (p->where == MODEL_LOST || p->where == MODEL_BACK)
        for (int l = 1; l <= MODEL_LINES; l++) o->gone -= p->units[l];
    p->where = MODEL_DELIVERED;
    return true;
}

void model_lose(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    if (p->where != MODEL_AWAY) return;
    p->where = MODEL_LOST;
    for (int l = 1; l <= MODEL_LINES; l++) m->orders[m->work[p->work].order].gone += p->units[l];
}

/* Nobody may have it before somebody has looked at it. */
bool model_come_back(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    struct model_work *w = &m->work[p->work];
    if (p->where == MODEL_IN_HOUSE || p->where == MODEL_BACK)
        return wrong(m, "package %d came back from nowhere", package);
    for (int l = 1; l <= MODEL_LINES; l++) {
        struct model_line *at = &m->orders[w->order].lines[l];
        if (!p->units[l]) continue;
        at->returned += p->units[l];
        m->waiting[at->sku][w->site] += p->units[l];
        if (p->where == MODEL_AWAY) m->orders[w->order].gone += p->units[l];
    }
    p->where = MODEL_BACK;
    return true;
}

/* --- what users must see --------------------------------------------------------------------- */

void model_settle(struct model *m)
{
    for (int i = 0; i < m->order_count; i++) {
        struct model_order *o = &m->orders[i];
        if (o->state != MODEL_PLACED || o->is_held) continue;
        for (int l = 1; l <= MODEL_LINES; l++) o->lines[l].released = model_allocated(&o->lines[l]);
    }
}

struct model_sight model_see(const struct model *m, int order)
{
    const struct model_order *o = &m->orders[order];
    struct model_sight s = {0};
    for (int i = 1; i <= MODEL_LINES; i++) {
        const struct model_line *l = &o->lines[i];
        s.units += l->quantity;
        s.allocated += model_allocated(l);
        s.released += l->released;
        s.picked += l->picked;
        s.packed += l->packed;
        s.shipped += l->shipped;
        s.delivered += l->delivered;
        s.cancelled += l->cancelled;
        s.returned += l->returned;
    }
    int64_t due = s.units - s.cancelled;
    const int64_t steps[] = {s.released, s.picked, s.packed, s.shipped, s.delivered};
    s.stage = 1;
    while (s.stage <= 5 && steps[s.stage - 1] >= due) s.stage++;
    if (o->state == MODEL_CLOSED) s.stage = 7;
    if (o->state == MODEL_CANCELLED) s.stage = 8;
    s.owed_minor = o->state == MODEL_CANCELLED ? 0 : o->total_minor;
    return s;
}

bool model_is_conserved(struct model *m)
{
    int64_t there = 0;
    for (int sku = 0; sku < MODEL_STOCKED; sku++)
        for (int site = 0; site < MODEL_SITES; site++) there += m->sellable[sku][site];
    if (m->received == there + m->written_off + m->left) return true;
    return wrong(m, "%lld units received, %lld are there, %lld written off, %lld left",
                 (long long)m->received, (long long)there, (long long)m->written_off,
                 (long long)m->left);
}
