/* faces/api/reasons.h: every reason the program gives for a failure, gathered from its source by
 * tools/reasons.awk. They are part of the API: docs/api/reasons.md and /docs/reasons show them. */
#pragma once

#include "base/err.h"

struct reason {
    const char *word; /* NULL ends the table, which is in order of words */
    enum err code;
    const char *detail; /* as it is worded, with … for what it names */
};
extern const struct reason reasons[];
