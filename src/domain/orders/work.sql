-- name: fulfillment_insert :many
INSERT INTO fulfillment (merchant_id, fulfillment_id, order_id, site_id, ship_to_id, method, state, version, wave_id, due_us,
  promised_day, tote, units, picked, packed, tasks_open, services_open, created_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12:text, $13, $14, $15, $16, $17, $18)

-- name: fulfillment_line_insert :many
INSERT INTO fulfillment_line (merchant_id, fulfillment_id, line_no, product_id, quantity, picked, packed)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: task_insert :many
INSERT INTO task (merchant_id, fulfillment_id, task_id, site_id, kind, state, line_no, product_id, place_id, lot, quantity,
  done, walk, wording, worker_id, lease_until_us, reason, done_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11, $12, $13, $14:text, $15, $16, $17, $18)

-- name: wave_insert :many
INSERT INTO wave (merchant_id, wave_id, site_id, number, method, due_us, worker_id, created_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: fulfillments_of :hot fulfillment_id :walk
SELECT merchant_id, fulfillment_id, order_id, site_id, ship_to_id, method, state, version, wave_id, due_us,
       promised_day, tote, units, picked, packed, tasks_open, services_open, created_us
  FROM fulfillment WHERE merchant_id = $1 AND fulfillment_id IN $2[] ORDER BY fulfillment_id

-- name: fulfillments_of_orders :walk
SELECT merchant_id, fulfillment_id, order_id, site_id, ship_to_id, method, state, version, wave_id, due_us,
       promised_day, tote, units, picked, packed, tasks_open, services_open, created_us
  FROM fulfillment WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, fulfillment_id

-- name: fulfillment_list
SELECT merchant_id, fulfillment_id, order_id, site_id, ship_to_id, method, state, version, wave_id, due_us,
       promised_day, tote, units, picked, packed, tasks_open, services_open, created_us
  FROM fulfillment WHERE merchant_id = $1 AND site_id = $2 AND state = $3 AND state < 7 ORDER BY due_us, fulfillment_id LIMIT $4

-- name: fulfillments_of_wave
SELECT merchant_id, fulfillment_id, order_id, site_id, ship_to_id, method, state, version, wave_id, due_us,
       promised_day, tote, units, picked, packed, tasks_open, services_open, created_us
  FROM fulfillment WHERE merchant_id = $1 AND wave_id = $2 ORDER BY fulfillment_id LIMIT 5000

-- name: fulfillment_lines_of :hot fulfillment_id :walk
SELECT merchant_id, fulfillment_id, line_no, product_id, quantity, picked, packed
  FROM fulfillment_line WHERE merchant_id = $1 AND fulfillment_id IN $2[] ORDER BY fulfillment_id, line_no

-- name: tasks_of :hot fulfillment_id :walk
SELECT merchant_id, fulfillment_id, task_id, site_id, kind, state, line_no, product_id, place_id, lot, quantity,
       done, walk, wording, worker_id, lease_until_us, reason, done_us
  FROM task WHERE merchant_id = $1 AND fulfillment_id IN $2[] ORDER BY fulfillment_id, task_id

-- name: task_get
SELECT merchant_id, fulfillment_id, task_id, site_id, kind, state, line_no, product_id, place_id, lot, quantity,
       done, walk, wording, worker_id, lease_until_us, reason, done_us
  FROM task WHERE merchant_id = $1 AND fulfillment_id = $2 AND task_id = $3

-- name: wave_get
SELECT merchant_id, wave_id, site_id, number, method, due_us, worker_id, created_us
  FROM wave WHERE merchant_id = $1 AND wave_id = $2

-- name: wave_list
SELECT merchant_id, wave_id, site_id, number, method, due_us, worker_id, created_us
  FROM wave WHERE merchant_id = $1 AND site_id = $2 ORDER BY wave_id DESC LIMIT $3

-- name: fulfillment_state :many
-- Its tote is free again once the goods are packed, or will not come.
UPDATE fulfillment SET state = $4, tote = CASE WHEN $4 < 5 OR $4 = 6 THEN tote END
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = $3

-- name: fulfillment_set_wave :many
UPDATE fulfillment SET wave_id = $4
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = $3 AND wave_id IS NULL

-- name: fulfillment_set_tote :many
UPDATE fulfillment SET tote = $3:text
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state < 5

-- name: fulfillment_by_tote
SELECT merchant_id, fulfillment_id, order_id, site_id, ship_to_id, method, state, version, wave_id, due_us,
       promised_day, tote, units, picked, packed, tasks_open, services_open, created_us
  FROM fulfillment WHERE merchant_id = $1 AND site_id = $2 AND tote = $3:text

-- name: fulfillment_progress :many
UPDATE fulfillment SET picked = picked + $3, packed = packed + $4, tasks_open = tasks_open + $5, services_open = services_open + $6
 WHERE merchant_id = $1 AND fulfillment_id = $2

-- name: fulfillment_line_progress :many
UPDATE fulfillment_line SET picked = picked + $4, packed = packed + $5
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND line_no = $3

-- name: fulfillment_shrink :many
-- Units that this fulfillment will not bring any more.
UPDATE fulfillment SET units = units - $3
 WHERE merchant_id = $1 AND fulfillment_id = $2

-- name: fulfillment_line_shrink :many
UPDATE fulfillment_line SET quantity = quantity - $4
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND line_no = $3

-- name: fulfillment_touch :many
UPDATE fulfillment SET version = version + 1
 WHERE merchant_id = $1 AND fulfillment_id = $2

-- name: task_write :many
UPDATE task SET state = $6, done = $7, place_id = $8, worker_id = $9, lease_until_us = $10, reason = $11, done_us = $12, quantity = $13
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND task_id = $3 AND state = $4 AND done = $5
   AND lease_until_us IS NOT DISTINCT FROM $14

-- name: task_lease :many
-- Free, run out, or the worker's own: $5 is now.
UPDATE task SET state = 1, worker_id = $6, lease_until_us = $7
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND task_id = $3 AND done = $4
   AND (state = 0 OR (state = 1 AND (lease_until_us <= $5 OR worker_id = $6)))

-- name: task_set_walk :many
UPDATE task SET walk = $4
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND task_id = $3

-- name: fulfillment_finish_pick :many
-- Whoever finishes the last task of it, at once with others or not: the row itself decides.
UPDATE fulfillment SET state = 3
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = 2 AND tasks_open = 0 AND units > 0

-- name: fulfillment_finish_cancel :many
-- Nothing left to send (all of it fell short), or the last put-back of a cancelled one is done.
UPDATE fulfillment SET state = 11, tote = NULL
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND tasks_open = 0 AND picked = 0
   AND (state = 6 OR (state = 2 AND units = 0))

-- name: fulfillment_finish_pack :many
UPDATE fulfillment SET state = 5, tote = NULL
 WHERE merchant_id = $1 AND fulfillment_id = $2 AND state = 4 AND services_open = 0 AND packed = units AND units > 0
   AND NOT EXISTS (SELECT 1 FROM package p WHERE p.merchant_id = fulfillment.merchant_id
                      AND p.order_id = fulfillment.order_id AND p.fulfillment_id = fulfillment.fulfillment_id AND p.state = 0)

-- name: wave_numbers
INSERT INTO counter (merchant_id, name, value) VALUES ($1, 'wave', $2)
ON CONFLICT (merchant_id, name) DO UPDATE SET value = counter.value + $2
RETURNING value
