#include "stages/1_receipt/receipt_ahead.h"

#include "base/time.h"
#include "stages/1_receipt/receipt_refuse.h"

#include <stdio.h>

static void refuse_full(struct ctx *c, const struct known *k, const struct candidate *o,
                        size_t line, const struct preorder *p, int64_t left, struct outcome *out)
{
    char field[40];
    struct text sku = receipt_sku(k, p->product_id);
    snprintf(field, sizeof field, "lines[%zu].quantity", receipt_draft_line(o, line));
    fail_at(c, ERR_CONFLICT, "preorder_full", field,
            "%.*s: %lld can still be ordered before it is there, not %lld", TEXT_ARG(sku),
            (long long)left, (long long)o->lines[line].quantity);
    if (left)
        hint(c, "order %lld of it, or leave it out", (long long)left);
    else if (p->release_day != NONE)
        hint(c, "order it when it is there, from %.*s on, or leave it out",
             TEXT_ARG(day_text(c->arena, p->release_day)));
    else
        hint(c, "order it when it is there, or leave it out");
    out->fault = c->fault;
    c->fault = (struct fault){0};
}

void receipt_ahead_weigh(struct ctx *c, const struct known *k, const struct candidate *o,
                         const int64_t *missing, struct outcome *out)
{
    out->ahead = 0;
    for (size_t l = 0; l < o->line_count; l++) {
        const struct preorder *p = preorder_in(&k->preorders, o->lines[l].product_id);
        if (!missing[l] || !p) continue;
        int64_t left = p->cap > p->taken ? p->cap - p->taken : 0;
        for (size_t before = 0; before < l; before++)
            if (o->lines[before].product_id == p->product_id) left -= missing[before];
        if (left < missing[l]) {
            refuse_full(c, k, o, l, p, left > 0 ? left : 0, out);
            return;
        }
        out->ahead += missing[l];
    }
}

void receipt_ahead_take(struct ctx *c, struct known *k, const struct candidate *o,
                        const int64_t *missing)
{
    for (size_t l = 0; l < o->line_count; l++) {
        struct preorder *p = preorder_in(&k->preorders, o->lines[l].product_id);
        if (!missing[l] || !p) continue;
        p->taken += missing[l];
        *arena_push(c->arena, k->ahead, k->ahead_count, k->ahead_capacity) =
            (struct preordered){o->order.order_id, o->lines[l].line_no, p->product_id, missing[l]};
    }
}
