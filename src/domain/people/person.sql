-- name: person_insert :many
INSERT INTO person (merchant_id, person_id, login, name, email, role, password_hash, pin_hash, badge_hash,
  wrong_tries, locked_until_us, created_us, disabled_us, owner_id)
VALUES ($1, $2, $3:text, $4:text, $5:text, $6, $7:text, $8:text, $9:text, $10, $11, $12, $13, $14)

-- name: person_update :many
UPDATE person SET login = $3:text, name = $4:text, email = $5:text, role = $6, password_hash = $7:text, pin_hash = $8:text,
       badge_hash = $9:text, wrong_tries = $10, locked_until_us = $11, created_us = $12, disabled_us = $13, owner_id = $14
 WHERE merchant_id = $1 AND person_id = $2

-- name: person_get
SELECT merchant_id, person_id, login, name, email, role, password_hash, pin_hash, badge_hash,
       wrong_tries, locked_until_us, created_us, disabled_us, owner_id
  FROM person WHERE merchant_id = $1 AND person_id = $2

-- name: person_by_login
SELECT merchant_id, person_id, login, name, email, role, password_hash, pin_hash, badge_hash,
       wrong_tries, locked_until_us, created_us, disabled_us, owner_id
  FROM person WHERE merchant_id = $1 AND login = $2:text

-- name: person_by_badge
SELECT merchant_id, person_id, login, name, email, role, password_hash, pin_hash, badge_hash,
       wrong_tries, locked_until_us, created_us, disabled_us, owner_id
  FROM person WHERE merchant_id = $1 AND badge_hash = $2:text

-- name: person_list
SELECT merchant_id, person_id, login, name, email, role, password_hash, pin_hash, badge_hash,
       wrong_tries, locked_until_us, created_us, disabled_us, owner_id
  FROM person WHERE merchant_id = $1 ORDER BY person_id LIMIT 10000

-- name: person_wrong
UPDATE person SET wrong_tries = wrong_tries + 1,
       locked_until_us = CASE WHEN wrong_tries + 1 >= $3 THEN $4 ELSE locked_until_us END
 WHERE merchant_id = $1 AND person_id = $2

-- name: person_right
UPDATE person SET wrong_tries = 0, locked_until_us = NULL WHERE merchant_id = $1 AND person_id = $2

-- name: session_insert :many
INSERT INTO session (session_id, merchant_id, person_id, token_hash, scopes, created_us, expires_us, ended_us)
VALUES ($1, $2, $3, $4:text, $5, $6, $7, $8)

-- name: session_find
-- Before it is known whose it is.
SELECT session_id, merchant_id, person_id, token_hash, scopes, created_us, expires_us, ended_us
  FROM session WHERE session_id = $1

-- name: session_end
UPDATE session SET ended_us = $3 WHERE merchant_id = $1 AND session_id = $2 AND ended_us IS NULL

-- name: session_end_of
UPDATE session SET ended_us = $3 WHERE merchant_id = $1 AND person_id = $2 AND ended_us IS NULL

-- name: session_forget
-- Across merchants: what ran out a day ago helps nobody.
DELETE FROM session WHERE expires_us < $1

-- name: actors_of
SELECT person_id AS actor_id, name FROM person WHERE merchant_id = $1 AND person_id IN $2[]
UNION ALL
SELECT key_id, name FROM api_key WHERE merchant_id = $1 AND key_id IN $2[]
 ORDER BY 1
