/* plan/sourcing.c: candidate sets of sites, each filled greedily, compared as the policy says. */
#include "plan/sourcing.h"

#include "base/arena.h"
#include "base/sort.h"
#include "plan/rates.h"

#include <string.h>

enum { SCORE_MAX = 10000 };
#define SOURCING_QUANTITY_MAX INT64_C(1000000000)

/* One way to serve the order: quantities by site and line. */
struct candidate {
    int64_t *given; /* [site * lines + line] */
    int64_t filled, cost, distance, promised_day;
    size_t sites, parcels; /* parcels: of sites that send none of it yet */
    bool is_set;
};

struct sourcer {
    struct ctx *c;
    const struct sourcing_line *lines;
    const struct sourcing_site *sites;
    size_t line_count, site_count, sku_count;
    enum sourcing_policy policy;
    int64_t *skus;      /* ascending */
    size_t *line_sku;   /* line -> index into skus */
    int64_t *available; /* [site * skus + sku] */
    int64_t *left;      /* scratch: of one site, per sku */
    size_t *preference; /* sites, best first by the policy's own measure */
    struct candidate trial, best;
};

static enum err input_check(struct ctx *c, const struct sourcing_line *lines, size_t line_count,
                            size_t site_count, enum sourcing_policy policy)
{
    if (policy < 0 || policy >= SOURCING_POLICY_COUNT)
        return fail(c, ERR_INVALID, "policy", "there is no sourcing policy %d", (int)policy);
    if (site_count > SOURCING_SITES_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many_sites", "%zu sites, more than %d", site_count,
                    SOURCING_SITES_MAX);
    if (line_count > SOURCING_LINES_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many_lines", "%zu lines, more than %d", line_count,
                    SOURCING_LINES_MAX);
    for (size_t i = 0; i < line_count; i++)
        if (lines[i].quantity < 1 || lines[i].quantity > SOURCING_QUANTITY_MAX) {
            fail(c, ERR_INVALID, "quantity", "quantity %lld is not 1 to %lld",
                 (long long)lines[i].quantity, (long long)SOURCING_QUANTITY_MAX);
            return fail_under(c, ERR_INVALID, "lines[%zu].quantity", i);
        }
    return OK;
}

static int compare(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* What its parcel adds to the cost. */
static int64_t parcel_cost(const struct sourcing_site *site)
{
    return site->is_sending ? 0 : site->cost_minor;
}

/* Which site the policy likes better, all else equal. */
static int site_compare(const struct sourcer *s, size_t a, size_t b)
{
    const struct sourcing_site *x = &s->sites[a], *y = &s->sites[b];
    int order = 0;
    if (s->policy == SOURCING_PRIORITY) order = compare(x->priority, y->priority);
    if (s->policy == SOURCING_CHEAPEST) {
        order = compare(x->unit_cost_minor, y->unit_cost_minor);
        if (!order) order = compare(parcel_cost(x), parcel_cost(y));
    }
    if (!order) order = compare(x->distance_km, y->distance_km);
    if (!order) order = compare(x->priority, y->priority);
    return order ? order : compare(x->site_id, y->site_id);
}

static void preference_make(struct sourcer *s)
{
    s->preference = arena_new(s->c->arena, size_t, s->site_count);
    for (size_t i = 0; i < s->site_count; i++) {
        size_t at = i;
        for (; at && site_compare(s, i, s->preference[at - 1]) < 0; at--)
            s->preference[at] = s->preference[at - 1];
        s->preference[at] = i;
    }
}

static void stock_read(struct sourcer *s, const struct sourcing_stock *stock, size_t stock_count)
{
    struct arena *a = s->c->arena;
    s->skus = arena_new(a, int64_t, s->line_count);
    s->line_sku = arena_new(a, size_t, s->line_count);
    for (size_t i = 0; i < s->line_count; i++) s->skus[i] = s->lines[i].sku_id;
    sort_i64(s->skus, s->line_count);
    s->sku_count = unique_i64(s->skus, s->line_count);
    for (size_t i = 0; i < s->line_count; i++)
        s->line_sku[i] = (size_t)find_i64(s->skus, s->sku_count, s->lines[i].sku_id);
    s->available = arena_new(a, int64_t, s->site_count * s->sku_count);
    s->left = arena_new(a, int64_t, s->sku_count);
    for (size_t i = 0; i < stock_count; i++) {
        ptrdiff_t sku = find_i64(s->skus, s->sku_count, stock[i].sku_id);
        for (size_t k = 0; sku >= 0 && stock[i].available > 0 && k < s->site_count; k++)
            if (s->sites[k].site_id == stock[i].site_id)
                s->available[k * s->sku_count + (size_t)sku] += stock[i].available;
    }
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Can this site send all lines of a kit that are still open, whole? */
static bool kit_whole(const struct sourcer *s, const struct candidate *d, int64_t kit,
                      int64_t capacity)
{
    bool whole = true;
    for (size_t i = 0; i < s->line_count; i++) {
        if (s->lines[i].kit != kit) continue;
        s->left[s->line_sku[i]] -= s->lines[i].quantity;
        capacity -= s->lines[i].quantity;
        for (size_t site = 0; site < s->site_count; site++)
            whole = whole && !d->given[site * s->line_count + i];
    }
    for (size_t i = 0; i < s->line_count; i++)
        if (s->lines[i].kit == kit) whole = whole && s->left[s->line_sku[i]] >= 0;
    for (size_t i = 0; i < s->line_count; i++)
        if (s->lines[i].kit == kit) s->left[s->line_sku[i]] += s->lines[i].quantity;
    return whole && capacity >= 0;
}

/* Is line `i` the first of its kit? There the whole kit is decided. */
static bool kit_first(const struct sourcer *s, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (s->lines[k].kit == s->lines[i].kit) return false;
    return true;
}

/* Give a site what it can send of what is still open. */
static int64_t site_fill(const struct sourcer *s, struct candidate *d, const int64_t *open,
                         size_t site)
{
    const struct sourcing_site *at = &s->sites[site];
    int64_t capacity = at->capacity_units < 0 ? INT64_MAX : at->capacity_units, given = 0;
    if (!at->is_open) return 0;
    memcpy(s->left, &s->available[site * s->sku_count], s->sku_count * sizeof *s->left);
    for (size_t i = 0; i < s->line_count; i++) {
        int64_t kit = s->lines[i].kit;
        if (!open[i]) continue;
        if (kit > 0 && (!kit_first(s, i) || !kit_whole(s, d, kit, capacity))) continue;
        for (size_t k = i; k < (kit > 0 ? s->line_count : i + 1); k++) {
            if (s->lines[k].kit != kit) continue;
            int64_t n = least(least(open[k], s->left[s->line_sku[k]]), capacity);
            d->given[site * s->line_count + k] = n;
            s->left[s->line_sku[k]] -= n;
            capacity -= n;
            given += n;
        }
    }
    return given;
}

/* Fill from the sites in this order and add up what it means. */
static void candidate_fill(struct sourcer *s, struct candidate *d, const size_t *order,
                           size_t count)
{
    int64_t *open = arena_new(s->c->arena, int64_t, s->line_count);
    memset(d->given, 0, s->site_count * s->line_count * sizeof *d->given);
    d->filled = d->cost = d->distance = d->promised_day = 0;
    d->sites = d->parcels = 0;
    d->is_set = true;
    for (size_t i = 0; i < s->line_count; i++) open[i] = s->lines[i].quantity;
    for (size_t k = 0; k < count; k++) {
        const struct sourcing_site *site = &s->sites[order[k]];
        int64_t given = site_fill(s, d, open, order[k]);
        if (!given) continue;
        for (size_t i = 0; i < s->line_count; i++)
            open[i] -= d->given[order[k] * s->line_count + i];
        d->filled += given;
        d->cost += parcel_cost(site) + given * site->unit_cost_minor;
        d->distance += site->distance_km;
        d->sites++;
        d->parcels += !site->is_sending;
        if (site->promised_day > d->promised_day) d->promised_day = site->promised_day;
    }
}

static bool candidate_better(const struct sourcer *s, const struct candidate *a,
                             const struct candidate *b)
{
    int order = compare(b->filled, a->filled);
    if (!b->is_set) return true;
    if (!order && s->policy == SOURCING_CHEAPEST) order = compare(a->cost, b->cost);
    if (!order) order = compare((int64_t)a->parcels, (int64_t)b->parcels);
    if (!order && s->policy != SOURCING_PRIORITY) order = compare(a->distance, b->distance);
    if (!order) order = compare(a->cost, b->cost);
    return order < 0;
}

static void candidate_try(struct sourcer *s, const size_t *order, size_t count)
{
    struct arena_mark mark = arena_mark(s->c->arena);
    candidate_fill(s, &s->trial, order, count);
    arena_rewind(s->c->arena, mark);
    if (!candidate_better(s, &s->trial, &s->best)) return;
    struct candidate swap = s->best;
    s->best = s->trial;
    s->trial = swap;
}

/* Units of the whole order one site could send alone. */
static int64_t site_could(struct sourcer *s, size_t site)
{
    struct arena_mark mark = arena_mark(s->c->arena);
    candidate_fill(s, &s->trial, &site, 1);
    arena_rewind(s->c->arena, mark);
    return s->trial.filled;
}

/* One site, two, three of the most promising. Sites inside a set go in the policy's order. */
static void sets_try(struct sourcer *s, const size_t *few, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            size_t two[2] = {few[i], few[j]};
            candidate_try(s, two, 2);
            for (size_t k = j + 1; k < count; k++) {
                size_t three[3] = {few[i], few[j], few[k]};
                candidate_try(s, three, 3);
            }
        }
}

/* Add the site that fills most of what is left until nothing more is filled. */
static void greedy_try(struct sourcer *s)
{
    size_t *chosen = arena_new(s->c->arena, size_t, s->site_count), count = 0;
    bool *in = arena_new(s->c->arena, bool, s->site_count);
    for (int64_t filled = 0; count < s->site_count;) {
        size_t best = s->site_count;
        int64_t most = filled;
        for (size_t i = 0; i < s->site_count; i++) {
            size_t site = s->preference[i];
            if (in[site] || !s->sites[site].is_open) continue;
            struct arena_mark mark = arena_mark(s->c->arena);
            chosen[count] = site;
            candidate_fill(s, &s->trial, chosen, count + 1);
            arena_rewind(s->c->arena, mark);
            if (s->trial.filled > most) {
                most = s->trial.filled;
                best = site;
            }
        }
        if (best == s->site_count) break;
        chosen[count++] = best;
        in[best] = true;
        filled = most;
    }
    if (count) candidate_try(s, chosen, count);
}

/* The most promising sites: those that could send most, then the policy's order. */
static size_t few_make(struct sourcer *s, const int64_t *could, size_t few[])
{
    size_t count = 0;
    for (size_t i = 0; i < s->site_count; i++) {
        size_t site = s->preference[i], at = count;
        if (!could[site]) continue;
        if (count == SOURCING_EXACT_SITES_MAX) {
            if (could[few[count - 1]] >= could[site]) continue;
            at = --count;
        }
        for (; at && could[few[at - 1]] < could[site]; at--) few[at] = few[at - 1];
        few[at] = site;
        count++;
    }
    /* back into the policy's order */
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k && site_compare(s, few[k], few[k - 1]) < 0; k--) {
            size_t swap = few[k];
            few[k] = few[k - 1];
            few[k - 1] = swap;
        }
    return count;
}

static void sites_choose(struct sourcer *s, const int64_t *could)
{
    size_t few[SOURCING_EXACT_SITES_MAX];
    switch (s->policy) {
    case SOURCING_NEAREST:
    case SOURCING_PRIORITY: candidate_try(s, s->preference, s->site_count); return;
    case SOURCING_SINGLE_SITE:
        for (size_t i = 0; i < s->site_count; i++) candidate_try(s, &s->preference[i], 1);
        return;
    case SOURCING_FEWEST_SPLITS:
    case SOURCING_CHEAPEST:
        for (size_t i = 0; i < s->site_count; i++) candidate_try(s, &s->preference[i], 1);
        sets_try(s, few, few_make(s, could, few));
        greedy_try(s);
        return;
    case SOURCING_POLICY_COUNT: return;
    }
}

static const char *policy_words(enum sourcing_policy policy)
{
    switch (policy) {
    case SOURCING_FEWEST_SPLITS: return "fewest parcels";
    case SOURCING_SINGLE_SITE: return "one site only";
    case SOURCING_NEAREST: return "nearest first";
    case SOURCING_CHEAPEST: return "least cost";
    case SOURCING_PRIORITY: return "in order of priority";
    case SOURCING_POLICY_COUNT: break;
    }
    return "";
}

/* Share of the order it could fill, then how the policy ranks it. */
static int64_t score_of(const struct sourcer *s, size_t site, int64_t could, int64_t total)
{
    int64_t rank = 0, sites = (int64_t)s->site_count;
    for (size_t i = 0; i < s->site_count; i++)
        if (s->preference[i] == site) rank = sites - (int64_t)i;
    if (!total || !sites) return 0;
    return could * (SCORE_MAX - 1000) / total + (could ? rank * 1000 / sites : 0);
}

static void score_write(struct sourcer *s, size_t site, int64_t could, int64_t total,
                        struct sourcing_score *out)
{
    const struct sourcing_site *at = &s->sites[site];
    struct buf b = buf_new(s->c->arena);
    out->units = could;
    for (size_t i = 0; i < s->line_count; i++) {
        int64_t have = s->available[site * s->sku_count + s->line_sku[i]];
        out->lines += at->is_open && have >= s->lines[i].quantity;
        out->given += s->best.given[site * s->line_count + i];
    }
    out->score = score_of(s, site, could, total);
    buf_put(&b, at->name);
    if (!at->is_open) {
        buf_printf(&b, ": takes no work%s%.*s", at->closed_why.len ? ", " : "",
                   TEXT_ARG(at->closed_why));
    } else {
        buf_printf(&b, ": could send %lld of %lld units, %lld km", (long long)could,
                   (long long)total, (long long)at->distance_km);
        if (at->is_sending)
            buf_puts(&b, ", sends a parcel anyway");
        else if (s->policy == SOURCING_CHEAPEST)
            buf_printf(&b, ", %lld minor a parcel", (long long)at->cost_minor);
        if (at->capacity_units >= 0 && could == at->capacity_units && could < total)
            buf_puts(&b, ", at its capacity");
        if (out->given)
            buf_printf(&b, "; chosen for %lld", (long long)out->given);
        else
            buf_puts(&b, could ? "; not needed" : "; has nothing of it");
    }
    out->why = buf_text(&b);
}

static void why_write(struct sourcer *s, int64_t total, struct sourcing_plan *out)
{
    struct buf b = buf_new(s->c->arena);
    bool first = true;
    for (size_t i = 0; i < s->site_count; i++) {
        size_t site = s->preference[i];
        if (!out->scores[site].given) continue;
        if (!first) buf_puts(&b, ", ");
        buf_printf(&b, "%lld from %.*s", (long long)out->scores[site].given,
                   TEXT_ARG(s->sites[site].name));
        first = false;
    }
    if (first) buf_puts(&b, "no site can send anything");
    if (out->unfilled_total)
        buf_printf(&b, ", %lld of %lld units are nowhere", (long long)out->unfilled_total,
                   (long long)total);
    if (s->policy == SOURCING_SINGLE_SITE && out->unfilled_total) {
        int64_t most = 0;
        for (size_t i = 0; i < s->site_count; i++) most += out->scores[i].units;
        if (most > s->best.filled) buf_puts(&b, " at this site");
    }
    buf_printf(&b, " (%s)", policy_words(s->policy));
    out->why = buf_text(&b);
}

static void shares_write(struct sourcer *s, struct sourcing_plan *out)
{
    size_t capacity = 0;
    for (size_t site = 0; site < s->site_count; site++)
        for (size_t i = 0; i < s->line_count; i++) {
            int64_t given = s->best.given[site * s->line_count + i];
            out->unfilled[i] -= given;
            out->unfilled_total -= given;
            if (given)
                *arena_push(s->c->arena, out->shares, out->share_count, capacity) =
                    (struct sourcing_share){site, i, given};
        }
}

enum err sourcing_plan(struct ctx *c, const struct sourcing_line *lines, size_t line_count,
                       const struct sourcing_site *sites, size_t site_count,
                       const struct sourcing_stock *stock, size_t stock_count,
                       enum sourcing_policy policy, struct sourcing_plan *out)
{
    struct sourcer s = {.c = c,
                        .lines = lines,
                        .sites = sites,
                        .line_count = line_count,
                        .site_count = site_count,
                        .policy = policy};
    struct arena *a = c->arena;
    int64_t total = 0;
    *out = (struct sourcing_plan){0};
    TRY(input_check(c, lines, line_count, site_count, policy));
    stock_read(&s, stock, stock_count);
    preference_make(&s);
    s.trial.given = arena_new(a, int64_t, site_count * line_count);
    s.best.given = arena_new(a, int64_t, site_count * line_count);
    int64_t *could = arena_new(a, int64_t, site_count);
    for (size_t i = 0; i < site_count; i++) could[i] = site_could(&s, i);
    sites_choose(&s, could);
    out->unfilled = arena_new(a, int64_t, line_count);
    out->scores = arena_new(a, struct sourcing_score, site_count);
    for (size_t i = 0; i < line_count; i++) total += out->unfilled[i] = lines[i].quantity;
    out->unfilled_total = total;
    shares_write(&s, out);
    for (size_t i = 0; i < site_count; i++) score_write(&s, i, could[i], total, &out->scores[i]);
    out->site_count = s.best.sites;
    out->cost_minor = s.best.cost;
    out->promised_day = s.best.promised_day;
    why_write(&s, total, out);
    return OK;
}

enum err sourcing_plan_all(struct ctx *c, const struct sourcing_line *lines, size_t line_count,
                           const struct sourcing_site *sites, size_t site_count,
                           const struct sourcing_stock *stock, size_t stock_count,
                           enum sourcing_policy policy, struct sourcing_plan *out)
{
    struct sourcing_site *unlimited = arena_new(c->arena, struct sourcing_site, site_count + 1);
    bool is_limited = false;
    struct sourcing_plan more;
    TRY(sourcing_plan(c, lines, line_count, sites, site_count, stock, stock_count, policy, out));
    for (size_t s = 0; s < site_count; s++) {
        is_limited = is_limited || sites[s].capacity_units >= 0;
        unlimited[s] = sites[s];
        unlimited[s].capacity_units = -1;
    }
    if (!out->unfilled_total || !is_limited) return OK;
    TRY(sourcing_plan(c, lines, line_count, unlimited, site_count, stock, stock_count, policy,
                      &more));
    if (more.unfilled_total < out->unfilled_total) *out = more;
    return OK;
}

int64_t sourcing_distance_km(struct text from_country, struct text from_postal,
                             struct text to_country, struct text to_postal)
{
    static const int64_t by_shared[] = {300, 150, 50};
    if (!text_eq(from_country, to_country))
        return country_in_union(from_country) && country_in_union(to_country) ? 1000 : 5000;
    size_t shared = 0;
    while (shared < 2 && shared < from_postal.len && shared < to_postal.len &&
           from_postal.at[shared] == to_postal.at[shared])
        shared++;
    return by_shared[shared];
}
