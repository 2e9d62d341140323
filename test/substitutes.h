/* test/substitutes.h: questions, answers and rules as tests ask them: by HTTP, as programs do. */
#pragma once

#include "base/source.h"
#include "faces/api/dispatch.h"
#include "faces/pages/links.h"
#include "stages/2_processing/substituting.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

/* As a program asks by HTTP. */
static inline struct text ask(struct world *w, const char *method, struct text target,
                              struct text body, int *status)
{
    struct server s;
    struct answer a;
    server_open(&s, w->store, &w->source, route_tables);
    struct call call = {.method = text_of(method),
                        .target = target,
                        .is_trusted = true,
                        .merchant_id = w->ctx.merchant_id,
                        .body = body,
                        .request_id = T("t")};
    dispatch(&s, &w->arena, &call, &a);
    server_close(&s);
    *status = a.status;
    return a.body;
}

static inline void expect(struct text answer, const char *part)
{
    if (text_find(answer, text_of(part)) < 0)
        test_fail(__FILE__, __LINE__, "no %s in %.*s", part, TEXT_ARG(text_head(answer, 1500)));
}

/* A rule as JSON beside the SKU: ",\"price\":\"original\"". */
static inline struct text rule(struct life *l, const char *sku, const char *instead,
                               const char *more, int wanted)
{
    int status;
    struct arena *a = &l->w->arena;
    struct text answer = ask(l->w, "POST", text_printf(a, "/v1/products/%s/substitutes", sku),
                             text_printf(a, "{\"sku\":\"%s\"%s}", instead, more), &status);
    if (status != wanted)
        test_fail(__FILE__, __LINE__, "%d: %.*s", status, TEXT_ARG(text_head(answer, 600)));
    life_quiet(l);
    return answer;
}

static inline int64_t order_with(struct life *l, const char *sku, int64_t quantity,
                                 enum consent consent)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    struct draft_line line = *(const struct draft_line *)d.lines.at;
    line.substitution = -1;
    d.lines.at = &line;
    d.substitution = (int32_t)consent;
    d.customer_email = T("ada@example.org");
    return life_place(l, &d);
}

static inline struct order_line line_of(struct life *l, int64_t order_id, int64_t line_no)
{
    struct list lines;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, order_lines_of(&l->w->ctx, &order_id, 1, &lines));
    const struct order_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        if (at[i].line_no == line_no) return at[i];
    return (struct order_line){0};
}

static inline struct substitution question(struct life *l, int64_t order_id, size_t k)
{
    struct list all;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, substitutions_of(&l->w->ctx, &order_id, 1, &all));
    CHECK(k < all.count);
    return k < all.count ? ((const struct substitution *)all.at)[k] : (struct substitution){0};
}

static inline size_t questions(struct life *l, int64_t order_id)
{
    struct list all;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, substitutions_of(&l->w->ctx, &order_id, 1, &all));
    return all.count;
}

static inline struct text answer_path(struct life *l, const struct substitution *q, bool is_preview)
{
    struct arena *a = &l->w->arena;
    return text_printf(
        a, "/v1/orders/%.*s/substitutions/%.*s/answer%s", TEXT_ARG(id_text(a, "ord", q->order_id)),
        TEXT_ARG(id_text(a, "sbs", q->substitution_id)), is_preview ? "?preview=1" : "");
}

/* What the customer says on the phone. */
static inline struct text say(struct life *l, int64_t order_id, bool accepts, int wanted)
{
    int status;
    struct substitution q = question(l, order_id, 0);
    struct text answer = ask(
        l->w, "POST", answer_path(l, &q, false),
        accepts ? T("{\"accepts\":true,\"note\":\"fine\"}") : T("{\"accepts\":false}"), &status);
    if (status != wanted)
        test_fail(__FILE__, __LINE__, "%d: %.*s", status, TEXT_ARG(text_head(answer, 600)));
    life_quiet(l);
    return answer;
}
