/* faces/api/sourcing.c: which site sends what, why, and the rules about it. */
#include "domain/orders/sourcing.h"
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/preorder.h"
#include "domain/orders/order.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "stages/2_processing/rejecting.h"
#include "stages/2_processing/remainder.h"
#include "store/db.h"

static const struct site *site_in(const struct list *sites, int64_t site_id)
{
    const struct site *at = sites->at;
    for (size_t i = 0; i < sites->count; i++)
        if (at[i].site_id == site_id) return &at[i];
    return NULL;
}

static struct text site_code(const struct list *sites, int64_t site_id)
{
    const struct site *site = site_in(sites, site_id);
    return site ? site->code : (struct text){0};
}

/* --- decisions ------------------------------------------------------------------------------- */

struct considered_view {
    struct text site;
    int64_t could, given, score;
    struct text why;
};
static const struct field considered_table[] = {
    FIELD(struct considered_view, site),
    FIELD(struct considered_view, could, .about = "units of the order that it could have sent"),
    FIELD(struct considered_view, given, .about = "units that it was asked for"),
    FIELD(struct considered_view, score,
          .about = "0 to 10000: what it could send, then the policy"),
    FIELD(struct considered_view, why, .about = "why, or why not"),
};
static const struct fields considered_fields =
    FIELDS("site_considered", struct considered_view, considered_table);

struct decision_view {
    int64_t decision_id, at_us;
    int32_t cause, policy;
    int64_t units, short_of;
    struct text why;
    struct list sites;
};
static const struct field decision_table[] = {
    FIELD_ID(struct decision_view, decision_id, "id", "src"),
    FIELD_INSTANT(struct decision_view, at_us, "at"),
    FIELD_ENUM(struct decision_view, cause, sourcing_cause_words,
               .about = "when: placed, stock came for what waited, or a site gave it back"),
    FIELD_ENUM(struct decision_view, policy, sourcing_policy_words),
    FIELD(struct decision_view, units, .about = "asked for"),
    FIELD(struct decision_view, short_of, .about = "units that no site could promise"),
    FIELD(struct decision_view, why, .about = "the decision in one sentence"),
    FIELD_LIST(struct decision_view, sites, considered_fields, .max = SITES_MAX),
};
static const struct fields decision_fields =
    FIELDS("sourcing_decision", struct decision_view, decision_table);

static struct list considered_views(struct ctx *c, const struct list *sites,
                                    const struct list *considered)
{
    const struct site_considered *at = considered->at;
    struct considered_view *views =
        arena_new(c->arena, struct considered_view, considered->count + 1);
    for (size_t i = 0; i < considered->count; i++)
        views[i] = (struct considered_view){site_code(sites, at[i].site_id), at[i].could,
                                            at[i].given, at[i].score, at[i].why};
    return (struct list){views, considered->count};
}

static enum err decisions_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    struct list sites, decisions;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(site_list(c, &sites));
    TRY(sourcing_decisions_of(c, in->ids[0], &decisions));
    const struct sourcing_decision *at = decisions.at;
    struct decision_view *views = arena_new(c->arena, struct decision_view, decisions.count + 1);
    for (size_t i = 0; i < decisions.count; i++)
        views[i] = (struct decision_view){.decision_id = at[i].decision_id,
                                          .at_us = at[i].at_us,
                                          .cause = at[i].cause,
                                          .policy = at[i].policy,
                                          .units = at[i].units,
                                          .short_of = at[i].short_of,
                                          .why = at[i].why,
                                          .sites = considered_views(c, &sites, &at[i].considered)};
    out->list = (struct list){views, decisions.count};
    return OK;
}

/* --- a site gives work back ------------------------------------------------------------------ */

static const struct field rejection_table[] = {
    FIELD_ENUM(
        struct rejection, reason, reject_reason_words, .flags = F_REQUIRED,
        .about =
            "too_busy and wrong_site correct no stock; not_found empties the bins; "
            "damaged and suspect take the units out of sale; not_for_sale closes the site for it"),
    FIELD(struct rejection, sku, .max = 64,
          .about = "of the product that is the cause; all of them when absent"),
    FIELD(struct rejection, note, .flags = F_FREE, .max = REJECT_NOTE_MAX,
          .about = "for the records"),
};
static const struct fields rejection_fields =
    FIELDS("new_rejection", struct rejection, rejection_table);

struct rejected_view {
    int64_t fulfillment_id;
    int64_t units, corrected, tasks;
};
static const struct field rejected_table[] = {
    FIELD_ID(struct rejected_view, fulfillment_id, "fulfillment_id", "ful"),
    FIELD(struct rejected_view, units, .about = "given back: another site is asked for them"),
    FIELD(struct rejected_view, corrected, .about = "units taken off the stock"),
    FIELD(struct rejected_view, tasks, .about = "refused"),
};
static const struct fields rejected_fields =
    FIELDS("fulfillment_rejected", struct rejected_view, rejected_table);

static enum err reject(struct ctx *c, const struct request *in, struct reply *out)
{
    struct reject_outcome done;
    TRY(fulfillment_reject(c, in->ids[0], in->body, &done));
    struct rejected_view *view = arena_new(c->arena, struct rejected_view, 1);
    *view = (struct rejected_view){in->ids[0], done.units, done.corrected, done.tasks};
    out->record = view;
    return OK;
}

/* --- a site sends what it has picked --------------------------------------------------------- */

static const struct field remainder_table[] = {
    FIELD_ENUM(struct remainder, choice, remainder_words,
               .about = "backorder (when absent): another site is asked, or the order waits; "
                        "cancelled: it is not sent, and its money is owed back"),
    FIELD(struct remainder, reason, .max = REMAINDER_REASON_MAX, .about = "told to the customer"),
};
static const struct fields remainder_fields =
    FIELDS("fulfillment_remainder", struct remainder, remainder_table);

struct rest_view {
    int64_t fulfillment_id;
    int64_t order_id, units, stays, tasks;
};
static const struct field rest_table[] = {
    FIELD_ID(struct rest_view, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ID(struct rest_view, order_id, "order_id", "ord"),
    FIELD(struct rest_view, units, .about = "that this work does not bring any more"),
    FIELD(struct rest_view, stays, .about = "that it brings: they are picked"),
    FIELD(struct rest_view, tasks, .about = "taken from the hands"),
};
static const struct fields rest_fields = FIELDS("fulfillment_closed", struct rest_view, rest_table);

static enum err close_rest(struct ctx *c, const struct request *in, struct reply *out)
{
    struct remainder_outcome done;
    TRY(fulfillment_close_rest(c, in->ids[0], in->body, &done));
    struct rest_view *view = arena_new(c->arena, struct rest_view, 1);
    *view = (struct rest_view){in->ids[0], done.order_id, done.units, done.stays, done.tasks};
    out->record = view;
    return OK;
}

/* --- rules of a product at a site ------------------------------------------------------------ */

struct rule_view {
    struct text site;
    int64_t safety;
    bool is_closed;
    int32_t channel;
    int64_t reserve;
};
static const struct field rule_table[] = {
    FIELD(struct rule_view, site),
    FIELD(struct rule_view, safety, .about = "units kept back from everybody"),
    FIELD(struct rule_view, is_closed, .about = "the site takes no orders for the product"),
    FIELD_ENUM(struct rule_view, channel, channel_words, .flags = F_NULL,
               .about = "a rule of one channel; absent: of all"),
    FIELD(struct rule_view, reserve, .flags = F_NULL,
          .about = "units that the channel does not see"),
};
static const struct fields rule_fields = FIELDS("stock_rule", struct rule_view, rule_table);

struct rule_change {
    struct text site;
    int64_t safety, is_closed, reserve;
    int32_t channel;
};
enum { UNITS_MAX = 1000000000 };
static const struct field change_table[] = {
    FIELD(struct rule_change, site, .flags = F_REQUIRED, .max = 64, .about = "its code"),
    FIELD(struct rule_change, safety, .flags = F_NULL, .min = 0, .max = UNITS_MAX,
          .about = "units kept back from everybody; stays when absent"),
    FIELD(struct rule_change, is_closed, .flags = F_NULL, .min = 0, .max = 1,
          .about = "1: the site takes no orders for it, 0: it does again"),
    FIELD_ENUM(struct rule_change, channel, channel_words, .flags = F_NULL,
               .about = "whom the reserve is kept from"),
    FIELD(struct rule_change, reserve, .flags = F_NULL, .min = 0, .max = UNITS_MAX,
          .about = "units that the channel does not see; 0 ends it"),
};
static const struct fields change_fields =
    FIELDS("stock_rule_change", struct rule_change, change_table);

static enum err product_of(struct ctx *c, struct text sku, int64_t *product_id)
{
    struct list products;
    TRY(products_by_sku(c, &sku, 1, &products));
    if (!products.count)
        return fail(c, ERR_NOT_FOUND, "product_not_found", "there is no product \"%.*s\"",
                    TEXT_ARG(text_head(sku, 64)));
    *product_id = ((const struct product *)products.at)->product_id;
    return OK;
}

static enum err rules_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list sites, stock, reserves;
    int64_t id;
    TRY(product_of(c, in->words[0], &id));
    TRY(site_list(c, &sites));
    TRY(availability_of(c, &id, 1, &stock));
    TRY(reserves_of(c, &id, 1, &reserves));
    const struct availability *a = stock.at;
    const struct channel_reserve *r = reserves.at;
    struct rule_view *views =
        arena_new(c->arena, struct rule_view, stock.count + reserves.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < stock.count; i++) {
        views[n++] = (struct rule_view){.site = site_code(&sites, a[i].site_id),
                                        .safety = a[i].safety,
                                        .is_closed = a[i].is_closed,
                                        .channel = -1,
                                        .reserve = NONE};
        for (size_t k = 0; k < reserves.count; k++)
            if (r[k].site_id == a[i].site_id) {
                views[n] = views[n - 1];
                views[n].channel = r[k].channel;
                views[n++].reserve = r[k].units;
            }
    }
    out->list = (struct list){views, n};
    return OK;
}

static enum err rule_tell(struct ctx *c, int64_t product_id, int64_t site_id, const char *word,
                          int64_t units)
{
    return event_put(c, EVENT_STOCK_RULED, NONE, product_id,
                     EVENT_BODY(.word = text_of(word), .quantity = units, .other_id = site_id));
}

static enum err rule_change(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct rule_change *b = in->body;
    struct site site;
    int64_t id;
    bool found;
    (void)out;
    TRY(product_of(c, in->words[0], &id));
    TRY(site_find_by_code(c, b->site, &site, &found));
    if (!found)
        return fail_at(c, ERR_INVALID, "unknown_site", "site", "there is no site \"%.*s\"",
                       TEXT_ARG(b->site));
    if ((b->channel >= 0) != (b->reserve != NONE))
        return fail_at(c, ERR_INVALID, "required", b->channel >= 0 ? "reserve" : "channel",
                       "a reserve needs a channel and its units");
    if (b->safety != NONE) {
        TRY(availability_keep(c, id, site.site_id, b->safety));
        TRY(rule_tell(c, id, site.site_id, "safety", b->safety));
    }
    if (b->is_closed != NONE) {
        TRY(availability_close(c, id, site.site_id, b->is_closed));
        TRY(rule_tell(c, id, site.site_id, b->is_closed ? "closed" : "open", NONE));
    }
    if (b->reserve == NONE) return OK;
    struct channel_reserve r = {id, site.site_id, b->channel, b->reserve};
    TRY(reserve_put(c, &r));
    return rule_tell(c, id, site.site_id, "reserve", b->reserve);
}

/* --- sold before it is there ----------------------------------------------------------------- */

struct preorder_view {
    struct text sku;
    int64_t cap, taken, left, release_day;
};
static const struct field preorder_view_table[] = {
    FIELD(struct preorder_view, sku),
    FIELD(struct preorder_view, cap, .about = "units that may be sold before they are there"),
    FIELD(struct preorder_view, taken, .about = "of them: sold, and not cancelled since"),
    FIELD(struct preorder_view, left),
    FIELD_DAY(struct preorder_view, release_day, "release_date",
              .about = "the day that customers are told; absent: nobody knows"),
};
static const struct fields preorder_view_fields =
    FIELDS("preorder", struct preorder_view, preorder_view_table);

struct preorder_change {
    int64_t cap, release_day;
};
static const struct field preorder_change_table[] = {
    FIELD(struct preorder_change, cap, .flags = F_REQUIRED, .min = 0, .max = UNITS_MAX,
          .about = "units that may be sold before they are there; 0: no more"),
    FIELD_DAY(struct preorder_change, release_day, "release_date",
              .about = "the day that customers are told; none when absent"),
};
static const struct fields preorder_change_fields =
    FIELDS("preorder_change", struct preorder_change, preorder_change_table);

static enum err preorder_answer(struct ctx *c, struct text sku, int64_t product_id,
                                struct reply *out)
{
    struct list found;
    TRY(preorders_of(c, &product_id, 1, &found));
    const struct preorder *p = preorder_in(&found, product_id);
    if (!p) return fail(c, ERR_NOT_FOUND, "no_preorder", "this product is not sold ahead");
    struct preorder_view *v = arena_new(c->arena, struct preorder_view, 1);
    *v = (struct preorder_view){.sku = sku,
                                .cap = p->cap,
                                .taken = p->taken,
                                .left = p->cap > p->taken ? p->cap - p->taken : 0,
                                .release_day = p->release_day};
    out->record = v;
    return OK;
}

static enum err preorder_show(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t id = NONE;
    TRY(product_of(c, in->words[0], &id));
    return preorder_answer(c, in->words[0], id, out);
}

static enum err preorder_change(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct preorder_change *b = in->body;
    int64_t id;
    TRY(product_of(c, in->words[0], &id));
    TRY(preorder_put(c, &(struct preorder){id, b->cap, 0, b->release_day}));
    TRY(rule_tell(c, id, NONE, "preorder", b->cap));
    TRY(db_flush(c));
    return preorder_answer(c, in->words[0], id, out);
}

const struct route sourcing_routes[] = {
    {"GET", "/v1/orders/{ord}/sourcing", "orders sourcing", SCOPE(ORDERS_READ),
     ROUTE_LIST | ROUTE_OWNED, NULL, NULL, &decision_fields, decisions_show,
     "Which sites were considered for an order, and why not; none when there is only one site."},
    {"POST", "/v1/fulfillments/{ful}/reject", "fulfillments reject", SCOPE(WORK_WRITE), ROUTE_WRITE,
     &rejection_fields, NULL, &rejected_fields, reject,
     "A site gives work back before it is picked; another is asked, or the order waits."},
    {"POST", "/v1/fulfillments/{ful}/close-rest", "fulfillments close-rest", SCOPE(WORK_WRITE),
     ROUTE_WRITE, &remainder_fields, NULL, &rest_fields, close_rest,
     "Send what is picked, and give the rest back to the order or cancel it."},
    {"GET", "/v1/stock/{sku}/rules", "stock rules", SCOPE(STOCK_READ), ROUTE_LIST | ROUTE_BY_OWNER,
     NULL, NULL, &rule_fields, rules_show,
     "What is kept back of a product, and where it is not sold."},
    {"POST", "/v1/stock/{sku}/rules", "stock rule", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &change_fields, NULL, NULL, rule_change,
     "Keep units back from all or from a channel, or close a site for a product."},
    {"GET", "/v1/stock/{sku}/preorder", "stock preorder", SCOPE(STOCK_READ), ROUTE_BY_OWNER, NULL,
     NULL, &preorder_view_fields, preorder_show, "How many may be sold before they are there."},
    {"POST", "/v1/stock/{sku}/preorder", "stock set-preorder", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &preorder_change_fields, NULL,
     &preorder_view_fields, preorder_change,
     "Sell a product before it is there, up to a number of units; the rest is refused."},
    {0},
};
