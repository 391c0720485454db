-- title: Slow endpoints
-- says: Endpoints by the time in which 99 of 100 calls end, and how much of it the API took.
SELECT endpoint, count(*) AS calls,
       round(approx_percentile_cont(total_us, 0.5) / 1000.0, 1) AS p50_ms,
       round(approx_percentile_cont(total_us, 0.99) / 1000.0, 1) AS p99_ms,
       round(avg(answered_us - forwarded_us) / 1000.0, 1) AS api_ms,
       round(avg(judged_us), 0) AS judged_us
FROM exchanges
WHERE outcome = 'served' AND answered_us >= forwarded_us
GROUP BY endpoint
HAVING count(*) >= 20
ORDER BY p99_ms DESC
LIMIT 100
