-- name: tracking_serials
INSERT INTO counter (merchant_id, name, value) VALUES ($1, 'tracking', $2)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = counter.value + $2
RETURNING value

-- name: manifest_numbers
INSERT INTO counter (merchant_id, name, value) VALUES ($1, 'manifest', $2)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = counter.value + $2
RETURNING value

-- name: manifest_insert :many
INSERT INTO manifest (merchant_id, manifest_id, site_id, carrier, number, created_us, closed_us)
VALUES ($1, $2, $3, $4:text, $5, $6, $7)

-- name: manifests_open
-- Identifiers are ordered by time, so today's stand together.
SELECT merchant_id, manifest_id, site_id, carrier, number, created_us, closed_us
  FROM manifest WHERE merchant_id = $1 AND manifest_id >= $2 AND closed_us IS NULL ORDER BY manifest_id LIMIT 1000

-- name: manifest_get
SELECT merchant_id, manifest_id, site_id, carrier, number, created_us, closed_us
  FROM manifest WHERE merchant_id = $1 AND manifest_id = $2

-- name: manifest_list
SELECT merchant_id, manifest_id, site_id, carrier, number, created_us, closed_us
  FROM manifest WHERE merchant_id = $1 AND manifest_id < $2 ORDER BY manifest_id DESC LIMIT $3

-- name: manifest_close
UPDATE manifest SET closed_us = $3 WHERE merchant_id = $1 AND manifest_id = $2 AND closed_us IS NULL

-- name: packages_by_sscc
SELECT package_id, sscc FROM package WHERE merchant_id = $1 AND sscc IN $2:text[] ORDER BY sscc
