#include "domain/customers/message.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "base/source.h"
#include "queries.h"
#include "store/db.h"

static const char *const templates[] = {
    "received",        "confirm",         "shipped",      "delivered",
    "feedback",        "delayed",         "cancelled",    "ready",
    "return_approved", "return_declined", "return_label", "return_received",
    "refunded",        "substitute",      "substituted",  "dated"};
static const char *const states[] = {"waiting", "sent", "failed", "unknown"};
static const char *const verbs[] = {"send", "fail", "lose_answer"};
const struct words message_template_words = WORDS("message_template", templates);
const struct words message_state_words = WORDS("message_state", states);
const struct words message_verb_words = WORDS("message_verb", verbs);

#define OPEN (IN(MESSAGE_WAITING) | IN(MESSAGE_UNKNOWN))
static const struct move moves[] = {
    [MESSAGE_SEND] = {OPEN, MESSAGE_SENT, "the mail server has it"},
    [MESSAGE_FAIL] = {OPEN, MESSAGE_FAILED, "it will never go like this"},
    [MESSAGE_LOSE_ANSWER] = {OPEN, MESSAGE_UNKNOWN, NULL},
};
const struct lifecycle message_lifecycle = {"message", &message_state_words, &message_verb_words,
                                            moves, MESSAGE_WAITING};

static const struct field message_table[] = {
    FIELD(struct message, merchant_id),
    FIELD_ID(struct message, message_id, "id", "msg"),
    FIELD_ID(struct message, order_id, "order_id", "ord"),
    FIELD_ENUM(struct message, template, message_template_words),
    FIELD(struct message, recipient),
    FIELD(struct message, cause),
    FIELD_ID(struct message, package_id, "package_id", "pkg", .flags = F_NULL),
    FIELD_ENUM(struct message, state, message_state_words),
    FIELD(struct message, reason),
    FIELD_INSTANT(struct message, created_us, "created_at"),
    FIELD_INSTANT(struct message, sent_us, "sent_at"),
};
const struct fields message_fields = FIELDS("message_row", struct message, message_table);

static bool is_same(const struct message *a, const struct message *b)
{
    return a->order_id == b->order_id && a->template == b->template && a->cause == b->cause &&
           text_eq(a->recipient, b->recipient);
}

/* `list` is in ascending order of its orders. */
static bool is_known(const struct list *list, const struct message *m)
{
    struct list own = LIST_RUN(list, struct message, order_id, m->order_id);
    const struct message *at = own.at;
    for (size_t i = 0; i < own.count; i++)
        if (is_same(&at[i], m)) return true;
    return false;
}

enum err messages_put(struct ctx *c, struct message *messages, size_t n)
{
    struct list known;
    int64_t *order_ids = arena_new(c->arena, int64_t, n + 1);
    if (!n) return OK;
    for (size_t i = 0; i < n; i++) {
        order_ids[i] = messages[i].order_id;
        messages[i].message_id = NONE;
    }
    sort_i64(order_ids, n);
    TRY(messages_of(c, order_ids, unique_i64(order_ids, n), &known));
    for (size_t i = 0; i < n; i++) {
        struct message *m = &messages[i];
        if (is_known(&known, m)) continue;
        bool is_repeated = false;
        for (size_t j = i; j-- > 0 && !is_repeated;) is_repeated = is_same(&messages[j], m);
        if (is_repeated) continue;
        m->merchant_id = c->merchant_id;
        m->message_id = source_id(c->source);
        m->state = MESSAGE_WAITING;
        m->created_us = c->now_us;
        m->sent_us = NONE;
        TRY(db_put_record(c, &Q_message_insert, &message_fields, m));
    }
    return OK;
}

enum err messages_get(struct ctx *c, const int64_t *message_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_messages_get, ARGS(I64(c->merchant_id), I64S(message_ids, n)),
                   &message_fields, out);
}

enum err messages_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_messages_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &message_fields, out);
}

enum err message_do(struct ctx *c, struct message *m, enum message_verb verb, struct text reason)
{
    int32_t before = m->state;
    TRY(lifecycle_next(c, &message_lifecycle, before, (int32_t)verb, &m->state));
    if (reason.at) m->reason = reason;
    if (verb == MESSAGE_SEND) m->sent_us = c->now_us;
    return db_put_sure(c, &Q_message_write,
                       ARGS(I64(c->merchant_id), I64(m->message_id), I64(before), I64(m->state),
                            TXT(m->reason), I64(m->sent_us)));
}
