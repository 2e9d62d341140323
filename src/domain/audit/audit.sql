-- What the audit asks. Each statement tells the rows that differ and, as its last row without a
-- `what`, how many rows it looked at; so each answer is of one instant, also while others write.
-- Facts and what is kept beside them are laid on one heap and summed by key: one pass per table.
-- Where only the difference is known, `expected` is NULL and `actual` is what is kept less the facts.
-- Numbers of enumerations are pinned in audit.c.
--
-- Where $2 and $3 stand after the merchant, they are the first and the last order that is asked for:
-- the program goes through the orders in ranges, several at once, so that sorting stays small.

-- name: audit_stock_flow
-- Every unit's way and what is kept of it, for the program to sum up (PostgreSQL sums up first).
--sqlite: SELECT from_place, to_place, product_id, lot, from_condition, to_condition, quantity AS moved, 0 AS kept
--sqlite:   FROM stock_entry WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[])
--pg: SELECT CAST(0 AS BIGINT) AS from_place, place_id AS to_place, product_id, lot, 0 AS from_condition,
--pg:        condition AS to_condition, sum(quantity) AS moved, 0 AS kept
--pg:   FROM (SELECT to_place AS place_id, product_id, lot, to_condition AS condition, quantity
--pg:           FROM stock_entry WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[])
--pg:         UNION ALL
--pg:         SELECT from_place, product_id, lot, from_condition, -quantity
--pg:           FROM stock_entry WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[])) AS t
--pg:  GROUP BY place_id, product_id, lot, condition HAVING sum(quantity) <> 0
UNION ALL
SELECT 0, place_id, product_id, lot, 0, condition, 0, on_hand
  FROM stock WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[])
UNION ALL
SELECT 0, fulfillment_id, product_id, '', 0, 0, 0, picked - packed
  FROM fulfillment_line WHERE merchant_id = $1 AND picked <> packed AND ($2 = 1 OR product_id IN $3[])
UNION ALL
SELECT 0, l.package_id, l.product_id, '', 0, 0, 0, l.quantity
  FROM package p JOIN package_line l ON l.merchant_id = p.merchant_id AND l.package_id = p.package_id
 WHERE p.merchant_id = $1 AND p.state < 3 AND ($2 = 1 OR l.product_id IN $3[])

-- name: audit_bins
SELECT bin_id AS id FROM bin WHERE merchant_id = $1

-- name: audit_tables
-- What the engine can check of itself side by side; the events take longest.
--sqlite: SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name <> 'event', name
--pg: SELECT '' AS name

-- name: audit_range
-- The order that begins the next range.
SELECT order_id FROM order_state WHERE merchant_id = $1 AND order_id >= $2 ORDER BY order_id LIMIT 1 OFFSET $3

-- name: audit_orders_between
SELECT order_id AS id FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 ORDER BY order_id

-- name: audit_position_us
SELECT at_us FROM event WHERE merchant_id = $1 AND position = $2

-- name: audit_head
SELECT position FROM event_head WHERE merchant_id = $1

-- name: audit_since_orders
SELECT DISTINCT order_id AS id FROM event WHERE merchant_id = $1 AND position > $2 AND order_id IS NOT NULL ORDER BY order_id

-- name: audit_since_products
SELECT product_id AS id FROM stock_entry WHERE merchant_id = $1 AND entry_id >= $2
UNION
SELECT p.product_id FROM promise p WHERE p.merchant_id = $1
   AND p.order_id IN (SELECT order_id FROM event WHERE merchant_id = $1 AND position > $3 AND order_id IS NOT NULL)
UNION
SELECT e.subject_id FROM event e JOIN product p ON p.merchant_id = e.merchant_id AND p.product_id = e.subject_id
 WHERE e.merchant_id = $1 AND e.position > $3

-- name: audit_since_packages
SELECT count(DISTINCT p.package_id)
  FROM event e JOIN package p ON p.merchant_id = e.merchant_id AND p.package_id = e.subject_id
 WHERE e.merchant_id = $1 AND e.position > $2

-- name: audit_expected_goods
-- What came of an expected delivery is booked as received from it.
SELECT 'units received of it' AS what, 'asn' AS kind, asn_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       sum(booked) AS expected, sum(kept) AS actual
  FROM (SELECT asn_id, product_id, received AS kept, 0 AS booked FROM asn_line
         WHERE merchant_id = $1 AND product_id IS NOT NULL
        UNION ALL
        SELECT a.asn_id, e.product_id, 0, e.quantity
          FROM stock_entry e JOIN asn a ON a.merchant_id = e.merchant_id AND a.asn_id = e.subject_id
         WHERE e.merchant_id = $1 AND e.reason = 0 AND e.from_place = 1) AS t
 GROUP BY asn_id, product_id HAVING sum(kept) <> sum(booked)
UNION ALL
SELECT CASE WHEN a.state IN (0, 3) THEN 'goods came before it arrived' ELSE 'closed or not' END, 'asn', a.asn_id, NULL, NULL,
       NULL, NULL
  FROM asn a
  LEFT JOIN (SELECT asn_id, sum(received) AS received FROM asn_line WHERE merchant_id = $1 GROUP BY asn_id) AS l
    ON l.asn_id = a.asn_id
 WHERE a.merchant_id = $1 AND ((a.state IN (0, 3)
    AND coalesce(l.received, 0) > 0) OR (a.state IN (2, 3)) <> (a.closed_us IS NOT NULL))
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM asn_line WHERE merchant_id = $1) + (SELECT count(*)
  FROM asn WHERE merchant_id = $1),
       NULL, NULL, NULL, NULL

-- name: audit_stock_tasks
SELECT CASE WHEN state = 2 THEN 'finished, and not done in full' WHEN state = 1 THEN 'taken by nobody'
            ELSE 'over at no time' END AS what,
       'tsk' AS kind, task_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id, quantity AS expected, done AS actual
  FROM stock_task
 WHERE merchant_id = $1 AND ((state = 1 AND (worker_id IS NULL OR lease_until_us IS NULL))
                             OR (state IN (2, 3)) <> (done_us IS NOT NULL))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM stock_task WHERE merchant_id = $1

-- name: audit_claims
SELECT CASE WHEN paid_minor > amount_minor THEN 'paid beyond what was claimed' WHEN state = 2
   AND paid_minor = 0 THEN 'paid nothing'
            WHEN paid_minor > 0 AND state <> 2 THEN 'paid, and not so told' ELSE 'ended or not' END AS what,
       'clm' AS kind, claim_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       amount_minor AS expected, paid_minor AS actual
  FROM claim
 WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
   AND ((paid_minor > 0 AND state <> 2) OR (state IN (0, 1)) <> (ended_us IS NULL))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM claim WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_credentials
SELECT CASE WHEN password_hash IS NOT NULL
   AND password_hash NOT LIKE '$argon2id$%' THEN 'a password not hashed as it should be'
            ELSE 'a PIN not hashed as it should be' END AS what,
       'usr' AS kind, person_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM person
 WHERE merchant_id = $1 AND ((password_hash IS NOT NULL AND password_hash NOT LIKE '$argon2id$%')
                             OR (pin_hash IS NOT NULL AND pin_hash NOT LIKE '$argon2id$%'))
UNION ALL
SELECT 'a session whose token is no hash', 'usr', person_id, NULL, NULL, 32, length(token_hash)
  FROM session WHERE merchant_id = $1 AND length(token_hash) < 32
UNION ALL
SELECT 'a key that is no hash', 'key', key_id, NULL, NULL, 32, length(key_hash)
  FROM api_key WHERE merchant_id = $1 AND length(key_hash) < 32
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM person WHERE merchant_id = $1) + (SELECT count(*)
  FROM session WHERE merchant_id = $1)
                 + (SELECT count(*) FROM api_key WHERE merchant_id = $1), NULL, NULL, NULL, NULL

-- name: audit_sessions
SELECT CASE WHEN p.person_id IS NULL THEN 'a session of nobody' ELSE 'a session that outlives its person' END AS what, 'usr' AS kind,
       s.person_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM session s LEFT JOIN person p ON p.merchant_id = s.merchant_id AND p.person_id = s.person_id
 WHERE s.merchant_id = $1 AND (p.person_id IS NULL OR (p.disabled_us IS NOT NULL AND s.ended_us IS NULL
    AND s.expires_us > $2))
UNION ALL
SELECT 'a key of nobody', 'key', k.key_id, NULL, NULL, NULL, NULL
  FROM api_key k LEFT JOIN person p ON p.merchant_id = k.merchant_id AND p.person_id = k.person_id
 WHERE k.merchant_id = $1 AND k.person_id IS NOT NULL AND p.person_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM session WHERE merchant_id = $1) + (SELECT count(*)
  FROM api_key WHERE merchant_id = $1),
       NULL, NULL, NULL, NULL

-- name: audit_below_zero
SELECT 'on hand' AS what, 'plc' AS kind, place_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       CAST(0 AS BIGINT) AS expected, on_hand AS actual FROM stock WHERE merchant_id = $1
          AND ($2 = 1 OR product_id IN $3[]) AND on_hand < 0
UNION ALL
SELECT 'allotted', 'plc', place_id, NULL, product_id, 0, allotted FROM stock WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[]) AND allotted < 0
UNION ALL
SELECT 'sellable', 'sit', site_id, NULL, product_id, 0, sellable FROM availability WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[]) AND sellable < 0
UNION ALL
SELECT 'promised', 'sit', site_id, NULL, product_id, 0, promised FROM availability WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[]) AND promised < 0
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM stock WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[]))
                 + (SELECT count(*) FROM availability WHERE merchant_id = $1
                    AND ($2 = 1 OR product_id IN $3[])), NULL, NULL, NULL, NULL

-- name: audit_oversold
-- Units that were lost after they had been promised are no overselling: a shortage, and seen as one.
SELECT 'promised beyond what is there' AS what, 'sit' AS kind, site_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       sum(sellable) + sum(lost) AS expected, sum(promised) AS actual
  FROM (SELECT site_id, product_id, sellable, promised, 0 AS lost FROM availability WHERE merchant_id = $1
     AND ($2 = 1 OR product_id IN $3[])
        UNION ALL
        SELECT b.site_id, e.product_id, 0, 0, e.quantity
          FROM stock_entry e JOIN bin b ON b.merchant_id = e.merchant_id AND b.bin_id = e.from_place
         WHERE e.merchant_id = $1 AND ($2 = 1 OR e.product_id IN $3[])
            AND (e.to_place IN (3, 4) OR (e.from_condition = 0 AND e.to_condition <> 0))) AS t
 GROUP BY site_id, product_id HAVING sum(promised) > sum(sellable) + sum(lost)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM availability WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[])

-- name: audit_promised
SELECT 'promised' AS what, 'sit' AS kind, site_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       sum(open) AS expected, sum(kept) AS actual
  FROM (SELECT site_id, product_id, quantity - consumed - released AS open, 0 AS kept
          FROM promise WHERE merchant_id = $1 AND quantity <> consumed + released AND ($2 = 1 OR product_id IN $3[])
        UNION ALL
        SELECT l.site_id, l.product_id, l.quantity, 0
          FROM cart k JOIN cart_line l ON l.merchant_id = k.merchant_id AND l.cart_id = k.cart_id
         WHERE k.merchant_id = $1 AND k.state = 0 AND ($2 = 1 OR l.product_id IN $3[])
        UNION ALL
        SELECT site_id, product_id, 0, promised FROM availability WHERE merchant_id = $1
           AND ($2 = 1 OR product_id IN $3[])) AS t
 GROUP BY site_id, product_id HAVING sum(open) <> sum(kept)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM availability WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[])), NULL, NULL, NULL, NULL

-- name: audit_sellable
SELECT 'sellable' AS what, 'sit' AS kind, site_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       sum(there) AS expected, sum(kept) AS actual
  FROM (SELECT site_id, product_id, on_hand AS there, 0 AS kept FROM stock WHERE merchant_id = $1
     AND ($2 = 1 OR product_id IN $3[]) AND condition = 0
        UNION ALL
        SELECT f.site_id, l.product_id, l.picked - l.packed, 0
          FROM fulfillment f JOIN fulfillment_line l ON l.merchant_id = f.merchant_id AND l.fulfillment_id = f.fulfillment_id
         WHERE f.merchant_id = $1 AND l.picked <> l.packed AND ($2 = 1 OR l.product_id IN $3[])
        UNION ALL
        SELECT p.site_id, l.product_id, l.quantity, 0
          FROM package p JOIN package_line l ON l.merchant_id = p.merchant_id AND l.package_id = p.package_id
         WHERE p.merchant_id = $1 AND ($2 = 1 OR l.product_id IN $3[]) AND p.state < 3
        UNION ALL
        SELECT site_id, product_id, 0, sellable FROM availability WHERE merchant_id = $1
           AND ($2 = 1 OR product_id IN $3[])) AS t
 GROUP BY site_id, product_id HAVING sum(there) <> sum(kept)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM stock WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[])), NULL, NULL, NULL, NULL

-- name: audit_entry_causes
SELECT CASE WHEN p.product_id IS NULL THEN 'an entry of no product'
            WHEN o.order_id IS NULL AND e.order_id IS NOT NULL THEN 'an entry of no order'
            ELSE 'an entry that names no cause' END AS what,
       'ste' AS kind, e.entry_id AS id, CAST(NULL AS BIGINT) AS line_no, e.product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM stock_entry e
  LEFT JOIN product p ON p.merchant_id = e.merchant_id AND p.product_id = e.product_id
  LEFT JOIN orders o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id
 WHERE e.merchant_id = $1
   AND (p.product_id IS NULL OR (e.order_id IS NOT NULL AND o.order_id IS NULL)
        OR (e.reason IN (2, 3, 4) AND (e.order_id IS NULL OR e.subject_id IS NULL)))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM stock_entry WHERE merchant_id = $1

-- name: audit_unsellable
-- What may not be sold is not sent for, and quarantine (bin kind 3) holds nothing that may.
SELECT CASE WHEN s.condition <> 0 THEN 'units that may not be sold are allotted'
            ELSE 'sellable units in quarantine' END AS what,
       'plc' AS kind, s.place_id AS id, CAST(NULL AS BIGINT) AS line_no, s.product_id,
       CAST(0 AS BIGINT) AS expected, CASE WHEN s.condition <> 0 THEN s.allotted ELSE s.on_hand END AS actual
  FROM stock s LEFT JOIN bin b ON b.merchant_id = s.merchant_id AND b.bin_id = s.place_id
 WHERE s.merchant_id = $1 AND ($2 = 1 OR s.product_id IN $3[])
   AND ((s.condition <> 0 AND s.allotted <> 0) OR (s.condition = 0 AND s.on_hand <> 0 AND b.kind = 3))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM stock WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[])

-- name: audit_line_promises
SELECT 'allocated' AS what, 'ord' AS kind, l.order_id AS id, l.line_no, CAST(NULL AS BIGINT) AS product_id,
       coalesce(sum(p.quantity - p.released), 0) AS expected, max(l.allocated) AS actual
  FROM order_line l
  LEFT JOIN promise p ON p.merchant_id = l.merchant_id AND p.order_id = l.order_id AND p.line_no = l.line_no
 WHERE l.merchant_id = $1 AND l.order_id BETWEEN $2 AND $3
 GROUP BY l.order_id, l.line_no HAVING coalesce(sum(p.quantity - p.released), 0) <> max(l.allocated)
UNION ALL
SELECT 'counters out of order', 'ord', order_id, line_no, NULL, NULL, NULL
  FROM order_line
 WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
   AND NOT (delivered >= 0 AND delivered <= shipped AND shipped <= packed AND packed <= picked AND picked <= released
            AND released <= allocated AND allocated <= quantity - cancelled AND cancelled >= 0)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_line_counters
SELECT CASE WHEN released <> 0 THEN 'released' WHEN picked <> 0 THEN 'picked' WHEN packed <> 0 THEN 'packed'
            WHEN shipped <> 0 THEN 'shipped' ELSE 'delivered' END AS what,
       'ord' AS kind, order_id AS id, line_no, CAST(NULL AS BIGINT) AS product_id, CAST(NULL AS BIGINT) AS expected,
       CASE WHEN released <> 0 THEN released WHEN picked <> 0 THEN picked WHEN packed <> 0 THEN packed
            WHEN shipped <> 0 THEN shipped ELSE delivered END AS actual
  FROM (SELECT order_id, line_no, sum(released) AS released, sum(picked) AS picked, sum(packed) AS packed,
               sum(shipped) AS shipped, sum(delivered) AS delivered
          FROM (SELECT order_id, line_no, released, picked, packed, shipped, delivered
                  FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT f.order_id, l.line_no, -l.quantity, -l.picked, -l.packed, 0, 0
                  FROM fulfillment f
                  JOIN fulfillment_line l ON l.merchant_id = f.merchant_id AND l.fulfillment_id = f.fulfillment_id
                 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT p.order_id, l.line_no, 0, 0, 0, -l.quantity,
                       CASE WHEN p.delivered_us IS NULL THEN 0 ELSE -l.quantity END
                  FROM package p JOIN package_line l ON l.merchant_id = p.merchant_id AND l.package_id = p.package_id
                 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND p.state >= 3) AS facts
         GROUP BY order_id, line_no) AS t
 WHERE released <> 0 OR picked <> 0 OR packed <> 0 OR shipped <> 0 OR delivered <> 0
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_promises_used
SELECT 'promises used by what was shipped' AS what, 'ord' AS kind, l.order_id AS id, l.line_no,
       CAST(NULL AS BIGINT) AS product_id, max(l.shipped) AS expected, coalesce(sum(p.consumed), 0) AS actual
  FROM order_line l
  LEFT JOIN promise p ON p.merchant_id = l.merchant_id AND p.order_id = l.order_id AND p.line_no = l.line_no
 WHERE l.merchant_id = $1 AND l.order_id BETWEEN $2 AND $3
 GROUP BY l.order_id, l.line_no HAVING coalesce(sum(p.consumed), 0) <> max(l.shipped)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM promise WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_products_agree
SELECT 'a promise of another product' AS what, 'ord' AS kind, p.order_id AS id, p.line_no, p.product_id,
       l.product_id AS expected, p.product_id AS actual
  FROM promise p JOIN order_line l ON l.merchant_id = p.merchant_id AND l.order_id = p.order_id AND l.line_no = p.line_no
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND p.product_id <> l.product_id
UNION ALL
SELECT 'work on another product', 'ful', w.fulfillment_id, w.line_no, w.product_id, l.product_id, w.product_id
  FROM fulfillment f
  JOIN fulfillment_line w ON w.merchant_id = f.merchant_id AND w.fulfillment_id = f.fulfillment_id
  JOIN order_line l ON l.merchant_id = f.merchant_id AND l.order_id = f.order_id AND l.line_no = w.line_no
 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3 AND w.product_id <> l.product_id
UNION ALL
SELECT 'another product in the package', 'pkg', w.package_id, w.line_no, w.product_id, l.product_id, w.product_id
  FROM package p
  JOIN package_line w ON w.merchant_id = p.merchant_id AND w.package_id = p.package_id
  JOIN order_line l ON l.merchant_id = p.merchant_id AND l.order_id = p.order_id AND l.line_no = w.line_no
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND w.product_id <> l.product_id
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM promise WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_packed
SELECT 'units in packages' AS what, 'ful' AS kind, fulfillment_id AS id, line_no, CAST(NULL AS BIGINT) AS product_id,
       sum(boxed) AS expected, sum(packed) AS actual
  FROM (SELECT f.fulfillment_id, w.line_no, w.packed, 0 AS boxed
          FROM fulfillment f JOIN fulfillment_line w ON w.merchant_id = f.merchant_id AND w.fulfillment_id = f.fulfillment_id
         WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3
        UNION ALL
        SELECT p.fulfillment_id, l.line_no, 0, l.quantity
          FROM package p JOIN package_line l ON l.merchant_id = p.merchant_id AND l.package_id = p.package_id
         WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3) AS t
 GROUP BY fulfillment_id, line_no HAVING sum(packed) <> sum(boxed)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM fulfillment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2
                    AND $3), NULL, NULL, NULL, NULL

-- name: audit_returned
-- What came back less what was sent to the customer again; what was asked back and not given up.
SELECT CASE WHEN sum(came) <> sum(returned) THEN 'returned' WHEN sum(asked) <> sum(asked_back) THEN 'asked back'
            ELSE 'returned beyond what was shipped' END AS what,
       'ord' AS kind, order_id AS id, line_no, CAST(NULL AS BIGINT) AS product_id,
       CASE WHEN sum(came) <> sum(returned) THEN sum(came) WHEN sum(asked) <> sum(asked_back) THEN sum(asked)
            ELSE sum(shipped) END AS expected,
       CASE WHEN sum(came) = sum(returned)
          AND sum(asked) <> sum(asked_back) THEN sum(asked_back) ELSE sum(returned) END AS actual
  FROM (SELECT order_id, line_no, returned, shipped, asked_back, 0 AS came, 0 AS asked
    FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
        UNION ALL
        SELECT r.order_id, l.line_no, 0, 0, 0, l.received - l.sent_back,
               CASE WHEN l.state IN (2, 7) THEN 0 ELSE l.quantity - l.sent_back END
          FROM order_return r JOIN return_line l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id
         WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3) AS t
 GROUP BY order_id, line_no
HAVING sum(came) <> sum(returned) OR sum(asked) <> sum(asked_back) OR sum(returned) > sum(shipped)
UNION ALL
SELECT 'a parcel that came back without its return', 'pkg', p.package_id, NULL, NULL, NULL, NULL
  FROM package p LEFT JOIN order_return r ON r.merchant_id = p.merchant_id AND r.package_id = p.package_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND p.state = 7 AND r.return_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM order_return x -- its units may have been answered while it was on the road
                    WHERE x.merchant_id = p.merchant_id AND x.order_id = p.order_id)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_return_facts
SELECT CASE WHEN received <> 0 THEN 'received' WHEN waiting <> 0 THEN 'waiting' WHEN quarantined <> 0 THEN 'in quarantine'
            WHEN repairing <> 0 THEN 'in repair' WHEN restocked <> 0 THEN 'restocked' WHEN scrapped <> 0 THEN 'scrapped'
            ELSE 'sent back' END AS what,
       'ret' AS kind, return_id AS id, line_no, CAST(NULL AS BIGINT) AS product_id, CAST(NULL AS BIGINT) AS expected,
       CASE WHEN received <> 0 THEN received WHEN waiting <> 0 THEN waiting WHEN quarantined <> 0 THEN quarantined
            WHEN repairing <> 0 THEN repairing WHEN restocked <> 0 THEN restocked WHEN scrapped <> 0 THEN scrapped
            ELSE sent_back END AS actual
  FROM (SELECT return_id, line_no, sum(received) AS received, sum(waiting) AS waiting, sum(quarantined) AS quarantined,
               sum(repairing) AS repairing, sum(restocked) AS restocked, sum(scrapped) AS scrapped, sum(sent_back) AS sent_back
          FROM (SELECT l.return_id, l.line_no, l.received, l.waiting, l.quarantined, l.repairing, l.restocked, l.scrapped,
                       l.sent_back
                  FROM order_return r JOIN return_line l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id
                 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT f.return_id, f.line_no, CASE WHEN from_heap = 0 THEN -quantity ELSE 0 END,
                       CASE WHEN from_heap = 1 THEN quantity WHEN to_heap = 1 THEN -quantity ELSE 0 END,
                       CASE WHEN from_heap = 2 THEN quantity WHEN to_heap = 2 THEN -quantity ELSE 0 END,
                       CASE WHEN from_heap = 3 THEN quantity WHEN to_heap = 3 THEN -quantity ELSE 0 END,
                       CASE WHEN to_heap = 4 THEN -quantity ELSE 0 END,
                       CASE WHEN to_heap = 5 THEN -quantity ELSE 0 END,
                       CASE WHEN to_heap = 6 THEN -quantity ELSE 0 END
                  FROM order_return r JOIN return_fact f ON f.merchant_id = r.merchant_id AND f.return_id = r.return_id
                 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3) AS facts
         GROUP BY return_id, line_no) AS t
 WHERE received <> 0 OR waiting <> 0 OR quarantined <> 0 OR repairing <> 0 OR restocked <> 0 OR scrapped <> 0 OR sent_back <> 0
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_return WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_return_ends
-- A line's units with an end and their refunds; each refund is owed once, under its end.
SELECT CASE WHEN ended <> 0 THEN 'units with an end' ELSE 'refunds of the line' END AS what, 'ret' AS kind, return_id AS id,
       line_no, CAST(NULL AS BIGINT) AS product_id, CAST(NULL AS BIGINT) AS expected,
       CASE WHEN ended <> 0 THEN ended ELSE refund END AS actual
  FROM (SELECT return_id, line_no, sum(ended) AS ended, sum(refund) AS refund
          FROM (SELECT l.return_id, l.line_no, l.ended, l.refund_minor AS refund
                  FROM order_return r JOIN return_line l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id
                 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT e.return_id, e.line_no, -e.quantity, -e.refund_minor
                  FROM order_return r JOIN return_end e ON e.merchant_id = r.merchant_id AND e.return_id = r.return_id
                 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3) AS facts
         GROUP BY return_id, line_no) AS t
 WHERE ended <> 0 OR refund <> 0
UNION ALL
SELECT 'the refund owed for it', 'ret', e.return_id, e.line_no, NULL, e.refund_minor, f.amount_minor
  FROM order_return r
  JOIN return_end e ON e.merchant_id = r.merchant_id AND e.return_id = r.return_id
  LEFT JOIN refund f ON f.merchant_id = e.merchant_id AND f.order_id = r.order_id AND f.purpose_id = e.end_id
 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3 AND e.refund_minor <> coalesce(f.amount_minor, 0)
UNION ALL
SELECT 'settled or not', 'ret', r.return_id, NULL, NULL, sum(CASE WHEN l.state IN (2, 6, 7) THEN 0 ELSE 1 END),
       CASE WHEN max(coalesce(r.settled_us, 0)) > 0 THEN 0 ELSE 1 END
  FROM order_return r JOIN return_line l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id
 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3
 GROUP BY r.return_id
HAVING (sum(CASE WHEN l.state IN (2, 6, 7) THEN 0 ELSE 1 END) = 0) <> (max(coalesce(r.settled_us, 0)) > 0)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_return WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_order_sums
SELECT CASE WHEN units <> 0 THEN 'units' WHEN allocated <> 0 THEN 'allocated' WHEN released <> 0 THEN 'released'
            WHEN picked <> 0 THEN 'picked' WHEN packed <> 0 THEN 'packed' WHEN shipped <> 0 THEN 'shipped'
            WHEN delivered <> 0 THEN 'delivered' WHEN cancelled <> 0 THEN 'cancelled' ELSE 'returned' END AS what,
       'ord' AS kind, order_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected,
       CASE WHEN units <> 0 THEN units WHEN allocated <> 0 THEN allocated WHEN released <> 0 THEN released
            WHEN picked <> 0 THEN picked WHEN packed <> 0 THEN packed WHEN shipped <> 0 THEN shipped
            WHEN delivered <> 0 THEN delivered WHEN cancelled <> 0 THEN cancelled ELSE returned END AS actual
  FROM (SELECT order_id, sum(units) AS units, sum(allocated) AS allocated, sum(released) AS released, sum(picked) AS picked,
               sum(packed) AS packed, sum(shipped) AS shipped, sum(delivered) AS delivered, sum(cancelled) AS cancelled,
               sum(returned) AS returned
          FROM (SELECT order_id, units, allocated, released, picked, packed, shipped, delivered, cancelled, returned
                  FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT order_id, -quantity, -allocated, -released, -picked, -packed, -shipped, -delivered, -cancelled, -returned
                  FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND kind IN (0, 2)) AS facts
         GROUP BY order_id) AS t
 WHERE units <> 0 OR allocated <> 0 OR released <> 0 OR picked <> 0 OR packed <> 0 OR shipped <> 0 OR delivered <> 0
    OR cancelled <> 0 OR returned <> 0
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_stage
SELECT 'stage' AS what, 'ord' AS kind, order_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       computed AS expected, stage AS actual
  FROM (SELECT order_id, stage,
               CASE WHEN commercial = 3 THEN 8 WHEN commercial = 2 THEN 7 WHEN commercial = 0 THEN 0
                    WHEN released < units - cancelled THEN 1 WHEN picked < units - cancelled THEN 2
                    WHEN packed < units - cancelled THEN 3 WHEN shipped < units - cancelled THEN 4
                    WHEN delivered < units - cancelled THEN 5 ELSE 6 END AS computed
          FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3) AS t
 WHERE stage <> computed
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_holds
SELECT 'live holds' AS what, 'ord' AS kind, order_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, sum(live) AS expected, sum(holds) AS actual
  FROM (SELECT order_id, holds, 0 AS live FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
        UNION ALL
        SELECT order_id, 0, 1 FROM hold WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND released_us IS NULL) AS t
 GROUP BY order_id HAVING sum(live) <> sum(holds)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM hold WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3), NULL, NULL, NULL, NULL

-- name: audit_fulfillment_sums
SELECT CASE WHEN units <> 0 THEN 'units' WHEN picked <> 0 THEN 'picked' WHEN packed <> 0 THEN 'packed'
            WHEN tasks_open <> 0 THEN 'open picks and put-backs' ELSE 'open services' END AS what,
       'ful' AS kind, fulfillment_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected,
       CASE WHEN units <> 0 THEN units WHEN picked <> 0 THEN picked WHEN packed <> 0 THEN packed
            WHEN tasks_open <> 0 THEN tasks_open ELSE services_open END AS actual
  FROM (SELECT fulfillment_id, sum(units) AS units, sum(picked) AS picked, sum(packed) AS packed,
               sum(tasks_open) AS tasks_open, sum(services_open) AS services_open
          FROM (SELECT fulfillment_id, units, picked, packed, tasks_open, services_open
                  FROM fulfillment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT f.fulfillment_id, -l.quantity, -l.picked, -l.packed, 0, 0
                  FROM fulfillment f
                  JOIN fulfillment_line l ON l.merchant_id = f.merchant_id AND l.fulfillment_id = f.fulfillment_id
                 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT f.fulfillment_id, 0, 0, 0, CASE WHEN t.kind IN (0, 5) THEN -1 ELSE 0 END,
                       CASE WHEN t.kind IN (0, 5) THEN 0 ELSE -1 END
                  FROM fulfillment f JOIN task t ON t.merchant_id = f.merchant_id AND t.fulfillment_id = f.fulfillment_id
                 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3 AND t.state < 2) AS facts
         GROUP BY fulfillment_id) AS t
 WHERE units <> 0 OR picked <> 0 OR packed <> 0 OR tasks_open <> 0 OR services_open <> 0
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM fulfillment WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_allotted
SELECT 'allotted to open picks' AS what, 'plc' AS kind, place_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       sum(asked) AS expected, sum(allotted) AS actual
  FROM (SELECT place_id, product_id, allotted, 0 AS asked FROM stock WHERE merchant_id = $1
     AND ($2 = 1 OR product_id IN $3[])
        UNION ALL
        SELECT place_id, product_id, 0, quantity - done
          FROM task WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[]) AND state < 2 AND kind = 0
             AND place_id IS NOT NULL) AS t
 GROUP BY place_id, product_id HAVING sum(asked) <> sum(allotted)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM stock WHERE merchant_id = $1
   AND ($2 = 1 OR product_id IN $3[])), NULL, NULL, NULL, NULL

-- name: audit_ended
-- Goods of a cancelled order keep their promise until they lie in their bins again.
SELECT 'an open promise of an ended order' AS what, 'ord' AS kind, s.order_id AS id, p.line_no, p.product_id,
       CAST(0 AS BIGINT) AS expected, p.quantity - p.consumed - p.released AS actual
  FROM order_state s JOIN promise p ON p.merchant_id = s.merchant_id AND p.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.order_id BETWEEN $2 AND $3 AND s.commercial IN (2, 3)
    AND p.quantity > p.consumed + p.released
   AND p.quantity - p.consumed - p.released <>
       (SELECT coalesce(sum(t.quantity - t.done), 0)
          FROM fulfillment f JOIN task t ON t.merchant_id = f.merchant_id AND t.fulfillment_id = f.fulfillment_id
         WHERE f.merchant_id = $1 AND f.order_id = s.order_id AND f.site_id = p.site_id
           AND t.line_no = p.line_no AND t.kind = 5 AND t.state < 2)
UNION ALL
SELECT 'an open task of an ended order', 'ful', t.fulfillment_id, t.line_no, t.product_id, 0, t.quantity - t.done
  FROM order_state s
  JOIN fulfillment f ON f.merchant_id = s.merchant_id AND f.order_id = s.order_id
  JOIN task t ON t.merchant_id = f.merchant_id AND t.fulfillment_id = f.fulfillment_id
 WHERE s.merchant_id = $1 AND s.order_id BETWEEN $2 AND $3 AND s.commercial IN (2, 3) AND t.state < 2 AND t.kind <> 5
UNION ALL
SELECT 'a job that waits for stock of an ended order', 'ord', s.order_id, NULL, NULL, 0, 1
  FROM job j JOIN order_state s ON s.merchant_id = j.merchant_id AND s.order_id = j.subject_id
 WHERE j.merchant_id = $1 AND s.order_id BETWEEN $2 AND $3 AND j.kind = 6 AND j.state = 0 AND j.due_us < $4
    AND s.commercial IN (2, 3)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3 AND commercial IN (2, 3)

-- name: audit_references
SELECT 'orders with one reference' AS what, 'ord' AS kind, max(order_id) AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, count(*) AS actual
  FROM orders WHERE merchant_id = $1 AND reference IS NOT NULL GROUP BY channel, reference, owner_id HAVING count(*) > 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM orders WHERE merchant_id = $1

-- name: audit_numbers
SELECT 'orders with one number' AS what, 'ord' AS kind, max(order_id) AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, count(*) AS actual
  FROM orders WHERE merchant_id = $1 GROUP BY number HAVING count(*) > 1
UNION ALL
SELECT 'waves with one number', 'wav', max(wave_id), NULL, NULL, 1, count(*)
  FROM wave WHERE merchant_id = $1 GROUP BY number HAVING count(*) > 1
UNION ALL
SELECT 'packages with one SSCC', 'pkg', max(package_id), NULL, NULL, 1, count(*)
  FROM package WHERE merchant_id = $1 AND sscc IS NOT NULL GROUP BY sscc HAVING count(*) > 1
UNION ALL
SELECT 'the last number given', 'ord', max(o.order_id), NULL, NULL, max(n.value), max(o.number)
  FROM orders o LEFT JOIN counter n ON n.merchant_id = o.merchant_id AND n.name = 'order'
 WHERE o.merchant_id = $1 HAVING max(o.number) > coalesce(max(n.value), 0)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM orders WHERE merchant_id = $1) + (SELECT count(*) FROM wave WHERE merchant_id = $1)
                 + (SELECT count(*) FROM package WHERE merchant_id = $1), NULL, NULL, NULL, NULL

-- name: audit_line_totals
SELECT 'total of the line' AS what, 'ord' AS kind, order_id AS id, line_no, product_id,
       unit_minor * quantity - discount_minor + tax_minor AS expected, total_minor AS actual
  FROM order_line
 WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
    AND (total_minor <> unit_minor * quantity - discount_minor + tax_minor OR quantity < 1)
UNION ALL
SELECT 'net and tax of the line', 'ord', l.order_id, l.line_no, l.product_id, l.total_minor, t.paid
  FROM (SELECT order_id, line_no, sum(net_minor + tax_minor) AS paid,
               sum(CASE WHEN mode = 2 THEN 0 ELSE tax_minor END) AS on_top
          FROM order_tax WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND line_no > 0 GROUP BY order_id, line_no) AS t
  JOIN order_line l ON l.merchant_id = $1 AND l.order_id = t.order_id AND l.line_no = t.line_no
 WHERE l.total_minor <> t.paid OR l.tax_minor <> t.on_top
UNION ALL
SELECT 'tax of no line', 'ord', order_id, line_no, NULL, NULL, tax_minor
  FROM order_tax WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND line_no > 0 AND NOT EXISTS (
       SELECT 1 FROM order_line l WHERE l.merchant_id = $1 AND l.order_id = order_tax.order_id AND l.line_no = order_tax.line_no)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_order_totals
SELECT CASE WHEN goods <> 0 THEN 'goods' WHEN service <> 0 THEN 'services' WHEN discount <> 0 THEN 'discount'
            WHEN tax <> 0 THEN 'tax' ELSE 'total' END AS what,
       'ord' AS kind, order_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected,
       CASE WHEN goods <> 0 THEN goods WHEN service <> 0 THEN service WHEN discount <> 0 THEN discount
            WHEN tax <> 0 THEN tax ELSE total END AS actual
  FROM (SELECT order_id, sum(goods) AS goods, sum(service) AS service, sum(discount) AS discount, sum(tax) AS tax,
               sum(total) AS total
          FROM (SELECT order_id, goods_minor AS goods, service_minor AS service, discount_minor AS discount, tax_minor AS tax,
                       total_minor - shipping_minor AS total
                  FROM orders WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT order_id, 0, 0, 0, -tax_minor, -tax_minor
                  FROM order_tax WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND line_no = 0 AND mode <> 2
                UNION ALL
                SELECT order_id, CASE WHEN kind = 3 THEN 0 ELSE tax_minor - total_minor - discount_minor END,
                       CASE WHEN kind = 3 THEN tax_minor - total_minor - discount_minor ELSE 0 END,
                       -discount_minor, -tax_minor, -total_minor
                  FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3) AS facts
         GROUP BY order_id) AS t
 WHERE goods <> 0 OR service <> 0 OR discount <> 0 OR tax <> 0 OR total <> 0
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM orders WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2
                    AND $3), NULL, NULL, NULL, NULL

-- name: audit_tasks
SELECT CASE WHEN t.state = 2 THEN 'a finished task not done in full' WHEN t.state = 1 THEN 'a leased task without a worker'
            ELSE 'done beyond what was asked' END AS what,
       'tsk' AS kind, t.task_id AS id, t.line_no, t.product_id, t.quantity AS expected, t.done AS actual
  FROM fulfillment f JOIN task t ON t.merchant_id = f.merchant_id AND t.fulfillment_id = f.fulfillment_id
 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3
   AND ((t.state = 2 AND t.done <> t.quantity) OR t.done > t.quantity OR t.done < 0
        OR (t.state = 1 AND (t.worker_id IS NULL OR t.lease_until_us IS NULL)))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM fulfillment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_captured
SELECT 'captured and voided beyond what was authorised' AS what, 'pay' AS kind, payment_id AS id,
       CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id, authorised_minor AS expected,
       captured_minor + voided_minor AS actual
  FROM payment
 WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
    AND (captured_minor < 0 OR voided_minor < 0 OR captured_minor + voided_minor > authorised_minor)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_refunded
SELECT 'refunded beyond what was captured' AS what, 'ord' AS kind, order_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, sum(captured_minor) AS expected, sum(refunded_minor) AS actual
  FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
 GROUP BY order_id
HAVING sum(refunded_minor) > sum(captured_minor)
    OR max(CASE WHEN refunded_minor > captured_minor OR refunded_minor < 0 THEN 1 ELSE 0 END) = 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_payment_counters
-- What staff record (cash, transfer, at the door) is taken at once: its capture is all there is.
SELECT CASE WHEN authorised <> 0 THEN 'authorised' WHEN captured <> 0 THEN 'captured' WHEN refunded <> 0 THEN 'refunded'
            ELSE 'voided' END AS what,
       'pay' AS kind, payment_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected,
       CASE WHEN authorised <> 0 THEN authorised WHEN captured <> 0 THEN captured WHEN refunded <> 0 THEN refunded
            ELSE voided END AS actual
  FROM (SELECT payment_id, sum(authorised) AS authorised, sum(captured) AS captured, sum(refunded) AS refunded,
               sum(voided) AS voided
          FROM (SELECT payment_id, authorised_minor - CASE WHEN method IN (1, 2, 4, 5, 6) THEN captured_minor ELSE 0 END AS authorised,
                       captured_minor AS captured, refunded_minor AS refunded, voided_minor AS voided
                  FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT p.payment_id, CASE WHEN i.kind = 0 THEN -i.amount_minor ELSE 0 END,
                       CASE WHEN i.kind = 1 THEN -i.amount_minor ELSE 0 END, CASE WHEN i.kind = 2 THEN -i.amount_minor ELSE 0 END,
                       CASE WHEN i.kind = 3 THEN -i.amount_minor ELSE 0 END
                  FROM payment p JOIN payment_intent i ON i.merchant_id = p.merchant_id AND i.payment_id = p.payment_id
                 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND i.state <> 2 AND i.state = 1) AS facts
         GROUP BY payment_id) AS t
 WHERE authorised <> 0 OR captured <> 0 OR refunded <> 0 OR voided <> 0
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_intents_once
SELECT 'live intents for one purpose' AS what, 'pay' AS kind, p.payment_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, count(*) AS actual
  FROM payment p JOIN payment_intent i ON i.merchant_id = p.merchant_id AND i.payment_id = p.payment_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND i.state <> 2
 GROUP BY p.payment_id, i.kind, i.purpose_id HAVING count(*) > 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_provider_references
SELECT 'payments with one reference of the provider' AS what, 'pay' AS kind, max(i.payment_id) AS id,
       CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected,
       count(DISTINCT i.payment_id) AS actual
  FROM payment_intent i
  JOIN payment p ON p.merchant_id = i.merchant_id AND p.order_id = i.order_id AND p.payment_id = i.payment_id
 WHERE i.merchant_id = $1 AND i.provider_ref IS NOT NULL AND p.provider <> 'offline'
 GROUP BY p.provider, i.kind, i.provider_ref HAVING count(DISTINCT i.payment_id) > 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM payment_intent WHERE merchant_id = $1 AND provider_ref IS NOT NULL

-- name: audit_money_entries
-- What a card's provider did is booked once, with the amount that was asked; so is whatever else
-- names its intent.
SELECT 'booked of this intent' AS what, 'int' AS kind, intent_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, sum(asked) AS expected, sum(booked) AS actual
  FROM (SELECT i.intent_id, i.amount_minor AS asked, 0 AS booked, CASE WHEN p.method = 0 THEN 1 ELSE 0 END AS must
          FROM payment p
          JOIN payment_intent i ON i.merchant_id = p.merchant_id AND i.payment_id = p.payment_id AND i.order_id = p.order_id
         WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND i.state <> 2 AND i.state = 1 AND i.kind IN (1, 2)
        UNION ALL
        SELECT intent_id, 0, amount_minor, 1 FROM money_entry WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
           AND intent_id IS NOT NULL) AS t
 GROUP BY intent_id HAVING sum(asked) <> sum(booked) AND sum(must) > 0
UNION ALL
SELECT 'an entry from an account to itself', 'mny', entry_id, NULL, NULL, 0, amount_minor
  FROM money_entry
 WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
    AND (from_account = to_account OR amount_minor < 1 OR from_account NOT BETWEEN 0 AND 10
                             OR to_account NOT BETWEEN 0 AND 10)
UNION ALL
SELECT 'an entry in another currency', 'mny', e.entry_id, NULL, NULL, NULL, NULL
  FROM money_entry e JOIN orders o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id
 WHERE e.merchant_id = $1 AND e.order_id BETWEEN $2 AND $3 AND e.currency <> o.currency
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM money_entry WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_accounts
-- What came in and did not go back lies with the provider, in the till, at the bank or with the
-- carrier; what was claimed on account and is not settled is receivable.
SELECT CASE WHEN counted <> booked THEN 'money taken and kept' ELSE 'receivable' END AS what, 'pay' AS kind,
       payment_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CASE WHEN counted <> booked THEN booked ELSE owed END AS expected,
       CASE WHEN counted <> booked THEN counted ELSE claimed END AS actual
  FROM (SELECT payment_id, sum(counted) AS counted, sum(claimed) AS claimed, sum(booked) AS booked, sum(owed) AS owed
          FROM (SELECT payment_id, captured_minor - refunded_minor AS counted, 0 AS booked, 0 AS owed,
                       CASE WHEN method = 3 THEN authorised_minor - captured_minor - voided_minor ELSE 0 END AS claimed
                  FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
                UNION ALL
                SELECT payment_id, 0, CASE WHEN to_account IN (1, 2, 3, 5, 6) THEN amount_minor ELSE 0 END,
                       CASE WHEN to_account = 4 THEN amount_minor ELSE 0 END, 0
                  FROM money_entry WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND payment_id IS NOT NULL
                UNION ALL
                SELECT payment_id, 0, CASE WHEN from_account IN (1, 2, 3, 5, 6) THEN -amount_minor ELSE 0 END,
                       CASE WHEN from_account = 4 THEN -amount_minor ELSE 0 END, 0
                  FROM money_entry WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND payment_id IS NOT NULL) AS facts
         GROUP BY payment_id) AS t
 WHERE counted <> booked OR claimed <> owed
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM money_entry WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2
                    AND $3), NULL, NULL, NULL, NULL

-- name: audit_credits
-- What is owed on a gift card or as store credit is what its entries leave; the claims of all
-- together are what the account holds.
SELECT 'balance of the credit' AS what, 'crd' AS kind, credit_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, sum(booked) AS expected, sum(kept) AS actual
  FROM (SELECT credit_id, balance_minor AS kept, 0 AS booked FROM credit WHERE merchant_id = $1
        UNION ALL
        SELECT credit_id, 0, CASE WHEN from_account = 6 THEN amount_minor WHEN to_account = 6 THEN -amount_minor ELSE 0 END
          FROM money_entry WHERE merchant_id = $1 AND credit_id IS NOT NULL) AS t
 GROUP BY credit_id HAVING sum(kept) <> sum(booked) OR sum(kept) < 0
UNION ALL
SELECT 'an entry of store credit that names none', 'mny', entry_id, NULL, NULL, NULL, NULL
  FROM money_entry WHERE merchant_id = $1 AND credit_id IS NULL AND (from_account = 6 OR to_account = 6)
UNION ALL
SELECT 'an entry from an account to itself', 'mny', entry_id, NULL, NULL, 0, amount_minor
  FROM money_entry WHERE merchant_id = $1 AND order_id IS NULL AND (from_account = to_account OR amount_minor < 1)
UNION ALL
SELECT 'an entry of a payment, and of no order', 'mny', entry_id, NULL, NULL, NULL, NULL
  FROM money_entry WHERE merchant_id = $1 AND order_id IS NULL AND payment_id IS NOT NULL
UNION ALL
SELECT 'paid by a credit that names none', 'pay', payment_id, NULL, NULL, NULL, NULL
  FROM payment WHERE merchant_id = $1 AND method IN (5, 6) AND credit_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM credit WHERE merchant_id = $1) + (SELECT count(*)
  FROM money_entry WHERE merchant_id = $1)
                 + (SELECT count(*) FROM payment WHERE merchant_id = $1), NULL, NULL, NULL, NULL

-- name: audit_refunds
-- A refund that was given back is the sum of its finished intents; one that ended is whole or was
-- waived; an open one has somebody or something that goes on with it.
SELECT 'given back of the refund' AS what, 'rfd' AS kind, refund_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, sum(given) AS expected, sum(kept) AS actual
  FROM (SELECT refund_id, done_minor AS kept, 0 AS given FROM refund WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
        UNION ALL
        SELECT i.refund_id, 0, i.amount_minor
          FROM payment p JOIN payment_intent i ON i.merchant_id = p.merchant_id AND i.payment_id = p.payment_id
         WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND i.refund_id IS NOT NULL AND i.state <> 2
            AND i.state = 1) AS t
 GROUP BY refund_id HAVING sum(kept) <> sum(given)
UNION ALL
SELECT CASE WHEN state = 2 THEN 'done, and not whole' WHEN ended_us IS NULL THEN 'ended at no time' ELSE 'open, and ended' END,
       'rfd', refund_id, NULL, NULL, amount_minor, done_minor + set_off_minor
  FROM refund
 WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND ((state = 2 AND done_minor + set_off_minor <> amount_minor)
                             OR (state IN (2, 4)) <> (ended_us IS NOT NULL))
UNION ALL
SELECT 'asked of nobody', 'rfd', r.refund_id, NULL, NULL, NULL, NULL
  FROM refund r
  LEFT JOIN (SELECT i.refund_id, count(*) AS n
               FROM payment p JOIN payment_intent i ON i.merchant_id = p.merchant_id AND i.payment_id = p.payment_id
              WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND i.refund_id IS NOT NULL AND i.state <> 2
                AND i.state IN (0, 3)
              GROUP BY i.refund_id) AS i
    ON i.refund_id = r.refund_id
 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3 AND r.state = 1 AND i.n IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM refund WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_paid_before_shipping
-- Cards and transfers: authorised before it left, unless a person let the payment's hold go.
SELECT 'shipped, and nothing authorised' AS what, 'ord' AS kind, o.order_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, o.total_minor AS expected, CAST(0 AS BIGINT) AS actual
  FROM order_state s
  JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id
  LEFT JOIN (SELECT order_id, sum(authorised_minor) AS authorised FROM payment WHERE merchant_id = $1
     AND order_id BETWEEN $2 AND $3 GROUP BY order_id) AS p
    ON p.order_id = s.order_id
  LEFT JOIN (SELECT order_id, count(*) AS n FROM hold
              WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND reason = 0 AND released_by IS NOT NULL
                 AND released_by <> 0 GROUP BY order_id) AS h
    ON h.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.order_id BETWEEN $2 AND $3 AND s.shipped > 0 AND o.payment_method IN (0, 2)
    AND o.total_minor > 0
   AND coalesce(p.authorised, 0) <= 0 AND h.n IS NULL
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3 AND shipped > 0

-- name: audit_labels
SELECT 'live labels' AS what, 'pkg' AS kind, p.package_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, count(*) AS actual
  FROM package p JOIN label l ON l.merchant_id = p.merchant_id AND l.package_id = p.package_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND l.state < 4 GROUP BY p.package_id HAVING count(*) > 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_tracking_numbers
SELECT 'labels with one tracking number' AS what, 'pkg' AS kind, max(package_id) AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, count(*) AS actual
  FROM label WHERE merchant_id = $1 AND tracking_number IS NOT NULL GROUP BY tracking_number HAVING count(*) > 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM label WHERE merchant_id = $1 AND tracking_number IS NOT NULL

-- name: audit_left_the_house
SELECT CASE WHEN f.state IN (6, 10, 11) THEN 'left the house after its work was stopped'
            WHEN p.sealed_us IS NULL THEN 'left the house unsealed' ELSE 'left the house at no time' END AS what,
       'pkg' AS kind, p.package_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM package p JOIN fulfillment f ON f.merchant_id = p.merchant_id AND f.fulfillment_id = p.fulfillment_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND p.state >= 3
    AND (f.state IN (6, 10, 11) OR p.sealed_us IS NULL OR p.handed_over_us IS NULL)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3 AND state >= 3

-- name: audit_tracking
-- Delivered stays delivered; only its way back can come after it.
SELECT 'delivered, says the carrier' AS what, 'pkg' AS kind, p.package_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(9 AS BIGINT) AS expected, p.status AS actual
  FROM package p JOIN tracking_event e ON e.merchant_id = p.merchant_id AND e.package_id = p.package_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND e.status = 9
   AND (p.status NOT IN (8, 9, 10, 11) OR (p.delivered_us IS NULL AND p.state >= 3 AND e.recorded_us > p.handed_over_us))
UNION ALL
SELECT 'delivered at no time', 'pkg', package_id, NULL, NULL, 5, state
  FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND state = 5 AND delivered_us IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2
   AND $3), NULL, NULL, NULL, NULL

-- name: audit_positions
SELECT CASE WHEN last <> head THEN 'the newest position' ELSE 'positions without a gap' END AS what,
       'mer' AS kind, $1 AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       head AS expected, CASE WHEN last <> head THEN last ELSE n END AS actual
  FROM (SELECT count(*) AS n, coalesce(max(position), 0) AS last, coalesce(min(position), 1) AS first,
               coalesce((SELECT position FROM event_head WHERE merchant_id = $1), 0) AS head
          FROM event WHERE merchant_id = $1) AS t
 WHERE n <> head OR last <> head OR first <> 1
UNION ALL
SELECT 'a consumer ahead of the events', 'mer', $1, NULL, NULL, coalesce(h.position, 0), c.position
  FROM consumer c LEFT JOIN event_head h ON h.merchant_id = c.merchant_id
 WHERE c.merchant_id = $1 AND c.position > coalesce(h.position, 0)
UNION ALL
SELECT 'an event that a reaction went around is another one', 'mer', $1, NULL, NULL, k.position, e.position
  FROM reaction_skip k
  LEFT JOIN event e ON e.merchant_id = k.merchant_id AND e.position = k.position AND e.kind = k.kind
                   AND coalesce(e.order_id, 0) = coalesce(k.order_id, 0)
 WHERE k.merchant_id = $1 AND (e.position IS NULL OR k.tries < 1)
UNION ALL
SELECT 'a dead job that gives no reason', 'job', job_id, NULL, NULL, NULL, NULL
  FROM job WHERE merchant_id = $1 AND state = 1 AND last_error IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM event WHERE merchant_id = $1)
                 + (SELECT count(*) FROM job WHERE merchant_id = $1), NULL, NULL, NULL, NULL

-- name: audit_messages_once
SELECT 'messages for one cause' AS what, 'ord' AS kind, order_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, count(*) AS actual
  FROM message WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
     GROUP BY order_id, template, cause, recipient HAVING count(*) > 1
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM message WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_commands_once
-- Near midnight one command stands under both days.
SELECT 'answers kept for one key' AS what, 'cmd' AS kind, max(command_id) AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected,
       count(DISTINCT command_id) AS actual
  FROM command_key WHERE merchant_id = $1
     GROUP BY key_hash HAVING count(DISTINCT command_id) > 1 AND max(key_day) - min(key_day) < 30
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM command_key WHERE merchant_id = $1

-- name: audit_time
SELECT 'handed over before it was sealed' AS what, 'pkg' AS kind, package_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, sealed_us AS expected, handed_over_us AS actual
  FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND handed_over_us < sealed_us
UNION ALL
SELECT 'a hold released before it was placed', 'ord', order_id, NULL, NULL, placed_us, released_us
  FROM hold WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND released_us < placed_us
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM hold WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3), NULL, NULL, NULL, NULL

-- name: audit_next_step
-- Every open order is held, short, in somebody's work, on its way, or has a job that ends it. What a reaction has
-- still to read is not asked. Asked of open orders only: there are as many as are being worked on.
SELECT CASE WHEN s.released < s.units - s.cancelled THEN 'promised, and nothing releases it'
            WHEN s.shipped < s.units - s.cancelled THEN 'in work, and it lies nowhere'
            WHEN s.delivered < s.units - s.cancelled THEN 'left the house, and nothing is on its way'
            ELSE 'arrived, and nothing completes it' END AS what,
       'ord' AS kind, s.order_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM order_state s
  LEFT JOIN (SELECT subject_id FROM job WHERE merchant_id = $1) AS j ON j.subject_id = s.order_id
 WHERE s.merchant_id = $1 AND s.commercial < 2 AND s.stage > 0 AND s.holds = 0 AND s.allocated >= s.units - s.cancelled
   AND j.subject_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM fulfillment f WHERE f.merchant_id = $1 AND f.order_id = s.order_id AND f.state < 7)
   AND NOT EXISTS (SELECT 1 FROM package p WHERE p.merchant_id = $1 AND p.order_id = s.order_id AND p.state IN (3, 4, 6))
   AND NOT EXISTS (SELECT 1 FROM care_case k WHERE k.merchant_id = $1 AND k.order_id = s.order_id AND k.resolution IS NULL)
   AND NOT EXISTS (SELECT 1 FROM order_return r WHERE r.merchant_id = $1 AND r.order_id = s.order_id AND r.settled_us IS NULL)
   AND NOT EXISTS (SELECT 1 FROM reaction_skip k WHERE k.merchant_id = $1 AND k.order_id = s.order_id)
   AND NOT EXISTS (SELECT 1 FROM event e WHERE e.merchant_id = $1 AND e.order_id = s.order_id
                      AND e.position > coalesce((SELECT min(position) FROM consumer WHERE merchant_id = $1), 0))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM order_state WHERE merchant_id = $1 AND commercial < 2

-- name: audit_label_addresses
-- A label that waits for its parcel to leave brings it where the work says; one with a reason is being given back.
SELECT 'a label for another address' AS what, 'pkg' AS kind, p.package_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM package p
  JOIN fulfillment f ON f.merchant_id = p.merchant_id AND f.fulfillment_id = p.fulfillment_id
  JOIN label l ON l.merchant_id = p.merchant_id AND l.package_id = p.package_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND p.state = 2 AND l.state IN (2, 3) AND l.reason IS NULL
   AND l.ship_to_id <> f.ship_to_id
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_forgotten
-- Who was asked and has not answered is asked again, but for people (offline), of whom a hold reminds.
SELECT 'an intent that nobody asks about' AS what, 'int' AS kind, i.intent_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM payment_intent i
  JOIN payment p ON p.merchant_id = i.merchant_id AND p.order_id = i.order_id AND p.payment_id = i.payment_id
  LEFT JOIN (SELECT subject_id FROM job WHERE merchant_id = $1 AND kind = 0) AS j ON j.subject_id = i.intent_id
 WHERE i.merchant_id = $1 AND i.state IN (0, 3) AND p.provider <> 'offline' AND j.subject_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM reaction_skip k WHERE k.merchant_id = $1 AND k.order_id = i.order_id)
   AND NOT EXISTS (SELECT 1 FROM event e WHERE e.merchant_id = $1 AND e.order_id = i.order_id
                      AND e.position > coalesce((SELECT min(position) FROM consumer WHERE merchant_id = $1), 0))
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM payment_intent WHERE merchant_id = $1

-- name: audit_kits
-- The parts of a kit are lines of their own; the recipe of the day it was ordered is in their quantities.
SELECT CASE WHEN k.line_no IS NULL OR k.kind <> 1 THEN 'a part of no kit' ELSE 'parts that are not so many per kit' END AS what,
       'ord' AS kind, l.order_id AS id, l.line_no, l.product_id, k.quantity AS expected, l.quantity AS actual
  FROM order_line l
  LEFT JOIN order_line k ON k.merchant_id = l.merchant_id AND k.order_id = l.order_id AND k.line_no = l.parent_line
 WHERE l.merchant_id = $1 AND l.order_id BETWEEN $2 AND $3 AND l.kind = 2
   AND (k.line_no IS NULL OR k.kind <> 1 OR l.quantity % k.quantity <> 0)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL
  FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND kind = 2

-- name: audit_texts
-- What people wrote about orders, for the program to look into; last how many columns of which were read.
SELECT order_id AS id, 'note of the order' AS what, note AS words
  FROM orders WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND note IS NOT NULL
UNION ALL
SELECT order_id, 'wording of a line', wording
  FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND wording IS NOT NULL
UNION ALL
SELECT order_id, 'note of a hold', note FROM hold WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND note IS NOT NULL
UNION ALL
SELECT order_id, 'words of a confirmation', words
  FROM confirmation WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND words IS NOT NULL
UNION ALL
SELECT order_id, 'words of a feedback', words FROM feedback WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND words IS NOT NULL
UNION ALL
SELECT order_id, 'words of a case', words FROM care_case WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
UNION ALL
SELECT order_id, 'answer to a case', answer
  FROM care_case WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND answer IS NOT NULL
UNION ALL
SELECT order_id, 'note of a return', note FROM order_return WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND note IS NOT NULL
UNION ALL
SELECT order_id, 'answer to a return', answer
  FROM order_return WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND answer IS NOT NULL
UNION ALL
SELECT o.order_id, 'instructions of the address', a.instructions
  FROM orders o JOIN address a ON a.merchant_id = o.merchant_id AND a.address_id = o.ship_to_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND a.instructions IS NOT NULL

-- name: audit_events
-- Every event of the orders, in order; before those of an order its commercial state (version -1, in the place of the
-- kind). First (-2) how far ahead the clock is of a merchant that was driven on a virtual one.
-- One statement, so that all is of one instant; each part comes sorted by its index.
SELECT order_id, position, version, kind, subject_id, at_us, actor_id, command_id, body, hash
  FROM event WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND order_id IS NOT NULL
UNION ALL
SELECT order_id, 0, -1, commercial, NULL, 0, 0, 0, '', NULL
  FROM order_state WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3
UNION ALL
SELECT CAST($2 AS BIGINT), 0, -2, 0, NULL,
       coalesce((SELECT value FROM counter WHERE merchant_id = $1 AND name = 'clock_ahead_us'), 0), 0, 0, '', NULL
 ORDER BY order_id, version

-- name: audit_orphans_of_orders
SELECT 'a line of no order' AS what, 'ord' AS kind, l.order_id AS id, l.line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM order_line l LEFT JOIN orders o ON o.merchant_id = l.merchant_id AND o.order_id = l.order_id
 WHERE l.merchant_id = $1 AND l.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'a state of no order', 'ord', s.order_id, NULL, NULL, NULL, NULL
  FROM order_state s LEFT JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'an order without a state', 'ord', o.order_id, NULL, NULL, NULL, NULL
  FROM orders o LEFT JOIN order_state s ON s.merchant_id = o.merchant_id AND s.order_id = o.order_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND s.order_id IS NULL
UNION ALL
SELECT 'an order without its address', 'ord', o.order_id, NULL, NULL, NULL, NULL
  FROM orders o LEFT JOIN address a ON a.merchant_id = o.merchant_id AND a.address_id = o.ship_to_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND a.address_id IS NULL
UNION ALL
SELECT 'a promise of no line', 'ord', p.order_id, p.line_no, p.product_id, NULL, NULL
  FROM promise p LEFT JOIN order_line l ON l.merchant_id = p.merchant_id AND l.order_id = p.order_id
     AND l.line_no = p.line_no
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND l.order_id IS NULL
UNION ALL
SELECT 'a hold of no order', 'hld', h.hold_id, NULL, NULL, NULL, NULL
  FROM hold h LEFT JOIN orders o ON o.merchant_id = h.merchant_id AND o.order_id = h.order_id
 WHERE h.merchant_id = $1 AND h.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'a payment of no order', 'pay', p.payment_id, NULL, NULL, NULL, NULL
  FROM payment p LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'an entry of no payment', 'mny', e.entry_id, NULL, NULL, NULL, NULL
  FROM money_entry e
  LEFT JOIN payment p ON p.merchant_id = e.merchant_id AND p.order_id = e.order_id AND p.payment_id = e.payment_id
 WHERE e.merchant_id = $1 AND e.order_id BETWEEN $2 AND $3 AND p.payment_id IS NULL
    AND (e.credit_id IS NULL OR e.payment_id IS NOT NULL)
UNION ALL
SELECT 'a return of no order', 'ret', r.return_id, NULL, NULL, NULL, NULL
  FROM order_return r LEFT JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id
 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'a refund of no order', 'rfd', r.refund_id, NULL, NULL, NULL, NULL
  FROM refund r LEFT JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id
 WHERE r.merchant_id = $1 AND r.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'a concern of no order', 'cas', k.case_id, NULL, NULL, NULL, NULL
  FROM care_case k LEFT JOIN orders o ON o.merchant_id = k.merchant_id AND o.order_id = k.order_id
 WHERE k.merchant_id = $1 AND k.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'a claim of no package', 'clm', k.claim_id, NULL, NULL, NULL, NULL
  FROM claim k LEFT JOIN package p ON p.merchant_id = k.merchant_id AND p.package_id = k.package_id
     AND p.order_id = k.order_id
 WHERE k.merchant_id = $1 AND k.order_id BETWEEN $2 AND $3 AND p.package_id IS NULL
UNION ALL
SELECT 'a choice of sites for no order', 'ord', d.order_id, NULL, NULL, NULL, NULL
  FROM sourcing_decision d LEFT JOIN orders o ON o.merchant_id = d.merchant_id AND o.order_id = d.order_id
 WHERE d.merchant_id = $1 AND d.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'work of no order', 'ful', f.fulfillment_id, NULL, NULL, NULL, NULL
  FROM fulfillment f LEFT JOIN orders o ON o.merchant_id = f.merchant_id AND o.order_id = f.order_id
 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT 'work at no site', 'ful', f.fulfillment_id, NULL, NULL, NULL, NULL
  FROM fulfillment f LEFT JOIN site s ON s.merchant_id = f.merchant_id AND s.site_id = f.site_id
 WHERE f.merchant_id = $1 AND f.order_id BETWEEN $2 AND $3 AND s.site_id IS NULL
UNION ALL
SELECT 'a package of no work', 'pkg', p.package_id, NULL, NULL, NULL, NULL
  FROM package p LEFT JOIN fulfillment f ON f.merchant_id = p.merchant_id AND f.fulfillment_id = p.fulfillment_id
                                        AND f.order_id = p.order_id
 WHERE p.merchant_id = $1 AND p.order_id BETWEEN $2 AND $3 AND f.fulfillment_id IS NULL
UNION ALL
SELECT 'a message of no order', 'msg', m.message_id, NULL, NULL, NULL, NULL
  FROM message m LEFT JOIN orders o ON o.merchant_id = m.merchant_id AND o.order_id = m.order_id
 WHERE m.merchant_id = $1 AND m.order_id BETWEEN $2 AND $3 AND o.order_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM order_line WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM orders WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM promise WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3)
                 + (SELECT count(*) FROM payment WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3),
       NULL, NULL, NULL, NULL

-- name: audit_orphans_of_work
-- What hangs below those, by its own keys.
SELECT 'a line of no work' AS what, 'ful' AS kind, l.fulfillment_id AS id, l.line_no, l.product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM fulfillment_line l LEFT JOIN fulfillment f ON f.merchant_id = l.merchant_id AND f.fulfillment_id = l.fulfillment_id
 WHERE l.merchant_id = $1 AND f.fulfillment_id IS NULL
UNION ALL
SELECT 'a task of no work', 'tsk', t.task_id, t.line_no, t.product_id, NULL, NULL
  FROM task t LEFT JOIN fulfillment f ON f.merchant_id = t.merchant_id AND f.fulfillment_id = t.fulfillment_id
 WHERE t.merchant_id = $1 AND f.fulfillment_id IS NULL
UNION ALL
SELECT 'contents of no package', 'pkg', l.package_id, l.line_no, l.product_id, NULL, NULL
  FROM package_line l LEFT JOIN package p ON p.merchant_id = l.merchant_id AND p.package_id = l.package_id
 WHERE l.merchant_id = $1 AND p.package_id IS NULL
UNION ALL
SELECT 'a label of no package', 'lbl', l.label_id, NULL, NULL, NULL, NULL
  FROM label l LEFT JOIN package p ON p.merchant_id = l.merchant_id AND p.package_id = l.package_id
  LEFT JOIN order_return r ON r.merchant_id = l.merchant_id AND r.return_id = l.package_id
 WHERE l.merchant_id = $1 AND p.package_id IS NULL AND r.return_id IS NULL
UNION ALL
SELECT 'tracking of no package', 'pkg', t.package_id, NULL, NULL, NULL, NULL
  FROM tracking_event t LEFT JOIN package p ON p.merchant_id = t.merchant_id AND p.package_id = t.package_id
  LEFT JOIN order_return r ON r.merchant_id = t.merchant_id AND r.return_id = t.package_id
 WHERE t.merchant_id = $1 AND p.package_id IS NULL AND r.return_id IS NULL
UNION ALL
SELECT 'an intent of no payment', 'int', i.intent_id, NULL, NULL, NULL, NULL
  FROM payment_intent i
  LEFT JOIN payment p ON p.merchant_id = i.merchant_id AND p.order_id = i.order_id AND p.payment_id = i.payment_id
 WHERE i.merchant_id = $1 AND p.payment_id IS NULL
UNION ALL
SELECT 'a line of no return', 'ret', l.return_id, l.line_no, l.product_id, NULL, NULL
  FROM return_line l LEFT JOIN order_return r ON r.merchant_id = l.merchant_id AND r.return_id = l.return_id
 WHERE l.merchant_id = $1 AND r.return_id IS NULL
UNION ALL
SELECT 'a step of no returned line', 'ret', f.return_id, f.line_no, NULL, NULL, NULL
  FROM return_fact f
  LEFT JOIN return_line l ON l.merchant_id = f.merchant_id AND l.return_id = f.return_id AND l.line_no = f.line_no
 WHERE f.merchant_id = $1 AND l.return_id IS NULL
UNION ALL
SELECT 'an end of no returned line', 'ret', e.return_id, e.line_no, NULL, NULL, NULL
  FROM return_end e
  LEFT JOIN return_line l ON l.merchant_id = e.merchant_id AND l.return_id = e.return_id AND l.line_no = e.line_no
 WHERE e.merchant_id = $1 AND l.return_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM fulfillment_line WHERE merchant_id = $1)
                 + (SELECT count(*) FROM package_line WHERE merchant_id = $1), NULL, NULL, NULL, NULL

-- name: audit_orphans_of_stock
SELECT 'stock of no product' AS what, 'plc' AS kind, s.place_id AS id, CAST(NULL AS BIGINT) AS line_no, s.product_id,
       CAST(NULL AS BIGINT) AS expected, CAST(NULL AS BIGINT) AS actual
  FROM stock s LEFT JOIN product p ON p.merchant_id = s.merchant_id AND p.product_id = s.product_id
 WHERE s.merchant_id = $1 AND ($2 = 1 OR s.product_id IN $3[]) AND p.product_id IS NULL
UNION ALL
SELECT 'stock in no bin of its site', 'plc', s.place_id, NULL, s.product_id, NULL, NULL
  FROM stock s LEFT JOIN bin b ON b.merchant_id = s.merchant_id AND b.bin_id = s.place_id AND b.site_id = s.site_id
 WHERE s.merchant_id = $1 AND ($2 = 1 OR s.product_id IN $3[]) AND b.bin_id IS NULL
UNION ALL
SELECT 'a line of no expected delivery', 'asn', l.asn_id, l.line_no, l.product_id, NULL, NULL
  FROM asn_line l LEFT JOIN asn a ON a.merchant_id = l.merchant_id AND a.asn_id = l.asn_id
 WHERE l.merchant_id = $1 AND a.asn_id IS NULL
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM stock WHERE merchant_id = $1 AND ($2 = 1 OR product_id IN $3[])

-- name: audit_substitutions
SELECT 'a line that stands for another, of another product or too small' AS what, 'ord' AS kind, q.order_id AS id,
       q.new_line AS line_no, q.substitute_id AS product_id, q.units AS expected, l.quantity AS actual
  FROM substitution q
  LEFT JOIN order_line l ON l.merchant_id = q.merchant_id AND l.order_id = q.order_id AND l.line_no = q.new_line
 WHERE q.merchant_id = $1 AND q.order_id BETWEEN $2 AND $3 AND q.state = 1
   AND (l.product_id IS NULL OR l.product_id <> q.substitute_id OR l.quantity < q.units)
UNION ALL
SELECT 'replaced, and not taken off the line that was ordered', 'ord', q.order_id, q.line_no, NULL, sum(q.replaced),
       min(l.cancelled)
  FROM substitution q
  JOIN order_line l ON l.merchant_id = q.merchant_id AND l.order_id = q.order_id AND l.line_no = q.line_no
 WHERE q.merchant_id = $1 AND q.order_id BETWEEN $2 AND $3 AND q.state = 1
 GROUP BY q.order_id, q.line_no HAVING min(l.cancelled) < sum(q.replaced)
UNION ALL
SELECT 'a question that nothing will end', 'ord', q.order_id, q.line_no, NULL, 1, 0
  FROM substitution q
 WHERE q.merchant_id = $1 AND q.order_id BETWEEN $2 AND $3 AND q.state = 0
   AND NOT EXISTS (SELECT 1 FROM job j
                    WHERE j.merchant_id = q.merchant_id AND j.kind = 12 AND j.subject_id = q.substitution_id)
UNION ALL
SELECT 'set aside for a question that is over', 'bsk', k.cart_id, q.line_no, NULL, 0, 1
  FROM substitution q JOIN cart k ON k.merchant_id = q.merchant_id AND k.cart_id = q.cart_id
 WHERE q.merchant_id = $1 AND q.order_id BETWEEN $2 AND $3 AND q.state <> 0 AND k.state = 0
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM substitution WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_carts
SELECT 'a live cart that nothing will end' AS what, 'bsk' AS kind, k.cart_id AS id, CAST(NULL AS BIGINT) AS line_no,
       CAST(NULL AS BIGINT) AS product_id, CAST(1 AS BIGINT) AS expected, CAST(0 AS BIGINT) AS actual
  FROM cart k WHERE k.merchant_id = $1 AND k.state = 0
   AND NOT EXISTS (SELECT 1 FROM job j WHERE j.merchant_id = k.merchant_id AND j.kind = 10 AND j.subject_id = k.cart_id)
UNION ALL
SELECT 'a cart that became no order', 'bsk', k.cart_id, NULL, NULL, 1, 0
  FROM cart k LEFT JOIN orders o ON o.merchant_id = k.merchant_id AND o.order_id = k.order_id
 WHERE k.merchant_id = $1 AND k.state = 1 AND o.order_id IS NULL
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM cart WHERE merchant_id = $1

-- name: audit_serials_once
SELECT 'units with one number' AS what, 'prd' AS kind, product_id AS id, CAST(NULL AS BIGINT) AS line_no, product_id,
       1 AS expected, count(*) AS actual
  FROM serial_unit WHERE merchant_id = $1 AND ended_us IS NULL GROUP BY product_id, serial HAVING count(*) > 1
UNION ALL
SELECT 'a number of no product', 'prd', s.product_id, NULL, s.product_id, NULL, NULL
  FROM serial_unit s LEFT JOIN product p ON p.merchant_id = s.merchant_id AND p.product_id = s.product_id
 WHERE s.merchant_id = $1 AND p.product_id IS NULL
UNION ALL
SELECT 'a number that came back without its return', 'pkg', s.package_id, s.line_no, s.product_id, NULL, NULL
  FROM serial_unit s LEFT JOIN order_return r
    ON r.merchant_id = s.merchant_id AND r.return_id = s.return_id AND r.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.ended_us IS NOT NULL AND r.return_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM serial_unit WHERE merchant_id = $1), NULL, NULL, NULL, NULL

-- name: audit_serials
-- No more numbers than units anywhere; as many once it is sealed, since the product's numbers are taken down.
SELECT 'serial numbers in this package' AS what,
       'pkg' AS kind, package_id AS id, line_no, product_id, sum(units) AS expected, sum(numbers) AS actual
  FROM (SELECT package_id, line_no, product_id, 0 AS units, 1 AS numbers, CAST(NULL AS BIGINT) AS state, 0 AS is_due
          FROM serial_unit WHERE merchant_id = $1 AND package_id IS NOT NULL
        UNION ALL
        SELECT l.package_id, l.line_no, l.product_id, l.quantity, 0, p.state,
               CASE WHEN p.state > 0 AND g.tracking >= 2
                     AND p.sealed_us >= (SELECT min(f.packed_us) FROM serial_unit f
                                          WHERE f.merchant_id = $1 AND f.product_id = l.product_id) THEN 1 ELSE 0 END
          FROM product g JOIN package_line l ON l.merchant_id = g.merchant_id AND l.product_id = g.product_id
          JOIN package p ON p.merchant_id = l.merchant_id AND p.package_id = l.package_id
         WHERE g.merchant_id = $1 AND g.tracking >= 2) AS t
 GROUP BY package_id, line_no, product_id
HAVING sum(numbers) > sum(units) AND max(state) IS NOT NULL OR max(is_due) = 1 AND sum(numbers) <> sum(units)
UNION ALL
SELECT 'a number in a package that has none of its product', 'pkg', s.package_id, s.line_no, s.product_id, NULL, NULL
  FROM serial_unit s LEFT JOIN package_line l
    ON l.merchant_id = s.merchant_id AND l.package_id = s.package_id AND l.line_no = s.line_no AND l.product_id = s.product_id
 WHERE s.merchant_id = $1 AND s.package_id IS NOT NULL AND l.package_id IS NULL
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM serial_unit WHERE merchant_id = $1 AND package_id IS NOT NULL),
       NULL, NULL, NULL, NULL

-- name: audit_preorders
SELECT 'sold before it was there' AS what, 'prd' AS kind, p.product_id AS id, CAST(NULL AS BIGINT) AS line_no,
       p.product_id AS product_id,
       (SELECT CAST(COALESCE(sum(l.quantity), 0) AS BIGINT) FROM preordered l
         WHERE l.merchant_id = $1 AND l.product_id = p.product_id) AS expected, p.taken AS actual
  FROM preorder p WHERE p.merchant_id = $1
   AND p.taken <> (SELECT COALESCE(sum(l.quantity), 0) FROM preordered l
                    WHERE l.merchant_id = $1 AND l.product_id = p.product_id)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM preorder WHERE merchant_id = $1

-- name: audit_invoice_numbers
SELECT 'numbers of the series ' || s.series AS what, 'inv' AS kind, coalesce(max(i.invoice_id), 0) AS id,
       CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id, s.last_number AS expected,
       CASE WHEN count(i.number) <> s.last_number THEN count(i.number) ELSE coalesce(max(i.number), 0) END AS actual
  FROM invoice_series s LEFT JOIN invoice i ON i.merchant_id = s.merchant_id AND i.series = s.series
 WHERE s.merchant_id = $1 GROUP BY s.series, s.last_number
HAVING count(i.number) <> s.last_number OR coalesce(max(i.number), 0) <> s.last_number OR coalesce(min(i.number), 1) <> 1
UNION ALL
SELECT 'a day before its number''s', 'inv', i.invoice_id, NULL, NULL, b.issued_day, i.issued_day
  FROM invoice i JOIN invoice b ON b.merchant_id = i.merchant_id AND b.series = i.series AND b.number = i.number - 1
 WHERE i.merchant_id = $1 AND i.issued_day < b.issued_day
UNION ALL
SELECT 'numbered outside of its series', 'inv', i.invoice_id, NULL, NULL, NULL, i.number
  FROM invoice i LEFT JOIN invoice_series s ON s.merchant_id = i.merchant_id AND s.series = i.series
 WHERE i.merchant_id = $1 AND s.series IS NULL
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM invoice WHERE merchant_id = $1

-- name: audit_invoices
-- A document is the sum of its lines; credit notes take back no more than was invoiced, and those of
-- a refund what it credits; once everything left, invoices less what changes took back are the
-- order. What the writer has not looked at yet is not asked.
SELECT CASE WHEN coalesce(l.net, 0) <> i.net_minor THEN 'net of the document' ELSE 'tax of the document' END AS what,
       'inv' AS kind, i.invoice_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CASE WHEN coalesce(l.net, 0) <> i.net_minor THEN coalesce(l.net, 0) ELSE coalesce(l.tax, 0) END AS expected,
       CASE WHEN coalesce(l.net, 0) <> i.net_minor THEN i.net_minor ELSE i.tax_minor END AS actual
  FROM invoice i
  LEFT JOIN (SELECT d.invoice_id, sum(x.net_minor) AS net, sum(x.tax_minor) AS tax
               FROM invoice d JOIN invoice_line x ON x.merchant_id = d.merchant_id AND x.invoice_id = d.invoice_id
              WHERE d.merchant_id = $1 AND d.order_id BETWEEN $2 AND $3 GROUP BY d.invoice_id) AS l
    ON l.invoice_id = i.invoice_id
 WHERE i.merchant_id = $1 AND i.order_id BETWEEN $2 AND $3
   AND (coalesce(l.net, 0) <> i.net_minor OR coalesce(l.tax, 0) <> i.tax_minor)
UNION ALL
SELECT 'credited of what was invoiced', 'ord', order_id, NULL, NULL,
       sum(CASE WHEN kind = 0 THEN total_minor ELSE 0 END), sum(CASE WHEN kind = 1 THEN total_minor ELSE 0 END)
  FROM invoice WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 GROUP BY order_id
HAVING sum(CASE WHEN kind = 0 THEN total_minor ELSE -total_minor END) < 0
UNION ALL
SELECT 'credited for the refund', 'inv', i.invoice_id, NULL, NULL, r.credit_minor, i.total_minor
  FROM invoice i JOIN refund r ON r.merchant_id = i.merchant_id AND r.refund_id = i.refund_id
 WHERE i.merchant_id = $1 AND i.order_id BETWEEN $2 AND $3 AND (i.total_minor > r.credit_minor OR r.order_id <> i.order_id)
UNION ALL
SELECT 'invoiced of the order', 'ord', o.order_id, NULL, NULL, o.total_minor, t.billed
  FROM (SELECT order_id, sum(CASE WHEN kind = 0 THEN total_minor ELSE -total_minor END) AS billed
          FROM invoice WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND refund_id IS NULL GROUP BY order_id) AS t
  JOIN orders o ON o.merchant_id = $1 AND o.order_id = t.order_id
  JOIN order_state s ON s.merchant_id = $1 AND s.order_id = t.order_id
 WHERE o.total_minor <> t.billed AND s.units > 0 AND s.cancelled = 0 AND s.shipped = s.units AND s.commercial IN (1, 2)
   AND NOT EXISTS (SELECT 1 FROM invoice r WHERE r.merchant_id = $1 AND r.order_id = t.order_id AND r.refund_id IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM event e WHERE e.merchant_id = $1 AND e.order_id = t.order_id
                      AND e.position > coalesce((SELECT position FROM consumer WHERE merchant_id = $1 AND name = 'invoicing_on'), 0))
   AND NOT EXISTS (SELECT 1 FROM reaction_skip k WHERE k.merchant_id = $1 AND k.reaction = 'invoicing_on' AND k.order_id = t.order_id)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM invoice WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_owned_orders
-- An order holds, promises and packs its owner's products alone.
SELECT 'line of another owner''s product' AS what, 'ord' AS kind, o.order_id AS id, l.line_no AS line_no, l.product_id AS product_id,
       o.owner_id AS expected, p.owner_id AS actual
  FROM orders o JOIN order_line l ON l.merchant_id = o.merchant_id AND l.order_id = o.order_id
  JOIN product p ON p.merchant_id = l.merchant_id AND p.product_id = l.product_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND l.kind < 3 AND p.owner_id <> o.owner_id
UNION ALL
SELECT 'promised of another owner''s product', 'ord', o.order_id, m.line_no, m.product_id, o.owner_id, p.owner_id
  FROM orders o JOIN promise m ON m.merchant_id = o.merchant_id AND m.order_id = o.order_id
  JOIN product p ON p.merchant_id = m.merchant_id AND p.product_id = m.product_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND p.owner_id <> o.owner_id
UNION ALL
SELECT 'packed of another owner''s product', 'pkg', k.package_id, l.line_no, l.product_id, o.owner_id, p.owner_id
  FROM orders o JOIN package k ON k.merchant_id = o.merchant_id AND k.order_id = o.order_id
  JOIN package_line l ON l.merchant_id = k.merchant_id AND l.package_id = k.package_id
  JOIN product p ON p.merchant_id = l.merchant_id AND p.product_id = l.product_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND p.owner_id <> o.owner_id
UNION ALL
SELECT 'owner of the order''s customer', 'ord', o.order_id, NULL, NULL, o.owner_id, k.owner_id
  FROM orders o JOIN customer k ON k.merchant_id = o.merchant_id AND k.customer_id = o.customer_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND k.owner_id <> o.owner_id
UNION ALL
SELECT 'paid with store credit of another owner''s guest', 'ord', o.order_id, NULL, NULL, o.owner_id, k.owner_id
  FROM orders o JOIN payment p ON p.merchant_id = o.merchant_id AND p.order_id = o.order_id
  JOIN credit k ON k.merchant_id = p.merchant_id AND k.credit_id = p.credit_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND k.kind = 1 AND k.customer_id IS NULL AND k.owner_id <> o.owner_id
UNION ALL
SELECT 'order of nobody', 'ord', o.order_id, NULL, NULL, NULL, o.owner_id
  FROM orders o LEFT JOIN owner w ON w.merchant_id = o.merchant_id AND w.owner_id = o.owner_id
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3 AND o.owner_id <> 0 AND w.owner_id IS NULL
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM orders WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3

-- name: audit_owned_goods
-- Kits, carts and deliveries hold their owner's products alone; owners, and whom is bound to one, exist.
SELECT 'part of another owner''s product' AS what, 'prd' AS kind, k.product_id AS id, CAST(NULL AS BIGINT) AS line_no,
       p.product_id AS product_id, k.owner_id AS expected, p.owner_id AS actual
  FROM kit_part t JOIN product k ON k.merchant_id = t.merchant_id AND k.product_id = t.kit_id
  JOIN product p ON p.merchant_id = t.merchant_id AND p.product_id = t.part_id
 WHERE t.merchant_id = $1 AND p.owner_id <> k.owner_id
UNION ALL
SELECT 'set aside of another owner''s product', 'bsk', k.cart_id, NULL, p.product_id, k.owner_id, p.owner_id
  FROM cart k JOIN cart_line l ON l.merchant_id = k.merchant_id AND l.cart_id = k.cart_id
  JOIN product p ON p.merchant_id = l.merchant_id AND p.product_id = l.product_id
 WHERE k.merchant_id = $1 AND p.owner_id <> k.owner_id
UNION ALL
SELECT 'expected of another owner''s product', 'asn', a.asn_id, l.line_no, p.product_id, a.owner_id, p.owner_id
  FROM asn a JOIN asn_line l ON l.merchant_id = a.merchant_id AND l.asn_id = a.asn_id
  JOIN product p ON p.merchant_id = l.merchant_id AND p.product_id = l.product_id
 WHERE a.merchant_id = $1 AND p.owner_id <> a.owner_id
UNION ALL
SELECT 'another owner''s product instead', 'prd', a.product_id, NULL, p.product_id, a.owner_id, p.owner_id
  FROM substitute t JOIN product a ON a.merchant_id = t.merchant_id AND a.product_id = t.product_id
  JOIN product p ON p.merchant_id = t.merchant_id AND p.product_id = t.substitute_id
 WHERE t.merchant_id = $1 AND p.owner_id <> a.owner_id
UNION ALL
SELECT 'units that changed their owner on one side', 'ste', subject_id, NULL, NULL,
       sum(CASE WHEN to_place = 3 THEN quantity ELSE 0 END), sum(CASE WHEN from_place = 3 THEN quantity ELSE 0 END)
  FROM stock_entry WHERE merchant_id = $1 AND reason = 18 GROUP BY subject_id
HAVING sum(CASE WHEN to_place = 3 THEN quantity ELSE -quantity END) <> 0
UNION ALL
SELECT 'product of nobody', 'prd', p.product_id, NULL, p.product_id, NULL, p.owner_id
  FROM product p LEFT JOIN owner w ON w.merchant_id = p.merchant_id AND w.owner_id = p.owner_id
 WHERE p.merchant_id = $1 AND p.owner_id <> 0 AND w.owner_id IS NULL
UNION ALL
SELECT 'key bound to nobody', 'key', k.key_id, NULL, NULL, NULL, k.owner_id
  FROM api_key k LEFT JOIN owner w ON w.merchant_id = k.merchant_id AND w.owner_id = k.owner_id
 WHERE k.merchant_id = $1 AND k.owner_id <> 0 AND w.owner_id IS NULL
UNION ALL
SELECT 'user bound to nobody', 'usr', u.person_id, NULL, NULL, NULL, u.owner_id
  FROM person u LEFT JOIN owner w ON w.merchant_id = u.merchant_id AND w.owner_id = u.owner_id
 WHERE u.merchant_id = $1 AND u.owner_id <> 0 AND w.owner_id IS NULL
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL FROM product WHERE merchant_id = $1

-- name: audit_parcels
-- A stopped order's package may have been opened inside; the parcel cannot leave with it.
SELECT CASE WHEN o.package_id IS NULL THEN 'inside a package that is not there'
            WHEN o.inside_id IS NOT NULL OR i.inside_count > 0 THEN 'inside one that lies inside another'
            WHEN o.site_id <> i.site_id THEN 'at another site than its parcel'
            WHEN w.owner_id <> x.owner_id THEN 'of another owner than its parcel'
            ELSE 'state of what lies inside, by its parcel' END AS what,
       'pkg' AS kind, i.package_id AS id, CAST(NULL AS BIGINT) AS line_no, CAST(NULL AS BIGINT) AS product_id,
       CAST(CASE WHEN o.state >= 3 THEN o.state ELSE 1 END AS BIGINT) AS expected, CAST(i.state AS BIGINT) AS actual
  FROM package i LEFT JOIN package o ON o.merchant_id = i.merchant_id AND o.package_id = i.inside_id
  LEFT JOIN orders w ON w.merchant_id = o.merchant_id AND w.order_id = o.order_id
  LEFT JOIN orders x ON x.merchant_id = i.merchant_id AND x.order_id = i.order_id
 WHERE i.merchant_id = $1 AND i.order_id BETWEEN $2 AND $3 AND i.inside_id IS NOT NULL
   AND (o.package_id IS NULL OR o.inside_id IS NOT NULL OR i.inside_count > 0 OR o.site_id <> i.site_id OR w.owner_id <> x.owner_id
        OR (o.state >= 3 AND i.state <> o.state) OR (o.state < 3 AND i.state > 1))
UNION ALL
SELECT 'a label of its own inside a parcel', 'pkg', i.package_id, NULL, NULL, NULL, l.state
  FROM package i JOIN label l ON l.merchant_id = i.merchant_id AND l.package_id = i.package_id
 WHERE i.merchant_id = $1 AND i.order_id BETWEEN $2 AND $3 AND i.inside_id IS NOT NULL AND l.state IN (2, 3, 4) AND l.reason IS NULL
UNION ALL
SELECT 'packages inside', 'pkg', o.package_id, NULL, NULL,
       (SELECT count(*) FROM package i WHERE i.merchant_id = $1 AND i.inside_id = o.package_id), o.inside_count
  FROM package o
 WHERE o.merchant_id = $1 AND o.order_id BETWEEN $2 AND $3
   AND o.inside_count <> (SELECT count(*) FROM package i WHERE i.merchant_id = $1 AND i.inside_id = o.package_id)
UNION ALL
SELECT NULL, NULL, count(*), NULL, NULL, NULL, NULL
  FROM package WHERE merchant_id = $1 AND order_id BETWEEN $2 AND $3 AND inside_id IS NOT NULL
