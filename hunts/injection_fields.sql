-- title: Where attacks were tried
-- says: Places in which values looked like attacks, by endpoint, with the highest score.
SELECT endpoint, place, code, count(*) AS times, count(DISTINCT subject) AS subjects,
       max(score) AS highest, min(bytes) AS shortest, max(bytes) AS longest
FROM findings
GROUP BY endpoint, place, code
ORDER BY times DESC
LIMIT 200
