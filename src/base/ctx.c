#include "base/ctx.h"

#include "base/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

reason_heard_fn *reason_heard;

__attribute__((format(printf, 5, 0))) static void note(struct ctx *c, enum err code,
                                                       const char *reason, const char *field,
                                                       const char *detail, va_list args)
{
    struct fault *f = &c->fault;
    f->code = code;
    snprintf(f->reason, sizeof f->reason, "%s", reason);
    snprintf(f->field, sizeof f->field, "%s", field);
    vsnprintf(f->detail, sizeof f->detail, detail, args);
    f->hint[0] = 0;
    if (reason_heard) reason_heard(reason);
}

static int by_order(const void *a, const void *b)
{
    const struct asker *x = a, *y = b;
    return (x->order_id > y->order_id) - (x->order_id < y->order_id);
}

void ctx_asked_by(struct ctx *c, struct asker *at, size_t count)
{
    struct askers *askers = arena_new(c->arena, struct askers, 1);
    if (count) qsort(at, count, sizeof *at, by_order);
    *askers = (struct askers){at, count};
    c->askers = askers;
}

struct asker ctx_asker(const struct ctx *c, int64_t order_id)
{
    size_t low = 0, high = c->askers ? c->askers->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct asker *a = &c->askers->at[middle];
        if (a->order_id == order_id) return *a;
        if (a->order_id < order_id)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct asker){order_id, c->actor_id, c->command_id};
}

enum err fail(struct ctx *c, enum err code, const char *reason, const char *detail, ...)
{
    va_list args;
    va_start(args, detail);
    note(c, code, reason, "", detail, args);
    va_end(args);
    return code;
}

enum err fail_at(struct ctx *c, enum err code, const char *reason, const char *field,
                 const char *detail, ...)
{
    va_list args;
    va_start(args, detail);
    note(c, code, reason, field, detail, args);
    va_end(args);
    return code;
}

enum err hint(struct ctx *c, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    vsnprintf(c->fault.hint, sizeof c->fault.hint, text, args);
    va_end(args);
    return c->fault.code;
}

enum err fail_under(struct ctx *c, enum err code, const char *prefix, ...)
{
    char path[sizeof c->fault.field];
    va_list args;
    va_start(args, prefix);
    vsnprintf(path, sizeof path, prefix, args);
    va_end(args);
    const char *inner = c->fault.field;
    size_t n = strlen(path);
    if (*inner && *inner != '[' && n + 1 < sizeof path) path[n++] = '.';
    while (*inner && n + 1 < sizeof path) path[n++] = *inner++;
    path[n] = 0;
    memcpy(c->fault.field, path, sizeof path);
    return code;
}

bool fault_keep(struct ctx *c)
{
    if (!c->faults) c->faults = arena_new(c->arena, struct faults, 1);
    struct faults *f = c->faults;
    if (f->count < FAULTS_MAX) *arena_push(c->arena, f->at, f->count, f->capacity) = c->fault;
    return f->count < FAULTS_MAX;
}

const struct faults *faults_of(const struct ctx *c)
{
    const struct faults *f = c->faults;
    if (!f || !f->count) return NULL;
    bool is_same = strcmp(f->at[0].reason, c->fault.reason) == 0 &&
                   strcmp(f->at[0].field, c->fault.field) == 0;
    return is_same ? f : NULL;
}
