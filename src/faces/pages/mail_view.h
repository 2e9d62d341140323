/* faces/pages/mail_view.h: what the mails to a customer may say, and the making of one.
 *
 * One record for all of them; a template shows what is there and leaves out what is absent. Fill
 * in after record_clear(&mail_view_fields, &view), so that amounts and dates are absent. Names of
 * mails: mail_received, mail_confirm, mail_shipped, mail_delivered, mail_feedback, mail_delayed,
 * mail_cancelled, mail_ready, mail_dated and those of returns (templates/NAME.txt and NAME.html;
 * the first line of the .txt is the subject). */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "wire/mail.h"

struct mail_line {
    struct text name, sku;
    int64_t quantity;
    struct money unit_price, line_total;
    struct text personalisation; /* "engraved: For Ada", or absent */
};

/* Units that are not there yet. */
struct mail_wait {
    int64_t quantity;
    struct text name;
    int64_t by_day; /* with the customer; NONE: nobody knows */
};

struct mail_package {
    struct text carrier, tracking_number, tracking_url;
};

struct mail_view {
    struct text merchant_name;
    struct list merchant_address; /* of texts, a line each */
    struct text order_number, customer_name;
    int64_t placed_us;
    struct list lines;                                     /* of mail_line */
    struct list waiting;                                   /* of mail_wait */
    struct money goods, services, shipping, tax, discount; /* shown when there and not zero */
    struct money total;
    struct list ship_to;  /* of texts, a line each */
    struct text method;   /* "Standard delivery" */
    struct list packages; /* of mail_package; for one alone the three below will do */
    struct text tracking_number, carrier, tracking_url;
    struct text order_url; /* the order's own page: see, change, cancel */
    struct text confirm_url, feedback_url;
    struct text unsubscribe_url; /* of mail_feedback: no more questions */
    int64_t promised_day;
    struct text pickup_code;  /* of mail_ready: shown at the counter */
    struct list pickup_place; /* of texts, a line each */
    struct text reason;       /* of a delay or a cancellation, in words for the customer */
};

extern const struct fields mail_line_fields, mail_package_fields, mail_view_fields;

/* The names above; NULL ends the table. */
extern const char *const mail_names[];

/* Set subject, text and html of `out` from the templates of `name`.
 * ERR_NOT_FOUND "mail_unknown": no such mail. ERR_TOO_LARGE "mail_too_large". */
must_check enum err mail_view_render(struct ctx *c, const char *name, const struct mail_view *view,
                                     struct mail *out);
