/* bench/life.c: what a whole life costs beside its beginning.
 *
 * The crew of `waybill run` carries the orders through all stages with the real verbs, reactions
 * and jobs, each unit of work flushed; mails are written, labels and invoices made. */
#include "bench/bench.h"

#include "bench/floor.h"
#include "faces/cli/cli.h"
#include "faces/cli/running.h"
#include "faces/jobs/messages.h"
#include "store/db.h"

#include <stdio.h>

/* Written and composed, then taken: what a mail server does with it is not ours. */
static enum err take_mail(struct ctx *c, const void *arg, const struct mail *m,
                          struct text once_key)
{
    (void)c, (void)arg, (void)m, (void)once_key;
    return OK;
}

static enum err one_life(struct ctx *own, int64_t orders, struct figures *f)
{
    struct bench_pace intake;
    struct run_counts counts = {0};
    struct run_options all = {.from = NONE, .to = NONE, .crew = 4, .seed = 1, .is_quiet = true};
    TRY(bench_place(own, bench_drafts(own, 1, orders, 0), orders, BENCH_GROUP, &intake));
    FILE *nothing = fopen("/dev/null", "w");
    if (!nothing) return fail(own, ERR_BUG, "bench", "no /dev/null");
    int64_t cpu = bench_cpu_us(), statements = store_queries(own->store);
    enum err e = run_orders(own, &all, nothing, &counts);
    cpu = bench_cpu_us() - cpu;
    fclose(nothing);
    TRY(e);
    if (counts.completed != orders)
        return fail(own, ERR_BUG, "bench", "%lld of %lld orders came to their end",
                    (long long)counts.completed, (long long)orders);
    figure_take(f, "life.cpu_ratio", (double)(intake.cpu_us + cpu) / (double)(intake.cpu_us + 1));
    figure_take(f, "life.cpu_us", (double)(intake.cpu_us + cpu) / (double)orders);
    figure_take(f, "life.statements",
                (double)(store_queries(own->store) - statements) / (double)orders);
    return OK;
}

enum err bench_life(struct ctx *c, struct bench_options o, struct figures *f)
{
    const char *path = bench_path(c, o, "bench-life.db");
    int64_t orders = BENCH_GROUP * (o.is_quick ? 1 : 10);
    for (int i = 0; i < bench_rounds(o); i++) {
        struct arena_mark mark = arena_mark(c->arena);
        struct ctx own;
        TRY(bench_open(c, path, &own));
        enum err e = installation_open(&own, "bench");
        messages_use((struct mail_sender){take_mail, NULL, NULL});
        if (e == OK) e = one_life(&own, orders, f);
        e = bench_close(c, &own, e);
        bench_drop(path);
        TRY(e);
        arena_rewind(c->arena, mark);
    }
    return OK;
}
