#include "wire/template.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"

#include <string.h>

static const char *const mood_table[] = {"fine", "out_for_delivery", "lost"};
static const struct words moods = WORDS("mood", mood_table);

struct toy {
    struct text name;
    int64_t count;
};
static const struct field toy_table[] = {FIELD(struct toy, name), FIELD(struct toy, count)};
static const struct fields toy_fields = FIELDS("toy", struct toy, toy_table);

struct child {
    struct text name, note, link, password, extra;
    int64_t age, id, born_us, seen_day;
    int32_t mood, likes;
    bool is_good;
    struct money pocket;
    const struct toy *best;
    struct list toys, nicks;
};
static const struct field child_table[] = {
    FIELD(struct child, name),
    FIELD(struct child, note),
    FIELD(struct child, link),
    FIELD(struct child, password, .flags = F_SECRET),
    FIELD_JSON(struct child, extra),
    FIELD(struct child, age, .flags = F_NULL),
    FIELD_ID(struct child, id, "id", "kid", .flags = F_NULL),
    FIELD_INSTANT(struct child, born_us, "born_at"),
    FIELD_DAY(struct child, seen_day, "seen_on"),
    FIELD_ENUM(struct child, mood, moods, .flags = F_NULL),
    FIELD_FLAGS(struct child, likes, moods),
    FIELD(struct child, is_good),
    FIELD(struct child, pocket, .flags = F_NULL),
    FIELD_RECORD(struct child, best, toy_fields),
    FIELD_LIST(struct child, toys, toy_fields),
    FIELD_TEXTS(struct child, nicks),
};
static const struct fields child_fields = FIELDS("child", struct child, child_table);

static struct arena arena;
static struct ctx ctx;

static struct child child_new(void)
{
    arena_free(&arena);
    ctx = (struct ctx){.arena = &arena};
    struct child c = {.name = T("Ada")};
    record_clear(&child_fields, &c);
    return c;
}

static const struct template_part parts[] = {
    {"bold", {"<b>{{name}}</b>", 15}},
    {"again", {"{{> again}}", 11}},
    {"line", {"  {{> bold}}\n", 13}},
    {"broken", {"\n{{nothing}}", 12}},
    {NULL, {NULL, 0}},
};

static struct text shown(const char *template, const struct child *c, enum template_escape escape)
{
    struct buf b = buf_new(&arena);
    enum err e = template_render(&b, text_of(template), escape, &child_fields, c, parts);
    return e == OK ? buf_text(&b) : text_of(err_name(e));
}

static struct text html(const char *template, const struct child *c)
{
    return shown(template, c, TEMPLATE_HTML);
}

static struct text plain(const char *template, const struct child *c)
{
    return shown(template, c, TEMPLATE_PLAIN);
}

static struct text json(const char *template, const struct child *c)
{
    return shown(template, c, TEMPLATE_JSON_IN_SCRIPT);
}

static enum err check(const char *template)
{
    return template_check(&ctx, text_of(template), &child_fields, parts);
}

TEST(template, every_kind_reads_as_people_write_it)
{
    struct child c = child_new();
    c.age = -7;
    c.born_us = civil_to_us((struct civil){2026, 11, 23, 10, 15, 0, 0});
    c.seen_day = civil_to_day(2024, 2, 29);
    c.pocket = money(1999, "GBP");
    c.mood = 1;
    c.likes = 5;
    c.is_good = true;
    CHECK_TEXT("-7", plain("{{age}}", &c));
    CHECK_TEXT("23 Nov 2026, 10:15 UTC", plain("{{born_us}}", &c));
    CHECK_TEXT("23 Nov 2026 10:15 UTC", plain("{{born_us|date}} {{ born_us | time }}", &c));
    CHECK_TEXT("2026-11-23T10:15:00Z", plain("{{born_us|iso}}", &c));
    CHECK_TEXT("29 Feb 2024 2024-02-29", plain("{{seen_day}} {{seen_day|iso}}", &c));
    CHECK_TEXT("19.99 GBP 19.99 GBP 19.99",
               plain("{{pocket}} {{pocket|money}} {{pocket|amount}}", &c));
    CHECK_TEXT("out for delivery", plain("{{mood}}", &c));
    CHECK_TEXT("fine, lost", plain("{{likes}}", &c));
    CHECK_TEXT("yes", plain("{{is_good}}", &c));
    c.pocket = money(500, "JPY");
    CHECK_TEXT("500 JPY", plain("{{pocket}}", &c));
    c.id = 1;
    struct text id = plain("{{id}}", &c);
    int64_t back = 0;
    CHECK(id_parse(id, "kid", &back) && back == 1);
}

TEST(template, what_is_absent_shows_nothing_and_is_false)
{
    struct child c = child_new();
    CHECK_TEXT("[]",
               plain("[{{note}}{{age}}{{id}}{{born_us}}{{seen_day}}{{pocket}}{{best.name}}]", &c));
    CHECK_TEXT("NNNNNNNN", plain("{{#age}}Y{{/age}}{{^age}}N{{/age}}{{^born_us}}N{{/born_us}}"
                                 "{{^note}}N{{/note}}{{^pocket}}N{{/pocket}}{{^best}}N{{/best}}"
                                 "{{^toys}}N{{/toys}}{{^is_good}}N{{/is_good}}{{^mood}}N{{/mood}}",
                                 &c));
    c.mood = 0;
    c.pocket = money(0, "EUR");
    CHECK_TEXT("fine", plain("{{#mood}}{{mood}}{{/mood}}{{#pocket}}never zero{{/pocket}}", &c));
}

TEST(template, sections_go_through_lists_and_into_records)
{
    struct child c = child_new();
    struct toy toys[] = {{T("ball"), 1}, {T("kite"), 2}, {T("top"), 3}};
    struct text nicks[] = {T("A"), T("<B>")};
    c.toys = (struct list){toys, 3};
    c.nicks = (struct list){nicks, 2};
    c.best = &toys[1];
    CHECK_TEXT("1 ball, 2 kite, 3 top",
               html("{{#toys}}{{@number}} {{name}}{{^@last}}, {{/@last}}{{/toys}}", &c));
    CHECK_TEXT("A &lt;B&gt; of Ada", html("{{#nicks}}{{.}} {{/nicks}}of {{name}}", &c));
    CHECK_TEXT("kite 2 kite", html("{{best.name}} {{#best}}{{count}} {{name}}{{/best}}", &c));
    CHECK_TEXT("AdaAdaAda", html("{{#toys}}{{#best}}{{/best}}{{/toys}}{{#toys}}{{^is_good}}"
                                 "{{#is_good}}x{{/is_good}}{{/is_good}}{{/toys}}"
                                 "{{#nicks}}{{name}}{{/nicks}}{{name}}",
                                 &c));
    CHECK_TEXT("A:ball A:kite A:top <B>:ball <B>:kite <B>:top ",
               plain("{{#nicks}}{{#toys}}{{.}}:{{name}} {{/toys}}{{/nicks}}", &c));
}

TEST(template, tags_alone_on_their_line_leave_no_line)
{
    struct child c = child_new();
    struct toy toys[] = {{T("ball"), 1}, {T("kite"), 2}};
    c.toys = (struct list){toys, 2};
    CHECK_TEXT("a\nball\nkite\nb\n",
               plain("a\n  {{#toys}}  \r\n{{name}}\n{{/toys}}\nb\n{{! no }}\n", &c));
    CHECK_TEXT("a ball kite b\n", plain("a {{#toys}}{{name}} {{/toys}}b\n", &c));
    CHECK_TEXT("[<b>Ada</b>]", html("[{{> line}}]", &c));
    CHECK_TEXT("<b>Ada</b>|", html("{{> bold}}\n|", &c));
}

TEST(template, no_value_becomes_markup)
{
    struct child c = child_new();
    c.name = T("\"><script>alert('x')</script>&amp;");
    CHECK_TEXT("<a title=\"&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;\">",
               html("<a title=\"{{name}}\">", &c));
    c.note = T("a\n<b>\0c"
               "d");
    CHECK_TEXT("a<br>\n&lt;b&gt;cd", html("{{note|lines}}", &c));
    c.extra = T("{\"x\":\"</script>\"}");
    CHECK_TEXT("{&quot;x&quot;:&quot;&lt;/script&gt;&quot;}", html("{{extra}}", &c));
    CHECK_TEXT("?q=%22%3E%3Cscript%3E", text_head(html("?q={{name|url}}", &c), 21));
}

TEST(template, links_lead_only_where_links_may_lead)
{
    static const char *const bad[] = {"javascript:alert(1)", "JavaScript:alert(1)",
                                      " javascript:x",       "java\tscript:x",
                                      "data:text/html,x",    "//evil.example/",
                                      "/\\evil.example",     "/\t/evil.example",
                                      "vbscript:x",          "x"};
    static const char *const good[] = {"https://a.example/?b=c",
                                       "HTTP://a.example",
                                       "/orders/1",
                                       "mailto:a@b.example",
                                       "tel:+44123",
                                       "?page=2",
                                       "#top"};
    struct child c = child_new();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        c.link = text_of(bad[i]);
        CHECK_TEXT("#", html("{{link|href}}", &c));
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        c.link = text_of(good[i]);
        CHECK_TEXT(good[i], html("{{link|href}}", &c));
    }
}

TEST(template, json_in_a_script_is_whole_values_that_cannot_end_the_script)
{
    struct child c = child_new();
    c.name = T("</script>\"\\\n\xe2\x80\xa8'&");
    c.age = 7;
    c.is_good = true;
    c.mood = 1;
    c.likes = 6;
    c.pocket = money(1999, "GBP");
    c.extra = T("{\"a\": \"<!--\\\"\"}");
    CHECK_TEXT("\"\\u003c/script\\u003e\\\"\\\\\\n\\u2028\\u0027\\u0026\"", json("{{name}}", &c));
    CHECK_TEXT("[7,true,null,null]", json("[{{age}},{{is_good}},{{note}},{{born_us}}]", &c));
    CHECK_TEXT("[\"out_for_delivery\",[\"out_for_delivery\",\"lost\"]]",
               json("[{{mood}},{{likes}}]", &c));
    CHECK_TEXT("{\"amount\":\"19.99\",\"currency\":\"GBP\"}", json("{{pocket}}", &c));
    CHECK_TEXT("\"19.99\"", json("{{pocket|amount}}", &c));
    CHECK_TEXT("{\"a\": \"\\u003c!--\\\"\"}", json("{{extra}}", &c));
    CHECK_TEXT("<script>7</script>", html("<script>{{age|json}}</script>", &c));
}

TEST(template, a_value_in_plain_text_stays_on_its_line)
{
    struct child c = child_new();
    c.name = T("Ada\r\nBcc: all@example\x1b[2J");
    c.note = T("one\r\ntwo");
    CHECK_TEXT("Subject: Ada  Bcc: all@example [2J\n", plain("Subject: {{name}}\n", &c));
    CHECK_TEXT("one\ntwo", plain("{{note|lines}}", &c));
    CHECK_TEXT("<&\"", plain("<&\"", &c));
}

TEST(template, check_names_the_line_and_what_is_wrong)
{
    static const struct {
        const char *template, *place, *detail;
    } cases[] = {
        {"a\nb {{nmae}}", "line 2", "\"nmae\" is not known here"},
        {"{{#toys}}\n{{#is_good}}\n{{cuont}}{{/is_good}}{{/toys}}", "line 3",
         "\"cuont\" is not known here"},
        {"{{count}}", "line 1", "\"count\" is not known here"},
        {"{{best.size}}", "line 1", "\"best.size\" is not known here"},
        {"{{name.x}}", "line 1", "\"name.x\" is not known here"},
        {"{{.}}", "line 1", "\".\" is not known here"},
        {"{{@last}}", "line 1", "\"@last\" is not known here"},
        {"{{password}}", "line 1", "\"password\" is secret"},
        {"{{#password}}x{{/password}}", "line 1", "\"password\" is secret"},
        {"{{toys}}", "line 1", "\"toys\" is no value"},
        {"{{name|date}}", "line 1", "|date does not fit \"name\""},
        {"{{name|upper}}", "line 1", "unknown pipe \"upper\""},
        {"{{{name}}}", "line 1", "there is no unescaped form"},
        {"{{&name}}", "line 1", "there is no unescaped form"},
        {"\n\n{{name", "line 3", "{{ without }}"},
        {"{{}}", "line 1", "\"\" is not a name"},
        {"{{a b}}", "line 1", "\"a b\" is not a name"},
        {"\n{{#toys}}\n", "line 2", "{{#toys}} is never closed"},
        {"{{/toys}}", "line 1", "{{/toys}} closes nothing"},
        {"{{#toys}}\n{{/best}}", "line 2", "{{/best}} where {{/toys}} should close line 1"},
        {"{{> nobody}}", "line 1", "there is no part \"nobody\""},
        {"{{> broken}}", "part broken, line 2", "\"nothing\" is not known here"},
        {"{{> again}}", "part again, line 1", "more than 32 sections and parts inside each other"},
        {"<a href=\"{{link}}\">", "line 1", "href=\"{{link}}\" needs |href"},
        {"<IMG SRC='{{link}}'>", "line 1", "src=\"{{link}}\" needs |href"},
        {"<p title={{name}}>", "line 1", "a value after = needs quotes, or |url in an address"},
        {"<script>var a = \"{{name}}\"", "line 1", "a value inside <script> needs |json"},
    };
    child_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_FAULT(&ctx, ERR_INVALID, "template_invalid", check(cases[i].template));
        CHECK_TEXT(cases[i].detail, text_of(ctx.fault.detail));
        CHECK_TEXT(cases[i].place, text_of(ctx.fault.field));
    }
}

TEST(template, check_accepts_what_renders_for_an_empty_record)
{
    child_new();
    CHECK_OK(&ctx, check("{{#best}}{{name}}{{/best}}{{best.name}}{{^toys}}{{name}}{{/toys}}"
                         "{{#nicks}}{{.}}{{@first}}{{/nicks}}<a href=\"{{link|href}}\" title=\""
                         "{{name}}\"></a><a href=\"/t/{{name|url}}?x={{id|url}}\">"
                         "<script>{{extra|json}}</script>{{age}}{{#mood}}{{mood}}{{/mood}}"));
}

TEST(template, depth_and_output_are_bounded_and_nothing_half_is_left)
{
    struct child c = child_new();
    struct buf deep = buf_new(&arena);
    for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++) buf_puts(&deep, "{{^note}}");
    struct buf closed = buf_new(&arena);
    buf_put(&closed, buf_text(&deep));
    for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++) buf_puts(&closed, "{{/note}}");
    CHECK_TEXT("", plain(closed.at, &c));
    buf_puts(&deep, "{{^note}}");
    CHECK_TEXT("ERR_INVALID", plain(deep.at, &c));

    size_t many = TEMPLATE_OUTPUT_MAX / 64;
    c.nicks = (struct list){arena_new(&arena, struct text, many + 1), many};
    struct buf out = buf_new(&arena);
    buf_puts(&out, "kept");
    char row[100];
    memset(row, 'x', 64);
    strcpy(row + 64, "{{/nicks}}");
    struct text template = text_printf(&arena, "{{#nicks}}%s", row);
    CHECK_I64(OK, template_render(&out, template, TEMPLATE_PLAIN, &child_fields, &c, NULL));
    CHECK_I64(4 + TEMPLATE_OUTPUT_MAX, (int64_t)out.len);
    out.len = 4;
    c.nicks.count++;
    CHECK_I64(ERR_TOO_LARGE,
              template_render(&out, template, TEMPLATE_PLAIN, &child_fields, &c, NULL));
    CHECK_TEXT("kept", buf_text(&out));

    struct text huge = {arena_new(&arena, char, TEMPLATE_SOURCE_MAX + 1), TEMPLATE_SOURCE_MAX + 1};
    CHECK_FAULT(&ctx, ERR_INVALID, "template_invalid",
                template_check(&ctx, huge, &child_fields, parts));
}

TEST(template, a_book_says_what_its_parts_say)
{
    struct child c = child_new();
    static const struct template_part pages[] = {
        {"bold", {"<b>{{name}}</b>", 15}}, {"line", {"  {{> bold}}\n{{> bold}}", 23}},
        {"broken", {"{{#name}}", 9}},      {"asks", {"{{> broken}}", 12}},
        {"lost", {"{{> nothing}}", 13}},   {NULL, {NULL, 0}},
    };
    const struct template_book *book = template_book_open(&arena, pages);
    for (size_t i = 0; pages[i].name; i++) {
        struct buf one = buf_new(&arena), other = buf_new(&arena);
        enum err e = template_render(&one, pages[i].body, TEMPLATE_HTML, &child_fields, &c, pages);
        for (int again = 0; again < 2; again++) {
            other.len = 0;
            CHECK_I64(e, template_book_render(&other, book, text_of(pages[i].name), TEMPLATE_HTML,
                                              &child_fields, &c));
        }
        CHECK(text_eq(buf_text(&one), buf_text(&other)));
        CHECK_I64(i < 2 ? OK : ERR_INVALID, e);
    }
    struct buf none = buf_new(&arena);
    CHECK_I64(ERR_NOT_FOUND,
              template_book_render(&none, book, T("none"), TEMPLATE_HTML, &child_fields, &c));
}
