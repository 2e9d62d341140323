/* stages/4_packing/packing_seal.c: is all of it in there, and nothing else? The scale knows. */
#include "domain/orders/service_work.h"
#include "domain/people/people.h"
#include "stages/4_packing/packing_load.h"

enum { TOLERANCE_G = 50, TOLERANCE_BP = 500, WEIGHT_MAX_G = 100000000 };

struct sealing {
    const struct pack_seal *in;
    struct pack_work w;
    struct package package;
    struct fulfillment *f;
    const struct carton *carton;
    struct list lines; /* struct package_line of this package */
    int64_t units;
    struct pack_weight weight;
};

static enum err load(struct ctx *c, struct sealing *s)
{
    TRY(package_get(c, s->in->package_id, &s->package));
    TRY(pack_work_load(c, &s->package.fulfillment_id, 1, &s->w));
    s->f = pack_fulfillment(&s->w, s->package.fulfillment_id);
    TRY(pack_may_work(c, &s->w, s->f, false, s->in->version));
    s->carton = carton_in(pack_cartons(&s->w, s->f->site_id), s->package.carton_id);
    TRY(package_lines_of(c, &s->package.package_id, 1, &s->lines));
    const struct package_line *at = s->lines.at;
    for (size_t i = 0; i < s->lines.count; i++) {
        s->units += at[i].quantity;
        pack_weigh(&s->weight, product_in(&s->w.products, at[i].product_id), at[i].quantity);
    }
    return OK;
}

/* Paper and ribbon around the lines in this package. */
static enum err wrap_weight(struct ctx *c, const struct sealing *s, int64_t *grams)
{
    struct list tasks, lines;
    const struct package_line *here = s->lines.at;
    *grams = 0;
    TRY(tasks_of(c, &s->f->fulfillment_id, 1, &tasks));
    TRY(order_lines_of(c, &s->f->order_id, 1, &lines));
    const struct order_line *all = lines.at;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        if (t->kind != TASK_GIFT_WRAP || t->state != TASK_DONE) continue;
        const struct order_line *service = NULL;
        for (size_t k = 0; k < lines.count; k++)
            if (all[k].line_no == t->line_no) service = &all[k];
        for (size_t k = 0; k < lines.count && service; k++)
            for (size_t h = 0; h < s->lines.count; h++)
                if (here[h].line_no == all[k].line_no && service_is_of(service, &all[k]))
                    *grams += WRAP_G;
    }
    return OK;
}

static int64_t apart(int64_t a, int64_t b) { return a > b ? a - b : b - a; }

/* How many units of which product would explain the difference best? Absent: none does. */
static struct text explain(struct ctx *c, const struct sealing *s, int64_t difference_g,
                           int64_t tolerance_g)
{
    int64_t gap = difference_g < 0 ? -difference_g : difference_g, best = tolerance_g + 1;
    struct text words = {0};
    const struct package_line *here = s->lines.at;
    size_t n = difference_g < 0 ? s->lines.count : s->w.line_count;
    for (size_t i = 0; i < n; i++) {
        int64_t id = difference_g < 0 ? here[i].product_id : s->w.lines[i].product_id;
        const struct product *p = product_in(&s->w.products, id);
        if (!p || p->weight_g <= 0) continue;
        int64_t units = (gap + p->weight_g / 2) / p->weight_g;
        if (units < 1 || (difference_g < 0 && units > here[i].quantity)) continue;
        int64_t error = apart(units * p->weight_g, gap);
        if (error >= best) continue;
        best = error;
        words = text_printf(c->arena, "%lld x %.*s may be %s", (long long)units, TEXT_ARG(p->sku),
                            difference_g < 0 ? "missing" : "too much");
    }
    return words;
}

static enum err check_weight(struct ctx *c, const struct sealing *s, int64_t expected_g)
{
    int64_t measured_g = s->in->weight_g, tolerance_g = expected_g * TOLERANCE_BP / 10000;
    if (tolerance_g < TOLERANCE_G) tolerance_g = TOLERANCE_G;
    if (s->carton && s->carton->max_g > 0 && measured_g > s->carton->max_g) {
        fail_at(c, ERR_CONFLICT, "too_heavy", "weight_g", "carton %.*s holds %lld g, not %lld g",
                TEXT_ARG(s->carton->code), (long long)s->carton->max_g, (long long)measured_g);
        return hint(c, "take a stronger carton, or two");
    }
    int64_t difference_g = measured_g - expected_g;
    bool is_unknown = s->weight.unknown.at != NULL; /* then more is no surprise */
    if (apart(measured_g, expected_g) <= tolerance_g || (is_unknown && difference_g > 0)) return OK;
    struct text why = explain(c, s, difference_g, tolerance_g);
    fail_at(c, ERR_CONFLICT, "weight_differs", "weight_g",
            "measured %lld g, expected %lld g, %lld g too %s%s%.*s", (long long)measured_g,
            (long long)expected_g, (long long)(apart(measured_g, expected_g)),
            difference_g < 0 ? "little" : "much", why.len ? ": " : "", TEXT_ARG(why));
    return hint(c, "check what is in it; if it is right, say who says so and why");
}

static enum err check(struct ctx *c, struct sealing *s, struct package *after)
{
    const struct pack_seal *in = s->in;
    bool is_override = in->override_by.len > 0 && in->why.len > 0;
    if (!s->lines.count) return fail(c, ERR_CONFLICT, "empty", "there is nothing in this package");
    TRY(pack_services_done(c, &s->w, s->f));
    TRY(pack_serials_whole(c, &s->w, s->package.package_id, &s->lines));
    if ((in->override_by.len > 0) != (in->why.len > 0))
        return fail_at(c, ERR_INVALID, "required", in->why.len ? "override_by" : "why",
                       "an override needs a name and a reason");
    if (in->weight_g != NONE && (in->weight_g < 1 || in->weight_g > WEIGHT_MAX_G))
        return fail_at(c, ERR_INVALID, "out_of_range", "weight_g", "1 to %d grams", WEIGHT_MAX_G);
    int64_t wrap_g;
    TRY(wrap_weight(c, s, &wrap_g));
    after->expected_g = s->weight.goods_g + wrap_g + (s->carton ? s->carton->tare_g : 0);
    if (in->weight_g == NONE || is_override) return OK;
    return check_weight(c, s, after->expected_g);
}

static enum err number_it(struct ctx *c, struct text *sscc)
{
    struct merchant merchant;
    struct pack_numbering numbering;
    if (sscc->len) return OK;
    TRY(merchant_get(c, &merchant));
    numbering = (struct pack_numbering){.prefix = merchant.gs1_prefix};
    return pack_number(c, &numbering, 1, sscc);
}

enum err packing_seal(struct ctx *c, const struct pack_seal *in, struct pack_sealed *out)
{
    struct sealing s = {.in = in};
    struct text override = {0};
    TRY(load(c, &s));
    *out = (struct pack_sealed){.package = s.package};
    struct package *after = &out->package;
    TRY(package_check_own(c, after, "see to"));
    TRY(package_check_empty(c, after));
    TRY(package_do(c, after, PACKAGE_SEAL));
    TRY(check(c, &s, after));
    after->weight_g = in->weight_g;
    after->packer_id = c->actor_id;
    after->sealed_us = c->now_us;
    TRY(number_it(c, &after->sscc));
    TRY(package_write(c, &s.package, after));
    if (in->why.len)
        override =
            text_printf(c->arena, "%.*s: %.*s", TEXT_ARG(in->override_by), TEXT_ARG(in->why));
    TRY(pack_tell_sealed(c, after, s.units, override));
    TRY(pack_finish(c, &s.w, &(int64_t){s.f->fulfillment_id}, 1));
    out->fulfillment_state = s.f->state;
    if (s.weight.unknown.at)
        out->warning =
            text_printf(c->arena, "the weight of %.*s is not known", TEXT_ARG(s.weight.unknown));
    return OK;
}
