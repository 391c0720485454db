-- title: Subjects that try everything
-- says: Subjects with the most different endpoints and the most answers that say not found or not allowed: scanners.
SELECT subject, count(*) AS calls, approx_distinct(endpoint) AS endpoints,
       count(*) FILTER (WHERE status IN (401, 403, 404, 405)) AS denied
FROM exchanges
GROUP BY subject
HAVING count(*) FILTER (WHERE status IN (401, 403, 404, 405)) >= 10
ORDER BY endpoints DESC, denied DESC
LIMIT 100
