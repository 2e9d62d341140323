/* test/load/torture_link.c: see torture_link.h. */
#include "torture_link.h"

#include "base/source.h"

#include <errno.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEP_MS = 100, SLOW_MS = 40, SSL_REQUEST = 80877103, GSS_REQUEST = 80877104 };

struct torture_link {
    char folder[40], path[80], address[200];
    char host[120], port[12]; /* of the server */
    int listener;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t left;
    bool is_stopping;
    int wires;
    struct source dice;
    int64_t rate, next_times, made[LINK_FAULTS];
    enum link_fault next;
};

/* What came from one side and is not used yet. */
struct inbox {
    char *at;
    size_t count, capacity;
};

struct wire {
    struct torture_link *link;
    int client, server;
    struct inbox from_client, from_server;
    bool is_started;    /* its first message has no kind */
    bool is_set_up;     /* its first question was answered */
    bool in_batch;      /* of messages that end in Sync */
    bool is_dropping;   /* until Sync: something else was sent in their place */
    bool loses_answer;  /* the link goes when the server has answered */
    const char *raises; /* SQLSTATE, in place of what is dropped */
};

/* --- sockets --------------------------------------------------------------------------------- */

static bool send_all(int fd, const char *at, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool receive(int fd, struct inbox *in)
{
    enum { PIECE = 65536 };
    if (in->capacity - in->count < PIECE) {
        in->capacity = 2 * in->capacity + PIECE;
        in->at = realloc(in->at, in->capacity);
        if (!in->at) abort();
    }
    ssize_t n = recv(fd, in->at + in->count, PIECE, 0);
    if (n <= 0) return false;
    in->count += (size_t)n;
    return true;
}

static void drop(struct inbox *in, size_t n)
{
    memmove(in->at, in->at + n, in->count - n);
    in->count -= n;
}

static uint32_t big_endian(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int dial_unix(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(to.sun_path, path, strnlen(path, sizeof to.sun_path - 1));
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static int dial(const struct torture_link *l)
{
    struct addrinfo *found = NULL, wanted = {.ai_socktype = SOCK_STREAM};
    char path[160];
    int fd = -1;
    if (*l->host == '/') {
        snprintf(path, sizeof path, "%s/.s.PGSQL.%s", l->host, l->port);
        return dial_unix(path);
    }
    if (getaddrinfo(l->host, l->port, &wanted, &found) != 0) return -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0) break;
        if (fd >= 0) close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

/* --- what is to go wrong --------------------------------------------------------------------- */

static bool fits(enum link_fault fault, bool is_commit, bool is_statement)
{
    switch (fault) {
    case LINK_SERIAL:
    case LINK_DEADLOCK:
    case LINK_LOCKED:
    case LINK_LOST_BEFORE:
    case LINK_LOST_AFTER: return is_commit;
    case LINK_STATEMENT: return is_statement && !is_commit;
    case LINK_CUT: return is_statement && !is_commit;
    case LINK_SLOW: return true;
    case LINK_ADVISORY:
    case LINK_FAULTS: break;
    }
    return false;
}

/* LINK_FAULTS: nothing. */
static enum link_fault choose(struct torture_link *l, bool is_commit, bool is_statement)
{
    enum link_fault fault = LINK_FAULTS;
    pthread_mutex_lock(&l->lock);
    if (l->next_times && fits(l->next, is_commit, is_statement)) {
        fault = l->next;
        if (l->next_times > 0) l->next_times--;
    } else if (l->rate && source_below(&l->dice, 10000) < l->rate) {
        enum link_fault drawn = (enum link_fault)source_below(&l->dice, LINK_ADVISORY);
        /* a COMMIT comes more seldom than a statement, and more depends on it */
        if (fits(drawn, is_commit, is_statement)) fault = drawn;
    }
    if (fault != LINK_FAULTS) l->made[fault]++;
    pthread_mutex_unlock(&l->lock);
    return fault;
}

static void count(struct torture_link *l, enum link_fault fault)
{
    pthread_mutex_lock(&l->lock);
    l->made[fault]++;
    pthread_mutex_unlock(&l->lock);
}

static const char *state_of(enum link_fault fault)
{
    if (fault == LINK_DEADLOCK) return "40P01";
    if (fault == LINK_LOCKED) return "55P03";
    return fault == LINK_ADVISORY ? "0A000" : "40001";
}

/* --- messages -------------------------------------------------------------------------------- */

static size_t put_message(char *at, char kind, const char *body, size_t n)
{
    uint32_t length = (uint32_t)n + 4;
    at[0] = kind;
    for (int i = 0; i < 4; i++) at[1 + i] = (char)(length >> (24 - 8 * i));
    memcpy(at + 5, body, n);
    return n + 5;
}

/* A statement that fails as asked for, so that the server's transaction fails with the program's.
 */
static bool raise(struct wire *w, bool is_simple)
{
    char sql[160], room[400];
    size_t n = 0;
    int length = snprintf(sql + 1, sizeof sql - 1,
                          "DO $$BEGIN RAISE EXCEPTION 'as the torture asked' USING ERRCODE = "
                          "'%s'; END$$",
                          w->raises);
    size_t with_end = (size_t)length + 1;
    sql[0] = 0; /* the nameless statement */
    if (is_simple) {
        n = put_message(room, 'Q', sql + 1, with_end);
    } else {
        char parse[200];
        memcpy(parse, sql, with_end + 1);
        memset(parse + with_end + 1, 0, 2); /* no types */
        n = put_message(room, 'P', parse, with_end + 3);
        n += put_message(room + n, 'B', "\0\0\0\0\0\0\0\0", 8);
        n += put_message(room + n, 'E', "\0\0\0\0\0", 5);
        n += put_message(room + n, 'S', "", 0);
    }
    return send_all(w->server, room, n);
}

static const char *sql_in(const char *message, size_t n)
{
    if (message[0] == 'Q') return message + 5;
    if (message[0] != 'P') return "";
    const char *name_end = memchr(message + 5, 0, n - 5);
    return name_end ? name_end + 1 : "";
}

static bool forward(struct wire *w, const char *message, size_t n)
{
    return send_all(w->server, message, n);
}

/* One message; false: the link is lost. */
static bool take_message(struct wire *w, const char *message, size_t n)
{
    char kind = message[0];
    const char *sql = sql_in(message, n);
    bool is_simple = kind == 'Q', is_new = is_simple || !w->in_batch,
         is_asking = strchr("QPB", kind);
    bool is_commit = strcmp(sql, "COMMIT") == 0;
    w->in_batch = !is_simple && kind != 'S';
    if (w->is_dropping) {
        if (kind == 'S') w->is_dropping = false;
        return kind != 'S' || raise(w, false);
    }
    if (!w->is_set_up || !is_asking || (!is_new && !is_commit)) return forward(w, message, n);
    /* a simple question that is no COMMIT opens or ends a transaction: nothing races there */
    enum link_fault fault = choose(w->link, is_commit, !is_simple);
    if (strstr(sql, "advisory")) count(w->link, fault = LINK_ADVISORY);
    switch (fault) {
    case LINK_FAULTS: break;
    case LINK_SERIAL:
    case LINK_DEADLOCK:
    case LINK_LOCKED:
    case LINK_STATEMENT:
    case LINK_ADVISORY:
        w->raises = state_of(fault);
        w->is_dropping = !is_simple;
        return !is_simple || raise(w, true);
    case LINK_LOST_BEFORE:
    case LINK_CUT: return false;
    case LINK_LOST_AFTER: w->loses_answer = true; break;
    case LINK_SLOW: usleep(SLOW_MS * 1000); break;
    }
    return forward(w, message, n);
}

/* The first message: length and version; or a question whether to encrypt, which we are not. */
static bool take_start(struct wire *w, bool *is_more)
{
    struct inbox *in = &w->from_client;
    *is_more = in->count >= 8 && in->count >= big_endian(in->at);
    if (!*is_more) return true;
    size_t n = big_endian(in->at);
    uint32_t what = big_endian(in->at + 4);
    if (what == SSL_REQUEST || what == GSS_REQUEST) {
        drop(in, n);
        return send_all(w->client, "N", 1);
    }
    bool ok = forward(w, in->at, n);
    drop(in, n);
    w->is_started = true;
    return ok;
}

static bool take_client(struct wire *w)
{
    struct inbox *in = &w->from_client;
    bool is_more = true;
    if (!receive(w->client, in)) return false;
    while (!w->is_started && is_more)
        if (!take_start(w, &is_more)) return false;
    while (w->is_started && in->count >= 5) {
        size_t n = (size_t)big_endian(in->at + 1) + 1;
        if (in->count < n) break;
        if (!take_message(w, in->at, n)) return false;
        drop(in, n);
    }
    return true;
}

static bool take_server(struct wire *w)
{
    struct inbox *in = &w->from_server;
    if (!receive(w->server, in)) {
        send_all(w->client, in->at, in->count);
        return false;
    }
    while (in->count >= 5) {
        size_t n = (size_t)big_endian(in->at + 1) + 1;
        if (in->count < n) break;
        bool is_end = in->at[0] == 'Z';
        if (w->loses_answer && is_end) return false;
        if (!w->loses_answer && !send_all(w->client, in->at, n)) return false;
        /* after the greeting comes what sets the session up */
        if (is_end && w->from_client.count == 0) w->is_set_up = true;
        drop(in, n);
    }
    return true;
}

static bool is_stopping(struct torture_link *l)
{
    pthread_mutex_lock(&l->lock);
    bool is = l->is_stopping;
    pthread_mutex_unlock(&l->lock);
    return is;
}

static void *carry(void *arg)
{
    struct wire *w = arg;
    struct torture_link *l = w->link;
    bool goes_on = w->server >= 0;
    while (goes_on && !is_stopping(l)) {
        struct pollfd ends[2] = {{.fd = w->server, .events = POLLIN},
                                 {.fd = w->client, .events = POLLIN}};
        if (poll(ends, 2, STEP_MS) < 0 && errno != EINTR) break;
        if (ends[0].revents) goes_on = take_server(w);
        if (goes_on && ends[1].revents) goes_on = take_client(w);
    }
    close(w->client);
    if (w->server >= 0) close(w->server);
    free(w->from_client.at);
    free(w->from_server.at);
    free(w);
    pthread_mutex_lock(&l->lock);
    l->wires--;
    pthread_cond_signal(&l->left);
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* --- opening and closing --------------------------------------------------------------------- */

static void *listen_on(void *arg)
{
    struct torture_link *l = arg;
    while (!is_stopping(l)) {
        struct pollfd at = {.fd = l->listener, .events = POLLIN};
        pthread_t thread;
        if (poll(&at, 1, STEP_MS) <= 0) continue;
        int client = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0) continue;
        struct wire *w = calloc(1, sizeof *w);
        if (!w) abort();
        *w = (struct wire){.link = l, .client = client, .server = dial(l)};
        pthread_mutex_lock(&l->lock);
        l->wires++;
        pthread_mutex_unlock(&l->lock);
        pthread_create(&thread, NULL, carry, w);
        pthread_detach(thread);
    }
    return NULL;
}

static void read_address(struct torture_link *l, const char *address)
{
    const char *user = "", *password = "", *database = "";
    PQconninfoOption *all = PQconninfoParse(address, NULL);
    snprintf(l->host, sizeof l->host, "localhost");
    snprintf(l->port, sizeof l->port, "5432");
    for (const PQconninfoOption *o = all; o && o->keyword; o++) {
        if (!o->val) continue;
        if (!strcmp(o->keyword, "host")) snprintf(l->host, sizeof l->host, "%s", o->val);
        if (!strcmp(o->keyword, "port")) snprintf(l->port, sizeof l->port, "%s", o->val);
        if (!strcmp(o->keyword, "user")) user = o->val;
        if (!strcmp(o->keyword, "password")) password = o->val;
        if (!strcmp(o->keyword, "dbname")) database = o->val;
    }
    snprintf(l->address, sizeof l->address, "postgresql://%s%s%s%s/%s?host=%s&port=5432", user,
             *password ? ":" : "", password, *user ? "@" : "", database, l->folder);
    PQconninfoFree(all);
}

static bool open_listener(struct torture_link *l)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(l->folder, sizeof l->folder, "/tmp/waybill-link-XXXXXX");
    if (!mkdtemp(l->folder)) return false;
    snprintf(l->path, sizeof l->path, "%s/.s.PGSQL.5432", l->folder);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", l->path);
    l->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return l->listener >= 0 && bind(l->listener, (const struct sockaddr *)&at, sizeof at) == 0 &&
           listen(l->listener, 64) == 0;
}

enum err torture_link_open(struct ctx *c, const char *address, struct torture_link **out)
{
    struct torture_link *l = calloc(1, sizeof *l);
    if (!l) abort();
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->left, NULL);
    source_virtual(&l->dice, 1, 0);
    if (!open_listener(l)) {
        free(l);
        return fail(c, ERR_BUG, "link", "cannot listen: %s", strerror(errno));
    }
    read_address(l, address);
    pthread_create(&l->thread, NULL, listen_on, l);
    *out = l;
    return OK;
}

void torture_link_close(struct torture_link *l)
{
    pthread_mutex_lock(&l->lock);
    l->is_stopping = true;
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    pthread_mutex_lock(&l->lock);
    while (l->wires) pthread_cond_wait(&l->left, &l->lock);
    pthread_mutex_unlock(&l->lock);
    close(l->listener);
    unlink(l->path);
    rmdir(l->folder);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->left);
    free(l);
}

const char *torture_link_address(const struct torture_link *l) { return l->address; }

void torture_link_next(struct torture_link *l, enum link_fault fault, int64_t times)
{
    pthread_mutex_lock(&l->lock);
    l->next = fault;
    l->next_times = times;
    pthread_mutex_unlock(&l->lock);
}

void torture_link_rate(struct torture_link *l, int64_t rate, uint64_t seed)
{
    pthread_mutex_lock(&l->lock);
    source_virtual(&l->dice, seed, 0);
    l->rate = rate;
    pthread_mutex_unlock(&l->lock);
}

int64_t torture_link_made(struct torture_link *l, enum link_fault fault)
{
    pthread_mutex_lock(&l->lock);
    int64_t n = l->made[fault];
    pthread_mutex_unlock(&l->lock);
    return n;
}

int64_t torture_link_sum(struct torture_link *l)
{
    int64_t n = 0;
    for (int i = 0; i < LINK_FAULTS; i++) n += torture_link_made(l, (enum link_fault)i);
    return n;
}
