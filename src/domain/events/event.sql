-- name: event_head_take
-- The positions of this unit; the row stays locked until the commit, so that positions become
-- visible in their order.
INSERT INTO event_head (merchant_id, position) VALUES ($1, $2)
ON CONFLICT (merchant_id) DO UPDATE SET position = event_head.position + $2
RETURNING position

-- name: event_insert :many
-- That a version is told of already is a race that was lost.
INSERT INTO event (merchant_id, position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11:bytes)
ON CONFLICT (merchant_id, order_id, version) WHERE order_id IS NOT NULL DO NOTHING

-- name: event_chain_lock
-- Who tells of the same orders waits here until the other has committed, and continues its links. SQLite has one writer.
SELECT order_id FROM orders WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id
--sqlite: LIMIT 0
--pg: FOR UPDATE

-- name: event_chain_of
-- The newest link of each order's chain.
--sqlite: SELECT e.order_id, e.version, e.hash FROM $2[] AS k JOIN event e ON e.merchant_id = $1 AND e.position = (
--sqlite:        SELECT position FROM event WHERE merchant_id = $1 AND order_id = k.value ORDER BY version DESC LIMIT 1)
--pg: SELECT k.order_id, e.version, e.hash FROM unnest$2[] AS k (order_id) CROSS JOIN LATERAL (
--pg:        SELECT version, hash FROM event WHERE merchant_id = $1 AND order_id = k.order_id
--pg:         ORDER BY version DESC LIMIT 1) AS e

-- name: event_feed
SELECT position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash
  FROM event WHERE merchant_id = $1 AND position > $2 ORDER BY position LIMIT $3

-- name: event_feed_of_owner
-- Of an owner's orders alone.
SELECT position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash
  FROM event WHERE merchant_id = $1 AND position > $2 AND order_id IS NOT NULL AND EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = event.merchant_id AND o.order_id = event.order_id AND o.owner_id = $4)
 ORDER BY position LIMIT $3

-- name: event_timeline
SELECT position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash
  FROM event WHERE merchant_id = $1 AND order_id = $2 ORDER BY version

-- name: events_of_kind :walk
SELECT position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash
  FROM event WHERE merchant_id = $1 AND order_id IN $2[] AND position > $4 AND kind = $3 ORDER BY order_id, version

-- name: event_last_position
SELECT position AS n FROM event_head WHERE merchant_id = $1

-- name: event_version
SELECT MAX(version) AS n FROM event WHERE merchant_id = $1 AND order_id = $2

-- name: consumer_of
SELECT name, position FROM consumer WHERE merchant_id = $1 AND name IN $2:text[]

-- name: consumer_insert :many
INSERT INTO consumer (merchant_id, name, position) VALUES ($1, $2:text, $3)
ON CONFLICT (merchant_id, name) DO NOTHING

-- name: consumer_update :many
UPDATE consumer SET position = $4
 WHERE merchant_id = $1 AND name = $2:text AND position = $3
