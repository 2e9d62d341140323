-- name: command_key_first_day
SELECT key_day FROM command_key WHERE merchant_id = $1 AND key_day >= $2 ORDER BY key_day LIMIT 1

-- name: command_by_keys
SELECT c.key, c.request_hash, c.command_id, c.actor_id, c.status, c.answer
  FROM command_key k JOIN command c ON c.merchant_id = $1 AND c.command_id = k.command_id
 WHERE k.merchant_id = $1 AND k.key_day IN $2[] AND k.key_hash IN $3[]
 ORDER BY k.key_day

-- name: command_insert :many
INSERT INTO command (merchant_id, command_id, way, actor_id, key, request_hash, status, answer, at_us)
VALUES ($1, $2, $3:text, $4, $5:text, $6, $7, $8:text, $9)

-- name: command_key_insert :many
INSERT INTO command_key (merchant_id, key_day, key_hash, command_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (merchant_id, key_day, key_hash) DO NOTHING
