-- name: copy_progress_list
-- A row for each table, while a copy into this database has not ended; and one without a name, which stays.
SELECT name, source_hash, rows_done, after_key, is_done FROM copy_progress ORDER BY name LIMIT 1000

-- name: copy_progress_put :many
INSERT INTO copy_progress (name, source_hash, rows_done, after_key, is_done)
VALUES ($1:text, $2, 0, '', 0)

-- name: copy_progress_advance
-- Only where this copy left off: another one that fills the same database takes nothing.
UPDATE copy_progress SET rows_done = $3, after_key = $4:text, is_done = $5
WHERE name = $1:text AND rows_done = $2 AND is_done = 0

-- name: copy_progress_end
DELETE FROM copy_progress WHERE name <> ''

-- name: copy_nodes
-- The processes that work on this database, for as long as their lease lasts.
SELECT max(lease_until_us) AS n FROM node
