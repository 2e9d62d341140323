-- name: substitute_put :many
INSERT INTO substitute (merchant_id, product_id, substitute_id, rank, replaced, units, price, otherwise, answer_hours,
  from_day, until_day, is_active)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (merchant_id, product_id, substitute_id) DO UPDATE SET rank = excluded.rank, replaced = excluded.replaced,
  units = excluded.units, price = excluded.price, otherwise = excluded.otherwise, answer_hours = excluded.answer_hours,
  from_day = excluded.from_day, until_day = excluded.until_day, is_active = excluded.is_active

-- name: substitute_remove
DELETE FROM substitute WHERE merchant_id = $1 AND product_id = $2 AND substitute_id = $3

-- name: substitutes_all
SELECT merchant_id, product_id, substitute_id, rank, replaced, units, price, otherwise, answer_hours, from_day, until_day,
       is_active
  FROM substitute WHERE merchant_id = $1 ORDER BY product_id, rank, substitute_id LIMIT 5001

-- name: substitutes_of :kept product_id
SELECT merchant_id, product_id, substitute_id, rank, replaced, units, price, otherwise, answer_hours, from_day, until_day,
       is_active
  FROM substitute WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, rank, substitute_id

-- name: substitutes_by
SELECT merchant_id, product_id, substitute_id, rank, replaced, units, price, otherwise, answer_hours, from_day, until_day,
       is_active
  FROM substitute WHERE merchant_id = $1 AND substitute_id IN $2[] ORDER BY product_id, rank, substitute_id
