-- name: stock_entry_insert :many
INSERT INTO stock_entry (merchant_id, entry_id, product_id, from_place, to_place, quantity, lot, reason, order_id, subject_id,
  at_us, actor_id, command_id, from_condition, to_condition)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: stock_cell_open :many
-- A cell begins empty; what it holds is added by the statements below.
INSERT INTO stock (merchant_id, product_id, place_id, lot, condition, site_id, on_hand, allotted)
VALUES ($1, $2, $3, $4:text, $5, $6, 0, 0)
ON CONFLICT (merchant_id, product_id, place_id, lot, condition) DO NOTHING

-- name: stock_cell_add :many
UPDATE stock SET on_hand = on_hand + $4, allotted = allotted + $5
 WHERE merchant_id = $1 AND product_id = $2 AND place_id = $3 AND lot = '' AND condition = 0

-- name: stock_lot_add :many
UPDATE stock SET on_hand = on_hand + $5, allotted = allotted + $6
 WHERE merchant_id = $1 AND product_id = $2 AND place_id = $3 AND lot = $4:text AND condition = 0

-- name: stock_other_add :many
-- Cells of other conditions: damaged, quarantined, inbound, expired.
UPDATE stock SET on_hand = on_hand + $6, allotted = allotted + $7
 WHERE merchant_id = $1 AND product_id = $2 AND place_id = $3 AND lot = $4:text AND condition = $5

-- name: stock_of_products
-- Lots in the order in which they expire, those without a date last; bins to pick from before the
-- reserve (bin kinds in the order of their enumeration).
SELECT s.product_id, s.place_id, s.lot, s.condition, s.site_id, s.on_hand, s.allotted, k.expiry_day, k.sells_until_day
  FROM stock s LEFT JOIN lot k ON k.merchant_id = s.merchant_id AND k.product_id = s.product_id AND k.lot = s.lot
  LEFT JOIN bin b ON b.merchant_id = s.merchant_id AND b.bin_id = s.place_id
 WHERE s.merchant_id = $1 AND s.product_id IN $3[] AND s.site_id = $2 AND s.condition = 0
 ORDER BY s.product_id, coalesce(k.expiry_day, 4000000), coalesce(b.kind, 9), s.lot, s.place_id

-- name: stock_of_place
SELECT s.product_id, s.place_id, s.lot, s.condition, s.site_id, s.on_hand, s.allotted, k.expiry_day, k.sells_until_day
  FROM stock s LEFT JOIN lot k ON k.merchant_id = s.merchant_id AND k.product_id = s.product_id AND k.lot = s.lot
 WHERE s.merchant_id = $1 AND s.place_id = $2 ORDER BY s.product_id, s.lot, s.condition LIMIT 10000

-- name: stock_entries_of
SELECT merchant_id, entry_id, product_id, from_place, to_place, quantity, lot, reason, order_id, subject_id, at_us, actor_id, command_id, from_condition, to_condition
  FROM stock_entry WHERE merchant_id = $1 AND product_id = $2 AND entry_id < $3 ORDER BY entry_id DESC LIMIT $4

-- name: availability_open :many
INSERT INTO availability (merchant_id, product_id, site_id, sellable, promised, safety, is_closed, earmarked)
VALUES ($1, $2, $3, 0, 0, 0, 0, 0)
ON CONFLICT (merchant_id, product_id, site_id) DO NOTHING

-- name: availability_add :many
UPDATE availability SET sellable = sellable + $4, promised = promised + $5
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3

-- name: availability_promise :many
-- The one rule against overselling.
UPDATE availability SET promised = promised + $4
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3
   AND promised + $4 <= sellable - safety - earmarked - $5 AND is_closed = 0

-- name: availability_fill :many
-- The same for who waited for a delivery that came: its units are nobody else's.
UPDATE availability SET promised = promised + $4
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3 AND promised + $4 <= sellable - safety AND is_closed = 0

-- name: availability_earmark :many
UPDATE availability SET earmarked = earmarked + $4
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3

-- name: availability_of :walk
SELECT product_id, site_id, sellable, promised, safety, is_closed, earmarked
  FROM availability WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, site_id

-- name: availability_list
SELECT product_id, site_id, sellable, promised, safety, is_closed, earmarked
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

-- name: promises_of :hot order_id :walk
SELECT merchant_id, order_id, line_no, site_id, product_id, quantity, consumed, released, promised_day
  FROM promise WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, line_no, site_id
