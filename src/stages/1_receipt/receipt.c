#include "stages/1_receipt/receipt.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/orders/substitution.h"
#include "domain/payments/credit.h"
#include "domain/payments/payment.h"
#include "domain/payments/tax.h"
#include "domain/people/owner.h"
#include "stages/1_receipt/carts.h"
#include "stages/1_receipt/receipt_check.h"
#include "stages/1_receipt/receipt_save.h"
#include "stages/1_receipt/receipt_source.h"
#include "stages/1_receipt/receipt_substitute.h"
#include "stages/1_receipt/receipt_twins.h"

#include <string.h>

static const struct field service_table[] = {
    FIELD(struct draft_service, code, .flags = F_REQUIRED, .max = 64,
          .about = "of the service offer: gift_wrap, engraving ..."),
    FIELD(struct draft_service, wording, .flags = F_FREE, .max = DRAFT_WORDING_MAX,
          .about = "gift message, or the text to engrave"),
};
const struct fields draft_service_fields =
    FIELDS("new_service", struct draft_service, service_table);

static const struct field line_table[] = {
    FIELD(struct draft_line, sku, .max = 64, .about = "of a product or kit; a charge has none"),
    FIELD(struct draft_line, name, .max = 200, .about = "of a charge"),
    FIELD(struct draft_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units"),
    FIELD(struct draft_line, unit_price, .flags = F_NULL, .about = "the price list's when absent"),
    FIELD(struct draft_line, discount, .flags = F_NULL, .about = "off the whole line"),
    FIELD(struct draft_line, tax, .flags = F_NULL,
          .about = "of the whole line, on top of the price or inside as `taxes` says; absent: by "
                   "the rates"),
    FIELD(struct draft_line, tax_class, .max = TAX_CLASS_MAX,
          .about = "of a charge, standard when absent; products have their own"),
    FIELD(struct draft_line, wording, .flags = F_FREE, .max = DRAFT_WORDING_MAX,
          .about = "personalisation"),
    FIELD_LIST(struct draft_line, services, draft_service_fields, .max = 10,
               .about = "done to this line"),
    FIELD_ENUM(struct draft_line, substitution, consent_words, .flags = F_NULL,
               .about = "of this line alone; absent: as the order says"),
};
const struct fields draft_line_fields = FIELDS("new_line", struct draft_line, line_table);

extern const struct fields postal_address_fields;

static const struct field payment_table[] = {
    FIELD_ENUM(struct draft_payment, method, payment_method_words, .flags = F_REQUIRED,
               .about = "how this part is paid"),
    FIELD(struct draft_payment, amount, .flags = F_NULL,
          .about = "absent: all that is left to pay; of a gift card or store credit, as far as it "
                   "goes"),
    FIELD(struct draft_payment, token, .max = PAYMENT_TOKEN_MAX,
          .about = "of a card: the provider's handle, never its number"),
    FIELD(struct draft_payment, code, .max = CREDIT_CODE_MAX, .about = "of a gift card"),
};
const struct fields draft_payment_fields =
    FIELDS("new_payment", struct draft_payment, payment_table);

static const struct field draft_table[] = {
    FIELD_ENUM(struct draft, channel, channel_words,
               .about = "where it came in; a reference is known by channel"),
    FIELD(struct draft, reference, .max = DRAFT_REFERENCE_MAX,
          .about = "the channel's own; the same one is never taken twice"),
    FIELD(struct draft, currency, .max = 3, .about = "ISO 4217; the merchant's when absent"),
    FIELD_INSTANT(struct draft, placed_us, "placed_at",
                  .about = "when it was placed; now when absent, not in the future"),
    FIELD(struct draft, customer_reference, .max = 100,
          .about = "the shop's own number of the customer, who is made when unknown"),
    FIELD(struct draft, customer_name, .max = 200,
          .about = "of a guest, or as given with this order"),
    FIELD(struct draft, customer_email, .max = 254, .about = "where messages go"),
    FIELD(struct draft, customer_phone, .max = 40,
          .about = "with country code, or as dialled in the country of the address"),
    FIELD_RECORD(struct draft, ship_to, postal_address_fields, .about = "where the goods go"),
    FIELD_RECORD(struct draft, bill_to, postal_address_fields,
                 .about = "where the invoice goes; ship_to when absent"),
    FIELD_ENUM(struct draft, method, method_words,
               .about = "how it is delivered; standard when absent"),
    FIELD_ENUM(struct draft, payment_method, payment_method_words, .flags = F_NULL,
               .about = "card when a token is given, else bank_transfer"),
    FIELD(struct draft, payment_token, .max = 200,
          .about = "the provider's handle of the card, never its number"),
    FIELD_LIST(struct draft, payments, draft_payment_fields, .max = DRAFT_PAYMENTS_MAX,
               .about = "several ways to pay together, instead of payment_method and "
                        "payment_token; taken only when the goods can be promised"),
    FIELD_DAY(struct draft, wish_day, "wish_date",
              .about = "the day on which the customer wants it"),
    FIELD(struct draft, priority, .min = -ORDER_PRIORITY_MAX, .max = ORDER_PRIORITY_MAX,
          .about = "larger is served and picked first; 0 when absent"),
    FIELD(struct draft, note, .flags = F_FREE, .max = DRAFT_NOTE_MAX,
          .about = "for the people who work on it"),
    FIELD_LIST(struct draft, lines, draft_line_fields, .flags = F_REQUIRED, .max = ORDER_LINES_MAX,
               .about = "goods, kits and charges"),
    FIELD_LIST(struct draft, services, draft_service_fields, .max = 10,
               .about = "done to the whole order"),
    FIELD(struct draft, shipping, .flags = F_NULL, .about = "what the customer pays for delivery"),
    FIELD_ENUM(struct draft, substitution, consent_words,
               .about = "may something else come instead of what is not there: ask the customer "
                        "(when absent), allow: at once, refuse: never"),
    FIELD_ID(struct draft, cart_id, "cart_id", "bsk", .flags = F_NULL,
             .about = "the cart it comes from: what was set aside for it is promised to it"),
    FIELD(struct draft, owner, .max = OWNER_CODE_MAX,
          .about = "code of the owner whose order it is, and whose products its lines are; absent: "
                   "the merchant's own, or the owner's that the key is of"),
    FIELD_ENUM(struct draft, taxes, tax_policy_words, .flags = F_NULL,
               .about = "what the prices of this order hold of tax; absent: as the merchant's "
                        "money policy says. given: only what each line names, on top"),
    FIELD(struct draft, is_draft, .about = "keep it as a draft, to be placed later"),
};
const struct fields draft_fields = FIELDS("new_order", struct draft, draft_table);

static void refuse(struct ctx *c, struct outcome *o, enum err e)
{
    o->fault = c->fault;
    o->fault.code = e;
    c->fault = (struct fault){0};
}

static enum err save_customer(struct ctx *c, struct known *k, struct candidate *o)
{
    TRY(address_insert(c, &o->ship_to));
    if (o->bill_to.address_id != o->ship_to.address_id) TRY(address_insert(c, &o->bill_to));
    if (!o->is_new_customer) return OK;
    TRY(customer_insert(c, &o->customer));
    (void)k;
    return event_put(c, EVENT_CUSTOMER_CREATED, NONE, o->customer.customer_id, NO_BODY);
}

enum err receipt_save_holds(struct ctx *c, const struct candidate *o)
{
    for (int32_t reason = 0; reason <= HOLD_MANUAL; reason++) {
        if (!(o->holds & 1 << reason)) continue;
        int64_t hold_id;
        TRY(hold_put(c, o->order.order_id, (enum hold_reason)reason, o->hold_note[reason], 0, NONE,
                     &hold_id));
        TRY(event_put(c, EVENT_ORDER_HELD, o->order.order_id, hold_id,
                      EVENT_BODY(.word = text_of(word_of(&hold_reason_words, reason)),
                                 .note = o->hold_note[reason])));
        if (reason == HOLD_CONFIRMATION)
            TRY(event_put(c, EVENT_ORDER_CONFIRM_ASKED, o->order.order_id, NONE, NO_BODY));
    }
    return OK;
}

static enum err save(struct ctx *c, struct known *k, struct candidate *o)
{
    bool is_draft = o->draft->is_draft;
    TRY(save_customer(c, k, o));
    TRY(order_insert(c, &o->order, o->lines, o->line_count,
                     is_draft ? COMMERCIAL_DRAFT : COMMERCIAL_PLACED));
    TRY(order_tax_insert(c, o->taxes, o->tax_count));
    TRY(receipt_save_consents(c, o));
    TRY(receipt_save_instead(c, k, o));
    TRY(event_first(c, is_draft ? EVENT_ORDER_DRAFTED : EVENT_ORDER_PLACED, o->order.order_id,
                    EVENT_BODY(.amount_minor = o->order.total_minor,
                               .word = text_of(word_of(&channel_words, o->order.channel)),
                               .other_id = o->order.customer_id)));
    if (is_draft) return OK;
    TRY(receipt_save_payment(c, o));
    return receipt_save_holds(c, o);
}

/* Whose order each is: by its code, or of whom who asks is. */
static enum err give_owners(struct ctx *c, const struct draft **drafts, size_t n,
                            struct outcome *outcomes)
{
    struct draft *all = arena_new(c->arena, struct draft, n + 1);
    struct owner_book book;
    struct text *codes = arena_new(c->arena, struct text, n + 1);
    if (n) memcpy(all, *drafts, n * sizeof *all);
    for (size_t i = 0; i < n; i++) codes[i] = all[i].owner;
    TRY(owner_book_open(c, codes, n, &book));
    for (size_t i = 0; i < n; i++) {
        if (!all[i].owner_id) all[i].owner_id = c->owner_id;
        enum err e = owner_named(c, &book, all[i].owner, &all[i].owner_id);
        if (e != OK) refuse(c, &outcomes[i], e);
    }
    *drafts = all;
    return OK;
}

enum err receipt_place(struct ctx *c, const struct draft *drafts, size_t n,
                       struct outcome *outcomes)
{
    struct known k;
    int64_t actor_id = c->actor_id, command_id = c->command_id;
    if (n > ORDER_BATCH_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "%zu orders at once, at most %d", n,
                    ORDER_BATCH_MAX);
    memset(outcomes, 0, n * sizeof *outcomes);
    TRY(give_owners(c, &drafts, n, outcomes));
    TRY(receipt_load(c, drafts, n, &k));
    struct candidate *all = arena_new(c->arena, struct candidate, n);
    size_t *index = arena_new(c->arena, size_t, n);
    size_t count = 0;
    const size_t *earlier = twins_by_reference(c->arena, drafts, n);
    for (size_t i = 0; i < n; i++) {
        if (outcomes[i].fault.code != OK || twins_known(&k, drafts, earlier, i, outcomes)) continue;
        enum err e = receipt_check(c, &k, &drafts[i], &all[count]);
        if (e != OK) {
            refuse(c, &outcomes[i], e);
            continue;
        }
        outcomes[i].order_id = all[count].order.order_id;
        index[count++] = i;
    }
    twins_share_customers(c->arena, all, count);
    TRY(carts_load(c, &k, all, count, index, outcomes));
    TRY(receipt_stock(c, &k, all, count));
    /* The policy "all" refuses what cannot be promised whole, so promises come before numbers. */
    TRY(receipt_source(c, &k, all, count, index, outcomes));
    int64_t number = 0;
    if (count) TRY(order_numbers(c, (int64_t)count, &number));
    earlier = twins_by_likeness(c->arena, all, count);
    for (size_t i = 0; i < count; i++) {
        struct outcome *o = &outcomes[index[i]];
        if (o->fault.code != OK) continue;
        receipt_speak_for(c, all[i].draft);
        all[i].order.number = o->number = number++;
        twins_hold(c, all, earlier, i, index, outcomes);
        o->holds = all[i].holds;
        o->total_minor = all[i].order.total_minor;
        o->currency = all[i].order.currency;
        TRY(save(c, &k, &all[i]));
        TRY(receipt_promised(c, &all[i], o));
    }
    c->actor_id = actor_id;
    c->command_id = command_id;
    return OK;
}
