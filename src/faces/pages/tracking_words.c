#include "faces/pages/tracking_words.h"

#include "stages/7_completion/cases.h"

static struct text status_words(int32_t status)
{
    switch ((enum tracking_status)status) {
    case TRACKING_UNKNOWN: break;
    case TRACKING_PRE_TRANSIT: return T("Announced to the carrier");
    case TRACKING_ACCEPTED: return T("Accepted by the carrier");
    case TRACKING_IN_TRANSIT: return T("On its way");
    case TRACKING_EXCEPTION: return T("Something holds it up");
    case TRACKING_OUT_FOR_DELIVERY: return T("Out for delivery");
    case TRACKING_ATTEMPTED: return T("Delivery was tried");
    case TRACKING_AVAILABLE_FOR_PICKUP: return T("Ready to be collected");
    case TRACKING_RETURN_TO_SENDER: return T("On its way back to us");
    case TRACKING_DELIVERED: return T("Delivered");
    case TRACKING_RETURNED: return T("Back with us");
    case TRACKING_FAILURE: return T("Could not be delivered");
    case TRACKING_CANCELLED: return T("Cancelled with the carrier");
    }
    return (struct text){0};
}

struct text package_status_words(const struct package *p, bool is_pickup)
{
    struct text words = status_words(p->status);
    switch ((enum package_state)p->state) {
    case PACKAGE_OPEN: return T("Being packed");
    case PACKAGE_SEALED:
    case PACKAGE_LABELLED: return T("Packed");
    case PACKAGE_HANDED_OVER:
    case PACKAGE_IN_TRANSIT: break;
    case PACKAGE_DELIVERED: return is_pickup ? T("Collected") : T("Delivered");
    case PACKAGE_RETURNING: return T("On its way back to us");
    case PACKAGE_BACK: return T("Back with us");
    case PACKAGE_LOST: return T("Lost");
    }
    bool is_new = p->status <= TRACKING_PRE_TRANSIT; /* no scan of the carrier's yet */
    return is_new ? T("Handed to the carrier") : words;
}

struct text package_tone(const struct package *p)
{
    if (p->state == PACKAGE_DELIVERED) return T("good");
    if (p->state == PACKAGE_LOST) return T("bad");
    if (p->state == PACKAGE_RETURNING || p->state == PACKAGE_BACK) return T("warn");
    if (p->status == TRACKING_EXCEPTION || p->status == TRACKING_ATTEMPTED ||
        p->status == TRACKING_FAILURE)
        return T("warn");
    return T("calm");
}

struct text tracking_event_words(struct arena *a, const struct event *e, bool is_pickup,
                                 struct text *place)
{
    switch (e->kind) {
    case EVENT_PACKAGE_SEALED: return T("Packed");
    case EVENT_PACKAGE_HANDED_OVER:
        return is_pickup ? (struct text){0} : T("Handed to the carrier");
    case EVENT_TRACKING_UPDATED:
        *place = e->note;
        return status_words(word_find(&tracking_status_words, e->word));
    case EVENT_DELIVERY_FAILED: /* the driver's note is for us */
        if (!e->word.len || text_is(e->word, word_of(&tracking_status_words, TRACKING_ATTEMPTED)))
            return T("Delivery was tried");
        return text_printf(a, "Delivery was tried: %.*s", TEXT_ARG(text_spaced(a, e->word)));
    case EVENT_PACKAGE_DELIVERED: return is_pickup ? T("Collected") : T("Delivered");
    case EVENT_PACKAGE_RETURNED: return T("Back with us");
    case EVENT_PACKAGE_LOST: return T("Lost on the way");
    default: return (struct text){0};
    }
}

/* --- the headline ---------------------------------------------------------------------------- */

static bool any_is(const struct tracking_state *s, enum tracking_status status)
{
    for (size_t i = 0; i < s->package_count; i++)
        if (s->packages[i].state < PACKAGE_DELIVERED && s->packages[i].status == (int32_t)status)
            return true;
    return false;
}

static bool any_lost(const struct tracking_state *s)
{
    for (size_t i = 0; i < s->package_count; i++)
        if (s->packages[i].state == PACKAGE_LOST) return true;
    return false;
}

struct said {
    const char *headline, *explanation;
};

static const struct said collecting = {"Ready for you",
                                       "It waits to be collected. If our mail has a "
                                       "code, please bring it."};

static const char *say_lost(const struct care_case *missing)
{
    if (!missing) return "We are sorry. Tell us below what you would like us to do.";
    switch ((enum case_resolution)missing->resolution) {
    case CASE_RESHIP: return "We are sorry. We send again what was in it, as an order of its own.";
    case CASE_REFUND: return "We are sorry. You get the money for it back.";
    case CASE_ANSWER:
    case CASE_RETURN: return "We are sorry. Our answer stands below.";
    }
    return "We are sorry. We are seeing to it and write to you; you need not do anything.";
}

static struct said say_travel(const struct tracking_state *s)
{
    int64_t wanted = s->order->units - s->order->cancelled;
    if (any_lost(s)) return (struct said){"A package was lost", say_lost(s->missing)};
    if (any_is(s, TRACKING_OUT_FOR_DELIVERY))
        return (struct said){"Out for delivery", "The driver has it. It should be with you today."};
    if (any_is(s, TRACKING_AVAILABLE_FOR_PICKUP) || s->method == METHOD_PICKUP) return collecting;
    if (any_is(s, TRACKING_ATTEMPTED) || any_is(s, TRACKING_EXCEPTION))
        return (struct said){"A hitch on the way", "The carrier tells below what happened."};
    if (s->order->delivered > 0)
        return (struct said){"Partly delivered", "Some of it is with you, the rest is on its way."};
    if (s->order->shipped < wanted)
        return (struct said){"Partly on its way", "Some of it has left, the rest follows."};
    return (struct said){"On its way", "It has left our warehouse."};
}

static struct said say_stage(const struct tracking_state *s)
{
    int64_t wanted = s->order->units - s->order->cancelled;
    if (s->order->shipped > 0 && s->order->delivered < wanted) return say_travel(s);
    if (s->waits_for_customer)
        return (struct said){"One thing is left to do", "Please confirm the order, so that we can "
                                                        "begin."};
    if (s->waits_for_payment)
        return (struct said){"Waiting for the payment", "We begin as soon as it is here."};
    if (s->order->holds > 0)
        return (struct said){"We are looking at your order",
                             "Someone is seeing to a detail of it. You need not do anything."};
    switch ((enum order_stage)s->order->stage) {
    case STAGE_RECEIVED:
    case STAGE_PROCESSING: return (struct said){"We have your order", "It is next to be prepared."};
    case STAGE_PICKING: return (struct said){"Being picked", "We are gathering your things."};
    case STAGE_PACKING: return (struct said){"Being packed", "All is gathered; now it gets a box."};
    case STAGE_SHIPPING:
        if (s->method == METHOD_PICKUP) return collecting;
        return (struct said){"Ready to leave", "It is packed and waits for the "
                                               "carrier."};
    case STAGE_DELIVERING: return say_travel(s);
    case STAGE_COMPLETING:
    case STAGE_COMPLETED:
        if (s->method == METHOD_PICKUP)
            return (struct said){"Collected", "We hope that all is as it should be."};
        return (struct said){"It has arrived", "We hope that all is as it should be."};
    case STAGE_CANCELLED: break;
    }
    return (struct said){"Cancelled",
                         "Nothing is sent. If you have paid, the money goes back the way it came."};
}

void tracking_headline(const struct tracking_state *s, struct text *headline,
                       struct text *explanation)
{
    struct said said = say_stage(s);
    *headline = text_of(said.headline);
    *explanation = text_of(said.explanation);
    if (s->is_late && s->order->shipped > 0)
        *explanation = T("It takes longer than we promised. We are sorry, and keep an eye on it.");
    else if (s->is_late && !s->waits_for_customer && !s->waits_for_payment)
        *explanation = T("It takes longer than we promised. We are sorry, and work on it.");
}

/* --- concerns -------------------------------------------------------------------------------- */

struct text case_kind_text(int32_t kind)
{
    switch ((enum case_kind)kind) {
    case CASE_LATE: return T("It is late");
    case CASE_DAMAGED: return T("Something is damaged");
    case CASE_MISSING: return T("Something is missing");
    case CASE_WRONG_ITEM: return T("Something is the wrong thing");
    case CASE_NOT_SATISFIED: return T("I am not satisfied");
    case CASE_QUESTION: return T("A question");
    case CASE_REFUND_REQUEST: return T("I would like my money back");
    case CASE_OTHER: break;
    }
    return T("Something else");
}

struct text case_status_text(int32_t resolution)
{
    switch (resolution) {
    case CASE_ANSWER: return T("Answered");
    case CASE_REFUND: return T("Money goes back");
    case CASE_RESHIP: return T("Sent again");
    case CASE_RETURN: return T("To be sent back");
    default: return T("Being looked at");
    }
}
