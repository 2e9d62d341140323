/* faces/pages/confirm_page.c: /c/TOKEN: the customer looks over address, day and instructions. This
 * link comes by mail alone, so that the address may be shown whole. */
#include "base/country.h"
#include "base/time.h"
#include "faces/pages/address_inputs.h"
#include "faces/pages/order_parts.h"
#include "faces/pages/page_handlers.h"
#include "faces/pages/tracking_view.h"
#include "stages/2_processing/confirming.h"

struct confirm_page {
    struct page_frame frame;
    struct text order_number, path, tracking_path;
    bool is_open;
    struct list lines; /* page_line */
    struct money total;
    int64_t promised_day;
    struct list inputs;
    struct text country, instructions, instructions_wrong, wish_date, wish_wrong, words;
    int64_t today;
};
static const struct field page_table[] = {
    PAGE_FRAME(struct confirm_page),
    FIELD(struct confirm_page, order_number),
    FIELD(struct confirm_page, path),
    FIELD(struct confirm_page, tracking_path),
    FIELD(struct confirm_page, is_open),
    FIELD_LIST(struct confirm_page, lines, page_line_fields),
    FIELD(struct confirm_page, total, .flags = F_NULL),
    FIELD_DAY(struct confirm_page, promised_day, "promised_date"),
    FIELD_LIST(struct confirm_page, inputs, address_input_fields),
    FIELD(struct confirm_page, country),
    FIELD(struct confirm_page, instructions),
    FIELD(struct confirm_page, instructions_wrong),
    FIELD(struct confirm_page, wish_date),
    FIELD(struct confirm_page, wish_wrong),
    FIELD(struct confirm_page, words),
    FIELD_DAY(struct confirm_page, today, "today"),
};
const struct fields confirm_page_fields = FIELDS("confirm_page", struct confirm_page, page_table);

/* The form as it is to be shown: from the order, or from what was sent. */
struct shown {
    struct postal_address at;
    struct text wish_date, words;
    const struct fault *fault; /* NULL: nothing went wrong */
};

/* --- the page -------------------------------------------------------------------------------- */

static struct list lines_of(struct arena *a, const struct order_set *s, const struct order_parts *o)
{
    struct page_line *lines = arena_new(a, struct page_line, o->line_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        if (l->kind == LINE_COMPONENT || l->kind == LINE_CHARGE || !order_line_kept(o, l)) continue;
        lines[n++] = (struct page_line){order_line_kept(o, l), order_line_name(s, l),
                                        order_line_words(a, s, l)};
    }
    return (struct list){lines, n};
}

static enum err is_asked(struct ctx *c, const struct order_parts *o, bool *is_open, bool *is_done)
{
    struct confirmation row;
    struct list holds;
    bool found = false;
    int64_t id = o->order.order_id;
    TRY(confirmation_find(c, id, &row, &found));
    *is_done = found && row.answered_us != NONE;
    *is_open = found && !*is_done;
    TRY(holds_of(c, &id, 1, true, &holds));
    for (size_t i = 0; i < holds.count; i++) /* the question is on its way to its row */
        if (((const struct hold *)holds.at)[i].reason == HOLD_CONFIRMATION && !*is_done)
            *is_open = true;
    if (o->state.commercial != COMMERCIAL_PLACED) *is_open = false;
    return OK;
}

static void say(struct confirm_page *v, const struct order_parts *o, bool is_done)
{
    v->frame.headline = T("Is everything right?");
    v->frame.explanation =
        T("Please look over where it goes. We begin as soon as you have confirmed it.");
    if (v->is_open) return;
    v->frame.headline = T("Nothing to confirm");
    v->frame.explanation = T("The order goes its way as it is.");
    if (is_done) {
        v->frame.headline = T("Thank you, it is confirmed");
        v->frame.explanation = T("We begin with your order, and tell you when it leaves.");
    }
    if (o->state.commercial != COMMERCIAL_CANCELLED) return;
    v->frame.headline = T("This order was cancelled");
    v->frame.explanation = T("Nothing is sent, and there is nothing to confirm any more.");
}

static void fill_form(struct arena *a, struct shown *s, struct confirm_page *v)
{
    const struct country *country = country_by_code(s->at.country);
    v->inputs = address_inputs(a, &s->at, s->fault);
    v->country = country ? text_of(country->name) : s->at.country;
    v->instructions = s->at.instructions;
    v->instructions_wrong = fault_at(a, s->fault, "ship_to.instructions");
    v->wish_date = s->wish_date;
    v->wish_wrong = fault_at(a, s->fault, "wish_date");
    v->words = s->words;
    if (!s->fault) return;
    bool is_shown = v->instructions_wrong.len || v->wish_wrong.len ||
                    address_inputs_marked(&v->inputs);
    v->frame.trouble = is_shown ? T("One thing needs another look; it is marked below.")
                                : fault_words(a, s->fault);
}

static enum err show(struct ctx *c, int64_t order_id, struct shown *sent, struct reply *out)
{
    struct order_set set;
    struct arena *a = c->arena;
    bool is_done;
    TRY(order_parts_load(c, &order_id, 1, &set));
    const struct order_parts *o = order_parts_find(&set, order_id);
    if (!o) return page_say(c, 404, NULL, out);
    set.merchant = order_voice(&set, o);
    struct confirm_page v = {.frame = page_frame_of(a, &set.merchant, T("Confirm your order"))};
    v.order_number = text_printf(a, "%lld", (long long)o->order.number);
    v.path = link_path(a, LINK_CONFIRM, c->merchant_id, order_id);
    v.tracking_path = link_path(a, LINK_TRACK, c->merchant_id, order_id);
    v.lines = lines_of(a, &set, o);
    v.total = money(order_amounts(o).total_minor, text_cstr(a, o->order.currency));
    v.promised_day = o->promised_day;
    v.today = day_of_us(c->now_us);
    TRY(is_asked(c, o, &v.is_open, &is_done));
    if (!v.is_open && page_is_over(c, o->order.created_us))
        return page_say(c, 410, &set.merchant, out);
    struct shown now = {.at = o->ship_to.at};
    if (o->order.wish_day != NONE) now.wish_date = day_text(a, o->order.wish_day);
    if (sent) sent->at.country = o->ship_to.at.country;
    if (v.is_open) fill_form(a, sent ? sent : &now, &v);
    say(&v, o, is_done);
    return page_render(c, "confirm.html", &confirm_page_fields, &v, sent && v.is_open ? 422 : 200,
                       out);
}

enum err confirm_show(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id;
    if (!page_open(c, LINK_CONFIRM, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    return show(c, order_id, NULL, out);
}

/* What the form sent over what stands; a part that the form does not show stays. */
static enum err read_form(struct ctx *c, struct text form, int64_t order_id, struct shown *s,
                          struct confirm_answer *answer)
{
    struct order order;
    struct address address;
    TRY(order_get(c, order_id, &order));
    TRY(address_get(c, order.ship_to_id, &address));
    s->at = address.at;
    address_inputs_read(c->arena, form, &s->at);
    struct text instructions = form_value(c->arena, form, "instructions");
    if (instructions.at) s->at.instructions = instructions;
    s->wish_date = form_value(c->arena, form, "wish_date");
    s->words = form_value(c->arena, form, "words");
    answer->ship_to = &s->at;
    answer->instructions = instructions;
    answer->words = s->words;
    if (!s->wish_date.len || day_parse(s->wish_date, &answer->wish_day)) return OK;
    fail_at(c, ERR_INVALID, "invalid_value", "wish_date", "that is no day of the calendar");
    return hint(c, "it looks like 2026-11-27");
}

enum err confirm_take(struct ctx *c, const struct request *in, struct reply *out)
{
    struct confirm_answer answer = {.is_by_link = true, .wish_day = NONE};
    struct confirm_outcome done;
    struct shown sent = {0};
    if (!page_open(c, LINK_CONFIRM, in->words[0], &answer.order_id))
        return page_say(c, 404, NULL, out);
    enum err e = page_actor(c, answer.order_id);
    if (e == ERR_NOT_FOUND) return page_say(c, 404, NULL, out);
    TRY(e);
    e = read_form(c, in->raw, answer.order_id, &sent, &answer);
    if (e == OK) e = confirm_answer(c, &answer, &done);
    if (e == OK) {
        page_done(c->arena, out, link_path(c->arena, LINK_CONFIRM, c->merchant_id, answer.order_id),
                  "confirmed");
        return OK;
    }
    if (!page_can_tell(c, e)) return e;
    struct fault fault = c->fault;
    sent.fault = &fault;
    return show(c, answer.order_id, &sent, out);
}
