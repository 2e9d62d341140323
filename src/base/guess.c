#include "base/guess.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Insertions, deletions, changes and swaps between two short names, letter case ignored. */
static size_t edit_distance(struct text a, struct text b)
{
    size_t rows[3][GUESS_NAME_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++) above[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = text_eq_nocase(text_head(text_skip(a, i - 1), 1),
                                       text_head(text_skip(b, j - 1), 1));
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + !same);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.len];
}

const char *guess_word(struct text sent, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t nearest = sent.len / 3 + 2;
    if (sent.len > GUESS_NAME_MAX) return NULL;
    for (size_t i = 0; i < count; i++) {
        struct text name = text_of(names[i]);
        if (name.len > GUESS_NAME_MAX) continue;
        size_t distance = edit_distance(sent, name);
        if (distance >= nearest || distance >= name.len) continue;
        nearest = distance;
        best = names[i];
    }
    return best;
}
