-- name: merchant_insert :many
INSERT INTO merchant (merchant_id, code, name, currency, country, email, street, gs1_prefix, price_policy, stock_policy,
  confirm_channels, capture_policy, grace_us, sourcing_policy, fill_policy, created_us)
VALUES ($1, $2:text, $3:text, $4:text, $5:text, $6:text, $7:text, $8:text, $9, $10, $11, $12, $13, $14, $15, $16)

-- name: merchant_update :many
UPDATE merchant SET code = $2:text, name = $3:text, currency = $4:text, country = $5:text, email = $6:text, street = $7:text,
       gs1_prefix = $8:text, price_policy = $9, stock_policy = $10, confirm_channels = $11, capture_policy = $12,
       grace_us = $13, sourcing_policy = $14, fill_policy = $15, created_us = $16
 WHERE merchant_id = $1

-- name: merchant_get :kept
SELECT merchant_id, code, name, currency, country, email, street, gs1_prefix, price_policy, stock_policy,
       confirm_channels, capture_policy, grace_us, sourcing_policy, fill_policy, created_us
  FROM merchant WHERE merchant_id = $1

-- name: merchant_list
-- The one question that is across merchants: whose work is there to do?
SELECT merchant_id, code, name, currency, country, email, street, gs1_prefix, price_policy, stock_policy,
       confirm_channels, capture_policy, grace_us, sourcing_policy, fill_policy, created_us
  FROM merchant ORDER BY merchant_id LIMIT 10000

-- name: api_key_insert :many
INSERT INTO api_key (key_id, merchant_id, name, key_hash, scopes, created_us, expires_us, revoked_us, person_id, owner_id)
VALUES ($1, $2, $3:text, $4:text, $5, $6, $7, $8, $9, $10)

-- name: api_key_find
-- Before it is known whose key it is.
SELECT key_id, merchant_id, name, key_hash, scopes, created_us, expires_us, revoked_us, person_id, owner_id
  FROM api_key WHERE key_id = $1

-- name: api_key_list
SELECT key_id, merchant_id, name, key_hash, scopes, created_us, expires_us, revoked_us, person_id, owner_id
  FROM api_key WHERE merchant_id = $1 ORDER BY key_id LIMIT 1000

-- name: api_key_revoke
UPDATE api_key SET revoked_us = $3 WHERE merchant_id = $1 AND key_id = $2 AND revoked_us IS NULL

-- name: secret_insert
INSERT INTO secret (name, value) VALUES ($1:text, $2:text) ON CONFLICT (name) DO NOTHING

-- name: secret_get
SELECT name, value FROM secret WHERE name = $1:text

-- name: clock_ahead
SELECT value AS n FROM counter WHERE merchant_id = $1 AND name = 'clock_ahead_us'

-- name: clock_keep :many
INSERT INTO counter (merchant_id, name, value) VALUES ($1, 'clock_ahead_us', $2)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = excluded.value
