/* stages/6_delivery/delivery_merge.h: where a package stands, out of all that was said of it.
 *
 * Events are taken in the order in which they happened (then by status, then by code), never in the
 * order in which they came. A later one moves the status, but:
 *   delivered, returned to sender's door, turned back     always count when they come later
 *   lost                                                  not once delivered or back at the door
 *   cancelled                                             only while it is on its way
 *   everything else                                       not once it turned back, arrived or
 * failed "label made" after a scan, "unknown"                  never So the same set of events
 * always gives the same answer. */
#pragma once

#include "stages/6_delivery/delivery.h"

struct merged {
    int32_t status;       /* enum tracking_status */
    bool is_scanned;      /* somebody had it in hand */
    int64_t delivered_us; /* of the first event that says so; NONE */
};

/* Sorts the events. */
struct merged tracking_merge(struct tracking_event *events, size_t n);
/* The state of a package that has left the house, given what is known now. */
must_check enum err tracking_state(struct ctx *c, struct package *p, const struct merged *m);
