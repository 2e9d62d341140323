/* bench/figures.h: what `waybill bench` reports: one key per figure, the median of its rounds.
 *
 * docs/operations/speed.md says what each means and how it is taken. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { FIGURES_MAX = 40, ROUNDS_MAX = 5 };

struct figure {
    const char *key, *reach, *about; /* reach: what we want of it, or NULL */
};
extern const struct figure figures[];
extern const size_t figure_count;

struct figures {
    double samples[FIGURES_MAX][ROUNDS_MAX];
    int counts[FIGURES_MAX];
};

/* Aborts when the table has no such key, or all its rounds are taken. */
void figure_take(struct figures *f, const char *key, double value);
double figure_median(const struct figures *f, const char *key); /* 0 when it was not taken */
struct text figures_as_json(struct arena *a, const struct figures *f);
struct text figures_as_table(struct arena *a, const struct figures *f);
