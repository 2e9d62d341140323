-- name: serial_receive :many
INSERT INTO serial_unit (merchant_id, serial, product_id, unit_id, asn_id, received_us)
VALUES ($1, $2:text, $3, $4, $5, $6)

-- name: serial_pack :many
-- One that lies in the house goes into the package; one that is in a package already does not.
INSERT INTO serial_unit (merchant_id, serial, product_id, unit_id, package_id, order_id, line_no, packed_us)
VALUES ($1, $2:text, $3, $4, $5, $6, $7, $8)
ON CONFLICT (merchant_id, product_id, serial) WHERE ended_us IS NULL
DO UPDATE SET package_id = excluded.package_id, order_id = excluded.order_id, line_no = excluded.line_no, packed_us = excluded.packed_us
 WHERE serial_unit.package_id IS NULL

-- name: serial_forget :many
-- Seen at packing only: nothing is known of them once they are out again.
DELETE FROM serial_unit
 WHERE merchant_id = $1 AND package_id = $2 AND line_no = $3 AND received_us IS NULL AND ended_us IS NULL

-- name: serial_unpack :many
UPDATE serial_unit SET package_id = NULL, order_id = NULL, line_no = NULL, packed_us = NULL
 WHERE merchant_id = $1 AND package_id = $2 AND line_no = $3 AND received_us IS NOT NULL AND ended_us IS NULL

-- name: serial_end :many
UPDATE serial_unit SET return_id = $5, ended_us = $6
 WHERE merchant_id = $1 AND serial = $2:text AND product_id = $3 AND unit_id = $4 AND ended_us IS NULL

-- name: serials_of
SELECT merchant_id, serial, product_id, unit_id, asn_id, received_us, package_id, order_id, line_no, packed_us, return_id, ended_us
  FROM serial_unit WHERE merchant_id = $1 AND serial IN $3:text[] AND product_id IN $2[]
 ORDER BY product_id, serial, unit_id

-- name: serials_named
SELECT merchant_id, serial, product_id, unit_id, asn_id, received_us, package_id, order_id, line_no, packed_us, return_id, ended_us
  FROM serial_unit WHERE merchant_id = $1 AND serial = $2:text ORDER BY product_id, unit_id DESC LIMIT 500

-- name: serials_in
SELECT merchant_id, serial, product_id, unit_id, asn_id, received_us, package_id, order_id, line_no, packed_us, return_id, ended_us
  FROM serial_unit WHERE merchant_id = $1 AND package_id = $2 AND (line_no > $3 OR (line_no = $3 AND serial > $4:text))
 ORDER BY line_no, serial LIMIT $5

-- name: serials_out
-- Out with the customer.
SELECT merchant_id, serial, product_id, unit_id, asn_id, received_us, package_id, order_id, line_no, packed_us, return_id, ended_us
  FROM serial_unit WHERE merchant_id = $1 AND package_id IN $2[] AND ended_us IS NULL ORDER BY line_no, serial

-- name: serial_sums
SELECT package_id, line_no, count(*) AS quantity
  FROM serial_unit WHERE merchant_id = $1 AND package_id IN $2[] AND ended_us IS NULL GROUP BY package_id, line_no ORDER BY package_id, line_no
