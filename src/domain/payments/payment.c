#include "domain/payments/payment.h"

#include "base/card.h"
#include "base/lifecycle.h"
#include "base/source.h"
#include "domain/payments/refund.h"
#include "queries.h"
#include "store/db.h"

static const char *const kinds[] = {"authorise", "capture", "refund", "void"};
static const char *const states[] = {"asked", "done", "failed", "unknown"};
static const char *const verbs[] = {"finish", "fail", "lose_answer"};
static const char *const accounts[] = {"customer",   "provider",  "cash",         "bank",
                                       "receivable", "carrier",   "store_credit", "fee",
                                       "loss",       "promotion", "breakage"};
const struct words intent_kind_words = WORDS("payment_intent_kind", kinds);
const struct words intent_state_words = WORDS("payment_intent_state", states);
const struct words intent_verb_words = WORDS("payment_intent_verb", verbs);
const struct words account_words = WORDS("money_account", accounts);

static const struct move moves[] = {
    [INTENT_FINISH] = {IN(INTENT_ASKED) | IN(INTENT_UNKNOWN), INTENT_DONE, "the provider did it"},
    [INTENT_FAIL] = {IN(INTENT_ASKED) | IN(INTENT_UNKNOWN), INTENT_FAILED,
                     "the provider refused it"},
    [INTENT_LOSE_ANSWER] = {IN(INTENT_ASKED) | IN(INTENT_UNKNOWN), INTENT_UNKNOWN, NULL},
};
const struct lifecycle intent_lifecycle = {"payment_intent", &intent_state_words,
                                           &intent_verb_words, moves, INTENT_ASKED};

static const struct field payment_table[] = {
    FIELD(struct payment, merchant_id),
    FIELD_ID(struct payment, order_id, "order_id", "ord"),
    FIELD_ID(struct payment, payment_id, "id", "pay"),
    FIELD(struct payment, method),
    FIELD(struct payment, provider),
    FIELD(struct payment, token),
    FIELD(struct payment, currency),
    FIELD(struct payment, amount_minor),
    FIELD(struct payment, authorised_minor),
    FIELD(struct payment, captured_minor),
    FIELD(struct payment, refunded_minor),
    FIELD(struct payment, voided_minor),
    FIELD_ID(struct payment, credit_id, "credit_id", "crd", .flags = F_NULL),
    FIELD_INSTANT(struct payment, created_us, "created_at"),
};
const struct fields payment_fields = FIELDS("payment_row", struct payment, payment_table);

static const struct field payment_intent_table[] = {
    FIELD(struct payment_intent, merchant_id),
    FIELD_ID(struct payment_intent, intent_id, "id", "int"),
    FIELD_ID(struct payment_intent, order_id, "order_id", "ord"),
    FIELD_ID(struct payment_intent, payment_id, "payment_id", "pay"),
    FIELD_ENUM(struct payment_intent, kind, intent_kind_words),
    FIELD(struct payment_intent, amount_minor),
    FIELD(struct payment_intent, purpose_id),
    FIELD_ID(struct payment_intent, refund_id, "refund_id", "rfd", .flags = F_NULL),
    FIELD_ENUM(struct payment_intent, state, intent_state_words),
    FIELD(struct payment_intent, provider_ref),
    FIELD(struct payment_intent, reason),
    FIELD_INSTANT(struct payment_intent, asked_us, "asked_at"),
    FIELD_INSTANT(struct payment_intent, answered_us, "answered_at"),
};
const struct fields payment_intent_fields =
    FIELDS("payment_intent_row", struct payment_intent, payment_intent_table);

static const struct field money_entry_table[] = {
    FIELD(struct money_entry, merchant_id),
    FIELD_ID(struct money_entry, entry_id, "id", "mny"),
    FIELD_ID(struct money_entry, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD_ID(struct money_entry, payment_id, "payment_id", "pay", .flags = F_NULL),
    FIELD_ID(struct money_entry, intent_id, "intent_id", "int", .flags = F_NULL),
    FIELD_ID(struct money_entry, credit_id, "credit_id", "crd", .flags = F_NULL),
    FIELD_ENUM(struct money_entry, from_account, account_words),
    FIELD_ENUM(struct money_entry, to_account, account_words),
    FIELD(struct money_entry, amount_minor),
    FIELD(struct money_entry, currency),
    FIELD_INSTANT(struct money_entry, at_us, "at_at"),
    FIELD(struct money_entry, actor_id),
    FIELD(struct money_entry, command_id),
};
const struct fields money_entry_fields =
    FIELDS("money_entry_row", struct money_entry, money_entry_table);

#define MERCHANT I64(c->merchant_id)

/* --- payments -------------------------------------------------------------------------------- */

static struct text card_provider = {"test", 4}; /* set once, before the first order */

struct text payment_provider_of(int64_t method)
{
    return method == PAYMENT_BY_CARD ? card_provider : T("offline");
}

void payment_provider_use(struct text name) { card_provider = name; }

enum err payment_text_check(struct ctx *c, struct text t, const char *field)
{
    if (!card_number_in(t)) return OK;
    (void)fail_at(c, ERR_INVALID, "pan_not_accepted", field, "this holds a card number");
    return hint(c, "send the provider's token; card numbers are not kept here");
}

enum err payment_insert(struct ctx *c, const struct payment *p)
{
    return db_put_record(c, &Q_payment_insert, &payment_fields, p);
}

enum err payments_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_payments_of, ARGS(MERCHANT, I64S(order_ids, n)), &payment_fields, out);
}

enum err payments_take(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_payments_take, ARGS(MERCHANT, I64S(order_ids, n)), &payment_fields, out);
}

enum err payment_change(struct ctx *c, struct payment *p, struct payment_change by)
{
    p->authorised_minor += by.authorised;
    p->captured_minor += by.captured;
    p->refunded_minor += by.refunded;
    p->voided_minor += by.voided;
    return db_add(c, &Q_payment_change, 3,
                  ARGS(MERCHANT, I64(p->order_id), I64(p->payment_id), I64(by.authorised),
                       I64(by.captured), I64(by.refunded), I64(by.voided)));
}

enum account payment_account(int32_t method)
{
    switch (method) {
    case PAYMENT_BY_CARD: return ACCOUNT_PROVIDER;
    case PAYMENT_BY_CASH: return ACCOUNT_CASH;
    case PAYMENT_ON_DELIVERY: return ACCOUNT_CARRIER;
    case PAYMENT_BY_GIFT_CARD:
    case PAYMENT_BY_STORE_CREDIT: return ACCOUNT_STORE_CREDIT;
    default: return ACCOUNT_BANK;
    }
}

/* --- intents --------------------------------------------------------------------------------- */

enum err intent_insert(struct ctx *c, const struct payment_intent *in)
{
    return db_put_record(c, &Q_payment_intent_insert, &payment_intent_fields, in);
}

enum err intent_ask(struct ctx *c, const struct payment *p, enum intent_kind kind,
                    int64_t amount_minor, int64_t purpose_id)
{
    struct payment_intent in = {.merchant_id = c->merchant_id,
                                .intent_id = source_id(c->source),
                                .order_id = p->order_id,
                                .payment_id = p->payment_id,
                                .kind = (int32_t)kind,
                                .amount_minor = amount_minor,
                                .purpose_id = purpose_id,
                                .refund_id = NONE,
                                .state = INTENT_ASKED,
                                .asked_us = c->now_us,
                                .answered_us = NONE};
    return intent_insert(c, &in);
}

enum err intents_get(struct ctx *c, const int64_t *intent_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_payment_intents_get, ARGS(MERCHANT, I64S(intent_ids, n)),
                   &payment_intent_fields, out);
}

enum err intents_of_payments(struct ctx *c, const int64_t *payment_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_payment_intents_live, ARGS(MERCHANT, I64S(payment_ids, n)),
                   &payment_intent_fields, out);
}

static enum err book(struct ctx *c, const struct payment_intent *in, struct payment *p)
{
    int64_t amount = in->amount_minor;
    enum account at = payment_account(p->method);
    switch ((enum intent_kind)in->kind) {
    case INTENT_AUTHORISE: return payment_change(c, p, (struct payment_change){amount, 0, 0, 0});
    case INTENT_VOID: return payment_change(c, p, (struct payment_change){0, 0, 0, amount});
    case INTENT_CAPTURE:
        TRY(payment_change(c, p, (struct payment_change){0, amount, 0, 0}));
        return money_move(c, p, in->intent_id, ACCOUNT_CUSTOMER, at, amount);
    case INTENT_REFUND:
        TRY(payment_change(c, p, (struct payment_change){0, 0, amount, 0}));
        /* The carrier pays nothing back: what it took is refunded by the bank. */
        if (at == ACCOUNT_CARRIER) at = ACCOUNT_BANK;
        return money_move(c, p, in->intent_id, at, ACCOUNT_CUSTOMER, amount);
    }
    return fail(c, ERR_BUG, "intent_kind", "kind %d of intents is not known", (int)in->kind);
}

enum err intent_settle(struct ctx *c, struct payment_intent *in, struct payment *p,
                       enum intent_verb verb, struct text provider_ref, struct text reason)
{
    int32_t before = in->state;
    TRY(lifecycle_next(c, &intent_lifecycle, in->state, (int32_t)verb, &in->state));
    if (provider_ref.at) in->provider_ref = provider_ref;
    in->reason = reason;
    in->answered_us = c->now_us;
    TRY(db_put_sure(c, &Q_payment_intent_settle,
                    ARGS(MERCHANT, I64(in->intent_id), I64(before), I64(in->state),
                         TXT(in->provider_ref), TXT(in->reason), I64(in->answered_us))));
    return verb == INTENT_FINISH ? book(c, in, p) : OK;
}

int64_t payment_free(const struct payment *p, const struct list *intents, enum intent_kind kind)
{
    int64_t waiting[4] = {0};
    const struct payment_intent *at = intents->at;
    for (size_t i = 0; i < intents->count; i++) {
        if (at[i].payment_id != p->payment_id) continue;
        if (at[i].state == INTENT_ASKED || at[i].state == INTENT_UNKNOWN)
            waiting[at[i].kind] += at[i].amount_minor;
    }
    int64_t left = 0;
    switch (kind) {
    case INTENT_AUTHORISE:
        left = p->amount_minor - p->authorised_minor - waiting[INTENT_AUTHORISE];
        break;
    case INTENT_CAPTURE:
    case INTENT_VOID:
        left = p->authorised_minor - p->captured_minor - p->voided_minor - waiting[INTENT_CAPTURE] -
               waiting[INTENT_VOID];
        break;
    case INTENT_REFUND: left = p->captured_minor - p->refunded_minor - waiting[INTENT_REFUND];
    }
    return left > 0 ? left : 0;
}

/* --- entries and sums ------------------------------------------------------------------------ */

enum err money_move(struct ctx *c, const struct payment *p, int64_t intent_id, enum account from,
                    enum account to, int64_t amount_minor)
{
    bool is_credit = from == ACCOUNT_STORE_CREDIT || to == ACCOUNT_STORE_CREDIT;
    return money_book(c, &(struct money_entry){.order_id = p->order_id,
                                               .payment_id = p->payment_id,
                                               .intent_id = intent_id,
                                               .credit_id = is_credit ? p->credit_id : NONE,
                                               .from_account = (int32_t)from,
                                               .to_account = (int32_t)to,
                                               .amount_minor = amount_minor,
                                               .currency = p->currency});
}

enum err money_book(struct ctx *c, const struct money_entry *entry)
{
    struct money_entry e = *entry;
    assert(e.amount_minor > 0 && e.from_account != e.to_account);
    e.merchant_id = c->merchant_id;
    e.entry_id = source_id(c->source);
    e.at_us = c->now_us;
    struct asker by = ctx_asker(c, e.order_id);
    e.actor_id = by.actor_id;
    e.command_id = by.command_id;
    return db_put_record(c, &Q_money_entry_insert, &money_entry_fields, &e);
}

enum err money_entries_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_money_entries_of, ARGS(MERCHANT, I64S(order_ids, n)), &money_entry_fields,
                   out);
}

enum err money_entries_of_credit(struct ctx *c, int64_t credit_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_money_entries_of_credit, ARGS(MERCHANT, I64(credit_id), I64(limit)),
                   &money_entry_fields, out);
}

int64_t account_holds(const struct list *entries, enum account account)
{
    int64_t sum = 0;
    const struct money_entry *at = entries->at;
    for (size_t i = 0; i < entries->count; i++) {
        if (at[i].to_account == (int32_t)account) sum += at[i].amount_minor;
        if (at[i].from_account == (int32_t)account) sum -= at[i].amount_minor;
    }
    return sum;
}

struct payment_balance payment_balance(const struct payment *payments, size_t n, int64_t owed_minor,
                                       const struct refund *refunds, size_t refund_count)
{
    struct payment_balance b = {.owed = owed_minor};
    for (size_t i = 0; i < n; i++) {
        const struct payment *p = &payments[i];
        b.authorised += p->authorised_minor - p->captured_minor - p->voided_minor;
        b.captured += p->captured_minor;
        b.refunded += p->refunded_minor;
    }
    for (size_t i = 0; i < refund_count; i++) {
        const struct refund *r = &refunds[i];
        b.credited += refund_credit(r);
        if (refund_is_open(r)) b.owed_back += r->amount_minor - r->done_minor - r->set_off_minor;
    }
    int64_t net = b.owed > b.credited ? b.owed - b.credited : 0, kept = b.captured - b.refunded;
    b.due = net > kept ? net - kept : 0;
    return b;
}
