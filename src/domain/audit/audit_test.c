/* What the audit promises: silence on a clean shop, and a voice for each thing that is wrong. */
#include "domain/audit/audit.h"

#include "audit_world.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "shop.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

/* A shop with orders placed, held, paid by card, and released. */
static bool open_busy_shop(struct world *w)
{
    shop_open(w);
    int64_t ids[3] = {shop_order(w, "MUG", 3), shop_order(w, "SET", 2), shop_order(w, "LAMP", 130)};
    shop_release(w, ids, 3);
    struct draft cards[2] = {shop_draft(w, "BOOK", 1), shop_draft(w, "PEN", 7)};
    struct outcome outcomes[2];
    for (size_t i = 0; i < 2; i++) {
        cards[i].payment_method = PAY_CARD;
        cards[i].payment_token = T("tok_visa");
        cards[i].reference = i ? T("R-2") : T("R-1");
    }
    return shop_place(w, cards, 2, outcomes) && !test_failed();
}

TEST_BOTH(audit, a_clean_shop_has_no_differences)
{
    if (!open_busy_shop(w)) return;
    world_audit(w);
    struct audit_report *report = arena_new(&w->arena, struct audit_report, 1);
    CHECK_OK(&w->ctx, audit_run(&w->ctx, report));
    CHECK_I64(0, report->differences);
    CHECK(report->rows > 200);
    for (size_t i = 0; i < report->count; i++)
        CHECK(text_starts(text_of(report->findings[i].of->id), T("I-")));
}

struct plant {
    const char *id, *sql;
};
#define AN_ORDER "(SELECT min(order_id) FROM orders)"
#define A_PACKAGE(state, sealed, status)                                                           \
    "INSERT INTO package SELECT merchant_id, 77, fulfillment_id, order_id, site_id, " state        \
    ", 1, NULL, NULL, 1, 1, 1, 1, NULL, NULL, NULL, " status ", " sealed                           \
    ", NULL, NULL, NULL, 0 FROM fulfillment WHERE fulfillment_id = (SELECT min(fulfillment_id) "   \
    "FROM fulfillment);"
/* Package 77 is said to hold `count` others; 78 lies inside. */
#define A_PARCEL(state, outer, count, inner)                                                       \
    A_PACKAGE(state, "5", "0")                                                                     \
    "INSERT INTO package SELECT merchant_id, 78, fulfillment_id, order_id, site_id, " inner        \
    ", 2, NULL, NULL, 1, 1, 1, 1, NULL, NULL, NULL, 0, 5, NULL, NULL, " outer                      \
    ", 0 FROM package; UPDATE package SET inside_count = " count " WHERE package_id = 77;"
#define A_LABEL(id, number)                                                                        \
    "INSERT INTO label SELECT merchant_id, package_id, " id ", 2, 'house', 'standard', " number    \
    ", 1, 'GBP', NULL, NULL, 1, 1, NULL FROM package;"
#define A_CREDIT(balance, booked)                                                                  \
    "INSERT INTO credit SELECT merchant_id, 5, 1, NULL, NULL, 5, NULL, 'GBP', " balance            \
    ", NULL, NULL, 1, 0 FROM merchant; INSERT INTO money_entry SELECT merchant_id, 6, NULL, NULL," \
    " NULL, 5, 6, 9, 5 + " booked ", 'GBP', 1, 0, 0 FROM merchant;"
/* Return 5 of a line of one unit: received, ended, settled. */
#define A_RETURN(received, ended, settled)                                                         \
    "INSERT INTO order_return SELECT merchant_id, 5, order_id, NULL, NULL, NULL, 6, NULL, NULL, "  \
    "0,"                                                                                           \
    " 1, " settled ", NULL FROM orders WHERE order_id = " AN_ORDER ";"                             \
    "INSERT INTO return_line SELECT merchant_id, 5, 1, product_id, 1, 0, NULL, " received          \
    ", " received ", 0, 0, 0, 0, 0, " ended ", 0 FROM order_line WHERE order_id = " AN_ORDER       \
    " AND line_no = 1; UPDATE order_line SET asked_back = 1 WHERE order_id = " AN_ORDER            \
    " AND line_no = 1;"
#define A_QUESTION(state, cart, new_line, ended)                                                   \
    "INSERT INTO substitution SELECT merchant_id, order_id, 5, 1, " state ", 7, 8, 1, 1, 9, 0, 0," \
    " " cart ", " new_line ", 1, 9, " ended ", " ended                                             \
    ", NULL, 0 FROM orders WHERE order_id = " AN_ORDER ";"
#define A_HASH "'0123456789abcdef0123456789abcdef'"
#define A_PERSON(password, pin, disabled)                                                          \
    "INSERT INTO person SELECT merchant_id, 5, 'ann', 'Ann', NULL, 1, " password ", " pin          \
    ", NULL, 0, NULL, 1, " disabled ", 0 FROM merchant;"
#define A_SESSION(token)                                                                           \
    "INSERT INTO session SELECT 6, merchant_id, 5, " token                                         \
    ", 1, 1, 9000000000000000, NULL FROM merchant;"
#define AN_ASN(state, closed)                                                                      \
    "INSERT INTO asn SELECT merchant_id, 5, site_id, 'Mill', 'M-1', " state                        \
    ", NULL, NULL, 1, " closed ", 0 FROM site WHERE site_id = (SELECT min(site_id) FROM site);"
#define A_STOCK_TASK(state, done)                                                                  \
    "INSERT INTO stock_task SELECT merchant_id, 5, site_id, 0, " state                             \
    ", 1, '', 0, 5, NULL, 1, 0, NULL, NULL, NULL, 1, " done                                        \
    " FROM site WHERE site_id = (SELECT min(site_id) FROM site);"
#define A_CLAIM(state, paid, ended)                                                                \
    "INSERT INTO claim SELECT merchant_id, 5, order_id, 77, 0, " state ", 'house', NULL, 9, " paid \
    ", 'GBP', NULL, NULL, 1, NULL, " ended " FROM orders WHERE order_id = " AN_ORDER ";"
#define A_NUMBER(unit, package, line)                                                              \
    "INSERT INTO serial_unit SELECT merchant_id, 'SN1', product_id, " unit ", NULL, 1, " package   \
    ", 5, " line ", 1, NULL, NULL FROM product WHERE sku = 'MUG';"
#define A_PACKED(units)                                                                            \
    "INSERT INTO package_line SELECT merchant_id, 77, 1, product_id, " units                       \
    " FROM product WHERE sku = 'MUG';"
#define AN_INVOICE(id, kind, number, day, total)                                                   \
    "INSERT INTO invoice SELECT merchant_id, " id ", order_id, " kind ", 'INV', " number ", " day  \
    ", NULL, NULL, NULL, 1, 'Fjell', 'GB', 'GBP', " total ", 0, " total ", 0, 0, 0, 1 FROM orders" \
    " WHERE order_id = " AN_ORDER ";"                                                              \
    "INSERT INTO invoice_line SELECT merchant_id, " id                                             \
    ", 1, 1, 'Mug', NULL, 1, NULL, NULL, " total ", 0 FROM merchant;"
#define AN_OWNER                                                                                   \
    "INSERT INTO owner SELECT merchant_id, 8, 'ACME', 'Acme', NULL, NULL, 1, 1 FROM merchant;"
#define A_SERIES(last)                                                                             \
    "INSERT INTO invoice_series SELECT merchant_id, 'INV', " last ", 9 FROM merchant;"
/* A delivery of nine mugs, of which `earmarked` are taken; four wait for it on an order's line. */
#define A_DUE(due, earmarked)                                                                      \
    AN_ASN("0", "NULL")                                                                            \
    "INSERT INTO asn_line SELECT merchant_id, 5, 1, product_id, NULL, '', 9, 0, 0, " due           \
    ", " earmarked " FROM product WHERE sku = 'MUG';"
#define AN_EARMARK(units, arrived)                                                                 \
    "INSERT INTO earmark SELECT l.merchant_id, l.order_id, l.line_no, 5, 1, l.product_id,"         \
    " s.site_id, " units ", " arrived ", NULL, NULL FROM order_line l JOIN asn s ON s.asn_id = 5"  \
    " WHERE l.order_id = " AN_ORDER " AND l.line_no = 1;"
static const struct plant plants[] = {
    {"I-01", "UPDATE stock SET on_hand = on_hand + 1"},
    {"I-01", "UPDATE fulfillment_line SET picked = 1"},
    {"I-02", "UPDATE stock SET on_hand = -1"},
    {"I-02", "UPDATE availability SET promised = sellable + 1"},
    {"I-03", "UPDATE availability SET promised = promised + 1"},
    {"I-03", "UPDATE availability SET sellable = sellable + 1"},
    {"I-04", "UPDATE stock_entry SET product_id = 99"},
    {"I-04", "UPDATE stock_entry SET order_id = 99"},
    {"I-06",
     "DROP INDEX serial_unit_once; " A_NUMBER("7", "NULL", "NULL") A_NUMBER("8", "NULL", "NULL")},
    {"I-06", A_PACKAGE("1", "5", "0")
                 A_PACKED("2") "UPDATE product SET tracking = 2;" A_NUMBER("7", "77", "1")},
    {"I-06", A_PACKAGE("0", "NULL", "0") A_NUMBER("7", "77", "1")},
    {"I-07", "INSERT INTO stock SELECT merchant_id, product_id, place_id, 'L1', 0, site_id, 5, 0"
             " FROM stock"},
    {"I-07", "UPDATE stock SET condition = 1"},
    {"I-07", "UPDATE stock SET condition = 1, allotted = 1 WHERE allotted > 0"},
    {"I-07", "UPDATE bin SET kind = 3"},
    {"I-08", "INSERT INTO cart SELECT merchant_id, 77, 'r', 0, 0, NULL, 1, 1, 0 FROM merchant"},
    {"I-08", "INSERT INTO cart SELECT merchant_id, 77, 'r', 0, 1, 99, 1, 1, 0 FROM merchant"},
    {"I-08", "INSERT INTO preorder SELECT merchant_id, min(product_id), 9, 3, NULL FROM product "
             "GROUP BY merchant_id"},
    {"I-03",
     "INSERT INTO cart SELECT merchant_id, 77, 'r', 0, 0, NULL, 1, 1, 0 FROM merchant; "
     "INSERT INTO cart_line SELECT merchant_id, 77, product_id, site_id, 1 FROM availability"},
    {"I-09", "UPDATE order_line SET parent_line = NULL WHERE kind = 2"},
    {"I-09", "UPDATE order_line SET quantity = quantity + 1 WHERE kind = 2"},
    {"I-10", "DELETE FROM stock"},
    {"I-13", "UPDATE order_line SET allocated = allocated - 1 WHERE allocated > 0"},
    {"I-13", "UPDATE order_line SET released = released - 1 WHERE released > 0"},
    {"I-13", "UPDATE order_line SET picked = 1 WHERE released > 0"},
    {"I-13", "UPDATE fulfillment_line SET packed = 1, picked = 1"},
    {"I-13", "UPDATE order_line SET shipped = 1, packed = 1, picked = 1 WHERE released > 0"},
    {"I-13", "UPDATE order_line SET delivered = 1 WHERE released > 0"},
    {"I-14", "UPDATE promise SET consumed = 1"},
    {"I-14", "UPDATE promise SET product_id = 99"},
    {"I-15", "UPDATE fulfillment_line SET packed = 1"},
    {"I-16", "UPDATE order_line SET returned = 1"},
    {"I-16", "UPDATE order_line SET asked_back = 1"},
    {"I-16", A_PACKAGE("7", "1", "10")},
    {"I-16", A_RETURN("1", "0", "NULL") "UPDATE order_line SET asked_back = 1, returned = 1 WHERE"
                                        " order_id = " AN_ORDER " AND line_no = 1"},
    {"I-16", A_RETURN("0", "1", "NULL")},
    {"I-16", A_RETURN("0", "0", "5")},
    {"I-16",
     A_RETURN("0", "0",
              "NULL") "INSERT INTO return_end SELECT merchant_id, 5, 6, 1, 1, 0,"
                      " 7, 0, NULL, NULL, 1, 0 FROM order_return; UPDATE return_line SET ended = 1,"
                      " refund_minor = 7"},
    {"I-17", "UPDATE order_state SET units = units + 1"},
    {"I-17", "UPDATE order_state SET cancelled = 1"},
    {"I-17", "UPDATE order_state SET holds = holds + 1"},
    {"I-17", "UPDATE fulfillment SET tasks_open = tasks_open + 1"},
    {"I-17", "UPDATE fulfillment SET services_open = services_open + 1"},
    {"I-17", "UPDATE stock SET allotted = allotted + 1"},
    {"I-18", "UPDATE order_state SET commercial = 2"},
    {"I-19", "UPDATE order_state SET commercial = 3"},
    {"I-20", "DROP INDEX orders_reference; UPDATE orders SET reference = 'R'"},
    {"I-21", "DELETE FROM fulfillment WHERE order_id = " AN_ORDER
             "; INSERT INTO consumer SELECT merchant_id, 'x', position FROM event_head"},
    {"I-22", "DROP INDEX orders_number; UPDATE orders SET number = 1"},
    {"I-22", "DELETE FROM counter WHERE name = 'order'"},
    {"I-22", A_SERIES("2") AN_INVOICE("5", "0", "2", "9", "10")},
    {"I-22", A_SERIES("2") AN_INVOICE("5", "0", "1", "9", "10")},
    {"I-22",
     A_SERIES("2") AN_INVOICE("5", "0", "1", "9", "10") AN_INVOICE("6", "0", "2", "8", "10")},
    {"I-22", AN_INVOICE("5", "0", "1", "9", "10")},
    {"I-24", A_PACKAGE("2", "1", "1") A_LABEL("5", "'N-1'") "UPDATE label SET ship_to_id = 7"},
    {"I-25", "UPDATE order_line SET total_minor = total_minor + 1"},
    {"I-25",
     "INSERT INTO order_tax SELECT merchant_id, order_id, line_no, line_no, 'standard', 'GB',"
     " '', 'VAT', 200000, 2, 0, 0, total_minor, 1 FROM order_line WHERE kind = 0"},
    {"I-25",
     "INSERT INTO order_tax SELECT merchant_id, order_id, 0, 0, 'standard', 'GB', '', 'VAT',"
     " 200000, 1, 0, 0, 100, 20 FROM orders"},
    {"I-25", "UPDATE orders SET goods_minor = goods_minor + 1, total_minor = total_minor + 1"},
    {"I-27", A_CREDIT("10", "1")},
    {"I-27", A_CREDIT("-5", "5")},
    {"I-27", A_CREDIT("0", "0") "UPDATE money_entry SET credit_id = NULL"},
    {"I-27", "UPDATE payment SET method = 5"},
    {"I-27", A_CREDIT("5", "0") "INSERT INTO money_entry SELECT merchant_id, 7, NULL, NULL, NULL,"
                                " NULL, 2, 2, 5, 'GBP', 1, 0, 0 FROM merchant"},
    {"I-27", A_CREDIT("5", "0") "INSERT INTO money_entry SELECT merchant_id, 7, NULL, 5, NULL,"
                                " NULL, 2, 1, 5, 'GBP', 1, 0, 0 FROM merchant"},
    {"I-28", "UPDATE task SET state = 2"},
    {"I-28", "UPDATE task SET state = 1"},
    {"I-29", "UPDATE payment SET captured_minor = 5"},
    {"I-30", "UPDATE payment SET refunded_minor = 5"},
    {"I-31", "UPDATE payment_intent SET state = 1"},
    {"I-31", "UPDATE payment SET authorised_minor = 5"},
    {"I-32", "DROP INDEX payment_intent_once; INSERT INTO payment_intent SELECT merchant_id,"
             " intent_id + 1000000, order_id, payment_id, kind, amount_minor, purpose_id,"
             " refund_id, state, provider_ref, reason, asked_us, answered_us FROM payment_intent"},
    {"I-34", "UPDATE payment_intent SET provider_ref = 'auth_1'"},
    {"I-35", "UPDATE payment_intent SET state = 1, kind = 1"},
    {"I-35",
     "INSERT INTO money_entry SELECT merchant_id, 5, order_id, payment_id, NULL, NULL, 2, 2, 5,"
     " 'GBP', 1, 0, 0 FROM payment WHERE order_id = (SELECT max(order_id) FROM payment)"},
    {"I-35",
     "INSERT INTO money_entry SELECT merchant_id, 5, order_id, payment_id, NULL, NULL, 1, 2, 5,"
     " 'EUR', 1, 0, 0 FROM payment WHERE order_id = (SELECT max(order_id) FROM payment)"},
    {"I-35", "UPDATE payment SET authorised_minor = 5, captured_minor = 5"},
    {"I-35", "UPDATE payment SET authorised_minor = 5 WHERE method = 3"},
    {"I-36", "UPDATE order_state SET shipped = 1"},
    {"I-37",
     "INSERT INTO refund SELECT merchant_id, 5, order_id, 5, 0, 0, 2, 100, 0, 0, 0, 0, NULL,"
     " NULL, 0, 1, 2 FROM orders WHERE order_id = " AN_ORDER},
    {"I-37",
     "INSERT INTO refund SELECT merchant_id, 5, order_id, 5, 0, 0, 1, 100, 0, 0, 0, 0, NULL,"
     " NULL, 0, 1, NULL FROM orders WHERE order_id = " AN_ORDER},
    {"I-37",
     "INSERT INTO refund SELECT merchant_id, 5, order_id, 5, 0, 0, 0, 100, 0, 60, 0, 0, NULL,"
     " NULL, 0, 1, NULL FROM orders WHERE order_id = " AN_ORDER},
    {"I-38", "DELETE FROM job;"
             "INSERT INTO consumer SELECT merchant_id, 'x', position FROM event_head"},
    {"I-39",
     "DROP INDEX label_live;" A_PACKAGE("2", "1", "0") A_LABEL("1", "'A'") A_LABEL("2", "'B'")},
    {"I-40", "DROP INDEX label_live; DROP INDEX label_tracking;" A_PACKAGE("2", "1", "0")
                 A_LABEL("1", "'A'") A_LABEL("2", "'A'")},
    {"I-41", A_PACKAGE("3", "NULL", "0")},
    {"I-41", "UPDATE fulfillment SET state = 11;" A_PACKAGE("3", "1", "0")},
    {"I-42",
     A_PACKAGE("4", "1", "3") "INSERT INTO tracking_event SELECT merchant_id, package_id, 5,"
                              " 9, 'D', NULL, NULL, 6 FROM package"},
    {"I-42", A_PACKAGE("5", "1", "9")},
    {"I-44", "DELETE FROM event WHERE order_id = " AN_ORDER},
    {"I-44", "DELETE FROM event WHERE version = 1 AND order_id = " AN_ORDER},
    {"I-44", "UPDATE event SET version = version + 90"},
    {"I-45", "UPDATE event_head SET position = position + 1"},
    {"I-45", "DELETE FROM event WHERE position = 2"},
    {"I-45",
     "INSERT INTO reaction_skip SELECT merchant_id, 'mail', position + 1, 1, NULL, 'x', 'y',"
     " 1, 1 FROM event_head"},
    {"I-45", "INSERT INTO reaction_skip SELECT merchant_id, 'mail', position, kind + 1, order_id,"
             " 'x', 'y', 1, 1 FROM event WHERE position = 2"},
    {"I-45", "INSERT INTO consumer SELECT merchant_id, 'mail', position + 1 FROM event_head"},
    {"I-45", "INSERT INTO job SELECT merchant_id, 5, 1, 1, 1, 1, 0, 1, 12, NULL FROM event_head"},
    {"I-46", "DROP INDEX message_once; INSERT INTO message SELECT merchant_id, number, " AN_ORDER
             ", 1, 'a@b.example', 1, NULL, 1, NULL, 1, NULL FROM orders"},
    {"I-47", "INSERT INTO command_key SELECT merchant_id, number, 1, number FROM orders"},
    {"I-50", "UPDATE event SET at_us = 9000000000000000"},
    {"I-51", "UPDATE event SET body = 'x' WHERE position = 3"},
    {"I-51", "UPDATE event SET actor_id = actor_id + 1 WHERE order_id = " AN_ORDER},
    {"I-51", "UPDATE event SET hash = (SELECT hash FROM event e WHERE e.position = 2)"
             " WHERE position = 3"},
    {"I-53", "DELETE FROM orders WHERE order_id = " AN_ORDER},
    {"I-53", "DELETE FROM order_state"},
    {"I-53", "DELETE FROM fulfillment"},
    {"I-53", "DELETE FROM bin"},
    {"I-53", "DELETE FROM payment"},
    {"I-53", A_RETURN("0", "0", "NULL") "INSERT INTO return_fact SELECT merchant_id, 5, 6, 9, 1, 0,"
                                        " 1, 1, 2, 5, '', NULL, NULL, 1, 0 FROM order_return"},
    {"I-53", A_RETURN("0", "0", "NULL") "INSERT INTO return_end SELECT merchant_id, 5, 6, 9, 1, 0,"
                                        " 0, 0, NULL, NULL, 1, 0 FROM order_return"},
    {"I-53", A_RETURN("0", "0", "NULL") "DELETE FROM order_return"},
    {"I-53", "INSERT INTO refund SELECT merchant_id, 5, 5, 5, 0, 0, 0, 100, 0, 0, 0, 0, NULL,"
             " NULL, 0, 1, NULL FROM merchant"},
    {"I-53", "INSERT INTO care_case SELECT merchant_id, 5, 6, 0, 'broken', 0, 1, 1, NULL, NULL,"
             " NULL, NULL, NULL, NULL, NULL, NULL FROM merchant"},
    {"I-53", A_CLAIM("0", "0", "NULL")},
    {"I-53", "INSERT INTO sourcing_decision SELECT merchant_id, 5, 6, 0, 0, 1, 0, '', '', 1"
             " FROM merchant"},
    {"I-53",
     "INSERT INTO asn_line SELECT merchant_id, 5, 1, NULL, 'x', '', 1, 0, 0, 1, 0 FROM merchant"},
    {"I-55", "UPDATE orders SET note = 'call, or 4111 1111 1111 1111' WHERE order_id = " AN_ORDER},
    {"I-55", "UPDATE order_line SET wording = '378282246310005' WHERE order_id = " AN_ORDER},
    {"I-56", A_PERSON("'secret'", "NULL", "NULL")},
    {"I-56", A_PERSON("NULL", "'1234'", "NULL")},
    {"I-56", A_SESSION("'a token'")},
    {"I-56", "INSERT INTO api_key SELECT 5, merchant_id, 'till', 'a key', 1, 1, NULL, NULL, NULL, 0"
             " FROM merchant"},
    {"I-59", A_SESSION(A_HASH)},
    {"I-59", A_PERSON("NULL", "NULL", "7") A_SESSION(A_HASH)},
    {"I-59", "INSERT INTO api_key SELECT 5, merchant_id, 'till', " A_HASH
             ", 1, 1, NULL, NULL, 9, 0 FROM merchant"},
    {"I-62", "UPDATE schema_migration SET checksum = 1"},
    {"I-62", "INSERT INTO schema_migration VALUES (999, 'later', 1, 1, 999)"},
    {"I-67", AN_ASN("1", "NULL") "INSERT INTO asn_line SELECT merchant_id, 5, 1, product_id, NULL,"
                                 " '', 9, 4, 0, 5, 0 FROM product WHERE sku = 'MUG'"},
    {"I-67", AN_ASN("0", "NULL") "INSERT INTO asn_line SELECT merchant_id, 5, 1, NULL, 'x', '', 9,"
                                 " 4, 0, 5, 0 FROM merchant"},
    {"I-67", AN_ASN("1", "NULL") "UPDATE stock_entry SET reason = 0, subject_id = 5"},
    {"I-67", AN_ASN("2", "NULL")},
    {"I-67", AN_ASN("1", "8")},
    {"I-68", A_STOCK_TASK("1", "NULL")},
    {"I-68", A_STOCK_TASK("2", "NULL")},
    {"I-68", A_STOCK_TASK("0", "8")},
    {"I-69", A_CLAIM("0", "5", "NULL")},
    {"I-69", A_CLAIM("2", "5", "NULL")},
    {"I-69", A_CLAIM("1", "0", "8")},
    {"I-73", AN_OWNER "UPDATE product SET owner_id = 8 WHERE sku = 'MUG'"},
    {"I-73", AN_OWNER "UPDATE orders SET owner_id = 8 WHERE order_id = " AN_ORDER},
    {"I-73", "UPDATE orders SET owner_id = 8 WHERE order_id = " AN_ORDER},
    {"I-73", AN_OWNER A_CREDIT("0", "0") "UPDATE credit SET owner_id = 8, customer_id = NULL;"
                                         "INSERT INTO payment SELECT merchant_id, order_id, 77, 6, "
                                         "'', NULL, 'GBP', 0, 0, 0, 0, 0, 5, 1 FROM orders WHERE "
                                         "order_id = " AN_ORDER},
    {"I-73", AN_OWNER "UPDATE promise SET product_id = (SELECT max(product_id) FROM product);"
                      "UPDATE product SET owner_id = 8 WHERE product_id = (SELECT max(product_id)"
                      " FROM product)"},
    {"I-73", AN_OWNER "INSERT INTO kit_part SELECT merchant_id, min(product_id), max(product_id), 1"
                      " FROM product GROUP BY merchant_id; UPDATE product SET owner_id = 8"
                      " WHERE product_id = (SELECT min(product_id) FROM product)"},
    {"I-73", AN_OWNER "INSERT INTO cart SELECT merchant_id, 77, 'r', 0, 0, NULL, 1, 1, 8 FROM "
                      "merchant; INSERT INTO cart_line SELECT merchant_id, 77, product_id, site_id,"
                      " 1 FROM availability"},
    {"I-73",
     AN_OWNER AN_ASN("0", "NULL") "UPDATE asn SET owner_id = 8; INSERT INTO asn_line SELECT"
                                  " merchant_id, 5, 1, product_id, NULL, '', 9, 0, 0, 9, 0 FROM"
                                  " product WHERE sku = 'MUG'"},
    {"I-73", "UPDATE stock_entry SET reason = 18, subject_id = 5"},
    {"I-73", A_PERSON("NULL", "NULL", "NULL") "UPDATE person SET owner_id = 8"},
    {"I-73", "INSERT INTO api_key SELECT 5, merchant_id, 'till', " A_HASH
             ", 1, 1, NULL, NULL, NULL, 8 FROM merchant"},
    {"I-70", AN_INVOICE("5", "0", "1", "9", "10") "UPDATE invoice_line SET net_minor = 9"},
    {"I-70", AN_INVOICE("5", "0", "1", "9", "10") "UPDATE invoice_line SET tax_minor = 1"},
    {"I-70", AN_INVOICE("5", "0", "1", "9", "10") AN_INVOICE("6", "1", "2", "9", "11")},
    {"I-70",
     AN_INVOICE(
         "5", "1", "1",
         "9",
         "10") "UPDATE invoice SET refund_id = 7;"
               "INSERT INTO refund SELECT merchant_id, 7, order_id, 5, 0, 0, 2, 100, 9, 100, 0, 0,"
               " NULL, NULL, 0, 1, 2 FROM orders WHERE order_id = " AN_ORDER},
    {"I-70",
     AN_INVOICE(
         "5", "0", "1",
         "9",
         "10") "UPDATE order_state SET shipped = units;"
               "INSERT INTO consumer SELECT merchant_id, 'invoicing_on', position FROM event_head"},
    {"I-71", A_QUESTION("1", "NULL", "1", "2")},
    {"I-71", A_QUESTION("0", "NULL", "NULL", "NULL")},
    {"I-71", A_QUESTION("2", "77", "NULL", "2") "INSERT INTO cart SELECT merchant_id, 77, 'r', 0, "
                                                "0, NULL, 1, 1, 0 FROM merchant"},
    {"I-71",
     "INSERT INTO substitution SELECT merchant_id, order_id, 5, line_no, 1, 7, product_id, "
     "1, 1, 9, 0, 0, NULL, line_no, 1, 9, 2, 2, NULL, 0 FROM order_line WHERE order_id = " AN_ORDER
     " AND line_no = 1"},
    {"I-72", A_DUE("8", "0")},
    {"I-72", A_DUE("9", "3")},
    {"I-72", A_DUE("9", "4") AN_EARMARK("3", "0")},
    {"I-72", A_DUE("9", "10")},
    {"I-72", A_DUE("9", "0") AN_EARMARK("0", "2")},
    {"I-72", "UPDATE availability SET earmarked = 1"},
    {"I-72", A_DUE("9", "1") AN_EARMARK("1", "0")}, /* the line is short of nothing */
    {"I-72", A_DUE("9", "1") AN_EARMARK("1", "0") "UPDATE order_line SET allocated = 0;"
                                                  "UPDATE earmark SET site_id = site_id + 1"},
    {"I-74", A_PACKAGE("1", "5", "0") "UPDATE package SET inside_id = 76"},
    {"I-74",
     A_PARCEL("1", "77", "0", "1") "UPDATE package SET inside_id = 78 WHERE package_id = 77"},
    {"I-74", A_PARCEL("3", "77", "1", "1")},
    {"I-74", A_PARCEL("1", "77", "1", "1") "UPDATE package SET site_id = 5 WHERE package_id = 78"},
    {"I-74",
     A_PARCEL("1", "77", "1", "1") "UPDATE package SET order_id = (SELECT max(order_id) FROM "
                                   "orders) WHERE package_id = 78;"
                                   "UPDATE orders SET owner_id = 8 WHERE order_id = " AN_ORDER},
    {"I-74", A_PARCEL("1", "77", "1", "1") A_LABEL("5", "NULL")},
    {"I-74", A_PARCEL("1", "77", "2", "1")},
};

/* So that rules the database itself keeps can be broken as well. */
static enum err let_all_in(struct ctx *c)
{
    if (store_engine(c->store) == DB_SQLITE)
        return db_script(c, "PRAGMA ignore_check_constraints = ON");
    return db_script(c, "DO $$ DECLARE r record; BEGIN"
                        " FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint"
                        " WHERE contype = 'c' AND connamespace = current_schema()::regnamespace"
                        " LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname);"
                        " END LOOP; END $$");
}

struct planting {
    const struct plant *plant;
    struct audit_finding finding;
};

static enum err plant_and_ask(struct ctx *c, void *arg)
{
    struct planting *p = arg;
    const struct audit_invariant *i = audit_find(text_of(p->plant->id));
    p->finding = (struct audit_finding){.of = i};
    TRY(let_all_in(c));
    TRY(db_script(c, p->plant->sql));
    return audit_ask(c, i, &p->finding);
}

TEST_BOTH(audit, finds_whatever_is_wrong_by_its_number)
{
    if (!open_busy_shop(w)) return;
    for (size_t i = 0; i < sizeof plants / sizeof *plants; i++) {
        struct planting p = {.plant = &plants[i]};
        enum err e = db_preview(&w->ctx, plant_and_ask, &p);
        if (e != OK)
            test_fail(__FILE__, __LINE__, "%s %s: %s", plants[i].id, plants[i].sql,
                      w->ctx.fault.detail);
        else if (!p.finding.differences || !p.finding.example_count || !p.finding.rows)
            test_fail(__FILE__, __LINE__, "%s does not see: %s", plants[i].id, plants[i].sql);
        else if (!*p.finding.examples[0].subject || !*p.finding.examples[0].what)
            test_fail(__FILE__, __LINE__, "%s does not say what differs", plants[i].id);
    }
    world_audit(w); /* nothing of it was kept */
}

TEST_BOTH(audit, says_what_differs_and_by_how_much)
{
    if (!open_busy_shop(w)) return;
    struct plant plant = {"I-13", "UPDATE order_line SET picked = 2 WHERE order_id = " AN_ORDER};
    struct planting p = {.plant = &plant};
    CHECK_OK(&w->ctx, db_preview(&w->ctx, plant_and_ask, &p));
    CHECK_I64(1, p.finding.differences);
    CHECK_TEXT("picked", text_of(p.finding.examples[0].what));
    CHECK_I64(NONE, p.finding.examples[0].expected);
    CHECK_I64(2, p.finding.examples[0].actual); /* more than the facts say */
    CHECK(text_ends(text_of(p.finding.examples[0].subject), T(" line 1")));
}

static const struct audit_finding *finding_of(const struct audit_report *r, const char *id)
{
    return &r->findings[audit_find(text_of(id)) - audit_invariants];
}

/* Several share a pass through the events or the stock: each hears of its own. */
TEST_BOTH(audit, hears_the_same_whether_one_or_all_are_asked)
{
    static const char *const shared[] = {"I-01", "I-07", "I-10", "I-18", "I-44", "I-50", "I-51"};
    static const char broken[] =
        "UPDATE stock SET on_hand = on_hand + 1;"
        "UPDATE order_state SET commercial = 2 WHERE order_id = " AN_ORDER ";"
        "UPDATE event SET version = version + 90 WHERE version > 1 AND order_id = " AN_ORDER ";"
        "UPDATE event SET at_us = 9000000000000000 WHERE position = (SELECT min(position)"
        " FROM event WHERE order_id IS NOT NULL)";
    if (!open_busy_shop(w)) return;
    CHECK_OK(&w->ctx, world_script(w, broken));
    struct audit_report *all = arena_new(&w->arena, struct audit_report, 1);
    CHECK_OK(&w->ctx, audit_run(&w->ctx, all));
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        struct audit_report *one = arena_new(&w->arena, struct audit_report, 1);
        one->only = audit_find(text_of(shared[i]));
        CHECK_OK(&w->ctx, audit_run(&w->ctx, one));
        const struct audit_finding *a = finding_of(all, shared[i]), *b = finding_of(one, shared[i]);
        CHECK(a->differences > 0);
        CHECK_I64(b->differences, a->differences);
        CHECK_I64(b->rows, a->rows);
        CHECK_TEXT(b->examples[0].subject, text_of(a->examples[0].subject));
    }
}

/* --- a damaged file -------------------------------------------------------------------------- */

/* The last byte of a page of an index: the end of the entry that was written first. */
static void damage(struct world *w, const char *index)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", index);
    int64_t page = world_ask(w, sql), size = world_ask(w, "PRAGMA page_size");
    store_close(w->store); /* all of it is in the one file now */
    w->store = NULL;
    FILE *f = fopen(w->address, "r+b");
    CHECK(f != NULL);
    if (!f) return;
    CHECK(fseek(f, (long)(page * size - 1), SEEK_SET) == 0);
    int byte = fgetc(f);
    CHECK(fseek(f, -1, SEEK_CUR) == 0);
    CHECK(fputc(byte ^ 1, f) != EOF);
    CHECK(fclose(f) == 0);
}

TEST(audit, a_bit_that_fell_over_in_the_file_is_found)
{
    struct world w = {0};
    if (!world_open(&w, DB_SQLITE)) return;
    if (open_busy_shop(&w)) {
        damage(&w, "event_of_order");
        struct audit_report *r = arena_new(&w.arena, struct audit_report, 1);
        struct store_options reading = {.read_only = true};
        r->only = audit_find(T("I-61"));
        CHECK_OK(&w.ctx, store_open(&w.ctx, text_of(w.address), reading, &w.store));
        CHECK_OK(&w.ctx, audit_run(&w.ctx, r));
        CHECK_I64(1, r->differences);
        CHECK(r->rows > 50); /* table by table */
        CHECK_TEXT("pages and rows that are damaged",
                   text_of(finding_of(r, "I-61")->examples[0].what));
    }
    world_close(&w);
}

/* --- since ----------------------------------------------------------------------------------- */

static enum err break_it(struct ctx *c, void *arg) { return db_script(c, arg); }

static void pass_an_hour(struct world *w)
{
    source_advance_us(&w->source, HOUR_US);
    w->ctx.now_us = source_now_us(&w->source);
}

/* What was so before is not looked at; what is told of after it is, with its stock. */
TEST_BOTH(audit, since_a_position_looks_at_what_changed_after_it)
{
    static char old_line[] = "UPDATE order_line SET total_minor = total_minor + 1"
                             " WHERE order_id = (SELECT min(order_id) FROM orders)";
    static char new_line[] = "UPDATE order_line SET total_minor = total_minor + 1"
                             " WHERE order_id = (SELECT max(order_id) FROM orders)";
    static char old_stock[] = "UPDATE stock SET on_hand = on_hand + 1 WHERE product_id ="
                              " (SELECT product_id FROM product WHERE sku = 'LAMP')";
    static char new_stock[] = "UPDATE stock SET on_hand = on_hand + 1 WHERE product_id ="
                              " (SELECT product_id FROM product WHERE sku = 'MUG')";
    if (!open_busy_shop(w)) return;
    struct audit_report *report = arena_new(&w->arena, struct audit_report, 4);
    int64_t position = NONE;
    pass_an_hour(w);
    shop_order(w, "PEN", 1);
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &position));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, break_it, old_line));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, break_it, old_stock));
    pass_an_hour(w);
    shop_order(w, "MUG", 1);
    for (size_t i = 0; i < 4; i++) report[i].since_position = position;
    CHECK_OK(&w->ctx, audit_run(&w->ctx, &report[0]));
    CHECK_I64(0, report[0].differences);
    CHECK_I64(1, report[0].cover.orders);
    CHECK_I64(1, report[0].cover.products);
    CHECK_I64(position, report[0].cover.position);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, break_it, new_line));
    CHECK_OK(&w->ctx, audit_run(&w->ctx, &report[1]));
    CHECK_I64(2, report[1].differences); /* the line's total, and the order's */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, break_it, new_stock));
    report[2].threads = 3;
    CHECK_OK(&w->ctx, audit_run(&w->ctx, &report[2]));
    CHECK(report[2].differences > report[1].differences);
    report[3].since_position = 0;
    report[3].since_us = w->ctx.now_us;
    CHECK_OK(&w->ctx, audit_run(&w->ctx, &report[3]));
    CHECK_I64(1, report[3].cover.orders);
    CHECK_I64(report[2].differences, report[3].differences);
    report[3] = (struct audit_report){.since_position = 100000};
    CHECK_I64(ERR_INVALID, audit_run(&w->ctx, &report[3]));
    CHECK_TEXT("unknown_position", text_of(w->ctx.fault.reason));
}

TEST(audit, every_invariant_is_planted_asked_or_given_a_reason)
{
    const char *before = "";
    for (const struct audit_invariant *i = audit_invariants; i->id; i++) {
        bool is_planted = strcmp(i->id, "I-61") == 0; /* in the file, see above */
        for (size_t p = 0; p < sizeof plants / sizeof *plants; p++)
            is_planted = is_planted || strcmp(plants[p].id, i->id) == 0;
        if (!is_planted) test_fail(__FILE__, __LINE__, "nothing breaks %s", i->id);
        CHECK(strcmp(before, i->id) < 0);
        before = i->id;
        for (const struct audit_omission *o = audit_omissions; o->id; o++)
            CHECK(strcmp(o->id, i->id) != 0);
    }
    for (int n = 1; n <= 66; n++) {
        char id[16];
        snprintf(id, sizeof id, "I-%02d", n);
        bool is_named = audit_find(text_of(id)) != NULL;
        for (const struct audit_omission *o = audit_omissions; o->id; o++)
            is_named = is_named || strcmp(o->id, id) == 0;
        if (!is_named) test_fail(__FILE__, __LINE__, "%s is neither asked nor given a reason", id);
    }
}
