-- name: refund_insert :many
INSERT INTO refund (merchant_id, refund_id, order_id, purpose_id, cause, target, state, amount_minor, credit_minor, done_minor,
  set_off_minor, attempts, note, reason, owner_id, owed_us, ended_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13:text, $14:text, $15, $16, $17)

-- name: refunds_get :walk
SELECT merchant_id, refund_id, order_id, purpose_id, cause, target, state, amount_minor, credit_minor, done_minor, set_off_minor,
       attempts, note, reason, owner_id, owed_us, ended_us
  FROM refund WHERE merchant_id = $1 AND refund_id IN $2[] ORDER BY refund_id

-- name: refunds_of_orders :walk
SELECT merchant_id, refund_id, order_id, purpose_id, cause, target, state, amount_minor, credit_minor, done_minor, set_off_minor,
       attempts, note, reason, owner_id, owed_us, ended_us
  FROM refund WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, purpose_id

-- name: refund_list_open
SELECT merchant_id, refund_id, order_id, purpose_id, cause, target, state, amount_minor, credit_minor, done_minor, set_off_minor,
       attempts, note, reason, owner_id, owed_us, ended_us
  FROM refund WHERE merchant_id = $1 AND ended_us IS NULL AND refund_id < $2 ORDER BY refund_id DESC LIMIT $3

-- name: refund_list_all
SELECT merchant_id, refund_id, order_id, purpose_id, cause, target, state, amount_minor, credit_minor, done_minor, set_off_minor,
       attempts, note, reason, owner_id, owed_us, ended_us
  FROM refund WHERE merchant_id = $1 AND refund_id < $2 ORDER BY refund_id DESC LIMIT $3

-- name: refund_follow :many
-- Under the state and sums that were read: who lost a race decides again.
UPDATE refund SET state = $6, done_minor = $7, set_off_minor = $8, attempts = $9, reason = $10:text, ended_us = $11, target = $12
 WHERE merchant_id = $1 AND refund_id = $2 AND state = $3 AND done_minor = $4 AND attempts = $5
