#include "copy/copy_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- places ---------------------------------------------------------------------------------- */

bool place_open(struct place *p, enum db_engine engine)
{
    if (!world_open(&p->w, engine)) return false;
    if (engine == DB_POSTGRES)
        snprintf(p->address, sizeof p->address, "%s%coptions=-csearch_path%%3D%s", p->w.address,
                 strchr(p->w.address, '?') ? '&' : '?', p->w.schema);
    else
        snprintf(p->address, sizeof p->address, "%s", p->w.address);
    return true;
}

void place_rest(struct place *p)
{
    if (p->w.store) store_close(p->w.store);
    p->w.store = p->w.ctx.store = NULL;
    p->w.ctx.db = NULL;
}

void place_wake(struct place *p)
{
    struct store_options options = {.is_fast = true, .schema = *p->w.schema ? p->w.schema : NULL};
    CHECK_OK(&p->w.ctx, store_open(&p->w.ctx, text_of(p->w.address), options, &p->w.store));
}

void place_fill(struct place *p)
{
    struct world *w = &p->w;
    shop_open(w);
    for (int i = 0; i < FILL_ORDERS; i++) shop_order(w, i % 2 ? "MUG" : "BOOK", 1 + i % 3);
    bool is_server = w->engine == DB_POSTGRES;
    CHECK_OK(&w->ctx,
             world_script(w, is_server
                                 ? "INSERT INTO proof (merchant_id, package_id, proof_id, name,"
                                   " photo, at_us) VALUES (9223372036854775807, -1, 0,"
                                   " E'a \"q\" \\\\ b\\tc\\n\\u20AC;12:', '\\x0001ff5c7827',"
                                   " -9223372036854775808),"
                                   " (1, 1, 1, '', '', 0), (1, 1, 2, NULL, NULL, 0)"
                                 : "INSERT INTO proof (merchant_id, package_id, proof_id, name,"
                                   " photo, at_us) VALUES (9223372036854775807, -1, 0,"
                                   " 'a \"q\" \\ b' || char(9) || 'c' || char(10, 8364) ||"
                                   " ';12:', x'0001ff5c7827', -9223372036854775808),"
                                   " (1, 1, 1, '', x'', 0), (1, 1, 2, NULL, NULL, 0)"));
    CHECK_OK(&w->ctx, world_script(w, "INSERT INTO counter (merchant_id, name, value) VALUES"
                                      " (7, '12:;', 1), (7, 'it''s', 2), (7, '', 3)"));
}

/* --- a copy ---------------------------------------------------------------------------------- */

static bool on_heard(void *arg, const struct copy *k)
{
    struct copying *g = arg;
    return k->phase != COPY_ROWS || g->pages < 0 || g->pages-- > 0;
}

enum err copying_differ(void *arg, const struct dump_table *t, const struct value *a,
                        const struct value *b)
{
    struct copying *g = arg;
    struct text key = dump_key_shown(&g->from_arena, t, a ? a : b);
    if (!g->reported++)
        snprintf(g->first, sizeof g->first, "%s %.*s%s", t->name, TEXT_ARG(key),
                 !a   ? " added"
                 : !b ? " missing"
                      : "");
    return OK;
}

bool pair_open(struct pair *p, enum db_engine from, enum db_engine to)
{
    if (!place_open(&p->from, from)) return false;
    if (!place_open(&p->to, to)) {
        world_close(&p->from.w);
        return false;
    }
    place_fill(&p->from);
    return true;
}

void pair_close(struct pair *p)
{
    world_close(&p->from.w);
    world_close(&p->to.w);
}

void pair_rest(struct pair *p)
{
    place_rest(&p->from);
    place_rest(&p->to);
}

struct copying *copying_new(const struct place *from, const struct place *to)
{
    struct copying *g = calloc(1, sizeof *g);
    source_real(&g->source, 0);
    g->from = (struct ctx){.arena = &g->from_arena, .source = &g->source};
    g->to = (struct ctx){.arena = &g->to_arena, .source = &g->source};
    g->pages = -1;
    g->copy = (struct copy){.from = &g->from,
                            .to = &g->to,
                            .from_address = from->address,
                            .to_address = to->address,
                            .heard = on_heard,
                            .arg = g};
    return g;
}

void copying_free(struct copying *g)
{
    copy_close(&g->copy);
    arena_free(&g->from_arena);
    arena_free(&g->to_arena);
    free(g);
}

enum err copying_check(struct copying *g)
{
    return copy_check(&g->copy, &g->differ, copying_differ, g);
}

enum err copying_run(struct copying *g)
{
    TRY(copy_open(&g->copy));
    TRY(copy_rows(&g->copy));
    TRY(copying_check(g));
    return g->differ ? OK : copy_end(&g->copy);
}
