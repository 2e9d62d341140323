-- name: waiting_lines
-- Lines that wait for units of these products, in the order in which they are served: urgent orders,
-- then as fill_policy $5 says (express orders, or by the day that was wished for), then the oldest.
-- With $7 = 1 those for whom something came in stand before them.
-- What is short has not been released as a whole, so its order is in stage $4, processing.
SELECT l.order_id, l.line_no, l.product_id, l.quantity - l.cancelled - l.allocated AS missing,
       s.units - s.cancelled - s.allocated AS order_missing, o.method, o.channel, a.country, a.postal_code,
       o.wish_day,
       (SELECT COALESCE(CAST(sum(v.quantity * x.minutes) AS BIGINT), 0)
          FROM order_line v JOIN service_offer x ON x.merchant_id = v.merchant_id AND x.service_id = v.product_id
         WHERE v.merchant_id = $1 AND v.order_id = s.order_id AND v.kind = 3) AS service_minutes
  FROM order_state s
--sqlite: INDEXED BY order_state_short
  JOIN order_line l ON l.merchant_id = s.merchant_id AND l.order_id = s.order_id
  JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id
  JOIN address a ON a.merchant_id = o.merchant_id AND a.address_id = o.ship_to_id
 WHERE s.merchant_id = $1 AND s.stage = $4 AND s.commercial < 2 AND s.allocated < s.units - s.cancelled
   AND l.product_id IN $2[] AND l.kind IN (0, 2) AND l.allocated < l.quantity - l.cancelled
 ORDER BY CASE WHEN $7 = 1 AND EXISTS (SELECT 1 FROM earmark e
                                         WHERE e.merchant_id = $1 AND e.order_id = l.order_id AND e.arrived > 0)
               THEN 0 ELSE 1 END, o.priority DESC,
       CASE WHEN $5 = 1 THEN CASE WHEN o.method = 1 THEN 0 ELSE 1 END
            WHEN $5 = 2 THEN COALESCE(o.wish_day, 9000000) ELSE 0 END, s.order_id, l.line_no LIMIT $3 OFFSET $6

-- name: waiting_lines_of
-- The same of order $4 alone.
SELECT l.order_id, l.line_no, l.product_id, l.quantity - l.cancelled - l.allocated AS missing,
       s.units - s.cancelled - s.allocated AS order_missing, o.method, o.channel, a.country, a.postal_code,
       o.wish_day,
       (SELECT COALESCE(CAST(sum(v.quantity * x.minutes) AS BIGINT), 0)
          FROM order_line v JOIN service_offer x ON x.merchant_id = v.merchant_id AND x.service_id = v.product_id
         WHERE v.merchant_id = $1 AND v.order_id = s.order_id AND v.kind = 3) AS service_minutes
  FROM order_state s
  JOIN order_line l ON l.merchant_id = s.merchant_id AND l.order_id = s.order_id
  JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id
  JOIN address a ON a.merchant_id = o.merchant_id AND a.address_id = o.ship_to_id
 WHERE s.merchant_id = $1 AND s.order_id = $4 AND s.commercial < 2
   AND l.product_id IN $2[] AND l.kind IN (0, 2) AND l.allocated < l.quantity - l.cancelled
 ORDER BY l.line_no LIMIT $3
