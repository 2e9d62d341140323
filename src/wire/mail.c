/* Building e-mail with GMime. Bodies are always encoded as quoted-printable or base64: neither can
   contain "=_", so no body can contain the boundary, which is made of the message id. */
#include "wire/mail.h"

#include "base/time.h"
#include "wire/mail_mime.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void mime_start_once(void) { g_mime_init(); }

void mime_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, mime_start_once);
}

static bool alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Only these, no dot at an end, no two dots together. */
static bool dotted(struct text t, const char *also)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (c == '.' && (i == 0 || i + 1 == t.len || t.at[i - 1] == '.')) return false;
        if (!alnum(c) && c != '.' && (!c || !strchr(also, c))) return false;
    }
    return t.len > 0;
}

static bool at_valid(struct text t)
{
    struct text domain;
    struct text local = text_split(t, '@', &domain);
    return t.len <= MAIL_ADDRESS_MAX && local.len <= 64 && dotted(local, "!#$%&'*+-/=?^_`{|}~") &&
           dotted(domain, "-");
}

bool mail_address_valid(struct text address) { return at_valid(address); }

static struct text id_bare(struct text id)
{
    if (id.len > 2 && id.at[0] == '<' && id.at[id.len - 1] == '>')
        return (struct text){id.at + 1, id.len - 2};
    return id;
}

enum err mail_id_of_key(struct ctx *c, struct text once_key, struct text from, struct text *out)
{
    if (once_key.len > MAIL_KEY_MAX || !dotted(once_key, "-_")) {
        fail_at(c, ERR_INVALID, "mail_key", "once_key", "\"%.*s\" cannot name a message",
                TEXT_ARG(text_head(once_key, 60)));
        return hint(c, "1 to %d letters, digits, '_', '-' and inner dots", (int)MAIL_KEY_MAX);
    }
    struct text domain;
    text_split(from, '@', &domain);
    if (!at_valid(from))
        return fail_at(c, ERR_INVALID, "mail_address", "from", "\"%.*s\" is not a mail address",
                       TEXT_ARG(text_head(from, 80)));
    *out = text_printf(c->arena, "%.*s@%.*s", TEXT_ARG(once_key), TEXT_ARG(domain));
    return OK;
}

/* ---- checks ---- */

static enum err check_address(struct ctx *c, const char *field, struct text address)
{
    if (at_valid(address)) return OK;
    fail_at(c, ERR_INVALID, "mail_address", field, "\"%.*s\" is not a mail address",
            TEXT_ARG(text_head(address, 80)));
    return hint(c, "one plain address, like someone@shop.example");
}

static enum err check_line(struct ctx *c, const char *field, struct text value, size_t most)
{
    if (value.len > most)
        return fail_at(c, ERR_INVALID, "mail_header", field, "longer than %zu bytes", most);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        if (byte < ' ' || byte == 0x7f)
            return fail_at(c, ERR_INVALID, "mail_header", field,
                           "control character 0x%02x at byte %zu", byte, i + 1);
    }
    if (!text_is_utf8(value)) return fail_at(c, ERR_INVALID, "mail_header", field, "not UTF-8");
    return OK;
}

static enum err check_header(struct ctx *c, size_t i, const struct mail_header *h)
{
    static const char *const ours[] = {"From", "To",      "Cc",       "Bcc",        "Sender",
                                       "Date", "Subject", "Reply-To", "Message-ID", "MIME-Version"};
    char field[32];
    snprintf(field, sizeof field, "headers[%zu]", i);
    bool name = h->name.len > 0 && h->name.len <= 60;
    for (size_t k = 0; name && k < h->name.len; k++)
        name = alnum(h->name.at[k]) || h->name.at[k] == '-';
    if (!name)
        return fail_at(c, ERR_INVALID, "mail_header", field, "\"%.*s\" is not a header's name",
                       TEXT_ARG(text_head(h->name, 60)));
    bool taken = text_eq_nocase(text_head(h->name, 8), T("Content-"));
    for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
        taken = taken || text_eq_nocase(h->name, text_of(ours[k]));
    if (taken)
        return fail_at(c, ERR_INVALID, "mail_header", field, "%.*s is made from the mail itself",
                       TEXT_ARG(h->name));
    return check_line(c, field, h->value, MAIL_HEADER_MAX);
}

static bool type_valid(struct text type)
{
    struct text sub;
    struct text top = text_split(type, '/', &sub);
    return top.len <= 60 && sub.len <= 100 && dotted(top, "-") && dotted(sub, "+-_") &&
           !text_eq_nocase(top, T("multipart")) && !text_eq_nocase(top, T("message"));
}

static enum err check_bodies(struct ctx *c, const struct mail *m)
{
    size_t total = m->text.len + m->html.len;
    if (text_empty(m->text) && text_empty(m->html))
        return fail_at(c, ERR_INVALID, "mail_body", "text", "neither text nor html");
    if (!text_is_utf8(m->text)) return fail_at(c, ERR_INVALID, "mail_body", "text", "not UTF-8");
    if (!text_is_utf8(m->html)) return fail_at(c, ERR_INVALID, "mail_body", "html", "not UTF-8");
    if (m->attachment_count > MAIL_PARTS_MAX - 4)
        return fail_at(c, ERR_TOO_LARGE, "mail_too_many_parts", "attachments", "more than %d",
                       MAIL_PARTS_MAX - 4);
    for (size_t i = 0; i < m->attachment_count; i++) {
        const struct mail_attachment *at = &m->attachments[i];
        char field[40];
        snprintf(field, sizeof field, "attachments[%zu]", i);
        TRY(check_line(c, field, at->name, MAIL_NAME_MAX));
        if (!at->name.len || !type_valid(at->type))
            return fail_at(c, ERR_INVALID, "mail_attachment", field,
                           "needs a name and a type like application/pdf, not \"%.*s\"",
                           TEXT_ARG(text_head(at->type, 60)));
        if (at->bytes.len > MAIL_BYTES_MAX) total = MAIL_BYTES_MAX;
        total += at->bytes.len;
    }
    if (total / 3 > MAIL_BYTES_MAX / 4)
        return fail(c, ERR_TOO_LARGE, "mail_too_large",
                    "%zu bytes before encoding; %d are the most", total, MAIL_BYTES_MAX / 4 * 3);
    return OK;
}

static enum err check_mail(struct ctx *c, const struct mail *m)
{
    TRY(check_address(c, "from", m->from));
    TRY(check_address(c, "to", m->to));
    if (!text_empty(m->reply_to)) TRY(check_address(c, "reply_to", m->reply_to));
    if (!text_empty(m->bounce_to)) TRY(check_address(c, "bounce_to", m->bounce_to));
    TRY(check_line(c, "from_name", m->from_name, MAIL_NAME_MAX));
    TRY(check_line(c, "to_name", m->to_name, MAIL_NAME_MAX));
    TRY(check_line(c, "subject", m->subject, MAIL_SUBJECT_MAX));
    if (!at_valid(id_bare(m->message_id)))
        return fail_at(c, ERR_INVALID, "mail_header", "message_id", "\"%.*s\" is not KEY@DOMAIN",
                       TEXT_ARG(text_head(m->message_id, 80)));
    if (m->header_count > MAIL_HEADERS_MAX)
        return fail_at(c, ERR_INVALID, "mail_header", "headers", "more than %d", MAIL_HEADERS_MAX);
    for (size_t i = 0; i < m->header_count; i++) TRY(check_header(c, i, &m->headers[i]));
    return check_bodies(c, m);
}

/* What is to be drawn has its bytes then. */
static enum err draw_attachments(struct ctx *c, struct mail *m)
{
    struct mail_attachment *all =
        arena_new(c->arena, struct mail_attachment, m->attachment_count + 1);
    for (size_t i = 0; i < m->attachment_count; i++) {
        all[i] = m->attachments[i];
        if (all[i].draw) TRY(all[i].draw(c, all[i].subject_id, &all[i].bytes));
    }
    m->attachments = all;
    return OK;
}

/* ---- parts ---- */

static GMimeDataWrapper *wrapper_of(struct text bytes)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.at, bytes.len);
    GMimeDataWrapper *w =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_object_unref(stream);
    return w;
}

static struct text with_lf(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == '\r' && i + 1 < t.len && t.at[i + 1] == '\n') continue;
        buf_putc(&b, t.at[i] == '\r' ? '\n' : t.at[i]);
    }
    return buf_text(&b);
}

static GMimeObject *text_part(struct arena *a, const char *subtype, struct text t)
{
    size_t foreign = 0;
    for (size_t i = 0; i < t.len; i++) foreign += (unsigned char)t.at[i] >= 0x80;
    GMimePart *part = GMIME_PART(g_mime_text_part_new_with_subtype(subtype));
    GMimeDataWrapper *w = wrapper_of(with_lf(a, t));
    g_mime_text_part_set_charset(GMIME_TEXT_PART(part), "utf-8");
    g_mime_part_set_content(part, w);
    /* base64 is the shorter one when more than a sixth needs three characters a byte */
    g_mime_part_set_content_encoding(part, foreign > t.len / 6
                                               ? GMIME_CONTENT_ENCODING_BASE64
                                               : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_object_unref(w);
    return GMIME_OBJECT(part);
}

static void name_in_utf8(GMimeParamList *params, const char *name)
{
    GMimeParam *param = g_mime_param_list_get_parameter(params, name);
    if (param) g_mime_param_set_charset(param, "utf-8");
}

static GMimeObject *attachment_part(struct arena *a, const struct mail_attachment *at)
{
    struct text sub;
    struct text top = text_split(at->type, '/', &sub);
    GMimePart *part = g_mime_part_new_with_type(text_cstr(a, top), text_cstr(a, sub));
    GMimeDataWrapper *w = wrapper_of(at->bytes);
    g_mime_part_set_content(part, w);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
    g_mime_part_set_filename(part, text_cstr(a, at->name));
    name_in_utf8(g_mime_content_type_get_parameters(GMIME_OBJECT(part)->content_type), "name");
    name_in_utf8(g_mime_content_disposition_get_parameters(GMIME_OBJECT(part)->disposition),
                 "filename");
    g_object_unref(w);
    return GMIME_OBJECT(part);
}

/* FNV-1a: the boundary need not be secret, only the same for the same message. */
static GMimeMultipart *multipart(struct arena *a, const char *subtype, struct text id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (unsigned char)id.at[i]) * UINT64_C(1099511628211);
    GMimeMultipart *m = g_mime_multipart_new_with_subtype(subtype);
    struct text boundary = text_printf(a, "=_%016llx_%c", (unsigned long long)hash, subtype[0]);
    g_mime_multipart_set_boundary(m, text_cstr(a, boundary));
    return m;
}

static void add_and_drop(GMimeMultipart *m, GMimeObject *part)
{
    g_mime_multipart_add(m, part);
    g_object_unref(part);
}

static GMimeObject *body_of(struct arena *a, const struct mail *m, struct text id)
{
    GMimeObject *body;
    if (text_empty(m->html)) {
        body = text_part(a, "plain", m->text);
    } else if (text_empty(m->text)) {
        body = text_part(a, "html", m->html);
    } else {
        GMimeMultipart *both = multipart(a, "alternative", id);
        add_and_drop(both, text_part(a, "plain", m->text));
        add_and_drop(both, text_part(a, "html", m->html));
        body = GMIME_OBJECT(both);
    }
    if (!m->attachment_count) return body;
    GMimeMultipart *mixed = multipart(a, "mixed", id);
    add_and_drop(mixed, body);
    for (size_t i = 0; i < m->attachment_count; i++)
        add_and_drop(mixed, attachment_part(a, &m->attachments[i]));
    return GMIME_OBJECT(mixed);
}

static void add_mailbox(struct arena *a, GMimeMessage *m, GMimeAddressType type, struct text name,
                        struct text address)
{
    const char *who = text_empty(name) ? NULL : text_cstr(a, name);
    InternetAddress *box = internet_address_mailbox_new(who, text_cstr(a, address));
    internet_address_set_charset(box, "utf-8");
    internet_address_list_add(g_mime_message_get_addresses(m, type), box);
    g_object_unref(box);
}

enum err mail_build(struct ctx *c, const struct mail *given, struct text *out)
{
    struct mail whole = *given, *mail = &whole;
    TRY(draw_attachments(c, mail));
    TRY(check_mail(c, mail));
    mime_start();
    struct arena *a = c->arena;
    struct text id = id_bare(mail->message_id);
    int64_t date_us = mail->date_us ? mail->date_us : c->now_us;
    GMimeMessage *m = g_mime_message_new(TRUE);
    GDateTime *date = g_date_time_new_from_unix_utc(date_us / SECOND_US);
    add_mailbox(a, m, GMIME_ADDRESS_TYPE_FROM, mail->from_name, mail->from);
    if (!text_empty(mail->reply_to))
        add_mailbox(a, m, GMIME_ADDRESS_TYPE_REPLY_TO, (struct text){0}, mail->reply_to);
    add_mailbox(a, m, GMIME_ADDRESS_TYPE_TO, mail->to_name, mail->to);
    g_mime_message_set_subject(m, text_cstr(a, mail->subject), "utf-8");
    if (date) g_mime_message_set_date(m, date);
    g_mime_message_set_message_id(m, text_cstr(a, id));
    for (size_t i = 0; i < mail->header_count; i++)
        g_mime_object_append_header(GMIME_OBJECT(m), text_cstr(a, mail->headers[i].name),
                                    text_cstr(a, mail->headers[i].value), "utf-8");
    GMimeObject *body = body_of(a, mail, id);
    g_mime_message_set_mime_part(m, body);
    char *bytes = g_mime_object_to_string(GMIME_OBJECT(m), NULL);
    struct text plain = text_of(bytes);
    struct buf b = buf_new(a);
    buf_space(&b, plain.len + plain.len / 40 + 1);
    for (size_t i = 0; i < plain.len; i++) {
        if (plain.at[i] == '\n' && (i == 0 || plain.at[i - 1] != '\r')) buf_putc(&b, '\r');
        buf_putc(&b, plain.at[i]);
    }
    *out = buf_text(&b);
    g_free(bytes);
    g_object_unref(body);
    g_object_unref(m);
    if (date) g_date_time_unref(date);
    if (out->len > MAIL_BYTES_MAX)
        return fail(c, ERR_TOO_LARGE, "mail_too_large", "%zu bytes; %d are the most", out->len,
                    MAIL_BYTES_MAX);
    return OK;
}
