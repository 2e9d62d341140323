/* What every payment provider keeps to, and what the tokens of the built-in one do. */
#include "drivers/payments/provider.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"

struct desk {
    struct arena arena;
    struct source source;
    struct ctx ctx;
};

static void desk_open(struct desk *d)
{
    *d = (struct desk){0};
    source_virtual(&d->source, 7, INT64_C(1767600000000000));
    d->ctx = (struct ctx){.arena = &d->arena, .source = &d->source, .now_us = 0};
    d->ctx.now_us = source_now_us(&d->source);
}

static void desk_wait(struct desk *d, int64_t us)
{
    source_advance_us(&d->source, us);
    d->ctx.now_us = source_now_us(&d->source);
}

static struct payment_ask question(struct desk *d, enum payment_request request, const char *token,
                                   struct text authorisation)
{
    return (struct payment_ask){.request = request,
                                .once_key = id_text(&d->arena, "int", source_id(&d->source)),
                                .amount_minor = 1999,
                                .currency = T("EUR"),
                                .token = text_of(token),
                                .provider_ref = authorisation,
                                .order_reference = T("1001")};
}

static struct text authorisation(struct desk *d, const struct payment_provider *p,
                                 const char *token)
{
    struct payment_ask ask = question(d, REQUEST_AUTHORISE, token, (struct text){0});
    struct payment_answer answer = {0};
    CHECK_OK(&d->ctx, p->ask(&d->ctx, p, &ask, &answer));
    return answer.provider_ref;
}

/* For any provider: `good` is a token that it approves, `bad` one that it declines. */
static void check_provider(const struct payment_provider *p, const char *good, const char *bad)
{
    struct desk d;
    desk_open(&d);
    struct payment_ask ask = question(&d, REQUEST_AUTHORISE, good, (struct text){0});
    struct payment_answer first = {0}, second = {0}, found = {0};
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &first));
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &second));
    CHECK_OK(&d.ctx, p->find(&d.ctx, p, &ask, &found));
    CHECK_I64(PAYMENT_DONE, first.outcome);
    CHECK_I64(first.outcome, second.outcome);
    CHECK(first.provider_ref.len > 0 && text_eq(first.provider_ref, second.provider_ref));
    CHECK_I64(PAYMENT_DONE, found.outcome);
    CHECK(text_eq(first.provider_ref, found.provider_ref));

    static const enum payment_request later[] = {REQUEST_CAPTURE, REQUEST_REFUND, REQUEST_VOID};
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        struct payment_ask next = question(&d, later[i], NULL, first.provider_ref);
        struct payment_answer answer = {0}, again = {0};
        CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &next, &answer));
        CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &next, &again));
        CHECK_I64(PAYMENT_DONE, answer.outcome);
        CHECK(text_eq(answer.provider_ref, again.provider_ref));
        CHECK(!text_eq(answer.provider_ref, first.provider_ref));
    }
    struct payment_ask refused = question(&d, REQUEST_AUTHORISE, bad, (struct text){0});
    struct payment_answer no = {0};
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &refused, &no));
    CHECK_I64(PAYMENT_DECLINED, no.outcome);
    CHECK(no.reason.len > 0);
    struct payment_ask stray = question(&d, REQUEST_CAPTURE, NULL, T("no-such-number"));
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &stray, &no));
    CHECK_I64(PAYMENT_DECLINED, no.outcome);
    arena_free(&d.arena);
}

TEST(payment_provider, test_provider_keeps_to_the_rules)
{
    check_provider(&payment_test_provider, "tok_ok", "tok_decline");
}

TEST(payment_provider, each_refusal_says_why)
{
    static const struct {
        const char *token;
        enum payment_request request;
        const char *reason;
    } cases[] = {
        {"tok_decline", REQUEST_AUTHORISE, "card_declined"},
        {"tok_insufficient_funds", REQUEST_AUTHORISE, "insufficient_funds"},
        {"tok_expired", REQUEST_AUTHORISE, "expired_card"},
        {"tok_never_heard_of", REQUEST_AUTHORISE, "token_unknown"},
        {"tok_capture_fails", REQUEST_CAPTURE, "authorisation_expired"},
        {"tok_refund_fails", REQUEST_REFUND, "refund_refused"},
        {"tok_void_fails", REQUEST_VOID, "already_released"},
    };
    const struct payment_provider *p = &payment_test_provider;
    struct desk d;
    desk_open(&d);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is_later = cases[i].request != REQUEST_AUTHORISE;
        struct text number = is_later ? authorisation(&d, p, cases[i].token) : (struct text){0};
        struct payment_ask ask = question(&d, cases[i].request, cases[i].token, number);
        struct payment_answer answer = {0};
        CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &answer));
        CHECK_I64(PAYMENT_DECLINED, answer.outcome);
        CHECK_TEXT(cases[i].reason, answer.reason);
    }
    arena_free(&d.arena);
}

TEST(payment_provider, lost_answer_is_found_later)
{
    const struct payment_provider *p = &payment_test_provider;
    struct desk d;
    desk_open(&d);
    struct payment_ask ask =
        question(&d, REQUEST_AUTHORISE, "tok_timeout_after_success", (struct text){0});
    struct payment_answer answer = {0};
    CHECK_FAULT(&d.ctx, ERR_UNKNOWN, "provider_no_answer", p->ask(&d.ctx, p, &ask, &answer));
    CHECK_OK(&d.ctx, p->find(&d.ctx, p, &ask, &answer));
    CHECK_I64(PAYMENT_DONE, answer.outcome);
    arena_free(&d.arena);
}

TEST(payment_provider, lost_question_is_not_found_and_may_be_asked_again)
{
    const struct payment_provider *p = &payment_test_provider;
    struct desk d;
    desk_open(&d);
    struct payment_ask ask =
        question(&d, REQUEST_AUTHORISE, "tok_timeout_before", (struct text){0});
    struct payment_answer answer = {0};
    CHECK_FAULT(&d.ctx, ERR_UNKNOWN, "provider_no_answer", p->ask(&d.ctx, p, &ask, &answer));
    CHECK_FAULT(&d.ctx, ERR_NOT_FOUND, "provider_not_asked", p->find(&d.ctx, p, &ask, &answer));
    desk_wait(&d, MINUTE_US);
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &answer));
    CHECK_I64(PAYMENT_DONE, answer.outcome);
    arena_free(&d.arena);
}

TEST(payment_provider, provider_that_is_away_did_nothing)
{
    const struct payment_provider *p = &payment_test_provider;
    struct desk d;
    desk_open(&d);
    struct payment_ask ask = question(&d, REQUEST_AUTHORISE, "tok_away", (struct text){0});
    struct payment_answer answer = {0};
    CHECK_FAULT(&d.ctx, ERR_UPSTREAM, "provider_away", p->ask(&d.ctx, p, &ask, &answer));
    desk_wait(&d, MINUTE_US);
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &answer));
    CHECK_I64(PAYMENT_DONE, answer.outcome);
    arena_free(&d.arena);
}

TEST(payment_provider, slow_answer_is_pending_then_done)
{
    const struct payment_provider *p = &payment_test_provider;
    struct desk d;
    desk_open(&d);
    struct payment_ask ask = question(&d, REQUEST_AUTHORISE, "tok_slow", (struct text){0});
    struct payment_answer answer = {0};
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &answer));
    CHECK_I64(PAYMENT_PENDING, answer.outcome);
    CHECK_OK(&d.ctx, p->find(&d.ctx, p, &ask, &answer));
    CHECK_I64(PAYMENT_DONE, answer.outcome);
    arena_free(&d.arena);
}

TEST(payment_provider, offline_money_waits_for_people)
{
    const struct payment_provider *p = &payment_offline_provider;
    struct desk d;
    desk_open(&d);
    struct payment_ask ask = question(&d, REQUEST_REFUND, NULL, (struct text){0});
    struct payment_answer answer = {0};
    CHECK(p->is_manual);
    CHECK_OK(&d.ctx, p->ask(&d.ctx, p, &ask, &answer));
    CHECK_I64(PAYMENT_PENDING, answer.outcome);
    arena_free(&d.arena);
}
