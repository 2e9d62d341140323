/* The schemas that API users generate their clients from. */
#include "harness.h"

#include "base/arena.h"
#include "base/field.h"
#include "wire/json.h"
#include "wire/schema.h"

struct part {
    struct text sku;
    struct part *box;
};
static const struct fields part_fields;
static const struct field part_table[] = {
    FIELD(struct part, sku, .flags = F_REQUIRED, .max = 20),
    FIELD_RECORD(struct part, box, part_fields),
};
static const struct fields part_fields = FIELDS("part", struct part, part_table);

static const char *const state_words[] = {"open", "done"};
static const struct words states = WORDS("pick_state", state_words);
static const struct words unnamed = WORDS(NULL, state_words);

struct pick {
    int64_t pick_id, due_us, weight_g;
    int32_t state, kind;
    struct text password;
    struct money value;
    struct list parts, tags;
};
static const struct field pick_table[] = {
    FIELD_ID(struct pick, pick_id, "id", "pck", .flags = F_OUT),
    FIELD_INSTANT(struct pick, due_us, "due_at", .about = "when it must be done"),
    FIELD(struct pick, weight_g, .min = 0, .max = 9),
    FIELD_ENUM(struct pick, state, states, .flags = F_NULL),
    FIELD_ENUM(struct pick, kind, unnamed),
    FIELD(struct pick, password, .flags = F_SECRET, .max = 8),
    FIELD(struct pick, value, .min = 0, .max = 5),
    FIELD_LIST(struct pick, parts, part_fields, .flags = F_REQUIRED, .max = 7),
    FIELD_TEXTS(struct pick, tags),
};
static const struct fields pick_fields = FIELDS("pick", struct pick, pick_table);

TEST(schema, a_request_states_every_rule_that_is_checked)
{
    struct arena a = {0};
    struct buf b = buf_new(&a);
    schema_put(&b, &pick_fields, true);
    CHECK_TEXT(
        "{\"type\":\"object\",\"properties\":{"
        "\"due_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\",\"description\":"
        "\"when it "
        "must be done\"},"
        "\"weight_g\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":0,\"maximum\":9},"
        "\"state\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/"
        "pick_state\"},{\"type\":\"null\"}]},"
        "\"kind\":{\"type\":\"string\",\"enum\":[\"open\",\"done\"]},"
        "\"password\":{\"type\":[\"string\",\"null\"],\"maxLength\":8,\"writeOnly\":true},"
        "\"value\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/money\"},{\"type\":\"null\"}],"
        "\"properties\":{\"amount\":{\"minimum\":0,\"maximum\":5}}},"
        "\"parts\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/part_request\"},"
        "\"maxItems\":7},"
        "\"tags\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"string\",\"maxLength\":"
        "65536},"
        "\"maxItems\":1000}},"
        "\"required\":[\"parts\"],\"additionalProperties\":false}",
        buf_text(&b));
    arena_free(&a);
}

TEST(schema, an_answer_has_no_secrets_and_always_every_member)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct buf b = buf_new(&a);
    schema_put(&b, &pick_fields, false);
    struct text t = buf_text(&b), canonical;
    CHECK_OK(&c, json_canonical(&c, t, &canonical));
    CHECK(text_find(t, T("password")) < 0);
    CHECK(text_find(t, T("\"id\":{\"type\":\"string\",\"pattern\":\"^pck_[0-9A-Za-z]{13}$\"}")) >
          0);
    CHECK(
        text_find(t, T("\"required\":[\"id\",\"due_at\",\"weight_g\",\"state\",\"kind\",\"value\","
                       "\"parts\",\"tags\"]}")) > 0);
    CHECK(text_find(t, T("additionalProperties")) < 0);
    arena_free(&a);
}

TEST(schema, each_nested_table_is_written_once_even_when_it_holds_itself)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct schema_set s = {.arena = &a};
    schema_set_add(&s, &pick_fields, true);
    schema_set_add(&s, &pick_fields, true);
    schema_set_add(&s, &part_fields, false);
    CHECK_I64(5, (int64_t)s.count);
    struct buf b = buf_new(&a);
    schema_set_put(&b, &s);
    struct text t = buf_text(&b), canonical;
    CHECK_OK(&c, json_canonical(&c, t, &canonical));
    CHECK(text_starts(t, T("{\"money\":{")));
    CHECK(text_find(t, T("\"part\":{")) > 0 && text_find(t, T("\"part_request\":{")) > 0);
    CHECK(text_find(t, T("\"pick_state\":{\"type\":\"string\",\"enum\":[\"open\",\"done\"]}")) > 0);
    arena_free(&a);
}
