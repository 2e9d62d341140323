/* bench/figures.h: what `waybill bench` reports: one key per figure, the median of its rounds.
 *
 * docs/operations/speed.md says what each means and how it is taken. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { FIGURES_MAX = 96, ROUNDS_MAX = 5 };

/* Which of the bench's parts take a figure. */
enum {
    PART_PROGRAM = 1,
    PART_INTAKE = 2,
    PART_LIFE = 4,
    PART_HTTP = 8,
    PART_OVERLOAD = 16,
    PART_INSTRUCTIONS = 32,
    PART_POSTGRES = 64,
    PART_IMPORT = 128,
    PART_GROWTH = 256,
};

struct figure {
    int parts;
    const char *key, *reach, *about; /* reach: what we want of it, or NULL */
};
extern const struct figure figures[];
extern const size_t figure_count;

struct figures {
    const char *only; /* NULL, or how the keys begin that are told */
    double samples[FIGURES_MAX][ROUNDS_MAX];
    int counts[FIGURES_MAX];
};

/* Aborts when the table has no such key, or all its rounds are taken. */
void figure_take(struct figures *f, const char *key, double value);
double figure_median(const struct figures *f, const char *key); /* 0 when it was not taken */
struct text figures_as_json(struct arena *a, const struct figures *f);
struct text figures_as_table(struct arena *a, const struct figures *f);
