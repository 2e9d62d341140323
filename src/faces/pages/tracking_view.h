/* faces/pages/tracking_view.h: what a customer sees of an order at /t/TOKEN, as a page and as JSON.
 *
 * Whoever has the link may read it over a shoulder or on a packing slip, so names, streets and
 * postal codes are masked, and nothing here says why an order is looked at. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "faces/pages/order_parts.h"
#include "faces/pages/page_render.h"

struct page_step {
    struct text name, state; /* "done", "now", "part", "todo" */
    struct text part;        /* "3 of 5", when some units are that far */
    bool is_done, is_now;
    int64_t at_us;
};
struct page_line {
    int64_t quantity;
    struct text name, personalisation;
};
struct page_coming {
    int64_t quantity;
    struct text name;
    int64_t by_day; /* at the door; NONE: nobody knows yet */
};
struct page_event {
    int64_t at_us;
    struct text words, place;
};
struct page_package {
    int64_t number, of;
    struct text title, status, tone, carrier, tracking_number;
    struct list lines, events; /* page_line, page_event */
};
struct page_concern {
    struct text kind, status, tone, words, answer;
};
struct page_choice {
    struct text value, name;
    bool is_chosen;
};

struct page_goods {
    int64_t line_no, most;   /* units that may be sent back */
    struct text name, given; /* given: what the form brought, when it is shown again */
};
struct page_document {
    struct text title, path; /* "Invoice INV-17" */
    int64_t issued_day;
    struct money total;
};
struct page_question {
    struct text id, words, otherwise, action;
    int64_t until_us;
};
struct page_return {
    struct text status, tone, reason, answer;
    struct list lines; /* page_line */
};

struct tracking_view {
    struct page_frame frame;
    struct text order_number, path;
    int64_t placed_us, promised_day, delivered_us;
    struct text stage, method;
    struct money total;
    bool is_cancelled, is_late, is_pickup;
    struct list steps, packages, waiting; /* page_step, page_package, page_line */
    struct list coming;                   /* page_coming: not in the house yet */
    struct list ship_to, pickup_place;    /* texts: masked; the shop's, once it waits there */
    struct text waiting_title;
    struct list concerns;            /* page_concern */
    struct list returns, goods_back; /* page_return, page_goods */
    struct list documents;           /* page_document */
    struct list questions;           /* page_question: may something else come */
    bool can_return, is_returning;
    struct list return_reasons; /* page_choice: of the return's form */
    bool can_confirm, can_cancel, can_redirect, can_report, has_actions, is_reporting;
    bool is_redirecting, is_cancelling; /* the form that is shown again */
    struct text feedback_path;
    struct text country;
    struct list inputs; /* address_input: of the other address */
    struct list kinds;  /* page_choice: of the report's form */
    struct text words_given;
};
extern const struct fields tracking_page_fields; /* all, for the template */
extern const struct fields tracking_fields;      /* the JSON twin */
extern const struct fields page_line_fields;

/* Needs a reader or a unit of work, and c->merchant_id. *ended_us is when an order that is closed
   or cancelled came to its end, NONE while it is open. ERR_NOT_FOUND "order_not_found". */
must_check enum err tracking_load(struct ctx *c, int64_t order_id, struct tracking_view *out,
                                  int64_t *ended_us);
/* The page's form of another address, as it was sent or, without a fault, empty. */
void tracking_fill_address(struct arena *a, struct postal_address *to, const struct fault *f,
                           struct tracking_view *v);
/* tracking_returns.c: what comes back, and what may. */
struct order_parts;
struct order_set;
void tracking_fill_returns(struct ctx *c, const struct order_set *set, const struct order_parts *o,
                           const struct list *returns, const struct list *lines,
                           struct tracking_view *v);
/* What the form of a return brought, for the page that shows it again. */
void tracking_returns_again(struct arena *a, struct text form, struct tracking_view *v);
/* The form of a return, inside a unit of work; its faults are in a customer's words. */
must_check enum err tracking_ask_back(struct ctx *c, struct text form, int64_t order_id);
/* tracking_questions.c: something else instead of what is not there. */
void tracking_fill_questions(struct ctx *c, const struct order_set *set,
                             const struct order_parts *o, struct tracking_view *v);
/* The form of an answer, inside a unit of work. */
must_check enum err tracking_answer(struct ctx *c, struct text form, int64_t order_id);
/* "A••• B•••" and "EC2V •••" */
struct text mask_words(struct arena *a, struct text t);
struct text mask_postal_code(struct arena *a, struct text t);
