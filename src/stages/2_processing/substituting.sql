-- name: substituting_waits
-- Orders in stage $4 (processing) that wait for units of these products, the oldest first.
SELECT DISTINCT s.order_id
  FROM order_state s
--sqlite: INDEXED BY order_state_short
  JOIN order_line l ON l.merchant_id = s.merchant_id AND l.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.stage = $4 AND s.commercial < 2 AND s.allocated < s.units - s.cancelled
   AND l.product_id IN $2[] AND l.kind = 0 AND l.allocated < l.quantity - l.cancelled
 ORDER BY s.order_id LIMIT $3
