-- title: The slowest exchanges
-- says: Single exchanges that took longest, for a look at them with `bartizan why`.
SELECT time, id, endpoint, status, outcome, total_us / 1000 AS ms, request_bytes, response_bytes, subject
FROM exchanges
WHERE outcome IN ('served', 'upstream_failed')
ORDER BY total_us DESC
LIMIT 50
