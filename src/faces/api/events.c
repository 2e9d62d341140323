/* faces/api/events.c: the feed of events. */
#include "domain/events/event.h"
#include "domain/events/skip.h"
#include "faces/api/actor_names.h"
#include "faces/api/reactions.h"
#include "faces/api/system.h"
#include "wire/json.h"

struct feed_query {
    int64_t after, limit;
};
static const struct field feed_query_table[] = {
    FIELD(struct feed_query, after, .flags = F_NULL, .min = 0, .max = JSON_NUMBER_MAX,
          .about = "the position that was read last; 0 is the beginning"),
    FIELD(struct feed_query, limit, .flags = F_NULL, .min = 1, .max = EVENT_PAGE_MAX,
          .about = "50 when absent"),
};
static const struct fields feed_query_fields =
    FIELDS("feed_query", struct feed_query, feed_query_table);

static int64_t limit_of(const struct feed_query *q)
{
    return q->limit == NONE ? PAGE_DEFAULT : q->limit;
}

static enum err read_feed(struct ctx *c, const struct request *in, struct list *events)
{
    const struct feed_query *q = in->query;
    TRY(event_feed(c, q->after == NONE ? 0 : q->after, limit_of(q), events));
    return events_name(c, events);
}

static enum err event_list(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(read_feed(c, in, &out->list));
    const struct feed_query *q = in->query;
    if (!out->list.count || (int64_t)out->list.count < limit_of(q)) return OK;
    const struct event *last = &((const struct event *)out->list.at)[out->list.count - 1];
    out->next = text_printf(c->arena, "%lld", (long long)last->position);
    return OK;
}

void events_put_sent(struct buf *b, const struct event *e)
{
    buf_printf(b, "id: %lld\nevent: %s\ndata: ", (long long)e->position,
               word_of(&event_words, e->kind));
    record_put_json(b, &event_view_fields, e);
    buf_puts(b, "\n\n");
}

/* What there is now. Over HTTP the server answers this path itself, with a stream that goes on. */
static enum err event_stream(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list events;
    struct buf b = buf_new(c->arena);
    TRY(read_feed(c, in, &events));
    buf_puts(&b, "");
    for (size_t i = 0; i < events.count; i++)
        events_put_sent(&b, &((const struct event *)events.at)[i]);
    out->content_type = T("text/event-stream");
    out->content = buf_text(&b);
    return OK;
}

const struct route events_routes[] = {
    {"GET", "/v1/events", "events list", SCOPE(EVENTS_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &feed_query_fields, &event_view_fields, event_list,
     "What happened, in the order of commit; go on after the last position."},
    {"GET", EVENTS_STREAM_PATH, NULL, SCOPE(EVENTS_READ), ROUTE_RAW | ROUTE_BY_OWNER, NULL,
     &feed_query_fields, NULL, event_stream,
     "The same as server-sent events; Last-Event-ID goes on where it ended."},
    {"GET", "/v1/reactions", "reactions list", SCOPE(ADMIN), ROUTE_LIST, NULL, NULL,
     &reaction_view_fields, reactions_list,
     "What follows from events by itself, and how far each is."},
    {"GET", "/v1/reactions/skipped", "reactions skipped", SCOPE(ADMIN), ROUTE_LIST, NULL, NULL,
     &skip_fields, reactions_skipped,
     "Events that a reaction failed at and went around, with the reason."},
    {"POST", "/v1/reactions/{reaction}/retry", "reactions retry", SCOPE(ADMIN), ROUTE_WRITE,
     &reaction_retry_fields, NULL, &skip_fields, reactions_retry,
     "Have a skipped event done after all, once its reason is gone."},
    {0},
};
