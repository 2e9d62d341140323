/* faces/api/claims.c: what carriers owe for parcels that they lost or broke. */
#include "services/claims/claims.h"
#include "base/source.h"
#include "domain/orders/order.h"
#include "faces/api/care.h"

struct claim_view {
    int64_t claim_id, order_id, package_id;
    int32_t kind, state;
    struct text carrier, tracking_number;
    struct money amount, paid;
    struct text reference, note;
    int64_t opened_us, filed_us, ended_us;
};
static const struct field view_table[] = {
    FIELD_ID(struct claim_view, claim_id, "id", "clm"),
    FIELD_ID(struct claim_view, order_id, "order_id", "ord"),
    FIELD_ID(struct claim_view, package_id, "package_id", "pkg"),
    FIELD_ENUM(struct claim_view, kind, claim_kind_words),
    FIELD_ENUM(struct claim_view, state, claim_state_words),
    FIELD(struct claim_view, carrier),
    FIELD(struct claim_view, tracking_number),
    FIELD(struct claim_view, amount, .about = "what is claimed"),
    FIELD(struct claim_view, paid, .about = "what the carrier paid"),
    FIELD(struct claim_view, reference, .about = "the carrier's number of it"),
    FIELD(struct claim_view, note),
    FIELD_INSTANT(struct claim_view, opened_us, "opened_at"),
    FIELD_INSTANT(struct claim_view, filed_us, "filed_at", .flags = F_NULL),
    FIELD_INSTANT(struct claim_view, ended_us, "ended_at", .flags = F_NULL),
};
static const struct fields view_fields = FIELDS("claim", struct claim_view, view_table);

static struct claim_view view_of(struct ctx *c, const struct claim *k)
{
    const char *currency = text_cstr(c->arena, k->currency);
    return (struct claim_view){k->claim_id,
                               k->order_id,
                               k->package_id,
                               k->kind,
                               k->state,
                               k->carrier,
                               k->tracking_number,
                               money(k->amount_minor, currency),
                               money(k->paid_minor, currency),
                               k->reference,
                               k->note,
                               k->opened_us,
                               k->filed_us,
                               k->ended_us};
}

static enum err show(struct ctx *c, int64_t claim_id, struct reply *out)
{
    struct claim k;
    struct claim_view *view = arena_new(c->arena, struct claim_view, 1);
    TRY(claim_get(c, claim_id, &k));
    *view = view_of(c, &k);
    out->record = view;
    return OK;
}

static void show_all(struct ctx *c, const struct list *claims, struct reply *out)
{
    const struct claim *at = claims->at;
    struct claim_view *views = arena_new(c->arena, struct claim_view, claims->count + 1);
    for (size_t i = 0; i < claims->count; i++) views[i] = view_of(c, &at[i]);
    out->list = (struct list){views, claims->count};
}

struct claim_body {
    int32_t kind;
    struct money amount, paid;
    struct text note, reference;
};
static const struct field open_table[] = {
    FIELD_ENUM(struct claim_body, kind, claim_kind_words, .flags = F_REQUIRED,
               .about = "what went wrong with the parcel"),
    FIELD(struct claim_body, amount, .flags = F_NULL,
          .about = "what its goods were sold for when absent"),
    FIELD(struct claim_body, note, .flags = F_FREE, .max = CLAIM_NOTE_MAX,
          .about = "for the records: the carrier's own number"),
};
static const struct fields open_fields = FIELDS("new_claim", struct claim_body, open_table);
static const struct field file_table[] = {
    FIELD(struct claim_body, reference, .max = CLAIM_REFERENCE_MAX,
          .about = "the carrier's number of it"),
    FIELD(struct claim_body, amount, .flags = F_NULL, .about = "another amount than so far"),
};
static const struct fields file_fields = FIELDS("claim_filing", struct claim_body, file_table);
static const struct field pay_table[] = {
    FIELD(struct claim_body, paid, .flags = F_NULL, .about = "all that was claimed when absent"),
    FIELD(struct claim_body, note, .flags = F_FREE, .max = CLAIM_NOTE_MAX,
          .about = "for the records: the carrier's own number"),
};
static const struct fields pay_fields = FIELDS("claim_payment", struct claim_body, pay_table);
static const struct field note_table[] = {
    FIELD(struct claim_body, note, .flags = F_FREE, .max = CLAIM_NOTE_MAX, .about = "why"),
};
static const struct fields note_fields = FIELDS("claim_note", struct claim_body, note_table);

/* Amounts of a claim are in its order's currency. */
static enum err check_currency(struct ctx *c, int64_t order_id, struct money m, const char *field)
{
    struct order o;
    if (m.minor == NONE) return OK;
    TRY(order_get(c, order_id, &o));
    if (text_eq(text_of(m.currency), o.currency)) return OK;
    fail_at(c, ERR_INVALID, "invalid_value", field, "not in the order's currency");
    return hint(c, "the order is in %.*s", TEXT_ARG(o.currency));
}

static enum err open_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct claim_body *b = in->body;
    struct claim_wish wish = {in->ids[0], b->kind, b->amount.minor, b->note};
    struct claim k;
    int64_t claim_id;
    TRY(claims_open(c, &wish, &claim_id));
    TRY(claim_get(c, claim_id, &k));
    TRY(check_currency(c, k.order_id, b->amount, "amount"));
    return show(c, claim_id, out);
}

static enum err file_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct claim_body *b = in->body;
    struct claim k;
    TRY(claim_get(c, in->ids[0], &k));
    if (b) TRY(check_currency(c, k.order_id, b->amount, "amount"));
    TRY(claims_file(c, in->ids[0], b ? b->reference : (struct text){0},
                    b ? b->amount.minor : NONE));
    return show(c, in->ids[0], out);
}

static enum err pay_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct claim_body *b = in->body;
    struct claim k;
    TRY(claim_get(c, in->ids[0], &k));
    if (b) TRY(check_currency(c, k.order_id, b->paid, "paid"));
    TRY(claims_pay(c, in->ids[0], b ? b->paid.minor : NONE, b ? b->note : (struct text){0}));
    return show(c, in->ids[0], out);
}

static struct text note_of(const struct request *in)
{
    return in->body ? ((const struct claim_body *)in->body)->note : (struct text){0};
}

static enum err refuse_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(claims_refuse(c, in->ids[0], note_of(in)));
    return show(c, in->ids[0], out);
}

static enum err withdraw_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(claims_withdraw(c, in->ids[0], note_of(in)));
    return show(c, in->ids[0], out);
}

static enum err show_claim(struct ctx *c, const struct request *in, struct reply *out)
{
    return show(c, in->ids[0], out);
}

struct list_query {
    int64_t limit;
    struct text after;
    bool all;
};
static const struct field query_table[] = {
    FIELD(struct list_query, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX,
          .about = "50 when absent"),
    FIELD(struct list_query, after, .max = 80, .about = "`next` of the page before"),
    FIELD(struct list_query, all, .about = "also those that have ended"),
};
static const struct fields query_fields = FIELDS("claim_query", struct list_query, query_table);

static enum err list_claims(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct list_query *q = in->query;
    struct list claims;
    int64_t after = 0, limit = q->limit == NONE ? PAGE_DEFAULT : q->limit;
    if (q->after.len && !id_parse(q->after, "clm", &after)) {
        fail_at(c, ERR_INVALID, "invalid_value", "after", "this cursor was not given by this list");
        return hint(c, "leave it out for the first page");
    }
    TRY((q->all ? claim_page : claim_list_open)(c, after, limit, &claims));
    show_all(c, &claims, out);
    if ((int64_t)claims.count == limit)
        out->next =
            id_text(c->arena, "clm", ((const struct claim *)claims.at)[claims.count - 1].claim_id);
    return OK;
}

static enum err list_of_order(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    struct list claims;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(claims_of_orders(c, in->ids, 1, &claims));
    show_all(c, &claims, out);
    return OK;
}

#define WRITE SCOPE(SHIPPING_WRITE)
#define READ SCOPE(ORDERS_READ)
const struct route claims_routes[] = {
    {"POST", "/v1/packages/{pkg}/claims", "claims open", WRITE, ROUTE_WRITE | ROUTE_MAKES,
     &open_fields, NULL, &view_fields, open_claim,
     "Claim a lost or damaged parcel from its carrier; a parcel has one live claim."},
    {"GET", "/v1/orders/{ord}/claims", "orders claims", READ, ROUTE_LIST | ROUTE_OWNED, NULL, NULL,
     &view_fields, list_of_order, "Claims for the parcels of an order."},
    {"GET", "/v1/claims", "claims list", READ, ROUTE_LIST, NULL, &query_fields, &view_fields,
     list_claims, "Claims that have no end yet, oldest first."},
    {"GET", "/v1/claims/{clm}", "claims show", READ, ROUTE_OWNED, NULL, NULL, &view_fields,
     show_claim, "A claim."},
    {"POST", "/v1/claims/{clm}/file", "claims file", WRITE, ROUTE_WRITE, &file_fields, NULL,
     &view_fields, file_claim, "It was told to the carrier; a refused one may be filed again."},
    {"POST", "/v1/claims/{clm}/pay", "claims pay", WRITE, ROUTE_WRITE, &pay_fields, NULL,
     &view_fields, pay_claim, "The carrier paid."},
    {"POST", "/v1/claims/{clm}/refuse", "claims refuse", WRITE, ROUTE_WRITE, &note_fields, NULL,
     &view_fields, refuse_claim, "The carrier does not pay."},
    {"POST", "/v1/claims/{clm}/withdraw", "claims withdraw", WRITE, ROUTE_WRITE, &note_fields, NULL,
     &view_fields, withdraw_claim, "We do not claim it any more."},
    {0}};
