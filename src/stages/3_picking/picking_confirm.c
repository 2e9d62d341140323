/* stages/3_picking/picking_confirm.c: units from bins into totes, many at once or one by one. */
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product_code.h"
#include "domain/sites/site.h"
#include "plan/scan_item.h"
#include "stages/3_picking/picking_load.h"

#include <stdlib.h>
#include <string.h>

static const struct field result_table[] = {
    FIELD_ID(struct pick_result, task_id, "task_id", "tsk"),
    FIELD(struct pick_result, done),
    FIELD(struct pick_result, left, .about = "units of this task still to pick"),
    FIELD_ENUM(struct pick_result, task_state, task_state_words),
    FIELD_ID(struct pick_result, fulfillment_id, "fulfillment_id", "ful"),
    FIELD(struct pick_result, tasks_open, .about = "of the fulfillment"),
    FIELD_ENUM(struct pick_result, fulfillment_state, fulfillment_state_words),
};
const struct fields pick_result_fields = FIELDS("pick_result", struct pick_result, result_table);

/* --- batches --------------------------------------------------------------------------------- */

/* What one job may do, without doing it. */
struct decision {
    struct fulfillment *f;
    struct task *t;
    struct stock *cell;
    int64_t quantity;
};

static enum err choose_cell(struct ctx *c, const struct pick_work *w,
                            const struct pick_confirm *job, struct decision *d)
{
    const struct task *t = d->t;
    bool is_found = t->place_id == NONE; /* somewhere else than planned: nowhere was planned */
    int64_t bin_id = job->bin_id == NONE ? t->place_id : job->bin_id;
    if (bin_id == NONE) {
        fail(c, ERR_CONFLICT, "bin_needed", "no bin is known for this pick");
        return hint(c, "scan the bin where it was found");
    }
    if (!is_found && bin_id != t->place_id)
        return fail(c, ERR_CONFLICT, "wrong_bin", "this is not the bin of this pick");
    if (job->lot.len && t->lot.len && !text_eq(job->lot, t->lot))
        return fail(c, ERR_CONFLICT, "wrong_lot", "this is lot %.*s, asked was %.*s",
                    TEXT_ARG(job->lot), TEXT_ARG(t->lot));
    struct text lot = is_found ? job->lot : t->lot;
    d->cell = pick_cell(w, d->f->site_id, t->product_id, bin_id, lot);
    if (!d->cell) d->cell = pick_cell(w, d->f->site_id, t->product_id, bin_id, T("")); /* no lots */
    if (d->cell && stock_is_over(c, d->cell)) {
        fail(c, ERR_CONFLICT, "expired", "lot %.*s may not be sold any more, since %.*s",
             TEXT_ARG(d->cell->lot), TEXT_ARG(day_text(c->arena, d->cell->sells_until_day + 1)));
        return hint(c,
                    "leave it and report a short pick (cannot_reach): another lot is looked for");
    }
    int64_t there = d->cell ? d->cell->on_hand : 0;
    if (d->cell && is_found) there -= d->cell->allotted;
    if (there >= d->quantity) return OK;
    fail(c, ERR_CONFLICT, "not_enough", "the bin has %lld %s, asked %lld",
         (long long)(there > 0 ? there : 0), is_found ? "that nobody else waits for" : "of it",
         (long long)d->quantity);
    return hint(c, "say what you found as a short pick, or count the bin");
}

static enum err decide(struct ctx *c, const struct pick_work *w, const struct pick_confirm *job,
                       struct decision *d)
{
    d->f = pick_fulfillment(w, job->fulfillment_id);
    d->t = pick_task(w, job->fulfillment_id, job->task_id);
    TRY(pick_may_work(c, w, d->f, d->t, job->worker_id, job->version));
    int64_t left = d->t->quantity - d->t->done;
    d->quantity = job->quantity == NONE ? left : job->quantity;
    if (d->quantity <= 0)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "how many? at least 1");
    if (d->quantity > left)
        return fail_at(c, ERR_CONFLICT, "too_many", "quantity", "%lld are left to pick, not %lld",
                       (long long)left, (long long)d->quantity);
    return choose_cell(c, w, job, d);
}

/* The worker's scan renews the lease; the last unit ends the task. */
static enum err progress_task(struct ctx *c, struct decision *d, int64_t worker_id)
{
    struct task *t = d->t;
    if (t->done == t->quantity) {
        TRY(task_do(c, t, TASK_FINISH));
        t->worker_id = worker_id == NONE ? c->actor_id : worker_id;
        t->lease_until_us = NONE;
        t->done_us = c->now_us;
        t->place_id = d->cell->place_id;
        d->f->tasks_open--;
        return fulfillment_progress(c, d->f->fulfillment_id,
                                    (struct work_progress){.tasks_open = -1});
    }
    if (worker_id == NONE) return OK;
    TRY(task_do(c, t, TASK_LEASE));
    t->worker_id = worker_id;
    t->lease_until_us = c->now_us + TASK_LEASE_US;
    return OK;
}

static int by_fulfillment(const void *a, const void *b, void *jobs)
{
    const struct pick_confirm *at = jobs;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (at[x].fulfillment_id != at[y].fulfillment_id)
        return at[x].fulfillment_id < at[y].fulfillment_id ? -1 : 1;
    return (x > y) - (x < y);
}

enum err pick_confirm_loaded(struct ctx *c, struct pick_work *w, const struct pick_confirm *jobs,
                             size_t n, struct fault *faults)
{
    size_t *order = arena_new(c->arena, size_t, n + 1);
    int64_t *touched = arena_new(c->arena, int64_t, n + 1);
    size_t touched_count = 0;
    for (size_t i = 0; i < n; i++) order[i] = i;
    /* One order for everybody, so that two batches never wait for each other crosswise. */
    qsort_r(order, n, sizeof *order, by_fulfillment, (void *)(uintptr_t)jobs);
    for (size_t i = 0; i < n; i++) {
        const struct pick_confirm *job = &jobs[order[i]];
        struct fault *fault = &faults[order[i]];
        struct decision d = {0};
        *fault = (struct fault){0};
        enum err e = decide(c, w, job, &d);
        if (e != OK) {
            *fault = c->fault;
            c->fault = (struct fault){0};
            continue;
        }
        TRY(pick_take(c, d.f, d.t, d.cell, d.quantity));
        TRY(progress_task(c, &d, job->worker_id));
        if (d.t->state == TASK_DONE) touched[touched_count++] = job->fulfillment_id;
    }
    for (size_t i = 0; i < w->task_count; i++)
        if (w->tasks[i].done != w->before[i].done) TRY(task_write(c, &w->before[i], &w->tasks[i]));
    return pick_finish(c, w, touched, touched_count, FULFILLMENT_FINISH_PICK, (struct text){0});
}

enum err picking_confirm(struct ctx *c, const struct pick_confirm *jobs, size_t n,
                         struct fault *faults)
{
    struct pick_work w;
    if (n > PICK_BATCH_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "%zu picks at once, at most %d", n,
                    PICK_BATCH_MAX);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = jobs[i].fulfillment_id;
    TRY(pick_work_load(c, ids, n, &w));
    return pick_confirm_loaded(c, &w, jobs, n, faults);
}

/* --- one scan -------------------------------------------------------------------------------- */

static struct text bin_code(struct ctx *c, int64_t bin_id)
{
    struct list bins;
    if (bin_id == NONE || bins_of(c, &bin_id, 1, &bins) != OK || !bins.count) return T("?");
    return ((const struct bin *)bins.at)->code;
}

/* The bin that was scanned: our label by identifier or code, or the code itself. */
static enum err read_bin(struct ctx *c, struct text raw, int64_t site_id, const struct task *t,
                         int64_t *bin_id)
{
    *bin_id = NONE;
    if (!raw.len) return OK;
    struct scan s = scan_parse(c->arena, raw, day_of_us(c->now_us));
    const struct scan_fact *fact = scan_find(&s, SCAN_BIN);
    struct text code = fact ? fact->value : s.text;
    struct bin bin = {0};
    bool found = false;
    if (fact && fact->number) {
        *bin_id = fact->number;
    } else {
        TRY(bin_find_by_code(c, site_id, code, &bin, &found));
        if (found) *bin_id = bin.bin_id;
    }
    if (*bin_id == NONE)
        return fail_at(c, ERR_CONFLICT, "wrong_bin", "bin_scan", "\"%.*s\" is no bin of this site",
                       TEXT_ARG(text_head(code, 40)));
    if (t->place_id == NONE || t->place_id == *bin_id) return OK;
    return fail_at(c, ERR_CONFLICT, "wrong_bin", "bin_scan", "this is bin %.*s, asked was %.*s",
                   TEXT_ARG(found ? bin.code : bin_code(c, *bin_id)),
                   TEXT_ARG(bin_code(c, t->place_id)));
}

static enum err wrong_item(struct ctx *c, const struct scan *s, const struct scan_said *said,
                           const struct product *asked)
{
    struct product other;
    bool found;
    TRY(product_find_by_code(c, said->product_id, said->gtin, said->sku, &other, &found));
    if (found)
        return fail_at(c, ERR_CONFLICT, "wrong_item", "scan",
                       "this is %.*s (%.*s), asked was %.*s (%.*s)", TEXT_ARG(other.sku),
                       TEXT_ARG(text_head(other.name, 40)), TEXT_ARG(asked->sku),
                       TEXT_ARG(text_head(asked->name, 40)));
    return fail_at(c, ERR_CONFLICT, "wrong_item", "scan",
                   "\"%.*s\" is no product of ours, asked was %.*s (%.*s)",
                   TEXT_ARG(text_head(s->text, 40)), TEXT_ARG(asked->sku),
                   TEXT_ARG(text_head(asked->name, 40)));
}

static enum err read_item(struct ctx *c, struct text raw, const struct task *t,
                          struct scan_said *said)
{
    struct list products;
    TRY(products_of(c, &t->product_id, 1, &products));
    if (!products.count)
        return fail(c, ERR_BUG, "no_product", "the task's product is not in the catalogue");
    const struct product *p = products.at;
    struct scan s = scan_parse(c->arena, raw, day_of_us(c->now_us));
    if (!s.count)
        return fail_at(c, ERR_INVALID, "required", "scan", "nothing readable was scanned");
    *said = scan_said(&s);
    struct scan_item item = {p->product_id, p->sku, p->gtin};
    return scan_names(said, &item) ? OK : wrong_item(c, &s, said, p);
}

enum err picking_scan(struct ctx *c, const struct pick_scan *in, struct pick_result *out)
{
    struct pick_work w;
    struct scan_said said;
    struct pick_confirm job = {.fulfillment_id = in->fulfillment_id,
                               .task_id = in->task_id,
                               .version = in->version,
                               .worker_id = in->worker_id};
    TRY(pick_work_load(c, &in->fulfillment_id, 1, &w));
    const struct fulfillment *f = pick_fulfillment(&w, in->fulfillment_id);
    const struct task *t = pick_task(&w, in->fulfillment_id, in->task_id);
    TRY(pick_may_work(c, &w, f, t, in->worker_id, in->version));
    TRY(read_bin(c, in->bin_scan, f->site_id, t, &job.bin_id));
    TRY(read_item(c, in->scan, t, &said));
    job.lot = said.lot;
    job.quantity = in->quantity != NONE ? in->quantity : said.quantity > 0 ? said.quantity : 1;
    struct fault fault;
    TRY(pick_confirm_loaded(c, &w, &job, 1, &fault));
    if (fault.code != OK) {
        c->fault = fault;
        return fault.code;
    }
    *out = (struct pick_result){.task_id = t->task_id,
                                .done = t->done,
                                .left = t->quantity - t->done,
                                .task_state = t->state,
                                .fulfillment_id = f->fulfillment_id,
                                .tasks_open = f->tasks_open,
                                .fulfillment_state = f->state};
    return OK;
}
