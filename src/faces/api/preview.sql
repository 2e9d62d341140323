-- name: preview_orders_touched
-- Which of these identifiers are orders, or lie in one?
SELECT order_id FROM orders WHERE merchant_id = $1 AND order_id IN $2[]
UNION SELECT order_id FROM fulfillment WHERE merchant_id = $1 AND fulfillment_id IN $2[]
UNION SELECT order_id FROM package WHERE merchant_id = $1 AND package_id IN $2[]
UNION SELECT order_id FROM order_return WHERE merchant_id = $1 AND return_id IN $2[]
UNION SELECT order_id FROM claim WHERE merchant_id = $1 AND claim_id IN $2[]

-- name: preview_products_touched
SELECT product_id FROM product WHERE merchant_id = $1 AND product_id IN $2[]

-- name: preview_jobs_made
SELECT job_id, subject_id, due_us, lease_until_us, fence, kind, state, attempts, last_error
  FROM job WHERE merchant_id = $1 AND job_id > $2 ORDER BY job_id

-- name: preview_credits_touched
SELECT credit_id FROM credit WHERE merchant_id = $1 AND credit_id IN $2[]

-- name: preview_deliveries_touched
SELECT asn_id FROM asn WHERE merchant_id = $1 AND asn_id IN $2[]

-- name: preview_credits :walk
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND credit_id IN $2[] ORDER BY credit_id

-- name: preview_deliveries :walk
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id
  FROM asn WHERE merchant_id = $1 AND asn_id IN $2[] ORDER BY asn_id

-- name: preview_delivery_lines :walk
SELECT merchant_id, asn_id, line_no, product_id, code, lot, expected, received, damaged, due, earmarked
  FROM asn_line WHERE merchant_id = $1 AND asn_id IN $2[] ORDER BY asn_id, line_no
