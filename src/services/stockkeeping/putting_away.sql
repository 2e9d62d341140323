-- name: bins_empty
-- Where nothing lies and nothing is on its way to: reserve (kind 1) before pick faces (0).
SELECT b.merchant_id, b.bin_id, b.site_id, b.code, b.zone, b.aisle, b.bay, b.level, b.x_mm, b.y_mm, b.kind
  FROM bin b
 WHERE b.merchant_id = $1 AND b.site_id = $2 AND b.kind IN (0, 1)
   AND NOT EXISTS (SELECT 1 FROM stock s WHERE s.merchant_id = b.merchant_id AND s.place_id = b.bin_id AND s.on_hand > 0)
   AND NOT EXISTS (SELECT 1 FROM stock_task t WHERE t.merchant_id = b.merchant_id AND t.to_place = b.bin_id AND t.state < 2)
 ORDER BY b.kind DESC, b.code LIMIT $3
