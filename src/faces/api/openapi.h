/* faces/api/openapi.h: the API described by its own tables: OpenAPI 3.1, and pages for people. */
#pragma once

#include "faces/api/route.h"

/* The document; `is_wide` is laid out for people (docs/api/openapi.json), else without spaces. */
struct text openapi_json(struct arena *a, const struct route *const *tables, bool is_wide);
/* docs/api/reasons.md */
struct text openapi_reasons_md(struct arena *a);
/* /docs and /docs/reasons */
struct text openapi_page(struct arena *a, const struct route *const *tables);
struct text openapi_reasons_page(struct arena *a);
/* "get_v1_orders_ord": the operation's name in clients. */
struct text openapi_operation(struct arena *a, const struct route *r);
