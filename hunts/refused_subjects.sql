-- title: Subjects that were refused most
-- says: Who ran into refusals, for what, on how many endpoints.
SELECT subject, count(*) AS refused, count(DISTINCT endpoint) AS endpoints,
       array_distinct(array_agg(code)) AS codes, min(time) AS first, max(time) AS last
FROM decisions
WHERE effect IN ('refused', 'would_refuse')
GROUP BY subject
ORDER BY refused DESC
LIMIT 100
