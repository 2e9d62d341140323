#include "faces/jobs/messages.h"

#include "base/log.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/customers/message.h"
#include "domain/events/event.h"
#include "faces/pages/links.h"
#include "faces/pages/mail_order.h"
#include "store/db.h"

/* Half of the lease that app/wiring.c gives: what a slow server leaves no time for keeps its lease,
   and comes again when that ends. */
#define TURN_US (5 * MINUTE_US / 2)

static struct mail_sender sender;

void messages_use(struct mail_sender s) { sender = s; }

/* How one job fared. */
struct sending {
    const struct job *job;
    int64_t message_id;
    bool is_left; /* not tried: the time was up */
    bool is_sent;
    enum err result;
    struct text reason;
};
struct round {
    struct sending *at;
    size_t count;
};

static const struct message *message_in(const struct list *messages, int64_t message_id)
{
    return LIST_FIND(messages, struct message, message_id, message_id);
}

static bool is_open(const struct message *m)
{
    return m && (m->state == MESSAGE_WAITING || m->state == MESSAGE_UNKNOWN);
}

static enum err messages_of_round(struct ctx *c, const struct round *r, struct list *out)
{
    int64_t *ids = arena_new(c->arena, int64_t, r->count + 1);
    for (size_t i = 0; i < r->count; i++) ids[i] = r->at[i].message_id;
    return messages_get(c, ids, r->count, out);
}

/* --- sending: no unit of work is open -------------------------------------------------------- */

static enum err send_one(struct ctx *c, const struct order_set *orders, const struct message *m)
{
    struct mail mail;
    if (!sender.send || !links_are_used())
        return fail(c, ERR_UPSTREAM, "no_mailer", "this program was given no way to send mail");
    enum err e = mail_of_message(c, orders, m, &mail);
    if (e != OK) return e;
    return sender.send(c, sender.arg, &mail, id_text(c->arena, "msg", m->message_id));
}

static void note_fault(struct ctx *c, struct sending *s)
{
    s->reason = text_copy(c->arena, text_of(c->fault.reason));
    struct text name = id_text(c->arena, "msg", s->message_id);
    log_line(LOG_WARN, "mail", "%.*s: %s: %s", TEXT_ARG(name), c->fault.reason, c->fault.detail);
}

/* What is not kept was not sent: again, under the same key. */
static void keep_all(struct ctx *c, struct round *r)
{
    size_t sent = 0;
    for (size_t i = 0; i < r->count; i++) sent += r->at[i].is_sent;
    enum err e = sender.keep && sent ? sender.keep(c, sender.arg) : OK;
    for (size_t i = 0; e != OK && i < r->count; i++) {
        if (!r->at[i].is_sent) continue;
        r->at[i].result = e;
        note_fault(c, &r->at[i]);
    }
    c->fault = (struct fault){0};
}

static enum err send_all(struct ctx *c, struct round *r)
{
    struct list messages;
    struct order_set orders;
    TRY(store_reader(c));
    TRY(messages_of_round(c, r, &messages));
    const struct message *at = messages.at;
    int64_t *order_ids = arena_new(c->arena, int64_t, messages.count + 1);
    for (size_t i = 0; i < messages.count; i++) order_ids[i] = at[i].order_id;
    TRY(order_parts_load(c, order_ids, messages.count, &orders));
    TRY(mail_documents_load(c, order_ids, messages.count, &orders));
    int64_t until_us = source_now_us(c->source) + TURN_US;
    for (size_t i = 0; i < r->count; i++) {
        struct sending *s = &r->at[i];
        s->is_left = source_now_us(c->source) > until_us;
        if (s->is_left) continue;
        const struct message *m = message_in(&messages, s->message_id);
        if (!is_open(m)) continue;
        s->result = send_one(c, &orders, m);
        s->is_sent = s->result == OK;
        if (!s->is_sent) note_fault(c, s);
    }
    keep_all(c, r);
    return OK;
}

/* --- recording: one unit of work ------------------------------------------------------------- */

static enum err tell(struct ctx *c, enum event_kind kind, const struct message *m, struct text note)
{
    struct text template = text_of(word_of(&message_template_words, m->template));
    return event_put(c, kind, m->order_id, m->message_id,
                     EVENT_BODY(.word = template, .note = note));
}

static enum err give_up(struct ctx *c, const struct sending *s, struct message *m)
{
    TRY(message_do(c, m, MESSAGE_FAIL, s->reason));
    TRY(tell(c, EVENT_MESSAGE_FAILED, m, s->reason));
    return job_done(c, s->job);
}

static enum err record_one(struct ctx *c, const struct sending *s, struct message *m)
{
    bool is_last = s->job->attempts >= JOB_ATTEMPTS_MAX;
    switch (s->result) {
    case OK:
        TRY(message_do(c, m, MESSAGE_SEND, (struct text){0}));
        TRY(tell(c, EVENT_MESSAGE_SENT, m, m->recipient));
        return job_done(c, s->job);
    case ERR_UNKNOWN:
        TRY(message_do(c, m, MESSAGE_LOSE_ANSWER, (struct text){0}));
        if (s->job->attempts >= MESSAGE_UNKNOWN_TRIES) return job_done(c, s->job);
        return job_again(c, s->job, s->reason);
    case ERR_UPSTREAM:
    case ERR_BUSY: return is_last ? give_up(c, s, m) : job_again(c, s->job, s->reason);
    case ERR_INVALID:
    case ERR_MALFORMED:
    case ERR_UNAUTHENTICATED:
    case ERR_DENIED:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_STALE:
    case ERR_TOO_LARGE:
    case ERR_BUG:
    case ERR_COUNT: break;
    }
    return give_up(c, s, m);
}

static enum err record_all(struct ctx *c, void *arg)
{
    const struct round *r = arg;
    struct list messages;
    TRY(messages_of_round(c, r, &messages));
    for (size_t i = 0; i < r->count; i++) {
        const struct message *found = message_in(&messages, r->at[i].message_id);
        if (r->at[i].is_left) continue;
        if (!is_open(found)) { /* never written, or ended by another */
            TRY(job_done(c, r->at[i].job));
            continue;
        }
        struct message m = *found;
        TRY(record_one(c, &r->at[i], &m));
    }
    return OK;
}

enum err messages_job(struct ctx *c, const struct job *jobs, size_t count)
{
    struct round r = {arena_new(c->arena, struct sending, count + 1), count};
    for (size_t i = 0; i < count; i++)
        r.at[i] = (struct sending){.job = &jobs[i], .message_id = jobs[i].subject_id};
    TRY(send_all(c, &r));
    return db_tx(c, record_all, &r);
}
