/* faces/cli/mapping_joins.c: joined files. The columns that the mapping names are written one row
 * after another to a temporary file that has no name; in memory stay a hash, a place and a number
 * a row, so that a million orders with their lines and payments need no more than a few. */
#include "faces/cli/mapping_parts.h"

#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_BYTES = 512 }; /* most rows are shorter */

static enum err join_path(struct reading *r, const char *main_path, const struct mapping_join *j,
                          struct charset_reader **bytes, const char **path)
{
    const char *slash = strrchr(main_path, '/');
    struct text folder = {main_path,
                          slash && j->file.at[0] != '/' ? (size_t)(slash - main_path) + 1 : 0};
    enum charset charset = j->charset ? j->charset : r->mapping->charset;
    struct text plain = text_printf(&r->arena, "%.*s%.*s", TEXT_ARG(folder), TEXT_ARG(j->file));
    *path = plain.at;
    enum err e = charset_open(r->c, *path, charset, bytes);
    if (e != ERR_NOT_FOUND) return e;
    const char *packed = text_printf(&r->arena, "%s.gz", plain.at).at;
    if (charset_open(r->c, packed, charset, bytes) == OK) {
        *path = packed;
        return OK;
    }
    fail(r->c, ERR_INVALID, "file_missing", "%s joins \"%s\", which is not there", r->mapping->name,
         plain.at);
    return hint(r->c, "put it beside the main file, as it is or as .gz");
}

static enum err disk_failed(struct reading *r, const char *path)
{
    return fail(r->c, ERR_UPSTREAM, "disk", "the columns of \"%s\" cannot be kept: %s", path,
                strerror(errno));
}

static FILE *nameless_file(void)
{
    const char *folder = getenv("TMPDIR");
    char path[512];
    snprintf(path, sizeof path, "%s/waybill-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0) return NULL;
    unlink(path);
    return fdopen(fd, "w+");
}

/* --- keeping --------------------------------------------------------------------------------- */

/* A row: its length, then the key and the cells, each with its length before it. */
static void put_text(struct buf *b, struct text t)
{
    uint32_t n = (uint32_t)t.len;
    buf_put(b, (struct text){(const char *)&n, sizeof n});
    buf_put(b, t);
}

static enum err entry_add(struct source_file *s, struct ctx *c, struct join_entry e)
{
    if (s->row_count == s->row_capacity) {
        size_t wider = s->row_capacity ? s->row_capacity + s->row_capacity / 2 : 1024;
        struct join_entry *rows = realloc(s->rows, wider * sizeof *rows);
        if (!rows) return fail(c, ERR_TOO_LARGE, "memory", "no memory for %zu rows", wider);
        s->rows = rows;
        s->row_capacity = wider;
    }
    s->rows[s->row_count++] = e;
    return OK;
}

static enum err join_row_keep(struct reading *r, struct source_file *s, const struct csv_row *row,
                              size_t key, size_t width, int64_t *at)
{
    if (s->row_count == MAPPING_JOIN_ROWS_MAX)
        return fail(r->c, ERR_TOO_LARGE, "join_too_large", "\"%s\" has more than 5000000 rows",
                    s->path);
    if (row->count != width)
        return fail(r->c, ERR_MALFORMED, "column_count",
                    "\"%s\", line %lld has %zu columns instead of %zu", s->path,
                    (long long)row->line, row->count, width);
    arena_reset(&r->scratch);
    struct text name = text_trim(row->at[key]);
    struct buf b = buf_new(&r->scratch);
    put_text(&b, name);
    for (size_t i = 0; i < s->wanted_count; i++) put_text(&b, row->at[s->at[i]]);
    uint32_t n = (uint32_t)b.len;
    if (fwrite(&n, sizeof n, 1, s->kept) != 1 || fwrite(b.at, b.len, 1, s->kept) != 1)
        return disk_failed(r, s->path);
    TRY(entry_add(
        s, r->c,
        (struct join_entry){.hash = hash_i64(name), .at = *at, .row = (int32_t)row->number}));
    *at += (int64_t)(sizeof n + n);
    return OK;
}

static int by_hash(const void *left, const void *right)
{
    const struct join_entry *a = left, *b = right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int by_row(const void *left, const void *right)
{
    const struct join_entry *a = left, *b = right;
    return (a->row > b->row) - (a->row < b->row);
}

static enum err join_rows(struct reading *r, int join, struct charset_reader *bytes)
{
    const struct mapping_join *j = &r->mapping->joins[join];
    struct source_file *s = &r->sources[join];
    struct csv_reader *csv = NULL;
    struct csv_row row = {0};
    bool more = false;
    size_t key, width;
    int64_t at = 0;
    TRY(csv_open(r->c, bytes, j->delimiter ? j->delimiter : r->mapping->delimiter, &csv));
    TRY(csv_next(r->c, csv, &row, &more));
    TRY(columns_place(r, join, &row));
    TRY(column_place(r, &row, j->key, s->path, &key));
    width = row.count;
    if (!(s->kept = nameless_file())) return disk_failed(r, s->path);
    for (;;) {
        TRY(csv_next(r->c, csv, &row, &more));
        if (!more) break;
        TRY(join_row_keep(r, s, &row, key, width, &at));
    }
    if (fflush(s->kept) != 0) return disk_failed(r, s->path);
    if (s->row_count) qsort(s->rows, s->row_count, sizeof *s->rows, by_hash);
    return OK;
}

enum err join_open(struct reading *r, const char *main_path, int join)
{
    struct charset_reader *bytes = NULL;
    TRY(join_path(r, main_path, &r->mapping->joins[join], &bytes, &r->sources[join].path));
    enum err e = join_rows(r, join, bytes);
    charset_close(bytes);
    return e;
}

void joins_close(struct reading *r)
{
    for (size_t i = 1; i <= MAPPING_JOINS_MAX; i++) {
        if (r->sources[i].kept) fclose(r->sources[i].kept);
        free(r->sources[i].rows);
    }
}

/* --- finding --------------------------------------------------------------------------------- */

static bool read_at(const struct source_file *s, void *to, size_t n, int64_t at)
{
    return pread(fileno(s->kept), to, n, (off_t)at) == (ssize_t)n;
}

static bool text_next(struct text *rest, struct text *out)
{
    uint32_t n;
    if (rest->len < sizeof n) return false;
    memcpy(&n, rest->at, sizeof n);
    *rest = text_skip(*rest, sizeof n);
    if (rest->len < n) return false;
    *out = text_head(*rest, n);
    *rest = text_skip(*rest, n);
    return true;
}

static enum err entry_read(struct reading *r, const struct source_file *s,
                           const struct join_entry *e, struct text *key, struct text *cells)
{
    char look[LOOK_BYTES];
    uint32_t n;
    ssize_t got = pread(fileno(s->kept), look, sizeof look, (off_t)e->at);
    if (got < (ssize_t)sizeof n) return disk_failed(r, s->path);
    memcpy(&n, look, sizeof n);
    char *all = arena_new(&r->scratch, char, n + 1);
    if ((size_t)got >= sizeof n + n)
        memcpy(all, look + sizeof n, n);
    else if (!read_at(s, all, n, e->at + (int64_t)sizeof n))
        return disk_failed(r, s->path);
    struct text rest = {all, n};
    if (!text_next(&rest, key)) return disk_failed(r, s->path);
    for (size_t i = 0; i < s->wanted_count; i++)
        if (!text_next(&rest, &cells[i])) return disk_failed(r, s->path);
    return OK;
}

enum err join_find(struct reading *r, int join, struct text key, struct join_row **rows,
                   size_t *count)
{
    const struct source_file *s = &r->sources[join];
    int64_t hash = hash_i64(key);
    size_t low = 0, high = s->row_count, capacity = 0;
    *rows = NULL;
    *count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->rows[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->row_count && s->rows[low].hash == hash; low++) {
        struct text *cells = arena_new(&r->scratch, struct text, s->wanted_count + 1), of;
        TRY(entry_read(r, s, &s->rows[low], &of, cells));
        if (text_eq(of, key))
            *arena_push(&r->scratch, *rows, *count, capacity) =
                (struct join_row){&s->rows[low], cells};
    }
    return OK;
}

void join_sort_back(struct reading *r, int join)
{
    struct source_file *s = &r->sources[join];
    if (s->row_count) qsort(s->rows, s->row_count, sizeof *s->rows, by_row);
}
