-- name: expected_of
SELECT l.product_id, a.site_id, l.asn_id, l.line_no, a.expected_day, l.expected - l.received AS units
  FROM asn_line l
--sqlite: INDEXED BY asn_line_open
  JOIN asn a ON a.merchant_id = l.merchant_id AND a.asn_id = l.asn_id
 WHERE l.merchant_id = $1 AND l.product_id IN $2[] AND l.received < l.expected AND a.state < 2
 ORDER BY l.product_id, COALESCE(a.expected_day, 9000000), l.asn_id, l.line_no
