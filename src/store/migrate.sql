-- name: migration_list
-- The steps that were applied; a handful of rows.
SELECT number, name, checksum, oldest FROM schema_migration ORDER BY number

-- name: migration_put :many
INSERT INTO schema_migration (number, name, checksum, applied_us, oldest)
VALUES ($1, $2:text, $3, $4, $5)

-- name: migration_applied
SELECT number AS n FROM schema_migration WHERE number = $1

-- name: migration_older_nodes
SELECT count(*) AS n FROM node WHERE steps < $1 AND lease_until_us > $2
