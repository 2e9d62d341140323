/* faces/api/merchant.c: the shop's own settings, and its day on one board. */
#include "base/contact.h"
#include "base/country.h"
#include "base/time.h"
#include "domain/events/job.h"
#include "domain/orders/board.h"
#include "domain/orders/order.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "wire/json.h"

/* --- settings -------------------------------------------------------------------------------- */

struct merchant_view {
    struct text code, name, currency, country, email, street, gs1_prefix;
    int32_t price_policy, stock_policy, sourcing_policy, fill_policy, confirm_channels,
        capture_policy;
    int64_t grace_minutes;
};
#define SETTINGS                                                                                   \
    FIELD(struct merchant_view, name, .max = 200, .about = "as customers read it"),                \
        FIELD(struct merchant_view, currency, .max = 3, .about = "ISO 4217; of prices and costs"), \
        FIELD(struct merchant_view, country, .max = 2, .about = "ISO 3166-1 alpha-2"),             \
        FIELD(struct merchant_view, email, .max = 254, .about = "sender of messages"),             \
        FIELD(struct merchant_view, street, .max = 200,                                            \
              .about = "one line for footers and the sender of labels"),                           \
        FIELD(struct merchant_view, gs1_prefix, .max = 12,                                         \
              .about = "GS1 company prefix: packages get an SSCC, on their labels as GS1-128"),    \
        FIELD_ENUM(struct merchant_view, price_policy, price_policy_words,                         \
                   .about = "when an order's price is not the list's"),                            \
        FIELD_ENUM(struct merchant_view, stock_policy, stock_policy_words,                         \
                   .about = "when not all of an order is there"),                                  \
        FIELD_ENUM(                                                                                \
            struct merchant_view, sourcing_policy, sourcing_policy_words,                          \
            .about = "which sites send an order; ties go to the nearest, then by priority"),       \
        FIELD_ENUM(struct merchant_view, fill_policy, fill_policy_words,                           \
                   .about = "who is served first of those who wait for goods that came; ties go "  \
                            "to the oldest order"),                                                \
        FIELD_FLAGS(struct merchant_view, confirm_channels, channel_words,                         \
                    .about = "whose customers are asked to confirm the details"),                  \
        FIELD_ENUM(struct merchant_view, capture_policy, capture_policy_words,                     \
                   .about = "when reserved money is taken"),                                       \
        FIELD(struct merchant_view, grace_minutes, .min = 0, .max = 60 * 24 * 365,                 \
              .about = "from delivered to completed")

static const struct field view_table[] = {FIELD(struct merchant_view, code), SETTINGS};
static const struct fields view_fields = FIELDS("merchant", struct merchant_view, view_table);
static const struct field change_table[] = {SETTINGS};
static const struct fields change_fields =
    FIELDS("merchant_change", struct merchant_view, change_table);

static struct merchant_view view_of(const struct merchant *m)
{
    return (struct merchant_view){.code = m->code,
                                  .name = m->name,
                                  .currency = m->currency,
                                  .country = m->country,
                                  .email = m->email,
                                  .street = m->street,
                                  .gs1_prefix = m->gs1_prefix,
                                  .price_policy = m->price_policy,
                                  .stock_policy = m->stock_policy,
                                  .sourcing_policy = m->sourcing_policy,
                                  .fill_policy = m->fill_policy,
                                  .confirm_channels = m->confirm_channels,
                                  .capture_policy = m->capture_policy,
                                  .grace_minutes = m->grace_us / MINUTE_US};
}

static enum err show(struct ctx *c, const struct merchant *m, struct reply *out)
{
    struct merchant_view *view = arena_new(c->arena, struct merchant_view, 1);
    *view = view_of(m);
    out->record = view;
    out->version = row_version(c, &merchant_fields, m);
    return OK;
}

static enum err merchant_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct merchant m;
    (void)in;
    TRY(merchant_get(c, &m));
    return show(c, &m, out);
}

static enum err check_prefix(struct ctx *c, struct text prefix)
{
    bool is_good = !prefix.len || (prefix.len >= 4 && prefix.len <= 12);
    for (size_t i = 0; i < prefix.len; i++)
        is_good = is_good && prefix.at[i] >= '0' && prefix.at[i] <= '9';
    if (is_good) return OK;
    return fail_at(c, ERR_INVALID, "gs1_prefix", "gs1_prefix",
                   "\"%.*s\" is no company prefix: it has 4 to 12 digits", TEXT_ARG(prefix));
}

/* What stands already is not asked about again: a fresh shop writes from "orders@localhost". */
static enum err check(struct ctx *c, const struct merchant *before, struct merchant_view *v)
{
    v->currency = text_upper(c->arena, v->currency);
    v->country = text_upper(c->arena, v->country);
    if (!v->name.len) return fail_at(c, ERR_INVALID, "required", "name", "a shop has a name");
    if (!currency_known(text_cstr(c->arena, v->currency)))
        return fail_at(c, ERR_INVALID, "unknown_currency", "currency",
                       "\"%.*s\" is no ISO 4217 currency", TEXT_ARG(v->currency));
    if (v->country.len != 2 || !country_by_code(v->country))
        return fail_at(c, ERR_INVALID, "country_unknown", "country", "\"%.*s\" is no country",
                       TEXT_ARG(v->country));
    TRY(check_prefix(c, v->gs1_prefix));
    bool is_new = v->email.len && !text_eq(v->email, before->email);
    return is_new ? email_check(c, v->email, "email") : OK;
}

static enum err merchant_change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    TRY(version_check(c, in, row_version(c, &merchant_fields, &m)));
    struct merchant_view v = view_of(&m);
    if (text_trim(in->raw).len) TRY(record_merge_json(c, &change_fields, in->raw, &v, NULL));
    TRY(check(c, &m, &v));
    if (!text_eq(v.country, m.country)) TRY(sites_follow(c, m.country, v.country));
    m.name = v.name;
    m.currency = v.currency;
    m.country = v.country;
    m.email = v.email;
    m.street = v.street;
    m.gs1_prefix = v.gs1_prefix;
    m.price_policy = v.price_policy;
    m.stock_policy = v.stock_policy;
    m.sourcing_policy = v.sourcing_policy;
    m.fill_policy = v.fill_policy;
    m.confirm_channels = v.confirm_channels;
    m.capture_policy = v.capture_policy;
    m.grace_us = v.grace_minutes * MINUTE_US;
    TRY(merchant_update(c, &m));
    return show(c, &m, out);
}

/* --- the board ------------------------------------------------------------------------------- */

struct due_view {
    struct text site;
    int64_t open, late, today;
};
static const struct field due_table[] = {
    FIELD(struct due_view, site),
    FIELD(struct due_view, open, .about = "fulfillments that have not left"),
    FIELD(struct due_view, late, .about = "should have left by now"),
    FIELD(struct due_view, today, .about = "have to leave today (UTC), the late ones with them"),
};
static const struct fields due_fields = FIELDS("site_due", struct due_view, due_table);

struct dead_job {
    int64_t job_id, subject_id;
    int32_t kind;
    struct text last_error;
};
static const struct field dead_table[] = {
    FIELD_ID(struct dead_job, job_id, "id", "job"),
    FIELD_ENUM(struct dead_job, kind, job_words),
    FIELD_ID(struct dead_job, subject_id, "subject_id", "id"),
    FIELD(struct dead_job, last_error),
};
static const struct fields dead_fields = FIELDS("dead_job", struct dead_job, dead_table);

enum { DEAD_SHOWN_MAX = 20 };
struct board {
    int64_t at_us;
    struct list stages, holds, due, dead_jobs;
    int64_t short_orders, dead_job_count;
};
static const struct field board_table[] = {
    FIELD_INSTANT(struct board, at_us, "at"),
    FIELD_LIST(struct board, stages, stage_count_fields, .about = "open orders by stage"),
    FIELD_LIST(struct board, holds, hold_count_fields, .about = "orders that wait, and why"),
    FIELD(struct board, short_orders, .about = "open orders that lack stock"),
    FIELD_LIST(struct board, due, due_fields),
    FIELD(struct board, dead_job_count, .about = "that failed for good; 1000 at most"),
    FIELD_LIST(struct board, dead_jobs, dead_fields, .about = "the first twenty of them"),
};
static const struct fields board_fields = FIELDS("board", struct board, board_table);

static enum err load_due(struct ctx *c, struct list *out)
{
    struct list counts, sites;
    TRY(due_board(c, (day_of_us(c->now_us) + 1) * DAY_US, &counts));
    TRY(site_list(c, &sites));
    const struct due_count *at = counts.at;
    struct due_view *views = arena_new(c->arena, struct due_view, counts.count + 1);
    for (size_t i = 0; i < counts.count; i++) {
        views[i] = (struct due_view){{0}, at[i].open, at[i].late, at[i].today};
        for (size_t s = 0; s < sites.count; s++) {
            const struct site *site = &((const struct site *)sites.at)[s];
            if (site->site_id == at[i].site_id) views[i].site = site->code;
        }
    }
    *out = (struct list){views, counts.count};
    return OK;
}

static enum err load_dead(struct ctx *c, struct board *b)
{
    struct list jobs;
    TRY(job_list_dead(c, &jobs));
    const struct job *at = jobs.at;
    size_t n = jobs.count < DEAD_SHOWN_MAX ? jobs.count : DEAD_SHOWN_MAX;
    struct dead_job *views = arena_new(c->arena, struct dead_job, n + 1);
    for (size_t i = 0; i < n; i++)
        views[i] = (struct dead_job){at[i].job_id, at[i].subject_id, at[i].kind, at[i].last_error};
    b->dead_job_count = (int64_t)jobs.count;
    b->dead_jobs = (struct list){views, n};
    return OK;
}

static enum err board_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct board *b = arena_new(c->arena, struct board, 1);
    (void)in;
    b->at_us = c->now_us;
    TRY(order_board(c, &b->stages));
    TRY(holds_board(c, &b->holds));
    TRY(shortages_board(c, &b->short_orders));
    TRY(load_due(c, &b->due));
    TRY(load_dead(c, b));
    out->record = b;
    return OK;
}

const struct route merchant_routes[] = {
    {"GET", "/v1/merchant", "merchant show", SCOPE(ORDERS_READ), ROUTE_SHARED, NULL, NULL,
     &view_fields, merchant_show, "Show the shop's settings and policies."},
    {"POST", "/v1/merchant", "merchant change", SCOPE(ADMIN), ROUTE_WRITE | ROUTE_TAGGED,
     &change_fields, NULL, &view_fields, merchant_change,
     "Change settings; what is left out stays."},
    {"GET", "/v1/board", "board", SCOPE(ORDERS_READ), 0, NULL, NULL, &board_fields, board_show,
     "The day on one page: orders by stage, why they wait, what has to leave."},
    {0},
};
