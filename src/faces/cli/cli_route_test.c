/* What the arguments of a verb mean as a call. */
#include "faces/api/route_tree.h"
#include "faces/cli/cli_inside.h"
#include "harness.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The call that a verb with one option is, read back as a server reads it. */
static enum err asked(struct cli *cli, const struct route *r, const char *option, void *record)
{
    char *argv[ROUTE_IDS_MAX + 2] = {strdup("verb")};
    int argc = 1;
    struct call call;
    struct text query;
    for (size_t i = 0; route_parameter(r, i).at; i++) argv[argc++] = strdup("x");
    argv[argc++] = strdup(option);
    enum err e = route_call(cli, r, argc, argv, &call);
    for (int i = 0; i < argc; i++) free(argv[i]);
    if (e != OK) return e;
    text_split(call.target, '?', &query);
    struct name_value pair = {.name = text_split(query, '=', &pair.value)};
    return record_from_query(&cli->ctx, r->query, &pair, 1, record);
}

static void check_flag(struct cli *cli, const struct route *r, const struct field *f)
{
    static const struct {
        const char *said;
        bool meant;
    } ways[] = {{"", true},     {"=yes", true},    {"=true", true}, {"=1", true},
                {"=no", false}, {"=false", false}, {"=0", false}};
    char option[80];
    void *record = arena_alloc(&cli->arena, r->query->size, 16);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        snprintf(option, sizeof option, "--%s%s", f->json, ways[i].said);
        CHECK_OK(&cli->ctx, asked(cli, r, option, record));
        CHECK_I64(ways[i].meant, field_i64(f, record));
        if (test_failed()) {
            printf("waybill %s %s\n", r->verb, option);
            return;
        }
    }
    snprintf(option, sizeof option, "--%s=perhaps", f->json);
    CHECK_FAULT(&cli->ctx, ERR_INVALID, "usage", asked(cli, r, option, record));
}

TEST(cli_route, yes_and_no_are_understood_by_every_verb_that_asks)
{
    struct cli cli = {.ctx = {0}};
    size_t flags = 0;
    cli.ctx.arena = &cli.arena;
    for (size_t t = 0; route_tables[t]; t++)
        for (const struct route *r = route_tables[t]; r->method && !test_failed(); r++)
            for (size_t i = 0; r->verb && r->query && i < r->query->count; i++)
                if (r->query->at[i].kind == F_BOOL) {
                    check_flag(&cli, r, &r->query->at[i]);
                    flags++;
                }
    CHECK(flags >= 3); /* returns, claims, refunds: --all */
    arena_free(&cli.arena);
}

static const struct route *route_named(const char *verb)
{
    for (size_t t = 0; route_tables[t]; t++)
        for (const struct route *r = route_tables[t]; r->method; r++)
            if (r->verb && strcmp(r->verb, verb) == 0) return r;
    return NULL;
}

static const char *meant(struct cli *cli, const char *first, const char *second)
{
    char *argv[] = {strdup("waybill"), strdup(first), strdup(second)};
    const char *name = guess_verb(cli, 3, argv, 1);
    for (int i = 0; i < 3; i++) free(argv[i]);
    return name ? name : "";
}

TEST(cli_route, a_slip_of_the_finger_names_the_verb_that_was_meant)
{
    struct cli cli = {.ctx = {0}};
    cli.ctx.arena = &cli.arena;
    CHECK_TEXT("orders list", text_of(meant(&cli, "oders", "list")));
    CHECK_TEXT("orders list", text_of(meant(&cli, "orders", "lst")));
    CHECK_TEXT("orders cancel", text_of(meant(&cli, "orders", "cancl")));
    CHECK_TEXT("stock receive", text_of(meant(&cli, "stok", "recieve")));
    CHECK_TEXT("", text_of(meant(&cli, "xyzzy", "plugh")));
    const struct route *add = route_named("products add");
    CHECK_TEXT("weight_g", text_of(guess_option(&cli, add, T("wieght_g"))));
    CHECK_TEXT("preview", text_of(guess_option(&cli, add, T("preveiw"))));
    CHECK(guess_option(&cli, add, T("nothing-like-it")) == NULL);
    arena_free(&cli.arena);
}

static void check_wrong(struct cli *cli, const char *verb, const char *option, const char *value,
                        const char *detail, const char *hint)
{
    const struct route *r = route_named(verb);
    char *argv[] = {strdup("verb"), strdup(option), strdup(value)};
    struct call call;
    cli->ctx.fault = (struct fault){0};
    CHECK_I64(ERR_INVALID, route_call(cli, r, 3, argv, &call));
    CHECK_TEXT(detail, text_of(cli->ctx.fault.detail));
    if (hint) CHECK_TEXT(hint, text_of(cli->ctx.fault.hint));
    for (int i = 0; i < 3; i++) free(argv[i]);
}

/* What a flag says may stand beside it, as an option's value does. */
TEST(cli_route, a_flag_is_said_with_or_without_its_word)
{
    static const struct {
        const char *said[2];
        const char *body;
    } ways[] = {{{"--accepts"}, "{\"accepts\":true}"},
                {{"--accepts", "no"}, "{\"accepts\":false}"},
                {{"--accepts=no"}, "{\"accepts\":false}"},
                {{"--accepts", "yes"}, "{\"accepts\":true}"}};
    struct cli cli = {.ctx = {0}};
    cli.ctx.arena = &cli.arena;
    const struct route *r = route_named("orders answer");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *argv[5] = {strdup("verb"), strdup("1"), strdup("sbs_1")};
        int argc = 3;
        struct call call;
        for (size_t k = 0; k < 2 && ways[i].said[k]; k++) argv[argc++] = strdup(ways[i].said[k]);
        CHECK_OK(&cli.ctx, route_call(&cli, r, argc, argv, &call));
        CHECK_TEXT(ways[i].body, call.body);
        for (int k = 0; k < argc; k++) free(argv[k]);
    }
    arena_free(&cli.arena);
}

TEST(cli_route, what_is_wrong_with_a_value_is_said_in_the_words_that_were_typed)
{
    struct cli cli = {.ctx = {0}};
    cli.ctx.arena = &cli.arena;
    check_wrong(&cli, "stock receive", "--lines", "sku=MUG,quantty=2",
                "stock_receipt_line has no field \"quantty\"", "did you mean \"quantity\"?");
    check_wrong(&cli, "stock receive", "--lines", "sku=MUG,quantity=five",
                "quantity: \"five\" is no whole number", "");
    check_wrong(&cli, "products add", "--weight_g", "3.5", "weight_g: \"3.5\" is no whole number",
                "");
    check_wrong(&cli, "products add", "--wieght_g", "3", "there is no option --wieght_g",
                "did you mean --weight_g? waybill help products add");
    check_wrong(&cli, "returns request", "1", "2", "\"2\" is one argument too many",
                "waybill help returns request");
    check_wrong(&cli, "asn change", "--note", "later", "DELIVERY is missing", NULL);
    cli.body = T("{}");
    check_wrong(&cli, "products add", "--sku", "MUG",
                "the body is given both as JSON and by options",
                "write all of it into the JSON, or leave --body out");
    arena_free(&cli.arena);
}
