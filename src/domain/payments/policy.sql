-- name: money_policy_get
SELECT merchant_id, tolerance_minor, overpaid FROM money_policy WHERE merchant_id = $1

-- name: money_policy_put :many
INSERT INTO money_policy (merchant_id, tolerance_minor, overpaid) VALUES ($1, $2, $3)
ON CONFLICT (merchant_id) DO UPDATE SET tolerance_minor = excluded.tolerance_minor, overpaid = excluded.overpaid
