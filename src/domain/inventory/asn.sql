-- name: asn_insert :many
INSERT INTO asn (merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id)
VALUES ($1, $2, $3, $4:text, $5:text, $6, $7, $8:text, $9, $10, $11)

-- name: asn_line_insert :many
INSERT INTO asn_line (merchant_id, asn_id, line_no, product_id, code, lot, expected, received, damaged, due, earmarked)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7, $8, $9, $10, $11)

-- name: asn_line_write :many
-- Its delivery is kept to this unit (asn_take); orders may have been promised some of it meanwhile.
UPDATE asn_line SET expected = $4, received = $5, damaged = $6, due = $7, earmarked = $8
 WHERE merchant_id = $1 AND asn_id = $2 AND line_no = $3 AND earmarked = $9

-- name: asn_state :many
UPDATE asn SET state = $4, closed_us = $5
 WHERE merchant_id = $1 AND asn_id = $2 AND state = $3

-- name: asn_head :many
UPDATE asn SET expected_day = $3, note = $4:text
 WHERE merchant_id = $1 AND asn_id = $2

-- name: asn_get
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id
  FROM asn WHERE merchant_id = $1 AND asn_id = $2

-- name: asn_take
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id
  FROM asn WHERE merchant_id = $1 AND asn_id = $2
--pg: FOR UPDATE

-- name: asn_by_reference
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id
  FROM asn WHERE merchant_id = $1 AND supplier = $2:text AND reference = $3:text AND owner_id = $4

-- name: asn_lines_of
SELECT merchant_id, asn_id, line_no, product_id, code, lot, expected, received, damaged, due, earmarked
  FROM asn_line WHERE merchant_id = $1 AND asn_id = $2 ORDER BY line_no

-- name: asn_list
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id
  FROM asn WHERE merchant_id = $1 AND asn_id < $2 AND ($4 = 0 OR owner_id = $4) ORDER BY asn_id DESC LIMIT $3

-- name: asns_of :walk
SELECT merchant_id, asn_id, site_id, supplier, reference, state, expected_day, note, created_us, closed_us, owner_id
  FROM asn WHERE merchant_id = $1 AND asn_id IN $2[] ORDER BY asn_id

-- name: asn_products_of
SELECT DISTINCT product_id FROM asn_line
 WHERE merchant_id = $1 AND asn_id IN $2[] AND product_id IS NOT NULL ORDER BY product_id
