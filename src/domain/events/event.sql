-- name: event_head_take
-- The positions of this unit; the row stays locked until the commit, so that positions become
-- visible in their order.
INSERT INTO event_head (merchant_id, position) VALUES ($1, $2)
ON CONFLICT (merchant_id) DO UPDATE SET position = event_head.position + $2
RETURNING position

-- name: event_insert :many
INSERT INTO event (merchant_id, position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10:text, $11:bytes)

-- name: event_chain_of :walk
-- Who tells of the same order waits here until the other has committed, and continues its link.
SELECT order_id, version, hash FROM event_chain
 WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id
--pg: FOR UPDATE

-- name: event_chain_insert :many
INSERT INTO event_chain (merchant_id, order_id, version, hash) VALUES ($1, $2, $3, $4:bytes)
ON CONFLICT (merchant_id, order_id) DO NOTHING

-- name: event_chain_update :many
UPDATE event_chain SET version = $4, hash = $5:bytes
 WHERE merchant_id = $1 AND order_id = $2 AND version = $3

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
  FROM event WHERE merchant_id = $1 AND order_id = $2 ORDER BY position

-- name: events_of_kind :walk
SELECT position, kind, order_id, version, subject_id, at_us, actor_id, command_id, body, hash
  FROM event WHERE merchant_id = $1 AND order_id IN $2[] AND kind = $3 ORDER BY order_id, position

-- name: event_last_position
SELECT position AS n FROM event_head WHERE merchant_id = $1

-- name: event_version
SELECT version AS n FROM event_chain WHERE merchant_id = $1 AND order_id = $2

-- name: consumer_of
SELECT name, position FROM consumer WHERE merchant_id = $1 AND name IN $2:text[]

-- name: consumer_insert :many
INSERT INTO consumer (merchant_id, name, position) VALUES ($1, $2:text, $3)
ON CONFLICT (merchant_id, name) DO NOTHING

-- name: consumer_update :many
UPDATE consumer SET position = $4
 WHERE merchant_id = $1 AND name = $2:text AND position = $3
