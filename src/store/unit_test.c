/* Units of a group: who stands, and who leaves nothing. */
#include "store/scratch_test.h"

static enum err put_and_refuse(struct ctx *c, void *arg)
{
    TRY(scratch_put_given(c, arg));
    TRY(db_flush(c));
    return fail(c, ERR_CONFLICT, "no_more", "refused on purpose");
}

TEST_BOTH(store, units_that_fail_or_ask_before_any_stands_leave_nothing_in_their_group)
{
    int64_t asked = 11, first = 12, last = 13;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_group_begin(&w->ctx));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_more", db_tx(&w->ctx, put_and_refuse, &asked));
    CHECK_OK(&w->ctx, db_preview(&w->ctx, scratch_put_given, &asked));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &first));
    CHECK_OK(&w->ctx, db_preview(&w->ctx, scratch_put_given, &asked));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_more", db_tx(&w->ctx, put_and_refuse, &asked));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &last));
    CHECK_OK(&w->ctx, db_group_end(&w->ctx));
    CHECK_I64(2, scratch_number(w, &Q_scratch_count));
}

TEST_BOTH(store, a_group_of_which_none_stands_ends_well)
{
    int64_t asked = 11, alone = 12;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_group_begin(&w->ctx));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_more", db_tx(&w->ctx, put_and_refuse, &asked));
    CHECK_OK(&w->ctx, db_group_end(&w->ctx));
    CHECK_I64(0, scratch_number(w, &Q_scratch_count));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &alone));
    CHECK_I64(1, scratch_number(w, &Q_scratch_count));
}
