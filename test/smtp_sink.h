/* test/smtp_sink.h: a real SMTP server (python3-aiosmtpd) for the length of one test. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <sys/types.h>

struct smtp_sink {
    pid_t pid;
    int stop; /* closing this ends it */
    char folder[64];
    char url[40]; /* "smtp://127.0.0.1:PORT" */
};

/* False when python3-aiosmtpd is not installed; the modes are those of smtp_sink.py. */
bool smtp_sink_open(struct smtp_sink *s, const char *mode);
/* The n-th message (from 1) as it came: sender, recipients, message; absent when there is none. */
struct text smtp_sink_read(struct arena *a, const struct smtp_sink *s, int n);
void smtp_sink_close(struct smtp_sink *s);

/* A whole file; absent when it cannot be read. */
struct text test_file_read(struct arena *a, const char *path);
void test_folder_remove(const char *folder);
