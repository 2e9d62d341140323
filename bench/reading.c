/* bench/reading.c: reads through the route table, at two sizes of the database in turns. */
#include "bench/growth.h"

#include "base/sort.h"
#include "base/source.h"
#include "bench/floor.h"
#include "faces/api/dispatch.h"
#include "store/db.h"

#include <stdio.h>

enum { BLOCK = 20, BLOCKS = 10, CALLS = BLOCK * BLOCKS, FIRST_NUMBER = 1 };

static struct text one_order(struct ctx *c, int64_t n)
{
    return text_printf(c->arena, "/v1/orders/%lld", (long long)(FIRST_NUMBER + n));
}
static struct text a_list(struct ctx *c, int64_t n)
{
    (void)c, (void)n;
    return T("/v1/orders?limit=50");
}
static struct text a_search(struct ctx *c, int64_t n)
{
    return text_printf(c->arena, "/v1/orders?reference=B-%09lld", (long long)(n + 1));
}
static struct text the_board(struct ctx *c, int64_t n)
{
    (void)c, (void)n;
    return T("/v1/board");
}

static const struct look {
    const char *name;
    struct text (*target)(struct ctx *c, int64_t n);
} looks[] = {{"order", one_order}, {"list", a_list}, {"search", a_search}, {"board", the_board}};

struct side {
    struct ctx *own;
    struct server server;
    int64_t orders, statements, calls;
    int64_t us[CALLS];
};

static enum err look(struct ctx *c, struct side *s, const struct look *l)
{
    struct arena_mark mark = arena_mark(c->arena);
    struct call call = {.method = T("GET"),
                        .target = l->target(c, source_below(c->source, s->orders)),
                        .is_trusted = true,
                        .merchant_id = s->own->merchant_id};
    struct answer answer;
    int64_t before = store_queries(s->own->store), begin = bench_now_us();
    dispatch(&s->server, c->arena, &call, &answer);
    s->us[s->calls++ % CALLS] = bench_now_us() - begin;
    s->statements += store_queries(s->own->store) - before;
    /* A search that finds nothing is an answer as well, of a few bytes. */
    if (answer.status != 200 || answer.body.len < 40)
        return fail(c, ERR_BUG, "bench", "%.*s answered %d: %.*s", TEXT_ARG(call.target),
                    answer.status, TEXT_ARG(text_head(answer.body, 200)));
    arena_rewind(c->arena, mark);
    return OK;
}

static void take(struct figures *f, const struct look *l, const char *name, double value)
{
    char key[64];
    snprintf(key, sizeof key, "reading.%s_%s", l->name, name);
    figure_take(f, key, value);
}

/* Of a call in the middle: on a machine that others use, a few wait for their turn to run. */
static int64_t middle_us(struct side *s)
{
    sort_i64(s->us, CALLS);
    return s->us[CALLS / 2];
}

static enum err compare(struct ctx *c, struct side *few, struct side *many, const struct look *l,
                        struct figures *f)
{
    TRY(look(c, few, l)); /* statements are prepared on first use */
    TRY(look(c, many, l));
    few->calls = many->calls = few->statements = many->statements = 0;
    for (int i = 0; i < 2 * BLOCKS; i++)
        for (int n = 0; n < BLOCK; n++) TRY(look(c, i % 2 ? many : few, l));
    if (few->statements != many->statements)
        return fail(c, ERR_BUG, "bench", "%s: %lld statements among few orders, %lld among many",
                    l->name, (long long)few->statements, (long long)many->statements);
    take(f, l, "ratio", (double)middle_us(many) / (double)(middle_us(few) + 1));
    take(f, l, "us", (double)middle_us(many));
    take(f, l, "statements", (double)many->statements / CALLS);
    return OK;
}

static void side_open(struct ctx *c, struct side *s, struct bench_shelf shelf)
{
    *s = (struct side){.own = shelf.own, .orders = shelf.orders};
    server_open(&s->server, shelf.own->store, c->source, route_tables);
}

enum err bench_reading(struct ctx *c, struct bench_shelf few, struct bench_shelf many, int rounds,
                       struct figures *f)
{
    struct side *sides = arena_new(c->arena, struct side, 2);
    enum err e = OK;
    side_open(c, &sides[0], few);
    side_open(c, &sides[1], many);
    for (int i = 0; i < rounds && e == OK; i++)
        for (size_t k = 0; k < sizeof looks / sizeof *looks && e == OK; k++)
            e = compare(c, &sides[0], &sides[1], &looks[k], f);
    server_close(&sides[0].server);
    server_close(&sides[1].server);
    return e;
}
