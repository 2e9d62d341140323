/* test/load/torture_through.c: orders through whatever stands in front of many nodes, while
 * somebody else kills them. What was acknowledged is written down, to be held against the database.
 */
#include "torture.h"

#include "wire/json.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAUSE_MS = 20, GRACE_MS = 90000, SLOWEST = 100000, REPEAT_OF = 50 };

static const struct field report_table[] = {
    FIELD(struct through_report, asked),
    FIELD(struct through_report, acknowledged),
    FIELD(struct through_report, unanswered, .about = "the connection broke: asked again"),
    FIELD(struct through_report, refused, .about = "502 or 503: asked again"),
    FIELD(struct through_report, given_up, .about = "no answer until long after the end"),
    FIELD(struct through_report, changed, .about = "another answer to the same key"),
    FIELD(struct through_report, failures, .about = "answers that nobody may get"),
    FIELD(struct through_report, gap_ms,
          .about = "the longest time in which none was acknowledged"),
    FIELD(struct through_report, answer_ms_median, .about = "from the first asking to the answer"),
    FIELD(struct through_report, answer_ms_p99),
    FIELD(struct through_report, answer_ms_most),
    FIELD(struct through_report, milliseconds),
};
const struct fields through_report_fields = FIELDS("through", struct through_report, report_table);

struct client {
    struct torture_line line;
    struct arena arena;
    pthread_t thread;
    struct load *load;
    int number;
    struct through_report sum;
};

struct load {
    const struct through_options *options;
    char mark[40];
    int64_t begun_ms, until_ms;
    pthread_mutex_t lock;
    FILE *to;
    int64_t last_ms, gap_ms, most_ms, count;
    int32_t *answer_ms; /* a sample: the first SLOWEST */
};

static void acknowledge(struct load *l, int64_t id, int64_t took_ms)
{
    int64_t now_ms = torture_now_ms();
    pthread_mutex_lock(&l->lock);
    if (now_ms - l->last_ms > l->gap_ms) l->gap_ms = now_ms - l->last_ms;
    l->last_ms = now_ms;
    if (took_ms > l->most_ms) l->most_ms = took_ms;
    if (l->count < SLOWEST) l->answer_ms[l->count] = (int32_t)took_ms;
    l->count++;
    if (l->to) fprintf(l->to, "%lld\n", (long long)id);
    pthread_mutex_unlock(&l->lock);
}

/* One order until it is answered, under one key. */
static bool order_until_answered(struct client *k, int64_t n)
{
    struct load *l = k->load;
    int64_t id = 0, again = 0, begun_ms = torture_now_ms();
    for (;;) {
        int status = torture_order(&k->line, &k->arena, l->mark, k->number, n, "TORTURE", &id);
        int64_t now_ms = torture_now_ms();
        k->sum.asked++;
        if (status == 201) {
            acknowledge(l, id, now_ms - begun_ms);
            k->sum.acknowledged++;
            break;
        }
        bool is_away = status == 0 || status == 502 || status == 503 || status == 504;
        k->sum.unanswered += status == 0;
        k->sum.refused += is_away && status;
        if (!is_away) {
            fprintf(stderr, "torture: order %d-%lld was answered %d\n", k->number, (long long)n,
                    status);
            k->sum.failures++;
            return false;
        }
        if (now_ms > l->until_ms + GRACE_MS) {
            k->sum.given_up++;
            return false;
        }
        nanosleep(&(struct timespec){0, (PAUSE_MS + (k->number * 7 + n) % PAUSE_MS) * 1000000},
                  NULL);
    }
    if (n % REPEAT_OF) return true;
    if (torture_order(&k->line, &k->arena, l->mark, k->number, n, "TORTURE", &again) == 201 &&
        again != id)
        k->sum.changed++;
    return true;
}

static void *order_on(void *arg)
{
    struct client *k = arg;
    for (int64_t n = 0; torture_now_ms() < k->load->until_ms; n++)
        if (!order_until_answered(k, n)) break;
    torture_hang_up(&k->line);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

static void add(struct through_report *to, const struct through_report *n)
{
    to->asked += n->asked;
    to->acknowledged += n->acknowledged;
    to->unanswered += n->unanswered;
    to->refused += n->refused;
    to->given_up += n->given_up;
    to->changed += n->changed;
    to->failures += n->failures;
}

bool through_is_clean(const struct through_report *r)
{
    return r->acknowledged && !r->given_up && !r->changed && !r->failures;
}

enum err torture_through(struct ctx *c, const struct through_options *o, struct through_report *out)
{
    struct client *clients = arena_new(c->arena, struct client, (size_t)o->clients);
    struct load l = {.options = o, .begun_ms = torture_now_ms()};
    *out = (struct through_report){0};
    if (o->acknowledged && !(l.to = fopen(o->acknowledged, "we")))
        return fail(c, ERR_INVALID, "file", "cannot write \"%s\"", o->acknowledged);
    snprintf(l.mark, sizeof l.mark, "through%lld", (long long)source_now_us(c->source));
    l.answer_ms = arena_new(c->arena, int32_t, SLOWEST);
    l.last_ms = l.begun_ms;
    l.until_ms = l.begun_ms + o->seconds * 1000;
    pthread_mutex_init(&l.lock, NULL);
    for (int64_t i = 0; i < o->clients; i++) {
        clients[i] = (struct client){
            .line = {.port = (int)o->port, .key = o->key}, .load = &l, .number = (int)i};
        pthread_create(&clients[i].thread, NULL, order_on, &clients[i]);
    }
    for (int64_t i = 0; i < o->clients; i++) {
        pthread_join(clients[i].thread, NULL);
        add(out, &clients[i].sum);
        arena_free(&clients[i].arena);
        arena_free(&clients[i].line.arena);
    }
    size_t sample = (size_t)(l.count < SLOWEST ? l.count : SLOWEST);
    qsort(l.answer_ms, sample, sizeof *l.answer_ms, compare);
    if (sample) {
        out->answer_ms_median = l.answer_ms[sample / 2];
        out->answer_ms_p99 = l.answer_ms[sample * 99 / 100];
    }
    out->answer_ms_most = l.most_ms;
    out->gap_ms = l.gap_ms;
    out->milliseconds = torture_now_ms() - l.begun_ms;
    pthread_mutex_destroy(&l.lock);
    if (l.to) fclose(l.to);
    return OK;
}
