-- name: order_redirect :many
UPDATE orders SET ship_to_id = $4, wish_day = $5
 WHERE merchant_id = $1 AND order_id = $2 AND ship_to_id = $3

-- name: fulfillment_redirect :many
UPDATE fulfillment SET ship_to_id = $4, version = version + 1
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = $3

-- name: fulfillment_readdress :many
UPDATE fulfillment SET ship_to_id = $4, method = $5, version = version + 1
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = $3

-- name: order_agree :many
UPDATE orders SET ship_to_id = $4, method = $5, wish_day = $6, note = $7:text, goods_minor = $8, discount_minor = $9,
       service_minor = $10, shipping_minor = $11, tax_minor = $12, total_minor = $13
 WHERE merchant_id = $1 AND order_id = $2 AND total_minor = $3

-- name: order_line_agree :many
UPDATE order_line SET quantity = $5, unit_minor = $6, list_minor = $7, discount_minor = $8, tax_minor = $9, total_minor = $10,
       wording = $11:text, discount_units = $12
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND quantity = $4

-- name: order_line_drop :many
-- Of a draft: nothing of it was ever promised.
DELETE FROM order_line
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND allocated = 0 AND cancelled = 0

-- name: order_state_units :many
UPDATE order_state SET units = units + $3
 WHERE merchant_id = $1 AND order_id = $2

-- name: task_reword :many
UPDATE task SET wording = $4:text
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND task_id = $3 AND state < 2
