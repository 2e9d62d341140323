/* wire/http_message.c: what is a legal message and what is in its target. */
#include "wire/http_message.h"

#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Letters, digits and !#$%&'*+-.^_`|~: a bit for each. */
static bool is_token_char(char c)
{
    static const uint64_t tokens[4] = {0x03FF6CFA00000000, 0x57FFFFFFC7FFFFFE};
    unsigned char at = (unsigned char)c;
    return tokens[at / 64] >> at % 64 & 1;
}

static bool is_control(char c) { return (unsigned char)c < 0x20 || c == 0x7F; }

/* Most names differ in their first letter already. */
static bool begins_alike(const char *a, const char *b) { return ((*a ^ *b) & ~0x20) == 0; }

struct text http_headers_find(struct http_headers h, const char *name)
{
    struct text wanted = text_of(name);
    for (size_t i = 0; i < h.count; i++)
        if (begins_alike(h.at[i].name, name) && text_eq_nocase(text_of(h.at[i].name), wanted))
            return h.at[i].value;
    return (struct text){0};
}

bool http_is_token(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!is_token_char(t.at[i])) return false;
    return t.len > 0;
}

bool http_is_value(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (is_control(t.at[i]) && t.at[i] != '\t') return false;
    return http_trim(t).len == t.len;
}

struct text http_trim(struct text t)
{
    while (t.len && (t.at[0] == ' ' || t.at[0] == '\t')) t = text_skip(t, 1);
    while (t.len && (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t')) t.len--;
    return t;
}

static bool all_digits(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!is_digit(t.at[i])) return false;
    return t.len > 0 && t.len <= 18;
}

static bool host_valid(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!is_digit(t.at[i]) && !is_letter(t.at[i]) && !strchr("-._~:[]%", t.at[i])) return false;
    return t.len > 0;
}

static struct http_refusal refuse(const char *reason, const char *detail)
{
    return (struct http_refusal){400, reason, detail};
}

/* Two of these, and two readers could each believe another one. */
static const struct text once[] = {
    {"host", 4},           {"content-length", 14},  {"transfer-encoding", 17}, {"content-type", 12},
    {"authorization", 13}, {"idempotency-key", 15}, {"request-id", 10}};
enum { HOST, CONTENT_LENGTH, TRANSFER_ENCODING, ONCE_COUNT = sizeof once / sizeof *once };

struct http_refusal http_framing_check(struct http_headers h, bool is_http_1_1)
{
    struct text seen[ONCE_COUNT] = {{0}};
    for (size_t i = 0; i < h.count; i++) {
        struct text name = text_of(h.at[i].name);
        if (!http_is_token(name))
            return refuse("bad_header_name", "a header name has characters that none may have");
        for (size_t at = 0; at < h.at[i].value.len; at++)
            if (is_control(h.at[i].value.at[at]) && h.at[i].value.at[at] != '\t')
                return refuse("bad_header_value", "a header value has a control character");
        for (size_t n = 0; n < ONCE_COUNT; n++) {
            if (!begins_alike(name.at, once[n].at) || !text_eq_nocase(name, once[n])) continue;
            if (seen[n].at) return refuse("repeated_header", "a header is given twice");
            seen[n] = h.at[i].value;
        }
    }
    if (seen[CONTENT_LENGTH].at && seen[TRANSFER_ENCODING].at)
        return refuse("ambiguous_length", "both content-length and transfer-encoding are given");
    if (seen[CONTENT_LENGTH].at && !all_digits(seen[CONTENT_LENGTH]))
        return refuse("bad_content_length", "content-length is not a plain number");
    if (seen[TRANSFER_ENCODING].at &&
        (!is_http_1_1 || !text_eq_nocase(seen[TRANSFER_ENCODING], T("chunked"))))
        return refuse("bad_transfer_encoding", "the only transfer coding understood is chunked");
    if (is_http_1_1 && !seen[HOST].at) return refuse("no_host", "the host header is missing");
    if (seen[HOST].at && !host_valid(seen[HOST]))
        return refuse("bad_host", "the host header names no host");
    return (struct http_refusal){0};
}

static int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The byte that the escape at `i` stands for, or -1 when it is broken. */
static int escape_at(struct text t, size_t i)
{
    if (i + 2 >= t.len) return -1;
    int high = hex_value(t.at[i + 1]), low = hex_value(t.at[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool unescape(struct text t, bool plus_is_space, struct buf *out)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == '%') {
            int c = escape_at(t, i);
            if (c <= 0) return false;
            buf_putc(out, (char)c);
            i += 2;
        } else {
            buf_putc(out, t.at[i] == '+' && plus_is_space ? ' ' : t.at[i]);
        }
    }
    return true;
}

bool http_unescape(struct arena *a, struct text t, bool plus_is_space, struct text *out)
{
    struct buf b = buf_new(a);
    buf_put(&b, T(""));
    if (!unescape(t, plus_is_space, &b)) return false;
    *out = b.at ? buf_text(&b) : T("");
    return true;
}

bool http_pair_next(struct arena *a, struct text *rest, struct text *name, struct text *value)
{
    struct text pair = {0};
    while (rest->at && !pair.len) pair = text_split(*rest, '&', rest);
    if (!pair.len) return false;
    struct text after, before = text_split(pair, '=', &after);
    if (!after.at) after = T("");
    if (!http_unescape(a, before, true, name)) *name = before;
    if (!http_unescape(a, after, true, value)) *value = after;
    return true;
}

bool http_form_valid(struct text form)
{
    struct arena a = {0};
    struct text plain = T("");
    bool valid = http_unescape(&a, form, true, &plain) && text_is_utf8(plain);
    arena_free(&a);
    return valid;
}

static bool is_unreserved(int c)
{
    return c < 0x80 && (is_digit((char)c) || is_letter((char)c) || (c && strchr("-._~", c)));
}

/* "http://host:80/a?b" becomes "/a?b": a server must take the absolute form, too. */
static struct text origin_form(struct text target)
{
    size_t scheme = text_starts(target, T("http://"))    ? 7
                    : text_starts(target, T("https://")) ? 8
                                                         : 0;
    if (!scheme) return target;
    for (size_t i = scheme; i < target.len; i++)
        if (target.at[i] == '/' || target.at[i] == '?') return text_skip(target, i);
    return T("/");
}

static bool has_dot_segment(struct text path)
{
    for (struct text rest = text_skip(path, 1); rest.at;) {
        struct text segment = text_split(rest, '/', &rest);
        if (text_is(segment, ".") || text_is(segment, "..")) return true;
    }
    return false;
}

struct http_refusal http_target_parse(struct arena *a, struct text target, struct text *path,
                                      struct text *query)
{
    *query = (struct text){0};
    *path = text_copy(a, target);
    if (text_is(target, "*")) return (struct http_refusal){0};
    for (size_t i = 0; i < target.len; i++)
        if (is_control(target.at[i]) || strchr(" \"<>\\^`{|}#", target.at[i]))
            return refuse("bad_target", "the target has a character that must be escaped");
    struct text escaped = text_split(origin_form(target), '?', query);
    if (query->at) *query = text_copy(a, *query);
    if (!escaped.len || escaped.at[0] != '/')
        return refuse("bad_target", "the target does not begin with a slash");
    if (!http_form_valid(escaped) || (query->at && !http_form_valid(*query)))
        return refuse("bad_escape", "the target has a broken percent escape or is not UTF-8");
    struct buf b = buf_new(a);
    for (size_t i = 0; i < escaped.len; i++) {
        int c = escaped.at[i] == '%' ? escape_at(escaped, i) : -1;
        if (c < 0 || !is_unreserved(c)) {
            buf_putc(&b, escaped.at[i]);
        } else {
            buf_putc(&b, (char)c);
            i += 2;
        }
    }
    *path = buf_text(&b);
    if (has_dot_segment(*path)) return refuse("bad_target", "the path has a dot segment");
    return (struct http_refusal){0};
}

const char *http_title(int status)
{
    static const struct {
        int status;
        const char *title;
    } known[] = {{200, "OK"},
                 {400, "Bad Request"},
                 {401, "Unauthorized"},
                 {403, "Forbidden"},
                 {404, "Not Found"},
                 {405, "Method Not Allowed"},
                 {408, "Request Timeout"},
                 {409, "Conflict"},
                 {412, "Precondition Failed"},
                 {413, "Content Too Large"},
                 {415, "Unsupported Media Type"},
                 {422, "Unprocessable Content"},
                 {428, "Precondition Required"},
                 {429, "Too Many Requests"},
                 {431, "Request Header Fields Too Large"},
                 {500, "Internal Server Error"},
                 {501, "Not Implemented"},
                 {502, "Bad Gateway"},
                 {503, "Service Unavailable"},
                 {504, "Gateway Timeout"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status) return known[i].title;
    return status < 400 ? "OK" : "Error";
}
