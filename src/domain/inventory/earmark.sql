-- name: earmark_claim :many
-- The one rule against promising more of a delivery than is to come.
UPDATE asn_line SET earmarked = earmarked + $4
 WHERE merchant_id = $1 AND asn_id = $2 AND line_no = $3 AND earmarked + $4 <= due

-- name: earmark_unclaim :many
UPDATE asn_line SET earmarked = earmarked - $4
 WHERE merchant_id = $1 AND asn_id = $2 AND line_no = $3

-- name: earmark_put :many
INSERT INTO earmark (merchant_id, order_id, line_no, asn_id, asn_line, product_id, site_id, units, arrived, expected_day, promised_day)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (merchant_id, order_id, line_no, asn_id, asn_line)
DO UPDATE SET units = earmark.units + excluded.units, expected_day = excluded.expected_day, promised_day = excluded.promised_day

-- name: earmark_write :many
-- As it was read: $6 units, $7 of them here.
UPDATE earmark SET units = $8, arrived = $9, expected_day = $10, promised_day = $11
 WHERE merchant_id = $1 AND order_id = $2 AND line_no = $3 AND asn_id = $4 AND asn_line = $5 AND units = $6 AND arrived = $7

-- name: earmarks_of
-- Of orders; what comes first stands first.
SELECT merchant_id, order_id, line_no, asn_id, asn_line, product_id, site_id, units, arrived, expected_day, promised_day
  FROM earmark WHERE merchant_id = $1 AND order_id IN $2[] AND units + arrived > 0
 ORDER BY order_id, line_no, COALESCE(expected_day, 9000000), asn_id, asn_line

-- name: earmarks_of_asn
-- In the order in which they are served when too little comes.
SELECT e.merchant_id, e.order_id, e.line_no, e.asn_id, e.asn_line, e.product_id, e.site_id, e.units, e.arrived, e.expected_day,
       e.promised_day
  FROM earmark e JOIN orders o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id
 WHERE e.merchant_id = $1 AND e.asn_id = $2 AND e.units > 0
 ORDER BY e.asn_line, o.priority DESC, e.order_id, e.line_no

-- name: earmarks_here
-- Came in for somebody and not promised yet, in the order in which they are served.
SELECT e.merchant_id, e.order_id, e.line_no, e.asn_id, e.asn_line, e.product_id, e.site_id, e.units, e.arrived, e.expected_day,
       e.promised_day
  FROM earmark e
--sqlite: INDEXED BY earmark_of_product
  JOIN orders o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id
 WHERE e.merchant_id = $1 AND e.product_id IN $2[] AND e.units + e.arrived > 0 AND e.arrived > 0
 ORDER BY e.product_id, e.site_id, o.priority DESC, e.order_id, e.line_no

-- name: earmarked_products
SELECT DISTINCT product_id FROM earmark
--sqlite: INDEXED BY earmark_of_product
 WHERE merchant_id = $1 AND product_id IN $2[] AND units + arrived > 0 ORDER BY product_id

-- name: inbound_of
-- In the house, and not put away yet.
SELECT product_id, site_id, CAST(sum(on_hand) AS BIGINT) AS units
  FROM stock WHERE merchant_id = $1 AND product_id IN $2[] AND condition = 3
 GROUP BY product_id, site_id ORDER BY product_id, site_id
