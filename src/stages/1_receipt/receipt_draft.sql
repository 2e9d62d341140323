-- name: draft_state_drop
-- Whoever takes it has the draft to himself: a second one finds nothing.
DELETE FROM order_state WHERE merchant_id = $1 AND order_id = $2 AND commercial = 0

-- name: draft_lines_drop
DELETE FROM order_line WHERE merchant_id = $1 AND order_id = $2

-- name: draft_order_drop
DELETE FROM orders WHERE merchant_id = $1 AND order_id = $2
