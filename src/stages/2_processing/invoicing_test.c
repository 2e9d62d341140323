/* Documents for what left and what was given back, on both engines. */
#include "domain/audit/audit.h"
#include "domain/payments/invoice.h"
#include "domain/payments/policy.h"
#include "domain/payments/tax.h"
#include "till.h"

struct documents {
    struct list all, lines;
};

static struct documents documents_of(struct till *t, int64_t order_id)
{
    struct ctx *c = &t->w->ctx;
    struct documents d = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, invoices_of_orders(c, &order_id, 1, &d.all));
    const struct invoice *at = d.all.at;
    int64_t ids[20];
    for (size_t i = 0; i < d.all.count && i < 20; i++) ids[i] = at[i].invoice_id;
    CHECK_OK(c, invoice_lines_of(c, ids, d.all.count, &d.lines));
    return d;
}

static const struct invoice *nth(const struct documents *d, size_t i)
{
    static const struct invoice none;
    if (i < d->all.count) return (const struct invoice *)d->all.at + i;
    test_fail(__FILE__, __LINE__, "there are %zu documents only", d->all.count);
    return &none;
}

static void check_numbers(struct world *w)
{
    static const char *const asked[] = {"I-22", "I-70"};
    for (size_t i = 0; i < 2; i++) {
        struct audit_finding f = {.of = audit_find(text_of(asked[i]))};
        CHECK_OK(&w->ctx, store_reader(&w->ctx));
        CHECK_OK(&w->ctx, audit_ask(&w->ctx, f.of, &f));
        if (f.differences) test_fail(__FILE__, __LINE__, "%s: %s", asked[i], f.examples[0].what);
    }
}

struct taxing {
    struct money_policy policy;
};

static enum err set_taxes(struct ctx *c, void *arg)
{
    const struct taxing *t = arg;
    struct tax_rate rate = {.merchant_id = c->merchant_id,
                            .country = T("GB"),
                            .region = T(""),
                            .tax_class = TAX_CLASS_STANDARD,
                            .from_day = 0,
                            .rate_ppm = 200000,
                            .name = T("VAT")};
    TRY(tax_rate_put(c, &rate));
    return money_policy_put(c, &t->policy);
}

static void tax(struct till *t, enum tax_policy how)
{
    struct taxing with = {.policy = {.merchant_id = t->w->ctx.merchant_id,
                                     .taxes = (int32_t)how,
                                     .tax_scope = TAXES_PER_ORDER}};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, set_taxes, &with));
}

TEST_BOTH(invoicing, every_parcel_has_an_invoice_and_they_sum_to_the_order)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    int64_t first = till_ship(&t, order, 1);
    till_react(&t, 0); /* told again, nothing is written again */
    till_ship(&t, order, 2);
    struct documents d = documents_of(&t, order);
    CHECK_I64(2, (int64_t)d.all.count);
    CHECK_I64(867 + 395, nth(&d, 0)->total_minor); /* what was captured for it */
    CHECK_I64(first, nth(&d, 0)->package_id);
    CHECK_I64(TOTAL - 867 - 395, nth(&d, 1)->total_minor);
    CHECK_TEXT("INV-1", invoice_number(&w->arena, nth(&d, 0)));
    CHECK_TEXT("INV-2", invoice_number(&w->arena, nth(&d, 1)));
    CHECK_I64(2, (int64_t)till_told(&t, order, EVENT_INVOICE_ISSUED));
    check_numbers(w);
}

TEST_BOTH(invoicing, the_taxes_of_the_parcels_sum_to_the_taxes_of_the_order)
{
    static const enum tax_policy ways[] = {TAXES_ADDED, TAXES_INCLUDED};
    struct till t = till_open(w);
    for (size_t k = 0; k < 2; k++) {
        tax(&t, ways[k]);
        int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok")), sum = 0, net = 0;
        for (int parcel = 0; parcel < 3; parcel++) till_ship(&t, order, 1);
        struct documents d = documents_of(&t, order);
        struct list taxes;
        CHECK_I64(3, (int64_t)d.all.count);
        for (size_t n = 0; n < 3; n++) sum += nth(&d, n)->tax_minor, net += nth(&d, n)->net_minor;
        CHECK_OK(&w->ctx, order_taxes_of(&w->ctx, &order, 1, &taxes));
        const struct order_tax *at = taxes.at;
        CHECK_I64(2, (int64_t)taxes.count); /* shipping and mugs */
        CHECK_I64(at[0].tax_minor + at[1].tax_minor, sum);
        CHECK_I64(at[0].net_minor + at[1].net_minor, net);
        CHECK_I64(sum + net, till_look(&t, order).balance.captured);
        const struct invoice_line *line = d.lines.at;
        CHECK_TEXT("Shipping", line[0].name);
        CHECK_I64(200000, line[1].rate_ppm);
        CHECK_I64(1, line[1].quantity);
    }
    check_numbers(w);
}

TEST_BOTH(invoicing, a_refund_has_one_credit_note_about_its_invoice)
{
    struct till t = till_open(w);
    tax(&t, TAXES_INCLUDED);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(&w->ctx,
                 till_act(&t, paying_refund,
                          ACT(.order_id = order, .amount_minor = 500, .note = T("sorry"))));
        till_run(&t);
        till_react(&t, 0);
    }
    struct documents d = documents_of(&t, order);
    CHECK_I64(4, (int64_t)d.all.count);
    for (size_t i = 1; i < 4; i++) {
        CHECK_I64(INVOICE_CREDIT, nth(&d, i)->kind);
        CHECK_I64(500, nth(&d, i)->total_minor);
        CHECK(nth(&d, i)->tax_minor >= 83 && nth(&d, i)->tax_minor <= 84); /* a sixth */
        CHECK_I64(nth(&d, 0)->invoice_id, nth(&d, i)->about_id);
        CHECK(nth(&d, i)->refund_id != NONE);
    }
    CHECK_TEXT("CN-3", invoice_number(&w->arena, nth(&d, 3)));
    /* All of the rest: every cent of net and tax is taken back. */
    CHECK_OK(&w->ctx,
             till_act(&t, paying_refund,
                      ACT(.order_id = order, .amount_minor = TOTAL - 1500, .note = T("x"))));
    till_run(&t);
    d = documents_of(&t, order);
    int64_t net = 0, taxes = 0;
    for (size_t i = 1; i < d.all.count; i++)
        net += nth(&d, i)->net_minor, taxes += nth(&d, i)->tax_minor;
    CHECK_I64(nth(&d, 0)->net_minor, net);
    CHECK_I64(nth(&d, 0)->tax_minor, taxes);
    check_numbers(w);
}

TEST_BOTH(invoicing, a_refund_before_the_parcel_is_credited_when_there_is_an_invoice)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CASH, NULL));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .amount_minor = TOTAL, .method = PAY_CASH)));
    till_run(&t);
    CHECK_OK(&w->ctx, till_act(&t, paying_refund,
                               ACT(.order_id = order, .amount_minor = 500, .note = T("late"))));
    till_run(&t);
    CHECK_I64(0, (int64_t)documents_of(&t, order).all.count);
    till_ship(&t, order, 3);
    struct documents d = documents_of(&t, order);
    CHECK_I64(2, (int64_t)d.all.count);
    CHECK_I64(TOTAL, nth(&d, 0)->total_minor);
    CHECK_I64(500, nth(&d, 1)->total_minor);
    check_numbers(w);
}

TEST_BOTH(invoicing, units_cancelled_before_they_left_are_on_no_invoice)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 1);
    till_cancel(&t, order, 2);
    till_run(&t);
    struct documents d = documents_of(&t, order);
    CHECK_I64(1, (int64_t)d.all.count);
    CHECK_I64(867 + 395, nth(&d, 0)->total_minor);
    CHECK_I64(0, (int64_t)till_told(&t, order, EVENT_CREDIT_NOTE_ISSUED));
    check_numbers(w);
}

TEST_BOTH(invoicing, a_merchant_whose_books_are_elsewhere_writes_none)
{
    struct till t = till_open(w);
    struct taxing with = {
        .policy = {.merchant_id = w->ctx.merchant_id, .invoicing = INVOICES_NONE}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, set_taxes, &with));
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    CHECK_I64(0, (int64_t)documents_of(&t, order).all.count);
}

/* Documents that are undone. */
static enum err write_and_fail(struct ctx *c, void *arg)
{
    struct invoice *i = arg;
    TRY(invoices_issue(c, i, 1, NULL, 0));
    return fail(c, ERR_CONFLICT, "no", "undone");
}

TEST_BOTH(invoicing, a_unit_that_is_undone_gives_its_number_back)
{
    struct till t = till_open(w);
    struct invoice lost = {.merchant_id = w->ctx.merchant_id,
                           .invoice_id = source_id(&w->source),
                           .order_id = 1,
                           .series = INVOICE_SERIES,
                           .package_id = NONE,
                           .refund_id = NONE,
                           .about_id = NONE,
                           .bill_to_id = 1,
                           .seller = T("Fjell"),
                           .seller_country = T("GB"),
                           .currency = T("GBP"),
                           .net_minor = 1,
                           .total_minor = 1};
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no", db_tx(&w->ctx, write_and_fail, &lost));
    till_ship(&t, order, 2);
    struct documents d = documents_of(&t, order);
    CHECK_TEXT("INV-2", invoice_number(&w->arena, nth(&d, 1)));
    check_numbers(w);
}

TEST_BOTH(invoicing, days_do_not_go_back_within_a_series)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 1);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE invoice_series SET last_day = last_day + 1;"
                                      "UPDATE invoice SET issued_day = issued_day + 1"));
    till_ship(&t, order, 2); /* by a clock that is behind the one before */
    struct documents d = documents_of(&t, order);
    CHECK_I64(nth(&d, 0)->issued_day, nth(&d, 1)->issued_day);
    check_numbers(w);
}
