-- name: order_return_insert :many
INSERT INTO order_return (merchant_id, return_id, order_id, case_id, package_id, site_id, reason, note, answer, fee_minor,
  created_us, settled_us, at_door_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8:text, $9:text, $10, $11, $12, $13)

-- name: order_return_write :many
UPDATE order_return SET site_id = $3, answer = $4:text, fee_minor = $5, settled_us = $6
 WHERE merchant_id = $1 AND return_id = $2

-- name: return_at_door :many
UPDATE order_return SET at_door_us = $3
 WHERE merchant_id = $1 AND return_id = $2 AND (at_door_us IS NULL OR at_door_us > $3)

-- name: return_line_insert :many
INSERT INTO return_line (merchant_id, return_id, line_no, product_id, quantity, state, credit_minor, received, waiting,
  quarantined, repairing, restocked, scrapped, sent_back, ended, refund_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

-- name: return_ask :many
-- The one rule against over-return.
UPDATE order_line SET asked_back = asked_back + $4
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND asked_back + $4 <= shipped

-- name: return_ask_early :many
UPDATE order_line SET asked_back = asked_back + $4
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND asked_back + $4 <= quantity - cancelled

-- name: return_unask :many
UPDATE order_line SET asked_back = asked_back - $4
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND asked_back - $4 >= returned

-- name: returns_of :walk
SELECT merchant_id, return_id, order_id, case_id, package_id, site_id, reason, note, answer, fee_minor, created_us, settled_us,
       at_door_us
  FROM order_return WHERE merchant_id = $1 AND return_id IN $2[] ORDER BY return_id

-- name: returns_of_orders :walk
SELECT merchant_id, return_id, order_id, case_id, package_id, site_id, reason, note, answer, fee_minor, created_us, settled_us,
       at_door_us
  FROM order_return WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, return_id

-- name: return_of_package
SELECT merchant_id, return_id, order_id, case_id, package_id, site_id, reason, note, answer, fee_minor, created_us, settled_us,
       at_door_us
  FROM order_return WHERE merchant_id = $1 AND package_id = $2

-- name: return_list_open
SELECT merchant_id, return_id, order_id, case_id, package_id, site_id, reason, note, answer, fee_minor, created_us, settled_us,
       at_door_us
  FROM order_return WHERE merchant_id = $1 AND return_id IN (
       SELECT return_id FROM order_return WHERE merchant_id = $1 AND return_id > $2 AND settled_us IS NULL UNION
       SELECT return_id FROM return_line WHERE merchant_id = $1 AND return_id > $2 AND waiting + quarantined + repairing > 0)
   AND ($4 = 0 OR EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.order_id = order_return.order_id AND o.owner_id = $4))
 ORDER BY return_id LIMIT $3

-- name: return_page
SELECT merchant_id, return_id, order_id, case_id, package_id, site_id, reason, note, answer, fee_minor, created_us, settled_us,
       at_door_us
  FROM order_return WHERE merchant_id = $1 AND return_id > $2 AND ($4 = 0 OR EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.order_id = order_return.order_id AND o.owner_id = $4))
 ORDER BY return_id LIMIT $3

-- name: return_lines_of :walk
SELECT merchant_id, return_id, line_no, product_id, quantity, state, credit_minor, received, waiting, quarantined, repairing,
       restocked, scrapped, sent_back, ended, refund_minor
  FROM return_line WHERE merchant_id = $1 AND return_id IN $2[] ORDER BY return_id, line_no

-- name: return_line_write :many
UPDATE return_line SET state = $7, received = $8, waiting = $9, quarantined = $10, repairing = $11, restocked = $12,
       scrapped = $13, sent_back = $14, ended = $15, refund_minor = $16, quantity = $20
 WHERE merchant_id = $1 AND return_id = $2 AND line_no = $3 AND state = $4 AND received = $5 AND ended = $6
   AND waiting = $17 AND quarantined = $18 AND repairing = $19

-- name: return_fact_insert :many
INSERT INTO return_fact (merchant_id, return_id, fact_id, line_no, quantity, from_heap, to_heap, site_id, from_place, to_place,
  lot, seen, note, at_us, actor_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11:text, $12, $13:text, $14, $15)

-- name: return_facts_of :walk
SELECT merchant_id, return_id, fact_id, line_no, quantity, from_heap, to_heap, site_id, from_place, to_place, lot, seen, note,
       at_us, actor_id
  FROM return_fact WHERE merchant_id = $1 AND return_id IN $2[] ORDER BY return_id, fact_id

-- name: return_end_insert :many
INSERT INTO return_end (merchant_id, return_id, end_id, line_no, quantity, kind, refund_minor, fee_minor, order_id, note, at_us,
  actor_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11, $12)

-- name: return_ends_of :walk
SELECT merchant_id, return_id, end_id, line_no, quantity, kind, refund_minor, fee_minor, order_id, note, at_us, actor_id
  FROM return_end WHERE merchant_id = $1 AND return_id IN $2[] ORDER BY return_id, end_id

-- name: return_rule_put :many
INSERT INTO return_rule (merchant_id, product_id, is_returnable, days, fee_minor, fee_bp, is_credited)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (merchant_id, product_id) DO UPDATE SET is_returnable = excluded.is_returnable, days = excluded.days,
  fee_minor = excluded.fee_minor, fee_bp = excluded.fee_bp, is_credited = excluded.is_credited

-- name: return_rules_of :walk
SELECT merchant_id, product_id, is_returnable, days, fee_minor, fee_bp, is_credited
  FROM return_rule WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id
