/* services/returns/returns_label.c: the label with which goods come back, and what a scan of one
 * says. */
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/orders/package.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "drivers/carriers/carrier.h"
#include "plan/tracking_number.h"
#include "queries.h"
#include "services/returns/returns_load.h"
#include "store/db.h"

static const struct carrier_driver *const *carriers;

void returns_use(const struct carrier_driver *const *drivers) { carriers = drivers; }

struct labelling {
    struct return_work work;
    struct merchant merchant;
    struct site site;
    struct address from;
    struct postal_address to;
    struct parcel parcel;
    const struct carrier_driver *driver;
    struct label label;
};

static enum err check_open(struct ctx *c, const struct return_work *w)
{
    struct list labels;
    bool is_coming = false;
    for (size_t i = 0; i < w->count; i++)
        is_coming = is_coming || w->lines[i].state == RETURN_APPROVED;
    if (!is_coming) {
        fail(c, ERR_CONFLICT, "wrong_state", "no line of the return is approved and not sent yet");
        return hint(c, "approve it first");
    }
    TRY(labels_of(c, &w->head.return_id, 1, &labels));
    const struct label *at = labels.at;
    for (size_t i = 0; i < labels.count; i++)
        if (label_is_live(&at[i]))
            return fail(c, ERR_CONFLICT, "label_exists", "the return has its label: %.*s",
                        TEXT_ARG(at[i].tracking_number));
    return OK;
}

static enum err weigh(struct ctx *c, const struct return_work *w, int64_t *weight_g)
{
    struct list products;
    int64_t *ids = arena_new(c->arena, int64_t, w->count + 1);
    *weight_g = 0;
    for (size_t i = 0; i < w->count; i++) ids[i] = w->lines[i].product_id;
    TRY(products_of(c, ids, w->count, &products));
    for (size_t i = 0; i < w->count; i++) {
        const struct product *p = product_in(&products, w->lines[i].product_id);
        if (p && !return_has_ended(w->lines[i].state))
            *weight_g += p->weight_g * w->lines[i].quantity;
    }
    return OK;
}

static enum err prepare(struct ctx *c, int64_t return_id, struct labelling *l)
{
    TRY(return_work_load(c, return_id, &l->work));
    TRY(check_open(c, &l->work));
    TRY(merchant_get(c, &l->merchant));
    TRY(site_get(c, l->work.head.site_id, &l->site));
    TRY(address_get(c, l->work.order.ship_to_id, &l->from));
    l->to = (struct postal_address){.organization = l->merchant.name,
                                    .line1 = l->site.street,
                                    .city = l->site.city,
                                    .postal_code = l->site.postal_code,
                                    .country = l->site.country};
    if (!l->to.country.len) l->to.country = l->merchant.country;
    l->parcel =
        (struct parcel){.from_country = l->from.at.country,
                        .from_postal_code = l->from.at.postal_code,
                        .to = &l->to,
                        .ship_day = day_of_us(c->now_us),
                        .currency = l->merchant.currency,
                        .reference = text_printf(c->arena, "%lld", (long long)l->work.order.number),
                        .serial = NONE};
    return weigh(c, &l->work, &l->parcel.weight_g);
}

/* The cheapest of what is sold here and now. */
static enum err choose(struct ctx *c, struct labelling *l)
{
    int64_t cheapest = INT64_MAX;
    for (size_t i = 0; carriers && carriers[i]; i++) {
        struct list quotes;
        if (!carriers[i]->is_local) continue;
        TRY(carriers[i]->quote(c, carriers[i], &l->parcel, &quotes));
        const struct carrier_quote *q = quotes.at;
        for (size_t k = 0; k < quotes.count; k++) {
            if (q[k].price_minor >= cheapest) continue;
            cheapest = q[k].price_minor;
            l->driver = carriers[i];
            l->parcel.service = q[k].service;
        }
    }
    if (l->driver) return OK;
    fail(c, ERR_CONFLICT, "no_service", "no carrier brings it back from there");
    return hint(c, "the customer may send it by any carrier; receive it by the order number");
}

static enum err buy(struct ctx *c, struct labelling *l)
{
    struct label_answer answer = {.promised_day = NONE};
    l->label = (struct label){.merchant_id = c->merchant_id,
                              .package_id = l->work.head.return_id,
                              .label_id = source_id(c->source),
                              .state = LABEL_ASKED,
                              .carrier = text_of(l->driver->name),
                              .service = l->parcel.service,
                              .asked_us = c->now_us,
                              .bought_us = c->now_us,
                              .ship_to_id = NONE};
    if (l->driver->takes_serial)
        TRY(db_number(c, &Q_tracking_serials, ARGS(I64(c->merchant_id), I64(1)),
                      &l->parcel.serial));
    struct text key = id_text(c->arena, "lbl", l->label.label_id);
    TRY(l->driver->buy_label(c, l->driver, &l->parcel, key, &answer));
    TRY(label_do(c, &l->label, LABEL_BUY));
    l->label.tracking_number = answer.tracking_number;
    l->label.cost_minor = answer.cost_minor;
    l->label.currency = answer.currency;
    l->label.promised_day = answer.promised_day;
    return label_insert(c, &l->label);
}

enum err returns_label(struct ctx *c, int64_t return_id)
{
    struct labelling l = {0};
    TRY(prepare(c, return_id, &l));
    TRY(choose(c, &l));
    TRY(buy(c, &l));
    return event_put(c, EVENT_RETURN_LABELLED, l.work.head.order_id, return_id,
                     EVENT_BODY(.word = l.label.tracking_number, .amount_minor = l.label.cost_minor,
                                .other_id = l.label.label_id));
}

/* --- a scan ---------------------------------------------------------------------------------- */

/* The newest return of the order that still waits for goods. */
static enum err open_return(struct ctx *c, int64_t order_id, int64_t *return_id)
{
    struct list returns;
    TRY(returns_of_orders(c, &order_id, 1, &returns));
    const struct order_return *at = returns.at;
    for (size_t i = 0; i < returns.count; i++)
        if (at[i].settled_us == NONE) *return_id = at[i].return_id;
    return OK;
}

enum err returns_scan(struct ctx *c, struct text code, int64_t *return_id, int64_t *order_id)
{
    struct order_return r;
    struct package p;
    struct list labels, found;
    int64_t number;
    *return_id = *order_id = NONE;
    code = text_trim(code);
    if (id_parse(code, "ret", return_id)) {
        TRY(return_get(c, *return_id, &r));
        *order_id = r.order_id;
        return OK;
    }
    TRY(packages_by_tracking(c, &code, 1, &labels));
    if (labels.count) {
        const struct label *l = labels.at;
        TRY(returns_of(c, &l->package_id, 1, &found));
        if (found.count) {
            *return_id = l->package_id;
            *order_id = ((const struct order_return *)found.at)->order_id;
            return OK;
        }
        TRY(package_get(c, l->package_id, &p));
        *order_id = p.order_id;
    } else if (text_to_i64(code, &number)) {
        TRY(order_find_by_number(c, number, order_id));
    } else if (!id_parse(code, "ord", order_id)) {
        fail_at(c, ERR_NOT_FOUND, "return_not_found", "code", "nothing has this code");
        return hint(c, "a return label, a parcel's tracking number or an order number");
    }
    return open_return(c, *order_id, return_id);
}
