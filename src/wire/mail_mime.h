/* wire/mail_mime.h: GMime, started once for building and reading. For mail*.c alone. */
#pragma once

#include <gmime/gmime.h>

void mime_start(void);
