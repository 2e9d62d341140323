/* base/letters.h: letters beyond ASCII, without a locale.
 *
 * Latin with its accents, Greek and Cyrillic have case here; other scripts pass unchanged. Bytes
 * that are not UTF-8 pass unchanged too. */
#pragma once

#include "base/text.h"

#include <stdint.h>

/* Capitals, as on a postal label: "são paulo" becomes "SÃO PAULO", "Straße" "STRASSE". */
struct text letters_upper(struct arena *a, struct text t);
/* For comparing: small letters without accents, Latin as ASCII ("Łódź" becomes "lodz", "Åre"
   "are", "Straße" "strasse"), full-width forms as plain ones. */
struct text letters_fold(struct arena *a, struct text t);

/* The code point at the start of `*t`, which moves past it; a stray byte comes back as itself
   plus LETTER_STRAY. `*t` must not be empty. */
enum { LETTER_STRAY = 0x200000 };
int32_t letter_next(struct text *t);
void letter_put(struct buf *b, int32_t code); /* as UTF-8 */
