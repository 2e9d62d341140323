#include "audit_world.h"

#include "domain/audit/audit.h"

static void tell(const struct audit_finding *f)
{
    test_fail(__FILE__, __LINE__, "%s %s: %lld differ", f->of->id, f->of->about,
              (long long)f->differences);
    for (size_t i = 0; i < f->example_count; i++) {
        const struct audit_example *e = &f->examples[i];
        if (e->actual == NONE)
            test_fail(__FILE__, __LINE__, "  %s: %s", e->subject, e->what);
        else if (e->expected == NONE)
            test_fail(__FILE__, __LINE__, "  %s: %s: off by %lld", e->subject, e->what,
                      (long long)e->actual);
        else
            test_fail(__FILE__, __LINE__, "  %s: %s: want %lld, got %lld", e->subject, e->what,
                      (long long)e->expected, (long long)e->actual);
    }
}

void world_audit(struct world *w)
{
    struct audit_report *report = arena_new(&w->arena, struct audit_report, 1);
    CHECK_OK(&w->ctx, audit_run(&w->ctx, report));
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].differences) tell(&report->findings[i]);
}
