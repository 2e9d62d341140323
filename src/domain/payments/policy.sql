-- name: money_policy_get
SELECT merchant_id, tolerance_minor, overpaid, taxes, tax_scope, tax_rounding, shipping_class
  FROM money_policy WHERE merchant_id = $1

-- name: money_policy_put :many
INSERT INTO money_policy (merchant_id, tolerance_minor, overpaid, taxes, tax_scope, tax_rounding, shipping_class)
VALUES ($1, $2, $3, $4, $5, $6, $7:text)
ON CONFLICT (merchant_id) DO UPDATE SET tolerance_minor = excluded.tolerance_minor, overpaid = excluded.overpaid,
  taxes = excluded.taxes, tax_scope = excluded.tax_scope, tax_rounding = excluded.tax_rounding, shipping_class = excluded.shipping_class
