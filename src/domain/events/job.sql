-- name: job_insert :many
INSERT INTO job (merchant_id, job_id, kind, subject_id, due_us, state, lease_until_us, fence, attempts, last_error)
VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, NULL)

-- name: job_due
-- One kind's due jobs that nobody holds, oldest first.
SELECT job_id, subject_id, due_us, lease_until_us, fence, kind, state, attempts, last_error
  FROM job
 WHERE merchant_id = $1 AND state = 0 AND due_us <= $2 AND kind = $3 AND lease_until_us <= $2
 ORDER BY due_us LIMIT $4
--pg: FOR UPDATE SKIP LOCKED

-- name: job_lease :many
UPDATE job SET lease_until_us = $4, fence = fence + 1, attempts = attempts + 1
 WHERE merchant_id = $1 AND job_id = $2 AND fence = $3 AND state = 0

-- name: job_done :many
DELETE FROM job
 WHERE merchant_id = $1 AND job_id = $2 AND fence = $3

-- name: job_again :many
UPDATE job SET due_us = $4, lease_until_us = 0, state = $5, last_error = $6:text
 WHERE merchant_id = $1 AND job_id = $2 AND fence = $3

-- name: job_kinds_due
-- Of those that have waited longest: what somebody holds is not due.
SELECT DISTINCT kind FROM (
  SELECT kind FROM job WHERE merchant_id = $1 AND state = 0 AND due_us <= $2 AND lease_until_us <= $2
   ORDER BY due_us LIMIT 1000) AS due ORDER BY kind

-- name: job_next_due
SELECT min(due_us) AS n FROM job WHERE merchant_id = $1 AND state = 0

-- name: job_list_dead
SELECT job_id, subject_id, due_us, lease_until_us, fence, kind, state, attempts, last_error
  FROM job WHERE merchant_id = $1 AND state = 1 ORDER BY job_id LIMIT 1000
