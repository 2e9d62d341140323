/* What API users send, and what they get to hear when it is wrong. */
#include "harness.h"

#include "base/arena.h"
#include "base/source.h"
#include "base/time.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

struct address {
    struct text name, city;
    int32_t floor;
};
static const struct field address_table[] = {
    FIELD(struct address, name, .flags = F_REQUIRED, .max = 10),
    FIELD(struct address, city, .flags = F_FREE, .max = 20),
    FIELD(struct address, floor, .min = -5, .max = 200),
};
static const struct fields address_fields = FIELDS("address", struct address, address_table);

struct line {
    struct text sku;
    int64_t quantity;
    struct money price;
};
static const struct field line_table[] = {
    FIELD(struct line, sku, .flags = F_REQUIRED, .max = 20),
    FIELD(struct line, quantity, .flags = F_REQUIRED, .min = 1, .max = 9999),
    FIELD(struct line, price, .min = 0, .max = 1000000),
};
static const struct fields line_fields = FIELDS("line", struct line, line_table);

static const char *const state_words[] = {"open", "packed", "shipped"};
static const struct words states = WORDS("state", state_words);
static const char *const label_words[] = {"fragile", "gift", "cold"};
static const struct words labels = WORDS("label", label_words);

struct order {
    int64_t order_id, version, placed_us, promised_day;
    struct text email, note, password, metadata;
    int64_t weight_g;
    int32_t priority, rank, state, marks;
    bool is_gift;
    struct money total;
    struct address *ship_to;
    struct list lines, tags;
};
static const struct field order_table[] = {
    FIELD_ID(struct order, order_id, "id", "ord", .flags = F_NULL),
    FIELD(struct order, version, .flags = F_OUT),
    FIELD_INSTANT(struct order, placed_us, "placed_at"),
    FIELD_DAY(struct order, promised_day, "promised_on"),
    FIELD(struct order, email, .flags = F_REQUIRED, .max = 40),
    FIELD(struct order, note, .max = 12),
    FIELD(struct order, password, .flags = F_SECRET, .max = 8),
    FIELD_JSON(struct order, metadata, .max = 60),
    FIELD(struct order, weight_g, .flags = F_NULL),
    FIELD(struct order, priority, .min = 0, .max = 9),
    FIELD(struct order, rank, .flags = F_NULL),
    FIELD_ENUM(struct order, state, states),
    FIELD_FLAGS(struct order, marks, labels),
    FIELD(struct order, is_gift),
    FIELD(struct order, total, .flags = F_NULL),
    FIELD_RECORD(struct order, ship_to, address_fields),
    FIELD_LIST(struct order, lines, line_fields, .max = 3),
    FIELD_TEXTS(struct order, tags, .max = 4),
};
static const struct fields order_fields = FIELDS("order", struct order, order_table);

static struct text quoted(struct ctx *c, const char *single)
{
    struct text t = text_copy(c->arena, text_of(single));
    char *at = arena_new(c->arena, char, t.len + 1);
    for (size_t i = 0; i < t.len; i++) at[i] = t.at[i] == '\'' ? '"' : t.at[i];
    return (struct text){at, t.len};
}

/* {'a': 1} with single quotes; the order is refused with this reason at this field. */
static void refused(int row, const char *json, const char *reason, const char *field)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct order o = {.version = 77};
    enum err e = record_from_json(&c, &order_fields, quoted(&c, json), &o);
    if (e == OK || strcmp(c.fault.reason, reason) != 0 || strcmp(c.fault.field, field) != 0)
        test_fail(__FILE__, row, "%s: want %s at %s, got %s %s at %s: %s", json, reason, field,
                  err_name(e), c.fault.reason, c.fault.field, c.fault.detail);
    if (o.version != 77) test_fail(__FILE__, row, "%s: the record was touched", json);
    arena_free(&a);
}
#define REFUSED(json, reason, field) refused(__LINE__, (json), (reason), (field))
/* The same with an e-mail address before it, which every order needs. */
#define WRONG(member, reason, field) REFUSED("{'email':'a@b.c'," member "}", reason, field)

#define IN_ARENA                                                                                   \
    struct arena arena = {0};                                                                      \
    struct ctx ctx = {.arena = &arena}, *c = &ctx

TEST(json, an_order_as_people_write_it_is_read)
{
    IN_ARENA;
    struct order o;
    CHECK_OK(c, record_from_json(
                    c, &order_fields,
                    quoted(c, " {'email':'a@b.c', 'note':'caf\\u00e9\\n', 'priority': 3.0,\n"
                              "'placed_at':'2026-11-23T01:04:00+01:00','promised_on':'2026-12-01',"
                              "'state':'packed','marks':['gift','cold'],'is_gift':true,"
                              "'total':{'amount':1e3,'currency':'gbp'},'metadata':{'a':[1.10]},"
                              "'ship_to':{'name':'Ann','floor':-2},"
                              "'lines':[{'sku':'A-1','quantity':2,'price':null}],"
                              "'tags':['x','y']} "),
                    &o));
    CHECK_TEXT("caf\xC3\xA9\n", o.note);
    CHECK_I64(3, o.priority);
    CHECK_TEXT("2026-11-23T00:04:00Z", instant_text(&arena, o.placed_us));
    CHECK_TEXT("2026-12-01", day_text(&arena, o.promised_day));
    CHECK_I64(1, o.state);
    CHECK_I64(6, o.marks);
    CHECK(o.is_gift);
    CHECK_I64(1000, o.total.minor);
    CHECK_TEXT("GBP", text_of(o.total.currency));
    CHECK_TEXT("{\"a\":[1.10]}", o.metadata);
    CHECK_I64(-2, o.ship_to->floor);
    CHECK_I64(1, (int64_t)o.lines.count);
    CHECK_TEXT("A-1", ((struct line *)o.lines.at)->sku);
    CHECK_TEXT("y", ((struct text *)o.tags.at)[1]);
    arena_free(&arena);
}

TEST(json, what_is_left_out_is_absent)
{
    IN_ARENA;
    struct order o;
    CHECK_OK(c, record_from_json(c, &order_fields, T("{\"email\":\"a@b.c\"}"), &o));
    CHECK(o.note.at == NULL && o.metadata.at == NULL && o.ship_to == NULL && o.lines.count == 0);
    CHECK_I64(NONE, o.order_id);
    CHECK_I64(NONE, o.weight_g);
    CHECK_I64(NONE, o.placed_us);
    CHECK_I64(NONE, o.total.minor);
    CHECK_I64(-1, o.rank);
    CHECK_I64(0, o.priority);
    arena_free(&arena);
}

TEST(json, text_that_is_no_json_is_refused_with_its_place)
{
    REFUSED("", "invalid_json", "");
    REFUSED("{'email':", "invalid_json", "");
    REFUSED("{'email':'a@b.c',}", "invalid_json", "");
    REFUSED("{'email':'a@b.c'} x", "invalid_json", "");
    REFUSED("{'email':'a','email':'b'}", "invalid_json", "");
    REFUSED("{'email':'\xFF'}", "invalid_json", "");
    REFUSED("{'email':'\\ud800'}", "invalid_json", "");
    REFUSED("{'priority':01}", "invalid_json", "");
    REFUSED("{'priority':NaN}", "invalid_json", "");
    IN_ARENA;
    struct order o;
    CHECK_FAULT(c, ERR_MALFORMED, "invalid_json",
                record_from_json(c, &order_fields, T("{\n  \"email\": nope}"), &o));
    CHECK(strstr(c->fault.detail, "line 2"));
    CHECK_FAULT(c, ERR_MALFORMED, "invalid_json",
                record_from_json(c, &order_fields, T("{\"email\":\"a\",\"priority\":1\0}"), &o));
    CHECK_FAULT(c, ERR_MALFORMED, "invalid_json",
                record_from_json(c, &order_fields, T("{\"password\":\"hunter2\" 1}"), &o));
    CHECK(!strstr(c->fault.detail, "hunter2"));
    arena_free(&arena);
}

TEST(json, more_than_32_levels_are_refused)
{
    IN_ARENA;
    struct text out;
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        struct buf b = buf_new(&arena);
        buf_puts(&b, "[\"[[[{{{\"");
        for (int i = 1; i < depth; i++) buf_puts(&b, ",[1");
        for (int i = 0; i < depth; i++) buf_puts(&b, "]");
        CHECK_I64(depth <= JSON_DEPTH_MAX ? OK : ERR_MALFORMED,
                  json_canonical(c, buf_text(&b), &out));
    }
    arena_free(&arena);
}

TEST(json, every_refusal_names_the_field)
{
    REFUSED("[]", "wrong_type", "");
    REFUSED("{}", "required", "email");
    REFUSED("{'email':null}", "required", "email");
    REFUSED("{'email':''}", "required", "email");
    WRONG("'emial':1", "unknown_field", "emial");
    WRONG("'version':1", "read_only_field", "version");
    WRONG("'note':1", "wrong_type", "note");
    WRONG("'note':'1234567890123'", "too_long", "note");
    WRONG("'note':'a\\u0000b'", "invalid_value", "note");
    WRONG("'note':'a\\rb'", "invalid_value", "note");
    WRONG("'note':'a\\u0085b'", "invalid_value", "note");
    WRONG("'priority':'1'", "wrong_type", "priority");
    WRONG("'priority':1.5", "wrong_type", "priority");
    WRONG("'priority':1.00000000000000000001", "wrong_type", "priority");
    WRONG("'priority':10", "out_of_range", "priority");
    WRONG("'priority':-1", "out_of_range", "priority");
    WRONG("'priority':null", "wrong_type", "priority");
    WRONG("'rank':2147483648", "out_of_range", "rank");
    WRONG("'rank':-1", "out_of_range", "rank");
    WRONG("'weight_g':9007199254740992", "out_of_range", "weight_g");
    WRONG("'weight_g':-99999999999999999999999", "out_of_range", "weight_g");
    WRONG("'weight_g':1e300", "out_of_range", "weight_g");
    WRONG("'is_gift':1", "wrong_type", "is_gift");
    WRONG("'state':'shiped'", "invalid_value", "state");
    WRONG("'marks':'gift'", "wrong_type", "marks");
    WRONG("'marks':['gift',3]", "wrong_type", "marks[1]");
    WRONG("'marks':['gift','gift']", "invalid_value", "marks[1]");
    WRONG("'id':'pkg_0000000000001'", "invalid_value", "id");
    WRONG("'id':7", "wrong_type", "id");
    WRONG("'placed_at':'2026-11-23T01:04:00'", "invalid_value", "placed_at");
    WRONG("'placed_at':'2026-11-23'", "invalid_value", "placed_at");
    WRONG("'placed_at':'0001-01-01T00:00:00+10:00'", "out_of_range", "placed_at");
    WRONG("'promised_on':'2026-02-29'", "invalid_value", "promised_on");
    WRONG("'total':12", "wrong_type", "total");
    WRONG("'total':{'amount':12}", "required", "total.currency");
    WRONG("'total':{'amount':1.5,'currency':'GBP'}", "wrong_type", "total.amount");
    WRONG("'total':{'amount':1,'currency':'ZZZ'}", "invalid_value", "total.currency");
    WRONG("'total':{'amount':1,'currency':'GBP','x':1}", "unknown_field", "total.x");
    WRONG("'ship_to':{'city':'Ulm'}", "required", "ship_to.name");
    WRONG("'ship_to':[]", "wrong_type", "ship_to");
    WRONG("'lines':{}", "wrong_type", "lines");
    WRONG("'marks':null", "wrong_type", "marks");
    WRONG("'lines':[{'sku':'A','quantity':1},3]", "wrong_type", "lines[1]");
    WRONG("'lines':[{'sku':'A','quantity':1},{'sku':'B','quantity':0}]", "out_of_range",
          "lines[1].quantity");
    WRONG("'lines':[{'sku':'A','quantity':1,'price':{'amount':-1,'currency':'EUR'}}]",
          "out_of_range", "lines[0].price.amount");
    WRONG("'lines':[{},{},{},{}]", "too_long", "lines");
    WRONG("'ship_to':{'name':'A','city':'4111 1111 1111 1111'}", "pan_not_accepted",
          "ship_to.city");
    WRONG("'tags':['a','b\\u0007']", "invalid_value", "tags[1]");
    WRONG("'tags':['a',{}]", "wrong_type", "tags[1]");
    WRONG("'metadata':'123456789 123456789 123456789 123456789 123456789 123456789'", "too_long",
          "metadata");
}

TEST(json, a_slip_gets_a_hint)
{
    IN_ARENA;
    struct order o;
    (void)!record_from_json(c, &order_fields, T("{\"shipTo\":1}"), &o);
    CHECK_TEXT("did you mean \"ship_to\"?", text_of(c->fault.hint));
    (void)!record_from_json(c, &order_fields, T("{\"state\":\"shiped\"}"), &o);
    CHECK_TEXT("did you mean \"shipped\"? one of: open, packed, shipped", text_of(c->fault.hint));
    (void)!record_from_json(c, &order_fields, T("{\"zzzzzz\":1}"), &o);
    CHECK(text_starts(text_of(c->fault.hint), T("one of: id, placed_at, ")));
    CHECK(!strstr(c->fault.hint, "version"));
    (void)!record_from_json(c, &order_fields, T("{\"priority\":10}"), &o);
    CHECK_TEXT("from 0 to 9", text_of(c->fault.hint));
    (void)!record_from_json(c, &order_fields, T("{\"password\":\"hunter2\\u0001\"}"), &o);
    CHECK(!strstr(c->fault.detail, "hunter2"));
    arena_free(&arena);
}

TEST(json, characters_are_counted_not_bytes)
{
    IN_ARENA;
    struct order o;
    CHECK_OK(c, record_from_json(c, &order_fields,
                                 T("{\"email\":\"a\",\"note\":\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                                   "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3"
                                   "\xA9\"}"),
                                 &o));
    CHECK_I64(12, (int64_t)text_chars(o.note));
    arena_free(&arena);
}

TEST(json, an_identifier_of_nobody_is_null)
{
    struct arena arena = {0};
    struct order o = {0};
    record_clear(&order_fields, &o);
    o.order_id = 0;
    CHECK(text_find(record_to_json(&arena, &order_fields, &o), T("\"id\":null")) >= 0);
    o.order_id = 1;
    CHECK(text_find(record_to_json(&arena, &order_fields, &o), T("\"id\":\"ord_")) >= 0);
    arena_free(&arena);
}

TEST(json, a_patch_keeps_what_it_does_not_name_and_clears_with_null)
{
    IN_ARENA;
    struct order o;
    bool given[sizeof order_table / sizeof *order_table];
    CHECK_OK(c,
             record_from_json(c, &order_fields,
                              quoted(c, "{'email':'a@b.c','note':'old','weight_g':5,'tags':['x'],"
                                        "'total':{'amount':5,'currency':'EUR'},"
                                        "'ship_to':{'name':'Ann','city':'Ulm'}}"),
                              &o));
    struct address *before = o.ship_to;
    CHECK_OK(c, record_merge_json(c, &order_fields,
                                  quoted(c, "{'weight_g':null,'note':'new','ship_to':{'city':"
                                            "'Bonn'},'total':{'amount':7},'tags':null}"),
                                  &o, given));
    CHECK_TEXT("a@b.c", o.email);
    CHECK_TEXT("new", o.note);
    CHECK_I64(NONE, o.weight_g);
    CHECK_TEXT("Ann", o.ship_to->name);
    CHECK_TEXT("Bonn", o.ship_to->city);
    CHECK_TEXT("Ulm", before->city);
    CHECK_I64(7, o.total.minor);
    CHECK_TEXT("EUR", text_of(o.total.currency));
    CHECK_I64(0, (int64_t)o.tags.count);
    CHECK(given[field_find(&order_fields, T("note")) - order_table]);
    CHECK(!given[field_find(&order_fields, T("email")) - order_table]);
    CHECK_FAULT(
        c, ERR_INVALID, "required",
        record_merge_json(c, &order_fields, T("{\"note\":\"x\",\"email\":null}"), &o, NULL));
    CHECK_TEXT("new", o.note);
    CHECK_OK(c, record_merge_json(c, &order_fields, T("{\"ship_to\":null}"), &o, NULL));
    CHECK(!o.ship_to);
    CHECK_FAULT(c, ERR_INVALID, "required",
                record_merge_json(c, &order_fields, T("{\"ship_to\":{\"city\":\"X\"}}"), &o, NULL));
    CHECK_TEXT("ship_to.name", text_of(c->fault.field));
    arena_free(&arena);
}

TEST(json, answers_of_others_may_hold_more)
{
    IN_ARENA;
    struct order o;
    CHECK_OK(c, record_from_reply(c, &order_fields,
                                  quoted(c, "{'object':'order','email':'a','version':4,"
                                            "'priority':null,'lines':null}"),
                                  &o));
    CHECK_I64(4, o.version);
    CHECK_I64(0, o.priority);
    CHECK_FAULT(c, ERR_INVALID, "required", record_from_reply(c, &order_fields, T("{}"), &o));
    arena_free(&arena);
}

TEST(json, what_is_written_may_stand_in_a_page)
{
    struct arena arena = {0};
    struct buf b = buf_new(&arena);
    json_put_text(&b, T("a\"\\\n\r\t\b\x7F</script>\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA\xC3\xA9"));
    CHECK_TEXT(
        "\"a\\\"\\\\\\n\\r\\t\\u0008\\u007f\\u003c/script>\\u2028\\u2029\xE2\x80\xAA\xC3\xA9\"",
        buf_text(&b));
    b.len = 0;
    json_put_text(&b, T("a\xFF\xC3(\xE2\x80"));
    CHECK_TEXT("\"a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\"", buf_text(&b));
    b.len = 0;
    json_put_text(&b, (struct text){0});
    CHECK_TEXT("null", buf_text(&b));
    arena_free(&arena);
}

TEST(json, an_order_is_written_in_table_order_without_secrets)
{
    struct arena arena = {0};
    struct text tags[] = {T("a"), T("b")};
    struct line line = {.sku = T("A-1"), .quantity = 2, .price = money(150, "EUR")};
    struct order o = {.password = T("hunter2"),
                      .email = T("a@b.c"),
                      .metadata = T("{\"x\":\"<b>\"}"),
                      .marks = 5,
                      .lines = {&line, 1},
                      .tags = {tags, 2}};
    record_clear(&order_fields, &o);
    o.promised_day = 0;
    o.order_id = 1;
    CHECK_TEXT(
        "{\"id\":\"ord_0000000000001\",\"version\":0,\"placed_at\":null,\"promised_on\":"
        "\"1970-01-01\",\"email\":\"a@b.c\",\"note\":null,\"metadata\":{\"x\":\"\\u003cb>\"},"
        "\"weight_g\":null,\"priority\":0,\"rank\":null,\"state\":\"open\",\"marks\":"
        "[\"fragile\",\"cold\"],\"is_gift\":false,\"total\":null,\"ship_to\":null,\"lines\":"
        "[{\"sku\":\"A-1\",\"quantity\":2,\"price\":{\"amount\":150,\"currency\":\"EUR\"}}],"
        "\"tags\":[\"a\",\"b\"]}",
        record_to_json(&arena, &order_fields, &o));
    arena_free(&arena);
}

/* --- any order comes back as it went --------------------------------------------------------- */

static struct text any_text(struct arena *a, struct source *s, int64_t chars)
{
    static const char *const pieces[] = {
        "a",  "Z", " ", "\"",       "\\",           "<", "\n",
        "\t", "/", "&", "\xC3\xA9", "\xE2\x80\xA8", "'", "\xF0\x9F\x93\xA6"};
    struct buf b = buf_new(a);
    for (int64_t n = 1 + source_below(s, chars); n > 0; n--)
        buf_puts(&b, pieces[source_below(s, 14)]);
    return buf_text(&b);
}

static bool maybe(struct source *s) { return source_below(s, 2); }

static struct order any_order(struct arena *a, struct source *s)
{
    struct order o = {0};
    record_clear(&order_fields, &o);
    o.email = any_text(a, s, 40);
    o.version = source_below(s, 1000);
    o.is_gift = maybe(s);
    o.priority = (int32_t)source_below(s, 10);
    o.state = (int32_t)source_below(s, 3);
    o.marks = (int32_t)source_below(s, 8);
    if (maybe(s)) o.order_id = source_id(s);
    if (maybe(s)) o.placed_us = source_below(s, INT64_C(250000000000000000)) - 60000000000000000;
    if (maybe(s)) o.promised_day = source_below(s, 3000000) - 700000;
    if (maybe(s)) o.note = any_text(a, s, 12);
    if (maybe(s)) o.metadata = T("{\"k\": [1.50, null, \"\\u00e9\"]}");
    if (maybe(s)) o.weight_g = JSON_NUMBER_MAX - source_below(s, 3);
    if (maybe(s)) o.rank = (int32_t)source_below(s, INT32_MAX);
    if (maybe(s)) o.total = money(-source_below(s, 1000000), maybe(s) ? "JPY" : "EUR");
    if (maybe(s)) {
        o.ship_to = arena_new(a, struct address, 1);
        o.ship_to->name = any_text(a, s, 10);
        o.ship_to->floor = (int32_t)source_below(s, 205) - 5;
    }
    o.lines = (struct list){arena_new(a, struct line, 3), (size_t)source_below(s, 4)};
    for (size_t i = 0; i < o.lines.count; i++)
        ((struct line *)o.lines.at)[i] = (struct line){.sku = any_text(a, s, 20),
                                                       .quantity = 1 + source_below(s, 9999),
                                                       .price = money(source_below(s, 99), "GBP")};
    o.tags = (struct list){arena_new(a, struct text, 4), (size_t)source_below(s, 5)};
    for (size_t i = 0; i < o.tags.count; i++) ((struct text *)o.tags.at)[i] = any_text(a, s, 30);
    return o;
}

TEST(json, any_order_comes_back_as_it_went)
{
    IN_ARENA;
    struct source s;
    source_virtual(&s, 20261123, 1000000 * SECOND_US);
    for (int turn = 0; turn < 500 && !test_failed(); turn++) {
        struct order o = any_order(&arena, &s), back;
        struct text once = record_to_json(&arena, &order_fields, &o);
        CHECK_OK(c, record_from_reply(c, &order_fields, once, &back));
        if (test_failed()) break;
        struct text again = record_to_json(&arena, &order_fields, &back);
        CHECK_TEXT(text_cstr(&arena, once), again);
        CHECK_TEXT(text_cstr(&arena, o.email), back.email);
        CHECK_I64(o.placed_us, back.placed_us);
        CHECK_I64(o.promised_day, back.promised_day);
        CHECK_I64(o.weight_g, back.weight_g);
        CHECK_I64(o.rank, back.rank);
        CHECK_I64(o.total.minor, back.total.minor);
        for (size_t i = 0; i < o.lines.count; i++)
            CHECK_TEXT(text_cstr(&arena, ((struct line *)o.lines.at)[i].sku),
                       ((struct line *)back.lines.at)[i].sku);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

/* --- query strings --------------------------------------------------------------------------- */

struct filter {
    struct text q;
    int64_t after_us;
    int32_t state, marks, limit;
    bool is_late;
    struct list skus;
};
static const struct field filter_table[] = {
    FIELD(struct filter, q, .max = 10),
    FIELD_INSTANT(struct filter, after_us, "created_at[gte]"),
    FIELD_ENUM(struct filter, state, states, .flags = F_NULL),
    FIELD_FLAGS(struct filter, marks, labels),
    FIELD(struct filter, limit, .min = 1, .max = 200),
    FIELD(struct filter, is_late),
    FIELD_TEXTS(struct filter, skus, .max = 3),
};
static const struct fields filter_fields = FIELDS("order_filter", struct filter, filter_table);

TEST(json, filters_in_an_address_are_read_like_a_body)
{
    IN_ARENA;
    struct filter q;
    const struct name_value pairs[] = {{T("created_at[gte]"), T("2026-01-01")},
                                       {T("state"), T("")},
                                       {T("marks"), T("gift,cold")},
                                       {T("marks"), T("fragile")},
                                       {T("limit"), T("50")},
                                       {T("is_late"), T("1")},
                                       {T("skus"), T("A,B")},
                                       {T("skus"), T("C")}};
    CHECK_OK(c, record_from_query(c, &filter_fields, pairs, 8, &q));
    CHECK_TEXT("2026-01-01T00:00:00Z", instant_text(&arena, q.after_us));
    CHECK_I64(-1, q.state);
    CHECK_I64(7, q.marks);
    CHECK_I64(50, q.limit);
    CHECK(q.is_late && !q.q.at);
    CHECK_I64(3, (int64_t)q.skus.count);
    CHECK_TEXT("C", ((struct text *)q.skus.at)[2]);
    arena_free(&arena);
}

TEST(json, a_wrong_filter_is_refused_by_name)
{
    static const struct {
        const char *name, *value, *reason;
    } wrong[] = {{"limt", "5", "unknown_field"},         {"limit", "201", "out_of_range"},
                 {"limit", "5x", "invalid_value"},       {"is_late", "yes", "invalid_value"},
                 {"state", "gone", "invalid_value"},     {"q", "12345678901", "too_long"},
                 {"q", "\xFF", "invalid_value"},         {"skus", "a,b,c,d", "too_long"},
                 {"marks", "gift,gone", "invalid_value"}};
    IN_ARENA;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct filter q;
        struct name_value pair = {text_of(wrong[i].name), text_of(wrong[i].value)};
        CHECK_FAULT(c, ERR_INVALID, wrong[i].reason,
                    record_from_query(c, &filter_fields, &pair, 1, &q));
        CHECK_TEXT(wrong[i].name, text_of(c->fault.field));
    }
    struct filter q;
    const struct name_value twice[] = {{T("limit"), T("5")}, {T("limit"), T("6")}};
    CHECK_FAULT(c, ERR_INVALID, "invalid_value",
                record_from_query(c, &filter_fields, twice, 2, &q));
    arena_free(&arena);
}

/* --- canonical ------------------------------------------------------------------------------- */

TEST(json, two_spellings_of_one_request_have_one_canonical_form)
{
    IN_ARENA;
    struct text one, two;
    CHECK_OK(c,
             json_canonical(c, T("{\"b\":[1.0,-0,1.50,1e2,true,null],\"a\":\"\\u00e9\"}"), &one));
    CHECK_OK(c, json_canonical(c, T(" { \"a\" : \"\xC3\xA9\",\n\"b\":[1,0,15E-1,100,true,null] }"),
                               &two));
    CHECK_TEXT("{\"a\":\"\xC3\xA9\",\"b\":[1,0,15e-1,100,true,null]}", one);
    CHECK_TEXT(text_cstr(&arena, one), two);
    CHECK_OK(c, json_canonical(c, T("[12345678901234567891]"), &one));
    CHECK_OK(c, json_canonical(c, T("[12345678901234567890]"), &two));
    CHECK(!text_eq(one, two));
    CHECK_FAULT(c, ERR_MALFORMED, "invalid_json", json_canonical(c, T("{\"a\":1,\"a\":1}"), &one));
    arena_free(&arena);
}

/* --- all that is wrong ----------------------------------------------------------------------- */

TEST(json, all_wrong_fields_are_named_and_the_first_is_the_headline)
{
    static const char *const told[][2] = {
        {"lines[0].sku", "wrong_type"},
        {"lines[1].quantity", "out_of_range"},
        {"lines[1].sku", "required"},
        {"ship_to.floor", "out_of_range"},
        {"total.currency", "invalid_value"},
        {"nonsense", "unknown_field"},
        {"email", "required"},
    };
    IN_ARENA;
    struct order o;
    CHECK_FAULT(c, ERR_INVALID, "wrong_type",
                record_from_json(c, &order_fields,
                                 quoted(c, "{'lines':[{'sku':1,'quantity':2},{'quantity':0}],"
                                           "'ship_to':{'name':'Ann','floor':900},"
                                           "'total':{'amount':1,'currency':'XXQ'},'nonsense':1}"),
                                 &o));
    const struct faults *all = faults_of(c);
    CHECK_I64(7, all ? (int64_t)all->count : 0);
    for (size_t i = 0; all && i < all->count; i++) {
        CHECK_TEXT(told[i][0], text_of(all->at[i].field));
        CHECK_TEXT(told[i][1], text_of(all->at[i].reason));
    }
    CHECK_OK(c, record_from_json(c, &order_fields, quoted(c, "{'email':'a@b.c'}"), &o));
    CHECK(faults_of(c) == NULL);
    arena_free(&arena);
}

TEST(json, no_more_than_twenty_wrong_fields_are_looked_for)
{
    IN_ARENA;
    struct order o;
    struct buf b = buf_new(&arena);
    buf_puts(&b, "{");
    for (int i = 0; i < 50; i++) buf_printf(&b, "%s\"no%d\":1", i ? "," : "", i);
    buf_puts(&b, "}");
    CHECK_FAULT(c, ERR_INVALID, "unknown_field",
                record_from_json(c, &order_fields, buf_text(&b), &o));
    CHECK_I64(FAULTS_MAX, (int64_t)faults_of(c)->count);
    CHECK_TEXT("no0", text_of(c->fault.field));
    arena_free(&arena);
}
