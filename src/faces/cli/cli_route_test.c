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
