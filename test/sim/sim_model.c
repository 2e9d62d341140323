/* test/sim/sim_model.c: see sim_model.h. */
#include "sim_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool model_wrong(struct model *m, const char *format, ...)
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
        return model_wrong(m, "%lld units written off a bin with %lld", (long long)-difference,
                           (long long)m->bins[sku][site][bin]);
    put_in(m, sku, site, bin, difference);
    m->written_off -= difference;
    return true;
}

bool model_move(struct model *m, int sku, int site, int from, int to, int64_t units)
{
    if (m->bins[sku][site][from] < units)
        return model_wrong(m, "%lld units moved out of a bin with %lld", (long long)units,
                           (long long)m->bins[sku][site][from]);
    m->bins[sku][site][from] -= units;
    m->bins[sku][site][to] += units;
    return true;
}

void model_arrive(struct model *m, int sku, int site, int64_t units)
{
    m->dock[sku][site] += units;
}

bool model_put_away(struct model *m, int sku, int site, int bin, int64_t units)
{
    if (m->dock[sku][site] < units) return model_wrong(m, "more was put away than came in");
    m->dock[sku][site] -= units;
    model_receive(m, sku, site, bin, units);
    return true;
}

bool model_set_aside(struct model *m, int sku, int site, int64_t units)
{
    if (units > 0 && units > model_free(m, sku, site))
        return model_wrong(m, "%lld set aside where %lld were free", (long long)units,
                           (long long)model_free(m, sku, site));
    m->promised[sku][site] += units;
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

static void add_wish(struct model *m, struct model_order *o, const struct model_wish *w)
{
    int64_t unit = w->is_free ? 0 : m->prices[w->sku];
    struct model_asked a = {.sku = w->sku,
                            .quantity = w->quantity,
                            .first = w->quantity,
                            .unit_minor = unit,
                            .minor = unit * w->quantity - w->discount_minor,
                            .services_minor = w->services_minor * w->quantity};
    o->asked[o->asked_count++] = a;
    o->total_minor += a.minor + a.services_minor;
    if (w->sku < MODEL_STOCKED) o->wanted[w->sku] += w->quantity;
    for (int part = 0; w->sku >= MODEL_STOCKED && part < MODEL_STOCKED; part++)
        o->wanted[part] += m->kit[part] * w->quantity;
}

int model_place(struct model *m, const struct model_wish *wishes, size_t n, int64_t extra_minor)
{
    if (m->order_count == MODEL_ORDERS) return -1;
    struct model_order *o = &m->orders[m->order_count];
    *o = (struct model_order){.total_minor = extra_minor, .extra_minor = extra_minor};
    for (size_t i = 0; i < n; i++) add_wish(m, o, &wishes[i]);
    return m->order_count++;
}

static struct model_line *line_of(struct model *m, int order, int64_t line_no)
{
    static struct model_line none;
    if (line_no >= 1 && line_no <= MODEL_LINES) return &m->orders[order].lines[line_no];
    model_wrong(m, "order %d has no line %lld", order, (long long)line_no);
    memset(&none, 0, sizeof none);
    return &none;
}

bool model_line(struct model *m, int order, int64_t line_no, int sku, int64_t quantity, int wish)
{
    struct model_line *l = line_of(m, order, line_no);
    if (l->quantity && (l->quantity != quantity || l->sku != sku || l->wish != wish))
        return model_wrong(m, "line %lld shows %lld units of product %d, not %lld of %d",
                           (long long)line_no, (long long)quantity, sku, (long long)l->quantity,
                           l->sku);
    l->sku = sku;
    l->wish = wish;
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
            return model_wrong(m, "%lld of product %d ordered, %lld are shown",
                               (long long)o->wanted[sku], sku, (long long)units);
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
    if (open < 0) return model_wrong(m, "%lld units promised", (long long)open);
    if (more > 0 && more > free_units)
        return model_wrong(m, "product %d at site %d: %lld more promised where %lld were free",
                           l->sku, site, (long long)more, (long long)free_units);
    if (more < 0 && (l->falling += more) < 0)
        return model_wrong(m, "line %lld: %lld units are not promised any more", (long long)line_no,
                           (long long)-more);
    if (more) open_more(m, l, site, more);
    if (model_allocated(l) - l->falling > l->quantity - l->cancelled)
        return model_wrong(m, "line %lld: %lld promised of %lld", (long long)line_no,
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

int64_t model_can_cancel(const struct model_line *l)
{
    return l->quantity - l->cancelled - l->back - l->shipped;
}

/* First what nobody has promised, then what nobody has picked, last what has to go back. */
static int64_t cancel_units(struct model_line *l, int64_t units)
{
    int64_t allocated = model_allocated(l);
    int64_t missing = l->quantity - l->cancelled - allocated;
    int64_t now = units < missing ? units : missing;
    int64_t waiting = allocated - l->falling - l->picked, dropped = units - now;
    if (dropped > waiting) dropped = waiting;
    int64_t idle = allocated - l->falling - l->released;
    l->cancelled += now + dropped;
    l->falling += dropped;
    if (dropped > idle) l->released -= dropped - idle;
    l->back += units - now - dropped;
    return units - now - dropped;
}

static bool is_part_of(const struct model_line *l, int wish)
{
    return l->quantity && l->wish == wish;
}

static int64_t parts_of(const struct model *m, const struct model_asked *a,
                        const struct model_line *l)
{
    return a->sku < MODEL_STOCKED ? 1 : m->kit[l->sku];
}

/* Of a wish what is not cancelled; and of that what is in the house. */
static int64_t whole_ones(const struct model *m, const struct model_order *o, int wish,
                          bool is_here)
{
    int64_t least = o->asked[wish].quantity;
    for (int i = 1; i <= MODEL_LINES; i++) {
        const struct model_line *l = &o->lines[i];
        if (!is_part_of(l, wish)) continue;
        int64_t units = model_can_cancel(l) + (is_here ? 0 : l->shipped);
        int64_t here = units / parts_of(m, &o->asked[wish], l);
        if (here < least) least = here;
    }
    return least;
}

int64_t model_can_cancel_wish(const struct model *m, int order, int wish)
{
    return whole_ones(m, &m->orders[order], wish, true);
}

static struct model_cancelled end_cancel(struct model *m, int order, struct model_cancelled c)
{
    struct model_order *o = &m->orders[order];
    int64_t rest = 0;
    for (int i = 1; i <= MODEL_LINES; i++) {
        if (!o->lines[i].quantity) continue;
        rest += model_can_cancel(&o->lines[i]);
        c.left += o->lines[i].shipped;
    }
    c.is_whole = !rest && !c.left && o->is_read; /* a wish that is new has no lines yet */
    if (o->state != MODEL_PLACED) model_wrong(m, "order %d was cancelled after its end", order);
    if (c.is_whole) o->state = MODEL_CANCELLED;
    return c;
}

struct model_cancelled model_cancel_wish(struct model *m, int order, int wish, int64_t quantity)
{
    struct model_order *o = &m->orders[order];
    struct model_cancelled c = {0};
    for (int i = 1; i <= MODEL_LINES; i++) {
        struct model_line *l = &o->lines[i];
        if (!is_part_of(l, wish)) continue;
        int64_t units = quantity * parts_of(m, &o->asked[wish], l);
        c.units += units;
        c.put_back += cancel_units(l, units);
    }
    return end_cancel(m, order, c);
}

struct model_cancelled model_cancel(struct model *m, int order)
{
    struct model_order *o = &m->orders[order];
    struct model_cancelled c = {0};
    for (int i = 1; i <= MODEL_LINES; i++) {
        int64_t units = o->lines[i].quantity ? model_can_cancel(&o->lines[i]) : 0;
        c.units += units;
        if (units) c.put_back += cancel_units(&o->lines[i], units);
    }
    return end_cancel(m, order, c);
}

void model_close(struct model *m, int order) { m->orders[order].state = MODEL_CLOSED; }

/* --- changes --------------------------------------------------------------------------------- */

int64_t model_wanted(const struct model *m, int order, int wish)
{
    return whole_ones(m, &m->orders[order], wish, false);
}

void model_more(struct model *m, int order, int wish, int64_t quantity)
{
    struct model_order *o = &m->orders[order];
    struct model_asked *a = &o->asked[wish];
    a->quantity += quantity;
    a->minor += a->unit_minor * quantity;
    o->total_minor += a->unit_minor * quantity;
    for (int i = 1; i <= MODEL_LINES; i++) {
        struct model_line *l = &o->lines[i];
        if (!is_part_of(l, wish)) continue;
        l->quantity += quantity * parts_of(m, a, l);
        o->wanted[l->sku] += quantity * parts_of(m, a, l);
    }
    o->is_read = false;
}

bool model_add(struct model *m, int order, int sku, int64_t quantity)
{
    struct model_order *o = &m->orders[order];
    if (o->asked_count == MODEL_WISHES) return model_wrong(m, "too many wishes");
    add_wish(m, o, &(struct model_wish){.sku = sku, .quantity = quantity});
    o->is_read = false;
    return true;
}

int64_t model_missing_all(const struct model *m, int order)
{
    int64_t units = 0;
    for (int sku = 0; sku < MODEL_STOCKED; sku++) units += model_missing(m, order, sku);
    return units;
}

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
        return model_wrong(m, "%lld picked from a bin with %lld", (long long)units,
                           (long long)*in_bin);
    *in_bin -= units;
    l->picked += units;
    w->picked[line_no] += units;
    if (l->picked > l->released)
        return model_wrong(m, "line %lld: %lld picked of %lld released", (long long)line_no,
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
    if (w->picked[line_no] < w->packed[line_no] || l->picked - l->shipped < l->back)
        return model_wrong(m, "line %lld: not to be picked again", (long long)line_no);
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
        return model_wrong(m, "line %lld: more missing than promised", (long long)line_no);
    return true;
}

bool model_put_back(struct model *m, int work, int64_t line_no, int bin, int64_t units)
{
    struct model_work *w = &m->work[work];
    struct model_line *l = line_of(m, w->order, line_no);
    int64_t boxed = units - (w->picked[line_no] - w->packed[line_no]);
    if (*m->wrong) return false;
    if (boxed > 0) w->packed[line_no] -= boxed, l->packed -= boxed;
    m->bins[l->sku][w->site][bin] += units;
    w->picked[line_no] -= units;
    l->picked -= units;
    l->released -= units;
    l->cancelled += units;
    l->back -= units;
    open_more(m, l, w->site, -units);
    if (l->back < 0 || w->packed[line_no] < 0)
        return model_wrong(m, "line %lld: more was put back than was cancelled",
                           (long long)line_no);
    return true;
}

int model_make_package(struct model *m, int work)
{
    if (m->package_count == MODEL_PACKAGES) return -1;
    m->packages[m->package_count] = (struct model_package){.work = work};
    return m->package_count++;
}

bool model_pack_all(struct model *m, int work)
{
    struct model_work *w = &m->work[work];
    for (int l = 1; l <= MODEL_LINES; l++) {
        m->orders[w->order].lines[l].packed += w->picked[l] - w->packed[l];
        w->packed[l] = w->picked[l];
    }
    return !*m->wrong;
}

bool model_boxes_agree(struct model *m, int work)
{
    int64_t units[MODEL_LINES + 1] = {0};
    for (int p = 0; p < m->package_count; p++)
        for (int l = 1; l <= MODEL_LINES && m->packages[p].work == work; l++)
            units[l] += m->packages[p].units[l];
    for (int l = 1; l <= MODEL_LINES; l++)
        if (units[l] != m->work[work].packed[l])
            return model_wrong(m, "line %d: %lld packed, %lld are in boxes", l,
                               (long long)m->work[work].packed[l], (long long)units[l]);
    return true;
}

/* --- road ------------------------------------------------------------------------------------ */

bool model_hand_over(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    struct model_work *w = &m->work[p->work];
    if (p->where != MODEL_IN_HOUSE) return model_wrong(m, "package %d left twice", package);
    p->where = MODEL_AWAY;
    for (int l = 1; l <= MODEL_LINES; l++) {
        struct model_line *at = &m->orders[w->order].lines[l];
        if (!p->units[l]) continue;
        at->shipped += p->units[l];
        open_more(m, at, w->site, -p->units[l]);
        m->sellable[at->sku][w->site] -= p->units[l];
        m->left += p->units[l];
        if (at->open[w->site] < 0) return model_wrong(m, "line %d: more left than was promised", l);
    }
    return true;
}

bool model_take_back(struct model *m, int package)
{
    struct model_package *p = &m->packages[package];
    struct model_work *w = &m->work[p->work];
    if (p->where != MODEL_AWAY)
        return model_wrong(m, "package %d was taken back from nowhere", package);
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
    if (p->where == MODEL_IN_HOUSE)
        return model_wrong(m, "package %d arrived without leaving", package);
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
    struct model_order *o = &m->orders[m->work[p->work].order];
    if (p->where == MODEL_IN_HOUSE || p->where == MODEL_BACK)
        return model_wrong(m, "package %d came back from nowhere", package);
    for (int l = 1; l <= MODEL_LINES; l++) {
        p->answered[l] = model_answer_back(m, package, l);
        o->lines[l].returned += p->units[l] - p->answered[l];
        if (p->where == MODEL_AWAY) o->gone += p->units[l];
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

int64_t model_share(int64_t minor, int64_t units, int64_t of)
{
    return of ? (2 * minor * units + of) / (2 * of) : 0;
}

/* What was cancelled costs nothing, nor what was to be done to it; what is for the whole order
   stays while anything does. */
static int64_t worth(const struct model_order *o)
{
    int64_t minor = 0, any = 0;
    for (size_t w = 0; w < o->asked_count; w++) {
        int64_t units = 0, whole = 0;
        for (int i = 1; i <= MODEL_LINES; i++) {
            const struct model_line *l = &o->lines[i];
            if (!is_part_of(l, (int)w)) continue;
            whole += l->quantity;
            units += l->quantity - l->cancelled;
        }
        any += units;
        minor += model_paid(&o->asked[w], units, whole) +
                 model_share(o->asked[w].services_minor, units, whole);
    }
    return any ? minor + o->extra_minor : 0;
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
    s.credited_minor = o->credited_minor;
    s.owed_minor = o->state == MODEL_CANCELLED ? 0 : worth(o);
    return s;
}

bool model_is_conserved(struct model *m)
{
    int64_t there = 0;
    for (int sku = 0; sku < MODEL_STOCKED; sku++)
        for (int site = 0; site < MODEL_SITES; site++) there += m->sellable[sku][site];
    if (m->received == there + m->written_off + m->left) return true;
    return model_wrong(m, "%lld units received, %lld are there, %lld written off, %lld left",
                       (long long)m->received, (long long)there, (long long)m->written_off,
                       (long long)m->left);
}
