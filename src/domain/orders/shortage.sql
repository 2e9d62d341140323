-- name: orders_short
-- What is short has not been released as a whole: its stage $2 is processing.
SELECT order_id, commercial, holds, units, allocated, released, picked, packed, shipped, delivered, cancelled, returned, stage
  FROM order_state
--sqlite: INDEXED BY order_state_short
 WHERE merchant_id = $1 AND stage = $2 AND commercial < 2 AND order_id > $3 AND allocated < units - cancelled AND ($5 = 0 OR EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.order_id = order_state.order_id AND o.owner_id = $5))
 ORDER BY order_id LIMIT $4

-- name: shortages_of :walk
SELECT order_id, owner_id, note, taken_us FROM shortage WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id

-- name: shortage_put :many
INSERT INTO shortage (merchant_id, order_id, owner_id, note, taken_us) VALUES ($1, $2, $3, $4:text, $5)
ON CONFLICT (merchant_id, order_id) DO UPDATE SET owner_id = excluded.owner_id, note = excluded.note,
  taken_us = excluded.taken_us
