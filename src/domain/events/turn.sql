-- name: turn_get
SELECT holder_id, lease_until_us FROM turn WHERE merchant_id = $1

-- name: turn_insert
INSERT INTO turn (merchant_id, holder_id, lease_until_us) VALUES ($1, $2, $3) ON CONFLICT (merchant_id) DO NOTHING

-- name: turn_take
UPDATE turn SET holder_id = $2, lease_until_us = $3
 WHERE merchant_id = $1 AND (holder_id = $2 OR lease_until_us <= $4)

-- name: turn_give_back
UPDATE turn SET lease_until_us = 0 WHERE merchant_id = $1 AND holder_id = $2
