#include "base/zone.h"

#include "base/time.h"
#include "harness.h"

/* The UTC text of a local time in a zone. */
static struct text utc(struct ctx *c, const char *name, struct civil local)
{
    const struct zone *z = NULL;
    CHECK_OK(c, zone_open(c, text_of(name), &z));
    if (test_failed()) return T("");
    return instant_text(c->arena, zone_to_utc(z, civil_to_us(local)));
}

TEST(zone, knows_summer_time_listed_and_by_rule)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    const char *london = "Europe/London", *york = "America/New_York", *sydney = "Australia/Sydney";
    CHECK_TEXT("2011-01-05T14:44:00Z", utc(&c, london, (struct civil){2011, 1, 5, 14, 44, 0, 0}));
    CHECK_TEXT("2011-07-05T13:44:00Z", utc(&c, london, (struct civil){2011, 7, 5, 14, 44, 0, 0}));
    CHECK_TEXT("2088-07-05T13:44:00Z", utc(&c, london, (struct civil){2088, 7, 5, 14, 44, 0, 0}));
    CHECK_TEXT("2088-12-05T14:44:00Z", utc(&c, london, (struct civil){2088, 12, 5, 14, 44, 0, 0}));
    CHECK_TEXT("2016-06-12T04:00:00Z", utc(&c, york, (struct civil){2016, 6, 12, 0, 0, 0, 0}));
    CHECK_TEXT("2016-12-12T05:00:00Z", utc(&c, york, (struct civil){2016, 12, 12, 0, 0, 0, 0}));
    CHECK_TEXT("2077-01-01T01:00:00Z", utc(&c, sydney, (struct civil){2077, 1, 1, 12, 0, 0, 0}));
    CHECK_TEXT("2077-07-01T02:00:00Z", utc(&c, sydney, (struct civil){2077, 7, 1, 12, 0, 0, 0}));
    CHECK_TEXT("2026-01-01T06:30:00Z",
               utc(&c, "Asia/Kolkata", (struct civil){2026, 1, 1, 12, 0, 0, 0}));
    arena_free(&a);
}

TEST(zone, reads_the_hour_that_came_twice_and_the_hour_that_never_came)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    const char *london = "Europe/London";
    CHECK_TEXT("2011-10-30T00:30:00Z", utc(&c, london, (struct civil){2011, 10, 30, 1, 30, 0, 0}));
    CHECK_TEXT("2011-10-30T02:00:00Z", utc(&c, london, (struct civil){2011, 10, 30, 2, 0, 0, 0}));
    CHECK_TEXT("2011-03-27T01:30:00Z", utc(&c, london, (struct civil){2011, 3, 27, 1, 30, 0, 0}));
    CHECK_TEXT("2011-03-27T01:00:00Z", utc(&c, london, (struct civil){2011, 3, 27, 2, 0, 0, 0}));
    arena_free(&a);
}

TEST(zone, takes_fixed_offsets_and_refuses_nonsense)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    const struct zone *z = NULL;
    CHECK_TEXT("2026-01-01T06:30:00Z", utc(&c, "+05:30", (struct civil){2026, 1, 1, 12, 0, 0, 0}));
    CHECK_TEXT("2026-01-01T15:00:00Z", utc(&c, "-03:00", (struct civil){2026, 1, 1, 12, 0, 0, 0}));
    CHECK_TEXT("2026-01-01T12:00:00Z", utc(&c, "UTC", (struct civil){2026, 1, 1, 12, 0, 0, 0}));
    const char *const wrong[] = {
        "", "Europe/Londinium", "../../etc/passwd", "/etc/passwd", "Europe", "+25:00", "+1x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_FAULT(&c, ERR_INVALID, "zone_unknown", zone_open(&c, text_of(wrong[i]), &z));
    arena_free(&a);
}
