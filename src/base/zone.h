/* base/zone.h: local time of a place to UTC and back, safe between threads.
 *
 * Reads the system's time zone files (TZif, RFC 8536: /usr/share/zoneinfo, or $TZDIR) with the
 * rule in their footer, so that years after the last listed change are right too. Fixed offsets
 * ("+02:00", "UTC") need no file. */
#pragma once

#include "base/ctx.h"

struct zone;

enum { ZONE_FILE_MAX = 1024 * 1024 };

/* "Europe/London", "UTC" or "+05:30"; the zone lives in c->arena.
   ERR_INVALID "zone_unknown", "zone_damaged". */
must_check enum err zone_open(struct ctx *c, struct text name, const struct zone **out);

int64_t zone_offset_us(const struct zone *z, int64_t us); /* local minus UTC at that instant */

/* What a clock on the wall showed, as microseconds of that civil time, to UTC. An hour that came
   twice is its first coming; an hour that never came is read as if the clocks had not moved. */
int64_t zone_to_utc(const struct zone *z, int64_t local_us);
