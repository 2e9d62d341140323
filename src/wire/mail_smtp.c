/* Sending by SMTP with libcurl. What matters most is what is known when it fails: not sent, refused
   for good, or handed over with the answer lost. */
#include "wire/mail.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct sending {
    struct text rest; /* of the message */
    bool handed_over; /* the whole message went out */
    char answer[128]; /* the server's last refusal */
};

static void curl_start_once(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static size_t give(char *to, size_t size, size_t count, void *arg)
{
    struct sending *s = arg;
    struct text part = text_head(s->rest, size * count);
    if (part.len) memcpy(to, part.at, part.len);
    s->rest = text_skip(s->rest, part.len);
    s->handed_over = part.len == 0;
    return part.len;
}

static size_t hear(char *line, size_t size, size_t count, void *arg)
{
    struct sending *s = arg;
    size_t n = 0;
    if (!size || !count || (line[0] != '4' && line[0] != '5')) return size * count;
    for (size_t i = 0; i < size * count && n + 1 < sizeof s->answer; i++)
        if (line[i] >= ' ' && line[i] < 0x7f) s->answer[n++] = line[i];
    s->answer[n] = 0;
    return size * count;
}

static bool is_this_machine(struct text url)
{
    ptrdiff_t at = text_find(url, T("://"));
    struct text host = text_skip(url, (size_t)at + 3);
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct text name = text_of(names[i]);
        if (!text_starts(host, name)) continue;
        if (host.len == name.len || host.at[name.len] == ':' || host.at[name.len] == '/')
            return true;
    }
    return false;
}

static enum err check_options(struct ctx *c, const struct smtp_options *o)
{
    bool known = text_starts(o->url, T("smtp://")) || text_starts(o->url, T("smtps://"));
    if (!known || o->url.len > 300 || text_find(o->url, T("@")) >= 0) {
        /* not repeating the address: a password may stand in it */
        fail_at(c, ERR_INVALID, "mail_server", "url", "not the address of a mail server");
        return hint(c, "smtp://host:587 or smtps://host:465; user and password stand apart");
    }
    return OK;
}

static void prepare(CURL *curl, struct ctx *c, const struct smtp_options *o, struct sending *s,
                    char *error)
{
    bool login = !text_empty(o->user) || !text_empty(o->password);
    bool tls = o->require_tls || (login && !is_this_machine(o->url)) ||
               text_starts(o->url, T("smtps://"));
    long timeout = o->timeout_ms > 0 && o->timeout_ms < 3600000 ? (long)o->timeout_ms : 60000;
    curl_easy_setopt(curl, CURLOPT_URL, text_cstr(c->arena, o->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* not even one named by the environment */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout < 15000 ? timeout : 15000L);
    /* the good-bye waits for an answer too, two minutes unless told */
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (timeout + 999) / 1000);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    /* TLS that is only offered keeps listeners out; it must not be harder than plain text */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, tls ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, tls ? 2L : 0L);
    if (login) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, text_cstr(c->arena, o->user));
        curl_easy_setopt(curl, CURLOPT_PASSWORD, text_cstr(c->arena, o->password));
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, s);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, s);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
}

static enum err judge(struct ctx *c, CURLcode rc, long status, const struct sending *s, char *error)
{
    const char *why = s->answer[0] && status >= 400 ? s->answer
                      : error[0]                    ? error
                                                    : curl_easy_strerror(rc);
    if (rc == CURLE_OK) return OK;
    if (s->handed_over && status == 250) return OK; /* accepted; only the good-bye was lost */
    if (rc == CURLE_LOGIN_DENIED || status == 530 || status == 534 || status == 535 ||
        status == 538)
        return fail(c, ERR_UPSTREAM, "mail_login_refused", "the mail server said: %s", why);
    if (rc == CURLE_USE_SSL_FAILED || rc == CURLE_SSL_CONNECT_ERROR ||
        rc == CURLE_PEER_FAILED_VERIFICATION)
        return fail(c, ERR_UPSTREAM, "mail_tls_failed", "no safe connection: %s", why);
    if (status >= 500 && status < 600)
        return fail(c, ERR_INVALID, "mail_refused", "the mail server said: %s", why);
    if (status >= 400 && status < 500)
        return fail(c, ERR_UPSTREAM, "mail_refused_later", "the mail server said: %s", why);
    if (s->handed_over)
        return fail(c, ERR_UNKNOWN, "mail_no_answer",
                    "the message was handed over, then no answer came: %s", why);
    return fail(c, ERR_UPSTREAM, "mail_refused_later", "the mail server is away: %s", why);
}

enum err mail_send_smtp(struct ctx *c, const struct smtp_options *o, struct text envelope_from,
                        struct text to, struct text message)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    TRY(check_options(c, o));
    if (!mail_address_valid(envelope_from) || !mail_address_valid(to))
        return fail_at(c, ERR_INVALID, "mail_address", mail_address_valid(to) ? "from" : "to",
                       "not a mail address");
    if (message.len > MAIL_BYTES_MAX)
        return fail(c, ERR_TOO_LARGE, "mail_too_large", "%zu bytes; %d are the most", message.len,
                    MAIL_BYTES_MAX);
    pthread_once(&once, curl_start_once);
    struct sending s = {.rest = message};
    char error[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURL *curl = curl_easy_init();
    struct text from = text_printf(c->arena, "<%.*s>", TEXT_ARG(envelope_from));
    struct text rcpt = text_printf(c->arena, "<%.*s>", TEXT_ARG(to));
    struct curl_slist *rcpts = curl_slist_append(NULL, text_cstr(c->arena, rcpt));
    enum err e;
    if (!curl || !rcpts) {
        e = fail(c, ERR_BUSY, "no_memory", "no room for another connection");
        goto out;
    }
    prepare(curl, c, o, &s, error);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, text_cstr(c->arena, from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpts);
    CURLcode rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    e = judge(c, rc, status, &s, error);
out:
    curl_slist_free_all(rcpts);
    curl_easy_cleanup(curl);
    return e;
}
