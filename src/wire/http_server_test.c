/* wire/http_server_test.c: answers from other threads, times, streams and the end. */
#include "wire/http_server_test.h"

enum { CROWD = 600 };

TEST(http_server, slow_clients_are_told_and_cut_even_when_they_dribble)
{
    struct place p;
    place_open(&p, (struct http_options){.idle_timeout_s = 1});
    int head = dial(&p), body = dial(&p), silent = dial(&p);
    say(head, T("GET /a HTTP/1.1\r\nHost: a\r\nX: "));
    say(body, T("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx"));
    for (int i = 0; i < 10; i++) {
        usleep(200000);
        (void)!send(head, "y", 1, MSG_NOSIGNAL);
    }
    struct text got = hear(&p.arena, head, "}\n");
    CHECK(text_starts(got, T("HTTP/1.1 408 ")) && has(got, "\"too_slow\""));
    CHECK(text_starts(hear(&p.arena, body, NULL), T("HTTP/1.1 408 ")));
    CHECK(text_starts(hear(&p.arena, silent, NULL), T("HTTP/1.1 408 ")));
    close(head), close(body), close(silent);
    int fd = dial(&p);
    say(fd, T("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK_I64(1, count_of(hear(&p.arena, fd, NULL), "HTTP/1.1 ")); /* then quietly closed */
    close(fd);
    place_close(&p);
}

struct answerer {
    struct place *p;
    int from, to;
};

static void *answer_later(void *arg)
{
    struct answerer *w = arg;
    for (int i = w->from; i < w->to; i++) {
        struct http_request *req = w->p->later[i];
        http_reply(req, 201, "text/plain",
                   text_printf(req->arena, "done %.*s", TEXT_ARG(req->path)), HTTP_NO_HEADERS);
    }
    return NULL;
}

TEST(http_server, six_hundred_wait_for_one_commit_and_keep_their_connections)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < 2 * CROWD + 100) SKIP("too few file descriptors are allowed here");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct place p;
    place_open(&p, (struct http_options){0});
    static int fd[CROWD];
    for (int i = 0; i < CROWD; i++) fd[i] = dial(&p);
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < CROWD; i++) {
            char line[64];
            snprintf(line, sizeof line, "GET /later/%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
            say(fd[i], text_of(line));
        }
        wait_for_waiting(&p, CROWD);
        struct answerer half[2] = {{&p, 0, CROWD / 2}, {&p, CROWD / 2, CROWD}};
        pthread_t threads[2];
        for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, answer_later, &half[i]);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        p.waiting = 0;
        for (int i = 0; i < CROWD; i++) {
            char want[64];
            snprintf(want, sizeof want, "done /later/%d", i);
            struct text got = hear(&p.arena, fd[i], want);
            if (!text_starts(got, T("HTTP/1.1 201 ")) || !text_ends(got, text_of(want)))
                test_fail(__FILE__, __LINE__, "%d: %.*s", i, TEXT_ARG(got));
            if (test_failed()) break;
        }
    }
    for (int i = 0; i < CROWD; i++) close(fd[i]);
    CHECK_I64(0, place_close(&p));
}

static atomic_bool racing;

static void *answer_at_once(void *arg)
{
    struct place *p = arg;
    while (atomic_load(&racing)) {
        pthread_mutex_lock(&p->lock);
        struct http_request *req = p->waiting ? p->later[--p->waiting] : NULL;
        pthread_mutex_unlock(&p->lock);
        if (req) http_reply(req, 200, "text/plain", T("raced"), HTTP_NO_HEADERS);
    }
    return NULL;
}

TEST(http_server, an_answer_may_come_before_the_handler_returns)
{
    struct place p;
    place_open(&p, (struct http_options){.threads = 2});
    pthread_t thread;
    atomic_store(&racing, true);
    pthread_create(&thread, NULL, answer_at_once, &p);
    int fd[4];
    for (int i = 0; i < 4; i++) fd[i] = dial(&p);
    for (int turn = 0; turn < 500; turn++) {
        for (int i = 0; i < 4; i++) say(fd[i], T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
        for (int i = 0; i < 4; i++) CHECK(has(hear(&p.arena, fd[i], "raced"), "raced"));
        if (test_failed()) break;
    }
    atomic_store(&racing, false);
    pthread_join(thread, NULL);
    for (int i = 0; i < 4; i++) close(fd[i]);
    place_close(&p);
}

/* `shutdown(SHUT_WR)` after the request, as nc -N does: the answer is still wanted. */
TEST(http_server, who_hangs_up_its_half_still_gets_its_answer)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd = dial(&p);
    say(fd, T("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"));
    shutdown(fd, SHUT_WR);
    wait_for_waiting(&p, 1);
    usleep(1200000); /* several turns of the watch */
    http_reply(p.later[0], 200, "text/plain", T("late but whole"), HTTP_NO_HEADERS);
    struct text got = hear(&p.arena, fd, NULL);
    CHECK(text_starts(got, T("HTTP/1.1 200 ")) && text_ends(got, T("late but whole")));
    close(fd);
    struct text both = ask(&p, "GET /one HTTP/1.1\r\nHost: a\r\n\r\n"
                               "GET /two HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(has(both, "GET /one") && has(both, "GET /two"));
    CHECK_I64(2, count_of(both, "HTTP/1.1 200 "));
    fd = dial(&p); /* nothing more is coming: told at once, not at the end of its time */
    say(fd, T("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"));
    shutdown(fd, SHUT_WR);
    CHECK(!has(hear(&p.arena, fd, NULL), "200"));
    close(fd);
    CHECK_I64(0, place_close(&p));
}

TEST(http_server, a_client_may_go_away_while_it_waits)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    for (int i = 0; i < 20; i++) {
        int fd = dial(&p);
        say(fd, T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
        wait_for_waiting(&p, i + 1);
        struct linger cut = {.l_onoff = i % 2};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &cut, sizeof cut);
        close(fd);
    }
    usleep(50000);
    CHECK(http_client_gone(p.later[0]));
    for (int i = 0; i < 20; i++)
        http_reply(p.later[i], 200, "text/plain", T("too late"), HTTP_NO_HEADERS);
    CHECK(has(ask(&p, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"), "/alive"));
    CHECK_I64(0, place_close(&p));
}

static struct http_stream *stream_of(struct place *p)
{
    struct http_stream *s = NULL;
    for (int i = 0; i < 1000 && !s; i++) {
        pthread_mutex_lock(&p->lock);
        s = p->stream;
        p->stream = NULL;
        pthread_mutex_unlock(&p->lock);
        usleep(2000);
    }
    return s;
}

TEST(http_server, streams_grow_until_their_end)
{
    struct place p;
    place_open(&p, (struct http_options){.idle_timeout_s = 1});
    int fd = dial(&p);
    say(fd, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_stream *s = stream_of(&p);
    CHECK(http_stream_write(s, T("data: one\n\n")));
    struct text got = hear(&p.arena, fd, "data: one\n\n");
    CHECK(has(got, "\r\nContent-Type: text/event-stream\r\n"));
    sleep(3); /* silence is not idleness */
    for (int i = 0; i < 1000; i++) CHECK(http_stream_write(s, T("data: more\n\n")));
    CHECK(http_stream_write(s, T("data: last\n\n")));
    CHECK(!http_stream_gone(s));
    http_stream_end(s);
    got = hear(&p.arena, fd, "\r\n0\r\n\r\n");
    CHECK_I64(1000, count_of(got, "data: more"));
    CHECK(has(got, "data: last") && text_ends(got, T("\r\n0\r\n\r\n")));
    say(fd, T("GET /next HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(has(hear(&p.arena, fd, "/next q"), "/next q"));
    close(fd);
    place_close(&p);
}

TEST(http_server, a_stream_knows_when_its_client_has_gone)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd = dial(&p);
    say(fd, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_stream *s = stream_of(&p);
    hear(&p.arena, fd, "\r\n\r\n");
    CHECK(!http_stream_gone(s));
    close(fd);
    for (int i = 0; i < 300 && !http_stream_gone(s); i++) usleep(10000);
    CHECK(http_stream_gone(s));
    CHECK(!http_stream_write(s, T("x")));
    http_stream_end(s);
    fd = dial(&p); /* and one that reads nothing is dropped */
    say(fd, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    s = stream_of(&p);
    char lump[4096];
    memset(lump, 'l', sizeof lump);
    int taken = 0;
    while (taken < 10000 && http_stream_write(s, (struct text){lump, sizeof lump})) taken++;
    CHECK(taken >= HTTP_STREAM_MAX / 4096 && taken < 10000);
    http_stream_end(s);
    close(fd);
    place_close(&p);
}

TEST(http_server, long_answers_are_pulled)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    struct text got = ask(&p, "GET /pull HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(text_ends(got, T("\r\n0\r\n\r\n")));
    CHECK(count_of(got, "p") >= 3000);
    got = ask(&p, "GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(!text_ends(got, T("0\r\n\r\n")));
    CHECK_I64(2, p.pulls_done);
    place_close(&p);
}

TEST(http_server, a_full_thread_hears_all_its_clients_at_once)
{
    enum { ALL = HTTP_CONNECTIONS_PER_THREAD };
    struct place p;
    int fd[ALL];
    place_open(&p, (struct http_options){.threads = 1});
    for (int i = 0; i < ALL; i++) fd[i] = dial(&p);
    usleep(200000);
    pthread_mutex_lock(&p.lock); /* the handler waits for it, and the thread with it */
    say(fd[0], T("GET /first HTTP/1.1\r\nHost: a\r\n\r\n"));
    usleep(200000);
    for (int i = 0; i < ALL; i++) say(fd[i], T("GET /all HTTP/1.1\r\nHost: a\r\n\r\n"));
    pthread_mutex_unlock(&p.lock);
    for (int i = 0; i < ALL && !test_failed(); i++)
        CHECK(text_starts(hear(&p.arena, fd[i], "\r\n\r\n"), T("HTTP/1.1 ")));
    for (int i = 0; i < ALL; i++) close(fd[i]);
    place_close(&p);
}

TEST(http_server, a_full_server_says_so)
{
    struct place p;
    place_open(&p, (struct http_options){.connections_max = 2});
    int one = dial(&p), two = dial(&p);
    say(one, T("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    say(two, T("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(has(hear(&p.arena, one, "/1 q"), " 200 OK"));
    CHECK(has(hear(&p.arena, two, "/2 q"), " 200 OK"));
    struct text got = ask(&p, "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(text_starts(got, T("HTTP/1.1 503 ")) && has(got, "\"too_many_connections\""));
    close(one), close(two);
    usleep(100000);
    CHECK(has(ask(&p, "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n"), " 200 OK"));
    place_close(&p);
}

static void *stop_run(void *arg)
{
    struct place *p = arg;
    CHECK_I64(0, http_server_stop(p->server, 10));
    return NULL;
}

TEST(http_server, a_stop_lets_running_requests_finish)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int idle = dial(&p), busy = dial(&p), events = dial(&p);
    say(idle, T("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    hear(&p.arena, idle, "/a q");
    say(events, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_stream *s = stream_of(&p);
    say(busy, T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    wait_for_waiting(&p, 1);
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop_run, &p);
    CHECK_I64(0, (int64_t)hear(&p.arena, idle, NULL).len); /* hung up at once */
    CHECK(text_ends(hear(&p.arena, events, NULL), T("0\r\n\r\n")));
    CHECK(!http_stream_write(s, T("x")));
    http_stream_end(s);
    CHECK_I64(-1, dial(&p) < 0 ? -1 : 0);
    http_reply(p.later[0], 200, "text/plain", T("finished"), HTTP_NO_HEADERS);
    struct text got = hear(&p.arena, busy, NULL);
    CHECK(has(got, "finished") && has(got, "\r\nConnection: close\r\n"));
    pthread_join(stopper, NULL);
    close(idle), close(busy), close(events);
    arena_free(&p.arena);
}

TEST(http_server, who_is_answered_before_a_stop_comes_anew_and_nobody_is_turned_away)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int kept = dial(&p);
    say(kept, T("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(!has(hear(&p.arena, kept, "/a q"), "Connection: close"));
    http_server_leave(p.server);
    say(kept, T("GET /b HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct text got = hear(&p.arena, kept, NULL); /* until it hangs up */
    CHECK(has(got, " 200 OK") && has(got, "\r\nConnection: close\r\n"));
    got = ask(&p, "GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(has(got, " 200 OK") && has(got, "\r\nConnection: close\r\n"));
    close(kept);
    place_close(&p);
}

TEST(http_server, a_stop_tells_those_it_cannot_wait_for)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd[3];
    for (int i = 0; i < 3; i++) {
        fd[i] = dial(&p);
        say(fd[i], T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    wait_for_waiting(&p, 3);
    CHECK_I64(3, http_server_stop(p.server, 0));
    for (int i = 0; i < 3; i++) {
        struct text got = hear(&p.arena, fd[i], NULL);
        CHECK(text_starts(got, T("HTTP/1.1 503 ")) && has(got, "\"stopping\""));
        close(fd[i]);
    }
    /* The owners come late: into the void, but not into freed memory. */
    http_reply(p.later[0], 200, "text/plain", T("x"), HTTP_NO_HEADERS);
    http_reply_pull(p.later[1], 200, NULL, (struct http_pull){pull_letters, pull_ends, &p, -1},
                    HTTP_NO_HEADERS);
    CHECK_I64(1, p.pulls_done);
    struct http_stream *s = http_stream_begin(p.later[2], "text/plain", HTTP_NO_HEADERS);
    CHECK(!http_stream_write(s, T("x")));
    http_stream_end(s);
    arena_free(&p.arena);
}

TEST(http_server, says_what_is_wrong_with_an_address)
{
    struct place p;
    place_open(&p, (struct http_options){.listen = "[::1]:0"});
    CHECK(http_server_port(p.server) > 0);
    place_close(&p);
    place_open(&p, (struct http_options){0});
    struct http_server *other = NULL;
    static const char *const bad[] = {"",          "8080",       "localhost:80",
                                      "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                                      "[::1]",     "::1:80",     "127.0.0.1:-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_listen_address",
                    http_server_start(&p.ctx,
                                      &(struct http_options){.listen = bad[i], .handle = handle},
                                      &other));
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", http_server_port(p.server));
    CHECK_FAULT(&p.ctx, ERR_CONFLICT, "address_in_use",
                http_server_start(&p.ctx, &(struct http_options){.listen = taken, .handle = handle},
                                  &other));
    place_close(&p);
}
