/* base/time.h: instants (microseconds UTC since 1970), days since 1970, and their texts.
 *
 * Proleptic Gregorian calendar, years 1 to 9999. Local time exists only at the faces. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

struct civil {
    int year, month, day, hour, minute, second, us;
};

int64_t civil_to_us(struct civil t);
struct civil civil_of_us(int64_t us);
int64_t civil_to_day(int year, int month, int day);
bool civil_valid(struct civil t);
int64_t day_of_us(int64_t us);   /* the UTC day an instant falls on */
int weekday_of_day(int64_t day); /* 0 Monday to 6 Sunday */

/* RFC 3339: "2026-11-23T01:04:00.123456Z" (microseconds only when there are any). */
struct text instant_text(struct arena *a, int64_t us);
bool instant_parse(struct text t, int64_t *us);     /* any offset; a date alone is midnight UTC */
struct text day_text(struct arena *a, int64_t day); /* "2026-11-23" */
bool day_parse(struct text t, int64_t *day);
/* "3 minutes", "2 hours", "5 days": for people. */
struct text span_text(struct arena *a, int64_t us);

/* Parse by a pattern of Y M D h m s fields and literal characters, each letter run taking as many
   digits as it has letters or, for a single letter, one or two: "D/M/Y h:m", "YYYY-MM-DD". A
   single Y takes four digits. False when the text does not fit or names no real date. */
bool civil_parse(struct text t, struct text pattern, struct civil *out);
