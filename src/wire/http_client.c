/* wire/http_client.c: libcurl behind our interface; a fresh connection for each call, because curl
 * repeats a call by itself when a kept connection turns out to be dead. */
#include "wire/http_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct call {
    const struct http_call *asked;
    struct arena *arena;
    struct buf body;
    size_t body_max;
    struct http_header *headers;
    size_t header_count, header_room, header_bytes;
    bool address_refused, too_large;
};

enum { ANSWER_HEAD_MAX = 64 * 1024 };

struct range {
    unsigned char from[16];
    int bits;
};

/* IANA's special-purpose registries, October 2024: what is not of the public internet. */
static const struct range four_closed[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};
/* Within 2000::/3, the only part in use; what tunnels to IPv4 is closed as well. */
static const struct range six_closed[] = {
    {{0x20, 0x01, 0x00}, 23},       /* Teredo, benchmarking, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xff, 0x00}, 20},       /* documentation */
};

static bool within(const unsigned char *at, const struct range *r)
{
    int whole = r->bits / 8, left = r->bits % 8;
    if (memcmp(at, r->from, (size_t)whole) != 0) return false;
    return !left || (at[whole] ^ r->from[whole]) >> (8 - left) == 0;
}

static bool within_any(const unsigned char *at, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (within(at, &ranges[i])) return true;
    return false;
}

bool http_address_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        unsigned char at[4];
        memcpy(&four, address, sizeof four);
        memcpy(at, &four.sin_addr, sizeof at);
        return !within_any(at, four_closed, sizeof four_closed / sizeof *four_closed);
    }
    if (address->sa_family != AF_INET6) return false;
    struct sockaddr_in6 six;
    memcpy(&six, address, sizeof six);
    const unsigned char *at = six.sin6_addr.s6_addr;
    return at[0] >> 5 == 1 && !within_any(at, six_closed, sizeof six_closed / sizeof *six_closed);
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    struct call *k = arg;
    if (!k->asked->allow_private && !http_address_public(&to->addr)) {
        k->address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t on_body(char *bytes, size_t one, size_t count, void *arg)
{
    (void)one;
    struct call *k = arg;
    if (k->body.len + count > k->body_max) {
        k->too_large = true;
        return 0;
    }
    buf_put(&k->body, (struct text){bytes, count});
    return count;
}

static size_t on_header(char *bytes, size_t one, size_t count, void *arg)
{
    (void)one;
    struct call *k = arg;
    struct text value, line = {bytes, count};
    k->header_bytes += count;
    if (k->header_bytes > ANSWER_HEAD_MAX) {
        k->too_large = true;
        return 0;
    }
    if (text_starts(line, T("HTTP/"))) k->header_count = 0; /* after a 100 Continue */
    struct text name = text_split(line, ':', &value);
    if (!value.at || !http_is_token(name)) return count;
    struct http_header *h = &arena_push(k->arena, k->headers, k->header_count, k->header_room)[0];
    h->name = text_cstr(k->arena, name);
    h->value = text_copy(k->arena, text_trim(value));
    return count;
}

static void curl_begin(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static bool url_part(CURLU *u, CURLUPart part, unsigned flags, struct arena *a, struct text *out)
{
    char *at = NULL;
    if (curl_url_get(u, part, &at, flags) != CURLUE_OK) return false;
    *out = text_copy(a, text_of(at));
    curl_free(at);
    return true;
}

static enum err url_check(struct ctx *c, const struct http_call *call)
{
    struct text scheme = {0}, host = {0}, port = {0}, user = {0};
    if (call->url.len > HTTP_URL_MAX || !http_is_value(call->url))
        return fail_at(c, ERR_INVALID, "bad_url", "url", "too long, or with control characters");
    CURLU *u = curl_url();
    bool good = u &&
                curl_url_set(u, CURLUPART_URL, text_cstr(c->arena, call->url),
                             CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                url_part(u, CURLUPART_SCHEME, 0, c->arena, &scheme) &&
                url_part(u, CURLUPART_HOST, 0, c->arena, &host) && host.len &&
                url_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, c->arena, &port);
    bool has_user = good && (url_part(u, CURLUPART_USER, 0, c->arena, &user) ||
                             url_part(u, CURLUPART_PASSWORD, 0, c->arena, &user));
    curl_url_cleanup(u);
    if (!good || (!text_is(scheme, "http") && !text_is(scheme, "https"))) {
        fail_at(c, ERR_INVALID, "bad_url", "url", "\"%.*s\" is no web address",
                TEXT_ARG(text_head(call->url, 100)));
        return hint(c, "write https://host/path");
    }
    if (has_user)
        return fail_at(c, ERR_INVALID, "bad_url", "url", "there is a user name in the address");
    if (!call->allow_private && !text_is(port, "80") && !text_is(port, "443") &&
        !text_is(port, "8443")) {
        fail_at(c, ERR_INVALID, "bad_url", "url", "port %.*s is not called", TEXT_ARG(port));
        return hint(c, "the ports are 80, 443 and 8443");
    }
    return OK;
}

static enum err headers_check(struct ctx *c, struct http_headers h)
{
    for (size_t i = 0; i < h.count; i++)
        if (!http_is_token(text_of(h.at[i].name)) || !http_is_value(h.at[i].value))
            return fail(c, ERR_INVALID, "bad_header", "header \"%s\" cannot be sent", h.at[i].name);
    return OK;
}

static struct curl_slist *header_list(struct arena *a, struct http_headers h)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no waiting for a 100 */
    for (size_t i = 0; i < h.count; i++) {
        struct text v = h.at[i].value;
        struct text line = v.len ? text_printf(a, "%s: %.*s", h.at[i].name, TEXT_ARG(v))
                                 : text_printf(a, "%s;", h.at[i].name); /* curl's form for empty */
        list = curl_slist_append(list, line.at);
    }
    if (!http_headers_find(h, "content-type").at) list = curl_slist_append(list, "Content-Type:");
    return list;
}

static void curl_settle(CURL *curl, struct call *k, struct curl_slist *headers)
{
    const struct http_call *in = k->asked;
    const char *method = in->method ? in->method : "GET";
    int timeout = in->timeout_ms ? in->timeout_ms : HTTP_CALL_TIMEOUT_MS;
    int connect = in->connect_timeout_ms ? in->connect_timeout_ms : HTTP_CALL_CONNECT_TIMEOUT_MS;
    curl_easy_setopt(curl, CURLOPT_URL, text_cstr(k->arena, in->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(connect < timeout ? connect : timeout));
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, k);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, k);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, k);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (strcmp(method, "HEAD") == 0) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (in->body.at) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)in->body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, in->body.at);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

/* What a failed transfer means. Nothing was sent unless curl counts bytes of our request. */
static enum err transfer_fault(struct ctx *c, CURL *curl, const struct call *k, CURLcode code)
{
    long sent = 0;
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
    if (k->address_refused && sent == 0) {
        fail_at(c, ERR_INVALID, "address_refused", "url",
                "it leads to an address that is not public");
        return hint(c, "give the address of a server on the internet");
    }
    if (k->too_large)
        return fail(c, ERR_UNKNOWN, "answer_too_large", "the answer is longer than %zu bytes",
                    k->body_max);
    if (sent == 0)
        return fail(c, ERR_UPSTREAM, "unreachable", "not sent: %s", curl_easy_strerror(code));
    return fail(c, ERR_UNKNOWN, "no_answer", "sent, but no answer: %s", curl_easy_strerror(code));
}

enum err http_call(struct ctx *c, const struct http_call *call, struct http_answer *out)
{
    static pthread_once_t begun = PTHREAD_ONCE_INIT;
    pthread_once(&begun, curl_begin);
    *out = (struct http_answer){0};
    TRY(url_check(c, call));
    TRY(headers_check(c, call->headers));
    if (call->method && !http_is_token(text_of(call->method)))
        return fail(c, ERR_INVALID, "bad_header", "\"%s\" is no method", call->method);
    struct call k = {.asked = call,
                     .arena = c->arena,
                     .body = buf_new(c->arena),
                     .body_max = call->answer_max ? call->answer_max : HTTP_ANSWER_MAX};
    enum err e = OK;
    struct curl_slist *headers = header_list(c->arena, call->headers);
    CURL *curl = curl_easy_init();
    if (!curl) {
        e = fail(c, ERR_UPSTREAM, "unreachable", "not sent: no memory for a connection");
        goto out;
    }
    curl_settle(curl, &k, headers);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        e = transfer_fault(c, curl, &k, code);
        goto out;
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
    out->headers = (struct http_headers){k.headers, k.header_count};
    out->body = k.body.len ? buf_text(&k.body) : T("");
out:
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return e;
}
