/* faces/pages/feedback_page.c: /f/TOKEN: how was it? */
#include "domain/orders/order.h"
#include "domain/people/owner.h"
#include "faces/pages/page_handlers.h"
#include "stages/7_completion/feedback.h"

struct score_choice {
    int64_t score;
    bool is_chosen;
};
static const struct field choice_table[] = {
    FIELD(struct score_choice, score),
    FIELD(struct score_choice, is_chosen),
};
static const struct fields choice_fields =
    FIELDS("score_choice", struct score_choice, choice_table);

struct feedback_page {
    struct page_frame frame;
    struct text order_number, path, tracking_path;
    bool is_open;
    struct list scores;
    struct text words, score_wrong;
};
static const struct field page_table[] = {
    PAGE_FRAME(struct feedback_page),     FIELD(struct feedback_page, order_number),
    FIELD(struct feedback_page, path),    FIELD(struct feedback_page, tracking_path),
    FIELD(struct feedback_page, is_open), FIELD_LIST(struct feedback_page, scores, choice_fields),
    FIELD(struct feedback_page, words),   FIELD(struct feedback_page, score_wrong),
};
const struct fields feedback_page_fields =
    FIELDS("feedback_page", struct feedback_page, page_table);

struct given {
    int64_t score; /* NONE: none yet */
    struct text words, wrong;
};

static void say(struct feedback_page *v, const struct order_state *state,
                const struct feedback *before)
{
    v->is_open = !before && state->delivered > 0;
    v->frame.headline = T("How did we do?");
    v->frame.explanation = T("It takes less than a minute, and a person reads it.");
    if (before) {
        v->frame.headline = T("Thank you");
        v->frame.explanation =
            before->score <= FEEDBACK_LOW
                ? T("We are sorry that it was not better. Someone looks at it and writes to you.")
                : T("We are glad to hear from you.");
    } else if (!v->is_open) {
        v->frame.headline = T("It is not with you yet");
        v->frame.explanation = T("We would like to know how it was once it has arrived.");
    }
}

static enum err show(struct ctx *c, int64_t order_id, const struct given *given, struct reply *out)
{
    struct order order;
    struct order_state state;
    struct merchant merchant;
    struct list before;
    struct arena *a = c->arena;
    enum err e = order_get(c, order_id, &order);
    if (e == ERR_NOT_FOUND) return page_say(c, 404, NULL, out);
    TRY(e);
    TRY(order_state_get(c, order_id, &state));
    TRY(merchant_get(c, &merchant));
    TRY(owner_speaks(c, order.owner_id, &merchant));
    TRY(feedback_of(c, &order_id, 1, &before));
    const struct feedback *given_before = before.count ? before.at : NULL;
    if (given_before && page_is_over(c, given_before->at_us))
        return page_say(c, 410, &merchant, out);
    struct feedback_page v = {.frame = page_frame_of(a, &merchant, T("How did we do?")),
                              .order_number = text_printf(a, "%lld", (long long)order.number),
                              .path = link_path(a, LINK_FEEDBACK, c->merchant_id, order_id),
                              .tracking_path = link_path(a, LINK_TRACK, c->merchant_id, order_id),
                              .words = given->words,
                              .score_wrong = given->wrong};
    struct score_choice *scores = arena_new(a, struct score_choice, FEEDBACK_SCORE_MAX + 1);
    for (int64_t i = 0; i <= FEEDBACK_SCORE_MAX; i++)
        scores[i] = (struct score_choice){i, i == given->score};
    v.scores = (struct list){scores, FEEDBACK_SCORE_MAX + 1};
    say(&v, &state, given_before);
    return page_render(c, "feedback.html", &feedback_page_fields, &v, given->wrong.len ? 422 : 200,
                       out);
}

enum err feedback_show(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id;
    struct given none = {.score = NONE};
    if (!page_open(c, LINK_FEEDBACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    return show(c, order_id, &none, out);
}

enum err feedback_take(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t order_id, case_id;
    struct given given = {.score = NONE, .words = form_value(c->arena, in->raw, "words")};
    if (!page_open(c, LINK_FEEDBACK, in->words[0], &order_id)) return page_say(c, 404, NULL, out);
    enum err e = page_actor(c, order_id);
    if (e == ERR_NOT_FOUND) return page_say(c, 404, NULL, out);
    TRY(e);
    if (!text_to_i64(form_value(c->arena, in->raw, "score"), &given.score))
        e = fail_at(c, ERR_INVALID, "required", "score", "please choose a number from 0 to 10");
    else
        e = feedback_give(c, order_id, given.score, given.words, &case_id);
    if (e == OK) {
        page_done(c->arena, out, link_path(c->arena, LINK_FEEDBACK, c->merchant_id, order_id),
                  "given");
        return OK;
    }
    if (!page_can_tell(c, e)) return e;
    given.wrong = fault_words(c->arena, &c->fault);
    return show(c, order_id, &given, out);
}
