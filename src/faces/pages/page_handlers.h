/* faces/pages/page_handlers.h: what the routes of pages.c call, and what these share. */
#pragma once

#include "faces/pages/links.h"
#include "faces/pages/page_render.h"

struct board_query {
    int32_t stage; /* -1: not given */
};
extern const struct fields board_query_fields;
must_check enum err board_page(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err board_json(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_show(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_document(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_confirm(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_cancel(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_redirect(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_return(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_instead(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err tracking_report(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err confirm_show(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err confirm_take(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err feedback_show(struct ctx *c, const struct request *in, struct reply *out);
must_check enum err feedback_take(struct ctx *c, const struct request *in, struct reply *out);

/* The order of a token. False: it opens nothing, and `out` is not an answer yet. From then on the
   link's merchant is the one whose data is seen. */
bool page_open(struct ctx *c, enum link_purpose purpose, struct text token, int64_t *order_id);
/* Is the link over, when its order ended then (NONE: it has not)? */
bool page_is_over(const struct ctx *c, int64_t ended_us);
/* A refusal that the customer can be told, and after which nothing was written: the page is shown
   again with fault_words. Everything else is the caller's to return. */
bool page_can_tell(const struct ctx *c, enum err e);
/* For writes: the customer who holds the link is who acts. */
must_check enum err page_actor(struct ctx *c, int64_t order_id);
/* See other: "PATH?done=WORD" */
void page_done(struct arena *a, struct reply *out, struct text path, const char *word);
