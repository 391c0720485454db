-- title: Sessions in several hands
-- says: Of the 1,000 subjects with the most calls, sessions that came from more than three client addresses: stolen, shared, or people on the move.
WITH busy AS (
  SELECT subject FROM exchanges GROUP BY subject ORDER BY count(*) DESC LIMIT 1000
)
SELECT e.session, count(*) AS calls, count(DISTINCT e.client) AS clients, min(e.time) AS first, max(e.time) AS last
FROM busy b JOIN exchanges e ON e.subject = b.subject
WHERE e.session IS NOT NULL AND e.client IS NOT NULL
GROUP BY e.session
HAVING count(DISTINCT e.client) > 3
ORDER BY clients DESC
LIMIT 100
