#include "faces/pages/pages.h"

#include "base/asset.h"
#include "domain/orders/order.h"
#include "faces/pages/links.h"
#include "faces/pages/page_handlers.h"

#include <string.h>

bool page_open(struct ctx *c, enum link_purpose purpose, struct text token, int64_t *order_id)
{
    int64_t merchant_id;
    if (!link_open(purpose, token, &merchant_id, order_id)) return false;
    c->merchant_id = merchant_id;
    return true;
}

bool page_is_over(const struct ctx *c, int64_t ended_us)
{
    return ended_us != NONE && c->now_us - ended_us > LINK_LIFE_US;
}

bool page_can_tell(const struct ctx *c, enum err e)
{
    /* a broken constraint is found while writing: that unit of work has to be undone */
    if (strcmp(c->fault.reason, "constraint") == 0) return false;
    return e == ERR_INVALID || e == ERR_CONFLICT;
}

enum err page_actor(struct ctx *c, int64_t order_id)
{
    struct order order;
    TRY(order_get(c, order_id, &order));
    if (order.customer_id != NONE) c->actor_id = order.customer_id;
    return OK;
}

void page_done(struct arena *a, struct reply *out, struct text path, const char *word)
{
    out->status = 303;
    out->location = text_printf(a, "%.*s?done=%s", TEXT_ARG(path), word);
}

static enum err show_asset(struct ctx *c, const struct request *in, struct reply *out)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".css", "text/css; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".svg", "image/svg+xml"}};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        if (!text_ends(in->words[0], text_of(types[t].ending))) continue;
        for (const struct asset *a = assets; a->name; a++) {
            if (!text_is(in->words[0], a->name)) continue;
            out->content = a->body;
            out->content_type = text_of(types[t].type);
            return OK;
        }
    }
    return page_say(c, 404, NULL, out);
}

struct order_link {
    int64_t order_id;
    struct text url;
};
static const struct field order_link_table[] = {
    FIELD_ID(struct order_link, order_id, "order_id", "ord"),
    FIELD(struct order_link, url, .about = "whoever has it sees the order: give it to nobody else"),
};
static const struct fields order_link_fields =
    FIELDS("order_link", struct order_link, order_link_table);

static enum err order_link(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order order;
    TRY(order_get(c, in->ids[0], &order));
    struct order_link *link = arena_new(c->arena, struct order_link, 1);
    link->order_id = order.order_id;
    link->url = link_url(c->arena, LINK_TRACK, c->merchant_id, order.order_id);
    out->record = link;
    return OK;
}

#define READ (ROUTE_PUBLIC | ROUTE_RAW)
#define WRITE (ROUTE_PUBLIC | ROUTE_RAW | ROUTE_WRITE)

const struct route pages_routes[] = {
    {"GET", "/", NULL, 0, READ, NULL, &board_query_fields, NULL, board_page,
     "Show the live board; only on this machine."},
    {"GET", "/board.json", NULL, 0, READ, NULL, &board_query_fields, NULL, board_json,
     "The live board as JSON; only on this machine."},
    {"GET", "/t/{word}", NULL, 0, READ, NULL, &page_query_fields, NULL, tracking_show,
     "Show a customer the order of a link; TOKEN.json gives JSON."},
    {"GET", "/t/{word}/documents/{inv}", NULL, 0, READ, NULL, NULL, NULL, tracking_document,
     "An invoice or credit note of the order of a link, without the buyer's name and street."},
    {"POST", "/t/{word}/confirm", NULL, 0, WRITE, NULL, NULL, NULL, tracking_confirm,
     "Confirm an order as it is."},
    {"POST", "/t/{word}/cancel", NULL, 0, WRITE, NULL, NULL, NULL, tracking_cancel,
     "Cancel an order that has not left the house."},
    {"POST", "/t/{word}/address", NULL, 0, WRITE, NULL, NULL, NULL, tracking_redirect,
     "Send an order that has not left the house to another address of its country."},
    {"POST", "/t/{word}/return", NULL, 0, WRITE, NULL, NULL, NULL, tracking_return,
     "Ask to send delivered goods back."},
    {"POST", "/t/{word}/instead", NULL, 0, WRITE, NULL, NULL, NULL, tracking_instead,
     "Say whether something else may come instead of what is not there."},
    {"POST", "/t/{word}/problem", NULL, 0, WRITE, NULL, NULL, NULL, tracking_report,
     "Report a problem with an order."},
    {"GET", "/v1/orders/{ord}/link", NULL, SCOPE(ORDERS_READ) | SCOPE(CUSTOMERS_READ), ROUTE_OWNED,
     NULL, NULL, &order_link_fields, order_link,
     "The address of the order's page, as its customer gets it."},
    {"GET", "/c/{word}", NULL, 0, READ, NULL, &page_query_fields, NULL, confirm_show,
     "Show what a customer is to confirm."},
    {"POST", "/c/{word}", NULL, 0, WRITE, NULL, NULL, NULL, confirm_take,
     "Confirm an order, with corrections."},
    {"GET", "/f/{word}", NULL, 0, READ, NULL, &page_query_fields, NULL, feedback_show,
     "Ask a customer how it was."},
    {"POST", "/f/{word}", NULL, 0, WRITE, NULL, NULL, NULL, feedback_take, "Take feedback."},
    {"GET", "/pages/{word}", NULL, 0, READ, NULL, NULL, NULL, show_asset,
     "Style sheet, script and mark of the pages."},
    {0}};
