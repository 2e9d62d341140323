-- name: money_policy_get
SELECT merchant_id, tolerance_minor, overpaid, rounding, tax_sum, prices_with_tax FROM money_policy WHERE merchant_id = $1

-- name: money_policy_put :many
INSERT INTO money_policy (merchant_id, tolerance_minor, overpaid, rounding, tax_sum, prices_with_tax) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (merchant_id) DO UPDATE SET tolerance_minor = excluded.tolerance_minor, overpaid = excluded.overpaid,
       rounding = excluded.rounding, tax_sum = excluded.tax_sum, prices_with_tax = excluded.prices_with_tax
