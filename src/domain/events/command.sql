-- name: command_find
SELECT key, request_hash, command_id, actor_id, status, answer
  FROM command
 WHERE merchant_id = $1 AND key_day IN $2[] AND key_hash = $3 AND key = $4 AND actor_id = $5
 ORDER BY key_day LIMIT 1

-- name: command_insert :many
INSERT INTO command (merchant_id, key_day, key_hash, key, request_hash, command_id, actor_id, status, answer, at_us)
VALUES ($1, $2, $3, $4:text, $5, $6, $7, $8, $9:text, $10)
ON CONFLICT (merchant_id, key_day, key_hash) DO NOTHING

-- name: command_made_insert :many
INSERT INTO command_made (merchant_id, command_id, way, key) VALUES ($1, $2, $3:text, $4:text)
