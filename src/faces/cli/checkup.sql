-- name: checkup_settings
--sqlite: SELECT 'engine' AS name, 'SQLite ' || sqlite_version() AS value
--sqlite: UNION ALL SELECT 'journal_mode', journal_mode FROM pragma_journal_mode
--pg: SELECT 'engine' AS name, 'PostgreSQL ' || current_setting('server_version') AS value
--pg: UNION ALL SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')

-- name: checkup_of_merchant
-- $2: long enough ago to be worried about.
SELECT 'unanswered payments' AS name, count(*) AS n
  FROM payment_intent WHERE merchant_id = $1 AND state IN (0, 3) AND asked_us < $2
UNION ALL
SELECT 'unanswered labels', count(*) FROM label WHERE merchant_id = $1 AND state IN (0, 1) AND asked_us < $2
UNION ALL
SELECT 'dead jobs', count(*) FROM job WHERE merchant_id = $1 AND state = 1
UNION ALL
SELECT 'skipped events', count(*) FROM reaction_skip WHERE merchant_id = $1
UNION ALL
SELECT 'late jobs', count(*) FROM job WHERE merchant_id = $1 AND state = 0 AND due_us < $2 AND lease_until_us < $2
UNION ALL
SELECT 'newest event', coalesce(max(e.at_us), 0)
       - coalesce((SELECT max(value) FROM counter WHERE merchant_id = $1 AND name = 'clock_ahead_us'), 0)
  FROM event_head h JOIN event e ON e.merchant_id = h.merchant_id AND e.position = h.position
 WHERE h.merchant_id = $1
