-- name: confirmation_ask :many
INSERT INTO confirmation (merchant_id, order_id, asked_us) VALUES ($1, $2, $3)
ON CONFLICT (merchant_id, order_id) DO NOTHING

-- name: confirmation_answer
-- The first answer counts. Staff may confirm before the question was recorded.
INSERT INTO confirmation (merchant_id, order_id, asked_us, answered_us, answered_by, words)
VALUES ($1, $2, $3, $3, $4, $5:text)
ON CONFLICT (merchant_id, order_id)
DO UPDATE SET answered_us = $3, answered_by = $4, words = $5:text
 WHERE confirmation.answered_us IS NULL

-- name: confirmation_find
SELECT order_id, asked_us, answered_us, answered_by, words
  FROM confirmation WHERE merchant_id = $1 AND order_id = $2
