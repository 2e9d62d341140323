#include "stages/6_delivery/delivery_merge.h"

#include "base/lifecycle.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct tracking_event *x = a, *y = b;
    if (x->occurred_us != y->occurred_us) return x->occurred_us < y->occurred_us ? -1 : 1;
    if (x->status != y->status) return x->status < y->status ? -1 : 1;
    return text_cmp(x->code, y->code);
}

/* The statuses stand in the order of their ranks. */
static bool moves(int32_t from, int32_t to)
{
    switch ((enum tracking_status)to) {
    case TRACKING_UNKNOWN: return false;
    case TRACKING_PRE_TRANSIT: return from < TRACKING_PRE_TRANSIT;
    case TRACKING_DELIVERED:
    case TRACKING_RETURNED: return true;
    case TRACKING_RETURN_TO_SENDER: return from != TRACKING_RETURNED;
    case TRACKING_FAILURE: return from != TRACKING_DELIVERED && from != TRACKING_RETURNED;
    case TRACKING_ACCEPTED:
    case TRACKING_IN_TRANSIT:
    case TRACKING_EXCEPTION:
    case TRACKING_OUT_FOR_DELIVERY:
    case TRACKING_ATTEMPTED:
    case TRACKING_AVAILABLE_FOR_PICKUP:
    case TRACKING_CANCELLED: break;
    }
    return from < TRACKING_RETURN_TO_SENDER;
}

struct merged tracking_merge(struct tracking_event *events, size_t n)
{
    struct merged m = {TRACKING_UNKNOWN, false, NONE};
    if (n) qsort(events, n, sizeof *events, compare);
    for (size_t i = 0; i < n; i++) {
        int32_t status = events[i].status;
        if (moves(m.status, status)) m.status = status;
        if (status >= TRACKING_ACCEPTED && status < TRACKING_CANCELLED) m.is_scanned = true;
        if (status == TRACKING_DELIVERED && m.delivered_us == NONE)
            m.delivered_us = events[i].occurred_us;
    }
    return m;
}

static enum package_verb verb_to(const struct merged *m)
{
    switch ((enum tracking_status)m->status) {
    case TRACKING_DELIVERED: return PACKAGE_DELIVER;
    case TRACKING_RETURN_TO_SENDER:
    case TRACKING_RETURNED: return PACKAGE_TURN_BACK;
    case TRACKING_FAILURE: return PACKAGE_LOSE;
    case TRACKING_UNKNOWN:
    case TRACKING_PRE_TRANSIT:
    case TRACKING_ACCEPTED:
    case TRACKING_IN_TRANSIT:
    case TRACKING_EXCEPTION:
    case TRACKING_OUT_FOR_DELIVERY:
    case TRACKING_ATTEMPTED:
    case TRACKING_AVAILABLE_FOR_PICKUP:
    case TRACKING_CANCELLED: break;
    }
    return PACKAGE_MOVE_ON;
}

enum err tracking_state(struct ctx *c, struct package *p, const struct merged *m)
{
    enum package_verb verb = verb_to(m);
    int32_t to = package_lifecycle.moves[verb].to;
    if (p->state < PACKAGE_HANDED_OVER || p->state == PACKAGE_BACK || p->state == to) return OK;
    if (verb == PACKAGE_MOVE_ON && !m->is_scanned) return OK;
    /* Delivered, then lost on its way back, and we hear of the loss first. */
    if (!lifecycle_allows(&package_lifecycle, p->state, (int32_t)verb))
        TRY(package_do(c, p, PACKAGE_TURN_BACK));
    return package_do(c, p, verb);
}
