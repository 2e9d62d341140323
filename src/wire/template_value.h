/* wire/template_value.h: one value of a template: is it there, how does it read, how is it escaped.
 *
 * Used by template.c alone; the table of kinds and pipes stands in template.h. */
#pragma once

#include "base/field.h"
#include "wire/template.h"

enum pipe { NO_PIPE, DATE, TIME, ISO, MONEY, AMOUNT, LINES, URL, HREF, JSON, PIPE_COUNT };

/* What a name stands for. */
struct slot {
    enum field_kind kind;
    const struct field *field; /* NULL: `item` or `number` holds the value */
    const void *record;        /* NULL: absent */
    struct text item;
    int64_t number;
};

const char *pipe_name(enum pipe pipe);
bool pipe_fits(enum pipe pipe, enum field_kind kind);

bool slot_is_there(const struct slot *s);      /* not absent, empty, false or zero */
const void *slot_record(const struct slot *s); /* of an F_RECORD; NULL when absent */
struct list slot_list(const struct slot *s);   /* of an F_LIST; empty when absent */

void slot_put(struct buf *out, const struct slot *s, enum pipe pipe, enum template_escape escape);
