-- name: tracking_event_insert :many
INSERT INTO tracking_event (merchant_id, package_id, occurred_us, status, code, place, detail, recorded_us)
VALUES ($1, $2, $3, $4, $5:text, $6:text, $7:text, $8)
ON CONFLICT (merchant_id, package_id, occurred_us, status, code) DO NOTHING

-- name: tracking_events_of :walk
SELECT merchant_id, package_id, occurred_us, status, code, place, detail, recorded_us
  FROM tracking_event WHERE merchant_id = $1 AND package_id IN $2[] ORDER BY package_id, occurred_us, status, code

-- name: delivery_attempt_insert :many
INSERT INTO delivery_attempt (merchant_id, package_id, attempt_id, outcome, reason, note, at_us)
VALUES ($1, $2, $3, $4, $5, $6:text, $7)

-- name: delivery_attempts_of
SELECT merchant_id, package_id, attempt_id, outcome, reason, note, at_us
  FROM delivery_attempt WHERE merchant_id = $1 AND package_id IN $2[] ORDER BY attempt_id

-- name: proof_insert :many
INSERT INTO proof (merchant_id, package_id, proof_id, name, signature, photo, pin_ok, age_checked, latitude_e7, longitude_e7, at_us)
VALUES ($1, $2, $3, $4:text, $5:text, $6:bytes, $7, $8, $9, $10, $11)

-- name: proofs_of
SELECT package_id, proof_id, name, signature, coalesce(length(photo), 0) AS photo_bytes, pin_ok, age_checked, latitude_e7,
       longitude_e7, at_us
  FROM proof WHERE merchant_id = $1 AND package_id = $2 ORDER BY proof_id LIMIT 100

-- name: proof_photo
SELECT photo FROM proof WHERE merchant_id = $1 AND package_id = $2 AND proof_id = $3
