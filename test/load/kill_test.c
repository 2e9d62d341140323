/* test/load/kill_test.c: a stop and a crash in the middle of the rush. Sixty-four customers post
 * orders under idempotency keys; whatever was answered with 2xx is stored, and what was sent again
 * after the crash has had one effect. Orders have no reference: only the key keeps them apart. */
#include "test/api/served.h"
#include "test/audit_world.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS = 64, ORDERS_MAX = 200, ENOUGH = 600 };

static atomic_int taken; /* by all clients together */
static atomic_bool is_over;

struct client {
    const struct served *s;
    pthread_t thread;
    int number;
    int accepted; /* orders 0 to accepted - 1 were answered with 201 */
    char ids[ORDERS_MAX][20];
};

/* Asks for order `i` of this client; 0 when there was no answer. */
static int post(const struct client *k, struct arena *a, int i, struct text *id)
{
    struct text body = text_printf(
        a,
        "{\"customer_name\":\"%d-%d\",\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"%d King "
        "Street\",\"city\":\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},"
        "\"payment_method\":\"on_account\",\"lines\":[{\"sku\":\"PEN\",\"quantity\":1}]}",
        k->number, i, k->number * ORDERS_MAX + i + 1);
    struct text request = text_printf(
        a,
        "POST /v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: %.*s\r\n"
        "Idempotency-Key: order-%d-%d\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n%.*s",
        TEXT_ARG(k->s->bearer), k->number, i, body.len, TEXT_ARG(body));
    struct text answer = served_say(k->s, a, request);
    int64_t status = 0;
    text_to_i64(text_head(text_skip(answer, strlen("HTTP/1.1 ")), 3), &status);
    ptrdiff_t at = text_find(answer, T("\"id\":\"ord_"));
    if (at < 0) return status == 201 ? 0 : (int)status; /* cut off in the middle */
    struct text rest;
    *id = text_split(text_skip(answer, (size_t)at + strlen("\"id\":\"")), '"', &rest);
    return rest.at ? (int)status : 0;
}

static void *order_on(void *arg)
{
    struct client *k = arg;
    struct arena a = {0};
    while (k->accepted < ORDERS_MAX && !atomic_load(&is_over)) {
        struct text id = {0};
        arena_reset(&a);
        if (post(k, &a, k->accepted, &id) != 201) break;
        snprintf(k->ids[k->accepted], sizeof *k->ids, "%.*s", TEXT_ARG(id));
        k->accepted++;
        atomic_fetch_add(&taken, 1);
    }
    arena_free(&a);
    return NULL;
}

static void end_in_the_rush(struct served *s, struct client *clients, int signal_number)
{
    int status = 0;
    atomic_store(&taken, 0);
    atomic_store(&is_over, false);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.s = s, .number = i};
        pthread_create(&clients[i].thread, NULL, order_on, &clients[i]);
    }
    for (int i = 0; i < 4000 && atomic_load(&taken) < ENOUGH; i++) usleep(5000);
    CHECK(atomic_load(&taken) >= ENOUGH);
    kill(s->pid, signal_number);
    waitpid(s->pid, &status, 0);
    atomic_store(&is_over, true);
    if (signal_number == SIGTERM) CHECK_I64(0, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    for (int i = 0; i < CLIENTS; i++) pthread_join(clients[i].thread, NULL);
    s->pid = 0;
    served_stop(s);
}

static int64_t count(struct world *w, const char *sql)
{
    int64_t n = -1;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, sql, sql, &n));
    return n;
}

/* The last order that was accepted is the same one, and the one without an answer is taken now. */
static int64_t send_again(const struct served *s, struct client *clients)
{
    int64_t sum = 0;
    for (int i = 0; i < CLIENTS; i++) {
        struct client *k = &clients[i];
        struct text id = {0};
        k->s = s;
        sum += k->accepted;
        if (k->accepted) {
            int last = k->accepted - 1;
            CHECK_I64(201, post(k, &s->w->arena, last, &id));
            CHECK_TEXT(k->ids[last], id);
        }
        if (k->accepted == ORDERS_MAX) continue;
        CHECK_I64(201, post(k, &s->w->arena, k->accepted, &id));
        sum++;
    }
    return sum;
}

/* Who sends again does so with the API key of before: idempotency keys are its own. */
static void end_and_send_again(struct world *w, int signal_number)
{
    static struct client clients[CLIENTS];
    struct served s;
    shop_open(w);
    if (!served_start(&s, w)) return;
    struct text bearer = s.bearer;
    end_in_the_rush(&s, clients, signal_number);
    if (!w->store) return;
    int64_t stored = count(w, "SELECT count(*) FROM orders");
    CHECK(stored >= atomic_load(&taken) && stored <= atomic_load(&taken) + CLIENTS);
    if (!served_start(&s, w)) return;
    s.bearer = bearer;
    int64_t sum = send_again(&s, clients);
    served_stop(&s);
    if (!w->store) return;
    CHECK_I64(sum, count(w, "SELECT count(*) FROM orders"));
    CHECK_I64(sum, count(w, "SELECT count(DISTINCT customer_name) FROM orders"));
    world_audit(w);
}

TEST_BOTH(kill, a_stop_in_the_rush_keeps_every_order_that_was_accepted_once)
{
    end_and_send_again(w, SIGTERM);
}

TEST_BOTH(kill, a_crash_in_the_rush_keeps_every_order_that_was_accepted_once)
{
    end_and_send_again(w, SIGKILL);
}
