-- name: customer_insert :many
INSERT INTO customer (merchant_id, customer_id, reference, name, email, phone, created_us, owner_id)
VALUES ($1, $2, $3:text, $4:text, $5:text, $6:text, $7, $8)

-- name: address_insert :many
INSERT INTO address (merchant_id, address_id, recipient, organization, line1, line2, line3, dependent_locality, city, admin_area,
  postal_code, sorting_code, country, phone, email, instructions)
VALUES ($1, $2, $3:text, $4:text, $5:text, $6:text, $7:text, $8:text, $9:text, $10:text, $11:text, $12:text,
  $13:text, $14:text, $15:text, $16:text)

-- name: customer_get
SELECT merchant_id, customer_id, reference, name, email, phone, created_us, owner_id
  FROM customer WHERE merchant_id = $1 AND customer_id = $2

-- name: customers_of :walk
SELECT merchant_id, customer_id, reference, name, email, phone, created_us, owner_id
  FROM customer WHERE merchant_id = $1 AND customer_id IN $2[] ORDER BY customer_id

-- name: customers_by_reference :walk
SELECT merchant_id, customer_id, reference, name, email, phone, created_us, owner_id
  FROM customer WHERE merchant_id = $1 AND reference IN $2:text[] ORDER BY reference, owner_id

-- name: customer_by_email
-- The oldest record with that address.
SELECT merchant_id, customer_id, reference, name, email, phone, created_us, owner_id
  FROM customer WHERE merchant_id = $1 AND email = $2:text ORDER BY customer_id LIMIT 1

-- name: customer_list
SELECT merchant_id, customer_id, reference, name, email, phone, created_us, owner_id
  FROM customer WHERE merchant_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3

-- name: addresses_of :hot address_id :walk
SELECT merchant_id, address_id, recipient, organization, line1, line2, line3, dependent_locality, city, admin_area,
       postal_code, sorting_code, country, phone, email, instructions
  FROM address WHERE merchant_id = $1 AND address_id IN $2[] ORDER BY address_id
