/* base/guess.h: what somebody probably meant. */
#pragma once

#include "base/text.h"

enum { GUESS_NAME_MAX = 47 }; /* longer names are never guessed */

/* The nearest of the names when it is near enough to be a slip, or NULL: letters left out, doubled,
   changed or swapped; letter case does not count. */
const char *guess_word(struct text sent, const char *const *names, size_t count);
