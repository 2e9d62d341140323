#include "base/lifecycle.h"

#include "base/heard.h"

#include <stdio.h>

verb_heard_fn *verb_heard;

void lifecycle_note(const struct lifecycle *l, int32_t state, int32_t verb, bool is_taken)
{
    if (verb_heard) verb_heard(l, state, verb, is_taken);
}

bool lifecycle_allows(const struct lifecycle *l, int32_t state, int32_t verb)
{
    return verb >= 0 && (size_t)verb < l->verbs->count && state >= 0 &&
           (size_t)state < l->states->count && (l->moves[verb].from & IN(state));
}

static struct text possible(struct arena *a, const struct lifecycle *l, int32_t state)
{
    struct buf b = buf_new(a);
    for (int32_t verb = 0; (size_t)verb < l->verbs->count; verb++) {
        if (!lifecycle_allows(l, state, verb)) continue;
        if (b.len) buf_puts(&b, ", ");
        buf_puts(&b, l->verbs->at[verb]);
    }
    return buf_text(&b);
}

enum err lifecycle_next(struct ctx *c, const struct lifecycle *l, int32_t state, int32_t verb,
                        int32_t *to)
{
    bool is_allowed = lifecycle_allows(l, state, verb);
    lifecycle_note(l, state, verb, is_allowed);
    if (!is_allowed) {
        char name[32];
        snprintf(name, sizeof name, "%s", l->name);
        for (char *at = name; *at; at++)
            if (*at == '_') *at = ' ';
        if (l->moves[verb].to != state)
            fail(c, ERR_CONFLICT, "wrong_state", "the %s is %s: \"%s\" is not possible now", name,
                 word_of(l->states, state), word_of(l->verbs, verb));
        else
            fail(c, ERR_CONFLICT, "wrong_state", "the %s is %s already", name,
                 word_of(l->states, state));
        struct text verbs = possible(c->arena, l, state);
        if (!verbs.len) return hint(c, "that is its last state");
        return hint(c, "possible now: %.*s", TEXT_ARG(verbs));
    }
    *to = l->moves[verb].to;
    return OK;
}

struct text lifecycle_picture(struct arena *a, const struct lifecycle *l)
{
    struct buf b = buf_new(a);
    buf_printf(&b, "%s\n\n", l->name);
    for (size_t state = 0; state < l->states->count; state++)
        buf_printf(&b, "%c %s\n", (char)('a' + state), l->states->at[state]);
    buf_puts(&b, "\n");
    for (size_t state = 0; state < l->states->count; state++) buf_putc(&b, (char)('a' + state));
    buf_puts(&b, "\n");
    for (int32_t verb = 0; (size_t)verb < l->verbs->count; verb++) {
        for (int32_t state = 0; (size_t)state < l->states->count; state++)
            buf_putc(&b, lifecycle_allows(l, state, verb) ? 'x' : '.');
        const struct move *m = &l->moves[verb];
        buf_printf(&b, "  %s -> %s%s%s\n", l->verbs->at[verb], word_of(l->states, m->to),
                   m->guard ? ", if " : "", m->guard ? m->guard : "");
    }
    return buf_text(&b);
}

struct text lifecycle_mermaid(struct arena *a, const struct lifecycle *l)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "stateDiagram-v2\n");
    buf_printf(&b, "    [*] --> %s\n", l->states->at[l->first]);
    for (int32_t verb = 0; (size_t)verb < l->verbs->count; verb++)
        for (int32_t state = 0; (size_t)state < l->states->count; state++)
            if (lifecycle_allows(l, state, verb))
                buf_printf(&b, "    %s --> %s: %s\n", l->states->at[state],
                           word_of(l->states, l->moves[verb].to), l->verbs->at[verb]);
    return buf_text(&b);
}
