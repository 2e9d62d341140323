/* wire/csv.c: one pass over the bytes; runs of ordinary ones are copied whole. */
#include "wire/csv.h"

#include <string.h>

/* A row under way: its bytes, and where each finished field ends in them. */
struct csv_reader {
    struct charset_reader *bytes;
    struct text chunk; /* not yet consumed */
    struct buf row;
    size_t *ends;
    struct text *fields;
    size_t count, capacity, fields_capacity;
    size_t field_start;
    int64_t number, line, quote_line;
    bool at_end, after_cr, quoted;
    char delimiter;
};

struct ndjson_reader {
    struct charset_reader *bytes;
    struct text chunk;
    struct buf rest;
    int64_t line;
    bool at_end;
};

static enum err refill(struct ctx *c, struct csv_reader *r)
{
    if (r->chunk.len || r->at_end) return OK;
    TRY(charset_read(c, r->bytes, &r->chunk));
    r->at_end = r->chunk.len == 0;
    return OK;
}

/* How evenly `delimiter` divides the first lines: lines that agree with the first one, weighed
   before the number of fields. */
static int evenness(struct text sample, char delimiter)
{
    enum { LINES = 20 };
    int first = 0, here = 0, line = 0, same = 0;
    bool quoted = false;
    for (size_t i = 0; i < sample.len && line < LINES; i++) {
        char at = sample.at[i];
        if (at == '"') quoted = !quoted;
        if (!quoted && at == delimiter) here++;
        if (quoted || (at != '\n' && at != '\r')) continue;
        if (at == '\r' && i + 1 < sample.len && sample.at[i + 1] == '\n') i++;
        if (line++ == 0) first = here;
        same += here == first;
        here = 0;
    }
    if (line == 0) first = here, same = 1;
    return first == 0 ? 0 : same * CSV_COLUMNS_MAX + (first < CSV_COLUMNS_MAX ? first : 0);
}

static char delimiter_guess(struct text sample)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    int most = 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        int even = evenness(sample, candidates[i]);
        if (even > most) most = even, best = candidates[i];
    }
    return best;
}

/* "sep=;" on a line of its own. */
static void take_separator_line(struct csv_reader *r)
{
    struct text t = r->chunk;
    if (t.len < 5 || !text_eq_nocase(text_head(t, 4), T("sep="))) return;
    if (t.len > 5 && t.at[5] != '\r' && t.at[5] != '\n') return;
    r->delimiter = t.at[4];
    t = text_skip(t, 5);
    if (t.len && t.at[0] == '\r') t = text_skip(t, 1);
    if (t.len && t.at[0] == '\n') t = text_skip(t, 1);
    r->chunk = t;
    r->line++;
}

enum err csv_open(struct ctx *c, struct charset_reader *bytes, char delimiter,
                  struct csv_reader **out)
{
    if (delimiter == '"' || delimiter == '\n' || delimiter == '\r' || (delimiter & 0x80))
        return fail(c, ERR_INVALID, "delimiter_invalid",
                    "a delimiter is one ASCII character, no quote and no line end");
    struct csv_reader *r = arena_new(c->arena, struct csv_reader, 1);
    r->bytes = bytes;
    r->line = 1;
    r->row = buf_new(c->arena);
    r->delimiter = delimiter;
    TRY(refill(c, r));
    take_separator_line(r);
    if (!r->delimiter) r->delimiter = delimiter_guess(r->chunk);
    *out = r;
    return OK;
}

char csv_delimiter(const struct csv_reader *r) { return r->delimiter; }

static enum err wrong(struct ctx *c, const struct csv_reader *r, enum err code, const char *reason,
                      const char *what)
{
    return fail(c, code, reason, "line %lld, column %zu: %s", (long long)r->line, r->count + 1,
                what);
}

static enum err put(struct ctx *c, struct csv_reader *r, struct text run)
{
    if (r->row.len - r->field_start + run.len > CSV_FIELD_MAX)
        return wrong(c, r, ERR_TOO_LARGE, "field_too_long", "the field is longer than 1 MiB");
    if (r->row.len + run.len > CSV_ROW_MAX)
        return wrong(c, r, ERR_TOO_LARGE, "row_too_long", "the row is longer than 16 MiB");
    if (run.len && memchr(run.at, 0, run.len))
        return wrong(c, r, ERR_MALFORMED, "nul_byte", "a NUL character is no text");
    buf_put(&r->row, run);
    return OK;
}

static enum err end_field(struct ctx *c, struct csv_reader *r)
{
    if (r->count == CSV_COLUMNS_MAX)
        return wrong(c, r, ERR_TOO_LARGE, "too_many_columns", "more than 4096 columns");
    *arena_push(c->arena, r->ends, r->count, r->capacity) = r->row.len;
    r->field_start = r->row.len;
    r->quoted = false;
    return OK;
}

static size_t plain_run(struct text t, char delimiter)
{
    size_t i = 0;
    while (i < t.len && t.at[i] != delimiter && t.at[i] != '\n' && t.at[i] != '\r') i++;
    return i;
}

static int64_t lines_in(struct text t, bool *after_cr)
{
    int64_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        n += t.at[i] == '\r' || (t.at[i] == '\n' && !*after_cr);
        *after_cr = t.at[i] == '\r';
    }
    return n;
}

/* The inside of a quoted field up to its closing quote, or all of it when the chunk ends first. */
static enum err take_quoted(struct ctx *c, struct csv_reader *r, bool *closed)
{
    const char *quote = memchr(r->chunk.at, '"', r->chunk.len);
    struct text run = quote ? text_head(r->chunk, (size_t)(quote - r->chunk.at)) : r->chunk;
    TRY(put(c, r, run));
    r->line += lines_in(run, &r->after_cr);
    r->chunk = text_skip(r->chunk, run.len);
    *closed = quote != NULL;
    if (!quote) return OK;
    r->chunk = text_skip(r->chunk, 1);
    r->after_cr = false;
    return OK;
}

/* A field that begins with a quote; the chunk stands behind that quote. */
static enum err quoted_field(struct ctx *c, struct csv_reader *r)
{
    r->quoted = true;
    r->quote_line = r->line;
    r->after_cr = false;
    for (;;) {
        bool closed = false;
        while (!closed) {
            TRY(refill(c, r));
            if (r->at_end) {
                int64_t opened = r->quote_line;
                return fail(c, ERR_MALFORMED, "quote_open",
                            "line %lld, column %zu: the quote that opens here is never closed",
                            (long long)opened, r->count + 1);
            }
            TRY(take_quoted(c, r, &closed));
        }
        TRY(refill(c, r));
        if (r->at_end || r->chunk.at[0] != '"') return OK;
        TRY(put(c, r, T("\"")));
        r->chunk = text_skip(r->chunk, 1);
    }
}

/* One field and what ends it; `last` when that was the end of the row. */
static enum err field_next(struct ctx *c, struct csv_reader *r, bool *last)
{
    if (r->chunk.at[0] == '"') {
        r->chunk = text_skip(r->chunk, 1);
        TRY(quoted_field(c, r));
    }
    while (!r->at_end) {
        size_t n = plain_run(r->chunk, r->delimiter);
        if (n && r->quoted)
            return wrong(c, r, ERR_MALFORMED, "quote_misplaced",
                         "text follows the closing quote; a quote inside is written twice");
        if (n) TRY(put(c, r, text_head(r->chunk, n)));
        r->chunk = text_skip(r->chunk, n);
        if (r->chunk.len) break;
        TRY(refill(c, r));
    }
    TRY(end_field(c, r));
    *last = r->at_end || r->chunk.at[0] != r->delimiter;
    if (r->at_end) return OK;
    if (*last) {
        r->after_cr = r->chunk.at[0] == '\r';
        r->line++;
    }
    r->chunk = text_skip(r->chunk, 1);
    return OK;
}

/* Stand on the first byte of the next row, past empty lines; false at the end. */
static enum err row_start(struct ctx *c, struct csv_reader *r, bool *any)
{
    for (;;) {
        TRY(refill(c, r));
        *any = !r->at_end;
        if (r->at_end) return OK;
        char at = r->chunk.at[0];
        if (at != '\n' && at != '\r') break;
        r->line += at == '\r' || !r->after_cr;
        r->after_cr = at == '\r';
        r->chunk = text_skip(r->chunk, 1);
    }
    r->after_cr = false;
    return OK;
}

static void fields_of(struct ctx *c, struct csv_reader *r)
{
    while (r->fields_capacity < r->count)
        r->fields = arena_grow(c->arena, r->fields, r->fields_capacity, &r->fields_capacity,
                               sizeof *r->fields);
    size_t from = 0;
    for (size_t i = 0; i < r->count; i++) {
        r->fields[i] = (struct text){r->row.at + from, r->ends[i] - from};
        from = r->ends[i];
    }
}

enum err csv_next(struct ctx *c, struct csv_reader *r, struct csv_row *row, bool *more)
{
    r->row.len = r->field_start = r->count = 0;
    TRY(row_start(c, r, more));
    if (!*more) return OK;
    int64_t line = r->line;
    for (bool last = false; !last;) {
        if (!r->chunk.len) {
            TRY(refill(c, r));
            if (r->at_end) { /* the file ends behind a delimiter */
                TRY(end_field(c, r));
                break;
            }
        }
        TRY(field_next(c, r, &last));
    }
    fields_of(c, r);
    *row = (struct csv_row){r->fields, r->count, ++r->number, line};
    return OK;
}

enum err ndjson_open(struct ctx *c, struct charset_reader *bytes, struct ndjson_reader **out)
{
    struct ndjson_reader *r = arena_new(c->arena, struct ndjson_reader, 1);
    r->bytes = bytes;
    r->rest = buf_new(c->arena);
    *out = r;
    return OK;
}

enum err ndjson_next(struct ctx *c, struct ndjson_reader *r, struct ndjson_line *line, bool *more)
{
    r->rest.len = 0;
    *more = false;
    while (!*more) {
        if (!r->chunk.len && !r->at_end) {
            TRY(charset_read(c, r->bytes, &r->chunk));
            r->at_end = r->chunk.len == 0;
        }
        const char *end = r->chunk.len ? memchr(r->chunk.at, '\n', r->chunk.len) : NULL;
        struct text part = end ? text_head(r->chunk, (size_t)(end - r->chunk.at)) : r->chunk;
        if (r->rest.len + part.len > NDJSON_LINE_MAX)
            return fail(c, ERR_TOO_LARGE, "line_too_long", "line %lld is longer than 16 MiB",
                        (long long)r->line + 1);
        buf_put(&r->rest, part);
        r->chunk = text_skip(r->chunk, part.len + (end != NULL));
        if (!end && !r->at_end) continue;
        struct text json = text_trim(buf_text(&r->rest));
        r->rest.len = 0;
        r->line++;
        *line = (struct ndjson_line){json, r->line};
        *more = json.len > 0;
        if (r->at_end && !end) break;
    }
    return OK;
}

static bool is_number(struct text t)
{
    size_t i = t.len && (t.at[0] == '-' || t.at[0] == '+') ? 1 : 0;
    bool digit = false;
    for (; i < t.len; i++) {
        bool is_digit = t.at[i] >= '0' && t.at[i] <= '9';
        if (!is_digit && t.at[i] != '.' && t.at[i] != ',') return false;
        digit = digit || is_digit;
    }
    return digit;
}

static void put_field(struct buf *b, char delimiter, unsigned flags, struct text t)
{
    bool computes = (flags & CSV_FOR_PEOPLE) && t.len && strchr("=+-@\t\r", t.at[0]) && t.at[0] &&
                    !is_number(t);
    bool quote = t.len && (t.at[0] == ' ' || t.at[t.len - 1] == ' ');
    for (size_t i = 0; i < t.len && !quote; i++)
        quote = t.at[i] == delimiter || t.at[i] == '"' || t.at[i] == '\n' || t.at[i] == '\r';
    if (quote) buf_putc(b, '"');
    if (computes) buf_putc(b, '\'');
    while (quote && t.len) {
        const char *inner = memchr(t.at, '"', t.len);
        size_t n = inner ? (size_t)(inner - t.at) + 1 : t.len;
        buf_put(b, text_head(t, n));
        if (inner) buf_putc(b, '"');
        t = text_skip(t, n);
    }
    buf_put(b, t);
    if (quote) buf_putc(b, '"');
}

void csv_put_row(struct buf *b, char delimiter, unsigned flags, const struct text *fields,
                 size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(b, delimiter);
        put_field(b, delimiter, flags, fields[i]);
    }
    /* A lone empty field would read back as no row at all. */
    if (count == 1 && text_empty(fields[0])) buf_puts(b, "\"\"");
    buf_puts(b, "\r\n");
}
