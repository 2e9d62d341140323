/* test/load/torture_races.c: the last units, by every way in, all at one instant: orders one by one
 * and in bulk, drafts, kits, carts that become orders, changes that want more, exchanges for goods
 * that come back, picks. */
#include "torture.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum way { BY_ORDER, BY_BULK, BY_DRAFT, BY_KIT, BY_CART, BY_CHANGE, BY_EXCHANGE, BY_PICK, WAYS };
enum { PICK_EVERY = 25, PICK_PATIENCE = 2000, BOUGHT = 200 };

struct race;
struct racer {
    struct race *race;
    struct torture_line line;
    struct arena arena;
    pthread_t thread;
    int number;
    char draft[32], back[32]; /* back: a return of what was bought before */
    int64_t back_left;
    int64_t took, failures;
};
struct race {
    struct torture_site *t;
    struct racer *racers;
    pthread_barrier_t begin, end;
    enum way way;
    int64_t round, left, sold; /* sold: of RACE, since the beginning */
    char task[160];            /* the target of the scan */
    bool is_over;
    char site[64], bin[64];
};

#define ADDRESS                                                                                    \
    "\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"%lld King Street\",\"city\":\"London\"," \
    "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":\"on_account\""

/* Units promised in all rows of an answer. */
static int64_t promised_in(struct text answer)
{
    int64_t units = 0;
    for (ptrdiff_t at; (at = text_find(answer, T("\"promised\":"))) >= 0;) {
        answer = text_skip(answer, (size_t)at);
        int64_t n = torture_number(answer, "promised");
        if (n != NONE) units += n;
        answer = text_skip(answer, 1);
    }
    return units;
}

static struct text order_of(struct racer *k, const char *sku, bool is_draft)
{
    return text_printf(&k->arena,
                       "{" ADDRESS ",\"is_draft\":%s,\"lines\":[{\"sku\":\"%s\","
                       "\"quantity\":1}]}",
                       (long long)(k->race->round * 100 + k->number + 1),
                       is_draft ? "true" : "false", sku);
}

/* The scan of an order's pick, when its work has been released. */
static bool find_pick(struct torture_line *l, struct arena *a, struct text id, char *scan,
                      size_t size)
{
    struct text answer;
    char target[100];
    for (int i = 0; i < PICK_PATIENCE; i++) {
        snprintf(target, sizeof target, "/v1/orders/%.*s", TEXT_ARG(id));
        torture_ask(l, "GET", target, NULL, (struct text){0}, &answer);
        ptrdiff_t at = text_find(answer, T("\"id\":\"ful_"));
        struct text work = {0}, task = {0};
        if (at >= 0) {
            work = text_copy(a, text_head(text_skip(answer, (size_t)at + 6), 17));
            snprintf(target, sizeof target, "/v1/fulfillments/%.*s/picks", TEXT_ARG(work));
            torture_ask(l, "GET", target, NULL, (struct text){0}, &answer);
            task = torture_word(answer, "task_id");
        }
        if (task.at) {
            snprintf(scan, size, "/v1/fulfillments/%.*s/tasks/%.*s/scan", TEXT_ARG(work),
                     TEXT_ARG(task));
            return true;
        }
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    return false;
}

/* The first word of this kind in the answer; absent when it is none. */
static struct text ask_word(struct racer *k, const char *method, const char *target,
                            struct text body, const char *name)
{
    struct text answer;
    int status = torture_ask(&k->line, method, target, NULL, body, &answer);
    if (status < 200 || status > 299) return (struct text){0};
    return text_copy(&k->arena, torture_word(answer, name));
}

/* Goods that were bought, sent, and are to come back: an exchange for each. */
static bool buy_and_ask_back(struct racer *k)
{
    char target[160], work[40];
    struct text body =
        text_printf(&k->arena, "{" ADDRESS ",\"lines\":[{\"sku\":\"TORTURE\",\"quantity\":%d}]}",
                    (long long)(900000000 + k->race->round * 100 + k->number), BOUGHT);
    struct text order = ask_word(k, "POST", "/v1/orders", body, "id"), answer;
    if (!order.len || !find_pick(&k->line, &k->arena, order, target, sizeof target)) return false;
    snprintf(work, sizeof work, "%.17s", target + strlen("/v1/fulfillments/"));
    body = text_printf(&k->arena, "{\"scan\":\"TORTURE\",\"quantity\":%d}", BOUGHT);
    if (torture_ask(&k->line, "POST", target, NULL, body, &answer) != 200) return false;
    body = text_printf(&k->arena, "{\"fulfillment_id\":\"%s\"}\n", work);
    torture_ask(&k->line, "POST", "/v1/packs", NULL, body, &answer);
    snprintf(target, sizeof target, "/v1/orders/%.*s", TEXT_ARG(order));
    torture_ask(&k->line, "GET", target, NULL, (struct text){0}, &answer);
    ptrdiff_t at = text_find(answer, T("\"id\":\"pkg_"));
    if (at < 0) return false;
    struct text package = text_copy(&k->arena, text_head(text_skip(answer, (size_t)at + 6), 17));
    snprintf(target, sizeof target, "/v1/packages/%.*s/label", TEXT_ARG(package));
    torture_ask(&k->line, "POST", target, NULL, T("{}"), &answer); /* or it has one already */
    snprintf(target, sizeof target, "/v1/packages/%.*s", TEXT_ARG(package));
    struct text tracking = ask_word(k, "GET", target, (struct text){0}, "tracking_number");
    body = text_printf(&k->arena, "{\"scan\":\"%.*s\"}\n", TEXT_ARG(tracking));
    torture_ask(&k->line, "POST", "/v1/handovers", NULL, body, &answer);
    snprintf(target, sizeof target, "/v1/orders/%.*s/returns", TEXT_ARG(order));
    body = text_printf(&k->arena,
                       "{\"reason\":\"defective\",\"lines\":[{\"line_no\":1,\"quantity\":%d}]}",
                       BOUGHT);
    struct text back = ask_word(k, "POST", target, body, "id");
    if (!back.len) return false;
    snprintf(k->back, sizeof k->back, "%.*s", TEXT_ARG(back));
    snprintf(target, sizeof target, "/v1/returns/%s/approve", k->back);
    return torture_ask(&k->line, "POST", target, NULL, T("{}"), &answer) == 200;
}

static void make_back(struct racer *k)
{
    if (k->back_left) return;
    if (buy_and_ask_back(k))
        k->back_left = BOUGHT;
    else
        k->failures++;
}

static void make_draft(struct racer *k)
{
    struct text answer;
    int status =
        torture_ask(&k->line, "POST", "/v1/orders", NULL, order_of(k, "RACE", true), &answer);
    struct text id = status == 201 ? torture_word(answer, "id") : (struct text){0};
    snprintf(k->draft, sizeof k->draft, "%.*s", TEXT_ARG(id));
    if (!id.len) k->failures++;
}

/* An order of one unit, of which more is to be wanted. */
static void make_small(struct racer *k)
{
    struct text answer;
    int status =
        torture_ask(&k->line, "POST", "/v1/orders", NULL, order_of(k, "RACE", false), &answer);
    struct text id = status == 201 ? torture_word(answer, "id") : (struct text){0};
    snprintf(k->draft, sizeof k->draft, "%.*s", TEXT_ARG(id));
    if (promised_in(answer) != 1) k->failures++;
}

/* A cart first, and the order that it becomes. */
static int ask_cart(struct racer *k, struct text *answer)
{
    struct text body = text_printf(
        &k->arena, "{\"reference\":\"%lld-%d\",\"lines\":[{\"sku\":\"RACE\",\"quantity\":1}]}",
        (long long)k->race->round, k->number);
    int status = torture_ask(&k->line, "POST", "/v1/carts", NULL, body, answer);
    if (status != 201) return status;
    struct text id = text_copy(&k->arena, torture_word(*answer, "id"));
    body = order_of(k, "RACE", false);
    body = text_printf(&k->arena, "%.*s,\"cart_id\":\"%.*s\"}",
                       TEXT_ARG(text_head(body, body.len - 1)), TEXT_ARG(id));
    status = torture_ask(&k->line, "POST", "/v1/orders", NULL, body, answer);
    if (status != 201) k->failures++; /* what was set aside is there */
    return status;
}

static int ask(struct racer *k, struct text *answer)
{
    char target[100];
    struct text body;
    switch (k->race->way) {
    case BY_BULK:
        body = text_printf(&k->arena, "%.*s\n%.*s\n", TEXT_ARG(order_of(k, "RACE", false)),
                           TEXT_ARG(order_of(k, "RACE", false)));
        return torture_ask(&k->line, "POST", "/v1/orders/bulk", NULL, body, answer);
    case BY_DRAFT:
        snprintf(target, sizeof target, "/v1/orders/%s/place", k->draft);
        return torture_ask(&k->line, "POST", target, NULL, T("{}"), answer);
    case BY_CART: return ask_cart(k, answer);
    case BY_CHANGE:
        snprintf(target, sizeof target, "/v1/orders/%s/change", k->draft);
        return torture_ask(&k->line, "POST", target, NULL,
                           T("{\"lines\":[{\"line_no\":1,\"quantity\":2}]}"), answer);
    case BY_EXCHANGE:
        snprintf(target, sizeof target, "/v1/returns/%s/exchange", k->back);
        return torture_ask(&k->line, "POST", target, NULL,
                           T("{\"lines\":[{\"line_no\":1,\"quantity\":1}],"
                             "\"goods\":[{\"sku\":\"RACE\",\"quantity\":1}]}"),
                           answer);
    case BY_PICK:
        return torture_ask(&k->line, "POST", k->race->task, NULL,
                           T("{\"scan\":\"RACE\",\"quantity\":1}"), answer);
    case BY_ORDER:
    case BY_KIT:
    case WAYS: break;
    }
    body = order_of(k, k->race->way == BY_KIT ? "RACE-KIT" : "RACE", false);
    return torture_ask(&k->line, "POST", "/v1/orders", NULL, body, answer);
}

static void *run(void *arg)
{
    struct racer *k = arg;
    struct race *r = k->race;
    for (;;) {
        pthread_barrier_wait(&r->begin); /* the round is set */
        if (r->is_over) break;
        arena_reset(&k->arena);
        if (r->way == BY_DRAFT) make_draft(k);
        if (r->way == BY_CHANGE) make_small(k);
        if (r->way == BY_EXCHANGE) make_back(k);
        pthread_barrier_wait(&r->begin); /* go */
        struct text answer;
        int status = ask(k, &answer);
        if (status == 0 || (status >= 500 && status != 503)) k->failures++;
        if (r->way == BY_PICK || r->way == BY_EXCHANGE)
            k->took = status == 200;
        else
            k->took = status == 200 || status == 201 ? promised_in(answer) : 0;
        if (r->way == BY_EXCHANGE) k->back_left -= k->took;
        pthread_barrier_wait(&r->end);
    }
    torture_hang_up(&k->line);
    return NULL;
}

/* --- setting a round ------------------------------------------------------------------------- */

static enum err tell(struct torture_site *t, struct torture_line *l, const char *target,
                     struct text body, struct text *answer)
{
    int status = torture_ask(l, "POST", target, NULL, body, answer);
    if (status >= 200 && status < 300) return OK;
    return fail(t->c, ERR_UPSTREAM, "torture", "%s answered %d: %.*s", target, status,
                TEXT_ARG(text_head(*answer, 120)));
}

/* So many more than are promised already. */
static enum err leave(struct race *r, struct torture_line *l, int64_t units)
{
    struct text answer,
        body = text_printf(
            r->t->c->arena,
            "{\"lines\":[{\"sku\":\"RACE\",\"site\":\"%s\",\"bin\":\"%s\",\"reason\":\"count\","
            "\"quantity\":%lld}]}",
            r->site, r->bin, (long long)(r->sold + units));
    r->left = units;
    return tell(r->t, l, "/v1/stock/adjustments", body, &answer);
}

/* An order of one unit, as far as its pick. */
static enum err set_pick(struct race *r, struct torture_line *l)
{
    struct torture_site *t = r->t;
    struct text answer, id;
    TRY(leave(r, l, 1));
    struct text body = text_printf(t->c->arena,
                                   "{" ADDRESS ",\"lines\":[{\"sku\":\"RACE\","
                                   "\"quantity\":1}]}",
                                   (long long)r->round * 100);
    TRY(tell(t, l, "/v1/orders", body, &answer));
    id = text_copy(t->c->arena, torture_word(answer, "id"));
    r->sold++;
    if (!find_pick(l, t->c->arena, id, r->task, sizeof r->task))
        return fail(t->c, ERR_UPSTREAM, "torture", "an order is never released");
    r->left = 1;
    return OK;
}

/* Each has one already, and then there are so many left to raise it. */
static enum err leave_for_change(struct race *r, struct torture_line *l, int64_t units)
{
    int64_t small = r->t->options->clients;
    TRY(leave(r, l, units + small));
    r->sold += small;
    r->left = units;
    return OK;
}

static void judge(struct race *r)
{
    struct torture_report *report = r->t->report;
    int64_t took = 0, units = 0;
    for (int64_t i = 0; i < r->t->options->clients; i++) {
        took += r->racers[i].took;
        report->failures += r->racers[i].failures;
        r->racers[i].failures = 0;
    }
    report->rounds++;
    if (r->way == BY_PICK) {
        if (took > 1) report->picked_twice++;
        if (took < 1) report->undersold++;
        r->sold--; /* it lies in a tote now, and the bin has one less */
        return;
    }
    units = took;
    if (units > r->left) report->oversold++;
    int64_t wanted = r->t->options->clients * (r->way == BY_KIT || r->way == BY_BULK ? 2 : 1);
    if (units < r->left && wanted >= r->left) report->undersold++;
    r->sold += units;
}

static enum err one_round(struct race *r, struct torture_line *l)
{
    struct arena_mark mark = arena_mark(r->t->c->arena);
    r->way = r->round % PICK_EVERY == 0 ? BY_PICK : (enum way)source_below(&r->t->dice, BY_PICK);
    int64_t units = 2 * (1 + source_below(&r->t->dice, 2));
    enum err e = r->way == BY_PICK     ? set_pick(r, l)
                 : r->way == BY_CHANGE ? leave_for_change(r, l, units)
                                       : leave(r, l, units);
    arena_rewind(r->t->c->arena, mark);
    TRY(e);
    pthread_barrier_wait(&r->begin);
    pthread_barrier_wait(&r->begin);
    pthread_barrier_wait(&r->end);
    judge(r);
    r->round++;
    return OK;
}

/* --- all rounds ------------------------------------------------------------------------------ */

static enum err set_shop(struct race *r, struct torture_line *l)
{
    struct torture_site *t = r->t;
    struct arena *a = t->c->arena;
    struct text answer, currency;
    char target[100];
    torture_ask(l, "GET", "/v1/merchant", NULL, (struct text){0}, &answer);
    currency = text_copy(a, torture_word(answer, "currency"));
    torture_ask(l, "GET", "/v1/sites", NULL, (struct text){0}, &answer);
    struct text site = text_copy(a, torture_word(answer, "id"));
    snprintf(r->site, sizeof r->site, "%.*s", TEXT_ARG(torture_word(answer, "code")));
    snprintf(target, sizeof target, "/v1/sites/%.*s/bins", TEXT_ARG(site));
    snprintf(r->bin, sizeof r->bin, "TORTURE");
    torture_ask(l, "POST", target, NULL, T("{\"code\":\"TORTURE\"}\n"), &answer);
    snprintf(target, sizeof target, "/v1/sites/%.*s/cartons", TEXT_ARG(site));
    torture_ask(l, "POST", target, NULL,
                T("{\"code\":\"TORTURE\",\"length_mm\":400,\"width_mm\":300,\"height_mm\":300,"
                  "\"tare_g\":200,\"max_g\":25000}"),
                &answer);
    static const char *const skus[] = {"TORTURE", "RACE"};
    for (int i = 0; i < 2; i++)
        TRY(tell(t, l, "/v1/products",
                 text_printf(a,
                             "{\"sku\":\"%s\",\"name\":\"%s\",\"weight_g\":10,\"prices\":[{"
                             "\"unit_price\":{\"amount\":100,\"currency\":\"%.*s\"}}]}",
                             skus[i], skus[i], TEXT_ARG(currency)),
                 &answer));
    TRY(tell(t, l, "/v1/kits",
             text_printf(a,
                         "{\"sku\":\"RACE-KIT\",\"name\":\"Two\",\"parts\":[{\"sku\":\"RACE\","
                         "\"quantity\":2}],\"prices\":[{\"unit_price\":{\"amount\":150,"
                         "\"currency\":\"%.*s\"}}]}",
                         TEXT_ARG(currency)),
             &answer));
    TRY(tell(t, l, "/v1/stock/receipts",
             text_printf(a,
                         "{\"lines\":[{\"sku\":\"TORTURE\",\"site\":\"%s\",\"bin\":\"TORTURE\","
                         "\"quantity\":10000000}]}",
                         r->site),
             &answer));
    return tell(t, l, "/v1/merchant", T("{\"stock_policy\":\"all\"}"), &answer);
}

enum err torture_races(struct torture_site *t)
{
    struct race *r = arena_new(t->c->arena, struct race, 1);
    struct torture_line line = {.key = t->key, .port = t->port};
    unsigned n = (unsigned)t->options->clients;
    r->t = t;
    r->racers = arena_new(t->c->arena, struct racer, n);
    pthread_barrier_init(&r->begin, NULL, n + 1);
    pthread_barrier_init(&r->end, NULL, n + 1);
    for (unsigned i = 0; i < n; i++) {
        r->racers[i] =
            (struct racer){.race = r, .number = (int)i, .line = {.key = t->key, .port = t->port}};
        pthread_create(&r->racers[i].thread, NULL, run, &r->racers[i]);
    }
    enum err e = set_shop(r, &line);
    while (e == OK && r->round < t->options->rounds) e = one_round(r, &line);
    r->is_over = true;
    pthread_barrier_wait(&r->begin);
    for (unsigned i = 0; i < n; i++) {
        pthread_join(r->racers[i].thread, NULL);
        arena_free(&r->racers[i].arena);
        arena_free(&r->racers[i].line.arena);
    }
    torture_hang_up(&line);
    arena_free(&line.arena);
    return e;
}
