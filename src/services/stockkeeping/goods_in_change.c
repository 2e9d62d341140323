/* services/stockkeeping/goods_in_change.c: a supplier says another day, or other quantities. */
#include "base/lifecycle.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/earmark.h"
#include "services/stockkeeping/goods_in.h"

struct fixing {
    struct asn asn;
    struct list products;
    struct asn_line_change *lines;
    size_t count;
    bool *is_fixed;
    struct asn_line *added;
    size_t added_count;
};

static enum err check_state(struct ctx *c, const struct asn *a)
{
    if (a->state < ASN_CLOSED) return OK;
    fail(c, ERR_CONFLICT, "wrong_state", "the delivery is %s", word_of(&asn_state_words, a->state));
    return hint(c, "announce what comes after all as a delivery of its own: waybill asn add");
}

static enum err load(struct ctx *c, const struct asn_fix *in, struct fixing *f)
{
    struct list lines;
    const struct asn_line_fix *fixes = in->lines.at;
    struct text *skus = arena_new(c->arena, struct text, in->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < in->lines.count; i++)
        if (fixes[i].sku.len) skus[n++] = fixes[i].sku;
    if (n) TRY(products_by_sku_of(c, f->asn.owner_id, skus, n, &f->products));
    TRY(asn_lines_of(c, f->asn.asn_id, &lines));
    const struct asn_line *at = lines.at;
    f->count = lines.count;
    f->lines = arena_new(c->arena, struct asn_line_change, f->count + 1);
    f->is_fixed = arena_new(c->arena, bool, f->count + 1);
    f->added = arena_new(c->arena, struct asn_line, in->lines.count + 1);
    for (size_t i = 0; i < f->count; i++)
        f->lines[i] = (struct asn_line_change){.before = at[i], .after = at[i]};
    return OK;
}

/* The line that is meant: f->count when it has to be made. */
static enum err find(struct ctx *c, const struct fixing *f, const struct asn_line_fix *in,
                     int64_t *product_id, size_t *at)
{
    const struct product *p = in->sku.len ? product_sku_in(&f->products, in->sku) : NULL;
    if (in->line_no == NONE && !in->sku.len)
        return fail_at(c, ERR_INVALID, "required", "line_no", "which line? its line_no or sku");
    if (in->sku.len && !p)
        return fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"",
                       TEXT_ARG(text_head(in->sku, 40)));
    if (p && p->kind == PRODUCT_KIT)
        return fail_at(c, ERR_INVALID, "kit_not_stocked", "sku",
                       "%.*s is a kit; its parts are stocked", TEXT_ARG(p->sku));
    *product_id = p ? p->product_id : NONE;
    for (*at = 0; *at < f->count; ++*at) {
        const struct asn_line *l = &f->lines[*at].before;
        bool is_no = in->line_no == NONE || l->line_no == in->line_no;
        if (is_no && (!p || l->product_id == p->product_id)) return OK;
    }
    if (in->line_no == NONE) return OK;
    return fail_at(c, ERR_NOT_FOUND, "line_not_found", "line_no",
                   "the delivery has no such line %lld", (long long)in->line_no);
}

static enum err fix_line(struct ctx *c, struct fixing *f, const struct asn_line_fix *in)
{
    int64_t product_id = NONE;
    size_t at = 0;
    TRY(find(c, f, in, &product_id, &at));
    if (at == f->count) {
        for (size_t i = 0; i < f->added_count; i++)
            if (f->added[i].product_id == product_id)
                return fail_at(c, ERR_INVALID, "same_line", "sku", "it is named twice");
        f->added[f->added_count] =
            (struct asn_line){.merchant_id = c->merchant_id,
                              .asn_id = f->asn.asn_id,
                              .line_no = (int64_t)(f->count + f->added_count) + 1,
                              .product_id = product_id,
                              .lot = T(""),
                              .expected = in->quantity,
                              .due = in->quantity};
        f->added_count++;
        return OK;
    }
    struct asn_line *l = &f->lines[at].after;
    if (f->is_fixed[at])
        return fail_at(c, ERR_INVALID, "same_line", "line_no", "line %lld is named twice",
                       (long long)l->line_no);
    f->is_fixed[at] = true;
    l->expected = in->quantity;
    if (in->quantity >= l->received) return OK;
    fail_at(c, ERR_CONFLICT, "below_received", "quantity",
            "%lld units of line %lld have come already, more than %lld", (long long)l->received,
            (long long)l->line_no, (long long)in->quantity);
    return hint(c, "say %lld when nothing more comes, or close the delivery",
                (long long)l->received);
}

static enum err write(struct ctx *c, struct fixing *f)
{
    struct asn_line_change *fixed = arena_new(c->arena, struct asn_line_change, f->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->is_fixed[i]) fixed[n++] = f->lines[i];
    TRY(asn_settle(c, &f->asn, fixed, n));
    for (size_t i = 0; i < f->added_count; i++) TRY(asn_line_insert(c, &f->added[i]));
    return asn_write_head(c, &f->asn);
}

static struct text what_changed(struct ctx *c, const struct asn *before, const struct fixing *f)
{
    struct buf b = buf_new(c->arena);
    const struct asn *a = &f->asn;
    if (a->expected_day != before->expected_day) {
        struct text day = a->expected_day == NONE ? T("a day nobody knows")
                                                  : day_text(c->arena, a->expected_day);
        buf_printf(&b, "comes on %.*s", TEXT_ARG(day));
    }
    for (size_t i = 0; i < f->count; i++)
        if (f->is_fixed[i])
            buf_printf(&b, "%sline %lld: %lld instead of %lld", b.len ? "; " : "",
                       (long long)f->lines[i].after.line_no, (long long)f->lines[i].after.expected,
                       (long long)f->lines[i].before.expected);
    for (size_t i = 0; i < f->added_count; i++)
        buf_printf(&b, "%sline %lld: %lld more", b.len ? "; " : "", (long long)f->added[i].line_no,
                   (long long)f->added[i].expected);
    return buf_text(&b);
}

/* Customers are told a day that is counted from this one; in some zone it is still yesterday. */
enum err asn_day_check(struct ctx *c, int64_t day)
{
    int64_t today = day_of_us(c->now_us);
    if (day == NONE || day >= today - 1) return OK;
    fail_at(c, ERR_INVALID, "out_of_range", "expected_date", "%.*s is over",
            TEXT_ARG(day_text(c->arena, day)));
    return hint(c, "today is %.*s; leave it out when nobody knows the day",
                TEXT_ARG(day_text(c->arena, today)));
}

enum err asn_change(struct ctx *c, int64_t asn_id, const struct asn_fix *in, struct asn *out)
{
    struct fixing f = {0};
    int64_t units = 0;
    const struct asn_line_fix *fixes = in->lines.at;
    TRY(asn_take(c, asn_id, &f.asn));
    TRY(check_state(c, &f.asn));
    const struct asn before = f.asn;
    if (in->expected_day != NONE && in->has_no_day)
        return fail_at(c, ERR_INVALID, "both_given", "has_no_date", "a date is given as well");
    TRY(asn_day_check(c, in->expected_day));
    if (in->expected_day != NONE || in->has_no_day) f.asn.expected_day = in->expected_day;
    if (in->note.at) f.asn.note = in->note;
    if (!in->lines.count && !in->note.at && f.asn.expected_day == before.expected_day)
        return fail(c, ERR_INVALID, "nothing_to_change", "the change says nothing new");
    TRY(load(c, in, &f));
    for (size_t i = 0; i < in->lines.count; i++) {
        enum err e = fix_line(c, &f, &fixes[i]);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    if (f.count + f.added_count > ASN_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "lines", "%zu lines, at most %d",
                       f.count + f.added_count, ASN_LINES_MAX);
    TRY(write(c, &f));
    for (size_t i = 0; i < f.count; i++) units += f.lines[i].after.expected;
    for (size_t i = 0; i < f.added_count; i++) units += f.added[i].expected;
    *out = f.asn;
    return event_put(
        c, EVENT_ASN_CHANGED, NONE, asn_id,
        EVENT_BODY(.quantity = units, .word = out->supplier, .note = what_changed(c, &before, &f)));
}
