/* wire/charset.h: bytes of a file, whatever their encoding and packing, as a stream of UTF-8.
 *
 *   file, pipe or memory ── gunzip when gzip ── decode ──> chunks of well-formed UTF-8
 *
 * Memory is flat (two buffers, about 256 KiB) however large the file is. A byte order mark is
 * taken off and decides; without one and without a named encoding the first byte beyond ASCII
 * decides: what follows it in the buffer is UTF-8, or else it is Windows-1252. zlib stops here. */
#pragma once

#include "base/ctx.h"

enum charset {
    CHARSET_GUESS,
    CHARSET_UTF_8,
    CHARSET_UTF_16LE,
    CHARSET_UTF_16BE,
    CHARSET_WINDOWS_1252,
    CHARSET_ISO_8859_1,
    CHARSET_ISO_8859_15,
};

struct charset_reader;

/* Any usual spelling of the six ("UTF8", "cp1252", "latin1"); "" and "auto" are CHARSET_GUESS.
   ERR_INVALID "charset_unknown" otherwise. */
must_check enum err charset_find(struct ctx *c, struct text name, enum charset *out);
const char *charset_name(enum charset charset); /* "utf-8" */

/* Open a file; "-" is standard input. gzip is recognised by its first bytes, not by the name.
   The reader lives in c->arena and must be closed. ERR_NOT_FOUND "file_missing". */
must_check enum err charset_open(struct ctx *c, const char *path, enum charset charset,
                                 struct charset_reader **out);
/* The same over bytes in memory, which must outlive the reader; no gzip. */
struct charset_reader *charset_open_text(struct ctx *c, struct text bytes, enum charset charset);

/* The next chunk, whole characters only, valid until the next call; len 0 at the end.
   ERR_MALFORMED "charset_invalid" names the byte; "gzip_damaged" a broken or cut archive. */
must_check enum err charset_read(struct ctx *c, struct charset_reader *r, struct text *chunk);
enum charset charset_used(const struct charset_reader *r); /* CHARSET_GUESS while all was ASCII */
void charset_close(struct charset_reader *r);              /* NULL is fine; closing twice too */

/* A whole text at once: e-mail parts, uploads. The result lives in c->arena. */
must_check enum err charset_decode(struct ctx *c, struct text bytes, enum charset charset,
                                   struct text *out);
