#include "base/list.h"

#include <stdbool.h>

static int64_t key_at(const struct list *l, size_t size, size_t offset, size_t index)
{
    return *(const int64_t *)(const void *)((const char *)l->at + index * size + offset);
}

/* Index of the first record that is not before `key`. */
static size_t first_at(const struct list *l, size_t size, size_t offset, int64_t key)
{
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_at(l, size, offset, middle) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void *list_find(const struct list *l, size_t size, size_t offset, int64_t key)
{
    size_t first = first_at(l, size, offset, key);
    bool is_found = first < l->count && key_at(l, size, offset, first) == key;
    return is_found ? (char *)l->at + first * size : NULL;
}

struct list list_run(const struct list *l, size_t size, size_t offset, int64_t key)
{
    if (!l->count) return (struct list){0};
    size_t first = first_at(l, size, offset, key);
    struct list run = {(char *)l->at + first * size, l->count - first};
    /* Most runs are short: looked for from here, in steps that double. */
    size_t step = 1;
    while (step < run.count && key_at(&run, size, offset, step) == key) step *= 2;
    if (step < run.count) run.count = step;
    if (key < INT64_MAX) run.count = first_at(&run, size, offset, key + 1);
    return run;
}

void *list_find_text(const struct list *l, size_t size, size_t offset, struct text key)
{
    char *at = l->at;
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct text *found = (const void *)(at + middle * size + offset);
        if (text_cmp(*found, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == l->count) return NULL;
    const struct text *found = (const void *)(at + low * size + offset);
    return text_eq(*found, key) ? at + low * size : NULL;
}
