/* base/contact.h: phone numbers and e-mail addresses as people write them. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

enum { PHONE_DIGITS_MIN = 8, PHONE_DIGITS_MAX = 15, EMAIL_MAX = 254, EMAIL_LOCAL_MAX = 64 };

/* E.164 ("+442079460958") from an international number or a national one of `country` (alpha-2);
   absent when it cannot be one. Spaces, brackets, dots and an extension ("ext 12") may be there. */
struct text phone_normalise(struct arena *a, struct text phone, struct text country);

/* Syntax that mail is really delivered to: one @, a dot-atom before it (UTF-8 allowed), a domain
   of at least two labels after it. */
bool email_valid(struct text email);
/* The same as a check of the field at `field`: ERR_INVALID "email_invalid". */
must_check enum err email_check(struct ctx *c, struct text email, const char *field);
