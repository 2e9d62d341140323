/* base/card.h: is there a payment card's number in what somebody wrote?
 *
 * By length and first digits of the networks (ISO/IEC 7812) and the check digit (Luhn), however it
 * is grouped with blanks or hyphens. Numbers that are parts of longer ones do not count. */
#pragma once

#include "base/text.h"

#include <stdbool.h>

bool card_number_in(struct text t);
