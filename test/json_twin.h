/* test/json_twin.h: our reader of JSON beside jansson, for the tests and the fuzzer. */
#pragma once

#include "base/ctx.h"
#include "wire/json.h"

#include <jansson.h>
#include <string.h>

static inline int twin_depth(const json_t *json)
{
    int most = 0, inner;
    const char *key;
    json_t *item;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)json, key, item)
        most = (inner = twin_depth(item)) > most ? inner : most;
    json_array_foreach(json, i, item) most = (inner = twin_depth(item)) > most ? inner : most;
    return most + (json_is_object(json) || json_is_array(json));
}

/* What jansson reads, held to what we promise beyond: no NUL byte (it skips one behind a number),
   no more than JSON_DEPTH_MAX levels. Numbers are doubles. */
static inline json_t *twin_read(struct text t)
{
    json_error_t error;
    if (!t.len || memchr(t.at, 0, t.len)) return NULL;
    json_t *json = json_loadb(t.at, t.len,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL |
                                  JSON_DECODE_ANY,
                              &error);
    if (!json || twin_depth(json) <= JSON_DEPTH_MAX) return json;
    json_decref(json);
    return NULL;
}

/* Both refuse it, or both read the same out of it. */
static inline bool twin_agrees(struct ctx *c, struct text t)
{
    struct text once = {0};
    bool is_read = json_canonical(c, t, &once) == OK;
    json_t *theirs = twin_read(t), *ours = is_read ? twin_read(once) : NULL;
    bool is_same = is_read ? theirs && ours && json_equal(theirs, ours) : !theirs;
    json_decref(theirs);
    json_decref(ours);
    return is_same;
}
