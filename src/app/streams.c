#include "app/streams.h"

#include "base/source.h"
#include "domain/events/event.h"
#include "faces/api/actor_names.h"
#include "faces/api/system.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 200, QUIET_BEATS = 75 }; /* beats of 200 ms between signs of life */

struct listener {
    struct listener *next;
    struct http_stream *stream;
    int64_t merchant_id, owner_id, position;
    int quiet;
};

struct streams {
    struct server *server;
    struct pulse *pulse;
    pthread_mutex_t lock;
    struct listener *first;
    int count;
};

struct streams *streams_open(struct server *server, struct pulse *pulse)
{
    struct streams *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->server = server;
    s->pulse = pulse;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static void drop(struct listener *l)
{
    http_stream_end(l->stream);
    free(l);
}

void streams_close(struct streams *s)
{
    for (struct listener *l = s->first, *next; l; l = next) {
        next = l->next;
        drop(l);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* Where it goes on: behind Last-Event-ID or ?after=, else with what comes from now on. */
static enum err start_of(struct ctx *c, const struct http_request *req, int64_t *position)
{
    struct text last = http_header(req, "Last-Event-ID");
    if (!last.at) last = http_query(req, "after");
    if (last.at && text_to_i64(last, position) && *position >= 0) return OK;
    TRY(store_reader(c));
    return event_last_position(c, position);
}

static void refuse(struct http_request *req, int status, const char *reason, const char *detail)
{
    struct text body = text_printf(req->arena,
                                   "{\"type\":\"/docs/reasons#%s\",\"status\":%d,\"reason\":\"%s\","
                                   "\"detail\":\"%s\"}",
                                   reason, status, reason, detail);
    http_reply(req, status, "application/problem+json", body, HTTP_NO_HEADERS);
}

void streams_join(struct streams *s, struct http_request *req, const struct call *call)
{
    struct answer refusal;
    struct ctx who;
    int64_t position = 0;
    if (!dispatch_admit(s->server, req->arena, call, &who, &refusal)) {
        struct http_header headers[ANSWER_HEADERS_MAX];
        size_t n = answer_headers(&refusal, headers);
        http_reply(req, refusal.status, "application/problem+json", refusal.body,
                   (struct http_headers){headers, n});
        return;
    }
    struct ctx c = {.arena = req->arena,
                    .source = s->server->source,
                    .store = s->server->store,
                    .merchant_id = who.merchant_id};
    if (start_of(&c, req, &position) != OK) {
        refuse(req, 503, "database_away", "the events cannot be read now");
        return;
    }
    pthread_mutex_lock(&s->lock);
    bool has_room = s->count < STREAMS_MAX;
    if (has_room) s->count++;
    pthread_mutex_unlock(&s->lock);
    if (!has_room) {
        refuse(req, 503, "streams_full", "too many listen already");
        return;
    }
    struct listener *l = calloc(1, sizeof *l);
    if (!l) abort();
    l->merchant_id = who.merchant_id;
    l->owner_id = who.owner_id;
    l->position = position;
    l->stream =
        http_stream_begin(req, "text/event-stream", HTTP_HEADERS({"Cache-Control", T("no-store")}));
    http_stream_write(l->stream, T(": waybill\n\n"));
    pthread_mutex_lock(&s->lock);
    l->next = s->first;
    s->first = l;
    pthread_mutex_unlock(&s->lock);
    pulse_beat(s->pulse);
}

/* What is new for one listener; false when it has gone. */
static bool feed(struct streams *s, struct arena *a, struct listener *l)
{
    struct ctx c = {.arena = a,
                    .source = s->server->source,
                    .store = s->server->store,
                    .merchant_id = l->merchant_id,
                    .owner_id = l->owner_id};
    struct list events;
    int64_t last = l->position;
    if (store_reader(&c) != OK || (l->owner_id && event_last_position(&c, &last) != OK))
        return true;
    if (event_feed(&c, l->position, PAGE, &events) != OK) return true;
    if (events_name(&c, &events) != OK) return true;
    struct buf b = buf_new(a);
    const struct event *e = events.at;
    for (size_t i = 0; i < events.count; i++) events_put_sent(&b, &e[i]);
    /* Others' events lie between an owner's; they are gone over once. */
    if (events.count < PAGE && last > l->position) l->position = last;
    if (events.count) {
        if (e[events.count - 1].position > l->position || events.count == PAGE)
            l->position = e[events.count - 1].position;
        l->quiet = 0;
        if (events.count == PAGE) pulse_beat(s->pulse);
        return http_stream_write(l->stream, buf_text(&b));
    }
    if (++l->quiet < QUIET_BEATS) return !http_stream_gone(l->stream);
    l->quiet = 0;
    return http_stream_write(l->stream, T(": still here\n\n"));
}

void streams_run(struct streams *s)
{
    struct arena a = {0};
    uint64_t seen = 0;
    while (pulse_wait(s->pulse, &seen, 200)) {
        pthread_mutex_lock(&s->lock);
        struct listener *mine = s->first; /* new ones are put before it */
        pthread_mutex_unlock(&s->lock);
        struct listener *gone = NULL;
        for (struct listener *l = mine; l; l = l->next) {
            arena_reset(&a);
            if (!feed(s, &a, l)) l->merchant_id = NONE;
        }
        pthread_mutex_lock(&s->lock);
        for (struct listener **at = &s->first; *at;) {
            struct listener *l = *at;
            if (l->merchant_id != NONE) {
                at = &l->next;
                continue;
            }
            *at = l->next;
            l->next = gone;
            gone = l;
            s->count--;
        }
        pthread_mutex_unlock(&s->lock);
        while (gone) {
            struct listener *next = gone->next;
            drop(gone);
            gone = next;
        }
    }
    arena_free(&a);
}
