/* base/heard.h: for tests: who listens hears each verb of a life that is taken or refused, and each
 * reason that is given. NULL otherwise. From any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lifecycle;
typedef void verb_heard_fn(const struct lifecycle *l, int32_t state, int32_t verb, bool is_taken);
extern verb_heard_fn *verb_heard;
typedef void reason_heard_fn(const char *reason);
extern reason_heard_fn *reason_heard;

/* A set-based statement did it, or found its guard not true yet. */
void lifecycle_note(const struct lifecycle *l, int32_t state, int32_t verb, bool is_taken);
