#include "faces/pages/mail_view.h"

#include "base/asset.h"
#include "base/time.h"
#include "harness.h"
#include "wire/template.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static struct ctx ctx;

static void start(void)
{
    arena_free(&arena);
    ctx = (struct ctx){.arena = &arena};
}

static struct mail_view full_view(void)
{
    static struct text address[] = {
        {"Wren & Co. Stationers", 21}, {"4 Mill Lane", 11}, {"York YO1 7HU", 12}};
    static struct text ship_to[] = {
        {"Ada O'Neill", 11}, {"12 Harbour Street", 17}, {"Whitby YO21 1DN", 15}};
    static struct mail_line lines[3];
    static struct mail_wait waiting[2];
    struct mail_view v = {0};
    start();
    record_clear(&mail_view_fields, &v);
    lines[0] = (struct mail_line){T("Notebook, dotted, A5"), T("NB-A5-DOT"),     2,
                                  money(1250, "GBP"),        money(2500, "GBP"), {0}};
    lines[1] = (struct mail_line){T("Fountain pen \"Heron\" <fine>"),
                                  T("PEN-HERON-F"),
                                  1,
                                  money(6400, "GBP"),
                                  money(6400, "GBP"),
                                  T("Engraved: For Ada, with love")};
    lines[2] = (struct mail_line){T("Ink, midnight blue, 50 ml"),
                                  T("INK-MB-50"),
                                  3,
                                  money(899, "GBP"),
                                  money(2697, "GBP"),
                                  {0}};
    v.merchant_name = T("Wren & Co.");
    v.merchant_address = (struct list){address, 3};
    v.order_number = T("1042");
    v.customer_name = T("Ada O'Neill");
    v.placed_us = civil_to_us((struct civil){2026, 11, 23, 10, 15, 0, 0});
    v.lines = (struct list){lines, 3};
    waiting[0] = (struct mail_wait){2, lines[2].name, civil_to_day(2026, 12, 4)};
    waiting[1] = (struct mail_wait){1, lines[2].name, NONE};
    v.waiting = (struct list){waiting, 2};
    v.goods = money(11597, "GBP");
    v.services = money(450, "GBP");
    v.shipping = money(395, "GBP");
    v.discount = money(1000, "GBP");
    v.tax = money(1907, "GBP");
    v.total = money(11442, "GBP");
    v.ship_to = (struct list){ship_to, 3};
    v.method = T("Standard delivery");
    v.carrier = T("Royal Mail");
    v.tracking_number = T("RM123456785GB");
    v.tracking_url = T("https://wren.example/t/8c1f?p=1&x=2");
    v.order_url = T("https://wren.example/o/8c1f");
    v.confirm_url = T("https://wren.example/c/8c1f");
    v.feedback_url = T("https://wren.example/f/8c1f");
    v.unsubscribe_url = T("https://wren.example/u/8c1f");
    v.promised_day = civil_to_day(2026, 11, 27);
    v.pickup_code = T("042517");
    v.pickup_place = (struct list){address, 3};
    v.reason = T("The ink is late from the maker.\nWe send it as soon as it is here.");
    return v;
}

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

TEST(mail_view, all_shipped_mail_templates_pass_the_check)
{
    start();
    struct template_part parts[200] = {{0}};
    size_t count = 0, checked = 0;
    for (const struct asset *a = assets; a->name && count < 199; a++)
        parts[count++] = (struct template_part){a->name, a->body};
    for (size_t i = 0; mail_names[i]; i++) {
        for (int html = 0; html < 2; html++) {
            struct text name = text_printf(&arena, "%s.%s", mail_names[i], html ? "html" : "txt");
            for (size_t k = 0; k < count; k++) {
                if (!text_is(name, parts[k].name)) continue;
                CHECK_OK(&ctx, template_check(&ctx, parts[k].body, &mail_view_fields, parts));
                checked++;
            }
        }
    }
    CHECK_I64(18, (int64_t)checked);
}

TEST(mail_view, each_mail_reads_as_its_golden_file)
{
    struct mail_view v = full_view();
    for (size_t i = 0; mail_names[i]; i++) {
        struct mail m = {0};
        CHECK_OK(&ctx, mail_view_render(&ctx, mail_names[i], &v, &m));
        struct text all =
            text_printf(&arena, "%.*s\n\n%.*s", TEXT_ARG(m.subject), TEXT_ARG(m.text));
        CHECK_GOLDEN(text_cstr(&arena, text_printf(&arena, "%s.txt", mail_names[i])), all);
        CHECK_GOLDEN(text_cstr(&arena, text_printf(&arena, "%s.html", mail_names[i])), m.html);
    }
}

TEST(mail_view, an_almost_empty_order_still_makes_a_proper_mail)
{
    start();
    struct mail_view v = {0};
    record_clear(&mail_view_fields, &v);
    v.order_number = T("7");
    v.merchant_name = T("Shop");
    for (size_t i = 0; mail_names[i]; i++) {
        struct mail m = {0};
        CHECK_OK(&ctx, mail_view_render(&ctx, mail_names[i], &v, &m));
        CHECK(m.subject.len > 5 && has(m.subject, "7"));
        CHECK(has(m.text, "Hello,\n") && has(m.html, "Hello,"));
        CHECK(!has(m.text, "\n\n\n") && !has(m.html, "href=\"\"") && !has(m.html, "<th"));
        CHECK(!has(m.text, " .") && !has(m.text, "{{") && !has(m.html, "{{"));
    }
}

TEST(mail_view, several_packages_are_each_listed_with_their_own_link)
{
    struct mail_view v = full_view();
    struct mail_package packages[] = {
        {T("Royal Mail"), T("RM1"), T("https://rm.example/RM1")},
        {T("DPD"), T("DPD2"), {0}},
    };
    struct mail m = {0};
    v.packages = (struct list){packages, 2};
    v.tracking_url = v.tracking_number = v.carrier = (struct text){0};
    CHECK_OK(&ctx, mail_view_render(&ctx, "mail_shipped", &v, &m));
    CHECK(
        has(m.text, "Package 1: Royal Mail RM1\n  https://rm.example/RM1\nPackage 2: DPD DPD2\n"));
    CHECK(has(m.html, "Package 2</strong>: DPD DPD2</p>"));
    CHECK(has(m.html, "https://wren.example/o/8c1f"));
}

TEST(mail_view, a_customer_cannot_write_markup_or_headers)
{
    struct mail_view v = full_view();
    struct mail m = {0};
    v.order_number = T("1\r\nBcc: all@example.org\r\n\r\nhello");
    v.customer_name = T("<img src=x onerror=alert(1)>");
    v.tracking_url = T("javascript:alert(1)");
    CHECK_OK(&ctx, mail_view_render(&ctx, "mail_shipped", &v, &m));
    CHECK(text_find(m.subject, T("\n")) < 0 && text_find(m.subject, T("\r")) < 0);
    CHECK(!has(m.html, "<img") && !has(m.html, "href=\"javascript"));
    CHECK_FAULT(&ctx, ERR_NOT_FOUND, "mail_unknown", mail_view_render(&ctx, "mail_x", &v, &m));
}
