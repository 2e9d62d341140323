-- name: order_insert :many
INSERT INTO orders (merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email,
  customer_phone, ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor,
  service_minor, shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id)
VALUES ($1, $2, $3, $4, $5:text, $6, $7:text, $8:text, $9:text, $10, $11, $12:text, $13, $14, $15, $16:text, $17, $18,
  $19, $20, $21, $22, $23, $24, $25, $26, $27)

-- name: order_line_insert :many
INSERT INTO order_line (merchant_id, order_id, line_no, kind, product_id, parent_line, name, quantity, unit_minor, list_minor,
  discount_minor, tax_minor, total_minor, wording, allocated, released, picked, packed, shipped, delivered, cancelled, returned,
  discount_units)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8, $9, $10, $11, $12, $13, $14:text, $15, $16, $17, $18, $19, $20, $21, $22, $23)

-- name: order_state_insert :many
INSERT INTO order_state (merchant_id, order_id, commercial, holds, units, allocated, released, picked, packed, shipped, delivered,
  cancelled, returned)
VALUES ($1, $2, $3, 0, $4, $5, 0, 0, 0, 0, 0, 0, 0)

-- name: order_numbers
INSERT INTO counter (merchant_id, name, value) VALUES ($1, 'order', $2)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = counter.value + $2
RETURNING value

-- name: orders_of :hot order_id :walk
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id

-- name: order_lines_of :hot order_id :walk
SELECT merchant_id, order_id, line_no, kind, product_id, parent_line, name, quantity, unit_minor, list_minor, discount_minor,
       tax_minor, total_minor, wording, allocated, released, picked, packed, shipped, delivered, cancelled, returned,
       discount_units
  FROM order_line WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, line_no

-- name: order_states_of :hot order_id :walk
SELECT order_id, commercial, holds, units, allocated, released, picked, packed, shipped, delivered, cancelled, returned, stage
  FROM order_state WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id

-- name: order_states_by_stage
SELECT order_id, commercial, holds, units, allocated, released, picked, packed, shipped, delivered, cancelled, returned, stage
  FROM order_state
--sqlite: INDEXED BY order_state_open
 WHERE merchant_id = $1 AND stage = $2 AND commercial < 2 AND order_id > $3 ORDER BY order_id LIMIT $4

-- name: orders_lock :hot order_id :walk
SELECT order_id, commercial, holds, units, allocated, released, picked, packed, shipped, delivered, cancelled, returned, stage
  FROM order_state WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id
--pg: FOR UPDATE

-- name: order_by_number
SELECT order_id AS n FROM orders WHERE merchant_id = $1 AND number = $2 AND ($3 = 0 OR owner_id = $3)

-- name: order_by_references
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND channel = $2 AND reference IN $3:text[] AND ($4 = 0 OR owner_id = $4) ORDER BY order_id

-- name: order_likeness_insert :many
INSERT INTO order_likeness (merchant_id, like_day, likeness, order_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (merchant_id, like_day, likeness, order_id) DO NOTHING

-- name: order_prioritize :many
UPDATE orders SET priority = $4
 WHERE merchant_id = $1 AND order_id = $2 AND priority = $3

-- name: order_alike
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND order_id IN (
       SELECT order_id FROM order_likeness WHERE merchant_id = $1 AND like_day IN $2[] AND likeness IN $3[])
 ORDER BY order_id

-- name: order_line_progress :many
UPDATE order_line SET allocated = allocated + $4, released = released + $5, picked = picked + $6, packed = packed + $7,
       shipped = shipped + $8, delivered = delivered + $9, cancelled = cancelled + $10, returned = returned + $11
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3

-- name: order_state_progress :many
UPDATE order_state SET allocated = allocated + $3, released = released + $4, picked = picked + $5, packed = packed + $6,
       shipped = shipped + $7, delivered = delivered + $8, cancelled = cancelled + $9, returned = returned + $10,
       holds = holds + $11
 WHERE merchant_id = $1 AND order_id = $2

-- name: order_state_commercial :many
UPDATE order_state SET commercial = $4
 WHERE merchant_id = $1 AND order_id = $2 AND commercial = $3

-- name: order_ids_by_stage
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND order_id IN (
       SELECT order_id FROM order_state
--sqlite: INDEXED BY order_state_open
        WHERE merchant_id = $1 AND stage = $2 AND commercial < 2 AND order_id > $3
        ORDER BY order_id LIMIT $4) ORDER BY order_id

-- name: order_ids_closed
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND order_id IN (
       SELECT order_id FROM order_state WHERE merchant_id = $1 AND stage = $2 AND order_id > $3
        ORDER BY order_id LIMIT $4) ORDER BY order_id

-- name: order_recent
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND order_id < $2 ORDER BY order_id DESC LIMIT $3

-- name: orders_of_owner_recent
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders
--sqlite: INDEXED BY orders_of_owner
 WHERE merchant_id = $1 AND owner_id = $4 AND owner_id <> 0 AND order_id < $2 ORDER BY order_id DESC LIMIT $3

-- name: orders_of_owner_by_stage
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders
--sqlite: INDEXED BY orders_of_owner
 WHERE merchant_id = $1 AND owner_id = $5 AND owner_id <> 0 AND order_id > $3 AND EXISTS (
       SELECT 1 FROM order_state s WHERE s.merchant_id = orders.merchant_id AND s.order_id = orders.order_id AND s.stage = $2)
 ORDER BY order_id LIMIT $4

-- name: order_board_of_owner
SELECT stage, count(*) AS orders, sum(units - cancelled) AS units
  FROM order_state s WHERE merchant_id = $1 AND commercial < 2 AND EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = s.merchant_id AND o.order_id = s.order_id AND o.owner_id = $2)
 GROUP BY stage ORDER BY stage

-- name: order_board
SELECT stage, count(*) AS orders, sum(units - cancelled) AS units
  FROM order_state WHERE merchant_id = $1 AND commercial < 2 GROUP BY stage ORDER BY stage
