-- name: expected_of
SELECT l.product_id, a.site_id, l.asn_id, l.line_no, a.expected_day, l.due AS units, l.earmarked
  FROM asn_line l
--sqlite: INDEXED BY asn_line_due
  JOIN asn a ON a.merchant_id = l.merchant_id AND a.asn_id = l.asn_id
 WHERE l.merchant_id = $1 AND l.product_id IN $2[] AND l.due > 0
 ORDER BY l.product_id, COALESCE(a.expected_day, 9000000), l.asn_id, l.line_no
