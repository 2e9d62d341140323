/* What `waybill doctor` finds. */
#include "faces/cli/checkup.h"

#include "base/time.h"
#include "shop.h"
#include "store/db.h"

#include <string.h>
#include <sys/stat.h>

static struct checkup examined(struct world *w)
{
    struct checkup k;
    checkup_run(&w->ctx, w->address, &k);
    return k;
}

static const struct health_line *line_of(const struct checkup *k, const char *what)
{
    for (size_t i = 0; i < k->count; i++)
        if (text_is(k->lines[i].what, what)) return &k->lines[i];
    test_fail(__FILE__, __LINE__, "nothing is said of \"%s\"", what);
    return NULL;
}

static void check_line(const struct checkup *k, const char *what, enum health health)
{
    const struct health_line *l = line_of(k, what);
    if (l && l->health != (int32_t)health)
        test_fail(__FILE__, __LINE__, "%s is %s: %.*s", what, word_of(&health_words, l->health),
                  TEXT_ARG(l->found));
    if (l) CHECK((l->advice.len > 0) == (health != HEALTH_OK));
}

TEST_BOTH(doctor, finds_a_new_shop_well)
{
    shop_open(w);
    struct checkup k = examined(w);
    static const char *const good[] = {"schema",
                                       "statements",
                                       "clock",
                                       "fjell: dead jobs",
                                       "fjell: unanswered payments",
                                       "fjell: unanswered labels"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) check_line(&k, good[i], HEALTH_OK);
    CHECK(line_of(&k, "engine") != NULL);
}

TEST_BOTH(doctor, worries_about_what_nobody_answers)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    struct outcome o;
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_visa");
    if (!shop_place(w, &d, 1, &o)) return;
    struct checkup k = examined(w);
    check_line(&k, "fjell: unanswered payments", HEALTH_OK);
    source_advance_us(&w->source, 16 * MINUTE_US);
    k = examined(w);
    check_line(&k, "fjell: unanswered payments", HEALTH_PROBLEM);
    CHECK(k.problems >= 1);
}

TEST_BOTH(doctor, sees_dead_jobs_a_wrong_clock_and_another_schema)
{
    shop_open(w);
    shop_order(w, "MUG", 1);
    CHECK_OK(&w->ctx, world_script(w, "INSERT INTO job SELECT merchant_id, 5, 1, 1, 1, 1, 0, 1, 12,"
                                      " 'gone' FROM event_head;"
                                      "UPDATE event SET at_us = at_us + 86400000000;"
                                      "UPDATE schema_migration SET checksum = 1"));
    struct checkup k = examined(w);
    check_line(&k, "fjell: dead jobs", HEALTH_PROBLEM);
    check_line(&k, "clock", HEALTH_PROBLEM);
    check_line(&k, "schema", HEALTH_PROBLEM);
}

TEST(doctor, sees_a_file_that_anybody_may_change)
{
    struct world w;
    if (!world_open(&w, DB_SQLITE)) return;
    CHECK(chmod(w.address, 0666) == 0);
    struct checkup k = examined(&w);
    check_line(&k, "the file's rights", HEALTH_PROBLEM);
    check_line(&k, "journal_mode", HEALTH_OK);
    check_line(&k, "merchants", HEALTH_WARNING);
    CHECK(chmod(w.address, 0600) == 0);
    k = examined(&w);
    check_line(&k, "the file's rights", HEALTH_OK);
    const struct health_line *l = line_of(&k, "in use");
    if (l) CHECK(text_starts(l->found, T("by process ")));
    world_close(&w);
}
