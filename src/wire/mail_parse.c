/* Reading e-mail with GMime: strangers send this, so every text is made valid and every count is
   bounded before anyone else sees it. */
#include "base/field.h"
#include "base/time.h"
#include "wire/mail.h"
#include "wire/mail_mime.h"

#include <string.h>

struct reading {
    struct ctx *c;
    struct buf text, html;
    struct mail_attachment *files;
    size_t file_count, file_capacity;
    size_t parts;
};

/* ---- texts ---- */

/* Valid UTF-8 from bytes that may be anything; what is not UTF-8 is most likely Windows-1252. */
static struct text to_utf8(struct arena *a, struct text t)
{
    if (text_is_utf8(t)) return text_copy(a, t);
    gsize written = 0;
    char *changed = g_convert(t.at, (gssize)t.len, "UTF-8", "WINDOWS-1252", NULL, &written, NULL);
    if (!changed) {
        changed = g_utf8_make_valid(t.at, (gssize)t.len);
        written = strlen(changed);
    }
    struct text out = text_copy(a, (struct text){changed, written});
    g_free(changed);
    return out;
}

/* A decoded header can hold line ends again ("=?utf-8?Q?a=0Ab?="): it becomes one line. */
static struct text one_line(struct arena *a, const char *cstr)
{
    if (!cstr) return (struct text){0};
    struct text t = text_trim(to_utf8(a, text_of(cstr)));
    char *line = arena_new(a, char, t.len + 1);
    for (size_t i = 0; i < t.len; i++) {
        unsigned char byte = (unsigned char)t.at[i];
        line[i] = byte < ' ' || byte == 0x7f ? ' ' : t.at[i];
    }
    return (struct text){line, t.len};
}

static struct text header(struct arena *a, GMimeMessage *m, const char *name)
{
    return one_line(a, g_mime_object_get_header(GMIME_OBJECT(m), name));
}

static struct text without_angles(struct text t)
{
    struct text rest;
    ptrdiff_t at = text_find(t, T("<"));
    if (at >= 0) t = text_skip(t, (size_t)at + 1);
    t = text_split(t, '>', &rest);
    return text_trim(t);
}

/* The last step of a path: a sender's name for a file never chooses a folder. */
static struct text file_name(struct arena *a, const char *name)
{
    struct text t = one_line(a, name);
    for (size_t i = t.len; i > 0; i--)
        if (t.at[i - 1] == '/' || t.at[i - 1] == '\\') return text_skip(t, i);
    return t;
}

/* ---- encoded words ---- */

struct word {
    struct text charset, payload;
    size_t end; /* in the text that was looked at */
};

/* The base64 word =?charset?B?payload?= that begins at `at`. */
static bool base64_word(struct text t, size_t at, struct word *out)
{
    struct text rest = text_skip(t, at);
    if (!text_starts(rest, T("=?"))) return false;
    out->charset = text_split(text_skip(rest, 2), '?', &rest);
    if (out->charset.len > 40 || !text_eq_nocase(text_head(rest, 2), T("B?"))) return false;
    out->payload = text_split(text_skip(rest, 2), '?', &rest);
    if (!rest.len || rest.at[0] != '=') return false;
    out->end = (size_t)(rest.at - t.at) + 1;
    return true;
}

static void put_decoded(struct arena *a, struct buf *b, struct text payload)
{
    gsize n = 0;
    guchar *bytes = g_base64_decode(text_cstr(a, payload), &n);
    for (gsize i = 0; i < n; i++) buf_putc(b, (char)bytes[i]);
    g_free(bytes);
}

/* GMime 3.2.13 stops at the padding inside a run of base64 words (its issue 133) and so would lose
   half of many a subject: each run becomes one word, which also mends characters cut in two. */
static struct text join_words(struct arena *a, struct text head)
{
    struct buf b = buf_new(a);
    struct word word, next;
    for (size_t at = 0; at < head.len;) {
        if (!base64_word(head, at, &word)) {
            buf_putc(&b, head.at[at++]);
            continue;
        }
        struct buf bytes = buf_new(a);
        put_decoded(a, &bytes, word.payload);
        for (at = word.end;; at = next.end) {
            size_t gap = at;
            while (gap < head.len && strchr(" \t\r\n", head.at[gap])) gap++;
            if (gap == at || !base64_word(head, gap, &next)) break;
            if (!text_eq_nocase(next.charset, word.charset)) break;
            put_decoded(a, &bytes, next.payload);
        }
        char *joined = g_base64_encode((const guchar *)bytes.at, bytes.len);
        buf_printf(&b, "=?%.*s?B?%s?=", TEXT_ARG(word.charset), joined);
        g_free(joined);
    }
    return buf_text(&b);
}

/* The message for GMime to read, the words of its own headers joined. */
static GMimeStream *stream_of(struct arena *a, struct text bytes)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    struct text head = bytes;
    for (size_t i = 1; i < bytes.len; i++) {
        bool blank = bytes.at[i] == '\n' &&
                     (bytes.at[i - 1] == '\n' ||
                      (i > 1 && bytes.at[i - 1] == '\r' && bytes.at[i - 2] == '\n'));
        if (!blank) continue;
        head = text_head(bytes, i + 1);
        break;
    }
    struct text body = text_skip(bytes, head.len);
    if (text_find(head, T("?B?")) >= 0 || text_find(head, T("?b?")) >= 0)
        head = join_words(a, head);
    if (head.len) g_mime_stream_write(stream, head.at, head.len);
    if (body.len) g_mime_stream_write(stream, body.at, body.len);
    g_mime_stream_seek(stream, 0, GMIME_STREAM_SEEK_SET);
    return stream;
}

/* ---- addresses ---- */

struct boxes {
    struct mail_address *at;
    size_t count, capacity;
};

static void take_boxes(struct arena *a, InternetAddressList *list, struct boxes *out, int depth)
{
    int n = list ? internet_address_list_length(list) : 0;
    for (int i = 0; i < n && out->count < MAIL_RECIPIENTS_MAX; i++) {
        InternetAddress *one = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(one) && depth < 3) {
            InternetAddressGroup *group = INTERNET_ADDRESS_GROUP(one);
            take_boxes(a, internet_address_group_get_members(group), out, depth + 1);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            const char *at = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
            struct mail_address *box = arena_push(a, out->at, out->count, out->capacity);
            box->address = one_line(a, at);
            box->name = one_line(a, internet_address_get_name(one));
        }
    }
}

static struct mail_address first_box(struct arena *a, InternetAddressList *list)
{
    struct boxes found = {0};
    take_boxes(a, list, &found, 0);
    return found.count ? found.at[0] : (struct mail_address){0};
}

/* ---- parts ---- */

static struct text content_of(struct arena *a, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return T("");
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    struct text raw = {(const char *)bytes->data, bytes->len};
    struct text out = raw.len ? text_copy(a, raw) : T("");
    g_object_unref(stream);
    return out;
}

static struct text text_of_part(struct arena *a, GMimePart *part)
{
    struct text raw = content_of(a, part);
    const char *charset = g_mime_text_part_get_charset(GMIME_TEXT_PART(part));
    gsize written = 0;
    char *changed = NULL;
    if (charset && !text_is_utf8(raw))
        changed = g_convert_with_fallback(raw.at, (gssize)raw.len, "UTF-8", charset, NULL, NULL,
                                          &written, NULL);
    /* 7-bit escapes of ISO-2022 and UTF-7 are valid UTF-8 too: trust their label */
    else if (charset && (g_ascii_strncasecmp(charset, "iso-2022", 8) == 0 ||
                         g_ascii_strcasecmp(charset, "utf-7") == 0))
        changed = g_convert(raw.at, (gssize)raw.len, "UTF-8", charset, NULL, &written, NULL);
    struct text out = changed ? text_copy(a, (struct text){changed, written}) : raw;
    g_free(changed);
    return to_utf8(a, out);
}

static void add_text(struct buf *b, struct text t)
{
    if (b->len && b->at[b->len - 1] != '\n') buf_putc(b, '\n');
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] != '\r') buf_putc(b, t.at[i]);
}

static void add_file(struct reading *r, const char *name, GMimeObject *part, struct text bytes)
{
    struct arena *a = r->c->arena;
    char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
    struct mail_attachment *file = arena_push(a, r->files, r->file_count, r->file_capacity);
    file->name = file_name(a, name);
    file->type = text_lower(a, one_line(a, type));
    file->bytes = bytes;
    g_free(type);
}

static void read_leaf(struct reading *r, GMimePart *part)
{
    struct arena *a = r->c->arena;
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const char *name = g_mime_part_get_filename(part);
    bool inline_text = GMIME_IS_TEXT_PART(part) && !name && !g_mime_part_is_attachment(part);
    if (inline_text && g_mime_content_type_is_type(type, "text", "plain"))
        add_text(&r->text, text_of_part(a, part));
    else if (inline_text && g_mime_content_type_is_type(type, "text", "html"))
        add_text(&r->html, text_of_part(a, part));
    else
        add_file(r, name, GMIME_OBJECT(part), content_of(a, part));
}

static void read_message(struct reading *r, GMimeMessagePart *part)
{
    GMimeMessage *inner = g_mime_message_part_get_message(part);
    if (!inner) return;
    char *bytes = g_mime_object_to_string(GMIME_OBJECT(inner), NULL);
    add_file(r, g_mime_message_get_subject(inner), GMIME_OBJECT(part),
             text_copy(r->c->arena, text_of(bytes)));
    g_free(bytes);
}

static enum err read_part(struct reading *r, GMimeObject *part, int depth)
{
    if (!part) return OK;
    if (depth > MAIL_DEPTH_MAX)
        return fail(r->c, ERR_TOO_LARGE, "mail_too_deep", "more than %d parts inside each other",
                    MAIL_DEPTH_MAX);
    if (++r->parts > MAIL_PARTS_MAX)
        return fail(r->c, ERR_TOO_LARGE, "mail_too_many_parts", "more than %d parts",
                    MAIL_PARTS_MAX);
    if (GMIME_IS_MULTIPART(part)) {
        GMimeMultipart *all = GMIME_MULTIPART(part);
        int n = g_mime_multipart_get_count(all);
        for (int i = 0; i < n; i++) TRY(read_part(r, g_mime_multipart_get_part(all, i), depth + 1));
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        read_message(r, GMIME_MESSAGE_PART(part));
    } else if (GMIME_IS_PART(part)) {
        read_leaf(r, GMIME_PART(part));
    }
    return OK;
}

static void read_headers(struct ctx *c, GMimeMessage *m, struct mail_parsed *out)
{
    struct arena *a = c->arena;
    struct boxes to = {0};
    out->from = first_box(a, g_mime_message_get_from(m));
    out->reply_to = first_box(a, g_mime_message_get_reply_to(m));
    take_boxes(a, g_mime_message_get_to(m), &to, 0);
    take_boxes(a, g_mime_message_get_cc(m), &to, 0);
    out->to = to.at;
    out->to_count = to.count;
    out->subject = one_line(a, g_mime_message_get_subject(m));
    out->message_id = one_line(a, g_mime_message_get_message_id(m));
    out->in_reply_to = without_angles(header(a, m, "In-Reply-To"));
    out->auto_submitted = header(a, m, "Auto-Submitted");
    out->precedence = header(a, m, "Precedence");
    out->return_path = header(a, m, "Return-Path");
    out->authentication_results = header(a, m, "Authentication-Results");
    GDateTime *date = g_mime_message_get_date(m);
    out->date_us = date ? g_date_time_to_unix(date) * SECOND_US : NONE;
}

enum err mail_parse(struct ctx *c, struct text bytes, struct mail_parsed *out)
{
    static const struct mail_parsed nothing;
    *out = nothing;
    if (bytes.len > MAIL_BYTES_MAX)
        return fail(c, ERR_TOO_LARGE, "mail_too_large", "%zu bytes; %d are the most", bytes.len,
                    MAIL_BYTES_MAX);
    mime_start();
    enum err e = OK;
    struct reading r = {.c = c, .text = buf_new(c->arena), .html = buf_new(c->arena)};
    GMimeStream *stream = stream_of(c->arena, bytes);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *m = g_mime_parser_construct_message(parser, NULL);
    if (m) read_headers(c, m, out);
    if (!m || (!out->from.address.len && !out->subject.at && !out->message_id.len)) {
        e = fail(c, ERR_MALFORMED, "mail_unreadable", "no From, Subject or Message-ID to be found");
        goto out;
    }
    e = read_part(&r, g_mime_message_get_mime_part(m), 0);
    if (e != OK) goto out;
    if (r.text.len) out->text = buf_text(&r.text);
    if (r.html.len) out->html = buf_text(&r.html);
    out->attachments = r.files;
    out->attachment_count = r.file_count;
out:
    if (e != OK) *out = nothing;
    if (m) g_object_unref(m);
    g_object_unref(parser);
    g_object_unref(stream);
    return e;
}
