/* faces/api/returns.c: goods that come back, for the desk that says yes and the bench that looks.
 */
#include "faces/api/returns.h"
#include "domain/orders/order.h"
#include "domain/payments/refund.h"
#include "domain/sites/site.h"
#include "faces/api/care.h"

#define CARE SCOPE(CARE_WRITE)
#define BENCH SCOPE(STOCK_WRITE)

/* --- asking and answering -------------------------------------------------------------------- */

static const struct field wish_line_table[] = {
    FIELD(struct return_wish_line, line_no, .flags = F_REQUIRED, .min = 1, .max = 100000,
          .about = "of the order; a kit's line stands for all its parts"),
    FIELD(struct return_wish_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units; at most what was delivered and is not on its way back"),
};
static const struct fields wish_line_fields =
    FIELDS("return_wish_line", struct return_wish_line, wish_line_table);

struct wish_body {
    int32_t reason;
    struct text note;
    struct list lines;
    bool beyond_policy;
};
static const struct field wish_table[] = {
    FIELD_ENUM(struct wish_body, reason, return_reason_words, .flags = F_REQUIRED,
               .about = "why it comes back"),
    FIELD(struct wish_body, note, .flags = F_FREE, .max = RETURN_NOTE_MAX,
          .about = "the customer's words"),
    FIELD_LIST(struct wish_body, lines, wish_line_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "what comes back, a line of the order once"),
    FIELD(struct wish_body, beyond_policy,
          .about = "take it although the rules say no: too late, or not returnable"),
};
static const struct fields wish_fields = FIELDS("new_return", struct wish_body, wish_table);

static enum err request_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct wish_body *b = in->body;
    struct return_wish wish = {.order_id = in->ids[0],
                               .case_id = NONE,
                               .reason = b->reason,
                               .note = b->note,
                               .lines = b->lines,
                               .is_beyond_policy = b->beyond_policy};
    int64_t return_id;
    TRY(returns_request(c, &wish, &return_id));
    return return_show(c, return_id, out);
}

struct answer_body {
    struct text words, site;
    struct money fee;
};
static const struct field approve_table[] = {
    FIELD(struct answer_body, words, .flags = F_FREE, .max = RETURN_NOTE_MAX,
          .about = "what the customer is told"),
    FIELD(struct answer_body, site, .max = 40,
          .about = "code of the site it is to go to; the one that sent it when absent"),
    FIELD(struct answer_body, fee, .flags = F_NULL,
          .about = "kept of the refund; what the return rules say when absent"),
};
static const struct fields approve_fields =
    FIELDS("return_approval", struct answer_body, approve_table);
static const struct field decline_table[] = {
    FIELD(struct answer_body, words, .flags = F_REQUIRED | F_FREE, .max = RETURN_NOTE_MAX,
          .about = "what the customer is told"),
};
static const struct fields decline_fields =
    FIELDS("return_refusal", struct answer_body, decline_table);

static enum err site_by_code(struct ctx *c, struct text code, int64_t *site_id)
{
    struct site site;
    bool found;
    *site_id = NONE;
    if (!code.len) return OK;
    TRY(site_find_by_code(c, code, &site, &found));
    if (!found)
        return fail_at(c, ERR_NOT_FOUND, "site_not_found", "site", "there is no site \"%.*s\"",
                       TEXT_ARG(text_head(code, 40)));
    *site_id = site.site_id;
    return OK;
}

static enum err bin_by_code(struct ctx *c, int64_t site_id, struct text code, int64_t *bin_id)
{
    struct bin bin;
    bool found;
    *bin_id = NONE;
    if (!code.len) return OK;
    TRY(bin_find_by_code(c, site_id, code, &bin, &found));
    if (!found)
        return fail_at(c, ERR_NOT_FOUND, "bin_not_found", "bin", "the site has no bin \"%.*s\"",
                       TEXT_ARG(text_head(code, 40)));
    *bin_id = bin.bin_id;
    return OK;
}

static enum err approve_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct answer_body *b = in->body;
    struct return_answer a = {.return_id = in->ids[0], .site_id = NONE, .fee_minor = NONE};
    if (b) {
        a.words = b->words;
        a.fee_minor = b->fee.minor;
        TRY(site_by_code(c, b->site, &a.site_id));
    }
    TRY(returns_approve(c, &a));
    return return_show(c, in->ids[0], out);
}

static enum err decline_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct answer_body *b = in->body;
    struct return_answer a = {.return_id = in->ids[0], .words = b->words};
    TRY(returns_decline(c, &a));
    return return_show(c, in->ids[0], out);
}

static enum err send_return(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(returns_send(c, in->ids[0]));
    return return_show(c, in->ids[0], out);
}

struct why_body {
    struct text reason;
};
static const struct field why_table[] = {
    FIELD(struct why_body, reason, .max = RETURN_NOTE_MAX, .about = "for the records"),
};
static const struct fields why_fields = FIELDS("return_end_reason", struct why_body, why_table);

static enum err cancel_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct why_body *b = in->body;
    TRY(returns_cancel(c, in->ids[0], b ? b->reason : (struct text){0}));
    return return_show(c, in->ids[0], out);
}

static enum err label_return(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(returns_label(c, in->ids[0]));
    return return_show(c, in->ids[0], out);
}

/* --- at the bench ---------------------------------------------------------------------------- */

static const struct field arrival_table[] = {
    FIELD(struct return_arrival, line_no, .flags = F_REQUIRED, .min = 1, .max = 100000,
          .about = "of the order"),
    FIELD(struct return_arrival, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units that came in"),
    FIELD(struct return_arrival, lot, .max = 40,
          .about = "as printed on it; the lot that was sent when absent"),
    FIELD_ENUM(struct return_arrival, seen, return_seen_words, .flags = F_NULL,
               .about = "what it looks like"),
    FIELD(struct return_arrival, note, .flags = F_FREE, .max = RETURN_NOTE_MAX,
          .about = "what was seen"),
    FIELD_TEXTS(struct return_arrival, serials, .max = 1000,
                .about = "the number of each unit, where they were sold by number"),
};
static const struct fields arrival_fields =
    FIELDS("return_arrival", struct return_arrival, arrival_table);

struct receive_body {
    struct text site, bin;
    struct list lines;
};
static const struct field receive_table[] = {
    FIELD(struct receive_body, site, .flags = F_REQUIRED, .max = 40,
          .about = "code of the site where it came in"),
    FIELD(struct receive_body, bin, .max = 40,
          .about = "code of the bin it is put into; the first returns bin when absent"),
    FIELD_LIST(struct receive_body, lines, arrival_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "what came in"),
};
static const struct fields receive_fields =
    FIELDS("return_receipt", struct receive_body, receive_table);

static enum err receive(struct ctx *c, int64_t return_id, const struct receive_body *b)
{
    int64_t site_id, bin_id;
    TRY(site_by_code(c, b->site, &site_id));
    TRY(bin_by_code(c, site_id, b->bin, &bin_id));
    return returns_receive(c, return_id, site_id, bin_id, &b->lines);
}

static enum err receive_return(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(receive(c, in->ids[0], in->body));
    return return_show(c, in->ids[0], out);
}

/* Nobody asked; the parcel is here, and that is a fact. */
static enum err receive_unasked(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct receive_body *b = in->body;
    const struct return_arrival *at = b->lines.at;
    struct return_wish_line *lines = arena_new(c->arena, struct return_wish_line, b->lines.count);
    struct return_wish wish = {.order_id = in->ids[0],
                               .case_id = NONE,
                               .reason = RETURN_BECAUSE_OTHER,
                               .note = T("came unasked"),
                               .lines = {lines, b->lines.count},
                               .is_beyond_policy = true};
    int64_t return_id;
    for (size_t i = 0; i < b->lines.count; i++)
        lines[i] = (struct return_wish_line){at[i].line_no, at[i].quantity};
    TRY(returns_request(c, &wish, &return_id));
    TRY(receive(c, return_id, b));
    return return_show(c, return_id, out);
}

struct decision_line {
    int64_t line_no, quantity;
    int32_t disposition, from;
    struct text site, bin, note;
};
static const struct field decision_table[] = {
    FIELD(struct decision_line, line_no, .flags = F_REQUIRED, .min = 1, .max = 100000,
          .about = "of the order"),
    FIELD(struct decision_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units that this decision is about"),
    FIELD_ENUM(struct decision_line, disposition, return_heap_words, .flags = F_REQUIRED,
               .about = "restock, quarantine, repair, scrap or send_back; none is final but the "
                        "last two"),
    FIELD_ENUM(struct decision_line, from, return_heap_words, .flags = F_NULL,
               .about = "waiting, quarantine or repair; what waits first when absent"),
    FIELD(struct decision_line, site, .max = 40, .about = "code of the site of the bin"),
    FIELD(struct decision_line, bin, .max = 40,
          .about = "code of the bin it goes to; restocked: where it is picked when absent"),
    FIELD(struct decision_line, note, .flags = F_FREE, .max = RETURN_NOTE_MAX, .about = "why"),
};
static const struct fields decision_fields =
    FIELDS("return_decision", struct decision_line, decision_table);

struct inspect_body {
    struct list lines;
};
static const struct field inspect_table[] = {
    FIELD_LIST(struct inspect_body, lines, decision_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "what becomes of which units"),
};
static const struct fields inspect_fields =
    FIELDS("return_inspection", struct inspect_body, inspect_table);

/* The site that a line of the return came in at last. */
static enum err site_of_goods(struct ctx *c, int64_t return_id, int64_t line_no, int64_t *site_id)
{
    struct list facts;
    *site_id = NONE;
    TRY(return_facts_of(c, &return_id, 1, &facts));
    const struct return_fact *at = facts.at;
    for (size_t i = 0; i < facts.count; i++)
        if (at[i].line_no == line_no) *site_id = at[i].site_id;
    return OK;
}

static enum err inspect_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct inspect_body *b = in->body;
    const struct decision_line *at = b->lines.at;
    struct return_decision *all = arena_new(c->arena, struct return_decision, b->lines.count);
    for (size_t i = 0; i < b->lines.count; i++) {
        int64_t site_id = NONE;
        all[i] = (struct return_decision){.line_no = at[i].line_no,
                                          .quantity = at[i].quantity,
                                          .from = at[i].from,
                                          .to = at[i].disposition,
                                          .bin_id = NONE,
                                          .note = at[i].note};
        if (!at[i].bin.len) continue;
        TRY(site_by_code(c, at[i].site, &site_id));
        if (site_id == NONE) TRY(site_of_goods(c, in->ids[0], at[i].line_no, &site_id));
        TRY(bin_by_code(c, site_id, at[i].bin, &all[i].bin_id));
    }
    TRY(returns_inspect(c, in->ids[0], &(struct list){all, b->lines.count}));
    return return_show(c, in->ids[0], out);
}

/* --- what the customer gets ------------------------------------------------------------------ */

struct settle_line {
    int64_t line_no, quantity;
    int32_t resolution, refund_to;
    struct money refund;
    struct text note;
};
static const struct field settle_line_table[] = {
    FIELD(struct settle_line, line_no, .flags = F_REQUIRED, .min = 1, .max = 100000,
          .about = "of the order"),
    FIELD(struct settle_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units that are settled so"),
    FIELD_ENUM(struct settle_line, resolution, return_resolution_words, .flags = F_REQUIRED,
               .about = "refund, repair or nothing; exchange and replacement have calls of their "
                        "own"),
    FIELD(struct settle_line, refund, .flags = F_NULL,
          .about = "of a refund: how much; what the goods are worth less the fee when absent"),
    FIELD_ENUM(struct settle_line, refund_to, refund_target_words, .flags = F_NULL,
               .about = "of a refund; what the return rules say when absent"),
    FIELD(struct settle_line, note, .flags = F_FREE, .max = RETURN_NOTE_MAX, .about = "why"),
};
static const struct fields settle_line_fields =
    FIELDS("return_settlement", struct settle_line, settle_line_table);
struct resolve_body {
    struct list lines;
};
static const struct field resolve_table[] = {
    FIELD_LIST(struct resolve_body, lines, settle_line_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "how each is settled"),
};
static const struct fields resolve_fields =
    FIELDS("return_resolving", struct resolve_body, resolve_table);

static enum err check_currency(struct ctx *c, int64_t return_id, const struct settle_line *at,
                               size_t n)
{
    struct order_return r;
    struct order o;
    TRY(return_get(c, return_id, &r));
    TRY(order_get(c, r.order_id, &o));
    for (size_t i = 0; i < n; i++) {
        if (at[i].refund.minor == NONE || text_eq(text_of(at[i].refund.currency), o.currency))
            continue;
        fail_at(c, ERR_INVALID, "invalid_value", "lines", "a refund in another currency");
        return hint(c, "the order is in %.*s", TEXT_ARG(o.currency));
    }
    return OK;
}

static enum err resolve_return(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct resolve_body *b = in->body;
    const struct settle_line *at = b->lines.at;
    struct return_settlement *all = arena_new(c->arena, struct return_settlement, b->lines.count);
    TRY(check_currency(c, in->ids[0], at, b->lines.count));
    for (size_t i = 0; i < b->lines.count; i++) {
        if (at[i].resolution == RESOLVED_BY_EXCHANGE ||
            at[i].resolution == RESOLVED_BY_REPLACEMENT) {
            fail_at(c, ERR_INVALID, "resolution", "lines", "that one sends goods");
            return hint(c, "use the return's exchange or replace call");
        }
        all[i] = (struct return_settlement){.line_no = at[i].line_no,
                                            .quantity = at[i].quantity,
                                            .kind = at[i].resolution,
                                            .refund_minor = at[i].refund.minor,
                                            .order_id = NONE,
                                            .target = at[i].refund_to,
                                            .note = at[i].note};
    }
    TRY(returns_resolve(c, in->ids[0], &(struct list){all, b->lines.count}));
    return return_show(c, in->ids[0], out);
}

const struct route returns_routes[] = {
    {"POST", "/v1/orders/{ord}/returns", "returns request", CARE,
     ROUTE_WRITE | ROUTE_MAKES | ROUTE_OWNED, &wish_fields, NULL, &return_view_fields,
     request_return, "The customer wants to give goods back."},
    {"GET", "/v1/orders/{ord}/returns", "orders returns", SCOPE(ORDERS_READ),
     ROUTE_LIST | ROUTE_OWNED, NULL, NULL, &return_view_fields, return_list_of_order,
     "What of an order came back, or is to."},
    {"GET", "/v1/returns", "returns list", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &return_query_fields, &return_view_fields, return_list,
     "Returns that are not settled, or whose goods wait for a decision."},
    {"GET", "/v1/returns/{ret}", "returns show", SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &return_view_fields, return_get_one, "A return with every step of its goods."},
    {"GET", "/v1/return-scans", "returns scan", SCOPE(ORDERS_READ), 0, NULL, &return_scan_fields,
     &return_scan_view_fields, return_scan,
     "Whose parcel is this? Scan a return label, a tracking number or an order number."},
    {"POST", "/v1/returns/{ret}/approve", "returns approve", CARE, ROUTE_WRITE | ROUTE_OWNED,
     &approve_fields, NULL, &return_view_fields, approve_return, "Let the goods come back."},
    {"POST", "/v1/returns/{ret}/decline", "returns decline", CARE, ROUTE_WRITE | ROUTE_OWNED,
     &decline_fields, NULL, &return_view_fields, decline_return,
     "Do not take the goods back, and say why."},
    {"POST", "/v1/returns/{ret}/label", "returns label", CARE, ROUTE_WRITE | ROUTE_OWNED, NULL,
     NULL, &return_view_fields, label_return, "Buy the label with which the customer sends it."},
    {"GET", "/v1/returns/{ret}/label.pdf", "returns print", SCOPE(ORDERS_READ),
     ROUTE_RAW | ROUTE_OWNED, NULL, NULL, NULL, return_label_pdf, "The return label as PDF."},
    {"POST", "/v1/returns/{ret}/send", "returns send", CARE, ROUTE_WRITE | ROUTE_OWNED, NULL, NULL,
     &return_view_fields, send_return, "The customer handed it to a carrier."},
    {"POST", "/v1/returns/{ret}/cancel", "returns cancel", CARE, ROUTE_WRITE | ROUTE_OWNED,
     &why_fields, NULL, &return_view_fields, cancel_return,
     "What is not here will not come: the rest of the return ends."},
    {"POST", "/v1/returns/{ret}/receive", "returns receive", BENCH, ROUTE_WRITE, &receive_fields,
     NULL, &return_view_fields, receive_return,
     "Goods are here, at any site: they wait to be inspected."},
    {"POST", "/v1/orders/{ord}/returns/receive", "returns unasked", BENCH,
     ROUTE_WRITE | ROUTE_MAKES, &receive_fields, NULL, &return_view_fields, receive_unasked,
     "Goods of an order are here, and nobody had asked."},
    {"POST", "/v1/returns/{ret}/inspect", "returns inspect", BENCH, ROUTE_WRITE, &inspect_fields,
     NULL, &return_view_fields, inspect_return,
     "Decide what becomes of goods that came back; as often as needed."},
    {"POST", "/v1/returns/{ret}/resolve", "returns resolve", CARE, ROUTE_WRITE | ROUTE_OWNED,
     &resolve_fields, NULL, &return_view_fields, resolve_return,
     "Give the customer the money, or say why not."},
    {"POST", "/v1/returns/{ret}/exchange", "returns exchange", CARE, ROUTE_WRITE | ROUTE_OWNED,
     &return_exchange_fields, NULL, &return_view_fields, return_exchange,
     "Other goods instead: a new order; the difference is due, or refunded."},
    {"POST", "/v1/returns/{ret}/replace", "returns replace", CARE, ROUTE_WRITE | ROUTE_OWNED,
     &return_replace_fields, NULL, &return_view_fields, return_replace,
     "The same goods again at no price; they need not be back first."},
    {"GET", "/v1/return-rules", "returns rules", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_SHARED,
     NULL, &return_rules_query_fields, &return_rule_view_fields, return_rules_list,
     "What may come back, how long, and what it costs."},
    {"POST", "/v1/return-rules", "returns rule", SCOPE(ADMIN), ROUTE_WRITE,
     &return_rule_body_fields, NULL, &return_rule_view_fields, return_rule_set,
     "Set the rule of a product, or the one for all that have none."},
    {0}};
