-- name: audit_earmarks
-- What order lines wait for of expected deliveries; how audit.sql is read.
SELECT CASE WHEN sum(over_due) > 0 THEN 'promised of it beyond what is due'
            WHEN sum(due) <> sum(coming) THEN 'units still to come' ELSE 'units that orders wait for' END AS what,
       'asn' AS kind, asn_id AS id, line_no, max(product_id) AS product_id,
       CASE WHEN sum(due) <> sum(coming) THEN sum(coming) ELSE sum(waited) END AS expected,
       CASE WHEN sum(due) <> sum(coming) THEN sum(due) ELSE sum(earmarked) END AS actual
  FROM (SELECT l.asn_id, l.line_no, l.product_id, l.due, l.earmarked, 0 AS waited,
               CASE WHEN l.earmarked > l.due THEN 1 ELSE 0 END AS over_due,
               CASE WHEN a.state < 2 AND l.expected > l.received THEN l.expected - l.received ELSE 0 END AS coming
          FROM asn_line l JOIN asn a ON a.merchant_id = l.merchant_id AND a.asn_id = l.asn_id
         WHERE l.merchant_id = $1
        UNION ALL
        SELECT asn_id, asn_line, product_id, 0, 0, units, 0, 0 FROM earmark WHERE merchant_id = $1 AND units > 0) AS t
 GROUP BY asn_id, line_no
HAVING sum(due) <> sum(coming) OR sum(earmarked) <> sum(waited) OR sum(over_due) > 0
UNION ALL
SELECT 'units that came for who waits', 'sit', site_id, NULL, product_id, sum(waited), sum(kept)
  FROM (SELECT site_id, product_id, arrived AS waited, 0 AS kept FROM earmark WHERE merchant_id = $1 AND arrived > 0
        UNION ALL
        SELECT site_id, product_id, 0, earmarked FROM availability WHERE merchant_id = $1 AND earmarked <> 0) AS t
 GROUP BY site_id, product_id HAVING sum(waited) <> sum(kept)
UNION ALL
SELECT 'waits for more than it is short of', 'ord', e.order_id, e.line_no, max(e.product_id),
       max(coalesce(l.quantity - l.cancelled - l.allocated, 0)), sum(e.units + e.arrived)
  FROM earmark e
  LEFT JOIN order_line l ON l.merchant_id = e.merchant_id AND l.order_id = e.order_id AND l.line_no = e.line_no
   AND l.product_id = e.product_id AND l.kind IN (0, 2)
 WHERE e.merchant_id = $1 AND e.units + e.arrived > 0
 GROUP BY e.order_id, e.line_no
HAVING sum(e.units + e.arrived) > max(coalesce(l.quantity - l.cancelled - l.allocated, 0))
UNION ALL
SELECT 'waits for another product, or at another site', 'ord', e.order_id, e.line_no, e.product_id, NULL, NULL
  FROM earmark e
  JOIN asn_line l ON l.merchant_id = e.merchant_id AND l.asn_id = e.asn_id AND l.line_no = e.asn_line
  JOIN asn a ON a.merchant_id = e.merchant_id AND a.asn_id = e.asn_id
 WHERE e.merchant_id = $1 AND e.units + e.arrived > 0 AND (l.product_id <> e.product_id OR a.site_id <> e.site_id)
UNION ALL
SELECT NULL, NULL, (SELECT count(*) FROM earmark WHERE merchant_id = $1)
                 + (SELECT count(*) FROM asn_line WHERE merchant_id = $1)
                 + (SELECT count(*) FROM availability WHERE merchant_id = $1), NULL, NULL, NULL, NULL
