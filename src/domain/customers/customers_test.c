/* domain/customers/customers_test.c: who is known, and what was written to whom, once. */
#include "domain/customers/customer.h"
#include "domain/customers/message.h"
#include "shop.h"

static enum err insert(struct ctx *c, void *arg) { return customer_insert(c, arg); }

TEST_BOTH(customers, a_reference_names_one_customer_and_guests_have_none)
{
    shop_open(w);
    struct customer ada = {.merchant_id = w->ctx.merchant_id,
                           .customer_id = 5,
                           .reference = T("C-1"),
                           .name = T("Ada"),
                           .email = T("ada@example.org"),
                           .created_us = 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &ada));
    ada.customer_id = 6;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, insert, &ada));
    ada.reference = (struct text){0};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &ada));
    ada.customer_id = 7;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &ada));
}

struct post {
    struct message at[3];
    size_t n;
};
static enum err put(struct ctx *c, void *arg)
{
    struct post *p = arg;
    return messages_put(c, p->at, p->n);
}

static struct message mail(enum message_template template, const char *to, int64_t cause)
{
    return (struct message){.order_id = 9,
                            .template = (int32_t) template,
                            .recipient = text_of(to),
                            .cause = cause,
                            .package_id = NONE,
                            .sent_us = NONE};
}

struct sending {
    struct message message;
    enum message_verb verb;
};
static enum err act(struct ctx *c, void *arg)
{
    struct sending s = *(const struct sending *)arg;
    return message_do(c, &s.message, s.verb, (struct text){0});
}

TEST_BOTH(customers, a_mail_is_written_once_per_cause_and_recipient_and_sent_once)
{
    shop_open(w);
    struct post p = {{mail(MESSAGE_SHIPPED, "ada@example.org", 4),
                      mail(MESSAGE_SHIPPED, "bo@example.org", 4),
                      mail(MESSAGE_SHIPPED, "ada@example.org", 5)},
                     3};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put, &p));
    for (size_t i = 0; i < 3; i++) CHECK(p.at[i].message_id != NONE);
    int64_t first = p.at[0].message_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put, &p)); /* the same events, read again */
    for (size_t i = 0; i < 3; i++) CHECK_I64(NONE, p.at[i].message_id);
    CHECK_I64(3, world_ask(w, "SELECT count(*) AS n FROM message"));
    struct list found;
    CHECK_OK(&w->ctx, messages_get(&w->ctx, &first, 1, &found));
    struct sending s = {*(const struct message *)found.at, MESSAGE_SEND};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, act, &s));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, act, &s));
    s.message.state = MESSAGE_SENT;
    s.verb = MESSAGE_FAIL;
    CHECK(db_tx(&w->ctx, act, &s) == ERR_CONFLICT);
}
