/* test/sim/sim_world.c: bank, carrier and mailbox. They remember what they did, as real ones do,
 * and notice what must not happen: asked blindly again, more taken than reserved. */
#include "sim.h"

#include "base/hash.h"
#include "drivers/carriers/carrier.h"
#include "drivers/payments/provider.h"
#include "faces/jobs/messages.h"
#include "services/returns/returns.h"
#include "stages/2_processing/paying.h"
#include "stages/5_shipping/shipping.h"

#include <stdlib.h>
#include <string.h>

enum { BANK_MAX = 8000, LABELS_MAX = 4000, MAILS_MAX = 12000 };

struct bank_entry {
    char key[24], ref[16];
    enum payment_request request;
    int64_t order_number, amount_minor, parent;
    enum payment_outcome outcome;
    bool is_unheard; /* its answer got lost, or is still to come */
    bool is_fresh;   /* answered, and perhaps not written down yet */
};
struct label_entry {
    char key[40], number[20];
};
struct mail_entry {
    int64_t key, to;
    int count;
};
struct sim_world {
    struct bank_entry bank[BANK_MAX];
    struct label_entry labels[LABELS_MAX];
    struct mail_entry mails[MAILS_MAX];
    int64_t bank_count, label_count, mail_count;
};
static struct sim *living; /* drivers know no better: one run at a time */

/* The process dies here: what was done outside is done, nobody heard of it. */
static void perhaps_die(void)
{
    struct sim *s = living;
    if (s->may_die && sim_fault(s, "death", 40)) longjmp(s->death, 1);
}

/* --- the bank -------------------------------------------------------------------------------- */

static struct bank_entry *entry_of(struct text key)
{
    struct sim_world *w = living->world;
    for (int64_t i = 0; i < w->bank_count; i++)
        if (text_is(key, w->bank[i].key)) return &w->bank[i];
    return NULL;
}

/* What is left of an authorisation, or of what was taken on it. */
static int64_t left_of(const struct sim_world *w, int64_t parent, enum payment_request request)
{
    int64_t reserved = w->bank[parent].amount_minor, taken = 0, refunded = 0;
    for (int64_t i = 0; i < w->bank_count; i++) {
        const struct bank_entry *e = &w->bank[i];
        if (e->parent != parent || e->outcome == PAYMENT_DECLINED) continue;
        if (e->request == REQUEST_CAPTURE || e->request == REQUEST_VOID)
            reserved -= e->amount_minor;
        if (e->request == REQUEST_CAPTURE) taken += e->amount_minor;
        if (e->request == REQUEST_REFUND) refunded += e->amount_minor;
    }
    return request == REQUEST_REFUND ? taken - refunded : reserved;
}

static struct bank_entry *act(struct ctx *c, const struct payment_ask *ask)
{
    struct sim_world *w = living->world;
    if (w->bank_count == BANK_MAX) {
        sim_fail(living, "the bank's book is full");
        return NULL;
    }
    struct bank_entry *e = &w->bank[w->bank_count];
    *e = (struct bank_entry){.request = ask->request,
                             .amount_minor = ask->amount_minor,
                             .parent = -1,
                             .outcome = PAYMENT_DONE};
    snprintf(e->key, sizeof e->key, "%.*s", TEXT_ARG(ask->once_key));
    snprintf(e->ref, sizeof e->ref, "sim-%lld", (long long)w->bank_count);
    if (!text_to_i64(ask->order_reference, &e->order_number)) e->order_number = 0;
    if (ask->request == REQUEST_AUTHORISE) {
        if (sim_fault(living, "decline", 120)) e->outcome = PAYMENT_DECLINED;
    } else {
        int64_t parent = 0;
        for (parent = 0; parent < w->bank_count; parent++)
            if (text_is(ask->provider_ref, w->bank[parent].ref)) break;
        if (parent == w->bank_count) {
            sim_fail(living, "the bank was asked about no authorisation");
            return NULL;
        }
        if (ask->amount_minor > left_of(w, parent, ask->request))
            sim_fail(living, "order %lld: asked the bank for %lld where %lld are left",
                     (long long)e->order_number, (long long)ask->amount_minor,
                     (long long)left_of(w, parent, ask->request));
        e->parent = parent;
    }
    (void)c;
    w->bank_count++;
    return e;
}

static void answer_with(struct ctx *c, const struct bank_entry *e, struct payment_answer *answer)
{
    *answer = (struct payment_answer){.outcome = e->outcome,
                                      .provider_ref = text_copy(c->arena, text_of(e->ref))};
    if (e->outcome == PAYMENT_DECLINED) answer->reason = T("card_declined");
}

static enum err away(struct ctx *c)
{
    return fail(c, ERR_UPSTREAM, "provider_away", "the payment provider cannot be reached");
}

static enum err bank_ask(struct ctx *c, const struct payment_provider *self,
                         const struct payment_ask *ask, struct payment_answer *answer)
{
    (void)self;
    struct bank_entry *e = entry_of(ask->once_key);
    if (e) sim_fail(living, "the bank was asked twice for %.*s", TEXT_ARG(ask->once_key));
    if (sim_fault(living, "bank", 60)) return living->counts->bank_faults++, away(c);
    if (sim_fault(living, "bank", 60)) {
        living->counts->bank_faults++;
        return fail(c, ERR_UNKNOWN, "provider_no_answer", "the question got lost");
    }
    if (!e) e = act(c, ask);
    if (!e) return away(c);
    e->is_unheard = true;
    perhaps_die();
    if (sim_fault(living, "bank", 100)) {
        living->counts->bank_faults++;
        return fail(c, ERR_UNKNOWN, "provider_no_answer", "the answer got lost");
    }
    answer_with(c, e, answer);
    if (sim_fault(living, "bank", 80)) {
        living->counts->bank_faults++;
        answer->outcome = PAYMENT_PENDING;
        return OK;
    }
    e->is_unheard = false;
    e->is_fresh = true;
    return OK;
}

static enum err bank_find(struct ctx *c, const struct payment_provider *self,
                          const struct payment_ask *ask, struct payment_answer *answer)
{
    (void)self;
    struct bank_entry *e = entry_of(ask->once_key);
    if (sim_fault(living, "bank", 150)) return living->counts->bank_faults++, away(c);
    if (!e) return fail(c, ERR_NOT_FOUND, "provider_not_asked", "no such question");
    perhaps_die();
    answer_with(c, e, answer);
    e->is_unheard = false;
    e->is_fresh = true;
    return OK;
}

/* What a batch was told before the process died was told to nobody. */
void sim_bank_after(struct sim *s, bool is_death)
{
    struct sim_world *w = s->world;
    for (int64_t i = 0; i < w->bank_count; i++) {
        struct bank_entry *e = &w->bank[i];
        if (is_death && e->is_fresh) e->is_unheard = true;
        e->is_fresh = false;
    }
}

int64_t sim_bank_kept(struct sim *s, int64_t order_number)
{
    const struct sim_world *w = s->world;
    int64_t kept = 0;
    for (int64_t i = 0; i < w->bank_count; i++) {
        const struct bank_entry *e = &w->bank[i];
        if (e->order_number != order_number || e->outcome != PAYMENT_DONE) continue;
        if (e->request == REQUEST_CAPTURE) kept += e->amount_minor;
        if (e->request == REQUEST_REFUND) kept -= e->amount_minor;
    }
    return kept;
}

bool sim_bank_is_quiet(struct sim *s, int64_t order_number)
{
    const struct sim_world *w = s->world;
    for (int64_t i = 0; i < w->bank_count; i++)
        if (w->bank[i].order_number == order_number && w->bank[i].is_unheard) return false;
    return true;
}

/* --- the carrier ----------------------------------------------------------------------------- */

static enum err carrier_quote(struct ctx *c, const struct carrier_driver *self,
                              const struct parcel *p, struct list *quotes)
{
    (void)self;
    return carrier_house.quote(c, &carrier_house, p, quotes);
}

static enum err carrier_away(struct ctx *c)
{
    living->counts->carrier_faults++;
    return fail(c, ERR_UPSTREAM, "carrier_away", "nobody answers");
}

static struct label_entry *label_of(struct text key)
{
    struct sim_world *w = living->world;
    for (int64_t i = 0; i < w->label_count; i++)
        if (text_is(key, w->labels[i].key)) return &w->labels[i];
    return NULL;
}

static struct label_answer label_answer(struct ctx *c, const struct label_entry *l)
{
    return (struct label_answer){.tracking_number = text_copy(c->arena, text_of(l->number)),
                                 .cost_minor = 499,
                                 .currency = T("GBP"),
                                 .promised_day = NONE};
}

static enum err carrier_buy(struct ctx *c, const struct carrier_driver *self,
                            const struct parcel *p, struct text key, struct label_answer *answer)
{
    (void)self;
    (void)p;
    struct sim_world *w = living->world;
    if (sim_fault(living, "carrier", 80)) return carrier_away(c);
    if (label_of(key)) sim_fail(living, "a label was bought twice under one key");
    if (sim_fault(living, "carrier", 40)) {
        living->counts->carrier_faults++;
        return fail(c, ERR_UNKNOWN, "carrier_no_answer", "the question got lost");
    }
    if (w->label_count == LABELS_MAX) {
        sim_fail(living, "the carrier's book is full");
        return carrier_away(c);
    }
    struct label_entry *l = &w->labels[w->label_count++];
    snprintf(l->key, sizeof l->key, "%.*s", TEXT_ARG(key));
    snprintf(l->number, sizeof l->number, "SIM%011lld", (long long)w->label_count);
    perhaps_die();
    if (sim_fault(living, "carrier", 80)) {
        living->counts->carrier_faults++;
        return fail(c, ERR_UNKNOWN, "carrier_no_answer", "the answer got lost");
    }
    *answer = label_answer(c, l);
    return OK;
}

static enum err carrier_find(struct ctx *c, const struct carrier_driver *self, struct text key,
                             struct label_answer *answer)
{
    (void)self;
    const struct label_entry *l = label_of(key);
    if (sim_fault(living, "carrier", 150)) return carrier_away(c);
    if (!l) return fail(c, ERR_NOT_FOUND, "label_not_found", "nothing was bought under this key");
    *answer = label_answer(c, l);
    return OK;
}

static enum err carrier_void(struct ctx *c, const struct carrier_driver *self, struct text number,
                             struct text key)
{
    (void)self;
    (void)number;
    (void)key;
    return sim_fault(living, "carrier", 100) ? carrier_away(c) : OK;
}

/* It tells by itself (sim_road.c). */
static enum err carrier_track(struct ctx *c, const struct carrier_driver *self, struct text number,
                              struct list *reports)
{
    (void)self;
    (void)number;
    *reports = (struct list){arena_new(c->arena, struct carrier_report, 1), 0};
    return OK;
}

/* --- the mailbox ----------------------------------------------------------------------------- */

static enum err take_mail(struct ctx *c, const void *arg, const struct mail *mail,
                          struct text once_key)
{
    (void)arg;
    struct sim_world *w = living->world;
    if (!mail->to.len) return fail(c, ERR_INVALID, "mail_address", "nobody to send it to");
    if (sim_fault(living, "mail", 60)) {
        living->counts->mail_faults++;
        return fail(c, ERR_UPSTREAM, "mail_away", "the mail server is away");
    }
    int64_t key = hash_i64(once_key), i = 0;
    while (i < w->mail_count && w->mails[i].key != key) i++;
    if (i == MAILS_MAX) {
        sim_fail(living, "the mailbox is full");
        return OK;
    }
    if (i == w->mail_count) w->mails[w->mail_count++] = (struct mail_entry){key, 0, 0};
    w->mails[i].to = hash_i64(mail->to);
    w->mails[i].count++;
    if (w->mails[i].count > MESSAGE_UNKNOWN_TRIES + living->counts->deaths)
        sim_fail(living, "a mail was sent %d times", w->mails[i].count);
    perhaps_die();
    if (sim_fault(living, "mail", 60)) {
        living->counts->mail_faults++;
        return fail(c, ERR_UNKNOWN, "mail_no_answer", "the answer got lost");
    }
    return OK;
}

int64_t sim_mails_to(struct sim *s, const char *email)
{
    const struct sim_world *w = s->world;
    int64_t to = hash_i64(text_of(email)), n = 0;
    for (int64_t i = 0; i < w->mail_count; i++) n += w->mails[i].to == to;
    return n;
}

/* --- all of them ----------------------------------------------------------------------------- */

static const struct payment_provider bank = {.name = "test", .ask = bank_ask, .find = bank_find};
static const struct payment_provider *const banks[] = {&bank, &payment_offline_provider, NULL};
static const struct carrier_driver carrier = {.name = "house",
                                              .quote = carrier_quote,
                                              .buy_label = carrier_buy,
                                              .find_label = carrier_find,
                                              .void_label = carrier_void,
                                              .track = carrier_track};
static const struct carrier_driver *const carriers[] = {&carrier, NULL};
/* Return labels are bought inside a unit of work: from those that need not be asked. */
static const struct carrier_driver *const houses[] = {&carrier_house, NULL};

void sim_world_open(struct sim *s)
{
    s->world = calloc(1, sizeof *s->world);
    living = s;
    paying_use(banks);
    shipping_use(carriers);
    returns_use(houses);
    messages_use((struct mail_sender){take_mail, NULL, NULL});
}

void sim_world_close(struct sim *s)
{
    free(s->world);
    s->world = NULL;
}
