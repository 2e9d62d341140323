-- name: preorder_put :many
INSERT INTO preorder (merchant_id, product_id, cap, taken, release_day) VALUES ($1, $2, $3, 0, $4)
ON CONFLICT (merchant_id, product_id) DO UPDATE SET cap = excluded.cap, release_day = excluded.release_day

-- name: preorders_of :kept product_id :walk
SELECT product_id, cap, taken, release_day FROM preorder WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id

-- name: preorder_take :many
UPDATE preorder SET taken = taken + $3
 WHERE merchant_id = $1 AND product_id = $2 AND taken + $3 <= cap

-- name: preorder_give :many
UPDATE preorder SET taken = taken - $3
 WHERE merchant_id = $1 AND product_id = $2

-- name: preordered_insert :many
INSERT INTO preordered (merchant_id, order_id, line_no, product_id, quantity) VALUES ($1, $2, $3, $4, $5)

-- name: preordered_lower :many
UPDATE preordered SET quantity = quantity - $4
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3

-- name: preordered_of
SELECT order_id, line_no, product_id, quantity FROM preordered WHERE merchant_id = $1 AND order_id = $2 ORDER BY line_no
