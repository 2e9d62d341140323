-- name: stock_cells_of
SELECT s.product_id, s.place_id, s.lot, s.condition, s.site_id, s.on_hand, s.allotted, k.expiry_day, k.sells_until_day
  FROM stock s LEFT JOIN lot k ON k.merchant_id = s.merchant_id AND k.product_id = s.product_id AND k.lot = s.lot
 WHERE s.merchant_id = $1 AND s.product_id IN $2[] ORDER BY s.product_id, s.place_id, s.lot, s.condition

-- name: stock_cells_take
SELECT s.product_id, s.place_id, s.lot, s.condition, s.site_id, s.on_hand, s.allotted, k.expiry_day, k.sells_until_day
  FROM stock s LEFT JOIN lot k ON k.merchant_id = s.merchant_id AND k.product_id = s.product_id AND k.lot = s.lot
 WHERE s.merchant_id = $1 AND s.product_id IN $2[] ORDER BY s.product_id, s.place_id, s.lot, s.condition
--pg: FOR UPDATE OF s

-- name: stock_sums_of
SELECT product_id, site_id, CAST(sum(on_hand) AS BIGINT) AS on_hand, CAST(sum(allotted) AS BIGINT) AS allotted
  FROM stock WHERE merchant_id = $1 AND product_id IN $2[] GROUP BY product_id, site_id ORDER BY product_id, site_id

-- name: stock_of_places_take
SELECT s.product_id, s.place_id, s.lot, s.condition, s.site_id, s.on_hand, s.allotted, k.expiry_day, k.sells_until_day
  FROM stock s LEFT JOIN lot k ON k.merchant_id = s.merchant_id AND k.product_id = s.product_id AND k.lot = s.lot
 WHERE s.merchant_id = $1 AND s.place_id IN $2[] ORDER BY s.place_id, s.product_id, s.lot, s.condition
--pg: FOR UPDATE OF s
