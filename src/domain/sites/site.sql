-- name: site_insert :many
INSERT INTO site (merchant_id, site_id, code, name, kind, country, postal_code, city, street, priority, cutoff_minute, work_days,
  sells_from, capacity_units, parcel_minor)
VALUES ($1, $2, $3:text, $4:text, $5, $6:text, $7:text, $8:text, $9:text, $10, $11, $12, $13, $14, $15)

-- name: site_update :many
UPDATE site SET name = $3:text, country = $4:text, postal_code = $5:text, city = $6:text, street = $7:text, priority = $8,
       cutoff_minute = $9, work_days = $10, capacity_units = $11, parcel_minor = $12, sells_from = $13
 WHERE merchant_id = $1 AND site_id = $2

-- name: sites_follow
-- Those without an address: one that has a city stays where it stands.
UPDATE site SET country = $3:text
 WHERE merchant_id = $1 AND country = $2:text AND city IS NULL AND postal_code IS NULL AND street IS NULL

-- name: bin_insert :many
INSERT INTO bin (merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind)
VALUES ($1, $2, $3, $4:text, $5:text, $6, $7, $8, $9, $10, $11)

-- name: carton_insert :many
INSERT INTO carton (merchant_id, carton_id, site_id, code, length_mm, width_mm, height_mm, tare_g, max_g, cost_minor)
VALUES ($1, $2, $3, $4:text, $5, $6, $7, $8, $9, $10)

-- name: site_list :kept
SELECT merchant_id, site_id, code, name, kind, country, postal_code, city, street, priority, cutoff_minute, work_days,
  sells_from, capacity_units, parcel_minor
  FROM site WHERE merchant_id = $1 ORDER BY priority, site_id LIMIT 1000

-- name: site_get
SELECT merchant_id, site_id, code, name, kind, country, postal_code, city, street, priority, cutoff_minute, work_days,
  sells_from, capacity_units, parcel_minor
  FROM site WHERE merchant_id = $1 AND site_id = $2

-- name: site_by_code
SELECT merchant_id, site_id, code, name, kind, country, postal_code, city, street, priority, cutoff_minute, work_days,
  sells_from, capacity_units, parcel_minor
  FROM site WHERE merchant_id = $1 AND code = $2:text

-- name: bins_of :walk
SELECT merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind
  FROM bin WHERE merchant_id = $1 AND bin_id IN $2[] ORDER BY bin_id

-- name: bin_by_code
SELECT merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind
  FROM bin WHERE merchant_id = $1 AND site_id = $2 AND code = $3:text

-- name: bins_by_codes
SELECT merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind
  FROM bin WHERE merchant_id = $1 AND site_id IN $2[] AND code IN $3:text[] ORDER BY site_id, code

-- name: bin_list
SELECT merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind
  FROM bin WHERE merchant_id = $1 AND site_id = $2 AND code > $3:text ORDER BY code LIMIT $4

-- name: carton_list
SELECT merchant_id, carton_id, site_id, code, length_mm, width_mm, height_mm, tare_g, max_g, cost_minor
  FROM carton WHERE merchant_id = $1 AND site_id = $2 ORDER BY carton_id LIMIT 1000

-- name: bins_of_kind
SELECT merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind
  FROM bin WHERE merchant_id = $1 AND site_id = $2 AND kind = $3 ORDER BY code LIMIT $4

-- name: bins_of_kind_at
-- The bins of one kind at these sites; the first of each site is taken.
SELECT merchant_id, bin_id, site_id, code, zone, aisle, bay, level, x_mm, y_mm, kind
  FROM bin WHERE merchant_id = $1 AND site_id IN $2[] AND kind = $3 ORDER BY site_id, bin_id LIMIT 1000
