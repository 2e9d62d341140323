/* Messages become mails, and what became of them is recorded. */
#include "faces/jobs/messages.h"

#include "base/time.h"
#include "domain/customers/message.h"
#include "domain/events/event.h"
#include "drivers/mailers/mailer.h"
#include "faces/pages/links.h"
#include "faces/pages/mail_order.h"
#include "parcel_fixture.h"
#include "stages/6_delivery/delivery.h"
#include "stages/7_completion/telling.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mail sent[8];
static size_t sent_count;
static enum err answer;

static enum err take_mail(struct ctx *c, const void *arg, const struct mail *mail,
                          struct text once_key)
{
    (void)arg;
    CHECK(text_starts(once_key, T("msg_")));
    CHECK(!db_in_tx(c));
    if (answer != OK) return fail(c, answer, "mail_trouble", "the test says no");
    sent[sent_count++ % 8] = *mail;
    return OK;
}

static void start(struct world *w, enum err says)
{
    sent_count = 0;
    answer = says;
    messages_use((struct mail_sender){take_mail, NULL, NULL});
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://shop.example/")));
}

static enum err tell_in_tx(struct ctx *c, void *arg) { return tell(c, arg, 1); }

static void say(struct world *w, int64_t order_id, enum message_template template)
{
    struct telling t = {order_id, template, 1, NONE, T("sold <b>out</b>")};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, tell_in_tx, &t));
}

static size_t run_jobs(struct world *w)
{
    struct list jobs = {0};
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, job_claim(&w->ctx, JOB_MESSAGE, 50, MINUTE_US, &jobs));
    CHECK_OK(&w->ctx, messages_job(&w->ctx, jobs.at, jobs.count));
    return jobs.count;
}

static struct message message_now(struct world *w, int64_t order_id)
{
    struct list messages = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, messages_of(&w->ctx, &order_id, 1, &messages));
    CHECK(messages.count > 0);
    return messages.count ? *(const struct message *)messages.at : (struct message){0};
}

static int64_t count_of(struct world *w, int64_t order_id, enum event_kind kind)
{
    struct list events = {0};
    int64_t n = 0;
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, order_id, &events));
    for (size_t i = 0; i < events.count; i++)
        n += ((const struct event *)events.at)[i].kind == (int32_t)kind;
    return n;
}

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

TEST_BOTH(messages, a_mail_goes_out_and_is_recorded)
{
    shop_open(w);
    start(w, OK);
    int64_t id = shop_order(w, "SET", 2);
    say(w, id, MESSAGE_RECEIVED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(1, (int64_t)sent_count);
    CHECK_TEXT("shop@fjell.example", sent[0].from);
    CHECK_TEXT("Ada Byron", sent[0].to_name);
    CHECK(has(sent[0].subject, "1") && has(sent[0].text, "Writing set"));
    CHECK(!has(sent[0].text, "Mug, white")); /* a part of the kit */
    CHECK(has(sent[0].text, "10 King Street") && has(sent[0].text, "23.98 GBP"));
    CHECK(has(sent[0].html, "https://shop.example/t/track_"));
    struct message m = message_now(w, id);
    CHECK_I64(MESSAGE_SENT, m.state);
    CHECK_I64(w->ctx.now_us, m.sent_us);
    CHECK_I64(1, count_of(w, id, EVENT_MESSAGE_SENT));
    CHECK_I64(0, (int64_t)run_jobs(w));
}

TEST_BOTH(messages, each_kind_of_mail_has_its_own_link)
{
    shop_open(w);
    start(w, OK);
    int64_t id = shop_order(w, "MUG", 1);
    say(w, id, MESSAGE_CONFIRM);
    say(w, id, MESSAGE_FEEDBACK);
    say(w, id, MESSAGE_CANCELLED);
    CHECK_I64(3, (int64_t)run_jobs(w));
    struct text all = text_printf(&w->arena, "%.*s%.*s%.*s", TEXT_ARG(sent[0].html),
                                  TEXT_ARG(sent[1].html), TEXT_ARG(sent[2].html));
    CHECK(has(all, "https://shop.example/c/confirm_"));
    CHECK(has(all, "https://shop.example/f/feedback_"));
    CHECK(has(all, "sold &lt;b&gt;out") && !has(all, "<b>out"));
}

static enum err code_in_tx(struct ctx *c, void *arg)
{
    struct package *p = arg;
    return pickup_code(c, p->order_id, &p->sscc);
}

TEST_BOTH(messages, who_collects_is_told_the_code_and_the_place)
{
    parcel_shop(w);
    start(w, OK);
    struct draft d = shop_draft(w, "MUG", 1);
    d.method = METHOD_PICKUP;
    struct package p = parcel_get(w, parcel_of_draft(w, &d));
    say(w, p.order_id, MESSAGE_READY);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, code_in_tx, &p)); /* the code, in a text of p's */
    CHECK_I64(6, (int64_t)p.sscc.len);
    CHECK(text_find(sent[0].text, p.sscc) >= 0 && text_find(sent[0].html, p.sscc) >= 0);
    CHECK(has(sent[0].text, "Collect it here:\n  London"));
    CHECK(has(sent[0].subject, "ready to collect"));
}

TEST_BOTH(messages, what_was_collected_is_not_announced)
{
    shop_open(w);
    start(w, OK);
    struct draft d = shop_draft(w, "MUG", 1);
    struct outcome o;
    d.method = METHOD_PICKUP;
    if (!shop_place(w, &d, 1, &o)) return;
    say(w, o.order_id, MESSAGE_READY);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(0, (int64_t)sent_count);
    CHECK_I64(MESSAGE_FAILED, message_now(w, o.order_id).state);
}

TEST_BOTH(messages, a_server_that_is_away_is_asked_again)
{
    shop_open(w);
    start(w, ERR_UPSTREAM);
    int64_t id = shop_order(w, "MUG", 1);
    say(w, id, MESSAGE_RECEIVED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(MESSAGE_WAITING, message_now(w, id).state);
    CHECK_I64(0, (int64_t)run_jobs(w)); /* not at once */
    source_advance_us(&w->source, 2 * MINUTE_US);
    answer = OK;
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(MESSAGE_SENT, message_now(w, id).state);
}

TEST_BOTH(messages, a_mail_that_will_never_go_is_failed)
{
    shop_open(w);
    start(w, ERR_INVALID);
    int64_t id = shop_order(w, "MUG", 1);
    say(w, id, MESSAGE_RECEIVED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    struct message m = message_now(w, id);
    CHECK_I64(MESSAGE_FAILED, m.state);
    CHECK_TEXT("mail_trouble", m.reason);
    CHECK_I64(1, count_of(w, id, EVENT_MESSAGE_FAILED));
    source_advance_us(&w->source, DAY_US);
    CHECK_I64(0, (int64_t)run_jobs(w));
}

TEST_BOTH(messages, a_lost_answer_is_tried_once_more_and_then_left)
{
    shop_open(w);
    start(w, ERR_UNKNOWN);
    int64_t id = shop_order(w, "MUG", 1);
    say(w, id, MESSAGE_CANCELLED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    source_advance_us(&w->source, 10 * MINUTE_US);
    CHECK_I64(1, (int64_t)run_jobs(w));
    struct message m = message_now(w, id);
    CHECK_I64(MESSAGE_UNKNOWN, m.state);
    CHECK_TEXT("sold <b>out</b>", m.reason); /* what the customer is told is still there */
    source_advance_us(&w->source, DAY_US);
    CHECK_I64(0, (int64_t)run_jobs(w));
}

TEST_BOTH(messages, a_lost_answer_and_then_a_refusal_is_a_refusal)
{
    shop_open(w);
    start(w, ERR_UNKNOWN);
    int64_t id = shop_order(w, "MUG", 1);
    say(w, id, MESSAGE_CANCELLED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(MESSAGE_UNKNOWN, message_now(w, id).state);
    start(w, ERR_INVALID);
    source_advance_us(&w->source, 10 * MINUTE_US);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(MESSAGE_FAILED, message_now(w, id).state);
    CHECK_I64(1, count_of(w, id, EVENT_MESSAGE_FAILED));
}

TEST_BOTH(messages, wait_until_the_shop_has_an_address)
{
    shop_open(w);
    start(w, OK);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET email = NULL"));
    int64_t id = shop_order(w, "MUG", 1);
    say(w, id, MESSAGE_RECEIVED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(MESSAGE_WAITING, message_now(w, id).state);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET email = 'shop@fjell.example'"));
    source_advance_us(&w->source, 2 * MINUTE_US);
    CHECK_I64(1, (int64_t)run_jobs(w));
    CHECK_I64(MESSAGE_SENT, message_now(w, id).state);
}

static enum err orphan_in_tx(struct ctx *c, void *arg)
{
    (void)arg;
    return job_put(c, JOB_MESSAGE, 4711, c->now_us);
}

TEST_BOTH(messages, a_job_without_its_message_is_over)
{
    shop_open(w);
    start(w, OK);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, orphan_in_tx, NULL));
    CHECK_I64(1, (int64_t)run_jobs(w));
    source_advance_us(&w->source, DAY_US);
    CHECK_I64(0, (int64_t)run_jobs(w));
    CHECK_I64(0, (int64_t)sent_count);
}

static enum err send_by_mailer(struct ctx *c, const void *arg, const struct mail *mail,
                               struct text once_key)
{
    const struct mailer *mailer = arg;
    return mailer->send(c, mailer, mail, once_key);
}

static enum err keep_by_mailer(struct ctx *c, const void *arg)
{
    const struct mailer *mailer = arg;
    return mailer->keep(c, mailer);
}

static enum err keep_nothing(struct ctx *c, const void *arg)
{
    (void)arg;
    return fail(c, ERR_UPSTREAM, "mail_folder", "the disk says no");
}

TEST_BOTH(messages, what_the_disk_did_not_keep_is_sent_again)
{
    shop_open(w);
    start(w, OK);
    messages_use((struct mail_sender){take_mail, keep_nothing, NULL});
    int64_t order = shop_order(w, "MUG", 1);
    say(w, order, MESSAGE_RECEIVED);
    CHECK_I64(1, (int64_t)run_jobs(w));
    struct message m = message_now(w, order);
    CHECK_I64(MESSAGE_WAITING, m.state);
    start(w, OK);
    source_advance_us(&w->source, DAY_US);
    CHECK_I64(1, (int64_t)run_jobs(w));
    m = message_now(w, order);
    CHECK_I64(MESSAGE_SENT, m.state);
    CHECK_I64(1, (int64_t)sent_count);
}

static size_t files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct text name = text_of(e->d_name);
        char path[400];
        if (!text_ends(name, T(".eml"))) continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
        n++;
    }
    if (dir) closedir(dir);
    return n;
}

TEST_BOTH(messages, without_a_mail_server_they_are_files)
{
    char folder[] = "/tmp/waybill_messages_XXXXXX", command[100];
    shop_open(w);
    start(w, OK);
    CHECK(mkdtemp(folder) != NULL);
    struct mailer mailer = mailer_folder(text_of(folder));
    messages_use((struct mail_sender){send_by_mailer, keep_by_mailer, &mailer});
    say(w, shop_order(w, "MUG", 1), MESSAGE_RECEIVED);
    say(w, shop_order(w, "BOOK", 1), MESSAGE_RECEIVED);
    CHECK_I64(2, (int64_t)run_jobs(w));
    CHECK_I64(2, (int64_t)files_in(folder));
    messages_use((struct mail_sender){0}); /* the mailer ends with this test */
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
}

TEST_BOTH(links, open_only_what_they_were_made_for)
{
    shop_open(w);
    start(w, OK);
    struct arena *a = &w->arena;
    struct text token = link_token(a, LINK_TRACK, 7, 42);
    int64_t merchant = 0, order = 0;
    CHECK(link_open(LINK_TRACK, token, &merchant, &order));
    CHECK_I64(7, merchant);
    CHECK_I64(42, order);
    CHECK(!link_open(LINK_CONFIRM, token, &merchant, &order));
    CHECK(!link_open(LINK_FEEDBACK, token, &merchant, &order));
    CHECK(!link_open(LINK_TRACK, link_token(a, LINK_CONFIRM, 7, 42), &merchant, &order));
    for (size_t i = 0; i < token.len; i++) {
        char *changed = arena_new(a, char, token.len);
        memcpy(changed, token.at, token.len);
        changed[i] = changed[i] == '2' ? '3' : '2';
        CHECK(!link_open(LINK_TRACK, (struct text){changed, token.len}, &merchant, &order));
    }
    struct text again = text_copy(a, token);
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("http://localhost:8080"))); /* the same secret */
    CHECK(link_open(LINK_TRACK, again, &merchant, &order));
    CHECK(text_starts(link_url(a, LINK_FEEDBACK, 7, 42), T("http://localhost:8080/f/feedback_")));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "base_url", links_use(&w->ctx, T("shop.example")));
}
