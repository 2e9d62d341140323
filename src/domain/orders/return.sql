-- name: order_return_insert :many
INSERT INTO order_return (merchant_id, order_id, return_id, case_id, reason, note, created_us)
VALUES ($1, $2, $3, $4, $5, $6:text, $7)

-- name: return_line_insert :many
INSERT INTO return_line (merchant_id, return_id, line_no, product_id, quantity, state, site_id, received_us, disposition, refund_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: returns_of_orders
SELECT merchant_id, order_id, return_id, case_id, reason, note, created_us
  FROM order_return WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, return_id

-- name: return_lines_of
SELECT merchant_id, return_id, line_no, product_id, quantity, state, site_id, received_us, disposition, refund_minor
  FROM return_line WHERE merchant_id = $1 AND return_id IN $2[] ORDER BY return_id, line_no

-- name: return_line_write :many
UPDATE return_line SET state = $5, site_id = $6, received_us = $7, disposition = $8, refund_minor = $9
 WHERE merchant_id = $1 AND return_id = $2 AND line_no = $3 AND state = $4
