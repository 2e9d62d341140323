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

-- name: packages_by_sscc :walk
SELECT package_id, sscc FROM package WHERE merchant_id = $1 AND sscc IN $2:text[] ORDER BY sscc

-- name: packages_combinable
-- What waits at a site in parcels of its own, of customers of whom more than one waits; theirs stand together.
SELECT p.package_id, coalesce(lower(o.customer_email), 'customer ' || o.customer_id) || ' ' || o.owner_id AS who
  FROM package p JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id
 WHERE p.merchant_id = $1 AND p.site_id = $2 AND p.state IN (1, 2) AND p.state < 3 AND p.inside_id IS NULL
   AND ($4 = 0 OR o.owner_id = $4)
   AND coalesce(lower(o.customer_email), 'customer ' || o.customer_id) || ' ' || o.owner_id IN (
       SELECT coalesce(lower(m.customer_email), 'customer ' || m.customer_id) || ' ' || m.owner_id
         FROM package q JOIN orders m ON m.merchant_id = q.merchant_id AND m.order_id = q.order_id
        WHERE q.merchant_id = $1 AND q.site_id = $2 AND q.state IN (1, 2) AND q.state < 3 AND q.inside_id IS NULL
        GROUP BY coalesce(lower(m.customer_email), 'customer ' || m.customer_id) || ' ' || m.owner_id HAVING count(*) > 1)
 ORDER BY coalesce(lower(o.customer_email), 'customer ' || o.customer_id) || ' ' || o.owner_id, p.package_id LIMIT $3

-- name: packages_beside
SELECT count(*) AS n
  FROM package p JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id
 WHERE p.merchant_id = $1 AND p.site_id = $2 AND p.state IN (1, 2) AND p.state < 3 AND p.inside_id IS NULL
   AND (o.customer_id = $3 OR lower(o.customer_email) = $4:text) AND o.owner_id = $6 AND p.package_id <> $5
