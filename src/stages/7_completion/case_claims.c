/* stages/7_completion/case_claims.c: what a carrier lost or broke is a concern of the customer
 * before they say so. */
#include "domain/orders/claim.h"
#include "domain/orders/package.h"
#include "stages/7_completion/cases.h"

/* The words of the case for one parcel; absent: such a claim is between us and the carrier. */
static enum err words_of(struct ctx *c, int64_t package_id, int32_t kind, struct text *words)
{
    struct package p;
    *words = (struct text){0};
    if (kind != CLAIM_LOST && kind != CLAIM_DAMAGED) return OK;
    TRY(package_get(c, package_id, &p));
    *words = text_printf(c->arena, "parcel %lld was %s" CASE_BY_CARRIER, (long long)p.number,
                         kind == CLAIM_LOST ? "lost" : "damaged");
    return OK;
}

/* The customer was faster: their case is the one. A case of another parcel is not. */
static bool is_known(const struct list *cases, int32_t kind)
{
    const struct care_case *at = cases->at;
    for (size_t i = 0; i < cases->count; i++)
        if (at[i].resolution < 0 && at[i].kind == kind &&
            !text_ends(at[i].words, T(CASE_BY_CARRIER)))
            return true;
    return false;
}

static enum err open_for(struct ctx *c, const struct event *e)
{
    struct list cases;
    struct text words;
    int64_t case_id;
    int32_t claimed = word_find(&claim_kind_words, e->word);
    int32_t kind = claimed == CLAIM_LOST ? CASE_MISSING : CASE_DAMAGED;
    TRY(words_of(c, e->other_id, claimed, &words));
    if (!words.len) return OK;
    TRY(cases_of(c, &e->order_id, 1, &cases));
    if (is_known(&cases, kind)) return OK;
    struct case_wish wish = {.order_id = e->order_id, .kind = kind, .words = words};
    return case_open(c, &wish, &case_id);
}

/* Only a case that was opened for it and that nobody has touched, and only when the parcel is
   there: whoever gives up a claim has not yet helped the customer. */
static enum err answer_for(struct ctx *c, const struct event *e)
{
    struct claim k;
    struct package p;
    struct list cases;
    struct text words;
    struct case_outcome out;
    TRY(claim_get(c, e->subject_id, &k));
    TRY(package_get(c, k.package_id, &p));
    if (k.kind != CLAIM_LOST || p.state != PACKAGE_DELIVERED) return OK;
    TRY(words_of(c, k.package_id, k.kind, &words));
    TRY(cases_of(c, &e->order_id, 1, &cases));
    const struct care_case *at = cases.at;
    for (size_t i = 0; i < cases.count; i++) {
        bool is_untouched = at[i].resolution < 0 && at[i].return_id == NONE;
        if (!is_untouched || !text_eq(at[i].words, words)) continue;
        struct case_answer a = {.order_id = e->order_id,
                                .case_id = at[i].case_id,
                                .resolution = CASE_ANSWER,
                                .answer = T("the parcel turned up"),
                                .refund_minor = NONE,
                                .return_reason = -1};
        return case_resolve(c, &a, &out);
    }
    return OK;
}

enum err case_on_claim(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_CLAIM_OPENED) TRY(open_for(c, &events[i]));
        if (events[i].kind == EVENT_CLAIM_WITHDRAWN) TRY(answer_for(c, &events[i]));
    }
    return OK;
}
