-- name: asn_insert :many
INSERT INTO asn (merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us)
VALUES ($1, $2, $3, $4:text, $5:text, $6, $7, $8:text, $9, $10)

-- name: asn_line_insert :many
INSERT INTO asn_line (merchant_id, asn_id, line_no, product_id, code, lot, expected, received, damaged)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7, $8, $9)

-- name: asn_line_add :many
UPDATE asn_line SET received = received + $4, damaged = damaged + $5
 WHERE merchant_id = $1 AND asn_id = $2 AND line_no = $3

-- name: asn_state :many
UPDATE asn SET state = $4, closed_us = $5
 WHERE merchant_id = $1 AND asn_id = $2 AND state = $3

-- name: asn_get
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us
  FROM asn WHERE merchant_id = $1 AND asn_id = $2

-- name: asn_take
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us
  FROM asn WHERE merchant_id = $1 AND asn_id = $2
--pg: FOR UPDATE

-- name: asn_by_reference
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us
  FROM asn WHERE merchant_id = $1 AND supplier = $2:text AND reference = $3:text

-- name: asn_lines_of
SELECT merchant_id, asn_id, line_no, product_id, code, lot, expected, received, damaged
  FROM asn_line WHERE merchant_id = $1 AND asn_id = $2 ORDER BY line_no

-- name: asn_list
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us
  FROM asn WHERE merchant_id = $1 AND asn_id < $2 ORDER BY asn_id DESC LIMIT $3
