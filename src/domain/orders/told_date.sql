-- name: told_dates_of
SELECT order_id, line_no, CASE WHEN day > 0 THEN day END AS day, units, told_us
  FROM told_date WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, line_no, day

-- name: told_date_drop :many
DELETE FROM told_date
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3

-- name: told_date_put :many
INSERT INTO told_date (merchant_id, order_id, line_no, day, units, told_us) VALUES ($1, $2, $3, $4, $5, $6)
