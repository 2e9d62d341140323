-- name: owner_insert :many
INSERT INTO owner (merchant_id, owner_id, code, name, email, street, is_active, created_us)
VALUES ($1, $2, $3:text, $4:text, $5:text, $6:text, $7, $8)

-- name: owner_update :many
UPDATE owner SET code = $3:text, name = $4:text, email = $5:text, street = $6:text, is_active = $7, created_us = $8
 WHERE merchant_id = $1 AND owner_id = $2

-- name: owners_of :kept owner_id :walk
SELECT merchant_id, owner_id, code, name, email, street, is_active, created_us
  FROM owner WHERE merchant_id = $1 AND owner_id IN $2[] ORDER BY owner_id

-- name: owners_by_code :kept code :walk
SELECT merchant_id, owner_id, code, name, email, street, is_active, created_us
  FROM owner WHERE merchant_id = $1 AND code IN $2:text[] ORDER BY code

-- name: owner_list
SELECT merchant_id, owner_id, code, name, email, street, is_active, created_us
  FROM owner WHERE merchant_id = $1 AND ($2 = 0 OR owner_id = $2) ORDER BY code LIMIT $3
