/* drivers/carriers/test.c: a carrier that makes the trouble it is asked for. It remembers what it
 * sold, as a real one would, for as long as the process lives. */
#include "drivers/carriers/carrier.h"

#include "base/hash.h"
#include "base/time.h"

#include <pthread.h>
#include <string.h>

enum { SOLD_MAX = 1024, NUMBER_BYTES = 14 };

struct sold {
    int64_t key; /* hash of the once-key */
    int64_t asked, count;
    char number[NUMBER_BYTES + 1], service[16];
    bool is_voided;
};
static struct sold sold[SOLD_MAX];
static size_t sold_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const services[] = {"plain",  "late",    "never", "lost", "away",
                                       "refuse", "garbage", "kept",  "doubt"};
enum { SERVICE_COUNT = sizeof services / sizeof *services, PRICE_MINOR = 499 };

/* The entry of a key; the oldest is forgotten when there is no room. Under the lock. */
static struct sold *entry(struct text once_key, bool make)
{
    int64_t key = hash_i64(once_key);
    size_t known = sold_count < SOLD_MAX ? sold_count : SOLD_MAX;
    for (size_t i = 0; i < known; i++)
        if (sold[i].key == key) return &sold[i];
    if (!make) return NULL;
    struct sold *s = &sold[sold_count++ % SOLD_MAX];
    *s = (struct sold){.key = key};
    uint64_t digits = (uint64_t)key % UINT64_C(100000000000);
    for (int i = NUMBER_BYTES - 1; i >= 3; i--, digits /= 10)
        s->number[i] = (char)('0' + digits % 10);
    memcpy(s->number, "TST", 3);
    return s;
}

static struct label_answer answer_of(struct ctx *c, const struct sold *s)
{
    return (struct label_answer){.tracking_number = text_copy(c->arena, text_of(s->number)),
                                 .cost_minor = PRICE_MINOR,
                                 .currency = T("EUR"),
                                 .promised_day = NONE};
}

static enum err test_quote(struct ctx *c, const struct carrier_driver *self, const struct parcel *p,
                           struct list *quotes)
{
    struct carrier_quote *at = arena_new(c->arena, struct carrier_quote, SERVICE_COUNT);
    for (size_t i = 0; i < SERVICE_COUNT; i++)
        at[i] = (struct carrier_quote){.carrier = text_of(self->name),
                                       .service = text_of(services[i]),
                                       .name = text_of(services[i]),
                                       .price_minor = PRICE_MINOR + (int64_t)i * 100,
                                       .currency = p->currency,
                                       .earliest_day = p->ship_day + 1,
                                       .promised_day = p->ship_day + 3,
                                       .can_sign = true};
    *quotes = (struct list){at, SERVICE_COUNT};
    return OK;
}

static enum err lost_answer(struct ctx *c)
{
    return fail(c, ERR_UNKNOWN, "carrier_no_answer", "the line broke before the answer came");
}

static enum err away(struct ctx *c)
{
    return fail(c, ERR_UPSTREAM, "carrier_away", "nobody answers");
}

static void sell(struct sold *s, struct text service)
{
    size_t n = service.len < sizeof s->service ? service.len : sizeof s->service - 1;
    if (s->count++) return;
    memcpy(s->service, service.at, n);
}

static enum err buy_locked(struct ctx *c, const struct parcel *p, struct text once_key,
                           struct label_answer *answer)
{
    if (text_is(p->service, "away")) return away(c);
    if (text_is(p->service, "refuse"))
        return fail(c, ERR_INVALID, "carrier_refused", "they do not go there");
    struct sold *s = entry(once_key, true);
    if (text_is(p->service, "doubt") && s->asked > 0) /* after it did not hear us */
        return fail(c, ERR_INVALID, "carrier_refused", "they do not go there any more");
    if (text_is(p->service, "doubt")) s->asked++;
    if (text_is(p->service, "doubt")) return lost_answer(c);
    if (s->asked++ == 0 && text_is(p->service, "lost")) return lost_answer(c);
    bool is_first = !s->count;
    sell(s, p->service);
    if (text_is(p->service, "never") || (is_first && text_is(p->service, "late")))
        return lost_answer(c);
    *answer = answer_of(c, s);
    if (is_first && text_is(p->service, "garbage")) {
        answer->tracking_number = T("\x01<html>Bad Gateway");
        answer->cost_minor = -1;
    }
    return OK;
}

static enum err test_buy(struct ctx *c, const struct carrier_driver *self, const struct parcel *p,
                         struct text once_key, struct label_answer *answer)
{
    (void)self;
    pthread_mutex_lock(&lock);
    enum err e = buy_locked(c, p, once_key, answer);
    pthread_mutex_unlock(&lock);
    return e;
}

static enum err test_find(struct ctx *c, const struct carrier_driver *self, struct text once_key,
                          struct label_answer *answer)
{
    (void)self;
    pthread_mutex_lock(&lock);
    const struct sold *s = entry(once_key, false);
    bool is_sold = s && s->count, is_silent = is_sold && strcmp(s->service, "never") == 0;
    if (is_sold) *answer = answer_of(c, s);
    pthread_mutex_unlock(&lock);
    if (is_silent) return away(c);
    if (is_sold) return OK;
    return fail(c, ERR_NOT_FOUND, "label_not_found", "nothing was bought under this key");
}

static enum err test_void(struct ctx *c, const struct carrier_driver *self,
                          struct text tracking_number, struct text once_key)
{
    (void)self;
    (void)tracking_number;
    pthread_mutex_lock(&lock);
    struct sold *s = entry(once_key, false);
    bool is_kept = s && strcmp(s->service, "kept") == 0;
    if (s && !is_kept) s->is_voided = true;
    pthread_mutex_unlock(&lock);
    if (is_kept) return fail(c, ERR_CONFLICT, "carrier_refused", "what is sold is sold");
    if (s) return OK;
    return fail(c, ERR_INVALID, "carrier_refused", "this account has no such label");
}

/* Every parcel walks the same way: taken, on the road, at the door. */
static enum err test_track(struct ctx *c, const struct carrier_driver *self,
                           struct text tracking_number, struct list *reports)
{
    static const char *const way[] = {"accepted", "in_transit", "out_for_delivery", "delivered"};
    enum { STEPS = sizeof way / sizeof *way };
    struct carrier_report *at = arena_new(c->arena, struct carrier_report, STEPS);
    (void)self;
    for (int i = 0; i < STEPS; i++)
        at[i] = (struct carrier_report){.tracking_number = tracking_number,
                                        .occurred_us = c->now_us - (STEPS - i) * HOUR_US,
                                        .status = text_of(way[i]),
                                        .code = text_of(way[i]),
                                        .place = T("Teststadt")};
    *reports = (struct list){at, STEPS};
    return OK;
}

int64_t carrier_test_sold(struct text once_key)
{
    pthread_mutex_lock(&lock);
    const struct sold *s = entry(once_key, false);
    int64_t count = s ? s->count : 0;
    pthread_mutex_unlock(&lock);
    return count;
}

bool carrier_test_voided(struct text tracking_number)
{
    bool is_voided = false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < SOLD_MAX && !is_voided; i++)
        is_voided = sold[i].is_voided && text_is(tracking_number, sold[i].number);
    pthread_mutex_unlock(&lock);
    return is_voided;
}

void carrier_test_forget(void)
{
    pthread_mutex_lock(&lock);
    memset(sold, 0, sizeof sold);
    sold_count = 0;
    pthread_mutex_unlock(&lock);
}

const struct carrier_driver carrier_test = {
    .name = "test",
    .quote = test_quote,
    .buy_label = test_buy,
    .find_label = test_find,
    .void_label = test_void,
    .track = test_track,
};
