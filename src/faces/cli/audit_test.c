/* What `waybill audit` tells people and programs. */
#include "faces/cli/audit.h"

#include "shop.h"
#include "wire/json.h"

#include <string.h>

static struct audit_report *audited(struct world *w)
{
    struct audit_report *report = arena_new(&w->arena, struct audit_report, 1);
    CHECK_OK(&w->ctx, audit_run(&w->ctx, report));
    return report;
}

static bool says(const struct buf *b, const char *words)
{
    return text_find(buf_text(b), text_of(words)) >= 0;
}

TEST_BOTH(audit_face, tells_people_that_nothing_differs)
{
    shop_open(w);
    shop_order(w, "MUG", 2);
    struct buf b = buf_new(&w->arena);
    audit_put_people(&w->arena, &b, audited(w), 0, false);
    CHECK(says(&b, "I-03"));
    CHECK(says(&b, "a line's counters are the sums of their facts"));
    CHECK(text_ends(buf_text(&b), T(", 0 differences\n")));
}

TEST_BOTH(audit_face, names_what_differs)
{
    shop_open(w);
    shop_order(w, "MUG", 2);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE order_line SET allocated = 1"));
    struct audit_report *report = audited(w);
    struct buf people = buf_new(&w->arena), programs = buf_new(&w->arena);
    audit_put_people(&w->arena, &people, report, 0, true);
    CHECK(says(&people, "I-13 differs 1 time"));
    CHECK(says(&people, " line 1: allocated, the facts say 2, kept is 1\n"));
    CHECK(says(&people, ": allocated, kept is 1 more than the facts say\n"));
    audit_put_json(&programs, report);
    CHECK(says(&programs, "\"id\":\"I-13\""));
    CHECK(says(&programs, "\"what\":\"allocated\",\"expected\":2,\"actual\":1"));
    CHECK(says(&programs, "\"not_checked\":[{\"id\":\"I-05\""));
    struct text canonical;
    CHECK_OK(&w->ctx, json_canonical(&w->ctx, text_trim(buf_text(&programs)), &canonical));
}

TEST(audit_face, explains_by_both_statements)
{
    struct arena a = {0};
    struct buf b = buf_new(&a);
    audit_put_explained(&b, audit_find(T("i-03")));
    CHECK(says(&b, "I-03: a site's promised units"));
    CHECK(says(&b, "SQLite:\n    SELECT 'promised'"));
    CHECK(says(&b, "PostgreSQL:\n"));
    CHECK(says(&b, "?1") && says(&b, "$1"));
    arena_free(&a);
}

TEST_BOTH(audit_face, asks_one_alone)
{
    shop_open(w);
    struct audit_report *report = arena_new(&w->arena, struct audit_report, 1);
    report->only = audit_find(T("I-01"));
    CHECK_OK(&w->ctx, audit_run(&w->ctx, report));
    struct buf b = buf_new(&w->arena);
    audit_put_people(&w->arena, &b, report, 0, false);
    CHECK(says(&b, "I-01") && !says(&b, "I-03"));
    CHECK(says(&b, "1 invariant, ") && says(&b, " rows, 0 differences"));
    CHECK(report->rows > 0);
}

TEST_BOTH(audit_face, says_what_a_part_covers)
{
    shop_open(w);
    shop_order(w, "MUG", 2);
    struct audit_report *report = arena_new(&w->arena, struct audit_report, 1);
    report->since_us = 1;
    CHECK_OK(&w->ctx, audit_run(&w->ctx, report));
    struct buf people = buf_new(&w->arena), programs = buf_new(&w->arena);
    audit_put_people(&w->arena, &people, report, 0, false);
    CHECK(says(&people, "since event 0: 1 orders, "));
    CHECK(says(&people, "I-13") && !says(&people, "I-61")); /* needs the whole */
    audit_put_json(&programs, report);
    CHECK(says(&programs, "\"since\":{\"position\":0,\"orders\":1,"));
}
