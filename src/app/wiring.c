/* app/wiring.c: the only place that knows all: ways in, verbs, reactions, job handlers. */
#include "app/wiring.h"
#include "app/serve.h"
#include "base/time.h"
#include "drivers/payments/provider.h"
#include "faces/api/care.h"
#include "faces/api/routes.h"
#include "faces/api/system.h"
#include "faces/cli/cli.h"
#include "faces/jobs/react.h"
#include "stages/2_processing/confirming.h"
#include "stages/2_processing/paying.h"
#include "stages/2_processing/release.h"

const struct route *const route_tables[] = {
    events_routes, keys_routes, confirming_routes, payments_routes, system_routes, NULL,
};

static const struct payment_provider *const payment_providers[] = {&payment_test_provider,
                                                                   &payment_offline_provider, NULL};

void wiring_use_drivers(void) { paying_use(payment_providers); }

const struct verb verbs[] = {
    {"serve", "[--listen 127.0.0.1:8080]", "serve the API, the pages and the consoles", verb_serve},
    {"migrate", "", "bring the database up to date", verb_migrate},
    {"doctor", "", "look for what is wrong with this installation", verb_doctor},
    {"completion", "bash", "print a script that completes verbs", verb_completion},
    {"openapi", "[FOLDER]", NULL, verb_openapi},
    {"version", "", "print the version", verb_version},
    {"--version", "", NULL, verb_version},
    {"help", "[VERB]", "say more about a verb", verb_help},
    {NULL, NULL, NULL, NULL},
};

/* What happens after an event, in this order. */
const struct reaction reactions[] = {
    {"confirm_on_asked", ON(ORDER_CONFIRM_ASKED), confirm_on_asked},
    {"paying_on_placed", ON(ORDER_PLACED), paying_on_placed},
    {"paying_on_cancelled", ON(ORDER_CANCELLED), paying_on_cancelled},
    {"paying_refund_on_case", ON(CASE_RESOLVED), paying_refund_on_case},
    {"release_on_clear", ON(ORDER_PLACED) | ON(ORDER_ALLOCATED) | ON(ORDER_FREED),
     release_on_clear},
    {"paying_capture_on_shipped", ON(PACKAGE_HANDED_OVER), paying_capture_on_shipped},
    {"paying_collect_on_delivered", ON(PACKAGE_DELIVERED), paying_collect_on_delivered},
    {NULL, 0, NULL},
};

const struct job_handler job_handlers[] = {
    {JOB_PAYMENT, 5 * MINUTE_US, 64, paying_job},
    {0, 0, 0, NULL},
};
