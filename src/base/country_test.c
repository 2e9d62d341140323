#include "base/country.h"

#include "base/arena.h"
#include "base/letters.h"
#include "base/money.h"
#include "harness.h"

#include <string.h>

static const char *code(const char *name)
{
    const struct country *c = country_find(text_of(name));
    return c ? c->alpha2 : "--";
}

TEST(country, is_found_by_any_code_or_usual_name)
{
    static const char *const cases[][2] = {
        {"GB", "GB"},
        {"gbr", "GB"},
        {"826", "GB"},
        {"UK", "GB"},
        {"Eire", "IE"},
        {"EIRE", "IE"},
        {"USA", "US"},
        {"U.S.A.", "US"},
        {"the United States", "US"},
        {"Korea, South", "KR"},
        {"RSA", "ZA"},
        {"008", "AL"},
        {"cote d ivoire", "CI"},
        {"Türkiye", "TR"},
        {"TURKEY", "TR"},
        {"Deutschland", "DE"},
        {"österreich", "AT"},
        {"Osterreich", "AT"},
        {"Czech Republic", "CZ"},
        {" fr ", "FR"},
        {"Bosnia & Herzegovina", "BA"},
        {"Channel Islands", "JE"},
        {"Narnia", "--"},
        {"", "--"},
        {"0", "--"},
        {"999", "--"},
        {"The Netherlands", "NL"},
        {"Hong Kong", "HK"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(cases[i][1], code(cases[i][0])))
            test_fail(__FILE__, __LINE__, "%s: want %s, got %s", cases[i][0], cases[i][1],
                      code(cases[i][0]));
}

TEST(country, table_is_whole_sorted_and_every_name_leads_back_to_its_own_row)
{
    int64_t n = 0, members = 0;
    for (const struct country *c = countries; *c->alpha2; c++, n++) {
        members += c->in_eu;
        CHECK(n == 0 || strcmp(c[-1].alpha2, c->alpha2) < 0);
        CHECK(strlen(c->alpha3) == 3 && strlen(c->currency) == 3 && *c->dial);
        CHECK(c->digits_min <= c->digits_max);
        if (!currency_known(c->currency))
            test_fail(__FILE__, __LINE__, "%s: currency %s", c->alpha2, c->currency);
        if (strcmp(c->alpha2, code(c->name)) || strcmp(c->alpha2, code(c->alpha3)))
            test_fail(__FILE__, __LINE__, "%s is taken for %s", c->name, code(c->name));
        struct arena a = {0};
        for (struct text rest = text_of(c->others); rest.len;) {
            struct text name = text_split(rest, '|', &rest);
            if (strcmp(c->alpha2, code(text_cstr(&a, name))))
                test_fail(__FILE__, __LINE__, "%.*s is taken for %s", TEXT_ARG(name),
                          code(text_cstr(&a, name)));
        }
        arena_free(&a);
    }
    CHECK_I64(252, n);
    CHECK_I64(27, members);
}

TEST(letters, capitals_and_bare_letters_go_beyond_ascii)
{
    struct arena a = {0};
    CHECK_TEXT("ÉÇÑ ŁÓDŹ STRASSE Ÿ ΑΘΉΝΑ МОСКВА ЁЇ ȘȚ ƠẾ İI 東京",
               letters_upper(&a, T("éçñ Łódź straße ÿ Αθήνα Москва ёї șț ơế İı 東京")));
    CHECK_TEXT("ecn lodz strasse are oe ij αθηνα москва oe 東京 1a",
               letters_fold(&a, T("ÉÇÑ Łódź STRAßE Åre Œ Ĳ ΑΘΉΝΑ МОСКВА ơế 東京 １Ａ")));
    CHECK_TEXT("e", letters_fold(&a, T("e\xCC\x81")));
    CHECK_TEXT("\xFF"
               "A\xC3",
               letters_upper(&a, T("\xFF"
                                   "a\xC3")));
    arena_free(&a);
}
