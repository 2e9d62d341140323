#include "base/contact.h"

#include "base/arena.h"
#include "harness.h"

TEST(phone, numbers_as_people_write_them_become_e164)
{
    static const char *const cases[][3] = {
        {"GB", "020 7946 0958", "+442079460958"},
        {"GB", "+44 (0)20 7946 0958", "+442079460958"},
        {"GB", "0044 20 7946 0958", "+442079460958"},
        {"GB", "44 20 7946 0958", "+442079460958"},
        {"US", "(415) 555-2671", "+14155552671"},
        {"US", "1-415-555-2671 ext. 12", "+14155552671"},
        {"US", "415.555.2671x9", "+14155552671"},
        {"US", "011 44 20 7946 0958", "+442079460958"},
        {"DE", "030/901820", "+4930901820"},
        {"IT", "06 698 12345", "+390669812345"},
        {"RU", "8 (495) 123-45-67", "+74951234567"},
        {"HU", "06 1 234 5678", "+3612345678"},
        {"JP", "０３-1234-5678", "+81312345678"},
        {"FR", "01 23 45 67 89", "+33123456789"},
        {"ES", "912 345 678", "+34912345678"},
        {"BR", "(11) 91234-5678", "+5511912345678"},
        {"FJ", "+679 331 2345", "+6793312345"},
        {"FJ", "+679 (0) 331 2345", "+6793312345"},
        {"DE", "+1 415 555 2671", "+14155552671"},
        {"", "+33 1 23 45 67 89", "+33123456789"},
        {"US", "555-2671", NULL},
        {"US", "1-800-FLOWERS", NULL},
        {"GB", "none", NULL},
        {"GB", "", NULL},
        {"GB", "+44 20 7946", NULL},
        {"", "020 7946 0958", NULL},
        {"US", "+999 12345678", NULL},
        {"US", "12345678901234567890", NULL},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text got = phone_normalise(&a, text_of(cases[i][1]), text_of(cases[i][0]));
        if (!text_eq(got, text_of(cases[i][2])) || !got.at != !cases[i][2])
            test_fail(__FILE__, __LINE__, "%s %s: %.*s", cases[i][0], cases[i][1], TEXT_ARG(got));
    }
    arena_free(&a);
}

TEST(email, what_mail_reaches_is_valid_and_nothing_else)
{
    static const char *const yes[] = {"a@b.co",       "first.last+tag@sub.example.com",
                                      "o'neil@x.org", "jörg@example.de",
                                      "a@müller.de",  "a_b-c@x-y.museum"};
    static const char *const no[] = {
        "",          "a",        "@b.co",     "a@",       "a@b",     "a@@b.co",  "a@b@c.co",
        ".a@b.co",   "a.@b.co",  "a..b@c.co", "a b@c.co", "a@-b.co", "a@b-.co",  "a@b..co",
        "a@1.2.3.4", "a,b@c.co", "<a@b.co>",  "a@b.c",    "a@b.co ", "a\n@b.co", "\xFF@b.co"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!email_valid(text_of(yes[i]))) test_fail(__FILE__, __LINE__, "refused %s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (email_valid(text_of(no[i]))) test_fail(__FILE__, __LINE__, "accepted %s", no[i]);
}

TEST(email, local_part_and_whole_have_their_limits)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct buf b = buf_new(&a);
    for (int i = 0; i < EMAIL_LOCAL_MAX; i++) buf_putc(&b, 'a');
    struct text local = buf_text(&b);
    CHECK(email_valid(text_printf(&a, "%.*s@b.co", TEXT_ARG(local))));
    CHECK(!email_valid(text_printf(&a, "a%.*s@b.co", TEXT_ARG(local))));
    struct text label = text_head(local, 61);
    struct text longest = text_printf(&a, "%.*s@%.*s.%.*s.%.*s.co", TEXT_ARG(local),
                                      TEXT_ARG(label), TEXT_ARG(label), TEXT_ARG(label));
    CHECK_I64(253, (int64_t)longest.len);
    CHECK(email_valid(longest));
    CHECK(!email_valid(text_printf(&a, "%.*sxx", TEXT_ARG(longest))));
    CHECK_FAULT(&c, ERR_INVALID, "email_invalid", email_check(&c, T("nobody"), "customer.email"));
    CHECK_TEXT("customer.email", text_of(c.fault.field));
    arena_free(&a);
}
