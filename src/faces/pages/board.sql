-- name: board_holds
-- Of open orders only: the index of order_board leads to them.
SELECT h.reason AS reason, count(DISTINCT h.order_id) AS orders
  FROM order_state s JOIN hold h ON h.merchant_id = s.merchant_id AND h.order_id = s.order_id
 WHERE s.merchant_id = $1 AND s.commercial < 2 AND s.holds > 0 AND h.released_us IS NULL
 GROUP BY h.reason ORDER BY orders DESC, h.reason
