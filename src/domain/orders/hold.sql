-- name: hold_insert :many
INSERT INTO hold (merchant_id, order_id, hold_id, reason, note, owner_id, placed_us, release_due_us)
VALUES ($1, $2, $3, $4, $5:text, $6, $7, $8)

-- name: hold_release :many
UPDATE hold SET released_us = $4, released_by = $5
 WHERE merchant_id = $1 AND order_id = $2 AND hold_id = $3 AND released_us IS NULL

-- name: holds_of :walk
SELECT order_id, hold_id, reason, note, owner_id, placed_us, release_due_us, released_us, released_by
  FROM hold WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, hold_id

-- name: holds_live :walk
SELECT order_id, hold_id, reason, note, owner_id, placed_us, release_due_us, released_us, released_by
  FROM hold WHERE merchant_id = $1 AND order_id IN $2[] AND released_us IS NULL ORDER BY order_id, hold_id
