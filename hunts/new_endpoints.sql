-- title: New endpoints
-- says: Endpoints by when they were called first: what came with a release, and what nobody announced.
SELECT endpoint, min(time) AS first_call, max(time) AS last_call, count(*) AS calls,
       count(*) FILTER (WHERE status < 400) AS succeeded
FROM exchanges
GROUP BY endpoint
ORDER BY first_call DESC
LIMIT 100
