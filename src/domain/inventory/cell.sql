-- name: stock_cells_of
SELECT product_id, place_id, lot, condition, owner_id, site_id, on_hand, allotted
  FROM stock WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, place_id, lot, condition, owner_id

-- name: stock_sums_of
SELECT product_id, site_id, CAST(sum(on_hand) AS BIGINT) AS on_hand, CAST(sum(allotted) AS BIGINT) AS allotted
  FROM stock WHERE merchant_id = $1 AND product_id IN $2[] GROUP BY product_id, site_id ORDER BY product_id, site_id
