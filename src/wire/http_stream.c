/* wire/http_stream.c: bytes wait here between those who write and the connection that sends. */
#include "wire/http_inside.h"

#include <pthread.h>
#include <string.h>

struct http_stream {
    struct arena own;    /* holds this struct */
    struct arena unsent; /* holds `out` */
    pthread_mutex_t lock;
    struct buf out;
    size_t sent;
    struct MHD_Connection *mhd;
    bool waits, ended, gone;
    int owners;
};

struct http_stream *http_stream_new(void)
{
    struct arena own = {0};
    struct http_stream *s = arena_new(&own, struct http_stream, 1);
    s->own = own;
    pthread_mutex_init(&s->lock, NULL);
    s->out = buf_new(&s->unsent);
    s->owners = 2;
    return s;
}

static void wake(struct http_stream *s)
{
    if (!s->waits) return;
    s->waits = false;
    MHD_resume_connection(s->mhd);
}

/* Unlocks. */
static void let_go(struct http_stream *s)
{
    bool last = --s->owners == 0;
    pthread_mutex_unlock(&s->lock);
    if (!last) return;
    pthread_mutex_destroy(&s->lock);
    arena_free(&s->unsent);
    struct arena own = s->own;
    arena_free(&own);
}

static ssize_t stream_read(void *arg, uint64_t pos, char *into, size_t room)
{
    (void)pos;
    struct http_stream *s = arg;
    pthread_mutex_lock(&s->lock);
    size_t n = s->out.len - s->sent;
    ssize_t result = 0;
    if (s->gone) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (n) {
        if (n > room) n = room;
        memcpy(into, s->out.at + s->sent, n);
        s->sent += n;
        result = (ssize_t)n;
    } else if (s->ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->waits = true;
        MHD_suspend_connection(s->mhd);
    }
    if (s->sent && s->sent == s->out.len) {
        arena_reset(&s->unsent);
        s->out = buf_new(&s->unsent);
        s->sent = 0;
    }
    pthread_mutex_unlock(&s->lock);
    return result;
}

void http_stream_drop(void *arg)
{
    struct http_stream *s = arg;
    pthread_mutex_lock(&s->lock);
    s->gone = true;
    let_go(s);
}

struct MHD_Response *http_stream_response(struct http_stream *s, struct MHD_Connection *mhd)
{
    s->mhd = mhd;
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32 * 1024, stream_read, s,
                                             http_stream_drop);
}

void http_stream_close(struct http_stream *s, bool is_gone)
{
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    s->gone = s->gone || is_gone;
    wake(s);
    pthread_mutex_unlock(&s->lock);
}

bool http_stream_write(struct http_stream *s, struct text t)
{
    pthread_mutex_lock(&s->lock);
    if (s->out.len - s->sent + t.len > HTTP_STREAM_MAX) s->gone = true;
    bool taken = !s->gone && !s->ended;
    if (taken && s->sent > s->out.len / 2) { /* or a reader who is never quite done would grow it */
        s->out.len -= s->sent;
        memmove(s->out.at, s->out.at + s->sent, s->out.len);
        s->sent = 0;
    }
    if (taken) buf_put(&s->out, t);
    wake(s);
    pthread_mutex_unlock(&s->lock);
    return taken;
}

bool http_stream_gone(struct http_stream *s)
{
    pthread_mutex_lock(&s->lock);
    bool gone = s->gone || s->ended;
    pthread_mutex_unlock(&s->lock);
    return gone;
}

void http_stream_end(struct http_stream *s)
{
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    wake(s);
    let_go(s);
}
