/* faces/api/preview_money.c: what a command would change of money, owed, moved and written. */
#include "base/list.h"
#include "domain/orders/order.h"
#include "domain/orders/worth.h"
#include "domain/payments/credit.h"
#include "domain/payments/invoice.h"
#include "domain/payments/payment.h"
#include "domain/payments/refund.h"
#include "faces/api/preview_inside.h"

#include <string.h>

static struct money money_of(struct telling *t, int64_t minor, struct text currency)
{
    return minor == NONE ? (struct money){0} : money(minor, text_cstr(t->a, currency));
}

static const struct payment *payment_of(const struct telling *t, int64_t payment_id)
{
    const struct payment *at = t->names->payments.at;
    for (size_t i = 0; i < t->names->payments.count; i++)
        if (at[i].payment_id == payment_id) return &at[i];
    return NULL;
}

/* --- money ----------------------------------------------------------------------------------- */

static void add_money(struct telling *t, int64_t order_id, const char *what, struct money before,
                      struct money after, struct text words)
{
    struct list *l = &t->out->money;
    struct preview_money m = {preview_number_of(t, order_id), text_of(what), before, after, words};
    l->at = arena_grow(t->a, l->at, l->count, &t->money, sizeof m);
    ((struct preview_money *)l->at)[l->count++] = m;
}

/* What an order's customer sees as the total is without its cancelled units. */
struct worth {
    int64_t order_id, total, owed;
};
static const struct field worth_table[] = {
    FIELD(struct worth, order_id),
    FIELD(struct worth, total),
    FIELD(struct worth, owed),
};
static const struct fields worth_fields = FIELDS("worth", struct worth, worth_table);

static struct list worths_of(struct arena *a, const struct preview_state *s)
{
    const struct order *at = s->orders.at;
    struct worth *all = arena_new(a, struct worth, s->orders.count + 1);
    for (size_t i = 0; i < s->orders.count; i++) {
        int64_t id = at[i].order_id, total = at[i].total_minor;
        struct list lines = LIST_RUN(&s->lines, struct order_line, order_id, id);
        const struct order_state *o = LIST_FIND(&s->states, struct order_state, order_id, id);
        all[i] =
            (struct worth){id, total, o ? worth_owed(a, &at[i], o, lines.at, lines.count) : total};
    }
    return (struct list){all, s->orders.count};
}

static void tell_amount(struct telling *t, const struct order *o, const char *what, int64_t before,
                        int64_t after, const char *with)
{
    struct money old = money_of(t, before, o->currency), new = money_of(t, after, o->currency);
    struct buf words = buf_new(t->a);
    buf_printf(&words, "order %lld: %s", (long long)o->number, what);
    if (before != NONE)
        buf_printf(&words, " %.*s →", TEXT_ARG(money_text(t->a, old.minor, old.currency)));
    buf_printf(&words, " %.*s%s", TEXT_ARG(money_text(t->a, new.minor, new.currency)), with);
    add_money(t, o->order_id, what, old, new, buf_text(&words));
}

static void tell_total(struct telling *t, const void *before, const void *after)
{
    const struct worth *b = before, *n = after;
    const struct order *o = n ? preview_order_of(t, n->order_id) : NULL;
    if (!o) return;
    bool is_same = n->owed == n->total && (!b || b->owed == b->total);
    if (!b || b->total != n->total)
        tell_amount(t, o, "total", b ? b->total : NONE, n->total,
                    n->owed == n->total ? "" : ", cancelled units included");
    if (!is_same && (!b || b->owed != n->owed))
        tell_amount(t, o, "to pay", b ? b->owed : NONE, n->owed, "");
}

static struct text intent_words(struct telling *t, const struct payment_intent *i,
                                struct money amount, bool is_new)
{
    const struct payment *p = payment_of(t, i->payment_id);
    struct text provider = p ? p->provider : T("the provider");
    struct text shown = money_text(t->a, amount.minor, amount.currency);
    const char *kind = word_of(&intent_kind_words, i->kind);
    if (is_new && i->state == INTENT_ASKED)
        return text_printf(t->a, "will ask %.*s to %s %.*s", TEXT_ARG(provider), kind,
                           TEXT_ARG(shown));
    return text_printf(t->a, "%s %.*s: %s", kind, TEXT_ARG(shown),
                       word_of(&intent_state_words, i->state));
}

static void tell_intent(struct telling *t, const void *before, const void *after)
{
    const struct payment_intent *b = before, *n = after, *any = n ? n : b;
    const struct payment *p = payment_of(t, any->payment_id);
    if (b && n && b->state == n->state) return;
    struct money amount = money_of(t, any->amount_minor, p ? p->currency : T("EUR"));
    struct money none = {0};
    const char *kind = word_of(&intent_kind_words, any->kind);
    struct text words = n ? intent_words(t, n, amount, !b)
                          : text_printf(t->a, "%s %.*s: failed", kind,
                                        TEXT_ARG(money_text(t->a, amount.minor, amount.currency)));
    add_money(t, any->order_id, kind, b ? amount : none, n ? amount : none, words);
}

/* "store_credit" is read "store credit". */
static struct text read_word(struct telling *t, const char *word)
{
    size_t n = strlen(word);
    char *at = arena_new(t->a, char, n + 1);
    for (size_t i = 0; i < n; i++) at[i] = word[i] == '_' ? ' ' : word[i];
    return (struct text){at, n};
}

static void tell_entry(struct telling *t, const void *before, const void *after)
{
    const struct money_entry *n = after;
    if (before) return;
    struct money amount = money_of(t, n->amount_minor, n->currency);
    add_money(t, n->order_id, "entry", (struct money){0}, amount,
              text_printf(t->a, "%.*s from %.*s to %.*s",
                          TEXT_ARG(money_text(t->a, amount.minor, amount.currency)),
                          TEXT_ARG(read_word(t, word_of(&account_words, n->from_account))),
                          TEXT_ARG(read_word(t, word_of(&account_words, n->to_account)))));
}

/* --- owed and written ------------------------------------------------------------------------ */

static void tell_refund(struct telling *t, const void *before, const void *after)
{
    const struct refund *b = before, *n = after, *any = n ? n : b;
    const struct order *o = preview_order_of(t, any->order_id);
    if (!o || (b && n && b->state == n->state && b->done_minor == n->done_minor)) return;
    struct money amount = money_of(t, any->amount_minor, o->currency), none = {0};
    struct text words = text_printf(
        t->a, "order %lld: %.*s owed back (%s): %s%s%s", (long long)o->number,
        TEXT_ARG(money_text(t->a, amount.minor, amount.currency)),
        word_of(&refund_cause_words, any->cause), b ? word_of(&refund_state_words, b->state) : "",
        b ? " → " : "", n ? word_of(&refund_state_words, n->state) : "nothing");
    add_money(t, any->order_id, "owed", b ? amount : none, n ? amount : none, words);
}

static void tell_credit(struct telling *t, const void *before, const void *after)
{
    const struct credit *b = before, *n = after, *any = n ? n : b;
    if (b && n && b->balance_minor == n->balance_minor) return;
    struct money none = {0}, old = b ? money_of(t, b->balance_minor, b->currency) : none;
    struct money new = n ? money_of(t, n->balance_minor, n->currency) : none;
    const char *kind = word_of(&credit_kind_words, any->kind);
    struct buf words = buf_new(t->a);
    buf_printf(&words, "%.*s: left on it", TEXT_ARG(read_word(t, kind)));
    if (b) buf_printf(&words, " %.*s →", TEXT_ARG(money_text(t->a, old.minor, old.currency)));
    if (n) buf_printf(&words, " %.*s", TEXT_ARG(money_text(t->a, new.minor, new.currency)));
    add_money(t, NONE, kind, old, new, buf_text(&words));
}

static void tell_invoice(struct telling *t, const void *before, const void *after)
{
    const struct invoice *n = after;
    if (before || !n) return;
    struct money amount = money_of(t, n->total_minor, n->currency);
    add_money(t, n->order_id, word_of(&invoice_kind_words, n->kind), (struct money){0}, amount,
              text_printf(t->a, "%s of %.*s", n->kind == INVOICE_BILL ? "invoice" : "credit note",
                          TEXT_ARG(money_text(t->a, amount.minor, amount.currency))));
}

/* --- all of it ------------------------------------------------------------------------------- */

void preview_tell_money(struct telling *t, const struct preview_state *b,
                        const struct preview_state *n)
{
    preview_each(t, (struct key){&worth_fields, 0, 1}, worths_of(t->a, b), worths_of(t->a, n),
                 tell_total);
    preview_each(t, (struct key){&payment_intent_fields, 1, 1}, b->intents, n->intents,
                 tell_intent);
    preview_each(t, (struct key){&money_entry_fields, 1, 1}, b->entries, n->entries, tell_entry);
    preview_each(t, (struct key){&refund_fields, 1, 1}, b->refunds, n->refunds, tell_refund);
    preview_each(t, (struct key){&credit_fields, 1, 1}, b->credits, n->credits, tell_credit);
    preview_each(t, (struct key){&invoice_fields, 1, 1}, b->invoices, n->invoices, tell_invoice);
}
