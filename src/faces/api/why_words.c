/* faces/api/why_words.c: events in plain English. */
#include "domain/orders/order.h"
#include "faces/api/why.h"

#include <string.h>

static const struct {
    int32_t stage;
    const char *words;
} told[EVENT_KIND_COUNT] = {
    [EVENT_ORDER_DRAFTED] = {STAGE_RECEIVED, "drafted[ by {word}][, {amount}]"},
    [EVENT_ORDER_PLACED] = {STAGE_RECEIVED, "placed[ by {word}][, {amount}]"},
    [EVENT_ORDER_ALLOCATED] = {STAGE_PROCESSING, "{quantity} units promised[ at {site}]"},
    [EVENT_ORDER_SHORT] = {STAGE_PROCESSING,
                           "{quantity} units[ of {sku}] could not be promised[: {note}]"},
    [EVENT_ORDER_HELD] = {STAGE_PROCESSING, "held: {word}[ ({note})]"},
    [EVENT_ORDER_FREED] = {STAGE_PROCESSING, "hold let go: {word}[ ({note})]"},
    [EVENT_ORDER_CONFIRM_ASKED] = {STAGE_RECEIVED, "the customer was asked to confirm"},
    [EVENT_ORDER_CONFIRMED] = {STAGE_RECEIVED, "confirmed[ {word}][: {note}]"},
    [EVENT_ORDER_CHANGED] =
        {STAGE_PROCESSING, "changed: {word}[, {quantity} units][ of {sku}][, {amount}][ ({note})]"},
    [EVENT_ORDER_CANCELLED] = {STAGE_COMPLETING, "cancelled[, {quantity} units][: {note}]"},
    [EVENT_ORDER_COMPLETED] = {STAGE_COMPLETING, "completed"},
    [EVENT_ORDER_REOPENED] = {STAGE_COMPLETING, "opened again by a case"},
    [EVENT_PAYMENT_ASKED] = {STAGE_PROCESSING,
                             "the payment provider was asked to {word}[ {amount}]"},
    [EVENT_PAYMENT_AUTHORISED] = {STAGE_PROCESSING, "{amount} authorised"},
    [EVENT_PAYMENT_CAPTURED] = {STAGE_PROCESSING, "{amount} captured"},
    [EVENT_PAYMENT_REFUNDED] = {STAGE_COMPLETING, "{amount} refunded"},
    [EVENT_PAYMENT_VOIDED] = {STAGE_PROCESSING, "{amount} let go that had been authorised"},
    [EVENT_PAYMENT_FAILED] = {STAGE_PROCESSING, "the provider refused to {word}[: {note}]"},
    [EVENT_PAYMENT_UNKNOWN] = {STAGE_PROCESSING,
                               "the provider's answer to \"{word}\" was lost; it is asked again"},
    [EVENT_REFUND_OWED] = {STAGE_COMPLETING, "{amount} owed back: {word}[ ({note})]"},
    [EVENT_REFUND_DONE] = {STAGE_COMPLETING, "the {amount} owed back are settled[ ({note})]"},
    [EVENT_REFUND_FAILED] = {STAGE_COMPLETING,
                             "the {amount} owed back could not be given back yet[: {note}]"},
    [EVENT_REFUND_WAIVED] = {STAGE_COMPLETING, "{amount} need not be given back[: {note}]"},
    [EVENT_CREDIT_ISSUED] = {STAGE_COMPLETING, "{word} of {amount} issued[ ({note})]"},
    [EVENT_TAX_RATE_SET] = {STAGE_RECEIVED, "the tax of {word} was set[: {note}]"},
    [EVENT_CREDIT_EXPIRED] = {STAGE_COMPLETING, "{word} expired with {amount} on it"},
    [EVENT_FULFILLMENT_RELEASED] = {STAGE_PICKING, "{quantity} units released to pick[ at {site}]"},
    [EVENT_PICK_STARTED] = {STAGE_PICKING, "picking began[ at {site}]"},
    [EVENT_PICK_DONE] = {STAGE_PICKING, "picked {quantity}[ × {sku}][ from {bin}]"},
    [EVENT_PICK_SHORT] = {STAGE_PICKING, "{quantity}[ × {sku}] missing[ in {bin}][: {word}]"},
    [EVENT_PUT_BACK_DONE] = {STAGE_PICKING,
                             "put back {quantity}[ × {sku}][ into {bin}][ ({word})]"},
    [EVENT_FULFILLMENT_PICKED] = {STAGE_PICKING, "all {quantity} units picked[ at {site}]"},
    [EVENT_FULFILLMENT_CANCELLED] = {STAGE_PICKING, "work cancelled[ at {site}][: {note}]"},
    [EVENT_FULFILLMENT_REJECTED] = {STAGE_PROCESSING,
                                    "work given back[ by {site}][: {word}][ ({note})]"},
    [EVENT_FULFILLMENT_REST] =
        {STAGE_PROCESSING, "{quantity} units not sent[ by {site}] after all: {word}[ ({note})]"},
    [EVENT_SHORTAGE_TAKEN] = {STAGE_PROCESSING, "somebody sees to what is short[: {note}]"},
    [EVENT_CART_RESERVED] = {STAGE_RECEIVED, "{quantity} units set aside for a cart"},
    [EVENT_CART_ENDED] = {STAGE_RECEIVED, "the cart ended[: {word}]"},
    [EVENT_STOCK_RULED] = {STAGE_PROCESSING, "stock rule: {word}[, {quantity} units]"},
    [EVENT_PACK_STARTED] = {STAGE_PACKING, "packing began[ at {site}]"},
    [EVENT_SERVICE_DONE] = {STAGE_PACKING, "{word} done[ for {sku}][: \"{note}\"]"},
    [EVENT_PACKAGE_SEALED] = {STAGE_PACKING, "{package} sealed[ with {quantity} units][ ({note})]"},
    [EVENT_SERIALS_TAKEN] = {STAGE_PACKING,
                             "serial numbers of {quantity}[ × {sku}][ in {package}][: {note}]"},
    [EVENT_FULFILLMENT_PACKED] = {STAGE_PACKING, "all {quantity} units packed[ at {site}]"},
    [EVENT_PACKAGE_COMBINED] = {STAGE_PACKING, "{word}"},
    [EVENT_PACKAGE_SEPARATED] = {STAGE_PACKING, "{word}"},
    [EVENT_LABEL_ASKED] = {STAGE_SHIPPING, "a label asked for {package}[: {word}]"},
    [EVENT_LABEL_BOUGHT] = {STAGE_SHIPPING,
                            "label of {package} bought[, {amount}][, number {word}]"},
    [EVENT_LABEL_VOIDED] = {STAGE_SHIPPING, "label of {package} voided[: {note}]"},
    [EVENT_LABEL_FAILED] = {STAGE_SHIPPING, "no label for {package}[: {note}]"},
    [EVENT_LABEL_CORRECTED] = {STAGE_SHIPPING,
                               "label of {package} corrected[, number {word}][ ({note})]"},
    [EVENT_PACKAGE_HANDED_OVER] = {STAGE_SHIPPING, "{package} handed over[ with {quantity} units]"},
    [EVENT_PACKAGE_TAKEN_BACK] = {STAGE_SHIPPING,
                                  "{package} taken back from the carrier[: {note}]"},
    [EVENT_FULFILLMENT_SHIPPED] = {STAGE_SHIPPING, "all[ {quantity} units] left[ {site}]"},
    [EVENT_TRACKING_UPDATED] = {STAGE_DELIVERING, "{package}: {word}[, {note}]"},
    [EVENT_TRACKING_SILENT] = {STAGE_DELIVERING,
                               "nothing heard of {package} for {quantity} days[, last in {note}]"},
    [EVENT_DELIVERY_FAILED] = {STAGE_DELIVERING, "{package} not delivered: {word}[ ({note})]"},
    [EVENT_PROOF_TAKEN] = {STAGE_DELIVERING, "proof of delivery of {package}[, {note}]"},
    [EVENT_PACKAGE_DELIVERED] = {STAGE_DELIVERING, "{package} delivered"},
    [EVENT_PACKAGE_RETURNED] = {STAGE_DELIVERING, "{package} came back"},
    [EVENT_PACKAGE_LOST] = {STAGE_DELIVERING, "{package} lost"},
    [EVENT_ORDER_DELIVERED] = {STAGE_DELIVERING, "all of it arrived"},
    [EVENT_MESSAGE_SENT] = {STAGE_COMPLETING, "message \"{word}\" sent[ to {note}]"},
    [EVENT_MESSAGE_FAILED] = {STAGE_COMPLETING, "message \"{word}\" not sent[: {note}]"},
    [EVENT_FEEDBACK_GIVEN] = {STAGE_COMPLETING, "the customer gave {quantity} of 10[: \"{note}\"]"},
    [EVENT_CASE_OPENED] = {STAGE_COMPLETING, "case opened: {word}[: \"{note}\"]"},
    [EVENT_CASE_JOINED] = {STAGE_COMPLETING, "the customer adds to a case: \"{note}\""},
    [EVENT_CASE_RESOLVED] = {STAGE_COMPLETING, "case resolved: {word}[, {amount}]"},
    [EVENT_RETURN_REQUESTED] = {STAGE_COMPLETING, "return of {quantity} units asked for[: {note}]"},
    [EVENT_ORDER_CANCEL_ASKED] =
        {STAGE_COMPLETING, "the customer wished to cancel[ after {quantity} units had left][: "
                           "{note}]"},
    [EVENT_PUT_BACK_ASKED] = {STAGE_PICKING, "{quantity}[ × {sku}] to be put back[ into {bin}]"},
    [EVENT_USER_ADDED] = {STAGE_RECEIVED, "user {note} added[ as {word}]"},
    [EVENT_USER_CHANGED] = {STAGE_RECEIVED, "user changed[: {note}][, {word}]"},
    [EVENT_USER_DISABLED] = {STAGE_RECEIVED, "user {note} let in no more"},
    [EVENT_OWNER_ADDED] = {STAGE_RECEIVED, "owner {word} added: {note}"},
    [EVENT_OWNER_CHANGED] = {STAGE_RECEIVED, "owner {word} changed"},
    [EVENT_REACTION_SKIPPED] = {STAGE_PROCESSING, "{word} could not follow[: {note}]"},
    [EVENT_REACTION_RETRIED] = {STAGE_PROCESSING, "{word} followed after all"},
    [EVENT_STOCK_CONDITION_CHANGED] =
        {STAGE_PROCESSING, "{quantity}[ × {sku}][ in {bin}] went from {word}[: {note}]"},
    [EVENT_ASN_ANNOUNCED] = {STAGE_PROCESSING, "{quantity} units announced by {word}[, {note}]"},
    [EVENT_ASN_CLOSED] = {STAGE_PROCESSING, "expected delivery closed, {word}[: {note}]"},
    [EVENT_ASN_CHANGED] = {STAGE_PROCESSING, "expected delivery of {word} changed[: {note}]"},
    [EVENT_ORDER_DATED] = {STAGE_PROCESSING, "the date is {word}[: {note}]"},
    [EVENT_ASN_CANCELLED] = {STAGE_PROCESSING, "expected delivery of {word} called off[, {note}]"},
    [EVENT_STOCK_LOW] = {STAGE_PROCESSING, "only {quantity}[ × {sku}] can be promised"},
    [EVENT_STOCK_WATCHED] = {STAGE_PROCESSING, "watched anew[: low at {quantity}][, {note}]"},
    [EVENT_COUNT_BEGUN] = {STAGE_PROCESSING, "{quantity} bins[ of {site}] to be counted[: {note}]"},
    [EVENT_COUNT_ENDED] = {STAGE_PROCESSING, "{quantity} bins[ of {site}] were counted"},
    [EVENT_STOCK_TASK_PLANNED] = {STAGE_PROCESSING, "{word} planned: {quantity} units[ to {bin}]"},
    [EVENT_STOCK_TASK_DONE] = {STAGE_PROCESSING, "{word} done: {quantity} units[ into {bin}]"},
    [EVENT_STOCK_TASK_DROPPED] = {STAGE_PROCESSING, "{word} dropped[, {quantity} units]"},
    [EVENT_LOT_EXPIRED] = {STAGE_PROCESSING, "lot {word}: {quantity} units[ in {bin}] left sale"},
    [EVENT_RETURN_RECEIVED] = {STAGE_COMPLETING, "{quantity} units came back[ at {site}]"},
    [EVENT_RETURN_APPROVED] = {STAGE_COMPLETING,
                               "return of {quantity} units approved[, to {site}][: {note}]"},
    [EVENT_RETURN_DECLINED] = {STAGE_COMPLETING, "return of {quantity} units declined[: {note}]"},
    [EVENT_RETURN_LABELLED] = {STAGE_COMPLETING, "return label made[, number {word}]"},
    [EVENT_RETURN_SENT] = {STAGE_COMPLETING, "{quantity} units on their way back"},
    [EVENT_RETURN_TRACKED] = {STAGE_COMPLETING, "the return's carrier says: {word}[, {note}]"},
    [EVENT_RETURN_CANCELLED] = {STAGE_COMPLETING, "{quantity} units will not come back[: {note}]"},
    [EVENT_RETURN_INSPECTED] = {STAGE_COMPLETING,
                                "returned {quantity}[ × {sku}]: {word}[ into {bin}][ ({note})]"},
    [EVENT_RETURN_RESOLVED] = {STAGE_COMPLETING,
                               "{quantity}[ × {sku}] returned: {word}[, {amount}][ ({note})]"},
    [EVENT_RETURN_SETTLED] = {STAGE_COMPLETING, "the return is settled"},
    [EVENT_CLAIM_OPENED] = {STAGE_DELIVERING, "claim against the carrier: {word}[, {amount}]"},
    [EVENT_CLAIM_FILED] = {STAGE_DELIVERING, "claim filed with the carrier[, number {word}]"},
    [EVENT_CLAIM_PAID] = {STAGE_DELIVERING, "the carrier paid {amount}[ ({note})]"},
    [EVENT_CLAIM_REFUSED] = {STAGE_DELIVERING, "the carrier refused the claim[: {note}]"},
    [EVENT_CLAIM_WITHDRAWN] = {STAGE_DELIVERING, "claim withdrawn[: {note}]"},
    [EVENT_CHANGE_BEGUN] = {STAGE_PROCESSING, "a change is being prepared[ ({note})]"},
    [EVENT_CHANGE_EDITED] = {STAGE_PROCESSING, "the change in preparation was edited[ ({note})]"},
    [EVENT_INVOICE_ISSUED] = {STAGE_SHIPPING, "invoice {word} written[, {amount}]"},
    [EVENT_CREDIT_NOTE_ISSUED] = {STAGE_COMPLETING, "credit note {word} written[, {amount}]"},
    [EVENT_SUBSTITUTE_SET] = {STAGE_PROCESSING,
                              "{word} may[, as number {quantity},] be sent instead[: {note}]"},
    [EVENT_SUBSTITUTION_ASKED] = {STAGE_PROCESSING,
                                  "the customer was asked whether {word} may come instead of "
                                  "{quantity} units[ of {sku}][, for {amount}][, until {note}]"},
    [EVENT_SUBSTITUTION_ENDED] = {STAGE_PROCESSING,
                                  "nothing else instead of {quantity} units[ of {sku}]: "
                                  "{word}[ ({note})]"},
    [EVENT_LINE_SUBSTITUTED] = {STAGE_PROCESSING,
                                "{word} instead of {quantity} units[ of {sku}][: the total "
                                "changes by {amount}][ ({note})]"},
    [EVENT_CHANGE_ENDED] = {STAGE_PROCESSING, "the change in preparation was {word}"},
};

const char *why_template(enum event_kind kind) { return told[kind].words; }
int32_t why_stage(enum event_kind kind) { return told[kind].stage; }

static struct text value_of(const struct why_names *n, struct text name)
{
    const struct {
        const char *name;
        struct text value;
    } all[] = {{"quantity", n->quantity}, {"amount", n->amount}, {"word", n->word},
               {"note", n->note},         {"line", n->line},     {"sku", n->sku},
               {"bin", n->bin},           {"site", n->site},     {"package", n->package},
               {"owner", n->owner}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (text_is(name, all[i].name)) return all[i].value;
    return (struct text){0};
}

/* "gift_wrap" is read "gift wrap"; numbers and codes stay as they are. */
static bool is_enumerated(struct text name, struct text value)
{
    bool is_plain = text_is(name, "word");
    for (size_t i = 0; i < value.len && is_plain; i++)
        is_plain = value.at[i] == '_' || (value.at[i] >= 'a' && value.at[i] <= 'z');
    return is_plain;
}

/* False when a name in it is absent. */
static bool put_part(struct buf *b, struct text part, const struct why_names *names)
{
    bool is_whole = true;
    while (part.len) {
        if (part.at[0] != '{') {
            buf_putc(b, part.at[0]);
            part = text_skip(part, 1);
            continue;
        }
        struct text name = text_split(text_skip(part, 1), '}', &part);
        struct text value = value_of(names, name);
        is_whole = is_whole && value.len > 0;
        bool is_spaced = is_enumerated(name, value);
        for (size_t i = 0; i < value.len; i++)
            buf_putc(b, is_spaced && value.at[i] == '_' ? ' ' : value.at[i]);
        if (text_is(name, "quantity") && text_is(value, "1") && text_starts(part, T(" units"))) {
            buf_puts(b, " unit");
            part = text_skip(part, sizeof " units" - 1);
        }
    }
    return is_whole;
}

struct text units_text(struct arena *a, int64_t units)
{
    return text_printf(a, "%lld unit%s", (long long)units, units == 1 ? "" : "s");
}

struct text why_words(struct arena *a, const char *template, const struct why_names *names)
{
    struct buf b = buf_new(a);
    struct text rest = text_of(template);
    buf_puts(&b, "");
    while (rest.len) {
        const char *open = memchr(rest.at, '[', rest.len);
        size_t before = open ? (size_t)(open - rest.at) : rest.len;
        put_part(&b, text_head(rest, before), names);
        rest = text_skip(rest, before);
        if (!rest.len) break;
        size_t mark = b.len;
        struct text part = text_split(text_skip(rest, 1), ']', &rest);
        if (!put_part(&b, part, names)) {
            b.len = mark;
            b.at[mark] = 0;
        }
    }
    return buf_text(&b);
}
