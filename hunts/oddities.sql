-- title: Odd messages
-- says: What readers met that two servers could read differently, by endpoint and kind of subject.
SELECT oddity, endpoint, count(*) AS times, count(DISTINCT subject) AS subjects, min(time) AS first, max(time) AS last
FROM (SELECT unnest(oddities) AS oddity, endpoint, subject, time FROM exchanges WHERE cardinality(oddities) > 0)
GROUP BY oddity, endpoint
ORDER BY times DESC
LIMIT 200
