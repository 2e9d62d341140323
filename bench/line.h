/* bench/line.h: a connection of the load: one request at a time, without waiting for it. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct line {
    int fd; /* -1: not open */
    char *in;
    size_t got;
    int64_t asked_us;
    struct text out; /* what is still to be sent; it has to live so long */
    bool is_busy;
};

/* Connected to a port of the loopback and watched by `epoll`, whose events name the line. */
bool line_open(struct arena *a, struct line *l, int port, int epoll);
void line_close(struct line *l);
bool line_ask(struct line *l, struct text request); /* false: it hung up */
bool line_send(struct line *l);                     /* what could not be sent before */
/* 0: not all of the answer is there; -1: it hung up; else the status, and the line is free. */
int line_receive(struct line *l);
