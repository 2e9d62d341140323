-- name: consent_put :many
INSERT INTO substitution_consent (merchant_id, order_id, line_no, consent, said_us, said_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (merchant_id, order_id, line_no) DO UPDATE SET consent = excluded.consent, said_us = excluded.said_us,
  said_by = excluded.said_by

-- name: consents_clear
DELETE FROM substitution_consent WHERE merchant_id = $1 AND order_id = $2

-- name: consents_of :walk
SELECT merchant_id, order_id, line_no, consent, said_us, said_by
  FROM substitution_consent WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, line_no

-- name: substitution_insert :many
INSERT INTO substitution (merchant_id, order_id, substitution_id, line_no, state, product_id, substitute_id, replaced, units,
  cost_minor, price, otherwise, cart_id, new_line, asked_us, expires_us, ended_us, ended_by, note, is_allowed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19:text, $20)

-- name: substitutions_of :walk
SELECT merchant_id, order_id, substitution_id, line_no, state, product_id, substitute_id, replaced, units, cost_minor, price,
       otherwise, cart_id, new_line, asked_us, expires_us, ended_us, ended_by, note, is_allowed
  FROM substitution WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, substitution_id

-- name: substitutions_by_id :walk
SELECT merchant_id, order_id, substitution_id, line_no, state, product_id, substitute_id, replaced, units, cost_minor, price,
       otherwise, cart_id, new_line, asked_us, expires_us, ended_us, ended_by, note, is_allowed
  FROM substitution WHERE merchant_id = $1 AND substitution_id IN $2[] ORDER BY substitution_id

-- name: substitution_end :many
UPDATE substitution SET state = $5, new_line = $6, cost_minor = $7, ended_us = $8, ended_by = $9, note = $10:text
 WHERE merchant_id = $1 AND order_id = $2 AND substitution_id = $3 AND state = $4
