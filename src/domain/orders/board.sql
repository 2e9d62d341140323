-- name: holds_board
-- The index of live holds leads to the orders; an order lets its holds go when it ends.
SELECT h.reason, count(DISTINCT h.order_id) AS orders
  FROM order_state s JOIN hold h ON h.merchant_id = s.merchant_id AND h.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.commercial < 2 AND s.holds > 0 AND h.released_us IS NULL
 GROUP BY h.reason ORDER BY orders DESC, h.reason

-- name: shortages_board
-- Short is open and allocated less than wanted: its stage $2 is processing.
SELECT count(*) FROM order_state
--sqlite: INDEXED BY order_state_short
 WHERE merchant_id = $1 AND stage = $2 AND commercial < 2 AND allocated < units - cancelled

-- name: due_board
SELECT site_id, count(*) AS open, CAST(sum(CASE WHEN due_us < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late,
       CAST(sum(CASE WHEN due_us < $3 THEN 1 ELSE 0 END) AS BIGINT) AS today
  FROM fulfillment WHERE merchant_id = $1 AND state < 7 GROUP BY site_id ORDER BY site_id
