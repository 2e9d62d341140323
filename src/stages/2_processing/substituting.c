#include "stages/2_processing/substituting.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/inventory/cart.h"
#include "queries.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/changing.h"
#include "stages/2_processing/substituting_facts.h"
#include "store/db.h"

enum { MINUTE_CHARS = 16 }; /* "2026-11-25T12:05" */

/* --- the swap -------------------------------------------------------------------------------- */

static enum err tell_swap(struct ctx *c, const struct substitution *q, struct text sku,
                          const struct change_outcome *done)
{
    return event_put(c, EVENT_LINE_SUBSTITUTED, q->order_id, q->substitution_id,
                     EVENT_BODY(.line_no = q->line_no, .quantity = q->replaced, .word = sku,
                                .amount_minor = done->after_minor - done->before_minor,
                                .other_id = q->new_line,
                                .note = q->is_allowed ? T("allowed with the order") : q->note));
}

/* The order becomes what was agreed. `q->cost_minor` is set; the units are free to be promised. */
static enum err swap(struct ctx *c, const struct order_line *l, struct substitution *q)
{
    struct list products;
    struct change_outcome done;
    int64_t ids[] = {q->product_id, q->substitute_id};
    sort_i64(ids, 2);
    TRY(products_of(c, ids, 2, &products));
    const struct product *old = product_in(&products, q->product_id),
                         *new = product_in(&products, q->substitute_id);
    if (!old || !new) return fail(c, ERR_NOT_FOUND, "product_not_found", "a product is gone");
    int64_t net = l->total_minor - l->tax_minor, tax = 0;
    if (l->tax_minor && net) tax = money_share(l->tax_minor, q->cost_minor, net);
    struct change_line lines[] = {{.line_no = l->line_no,
                                   .parent_line = NONE,
                                   .quantity = NONE,
                                   .less = q->replaced,
                                   .unit_price = {.minor = NONE},
                                   .discount = {.minor = NONE}},
                                  {.line_no = NONE,
                                   .sku = new->sku,
                                   .parent_line = NONE,
                                   .quantity = q->units,
                                   .unit_price = {.minor = NONE},
                                   .discount = {.minor = NONE},
                                   .stands_for = l->line_no,
                                   .cost_minor = q->cost_minor,
                                   .tax_minor = tax}};
    const struct order_change in = {.lines = {lines, 2},
                                    .method = -1,
                                    .wish_day = NONE,
                                    .shipping = {.minor = NONE},
                                    .reason = text_printf(c->arena, "%.*s instead of %.*s",
                                                          TEXT_ARG(new->sku), TEXT_ARG(old->sku))};
    TRY(order_change(c, q->order_id, &in, &done));
    q->new_line = done.new_line;
    return tell_swap(c, q, new->sku, &done);
}

/* --- a question ------------------------------------------------------------------------------ */

static enum err end_cart(struct ctx *c, const struct substitution *q, enum cart_state state)
{
    struct list carts, lines;
    if (q->cart_id == NONE) return OK;
    TRY(carts_of(c, &q->cart_id, 1, &carts));
    const struct cart *cart = carts.at;
    if (!carts.count || cart->state != CART_LIVE) return OK;
    TRY(cart_lines_of(c, &q->cart_id, 1, &lines));
    int64_t order_id = state == CART_ORDERED ? q->order_id : NONE;
    TRY(cart_end(c, cart, &lines, state, order_id));
    return event_put(
        c, EVENT_CART_ENDED, NONE, q->cart_id,
        EVENT_BODY(.word = text_of(word_of(&cart_state_words, state)), .other_id = order_id));
}

static enum err end(struct ctx *c, struct substitution *q, enum substitution_verb verb)
{
    TRY(substitution_do(c, q, verb));
    TRY(end_cart(c, q,
                 verb == SUBSTITUTION_EXPIRE || q->expires_us <= c->now_us ? CART_EXPIRED
                                                                           : CART_GIVEN_BACK));
    return event_put(c, EVENT_SUBSTITUTION_ENDED, q->order_id, q->substitution_id,
                     EVENT_BODY(.line_no = q->line_no, .quantity = q->replaced,
                                .word = text_of(word_of(&substitution_state_words, q->state)),
                                .note = q->note));
}

static struct substitution question_of(struct ctx *c, const struct substituting_choice *k)
{
    return (struct substitution){.merchant_id = c->merchant_id,
                                 .order_id = k->order->order_id,
                                 .substitution_id = source_id(c->source),
                                 .line_no = k->line->line_no,
                                 .state = SUBSTITUTION_ASKED,
                                 .product_id = k->line->product_id,
                                 .substitute_id = k->rule->substitute_id,
                                 .replaced = k->replaced,
                                 .units = k->units,
                                 .cost_minor = k->cost_minor,
                                 .price = k->rule->price,
                                 .otherwise = k->rule->otherwise,
                                 .cart_id = NONE,
                                 .new_line = NONE,
                                 .asked_us = c->now_us,
                                 .expires_us = c->now_us + k->rule->answer_hours * HOUR_US,
                                 .ended_us = NONE,
                                 .ended_by = NONE};
}

/* The units wait in a cart of the question's own, until its time is over. */
static enum err set_aside(struct ctx *c, struct substituting_facts *f,
                          const struct substituting_choice *k, struct substitution *q)
{
    struct demand *demands;
    size_t n = substituting_source(c, f, k, &demands);
    struct cart cart = {.cart_id = source_id(c->source),
                        .reference = id_text(c->arena, "sbs", q->substitution_id),
                        .channel = k->order->channel,
                        .order_id = NONE,
                        .expires_us = q->expires_us,
                        .created_us = c->now_us,
                        .owner_id = k->order->owner_id};
    q->cart_id = cart.cart_id;
    for (size_t i = 0; i < n; i++) demands[i].order_id = cart.cart_id;
    TRY(availability_take(c, demands, n));
    for (size_t i = 0; i < n; i++)
        if (!demands[i].is_promised)
            return fail(c, ERR_BUSY, "raced", "stock was promised to somebody else meanwhile");
    TRY(cart_insert(c, &cart, demands, n));
    TRY(job_put(c, JOB_CART, cart.cart_id, cart.expires_us));
    return event_put(c, EVENT_CART_RESERVED, NONE, cart.cart_id,
                     EVENT_BODY(.quantity = k->units, .note = cart.reference));
}

static enum err ask(struct ctx *c, struct substituting_facts *f,
                    const struct substituting_choice *k)
{
    struct substitution q = question_of(c, k);
    TRY(set_aside(c, f, k, &q));
    TRY(substitution_insert(c, &q));
    TRY(job_put(c, JOB_SUBSTITUTION, q.substitution_id, q.expires_us));
    return event_put(
        c, EVENT_SUBSTITUTION_ASKED, q.order_id, q.substitution_id,
        EVENT_BODY(.line_no = q.line_no, .quantity = q.replaced, .word = k->instead->sku,
                   .amount_minor = q.cost_minor,
                   .note = text_head(instant_text(c->arena, q.expires_us), MINUTE_CHARS)));
}

/* Nobody has to be asked. */
static enum err take(struct ctx *c, struct substituting_facts *f,
                     const struct substituting_choice *k)
{
    struct substitution q = question_of(c, k);
    struct demand *demands;
    q.is_allowed = true;
    q.ended_us = c->now_us;
    q.ended_by = c->actor_id;
    q.state = SUBSTITUTION_ACCEPTED;
    substituting_source(c, f, k, &demands); /* the next order of this page sees less */
    TRY(swap(c, k->line, &q));
    return substitution_insert(c, &q);
}

/* --- deciding about orders ------------------------------------------------------------------- */

/* Asked beforehand, while the order came in: the units were set aside then. */
static enum err take_reserved(struct ctx *c, const struct substituting_facts *f,
                              const struct order_line *l, struct substitution *q)
{
    const struct order *o = LIST_FIND(&f->orders, struct order, order_id, l->order_id);
    const struct substitute by = {.price = q->price};
    int64_t list = price_in(&f->prices, q->substitute_id, o->currency, q->units);
    if (list != NONE && !money_times(list, q->units, &list)) list = NONE;
    q->cost_minor = substitute_cost(&by, line_cost(l, q->replaced), list);
    if (q->cost_minor == NONE) q->cost_minor = line_cost(l, q->replaced);
    TRY(end_cart(c, q, CART_ORDERED));
    TRY(db_flush(c));
    TRY(swap(c, l, q));
    return substitution_do(c, q, SUBSTITUTION_ACCEPT);
}

static enum err decide_line(struct ctx *c, struct substituting_facts *f, const struct order_line *l)
{
    struct substituting_choice k;
    const struct substitution *open = substitution_open(&f->questions, l->order_id, l->line_no);
    const struct order_state *s = LIST_FIND(&f->states, struct order_state, order_id, l->order_id);
    bool is_placed = s && s->commercial == COMMERCIAL_PLACED;
    if (open && (!is_placed || line_missing(l) < open->replaced)) {
        struct substitution q = *open;
        q.note = T("the units are not missing any more");
        return end(c, &q, SUBSTITUTION_WITHDRAW);
    }
    if (!is_placed || line_missing(l) <= 0) return OK;
    if (open) {
        struct substitution q = *open;
        return q.is_allowed ? take_reserved(c, f, l, &q) : OK;
    }
    enum consent said = consent_in(&f->consents, l->order_id, l->line_no);
    if (said == CONSENT_REFUSE || !substituting_may(f, l) || !substituting_choose(c, f, l, &k))
        return OK;
    return said == CONSENT_ALLOW ? take(c, f, &k) : ask(c, f, &k);
}

/* Is anything of this order for us? Two small reads for a page of events. */
static enum err keep_short(struct ctx *c, int64_t *ids, size_t *n)
{
    struct list states, questions;
    size_t kept = 0;
    TRY(order_states_of(c, ids, *n, &states));
    TRY(substitutions_of(c, ids, *n, &questions));
    const struct order_state *s = states.at;
    const struct substitution *q = questions.at;
    for (size_t i = 0; i < states.count; i++) {
        bool is_short = s[i].commercial == COMMERCIAL_PLACED &&
                        s[i].units - s[i].cancelled > s[i].allocated;
        for (size_t k = 0; k < questions.count && !is_short; k++)
            is_short = q[k].order_id == s[i].order_id && q[k].state == SUBSTITUTION_ASKED;
        if (is_short) ids[kept++] = s[i].order_id;
    }
    *n = kept;
    return OK;
}

/* Changing one order changes its rows and the stock, so each line is decided on facts of now. */
static enum err decide(struct ctx *c, int64_t *ids, size_t n)
{
    struct substituting_facts f;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    if (!n) return OK;
    TRY(keep_short(c, ids, &n));
    if (!n) return OK;
    TRY(orders_lock(c, ids, n));
    TRY(substituting_load(c, ids, n, &f));
    if (!f.rules.count && !f.questions.count) return OK;
    const struct order_line *l = f.lines.at;
    for (size_t i = 0; i < f.lines.count; i++) TRY(decide_line(c, &f, &l[i]));
    return OK;
}

struct short_order {
    int64_t order_id;
};
static const struct field short_table[] = {FIELD(struct short_order, order_id)};
static const struct fields short_fields = FIELDS("short_order", struct short_order, short_table);

/* Orders that wait for something that these products may stand for, or be replaced by. */
static enum err who_waits(struct ctx *c, int64_t *products, size_t n, struct list *out)
{
    struct list rules;
    *out = (struct list){0};
    sort_i64(products, n);
    n = unique_i64(products, n);
    TRY(substitutes_by(c, products, n, &rules));
    if (!rules.count) return OK;
    int64_t *ids = arena_new(c->arena, int64_t, rules.count);
    for (size_t i = 0; i < rules.count; i++)
        ids[i] = ((const struct substitute *)rules.at)[i].product_id;
    sort_i64(ids, rules.count);
    return db_rows(c, &Q_substituting_waits,
                   ARGS(I64(c->merchant_id), I64S(ids, unique_i64(ids, rules.count)),
                        I64(SUBSTITUTING_ORDERS_MAX), I64(STAGE_PROCESSING)),
                   &short_fields, out);
}

/* What was set aside and is free again. */
static enum err load_freed(struct ctx *c, const struct event *events, size_t count,
                           struct list *out)
{
    int64_t *carts = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_CART_ENDED) carts[n++] = events[i].subject_id;
    *out = (struct list){0};
    return n ? cart_lines_of(c, carts, n, out) : OK;
}

enum err substituting_on_short(struct ctx *c, const struct event *events, size_t count)
{
    struct list waiting = {0}, freed;
    TRY(load_freed(c, events, count, &freed));
    int64_t *products = arena_new(c->arena, int64_t, count + freed.count + 1);
    size_t n = 0, product_count = 0;
    for (size_t i = 0; i < freed.count; i++)
        products[product_count++] = ((const struct cart_line *)freed.at)[i].product_id;
    for (size_t i = 0; i < count; i++) {
        bool is_stock = events[i].kind == EVENT_STOCK_RECEIVED ||
                        events[i].kind == EVENT_STOCK_ADJUSTED ||
                        events[i].kind == EVENT_STOCK_CONDITION_CHANGED ||
                        events[i].kind == EVENT_STOCK_RULED ||
                        events[i].kind == EVENT_SUBSTITUTE_SET;
        if (is_stock && events[i].subject_id != NONE)
            products[product_count++] = events[i].subject_id;
    }
    if (product_count) TRY(who_waits(c, products, product_count, &waiting));
    int64_t *orders = arena_new(c->arena, int64_t, count + waiting.count + 1);
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) orders[n++] = events[i].order_id;
    for (size_t i = 0; i < waiting.count; i++)
        orders[n++] = ((const struct short_order *)waiting.at)[i].order_id;
    return decide(c, orders, n);
}

/* --- the answer ------------------------------------------------------------------------------ */

static enum err line_get(struct ctx *c, const struct substitution *q, struct order_line *out)
{
    struct list lines;
    TRY(order_lines_of(c, &q->order_id, 1, &lines));
    const struct order_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++) {
        if (l[i].line_no != q->line_no) continue;
        *out = l[i];
        return OK;
    }
    return fail(c, ERR_NOT_FOUND, "line_not_found", "the order has no line %lld",
                (long long)q->line_no);
}

/* No yes: the units wait on, or are cancelled. */
static enum err go_on(struct ctx *c, const struct substitution *q)
{
    struct order_line l;
    struct order_state s;
    struct cancel_outcome cut;
    if (q->otherwise != OTHERWISE_CANCEL) return OK;
    TRY(line_get(c, q, &l));
    TRY(order_state_get(c, q->order_id, &s));
    int64_t units = line_missing(&l) < q->replaced ? line_missing(&l) : q->replaced;
    if (units <= 0 || s.commercial != COMMERCIAL_PLACED) return OK;
    return order_cancel_lines(c, q->order_id, &(struct cancel_line){q->line_no, units}, 1,
                              T("it is not there, and nothing is wanted instead"), &cut);
}

static enum err load_question(struct ctx *c, const struct substitution_answer *in,
                              struct substitution *q)
{
    int32_t to;
    int32_t verb = in->accepts ? SUBSTITUTION_ACCEPT : SUBSTITUTION_DECLINE;
    TRY(substitution_get(c, in->order_id, in->substitution_id, q));
    TRY(orders_lock(c, &in->order_id, 1));
    TRY(substitution_get(c, in->order_id, in->substitution_id, q));
    if (q->state == SUBSTITUTION_EXPIRED ||
        (q->state == SUBSTITUTION_ASKED && q->expires_us <= c->now_us)) {
        fail(c, ERR_CONFLICT, "answer_late", "the question was open until %.*s",
             TEXT_ARG(instant_text(c->arena, q->expires_us)));
        return hint(c, "the order goes on as it was; it can still be changed");
    }
    if (q->state == SUBSTITUTION_ASKED)
        return lifecycle_next(c, &substitution_lifecycle, q->state, verb, &to);
    fail(c, ERR_CONFLICT, "wrong_state", "this question is %s already",
         word_of(&substitution_state_words, q->state));
    return hint(c, "the order stands as it is shown now");
}

enum err substituting_answer(struct ctx *c, const struct substitution_answer *in,
                             struct substitution *q)
{
    struct order_line l;
    if (text_chars(in->note) > SUBSTITUTION_NOTE_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "note", "more than %d characters",
                       SUBSTITUTION_NOTE_MAX);
    TRY(load_question(c, in, q));
    q->note = in->note;
    if (!in->accepts) {
        TRY(end(c, q, SUBSTITUTION_DECLINE));
        TRY(db_flush(c));
        return go_on(c, q);
    }
    TRY(line_get(c, q, &l));
    if (line_missing(&l) < q->replaced) {
        fail(c, ERR_CONFLICT, "not_needed", "%lld units are missing now, not %lld",
             (long long)line_missing(&l), (long long)q->replaced);
        return hint(c, "what was ordered is there after all: it is sent as it is");
    }
    TRY(end_cart(c, q, CART_ORDERED));
    TRY(db_flush(c));
    TRY(swap(c, &l, q));
    return substitution_do(c, q, SUBSTITUTION_ACCEPT);
}

/* --- its time is over ------------------------------------------------------------------------ */

struct due {
    const struct job *jobs;
    size_t count;
};

static enum err expire_in_tx(struct ctx *c, void *arg)
{
    const struct due *d = arg;
    struct list questions;
    int64_t *ids = arena_new(c->arena, int64_t, d->count + 1);
    int64_t *orders = arena_new(c->arena, int64_t, d->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++) ids[i] = d->jobs[i].subject_id;
    sort_i64(ids, d->count);
    size_t count = unique_i64(ids, d->count);
    TRY(substitutions_by_id(c, ids, count, &questions));
    for (size_t i = 0; i < questions.count; i++)
        orders[n++] = ((const struct substitution *)questions.at)[i].order_id;
    sort_i64(orders, n);
    if (n) TRY(orders_lock(c, orders, unique_i64(orders, n)));
    if (n) TRY(substitutions_by_id(c, ids, count, &questions));
    struct substitution *q = questions.at;
    for (size_t i = 0; i < questions.count; i++) {
        if (q[i].state != SUBSTITUTION_ASKED) continue;
        if (q[i].expires_us > c->now_us) {
            TRY(job_put(c, JOB_SUBSTITUTION, q[i].substitution_id, q[i].expires_us));
            continue;
        }
        TRY(end(c, &q[i], SUBSTITUTION_EXPIRE));
        TRY(db_flush(c));
        TRY(go_on(c, &q[i]));
    }
    for (size_t i = 0; i < d->count; i++) TRY(job_done(c, &d->jobs[i]));
    return OK;
}

enum err substituting_job(struct ctx *c, const struct job *jobs, size_t count)
{
    return db_tx(c, expire_in_tx, &(struct due){jobs, count});
}
