/* wire/charset.c: our own decoders, because they are short and iconv needs modules at run time. */
#include "wire/charset.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    INPUT_BYTES = 64 * 1024,
    OUTPUT_BYTES = 3 * INPUT_BYTES, /* one byte of Windows-1252 grows to three at most */
};

struct charset_reader {
    gzFile file;      /* NULL when reading from memory */
    struct text rest; /* memory not yet read */
    const char *path;
    enum charset charset;
    bool started, ended;
    uint64_t offset; /* of input[0] in the unpacked bytes */
    size_t used;     /* bytes in `input` */
    unsigned char *input;
    char *output;
};

static const struct {
    const char *name;
    enum charset charset;
} names[] = {
    {"auto", CHARSET_GUESS},
    {"utf-8", CHARSET_UTF_8},
    {"utf-16le", CHARSET_UTF_16LE},
    {"utf-16be", CHARSET_UTF_16BE},
    {"windows-1252", CHARSET_WINDOWS_1252},
    {"iso-8859-1", CHARSET_ISO_8859_1},
    {"iso-8859-15", CHARSET_ISO_8859_15},
    {"utf8", CHARSET_UTF_8},
    {"us-ascii", CHARSET_UTF_8},
    {"ascii", CHARSET_UTF_8},
    {"utf-16", CHARSET_UTF_16LE}, /* the mark, when there is one, says otherwise */
    {"utf16", CHARSET_UTF_16LE},
    {"cp1252", CHARSET_WINDOWS_1252},
    {"cp-1252", CHARSET_WINDOWS_1252},
    {"win1252", CHARSET_WINDOWS_1252},
    {"ansi", CHARSET_WINDOWS_1252},
    {"latin1", CHARSET_ISO_8859_1},
    {"latin-1", CHARSET_ISO_8859_1},
    {"iso8859-1", CHARSET_ISO_8859_1},
    {"iso_8859-1", CHARSET_ISO_8859_1},
    {"latin9", CHARSET_ISO_8859_15},
    {"latin-9", CHARSET_ISO_8859_15},
    {"iso8859-15", CHARSET_ISO_8859_15},
    {"iso_8859-15", CHARSET_ISO_8859_15},
};

/* Windows-1252, 0x80 to 0x9F; 0 is a byte that stands for nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

enum err charset_find(struct ctx *c, struct text name, enum charset *out)
{
    name = text_trim(name);
    *out = CHARSET_GUESS;
    if (text_empty(name)) return OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_eq_nocase(name, text_of(names[i].name))) {
            *out = names[i].charset;
            return OK;
        }
    fail(c, ERR_INVALID, "charset_unknown", "no encoding is called \"%.*s\"", TEXT_ARG(name));
    return hint(c, "utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1, iso-8859-15 or auto");
}

const char *charset_name(enum charset charset) { return names[charset].name; }

static struct charset_reader *reader_new(struct ctx *c, enum charset charset)
{
    struct charset_reader *r = arena_new(c->arena, struct charset_reader, 1);
    r->charset = charset;
    r->input = arena_new(c->arena, unsigned char, INPUT_BYTES);
    r->output = arena_new(c->arena, char, OUTPUT_BYTES);
    return r;
}

enum err charset_open(struct ctx *c, const char *path, enum charset charset,
                      struct charset_reader **out)
{
    int saved = 0;
    gzFile file;
    if (strcmp(path, "-") == 0) {
        int copy = dup(STDIN_FILENO);
        file = copy < 0 ? NULL : gzdopen(copy, "rb");
        if (!file && copy >= 0) close(copy);
    } else {
        errno = 0;
        file = gzopen(path, "rb");
        saved = errno;
    }
    if (!file && saved == ENOENT)
        return fail(c, ERR_NOT_FOUND, "file_missing", "there is no file \"%s\"", path);
    if (!file)
        return fail(c, ERR_INVALID, "file_unreadable", "\"%s\" cannot be opened: %s", path,
                    strerror(saved));
    gzbuffer(file, INPUT_BYTES);
    struct charset_reader *r = reader_new(c, charset);
    r->file = file;
    r->path = text_cstr(c->arena, text_of(path));
    *out = r;
    return OK;
}

struct charset_reader *charset_open_text(struct ctx *c, struct text bytes, enum charset charset)
{
    struct charset_reader *r = reader_new(c, charset);
    r->rest = bytes;
    r->path = "text";
    return r;
}

void charset_close(struct charset_reader *r)
{
    if (!r || !r->file) return;
    gzclose(r->file);
    r->file = NULL;
}

enum charset charset_used(const struct charset_reader *r) { return r->charset; }

/* Fill the input buffer as far as the source gives. */
static enum err fill(struct ctx *c, struct charset_reader *r)
{
    while (!r->ended && r->used < INPUT_BYTES) {
        size_t room = INPUT_BYTES - r->used;
        if (!r->file) {
            struct text part = text_head(r->rest, room);
            if (part.len) memcpy(r->input + r->used, part.at, part.len);
            r->rest = text_skip(r->rest, part.len);
            r->used += part.len;
            r->ended = r->rest.len == 0;
            continue;
        }
        int got = gzread(r->file, r->input + r->used, (unsigned)room);
        int code = Z_OK;
        const char *why = got <= 0 ? gzerror(r->file, &code) : "";
        if (code == Z_ERRNO)
            return fail(c, ERR_INVALID, "file_unreadable", "\"%s\" cannot be read: %s", r->path,
                        strerror(errno));
        if (code != Z_OK)
            return fail(c, ERR_MALFORMED, "gzip_damaged", "\"%s\" is damaged or cut off: %s",
                        r->path, why);
        if (got <= 0) r->ended = true;
        if (got > 0) r->used += (size_t)got;
    }
    return OK;
}

/* Bytes of `at` that are one well-formed character; 0 wrong, -1 when `n` is too short to say. */
static int utf8_step(const unsigned char *at, size_t n)
{
    if (at[0] < 0x80) return 1;
    if (at[0] < 0xC2 || at[0] > 0xF4) return 0;
    int size = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    for (int i = 1; i < size; i++) {
        if ((size_t)i >= n) return -1;
        unsigned least = i == 1 && at[0] == 0xE0 ? 0xA0 : i == 1 && at[0] == 0xF0 ? 0x90 : 0x80;
        unsigned most = i == 1 && at[0] == 0xED ? 0x9F : i == 1 && at[0] == 0xF4 ? 0x8F : 0xBF;
        if (at[i] < least || at[i] > most) return 0;
    }
    return size;
}

static size_t ascii_run(const unsigned char *at, size_t n)
{
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= n; i += sizeof eight) {
        memcpy(&eight, at + i, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080)) break;
    }
    while (i < n && at[i] < 0x80) i++;
    return i;
}

/* Look once at the start: a mark decides; two-byte text without one shows as every other byte 0. */
static void start(struct charset_reader *r)
{
    const unsigned char *at = r->input;
    size_t mark = 0;
    r->started = true;
    if (r->used >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
        r->charset = CHARSET_UTF_8;
        mark = 3;
    } else if (r->used >= 2 && at[0] == 0xFF && at[1] == 0xFE) {
        r->charset = CHARSET_UTF_16LE;
        mark = 2;
    } else if (r->used >= 2 && at[0] == 0xFE && at[1] == 0xFF) {
        r->charset = CHARSET_UTF_16BE;
        mark = 2;
    } else if (r->charset == CHARSET_GUESS && r->used >= 4) {
        if (at[0] && !at[1] && at[2] && !at[3]) r->charset = CHARSET_UTF_16LE;
        if (!at[0] && at[1] && !at[2] && at[3]) r->charset = CHARSET_UTF_16BE;
    }
    r->used -= mark;
    memmove(r->input, r->input + mark, r->used);
    r->offset += mark;
}

static void guess(struct charset_reader *r)
{
    size_t i = 0;
    r->charset = CHARSET_UTF_8;
    while (i < r->used) {
        i += ascii_run(r->input + i, r->used - i);
        if (i == r->used) break;
        int step = utf8_step(r->input + i, r->used - i);
        if (step < 0 && !r->ended) break;
        if (step <= 0) {
            r->charset = CHARSET_WINDOWS_1252;
            break;
        }
        i += (size_t)step;
    }
}

static enum err wrong_byte(struct ctx *c, const struct charset_reader *r, size_t at)
{
    fail(c, ERR_MALFORMED, "charset_invalid", "byte %llu (0x%02X) is no %s text",
         (unsigned long long)(r->offset + at + 1), r->input[at], charset_name(r->charset));
    return hint(c, r->charset == CHARSET_UTF_8 ? "name the encoding, often windows-1252"
                                               : "name the encoding that the file really has");
}

static char *put_char(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

static enum err decode_utf8(struct ctx *c, struct charset_reader *r, size_t *taken)
{
    size_t i = 0;
    while (i < r->used) {
        i += ascii_run(r->input + i, r->used - i);
        if (i == r->used) break;
        int step = utf8_step(r->input + i, r->used - i);
        if (step < 0 && !r->ended) break;
        if (step <= 0) return wrong_byte(c, r, i);
        i += (size_t)step;
    }
    memcpy(r->output, r->input, i);
    *taken = i;
    return OK;
}

static enum err decode_bytes(struct ctx *c, struct charset_reader *r, char **end)
{
    static const uint16_t euro[][2] = {{0xA4, 0x20AC}, {0xA6, 0x160}, {0xA8, 0x161}, {0xB4, 0x17D},
                                       {0xB8, 0x17E},  {0xBC, 0x152}, {0xBD, 0x153}, {0xBE, 0x178}};
    char *out = r->output;
    for (size_t i = 0; i < r->used; i++) {
        uint32_t code = r->input[i];
        if (r->charset == CHARSET_WINDOWS_1252 && code >= 0x80 && code < 0xA0) {
            code = windows_1252[code - 0x80];
            if (!code) return wrong_byte(c, r, i);
        }
        if (r->charset == CHARSET_ISO_8859_15)
            for (size_t k = 0; k < sizeof euro / sizeof *euro; k++)
                if (code == euro[k][0]) {
                    code = euro[k][1];
                    break;
                }
        out = put_char(out, code);
    }
    *end = out;
    return OK;
}

static enum err decode_utf16(struct ctx *c, struct charset_reader *r, size_t *taken, char **end)
{
    size_t i = 0, high = r->charset == CHARSET_UTF_16BE ? 0 : 1;
    const unsigned char *at = r->input;
    char *out = r->output;
    while (i + 2 <= r->used) {
        uint32_t code = (uint32_t)at[i + high] << 8 | at[i + 1 - high];
        size_t step = 2;
        if (code >= 0xDC00 && code < 0xE000) return wrong_byte(c, r, i);
        if (code >= 0xD800 && code < 0xDC00) {
            if (i + 4 > r->used) break;
            uint32_t low = (uint32_t)at[i + 2 + high] << 8 | at[i + 3 - high];
            if (low < 0xDC00 || low >= 0xE000) return wrong_byte(c, r, i);
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            step = 4;
        }
        out = put_char(out, code);
        i += step;
    }
    if (r->ended && i < r->used) return wrong_byte(c, r, i);
    *taken = i;
    *end = out;
    return OK;
}

enum err charset_read(struct ctx *c, struct charset_reader *r, struct text *chunk)
{
    TRY(fill(c, r));
    if (!r->started) start(r);
    size_t taken = r->used;
    char *end = r->output;
    if (r->charset == CHARSET_GUESS && ascii_run(r->input, r->used) < r->used) guess(r);
    switch (r->charset) {
    case CHARSET_GUESS:
    case CHARSET_UTF_8:
        TRY(decode_utf8(c, r, &taken));
        end = r->output + taken;
        break;
    case CHARSET_UTF_16LE:
    case CHARSET_UTF_16BE: TRY(decode_utf16(c, r, &taken, &end)); break;
    case CHARSET_WINDOWS_1252:
    case CHARSET_ISO_8859_1:
    case CHARSET_ISO_8859_15: TRY(decode_bytes(c, r, &end)); break;
    }
    r->used -= taken;
    r->offset += taken;
    memmove(r->input, r->input + taken, r->used);
    *chunk = (struct text){r->output, (size_t)(end - r->output)};
    return OK;
}

enum err charset_decode(struct ctx *c, struct text bytes, enum charset charset, struct text *out)
{
    struct charset_reader *r = charset_open_text(c, bytes, charset);
    struct buf b = buf_new(c->arena);
    struct text chunk;
    do {
        TRY(charset_read(c, r, &chunk));
        buf_put(&b, chunk);
    } while (chunk.len);
    *out = buf_text(&b);
    return OK;
}
