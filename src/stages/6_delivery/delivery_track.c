/* stages/6_delivery/delivery_track.c: what carriers say, kept once, in whatever order it comes. */
#include "base/sort.h"
#include "base/time.h"
#include "queries.h"
#include "stages/6_delivery/delivery_apply.h"
#include "stages/6_delivery/delivery_returning.h"
#include "store/db.h"

#include <string.h>

static const struct field event_table[] = {
    FIELD(struct tracking_event, merchant_id),
    FIELD_ID(struct tracking_event, package_id, "package_id", "pkg"),
    FIELD_INSTANT(struct tracking_event, occurred_us, "occurred_at"),
    FIELD_ENUM(struct tracking_event, status, tracking_status_words),
    FIELD(struct tracking_event, code),
    FIELD(struct tracking_event, place),
    FIELD(struct tracking_event, detail),
    FIELD_INSTANT(struct tracking_event, recorded_us, "recorded_at"),
};
const struct fields tracking_event_fields =
    FIELDS("tracking_event_row", struct tracking_event, event_table);

enum err tracking_events_of(struct ctx *c, const int64_t *package_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_tracking_events_of, ARGS(I64(c->merchant_id), I64S(package_ids, n)),
                   &tracking_event_fields, out);
}

static enum err check_text(struct ctx *c, struct text t, const char *field, size_t most)
{
    if (!text_is_utf8(t))
        return fail_at(c, ERR_INVALID, "not_utf8", field, "it is not valid UTF-8");
    if (text_chars(t) > most)
        return fail_at(c, ERR_INVALID, "too_long", field, "at most %zu characters", most);
    return OK;
}

static enum err check_report(struct ctx *c, const struct tracking_report *r)
{
    TRY(check_text(c, r->code, "code", TRACKING_CODE_CHARS_MAX));
    TRY(check_text(c, r->place, "place", TRACKING_TEXT_CHARS_MAX));
    TRY(check_text(c, r->detail, "detail", TRACKING_TEXT_CHARS_MAX));
    if (r->occurred_us == NONE || r->occurred_us < 0)
        return fail_at(c, ERR_INVALID, "required", "occurred_at", "say when it happened");
    if (r->occurred_us > c->now_us + DAY_US) {
        fail_at(c, ERR_INVALID, "in_the_future", "occurred_at", "this is more than a day ahead");
        return hint(c, "give the time with its offset from UTC");
    }
    return OK;
}

static struct text tidy_number(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t.len && t.len <= 64; i++)
        if (t.at[i] != ' ') buf_putc(&b, t.at[i]);
    return text_upper(a, buf_text(&b));
}

/* Which package each report means: by its id, or by the number of its label. */
static enum err find_packages(struct ctx *c, const struct tracking_report *reports, size_t n,
                              int64_t *ids)
{
    struct list labels = {0};
    struct text *numbers = arena_new(c->arena, struct text, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (reports[i].package_id == NONE)
            numbers[count++] = tidy_number(c->arena, reports[i].tracking_number);
    if (count) TRY(packages_by_tracking(c, numbers, count, &labels));
    const struct label *l = labels.at;
    for (size_t i = 0, number = 0; i < n; i++) {
        ids[i] = reports[i].package_id;
        if (ids[i] != NONE) continue;
        struct text wanted = numbers[number++];
        size_t low = 0, high = labels.count; /* ascending, bytewise */
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (text_cmp(l[middle].tracking_number, wanted) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < labels.count && text_eq(l[low].tracking_number, wanted))
            ids[i] = l[low].package_id;
    }
    return OK;
}

static enum err take_one(struct ctx *c, struct tracks *t, struct returning *back,
                         const struct tracking_report *r, struct tracking_taken *out)
{
    struct track *track = tracks_find(t, out->package_id);
    bool is_new = false;
    struct text code = r->code.len ? r->code : text_of(word_of(&tracking_status_words, r->status));
    struct tracking_event e = {.merchant_id = c->merchant_id,
                               .package_id = out->package_id,
                               .occurred_us = r->occurred_us - r->occurred_us % SECOND_US,
                               .status = r->status,
                               .code = code,
                               .place = r->place,
                               .detail = r->detail,
                               .recorded_us = c->now_us};
    if (!track) {
        out->return_id = out->package_id;
        out->package_id = NONE;
        TRY(returning_take(c, back, &e, &is_new));
        out->is_known = !is_new;
        return OK;
    }
    TRY(track_add(c, t, track, &e, &is_new));
    out->is_known = !is_new;
    if (!is_new || r->status != TRACKING_ATTEMPTED) return OK;
    for (size_t i = 0; i < t->n; i++)
        if (track_is_with(track, &t->at[i]))
            TRY(event_put(c, EVENT_DELIVERY_FAILED, t->at[i].package->order_id,
                          t->at[i].package->package_id,
                          EVENT_BODY(.word = code, .note = r->detail)));
    return OK;
}

/* Labels that are no package's are a return's. */
static enum err load_returning(struct ctx *c, struct tracks *t, const int64_t *ids, size_t n,
                               struct returning *back)
{
    int64_t *others = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!tracks_find(t, ids[i])) others[count++] = ids[i];
    sort_i64(others, count);
    return returning_load(c, others, unique_i64(others, count), back);
}

enum err tracking_take(struct ctx *c, const struct tracking_report *reports, size_t n,
                       struct tracking_taken *taken)
{
    struct tracks t;
    struct returning back;
    TRY(delivery_batch(c, n));
    memset(taken, 0, n * sizeof *taken);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *good = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    TRY(find_packages(c, reports, n, ids));
    for (size_t i = 0; i < n; i++)
        if (ids[i] != NONE) good[count++] = ids[i];
    TRY(tracks_load(c, good, count, &t));
    TRY(load_returning(c, &t, good, count, &back));
    for (size_t i = 0; i < n; i++) {
        taken[i].package_id = ids[i];
        taken[i].return_id = NONE;
        enum err e = check_report(c, &reports[i]);
        if (e == OK && ids[i] == NONE)
            e = fail_at(c, ERR_NOT_FOUND, "tracking_number_unknown", "tracking_number",
                        "no package has the number \"%.*s\"",
                        TEXT_ARG(text_head(reports[i].tracking_number, 40)));
        if (e == OK && !tracks_find(&t, ids[i]) && !returning_has(&back, ids[i]))
            e = fail_at(c, ERR_NOT_FOUND, "package_not_found", "package_id",
                        "there is no such package");
        if (e != OK)
            delivery_refuse(c, &taken[i].fault, e);
        else
            TRY(take_one(c, &t, &back, &reports[i], &taken[i]));
    }
    return tracks_apply(c, &t);
}

enum err tracking_on_handed_over(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t from = 0; from < count; from += DELIVERY_BATCH_MAX) {
        struct tracks t;
        size_t n = count - from < DELIVERY_BATCH_MAX ? count - from : DELIVERY_BATCH_MAX;
        int64_t *ids = arena_new(c->arena, int64_t, n + 1);
        for (size_t i = 0; i < n; i++) ids[i] = events[from + i].subject_id;
        TRY(tracks_load(c, ids, n, &t));
        for (size_t i = 0; i < t.n; i++) t.at[i].is_new = t.at[i].count > 0;
        TRY(tracks_apply(c, &t));
    }
    return OK;
}
