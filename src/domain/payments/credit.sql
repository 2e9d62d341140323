-- name: credit_insert :many
INSERT INTO credit (merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day,
  note, created_us, owner_id)
VALUES ($1, $2, $3, $4:text, $5:text, $6, $7:text, $8:text, $9, $10, $11:text, $12, $13)

-- name: credit_get
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND credit_id = $2

-- name: credit_by_code
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND code_hash = $2:text

-- name: credit_by_customer
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND customer_id = $2 AND currency = $3:text AND kind = 1

-- name: credit_by_email
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND email = $2:text AND currency = $3:text AND owner_id = $4 AND kind = 1 AND customer_id IS NULL

-- name: credit_list
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND credit_id < $2 ORDER BY credit_id DESC LIMIT $3

-- name: credit_take
UPDATE credit SET balance_minor = balance_minor - $3 WHERE merchant_id = $1 AND credit_id = $2 AND balance_minor >= $3

-- name: credit_give :many
-- $4 is today, $5 the day until which a revived one lives.
UPDATE credit SET balance_minor = balance_minor + $3,
       expires_day = CASE WHEN expires_day < $4 THEN $5 ELSE expires_day END
 WHERE merchant_id = $1 AND credit_id = $2

-- name: credits_by_codes
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND code_hash IN $2:text[] AND code_hash IS NOT NULL ORDER BY credit_id

-- name: credits_by_customers
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND customer_id IN $2[] AND kind = 1 AND customer_id IS NOT NULL ORDER BY credit_id

-- name: credits_by_emails
SELECT merchant_id, credit_id, kind, code_hash, code_end, customer_id, email, currency, balance_minor, expires_day, note, created_us,
       owner_id
  FROM credit WHERE merchant_id = $1 AND email IN $2:text[] AND kind = 1 AND customer_id IS NULL AND email IS NOT NULL ORDER BY credit_id
