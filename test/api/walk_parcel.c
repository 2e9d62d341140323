/* test/api/walk_parcel.c: the walk's steps with two orders of one customer in one parcel. */
#include "walk_bodies.h"

#define HERS(n)                                                                                    \
    "{\"ship_to\":" ADDRESS ",\"customer_email\":\"eve@example.org\",\"payment_method\":"          \
    "\"on_account\",\"lines\":" LINE("PEN", n) "}"
const struct step walk_one_parcel[WALK_ONE_PARCEL] = {
    {"POST /v1/orders", NULL, HERS(1), "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/picks/confirm", NULL, "{\"fulfillment_id\":\"$ful\",\"task_id\":\"$tsk\"}"},
    {"POST /v1/packs", NULL, "{\"fulfillment_id\":\"$ful\"}"},
    {"GET /v1/orders/{ord}", NULL, NULL, "outer=packages.0.id at=fulfillments.0.site"},
    {"POST /v1/orders", NULL, HERS(2), "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/picks/confirm", NULL, "{\"fulfillment_id\":\"$ful\",\"task_id\":\"$tsk\"}"},
    {"POST /v1/packs", NULL, "{\"fulfillment_id\":\"$ful\"}"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "pkg=packages.0.id"},
    {"GET /v1/combinable", "site=$at", NULL, "into=data.0.into"},
    {"POST /v1/packages/{pkg}/combine", NULL, "{\"into\":\"$outer\"}"},
    {"POST /v1/packages/{pkg}/combine", NULL, "{\"into\":\"$outer\"}", NULL, "inside_another"},
    {"run"},
    {"POST /v1/packages/{pkg}/separate"},
    {"run"},
    {"POST /v1/packages/{pkg}/combine", NULL, "{\"into\":\"$outer\"}"},
    {"run"},
    {"GET /v1/packages/{pkg}", NULL, NULL, "track=tracking_number"},
    {"POST /v1/handovers", NULL, "{\"scan\":\"$track\"}"},
    {"run"},
};
