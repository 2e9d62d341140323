/* test/api/walk_test.c: every route answers as docs/api/openapi.json says, over the life of a few
 * orders that is led by calls alone. A route that nobody visits fails the test by its name. */
#include "walk_bodies.h"

#include "app/wiring.h"
#include "faces/pages/links.h"
#include "test/audit_world.h"

static const struct step the_house[] = {
    {"GET /healthz"},
    {"GET /readyz"},
    {"GET /metrics"},
    {"GET /v1/openapi.json"},
    {"GET /docs"},
    {"GET /docs/reasons"},
    {"POST /v1/keys", NULL, "{\"name\":\"till\",\"scopes\":[\"orders:read\"]}", "key=id"},
    {"GET /v1/keys"},
    {"POST /v1/users", NULL,
     "{\"login\":\"ada\",\"name\":\"Ada Byron\",\"role\":\"owner\",\"password\":\"three little "
     "words\"}",
     "usr=id"},
    {"GET /v1/users"},
    {"GET /v1/users/{usr}"},
    {"POST /v1/sessions", NULL, "{\"login\":\"Ada\",\"password\":\"three little words\"}"},
    {"GET /v1/sessions/me"},
    {"DELETE /v1/sessions/me", .refused = "no_session"},
    {"POST /v1/users", NULL,
     "{\"login\":\"bob\",\"name\":\"Bob\",\"role\":\"picker\",\"pin\":\"4711\"}", "usr=id"},
    {"POST /v1/users/{usr}", NULL, "{\"name\":\"Bob Dee\",\"badge\":\"BADGE-0815\"}"},
    {"POST /v1/users/{usr}/disable"},
    {"POST /v1/users/{usr}/enable"},
    {"POST /v1/owners", NULL, "{\"code\":\"ACME\",\"name\":\"Acme\",\"street\":\"1 Road\"}",
     "own=id"},
    {"GET /v1/owners"},
    {"GET /v1/owners/{own}"},
    {"POST /v1/owners/{own}", NULL, "{\"name\":\"Acme Ltd\",\"email\":\"hello@acme.example\"}"},
    {"GET /v1/reactions", NULL, NULL, "reaction=data.0.reaction"},
    {"GET /v1/reactions/skipped"},
    {"POST /v1/reactions/{reaction}/retry", NULL, "{\"position\":1}", NULL, "not_skipped"},
    {"POST /v1/keys/{key}/revoke"},
    {"POST /v1/products", NULL,
     "{\"sku\":\"CUP\",\"name\":\"Cup\",\"weight_g\":200,\"prices\":[{\"unit_price\":" GBP(
         500) "}]}",
     "prd=id"},
    {"GET /v1/products", "limit=2"},
    {"GET /v1/products/{prd}"},
    {"POST /v1/products/{prd}", NULL, "{\"name\":\"Cup, blue\"}"},
    {"POST /v1/products/{prd}/prices", NULL, "{\"from_quantity\":10,\"unit_price\":" GBP(450) "}"},
    {"POST /v1/kits", NULL,
     "{\"sku\":\"DUO\",\"name\":\"Duo\",\"parts\":[{\"sku\":\"CUP\",\"quantity\":2}]}"},
    {"POST /v1/imports/products", NULL,
     "{\"keeps\":true,\"products\":[{\"product\":{\"sku\":\"BOWL\",\"name\":\"Bowl\"},"
     "\"opening_quantity\":3}]}"},
    {"POST /v1/imports/customers", NULL,
     "{\"customers\":[{\"reference\":\"C-7\",\"name\":\"Ada\"}]}"},
    {"POST /v1/imports/stock", NULL,
     "{\"stock\":[{\"sku\":\"BOWL\",\"bin\":\"Z-9\",\"quantity\":4}]}"},
    {"POST /v1/imports/orders", NULL,
     "{\"is_stock_enough\":true,\"orders\":[{\"is_cancelled\":true,\"order\":{\"reference\":"
     "\"OLD-1\",\"channel\":\"other\",\"ship_to\":{\"country\":\"GB\"},\"payment_method\":"
     "\"on_account\",\"lines\":[{\"sku\":\"BOWL\",\"quantity\":1,\"unit_price\":" GBP(
         500) "}]}}]}"},
    {"POST /v1/imports/credits", NULL,
     "{\"credits\":[{\"reference\":\"CN-1\",\"sku\":\"BOWL\",\"quantity\":1,\"placed_at\":"
     "\"2026-01-01T00:00:00Z\",\"is_goods\":true}]}"},
    {"GET /v1/exports/orders"},
    {"GET /v1/exports/products", "format=csv&for_people=true"},
    {"GET /v1/exports/customers"},
    {"GET /v1/exports/stock"},
    {"GET /v1/exports/events"},
    {"GET /v1/exports/returns"},
    {"GET /v1/exports/substitutes"},
    {"GET /v1/services"},
    {"POST /v1/services", NULL,
     "{\"code\":\"monogram\",\"name\":\"Monogram\",\"kind\":\"customization\",\"minutes\":10,"
     "\"text_max\":3}"},
    {"GET /v1/sites", NULL, NULL, "lon=data.0.id"},
    {"POST /v1/sites", NULL, "{\"code\":\"PAR\",\"name\":\"Paris\",\"country\":\"FR\"}", "sit=id"},
    {"POST /v1/sites/{sit}/bins", NULL,
     "{\"code\":\"R-1\",\"kind\":\"receiving\"}\n{\"code\":\"A-1\"}"},
    {"GET /v1/sites/{sit}/bins", "code=A-1"},
    {"POST /v1/sites/{sit}/cartons", NULL,
     "{\"code\":\"S\",\"length_mm\":200,\"width_mm\":150,\"height_mm\":100,\"max_g\":5000}"},
    {"GET /v1/sites/{sit}/cartons"},
    {"POST /v1/sites/{sit}", NULL, "{\"city\":\"Paris\",\"capacity_units\":500}"},
    {"let sit $lon"},
    {"POST /v1/sites/{sit}/bins", NULL, "{\"code\":\"RET-1\",\"kind\":\"returns\"}",
     "rbin=0.data.id"},
    {"GET /v1/sites/{sit}/bins", NULL, NULL, "bin=data.0.id"},
    {"GET /v1/merchant"},
    {"POST /v1/merchant", NULL, "{\"confirm_channels\":[\"phone\"],\"grace_minutes\":60}"},
    {"let sku PEN"},
    {"GET /v1/stock", "sku=PEN"},
    {"GET /v1/stock/{sku}/cells"},
    {"POST /v1/stock/{sku}/rules", NULL, "{\"site\":\"LON\",\"safety\":2}"},
    {"POST /v1/stock/{sku}/rules", NULL,
     "{\"site\":\"LON\",\"channel\":\"marketplace\",\"reserve\":5}"},
    {"GET /v1/stock/{sku}/rules"},
    {"POST /v1/carts", NULL,
     "{\"reference\":\"shopper-1\",\"lines\":[{\"sku\":\"SET\",\"quantity\":1}]}", "bsk=id"},
    {"POST /v1/carts/{bsk}/extend", NULL, "{\"minutes\":30}"},
    {"GET /v1/carts/{bsk}"},
    {"POST /v1/carts/{bsk}/release"},
    {"POST /v1/stock/receipts", NULL,
     "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"LON\",\"bin\":\"A-01-02\",\"quantity\":5}]}"},
    {"POST /v1/stock/moves", NULL,
     "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"LON\",\"bin\":\"A-01-02\",\"to_bin\":\"A-01-03\","
     "\"quantity\":2}]}"},
    {"POST /v1/stock/conditions", NULL,
     "{\"lines\":[{\"sku\":\"LAMP\",\"bin\":\"A-02-03\",\"site\":\"LON\",\"quantity\":1,"
     "\"to_condition\":\"damaged\"}]}"},
    {"POST /v1/stock/adjustments", NULL,
     "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"LON\",\"bin\":\"A-01-02\",\"reason\":\"count\","
     "\"quantity\":1}]}"},
    {"POST /v1/products", "owner=ACME", "{\"sku\":\"BOWL\",\"name\":\"Bowl of Acme\"}"},
    {"POST /v1/stock/owner-changes", NULL,
     "{\"site\":\"LON\",\"to_owner\":\"ACME\",\"lines\":[{\"sku\":\"BOWL\",\"bin\":\"Z-9\","
     "\"quantity\":1}]}"},
    {"GET /v1/owner-activity"},
};

/* A delivery comes as announced, more or less, and is put away. */
static const struct step the_stock[] = {
    {"let sit $lon"},
    {"POST /v1/sites/{sit}/bins", NULL,
     "{\"code\":\"IN-1\",\"kind\":\"receiving\"}\n{\"code\":\"B-01\",\"kind\":\"bulk\"}"},
    {"POST /v1/asns", NULL,
     "{\"site\":\"LON\",\"supplier\":\"Potter\",\"reference\":\"D-1\",\"expected_date\":"
     "\"2026-02-01\",\"lines\":[{\"sku\":\"LAMP\",\"quantity\":4}]}",
     "asn=id"},
    {"GET /v1/asns", "limit=1"},
    {"POST /v1/asns/{asn}/change", NULL,
     "{\"expected_date\":\"2026-02-03\",\"lines\":[{\"sku\":\"LAMP\",\"quantity\":5},"
     "{\"sku\":\"BOOK\",\"quantity\":1}]}"},
    {"POST /v1/asns/{asn}/change", NULL,
     "{\"has_no_date\":true,\"lines\":[{\"line_no\":1,\"quantity\":4},"
     "{\"line_no\":2,\"quantity\":0}]}"},
    {"POST /v1/asns/{asn}/scan", NULL, "{\"scan\":\"LAMP\",\"quantity\":3}", "tsk=put_away_id"},
    {"POST /v1/asns/{asn}/receipts", NULL,
     "{\"lines\":[{\"sku\":\"LAMP\",\"quantity\":2},{\"scan\":\"4006381333931\"},"
     "{\"sku\":\"PEN\",\"condition\":\"damaged\"}]}"},
    {"GET /v1/asns/{asn}"},
    {"GET /v1/putaways", "site=LON"},
    {"POST /v1/putaways/{tsk}/take"},
    {"POST /v1/putaways/{tsk}/confirm", NULL, "{\"bin\":\"A-02-03\",\"quantity\":2}"},
    {"POST /v1/putaways/{tsk}/drop"},
    {"POST /v1/asns/{asn}/close"},
    {"POST /v1/asns", NULL,
     "{\"site\":\"LON\",\"supplier\":\"Potter\",\"reference\":\"D-2\",\"lines\":[{\"sku\":"
     "\"LAMP\",\"quantity\":4}]}",
     "asn=id"},
    {"POST /v1/asns/{asn}/cancel"},
    {"POST /v1/counts", NULL, "{\"site\":\"LON\",\"bins\":[\"A-03-04\",\"A-02-01\"]}", "cnt=id"},
    {"GET /v1/counts"},
    {"GET /v1/counts/{cnt}"},
    {"GET /v1/counts/{cnt}/bins"},
    {"POST /v1/counts/{cnt}/entries", NULL,
     "{\"entries\":[{\"bin\":\"A-03-04\",\"sku\":\"PEN\",\"quantity\":99},{\"bin\":"
     "\"A-02-01\",\"sku\":\"PEN\",\"quantity\":1}],\"bins\":[\"A-03-04\"]}"},
    {"GET /v1/counts/{cnt}/variances"},
    {"POST /v1/counts/{cnt}/recount", NULL, "{\"bins\":[\"A-02-01\"]}"},
    {"POST /v1/counts/{cnt}/entries", NULL,
     "{\"entries\":[{\"bin\":\"A-02-01\",\"sku\":\"PEN\",\"quantity\":0}]}"},
    {"POST /v1/counts/{cnt}/accept", NULL, "{}"},
    {"POST /v1/counts/{cnt}/close", NULL, "{\"leave_rest\":true}"},
    {"let sku PEN"},
    {"POST /v1/stock/receipts", NULL,
     "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"MAN\",\"bin\":\"A-03-03\",\"quantity\":50,"
     "\"lot\":\"L7\",\"expiry_date\":\"2027-02-01\"}]}"},
    {"GET /v1/lots", "days=3650"},
    {"GET /v1/stock/{sku}/recall", "lot=L7"},
    {"POST /v1/stock/{sku}/rule", NULL, "{\"low_at\":5000,\"days_left_min\":30}"},
    {"GET /v1/low-stock"},
    {"GET /v1/sites", NULL, NULL, "man=data.2.id"},
    {"let sit $man"},
    {"POST /v1/sites/{sit}/bins", NULL, "{\"code\":\"B-02\",\"kind\":\"bulk\"}"},
    {"POST /v1/stock/receipts", NULL,
     "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"MAN\",\"bin\":\"B-02\",\"quantity\":50}]}"},
    {"POST /v1/stock/{sku}/faces", NULL,
     "{\"site\":\"MAN\",\"bin\":\"A-03-02\",\"min_units\":5,\"max_units\":20}"},
    {"GET /v1/pick-faces", "site=MAN"},
    {"POST /v1/replenishments", NULL, "{\"site\":\"MAN\"}"},
    {"GET /v1/replenishments", "site=MAN", NULL, "tsk=data.0.id"},
    {"POST /v1/replenishments/{tsk}/take"},
    {"POST /v1/replenishments/{tsk}/confirm", NULL, "{\"quantity\":2}"},
    {"POST /v1/replenishments/{tsk}/drop"},
    {"let sit $lon"},
};

/* Placed, held, paid by card: up to released work. */
static const struct step an_order[] = {
    {"POST /v1/orders", NULL,
     "{\"ship_to\":" ADDRESS ",\"reference\":\"W-1\",\"customer_reference\":\"C-1\","
     "\"customer_name\":\"Ada Byron\",\"customer_email\":\"ada@example.org\","
     "\"payment_method\":\"card\",\"payment_token\":\"tok_ok\",\"lines\":[{\"sku\":\"MUG\","
     "\"quantity\":2,\"services\":[{\"code\":\"gift_wrap\",\"wording\":\"For Ada\"}]}],"
     "\"shipping\":" GBP(499) "}",
     "ord=id number=number"},
    {"GET /v1/orders", "channel=web&reference=W-1"},
    {"GET /v1/orders", "stage=processing&limit=1"},
    {"GET /v1/orders/{ord}"},
    {"GET /v1/orders/{ord}/link"},
    {"GET /v1/orders/{ord}/events", NULL, NULL, "position=data.0.position"},
    {"GET /v1/orders/{ord}/why"},
    {"GET /v1/orders/{ord}/sourcing"},
    {"GET /v1/shortages", "limit=1"},
    {"POST /v1/orders/{ord}/shortage", NULL, "{\"note\":\"asked the supplier\"}", NULL,
     "not_short"},
    {"GET /v1/why/orders/{ord}"},
    {"GET /v1/why/late"},
    {"GET /v1/why/late/{ord}"},
    {"GET /v1/why/site/{ord}"},
    {"GET /v1/why/price/{ord}", "line=1"},
    {"let sku MUG"},
    {"GET /v1/why/stock/{sku}", "bin=A-01-01"},
    {"POST /v1/stock/{sku}/preorder", NULL, "{\"cap\":0}"},
    {"POST /v1/stock/{sku}/preorder", NULL, "{\"cap\":100000,\"release_date\":\"2027-01-01\"}"},
    {"GET /v1/stock/{sku}/preorder"},
    {"GET /v1/customers", "reference=C-1", NULL, "cus=data.0.id"},
    {"GET /v1/customers/{cus}"},
    {"POST /v1/orders/{ord}/holds", NULL, "{\"reason\":\"fraud\",\"note\":\"two cards\"}",
     "hld=id"},
    {"GET /v1/orders/{ord}/holds"},
    {"POST /v1/orders/{ord}/priority", NULL, "{\"priority\":5}"},
    {"run"},
    {"GET /v1/orders/{ord}/payments"},
    {"POST /v1/orders/{ord}/holds/{hld}/release"},
    {"run"},
    {"let reaction paying_on_placed"},
    {"skip $position"},
    {"GET /v1/reactions/skipped"},
    {"POST /v1/reactions/{reaction}/retry", NULL, "{\"position\":$position}"},
    {"GET /v1/board"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
};

static const struct step its_picking[] = {
    {"GET /v1/fulfillments", "site=LON"},
    {"GET /v1/fulfillments/{ful}"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/fulfillments/{ful}/tote", NULL, "{\"tote\":\"T-1\"}"},
    {"POST /v1/waves/plan", NULL, "{\"site\":\"LON\"}", "wav=waves.0.id"},
    {"GET /v1/waves", "site=LON"},
    {"GET /v1/waves/{wav}"},
    {"GET /v1/waves/{wav}/pick-list.pdf"},
    {"POST /v1/picks/claim", NULL, "{\"wave_id\":\"$wav\"}"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/give-back"},
    {"POST /v1/fulfillments/{ful}/start-pick"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/scan", NULL,
     "{\"scan\":\"MUG\",\"bin_scan\":\"A-01-01\",\"quantity\":2}"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/undo", NULL, "{\"quantity\":1}"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.kind:pick.task_id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/scan", NULL, "{\"scan\":\"MUG\"}"},
};

static const struct step its_packing[] = {
    {"GET /v1/fulfillments/{ful}/services", NULL, NULL, "tsk=data.0.task_id"},
    {"GET /v1/fulfillments/{ful}/proposal"},
    {"POST /v1/fulfillments/{ful}/start-pack"},
    {"POST /v1/fulfillments/{ful}/packages", NULL, "{}", "pkg=id"},
    {"POST /v1/packages/{pkg}/discard"},
    {"POST /v1/fulfillments/{ful}/packages", NULL, "{}", "pkg=id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/finish", NULL, "{\"message\":\"For Ada\"}"},
    {"POST /v1/packages/{pkg}/scan", NULL, "{\"scan\":\"MUG\",\"quantity\":2}"},
    {"POST /v1/packages/{pkg}/take-out", NULL, "{\"line_no\":1}"},
    {"POST /v1/packages/{pkg}/scan", NULL, "{\"scan\":\"MUG\",\"quantity\":2}"},
    {"POST /v1/packages/{pkg}/seal", NULL, "{\"weight_g\":780}"},
    {"POST /v1/packages/{pkg}/void", NULL, "{\"reason\":\"forgot the card\"}"},
    {"POST /v1/packages/{pkg}/reopen"},
    {"POST /v1/packages/{pkg}/seal", NULL, "{\"weight_g\":780}"},
    {"GET /v1/packages/{pkg}/slip.pdf"},
};

static const struct step its_way[] = {
    {"GET /v1/packages", "site=LON"},
    {"GET /v1/packages/{pkg}"},
    {"GET /v1/packages/{pkg}/quotes"},
    {"POST /v1/packages/{pkg}/void", NULL, "{\"reason\":\"it is urgent\"}"},
    {"POST /v1/packages/{pkg}/label", NULL, "{\"service\":\"express\"}"},
    {"GET /v1/packages/{pkg}/label.pdf"},
    {"GET /v1/packages/{pkg}/label.png", "dpi=203"},
    {"GET /v1/packages/{pkg}/label.zpl", "dpi=203"},
    {"POST /v1/packages/{pkg}/void", NULL, "{\"reason\":\"wrong service\"}"},
    {"POST /v1/labels", NULL, "{\"package_id\":\"$pkg\"}"},
    {"POST /v1/packages/{pkg}/tracking-number", NULL,
     "{\"tracking_number\":\"WALK-1\",\"reason\":\"typed wrong\"}"},
    {"POST /v1/manifests", NULL, "{\"site\":\"LON\",\"carrier\":\"house\"}", "man=id"},
    {"POST /v1/handovers", NULL, "{\"scan\":\"WALK-1\"}"},
    {"POST /v1/packages/{pkg}/take-back", NULL, "{\"reason\":\"left on the ramp\"}"},
    {"POST /v1/handovers", NULL, "{\"scan\":\"WALK-1\"}"},
    {"GET /v1/manifests"},
    {"GET /v1/manifests/{man}"},
    {"POST /v1/manifests/{man}/close"},
    {"run"},
    {"POST /v1/tracking-events", NULL,
     "{\"tracking_number\":\"WALK-1\",\"status\":\"in_transit\",\"occurred_at\":"
     "\"2026-01-05T08:00:00Z\",\"place\":\"Hull\"}"},
    {"GET /v1/packages/{pkg}/tracking"},
    {"POST /v1/packages/{pkg}/tracking/refresh"},
    {"POST /v1/packages/{pkg}/attempts", NULL, "{\"reason\":\"nobody_home\"}"},
    {"GET /v1/packages/{pkg}/attempts"},
    {"POST /v1/deliveries", NULL,
     "{\"package_id\":\"$pkg\",\"name\":\"Ada\",\"photo\":\"/9j/4AAQSkZJRgABAQ==\"}"},
    {"GET /v1/packages/{pkg}/proofs", NULL, NULL, "prf=data.0.id"},
    {"GET /v1/packages/{pkg}/proofs/{prf}/photo"},
    {"run"},
};

static const struct step its_end[] = {
    {"GET /v1/orders/{ord}/invoices", NULL, NULL, "inv=data.0.id"},
    {"GET /v1/invoices", "limit=1"},
    {"GET /v1/invoices/{inv}"},
    {"GET /v1/invoices/{inv}/document.pdf"},
    {"POST /v1/orders/{ord}/feedback", NULL, "{\"score\":3,\"words\":\"a chip\"}"},
    {"GET /v1/feedback"},
    {"GET /v1/feedback/sum", "since=2026-01-01T00:00:00Z"},
    {"POST /v1/orders/{ord}/cases", NULL, "{\"kind\":\"damaged\",\"words\":\"a chip\"}", "cas=id"},
    {"GET /v1/orders/{ord}/cases"},
    {"GET /v1/cases"},
    {"POST /v1/orders/{ord}/cases/{cas}/resolve", NULL,
     "{\"resolution\":\"refund\",\"refund\":" GBP(300) "}"},
    {"run"},
    {"POST /v1/orders/{ord}/refunds", NULL, "{\"amount\":" GBP(100) ",\"reason\":\"goodwill\"}"},
    {"run"},
    {"GET /v1/orders/{ord}/messages"},
    {"later 120"},
    {"GET /v1/orders/{ord}"},
    {"GET /v1/orders/{ord}/why"},
};

/* A unit with a number of its own, from the shelf to the customer and back. */
static const struct step its_number[] = {
    {"POST /v1/products", NULL,
     "{\"sku\":\"CAM\",\"name\":\"Camera\",\"tracking\":\"serial_in\",\"weight_g\":400,\"prices\":"
     "[{\"unit_price\":" GBP(9900) "}]}"},
    {"POST /v1/stock/receipts", NULL,
     "{\"lines\":[{\"sku\":\"CAM\",\"site\":\"LON\",\"bin\":\"A-01-02\",\"quantity\":1,\"serial\":"
     "\"C-1\"}]}"},
    {"POST /v1/orders", NULL, ORDER("on_account", LINE("CAM", 1)), "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/picks/confirm", NULL, "{\"fulfillment_id\":\"$ful\",\"task_id\":\"$tsk\"}"},
    {"POST /v1/fulfillments/{ful}/packages", NULL, "{}", "pkg=id"},
    {"POST /v1/packages/{pkg}/scan", NULL, "{\"scan\":\"CAM\"}"},
    {"POST /v1/packages/{pkg}/serials", NULL, "{\"serials\":[\"C-1\"],\"sku\":\"CAM\"}"},
    {"GET /v1/packages/{pkg}/serials"},
    {"POST /v1/packages/{pkg}/seal", NULL, "{}"},
    {"GET /v1/packages/{pkg}/slip.pdf"},
    {"run"},
    {"GET /v1/packages/{pkg}", NULL, NULL, "number=tracking_number"},
    {"POST /v1/handovers", NULL, "{\"scan\":\"$number\"}"},
    {"run"},
    {"let serial C-1"},
    {"GET /v1/serials/{serial}"},
    {"POST /v1/serials/{serial}/return", NULL, "{\"reason\":\"unwanted\"}"},
};

/* What the first order had no need of. */
static const struct step other_orders[] = {
    {"POST /v1/orders/bulk", NULL,
     ORDER("on_account", LINE("PEN", 1)) "\n" ORDER("on_account", LINE("BOOK", 1)),
     "ord=0.data.id two=1.data.id"},
    {"POST /v1/orders", NULL,
     "{\"is_draft\":true,\"ship_to\":" ADDRESS
     ",\"payment_method\":\"on_account\",\"lines\":" LINE("PEN", 3) "}",
     "draft=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/picks/confirm", NULL, "{\"fulfillment_id\":\"$ful\",\"task_id\":\"$tsk\"}"},
    {"POST /v1/packs", NULL, "{\"fulfillment_id\":\"$ful\"}"},
    {"let ord $two"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/short", NULL,
     "{\"found\":0,\"reason\":\"not_there\"}"},
    {"let ord $draft"},
    {"POST /v1/orders/{ord}/place", NULL, "{}"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/scan", NULL, "{\"scan\":\"PEN\",\"quantity\":2}"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/put-back", NULL, "{\"bin_id\":\"$bin\"}", NULL,
     "not_a_put_back"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/undo", NULL, "{\"quantity\":1}"},
    {"POST /v1/orders/{ord}/cancel", NULL,
     "{\"reason\":\"fewer\",\"lines\":[{\"line_no\":1,\"quantity\":1}]}"},
    {"POST /v1/orders/{ord}/cancel", NULL, "{\"reason\":\"changed my mind\"}"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.3.task_id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/put-back", NULL, "{\"bin_id\":\"$bin\"}"},
    {"POST /v1/orders", NULL, ORDER("on_account", LINE("LAMP", 3)), "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"POST /v1/fulfillments/{ful}/close-rest", NULL, "{\"choice\":\"backorder\"}", NULL,
     "nothing_picked"},
    {"POST /v1/fulfillments/{ful}/reject", NULL, "{\"reason\":\"too_busy\"}"},
    {"run"},
    {"POST /v1/orders", NULL,
     "{\"channel\":\"phone\",\"ship_to\":" ADDRESS ",\"customer_name\":\"Ada\",\"customer_phone\":"
     "\"+44 20 7946 0000\",\"payment_method\":\"on_account\",\"lines\":" LINE("PEN", 1) "}",
     "ord=id"},
    {"run"},
    {"POST /v1/orders/{ord}/confirm", NULL, "{\"instructions\":\"ring twice\"}"},
    {"POST /v1/orders/{ord}/change", NULL,
     "{\"lines\":[{\"line_no\":1,\"quantity\":2},{\"sku\":\"PEN\",\"quantity\":1}],"
     "\"note\":\"ring twice\"}"},
    {"POST /v1/orders/{ord}/changes", NULL, "{\"lines\":[{\"line_no\":1,\"quantity\":3}]}",
     "chg=id"},
    {"GET /v1/orders/{ord}/changes"},
    {"GET /v1/orders/{ord}/changes/{chg}"},
    {"POST /v1/orders/{ord}/changes/{chg}/edit", NULL,
     "{\"lines\":[{\"service\":\"gift_wrap\",\"parent_line\":1}],\"reason\":\"a present\"}"},
    {"POST /v1/orders/{ord}/changes/{chg}/confirm"},
    {"POST /v1/orders/{ord}/changes", NULL, "{\"note\":\"ring once\"}", "chg=id"},
    {"POST /v1/orders/{ord}/changes/{chg}/discard"},
    {"POST /v1/products/{prd}/substitutes", NULL, "{\"sku\":\"BOOK\",\"rank\":2}"},
    {"GET /v1/substitutes", "sku=CUP"},
    {"POST /v1/substitutes", NULL,
     "{\"product\":\"CUP\",\"sku\":\"BOOK\",\"rank\":3}\n{\"product\":\"BOOK\",\"sku\":\"PEN\","
     "\"is_paused\":true}"},
    {"POST /v1/orders", NULL, ORDER("on_account", LINE("CUP", 2)), "ord=id"},
    {"run"},
    {"POST /v1/orders/{ord}/shortage", NULL, "{\"note\":\"asked the supplier\"}"},
    {"POST /v1/orders/{ord}/shortage", NULL, "{\"owner_id\":\"$usr\",\"note\":\"he knows\"}"},
    {"GET /v1/orders/{ord}/substitutions", NULL, NULL, "sbs=data.0.id"},
    {"POST /v1/orders/{ord}/substitutions/{sbs}/answer", NULL,
     "{\"accepts\":true,\"note\":\"by phone\"}"},
    {"run"},
    {"POST /v1/orders/{ord}/cancel", NULL, "{\"reason\":\"too many\"}"},
    {"POST /v1/products/{prd}/substitutes/remove", NULL, "{\"sku\":\"BOOK\"}"},
    {"run"},
};

/* The picker leaves before all is picked: the rest waits, or is given up. */
static const struct step its_rest[] = {
    {"POST /v1/products", NULL,
     "{\"sku\":\"INK\",\"name\":\"Ink\",\"weight_g\":100,\"prices\":[{\"unit_price\":" GBP(
         700) "}]}"},
    {"POST /v1/stock/receipts", NULL,
     "{\"lines\":[{\"sku\":\"INK\",\"site\":\"LON\",\"bin\":\"A-01-02\",\"quantity\":20}]}"},
    {"POST /v1/orders", NULL, ORDER("on_account", LINE("INK", 3)), "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/scan", NULL, "{\"scan\":\"INK\"}"},
    {"POST /v1/fulfillments/{ful}/close-rest", NULL, "{\"choice\":\"backorder\"}"},
    {"run"},
    {"POST /v1/orders", NULL,
     "{\"ship_to\":" ADDRESS
     ",\"payment_method\":\"card\",\"payment_token\":\"tok_ok\",\"lines\":" LINE("INK", 4) "}",
     "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/fulfillments/{ful}/tasks/{tsk}/scan", NULL, "{\"scan\":\"INK\"}"},
    {"POST /v1/fulfillments/{ful}/close-rest", NULL,
     "{\"choice\":\"cancelled\",\"reason\":\"the box is full\"}"},
    {"run"},
};

static const struct step other_money[] = {
    {"POST /v1/orders", NULL, ORDER("bank_transfer", LINE("PEN", 1)), "ord=id"},
    {"run"},
    {"POST /v1/orders/{ord}/payments", NULL,
     "{\"method\":\"bank_transfer\",\"amount\":" GBP(199) ",\"reference\":\"B-1\"}"},
    {"POST /v1/orders", NULL,
     "{\"ship_to\":" ADDRESS
     ",\"payment_method\":\"card\",\"payment_token\":\"tok_ok\",\"lines\":" LINE("PEN", 1) "}",
     "ord=id"},
    {"run"},
    {"POST /v1/orders/{ord}/capture", NULL, "{}"},
    {"run"},
    {"POST /v1/orders", NULL,
     "{\"ship_to\":" ADDRESS
     ",\"payment_method\":\"card\",\"payment_token\":\"tok_ok\",\"lines\":" LINE("PEN", 1) "}",
     "ord=id"},
    {"run"},
    {"POST /v1/orders/{ord}/void"},
    {"run"},
    {"POST /v1/tax-rates", NULL, "{\"country\":\"GB\",\"percent\":\"20\",\"name\":\"VAT\"}"},
    {"POST /v1/tax-rates", NULL,
     "{\"country\":\"GB\",\"tax_class\":\"reduced\",\"percent\":\"5\",\"name\":\"VAT\"}"},
    {"GET /v1/tax-rates"},
    {"POST /v1/tax-rates/remove", NULL, "{\"country\":\"GB\",\"tax_class\":\"reduced\"}"},
    {"GET /v1/orders/{ord}/taxes"},
    {"POST /v1/credits", NULL,
     "{\"kind\":\"gift_card\",\"amount\":" GBP(100) ",\"paid_by\":\"cash\"}", "crd=id code=code"},
    {"GET /v1/credits"},
    {"GET /v1/credits/{crd}"},
    {"POST /v1/credits/balance", NULL, "{\"code\":\"$code\"}"},
    {"POST /v1/orders/{ord}/payments", NULL, "{\"method\":\"gift_card\",\"code\":\"$code\"}"},
    {"GET /v1/credits/{crd}/entries"},
    {"POST /v1/orders", NULL,
     "{\"ship_to\":" ADDRESS ",\"payment_method\":\"card\",\"payment_token\":"
     "\"tok_refund_fails\",\"lines\":" LINE("PEN", 1) "}",
     "ord=id"},
    {"run"},
    {"POST /v1/orders/{ord}/capture", NULL, "{}"},
    {"run"},
    {"POST /v1/orders/{ord}/refunds", NULL, "{\"amount\":" GBP(100) "}"},
    {"run"},
    {"GET /v1/refunds", NULL, NULL, "rfd=data.0.id"},
    {"GET /v1/refunds/{rfd}"},
    {"POST /v1/refunds/{rfd}/retry", NULL, "{\"target\":\"by_hand\"}"},
    {"GET /v1/money-policy"},
    {"POST /v1/money-policy", NULL, "{\"tolerance_minor\":2}"},
};

/* Collected at the counter; turned away at the door and back in the house. */
static const struct step other_ways[] = {
    {"POST /v1/orders", NULL,
     "{\"ship_to\":" ADDRESS
     ",\"method\":\"pickup\",\"payment_method\":\"on_account\",\"lines\":" LINE("PEN", 4) "}",
     "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/picks/confirm", NULL, "{\"fulfillment_id\":\"$ful\",\"task_id\":\"$tsk\"}"},
    {"POST /v1/packs", NULL, "{\"fulfillment_id\":\"$ful\"}"},
    {"run"},
    {"POST /v1/orders/{ord}/pickup-code", NULL, NULL, "pin=code"},
    {"GET /v1/orders/{ord}", NULL, NULL, "pkg=packages.0.id"},
    {"POST /v1/packages/{pkg}/pin-reset", NULL, "{\"reason\":\"passport\"}"},
    {"POST /v1/deliveries", NULL, "{\"order_id\":\"$ord\",\"pin\":\"$pin\"}"},
    {"let arrived $ord"},
    {"POST /v1/orders", NULL, ORDER("on_account", LINE("LAMP", 1)), "ord=id"},
    {"run"},
    {"GET /v1/orders/{ord}", NULL, NULL, "ful=fulfillments.0.id"},
    {"GET /v1/fulfillments/{ful}/picks", NULL, NULL, "tsk=data.0.task_id"},
    {"POST /v1/picks/confirm", NULL, "{\"fulfillment_id\":\"$ful\",\"task_id\":\"$tsk\"}"},
    {"POST /v1/packs", NULL, "{\"fulfillment_id\":\"$ful\"}"},
    {"run"},
    {"GET /v1/packages", "order_id=$ord&state=labelled", NULL,
     "pkg=data.0.id track=data.0.tracking_number"},
    {"POST /v1/handovers", NULL, "{\"scan\":\"$track\"}"},
    {"POST /v1/packages/{pkg}/attempts", NULL,
     "{\"outcome\":\"refused\",\"reason\":\"refused\",\"note\":\"not ordered\"}"},
    {"POST /v1/packages/{pkg}/received-back", NULL, "{\"bin_id\":\"$rbin\"}"},
    {"run"},
    {"GET /v1/events", "after=0&limit=1000"},
    {"GET /v1/events/stream"},
};

/* What came back of the collected pens. */
#define ONE "[{\"line_no\":1,\"quantity\":1}]"
static const struct step its_returns[] = {
    {"let ord $arrived"},
    {"POST /v1/return-rules", NULL,
     "{\"is_returnable\":true,\"days\":30,\"refund_as_credit\":true,\"fee\":" GBP(50) "}"},
    {"GET /v1/return-rules", "sku=PEN"},
    {"POST /v1/orders/{ord}/returns", NULL, "{\"reason\":\"unwanted\",\"lines\":" ONE "}",
     "ret=id"},
    {"POST /v1/returns/{ret}/decline", NULL, "{\"words\":\"it was opened\"}"},
    {"POST /v1/orders/{ord}/returns", NULL,
     "{\"reason\":\"unwanted\",\"lines\":[{\"line_no\":1,\"quantity\":2}]}", "ret=id"},
    {"GET /v1/orders/{ord}/returns"},
    {"GET /v1/returns", "limit=10"},
    {"POST /v1/returns/{ret}/approve", NULL, "{\"site\":\"LON\",\"words\":\"send it\"}"},
    {"POST /v1/returns/{ret}/label"},
    {"GET /v1/returns/{ret}/label.pdf"},
    {"GET /v1/returns/{ret}", NULL, NULL, "code=tracking_number"},
    {"GET /v1/return-scans", "code=$code"},
    {"POST /v1/tracking-events", NULL,
     "{\"tracking_number\":\"$code\",\"status\":\"delivered\",\"occurred_at\":"
     "\"2026-01-06T09:00:00Z\",\"place\":\"London\"}"},
    {"run"},
    {"POST /v1/returns/{ret}/send"},
    {"POST /v1/returns/{ret}/receive", NULL,
     "{\"site\":\"LON\",\"bin\":\"RET-1\",\"lines\":[{\"line_no\":1,\"quantity\":1,"
     "\"seen\":\"as_new\"}]}"},
    {"POST /v1/returns/{ret}/inspect", NULL,
     "{\"lines\":[{\"line_no\":1,\"quantity\":1,\"disposition\":\"restock\"}]}"},
    {"POST /v1/returns/{ret}/resolve", NULL,
     "{\"lines\":[{\"line_no\":1,\"quantity\":1,\"resolution\":\"refund\",\"refund_to\":"
     "\"source\"}]}"},
    {"POST /v1/returns/{ret}/cancel", NULL, "{\"reason\":\"keeps one\"}"},
    {"POST /v1/orders/{ord}/returns/receive", NULL, "{\"site\":\"LON\",\"lines\":" ONE "}",
     "ret=id"},
    {"POST /v1/returns/{ret}/exchange", NULL,
     "{\"lines\":" ONE ",\"goods\":[{\"sku\":\"MUG\",\"quantity\":1}],"
     "\"payment_method\":\"on_account\"}"},
    {"POST /v1/orders/{ord}/returns", NULL, "{\"reason\":\"defective\",\"lines\":" ONE "}",
     "ret=id"},
    {"POST /v1/returns/{ret}/approve", NULL, "{}"},
    {"POST /v1/returns/{ret}/replace", NULL, "{\"lines\":" ONE "}"},
    {"run"},
    {"POST /v1/packages/{pkg}/claims", NULL, "{\"kind\":\"damaged\",\"amount\":" GBP(900) "}",
     "clm=id ord=order_id"},
    {"GET /v1/orders/{ord}/claims"},
    {"GET /v1/claims", "limit=5"},
    {"GET /v1/claims/{clm}"},
    {"POST /v1/claims/{clm}/file", NULL, "{\"reference\":\"C-77\"}"},
    {"POST /v1/claims/{clm}/refuse", NULL, "{\"note\":\"packed badly\"}"},
    {"POST /v1/claims/{clm}/file", NULL, "{\"amount\":" GBP(500) "}"},
    {"POST /v1/claims/{clm}/pay", NULL, "{\"paid\":" GBP(400) "}"},
    {"POST /v1/packages/{pkg}/claims", NULL, "{\"kind\":\"late\"}", "clm=id"},
    {"POST /v1/claims/{clm}/withdraw", NULL, "{\"note\":\"it was the weather\"}"},
};

static void keep_link(struct walk *k, const char *name, enum link_purpose purpose,
                      const char *order)
{
    int64_t id = 0;
    struct world *w = k->w;
    CHECK(id_parse(walk_name(k, order), "ord", &id));
    walk_keep(k, name, link_token(&w->arena, purpose, w->ctx.merchant_id, id));
}

TEST_BOTH(walk, every_route_answers_as_documented)
{
    struct walk k;
    shop_open(w);
    wiring_use_drivers(&w->ctx);
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://shop.example")));
    walk_open(&k, w, route_tables);
    walk_steps(&k, the_house, SIZE(the_house));
    walk_steps(&k, the_stock, SIZE(the_stock));
    walk_steps(&k, an_order, SIZE(an_order));
    walk_steps(&k, its_picking, SIZE(its_picking));
    walk_steps(&k, its_packing, SIZE(its_packing));
    walk_steps(&k, its_way, SIZE(its_way));
    walk_steps(&k, its_end, SIZE(its_end));
    walk_steps(&k, its_number, SIZE(its_number));
    walk_steps(&k, other_orders, SIZE(other_orders));
    walk_steps(&k, other_money, SIZE(other_money));
    walk_steps(&k, other_ways, SIZE(other_ways));
    walk_steps(&k, its_returns, SIZE(its_returns));
    walk_steps(&k, walk_before_pages, WALK_BEFORE_PAGES);
    keep_link(&k, "asked", LINK_CONFIRM, "asked");
    keep_link(&k, "sure", LINK_TRACK, "sure");
    keep_link(&k, "missing", LINK_TRACK, "missing");
    keep_link(&k, "back", LINK_TRACK, "arrived");
    keep_link(&k, "arrived", LINK_FEEDBACK, "arrived");
    walk_steps(&k, walk_its_pages, WALK_ITS_PAGES);
    walk_steps(&k, walk_one_parcel, WALK_ONE_PARCEL);
    walk_steps(&k, its_rest, SIZE(its_rest));
    walk_all_visited(&k);
    world_audit(w);
    walk_close(&k);
}
