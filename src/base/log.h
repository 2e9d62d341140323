/* base/log.h: one line per happening, on stderr: words on a terminal, JSON lines elsewhere. */
#pragma once

#include "base/text.h"

#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_open(enum log_level most, int json); /* json: 1 yes, 0 no, -1 when stderr is no terminal */
/* `about` is a short constant ("http", "jobs"); the message is one line without secrets. */
void log_line(enum log_level level, const char *about, const char *message, ...)
    __attribute__((format(printf, 3, 4)));
void log_text(enum log_level level, const char *about, struct text message);
