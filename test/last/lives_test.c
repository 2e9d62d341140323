/* test/last/lives_test.c: after the whole run: was every cell of every state table lived, and every
 * guard refused? Runs last; a run of some suites only cannot know and skips. */
#include "base/heard.h"
#include "base/lifecycle.h"
#include "faces/api/reasons.h"
#include "faces/cli/lifecycle.h"
#include "harness.h"
#include "last/whole.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* --- what was heard -------------------------------------------------------------------------- */

enum { LIVES_MAX = 32, REASONS_MAX = 1000, UNLISTED_MAX = 100 };
static _Atomic uint32_t taken[LIVES_MAX][LIFECYCLE_VERBS_MAX];
static atomic_bool given[REASONS_MAX];
static pthread_mutex_t unlisted_lock = PTHREAD_MUTEX_INITIALIZER;
static char unlisted[UNLISTED_MAX][sizeof((struct fault *)0)->reason];
static int unlisted_count;

static int index_of(const struct lifecycle *l)
{
    for (int i = 0; i < LIVES_MAX && lifecycles[i]; i++)
        if (lifecycles[i] == l) return i;
    return -1;
}

static void hear_verb(const struct lifecycle *l, int32_t state, int32_t verb, bool is_taken)
{
    int i = index_of(l);
    if (i < 0 || state < 0 || verb < 0 || verb >= LIFECYCLE_VERBS_MAX) return;
    if (is_taken) atomic_fetch_or(&taken[i][verb], IN(state));
}

static int find_reason(const char *word)
{
    int low = 0, high = 0;
    while (reasons[high].word) high++;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(reasons[middle].word, word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return reasons[low].word && strcmp(reasons[low].word, word) == 0 ? low : -1;
}

static void hear_unlisted(const char *reason)
{
    pthread_mutex_lock(&unlisted_lock);
    int i = 0;
    while (i < unlisted_count && strcmp(unlisted[i], reason) != 0) i++;
    if (i == unlisted_count && i < UNLISTED_MAX)
        snprintf(unlisted[unlisted_count++], sizeof *unlisted, "%s", reason);
    pthread_mutex_unlock(&unlisted_lock);
}

static void hear_reason(const char *reason)
{
    int i = find_reason(reason);
    if (i < 0) hear_unlisted(reason);
    if (i >= 0 && i < REASONS_MAX) atomic_store(&given[i], true);
}

__attribute__((constructor)) static void listen(void)
{
    verb_heard = hear_verb;
    reason_heard = hear_reason;
}

/* --- guards ---------------------------------------------------------------------------------- */

/* How the guard of a verb says no: by a reason; or, without one, by waiting: the verb comes by
   itself when it is true, which `how` tells. */
static const struct guard {
    const char *thing, *verb, *reason, *how;
} guards[] = {
    {"asn", "arrive", NULL, "what comes in is what does it"},
    {"asn", "cancel", "wrong_state", "after the first unit it is arriving"},
    {"claim", "file", "claim_exists", NULL},
    {"fulfillment", "release", "stop",
     "an order that is held is not released, and its work is stopped"},
    {"fulfillment", "finish_pick", NULL, "the last pick does it"},
    {"fulfillment", "finish_pack", "services_open", NULL},
    {"fulfillment", "hand_over", "stop", NULL},
    {"fulfillment", "deliver", NULL, "the last parcel does it"},
    {"fulfillment", "close", NULL, "the end of its parcels does it"},
    {"fulfillment", "reject", "too_late", NULL},
    {"fulfillment", "finish_cancel", NULL, "the last put-back does it"},
    {"fulfillment", "reopen_pick", NULL, "a cancellation does it"},
    {"fulfillment", "reopen_pack", NULL, "the opened package does it"},
    {"fulfillment", "take_back", "already_scanned", NULL},
    {"label", "void", "wrong_state", "of a parcel that left, the label is used"},
    {"label", "take_back", "already_scanned", NULL},
    {"message", "send", NULL, "the mail server's answer does it"},
    {"message", "fail", NULL, "the mail server's answer does it"},
    {"order", "place", "required", NULL},
    {"order", "cancel", "too_late", NULL},
    {"order", "close", NULL, "the last delivery does it"},
    {"package", "seal", "weight_differs", NULL},
    {"package", "label", "label_exists", NULL},
    {"package", "unlabel", NULL, "the voided label does it"},
    {"package", "hand_over", "no_label", NULL},
    {"package", "deliver", "proof_required", NULL},
    {"package", "take_back", "already_scanned", NULL},
    {"payment_intent", "finish", NULL, "the provider's answer does it"},
    {"payment_intent", "fail", NULL, "the provider's answer does it"},
    {"refund", "ask", NULL, "the money of the payments decides it"},
    {"refund", "finish", NULL, "the provider's answer does it"},
    {"refund", "fail", NULL, "the provider's answer does it"},
    {"refund", "waive", NULL, "the money of the payments decides it"},
    {"refund", "retry", NULL, "the end of what is under way does it"},
    {"return_line", "receive", "over_return", NULL},
    {"return_line", "inspect", NULL, "every unit that came may be looked at again"},
    {"return_line", "resolve", "over_return", NULL},
    {"return_line", "cancel", "nothing_to_cancel", NULL},
    {"stock_task", "take", "leased_by_other", NULL},
    {"stock_task", "finish", "too_many", NULL},
    {"task", "lease", "leased_by_other", NULL},
    {"task", "finish", NULL, "the last unit does it"},
    {"change", "edit", "changed_meanwhile", NULL},
    {"change", "confirm", "changed_meanwhile", NULL},
    {"substitution", "accept", "answer_late", NULL},
};

static const struct guard *guard_of(const char *thing, const char *verb)
{
    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++)
        if (strcmp(guards[i].thing, thing) == 0 && strcmp(guards[i].verb, verb) == 0)
            return &guards[i];
    return NULL;
}

TEST(lives, every_guard_has_a_reason_that_is_written_down_or_comes_by_itself)
{
    size_t guarded = 0;
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        for (size_t verb = 0; verb < (*l)->verbs->count; verb++) {
            const struct guard *g = guard_of((*l)->name, (*l)->verbs->at[verb]);
            if (!(*l)->moves[verb].guard) continue;
            guarded++;
            if (!g)
                test_fail(__FILE__, __LINE__, "%s %s: how does its guard (%s) say no?", (*l)->name,
                          (*l)->verbs->at[verb], (*l)->moves[verb].guard);
            else if (g->reason && find_reason(g->reason) < 0)
                test_fail(__FILE__, __LINE__, "%s %s: no reason \"%s\" is in docs/api/reasons.md",
                          g->thing, g->verb, g->reason);
        }
    CHECK_I64((int64_t)(sizeof guards / sizeof *guards), (int64_t)guarded);
}

/* Their detail is what somebody else's program said, or a name and what is wrong with it. */
static const char *const quoted[] = {"constraint",       "database",        "database_away",
                                     "database_damaged", "database_slow",   "disk_full",
                                     "dpi_range",        "drawing",         "floor",
                                     "login_taken",      "mapping_invalid", "template_invalid",
                                     "wrong_item"};

static bool is_quoted(const char *word)
{
    for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++)
        if (strcmp(quoted[i], word) == 0) return true;
    return false;
}

TEST(lives, every_reason_has_a_sentence_of_its_own)
{
    for (const struct reason *r = reasons; r->word; r++) {
        const char *p = r->detail;
        size_t letters = 0;
        for (; *p; p++) letters += (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (is_quoted(r->word)) continue;
        if (letters < 6 || strcmp(r->word, r->detail) == 0)
            test_fail(__FILE__, __LINE__, "%s: \"%s\" says nothing", r->word, r->detail);
    }
}

/* --- what is not allowed --------------------------------------------------------------------- */

TEST(lives, every_verb_in_a_wrong_state_is_refused_with_what_is_possible_instead)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        for (int32_t verb = 0; (size_t)verb < (*l)->verbs->count; verb++)
            for (int32_t state = 0; (size_t)state < (*l)->states->count; state++) {
                int32_t to = -1;
                if (lifecycle_allows(*l, state, verb)) continue;
                CHECK_FAULT(&c, ERR_CONFLICT, "wrong_state",
                            lifecycle_next(&c, *l, state, verb, &to));
                CHECK_I64(-1, to);
                CHECK(c.fault.hint[0] != 0);
            }
    arena_free(&a);
}

/* --- after everything ------------------------------------------------------------------------ */

TEST(lives, every_cell_of_every_state_table_was_lived)
{
    if (!test_is_whole()) SKIP("only some suites run");
    for (int i = 0; lifecycles[i]; i++)
        for (int32_t verb = 0; (size_t)verb < lifecycles[i]->verbs->count; verb++)
            for (int32_t state = 0; (size_t)state < lifecycles[i]->states->count; state++) {
                if (!lifecycle_allows(lifecycles[i], state, verb)) continue;
                if (!(atomic_load(&taken[i][verb]) & IN(state)))
                    test_fail(__FILE__, __LINE__, "no test has a %s that is %s %s",
                              lifecycles[i]->name, word_of(lifecycles[i]->states, state),
                              word_of(lifecycles[i]->verbs, verb));
            }
}

TEST(lives, every_guard_said_no_once)
{
    if (!test_is_whole()) SKIP("only some suites run");
    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        int reason = guards[i].reason ? find_reason(guards[i].reason) : -1;
        if (reason >= 0 && !atomic_load(&given[reason]))
            test_fail(__FILE__, __LINE__, "%s %s: nobody was told \"%s\"", guards[i].thing,
                      guards[i].verb, guards[i].reason);
    }
}

/* Given by tests themselves, or by what they put in another's place. */
static const char *const made_up[] = {
    "answer",       "away", "changed_its_mind", "duplicate",  "enough",  "looked", "mail_away",
    "mail_trouble", "no",   "no_more",          "on_purpose", "planted", "poison", "test",
};

static bool is_made_up(const char *word)
{
    for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++)
        if (strcmp(made_up[i], word) == 0) return true;
    return false;
}

/* Of the suites that run. Our own faults (ERR_BUG) are found too; the page leaves them out. */
TEST(lives, every_reason_that_was_given_is_written_down)
{
    CHECK(reasons[0].word != NULL);
    pthread_mutex_lock(&unlisted_lock);
    for (int i = 0; i < unlisted_count; i++)
        if (!is_made_up(unlisted[i]))
            test_fail(__FILE__, __LINE__, "somebody was told \"%s\": not in docs/api/reasons.md",
                      unlisted[i]);
    pthread_mutex_unlock(&unlisted_lock);
}
