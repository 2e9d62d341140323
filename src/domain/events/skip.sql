-- name: skip_put
INSERT INTO reaction_skip (merchant_id, reaction, position, kind, order_id, reason, detail, skipped_us, tries)
VALUES ($1, $2:text, $3, $4, $5, $6:text, $7:text, $8, $9)
ON CONFLICT (merchant_id, reaction, position) DO UPDATE SET reason = excluded.reason, detail = excluded.detail,
  skipped_us = excluded.skipped_us, tries = reaction_skip.tries + excluded.tries

-- name: skip_list
SELECT reaction, position, kind, order_id, reason, detail, skipped_us, tries
  FROM reaction_skip WHERE merchant_id = $1 ORDER BY position, reaction LIMIT 500

-- name: skip_count
SELECT count(*) AS n FROM reaction_skip WHERE merchant_id = $1

-- name: skip_done
DELETE FROM reaction_skip WHERE merchant_id = $1 AND reaction = $2:text AND position = $3
