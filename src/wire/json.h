/* wire/json.h: JSON and query strings in and out of records, by their field tables.
 *
 *   request body ── record_from_json ──> record        unknown, read-only, wrong: refused
 *   PATCH body   ── record_merge_json ─> record        absent keeps, null clears (RFC 7396)
 *   someone's    ── record_from_reply ─> record        unknown members are skipped
 *   ?name=value  ── record_from_query ─> record
 *   record       ── record_put_json ───> buf           no tree in between
 *
 * Readers of requests go on behind what is wrong: c->fault is the first thing, c->faults all of it.
 * Every reader writes `out` only when it returns OK; texts, lists and nested records in it live in
 * c->arena. A refusal has the path of the wrong member in fault.field ("lines[2].sku") and one of
 * these reasons:
 *
 *   invalid_json     ERR_MALFORMED: not JSON, or a member twice, or too deep; line and column
 *   unknown_field    no such member; the hint says which one was probably meant
 *   read_only_field  F_OUT in a request
 *   wrong_type       another kind of value, a number with a fraction, null where none may be
 *   out_of_range     a number, instant or day outside min..max
 *   too_long         a text with too many characters, a list with too many items
 *   required         an F_REQUIRED member missing, null or an empty text
 *   invalid_value    no such word, id, instant, day or currency; control characters; given twice
 *
 * Numbers are read from their digits, exactly: 1.0 and 1e3 are whole, 1.5 is not. A nullable F_I32
 * cannot hold -1, which is its absent value. Money is {"amount": minor units, "currency": "GBP"}.
 */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/text.h"

enum {
    JSON_DEPTH_MAX = 32,       /* objects and arrays inside each other */
    JSON_VALUES_MAX = 1000000, /* values and names in one text */
    JSON_LIST_MAX = 1000,      /* items, where the table states no max */
    JSON_TEXT_MAX = 65536, /* characters of a text, or bytes of an F_JSON, where it states none */
};
#define JSON_NUMBER_MAX ((INT64_C(1) << 53) - 1) /* exact in every JSON reader */

struct name_value {
    struct text name, value; /* decoded */
};

/* --- in -------------------------------------------------------------------------------------- */

must_check enum err record_from_json(struct ctx *c, const struct fields *f, struct text json,
                                     void *out);
/* Change `record` by a merge patch. Nested records and money are merged member by member, lists and
   F_JSON replaced. given[i] says whether field i was in the patch; may be NULL. */
must_check enum err record_merge_json(struct ctx *c, const struct fields *f, struct text json,
                                      void *record, bool given[]);
/* For what other programs answer, and our own answers read back: unknown members are skipped, F_OUT
   members are read, null is absent anywhere, texts may be empty. */
must_check enum err record_from_reply(struct ctx *c, const struct fields *f, struct text json,
                                      void *out);
/* Names are the JSON names. Lists and flags are given by repeating the name or by commas; an empty
   value is an absent one. Not for tables with money, records or F_JSON (asserts). */
must_check enum err record_from_query(struct ctx *c, const struct fields *f,
                                      const struct name_value *pairs, size_t count, void *out);

/* May this field be null? The reader, the writer and the schema agree on this. */
bool field_is_nullable(const struct field *f);
/* The range a number of this field must keep to, and the most characters or items. */
void field_range(const struct field *f, int64_t *min, int64_t *max);
int64_t field_most(const struct field *f);

/* One text for all spellings of a value: sorted members, no space, 1.0 as 1. For fingerprints. */
must_check enum err json_canonical(struct ctx *c, struct text json, struct text *out);

/* --- out ------------------------------------------------------------------------------------- */

/* All members in table order, absent ones as null, F_SECRET ones never. The output has no '<' and
   no U+2028, so it may stand in a script element; bytes that are not UTF-8 become U+FFFD. */
void record_put_json(struct buf *b, const struct fields *f, const void *record);
struct text record_to_json(struct arena *a, const struct fields *f, const void *record);
/* A list as an array: of records, or of texts when `f` is NULL. */
void rows_put_json(struct buf *b, const struct fields *f, struct list rows);
/* A quoted and escaped text, or null for the absent one: for hand-made JSON. */
void json_put_text(struct buf *b, struct text t);
