/* bench/front.h: the HTTP floor: the server's own front, which answers once the body stands in a
 * raw log that is flushed for all who wait at once. No order is made. */
#pragma once

#include "base/ctx.h"

/* In a process of its own; `log` is a path. Does not return. */
_Noreturn void front_serve(const char *log, int port);
