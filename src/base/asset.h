/* base/asset.h: files of the pages, packed into the program by tools/embed.awk. */
#pragma once

#include "base/text.h"

struct asset {
    const char *name; /* "tracking.html"; NULL ends the table */
    struct text body;
};

extern const struct asset assets[];
