/* drivers/payments/test_provider.c: a card provider without cards, for trials and tests.
 *
 * It keeps nothing: what it answers follows from token, request and key, so the same question has
 * the same answer in every process. The token of an authorisation is part of its number, from which
 * later requests know it. What goes wrong only at first does so until FIRST_US after the key was
 * made. */
#include "base/source.h"
#include "base/time.h"
#include "drivers/payments/provider.h"

#define FIRST_US (30 * SECOND_US)

enum behaviour {
    APPROVES,
    DECLINES,
    IS_SLOW,        /* pending, then done */
    LOSES_ANSWER,   /* done, but the answer is lost */
    LOSES_QUESTION, /* at first the question is lost, and nobody knows */
    IS_AWAY,        /* at first nobody listens, surely */
};

#define AUTHORISE (1u << REQUEST_AUTHORISE)
#define CAPTURE (1u << REQUEST_CAPTURE)
#define REFUND (1u << REQUEST_REFUND)
#define VOID (1u << REQUEST_VOID)
#define ALL (AUTHORISE | CAPTURE | REFUND | VOID)

/* Requests that are not named are approved. */
static const struct {
    const char *token;
    unsigned requests;
    enum behaviour behaviour;
    const char *reason;
} tokens[] = {
    {"tok_ok", ALL, APPROVES, NULL},
    {"tok_decline", AUTHORISE, DECLINES, "card_declined"},
    {"tok_insufficient_funds", AUTHORISE, DECLINES, "insufficient_funds"},
    {"tok_expired", AUTHORISE, DECLINES, "expired_card"},
    {"tok_slow", ALL, IS_SLOW, NULL},
    {"tok_timeout_after_success", ALL, LOSES_ANSWER, NULL},
    {"tok_timeout_before", ALL, LOSES_QUESTION, NULL},
    {"tok_away", ALL, IS_AWAY, NULL},
    {"tok_capture_fails", CAPTURE, DECLINES, "authorisation_expired"},
    {"tok_capture_timeout", CAPTURE, LOSES_ANSWER, NULL},
    {"tok_refund_fails", REFUND, DECLINES, "refund_refused"},
    {"tok_refund_pending", REFUND, IS_SLOW, NULL},
    {"tok_refund_timeout", REFUND, LOSES_ANSWER, NULL},
    {"tok_void_fails", VOID, DECLINES, "already_released"},
};

/* "test_KEY_TOKEN": the number of an authorisation carries its token. */
static struct text token_of(const struct payment_ask *ask)
{
    if (ask->request == REQUEST_AUTHORISE) return ask->token;
    ptrdiff_t at = text_find(ask->provider_ref, T("_tok_"));
    if (!text_starts(ask->provider_ref, T("test_")) || at < 0) return (struct text){0};
    return text_skip(ask->provider_ref, (size_t)at + 1);
}

static enum behaviour behaviour_of(const struct payment_ask *ask, struct text *reason)
{
    struct text token = token_of(ask);
    *reason = ask->request == REQUEST_AUTHORISE ? T("token_unknown") : T("no_such_authorisation");
    if (ask->amount_minor <= 0) {
        *reason = T("amount_invalid");
        return DECLINES;
    }
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        if (!text_is(token, tokens[i].token)) continue;
        *reason = text_of(tokens[i].reason);
        return tokens[i].requests & 1u << ask->request ? tokens[i].behaviour : APPROVES;
    }
    return DECLINES;
}

static bool is_early(const struct ctx *c, struct text key)
{
    int64_t id;
    return id_parse(key, "int", &id) && c->now_us < id_time_us(id) + FIRST_US;
}

static void answer_with(struct ctx *c, const struct payment_ask *ask, enum payment_outcome outcome,
                        struct text reason, struct payment_answer *answer)
{
    bool is_first = ask->request == REQUEST_AUTHORISE;
    *answer = (struct payment_answer){.outcome = outcome};
    if (outcome == PAYMENT_DECLINED) answer->reason = reason;
    answer->provider_ref = text_printf(c->arena, "test_%.*s%s%.*s", TEXT_ARG(ask->once_key),
                                       is_first ? "_" : "", is_first ? (int)ask->token.len : 0,
                                       is_first ? ask->token.at : "");
}

static enum err test_ask(struct ctx *c, const struct payment_provider *self,
                         const struct payment_ask *ask, struct payment_answer *answer)
{
    (void)self;
    struct text reason;
    enum behaviour behaviour = behaviour_of(ask, &reason);
    bool early = is_early(c, ask->once_key);
    if (behaviour == LOSES_ANSWER || (behaviour == LOSES_QUESTION && early))
        return fail(c, ERR_UNKNOWN, "provider_no_answer", "the payment provider did not answer");
    if (behaviour == IS_AWAY && early)
        return fail(c, ERR_UPSTREAM, "provider_away", "the payment provider cannot be reached");
    enum payment_outcome outcome = behaviour == DECLINES  ? PAYMENT_DECLINED
                                   : behaviour == IS_SLOW ? PAYMENT_PENDING
                                                          : PAYMENT_DONE;
    answer_with(c, ask, outcome, reason, answer);
    return OK;
}

/* Having no memory, it takes every key that could have arrived for one that did. */
static enum err test_find(struct ctx *c, const struct payment_provider *self,
                          const struct payment_ask *ask, struct payment_answer *answer)
{
    (void)self;
    struct text reason;
    enum behaviour behaviour = behaviour_of(ask, &reason);
    if (behaviour == IS_AWAY && is_early(c, ask->once_key))
        return fail(c, ERR_UPSTREAM, "provider_away", "the payment provider cannot be reached");
    if (behaviour == IS_AWAY || behaviour == LOSES_QUESTION)
        return fail(c, ERR_NOT_FOUND, "provider_not_asked", "the payment provider knows no %.*s",
                    TEXT_ARG(ask->once_key));
    answer_with(c, ask, behaviour == DECLINES ? PAYMENT_DECLINED : PAYMENT_DONE, reason, answer);
    return OK;
}

const struct payment_provider payment_test_provider = {
    .name = "test", .ask = test_ask, .find = test_find};
