/* base/field.h: one table per record.
 *
 * The same row drives JSON in, JSON out, SQL rows and parameters, CLI columns, validation messages
 * and the OpenAPI schema. Structs stay plain C; `_Generic` picks the kind of plain members, so a
 * changed member type changes the codec with it.
 *
 * Absent values: NONE for numbers, a text whose `at` is NULL, a list whose count is 0, a record
 * pointer that is NULL. What may be absent: texts, lists and records that are not F_REQUIRED,
 * instants and days that are not F_REQUIRED, and whatever carries F_NULL. */
#pragma once

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NONE INT64_MIN /* the absent number: null in JSON and SQL */

enum field_kind {
    F_I64,     /* int64_t */
    F_I32,     /* int32_t */
    F_BOOL,    /* bool; 0 or 1 in SQL */
    F_TEXT,    /* struct text */
    F_ID,      /* int64_t; in JSON prefix and Crockford base 32; `of` is the prefix */
    F_INSTANT, /* int64_t microseconds UTC; in JSON RFC 3339 */
    F_DAY,     /* int64_t days since 1970; in JSON YYYY-MM-DD */
    F_ENUM,    /* int32_t; in JSON a word; `of` is struct words */
    F_FLAGS,   /* int32_t bit set; in JSON an array of words; `of` is struct words */
    F_MONEY,   /* struct money; in JSON {"amount","currency"}; not in SQL rows */
    F_RECORD,  /* pointer to a record in the arena; `of` is struct fields; not in SQL rows */
    F_LIST,    /* struct list of records (`of` is struct fields), of texts (`of` is NULL) */
    F_JSON     /* struct text holding a JSON value that passes through unread */
};

enum {
    F_REQUIRED = 1, /* must be given */
    F_SECRET = 2,   /* never logged, never encoded */
    F_NULL = 4,     /* a number that may be absent (NONE) */
    F_OUT = 8,      /* only in answers; refused in requests */
    F_WIDE = 16,    /* left out of CLI tables unless asked for */
    F_FREE = 32,    /* people write in it what they like: a card's number is refused */
};

/* The words of an enumeration, by value from 0. */
struct words {
    const char *name; /* of the type, for OpenAPI: "order_state" */
    const char *const *at;
    size_t count;
};
#define WORDS(name, table)                                                                         \
    {                                                                                              \
        (name), (table), sizeof(table) / sizeof *(table)                                           \
    }
const char *word_of(const struct words *w, int64_t value);  /* "?" when out of range */
int32_t word_find(const struct words *w, struct text word); /* -1 when unknown */

struct field {
    const char *name; /* of the C member and the SQL column */
    const char *json; /* of the JSON member */
    uint16_t offset;
    uint8_t kind, flags;
    bool is_set; /* always */
    int64_t min,
        max; /* numbers: the range, when min < max; text and lists: most characters, items */
    const void *of;
    const char *about; /* one line for OpenAPI, or NULL */
};

struct fields {
    const char *name; /* of the record, for OpenAPI and messages: "order_line" */
    const struct field *at;
    size_t count, size;
};

#define FIELD_KIND(type, member)                                                                   \
    _Generic(((type *)0)->member, int64_t                                                          \
             : F_I64, int32_t                                                                      \
             : F_I32, bool                                                                         \
             : F_BOOL, struct text                                                                 \
             : F_TEXT, struct money                                                                \
             : F_MONEY)
/* A plain member; extra members of struct field may follow (.flags = F_REQUIRED, .max = 40, ...).
   Each macro passes one harmless member on, since C11 wants something behind the last comma. */
#define FIELD(...) FIELD_OF(__VA_ARGS__, .is_set = true)
#define FIELD_OF(type, member, ...)                                                                \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member),                        \
        .kind = FIELD_KIND(type, member), __VA_ARGS__                                              \
    }
#define FIELD_ID(...) FIELD_ID_OF(__VA_ARGS__, .is_set = true)
#define FIELD_ID_OF(type, member, jsonname, prefix, ...)                                           \
    {                                                                                              \
        .name = #member, .json = jsonname, .offset = offsetof(type, member), .kind = F_ID,         \
        .of = prefix, __VA_ARGS__                                                                  \
    }
#define FIELD_INSTANT(...) FIELD_INSTANT_OF(__VA_ARGS__, .is_set = true)
#define FIELD_INSTANT_OF(type, member, jsonname, ...)                                              \
    {                                                                                              \
        .name = #member, .json = jsonname, .offset = offsetof(type, member), .kind = F_INSTANT,    \
        __VA_ARGS__                                                                                \
    }
#define FIELD_DAY(...) FIELD_DAY_OF(__VA_ARGS__, .is_set = true)
#define FIELD_DAY_OF(type, member, jsonname, ...)                                                  \
    {                                                                                              \
        .name = #member, .json = jsonname, .offset = offsetof(type, member), .kind = F_DAY,        \
        __VA_ARGS__                                                                                \
    }
#define FIELD_ENUM(...) FIELD_ENUM_OF(__VA_ARGS__, .is_set = true)
#define FIELD_ENUM_OF(type, member, wordlist, ...)                                                 \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member), .kind = F_ENUM,        \
        .of = &(wordlist), __VA_ARGS__                                                             \
    }
#define FIELD_FLAGS(...) FIELD_FLAGS_OF(__VA_ARGS__, .is_set = true)
#define FIELD_FLAGS_OF(type, member, wordlist, ...)                                                \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member), .kind = F_FLAGS,       \
        .of = &(wordlist), __VA_ARGS__                                                             \
    }
#define FIELD_RECORD(...) FIELD_RECORD_OF(__VA_ARGS__, .is_set = true)
#define FIELD_RECORD_OF(type, member, table, ...)                                                  \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member), .kind = F_RECORD,      \
        .of = &(table), __VA_ARGS__                                                                \
    }
#define FIELD_LIST(...) FIELD_LIST_OF(__VA_ARGS__, .is_set = true)
#define FIELD_LIST_OF(type, member, table, ...)                                                    \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member), .kind = F_LIST,        \
        .of = &(table), __VA_ARGS__                                                                \
    }
#define FIELD_TEXTS(...) FIELD_TEXTS_OF(__VA_ARGS__, .is_set = true)
#define FIELD_TEXTS_OF(type, member, ...)                                                          \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member), .kind = F_LIST,        \
        .of = NULL, __VA_ARGS__                                                                    \
    }
#define FIELD_JSON(...) FIELD_JSON_OF(__VA_ARGS__, .is_set = true)
#define FIELD_JSON_OF(type, member, ...)                                                           \
    {                                                                                              \
        .name = #member, .json = #member, .offset = offsetof(type, member), .kind = F_JSON,        \
        __VA_ARGS__                                                                                \
    }
#define FIELDS(label, type, table)                                                                 \
    {                                                                                              \
        (label), (table), sizeof(table) / sizeof *(table), sizeof(type)                            \
    }

const struct field *field_find(const struct fields *f, struct text json_name);

/* Set every field of a zeroed record to its absent value. */
void record_clear(const struct fields *f, void *record);

/* A number field of any kind as int64 (bool 0 or 1); texts and records are not numbers. */
int64_t field_i64(const struct field *f, const void *record);
void field_set_i64(const struct field *f, void *record, int64_t value);

/* What is given in a record, with its name: for fingerprints. What is absent, zero or secret is
   left out, so that fields may be added anywhere in a table. */
void record_put_given(struct buf *b, const struct fields *f, const void *record);

/* The scalar fields of a record as one compact line, and back: how event bodies are stored.
   Values stand in table order, separated by tabs; \t \n \\ are escaped, \N is absent. New fields
   may be appended to a table later: a shorter line leaves them absent. */
struct text record_to_line(struct arena *a, const struct fields *f, const void *record);
bool record_from_line(struct arena *a, const struct fields *f, struct text line, void *record);
