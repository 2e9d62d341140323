#include "domain/orders/service_work.h"

bool service_is_of(const struct order_line *service, const struct order_line *line)
{
    if (!line_is_physical(line)) return false;
    if (service->kind == LINE_KIT) return line->parent_line == service->line_no;
    if (service->parent_line == NONE) return true;
    return line->line_no == service->parent_line || line->parent_line == service->parent_line;
}

static bool is_blank(char ch) { return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r'; }

/* The next character, runs of blanks as one; 0 at the end. */
static char next(struct text t, size_t *at)
{
    if (*at >= t.len) return 0;
    char ch = t.at[(*at)++];
    if (!is_blank(ch)) return ch;
    while (*at < t.len && is_blank(t.at[*at])) (*at)++;
    return ' ';
}

bool wording_same(struct text a, struct text b)
{
    size_t i = 0, k = 0;
    a = text_trim(a);
    b = text_trim(b);
    for (;;) {
        char x = next(a, &i), y = next(b, &k);
        if (x != y) return false;
        if (!x) return true;
    }
}

static enum err check_task(struct ctx *c, const struct task *t, enum task_kind kind)
{
    if (t->kind != (int32_t)kind)
        return fail(c, ERR_CONFLICT, "other_service", "this task is %s, not %s",
                    word_of(&task_kind_words, t->kind), word_of(&task_kind_words, (int64_t)kind));
    if (t->state != TASK_READY && t->state != TASK_LEASED)
        return fail(c, ERR_CONFLICT, "task_done", "this task is %s already",
                    word_of(&task_state_words, t->state));
    if (t->state == TASK_LEASED && t->lease_until_us > c->now_us && t->worker_id != c->actor_id)
        return fail(c, ERR_CONFLICT, "leased_by_other", "someone else is working on it");
    return OK;
}

/* Which lines it is done to, and are their goods here? */
static enum err load_lines(struct ctx *c, struct service_work *w)
{
    struct list lines, mine;
    TRY(order_lines_of(c, &w->fulfillment.order_id, 1, &lines));
    TRY(fulfillment_lines_of(c, &w->fulfillment.fulfillment_id, 1, &mine));
    const struct order_line *all = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        if (all[i].line_no == w->task.line_no) w->line = all[i];
    w->of = arena_new(c->arena, struct fulfillment_line, mine.count + 1);
    int64_t missing = 0;
    for (size_t i = 0; i < mine.count; i++) {
        const struct fulfillment_line *fl = &((const struct fulfillment_line *)mine.at)[i];
        for (size_t k = 0; k < lines.count; k++) {
            if (all[k].line_no != fl->line_no || !service_is_of(&w->line, &all[k])) continue;
            w->of[w->of_count++] = *fl;
            missing += fl->quantity - fl->picked;
        }
    }
    if (!missing) return OK;
    return fail(c, ERR_CONFLICT, "not_picked", "%lld units that it is done to are not picked yet",
                (long long)missing);
}

enum err service_work_load(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                           enum task_kind kind, int64_t version, struct service_work *out)
{
    struct stops stops;
    *out = (struct service_work){.line = {.parent_line = NONE}};
    TRY(fulfillment_get(c, fulfillment_id, &out->fulfillment));
    TRY(task_get(c, fulfillment_id, task_id, &out->task));
    TRY(stops_load(c, &out->fulfillment.order_id, 1, &stops));
    TRY(stop_check(c, &stops, &out->fulfillment, version)); /* why before what */
    TRY(check_task(c, &out->task, kind));
    return load_lines(c, out);
}

enum err service_work_done(struct ctx *c, const struct service_work *w)
{
    struct task after = w->task;
    TRY(task_do(c, &after, TASK_FINISH));
    after.done = after.quantity;
    after.worker_id = c->actor_id;
    after.lease_until_us = NONE;
    after.done_us = c->now_us;
    TRY(task_write(c, &w->task, &after));
    return fulfillment_progress(c, w->fulfillment.fulfillment_id,
                                (struct work_progress){.services_open = -1});
}
