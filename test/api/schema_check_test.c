/* test/api/schema_check_test.c: the checker sees what it has to see. */
#include "schema_check.h"

#include "harness.h"

#include <stdio.h>
#include <string.h>

static const char document[] =
    "{\"components\":{\"schemas\":{"
    "\"money\":{\"type\":\"object\",\"properties\":{\"amount\":{\"type\":\"integer\"},"
    "\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}},\"required\":[\"amount\"]},"
    "\"line\":{\"type\":\"object\",\"properties\":{\"sku\":{\"type\":\"string\",\"maxLength\":3},"
    "\"price\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/money\"},{\"type\":\"null\"}]},"
    "\"least\":{\"$ref\":\"#/components/schemas/money\",\"properties\":{\"amount\":{\"minimum\":1}}"
    "},\"at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
    "\"day\":{\"type\":\"string\",\"format\":\"date\"},"
    "\"state\":{\"type\":\"string\",\"enum\":[\"open\",\"done\"]},"
    "\"lost\":{\"$ref\":\"#/components/schemas/nowhere\"},\"odd\":{\"multipleOf\":3},"
    "\"ids\":{\"type\":\"array\",\"uniqueItems\":true,\"maxItems\":2,\"items\":{\"type\":"
    "\"string\",\"pattern\":\"^ord_[0-9A-Za-z]{13}$\"}}},\"required\":[\"sku\"]}}}}";

static const struct {
    const char *value, *wrong; /* NULL: nothing */
} cases[] = {
    {"{\"sku\":\"A\"}", NULL},
    {"{\"sku\":\"\\u00e9\\u00e9\\u00e9\",\"price\":null,\"at\":\"2026-01-05T08:00:00Z\"}", NULL},
    {"{\"sku\":\"A\",\"price\":{\"amount\":1,\"currency\":\"GBP\"},\"ids\":[]}", NULL},
    {"{\"sku\":\"A\",\"least\":{\"amount\":1,\"currency\":\"GBP\"},\"state\":\"open\"}", NULL},
    {"{}", "all of it: lacks \"sku\""},
    {"[]", "all of it: is no object"},
    {"{\"sku\":null}", "sku: is no string"},
    {"{\"sku\":\"ABCD\"}", "sku: is too long"},
    {"{\"sku\":\"A\",\"more\":1}", "all of it: holds \"more\", which its schema does not know"},
    {"{\"sku\":\"A\",\"price\":{}}", "price: lacks \"amount\""},
    {"{\"sku\":\"A\",\"price\":{\"amount\":1.5}}", "price.amount: is no integer"},
    {"{\"sku\":\"A\",\"price\":{\"amount\":1,\"currency\":\"gbp\"}}",
     "price.currency: \"gbp\" does not match ^[A-Z]{3}$"},
    {"{\"sku\":\"A\",\"least\":{\"amount\":0}}", "least.amount: is less than 1"},
    {"{\"sku\":\"A\",\"at\":\"2026-01-05\"}", "at: is no instant in UTC"},
    {"{\"sku\":\"A\",\"day\":\"2026-02-30\"}", "day: is no day"},
    {"{\"sku\":\"A\",\"state\":\"shut\"}", "state: \"shut\" is none of the words"},
    {"{\"sku\":\"A\",\"ids\":[\"ord_0123456789abc\",\"x\"]}",
     "ids[1]: \"x\" does not match ^ord_[0-9A-Za-z]{13}$"},
    {"{\"sku\":\"A\",\"lost\":1}",
     "lost: the schema refers to #/components/schemas/nowhere, which is nowhere"},
    {"{\"sku\":\"A\",\"odd\":3}", "odd: the schema says multipleOf, which is not checked"},
};

TEST(schema_check, every_difference_is_named_with_its_place)
{
    struct arena a = {0};
    json_t *all = json_loads(document, 0, NULL);
    struct schema_check s = {&a, all};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *value = json_loads(cases[i].value, 0, NULL);
        const char *wrong = schema_differs(&s, schema_at(all, "#/components/schemas/line"), value);
        if (strcmp(wrong ? wrong : "", cases[i].wrong ? cases[i].wrong : "") != 0)
            test_fail(__FILE__, __LINE__, "%s: %s", cases[i].value, wrong ? wrong : "nothing");
        json_decref(value);
    }
    json_decref(all);
    arena_free(&a);
}
