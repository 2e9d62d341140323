-- name: lot_put :many
INSERT INTO lot (merchant_id, product_id, lot, lot_id, expiry_day, sells_until_day, received_us)
VALUES ($1, $2, $3:text, $4, $5, $6, $7)
ON CONFLICT (merchant_id, product_id, lot)
DO UPDATE SET expiry_day = excluded.expiry_day, sells_until_day = excluded.sells_until_day

-- name: lots_of
SELECT merchant_id, product_id, lot, lot_id, expiry_day, sells_until_day, received_us, 0 AS is_fresh
  FROM lot WHERE merchant_id = $1 AND product_id IN $2[] AND lot IN $3:text[] ORDER BY product_id, lot

-- name: lots_by_id
SELECT merchant_id, product_id, lot, lot_id, expiry_day, sells_until_day, received_us, 0 AS is_fresh
  FROM lot WHERE merchant_id = $1 AND lot_id IN $2[] ORDER BY product_id, lot

-- name: lots_of_product
SELECT merchant_id, product_id, lot, lot_id, expiry_day, sells_until_day, received_us, 0 AS is_fresh
  FROM lot WHERE merchant_id = $1 AND product_id = $2 AND expiry_day IS NOT NULL ORDER BY lot LIMIT 10000

-- name: lots_expiring
SELECT merchant_id, product_id, lot, lot_id, expiry_day, sells_until_day, received_us, 0 AS is_fresh
  FROM lot WHERE merchant_id = $1 AND expiry_day IS NOT NULL AND expiry_day BETWEEN $2 AND $3
 ORDER BY expiry_day, product_id, lot LIMIT $4

-- name: lot_orders
-- Picks (reason 2) less put-backs (5).
SELECT order_id, CAST(sum(CASE WHEN reason = 2 THEN quantity ELSE -quantity END) AS BIGINT) AS quantity, max(at_us) AS at_us
  FROM stock_entry WHERE merchant_id = $1 AND product_id = $2 AND lot = $3:text AND lot <> ''
   AND reason IN (2, 5) AND order_id > $4
 GROUP BY order_id HAVING sum(CASE WHEN reason = 2 THEN quantity ELSE -quantity END) > 0
 ORDER BY order_id LIMIT $5

-- name: stock_rules_of :walk
SELECT merchant_id, product_id, low_at, days_left_min, is_low
  FROM stock_rule WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id

-- name: stock_rule_put :many
INSERT INTO stock_rule (merchant_id, product_id, low_at, days_left_min, is_low) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (merchant_id, product_id)
DO UPDATE SET low_at = excluded.low_at, days_left_min = excluded.days_left_min, is_low = excluded.is_low
