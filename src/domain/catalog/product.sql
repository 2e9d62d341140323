-- name: product_insert :many
INSERT INTO product (merchant_id, product_id, sku, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, handling, tracking,
  hs_code, origin, tax_class, is_active, created_us, owner_id)
VALUES ($1, $2, $3:text, $4:text, $5:text, $6, $7, $8, $9, $10, $11, $12, $13:text, $14:text, $15:text, $16, $17, $18)

-- name: product_update :many
UPDATE product SET sku = $3:text, name = $4:text, gtin = $5:text, kind = $6, weight_g = $7, length_mm = $8, width_mm = $9,
       height_mm = $10, handling = $11, tracking = $12, hs_code = $13:text, origin = $14:text, tax_class = $15:text,
       is_active = $16, created_us = $17, owner_id = $18
 WHERE merchant_id = $1 AND product_id = $2

-- name: price_put :many
INSERT INTO price (merchant_id, product_id, currency, from_quantity, unit_minor)
VALUES ($1, $2, $3:text, $4, $5)
ON CONFLICT (merchant_id, product_id, currency, from_quantity) DO UPDATE SET unit_minor = excluded.unit_minor

-- name: kit_part_put :many
INSERT INTO kit_part (merchant_id, kit_id, part_id, quantity)
VALUES ($1, $2, $3, $4)
ON CONFLICT (merchant_id, kit_id, part_id) DO UPDATE SET quantity = excluded.quantity

-- name: kit_parts_clear
DELETE FROM kit_part WHERE merchant_id = $1 AND kit_id = $2

-- name: service_put :many
INSERT INTO service_offer (merchant_id, service_id, code, name, kind, minutes, text_max, is_active, tax_class)
VALUES ($1, $2, $3:text, $4:text, $5, $6, $7, $8, $9:text)
ON CONFLICT (merchant_id, service_id) DO UPDATE SET code = excluded.code, name = excluded.name, kind = excluded.kind, minutes = excluded.minutes,
  text_max = excluded.text_max, is_active = excluded.is_active, tax_class = excluded.tax_class

-- name: products_of :kept product_id :walk
SELECT merchant_id, product_id, sku, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, handling, tracking,
       hs_code, origin, tax_class, is_active, created_us, owner_id
  FROM product WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id

-- name: products_by_sku :kept sku
SELECT merchant_id, product_id, sku, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, handling, tracking,
       hs_code, origin, tax_class, is_active, created_us, owner_id
  FROM product WHERE merchant_id = $1 AND sku IN $2:text[] AND ($3 < 0 OR owner_id = $3) ORDER BY sku, owner_id

-- name: products_by_gtin
SELECT merchant_id, product_id, sku, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, handling, tracking,
       hs_code, origin, tax_class, is_active, created_us, owner_id
  FROM product WHERE merchant_id = $1 AND gtin = $2:text AND ($3 = 0 OR owner_id = $3) ORDER BY product_id LIMIT 100

-- name: products_by_gtins
SELECT merchant_id, product_id, sku, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, handling, tracking,
       hs_code, origin, tax_class, is_active, created_us, owner_id
  FROM product WHERE merchant_id = $1 AND gtin IN $2:text[] AND gtin IS NOT NULL AND ($3 = 0 OR owner_id = $3)
 ORDER BY gtin, product_id

-- name: product_list
SELECT merchant_id, product_id, sku, name, gtin, kind, weight_g, length_mm, width_mm, height_mm, handling, tracking,
       hs_code, origin, tax_class, is_active, created_us, owner_id
  FROM product WHERE merchant_id = $1 AND sku >= $2:text AND (sku > $2:text OR owner_id > $3)
   AND ($4 = 0 OR owner_id = $4) ORDER BY sku, owner_id LIMIT $5

-- name: prices_of :kept product_id :walk
SELECT merchant_id, product_id, currency, from_quantity, unit_minor
  FROM price WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, currency, from_quantity

-- name: kit_parts_of :kept kit_id :walk
SELECT merchant_id, kit_id, part_id, quantity
  FROM kit_part WHERE merchant_id = $1 AND kit_id IN $2[] ORDER BY kit_id, part_id

-- name: service_list :kept
SELECT merchant_id, service_id, code, name, kind, minutes, text_max, is_active, tax_class
  FROM service_offer WHERE merchant_id = $1 ORDER BY service_id LIMIT 1000
