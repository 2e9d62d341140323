-- name: invoice_numbers
-- The row is held until the commit: who comes next waits, and a unit that is undone gives its
-- numbers back.
INSERT INTO invoice_series (merchant_id, series, last_number, last_day) VALUES ($1, $2:text, $3, $4)
ON CONFLICT (merchant_id, series) DO UPDATE SET last_number = invoice_series.last_number + $3,
  last_day = CASE WHEN invoice_series.last_day > $4 THEN invoice_series.last_day ELSE $4 END
RETURNING last_number, last_day

-- name: invoice_insert :many
INSERT INTO invoice (merchant_id, invoice_id, order_id, kind, series, number, issued_day, package_id, refund_id, about_id, bill_to_id,
  seller, seller_country, currency, net_minor, tax_minor, total_minor, tax_mode, tax_scope, tax_rounding, issued_us)
VALUES ($1, $2, $3, $4, $5:text, $6, $7, $8, $9, $10, $11, $12:text, $13:text, $14:text, $15, $16, $17, $18, $19, $20, $21)

-- name: invoice_line_insert :many
INSERT INTO invoice_line (merchant_id, invoice_id, line_no, part_no, name, sku, quantity, rate_ppm, tax_name, net_minor, tax_minor)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7, $8, $9:text, $10, $11)

-- name: invoice_get
SELECT merchant_id, invoice_id, order_id, kind, series, number, issued_day, package_id, refund_id, about_id, bill_to_id, seller,
       seller_country, currency, net_minor, tax_minor, total_minor, tax_mode, tax_scope, tax_rounding, issued_us
  FROM invoice WHERE merchant_id = $1 AND invoice_id = $2

-- name: invoices_of_orders :hot order_id :walk
SELECT merchant_id, invoice_id, order_id, kind, series, number, issued_day, package_id, refund_id, about_id, bill_to_id, seller,
       seller_country, currency, net_minor, tax_minor, total_minor, tax_mode, tax_scope, tax_rounding, issued_us
  FROM invoice WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, invoice_id

-- name: invoice_list
SELECT merchant_id, invoice_id, order_id, kind, series, number, issued_day, package_id, refund_id, about_id, bill_to_id, seller,
       seller_country, currency, net_minor, tax_minor, total_minor, tax_mode, tax_scope, tax_rounding, issued_us
  FROM invoice WHERE merchant_id = $1 AND invoice_id < $2 AND ($4 = 0 OR EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.order_id = invoice.order_id AND o.owner_id = $4))
 ORDER BY invoice_id DESC LIMIT $3

-- name: invoice_lines_of :walk
SELECT merchant_id, invoice_id, line_no, part_no, name, sku, quantity, rate_ppm, tax_name, net_minor, tax_minor
  FROM invoice_line WHERE merchant_id = $1 AND invoice_id IN $2[] ORDER BY invoice_id, line_no, part_no
