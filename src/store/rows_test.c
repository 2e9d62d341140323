/* Sets of rows that are written many to a statement do what they do one by one. */
#include "store/scratch_test.h"

enum { ROWS = 53 }; /* some statements of many rows, and a rest */

struct set {
    const struct query *query;
    int64_t wrong; /* the row that is refused; -1: none */
    int64_t step;  /* between the numbers; 0: all the same */
    int64_t changed;
};

static enum err write_set(struct ctx *c, void *arg)
{
    struct set *s = arg;
    bool is_put = s->query == &Q_scratch_put;
    struct value *rows = arena_new(c->arena, struct value, ROWS * s->query->args);
    for (int64_t i = 0; i < ROWS; i++) {
        struct value *row = rows + i * s->query->args;
        row[0] = I64(1 + i * s->step);
        row[1] = TXT(i % 3 ? T("same") : text_printf(c->arena, "row %lld", (long long)i));
        row[2] = I64(i == s->wrong ? -1 : i % 5);
        if (!is_put) continue;
        row[3] = I64(i % 2 ? NONE : i);
        row[4] = i % 4 ? BYTES(T("\x01\x02")) : TXT((struct text){0});
    }
    return db_each(c, s->query, rows, ROWS, NULL, &s->changed);
}

TEST_BOTH(rows, each_row_of_a_long_set_keeps_its_own_values)
{
    struct set s = {&Q_scratch_put, -1, 1, 0};
    struct list found;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, write_set, &s));
    CHECK_I64(ROWS, s.changed);
    CHECK_OK(&w->ctx, db_rows(&w->ctx, &Q_scratch_list, ARGS(I64(0), I64(ROWS + 1)),
                              &scratch_fields, &found));
    CHECK_I64(ROWS, (int64_t)found.count);
    for (int64_t i = 0; i < (int64_t)found.count; i++) {
        const struct scratch *row = &((const struct scratch *)found.at)[i];
        CHECK_I64(i % 5, row->n);
        CHECK_I64(i % 2 ? -1 : i, row->small);
        CHECK(text_eq(row->name,
                      i % 3 ? T("same") : text_printf(w->ctx.arena, "row %lld", (long long)i)));
        CHECK(i % 4 ? text_is(row->bytes, "\x01\x02") : !row->bytes.at);
    }
}

TEST_BOTH(rows, a_refused_row_undoes_those_before_it)
{
    scratch_make(w);
    for (int64_t wrong = 0; wrong < ROWS; wrong += 13) {
        struct set s = {&Q_scratch_put, wrong, 1, 0};
        CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, write_set, &s));
        CHECK_I64(0, scratch_number(w, &Q_scratch_count));
    }
}

TEST_BOTH(rows, rows_that_are_there_already_are_passed_over_and_counted_right)
{
    struct set odd = {&Q_scratch_new, -1, 2, 0}, all = {&Q_scratch_new, -1, 1, 0};
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, write_set, &odd));
    CHECK_I64(ROWS, odd.changed);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, write_set, &all));
    CHECK_I64(ROWS / 2, all.changed);
    CHECK_I64(ROWS + ROWS / 2, scratch_number(w, &Q_scratch_count));
}
