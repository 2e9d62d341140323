-- name: payment_insert :many
INSERT INTO payment (merchant_id, order_id, payment_id, method, provider, token, currency, amount_minor, authorised_minor,
  captured_minor, refunded_minor, voided_minor, credit_id, created_us)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7:text, $8, $9, $10, $11, $12, $13, $14)

-- name: payment_intent_insert :many
INSERT INTO payment_intent (merchant_id, intent_id, order_id, payment_id, kind, amount_minor, purpose_id, refund_id, state, provider_ref, reason,
  asked_us, answered_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11:text, $12, $13)

-- name: money_entry_insert :many
INSERT INTO money_entry (merchant_id, entry_id, order_id, payment_id, intent_id, credit_id, from_account, to_account, amount_minor, currency,
  at_us, actor_id, command_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11, $12, $13)

-- name: payments_of :hot order_id :walk
SELECT merchant_id, order_id, payment_id, method, provider, token, currency, amount_minor, authorised_minor,
       captured_minor, refunded_minor, voided_minor, credit_id, created_us
  FROM payment WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, payment_id

-- name: payments_take :hot order_id :walk
-- SQLite has one writer; on PostgreSQL the rows are locked until the commit, so that the next
-- statement sees what others decided before.
SELECT merchant_id, order_id, payment_id, method, provider, token, currency, amount_minor, authorised_minor,
       captured_minor, refunded_minor, voided_minor, credit_id, created_us
  FROM payment WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, payment_id
   --pg: FOR UPDATE

-- name: payment_change :many
-- The CHECKs of the table are the condition.
UPDATE payment SET authorised_minor = authorised_minor + $4, captured_minor = captured_minor + $5,
       refunded_minor = refunded_minor + $6, voided_minor = voided_minor + $7
 WHERE merchant_id = $1 AND order_id = $2 AND payment_id = $3

-- name: payment_intents_get :walk
SELECT merchant_id, intent_id, order_id, payment_id, kind, amount_minor, purpose_id, refund_id, state, provider_ref, reason,
       asked_us, answered_us
  FROM payment_intent WHERE merchant_id = $1 AND intent_id IN $2[] ORDER BY intent_id

-- name: payment_intents_live
SELECT merchant_id, intent_id, order_id, payment_id, kind, amount_minor, purpose_id, refund_id, state, provider_ref, reason,
       asked_us, answered_us
  FROM payment_intent WHERE merchant_id = $1 AND payment_id IN $2[] AND state <> 2 ORDER BY payment_id, intent_id

-- name: payment_intent_settle :many
UPDATE payment_intent SET state = $4, provider_ref = $5:text, reason = $6:text, answered_us = $7
 WHERE merchant_id = $1 AND intent_id = $2 AND state = $3

-- name: money_entries_of :walk
SELECT merchant_id, entry_id, order_id, payment_id, intent_id, credit_id, from_account, to_account, amount_minor, currency,
       at_us, actor_id, command_id
  FROM money_entry WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, entry_id

-- name: money_entries_of_credit
SELECT merchant_id, entry_id, order_id, payment_id, intent_id, credit_id, from_account, to_account, amount_minor, currency,
       at_us, actor_id, command_id
  FROM money_entry WHERE merchant_id = $1 AND credit_id = $2 ORDER BY entry_id DESC LIMIT $3
