-- name: why_commands
SELECT command_id, way, key FROM command WHERE merchant_id = $1 AND command_id IN $2[]

-- name: why_stock_sums
-- Every entry of a product, by place and reason: it reads all entries, for a person who asks.
SELECT place, reason, CAST(sum(quantity) AS BIGINT) AS quantity, count(*) AS entries, max(at_us) AS at_us
  FROM (SELECT to_place AS place, reason, quantity, at_us FROM stock_entry WHERE merchant_id = $1 AND product_id = $2
        UNION ALL
        SELECT from_place, reason, -quantity, at_us FROM stock_entry WHERE merchant_id = $1 AND product_id = $2) AS moves
 GROUP BY place, reason ORDER BY place, reason

-- name: why_promises
-- What open orders are promised of a product.
SELECT p.order_id, p.line_no, p.site_id, p.quantity - p.consumed - p.released AS quantity, p.promised_day
  FROM order_state AS s
  JOIN promise AS p ON p.merchant_id = s.merchant_id AND p.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.commercial < 2 AND p.product_id = $2 AND p.quantity > p.consumed + p.released
 ORDER BY p.order_id, p.line_no, p.site_id LIMIT 1000

-- name: why_late_orders
-- Open orders that are not delivered and whose promised day is over, the latest first.
SELECT s.order_id, s.stage, max(p.promised_day) AS promised_day
  FROM order_state AS s
  JOIN promise AS p ON p.merchant_id = s.merchant_id AND p.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.commercial < 2 AND s.stage < 6 AND p.promised_day < $2 AND p.quantity > p.released
 GROUP BY s.order_id, s.stage ORDER BY promised_day, s.order_id LIMIT 200
