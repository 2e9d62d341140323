/* faces/pages/page_render.h: what all pages share: rendering, forms, and pages that only say
 * something.
 *
 * Every page's record begins with struct page_frame, under the names of PAGE_FRAME. */
#pragma once

#include "domain/people/people.h"
#include "faces/api/route.h"

struct page_frame {
    struct text title;
    struct text merchant_name, merchant_street, merchant_email, contact_href; /* absent: unknown */
    struct text headline, explanation;
    struct text notice, trouble; /* what was done; what went wrong */
};
/* The members that page_head, page_notes and page_foot show, for a field table. */
#define PAGE_FRAME(type)                                                                           \
    FRAME_TEXT(type, title), FRAME_TEXT(type, merchant_name), FRAME_TEXT(type, merchant_street),   \
        FRAME_TEXT(type, merchant_email), FRAME_TEXT(type, contact_href),                          \
        FRAME_TEXT(type, headline), FRAME_TEXT(type, explanation), FRAME_TEXT(type, notice),       \
        FRAME_TEXT(type, trouble)
#define FRAME_TEXT(type, member)                                                                   \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, frame.member), .kind = F_TEXT,  \
        .is_set = true                                                                             \
    }

struct page_frame page_frame_of(struct arena *a, const struct merchant *m, struct text title);

/* Fill a template of templates/ as the answer. */
must_check enum err page_render(struct ctx *c, const char *template, const struct fields *f,
                                const void *view, int status, struct reply *out);
/* 404 nothing there, 405, 410 it is over, 429, and others: a page with a sentence. `m` may be NULL.
 */
must_check enum err page_say(struct ctx *c, int status, const struct merchant *m,
                             struct reply *out);
/* The same for the server itself, where browsers ask for what no route knows. */
struct text page_of_status(struct arena *a, int status);

/* A field of a sent form: trimmed, line ends as \n, other control characters and what is no UTF-8
   dropped. Absent when the form has no such field, "" when it is empty. */
struct text form_value(struct arena *a, struct text form, const char *name);
/* A fault in words for the customer: "The postal code does not fit. It looks like SW1A 1AA." */
struct text fault_words(struct arena *a, const struct fault *f);
/* ?done=WORD of a page that came after a form. */
struct page_query {
    struct text done;
};
extern const struct fields page_query_fields;
