/* One suite for every mailer: what a driver must keep to. */
#include "drivers/mailers/mailer.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"
#include "smtp_sink.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena arena;
static struct source source;
static struct ctx ctx;

static struct mail start(void)
{
    arena_free(&arena);
    source_virtual(&source, 7, civil_to_us((struct civil){2026, 11, 23, 10, 15, 7, 0}));
    ctx = (struct ctx){.arena = &arena, .source = &source, .now_us = source_now_us(&source)};
    return (struct mail){.from = T("orders@shop.example"),
                         .to = T("ada@example.org"),
                         .subject = T("Your order 1042"),
                         .text = T("Hello\n"),
                         .message_id = T("not looked at")};
}

/* `last` reads the message that went out last. */
static void conforms(const struct mailer *m, struct text (*last)(const void *), const void *where)
{
    struct mail mail = start();
    struct mail_parsed p;
    CHECK_OK(&ctx, m->send(&ctx, m, &mail, T("msg_1")));
    if (m->keep) CHECK_OK(&ctx, m->keep(&ctx, m));
    CHECK_OK(&ctx, mail_parse(&ctx, last(where), &p));
    CHECK_TEXT("msg_1@shop.example", p.message_id);
    CHECK_TEXT("Your order 1042", p.subject);
    CHECK_TEXT("ada@example.org", p.to_count ? p.to[0].address : T(""));
    CHECK_I64(ctx.now_us, p.date_us);
    CHECK_TEXT("not looked at", mail.message_id);

    ctx.now_us += HOUR_US;
    CHECK_OK(&ctx, m->send(&ctx, m, &mail, T("msg_1")));
    CHECK_OK(&ctx, mail_parse(&ctx, last(where), &p));
    CHECK_TEXT("msg_1@shop.example", p.message_id);

    CHECK_FAULT(&ctx, ERR_INVALID, "mail_key", m->send(&ctx, m, &mail, T("a/../b")));
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_key", m->send(&ctx, m, &mail, T("")));
    mail.subject = T("a\r\nBcc: b@c.example");
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", m->send(&ctx, m, &mail, T("msg_2")));
    mail.subject = T("a");
    mail.to = T("nobody");
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_address", m->send(&ctx, m, &mail, T("msg_2")));
}

/* ---- smtp ---- */

static struct text last_in_sink(const void *where)
{
    struct text found = {0}, next, rest;
    for (int n = 1; (next = smtp_sink_read(&arena, where, n)).at; n++) found = next;
    text_split(found, '\n', &rest);
    text_split(rest, '\n', &found);
    return found;
}

TEST(mailer, smtp_keeps_to_the_suite)
{
    struct smtp_sink sink;
    if (!smtp_sink_open(&sink, "accept")) SKIP("python3-aiosmtpd is not installed");
    struct mailer m = mailer_smtp(&(struct smtp_options){.url = text_of(sink.url)});
    CHECK_TEXT("smtp", text_of(m.name));
    conforms(&m, last_in_sink, &sink);
    struct mail mail = start();
    mail.bounce_to = T("bounces+7@shop.example");
    CHECK_OK(&ctx, m.send(&ctx, &m, &mail, T("msg_3")));
    CHECK(text_starts(smtp_sink_read(&arena, &sink, 3), T("bounces+7@shop.example\n")));
    smtp_sink_close(&sink);
}

TEST(mailer, smtp_passes_on_what_the_server_says)
{
    struct smtp_sink sink;
    struct mail mail = start();
    if (!smtp_sink_open(&sink, "never")) SKIP("python3-aiosmtpd is not installed");
    struct mailer m = mailer_smtp(&(struct smtp_options){.url = text_of(sink.url)});
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_refused", m.send(&ctx, &m, &mail, T("msg_1")));
    smtp_sink_close(&sink);
}

/* ---- folder ---- */

static int count_files(const char *folder, char *last, size_t size)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (strcmp(e->d_name, ".keys") == 0) continue;
        snprintf(last, size, "%s", e->d_name);
        n++;
    }
    if (d) closedir(d);
    return n;
}

static struct text last_in_folder(const void *where)
{
    char name[256] = "";
    CHECK_I64(1, count_files(where, name, sizeof name));
    CHECK_TEXT("20261123-101507-msg_1.eml", text_of(name));
    return test_file_read(
        &arena, text_cstr(&arena, text_printf(&arena, "%s/%s", (const char *)where, name)));
}

TEST(mailer, folder_keeps_to_the_suite)
{
    char folder[] = "/tmp/waybill-mail-XXXXXX", name[256];
    CHECK(mkdtemp(folder) != NULL);
    struct mailer m = mailer_folder(text_of(folder));
    CHECK_TEXT("folder", text_of(m.name));
    conforms(&m, last_in_folder, folder);
    struct mail mail = start();
    CHECK_OK(&ctx, m.send(&ctx, &m, &mail, T("msg_9")));
    CHECK_I64(2, count_files(folder, name, sizeof name));
    test_folder_remove(folder);
}

TEST(mailer, folder_that_is_not_there_or_leads_away_is_upstream)
{
    char folder[] = "/tmp/waybill-mail-XXXXXX", path[300];
    struct mail mail = start();
    struct mailer m = mailer_folder(T("/nonexistent/mail"));
    CHECK_FAULT(&ctx, ERR_UPSTREAM, "mail_folder", m.send(&ctx, &m, &mail, T("msg_1")));
    CHECK(mkdtemp(folder) != NULL);
    m = mailer_folder(text_of(folder));
    CHECK_OK(&ctx, m.send(&ctx, &m, &mail, T("msg_1")));
    snprintf(path, sizeof path, "%s/.keys/msg_2", folder);
    CHECK(symlink("../escape.eml", path) == 0);
    CHECK_FAULT(&ctx, ERR_UPSTREAM, "mail_folder", m.send(&ctx, &m, &mail, T("msg_2")));
    CHECK(access("/tmp/escape.eml", F_OK) != 0);
    test_folder_remove(folder);
}
