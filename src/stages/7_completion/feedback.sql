-- name: feedback_insert
INSERT INTO feedback (merchant_id, order_id, score, words, at_us) VALUES ($1, $2, $3, $4:text, $5)
ON CONFLICT (merchant_id, order_id) DO NOTHING

-- name: feedback_of :walk
SELECT merchant_id, order_id, score, words, at_us
  FROM feedback WHERE merchant_id = $1 AND order_id IN $2[] ORDER BY order_id

-- name: feedback_list
SELECT merchant_id, order_id, score, words, at_us
  FROM feedback WHERE merchant_id = $1 AND order_id < $2 ORDER BY order_id DESC LIMIT $3

-- name: feedback_sum
-- Orders are younger than their feedback: the range of keys bounds what is read.
SELECT count(*) AS answers, coalesce(sum(CASE WHEN score >= 9 THEN 1 ELSE 0 END), 0) AS promoters,
       coalesce(sum(CASE WHEN score <= 6 THEN 1 ELSE 0 END), 0) AS detractors, 0 AS net_score
  FROM feedback WHERE merchant_id = $1 AND order_id >= $2
