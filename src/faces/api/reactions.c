/* faces/api/reactions.c: what follows from events: how far it is, and what it could not do. */
#include "faces/api/reactions.h"
#include "domain/events/event.h"
#include "domain/events/skip.h"
#include "faces/api/page.h"
#include "faces/jobs/react.h"

struct reaction_view {
    struct text reaction;
    int64_t position, behind, skipped;
};
static const struct field view_table[] = {
    FIELD(struct reaction_view, reaction, .about = "its name"),
    FIELD(struct reaction_view, position, .about = "of the event that it read last"),
    FIELD(struct reaction_view, behind, .about = "events after that one"),
    FIELD(struct reaction_view, skipped, .about = "events that it failed at and went around"),
};
const struct fields reaction_view_fields = FIELDS("reaction", struct reaction_view, view_table);

struct retry_body {
    int64_t position;
};
static const struct field retry_table[] = {
    FIELD(struct retry_body, position, .flags = F_REQUIRED, .min = 1, .max = INT64_C(1) << 52,
          .about = "of the event that it went around"),
};
const struct fields reaction_retry_fields =
    FIELDS("reaction_retry", struct retry_body, retry_table);

enum err reactions_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list skips;
    int64_t last;
    size_t n = 0;
    (void)in;
    TRY(skip_list(c, &skips));
    TRY(event_last_position(c, &last));
    while (reactions[n].name) n++;
    struct reaction_view *views = arena_new(c->arena, struct reaction_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        views[i].reaction = text_of(reactions[i].name);
        TRY(consumer_get(c, views[i].reaction, &views[i].position));
        views[i].behind = last - views[i].position;
        const struct skip *at = skips.at;
        for (size_t k = 0; k < skips.count; k++)
            if (text_eq(at[k].reaction, views[i].reaction)) views[i].skipped++;
    }
    out->list = (struct list){views, n};
    return OK;
}

enum err reactions_skipped(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)in;
    return skip_list(c, &out->list);
}

enum err reactions_retry(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct retry_body *body = in->body;
    struct list skips;
    TRY(skip_list(c, &skips));
    struct skip *at = skips.at;
    for (size_t i = 0; i < skips.count; i++) {
        if (!text_eq(at[i].reaction, in->words[0]) || at[i].position != body->position) continue;
        out->record = &at[i];
        return react_after_all(c, &at[i]);
    }
    size_t n = 0;
    while (reactions[n].name && !text_is(in->words[0], reactions[n].name)) n++;
    if (!reactions[n].name)
        return fail(c, ERR_NOT_FOUND, "reaction_not_found", "there is no such reaction");
    fail(c, ERR_CONFLICT, "not_skipped", "this reaction went around no such event");
    return hint(c, "`waybill reactions skipped` lists them");
}
