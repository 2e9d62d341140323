-- name: stock_entry_insert :many
INSERT INTO stock_entry (merchant_id, entry_id, product_id, from_place, to_place, quantity, lot, reason, order_id, subject_id,
  at_us, actor_id, command_id)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8, $9, $10, $11, $12, $13)

-- name: stock_cell_open :many
-- A cell begins empty; what it holds is added by stock_cell_add.
INSERT INTO stock (merchant_id, product_id, place_id, lot, condition, owner_id, site_id, on_hand, allotted)
VALUES ($1, $2, $3, $4:text, 0, 0, $5, 0, 0)
ON CONFLICT (merchant_id, product_id, place_id, lot, condition, owner_id) DO NOTHING

-- name: stock_cell_add :many
UPDATE stock SET on_hand = on_hand + $4, allotted = allotted + $5
 WHERE merchant_id = $1 AND product_id = $2 AND place_id = $3 AND lot = '' AND condition = 0 AND owner_id = 0

-- name: stock_lot_add :many
UPDATE stock SET on_hand = on_hand + $5, allotted = allotted + $6
 WHERE merchant_id = $1 AND product_id = $2 AND place_id = $3 AND lot = $4:text AND condition = 0 AND owner_id = 0

-- name: stock_of_products
SELECT product_id, place_id, lot, condition, owner_id, site_id, on_hand, allotted
  FROM stock WHERE merchant_id = $1 AND product_id IN $3[] AND site_id = $2 AND condition = 0
 ORDER BY product_id, lot, place_id

-- name: stock_of_place
SELECT product_id, place_id, lot, condition, owner_id, site_id, on_hand, allotted
  FROM stock WHERE merchant_id = $1 AND place_id = $2 ORDER BY product_id, lot LIMIT 10000

-- name: stock_entries_of
SELECT merchant_id, entry_id, product_id, from_place, to_place, quantity, lot, reason, order_id, subject_id, at_us, actor_id, command_id
  FROM stock_entry WHERE merchant_id = $1 AND product_id = $2 AND entry_id < $3 ORDER BY entry_id DESC LIMIT $4

-- name: availability_open :many
INSERT INTO availability (merchant_id, product_id, site_id, sellable, promised, safety) VALUES ($1, $2, $3, 0, 0, 0)
ON CONFLICT (merchant_id, product_id, site_id) DO NOTHING

-- name: availability_add :many
UPDATE availability SET sellable = sellable + $4, promised = promised + $5
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3

-- name: availability_promise :many
-- The one rule against overselling.
UPDATE availability SET promised = promised + $4
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3 AND promised + $4 <= sellable - safety

-- name: availability_of
SELECT product_id, site_id, sellable, promised, safety
  FROM availability WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, site_id

-- name: availability_list
SELECT product_id, site_id, sellable, promised, safety
  FROM availability WHERE merchant_id = $1 AND product_id > $2 ORDER BY product_id, site_id LIMIT $3

-- name: promise_insert :many
-- The same line may be promised again at the same site, after something was given back.
INSERT INTO promise (merchant_id, order_id, line_no, site_id, product_id, quantity, consumed, released, promised_day)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7)
ON CONFLICT (merchant_id, order_id, line_no, site_id)
DO UPDATE SET quantity = promise.quantity + excluded.quantity, promised_day = excluded.promised_day

-- name: promise_progress :many
UPDATE promise SET consumed = consumed + $5, released = released + $6
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND site_id = $4

-- name: promises_of
SELECT merchant_id, order_id, line_no, site_id, product_id, quantity, consumed, released, promised_day
  FROM promise WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, line_no, site_id
