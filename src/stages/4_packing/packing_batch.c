/* stages/4_packing/packing_batch.c: many totes at once: propose, pack, seal. */
#include "base/lifecycle.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/people/people.h"
#include "stages/4_packing/packing_load.h"

static struct fulfillment_line *line_of(struct fulfillment_line *lines, size_t n, int64_t line_no)
{
    for (size_t i = 0; i < n; i++)
        if (lines[i].line_no == line_no) return &lines[i];
    return NULL;
}

/* A proposal made earlier must still be exactly what lies in the tote. */
static enum err check_proposal(struct ctx *c, const struct pack_work *w,
                               const struct fulfillment *f, const struct pack_proposal *p)
{
    size_t count;
    struct fulfillment_line *lines = pack_lines(w, f->fulfillment_id, &count);
    const struct pack_box *boxes = p->boxes.at;
    int64_t units = 0;
    int64_t *left = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) left[i] = lines[i].picked - lines[i].packed;
    for (size_t b = 0; b < p->boxes.count; b++) {
        const struct pack_content *contents = boxes[b].contents.at;
        for (size_t i = 0; i < boxes[b].contents.count; i++) {
            struct fulfillment_line *l = line_of(lines, count, contents[i].line_no);
            for (size_t k = 0; k < i; k++)
                if (contents[k].line_no == contents[i].line_no) l = NULL; /* named twice */
            if (!l || contents[i].quantity < 1 || (left[l - lines] -= contents[i].quantity) < 0)
                return fail(c, ERR_CONFLICT, "proposal_stale",
                            "the tote does not hold what the proposal says; propose anew");
            units += contents[i].quantity;
        }
    }
    if (units == f->picked - f->packed && units > 0) return OK;
    return fail(c, ERR_CONFLICT, "proposal_stale",
                "the tote holds %lld units, the proposal packs %lld",
                (long long)(f->picked - f->packed), (long long)units);
}

static enum err decide(struct ctx *c, const struct pack_work *w, const struct pack_job *job,
                       struct pack_proposal *proposal)
{
    struct fulfillment *f = pack_fulfillment(w, job->fulfillment_id);
    TRY(pack_may_work(c, w, f, true, NONE));
    if (!job->with_services) TRY(pack_services_done(c, w, f));
    TRY(pack_serials_none(c, w, f));
    if (job->proposal) {
        *proposal = *job->proposal;
    } else {
        TRY(pack_propose_one(c, w, f, proposal));
    }
    return check_proposal(c, w, f, proposal);
}

static enum err do_services(struct ctx *c, const struct pack_work *w, struct fulfillment *f)
{
    for (size_t i = 0; i < w->tasks.count && f->services_open; i++) {
        const struct task *t = &((const struct task *)w->tasks.at)[i];
        if (t->fulfillment_id != f->fulfillment_id || t->kind == TASK_PICK ||
            t->kind == TASK_PUT_BACK || (t->state != TASK_READY && t->state != TASK_LEASED))
            continue;
        struct task after = *t;
        TRY(task_do(c, &after, TASK_FINISH));
        after.done = after.quantity;
        after.worker_id = ctx_asker(c, f->order_id).actor_id;
        after.lease_until_us = NONE;
        after.done_us = c->now_us;
        TRY(task_write(c, t, &after));
        TRY(fulfillment_progress(c, f->fulfillment_id,
                                 (struct work_progress){.services_open = -1}));
        TRY(event_put(c, EVENT_SERVICE_DONE, f->order_id, t->task_id,
                      EVENT_BODY(.line_no = t->line_no,
                                 .word = text_of(word_of(&task_kind_words, t->kind)),
                                 .note = t->wording)));
        f->services_open--;
    }
    return OK;
}

static enum err seal_box(struct ctx *c, const struct pack_work *w, struct fulfillment *f,
                         const struct pack_box *box, int64_t number, struct text sscc)
{
    size_t count;
    struct fulfillment_line *lines = pack_lines(w, f->fulfillment_id, &count);
    const struct pack_content *contents = box->contents.at;
    struct package p = {.merchant_id = c->merchant_id,
                        .package_id = source_id(c->source),
                        .fulfillment_id = f->fulfillment_id,
                        .order_id = f->order_id,
                        .site_id = f->site_id,
                        .state = PACKAGE_OPEN,
                        .number = (int32_t)number,
                        .carton_id = box->carton_id,
                        .sscc = sscc,
                        .length_mm = box->length_mm,
                        .width_mm = box->width_mm,
                        .height_mm = box->height_mm,
                        .expected_g = box->expected_g,
                        .weight_g = NONE,
                        .manifest_id = NONE,
                        .packer_id = ctx_asker(c, f->order_id).actor_id,
                        .sealed_us = c->now_us,
                        .handed_over_us = NONE,
                        .delivered_us = NONE,
                        .inside_id = NONE};
    int64_t units = 0;
    for (size_t i = 0; i < box->contents.count; i++) {
        struct fulfillment_line *l = line_of(lines, count, contents[i].line_no);
        TRY(pack_take(c, f, l, p.package_id, contents[i].quantity));
        TRY(package_line_add(c, p.package_id, l->line_no, l->product_id, contents[i].quantity));
        units += contents[i].quantity;
    }
    TRY(package_do(c, &p, PACKAGE_SEAL));
    TRY(package_insert(c, &p));
    return pack_tell_sealed(c, &p, units, (struct text){0});
}

static enum err pack_one(struct ctx *c, const struct pack_work *w, const struct pack_job *job,
                         const struct pack_proposal *proposal, struct pack_numbering *numbering,
                         size_t jobs_left)
{
    struct fulfillment *f = pack_fulfillment(w, job->fulfillment_id);
    const struct pack_box *boxes = proposal->boxes.at;
    size_t count = proposal->boxes.count;
    int64_t number = pack_count(w, f->order_id, f->fulfillment_id);
    TRY(pack_begin(c, f));
    TRY(do_services(c, w, f));
    for (size_t i = 0; i < count; i++) {
        struct text sscc = {0};
        TRY(pack_number(c, numbering, (int64_t)(count - i + jobs_left), &sscc));
        TRY(seal_box(c, w, f, &boxes[i], ++number, sscc));
    }
    return OK;
}

enum err packing_pack(struct ctx *c, const struct pack_job *jobs, size_t n, struct fault *faults)
{
    struct pack_work w;
    struct merchant merchant;
    if (n > PACK_BATCH_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "%zu fulfillments at once, at most %d", n,
                    PACK_BATCH_MAX);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t packed = 0;
    for (size_t i = 0; i < n; i++) ids[i] = jobs[i].fulfillment_id;
    TRY(pack_work_load(c, ids, n, &w));
    TRY(merchant_get(c, &merchant));
    struct pack_numbering numbering = {.prefix = merchant.gs1_prefix};
    for (size_t i = 0; i < n; i++) {
        struct pack_proposal proposal;
        faults[i] = (struct fault){0};
        enum err e = decide(c, &w, &jobs[i], &proposal);
        if (e != OK) {
            faults[i] = c->fault;
            c->fault = (struct fault){0};
            continue;
        }
        TRY(pack_one(c, &w, &jobs[i], &proposal, &numbering, n - i - 1));
        ids[packed++] = jobs[i].fulfillment_id;
    }
    return pack_finish(c, &w, ids, packed);
}
