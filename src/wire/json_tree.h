/* wire/json_tree.h: a parsed JSON text; only for wire/json*.c.
 *
 * jansson checks the text and decodes its strings; beside each of its values walks the slice of the
 * text that it came from, so that numbers keep all their digits and F_JSON passes unchanged. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <jansson.h>

struct tree_node {
    json_t *json;
    struct text raw;
};

struct tree_walk {
    json_t *json;
    void *member; /* jansson's iterator when it is an object */
    size_t index;
    struct text rest;
};

/* The caller gives root->json back with json_decref, also when this fails (it is NULL then). */
must_check enum err tree_open(struct ctx *c, struct text json, struct tree_node *root);

/* Members of an object or items of an array, in the order of the text. */
struct tree_walk tree_walk(struct tree_node n);
bool tree_next(struct tree_walk *w, struct text *key, struct tree_node *out);

struct text tree_text(struct tree_node n); /* of a string; lives as long as the tree */
const char *tree_kind(struct tree_node n); /* "a text", "null": for messages */

enum number_kind { NUMBER_WHOLE, NUMBER_FRACTION, NUMBER_TOO_BIG };
enum number_kind number_read(struct arena *a, struct text raw, int64_t *out);
