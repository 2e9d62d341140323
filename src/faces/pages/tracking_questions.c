/* faces/pages/tracking_questions.c: may something else come instead? The customer says yes or no.
 */
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/substitute.h"
#include "faces/pages/order_parts.h"
#include "faces/pages/page_handlers.h"
#include "faces/pages/tracking_view.h"
#include "stages/2_processing/substituting.h"

void tracking_fill_questions(struct ctx *c, const struct order_set *set,
                             const struct order_parts *o, struct tracking_view *v)
{
    const struct substitution *q = set->substitutions.at;
    struct page_question *views =
        arena_new(c->arena, struct page_question, set->substitutions.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < set->substitutions.count; i++) {
        if (q[i].order_id != o->order.order_id || q[i].state != SUBSTITUTION_ASKED ||
            q[i].is_allowed || q[i].expires_us <= c->now_us)
            continue;
        views[n++] = (struct page_question){
            .id = id_text(c->arena, "sbs", q[i].substitution_id),
            .words = substitution_words(c->arena, set, o, &q[i]),
            .otherwise = q[i].otherwise == OTHERWISE_CANCEL
                             ? T("If you say no, or nothing, it is taken off your order.")
                             : T("If you say no, or nothing, we send what you ordered when it "
                                 "comes."),
            .action = text_printf(c->arena, "%.*s/instead", TEXT_ARG(v->path)),
            .until_us = q[i].expires_us};
    }
    v->questions = (struct list){views, n};
}

/* Who clicks twice has said nothing new. */
static bool is_said(struct ctx *c, const struct substitution_answer *in)
{
    struct substitution q;
    struct fault fault = c->fault;
    bool is_same = substitution_get(c, in->order_id, in->substitution_id, &q) == OK &&
                   q.state == (in->accepts ? SUBSTITUTION_ACCEPTED : SUBSTITUTION_DECLINED);
    c->fault = is_same ? (struct fault){0} : fault;
    return is_same;
}

enum err tracking_answer(struct ctx *c, struct text form, int64_t order_id)
{
    struct substitution_answer in = {.order_id = order_id, .note = T("said on the order's page")};
    struct substitution done;
    struct text said = form_value(c->arena, form, "answer");
    if (!id_parse(form_value(c->arena, form, "question"), "sbs", &in.substitution_id))
        return fail_at(c, ERR_INVALID, "invalid_value", "question", "that is no question of ours");
    in.accepts = text_is(said, "yes");
    if (!in.accepts && !text_is(said, "no"))
        return fail_at(c, ERR_INVALID, "invalid_value", "answer", "say yes or no");
    enum err e = substituting_answer(c, &in, &done);
    return e == ERR_CONFLICT && is_said(c, &in) ? OK : e;
}
