#include "plan/gs1.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"

#include <stdio.h>
#include <string.h>

struct set {
    struct arena arena;
    struct ctx ctx;
    struct source source;
};

static struct ctx *set_open(struct set *s, uint64_t seed)
{
    *s = (struct set){0};
    source_virtual(&s->source, seed, 0);
    s->ctx.arena = &s->arena;
    s->ctx.source = &s->source;
    return &s->ctx;
}

static struct text digits(struct ctx *c, size_t n)
{
    struct buf b = buf_new(c->arena);
    while (b.len < n) buf_putc(&b, (char)('0' + source_below(c->source, 10)));
    return buf_text(&b);
}

TEST(gs1, knows_the_published_check_digits)
{
    CHECK_I64('1', gs1_check_digit(T("400638133393")));
    CHECK_I64('3', gs1_check_digit(T("541234500001")));
    CHECK_I64('5', gs1_check_digit(T("12345678901234567")));
    CHECK_I64(0, gs1_check_digit(T("12a")));
    CHECK_I64(0, gs1_check_digit(T("")));
    CHECK(!gs1_check_ok(T("4006381333932")));
}

TEST(gs1, every_single_wrong_digit_is_noticed)
{
    struct set s;
    struct ctx *c = set_open(&s, 1);
    static const size_t lengths[] = {7, 11, 12, 13, 17};
    for (int round = 0; round < 300 && !test_failed(); round++) {
        struct text body = digits(c, lengths[round % 5]);
        struct text key = text_printf(c->arena, "%.*s%c", TEXT_ARG(body), gs1_check_digit(body));
        CHECK(gs1_check_ok(key));
        char bad[24];
        memcpy(bad, key.at, key.len);
        size_t at = (size_t)source_below(c->source, (int64_t)key.len);
        bad[at] = (char)('0' + (bad[at] - '0' + 1 + source_below(c->source, 9)) % 10);
        CHECK(!gs1_check_ok((struct text){bad, key.len}));
        struct text gtin;
        bool is_gtin = key.len == 8 || (key.len >= 12 && key.len <= 14);
        CHECK(gs1_gtin14(c->arena, key, &gtin) == is_gtin);
        if (is_gtin) {
            CHECK_I64(14, (int64_t)gtin.len);
            CHECK(gs1_check_ok(gtin) && text_ends(gtin, key));
            CHECK(text_ends(key, gs1_gtin_short(gtin)) || key.at[0] == '0');
        }
    }
    arena_free(&s.arena);
}

TEST(gs1, serials_of_a_prefix_give_different_sscc_until_they_end)
{
    struct set s;
    struct ctx *c = set_open(&s, 2);
    struct text sscc = {0}, next = {0};
    CHECK_OK(c, gs1_sscc(c, 3, T("9521234"), 7, &sscc));
    CHECK_TEXT("39521234000000007", text_head(sscc, 17));
    CHECK_OK(c, gs1_sscc(c, 3, T("9521234"), 8, &next));
    CHECK(gs1_check_ok(sscc) && gs1_check_ok(next) && !text_eq(sscc, next) && sscc.len == 18);
    CHECK_I64(10000, gs1_sscc_serials(T("123456789012")));
    CHECK_OK(c, gs1_sscc(c, 0, T("123456789012"), 9999, &sscc));
    CHECK_FAULT(c, ERR_CONFLICT, "sscc_exhausted", gs1_sscc(c, 0, T("123456789012"), 10000, &sscc));
    CHECK_FAULT(c, ERR_INVALID, "gs1_prefix", gs1_sscc(c, 0, T("123"), 1, &sscc));
    CHECK_FAULT(c, ERR_INVALID, "gs1_extension", gs1_sscc(c, 10, T("9521234"), 1, &sscc));
    arena_free(&s.arena);
}

TEST(gs1, no_identifier_is_the_beginning_of_another)
{
    for (size_t i = 0; i < gs1_table_count; i++) {
        const char *code = gs1_table[i].code;
        char full[6];
        snprintf(full, sizeof full, "%s%s", code, gs1_table[i].flags & GS1_DECIMALS ? "0" : "");
        CHECK(gs1_ai_find(text_of(full)) == &gs1_table[i]);
        for (size_t j = 0; j < gs1_table_count; j++)
            CHECK(i == j || strncmp(code, gs1_table[j].code, strlen(code)) != 0);
    }
    CHECK(!gs1_ai_find(T("3106")));
    CHECK(!gs1_ai_find(T("310")));
    CHECK(!gs1_ai_find(T("05")));
    CHECK(!gs1_ai_find(T("0")));
}

TEST(gs1, two_digit_years_fall_in_the_century_around_today)
{
    int64_t day = 0;
    CHECK(gs1_date(T("260228"), 2026, &day) && day == civil_to_day(2026, 2, 28));
    CHECK(gs1_date(T("240200"), 2026, &day) && day == civil_to_day(2024, 2, 29));
    CHECK(gs1_date(T("261200"), 2026, &day) && day == civil_to_day(2026, 12, 31));
    CHECK(gs1_date(T("770101"), 2026, &day) && day == civil_to_day(1977, 1, 1));
    CHECK(gs1_date(T("760101"), 2026, &day) && day == civil_to_day(2076, 1, 1));
    CHECK(gs1_date(T("000101"), 2060, &day) && day == civil_to_day(2100, 1, 1));
    CHECK(!gs1_date(T("260230"), 2026, &day));
    CHECK(!gs1_date(T("261301"), 2026, &day));
    CHECK(!gs1_date(T("2601"), 2026, &day));
}

TEST(gs1, a_broken_fact_says_what_is_wrong)
{
    CHECK(!gs1_fact_wrong((struct gs1_fact){T("17"), T("261100")}));
    CHECK(gs1_fact_wrong((struct gs1_fact){T("7003"), T("2611000000")}));
    CHECK(gs1_fact_wrong((struct gs1_fact){T("17"), T("261131")}));
    CHECK(gs1_fact_wrong((struct gs1_fact){T("10"), T("")}));
    CHECK(gs1_fact_wrong((struct gs1_fact){T("10"), T("ABC 1")}));
    CHECK(gs1_fact_wrong((struct gs1_fact){T("10"), T("123456789012345678901")}));
    CHECK(gs1_fact_wrong((struct gs1_fact){T("4300"), T("Caf%C")}));
    CHECK(!gs1_fact_wrong((struct gs1_fact){T("4300"), T("Caf%C3%A9")}));
    int64_t ppm = 0;
    CHECK(gs1_decimal_ppm((struct gs1_fact){T("3103"), T("000195")}, &ppm) && ppm == 195000);
    CHECK(gs1_decimal_ppm((struct gs1_fact){T("3100"), T("000002")}, &ppm) && ppm == 2000000);
}

TEST(gs1, a_set_without_its_companions_is_named)
{
    struct set s;
    struct ctx *c = set_open(&s, 3);
    struct gs1_facts facts = {0};
    CHECK_OK(c, gs1_bracketed_parse(c, T("(02)09520123456788"), &facts));
    CHECK_TEXT("(02) needs one of 37", gs1_facts_wrong(c->arena, &facts));
    CHECK_OK(c, gs1_bracketed_parse(c, T("(00)952012345678912345(02)09520123456788(37)12(10)L1"),
                                    &facts));
    CHECK(!gs1_facts_wrong(c->arena, &facts).at);
    CHECK_OK(c, gs1_bracketed_parse(c, T("(01)09520123456788(37)2"), &facts));
    CHECK(gs1_facts_wrong(c->arena, &facts).at != NULL);
    CHECK_OK(c, gs1_bracketed_parse(c, T("(01)09520123456788(10)A(10)B"), &facts));
    CHECK(gs1_facts_wrong(c->arena, &facts).at != NULL);
    arena_free(&s.arena);
}

static struct text value_of(struct ctx *c, const struct gs1_ai *ai)
{
    if (ai->flags & (GS1_DATE | GS1_DATE_FULL)) return T("271231");
    struct buf b = buf_new(c->arena);
    if (ai->flags & GS1_CHECK) {
        struct text body = digits(c, ai->head - 1u);
        buf_put(&b, body);
        buf_putc(&b, gs1_check_digit(body));
    } else {
        buf_put(&b, digits(c, ai->head));
    }
    int64_t tail = ai->tail_min + source_below(c->source, ai->tail_max - ai->tail_min + 1);
    for (; tail > 0; tail--)
        buf_putc(&b, ai->flags & GS1_NUMERIC_TAIL
                         ? (char)('0' + source_below(c->source, 10))
                         : "AZaz09!\"&'()*+,-./:;<=>?_"[source_below(c->source, 25)]);
    return buf_text(&b);
}

static bool same_set(const struct gs1_facts *a, const struct gs1_facts *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->count; j++)
            found = found ||
                    (text_eq(a->at[i].ai, b->at[j].ai) && text_eq(a->at[i].value, b->at[j].value));
        if (!found) return false;
    }
    return true;
}

TEST(gs1, any_set_survives_all_three_spellings)
{
    static const char *const some[] = {"10", "21",   "17", "11",  "3103", "37",   "400",
                                       "99", "4300", "30", "422", "8005", "3922", "235"};
    struct set s;
    struct ctx *c = set_open(&s, 4);
    for (int round = 0; round < 500 && !test_failed(); round++) {
        struct gs1_fact at[15];
        struct gs1_facts facts = {at, 0}, back = {0};
        bool plain = round % 2; /* link order is fixed to 22,10,21 or 235 alone */
        const struct gs1_ai *gtin = gs1_ai_find(T("01"));
        at[facts.count++] = (struct gs1_fact){T("01"), value_of(c, gtin)};
        for (size_t i = 0; i < 13u + plain; i++) {
            if (source_below(c->source, 3)) continue;
            struct text ai = text_of(some[i]);
            at[facts.count++] = (struct gs1_fact){ai, value_of(c, gs1_ai_find(ai))};
        }
        CHECK_OK(c, gs1_element_parse(c, gs1_element(c->arena, &facts), &back));
        CHECK(same_set(&facts, &back));
        CHECK_OK(c, gs1_bracketed_parse(c, gs1_bracketed(c->arena, &facts), &back));
        CHECK(same_set(&facts, &back));
        if (plain) continue;
        struct text link = gs1_link(c->arena, T("https://id.example.com"), &facts);
        CHECK_OK(c, gs1_link_parse(c, link, &back));
        CHECK(same_set(&facts, &back));
    }
    arena_free(&s.arena);
}

TEST(gs1, any_bytes_are_answered_or_refused)
{
    struct set s;
    struct ctx *c = set_open(&s, 5);
    static const char *const starts[] = {"", "01", "(01)", "https://a/01/", "(10", "]C1", "310"};
    for (int round = 0; round < 3000; round++) {
        struct arena_mark mark = arena_mark(c->arena);
        struct gs1_facts facts;
        size_t n = (size_t)source_below(c->source, 40);
        const char *start = starts[source_below(c->source, 7)];
        char *exact = arena_alloc(c->arena, strlen(start) + n, 1);
        memcpy(exact, start, strlen(start));
        for (size_t i = 0; i < n; i++)
            exact[strlen(start) + i] = source_below(c->source, 4)
                                           ? "0123456789()/?=&%\x1d"[source_below(c->source, 18)]
                                           : (char)source_random(c->source);
        struct text in = {exact, strlen(start) + n};
        if (gs1_element_parse(c, in, &facts) == OK) CHECK(facts.count > 0);
        if (gs1_bracketed_parse(c, in, &facts) == OK) CHECK(facts.count > 0);
        if (gs1_link_parse(c, in, &facts) == OK) CHECK(facts.count > 0);
        arena_rewind(c->arena, mark);
    }
    arena_free(&s.arena);
}

/* Is the same input listed with the other verdict, too? Then a switch of the engine decides. */
static bool is_switched(const char *path, struct text in, bool valid)
{
    char line[1024];
    bool found = false;
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f)) {
        struct text left = text_trim(text_of(line));
        bool other = text_is(text_split(left, ',', &left), "true") != valid;
        found = other && text_eq(text_split(left, ',', &left), in);
    }
    if (f) fclose(f);
    return found;
}

/* The GS1 engine's own vectors: "true,input,expected with ^ for FNC1". */
static void vectors(const char *path,
                    enum err (*parse)(struct ctx *, struct text, struct gs1_facts *))
{
    struct set s;
    struct ctx *c = set_open(&s, 6);
    char line[1024];
    int seen = 0;
    FILE *f = fopen(path, "r");
    if (!f) SKIP("no ../shared/data/gs1");
    while (fgets(line, sizeof line, f)) {
        struct text left = text_trim(text_of(line)), expected;
        if (text_starts(left, T("valid,"))) continue;
        bool valid = text_is(text_split(left, ',', &left), "true");
        struct text in = text_split(left, ',', &expected);
        struct gs1_facts facts, want = {0};
        /* words for numbers ("/gtin/") left the standard in 2022 */
        bool words = text_find(in, T("/gtin/")) >= 0 || text_find(in, T("/sscc/")) >= 0;
        /* shortened GTINs are a switch as well; ours is always on */
        if (text_is(in, "https://a/01/2112345678900")) words = true;
        if (words || is_switched(path, in, valid)) continue;
        enum err e = parse(c, in, &facts);
        seen++;
        if (valid == (e != OK)) test_fail(path, seen, "want %d: %.*s", valid, TEXT_ARG(in));
        if (!valid || e != OK) continue;
        struct buf b = buf_new(c->arena);
        for (size_t i = 1; i < expected.len; i++)
            buf_putc(&b, expected.at[i] == '^' ? GS1_FNC1 : expected.at[i]);
        CHECK_OK(c, gs1_element_parse(c, buf_text(&b), &want));
        if (!same_set(&want, &facts)) test_fail(path, seen, "differs: %.*s", TEXT_ARG(in));
    }
    fclose(f);
    CHECK(seen >= 20);
    arena_free(&s.arena);
}

TEST(gs1, reads_brackets_like_the_reference_engine)
{
    vectors("../shared/data/gs1/bracketed_ai_parse.csv", gs1_bracketed_parse);
}

TEST(gs1, reads_links_like_the_reference_engine)
{
    vectors("../shared/data/gs1/digital_link_parse.csv", gs1_link_parse);
}
