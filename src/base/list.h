/* base/list.h: records side by side in the arena, and looking them up.
 *
 * A statement that ORDERs BY a key gives a list that ascends by it; the keyed look-ups want that
 * order. The key is the member of the record at `offset`: an int64_t, or a text in bytewise order
 * as the databases' C collation gives it. */
#pragma once

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

struct list {
    void *at; /* `count` records, side by side, in the arena */
    size_t count;
};

/* The first record with this key, or NULL. */
void *list_find(const struct list *l, size_t size, size_t offset, int64_t key);
void *list_find_text(const struct list *l, size_t size, size_t offset, struct text key);
/* All records with this key: a part of the list, perhaps empty. */
struct list list_run(const struct list *l, size_t size, size_t offset, int64_t key);

#define LIST_FIND(list, type, member, key)                                                         \
    ((type *)list_find((list), sizeof(type), offsetof(type, member), (key)))
#define LIST_FIND_TEXT(list, type, member, key)                                                    \
    ((type *)list_find_text((list), sizeof(type), offsetof(type, member), (key)))
#define LIST_RUN(list, type, member, key)                                                          \
    list_run((list), sizeof(type), offsetof(type, member), (key))
