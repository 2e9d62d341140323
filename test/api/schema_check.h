/* test/api/schema_check.h: does a JSON value keep to a schema of our OpenAPI document?
 *
 * Reads the part of JSON Schema 2020-12 that wire/schema.c and faces/api/openapi.c write; a keyword
 * that it does not know is a difference, so that nothing passes unread. Stricter than the standard
 * in one point: a member that a schema with `properties` does not name is a difference even where
 * additionalProperties is left out, since answers leave it out for what comes in later versions. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <jansson.h>

struct schema_check {
    struct arena *arena;    /* what is said lives here */
    const json_t *document; /* $ref leads into it */
};

/* NULL when `value` keeps to `schema`, else "data[0].id: is no string". */
const char *schema_differs(const struct schema_check *s, const json_t *schema, const json_t *value);
/* "#/components/schemas/order" leads to; NULL when nowhere. */
const json_t *schema_at(const json_t *document, const char *reference);
