-- name: low_stock
-- What can be promised, as the screen has it, against the mark.
SELECT r.product_id, p.sku, p.name, CAST(coalesce(sum(CASE WHEN a.is_closed = 0 THEN a.sellable - a.promised - a.safety - a.earmarked ELSE 0 END), 0) AS BIGINT) AS available, r.low_at
  FROM stock_rule r
  LEFT JOIN product p ON p.merchant_id = r.merchant_id AND p.product_id = r.product_id
  LEFT JOIN availability a ON a.merchant_id = r.merchant_id AND a.product_id = r.product_id
 WHERE r.merchant_id = $1 AND r.product_id > $2 AND r.low_at IS NOT NULL
 GROUP BY r.product_id, p.sku, p.name, r.low_at
HAVING coalesce(sum(CASE WHEN a.is_closed = 0 THEN a.sellable - a.promised - a.safety - a.earmarked ELSE 0 END), 0) <= r.low_at
 ORDER BY r.product_id LIMIT $3
