-- name: count_insert :many
INSERT INTO stock_count (merchant_id, count_id, site_id, state, is_blind, is_of_some, note, created_us, closed_us)
VALUES ($1, $2, $3, $4, $5, $6, $7:text, $8, $9)

-- name: count_get
SELECT merchant_id, count_id, site_id, state, is_blind, is_of_some, note, created_us, closed_us
  FROM stock_count WHERE merchant_id = $1 AND count_id = $2

-- name: count_take
SELECT merchant_id, count_id, site_id, state, is_blind, is_of_some, note, created_us, closed_us
  FROM stock_count WHERE merchant_id = $1 AND count_id = $2
--pg: FOR UPDATE

-- name: count_list
SELECT merchant_id, count_id, site_id, state, is_blind, is_of_some, note, created_us, closed_us
  FROM stock_count WHERE merchant_id = $1 AND count_id < $2 ORDER BY count_id DESC LIMIT $3

-- name: count_close_row :many
UPDATE stock_count SET state = 1, closed_us = $3
 WHERE merchant_id = $1 AND count_id = $2 AND state = 0

-- name: count_bins_all
INSERT INTO count_bin (merchant_id, count_id, bin_id, counted_us)
SELECT merchant_id, $2, bin_id, NULL FROM bin WHERE merchant_id = $1 AND site_id = $3

-- name: count_bins_of_zone
INSERT INTO count_bin (merchant_id, count_id, bin_id, counted_us)
SELECT merchant_id, $2, bin_id, NULL FROM bin WHERE merchant_id = $1 AND site_id = $3 AND zone = $4:text

-- name: count_bins_of_products
INSERT INTO count_bin (merchant_id, count_id, bin_id, counted_us)
SELECT DISTINCT merchant_id, CAST($2 AS BIGINT), place_id, CAST(NULL AS BIGINT) FROM stock
 WHERE merchant_id = $1 AND product_id IN $4[] AND site_id = $3 AND on_hand > 0

-- name: count_bin_add :many
INSERT INTO count_bin (merchant_id, count_id, bin_id, counted_us) VALUES ($1, $2, $3, NULL)
ON CONFLICT (merchant_id, count_id, bin_id) DO NOTHING

-- name: count_product_add :many
INSERT INTO count_product (merchant_id, count_id, product_id) VALUES ($1, $2, $3)
ON CONFLICT (merchant_id, count_id, product_id) DO NOTHING

-- name: count_products
SELECT product_id FROM count_product WHERE merchant_id = $1 AND count_id = $2 ORDER BY product_id

-- name: count_bin_mark :many
UPDATE count_bin SET counted_us = $4
 WHERE merchant_id = $1 AND count_id = $2 AND bin_id = $3

-- name: count_bins
SELECT k.bin_id, b.code, b.zone, k.counted_us
  FROM count_bin k JOIN bin b ON b.merchant_id = k.merchant_id AND b.bin_id = k.bin_id
 WHERE k.merchant_id = $1 AND k.count_id = $2 AND k.bin_id > $3 ORDER BY k.bin_id LIMIT $4

-- name: count_bins_left
SELECT k.bin_id, b.code, b.zone, k.counted_us
  FROM count_bin k JOIN bin b ON b.merchant_id = k.merchant_id AND b.bin_id = k.bin_id
 WHERE k.merchant_id = $1 AND k.count_id = $2 AND k.bin_id > $3 AND k.counted_us IS NULL ORDER BY k.bin_id LIMIT $4

-- name: count_line_put :many
INSERT INTO count_line (merchant_id, count_id, bin_id, product_id, lot, condition, state, expected, counted, counted_us, counted_by)
VALUES ($1, $2, $3, $4, $5:text, $6, $7, $8, $9, $10, $11)
ON CONFLICT (merchant_id, count_id, bin_id, product_id, lot, condition)
DO UPDATE SET state = excluded.state, expected = excluded.expected, counted = excluded.counted, counted_us = excluded.counted_us,
  counted_by = excluded.counted_by

-- name: count_lines_of_bins :walk
SELECT merchant_id, count_id, bin_id, product_id, lot, condition, state, expected, counted, counted_us, counted_by
  FROM count_line WHERE merchant_id = $1 AND count_id = $2 AND bin_id IN $3[] ORDER BY bin_id, product_id, lot, condition

-- name: count_lines_in
SELECT merchant_id, count_id, bin_id, product_id, lot, condition, state, expected, counted, counted_us, counted_by
  FROM count_line WHERE merchant_id = $1 AND count_id = $2 AND state = $3 AND bin_id > $4
 ORDER BY bin_id, product_id, lot, condition LIMIT $5

-- name: count_progress
SELECT (SELECT count(*) FROM count_bin WHERE merchant_id = $1 AND count_id = $2) AS bins,
       (SELECT count(*) FROM count_bin WHERE merchant_id = $1 AND count_id = $2 AND counted_us IS NULL) AS bins_left,
       (SELECT count(*) FROM count_line WHERE merchant_id = $1 AND count_id = $2) AS lines,
       (SELECT count(*) FROM count_line WHERE merchant_id = $1 AND count_id = $2 AND state = 1) AS differ,
       (SELECT count(*) FROM count_line WHERE merchant_id = $1 AND count_id = $2 AND state = 3) AS again

-- name: count_moves_since
-- $2 is the smallest identifier of that instant: identifiers are ordered by time.
SELECT product_id, to_place AS place_id, lot, to_condition AS condition, at_us, quantity AS difference
  FROM stock_entry WHERE merchant_id = $1 AND entry_id >= $2 AND to_place IN $3[]
UNION ALL
SELECT product_id, from_place, lot, from_condition, at_us, -quantity
  FROM stock_entry WHERE merchant_id = $1 AND entry_id >= $2 AND from_place IN $3[]
