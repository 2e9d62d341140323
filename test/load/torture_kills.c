/* test/load/torture_kills.c: orders under keys while the server, or its database, dies. */
#include "torture.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WHOLE_AUDIT_EVERY = 100, PLENTY = 1000000, IDS_IN_A_QUESTION = 400 };

struct client {
    struct torture_line line;
    pthread_t thread;
    const char *mark, *sku;
    int number;
    int64_t next, asked, unanswered, failures, changed;
    int64_t *ids; /* of orders 0 to next - 1, as they were answered */
    size_t capacity;
    struct arena arena;
};

static atomic_bool is_over;

int torture_order(struct torture_line *line, struct arena *arena, const char *mark, int client,
                  int64_t n, const char *sku, int64_t *id)
{
    char key[80];
    struct arena_mark before = arena_mark(arena);
    struct text answer,
        body = text_printf(
            arena,
            "{\"customer_name\":\"%s-%d-%lld\",\"note\":\"%s\",\"ship_to\":{\"recipient\":\"Ada "
            "Byron\",\"line1\":\"%lld King Street\",\"city\":\"London\",\"postal_code\":\"EC2V "
            "8EA\","
            "\"country\":\"GB\"},%s,\"lines\":[{\"sku\":\"%s\",\"quantity\":1}]}",
            mark, client, (long long)n, mark, (long long)(client * 1000000 + n + 1),
            n % 2 ? "\"payment_method\":\"card\",\"payment_token\":\"tok_ok\""
                  : "\"payment_method\":\"on_account\"",
            sku);
    snprintf(key, sizeof key, "%s-%d-%lld", mark, client, (long long)n);
    int status = torture_ask(line, "POST", "/v1/orders", key, body, &answer);
    if (status == 201 && !id_parse(torture_word(answer, "id"), "ord", id)) status = -1;
    arena_rewind(arena, before);
    return status;
}

static int order_once(struct client *k, int64_t n, int64_t *id)
{
    k->asked++;
    return torture_order(&k->line, &k->arena, k->mark, k->number, n, k->sku, id);
}

static void *order_on(void *arg)
{
    struct client *k = arg;
    int64_t id = 0;
    /* what was answered before the death is answered alike */
    if (k->next && order_once(k, k->next - 1, &id) == 201 && id != k->ids[k->next - 1])
        k->changed++;
    while (!atomic_load(&is_over)) {
        int status = order_once(k, k->next, &id);
        if (status == 0) k->unanswered++;
        if (status == 0) break;
        bool is_away = status == 502 || status == 503; /* its database, it says: ask again */
        if (is_away) nanosleep(&(struct timespec){0, 2000000}, NULL);
        if (is_away) continue;
        if (status != 201) k->failures++;
        if (status != 201) break;
        size_t count = (size_t)k->next;
        *arena_push(&k->arena, k->ids, count, k->capacity) = id;
        k->next++;
    }
    torture_hang_up(&k->line);
    return NULL;
}

enum death { OF_NOBODY, OF_SERVER, OF_POSTMASTER };

/* Death comes while they write; the server outlives its database, and goes on when that is back. */
static enum err rush(struct torture_site *t, struct client *clients, int64_t ms, enum death death)
{
    enum err e = OK;
    atomic_store(&is_over, false);
    for (int64_t i = 0; i < t->options->clients; i++) {
        clients[i].line.port = t->port;
        pthread_create(&clients[i].thread, NULL, order_on, &clients[i]);
    }
    nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
    if (death == OF_SERVER) torture_kill(t, SIGKILL);
    if (death == OF_POSTMASTER) e = torture_kill_postmaster(t);
    if (death == OF_POSTMASTER) nanosleep(&(struct timespec){0, 200000000}, NULL);
    atomic_store(&is_over, true);
    for (int64_t i = 0; i < t->options->clients; i++) pthread_join(clients[i].thread, NULL);
    return e;
}

static enum err die_and_rise(struct torture_site *t, struct client *clients)
{
    struct torture_report *r = t->report;
    bool is_postmaster = t->is_postgres && t->options->restart && r->kills % 5 == 4;
    TRY(rush(t, clients, 20 + source_below(&t->dice, 180),
             is_postmaster ? OF_POSTMASTER : OF_SERVER));
    torture_kill(t, SIGKILL);
    r->postmaster_kills += is_postmaster;
    r->kills++;
    TRY(torture_audit(t, r->kills % WHOLE_AUDIT_EVERY == 0));
    return torture_start(t);
}

/* Orders that were answered and are not there. */
static enum err count_lost(struct torture_site *t, const struct client *k)
{
    for (int64_t from = 0; from < k->next; from += IDS_IN_A_QUESTION) {
        struct arena arena = {0};
        struct buf sql = buf_new(&arena);
        int64_t n = 0, asked = 0;
        buf_printf(&sql, "SELECT count(*) FROM orders WHERE merchant_id = %lld AND order_id IN (",
                   (long long)t->merchant_id);
        for (int64_t i = from; i < k->next && asked < IDS_IN_A_QUESTION; i++, asked++)
            buf_printf(&sql, "%s%lld", asked ? "," : "", (long long)k->ids[i]);
        buf_puts(&sql, ")");
        enum err e = torture_count(t, text_cstr(&arena, buf_text(&sql)), &n);
        arena_free(&arena);
        TRY(e);
        t->report->lost += asked - n;
    }
    return OK;
}

static enum err compare(struct torture_site *t, const struct client *clients, const char *mark)
{
    struct torture_report *r = t->report;
    char sql[300];
    int64_t names = 0;
    for (int64_t i = 0; i < t->options->clients; i++) {
        const struct client *k = &clients[i];
        r->acknowledged += k->next;
        r->asked += k->asked;
        r->unanswered += k->unanswered;
        r->failures += k->failures;
        r->changed += k->changed;
        TRY(count_lost(t, k));
    }
    snprintf(sql, sizeof sql, "SELECT count(*) FROM orders WHERE note = '%s'", mark);
    TRY(torture_count(t, sql, &r->stored));
    snprintf(sql, sizeof sql, "SELECT count(DISTINCT customer_name) FROM orders WHERE note = '%s'",
             mark);
    TRY(torture_count(t, sql, &names));
    r->doubled += r->stored - names;
    /* whoever had no answer at the last moment may have been served: at most one each */
    if (r->stored > r->acknowledged + t->options->clients) r->doubled++;
    return OK;
}

enum err torture_kills(struct torture_site *t)
{
    int64_t n = t->options->clients;
    struct client *clients = arena_new(t->c->arena, struct client, (size_t)n);
    char mark[40];
    snprintf(mark, sizeof mark, "torture%ld", (long)torture_now_ms());
    for (int64_t i = 0; i < n; i++)
        clients[i] = (struct client){
            .line = {.key = t->key}, .number = (int)i, .mark = mark, .sku = "TORTURE"};
    enum err e = OK;
    for (int64_t i = 0; i < t->options->kills && e == OK; i++) e = die_and_rise(t, clients);
    if (e == OK) e = rush(t, clients, 300, OF_NOBODY); /* what is open is asked again */
    torture_kill(t, SIGTERM);
    if (e == OK) e = compare(t, clients, mark);
    if (e == OK) e = torture_audit(t, true);
    for (int64_t i = 0; i < n; i++) {
        arena_free(&clients[i].arena);
        arena_free(&clients[i].line.arena);
    }
    return e;
}
