/* wire/json_tree.h: a JSON text that was checked; only for wire/json*.c.
 *
 * One pass over the text (RFC 8259, strictly; no member twice; at most JSON_DEPTH_MAX deep) notes
 * where each value stands: first a value, then what is inside it, a member's name before its value.
 * Nothing is decoded or copied until it is asked for, so numbers keep all their digits and F_JSON
 * passes unchanged. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

enum tree_kind {
    TREE_NULL,
    TREE_FALSE,
    TREE_TRUE,
    TREE_NUMBER,
    TREE_TEXT,
    TREE_ARRAY,
    TREE_OBJECT
};

struct tree_node {
    enum tree_kind kind;
    bool is_escaped; /* a text with a backslash in it */
    uint32_t count;  /* items or members */
    uint32_t nodes;  /* this one and all inside it: the next value stands so many further on */
    struct text raw;
};

struct text tree_unescaped(struct arena *a, const struct tree_node *n);
/* Of a TREE_TEXT, decoded. */
static inline struct text tree_text(struct arena *a, const struct tree_node *n)
{
    return n->is_escaped ? tree_unescaped(a, n) : (struct text){n->raw.at + 1, n->raw.len - 2};
}

struct tree_walk {
    const struct tree_node *at;
    uint32_t left;
    bool has_names;
};

/* The nodes lie in the arena and point into the text. */
must_check enum err tree_open(struct ctx *c, struct text json, const struct tree_node **root);

/* Members of an object or items of an array, in the order of the text; an item's key is absent. */
struct tree_walk tree_walk(const struct tree_node *n);
static inline bool tree_next(struct tree_walk *w, struct arena *a, struct text *key,
                             const struct tree_node **out)
{
    if (!w->left) return false;
    w->left--;
    *key = w->has_names ? tree_text(a, w->at++) : (struct text){0};
    *out = w->at;
    w->at += w->at->nodes;
    return true;
}

const char *tree_kind(const struct tree_node *n); /* "a text", "null": messages */

enum number_kind { NUMBER_WHOLE, NUMBER_FRACTION, NUMBER_TOO_BIG };
enum number_kind number_read(struct arena *a, struct text raw, int64_t *out);
