-- name: paying_hold_note :many
-- What the provider said stands on the hold, for who looks at it.
UPDATE hold SET note = $4:text
 WHERE merchant_id = $1 AND order_id = $2 AND reason = $3 AND released_us IS NULL
