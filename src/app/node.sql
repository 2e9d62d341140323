-- name: node_list
SELECT node_id, lease_until_us, fence FROM node ORDER BY node_id LIMIT 256

-- name: node_insert
INSERT INTO node (node_id, lease_until_us, fence, steps) VALUES ($1, $2, 1, $3) ON CONFLICT (node_id) DO NOTHING

-- name: node_take
UPDATE node SET lease_until_us = $3, fence = fence + 1, steps = $4 WHERE node_id = $1 AND fence = $2

-- name: node_renew
UPDATE node SET lease_until_us = $3 WHERE node_id = $1 AND fence = $2
