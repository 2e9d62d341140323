-- name: proposal_insert :many
INSERT INTO proposal (merchant_id, order_id, change_id, state, method, known_version, wish_day, ship_to_id, shipping_minor,
  note, reason, begun_by, begun_us, edited_us, expires_us, ended_by, ended_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11:text, $12, $13, $14, $15, $16, $17)

-- name: proposal_line_insert :many
INSERT INTO proposal_line (merchant_id, order_id, change_id, position, line_no, sku, service, name, parent_line, quantity,
  unit_minor, discount_minor, wording)
VALUES ($1, $2, $3, $4, $5, $6:text, $7:text, $8:text, $9, $10, $11, $12, $13:text)

-- name: proposal_get
SELECT merchant_id, order_id, change_id, state, method, known_version, wish_day, ship_to_id, shipping_minor, note, reason,
       begun_by, begun_us, edited_us, expires_us, ended_by, ended_us
  FROM proposal WHERE merchant_id = $1 AND order_id = $2 AND change_id = $3

-- name: proposal_find_open
SELECT merchant_id, order_id, change_id, state, method, known_version, wish_day, ship_to_id, shipping_minor, note, reason,
       begun_by, begun_us, edited_us, expires_us, ended_by, ended_us
  FROM proposal WHERE merchant_id = $1 AND order_id = $2 AND ended_us IS NULL

-- name: proposals_of
SELECT merchant_id, order_id, change_id, state, method, known_version, wish_day, ship_to_id, shipping_minor, note, reason,
       begun_by, begun_us, edited_us, expires_us, ended_by, ended_us
  FROM proposal WHERE merchant_id = $1 AND order_id = $2 ORDER BY change_id

-- name: proposal_lines_of
SELECT merchant_id, order_id, change_id, position, line_no, sku, service, name, parent_line, quantity, unit_minor,
       discount_minor, wording
  FROM proposal_line WHERE merchant_id = $1 AND order_id = $2 AND change_id = $3 ORDER BY position

-- name: proposal_end :many
UPDATE proposal SET state = $5, ended_by = $6, ended_us = $7
 WHERE merchant_id = $1 AND order_id = $2 AND change_id = $3 AND state = $4

-- name: proposal_write :many
UPDATE proposal SET method = $4, known_version = $5, wish_day = $6, ship_to_id = $7, shipping_minor = $8, note = $9:text,
       reason = $10:text, edited_us = $11, expires_us = $12
 WHERE merchant_id = $1 AND order_id = $2 AND change_id = $3 AND state = 0

-- name: proposal_lines_clear
DELETE FROM proposal_line WHERE merchant_id = $1 AND order_id = $2 AND change_id = $3
