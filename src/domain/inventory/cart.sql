-- name: cart_insert :many
INSERT INTO cart (merchant_id, cart_id, reference, channel, state, order_id, expires_us, created_us, owner_id)
VALUES ($1, $2, $3:text, $4, 0, NULL, $5, $6, $7)

-- name: cart_line_insert :many
INSERT INTO cart_line (merchant_id, cart_id, product_id, site_id, quantity) VALUES ($1, $2, $3, $4, $5)

-- name: cart_by_reference
SELECT cart_id, reference, channel, state, order_id, expires_us, created_us, owner_id
  FROM cart WHERE merchant_id = $1 AND reference = $2:text AND owner_id = $3 AND state = 0

-- name: carts_of :walk
SELECT cart_id, reference, channel, state, order_id, expires_us, created_us, owner_id
  FROM cart WHERE merchant_id = $1 AND cart_id IN $2[] ORDER BY cart_id

-- name: cart_lines_of :walk
SELECT cart_id, product_id, site_id, quantity
  FROM cart_line WHERE merchant_id = $1 AND cart_id IN $2[] ORDER BY cart_id, product_id, site_id

-- name: cart_end :many
UPDATE cart SET state = $3, order_id = $4
 WHERE merchant_id = $1 AND cart_id = $2 AND state = 0

-- name: cart_extend :many
UPDATE cart SET expires_us = $3
 WHERE merchant_id = $1 AND cart_id = $2 AND state = 0
