-- name: message_insert :many
INSERT INTO message (merchant_id, message_id, order_id, template, recipient, cause, package_id, state, reason, created_us, sent_us)
VALUES ($1, $2, $3, $4, $5:text, $6, $7, $8, $9:text, $10, $11)
ON CONFLICT (merchant_id, order_id, template, cause, recipient) DO NOTHING

-- name: messages_get :hot message_id :walk
SELECT merchant_id, message_id, order_id, template, recipient, cause, package_id, state, reason, created_us, sent_us
  FROM message WHERE merchant_id = $1 AND message_id IN $2[] ORDER BY message_id

-- name: messages_of
SELECT merchant_id, message_id, order_id, template, recipient, cause, package_id, state, reason, created_us, sent_us
  FROM message WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, message_id

-- name: message_write :many
UPDATE message SET state = $4, reason = $5:text, sent_us = $6
 WHERE merchant_id = $1 AND message_id = $2 AND state = $3
