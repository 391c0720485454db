-- title: Errors of the API
-- says: Endpoints that answer with 5xx or fail altogether, and what share of their calls that is.
SELECT endpoint, count(*) AS calls,
       count(*) FILTER (WHERE status >= 500) AS errors,
       count(*) FILTER (WHERE outcome = 'upstream_failed') AS failed,
       round(100.0 * count(*) FILTER (WHERE status >= 500) / count(*), 2) AS percent
FROM exchanges
GROUP BY endpoint
HAVING count(*) FILTER (WHERE status >= 500) > 0
ORDER BY percent DESC, errors DESC
LIMIT 100
