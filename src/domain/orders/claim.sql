-- name: claim_insert :many
INSERT INTO claim (merchant_id, claim_id, order_id, package_id, kind, state, carrier, tracking_number, amount_minor, paid_minor,
  currency, reference, note, opened_us, filed_us, ended_us)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8:text, $9, $10, $11:text, $12:text, $13:text, $14, $15, $16)

-- name: claim_get
SELECT merchant_id, claim_id, order_id, package_id, kind, state, carrier, tracking_number, amount_minor, paid_minor, currency,
       reference, note, opened_us, filed_us, ended_us
  FROM claim WHERE merchant_id = $1 AND claim_id = $2

-- name: claims_of_orders :walk
SELECT merchant_id, claim_id, order_id, package_id, kind, state, carrier, tracking_number, amount_minor, paid_minor, currency,
       reference, note, opened_us, filed_us, ended_us
  FROM claim WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, claim_id

-- name: claim_list_open
SELECT merchant_id, claim_id, order_id, package_id, kind, state, carrier, tracking_number, amount_minor, paid_minor, currency,
       reference, note, opened_us, filed_us, ended_us
  FROM claim WHERE merchant_id = $1 AND claim_id > $2 AND ended_us IS NULL ORDER BY claim_id LIMIT $3

-- name: claim_page
SELECT merchant_id, claim_id, order_id, package_id, kind, state, carrier, tracking_number, amount_minor, paid_minor, currency,
       reference, note, opened_us, filed_us, ended_us
  FROM claim WHERE merchant_id = $1 AND claim_id > $2 ORDER BY claim_id LIMIT $3

-- name: claim_write :many
UPDATE claim SET state = $4, amount_minor = $5, paid_minor = $6, reference = $7:text, note = $8:text, filed_us = $9,
       ended_us = $10
 WHERE merchant_id = $1 AND claim_id = $2 AND state = $3
