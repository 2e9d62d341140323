/* stages/2_processing/crediting.c: see crediting.h. */
#include "stages/2_processing/crediting.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/people/people.h"
#include "store/db.h"

/* --- issuing --------------------------------------------------------------------------------- */

static enum err check_issue(struct ctx *c, const struct crediting_issue *in, struct text currency)
{
    if (in->amount_minor <= 0 || in->amount_minor > MONEY_MINOR_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "amount", "an amount is above 0");
    if (!currency_known(text_cstr(c->arena, currency)))
        return fail_at(c, ERR_INVALID, "unknown_currency", "amount.currency",
                       "\"%.*s\" is no ISO 4217 currency", TEXT_ARG(currency));
    if (in->expires_day != NONE && in->expires_day < day_of_us(c->now_us))
        return fail_at(c, ERR_INVALID, "out_of_range", "expires_date", "that day is over");
    if (in->paid_by >= 0 && in->paid_by != PAY_CASH && in->paid_by != PAY_BANK_TRANSFER) {
        (void)fail_at(c, ERR_INVALID, "method_not_recorded", "paid_by",
                      "only cash and bank_transfer are recorded");
        return hint(c, "leave it out when the credit is given away");
    }
    if (in->kind == CREDIT_STORE && in->customer_id == NONE && !in->email.len) {
        (void)fail_at(c, ERR_INVALID, "required", "customer_id", "whose store credit is it?");
        return hint(c, "give a customer_id, or the email of a guest; a gift card needs neither");
    }
    return OK;
}

static enum err book_issue(struct ctx *c, const struct crediting_issue *in, const struct credit *k)
{
    bool is_sold = in->paid_by >= 0;
    struct money_entry claim = {.order_id = NONE,
                                .payment_id = NONE,
                                .intent_id = NONE,
                                .credit_id = k->credit_id,
                                .from_account = ACCOUNT_STORE_CREDIT,
                                .to_account = is_sold ? ACCOUNT_CUSTOMER : ACCOUNT_PROMOTION,
                                .amount_minor = in->amount_minor,
                                .currency = k->currency};
    TRY(money_book(c, &claim));
    if (is_sold) {
        struct money_entry paid = claim;
        paid.from_account = ACCOUNT_CUSTOMER;
        paid.to_account = (int32_t)payment_account(in->paid_by);
        TRY(money_book(c, &paid));
    }
    return event_put(c, EVENT_CREDIT_ISSUED, NONE, k->credit_id,
                     EVENT_BODY(.amount_minor = in->amount_minor,
                                .word = text_of(word_of(&credit_kind_words, k->kind)),
                                .other_id = k->customer_id, .note = in->note));
}

/* The moment after the last day, UTC. */
static int64_t expiry_us(int64_t day) { return (day + 1) * DAY_US; }

static struct credit_home home_of(const struct order *o)
{
    return (struct credit_home){.owner_id = o->owner_id,
                                .customer_id = o->customer_id,
                                .email = o->customer_email,
                                .currency = o->currency};
}

enum err crediting_issue(struct ctx *c, const struct crediting_issue *in, struct credit *out)
{
    struct merchant merchant;
    bool found = false;
    TRY(merchant_get(c, &merchant));
    struct text currency = in->currency.len ? in->currency : merchant.currency;
    TRY(check_issue(c, in, currency));
    if (in->kind == CREDIT_STORE)
        TRY(credit_of(c, &(struct credit_home){c->owner_id, in->customer_id, in->email, currency},
                      out, &found));
    if (found) {
        TRY(credit_give(c, out->credit_id, in->amount_minor));
        TRY(credit_get(c, out->credit_id, out));
        return book_issue(c, in, out);
    }
    *out = (struct credit){.merchant_id = c->merchant_id,
                           .credit_id = source_id(c->source),
                           .kind = in->kind,
                           .code_hash = in->code_hash,
                           .code_end = in->code_end,
                           .customer_id = in->customer_id,
                           .email = in->email,
                           .currency = currency,
                           .balance_minor = in->amount_minor,
                           .expires_day = in->expires_day,
                           .note = in->note,
                           .created_us = c->now_us,
                           .owner_id = in->email.len && in->customer_id == NONE ? c->owner_id : 0};
    TRY(credit_insert(c, out));
    if (out->expires_day != NONE)
        TRY(job_put(c, JOB_CREDIT_EXPIRY, out->credit_id, expiry_us(out->expires_day)));
    return book_issue(c, in, out);
}

enum err crediting_home(struct ctx *c, const struct order *o, int64_t *credit_id, bool *found)
{
    struct credit k;
    struct credit_home home = home_of(o);
    TRY(credit_of(c, &home, &k, found));
    if (*found) {
        *credit_id = k.credit_id;
        return OK;
    }
    if (o->customer_id == NONE && !o->customer_email.len) return OK;
    k = (struct credit){.merchant_id = c->merchant_id,
                        .credit_id = source_id(c->source),
                        .kind = CREDIT_STORE,
                        .customer_id = o->customer_id,
                        .email = o->customer_id == NONE ? o->customer_email : (struct text){0},
                        .currency = o->currency,
                        .expires_day = NONE,
                        .created_us = c->now_us,
                        .owner_id = o->customer_id == NONE ? o->owner_id : 0};
    *credit_id = k.credit_id;
    *found = true;
    return credit_insert(c, &k);
}

/* --- expiring -------------------------------------------------------------------------------- */

static enum err expire_one(struct ctx *c, const struct job *job)
{
    struct credit k;
    TRY(credit_get(c, job->subject_id, &k));
    TRY(job_done(c, job));
    if (k.expires_day == NONE) return OK;
    if (expiry_us(k.expires_day) > c->now_us)
        return job_put(c, JOB_CREDIT_EXPIRY, k.credit_id, expiry_us(k.expires_day));
    int64_t left = k.balance_minor;
    if (!left) return OK;
    TRY(credit_take(c, &k, left));
    TRY(money_book(c, &(struct money_entry){.order_id = NONE,
                                            .payment_id = NONE,
                                            .intent_id = NONE,
                                            .credit_id = k.credit_id,
                                            .from_account = ACCOUNT_BREAKAGE,
                                            .to_account = ACCOUNT_STORE_CREDIT,
                                            .amount_minor = left,
                                            .currency = k.currency}));
    return event_put(c, EVENT_CREDIT_EXPIRED, NONE, k.credit_id,
                     EVENT_BODY(.amount_minor = left,
                                .word = text_of(word_of(&credit_kind_words, k.kind)),
                                .other_id = k.customer_id));
}

static enum err expire_in_tx(struct ctx *c, void *arg) { return expire_one(c, arg); }

/* One unit each: a balance that is spent at this moment delays its own expiry only. */
enum err crediting_job(struct ctx *c, const struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct job job = jobs[i];
        TRY(db_tx(c, expire_in_tx, &job));
    }
    return OK;
}

/* --- spending -------------------------------------------------------------------------------- */

static enum err find(struct ctx *c, const struct paying_act *act, const struct order *o,
                     struct credit *k)
{
    bool found = false;
    if (act->method == PAY_GIFT_CARD) {
        struct text code = credit_code_normal(c->arena, act->token);
        if (!code.at) {
            (void)fail_at(c, ERR_INVALID, "required", "code", "a gift card needs its code");
            return hint(c, "at least 12 letters and digits, as printed on the card");
        }
        if (credit_by_code(c, credit_code_hash(c->arena, code), k) == OK) return OK;
        return fail_at(c, ERR_NOT_FOUND, "credit_not_found", "code", "there is no such gift card");
    }
    struct credit_home home = home_of(o);
    TRY(credit_of(c, &home, k, &found));
    if (found) return OK;
    return fail(c, ERR_NOT_FOUND, "credit_not_found", "the customer has no store credit in %.*s",
                TEXT_ARG(o->currency));
}

static enum err check_usable(struct ctx *c, const struct credit *k, const struct order *o)
{
    if (!text_eq(k->currency, o->currency))
        return fail(c, ERR_INVALID, "wrong_currency", "it is in %.*s, the order in %.*s",
                    TEXT_ARG(k->currency), TEXT_ARG(o->currency));
    if (k->expires_day != NONE && k->expires_day < day_of_us(c->now_us))
        return fail(c, ERR_CONFLICT, "credit_expired", "its last day is over");
    return k->balance_minor > 0
               ? OK
               : fail(c, ERR_CONFLICT, "credit_spent", "there is nothing left on it");
}

enum err paying_credit(struct ctx *c, const struct paying_act *act)
{
    struct order_money m;
    struct credit k;
    int64_t intent_id;
    TRY(paying_open(c, act, false, "note", &m));
    TRY(find(c, act, m.order, &k));
    TRY(check_usable(c, &k, m.order));
    int64_t due = money_due(&m);
    if (due <= 0) return fail(c, ERR_CONFLICT, "nothing_due", "the order is covered already");
    if (act->amount_minor != NONE && act->amount_minor > due)
        return fail_at(c, ERR_CONFLICT, "nothing_due", "amount", "only %lld is due",
                       (long long)due);
    int64_t amount = act->amount_minor != NONE ? act->amount_minor
                     : due < k.balance_minor   ? due
                                               : k.balance_minor;
    TRY(paying_room(c, &m));
    TRY(credit_take(c, &k, amount));
    struct payment *p = arena_new(c->arena, struct payment, 1);
    *p = paying_new(c, &m, act->method, amount);
    p->credit_id = k.credit_id;
    p->authorised_minor = p->captured_minor = amount;
    TRY(payment_insert(c, p));
    struct money_fact fact = {INTENT_CAPTURE, amount, 0, 0, k.code_end};
    TRY(money_done(c, p, &fact, &intent_id));
    TRY(money_move(c, p, intent_id, ACCOUNT_CUSTOMER, ACCOUNT_STORE_CREDIT, amount));
    m.purses[m.purse_count++].payment = p; /* money_load left room for one */
    return money_free_holds(c, &m, 1);
}
