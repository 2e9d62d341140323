-- Statements of store_test.c on a table that the test makes.

-- name: scratch_put :many
INSERT INTO scratch (id, name, n, small, bytes)
VALUES ($1, $2:text, $3, $4, $5:bytes)

-- name: scratch_new :many
INSERT INTO scratch (id, name, n) VALUES ($1, $2:text, $3)
ON CONFLICT DO NOTHING

-- name: scratch_add :many
INSERT INTO scratch (id, name, n) VALUES ($1, $2:text, $3)
ON CONFLICT (id) DO UPDATE SET n = scratch.n + excluded.n

-- name: scratch_take :many
UPDATE scratch SET n = n - $2
 WHERE id = $1 AND n >= $2

-- name: scratch_set :many
UPDATE scratch SET n = $2, small = $2
 WHERE id = $1

-- name: scratch_drop :many
DELETE FROM scratch
 WHERE id = $1

-- name: scratch_get
SELECT id, name, n, small, n > 5 AS is_big, bytes FROM scratch WHERE id = $1

-- name: scratch_list
SELECT id, name, n, small, n > 5 AS is_big, bytes FROM scratch
 WHERE id >= $1 ORDER BY id LIMIT $2

-- name: scratch_sets
SELECT id, name, n, small, n > 5 AS is_big, bytes FROM scratch
 WHERE id IN $1[] AND name IN $2:text[] AND id NOT IN $3[] ORDER BY id

-- name: scratch_wrong_columns
SELECT name, id, n, small, n > 5 AS is_big, bytes FROM scratch WHERE id = $1

-- name: scratch_sum
SELECT sum(n) AS n FROM scratch

-- name: scratch_count
SELECT count(*) AS n FROM scratch

-- name: scratch_total
SELECT sum(n) AS n FROM scratch WHERE $1 = 0 OR id >= $1

-- name: scratch_name
SELECT bytes AS name FROM scratch WHERE id = $1

-- name: scratch_insert
INSERT INTO scratch (id, name, n, small, bytes) VALUES ($1, $2, $3, $4, $5)

-- name: scratch_grow
UPDATE scratch SET n = n + $2 WHERE id = $1

-- name: scratch_grow_many :many
UPDATE scratch SET n = n + $2
 WHERE id = $1

-- The server ends the session that asks.
-- name: scratch_hang_up
--sqlite: SELECT 0 AS n
--pg: SELECT count(*) AS n FROM (SELECT pg_terminate_backend(pg_backend_pid())) AS gone
