#include "bench/line.h"

#include "bench/floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 256 * 1024 };

bool line_open(struct arena *a, struct line *l, int port, int epoll)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    *l = (struct line){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (l->fd < 0 || connect(l->fd, (const struct sockaddr *)&to, sizeof to) != 0) return false;
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (fcntl(l->fd, F_SETFL, O_NONBLOCK) != 0) return false;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = l};
    l->in = arena_new(a, char, ANSWER_MAX);
    return epoll_ctl(epoll, EPOLL_CTL_ADD, l->fd, &e) == 0;
}

void line_close(struct line *l)
{
    if (l->fd >= 0) close(l->fd);
    l->fd = -1;
}

bool line_send(struct line *l)
{
    while (l->out.len) {
        ssize_t n = send(l->fd, l->out.at, l->out.len, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN;
        l->out = text_skip(l->out, (size_t)n);
    }
    return true;
}

bool line_ask(struct line *l, struct text request)
{
    l->is_busy = true;
    l->out = request;
    l->got = 0;
    l->asked_us = bench_now_us();
    return line_send(l);
}

/* Is the whole answer there? Its length stands in the head. */
static bool is_whole(const struct line *l, int *status)
{
    struct text in = {l->in, l->got};
    ptrdiff_t end = text_find(in, T("\r\n\r\n"));
    if (end < 0 || l->got < 12) return false;
    *status = atoi(l->in + 9);
    struct text head = text_head(in, (size_t)end + 2);
    ptrdiff_t at = text_find(head, T("Content-Length: "));
    size_t length = at < 0 ? 0 : (size_t)strtoul(head.at + at + 16, NULL, 10);
    return l->got >= (size_t)end + 4 + length;
}

int line_receive(struct line *l)
{
    for (;;) {
        ssize_t n = recv(l->fd, l->in + l->got, ANSWER_MAX - l->got, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) return -1;
        if (n < 0) return 0;
        l->got += (size_t)n;
        int status = 0;
        if (!is_whole(l, &status)) continue;
        l->is_busy = false;
        return status;
    }
}
