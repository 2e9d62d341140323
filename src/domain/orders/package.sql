-- name: package_insert :many
INSERT INTO package (merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
  width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
  delivered_us, inside_id, inside_count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9:text, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)

-- name: label_insert :many
INSERT INTO label (merchant_id, package_id, label_id, state, carrier, service, tracking_number, cost_minor, currency,
  promised_day, reason, asked_us, bought_us, ship_to_id)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7:text, $8, $9:text, $10, $11:text, $12, $13, $14)

-- name: package_line_add :many
INSERT INTO package_line (merchant_id, package_id, line_no, product_id, quantity) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (merchant_id, package_id, line_no) DO UPDATE SET quantity = package_line.quantity + excluded.quantity

-- name: package_line_take :many
DELETE FROM package_line
 WHERE merchant_id = $1 AND package_id = $2 AND line_no = $3 AND quantity = $4

-- name: package_line_lower :many
UPDATE package_line SET quantity = quantity - $5
 WHERE merchant_id = $1 AND package_id = $2 AND line_no = $3 AND quantity = $4

-- name: packages_of :hot package_id :walk
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND package_id IN $2[] ORDER BY package_id

-- name: packages_of_orders :hot order_id :walk
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, package_id

-- name: package_list
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND site_id = $2 AND state = $3 AND state < 3 ORDER BY package_id LIMIT $4

-- name: package_list_sent
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND site_id = $2 AND state = $3 ORDER BY package_id DESC LIMIT $4

-- name: packages_of_manifest
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND manifest_id = $2 ORDER BY package_id

-- name: package_by_sscc
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND sscc = $2

-- name: package_lines_of :hot package_id :walk
SELECT merchant_id, package_id, line_no, product_id, quantity
  FROM package_line WHERE merchant_id = $1 AND package_id IN $2[] ORDER BY package_id, line_no

-- name: labels_of :hot package_id :walk
SELECT merchant_id, package_id, label_id, state, carrier, service, tracking_number, cost_minor, currency,
       promised_day, reason, asked_us, bought_us, ship_to_id
  FROM label WHERE merchant_id = $1 AND package_id IN $2[] ORDER BY package_id, label_id

-- name: labels_by_tracking :walk
SELECT merchant_id, package_id, label_id, state, carrier, service, tracking_number, cost_minor, currency,
       promised_day, reason, asked_us, bought_us, ship_to_id
  FROM label WHERE merchant_id = $1 AND tracking_number IN $2:text[] ORDER BY tracking_number

-- name: package_write :many
UPDATE package SET state = $4, carton_id = $5, sscc = $6:text, length_mm = $7, width_mm = $8, height_mm = $9, expected_g = $10,
       weight_g = $11, manifest_id = $12, packer_id = $13, status = $14, sealed_us = $15, handed_over_us = $16,
       delivered_us = $17
 WHERE merchant_id = $1 AND package_id = $2 AND order_id = $20 AND state = $3
   AND coalesce(inside_id, 0) = coalesce($18, 0) AND inside_count = $19

-- name: package_put_inside :many
UPDATE package SET inside_id = $3
 WHERE merchant_id = $1 AND package_id = $2 AND state = 1 AND inside_id IS NULL AND inside_count = 0 AND package_id <> $3

-- name: package_take_in :many
UPDATE package SET inside_count = inside_count + 1
 WHERE merchant_id = $1 AND package_id = $2 AND state = 1 AND site_id = $3 AND inside_id IS NULL

-- name: package_come_out :many
UPDATE package SET inside_id = NULL
 WHERE merchant_id = $1 AND package_id = $2 AND state < 2 AND inside_id = $3

-- name: package_let_out :many
UPDATE package SET inside_count = inside_count - 1
 WHERE merchant_id = $1 AND package_id = $2 AND state < 2 AND inside_count > 0

-- name: packages_inside
SELECT merchant_id, package_id, fulfillment_id, order_id, site_id, state, number, carton_id, sscc, length_mm,
       width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id, status, sealed_us, handed_over_us,
       delivered_us, inside_id, inside_count
  FROM package WHERE merchant_id = $1 AND inside_id IN $2[] ORDER BY package_id

-- name: label_write :many
UPDATE label SET state = $5, carrier = $6:text, service = $7:text, tracking_number = $8:text, cost_minor = $9,
       currency = $10:text, promised_day = $11, reason = $12:text, bought_us = $13
 WHERE merchant_id = $1 AND package_id = $2 AND label_id = $3 AND state = $4

-- name: package_discard_labels :many
-- Voided or failed; the events keep what they cost.
DELETE FROM label
 WHERE merchant_id = $1 AND package_id = $2 AND state >= 5

-- name: package_discard :many
-- Opened and holding nothing.
DELETE FROM package
 WHERE merchant_id = $1 AND package_id = $2 AND state = 0 AND inside_id IS NULL AND inside_count = 0

-- name: sscc_serials
INSERT INTO counter (merchant_id, name, value) VALUES ($1, 'sscc', $2)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = counter.value + $2
RETURNING value
