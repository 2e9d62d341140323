/* faces/cli/cli_show.c: records for people: key and value, lists as tables. */
#include "base/table.h"
#include "base/time.h"
#include "faces/api/problem.h"
#include "faces/cli/cli_inside.h"
#include "wire/json.h"

#include <string.h>

static struct text words_text(struct arena *a, const struct words *w, int64_t set)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    if (w->count > 3 && set == (INT64_C(1) << w->count) - 1) return T("all");
    for (size_t i = 0; i < w->count; i++)
        if (set >> i & 1) buf_printf(&b, "%s%s", b.len ? "," : "", w->at[i]);
    return buf_text(&b);
}

static struct text list_text(struct arena *a, const struct field *f, const struct list *l)
{
    if (f->of) return text_printf(a, "%zu", l->count);
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    for (size_t i = 0; i < l->count; i++)
        buf_printf(&b, "%s%.*s", i ? "," : "", TEXT_ARG(((const struct text *)l->at)[i]));
    return buf_text(&b);
}

/* "2026-11-23 01:04:00": in UTC, without the ornaments. */
static struct text moment_text(struct arena *a, int64_t us)
{
    struct text t = text_head(instant_text(a, us), 19);
    char *at = arena_alloc(a, t.len + 1, 1);
    memcpy(at, t.at, t.len);
    at[10] = ' ';
    return (struct text){at, t.len};
}

static struct text value_cell(struct arena *a, const struct field *f, const void *record)
{
    const char *at = (const char *)record + f->offset;
    switch ((enum field_kind)f->kind) {
    case F_TEXT:
    case F_JSON: return *(const struct text *)(const void *)at;
    case F_MONEY: {
        const struct money *m = (const void *)at;
        return *m->currency ? money_text(a, m->minor, m->currency) : T("");
    }
    case F_LIST: return list_text(a, f, (const struct list *)(const void *)at);
    case F_RECORD: return T("");
    case F_I64:
    case F_I32:
    case F_BOOL:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM:
    case F_FLAGS: break;
    }
    int64_t n = field_i64(f, record);
    if (n == NONE || (f->kind == F_ENUM && n < 0)) return T("");
    if (f->kind == F_BOOL) return n ? T("yes") : T("no");
    if (f->kind == F_ID) return n ? id_text(a, f->of, n) : T("");
    if (f->kind == F_INSTANT) return moment_text(a, n);
    if (f->kind == F_DAY) return day_text(a, n);
    if (f->kind == F_ENUM) return text_of(word_of(f->of, n));
    if (f->kind == F_FLAGS) return words_text(a, f->of, n);
    return text_printf(a, "%lld", (long long)n);
}

static bool is_shown(const struct cli *cli, const struct field *f)
{
    if (f->flags & F_SECRET || f->kind == F_RECORD || f->kind == F_JSON) return false;
    return cli->is_wide || !(f->flags & F_WIDE);
}

static bool is_number(const struct field *f)
{
    return f->kind == F_I64 || f->kind == F_I32 || f->kind == F_MONEY ||
           (f->kind == F_LIST && f->of);
}

static void put_rows(struct cli *cli, struct buf *b, const struct fields *f,
                     const struct list *rows, size_t indent)
{
    struct table t = {.arena = &cli->arena};
    struct text cells[TABLE_COLUMNS_MAX] = {{0}};
    bool *is_filled = arena_new(&cli->arena, bool, f->count + 1);
    for (size_t r = 0; r < rows->count; r++)
        for (size_t i = 0; i < f->count; i++)
            if (value_cell(&cli->arena, &f->at[i], (const char *)rows->at + r * f->size).len)
                is_filled[i] = true;
    for (size_t i = 0; i < f->count && t.columns < TABLE_COLUMNS_MAX; i++) {
        is_filled[i] = is_filled[i] && is_shown(cli, &f->at[i]);
        if (is_filled[i])
            table_column(&t, text_upper(&cli->arena, text_of(f->at[i].json)), is_number(&f->at[i]));
    }
    for (size_t r = 0; r < rows->count; r++) {
        size_t n = 0;
        for (size_t i = 0; i < f->count && n < t.columns; i++)
            if (is_filled[i])
                cells[n++] =
                    value_cell(&cli->arena, &f->at[i], (const char *)rows->at + r * f->size);
        table_row(&t, cells);
    }
    table_put(b, &t, cli->width, indent);
}

static void put_record(struct cli *cli, struct buf *b, const struct fields *f, const void *record,
                       size_t indent)
{
    size_t width = 0;
    for (size_t i = 0; i < f->count; i++)
        if (strlen(f->at[i].json) > width) width = strlen(f->at[i].json);
    for (size_t i = 0; i < f->count; i++) {
        const struct field *at = &f->at[i];
        const char *place = (const char *)record + at->offset;
        if (at->flags & F_SECRET) continue;
        if (at->kind == F_RECORD) {
            const void *inner = *(const void *const *)(const void *)place;
            if (!inner) continue;
            buf_printf(b, "%*s%s:\n", (int)indent, "", at->json);
            put_record(cli, b, at->of, inner, indent + 2);
        } else if (at->kind == F_LIST && at->of) {
            const struct list *rows = (const void *)place;
            if (!rows->count) continue;
            buf_printf(b, "%*s%s:\n", (int)indent, "", at->json);
            put_rows(cli, b, at->of, rows, indent + 2);
        } else {
            struct text cell = text_fit(&cli->arena, value_cell(&cli->arena, at, record), 0);
            if (cell.len)
                buf_printf(b, "%*s%-*s  %.*s\n", (int)indent, "", (int)width, at->json,
                           TEXT_ARG(cell));
        }
    }
}

void cli_show_record(struct cli *cli, const struct fields *f, const void *record)
{
    struct buf b = buf_new(&cli->arena);
    put_record(cli, &b, f, record, 0);
    if (!b.len && !cli->is_quiet) fputs("nothing there\n", stderr);
    cli_put(cli, buf_text(&b));
}

void cli_show_list(struct cli *cli, const struct fields *f, const struct list *rows)
{
    struct buf b = buf_new(&cli->arena);
    if (!rows->count) {
        if (!cli->is_quiet) fputs("nothing there\n", stderr);
        return;
    }
    put_rows(cli, &b, f, rows, 0);
    cli_put(cli, buf_text(&b));
}

/* --- bulk answers ---------------------------------------------------------------------------- */

struct row_shown {
    int64_t row, status;
    const void *data;
    const struct problem *problem;
};

/* "done" or "refused", the first columns of what was made, and what is wrong, where. */
enum err cli_show_rows(struct cli *cli, const struct fields *f, struct text ndjson)
{
    enum { SHOWN = 6 };
    const struct field table[] = {FIELD(struct row_shown, row),
                                  FIELD(struct row_shown, status),
                                  FIELD_RECORD(struct row_shown, problem, problem_fields),
                                  {.name = "data",
                                   .json = "data",
                                   .offset = offsetof(struct row_shown, data),
                                   .kind = F_RECORD,
                                   .is_set = true,
                                   .of = f}};
    const struct fields fields = {"row", table, f ? 4 : 3, sizeof(struct row_shown)};
    struct table t = {.arena = &cli->arena};
    const struct field *shown[SHOWN];
    size_t n = 0;
    table_column(&t, T("ROW"), true);
    table_column(&t, T("ANSWER"), false);
    for (size_t i = 0; f && i < f->count && n < SHOWN; i++) {
        const struct field *at = &f->at[i];
        if (at->flags & (F_WIDE | F_SECRET) || at->kind == F_RECORD || at->kind == F_LIST ||
            at->kind == F_JSON)
            continue;
        shown[n++] = at;
        table_column(&t, text_upper(&cli->arena, text_of(at->json)), is_number(at));
    }
    table_column(&t, T("WHAT IS WRONG"), false);
    while (ndjson.len) {
        struct text line = text_split(ndjson, '\n', &ndjson), cells[SHOWN + 3] = {{0}};
        struct row_shown row;
        if (!line.len) continue;
        TRY(record_from_reply(&cli->ctx, &fields, line, &row));
        const struct problem *p = row.problem;
        cells[0] = text_printf(&cli->arena, "%lld", (long long)row.row);
        cells[1] = p ? text_printf(&cli->arena, "refused") : T("done");
        for (size_t i = 0; i < n && row.data; i++)
            cells[2 + i] = value_cell(&cli->arena, shown[i], row.data);
        if (p)
            cells[2 + n] = text_printf(&cli->arena, "%.*s%s%.*s%s%.*s", TEXT_ARG(p->field),
                                       p->field.len ? ": " : "", TEXT_ARG(p->detail),
                                       p->hint.len ? "; " : "", TEXT_ARG(p->hint));
        table_row(&t, cells);
    }
    struct buf b = buf_new(&cli->arena);
    table_put(&b, &t, cli->width, 0);
    cli_put(cli, buf_text(&b));
    return OK;
}
