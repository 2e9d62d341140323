-- name: stock_task_insert :many
INSERT INTO stock_task (merchant_id, task_id, site_id, kind, state, product_id, lot, condition, from_place, to_place, quantity, done,
  cause_id, worker_id, lease_until_us, created_us, done_us)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)

-- name: stock_task_take_row
SELECT merchant_id, task_id, site_id, kind, state, product_id, lot, condition, from_place, to_place, quantity, done,
       cause_id, worker_id, lease_until_us, created_us, done_us
  FROM stock_task WHERE merchant_id = $1 AND task_id = $2
--pg: FOR UPDATE

-- name: stock_task_write :many
UPDATE stock_task SET state = $3, to_place = $4, done = $5, worker_id = $6, lease_until_us = $7, done_us = $8
 WHERE merchant_id = $1 AND task_id = $2

-- name: stock_tasks_open
SELECT merchant_id, task_id, site_id, kind, state, product_id, lot, condition, from_place, to_place, quantity, done,
       cause_id, worker_id, lease_until_us, created_us, done_us
  FROM stock_task WHERE merchant_id = $1 AND site_id = $2 AND kind = $3 AND state < 2 AND task_id > $4
 ORDER BY task_id LIMIT $5

-- name: stock_tasks_of :walk
SELECT merchant_id, task_id, site_id, kind, state, product_id, lot, condition, from_place, to_place, quantity, done,
       cause_id, worker_id, lease_until_us, created_us, done_us
  FROM stock_task WHERE merchant_id = $1 AND product_id IN $2[] AND state < 2 ORDER BY product_id, task_id

-- name: pick_face_put :many
INSERT INTO pick_face (merchant_id, product_id, bin_id, site_id, min_units, max_units) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (merchant_id, product_id, bin_id)
DO UPDATE SET min_units = excluded.min_units, max_units = excluded.max_units

-- name: pick_face_drop
DELETE FROM pick_face WHERE merchant_id = $1 AND product_id = $2 AND bin_id = $3

-- name: pick_faces_of :walk
SELECT merchant_id, product_id, bin_id, site_id, min_units, max_units
  FROM pick_face WHERE merchant_id = $1 AND product_id IN $2[] ORDER BY product_id, bin_id

-- name: pick_faces_at
SELECT merchant_id, product_id, bin_id, site_id, min_units, max_units
  FROM pick_face WHERE merchant_id = $1 AND site_id = $2 AND product_id > $3 ORDER BY product_id, bin_id LIMIT $4
