-- name: order_redirect :many
UPDATE orders SET ship_to_id = $4, wish_day = $5
 WHERE merchant_id = $1 AND order_id = $2 AND ship_to_id = $3

-- name: fulfillment_redirect :many
UPDATE fulfillment SET ship_to_id = $4, version = version + 1
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = $3
