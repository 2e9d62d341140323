/* faces/cli/mapping_files.c: the main file and the columns in use, of it and its joins. */
#include "faces/cli/mapping_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Note that a part's column is in use; its place among the wanted columns is part->column. */
static void want(struct reading *r, int source, struct text name, size_t *column)
{
    struct source_file *s = &r->sources[source];
    for (*column = 0; *column < s->wanted_count; (*column)++)
        if (text_eq(s->wanted[*column], name)) return;
    *arena_push(&r->arena, s->wanted, s->wanted_count, s->wanted_capacity) = name;
}

static void template_want(struct reading *r, struct template *t)
{
    for (size_t i = 0; i < t->count; i++) {
        struct part *part = &t->parts[i];
        if (part->source < 0) continue;
        int source = part->source == r->main_join ? 0 : part->source;
        bool first = source && r->sources[source].wanted_count == 0;
        want(r, source, part->text, &part->column);
        if (first) template_want(r, &r->mapping->joins[source].on);
    }
}

static bool slot_in(enum slot slot, enum slot first, enum slot last)
{
    return slot >= first && slot <= last;
}

/* Only what this reading uses must be in the files. */
static bool slot_is_used(const struct reading *r, enum slot slot)
{
    switch (r->what) {
    case MAPPING_ORDERS:
    case MAPPING_MAKE: return slot_in(slot, ORDER_GROUP, PAYMENT_AMOUNT);
    case MAPPING_PRODUCTS: return slot_in(slot, PRODUCT_SKU, PRODUCT_QUANTITY);
    case MAPPING_CUSTOMERS: return slot_in(slot, PERSON_REFERENCE, PERSON_PHONE);
    case MAPPING_STOCK: return slot_in(slot, STOCK_SKU, STOCK_EXPIRY);
    }
    return false;
}

static void columns_want(struct reading *r)
{
    struct mapping *m = r->mapping;
    bool orders = r->what == MAPPING_ORDERS || r->what == MAPPING_MAKE;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (slot_is_used(r, (enum slot)i)) template_want(r, &m->slots[i]);
    for (size_t i = 0; orders && i < m->rule_count; i++)
        for (size_t k = 0; k < m->rules[i].count; k++)
            template_want(r, &m->rules[i].conditions[k].left);
    for (size_t i = 1; orders && i <= m->join_count; i++)
        if ((int)i == m->line_join || (int)i == m->payment_join) template_want(r, &m->joins[i].on);
}

enum err column_place(struct reading *r, const struct csv_row *header, struct text name,
                      const char *path, size_t *out)
{
    for (size_t i = 0; i < header->count; i++)
        if (text_eq_nocase(text_trim(header->at[i]), name)) {
            *out = i;
            return OK;
        }
    struct buf b = buf_new(&r->scratch);
    for (size_t i = 0; i < header->count; i++) {
        if (i) buf_puts(&b, ", ");
        buf_put(&b, text_trim(header->at[i]));
    }
    fail(r->c, ERR_INVALID, "column_missing", "%s: \"%s\" has no column \"%.*s\"", r->mapping->name,
         path, TEXT_ARG(name));
    return hint(r->c, "its columns are %.*s", (int)(b.len < 120 ? b.len : 120), b.at);
}

enum err columns_place(struct reading *r, int source, const struct csv_row *header)
{
    struct source_file *s = &r->sources[source];
    s->at = arena_new(&r->arena, size_t, s->wanted_count + 1);
    for (size_t i = 0; i < s->wanted_count; i++)
        TRY(column_place(r, header, s->wanted[i], s->path, &s->at[i]));
    return OK;
}

enum err reading_open(struct reading *r, const char *path)
{
    struct mapping *m = r->mapping;
    bool more = false, orders = r->what == MAPPING_ORDERS || r->what == MAPPING_MAKE;
    columns_want(r);
    r->sources[0].path = path;
    TRY(charset_open(r->c, path, m->charset, &r->bytes));
    TRY(csv_open(r->c, r->bytes, m->delimiter, &r->csv));
    TRY(csv_next(r->c, r->csv, &r->row, &more));
    if (!more) return fail(r->c, ERR_INVALID, "file_empty", "\"%s\" has no header line", path);
    r->header_count = r->row.count;
    TRY(columns_place(r, 0, &r->row));
    for (size_t i = 1; i <= m->join_count; i++) {
        bool lists = orders && ((int)i == m->line_join || (int)i == m->payment_join);
        if (r->sources[i].wanted_count || lists) TRY(join_open(r, path, (int)i));
    }
    return OK;
}

void reading_close(struct reading *r)
{
    charset_close(r->bytes);
    joins_close(r);
    arena_free(&r->arena);
    arena_free(&r->scratch);
}

enum err reading_next(struct reading *r, bool *more)
{
    arena_reset(&r->scratch);
    for (size_t i = 1; i <= r->mapping->join_count; i++) {
        r->sources[i].current = NULL;
        r->sources[i].is_looked_up = false;
    }
    TRY(csv_next(r->c, r->csv, &r->row, more));
    if (*more) r->counts->rows++;
    return OK;
}

enum err reading_cell(struct reading *r, const struct part *p, struct text *out)
{
    int source = p->source == r->main_join ? 0 : p->source;
    struct source_file *s = &r->sources[source];
    *out = T("");
    if (!source) {
        size_t at = s->at[p->column];
        if (at < r->row.count) *out = r->row.at[at];
        return OK;
    }
    if (!s->is_looked_up) {
        const struct mapping_join *j = &r->mapping->joins[source];
        struct text key;
        struct join_row *found = NULL;
        size_t count = 0;
        s->is_looked_up = true; /* before `on` is read, so that joins in a circle end */
        TRY(value_of(r, &r->scratch, &j->on, &key));
        if (!text_empty(key)) TRY(join_find(r, source, key, &found, &count));
        s->current = count ? found : NULL;
        if (!s->current && j->is_required)
            return fail_at(r->c, ERR_INVALID, "join_missing", text_cstr(&r->scratch, j->key),
                           "\"%.*s\" is not in %.*s", TEXT_ARG(key), TEXT_ARG(j->file));
    }
    if (s->current) *out = s->current->cells[p->column];
    return OK;
}
