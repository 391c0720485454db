-- title: Guessing credentials
-- says: Clients with many answers 401 in one hour, and whether one of their calls succeeded in it.
SELECT date_trunc('hour', time) AS hour, client, endpoint, count(*) FILTER (WHERE status = 401) AS denied,
       count(*) FILTER (WHERE status < 400) AS succeeded, approx_distinct(subject) AS subjects
FROM exchanges
WHERE status = 401 OR endpoint LIKE '%login%' OR endpoint LIKE '%token%'
GROUP BY hour, client, endpoint
HAVING count(*) FILTER (WHERE status = 401) >= 10
ORDER BY denied DESC
LIMIT 100
