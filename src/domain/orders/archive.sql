-- name: order_page
SELECT merchant_id, order_id, number, channel, reference, customer_id, customer_name, customer_email, customer_phone,
       ship_to_id, bill_to_id, currency, method, payment_method, wish_day, note, goods_minor, discount_minor, service_minor,
       shipping_minor, tax_minor, total_minor, likeness, placed_us, created_us, priority, owner_id
  FROM orders WHERE merchant_id = $1 AND order_id > $2 ORDER BY order_id LIMIT $3

-- name: order_newest_placed
SELECT MAX(placed_us) AS n FROM orders WHERE merchant_id = $1

-- name: sold_to_customers
-- Asked once per a few thousand credit notes, so it may look at every order.
SELECT o.order_id, o.customer_id, o.placed_us, l.line_no, l.product_id, l.quantity - l.cancelled AS quantity
  FROM orders o
  JOIN order_line l ON l.merchant_id = o.merchant_id AND l.order_id = o.order_id
 WHERE o.merchant_id = $1 AND o.customer_id IN $2[] AND l.product_id IN $3[] AND l.kind IN (0, 2)
 ORDER BY o.customer_id, l.product_id, o.placed_us, o.order_id, l.line_no

-- name: sold_in_orders
SELECT o.order_id, o.customer_id, o.placed_us, l.line_no, l.product_id, l.quantity - l.cancelled AS quantity
  FROM orders o
  JOIN order_line l ON l.merchant_id = o.merchant_id AND l.order_id = o.order_id
 WHERE o.merchant_id = $1 AND o.order_id IN $2[] AND l.product_id IN $3[] AND l.kind IN (0, 2)
 ORDER BY o.order_id, l.product_id, l.line_no

-- name: credited_of_orders
SELECT r.order_id, r.return_id, r.note, l.line_no, l.product_id, l.quantity
  FROM order_return r
  JOIN return_line l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id
 WHERE r.merchant_id = $1 AND r.order_id IN $2[]
 ORDER BY r.order_id, l.line_no, r.return_id
