/* JSON bodies, patches, query strings and canonical forms from any bytes, through a table that has
   every kind of field. What is accepted must be written and read back the same. The first byte
   picks the reader. */
#include "wire/json.h"
#include "base/arena.h"
#include "base/field.h"
#include "test/json_twin.h"

#include <stdio.h>
#include <stdlib.h>

struct leaf {
    struct text name;
    int32_t size;
    struct money price;
};
static const struct field leaf_table[] = {
    FIELD(struct leaf, name, .flags = F_REQUIRED, .max = 8),
    FIELD(struct leaf, size, .min = -5, .max = 5),
    FIELD(struct leaf, price, .min = 0, .max = 1000),
};
static const struct fields leaf_fields = FIELDS("leaf", struct leaf, leaf_table);

static const char *const word_table[] = {"one", "two", "three"};
static const struct words words = WORDS("word", word_table);

struct every {
    int64_t id, i64, maybe_i64, instant, day;
    int32_t i32, maybe_i32, word, maybe_word, flags, maybe_flags;
    bool is_so;
    struct text text, needed, json;
    struct money money;
    struct leaf *leaf;
    struct list leaves, texts;
    struct every *inner;
};
static const struct fields every_fields;
static const struct field every_table[] = {
    FIELD_ID(struct every, id, "id", "evy", .flags = F_NULL),
    FIELD(struct every, i64),
    FIELD(struct every, maybe_i64, .flags = F_NULL),
    FIELD_INSTANT(struct every, instant, "instant"),
    FIELD_DAY(struct every, day, "day"),
    FIELD(struct every, i32),
    FIELD(struct every, maybe_i32, .flags = F_NULL),
    FIELD_ENUM(struct every, word, words),
    FIELD_ENUM(struct every, maybe_word, words, .flags = F_NULL),
    FIELD_FLAGS(struct every, flags, words),
    FIELD_FLAGS(struct every, maybe_flags, words, .flags = F_NULL),
    FIELD(struct every, is_so),
    FIELD(struct every, text, .max = 12),
    FIELD(struct every, needed, .flags = F_REQUIRED),
    FIELD_JSON(struct every, json),
    FIELD(struct every, money, .flags = F_NULL),
    FIELD_RECORD(struct every, leaf, leaf_fields),
    FIELD_LIST(struct every, leaves, leaf_fields, .max = 5),
    FIELD_TEXTS(struct every, texts, .max = 5),
    FIELD_RECORD(struct every, inner, every_fields),
};
static const struct fields every_fields = FIELDS("every", struct every, every_table);

struct filter {
    int64_t id, instant, day;
    int32_t number, word, flags;
    bool is_so;
    struct text text;
    struct list texts;
};
static const struct field filter_table[] = {
    FIELD_ID(struct filter, id, "id", "evy", .flags = F_NULL),
    FIELD_INSTANT(struct filter, instant, "instant"),
    FIELD_DAY(struct filter, day, "day"),
    FIELD(struct filter, number, .min = 1, .max = 200),
    FIELD_ENUM(struct filter, word, words, .flags = F_NULL),
    FIELD_FLAGS(struct filter, flags, words),
    FIELD(struct filter, is_so),
    FIELD(struct filter, text, .max = 12),
    FIELD_TEXTS(struct filter, texts, .max = 5),
};
static const struct fields filter_fields = FIELDS("filter", struct filter, filter_table);

static void must(bool is_so, const char *what, struct text seen)
{
    if (is_so) return;
    fprintf(stderr, "%s: %.*s\n", what, TEXT_ARG(seen));
    abort();
}

/* A refusal says why; a success says nothing. */
static bool accepted(struct ctx *c, enum err e)
{
    must(e == OK || (c->fault.code == e && c->fault.reason[0] && c->fault.detail[0]),
         "refused without a reason", text_of(c->fault.reason));
    must(e != ERR_BUG, "a bug", text_of(c->fault.reason));
    return e == OK;
}

static void check_same(struct ctx *c, const struct fields *f, const void *record, void *back)
{
    struct text once = record_to_json(c->arena, f, record);
    must(text_is_utf8(once), "not UTF-8", once);
    must(text_find(once, T("<")) < 0, "may not stand in a page", once);
    must(record_from_json(c, f, once, back) == OK, c->fault.detail, once);
    must(text_eq(once, record_to_json(c->arena, f, back)), "came back changed", once);
}

static void read_query(struct ctx *c, struct text t)
{
    struct name_value pairs[16];
    struct filter filter, back;
    size_t count = 0;
    for (struct text rest = t; rest.at && count < 16; count++) {
        struct text pair = text_split(rest, '&', &rest);
        pairs[count].name = text_split(pair, '=', &pairs[count].value);
    }
    if (accepted(c, record_from_query(c, &filter_fields, pairs, count, &filter))) {
        if (!filter.number) filter.number = 1; /* absent, and below the range of a body */
        check_same(c, &filter_fields, &filter, &back);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
    if (!size) return 0;
    struct arena arena = {0};
    struct ctx ctx = {.arena = &arena}, *c = &ctx;
    struct text t = {(const char *)bytes + 1, size - 1}, once, again;
    struct every every = {.needed = T("x")}, back;
    record_clear(&every_fields, &every);
    switch (bytes[0] % 5) {
    case 0:
        if (accepted(c, record_from_json(c, &every_fields, t, &every)))
            check_same(c, &every_fields, &every, &back);
        break;
    case 1:
        every.leaf = &(struct leaf){.name = T("leaf")};
        every.money = money(5, "EUR");
        if (accepted(c, record_merge_json(c, &every_fields, t, &every, NULL)))
            check_same(c, &every_fields, &every, &back);
        break;
    case 2:
        if (accepted(c, record_from_reply(c, &every_fields, t, &every)))
            must(text_is_utf8(record_to_json(&arena, &every_fields, &every)), "not UTF-8", t);
        break;
    case 3: read_query(c, t); break;
    default:
        must(twin_agrees(c, t), "jansson sees it otherwise", t);
        c->fault = (struct fault){0};
        if (!accepted(c, json_canonical(c, t, &once))) break;
        must(json_canonical(c, once, &again) == OK, c->fault.detail, once);
        must(text_eq(once, again), "not canonical", once);
    }
    arena_free(&arena);
    return 0;
}
