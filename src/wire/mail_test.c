#include "wire/mail.h"

#include "base/field.h"
#include "base/time.h"
#include "harness.h"
#include "smtp_sink.h"

#include <arpa/inet.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct arena arena;
static struct ctx ctx;

static void start(void)
{
    arena_free(&arena);
    ctx = (struct ctx){.arena = &arena};
    ctx.now_us = civil_to_us((struct civil){2026, 11, 23, 10, 15, 7, 0});
}

static struct mail plain_mail(void)
{
    start();
    return (struct mail){.from = T("orders@shop.example"),
                         .from_name = T("Wren & Co."),
                         .to = T("ada@example.org"),
                         .to_name = T("Ada O'Neill"),
                         .subject = T("Your order 1042"),
                         .text = T("Hello,\n\nall is well.\n"),
                         .message_id = T("evt_1@shop.example")};
}

static struct mail full_mail(void)
{
    static const struct mail_header headers[] = {
        {{"Auto-Submitted", 14}, {"auto-generated", 14}},
        {{"List-Unsubscribe", 16}, {"<https://shop.example/u/1>", 26}},
    };
    static const struct mail_attachment files[] = {
        {{"invoice 1042.pdf", 16}, {"application/pdf", 15}, {"%PDF-1.4\n\0\1\2\377", 13}},
        {{"\xc3\x9c"
          "bersicht.csv",
          14},
         {"text/csv", 8},
         {"a;b\r\n1;2\r\n", 10}},
    };
    struct mail m = plain_mail();
    m.from_name = T("B\xc3\xbc"
                    "cher Stra\xc3\x9f"
                    "e");
    m.to_name = T("\xd0\x90\xd0\xb4\xd0\xb0, the \"first\"");
    m.reply_to = T("help@shop.example");
    m.subject =
        T("Your order: 3 \xe2\x82\xac saved, with a subject so long that it has to be folded "
          "over more than one line \xe2\x9c\x93");
    m.text = T("Gr\xc3\xbc\xc3\x9f"
               "e\r\n--=_x\n.\nFrom here\n");
    m.html = T("<p>\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82</p>\n");
    m.headers = headers;
    m.header_count = 2;
    m.attachments = files;
    m.attachment_count = 2;
    return m;
}

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

/* ---- building ---- */

TEST(mail, is_built_as_the_golden_files_say)
{
    struct mail m = plain_mail();
    struct text out = {0};
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    CHECK_GOLDEN("mail_plain.eml", out);
    m = full_mail();
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    CHECK_GOLDEN("mail_full.eml", out);
    m.attachment_count = 0;
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    CHECK_GOLDEN("mail_both.eml", out);
}

TEST(mail, on_the_wire_is_only_ascii_in_short_lines_with_crlf)
{
    struct mail m = full_mail();
    struct text out = {0}, rest;
    char *wide = arena_new(&arena, char, 5001);
    memset(wide, 'w', 5000);
    m.html = (struct text){wide, 5000};
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    for (rest = out; rest.at;) {
        struct text line = text_split(rest, '\n', &rest);
        CHECK(!rest.at || (line.len && line.at[line.len - 1] == '\r'));
        CHECK(line.len <= 200);
        for (size_t i = 0; i + 1 < line.len; i++)
            CHECK((unsigned char)line.at[i] < 0x80 && line.at[i] != '\r' && line.at[i] != 0);
    }
    struct mail again = m;
    struct text second = {0};
    CHECK_OK(&ctx, mail_build(&ctx, &again, &second));
    CHECK(text_eq(out, second));
}

TEST(mail, read_back_is_what_was_written)
{
    struct mail m = full_mail();
    struct text out = {0};
    struct mail_parsed p;
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    CHECK_OK(&ctx, mail_parse(&ctx, out, &p));
    CHECK(text_eq(m.from, p.from.address) && text_eq(m.from_name, p.from.name));
    CHECK_I64(1, (int64_t)p.to_count);
    if (p.to_count) CHECK(text_eq(m.to, p.to[0].address) && text_eq(m.to_name, p.to[0].name));
    CHECK_TEXT("help@shop.example", p.reply_to.address);
    CHECK(text_eq(m.subject, p.subject));
    CHECK_TEXT("evt_1@shop.example", p.message_id);
    CHECK_TEXT("auto-generated", p.auto_submitted);
    CHECK_I64(ctx.now_us, p.date_us);
    CHECK_TEXT("Gr\xc3\xbc\xc3\x9f"
               "e\n--=_x\n.\nFrom here\n",
               p.text);
    CHECK(text_eq(m.html, p.html));
    CHECK_I64(2, (int64_t)p.attachment_count);
    for (size_t i = 0; i < p.attachment_count && i < 2; i++) {
        CHECK(text_eq(m.attachments[i].name, p.attachments[i].name));
        CHECK(text_eq(m.attachments[i].type, p.attachments[i].type));
        CHECK(text_eq(m.attachments[i].bytes, p.attachments[i].bytes));
    }
}

TEST(mail, no_value_can_add_a_header)
{
    static const char *const tricks[] = {"a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\tb", "a\x7f"};
    struct text out;
    for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
        struct text bad = text_of(tricks[i]);
        struct mail m = plain_mail();
        m.subject = bad;
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
        CHECK_TEXT("subject", text_of(ctx.fault.field));
        m = plain_mail();
        m.to_name = bad;
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
        m = plain_mail();
        m.from_name = bad;
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
        m = plain_mail();
        struct mail_header h = {T("X-Note"), bad};
        m.headers = &h;
        m.header_count = 1;
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
        h = (struct mail_header){bad, T("x")};
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
        m = plain_mail();
        struct mail_attachment file = {bad, T("text/csv"), T("x")};
        m.attachments = &file;
        m.attachment_count = 1;
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
        file = (struct mail_attachment){T("x.csv"), bad, T("x")};
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_attachment", mail_build(&ctx, &m, &out));
        m = plain_mail();
        m.message_id = bad;
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
    }
    struct mail m = plain_mail();
    struct mail_header h = {T("bcc"), T("x@y.example")};
    m.headers = &h;
    m.header_count = 1;
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_header", mail_build(&ctx, &m, &out));
}

TEST(mail, addresses_are_one_plain_mailbox)
{
    static const char *const bad[] = {"",
                                      "a",
                                      "@b.example",
                                      "a@",
                                      "a b@c.example",
                                      "a@b@c.example",
                                      "a@b.example,c@d.example",
                                      "<a@b.example>",
                                      "a@b.example\r\nBcc: c@d.example",
                                      ".a@b.example",
                                      "a..b@c.example",
                                      "a@.b",
                                      "a@b..c",
                                      "\xc3\xbc@b.example",
                                      "a;b@c.example",
                                      "\"a b\"@c.example"};
    static const char *const good[] = {"a@b.example", "a.b+c@d-e.example", "o'neill@x.example"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mail m = plain_mail();
        struct text out;
        CHECK(!mail_address_valid(text_of(bad[i])));
        m.to = text_of(bad[i]);
        CHECK_FAULT(&ctx, ERR_INVALID, "mail_address", mail_build(&ctx, &m, &out));
        CHECK_TEXT("to", text_of(ctx.fault.field));
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(mail_address_valid(text_of(good[i])));
}

TEST(mail, needs_a_body_of_utf_8_and_keeps_its_limits)
{
    struct mail m = plain_mail();
    struct text out;
    m.text = T("");
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_body", mail_build(&ctx, &m, &out));
    m.text = T("\xff");
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_body", mail_build(&ctx, &m, &out));
    m = plain_mail();
    struct mail_attachment file = {T("x.bin"), T("application/octet-stream"), {0}};
    file.bytes = (struct text){arena_new(&arena, char, MAIL_BYTES_MAX), MAIL_BYTES_MAX * 3 / 4 + 9};
    m.attachments = &file;
    m.attachment_count = 1;
    CHECK_FAULT(&ctx, ERR_TOO_LARGE, "mail_too_large", mail_build(&ctx, &m, &out));
    file.type = T("multipart/mixed");
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_attachment", mail_build(&ctx, &m, &out));
}

TEST(mail, once_keys_become_message_ids)
{
    struct text id = {0};
    start();
    CHECK_OK(&ctx, mail_id_of_key(&ctx, T("msg_01J.shipped"), T("a@shop.example"), &id));
    CHECK_TEXT("msg_01J.shipped@shop.example", id);
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_key", mail_id_of_key(&ctx, T("../x"), T("a@b.c"), &id));
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_key", mail_id_of_key(&ctx, T(""), T("a@b.c"), &id));
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_address", mail_id_of_key(&ctx, T("k"), T("b.c"), &id));
}

/* ---- reading ---- */

TEST(mail, hostile_headers_come_out_on_one_line_and_names_without_folders)
{
    struct mail_parsed p;
    start();
    CHECK_OK(&ctx, mail_parse(
                       &ctx,
                       T("From: =?utf-8?Q?Eve=0ABcc=3A_x?= <eve@example.org>\n"
                         "Subject: =?iso-8859-1?Q?Gr=FC=DFe=0D=0A?= there\n"
                         "In-Reply-To: <first@shop.example> (yes)\n"
                         "Content-Type: multipart/mixed; boundary=b\n\n"
                         "--b\nContent-Type: text/plain; charset=iso-8859-2\n\nza\xbf\xf3\xb3\xe6\n"
                         "--b\nContent-Type: text/plain\n\nna\xefve \x80\n"
                         "--b\nContent-Type: text/csv; name=\"../../etc/passwd\"\n\nx\n--b--\n"),
                       &p));
    CHECK_TEXT("Eve Bcc: x", p.from.name);
    CHECK_TEXT("Gr\xc3\xbc\xc3\x9f"
               "e   there",
               p.subject);
    CHECK_TEXT("first@shop.example", p.in_reply_to);
    CHECK_TEXT("za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87\nna\xc3\xafve \xe2\x82\xac", p.text);
    CHECK_I64(1, (int64_t)p.attachment_count);
    if (p.attachment_count) CHECK_TEXT("passwd", p.attachments[0].name);
    CHECK_I64(NONE, p.date_us);
    CHECK(!p.html.at);
}

TEST(mail, subjects_in_several_encoded_words_are_read_to_their_end)
{
    struct mail_parsed p;
    start();
    CHECK_OK(&ctx, mail_parse(&ctx,
                              T("From: =?utf-8?b?w4Q=?= =?UTF-8?B?IEI=?= <a@example.org>\r\n"
                                "Subject: =?UTF-8?B?SGVsbG8=?=\r\n =?UTF-8?B?IHdvcmzD?=\r\n"
                                "\t=?utf-8?b?pCE=?= =?iso-8859-1?B?5A==?= =?x\r\n\r\n"
                                "=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?=\r\n"),
                              &p));
    CHECK_TEXT("Hello worl\xc3\xa4!\xc3\xa4 =?x", p.subject);
    CHECK_TEXT("\xc3\x84 B", p.from.name);
    CHECK_TEXT("=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?=\n", p.text);
}

TEST(mail, an_order_sent_as_a_csv_attachment_keeps_its_bytes)
{
    struct mail_parsed p;
    start();
    CHECK_OK(&ctx,
             mail_parse(&ctx,
                        T("From: a@example.org\r\nTo: x: b@example.org, c@example.org;,\r\n"
                          " D <d@example.org>\r\nSubject: PO 7\r\n"
                          "Content-Type: text/csv; charset=windows-1252\r\n"
                          "Content-Disposition: attachment; filename*=utf-8''PO%207.csv\r\n"
                          "Content-Transfer-Encoding: base64\r\n\r\nc2t1O3F0eQ0KQTtzgA==\r\n"),
                        &p));
    CHECK_I64(3, (int64_t)p.to_count);
    CHECK_I64(1, (int64_t)p.attachment_count);
    if (!p.attachment_count) return;
    CHECK_TEXT("PO 7.csv", p.attachments[0].name);
    CHECK_TEXT("text/csv", p.attachments[0].type);
    CHECK_TEXT("sku;qty\r\nA;s\x80", p.attachments[0].bytes);
}

static struct text nested(int depth, int wide)
{
    struct buf b = buf_new(&arena);
    buf_puts(&b, "From: a@example.org\nSubject: x\n");
    for (int i = 0; i < depth; i++)
        buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    buf_puts(&b, "Content-Type: text/plain\n\nhello\n");
    for (int i = 0; i < wide; i++)
        buf_printf(&b, "--b%d\nContent-Type: text/plain\n\nhello\n", depth - 1);
    for (int i = depth - 1; i >= 0; i--) buf_printf(&b, "--b%d--\n", i);
    return buf_text(&b);
}

TEST(mail, depth_parts_and_size_are_bounded)
{
    struct mail_parsed p;
    start();
    CHECK_OK(&ctx, mail_parse(&ctx, nested(MAIL_DEPTH_MAX, 0), &p));
    CHECK_TEXT("hello", p.text);
    CHECK_FAULT(&ctx, ERR_TOO_LARGE, "mail_too_deep",
                mail_parse(&ctx, nested(MAIL_DEPTH_MAX + 1, 0), &p));
    CHECK(!p.from.address.at);
    CHECK_FAULT(&ctx, ERR_TOO_LARGE, "mail_too_deep", mail_parse(&ctx, nested(3000, 0), &p));
    CHECK_OK(&ctx, mail_parse(&ctx, nested(1, MAIL_PARTS_MAX - 2), &p));
    CHECK_FAULT(&ctx, ERR_TOO_LARGE, "mail_too_many_parts",
                mail_parse(&ctx, nested(1, MAIL_PARTS_MAX - 1), &p));
    struct text huge = {arena_new(&arena, char, MAIL_BYTES_MAX + 1), MAIL_BYTES_MAX + 1};
    CHECK_FAULT(&ctx, ERR_TOO_LARGE, "mail_too_large", mail_parse(&ctx, huge, &p));
}

TEST(mail, what_is_no_mail_is_called_unreadable)
{
    struct mail_parsed p;
    start();
    CHECK_FAULT(&ctx, ERR_MALFORMED, "mail_unreadable", mail_parse(&ctx, T(""), &p));
    CHECK_FAULT(&ctx, ERR_MALFORMED, "mail_unreadable", mail_parse(&ctx, (struct text){0}, &p));
    CHECK_FAULT(&ctx, ERR_MALFORMED, "mail_unreadable",
                mail_parse(&ctx, T("%PDF-1.4\n\n\1\2"), &p));
    CHECK_FAULT(&ctx, ERR_MALFORMED, "mail_unreadable",
                mail_parse(&ctx, T("PK\3\4\0\0\0\0: x\n\nFrom: y"), &p));
}

/* Every cut and many damages of a real message: any answer will do, but an answer. */
TEST(mail, cut_and_damaged_messages_get_an_answer)
{
    struct mail m = full_mail();
    struct text out = {0};
    struct mail_parsed p;
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    char *copy = arena_new(&arena, char, out.len);
    struct arena_mark mark = arena_mark(&arena);
    uint32_t dice = 1;
    for (size_t i = 0; i < out.len; i += 3) {
        memcpy(copy, out.at, out.len);
        for (int k = 0; k < 4; k++) {
            dice = dice * 1664525 + 1013904223;
            copy[(dice >> 8) % out.len] = (char)(dice >> 24);
        }
        enum err e = mail_parse(&ctx, (struct text){copy, i}, &p);
        CHECK(e == OK || e == ERR_MALFORMED);
        CHECK(text_is_utf8(p.subject) && text_is_utf8(p.text) && text_is_utf8(p.html));
        e = mail_parse(&ctx, (struct text){copy, out.len}, &p);
        CHECK(e == OK || e == ERR_MALFORMED);
        arena_rewind(&arena, mark);
    }
}

TEST(mail, real_shipping_mails_are_read)
{
    glob_t found;
    if (glob("../shared/data/emails/*.eml", 0, NULL, &found) != 0) SKIP("no ../shared/data/emails");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        start();
        struct text bytes = test_file_read(&arena, found.gl_pathv[i]);
        struct mail_parsed p;
        CHECK_OK(&ctx, mail_parse(&ctx, bytes, &p));
        CHECK(mail_address_valid(p.from.address));
        CHECK(p.subject.len > 0 && text_is_utf8(p.subject));
        CHECK((p.text.len > 20 || p.html.len > 20) && text_is_utf8(p.text) && text_is_utf8(p.html));
        bool crlf = text_find(bytes, T("\r\n\r\n")) >= 0;
        ptrdiff_t body = text_find(bytes, crlf ? T("\r\n\r\n") : T("\n\n"));
        struct text head = text_lower(&arena, text_head(bytes, (size_t)body));
        bool dated = has(head, "\ndate:") || text_starts(head, T("date:"));
        CHECK((p.date_us != NONE) == dated);
        if (test_failed()) printf("in %s\n", found.gl_pathv[i]);
    }
    globfree(&found);
    struct mail_parsed p;
    start();
    struct text italian = test_file_read(&arena, "../shared/data/emails/amazon_shipped_it.eml");
    CHECK_OK(&ctx, mail_parse(&ctx, italian, &p));
    CHECK_TEXT("conferma-spedizione@amazon.it", p.from.address);
    CHECK(has(p.subject, "di 1 articolo \xc3\xa8 stato spedito"));
    CHECK(has(p.text, "ordine \xc3\xa8 stato spedito ed \xc3\xa8 in transito."));
    CHECK(p.html.len > 1000);
}

/* ---- sending ---- */

static enum err send_to(const struct smtp_sink *sink, struct text message)
{
    struct smtp_options o = {.url = text_of(sink->url), .timeout_ms = 1500};
    return mail_send_smtp(&ctx, &o, T("orders@shop.example"), T("ada@example.org"), message);
}

TEST(mail, reaches_a_mail_server_byte_for_byte)
{
    struct smtp_sink sink;
    struct mail m = full_mail();
    struct text out = {0};
    if (!smtp_sink_open(&sink, "accept")) SKIP("python3-aiosmtpd is not installed");
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    CHECK_OK(&ctx, mail_build(&ctx, &m, &out));
    CHECK_OK(&ctx, send_to(&sink, out));
    unsetenv("all_proxy");
    struct text got = smtp_sink_read(&arena, &sink, 1);
    struct text want =
        text_printf(&arena, "orders@shop.example\nada@example.org\n%.*s", TEXT_ARG(out));
    CHECK(text_eq(want, got));
    struct text dots = T("Subject: dots\r\n\r\n.\r\n..\r\n.end\r\n");
    CHECK_OK(&ctx, send_to(&sink, dots));
    CHECK(text_ends(smtp_sink_read(&arena, &sink, 2), dots));
    smtp_sink_close(&sink);
}

TEST(mail, refusals_are_told_apart_from_lost_answers)
{
    static const struct {
        const char *mode;
        enum err code;
        const char *reason, *said;
    } cases[] = {
        {"later", ERR_UPSTREAM, "mail_refused_later", "come back later"},
        {"never", ERR_INVALID, "mail_refused", "no such mailbox"},
        {"never_data", ERR_INVALID, "mail_refused", "looks like spam"},
        {"hang", ERR_UNKNOWN, "mail_no_answer", ""},
        {"lost", ERR_UNKNOWN, "mail_no_answer", ""},
    };
    struct text message = T("Subject: x\r\n\r\nhello\r\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct smtp_sink sink;
        start();
        if (!smtp_sink_open(&sink, cases[i].mode)) SKIP("python3-aiosmtpd is not installed");
        CHECK_FAULT(&ctx, cases[i].code, cases[i].reason, send_to(&sink, message));
        CHECK(has(text_of(ctx.fault.detail), cases[i].said));
        smtp_sink_close(&sink);
    }
}

TEST(mail, tls_that_is_required_and_not_offered_sends_nothing)
{
    struct smtp_sink sink;
    start();
    if (!smtp_sink_open(&sink, "accept")) SKIP("python3-aiosmtpd is not installed");
    struct smtp_options o = {.url = text_of(sink.url), .timeout_ms = 3000, .require_tls = true};
    CHECK_FAULT(&ctx, ERR_UPSTREAM, "mail_tls_failed",
                mail_send_smtp(&ctx, &o, T("a@b.example"), T("c@d.example"), T("S: x\r\n\r\n")));
    CHECK(!smtp_sink_read(&arena, &sink, 1).at);
    smtp_sink_close(&sink);
}

TEST(mail, a_server_that_is_away_is_asked_later)
{
    /* a port of ours that listens to nobody: connecting is refused */
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct smtp_sink nobody = {0};
    start();
    CHECK(bind(fd, (struct sockaddr *)&at, size) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    snprintf(nobody.url, sizeof nobody.url, "smtp://127.0.0.1:%d", ntohs(at.sin_port));
    CHECK_FAULT(&ctx, ERR_UPSTREAM, "mail_refused_later", send_to(&nobody, T("S: x\r\n\r\n")));
    close(fd);
    struct smtp_options o = {.url = T("http://user:secret@example.org")};
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_server",
                mail_send_smtp(&ctx, &o, T("a@b.example"), T("c@d.example"), T("x")));
    CHECK(!has(text_of(ctx.fault.detail), "secret"));
    CHECK_FAULT(&ctx, ERR_INVALID, "mail_address",
                mail_send_smtp(&ctx, &(struct smtp_options){.url = T("smtp://127.0.0.1:1")},
                               T("a@b.example"), T("c@d.example>\r\nDATA"), T("x")));
}
