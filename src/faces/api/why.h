/* faces/api/why.h: why is this order where it is? What happened to it, step by step, who did it and
 * by which command; and what it waits for, since when, with whom.
 *
 *   events of the order ── words.c's templates ──> steps     in the order of commit
 *   state, holds, money, work, packages ───────> waits     of this instant
 *
 * A handful of statements for any number of steps. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/events/event.h"
#include "faces/api/route.h"

struct why_step {
    int64_t at_us;
    struct text stage, words, actor;
    int64_t command_id; /* NONE: none */
    struct text kind;
    int64_t position;
};
struct why_wait {
    struct text words;
    int64_t since_us;
    struct text owner;
};
struct why {
    int64_t order_id, number;
    struct text stage, state;
    struct list steps; /* struct why_step */
    struct list waits; /* struct why_wait; none: it waits for nothing */
};
extern const struct fields why_fields, why_step_fields, why_wait_fields;
extern const struct route why_routes[]; /* GET /v1/orders/{ord}/why */

must_check enum err why_of(struct ctx *c, int64_t order_id, struct why *out);

/* --- words ----------------------------------------------------------------------------------- */

/* What a template may name; absent texts leave their part of the sentence out. */
struct why_names {
    struct text quantity, amount, word, note, line, sku, bin, site, package, owner;
};
const char *why_template(enum event_kind kind); /* NULL: not of an order */
int32_t why_stage(enum event_kind kind);        /* enum order_stage */
/* "picked {quantity} × {sku}[ from {bin}]": {name} is replaced, [part] goes when a name in it is
   absent. */
struct text units_text(struct arena *a, int64_t units); /* "1 unit", "2 units" */
struct text why_words(struct arena *a, const char *template, const struct why_names *names);
