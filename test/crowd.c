#include "crowd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void crowd_at(struct crowd *k, struct world *w, struct shop shop)
{
    memset(k, 0, sizeof *k);
    k->w = w;
    k->shop = shop;
    server_open(&k->server, w->store, &w->source, route_tables);
}

void crowd_open(struct crowd *k, struct world *w) { crowd_at(k, w, shop_open(w)); }

struct guest *crowd_asks(struct crowd *k, const char *path, const char *body, const char *key)
{
    struct guest *g = &k->at[k->count++];
    g->call = (struct call){.method = T("POST"),
                            .target = text_of(path),
                            .body = text_of(body),
                            .idempotency_key = text_of(key),
                            .is_trusted = true,
                            .merchant_id = k->shop.merchant_id,
                            .actor_id = 1000 + (int64_t)k->count};
    return g;
}

static void answered(void *arg, const struct answer *answer)
{
    struct guest *g = arg;
    g->answer = *answer;
    g->answer.body = text_copy(&g->arena, answer->body);
    g->is_answered = true;
}

static void wait_for(const struct guest *g)
{
    while (!g->is_answered) nanosleep(&(struct timespec){0, 1000000}, NULL);
}

int64_t crowd_let_in(struct crowd *k)
{
    for (size_t i = 0; i < k->count; i++)
        dispatch_begin(&k->server, &k->at[i].arena, &k->at[i].call, answered, &k->at[i]);
    int64_t before = store_queries(k->w->store);
    if (!k->is_open) store_start(k->w->store);
    k->is_open = true;
    for (size_t i = 0; i < k->count; i++) wait_for(&k->at[i]);
    return store_queries(k->w->store) - before;
}

void crowd_ask(struct crowd *k, struct guest *g)
{
    g->is_answered = false;
    dispatch_begin(&k->server, &g->arena, &g->call, answered, g);
    wait_for(g);
}

void crowd_close(struct crowd *k)
{
    server_close(&k->server);
    for (size_t i = 0; i < k->count; i++) arena_free(&k->at[i].arena);
}

bool crowd_says(const struct guest *g, int status, const char *part)
{
    if (g->answer.status == status && text_find(g->answer.body, text_of(part)) >= 0) return true;
    printf("no %d with %s: %d %.*s\n", status, part, g->answer.status, TEXT_ARG(g->answer.body));
    return false;
}
