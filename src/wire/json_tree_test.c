/* What counts as JSON: what every strict reader takes, and nothing else. */
#include "harness.h"

#include "base/arena.h"
#include "test/json_twin.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

static const char *const samples[] = {
    ("{\"channel\":\"web\",\"channel_ref\":\"W-1\",\"currency\":\"GBP\",\"customer\":{\"name\":"
     "\"Ada \\\"L\\\" \\u00c9l\\u00e9onore\",\"email\":\"ada@example.org\"},\"lines\":[{\"sku\":"
     "\"MUG\",\"quantity\":2,\"unit_price\":{\"amount\":1999,\"currency\":\"GBP\"}},{\"sku\":"
     "\"B\xC3\x84R\",\"quantity\":1e2,\"gift\":true,\"note\":null}],\"tags\":[]}"),
    "[0,-0,0.5,-1.25e-3,1E+2,12345678901234567890,1e308,5e-324,true,false,null,\"\"]",
    "{\"\":{},\"a\":[[],[[]],{\"a\":[]}],\"b\":\"\\ud83d\\ude00\\n\\t\\/\\b\\f\\r\\\\\"}",
    " \t\r\n{ \"k\" : [ 1 , 2 ] } \n",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "\"\xE2\x82\xAC \xF0\x9F\x93\xA6\"",
    ("{\"a1\":1,\"a2\":1,\"a3\":1,\"a4\":1,\"a5\":1,\"a6\":1,\"a7\":1,\"a8\":1,\"a9\":1,\"b1\":1,"
     "\"b2\":1,\"b3\":1,\"b4\":1,\"b5\":1,\"b6\":1,\"b7\":1,\"b8\":1}"),
};
static const char *const pieces[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\u0000",
    "\\udc00",
    "\\x",
    "0",
    "-",
    ".",
    "e",
    "E+",
    "1e999",
    "-1e-999",
    "true",
    "nul",
    "\xC3",
    "\xA9",
    "\xED\xA0\x80",
    "\xF5",
    "\x01",
    "\xEF\xBB\xBF",
    "\v",
    " ",
    "\"a1\":",
    "\"a\":1,",
    "\"\\u0061\":2,",
    "[[",
    "NaN",
    "//",
    "'",
    "\x7F",
    "00",
    "\n",
};
enum { PIECES = sizeof pieces / sizeof *pieces, SAMPLES = sizeof samples / sizeof *samples };

static uint32_t next(uint32_t *seed) { return *seed = *seed * 1664525 + 1013904223, *seed >> 8; }

/* One to four slips: a piece put in, bytes left out, a part said again, a byte changed. */
static struct text mangled(struct arena *a, uint32_t seed)
{
    const char *sample = samples[next(&seed) % SAMPLES];
    char *at = arena_new(a, char, 4096);
    size_t len = strlen(sample);
    memcpy(at, sample, len);
    for (uint32_t slips = 1 + next(&seed) % 4; slips && len; slips--) {
        size_t where = next(&seed) % len, some = 1 + next(&seed) % 8;
        if (some > len - where) some = len - where;
        const char *piece = pieces[next(&seed) % PIECES];
        size_t n = strlen(piece);
        switch (next(&seed) % 4) {
        case 0:
            memmove(at + where + n, at + where, len - where);
            memcpy(at + where, piece, n);
            len += n;
            break;
        case 1:
            memmove(at + where, at + where + some, len - where - some);
            len -= some;
            break;
        case 2:
            memmove(at + where + some, at + where, len - where);
            len += some;
            break;
        default: at[where] = (char)next(&seed);
        }
    }
    return (struct text){at, len};
}

TEST(json_tree, reads_what_other_strict_readers_read_and_refuses_what_they_refuse)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        struct arena arena = {0};
        struct ctx c = {.arena = &arena};
        json_t *json = twin_read(text_of(samples[i]));
        CHECK(json != NULL);
        CHECK(twin_agrees(&c, text_of(samples[i])));
        json_decref(json);
        arena_free(&arena);
    }
    int read = 0;
    for (uint32_t seed = 1; seed <= 20000; seed++) {
        struct arena arena = {0};
        struct ctx c = {.arena = &arena};
        struct text t = mangled(&arena, seed), out;
        bool is_same = twin_agrees(&c, t);
        if (!is_same) fprintf(stderr, "seed %u: %.*s\n", seed, TEXT_ARG(t));
        CHECK(is_same);
        read += json_canonical(&c, t, &out) == OK;
        arena_free(&arena);
        if (!is_same) return;
    }
    CHECK(read > 500 && read < 18000); /* some are still JSON, most are not */
}

TEST(json_tree, the_place_of_what_is_wrong_is_told)
{
    static const struct {
        const char *json, *told;
    } table[] = {
        {"{\"a\":1,}", "a member name in quotes has to be here at line 1, column 8"},
        {"{\"a\" 1}", "a colon has to be here at line 1, column 6"},
        {"[1 2]", "a comma or ] has to be here at line 1, column 4"},
        {"{\n \"\xC3\xA9\": 01}", "a comma or } has to be here at line 2, column 8"},
        {"{\"a\":", "the text ends too early at line 1, column 6"},
        {"\"a", "the text ends too early at line 1, column 3"},
        {"[tru]", "no JSON value at line 1, column 2"},
        {"[\"\x01\"]", "a control character inside a text at line 1, column 3"},
        {"[\"\\x\"]", "a backslash with something unknown behind it at line 1, column 3"},
        {"[\"\\ud800\"]", "half a pair of surrogates at line 1, column 3"},
        {"[-]", "a number without a digit where one has to be at line 1, column 3"},
        {"[1e999]", "a number too big for any use at line 1, column 2"},
        {"[1] 2", "something follows the value at line 1, column 5"},
        {"{\"a\":1,\"\\u0061\":2}", "the same member twice in one object at line 1, column 1"},
        {"{\"\\u0000\":1}", "a member name with a NUL character at line 1, column 2"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena arena = {0};
        struct ctx c = {.arena = &arena};
        struct text out;
        CHECK_FAULT(&c, ERR_MALFORMED, "invalid_json",
                    json_canonical(&c, text_of(table[i].json), &out));
        CHECK_TEXT(table[i].told, text_of(c.fault.detail));
        arena_free(&arena);
    }
}

TEST(json_tree, a_text_of_nothing_but_values_takes_no_more_memory_than_is_stated)
{
    struct arena arena = {0};
    struct ctx c = {.arena = &arena};
    size_t len = 2 * JSON_VALUES_MAX + 1;
    char *at = arena_new(&arena, char, len);
    for (size_t i = 0; i < len; i++) at[i] = i % 2 ? '0' : ',';
    at[0] = '[', at[len - 1] = ']';
    struct text out;
    CHECK_FAULT(&c, ERR_MALFORMED, "invalid_json",
                json_canonical(&c, (struct text){at, len}, &out));
    CHECK_TEXT("more values than anybody needs at line 1, column 2000000", text_of(c.fault.detail));
    arena_free(&arena);
}
