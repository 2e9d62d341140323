/* app/wiring.c: the only place that knows all: ways in, verbs, drivers, reactions, job handlers. */
#include "app/wiring.h"

#include "app/post.h"
#include "app/serve.h"
#include "base/time.h"
#include "bench/verb.h"
#include "drivers/carriers/carrier.h"
#include "drivers/payments/provider.h"
#include "faces/api/care.h"
#include "faces/api/picking.h"
#include "faces/api/routes.h"
#include "faces/api/sessions.h"
#include "faces/api/shipping.h"
#include "faces/api/stockkeeping.h"
#include "faces/api/system.h"
#include "faces/api/why.h"
#include "faces/api/why_tree.h"
#include "faces/cli/audit.h"
#include "faces/cli/bulk.h"
#include "faces/cli/cli.h"
#include "faces/cli/copying.h"
#include "faces/cli/lifecycle.h"
#include "faces/cli/why.h"
#include "faces/jobs/messages.h"
#include "faces/jobs/react.h"
#include "faces/pages/pages.h"
#include "services/claims/claims.h"
#include "services/returns/returns.h"
#include "services/stockkeeping/lots.h"
#include "services/stockkeeping/low_stock.h"
#include "services/stockkeeping/replenishing.h"
#include "stages/1_receipt/carts.h"
#include "stages/2_processing/backorder.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/confirming.h"
#include "stages/2_processing/crediting.h"
#include "stages/2_processing/earmarking.h"
#include "stages/2_processing/holding.h"
#include "stages/2_processing/invoicing.h"
#include "stages/2_processing/paying.h"
#include "stages/2_processing/refunding.h"
#include "stages/2_processing/release.h"
#include "stages/2_processing/substituting.h"
#include "stages/5_shipping/shipping.h"
#include "stages/6_delivery/delivery.h"
#include "stages/6_delivery/silence.h"
#include "stages/7_completion/cases.h"
#include "stages/7_completion/completing.h"
#include "stages/7_completion/telling.h"
#include "stages/7_completion/watching.h"
#include "test/load/torture_verb.h"
#include "test/sim/sim_verb.h"

/* --- ways in --------------------------------------------------------------------------------- */

/* One a line, so that two who add one do not meet. */
/* clang-format off */
const struct route *const route_tables[] = {
    claims_routes,
    returns_routes,
    orders_routes,
    changes_routes,
    holds_routes,
    payments_routes,
    refunds_routes,
    invoices_routes,
    credits_routes,
    money_policy_routes,
    tax_routes,
    confirming_routes,
    completion_routes,
    picking_routes,
    packing_routes,
    shipping_routes,
    combining_routes,
    delivery_routes,
    products_routes,
    substitutes_routes,
    offers_routes,
    customers_routes,
    sites_routes,
    stock_routes,
    serials_routes,
    goods_in_routes,
    shelves_routes, counts_routes,
    merchant_routes,
    events_routes,
    keys_routes,
    users_routes,
    owners_routes,
    sessions_routes,
    sourcing_routes,
    carts_routes,
    shortages_routes,
    why_routes,
    why_tree_routes,
    imports_routes,
    exports_routes,
    pages_routes,
    system_routes,
    NULL,
};
/* clang-format on */

const struct verb verbs[] = {
    {"serve", "[--listen 127.0.0.1:8080]", "serve the API, the board and the pages of customers",
     verb_serve},
    {"import", "products|stock|customers|orders FILE [--map MAPPING]",
     "take in other people's records, row by row", verb_import},
    {"export",
     "orders|products|stock|customers|returns|substitutes|events [--format ndjson|csv] [-o FILE]",
     "give everything back", verb_export},
    {"run", "[--orders SELECTION] [--crew N]",
     "drive the open orders through all stages on a virtual clock", verb_run},
    {"link", "ORDER", "the address of an order's page, as its customer gets it", verb_link},
    {"why", "ORDER | stock SKU[@BIN] | late [ORDER] | site ORDER | price ORDER[/LINE]",
     "tell how it came to be so: facts under facts, with time and actor", verb_why},
    {"audit", "[--explain I-03] [--only NUMBER] [--since TIME]",
     "recompute every number from the facts", verb_audit},
    {"copy", "--from ADDRESS --to ADDRESS [--preview] [--no-audit]",
     "move a whole installation into another database, on whichever engines", verb_copy},
    {"lifecycle", "[NAME] [--mermaid]", "draw the lives of all things", verb_lifecycle},
    {"bench", "[--quick] [--only KEY] [--orders N] [--dir FOLDER] [--results FOLDER]",
     "measure against the floors of this machine", verb_bench},
    {"simulate", "[--seed N] [--seeds N] [--days D] [--orders PER_DAY]",
     "live days of a shop with people and systems that fail, and check all of it", verb_simulate},
    {"torture", "[--kills N] [--rounds N] [--clients N] [--restart COMMAND]",
     "kill a server under load, race for the last units, and count what is lost: on a copy",
     verb_torture},
    {"migrate", "[--partitions N | --distributed [--shards N] [--preview]]",
     "bring the database up to date, or lay its tables over nodes", verb_migrate},
    {"doctor", "", "look for what is wrong with this installation", verb_doctor},
    {"completion", "bash", "print a script that completes verbs", verb_completion},
    {"openapi", "[FOLDER]", NULL, verb_openapi},
    {"version", "", "print the version", verb_version},
    {"--version", "", NULL, verb_version},
    {"help", "[VERB]", "say more about a verb", verb_help},
    {NULL, NULL, NULL, NULL},
};

/* --- other people's systems ------------------------------------------------------------------ */

static const struct payment_provider *const payment_providers[] = {&payment_test_provider,
                                                                   &payment_offline_provider, NULL};
static const struct carrier_driver *const carriers[] = {&carrier_house, NULL};

void wiring_use_drivers(struct ctx *c)
{
    paying_use(payment_providers);
    shipping_use(carriers);
    returns_use(carriers);
    post_use(c);
}

/* --- what happens after an event, in this order ---------------------------------------------- */

const struct reaction reactions[] = {
    {"confirm_on_asked", ON(EVENT_ORDER_CONFIRM_ASKED), confirm_on_asked},
    {"paying_on_placed", ON(EVENT_ORDER_PLACED), paying_on_placed},
    {"cancel_on_taken_back", ON(EVENT_PACKAGE_TAKEN_BACK), cancel_on_taken_back},
    {"returns_on_cancel_asked", ON(EVENT_ORDER_CANCEL_ASKED), returns_on_cancel_asked},
    {"returns_on_cancelled", ON(EVENT_ORDER_CANCELLED), returns_on_cancelled},
    {"returns_on_taken_back", ON(EVENT_PACKAGE_TAKEN_BACK), returns_on_taken_back},
    {"returns_on_tracked", ON(EVENT_RETURN_TRACKED), returns_on_tracked},
    {"case_on_claim", ON(EVENT_CLAIM_OPENED, EVENT_CLAIM_WITHDRAWN), case_on_claim},
    {"paying_on_cancelled", ON(EVENT_ORDER_CANCELLED, EVENT_ORDER_CHANGED, EVENT_PUT_BACK_DONE),
     paying_on_cancelled},
    {"paying_on_changed", ON(EVENT_ORDER_CHANGED), paying_on_changed},
    {"refunding_on_owed", ON(EVENT_REFUND_OWED), refunding_on_owed},
    {"claims_on_parcel", ON(EVENT_PACKAGE_LOST, EVENT_PACKAGE_DELIVERED, EVENT_PACKAGE_RETURNED),
     claims_on_parcel},
    {"case_on_parcel",
     ON(EVENT_TRACKING_SILENT, EVENT_PACKAGE_LOST, EVENT_PACKAGE_DELIVERED, EVENT_PACKAGE_RETURNED),
     case_on_parcel},
    {"silence_on_handed_over", ON(EVENT_PACKAGE_HANDED_OVER), silence_on_handed_over},
    {"case_on_return_settled", ON(EVENT_RETURN_SETTLED), case_on_return_settled},
    {"backorder_on_stock",
     ON(EVENT_STOCK_RECEIVED, EVENT_STOCK_ADJUSTED, EVENT_STOCK_CONDITION_CHANGED,
        EVENT_ORDER_CANCELLED, EVENT_ORDER_CHANGED, EVENT_FULFILLMENT_CANCELLED,
        EVENT_RETURN_INSPECTED, EVENT_PUT_BACK_DONE, EVENT_PICK_SHORT, EVENT_FULFILLMENT_REJECTED,
        EVENT_STOCK_RULED, EVENT_CART_ENDED, EVENT_FULFILLMENT_REST),
     backorder_on_stock},
    {"substituting_on_short",
     ON(EVENT_ORDER_SHORT, EVENT_PICK_SHORT, EVENT_FULFILLMENT_REJECTED, EVENT_FULFILLMENT_REST,
        EVENT_FULFILLMENT_CANCELLED, EVENT_STOCK_RECEIVED, EVENT_STOCK_ADJUSTED,
        EVENT_STOCK_CONDITION_CHANGED, EVENT_STOCK_RULED, EVENT_SUBSTITUTE_SET,
        EVENT_ORDER_ALLOCATED, EVENT_ORDER_CHANGED, EVENT_ORDER_CANCELLED, EVENT_CART_ENDED,
        EVENT_SUBSTITUTION_ENDED),
     substituting_on_short},
    {"earmark_on_change",
     ON(EVENT_STOCK_RECEIVED, EVENT_STOCK_ADJUSTED, EVENT_STOCK_CONDITION_CHANGED,
        EVENT_ORDER_CANCELLED, EVENT_ORDER_CHANGED, EVENT_FULFILLMENT_CANCELLED,
        EVENT_RETURN_INSPECTED, EVENT_PUT_BACK_DONE, EVENT_PICK_SHORT, EVENT_FULFILLMENT_REJECTED,
        EVENT_STOCK_RULED, EVENT_FULFILLMENT_REST, EVENT_ASN_ANNOUNCED, EVENT_ASN_CHANGED,
        EVENT_ASN_CLOSED, EVENT_ASN_CANCELLED),
     earmark_on_change},
    {"replenish_on_change",
     ON(EVENT_FULFILLMENT_RELEASED, EVENT_STOCK_RECEIVED, EVENT_STOCK_MOVED, EVENT_STOCK_ADJUSTED,
        EVENT_STOCK_CONDITION_CHANGED),
     replenish_on_change},
    {"low_stock_on_change",
     ON(EVENT_ORDER_ALLOCATED, EVENT_ORDER_PLACED, EVENT_ORDER_CANCELLED, EVENT_ORDER_CHANGED,
        EVENT_PICK_SHORT, EVENT_FULFILLMENT_CANCELLED, EVENT_RETURN_INSPECTED, EVENT_STOCK_RECEIVED,
        EVENT_STOCK_ADJUSTED, EVENT_STOCK_CONDITION_CHANGED, EVENT_LOT_EXPIRED, EVENT_STOCK_WATCHED,
        EVENT_STOCK_RULED),
     low_stock_on_change},
    {"release_on_clear",
     ON(EVENT_ORDER_PLACED, EVENT_ORDER_ALLOCATED, EVENT_ORDER_FREED, EVENT_ORDER_CHANGED),
     release_on_clear},
    {"shipping_label_on_sealed", ON(EVENT_PACKAGE_SEALED), shipping_label_on_sealed},
    {"shipping_label_on_freed", ON(EVENT_ORDER_FREED), shipping_label_on_freed},
    {"shipping_label_on_combined", ON(EVENT_PACKAGE_COMBINED, EVENT_PACKAGE_SEPARATED),
     shipping_label_on_combined},
    {"shipping_label_on_voided", ON(EVENT_LABEL_VOIDED), shipping_label_on_voided},
    {"tracking_on_handed_over", ON(EVENT_PACKAGE_HANDED_OVER), tracking_on_handed_over},
    {"paying_capture_on_shipped", ON(EVENT_PACKAGE_HANDED_OVER), paying_capture_on_shipped},
    {"paying_collect_on_delivered", ON(EVENT_PACKAGE_DELIVERED), paying_collect_on_delivered},
    {"complete_without_goods", ON(EVENT_ORDER_PLACED, EVENT_ORDER_FREED), complete_without_goods},
    {"complete_on_changed", ON(EVENT_ORDER_CHANGED, EVENT_PUT_BACK_DONE, EVENT_ORDER_FREED),
     complete_on_changed},
    {"complete_on_delivered", ON(EVENT_ORDER_DELIVERED, EVENT_PACKAGE_DELIVERED),
     complete_on_delivered},
    {"invoicing_on",
     ON(EVENT_PACKAGE_HANDED_OVER, EVENT_ORDER_CHANGED, EVENT_ORDER_CANCELLED,
        EVENT_ORDER_COMPLETED, EVENT_PUT_BACK_DONE, EVENT_REFUND_DONE, EVENT_REFUND_WAIVED),
     invoicing_on},
    {"tell_on",
     ON(EVENT_ORDER_PLACED, EVENT_ORDER_CONFIRM_ASKED, EVENT_ORDER_DATED, EVENT_PACKAGE_HANDED_OVER,
        EVENT_PACKAGE_DELIVERED, EVENT_ORDER_DELIVERED, EVENT_ORDER_CANCELLED,
        EVENT_FULFILLMENT_PACKED, EVENT_RETURN_APPROVED, EVENT_RETURN_DECLINED,
        EVENT_RETURN_LABELLED, EVENT_RETURN_RECEIVED, EVENT_REFUND_DONE, EVENT_SUBSTITUTION_ASKED,
        EVENT_LINE_SUBSTITUTED),
     tell_on},
    {0},
};

/* --- work with a due time -------------------------------------------------------------------- */

const struct job_handler job_handlers[] = {
    {JOB_PAYMENT, 5 * MINUTE_US, 64, paying_job},
    {JOB_REFUND, MINUTE_US, 64, refunding_job},
    {JOB_CREDIT_EXPIRY, MINUTE_US, 64, crediting_job},
    {JOB_LABEL, 5 * MINUTE_US, 64, shipping_label_job},
    {JOB_MESSAGE, 5 * MINUTE_US, 64, messages_job},
    {JOB_HOLD_RELEASE, MINUTE_US, JOB_CLAIM_MAX, hold_on_due},
    {JOB_COMPLETE, MINUTE_US, JOB_CLAIM_MAX, completing_job},
    {JOB_LOT_EXPIRY, MINUTE_US, JOB_CLAIM_MAX, lots_expire},
    {JOB_FOLLOW_UP, MINUTE_US, JOB_CLAIM_MAX, follow_up_job},
    {JOB_BACKORDER, MINUTE_US, JOB_CLAIM_MAX, backorder_job},
    {JOB_CART, MINUTE_US, JOB_CLAIM_MAX, carts_expire},
    {JOB_SILENCE, MINUTE_US, JOB_CLAIM_MAX, silence_job},
    {JOB_SUBSTITUTION, MINUTE_US, JOB_CLAIM_MAX, substituting_job},
    {0, 0, 0, NULL},
};
