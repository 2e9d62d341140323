/* wire/schema.h: JSON Schema 2020-12 of field tables, for OpenAPI 3.1.
 *
 * A table gives two schemas, since a request may not hold what an answer always has:
 *
 *   answer   "order"          every member always there, absent ones null; more may come later
 *   request  "order_request"  without F_OUT; only F_REQUIRED must be given; nothing unknown
 *
 * Nested tables, named word lists and money are referred to as #/components/schemas/NAME. A schema
 * set gathers what is referred to and writes each once, in order of names. Two tables (or two word
 * lists) of one name are a mistake of ours and assert. */
#pragma once

#include "base/field.h"
#include "base/text.h"

struct schema_part; /* a table or a word list under its name */

struct schema_set {
    struct arena *arena;
    struct schema_part *at;
    size_t count, capacity;
};

void schema_set_add(struct schema_set *s, const struct fields *f, bool is_request); /* and nested */
void schema_set_add_words(struct schema_set *s, const struct words *w);
/* For query tables and the like, whose own schema is not wanted: only what their fields refer to.
 */
void schema_set_add_nested(struct schema_set *s, const struct fields *f, bool is_request);
/* The value of components.schemas: {"NAME": {...}, ...}. Sorts the set. */
void schema_set_put(struct buf *b, struct schema_set *s);

/* The schema of the table itself, nested tables by reference. */
void schema_put(struct buf *b, const struct fields *f, bool is_request);
/* {"$ref": "#/components/schemas/NAME"} */
void schema_put_ref(struct buf *b, const struct fields *f, bool is_request);
/* The schema of one field: for query and path parameters. */
void schema_put_field(struct buf *b, const struct field *f, bool is_request);
struct text schema_name(struct arena *a, const struct fields *f, bool is_request);
