-- name: money_policy_get :kept
SELECT merchant_id, tolerance_minor, overpaid, taxes, tax_scope, tax_rounding, shipping_class, invoicing,
       invoice_series, credit_series, tax_number
  FROM money_policy WHERE merchant_id = $1

-- name: money_policy_put :many
INSERT INTO money_policy (merchant_id, tolerance_minor, overpaid, taxes, tax_scope, tax_rounding, shipping_class, invoicing,
  invoice_series, credit_series, tax_number)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8, $9:text, $10:text, $11:text)
ON CONFLICT (merchant_id) DO UPDATE SET tolerance_minor = excluded.tolerance_minor, overpaid = excluded.overpaid,
  taxes = excluded.taxes, tax_scope = excluded.tax_scope, tax_rounding = excluded.tax_rounding, shipping_class = excluded.shipping_class,
  invoicing = excluded.invoicing, invoice_series = excluded.invoice_series, credit_series = excluded.credit_series,
  tax_number = excluded.tax_number
