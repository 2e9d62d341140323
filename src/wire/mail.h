/* wire/mail.h: build, read and send e-mail. GMime and libcurl's SMTP stop here.
 *
 *   struct mail ── mail_build ──> RFC 5322 bytes ── mail_send_smtp ──> a mail server
 *                                 RFC 5322 bytes ── mail_parse ──> struct mail_parsed
 *
 * Texts are UTF-8. What is built has CRLF line ends and only ASCII on the wire; the same mail at
 * the same date gives the same bytes. No value can add a header: control characters are refused.
 * All results live in c->arena. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum {
    MAIL_BYTES_MAX = 25 * 1024 * 1024, /* a whole message, built or read */
    MAIL_PARTS_MAX = 50,
    MAIL_DEPTH_MAX = 10, /* parts inside each other */
    MAIL_ADDRESS_MAX = 254,
    MAIL_NAME_MAX = 200,
    MAIL_SUBJECT_MAX = 500,
    MAIL_HEADER_MAX = 2000,
    MAIL_HEADERS_MAX = 20,
    MAIL_RECIPIENTS_MAX = 100, /* kept of a message that is read */
    MAIL_KEY_MAX = 100
};

struct mail_header {
    struct text name, value; /* Auto-Submitted, List-Unsubscribe, In-Reply-To, ... */
};

struct mail_attachment {
    struct text name, type, bytes; /* "invoice.pdf", "application/pdf" */
    /* Instead of bytes: the paper of `subject_id`, drawn when the mail is built. */
    enum err (*draw)(struct ctx *c, int64_t subject_id, struct text *bytes);
    int64_t subject_id;
};

struct mail {
    struct text from, from_name;
    struct text to, to_name;
    struct text reply_to;  /* absent: From */
    struct text bounce_to; /* envelope sender; absent: From */
    struct text subject;
    struct text text, html; /* at least one */
    struct text message_id; /* "evt_01J...@shop.example", with or without < > */
    int64_t date_us;        /* 0: c->now_us */
    const struct mail_header *headers;
    size_t header_count;
    const struct mail_attachment *attachments;
    size_t attachment_count;
};

/* One plain mailbox of ASCII: someone@shop.example. */
bool mail_address_valid(struct text address);

/* The message id of whatever is sent under `once_key`: "KEY@domain of from".
 * ERR_INVALID "mail_key": not 1 to MAIL_KEY_MAX letters, digits, '_', '-' and inner dots. */
must_check enum err mail_id_of_key(struct ctx *c, struct text once_key, struct text from,
                                   struct text *out);

/* multipart/alternative of text and html, inside multipart/mixed when there are attachments.
 * ERR_INVALID "mail_address", "mail_header" (control characters, too long, a header that is built
 * from the mail itself), "mail_body" (none, or not UTF-8), "mail_attachment"; ERR_TOO_LARGE. */
must_check enum err mail_build(struct ctx *c, const struct mail *mail, struct text *out);

struct mail_address {
    struct text address, name;
};

struct mail_parsed {
    struct mail_address from, reply_to; /* absent texts when there is none */
    const struct mail_address *to;      /* To and Cc, groups opened */
    size_t to_count;
    struct text subject;
    struct text message_id, in_reply_to;                                         /* without < > */
    struct text auto_submitted, precedence, return_path, authentication_results; /* as they stand */
    int64_t date_us;                                                             /* NONE: no date */
    struct text text, html; /* all inline parts of the kind, in order, with LF; absent: none */
    const struct mail_attachment *attachments; /* files, and whole messages as message/rfc822 */
    size_t attachment_count;
};

/* Made for hostile input: everything comes out as valid UTF-8, header texts on one line, names of
 * attachments without folders. ERR_MALFORMED "mail_unreadable": no mail at all. ERR_TOO_LARGE
 * "mail_too_large", "mail_too_many_parts", "mail_too_deep". */
must_check enum err mail_parse(struct ctx *c, struct text bytes, struct mail_parsed *out);

struct smtp_options {
    struct text url; /* smtp://host:port, or smtps:// for TLS from the start */
    struct text user, password;
    int64_t timeout_ms; /* for the exchange, and again for the good-bye; 0: 60 seconds */
    bool require_tls;   /* also so when there is a password and the host is not this machine */
};

/* Hand one message to the mail server. TLS is used whenever the server offers it; when it is
 * required, the certificate is verified. Never by a proxy.
 * ERR_UPSTREAM: not sent, try later: "mail_refused_later" (away, or a 4xx answer),
 *   "mail_login_refused", "mail_tls_failed".
 * ERR_INVALID "mail_refused": a 5xx answer, permanent; "mail_address"; "mail_server" (the URL).
 * ERR_UNKNOWN "mail_no_answer": the message was handed over and the answer lost. */
must_check enum err mail_send_smtp(struct ctx *c, const struct smtp_options *o,
                                   struct text envelope_from, struct text to, struct text message);
