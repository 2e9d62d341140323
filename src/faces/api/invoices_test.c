/* The paper of an invoice is made of what was written when it was issued. */
#include "faces/api/invoices.h"

#include "domain/payments/invoice.h"
#include "faces/pages/links.h"
#include "faces/pages/mail_order.h"
#include "stages/7_completion/telling.h"
#include "till.h"

static struct text drawn(struct world *w, int64_t invoice_id)
{
    struct text pdf = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, invoice_draw(&w->ctx, invoice_id, false, &pdf));
    CHECK(text_starts(pdf, T("%PDF")));
    return pdf;
}

static int64_t invoice_of(struct world *w, int64_t order_id)
{
    struct list found = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, invoices_of_orders(&w->ctx, &order_id, 1, &found));
    CHECK_I64(1, (int64_t)found.count);
    return found.count ? ((const struct invoice *)found.at)[0].invoice_id : NONE;
}

TEST_BOTH(invoices, a_document_stays_the_same_whatever_the_shop_becomes)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    int64_t id = invoice_of(w, order);
    struct text before = drawn(w, id);
    CHECK_OK(&w->ctx,
             world_script(w, "UPDATE merchant SET name = 'Other', street = '1 New Street', "
                             "country = 'NO'; UPDATE product SET name = 'Cup'; "
                             "UPDATE orders SET customer_name = 'Somebody'"));
    CHECK(text_eq(before, drawn(w, id)));
}

/* What nobody builds is not drawn; what is built has the paper that is downloaded. */
TEST_BOTH(invoices, are_drawn_for_a_mail_when_it_is_built)
{
    struct till t = till_open(w);
    struct ctx *c = &w->ctx;
    struct order_set orders;
    struct mail mail;
    struct text bytes = {0}, paper;
    struct mail_parsed read;
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    int64_t package = till_ship(&t, order, 3), id = invoice_of(w, order);
    struct message m = {.message_id = 1,
                        .order_id = order,
                        .package_id = package,
                        .template = MESSAGE_SHIPPED,
                        .recipient = T("ada@example.org")};
    CHECK_OK(c, links_use(c, T("https://shop.example/")));
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, order_parts_load(c, &order, 1, &orders));
    CHECK_OK(c, mail_documents_load(c, &order, 1, &orders));
    CHECK_OK(c, mail_of_message(c, &orders, &m, &mail));
    CHECK_I64(1, (int64_t)mail.attachment_count);
    CHECK(!mail.attachments[0].bytes.len);
    CHECK_OK(c, mail_id_of_key(c, T("msg_1"), mail.from, &mail.message_id));
    CHECK_OK(c, mail_build(c, &mail, &bytes));
    CHECK_OK(c, mail_parse(c, bytes, &read));
    CHECK_I64(1, (int64_t)read.attachment_count);
    paper = drawn(w, id);
    if (read.attachment_count) CHECK(text_eq(paper, read.attachments[0].bytes));
}
