/* faces/api/customers.c: who orders. */
#include "base/source.h"
#include "domain/customers/customer.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"

static const struct field customer_table[] = {
    FIELD_ID(struct customer, customer_id, "id", "cus"),
    FIELD(struct customer, reference, .about = "the channel's or shop's own number"),
    FIELD(struct customer, name),
    FIELD(struct customer, email),
    FIELD(struct customer, phone),
    FIELD_INSTANT(struct customer, created_us, "created_at"),
};
static const struct fields customer_view_fields =
    FIELDS("customer", struct customer, customer_table);

struct customer_query {
    struct text reference, email, after;
    int64_t limit;
};
static const struct field query_table[] = {
    FIELD(struct customer_query, reference, .max = 100,
          .about = "the channel's or shop's own number"),
    FIELD(struct customer_query, email, .max = 254, .about = "exactly this address"),
    PAGE_FIELDS(struct customer_query),
};
static const struct fields query_fields =
    FIELDS("customer_query", struct customer_query, query_table);

static enum err find_by_email(struct ctx *c, struct text email, struct list *out)
{
    struct customer *found = arena_new(c->arena, struct customer, 1);
    bool is_there = false;
    TRY(customer_find_by_email(c, email, found, &is_there));
    *out = (struct list){found, is_there};
    return OK;
}

static enum err customer_find(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct customer_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0;
    if (q->reference.len) return customers_by_reference(c, &q->reference, 1, &out->list);
    if (q->email.len) return find_by_email(c, q->email, &out->list);
    TRY(page_after(c, q->after, "cus", &after));
    TRY(customer_list(c, after, limit + 1, &out->list));
    if (page_cut(&out->list, limit))
        out->next = id_text(c->arena, "cus",
                            ((const struct customer *)out->list.at)[limit - 1].customer_id);
    return OK;
}

static enum err customer_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct customer *found = arena_new(c->arena, struct customer, 1);
    TRY(customer_get(c, in->ids[0], found));
    out->record = found;
    return OK;
}

const struct route customers_routes[] = {
    {"GET", "/v1/customers", "customers list", SCOPE(CUSTOMERS_READ), ROUTE_LIST, NULL,
     &query_fields, &customer_view_fields, customer_find,
     "List customers, or find one by reference or e-mail."},
    {"GET", "/v1/customers/{cus}", "customers show", SCOPE(CUSTOMERS_READ), 0, NULL, NULL,
     &customer_view_fields, customer_show, "Show a customer."},
    {0},
};
