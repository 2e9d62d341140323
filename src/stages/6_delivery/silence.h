/* stages/6_delivery/silence.h: a parcel of which nobody has said anything for days.
 *
 *   handed over ─ JOB_SILENCE ─┬─ arrived, back or lost ─> nothing
 *                              ├─ a word since ──────────> asked again when that word is old
 *                              └─ silence ──> tracking.silent, asked again as much later
 *
 * What is done about it is a case of an owner (stages/7_completion/watching.h). */
#pragma once

#include "base/ctx.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/job.h"

enum { SILENCE_DAYS = 5 };
#define SILENCE_US (SILENCE_DAYS * DAY_US)

/* Reaction to PACKAGE_HANDED_OVER. */
must_check enum err silence_on_handed_over(struct ctx *c, const struct event *events, size_t count);
/* JOB_SILENCE: one unit of work for all of them. */
must_check enum err silence_job(struct ctx *c, const struct job *jobs, size_t count);
