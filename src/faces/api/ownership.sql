-- name: owner_of_order
SELECT owner_id AS n FROM orders WHERE merchant_id = $1 AND order_id = $2

-- name: owner_of_package
SELECT o.owner_id AS n FROM package p JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id
 WHERE p.merchant_id = $1 AND p.package_id = $2

-- name: owner_of_return
SELECT o.owner_id AS n FROM order_return r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id
 WHERE r.merchant_id = $1 AND r.return_id = $2

-- name: owner_of_invoice
SELECT o.owner_id AS n FROM invoice i JOIN orders o ON o.merchant_id = i.merchant_id AND o.order_id = i.order_id
 WHERE i.merchant_id = $1 AND i.invoice_id = $2

-- name: owner_of_refund
SELECT o.owner_id AS n FROM refund r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id
 WHERE r.merchant_id = $1 AND r.refund_id = $2

-- name: owner_of_claim
SELECT o.owner_id AS n FROM claim k JOIN orders o ON o.merchant_id = k.merchant_id AND o.order_id = k.order_id
 WHERE k.merchant_id = $1 AND k.claim_id = $2

-- name: owner_of_cart
SELECT owner_id AS n FROM cart WHERE merchant_id = $1 AND cart_id = $2

-- name: owner_of_product
SELECT owner_id AS n FROM product WHERE merchant_id = $1 AND product_id = $2

-- name: owner_of_asn
SELECT owner_id AS n FROM asn WHERE merchant_id = $1 AND asn_id = $2
