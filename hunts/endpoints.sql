-- title: Endpoints
-- says: How often each endpoint was called, by how many subjects, with what success and how fast.
SELECT endpoint, count(*) AS calls, approx_distinct(subject) AS subjects,
       count(*) FILTER (WHERE status BETWEEN 400 AND 499) AS client_errors,
       count(*) FILTER (WHERE status >= 500) AS server_errors,
       round(approx_percentile_cont(total_us, 0.95) / 1000.0, 1) AS p95_ms,
       max(time) AS last_call
FROM exchanges
GROUP BY endpoint
ORDER BY calls DESC
LIMIT 200
