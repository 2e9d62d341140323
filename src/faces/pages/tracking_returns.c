/* faces/pages/tracking_returns.c: goods that a customer sends back: what may, and how far they are.
 */
#include "domain/orders/return.h"
#include "faces/pages/order_parts.h"
#include "faces/pages/page_handlers.h"
#include "faces/pages/tracking_view.h"
#include "services/returns/returns.h"

#include <stdio.h>
#include <string.h>

static struct text reason_text(int32_t reason)
{
    switch ((enum return_reason)reason) {
    case RETURN_BECAUSE_DAMAGED: return T("It came damaged");
    case RETURN_BECAUSE_WRONG_ITEM: return T("It is the wrong thing");
    case RETURN_BECAUSE_NOT_AS_DESCRIBED: return T("It is not as described");
    case RETURN_BECAUSE_DEFECTIVE: return T("It does not work");
    case RETURN_BECAUSE_LATE: return T("It came too late");
    case RETURN_BECAUSE_UNWANTED: return T("I do not want it after all");
    case RETURN_BECAUSE_OTHER: return T("Something else");
    case RETURN_BECAUSE_UNDELIVERED: break;
    }
    return T("It could not be delivered");
}

/* A return is as far as its slowest line that is still under way. */
static void put_status(int32_t state, struct page_return *r)
{
    r->tone = T("warn");
    switch ((enum return_state)state) {
    case RETURN_REQUESTED: r->status = T("Being looked at"); return;
    case RETURN_APPROVED: r->status = T("Please send it"); return;
    case RETURN_IN_TRANSIT: r->status = T("On its way to us"); return;
    case RETURN_RECEIVED: r->status = T("It has arrived"); return;
    case RETURN_INSPECTED: r->status = T("Looked at"); return;
    case RETURN_RESOLVED:
        r->status = T("Done");
        r->tone = T("good");
        return;
    case RETURN_DECLINED:
        r->status = T("Not possible");
        r->tone = T("bad");
        return;
    case RETURN_CANCELLED: break;
    }
    r->status = T("Called off");
}

static struct text name_of(const struct order_set *set, const struct order_parts *o,
                           int64_t line_no)
{
    for (size_t i = 0; i < o->line_count; i++)
        if (o->lines[i].line_no == line_no) return order_line_name(set, &o->lines[i]);
    return T("item");
}

static struct list returns_view(struct arena *a, const struct order_set *set,
                                const struct order_parts *o, const struct list *returns,
                                const struct list *lines)
{
    const struct order_return *at = returns->at;
    const struct return_line *l = lines->at;
    struct page_return *views = arena_new(a, struct page_return, returns->count + 1);
    for (size_t i = 0; i < returns->count; i++) {
        struct page_line *page = arena_new(a, struct page_line, lines->count + 1);
        int32_t slowest = RETURN_CANCELLED;
        size_t n = 0;
        for (size_t k = 0; k < lines->count; k++) {
            if (l[k].return_id != at[i].return_id) continue;
            page[n++] = (struct page_line){l[k].quantity, name_of(set, o, l[k].line_no), {0}};
            bool is_over = l[k].state == RETURN_DECLINED || l[k].state == RETURN_CANCELLED;
            if (slowest == RETURN_CANCELLED || (!is_over && l[k].state < slowest))
                slowest = l[k].state;
        }
        put_status(slowest, &views[i]);
        views[i].reason = reason_text(at[i].reason);
        views[i].answer = at[i].answer;
        views[i].lines = (struct list){page, n};
    }
    return (struct list){views, returns->count};
}

/* Units of a line that are on their way back, or are here again. */
static int64_t asked_of(const struct list *lines, int64_t line_no)
{
    const struct return_line *at = lines->at;
    int64_t sum = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (at[i].line_no == line_no && at[i].state != RETURN_DECLINED &&
            at[i].state != RETURN_CANCELLED)
            sum += at[i].quantity - at[i].sent_back;
    return sum;
}

/* Whole kits, of which every part has arrived and nothing was asked back. */
static int64_t kits_left(const struct order_parts *o, const struct list *lines,
                         const struct order_line *kit)
{
    int64_t most = kit->quantity - kit->cancelled;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        if (l->kind != LINE_COMPONENT || l->parent_line != kit->line_no) continue;
        int64_t each = l->quantity / kit->quantity;
        int64_t left = l->delivered - asked_of(lines, l->line_no);
        int64_t whole = each > 0 ? left / each : 0;
        if (whole < most) most = whole;
    }
    return most;
}

void tracking_fill_returns(struct ctx *c, const struct order_set *set, const struct order_parts *o,
                           const struct list *returns, const struct list *lines,
                           struct tracking_view *v)
{
    struct arena *a = c->arena;
    struct page_goods *goods = arena_new(a, struct page_goods, o->line_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        if (l->kind != LINE_GOODS && l->kind != LINE_KIT) continue;
        int64_t most = l->kind == LINE_KIT ? kits_left(o, lines, l)
                                           : l->delivered - asked_of(lines, l->line_no);
        if (most > 0)
            goods[n++] = (struct page_goods){l->line_no, most, order_line_name(set, l), {0}};
    }
    struct page_choice *reasons = arena_new(a, struct page_choice, RETURN_BECAUSE_UNDELIVERED);
    for (int32_t r = 0; r < RETURN_BECAUSE_UNDELIVERED; r++)
        reasons[r] =
            (struct page_choice){text_of(word_of(&return_reason_words, r)), reason_text(r), false};
    v->returns = returns_view(a, set, o, returns, lines);
    v->goods_back = (struct list){goods, n};
    v->can_return = n > 0;
    v->return_reasons = (struct list){reasons, RETURN_BECAUSE_UNDELIVERED};
}

/* --- the form -------------------------------------------------------------------------------- */

static struct text sent_of(struct arena *a, struct text form, const struct page_goods *g)
{
    char name[40];
    snprintf(name, sizeof name, "goods_%lld", (long long)g->line_no);
    return text_trim(form_value(a, form, name));
}

void tracking_returns_again(struct arena *a, struct text form, struct tracking_view *v)
{
    struct page_goods *goods = v->goods_back.at;
    struct page_choice *reasons = v->return_reasons.at;
    struct text reason = form_value(a, form, "reason");
    for (size_t i = 0; i < v->goods_back.count; i++) goods[i].given = sent_of(a, form, &goods[i]);
    for (size_t i = 0; i < v->return_reasons.count; i++)
        reasons[i].is_chosen = text_eq(reasons[i].value, reason);
}

/* "goods_3=2": two of line 3; empty and 0 are lines that stay. */
static enum err read_lines(struct ctx *c, struct text form, const struct tracking_view *v,
                           struct list *out)
{
    const struct page_goods *goods = v->goods_back.at;
    struct return_wish_line *lines =
        arena_new(c->arena, struct return_wish_line, v->goods_back.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < v->goods_back.count; i++) {
        int64_t quantity = 0;
        struct text value = sent_of(c->arena, form, &goods[i]);
        if (!value.len) continue;
        if (!text_to_i64(value, &quantity) || quantity < 0 || quantity > goods[i].most)
            return fail_at(c, ERR_INVALID, "out_of_range", "goods",
                           "of \"%.*s\" you can send back %lld at most", TEXT_ARG(goods[i].name),
                           (long long)goods[i].most);
        if (quantity) lines[n++] = (struct return_wish_line){goods[i].line_no, quantity};
    }
    *out = (struct list){lines, n};
    if (n) return OK;
    return fail_at(c, ERR_INVALID, "required", "lines", "say how many of what you send back");
}

/* What staff are told is not for customers. */
static enum err told(struct ctx *c, enum err e)
{
    static const struct {
        const char *reason, *words;
    } known[] = {
        {"return_too_late", "the time to return it is over; if something is wrong with it, report "
                            "a problem and a person looks at it"},
        {"not_returnable", "some of it cannot be returned; if something is wrong with it, report a "
                           "problem and a person looks at it"},
        {"over_return", "some of it is on its way back already"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(c->fault.reason, known[i].reason) == 0) {
            snprintf(c->fault.detail, sizeof c->fault.detail, "%s", known[i].words);
            c->fault.hint[0] = 0;
        }
    return e;
}

enum err tracking_ask_back(struct ctx *c, struct text form, int64_t order_id)
{
    struct tracking_view v;
    int64_t ended_us, return_id;
    struct return_wish wish = {.order_id = order_id, .case_id = NONE};
    TRY(tracking_load(c, order_id, &v, &ended_us));
    wish.note = form_value(c->arena, form, "note");
    wish.reason = word_find(&return_reason_words, form_value(c->arena, form, "reason"));
    if (wish.reason < 0 || wish.reason == RETURN_BECAUSE_UNDELIVERED)
        return fail_at(c, ERR_INVALID, "required", "reason", "say why it comes back");
    if (!wish.note.len) wish.note = (struct text){0};
    TRY(read_lines(c, form, &v, &wish.lines));
    enum err e = returns_request(c, &wish, &return_id);
    return e == OK ? OK : told(c, e);
}
