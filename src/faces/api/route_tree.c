#include "faces/api/route_tree.h"

#include "wire/http_message.h"

struct way {
    const struct route *route;
    size_t number;
};

struct node {
    struct text word; /* of this step; unused in the node of a parameter */
    struct node *first, *next, *parameter;
    struct way *ways;
    size_t count, capacity;
};

struct route_tree {
    struct node root;
    const struct route **all;
    size_t count, capacity;
};

static const char *const prefixes[] = {"ord", "pkg", "ful", "tsk", "wav", "lbl", "man", "pay",
                                       "int", "hld", "cas", "ret", "clm", "msg", "prf", "att",
                                       "cus", "adr", "prd", "sit", "bin", "bsk", "sbs", "crt",
                                       "svc", "usr", "key", "cmd", "job", "evt", "ste", "mny",
                                       "whk", "asn", "cnt", "rfd", "crd", "chg", "inv", "own"};

const char *route_id_prefix(struct text name)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (text_is(name, prefixes[i])) return prefixes[i];
    return NULL;
}

struct text route_parameter(const struct route *r, size_t n)
{
    struct text rest = text_of(r->path);
    while (rest.at) {
        struct text step = text_split(rest, '/', &rest);
        if (!text_starts(step, T("{"))) continue;
        if (n-- == 0) return text_head(text_skip(step, 1), step.len - 2);
    }
    return (struct text){0};
}

bool route_is_of_order(const struct route *r)
{
    return r->flags & ROUTE_WRITE && text_starts(text_of(r->path), T("/v1/orders/{ord}/"));
}

bool route_asks_owner(const struct route *r)
{
    bool has_own = r->body && !(r->flags & ROUTE_BULK) && field_find(r->body, T("owner"));
    return r->flags & (ROUTE_OWNED | ROUTE_BY_OWNER) && !has_own;
}

static struct node *step_into(struct arena *a, struct node *at, struct text word)
{
    if (text_starts(word, T("{"))) {
        if (!at->parameter) at->parameter = arena_new(a, struct node, 1);
        return at->parameter;
    }
    for (struct node *n = at->first; n; n = n->next)
        if (text_eq(n->word, word)) return n;
    struct node *n = arena_new(a, struct node, 1);
    n->word = word;
    n->next = at->first;
    return at->first = n;
}

static void add(struct arena *a, struct route_tree *t, const struct route *r)
{
    struct node *at = &t->root;
    struct text rest = text_skip(text_of(r->path), 1);
    while (rest.at) at = step_into(a, at, text_split(rest, '/', &rest));
    for (size_t i = 0; i < at->count; i++)
        assert(!text_is(text_of(r->method), at->ways[i].route->method));
    *arena_push(a, at->ways, at->count, at->capacity) = (struct way){r, t->count};
    *arena_push(a, t->all, t->count, t->capacity) = r;
}

struct route_tree *route_tree_new(struct arena *a, const struct route *const *tables)
{
    struct route_tree *t = arena_new(a, struct route_tree, 1);
    for (; *tables; tables++)
        for (const struct route *r = *tables; r->method; r++) add(a, t, r);
    return t;
}

size_t route_tree_count(const struct route_tree *t) { return t->count; }
const struct route *route_tree_at(const struct route_tree *t, size_t number)
{
    return t->all[number];
}

static const struct node *walk(const struct node *at, struct text rest, struct text *words,
                               size_t depth)
{
    if (!rest.at) return at->count ? at : NULL;
    struct text word = text_split(rest, '/', &rest);
    for (const struct node *n = at->first; n; n = n->next) {
        const struct node *found = text_eq(n->word, word) ? walk(n, rest, words, depth) : NULL;
        if (found) return found;
    }
    if (!at->parameter || !word.len || depth == ROUTE_IDS_MAX) return NULL;
    words[depth] = word;
    return walk(at->parameter, rest, words, depth + 1);
}

static struct text allowed(struct arena *a, const struct node *n)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < n->count; i++) {
        const char *method = n->ways[i].route->method;
        buf_printf(&b, "%s%s", i ? ", " : "", method);
        if (text_is(text_of(method), "GET")) buf_puts(&b, ", HEAD");
    }
    return buf_text(&b);
}

enum match route_tree_find(const struct route_tree *t, struct arena *a, struct text method,
                           struct text path, struct matched *out)
{
    struct text words[ROUTE_IDS_MAX] = {{0}};
    *out = (struct matched){0};
    if (!text_starts(path, T("/"))) return MATCH_NO_PATH;
    const struct node *n = walk(&t->root, text_skip(path, 1), words, 0);
    if (!n) return MATCH_NO_PATH;
    for (size_t i = 0; i < n->count; i++) {
        if (!text_is(method, n->ways[i].route->method)) continue;
        out->route = n->ways[i].route;
        out->number = n->ways[i].number;
        for (size_t k = 0; k < ROUTE_IDS_MAX && words[k].at; k++)
            if (!http_unescape(a, words[k], false, &out->words[k])) return MATCH_NO_PATH;
        return MATCH_FOUND;
    }
    out->allow = allowed(a, n);
    return MATCH_NO_METHOD;
}
