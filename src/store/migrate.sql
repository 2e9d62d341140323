-- name: migration_list
-- The steps that were applied; a handful of rows.
SELECT number, name, checksum FROM schema_migration ORDER BY number

-- name: migration_put :many
INSERT INTO schema_migration (number, name, checksum, applied_us)
VALUES ($1, $2:text, $3, $4)

-- name: migration_applied
SELECT number AS n FROM schema_migration WHERE number = $1
