-- title: Who takes the most
-- says: Subjects by the bytes of responses that they were given, and from how many endpoints.
SELECT subject, sum(response_bytes) AS bytes, count(*) AS calls, max(response_bytes) AS largest,
       round(avg(response_bytes), 0) AS average
FROM exchanges
WHERE status < 400
GROUP BY subject
ORDER BY bytes DESC
LIMIT 100
