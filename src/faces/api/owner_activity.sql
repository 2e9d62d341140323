-- name: activity_of_owners
-- What was done for each owner from $2 until before $3, from the facts. A unit lies here from the
-- entry that brings it in to the one that takes it out: places up to 4 are counter-cells.
SELECT owner_id, CAST(sum(received) AS BIGINT) AS received, CAST(sum(stored_minutes) AS BIGINT) / 1440 AS stored_days,
       CAST(sum(at_end) AS BIGINT) AS at_end, CAST(sum(orders) AS BIGINT) AS orders, CAST(sum(picks) AS BIGINT) AS picks,
       CAST(sum(picked) AS BIGINT) AS picked, CAST(sum(packed) AS BIGINT) AS packed, CAST(sum(packages) AS BIGINT) AS packages,
       CAST(sum(shipped) AS BIGINT) AS shipped, CAST(sum(returned) AS BIGINT) AS returned
  FROM (
       SELECT p.owner_id AS owner_id,
              CASE WHEN e.at_us >= $2 AND e.reason = 0 THEN e.quantity ELSE 0 END AS received,
              CASE WHEN e.from_place <= 4 AND e.to_place > 4 THEN e.quantity
                   WHEN e.from_place > 4 AND e.to_place <= 4 THEN -e.quantity ELSE 0 END
              * (($3 - CASE WHEN e.at_us > $2 THEN e.at_us ELSE $2 END) / 60000000) AS stored_minutes,
              CASE WHEN e.from_place <= 4 AND e.to_place > 4 THEN e.quantity
                   WHEN e.from_place > 4 AND e.to_place <= 4 THEN -e.quantity ELSE 0 END AS at_end,
              0 AS orders,
              CASE WHEN e.at_us >= $2 AND e.reason = 2 THEN 1 ELSE 0 END AS picks,
              CASE WHEN e.at_us >= $2 AND e.reason = 2 THEN e.quantity ELSE 0 END AS picked,
              CASE WHEN e.at_us >= $2 AND e.reason = 3 THEN e.quantity ELSE 0 END AS packed,
              0 AS packages,
              CASE WHEN e.at_us >= $2 AND e.reason = 4 THEN e.quantity ELSE 0 END AS shipped,
              CASE WHEN e.at_us >= $2 AND e.reason = 11 THEN e.quantity ELSE 0 END AS returned
         FROM stock_entry e JOIN product p ON p.merchant_id = e.merchant_id AND p.product_id = e.product_id
        WHERE e.merchant_id = $1 AND e.at_us < $3 AND ($4 = 0 OR p.owner_id = $4)
       UNION ALL
       SELECT o.owner_id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
         FROM orders o JOIN order_state s ON s.merchant_id = o.merchant_id AND s.order_id = o.order_id
        WHERE o.merchant_id = $1 AND o.created_us >= $2 AND o.created_us < $3 AND s.commercial > 0 AND ($4 = 0 OR o.owner_id = $4)
       UNION ALL
       SELECT o.owner_id, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0
         FROM package k JOIN orders o ON o.merchant_id = k.merchant_id AND o.order_id = k.order_id
        WHERE k.merchant_id = $1 AND k.handed_over_us >= $2 AND k.handed_over_us < $3 AND ($4 = 0 OR o.owner_id = $4)
       ) AS facts
 GROUP BY owner_id ORDER BY owner_id
