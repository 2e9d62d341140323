#include "stages/7_completion/cases.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "stages/7_completion/case_resolving.h"
#include "store/db.h"

static const char *const kinds[] = {"late",          "damaged",  "missing",        "wrong_item",
                                    "not_satisfied", "question", "refund_request", "other"};
static const char *const resolutions[] = {"answer", "refund", "reship", "return"};
const struct words case_kind_words = WORDS("case_kind", kinds);
const struct words case_resolution_words = WORDS("case_resolution", resolutions);

static const struct field case_table[] = {
    FIELD(struct care_case, merchant_id),
    FIELD_ID(struct care_case, order_id, "order_id", "ord"),
    FIELD_ID(struct care_case, case_id, "id", "cas"),
    FIELD_ENUM(struct care_case, kind, case_kind_words),
    FIELD(struct care_case, words),
    FIELD_ID(struct care_case, owner_id, "owner_id", "usr"),
    FIELD_INSTANT(struct care_case, opened_us, "opened_at"),
    FIELD_INSTANT(struct care_case, due_us, "due_at"),
    FIELD_ENUM(struct care_case, resolution, case_resolution_words, .flags = F_NULL),
    FIELD(struct care_case, answer),
    FIELD(struct care_case, refund_minor, .flags = F_NULL),
    FIELD_ID(struct care_case, reship_order_id, "reship_order_id", "ord", .flags = F_NULL),
    FIELD_ID(struct care_case, return_id, "return_id", "ret", .flags = F_NULL),
    FIELD_INSTANT(struct care_case, resolved_us, "resolved_at"),
    FIELD_ID(struct care_case, resolved_by, "resolved_by", "usr", .flags = F_NULL),
    FIELD_ID(struct care_case, package_id, "package_id", "pkg", .flags = F_NULL),
};
const struct fields care_case_fields = FIELDS("care_case_row", struct care_case, case_table);

int64_t case_due_us(enum case_kind kind, int64_t opened_us)
{
    static const int64_t hours[] = {
        [CASE_LATE] = 24,           [CASE_DAMAGED] = 24,       [CASE_MISSING] = 24,
        [CASE_WRONG_ITEM] = 24,     [CASE_NOT_SATISFIED] = 48, [CASE_QUESTION] = 24,
        [CASE_REFUND_REQUEST] = 48, [CASE_OTHER] = 72};
    return opened_us + hours[kind] * HOUR_US;
}

static enum err check_wish(struct ctx *c, const struct case_wish *wish)
{
    struct order_state state;
    if (wish->kind < 0 || wish->kind > CASE_OTHER)
        return fail_at(c, ERR_INVALID, "invalid_value", "kind", "there is no such kind of case");
    if (!text_trim(wish->words).len) {
        fail_at(c, ERR_INVALID, "required", "words", "nothing says what the concern is");
        return hint(c, "a sentence is enough");
    }
    if (text_chars(wish->words) > CASE_WORDS_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "words", "more than %d characters",
                       CASE_WORDS_MAX);
    TRY(order_state_get(c, wish->order_id, &state));
    if (state.commercial == COMMERCIAL_DRAFT)
        return fail(c, ERR_CONFLICT, "wrong_state", "the order is a draft");
    return OK;
}

static bool is_unspoken(const struct care_case *k)
{
    return k->return_id == NONE && text_ends(k->words, T(CASE_BY_CARRIER));
}

static enum err join(struct ctx *c, const struct care_case *k, struct text words)
{
    struct text both = text_printf(c->arena, "%.*s; %.*s", TEXT_ARG(k->words), TEXT_ARG(words));
    TRY(db_put(c, &Q_case_join,
               ARGS(I64(c->merchant_id), I64(k->order_id), I64(k->case_id), TXT(both))));
    return event_put(c, EVENT_CASE_JOINED, k->order_id, k->case_id, EVENT_BODY(.note = words));
}

enum err case_open(struct ctx *c, const struct case_wish *wish, int64_t *case_id)
{
    struct list cases;
    struct text words = text_trim(wish->words);
    TRY(check_wish(c, wish));
    TRY(cases_of(c, &wish->order_id, 1, &cases));
    const struct care_case *at = cases.at;
    size_t open = 0;
    for (size_t i = 0; i < cases.count; i++) {
        if (at[i].resolution >= 0) continue;
        open++;
        *case_id = at[i].case_id;
        if (at[i].kind != wish->kind) continue;
        if (text_eq(at[i].words, words)) return OK;
        if (is_unspoken(&at[i]) && !text_ends(words, T(CASE_BY_CARRIER)))
            return join(c, &at[i], words);
    }
    if (wish->is_from_customer && open >= CASES_OPEN_MAX) {
        fail(c, ERR_CONFLICT, "too_many_cases", "%zu concerns about this order are open", open);
        return hint(c, "they are being looked at");
    }
    return case_put(c, wish, NONE, case_id);
}

enum err case_put(struct ctx *c, const struct case_wish *wish, int64_t package_id, int64_t *case_id)
{
    struct text words = text_trim(wish->words);
    *case_id = source_id(c->source);
    TRY(db_put(c, &Q_case_insert,
               ARGS(I64(c->merchant_id), I64(wish->order_id), I64(*case_id), I64(wish->kind),
                    TXT(words), I64(wish->owner_id), I64(c->now_us),
                    I64(case_due_us((enum case_kind)wish->kind, c->now_us)), I64(package_id))));
    return event_put(
        c, EVENT_CASE_OPENED, wish->order_id, *case_id,
        EVENT_BODY(.word = text_of(word_of(&case_kind_words, wish->kind)), .note = words));
}

enum err case_end(struct ctx *c, const struct care_case *k, enum case_resolution how,
                  struct text answer, int64_t return_id)
{
    TRY(db_put(c, &Q_case_resolve,
               ARGS(I64(c->merchant_id), I64(k->order_id), I64(k->case_id), I64(how), TXT(answer),
                    I64(NONE), I64(NONE), I64(return_id), I64(c->now_us), I64(c->actor_id))));
    return event_put(c, EVENT_CASE_RESOLVED, k->order_id, k->case_id,
                     EVENT_BODY(.word = text_of(word_of(&case_resolution_words, how))));
}

enum err case_get(struct ctx *c, int64_t order_id, int64_t case_id, struct care_case *out)
{
    struct list cases;
    TRY(cases_of(c, &order_id, 1, &cases));
    const struct care_case *at = cases.at;
    for (size_t i = 0; i < cases.count; i++) {
        if (at[i].case_id != case_id) continue;
        *out = at[i];
        return OK;
    }
    return fail(c, ERR_NOT_FOUND, "case_not_found", "the order has no such case");
}

enum err cases_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_cases_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)), &care_case_fields,
                   out);
}

enum err cases_open(struct ctx *c, int64_t after_due_us, int64_t after_id, int64_t limit,
                    struct list *out)
{
    return db_rows(
        c, &Q_cases_open,
        ARGS(I64(c->merchant_id), I64(after_due_us), I64(after_id), I64(limit), I64(c->owner_id)),
        &care_case_fields, out);
}

enum err cases_overdue(struct ctx *c, int64_t *count)
{
    return db_number(c, &Q_cases_overdue, ARGS(I64(c->merchant_id), I64(c->now_us)), count);
}

/* --- resolving ------------------------------------------------------------------------------- */

static enum err check_answer(struct ctx *c, const struct case_answer *a)
{
    bool has_lines = a->resolution == CASE_RESHIP || a->resolution == CASE_RETURN;
    if (a->resolution < 0 || a->resolution > CASE_RETURN)
        return fail_at(c, ERR_INVALID, "invalid_value", "resolution",
                       "there is no such resolution");
    if (text_chars(a->answer) > CASE_WORDS_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "answer", "more than %d characters",
                       CASE_WORDS_MAX);
    if (a->resolution == CASE_ANSWER && !text_trim(a->answer).len)
        return fail_at(c, ERR_INVALID, "required", "answer", "an answer needs words");
    if (a->resolution == CASE_REFUND && a->refund_minor <= 0)
        return fail_at(c, ERR_INVALID, "required", "refund", "a refund needs an amount above 0");
    if (has_lines && !a->lines.count) {
        fail_at(c, ERR_INVALID, "required", "lines", "which lines, and how many of each?");
        return hint(c, "lines of goods, each with line_no and quantity");
    }
    if (a->lines.count > CASE_LINES_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "lines", "more than %d lines", CASE_LINES_MAX);
    return OK;
}

enum err case_resolve(struct ctx *c, const struct case_answer *a, struct case_outcome *out)
{
    struct case_resolving r = {.answer = a};
    bool is_refund = a->resolution == CASE_REFUND;
    *out = (struct case_outcome){NONE, NONE, NONE, 0};
    TRY(check_answer(c, a));
    TRY(case_get(c, a->order_id, a->case_id, &r.concern));
    if (r.concern.resolution >= 0)
        return fail(c, ERR_CONFLICT, "case_resolved", "the case was resolved already");
    if (r.concern.return_id != NONE && a->resolution == CASE_RETURN) {
        fail(c, ERR_CONFLICT, "return_asked", "the goods are asked back already");
        return hint(c, "cancel that return, or resolve the case otherwise");
    }
    TRY(case_resolving_load(c, &r));
    if (is_refund) TRY(case_check_refund(c, &r));
    if (a->resolution == CASE_RESHIP) TRY(case_reship(c, &r, out));
    if (a->resolution == CASE_RETURN) TRY(case_ask_back(c, &r, out));
    struct text answer = text_trim(a->answer);
    if (a->resolution == CASE_RETURN)
        return db_put_sure(c, &Q_case_ask_back,
                           ARGS(I64(c->merchant_id), I64(a->order_id), I64(a->case_id),
                                TXT(answer.len ? answer : (struct text){0}), I64(out->return_id),
                                I64(c->now_us + CASE_RETURN_DUE_US)));
    TRY(db_put_sure(c, &Q_case_resolve,
                    ARGS(I64(c->merchant_id), I64(a->order_id), I64(a->case_id), I64(a->resolution),
                         TXT(answer.len ? answer : (struct text){0}),
                         I64(is_refund ? a->refund_minor : NONE), I64(out->reship_order_id),
                         I64(r.concern.return_id), I64(c->now_us), I64(c->actor_id))));
    if (is_refund) TRY(case_owe(c, &r));
    TRY(event_put(c, EVENT_CASE_RESOLVED, a->order_id, a->case_id,
                  EVENT_BODY(.word = text_of(word_of(&case_resolution_words, a->resolution)),
                             .amount_minor = is_refund ? a->refund_minor : NONE,
                             .other_id = out->reship_order_id)));
    return case_let_order_close(c, &r.state);
}

/* --- the goods came back --------------------------------------------------------------------- */

static const struct care_case *case_in(const struct list *cases, const struct event *e)
{
    const struct care_case *at = cases->at;
    for (size_t i = 0; i < cases->count; i++)
        if (at[i].case_id == e->other_id && at[i].order_id == e->order_id && at[i].resolution < 0)
            return &at[i];
    return NULL;
}

static const struct order_state *state_in(const struct list *states, int64_t order_id)
{
    const struct order_state *at = states->at;
    for (size_t i = 0; i < states->count; i++)
        if (at[i].order_id == order_id) return &at[i];
    return NULL;
}

enum err case_on_return_settled(struct ctx *c, const struct event *events, size_t count)
{
    struct list cases, states;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) ids[n++] = events[i].order_id;
    if (!n) return OK;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(cases_of(c, ids, n, &cases));
    TRY(order_states_of(c, ids, n, &states));
    for (size_t i = 0; i < count; i++) {
        const struct care_case *k = case_in(&cases, &events[i]);
        const struct order_state *s = state_in(&states, events[i].order_id);
        if (!s) continue;
        TRY(case_let_order_close(c, s));
        if (!k) continue;
        TRY(case_end(c, k, CASE_RETURN, k->answer, events[i].subject_id));
    }
    return OK;
}
