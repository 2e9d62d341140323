-- name: availability_keep :many
UPDATE availability SET safety = $4
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3

-- name: availability_close :many
UPDATE availability SET is_closed = $4
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3

-- name: reserve_put :many
INSERT INTO channel_reserve (merchant_id, product_id, site_id, channel, units) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (merchant_id, product_id, site_id, channel) DO UPDATE SET units = excluded.units

-- name: reserve_drop :many
DELETE FROM channel_reserve
 WHERE merchant_id = $1 AND product_id = $2 AND site_id = $3 AND channel = $4

-- name: reserves_of :kept product_id :walk
SELECT product_id, site_id, channel, units
  FROM channel_reserve WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, site_id, channel
