-- name: case_insert :many
INSERT INTO care_case (merchant_id, order_id, case_id, kind, words, owner_id, opened_us, due_us, package_id)
VALUES ($1, $2, $3, $4, $5:text, $6, $7, $8, $9)

-- name: case_join :many
UPDATE care_case SET words = $4:text
 WHERE merchant_id = $1 AND order_id = $2 AND case_id = $3 AND resolution IS NULL

-- name: case_resolve :many
UPDATE care_case SET resolution = $4, answer = $5:text, refund_minor = $6, reship_order_id = $7, return_id = $8,
       resolved_us = $9, resolved_by = $10
 WHERE merchant_id = $1 AND order_id = $2 AND case_id = $3 AND resolution IS NULL

-- name: case_ask_back :many
UPDATE care_case SET answer = $4:text, return_id = $5, due_us = $6
 WHERE merchant_id = $1 AND order_id = $2 AND case_id = $3 AND resolution IS NULL

-- name: cases_of :walk
SELECT merchant_id, order_id, case_id, kind, words, owner_id, opened_us, due_us, resolution, answer, refund_minor,
       reship_order_id, return_id, resolved_us, resolved_by, package_id
  FROM care_case WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id, case_id

-- name: cases_open
SELECT merchant_id, order_id, case_id, kind, words, owner_id, opened_us, due_us, resolution, answer, refund_minor,
       reship_order_id, return_id, resolved_us, resolved_by, package_id
  FROM care_case WHERE merchant_id = $1 AND resolution IS NULL AND (due_us, case_id) > ($2, $3) AND ($5 = 0 OR EXISTS (
       SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.order_id = care_case.order_id AND o.owner_id = $5))
 ORDER BY due_us, case_id LIMIT $4

-- name: cases_overdue
SELECT count(*) AS n FROM care_case WHERE merchant_id = $1 AND resolution IS NULL AND due_us < $2
