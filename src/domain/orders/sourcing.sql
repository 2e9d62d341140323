-- name: sourcing_decision_insert :many
INSERT INTO sourcing_decision (merchant_id, order_id, decision_id, cause, policy, units, short_of, why, sites, at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8:text, $9:text, $10)

-- name: sourcing_decisions_of
SELECT order_id, decision_id, cause, policy, units, short_of, why, sites, at_us
  FROM sourcing_decision WHERE merchant_id = $1 AND order_id = $2 ORDER BY decision_id LIMIT 1000

-- name: site_load_add :many
INSERT INTO site_load (merchant_id, leave_day, site_id, units) VALUES ($1, $2, $3, $4)
ON CONFLICT (merchant_id, leave_day, site_id) DO UPDATE SET units = site_load.units + excluded.units

-- name: site_loads_of :walk
SELECT leave_day, site_id, units FROM site_load WHERE merchant_id = $1 AND leave_day IN $2[] ORDER BY leave_day, site_id

-- name: site_rejection_put :many
INSERT INTO site_rejection (merchant_id, order_id, site_id, fulfillment_id, reason, note, at_us, until_us, actor_id)
VALUES ($1, $2, $3, $4, $5, $6:text, $7, $8, $9)
ON CONFLICT (merchant_id, order_id, site_id) DO UPDATE SET fulfillment_id = excluded.fulfillment_id,
  reason = excluded.reason, note = excluded.note, at_us = excluded.at_us, until_us = excluded.until_us,
  actor_id = excluded.actor_id

-- name: site_rejections_of :walk
SELECT order_id, site_id, fulfillment_id, reason, note, at_us, until_us, actor_id
  FROM site_rejection WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, site_id
