/* test/sim/life_returns.c: the verbs of goods that come back; see life.h. */
#include "faces/api/dispatch.h"
#include "life.h"

struct deed {
    enum err (*run)(struct ctx *c, struct deed *d);
    int64_t id, site_id, line_no, quantity, refund_minor;
    int32_t how, target;
    struct return_wish_line *lines;
    int64_t *out;
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return d->run(c, d);
}

static enum err act(struct life *l, struct deed d)
{
    struct ctx *c = &l->w->ctx;
    c->now_us = source_now_us(c->source);
    c->fault = (struct fault){0};
    enum err e = db_tx(c, in_tx, &d);
    struct fault fault = c->fault;
    if (!l->is_busy) life_quiet(l);
    c->fault = fault;
    return e;
}

static enum err ask_back(struct ctx *c, struct deed *d)
{
    struct return_wish wish = {.order_id = d->id,
                               .case_id = NONE,
                               .reason = d->how,
                               .note = T("it is not what I hoped for"),
                               .lines = {d->lines, (size_t)d->quantity}};
    return returns_request(c, &wish, d->out);
}

enum err life_ask_back(struct life *l, int64_t order_id, int64_t line_no, int64_t quantity,
                       enum return_reason reason, int64_t *return_id)
{
    struct return_wish_line line = {line_no, quantity};
    return act(l, (struct deed){.run = ask_back,
                                .id = order_id,
                                .lines = &line,
                                .quantity = 1,
                                .how = (int32_t)reason,
                                .out = return_id});
}

enum err life_ask_lines(struct life *l, int64_t order_id, struct return_wish_line *lines, size_t n,
                        int64_t *return_id)
{
    return act(l, (struct deed){.run = ask_back,
                                .id = order_id,
                                .lines = lines,
                                .quantity = (int64_t)n,
                                .how = RETURN_BECAUSE_UNWANTED,
                                .out = return_id});
}

static enum err approve(struct ctx *c, struct deed *d)
{
    struct return_answer a = {
        .return_id = d->id, .words = T("send it"), .site_id = NONE, .fee_minor = NONE};
    return returns_approve(c, &a);
}

enum err life_approve(struct life *l, int64_t return_id)
{
    return act(l, (struct deed){.run = approve, .id = return_id});
}

static enum err decline(struct ctx *c, struct deed *d)
{
    struct return_answer a = {.return_id = d->id, .words = T("it was worn")};
    return returns_decline(c, &a);
}

enum err life_decline(struct life *l, int64_t return_id)
{
    return act(l, (struct deed){.run = decline, .id = return_id});
}

static enum err label(struct ctx *c, struct deed *d) { return returns_label(c, d->id); }

enum err life_return_label(struct life *l, int64_t return_id)
{
    return act(l, (struct deed){.run = label, .id = return_id});
}

static enum err give_up(struct ctx *c, struct deed *d)
{
    return returns_cancel(c, d->id, T("they keep it"));
}

enum err life_give_up(struct life *l, int64_t return_id)
{
    return act(l, (struct deed){.run = give_up, .id = return_id});
}

static enum err take_in(struct ctx *c, struct deed *d)
{
    struct return_arrival in = {.line_no = d->line_no, .quantity = d->quantity, .seen = -1};
    return returns_receive(c, d->id, d->site_id, NONE, &(struct list){&in, 1});
}

enum err life_take_in(struct life *l, int64_t return_id, int64_t site_id, int64_t line_no,
                      int64_t quantity)
{
    return act(l, (struct deed){.run = take_in,
                                .id = return_id,
                                .site_id = site_id,
                                .line_no = line_no,
                                .quantity = quantity});
}

static enum err decide(struct ctx *c, struct deed *d)
{
    struct return_decision one = {
        .line_no = d->line_no, .quantity = d->quantity, .from = -1, .to = d->how, .bin_id = NONE};
    return returns_inspect(c, d->id, &(struct list){&one, 1});
}

enum err life_decide(struct life *l, int64_t return_id, int64_t line_no, int64_t quantity,
                     enum return_heap to)
{
    return act(l, (struct deed){.run = decide,
                                .id = return_id,
                                .line_no = line_no,
                                .quantity = quantity,
                                .how = (int32_t)to});
}

static enum err settle(struct ctx *c, struct deed *d)
{
    struct return_settlement one = {.line_no = d->line_no,
                                    .quantity = d->quantity,
                                    .kind = d->how,
                                    .refund_minor = d->refund_minor,
                                    .order_id = NONE,
                                    .target = d->target};
    return returns_resolve(c, d->id, &(struct list){&one, 1});
}

enum err life_settle(struct life *l, int64_t return_id, int64_t line_no, int64_t quantity,
                     enum return_resolution kind, int64_t refund_minor)
{
    return act(l, (struct deed){.run = settle,
                                .id = return_id,
                                .line_no = line_no,
                                .quantity = quantity,
                                .how = (int32_t)kind,
                                .target = -1,
                                .refund_minor = refund_minor});
}

enum err life_settle_to(struct life *l, int64_t return_id, int64_t line_no, int64_t quantity,
                        enum refund_target target)
{
    return act(l, (struct deed){.run = settle,
                                .id = return_id,
                                .line_no = line_no,
                                .quantity = quantity,
                                .how = RESOLVED_BY_REFUND,
                                .target = (int32_t)target,
                                .refund_minor = NONE});
}

enum err life_goods(struct life *l, int64_t return_id, const char *verb, struct text body,
                    int64_t *order_id)
{
    struct world *w = l->w;
    struct server server;
    struct answer a;
    struct list ends = {0};
    struct text ret = id_text(&w->arena, "ret", return_id);
    struct call call = {
        .method = T("POST"),
        .target = text_printf(&w->arena, "/v1/returns/%.*s/%s", TEXT_ARG(ret), verb),
        .body = body,
        .is_trusted = true,
        .merchant_id = l->shop.merchant_id};
    *order_id = NONE;
    w->ctx.fault = (struct fault){0};
    server_open(&server, w->store, &w->source, route_tables);
    dispatch(&server, &w->arena, &call, &a);
    server_close(&server);
    if (!l->is_busy) life_quiet(l);
    if (a.status != 200) {
        ptrdiff_t is_ours = text_find(a.body, T("\"constraint\""));
        return fail(&w->ctx, a.status < 500 && is_ours < 0 ? ERR_CONFLICT : ERR_BUG, "answer",
                    "%.*s", TEXT_ARG(text_head(a.body, 300)));
    }
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, return_ends_of(&w->ctx, &return_id, 1, &ends));
    CHECK(ends.count > 0);
    if (ends.count) *order_id = ((const struct return_end *)ends.at)[ends.count - 1].order_id;
    return OK;
}

struct order_return life_return(struct life *l, int64_t order_id, size_t k)
{
    struct list returns = {0};
    struct order_return none = {.return_id = NONE};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, returns_of_orders(&l->w->ctx, &order_id, 1, &returns));
    if (k < returns.count) return ((const struct order_return *)returns.at)[k];
    test_fail(__FILE__, __LINE__, "the order has no return %zu", k);
    return none;
}

struct return_line life_return_line(struct life *l, int64_t return_id, int64_t line_no)
{
    struct list lines = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, return_lines_of(&l->w->ctx, &return_id, 1, &lines));
    const struct return_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        if (at[i].line_no == line_no) return at[i];
    test_fail(__FILE__, __LINE__, "the return has no line %lld", (long long)line_no);
    return (struct return_line){0};
}
