-- title: Traffic by the hour
-- says: Calls, subjects, refusals and errors in each hour.
SELECT date_trunc('hour', time) AS hour, count(*) AS calls, approx_distinct(subject) AS subjects,
       count(*) FILTER (WHERE outcome = 'refused') AS refused,
       count(*) FILTER (WHERE status >= 500) AS errors,
       sum(request_bytes + response_bytes) AS bytes
FROM exchanges
GROUP BY hour
ORDER BY hour DESC
LIMIT 1000
