-- name: tax_rate_put :many
INSERT INTO tax_rate (merchant_id, country, region, tax_class, from_day, rate_ppm, name)
VALUES ($1, $2:text, $3:text, $4:text, $5, $6, $7:text)
ON CONFLICT (merchant_id, country, region, tax_class, from_day) DO UPDATE SET rate_ppm = excluded.rate_ppm, name = excluded.name

-- name: tax_rate_remove
DELETE FROM tax_rate WHERE merchant_id = $1 AND country = $2:text AND region = $3:text AND tax_class = $4:text AND from_day = $5

-- name: tax_rates :kept
SELECT merchant_id, country, region, tax_class, from_day, rate_ppm, name
  FROM tax_rate WHERE merchant_id = $1 ORDER BY country, region, tax_class, from_day LIMIT 5000

-- name: order_tax_insert :many
INSERT INTO order_tax (merchant_id, order_id, line_no, part_no, tax_class, country, region, name, rate_ppm, mode, scope, rounding,
  net_minor, tax_minor)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7:text, $8:text, $9, $10, $11, $12, $13, $14)
ON CONFLICT (merchant_id, order_id, line_no, part_no) DO UPDATE SET net_minor = excluded.net_minor, tax_minor = excluded.tax_minor

-- name: order_taxes_of :walk
SELECT merchant_id, order_id, line_no, part_no, tax_class, country, region, name, rate_ppm, mode, scope, rounding, net_minor, tax_minor
  FROM order_tax WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, line_no, part_no

-- name: order_tax_line_drop :many
DELETE FROM order_tax
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3

-- name: order_tax_drop
DELETE FROM order_tax WHERE merchant_id = $1 AND order_id = $2
